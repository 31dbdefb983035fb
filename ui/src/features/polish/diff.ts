/**
 * What a version changed, word by word: the longest common subsequence of the words. Paragraph
 * breaks count as words, so that joined and split paragraphs show. Marks such as bold are absent:
 * the comparison is about words.
 */
import type { DocumentNode } from '../../ipc';

/** A run of text that both have, or only the new one, or only the old one. */
export interface Run {
  kind: 'same' | 'inserted' | 'deleted';
  text: string;
}

/** The words of a document's text as lines, one for each block; list items with their mark. */
export function linesOf(doc: DocumentNode): string[] {
  const lines: string[] = [];
  const walk = (node: DocumentNode, mark: string) => {
    const children = node.content ?? [];
    if (node.type === 'signature' || node.type === 'horizontalRule') return;
    if (node.type === 'bulletList' || node.type === 'orderedList') {
      const start = Number(node.attrs?.start ?? 1);
      children.forEach((item, i) => {
        walk(item, node.type === 'bulletList' ? '• ' : `${start + i}. `);
      });
    } else if (children.length === 0 || children.some((child) => isInline(child))) {
      const text = children.map(inlineText).join('');
      lines.push(...`${mark}${text}`.split('\n'));
    } else {
      children.forEach((child, i) => walk(child, i === 0 ? mark : ''));
    }
  };
  walk(doc, '');
  return lines;
}

function isInline(node: DocumentNode): boolean {
  return node.type === 'text' || node.type === 'hardBreak' || node.type === 'image';
}

function inlineText(node: DocumentNode): string {
  if (node.type === 'hardBreak') return '\n';
  if (node.type === 'image') return String(node.attrs?.alt || '[image]');
  return node.text ?? '';
}

/** A run with what the old text had at its place, where both have it. */
interface Draft extends Run {
  before: string;
}

interface Token {
  /** What is compared. */
  word: string;
  /** What is shown: the word with the space after it. */
  text: string;
}

// Scripts without spaces between words are compared by character.
const WORD =
  /\p{N}+(?:[.,:]\p{N}+)+|[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}])[\p{L}\p{M}\p{N}@_'’+-])+|[^\s]/gu;

function tokens(lines: readonly string[]): Token[] {
  const found: Token[] = [];
  lines.forEach((line, i) => {
    if (i > 0) found.push({ word: '\n', text: '\n' });
    for (const match of line.matchAll(WORD)) {
      const end = match.index + match[0].length;
      const space = /^\s+/.exec(line.slice(end, end + 8))?.[0] ?? '';
      found.push({ word: match[0], text: match[0] + space });
    }
  });
  return found;
}

/** What became of `before` in `after`; deletions stand before the insertions that replace them. */
export function diffWords(before: readonly string[], after: readonly string[]): Run[] {
  const a = tokens(before);
  const b = tokens(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head]!.word === b[head]!.word) head += 1;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail]!.word === b[b.length - 1 - tail]!.word
  ) {
    tail += 1;
  }
  const runs: Draft[] = [];
  for (let i = 0; i < head; i++) push(runs, 'same', b[i]!.text, a[i]!.text);
  const owed = head > 0 ? missingSpace(a[head - 1]!, b[head - 1]!) : '';
  middle(runs, a.slice(head, a.length - tail), b.slice(head, b.length - tail), owed);
  for (let i = tail; i > 0; i--) push(runs, 'same', b.at(-i)!.text, a.at(-i)!.text);
  return joinSplinters(runs);
}

// The old text had a space here which the new one hasn't; what was deleted next brings it.
function missingSpace(before: Token, after: Token): string {
  return before.text.length > after.text.length ? ' ' : '';
}

function middle(runs: Draft[], a: readonly Token[], b: readonly Token[], owed: string): void {
  // lengths[i][j]: length of the longest common subsequence of a[i..] and b[j..].
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i]!.word === b[j]!.word
          ? lengths[(i + 1) * width + j + 1]! + 1
          : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    }
  }
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i]!.word === b[j]!.word) {
      push(runs, 'same', b[j]!.text, a[i]!.text);
      owed = missingSpace(a[i]!, b[j]!);
      i += 1;
      j += 1;
    } else if (
      i < a.length &&
      (j === b.length || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)
    ) {
      push(runs, 'deleted', owed + a[i++]!.text);
      owed = '';
    } else {
      push(runs, 'inserted', b[j++]!.text);
    }
  }
}

function push(runs: Draft[], kind: Run['kind'], text: string, before = text): void {
  const last = runs.at(-1);
  if (last?.kind === kind) {
    last.text += text;
    last.before += before;
  } else runs.push({ kind, text, before });
}

/** Longer common runs always stand for themselves. */
const SPLINTER = 20;

/**
 * A lone "the" that happens to be common stands in the way of reading: a short run between two
 * changes that are each at least as long is counted as changed too. Line breaks stay what they are.
 */
function joinSplinters(runs: readonly Draft[]): Run[] {
  const joined: Run[] = [];
  let deleted = '';
  let inserted = '';
  const settle = () => {
    if (deleted) joined.push({ kind: 'deleted', text: deleted });
    if (inserted) joined.push({ kind: 'inserted', text: inserted });
    deleted = inserted = '';
  };
  const sizeAfter = (from: number) => {
    const size = { same: 0, deleted: 0, inserted: 0 };
    for (let i = from; i < runs.length && runs[i]!.kind !== 'same'; i++) {
      size[runs[i]!.kind] += runs[i]!.text.length;
    }
    return Math.max(size.deleted, size.inserted);
  };
  runs.forEach((run, i) => {
    if (run.kind === 'deleted') {
      deleted += deleted.endsWith(' ') ? run.text.trimStart() : run.text;
    } else if (run.kind === 'inserted') inserted += run.text;
    else if (
      run.text.length <= SPLINTER &&
      !run.text.includes('\n') &&
      run.text.length <= Math.max(deleted.length, inserted.length) &&
      run.text.length <= sizeAfter(i + 1)
    ) {
      deleted += run.before;
      inserted += run.text;
    } else {
      settle();
      joined.push({ kind: 'same', text: run.text });
    }
  });
  settle();
  return joined;
}

/** The runs line by line, as the new text breaks them; a break that is gone is shown as ¶. */
export function intoLines(runs: readonly Run[]): Run[][] {
  const lines: Run[][] = [[]];
  for (const { kind, text } of runs) {
    if (kind === 'deleted') {
      lines.at(-1)!.push({ kind, text: text.replace(/\n/g, '¶ ') });
      continue;
    }
    text.split('\n').forEach((part, i) => {
      if (i > 0) lines.push([]);
      if (part) lines.at(-1)!.push({ kind, text: part });
    });
  }
  return lines.filter((line) => line.length > 0);
}

/**
 * A run's text and the space around it: what is marked is the words, so that no mark hangs over
 * into what follows. Where the space itself is all that changed, it is the text.
 */
export function unspaced(text: string): [before: string, text: string, after: string] {
  const words = text.trim();
  if (words === '') return ['', text, ''];
  const at = text.indexOf(words);
  return [text.slice(0, at), words, text.slice(at + words.length)];
}

/** Whether what was inserted stands right at what was deleted, without a space between them. */
export function isBeside(line: readonly Run[], at: number): boolean {
  const before = line[at - 1];
  return (
    before?.kind === 'deleted' && !/\s$/.test(before.text) && !/^\s/.test(line[at]?.text ?? '')
  );
}
