/** The files of a draft: their size in the mail, and what is done with what was added. */
import type { Attachment, RefusedFile } from '../../ipc';

/** What most mail servers take for a whole message, in bytes. */
export const MOST_BYTES = 25_000_000;

/** From here on the bar warns: what the text itself adds isn't counted. */
const NEARLY = 0.9;

/** How many bytes files take in the mail: base64, 57 bytes to a line of 78. */
export function encodedBytes(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + Math.ceil(size / 57) * 78, 0);
}

/** "640 KB", "1.4 MB". */
export function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 999_500 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${value < 10 ? Math.round(value * 10) / 10 : Math.round(value)} ${unit}`;
}

/** What the bar says of the size of all files and pictures; `warns` where servers may refuse it. */
export function totalText(sizes: readonly number[]): { text: string; warns: boolean } {
  const bytes = encodedBytes(sizes);
  const size = sizeText(bytes);
  if (bytes > MOST_BYTES) {
    return { text: `${size} in the mail: more than the 25 MB most servers take`, warns: true };
  }
  if (bytes > MOST_BYTES * NEARLY) {
    return { text: `${size} in the mail, close to the 25 MB most servers take`, warns: true };
  }
  return { text: `${size} in the mail`, warns: false };
}

/** The list with new files at its end. The same file under the same name is there once. */
export function withFiles(
  files: readonly Attachment[],
  added: readonly Attachment[],
): Attachment[] {
  const known = new Set(files.map((file) => `${file.hash} ${file.name}`));
  return [...files, ...added.filter((file) => !known.has(`${file.hash} ${file.name}`))];
}

/** Whether two lists have the same files, in the same order. */
export function sameFiles(some: readonly Attachment[], others: readonly Attachment[]): boolean {
  const key = ({ hash, name }: Attachment) => `${hash} ${name}`;
  return some.length === others.length && some.every((file, i) => key(file) === key(others[i]!));
}

/** What is said of refused files, on one line each. */
export function refusalText(refused: readonly RefusedFile[]): string {
  const [first, ...others] = refused.map((file) => file.error.message);
  return others.length === 0 ? (first ?? '') : `${first} (and ${others.length} more)`;
}

/** The letters on a file's sign: its extension. */
export function extensionOf(file: Attachment): string {
  const dot = file.name.lastIndexOf('.');
  return dot < 0 ? '' : file.name.slice(dot + 1, dot + 5).toUpperCase();
}
