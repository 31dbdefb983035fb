/**
 * Enter takes a version, and the cursor is in the text then: held a little too long, or pressed
 * twice, it would write an empty line there.
 */

/** How long a second press is no wish for a new line, in milliseconds. */
export const TOO_SOON_MS = 400;

/** A version was just taken: the Enters that belong to that do nothing more. */
export function swallowEnter(): void {
  const until = performance.now() + TOO_SOON_MS;
  const onkeydown = (event: KeyboardEvent) => {
    const isPlain = event.key === 'Enter' && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (isPlain && (event.repeat || performance.now() < until)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    } else window.removeEventListener('keydown', onkeydown, true);
  };
  window.addEventListener('keydown', onkeydown, true);
}
