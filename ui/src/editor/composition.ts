/** Input methods: what is being composed belongs to them until it is done. */
import type { EditorView } from '@tiptap/pm/view';

/** Waits while an input method composes: nothing may change under its hands. */
export function composed(view: EditorView): Promise<void> {
  if (!view.composing) return Promise.resolve();
  return new Promise((done) => {
    // ProseMirror reads what was composed a little later.
    view.dom.addEventListener('compositionend', () => setTimeout(done, 30), { once: true });
  });
}
