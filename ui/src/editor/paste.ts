/**
 * Paste, and what is dropped. HTML is read and reduced to our schema by the program, in Rust,
 * whoever it says it comes from; here is how the answer gets into the text: at the place where it
 * was asked for, as one undo step. What an editor of this kind copied stays as it was, with where
 * it was cut. Should the program refuse it or take long, the plain text is pasted: something
 * always arrives.
 */
import { closeHistory } from '@tiptap/pm/history';
import { Slice } from '@tiptap/pm/model';
import { handlePaste as pasteCells, isInTable } from '@tiptap/pm/tables';
import {
  type EditorState,
  type Selection,
  Plugin,
  PluginKey,
  type SelectionBookmark,
  TextSelection,
  type Transaction,
} from '@tiptap/pm/state';
import type { EditorView } from '@tiptap/pm/view';
import type { DocumentNode } from '../ipc';
import { composed } from './composition';
import { fromJson } from './document';
import { findTable, roomBelow, withoutTables } from './table';

/** What the program makes of HTML. */
export interface Cleaner {
  /** Reduces HTML of another program to our schema. */
  html(html: string): Promise<DocumentNode>;
  /** Takes out of an editor's own HTML what our schema doesn't have. */
  slice(html: string): Promise<string>;
}

/** How long somebody waits for a paste before it comes as plain text, in milliseconds. */
const PATIENCE = 4000;

interface Place {
  id: object;
  at: SelectionBookmark;
}
type Change = { add: Place } | { remove: object };
const key = new PluginKey<readonly Place[]>('paste');

/** The paste of HTML. `patience` in milliseconds. */
export function cleanPaste(clean: Cleaner, patience = PATIENCE): Plugin {
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
          if (!data || plain || !view.editable || html.trim() === '') return false;
          // A picture alone comes as a file, and code takes text only.
          if (data.files.length > 0 && isOnlyPicture(html)) return false;
          if (view.state.selection.$from.parent.type.spec.code) return false;
          event.preventDefault();
          const text = data.getData('text/plain');
          void paste(view, view.state.selection, { html, text }, clean, patience);
          return true;
        },
        drop(view, event) {
          const data = event.dataTransfer;
          const html = data?.getData('text/html') ?? '';
          // What is moved within the text never becomes HTML; files have their own way.
          if (view.dragging || !data || !view.editable || data.files.length > 0) return false;
          const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
          if (html.trim() === '' || !at) return false;
          const place = view.state.doc.resolve(at.pos);
          if (place.parent.type.spec.code) return false;
          event.preventDefault();
          const text = data.getData('text/plain');
          void paste(view, TextSelection.near(place), { html, text }, clean, patience);
          return true;
        },
      },
    },
  });
}

/** Whether there is nothing in some HTML but one picture. */
export function isOnlyPicture(html: string): boolean {
  return /^\s*(<meta[^>]*>)?\s*<img[^>]*>\s*$/i.test(html);
}

async function paste(
  view: EditorView,
  where: Selection,
  { html, text }: { html: string; text: string },
  clean: Cleaner,
  patience: number,
): Promise<void> {
  const id = {};
  const at = where.getBookmark();
  view.dispatch(view.state.tr.setMeta(key, { add: { id, at } } satisfies Change));
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<null>((done) => (timer = setTimeout(() => done(null), patience)));
  const own = ownHtml(html);
  const cleaned = own
    ? clean.slice(own.html).then((html) => withCut(html, own.cut))
    : clean.html(html);
  const answer = await Promise.race([cleaned.catch(() => null), tooLate]);
  clearTimeout(timer);
  await composed(view);
  if (view.isDestroyed) return;
  // Another draft is shown meanwhile: it isn't wanted any more.
  const place = key.getState(view.state)?.find((one) => one.id === id);
  if (!place) return;
  const done: Change = { remove: id };
  const tr = view.state.tr.setMeta(key, done);
  tr.setSelection(place.at.resolve(tr.doc));
  if (answer !== null && typeof answer !== 'string') {
    put(view, tr, answer);
    return;
  }
  view.dispatch(closeHistory(tr));
  if (answer === null) view.pasteText(text || textOf(html));
  else view.pasteHTML(answer);
}

// Where ProseMirror cut: the depths that are open at both ends, how often what was cut out is
// wrapped for HTML's sake, and the nodes around it.
const CUT = /^(\d{1,3} \d{1,3}(?: -\d{1,2})?) (.*)$/s;
const AROUND = [
  'bulletList',
  'orderedList',
  'listItem',
  'blockquote',
  'table',
  'tableRow',
  'tableCell',
  'tableHeader',
];

/** The HTML of an editor like this one, and where it was cut; null for any other. */
function ownHtml(html: string): { html: string; cut: string } | null {
  if (!html.includes('data-pm-slice')) return null;
  // A document that is never shown: nothing in it runs or is loaded.
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  const parts = CUT.exec(
    body.querySelector('[data-pm-slice]')?.getAttribute('data-pm-slice') ?? '',
  );
  if (!parts) return null;
  // WebKit's way of keeping blanks on the clipboard.
  for (const span of body.querySelectorAll('span')) {
    if (span.childElementCount === 0 && span.textContent === '\u00a0') span.replaceWith(' ');
  }
  return { html: body.innerHTML, cut: `${parts[1]} ${around(parts[2]!)}` };
}

// The nodes around it are made by their names: only those that hold others, and nothing else of
// what whoever wrote this may have put there.
function around(context: string): string {
  try {
    const list = JSON.parse(context) as unknown[];
    const names = list.filter((_, index) => index % 2 === 0);
    if (names.every((name) => AROUND.includes(name as string))) {
      return JSON.stringify(names.flatMap((name) => [name, null]));
    }
  } catch {
    // Then there is nothing around it.
  }
  return '[]';
}

function withCut(html: string, cut: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  body.firstElementChild?.setAttribute('data-pm-slice', cut);
  return body.innerHTML;
}

/** What some HTML says, in lines; for a clipboard that has nothing else. */
function textOf(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const unseen of body.querySelectorAll('style, script, template, title')) unseen.remove();
  for (const list of body.querySelectorAll('select')) {
    const isOpen = list.multiple || list.size > 1;
    const seen = isOpen ? [...list.options] : [list.options[list.selectedIndex]];
    list.replaceWith(
      seen.map((option) => option?.label || option?.text || '').join(isOpen ? ' ' : ''),
    );
  }
  for (const each of body.querySelectorAll('*')) {
    for (const node of each.childNodes) {
      if (node.nodeType === 3) node.textContent = node.textContent!.replace(/\s+/g, ' ');
    }
  }
  for (const line of body.querySelectorAll('br')) line.replaceWith('\n');
  for (const block of body.querySelectorAll('p, div, li, tr, h1, h2, h3, h4, h5, h6, blockquote'))
    block.append('\n');
  for (const cell of body.querySelectorAll('td, th')) cell.append('\t');
  const text = body.textContent ?? '';
  return text.replace(/ *\n\s*/g, '\n').trim();
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
