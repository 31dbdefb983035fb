/** Input methods: what is being composed belongs to them until it is done. */
import type { EditorView } from '@tiptap/pm/view';

/** ProseMirror reads what was composed a little after its end, in milliseconds. */
const READ = 30;

/** Waits while an input method composes: nothing may change under its hands. */
export async function composed(view: EditorView): Promise<void> {
  // The next composition may begin at once, as with syllables one after the other.
  while (view.composing && !view.isDestroyed) {
    await new Promise((done) => {
      view.dom.addEventListener('compositionend', done, { once: true });
    });
    await new Promise((done) => setTimeout(done, READ));
  }
}
