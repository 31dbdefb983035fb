/** What is done to a draft's text as a whole, each as one transaction. */
import { Fragment, type Node as ProseMirrorNode } from '@tiptap/pm/model';
import { closeHistory } from '@tiptap/pm/history';
import { type EditorState, Selection, type Transaction } from '@tiptap/pm/state';
import type { DocumentNode } from '../ipc';
import { fromJson } from './document';

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
