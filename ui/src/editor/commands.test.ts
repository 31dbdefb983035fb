import { redo, undo } from '@tiptap/pm/history';
import { TextSelection, type EditorState } from '@tiptap/pm/state';
import { describe, expect, it } from 'vitest';
import {
  cutText,
  followText,
  restoreText,
  selectedPart,
  selectUpTo,
  selectWords,
  setSignature,
  signatureId,
  takePart,
  takeVersion,
} from './commands';
import type { DocumentNode } from '../ipc';
import { toJson } from './document';
import { doc, img, outline, p, sig, stateOf } from './testing';

const shown = (state: EditorState) => outline(toJson(state.doc));
function undone(state: EditorState): EditorState {
  let next = state;
  undo(state, (tr) => (next = state.apply(tr)));
  return next;
}

describe('taking a polished version', () => {
  const draft = doc(p('hi anna, ', img('a')), p('can we met'), sig('work'), p('> quoted'));
  const version = { body: doc(p('Dear Anna,'), p('could we meet?')), signatureId: null };

  it('replaces what was typed and keeps signature, quotation and images', () => {
    const state = stateOf(draft);
    const next = state.apply(takeVersion(state, version));
    expect(shown(next)).toEqual(['Dear Anna,', 'could we meet?', '[a]', '-- work', '> quoted']);
  });

  it('is one undo step, and one redo step', () => {
    let state = stateOf(draft);
    state = state.apply(state.tr.insertText('x', 1));
    const before = shown(state);
    state = state.apply(takeVersion(state, { ...version, signatureId: 'formal' }));
    expect(shown(state)).toContain('-- formal');
    const back = undone(state);
    expect(shown(back), 'not more and not less than the version').toEqual(before);
    let again = back;
    redo(back, (tr) => (again = back.apply(tr)));
    expect(shown(again)).toEqual(shown(state));
  });

  it('does not repeat an image the version shows', () => {
    const state = stateOf(draft);
    const body = doc(p('See ', img('a')), sig('never from a model'));
    expect(shown(state.apply(takeVersion(state, { body })))).toEqual([
      'See [a]',
      '-- work',
      '> quoted',
    ]);
  });

  it('brings the signature of the style where there was none', () => {
    const state = stateOf(doc(p('hi')));
    const next = state.apply(takeVersion(state, { ...version, signatureId: 'casual' }));
    expect(shown(next)).toEqual(['Dear Anna,', 'could we meet?', '-- casual']);
  });

  it('leaves the cursor behind the last word', () => {
    const state = stateOf(draft);
    const next = state.apply(takeVersion(state, { body: doc(p('One.'), p('Two.')) }));
    const { $from } = next.selection;
    expect(next.selection.empty).toBe(true);
    expect($from.parent.textContent + $from.parentOffset).toContain('1');
    expect(next.doc.textBetween(0, $from.pos, '|')).toContain('Two.');
  });

  it('survives an empty version', () => {
    const state = stateOf(doc(p('text')));
    const next = state.apply(takeVersion(state, { body: { type: 'doc' } }));
    expect(() => next.doc.check()).not.toThrow();
    expect(shown(next)).toEqual(['']);
  });
});

describe('putting a former text back', () => {
  it('is one undo step, signature and images included', () => {
    let state = stateOf(doc(p('now ', img('a')), sig('work')));
    state = state.apply(state.tr.insertText('x', 1));
    const before = shown(state);
    const former = doc(p('then'), p(img('b')), sig('old'));
    state = state.apply(restoreText(state, former));
    expect(shown(state)).toEqual(['then', '[b]', '-- old']);
    expect(shown(undone(state)), 'not more and not less than the text').toEqual(before);
  });

  it('survives an empty text', () => {
    const state = stateOf(doc(p('text')));
    const next = state.apply(restoreText(state, { type: 'doc' }));
    expect(() => next.doc.check()).not.toThrow();
    expect(shown(next)).toEqual(['']);
  });
});

describe('the signature', () => {
  it('comes at the end, gives way to another in its place, and goes', () => {
    let state = stateOf(doc(p('text')));
    state = state.apply(setSignature(state, 'a')!);
    expect(shown(state)).toEqual(['text', '-- a']);
    state = state.apply(state.tr.insert(state.doc.content.size, stateOf(doc(p('q'))).doc.content));
    state = state.apply(setSignature(state, 'b')!);
    expect(shown(state)).toEqual(['text', '-- b', 'q']);
    expect(signatureId(state.doc)).toBe('b');
    state = state.apply(setSignature(state, null)!);
    expect(shown(state)).toEqual(['text', 'q']);
  });

  it('is not changed for nothing', () => {
    expect(setSignature(stateOf(doc(p('a'), sig('x'))), 'x')).toBeNull();
    expect(setSignature(stateOf(doc(p('a'))), null)).toBeNull();
  });

  it('can’t be there twice: the schema refuses it', () => {
    const state = stateOf(doc(p('a'), sig('x')));
    const second = state.schema.nodes.signature!.create({ id: 'y' });
    const next = state.apply(
      state.tr.replaceWith(state.doc.content.size, state.doc.content.size, second),
    );
    expect(shown(next).filter((line) => line.startsWith('--'))).toHaveLength(1);
  });
});

describe('following another window', () => {
  it('changes only what differs and leaves the cursor where it is', () => {
    let state = stateOf(doc(p('one'), p('two'), p('three')));
    // Between "th" and "ree".
    state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 13)));
    const tr = followText(state, doc(p('one more'), p('two'), p('three')))!;
    const next = state.apply(tr);
    expect(shown(next)).toEqual(['one more', 'two', 'three']);
    expect(next.selection.$from.parent.textContent).toBe('three');
    expect(next.selection.$from.parentOffset).toBe(state.selection.$from.parentOffset);
  });

  it('is not this window’s to undo', () => {
    let state = stateOf(doc(p('mine')));
    state = state.apply(state.tr.insertText('!', 5));
    state = state.apply(followText(state, doc(p('mine!'), p('theirs')))!);
    expect(shown(undone(state))).toEqual(['mine', 'theirs']);
  });

  it('is nothing when nothing differs', () => {
    expect(followText(stateOf(doc(p('a'), sig('s'))), doc(p('a'), sig('s')))).toBeNull();
  });

  it.each([
    [doc(p('aaa')), doc(p('aa'))],
    [doc(p('aa')), doc(p('aaaa'))],
    [doc(p('a'), sig('s')), doc(p('a'))],
    [doc(p('a')), doc(p('a'), sig('s'), p('a'))],
    [doc(p('x y x')), doc(p('x'))],
    [doc(p(img('a'), 'b')), doc(p('b', img('a')))],
    [doc(p()), doc({ type: 'bulletList', content: [{ type: 'listItem', content: [p('a')] }] })],
  ])('arrives at exactly the other text (%#)', (from, to) => {
    const state = stateOf(from);
    const next = state.apply(followText(state, to)!);
    expect(outline(toJson(next.doc))).toEqual(outline(to));
    expect(next.doc.eq(stateOf(to).doc)).toBe(true);
  });
});

describe('a selected part', () => {
  const draft = doc(p('Hi Anna,'), p('can we met friday? i hope so.'), p('bye'), sig('work'));
  const list = (...items: string[]) => ({
    type: 'bulletList',
    content: items.map((item) => ({ type: 'listItem', content: [p(item)] })),
  });
  const select = (state: EditorState, from: number, to: number) =>
    state.apply(state.tr.setSelection(TextSelection.create(state.doc, from, to)));
  const at = (state: EditorState, text: string): [number, number] => {
    let found = -1;
    state.doc.descendants((node, pos) => {
      const index = node.isText ? node.text!.indexOf(text) : -1;
      if (index >= 0 && found < 0) found = pos + index;
    });
    return [found, found + text.length];
  };

  it('is replaced inside its paragraph, and nothing around it changes', () => {
    let state = stateOf(draft);
    state = select(state, ...at(state, 'can we met friday?'));
    const part = selectedPart(state)!;
    expect(part.length).toBe(18);
    const next = state.apply(takePart(state, part, doc(p('Could we meet on Friday?')))!);
    expect(shown(next)).toEqual([
      'Hi Anna,',
      'Could we meet on Friday? i hope so.',
      'bye',
      '-- work',
    ]);
    expect(shown(undone(next)), 'one undo step').toEqual(shown(state));
  });

  it('may become several paragraphs', () => {
    let state = stateOf(draft);
    state = select(state, ...at(state, 'can we met friday?'));
    const version = doc(p('One.'), p('Two.'));
    const next = state.apply(takePart(state, selectedPart(state)!, version)!);
    expect(shown(next)).toEqual(['Hi Anna,', 'One.', 'Two. i hope so.', 'bye', '-- work']);
  });

  it('may be whole paragraphs and items', () => {
    let state = stateOf(doc(p('See:'), list('tables', 'chairs', 'lamps'), p('bye')));
    state = select(state, at(state, 'chairs')[0], at(state, 'lamps')[1]);
    const part = selectedPart(state)!;
    const next = state.apply(takePart(state, part, doc(list('The chairs', 'The lamps')))!);
    expect(toJson(next.doc)).toEqual(
      toJson(stateOf(doc(p('See:'), list('tables', 'The chairs', 'The lamps'), p('bye'))).doc),
    );
  });

  it('keeps its images and never takes the signature', () => {
    let state = stateOf(doc(p('one'), p('two ', img('a')), sig('work'), p('> quoted')));
    state = select(state, at(state, 'two')[0], state.doc.content.size - 1);
    const next = state.apply(takePart(state, selectedPart(state)!, doc(p('Two.')))!);
    expect(shown(next)).toEqual(['one', 'Two.', '[a]', '-- work', '> quoted']);
  });

  it('is none when nothing or everything is selected', () => {
    const state = stateOf(draft);
    expect(selectedPart(state)).toBeNull();
    const all = select(state, 1, at(state, 'bye')[1]);
    expect(selectedPart(all)).toBeNull();
  });

  it('is not replaced once it has changed', () => {
    let state = stateOf(draft);
    state = select(state, ...at(state, 'can we met friday?'));
    const part = selectedPart(state)!;
    const changed = state.apply(state.tr.insertText('x', part.from + 2));
    expect(takePart(changed, part, doc(p('Other.')))).toBeNull();
  });

  it('can be as much from the top as fits', () => {
    const long = stateOf(doc(p('a'.repeat(30)), p('b'.repeat(30)), p('c'.repeat(30)), sig('work')));
    const state = long.apply(selectUpTo(long, 65));
    expect(selectedPart(state)!.length).toBeLessThanOrEqual(65);
    expect(shown(state)[1]![0]).toBe('b');
    expect(state.doc.textBetween(state.selection.from, state.selection.to, ' ')).toContain('bbb');
    const single = stateOf(doc(p('word '.repeat(30))));
    const cut = single.apply(selectUpTo(single, 42));
    expect(selectedPart(cut)!.length).toBeLessThanOrEqual(42);
    expect(selectedPart(cut)!.length).toBeGreaterThan(30);
  });

  it('can be of one paragraph without a blank, and of one list', () => {
    const chosen = (content: DocumentNode, most: number) => {
      const state = stateOf(doc(content));
      const { from, to } = state.apply(selectUpTo(state, most)).selection;
      return state.doc.textBetween(from, to, '|');
    };
    expect(chosen(p('a'.repeat(100)), 40)).toBe('a'.repeat(40));
    expect(chosen(p('今日は晴れです。'.repeat(20)), 30)).toBe('今日は晴れです。'.repeat(3));
    expect(chosen(p('One two three. Four five six. Seven eight.'), 35)).toBe(
      'One two three. Four five six.',
    );
    expect(chosen(list('tables', 'chairs', 'lamps'), 16)).toBe('tables|chairs');
    expect(chosen(list('t'.repeat(100), 'chairs'), 16)).toBe('t'.repeat(16));
  });

  it('is cut between characters as one sees them', () => {
    const family = '👩‍👩‍👧';
    expect(cutText(family.repeat(10), 12)).toBe(family.length * 2);
    expect(cutText('Hi. ' + 'word '.repeat(20), 33), 'not the first sentence alone').toBe(33);
  });
});

describe('the place of words in the text', () => {
  const bold = (text: string): DocumentNode => ({
    type: 'text',
    text,
    marks: [{ type: 'bold' }],
  });
  const quoted: DocumentNode = { type: 'blockquote', content: [p('Dear Anna, quoted')] };
  const state = stateOf(
    doc(quoted, p('Hi ', img('a'), ' ', bold('dear'), ' Anna, I attached it'), sig('work')),
  );
  const chosen = (words: string) => {
    const tr = selectWords(state, words);
    if (tr === null) return null;
    return tr.doc.textBetween(tr.selection.from, tr.selection.to);
  };

  it('is found across marks and behind images', () => {
    expect(chosen('dear Anna')).toBe('dear Anna');
    expect(chosen('attached it')).toBe('attached it');
  });

  it('is not in a quotation, and nowhere where the words are not', () => {
    const tr = selectWords(state, 'Anna')!;
    expect(tr.selection.from, 'the second one').toBeGreaterThan(
      quoted.content![0]!.content!.length,
    );
    expect(tr.doc.resolve(tr.selection.from).parent.textContent).toContain('I attached it');
    expect(chosen('quoted')).toBeNull();
    expect(chosen('Bob')).toBeNull();
  });
});
