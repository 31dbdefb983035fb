/** Rules about signatures that need no DOM. */
import type { DocumentNode, Signature, SignatureId, UpdateSignature } from '../../ipc';

/** How many there may be. */
export const MOST = 10;

/** What each default is for, and how a signature says that it is it. */
export const DEFAULTS = [
  { flag: 'isDefault', label: 'New mails', badge: 'Default' },
  { flag: 'isFormalDefault', label: 'Formal and Elaborate', badge: 'Formal' },
  { flag: 'isCasualDefault', label: 'Casual', badge: 'Casual' },
] as const;

/** One of the three. */
export type DefaultFlag = (typeof DEFAULTS)[number]['flag'];

/** The signature that is this default. */
export function defaultOf(all: readonly Signature[], flag: DefaultFlag): Signature | null {
  return all.find((signature) => signature[flag]) ?? null;
}

/** The change that makes `id` this default, or (`null`) leaves none; null where nothing changes. */
export function makeDefault(
  all: readonly Signature[],
  flag: DefaultFlag,
  id: SignatureId | null,
): UpdateSignature | null {
  const now = defaultOf(all, flag);
  if ((now?.id ?? null) === id) return null;
  if (id !== null) return { id, [flag]: true };
  return now ? { id: now.id, [flag]: false } : null;
}

/** A name nobody has yet: "Signature", "Signature 2", … */
export function freeName(all: readonly Signature[], wished = 'Signature'): string {
  const taken = new Set(all.map((signature) => signature.name.toLocaleLowerCase()));
  let name = wished;
  for (let i = 2; taken.has(name.toLocaleLowerCase()); i++) name = `${wished} ${i}`;
  return name;
}

/** What is wrong with a name, or null. */
export function nameProblem(
  name: string,
  all: readonly Signature[],
  own: SignatureId | null,
): string | null {
  const trimmed = name.trim();
  if (trimmed === '') return 'Give it a name.';
  if ([...trimmed].length > 80) return 'At most 80 characters.';
  const same = all.find(
    (other) => other.id !== own && other.name.toLocaleLowerCase() === trimmed.toLocaleLowerCase(),
  );
  return same ? 'Another signature has this name.' : null;
}

/** Whether there is anything in a document: a text or an image. */
export function hasContent(node: DocumentNode): boolean {
  if (node.type === 'image' || node.type === 'horizontalRule') return true;
  if (node.text?.trim()) return true;
  return node.content?.some(hasContent) ?? false;
}
