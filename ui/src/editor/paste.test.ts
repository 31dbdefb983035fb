import { EditorState, TextSelection } from '@tiptap/pm/state';
import { history, undo } from '@tiptap/pm/history';
import { EditorView } from '@tiptap/pm/view';
import { describe, expect, it, vi } from 'vitest';
import type { DocumentNode } from '../ipc';
import { fromJson, toJson } from './document';
import { linkAddress } from './link';
import { type Cleaner, cleanPaste } from './paste';
import { doc, outline, p, schema } from './testing';

const list = (...items: string[]): DocumentNode => ({
  type: 'bulletList',
  content: items.map((text) => ({ type: 'listItem', content: [p(text)] })),
});

function editor(
  text: string,
  at: number,
  html: Cleaner['html'],
  patience?: number,
  slice: Cleaner['slice'] = (html) => Promise.resolve(html),
) {
  const start = fromJson(schema, doc(p(text)));
  const view = new EditorView(document.createElement('div'), {
    state: EditorState.create({
      doc: start,
      selection: TextSelection.create(start, at),
      plugins: [history(), cleanPaste({ html, slice }, patience)],
    }),
  });
  const paste = (html: string, plain: string) => {
    const event = new Event('paste', { cancelable: true, bubbles: true });
    const data = { 'text/html': html, 'text/plain': plain };
    Object.assign(event, {
      clipboardData: { files: [], getData: (type: keyof typeof data) => data[type] ?? '' },
    });
    view.dom.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { view, paste, now: () => outline(toJson(view.state.doc)) };
}

describe('paste', () => {
  it('joins the text in whose middle it stands, and is one undo step', async () => {
    const { view, paste, now } = editor('abcd', 3, () => Promise.resolve(doc(p('X'), p('Y'))));
    expect(paste('<p>X<p>Y', 'X Y')).toBe(true);
    await vi.waitFor(() => expect(now()).toEqual(['abX', 'Ycd']));
    undo(view.state, view.dispatch);
    expect(now()).toEqual(['abcd']);
  });

  it('keeps a list a list', async () => {
    const { view, paste } = editor('abcd', 3, () => Promise.resolve(doc(list('x', 'y'))));
    paste('<ul><li>x<li>y</ul>', 'x y');
    await vi.waitFor(() =>
      expect(toJson(view.state.doc).content?.map((n) => n.type)).toEqual([
        'paragraph',
        'bulletList',
        'paragraph',
      ]),
    );
  });

  it('arrives where it was asked for, whatever is typed meanwhile', async () => {
    let answer: (body: DocumentNode) => void = () => undefined;
    const { view, paste, now } = editor('abcd', 3, () => new Promise((done) => (answer = done)));
    paste('<i>X', 'X');
    view.dispatch(view.state.tr.insertText('typed ', 1));
    answer(doc(p('X')));
    await vi.waitFor(() => expect(now()).toEqual(['typed abXcd']));
  });

  it('waits while an input method composes', async () => {
    const { view, paste, now } = editor('abcd', 3, () => Promise.resolve(doc(p('X'))));
    view.dom.dispatchEvent(new Event('compositionstart'));
    expect(view.composing).toBe(true);
    paste('<i>X', 'X');
    await Promise.resolve();
    await Promise.resolve();
    expect(now()).toEqual(['abcd']);
    view.dom.dispatchEvent(new Event('compositionend'));
    await vi.waitFor(() => expect(now()).toEqual(['abXcd']));
  });

  it('comes as plain text when it is refused or takes long', async () => {
    for (const clean of [
      () => Promise.reject(new Error('too much')),
      () => new Promise<DocumentNode>(() => undefined),
    ]) {
      const { paste, now } = editor('abcd', 3, clean, 20);
      paste('<i>X', 'plain');
      await vi.waitFor(() => expect(now()).toEqual(['abplaincd']));
    }
  });

  it('takes the words of HTML that comes alone and is refused', async () => {
    const { paste, now } = editor('abcd', 3, () => Promise.reject(new Error('too much')));
    paste('<style>p{}</style><p>one\n  <b>two</b></p>', '');
    await vi.waitFor(() => expect(now()).toEqual(['abone twocd']));
  });

  it('takes of lists to choose from what is seen', async () => {
    const { paste, now } = editor('', 1, () => Promise.reject(new Error('too much')));
    paste(
      '<p>at <select><option>nine</option><option selected>ten</option></select> sharp</p>',
      '',
    );
    await vi.waitFor(() => expect(now()).toEqual(['at ten sharp']));
  });

  it('keeps what an editor cut as it was cut, and cleans it all the same', async () => {
    const clean = vi.fn(() => Promise.resolve(doc(p('X'))));
    const slice = vi.fn((html: string) => Promise.resolve(html.replace('<b>no</b>', '')));
    const { view, paste, now } = editor('abcd', 3, clean, 1000, slice);
    paste('<p data-pm-slice="1 1 []">x<b>no</b></p><p>y</p>', 'x y');
    await vi.waitFor(() => expect(now()).toEqual(['abx', 'ycd']));
    undo(view.state, view.dispatch);
    expect(now()).toEqual(['abcd']);
    paste(
      '<p data-pm-slice="1 1 [&quot;bulletList&quot;,null,&quot;listItem&quot;,null]">x</p>',
      '',
    );
    await vi.waitFor(() => expect(now()).toEqual(['abxcd']));
    expect(clean).not.toHaveBeenCalled();
    expect(slice).toHaveBeenCalledTimes(2);
  });

  it.each([
    '["signature",{"id":"x"}]',
    '["doc",null]',
    '["listItem",{"onclick":"x"}]',
    '{}',
    'nonsense',
    '',
  ])('makes no node of what stands around a cut: %s', async (context) => {
    const { paste, now } = editor('abcd', 3, () => Promise.reject(new Error('not this way')));
    const cut = `1 1 ${context}`.replaceAll('"', '&quot;');
    paste(`<p data-pm-slice="${cut}">x</p>`, 'plain');
    await vi.waitFor(() => expect(now()).toEqual(['abxcd']));
  });

  it('takes plain text where the cleaning of a cut fails', async () => {
    const refuse = () => Promise.reject(new Error('no'));
    const { paste, now } = editor('abcd', 3, refuse, 1000, refuse);
    paste('<p data-pm-slice="1 1 []">x</p>', 'plain');
    await vi.waitFor(() => expect(now()).toEqual(['abplaincd']));
  });
});

describe('link addresses', () => {
  it.each([
    ['example.org', 'https://example.org'],
    [' https://example.org/a?b#c ', 'https://example.org/a?b#c'],
    ['ada@example.org', 'mailto:ada@example.org'],
    ['mailto:ada@example.org', 'mailto:ada@example.org'],
    ['tel:+49123', 'tel:+49123'],
    ['example.org:8080/x', 'https://example.org:8080/x'],
    ['javascript:alert(1)', null],
    ['JavaScript:alert(1)', null],
    ['data:text/html,x', null],
    ['file:///etc/passwd', null],
    ['two words', null],
    ['word', null],
    ['java\nscript:alert(1)', null],
    ['\u0001javascript:alert.one', null],
    ['java\u200bscript:alert(1)', null],
    ['vbscript:x.y', null],
    ['', null],
  ])('%j means %j', (typed, address) => expect(linkAddress(typed)).toBe(address));
});
