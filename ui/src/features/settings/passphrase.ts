/** Judges a passphrase before it is used: it can't be recovered, so a typing error must not pass. */

/** Shortest passphrase that is taken. */
export const SHORTEST = 8;

/** What is wrong with it, or null. */
export function passphraseProblem(passphrase: string, again: string): string | null {
  if ([...passphrase].length < SHORTEST) return `Use at least ${SHORTEST} characters.`;
  if (passphrase !== again) return 'The two are not the same.';
  return null;
}
