import { describe, expect, it } from 'vitest';
import type { DocumentNode } from '../../ipc';
import { diffWords, intoLines, isBeside, linesOf, unspaced, type Run } from './diff';

/** The runs as a transcript: [-gone-] {+new+}. */
function written(runs: Run[]): string {
  return runs
    .map(({ kind, text }) =>
      kind === 'same' ? text : kind === 'deleted' ? `[-${text}-]` : `{+${text}+}`,
    )
    .join('');
}
const check = (before: string, after: string, expected: string) =>
  expect(written(diffWords(before.split('\n'), after.split('\n')))).toBe(expected);

describe('a word diff', () => {
  it('keeps what both have', () => {
    check('I want to ask you.', 'I want to ask you.', 'I want to ask you.');
    check('', '', '');
    check('', 'New text', '{+New text+}');
    check('Old text', '', '[-Old text-]');
  });

  it('shows a replaced word as gone, then new', () => {
    check(
      'I want to ask you soon',
      'I would like to ask you soon',
      'I [-want -]{+would like +}to ask you soon',
    );
  });

  it('shows joined paragraphs', () => {
    check('One.\nTwo.', 'One. Two.', 'One. [-\n-]Two.');
  });

  it('does not let a lone common word cut a change in two', () => {
    check(
      'hey man, what gives?',
      'Dear Anna, how are',
      '[-hey man, what gives?-]{+Dear Anna, how are+}',
    );
    check(
      'They will start the tour tomorrow',
      'Operations begin the pilot in March',
      '[-They will start the tour tomorrow-]{+Operations begin the pilot in March+}',
    );
  });

  it('keeps words apart where the new text has no space', () => {
    check('on March at noon', 'on March', 'on March[- at noon-]');
    check(
      'They will start the pilot on 10 May',
      'Operations begin pilot. In June it is',
      '[-They will start the pilot on 10 May-]{+Operations begin pilot. In June it is+}',
    );
  });

  it('falls into the lines of the new text', () => {
    const lines = intoLines(diffWords(['One.', 'Two.', 'Three.'], ['One. Two.', 'Four.']));
    expect(lines.map(written)).toEqual(['One. [-¶ -]Two.', '[-Three-]{+Four+}.']);
  });

  it('compares scripts without spaces by character', () => {
    check('我明天来', '我后天来', '我[-明-]{+后+}天来');
  });

  it('keeps addresses, accents and apostrophes in one piece', () => {
    check('for €4,800 at 10:30', 'for €4,900 at 10:30', 'for €[-4,800 -]{+4,900 +}at 10:30');
    check("don't café", "don't cafés", "don't [-café-]{+cafés+}");
    check('a@b.example', 'a@b.example!', 'a@b.example{+!+}');
  });

  it('gives back the new text when the deletions are left out, and the old without insertions', () => {
    const before = ['Hi Anna,', '', 'can we meet on Tuesday at 10:30? I have the offer ready.'];
    const after = ['Dear Dr Weber,', '', 'May I suggest Tuesday, 10:30?', 'The offer is ready.'];
    const runs = diffWords(before, after);
    const text = (gone: Run['kind']) =>
      runs
        .filter((r) => r.kind !== gone)
        .map((r) => r.text)
        .join('')
        .replace(/[ ]+/g, '');
    expect(text('deleted')).toBe(after.join('\n').replace(/[ ]+/g, ''));
    expect(text('inserted')).toBe(before.join('\n').replace(/[ ]+/g, ''));
  });

  it('is quick enough for the longest text that can be polished', () => {
    const words = Array.from({ length: 1000 }, (_, i) => `w${(i * 7919) % 613}`);
    const longer = words.flatMap((word, i) => (i % 3 ? [word] : [word, `x${i}`, `y${i}`]));
    const start = performance.now();
    diffWords([words.join(' ')], [longer.reverse().join(' ')]);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});

describe('the lines of a document', () => {
  const text = (value: string): DocumentNode => ({ type: 'text', text: value });
  const p = (...content: DocumentNode[]): DocumentNode => ({ type: 'paragraph', content });

  it('have list marks, line breaks and names of images, and no signature', () => {
    const doc: DocumentNode = {
      type: 'doc',
      content: [
        p(text('One'), { type: 'hardBreak' }, text('two')),
        {
          type: 'orderedList',
          attrs: { start: 3 },
          content: [{ type: 'listItem', content: [p(text('a')), p(text('b'))] }],
        },
        { type: 'bulletList', content: [{ type: 'listItem', content: [p(text('c'))] }] },
        p({ type: 'image', attrs: { src: 'x', alt: 'plan' } }),
        { type: 'signature', attrs: { id: 's' } },
      ],
    };
    expect(linesOf(doc)).toEqual(['One', 'two', '3. a', 'b', '• c', 'plan']);
  });

  it('keep empty paragraphs', () => {
    expect(linesOf({ type: 'doc', content: [p(text('a')), p(), p(text('b'))] })).toEqual([
      'a',
      '',
      'b',
    ]);
  });
});

describe('what is marked', () => {
  it('is the words without the space around them', () => {
    expect(unspaced('thanks ')).toEqual(['', 'thanks', ' ']);
    expect(unspaced(' it. i ')).toEqual([' ', 'it. i', ' ']);
    expect(unspaced('Dear Anna,')).toEqual(['', 'Dear Anna,', '']);
  });

  it('is the space where nothing else changed', () => {
    expect(unspaced(' ')).toEqual(['', ' ', '']);
  });

  it('is set apart where the new stands right at the old, and only there', () => {
    const deleted = (text: string): Run => ({ kind: 'deleted', text });
    const inserted = (text: string): Run => ({ kind: 'inserted', text });
    expect(isBeside([deleted('mira'), inserted('Mira')], 1)).toBe(true);
    expect(isBeside([deleted('thanks '), inserted('Thanks ')], 1)).toBe(false);
    const apart: Run[] = [deleted('asap'), { kind: 'same', text: ' who' }, inserted(':')];
    expect(isBeside(apart, 2), 'the colon belongs to the word before it').toBe(false);
    expect(isBeside([inserted('Hello')], 0)).toBe(false);
  });
});
