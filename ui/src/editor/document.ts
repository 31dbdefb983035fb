/**
 * Documents between the editor and the program: to JSON without doing unchanged paragraphs again
 * at each key, from JSON without trusting it, and the count of words.
 */
import type { Node as ProseMirrorNode, Schema } from '@tiptap/pm/model';
import type { DocumentNode } from '../ipc';

// Nodes never change once made, so what was computed for one stays true. At each key only the
// paragraph that was typed into is done again, whatever the length of the draft.
const jsonOf = new WeakMap<ProseMirrorNode, DocumentNode>();
const wordsOf = new WeakMap<ProseMirrorNode, number>();

/** The document as the program keeps it. The answer shares parts with former ones: don't change it. */
export function toJson(node: ProseMirrorNode): DocumentNode {
  const known = jsonOf.get(node);
  if (known) return known;
  let json: DocumentNode;
  if (node.isTextblock || node.isLeaf) {
    json = node.toJSON() as DocumentNode;
  } else {
    const content: DocumentNode[] = [];
    node.forEach((child) => content.push(toJson(child)));
    json = { type: node.type.name, content };
    if (Object.keys(node.attrs).length > 0) json.attrs = { ...node.attrs };
  }
  jsonOf.set(node, json);
  return json;
}

/** The empty document: one paragraph. */
export function emptyDocument(schema: Schema): ProseMirrorNode {
  return schema.topNodeType.createAndFill()!;
}

/**
 * A document of our schema from JSON. What doesn't fit is made to fit: unknown nodes give way to
 * what is in them, so that no text is lost because of a shape.
 */
export function fromJson(schema: Schema, json: DocumentNode | null | undefined): ProseMirrorNode {
  if (!json) return emptyDocument(schema);
  try {
    const doc = schema.nodeFromJSON(json);
    doc.check();
    if (doc.type === schema.topNodeType) return doc;
  } catch {
    // Mended below.
  }
  const blocks: ProseMirrorNode[] = [];
  const tail: ProseMirrorNode[] = [];
  let signature: ProseMirrorNode | null = null;
  for (const child of json.content ?? []) {
    for (const block of blocksFrom(schema, child)) {
      if (block.type.name !== 'signature') (signature ? tail : blocks).push(block);
      else signature ??= block;
    }
  }
  if (blocks.length === 0) blocks.push(schema.nodes.paragraph!.create());
  return schema.topNodeType.create(null, [...blocks, ...(signature ? [signature] : []), ...tail]);
}

function blocksFrom(schema: Schema, json: DocumentNode): ProseMirrorNode[] {
  try {
    const node = schema.nodeFromJSON(json);
    node.check();
    if (node.type.name === 'signature' || node.isBlock) return [node];
  } catch {
    // A part of it is at fault.
  }
  const children = json.content ?? [];
  if (children.some((c) => c.content || c.type === 'signature')) {
    return children.flatMap((child) => blocksFrom(schema, child));
  }
  const text = children.map((c) => c.text ?? (c.type === 'hardBreak' ? '\n' : '')).join('');
  const own = text || json.text || '';
  return own === '' ? [] : [schema.nodes.paragraph!.create(null, schema.text(own))];
}

// A word is a run between spaces that has a letter or a digit in it; scripts written without
// spaces count by character, as mail programs and word processors do.
const WORDS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|[^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]*[\p{L}\p{N}][^\s\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]*/gu;

/** Words of a plain text. */
export function countWordsIn(text: string): number {
  return text.match(WORDS)?.length ?? 0;
}

/** Words the user typed: the signature doesn't count. */
export function countWords(node: ProseMirrorNode): number {
  const known = wordsOf.get(node);
  if (known !== undefined) return known;
  let words = 0;
  if (node.isTextblock) {
    words = countWordsIn(node.textBetween(0, node.content.size, '\n', ' '));
  } else {
    node.forEach((child) => (words += countWords(child)));
  }
  wordsOf.set(node, words);
  return words;
}

const NO_PICTURES: readonly string[] = [];
const picturesOf = new WeakMap<ProseMirrorNode, readonly string[]>();

/** The addresses of the pictures in it, each once. */
export function picturesIn(node: ProseMirrorNode): readonly string[] {
  if (node.type.name === 'image') return [String(node.attrs.src)];
  if (node.isLeaf) return NO_PICTURES;
  const known = picturesOf.get(node);
  if (known !== undefined) return known;
  const found = new Set<string>();
  node.forEach((child) => picturesIn(child).forEach((src) => found.add(src)));
  const pictures = found.size === 0 ? NO_PICTURES : [...found];
  picturesOf.set(node, pictures);
  return pictures;
}

/** Whether there is nothing in it but, perhaps, a signature. */
export function isBlank(doc: ProseMirrorNode): boolean {
  let blank = true;
  doc.forEach((child) => {
    if (child.type.name === 'signature') return;
    if (child.type.name !== 'paragraph' || child.content.size > 0) blank = false;
  });
  return blank;
}

/** Whether it is an answer nobody has written yet: an empty line above a quotation. */
export function waitsAboveQuote(doc: ProseMirrorNode): boolean {
  const first = doc.firstChild;
  if (!first?.isTextblock || first.content.size > 0) return false;
  let quotes = false;
  doc.forEach((node) => (quotes ||= node.type.name === 'blockquote'));
  return quotes;
}
