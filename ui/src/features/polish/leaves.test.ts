import { describe, expect, it } from 'vitest';
import type { Outgoing, PolishPreview } from '../../ipc';
import {
  around,
  draftIn,
  leftOutText,
  pieces,
  placeOf,
  previewText,
  sentText,
  turnOf,
} from './leaves';

const request = (name: string, address: string, staysHere = false): Outgoing => ({
  provider: 'openai',
  name,
  model: 'm',
  address,
  headers: [],
  system: 's',
  user: 'u',
  body: '{}',
  staysHere,
});
const cloud = request('OpenAI', 'https://api.openai.com/v1/responses');
const here = request('Local model', 'http://127.0.0.1:11434/v1/chat/completions', true);
const preview = (more: Partial<PolishPreview>): PolishPreview => ({
  requests: [cloud],
  leftOut: [],
  draft: 'u',
  replaced: [],
  quotationLeftOut: false,
  remembered: false,
  asks: true,
  approvals: ['a'],
  ...more,
});

describe('a request’s text', () => {
  it('is cut at its placeholders, and only at those that stand for something', () => {
    const replaced = [{ placeholder: '[NAME_1]', kind: 'name' as const, text: 'Anna' }];
    expect(pieces('Hi [NAME_1], see [LINK_1].', replaced)).toEqual([
      { text: 'Hi ', stands: null },
      { text: '[NAME_1]', stands: 'Anna' },
      { text: ', see ', stands: null },
      { text: '[LINK_1]', stands: null },
      { text: '.', stands: null },
    ]);
  });

  it('is told apart from what is said around it, and nothing of it gets lost', () => {
    expect(around('Between <d>:\n<d>\nhello\n</d>', 'hello')).toEqual([
      'Between <d>:\n<d>\n',
      'hello',
      '\n</d>',
    ]);
    expect(around('hello, the draft: hello', 'hello')[1]).toBe('hello');
    expect(around('something else', 'hello').join('')).toBe('something else');
    expect(around('x', '')).toEqual(['', 'x', '']);
  });
});

describe('a request that was sent', () => {
  const mark = 'draft-381e9ba0';
  const said = `The draft stands between <${mark}> and </${mark}>.`;
  it('has the draft between its marks', () => {
    const draft = 'Hi Ana,\n\n<draft-00000000>\nsee you';
    expect(draftIn(`${said}\n\n<${mark}>\n${draft}\n</${mark}>\n\nMind the tone.`)).toBe(draft);
    expect(draftIn('Something else.')).toBe('');
  });
});

describe('where it goes', () => {
  it('is the host, or this machine', () => {
    expect(placeOf(cloud)).toBe('api.openai.com');
    expect(placeOf(here)).toBe('this machine');
    expect(placeOf(request('x', 'no address'))).toBe('no address');
  });

  it('says when whom', () => {
    expect(turnOf([cloud], 0)).toBe('');
    expect(turnOf([cloud, here], 0)).toBe('first');
    expect(turnOf([cloud, here], 1)).toBe('only if needed');
  });
});

describe('what leaves in a sentence', () => {
  it('never says that nothing leaves where something does', () => {
    expect(previewText(preview({}))).toContain('This goes to');
    expect(previewText(preview({ requests: [here, cloud] }))).toContain('This goes to');
    expect(sentText([here, cloud])).toContain('2 requests left');
  });

  it('says that nothing leaves', () => {
    expect(previewText(preview({ requests: [] }))).toContain('offline polisher');
    expect(previewText(preview({ requests: [here] }))).toContain('Nothing leaves');
    expect(previewText(preview({ remembered: true }))).toContain('from the last hour');
    expect(sentText([])).toContain('Nothing left');
    expect(sentText([here])).toContain('runs on it');
  });

  it('says of quoted mail whether it is in it', () => {
    expect(leftOutText('none')).toMatch(/^Recipients/);
    expect(leftOutText('out')).toMatch(/^The mail you quote, recipients/);
    expect(leftOutText('in')).toMatch(/is in it, as you asked/);
  });
});
