import { getSchema } from '@tiptap/core';
import { EditorState, TextSelection } from '@tiptap/pm/state';
import { history, undo } from '@tiptap/pm/history';
import { EditorView } from '@tiptap/pm/view';
import { describe, expect, it, vi } from 'vitest';
import type { InlineImage } from '../ipc';
import { fromJson, toJson } from './document';
import { addImages, type ImagePorts, imageUploads } from './image';
import { extensions } from './schema';
import { doc, p, ports as bare } from './testing';

const kept = (digit: string): InlineImage => ({
  src: `draftwell-image://localhost/${digit.repeat(64)}`,
  width: 2,
  height: 1,
});
const file = (name: string) => new File(['x'], name, { type: 'image/png' });

function editor(text: string, at: number, images: Partial<ImagePorts>) {
  const ports = { ...bare.images, ...images };
  const schema = getSchema(extensions({ ...bare, images: ports }));
  const start = fromJson(schema, doc(p(text)));
  const view = new EditorView(document.createElement('div'), {
    state: EditorState.create({
      doc: start,
      selection: TextSelection.create(start, at),
      plugins: [history(), imageUploads(ports)],
    }),
  });
  // A letter for text, a digit of its hash for each picture.
  const now = () =>
    (toJson(view.state.doc).content?.[0]?.content ?? [])
      .map((node) => node.text ?? String(node.attrs?.src).at(-1))
      .join('');
  return { view, ports, now };
}

describe('pictures', () => {
  it('come in their order, whichever is kept first, as one undo step', async () => {
    const done: ((image: InlineImage) => void)[] = [];
    const add = () => new Promise<InlineImage>((each) => done.push(each));
    const { view, ports, now } = editor('abcd', 3, { add });
    addImages(view, [file('one.png'), file('two.png')], ports);
    view.dispatch(view.state.tr.insertText('typed ', 1));
    done[1]!(kept('2'));
    done[0]!(kept('1'));
    await vi.waitFor(() => expect(now()).toBe('typed ab12cd'));
    undo(view.state, view.dispatch);
    expect(now()).not.toContain('1');
  });

  it('wait while an input method composes', async () => {
    const { view, ports, now } = editor('abcd', 3, { add: () => Promise.resolve(kept('1')) });
    view.dom.dispatchEvent(new Event('compositionstart'));
    expect(view.composing).toBe(true);
    addImages(view, [file('one.png')], ports, 5);
    await Promise.resolve();
    await new Promise((done) => setTimeout(done));
    expect(now()).toBe('abcd');
    view.dom.dispatchEvent(new Event('compositionend'));
    await vi.waitFor(() => expect(now()).toBe('abcd1'));
  });

  it('that are refused are told, and the others come', async () => {
    const onError = vi.fn();
    const add = (one: File) =>
      one.name === 'no.png' ? Promise.reject(new Error('no')) : Promise.resolve(kept('2'));
    const { view, ports, now } = editor('abcd', 3, { add, onError });
    addImages(view, [file('no.png'), file('two.png')], ports);
    await vi.waitFor(() => expect(now()).toBe('ab2cd'));
    expect(onError).toHaveBeenCalledOnce();
    expect(view.dom.querySelector('.image-placeholder')).toBeNull();
  });
});
