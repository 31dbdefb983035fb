/** The window's keys. They work everywhere in the window except under an open dialog. */

/** What a key combination asks for. */
export type Action =
  | 'send'
  | 'schedule'
  | 'save'
  | 'new'
  | 'polish'
  | 'travel'
  | 'cc'
  | 'bcc'
  | 'settings'
  | 'find'
  | 'attach'
  | 'outbox'
  | 'import'
  | 'export';

/** The action a key press means, if any. Letters by their place in the alphabet, not on the board. */
export function actionOf(event: KeyboardEvent): Action | null {
  if (event.isComposing || event.altKey || !(event.ctrlKey || event.metaKey)) return null;
  const key = event.key.toLowerCase();
  if (event.shiftKey)
    return (
      ({ c: 'cc', b: 'bcc', a: 'attach', enter: 'schedule', o: 'outbox', d: 'export' }[key] as
        Action | undefined) ?? null
    );
  const actions: Record<string, Action> = {
    enter: 'send',
    s: 'save',
    n: 'new',
    j: 'polish',
    h: 'travel',
    ',': 'settings',
    f: 'find',
    o: 'import',
  };
  const action = actions[key] ?? null;
  // A file that has the focus is saved itself.
  const at = event.target;
  if (action === 'save' && at instanceof Element && at.closest('[data-own-save]')) return null;
  return action;
}
