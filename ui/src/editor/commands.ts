/** What is done to a draft's text as a whole, each as one transaction. */
import { Fragment, type Node as ProseMirrorNode, Slice } from '@tiptap/pm/model';
import { closeHistory } from '@tiptap/pm/history';
import { type EditorState, Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { DocumentNode } from '../ipc';
import { fromJson } from './document';
import { findTable } from './table';

/** Where the signature node is. */
export function findSignature(doc: ProseMirrorNode): { pos: number; node: ProseMirrorNode } | null {
  let found: { pos: number; node: ProseMirrorNode } | null = null;
  doc.forEach((node, pos) => {
    if (node.type.name === 'signature') found = { pos, node };
  });
  return found;
}

/** The signature a text ends with. */
export function signatureId(doc: ProseMirrorNode): string | null {
  return (findSignature(doc)?.node.attrs.id as string | undefined) ?? null;
}

/** Puts a signature at the end of the text, another one into its place, or takes it out. */
export function setSignature(state: EditorState, id: string | null): Transaction | null {
  const found = findSignature(state.doc);
  if ((found?.node.attrs.id ?? null) === id) return null;
  const { tr } = state;
  if (found && id === null) return tr.delete(found.pos, found.pos + found.node.nodeSize);
  const node = state.schema.nodes.signature!.create({ id });
  if (found) return tr.replaceWith(found.pos, found.pos + found.node.nodeSize, node);
  return tr.insert(state.doc.content.size, node);
}

/**
 * Replaces what the user typed by a polished version, as one undo step. The signature stays (or
 * gives way to the one the style brings), what stands below it stays, and so does each inline
 * image that the version doesn't show.
 */
export function takeVersion(
  state: EditorState,
  version: { body: DocumentNode; signatureId?: string | null },
): Transaction {
  const { doc, schema } = state;
  const blocks: ProseMirrorNode[] = [];
  fromJson(schema, version.body).forEach((block) => {
    if (block.type.name !== 'signature') blocks.push(block);
  });

  const old = findSignature(doc);
  const end = old?.pos ?? doc.content.size;
  const shown = images(Fragment.from(blocks)).map((node) => node.attrs.src);
  const missing = images(doc.content.cut(0, end)).filter((n) => !shown.includes(n.attrs.src));
  if (missing.length > 0) blocks.push(schema.nodes.paragraph!.create(null, missing));

  const id = version.signatureId ?? (old?.node.attrs.id as string | undefined) ?? null;
  const tail: ProseMirrorNode[] = [];
  if (old) {
    doc.content.cut(old.pos + old.node.nodeSize).forEach((node) => tail.push(node));
  }
  const signature = id === null ? [] : [schema.nodes.signature!.create({ id })];
  const { tr } = state;
  tr.replaceWith(0, doc.content.size, [...blocks, ...signature, ...tail]);
  // The cursor belongs behind the last word of the new text, not into the signature.
  const textEnd = blocks.reduce((size, block) => size + block.nodeSize, 0);
  tr.setSelection(Selection.near(tr.doc.resolve(textEnd), -1));
  return closeHistory(tr).scrollIntoView();
}

/** A selected part of the text, and enough to find it again. */
export interface SelectedPart {
  from: number;
  to: number;
  /** As a document of its own. */
  body: DocumentNode;
  /** Unicode characters of its plain text. */
  length: number;
}

/**
 * The selected part of what was typed: without the signature and what stands below it; a table is
 * in it whole or not at all. Nothing if nothing is selected, or all of it is.
 */
export function selectedPart(state: EditorState): SelectedPart | null {
  const { doc, selection, schema } = state;
  const end = findSignature(doc)?.pos ?? doc.content.size;
  const first = selection.empty ? null : findTable(selection, selection.$from);
  const last = selection.empty ? null : findTable(selection, selection.$to);
  const from = Math.min(first?.pos ?? selection.from, end);
  const to = Math.min(last ? last.pos + last.node.nodeSize : selection.to, end);
  const text = doc.textBetween(from, to, '\n', '\n');
  if (text.trim() === '') return null;
  const before = doc.textBetween(0, from, '\n', '\n');
  const after = doc.textBetween(to, end, '\n', '\n');
  if (before.trim() === '' && after.trim() === '') return null;
  const part = schema.topNodeType.create(null, doc.slice(from, to, true).content);
  return { from, to, body: part.toJSON() as DocumentNode, length: [...text].length };
}

/** Whether a part of the text is still what it was when it was selected. */
export function hasPart({ doc, schema }: EditorState, part: SelectedPart): boolean {
  if (part.to > doc.content.size) return false;
  const { content } = doc.slice(part.from, part.to, true);
  const now = schema.topNodeType.create(null, content).toJSON() as DocumentNode;
  return JSON.stringify(now) === JSON.stringify(part.body);
}

/**
 * Replaces a selected part by its polished version, as one undo step; everything around it stays.
 * Null if the part is no longer what it was.
 */
export function takePart(
  state: EditorState,
  part: SelectedPart,
  body: DocumentNode,
): Transaction | null {
  if (!hasPart(state, part)) return null;
  const { doc, schema } = state;
  const old = doc.slice(part.from, part.to, true);
  const blocks: ProseMirrorNode[] = [];
  fromJson(schema, body).forEach((block) => {
    if (block.type.name !== 'signature') blocks.push(block);
  });
  const shown = images(Fragment.from(blocks)).map((node) => node.attrs.src);
  const missing = images(old.content).filter((node) => !shown.includes(node.attrs.src));
  if (missing.length > 0) blocks.push(schema.nodes.paragraph!.create(null, missing));
  const content = Fragment.from(blocks);
  // Where the selection began or ended inside a paragraph, so does what replaces it.
  const most = Slice.maxOpen(content, false);
  const slice = new Slice(
    content,
    Math.min(old.openStart, most.openStart),
    Math.min(old.openEnd, most.openEnd),
  );
  const { tr } = state;
  const tail = doc.content.size - part.to;
  tr.replace(part.from, part.to, slice);
  const end = tr.doc.content.size - tail;
  tr.setSelection(TextSelection.between(tr.doc.resolve(part.from), tr.doc.resolve(end)));
  return closeHistory(tr).scrollIntoView();
}

/** Selects as many whole paragraphs from the top as have at most `most` characters together. */
export function selectUpTo(state: EditorState, most: number): Transaction {
  const { doc } = state;
  const end = findSignature(doc)?.pos ?? doc.content.size;
  let to = 0;
  doc.forEach((node, pos) => {
    const stop = pos + node.nodeSize;
    const fits = [...doc.textBetween(0, Math.min(stop, end), '\n\n', '\n')].length <= most;
    if (stop <= end && fits) to = stop;
  });
  if (to === 0) to = endInFirstBlock(doc, most);
  const selection = TextSelection.between(doc.resolve(0), doc.resolve(to), -1);
  return state.tr.setSelection(selection).scrollIntoView();
}

// The first block alone is too long: as many of its lines as fit, or as much of the first one.
function endInFirstBlock(doc: ProseMirrorNode, most: number): number {
  let end = 0;
  let isOver = false;
  doc.firstChild?.descendants((node, inside) => visit(node, inside + 1));
  if (end === 0 && doc.firstChild) visit(doc.firstChild, 0);
  return end;

  function visit(node: ProseMirrorNode, pos: number): boolean {
    if (!node.isTextblock) return true;
    const to = pos + node.nodeSize - 1;
    isOver ||= [...doc.textBetween(0, to, '\n\n', '\n')].length > most;
    if (!isOver) end = to;
    // One character for each place, so that an index is a place.
    else if (end === 0)
      end = pos + 1 + cutText(node.textBetween(0, node.content.size, '\n', '\n'), most);
    return false;
  }
}

/**
 * How much of a text is not more than `most` characters: whole sentences, else words, else
 * characters as one sees them.
 */
export function cutText(text: string, most: number): number {
  const limit = [...text].slice(0, most).join('').length;
  // A first sentence of three words is not what fits.
  const least = limit / 2;
  const sentence = text.slice(0, lastEnd(text, limit, 'sentence')).trimEnd().length;
  if (sentence > least) return sentence;
  const blank = text.slice(0, limit + 1).search(/\s\S*$/);
  return blank > least ? blank : lastEnd(text, limit, 'grapheme');
}

function lastEnd(text: string, limit: number, granularity: 'sentence' | 'grapheme'): number {
  let end = 0;
  for (const { index, segment } of new Intl.Segmenter(undefined, { granularity }).segment(text)) {
    if (index + segment.trimEnd().length > limit) break;
    end = index + segment.length;
  }
  return end;
}

/** Selects the first place where these words stand in what was typed; null where they don't. */
export function selectWords(state: EditorState, words: string): Transaction | null {
  let from: number | null = null;
  state.doc.descendants((node, pos) => {
    if (from !== null || ['signature', 'blockquote'].includes(node.type.name)) return false;
    if (!node.isTextblock) return true;
    // One character for each place, so that an index is a place.
    const at = node.textBetween(0, node.content.size, '\n', '\ufffc').indexOf(words);
    if (at >= 0) from = pos + 1 + at;
    return false;
  });
  if (from === null) return null;
  const selection = TextSelection.create(state.doc, from, from + words.length);
  return state.tr.setSelection(selection).scrollIntoView();
}

/** Puts a former text back whole, signature and all, as one undo step. */
export function restoreText(state: EditorState, body: DocumentNode): Transaction {
  const next = fromJson(state.schema, body);
  const tr = state.tr.replaceWith(0, state.doc.content.size, next.content);
  tr.setSelection(Selection.atStart(tr.doc));
  return closeHistory(tr).scrollIntoView();
}

function images(content: Fragment): ProseMirrorNode[] {
  const found: ProseMirrorNode[] = [];
  content.descendants((node) => {
    if (node.type.name === 'image') found.push(node);
  });
  return found;
}

/**
 * Takes over the text another window has saved. Only what differs is replaced, so the cursor stays
 * where it is; it isn't this window's to undo.
 */
export function followText(state: EditorState, body: DocumentNode): Transaction | null {
  const next = fromJson(state.schema, body);
  const start = state.doc.content.findDiffStart(next.content);
  const diff = state.doc.content.findDiffEnd(next.content);
  if (start === null || diff === null) return null;
  let { a, b } = diff;
  // Equal text on both sides of the change can make the two searches overlap.
  const overlap = start - Math.min(a, b);
  if (overlap > 0) {
    a += overlap;
    b += overlap;
  }
  let tr = state.tr.replace(start, a, next.slice(start, b));
  if (!tr.doc.eq(next)) tr = state.tr.replaceWith(0, state.doc.content.size, next.content);
  return tr.setMeta('addToHistory', false);
}
