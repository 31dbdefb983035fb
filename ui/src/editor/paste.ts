/**
 * Paste from other programs. Their HTML is read and reduced to our schema by the program, in Rust;
 * here is how its answer gets into the text: at the place where it was asked for, as one undo step.
 * Should the program refuse it or take long, the plain text is pasted: something always arrives.
 */
import { closeHistory } from '@tiptap/pm/history';
import { Slice } from '@tiptap/pm/model';
import { handlePaste as pasteCells, isInTable } from '@tiptap/pm/tables';
import {
  type EditorState,
  Plugin,
  PluginKey,
  type SelectionBookmark,
  type Transaction,
} from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import type { DocumentNode } from '../ipc';
import { fromJson } from './document';
import { findTable, roomBelow, withoutTables } from './table';

/** Reduces HTML to our schema. */
export type CleanHtml = (html: string) => Promise<DocumentNode>;

/** How long somebody waits for a paste before it comes as plain text, in milliseconds. */
const PATIENCE = 4000;

interface Place {
  id: object;
  at: SelectionBookmark;
}
type Change = { add: Place } | { remove: object };
const key = new PluginKey<readonly Place[]>('paste');

/** The paste of foreign HTML. `patience` in milliseconds. */
export function foreignPaste(clean: CleanHtml, patience = PATIENCE): Plugin {
  // Ctrl+Shift+V means plain text; ProseMirror does that itself.
  let plain = false;
  return new Plugin<readonly Place[]>({
    key,
    state: {
      init: () => [],
      // Where to paste moves along with what is typed meanwhile.
      apply(tr, places) {
        let next = tr.docChanged
          ? places.map(({ id, at }) => ({ id, at: at.map(tr.mapping) }))
          : places;
        const change = tr.getMeta(key) as Change | undefined;
        if (change && 'add' in change) next = [...next, change.add];
        else if (change) next = next.filter((place) => place.id !== change.remove);
        return next;
      },
    },
    props: {
      handleDOMEvents: {
        keydown(_view, event) {
          plain =
            (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === 'v';
          return false;
        },
        keyup() {
          plain = false;
          return false;
        },
        paste(view, event) {
          const data = event.clipboardData;
          const html = data?.getData('text/html') ?? '';
          if (!data || plain || !view.editable || !isForeign(html)) return false;
          // A picture alone comes as a file, and code takes text only.
          if (data.files.length > 0 && isOnlyPicture(html)) return false;
          if (view.state.selection.$from.parent.type.spec.code) return false;
          event.preventDefault();
          void paste(view, html, data.getData('text/plain'), clean, patience);
          return true;
        },
      },
    },
  });
}

/** Whether HTML comes from somewhere else than an editor of this kind. */
function isForeign(html: string): boolean {
  return html.trim() !== '' && !/<[^>]+ data-pm-slice=/i.test(html);
}

/** Whether there is nothing in some HTML but one picture. */
export function isOnlyPicture(html: string): boolean {
  return /^\s*(<meta[^>]*>)?\s*<img[^>]*>\s*$/i.test(html);
}

async function paste(
  view: EditorView,
  html: string,
  text: string,
  clean: CleanHtml,
  patience: number,
): Promise<void> {
  const id = {};
  const at = view.state.selection.getBookmark();
  view.dispatch(view.state.tr.setMeta(key, { add: { id, at } } satisfies Change));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<null>((done) => (timer = setTimeout(() => done(null), patience)));
  const body = await Promise.race([clean(html).catch(() => null), tooLate]);
  clearTimeout(timer);
  await composed(view);
  if (view.isDestroyed) return;
  // Another draft is shown meanwhile: it isn't wanted any more.
  const place = key.getState(view.state)?.find((one) => one.id === id);
  if (!place) return;
  const done: Change = { remove: id };
  const tr = view.state.tr.setMeta(key, done);
  tr.setSelection(place.at.resolve(tr.doc));
  if (body) {
    put(view, tr, body);
  } else {
    view.dispatch(closeHistory(tr));
    view.pasteText(text);
  }
}

/** Waits while an input method composes: nothing may change under its hands. */
function composed(view: EditorView): Promise<void> {
  if (!view.composing) return Promise.resolve();
  return new Promise((done) => {
    // ProseMirror reads what was composed a little later.
    view.dom.addEventListener('compositionend', () => setTimeout(done, 30), { once: true });
  });
}

/** Puts a document where `tr` selects. In a table, cells go into its cells, and no table into them. */
function put(view: EditorView, tr: Transaction, body: DocumentNode): void {
  const cells = body.content?.length === 1 && body.content[0]?.type === 'table';
  if (!findTable(tr.selection)) {
    view.dispatch(insert(tr, sliceOf(view.state, body)));
  } else if (cells) {
    view.dispatch(closeHistory(tr));
    const { content } = fromJson(view.state.schema, body);
    if (isInTable(view.state))
      pasteCells(view, new Event('paste') as ClipboardEvent, new Slice(content, 0, 0));
  } else {
    view.dispatch(insert(tr, sliceOf(view.state, withoutTables(body))));
  }
}

/** Puts a slice in the place of the selection, as one undo step. */
export function insert(tr: Transaction, slice: Slice): Transaction {
  tr.replaceSelection(slice).setMeta('paste', true).setMeta('uiEvent', 'paste');
  const table = findTable(tr.selection);
  if (table && slice.content.lastChild?.type.name === 'table') roomBelow(tr, table, true);
  return closeHistory(tr).scrollIntoView();
}

/**
 * A document as what is to be pasted: its first and last paragraph join the text around them, a
 * list stays one, and goes on with the list it is pasted into.
 */
export function sliceOf(state: EditorState, body: DocumentNode): Slice {
  const { content } = fromJson(state.schema, body);
  const { $from } = state.selection;
  const isList = /List$/.test(content.firstChild?.type.name ?? '');
  for (let depth = $from.depth; isList && content.childCount === 1 && depth > 0; depth--) {
    if ($from.node(depth).type.name === 'listItem') return Slice.maxOpen(content);
  }
  const open = (name?: string) => (name === 'paragraph' ? 1 : 0);
  return new Slice(
    content,
    open(content.firstChild?.type.name),
    open(content.lastChild?.type.name),
  );
}
