import { describe, expect, it } from 'vitest';
import {
  countWords,
  countWordsIn,
  emptyDocument,
  fromJson,
  isBlank,
  toJson,
  waitsAboveQuote,
} from './document';
import { doc, img, outline, p, schema, sig, stateOf } from './testing';

describe('an answer', () => {
  it('waits above what it quotes until something is written there', () => {
    const quote = { type: 'blockquote', content: [p('Yes.')] };
    const waits = (...blocks: Parameters<typeof doc>) =>
      waitsAboveQuote(fromJson(schema, doc(...blocks)));
    expect(waits(p(), p('Zoë wrote:'), quote)).toBe(true);
    expect(waits(p('Fine.'), p('Zoë wrote:'), quote)).toBe(false);
    expect(waits(p(), p('no quotation'))).toBe(false);
    expect(waits(p(), sig('s'))).toBe(false);
    expect(waits(quote)).toBe(false);
  });
});

describe('from and to JSON', () => {
  it('gives back what it was given', () => {
    const text = doc(
      p('a', {
        type: 'text',
        text: 'b',
        marks: [{ type: 'link', attrs: { href: 'https://x.org' } }],
      }),
      { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'h' }] },
      {
        type: 'orderedList',
        attrs: { start: 3 },
        content: [{ type: 'listItem', content: [p('i')] }],
      },
      { type: 'codeBlock', attrs: { language: null }, content: [{ type: 'text', text: 'x\ny' }] },
      sig('s'),
    );
    expect(toJson(fromJson(schema, text))).toEqual(text);
  });

  it('writes no more attributes than the program knows', () => {
    const html = fromJson(
      schema,
      doc(
        p({
          type: 'text',
          text: 'b',
          marks: [{ type: 'link', attrs: { href: 'https://x.org', target: '_blank', class: 'c' } }],
        }),
      ),
    );
    expect(toJson(html).content![0]!.content![0]!.marks).toEqual([
      { type: 'link', attrs: { href: 'https://x.org' } },
    ]);
  });

  it('does not write unchanged paragraphs again', () => {
    const state = stateOf(doc(p('one'), p('two')));
    const before = toJson(state.doc);
    const after = toJson(state.apply(state.tr.insertText('!', 4)).doc);
    expect(outline(after)).toEqual(['one!', 'two']);
    expect(after.content![1], 'the very same object').toBe(before.content![1]);
    expect(outline(before), 'former answers stay as they were').toEqual(['one', 'two']);
  });

  it.each([
    ['nothing', null, ['']],
    ['no content', { type: 'doc' }, ['']],
    ['a signature alone', doc(sig('s')), ['', '-- s']],
    ['two signatures', doc(p('a'), sig('s'), p('b'), sig('t')), ['a', '-- s', 'b']],
    ['unknown blocks', doc({ type: 'table', content: [p('cell')] }, p('b')), ['cell', 'b']],
    [
      'unknown inline nodes',
      doc({
        type: 'paragraph',
        content: [
          { type: 'text', text: 'a' },
          { type: 'mention', text: 'M' },
        ],
      }),
      ['aM'],
    ],
    [
      'a signature in a quotation',
      doc(p('a'), { type: 'blockquote', content: [sig('s')] }),
      ['a', '-- s'],
    ],
    [
      'something else altogether',
      { type: 'paragraph', content: [{ type: 'text', text: 'x' }] },
      ['x'],
    ],
  ])('makes %s fit without losing text', (_, json, expected) => {
    const made = fromJson(schema, json);
    expect(() => made.check()).not.toThrow();
    expect(outline(toJson(made)).join('|')).toBe(expected.join('|'));
  });
});

describe('words', () => {
  // The program counts the same texts by the same rule (core, document/count.rs).
  it.each([
    ['', 0],
    ["Dear Ada, don't  worry - 3.5 e-mails.", 6],
    ['— … !', 0],
    ['你好,世界', 4],
    ['日本語のテスト', 7],
    ['see https://example.org/a-b ok', 3],
    ['Grüße 👩‍👩‍👧 aus Köln', 3],
    ['שלום עולם', 2],
  ])('of %j are %i', (text, words) => expect(countWordsIn(text)).toBe(words));

  it('are counted over blocks, breaks and images, not in the signature', () => {
    const text = doc(
      p('one', { type: 'hardBreak' }, 'two', img('a'), 'three'),
      p('four'),
      sig('s'),
    );
    expect(countWords(fromJson(schema, text))).toBe(4);
  });
});

describe('blank', () => {
  it('is an empty text, signed or not', () => {
    expect(isBlank(emptyDocument(schema))).toBe(true);
    expect(isBlank(fromJson(schema, doc(p(), sig('s'))))).toBe(true);
    expect(isBlank(fromJson(schema, doc(p(img('a')))))).toBe(false);
    expect(isBlank(fromJson(schema, doc({ type: 'horizontalRule' })))).toBe(false);
  });
});
