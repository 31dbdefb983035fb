/**
 * Which windows of the program exist. Each holds a lock named after it as long as its page lives;
 * a crash lets go of it too. A window that starts needs it to tell what a crash left in the journal
 * from what another window is writing there this very moment.
 */
const PREFIX = 'draftwell-window-';

/** Says that this window exists, until it doesn't. */
export function claimWindow(label: string): void {
  // Never resolved on purpose: the lock ends with the page.
  void navigator.locks?.request(PREFIX + label, () => new Promise<void>(() => undefined));
}

/** Labels of the other windows that exist. */
export async function otherWindows(label: string): Promise<string[]> {
  const state = await navigator.locks?.query();
  return (state?.held ?? [])
    .map((lock) => lock.name ?? '')
    .filter((name) => name.startsWith(PREFIX) && name !== PREFIX + label)
    .map((name) => name.slice(PREFIX.length));
}
