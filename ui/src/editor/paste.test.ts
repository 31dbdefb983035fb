import { EditorState, TextSelection } from '@tiptap/pm/state';
import { history, undo } from '@tiptap/pm/history';
import { EditorView } from '@tiptap/pm/view';
import { describe, expect, it, vi } from 'vitest';
import type { DocumentNode } from '../ipc';
import { fromJson, toJson } from './document';
import { linkAddress } from './link';
import { type CleanHtml, foreignPaste } from './paste';
import { doc, outline, p, schema } from './testing';

const list = (...items: string[]): DocumentNode => ({
  type: 'bulletList',
  content: items.map((text) => ({ type: 'listItem', content: [p(text)] })),
});

function editor(text: string, at: number, clean: CleanHtml, patience?: number) {
  const start = fromJson(schema, doc(p(text)));
  const view = new EditorView(document.createElement('div'), {
    state: EditorState.create({
      doc: start,
      selection: TextSelection.create(start, at),
      plugins: [history(), foreignPaste(clean, patience)],
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

  it('leaves to the editor what comes from an editor', () => {
    const clean = vi.fn(() => Promise.resolve(doc(p('X'))));
    const { paste } = editor('abcd', 3, clean);
    paste('<p data-pm-slice="1 1 []">x</p>', 'x');
    expect(clean).not.toHaveBeenCalled();
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
    ['', null],
  ])('%j means %j', (typed, address) => expect(linkAddress(typed)).toBe(address));
});
