/** What the autosave's status line says. */
import type { SaveState } from './autosave';

/** Hours and minutes of a time of today, as `12:03`. */
export function clock(at: number): string {
  const time = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}`;
}

/** The status line's text. */
export function saveText(state: SaveState, now: number): string {
  switch (state.kind) {
    case 'idle':
      return '';
    case 'saving':
      return 'Saving';
    case 'saved': {
      const today = new Date(state.at).toDateString() === new Date(now).toDateString();
      if (today) return `Saved ${clock(state.at)}`;
      const date = new Date(state.at).toLocaleDateString(undefined, {
        day: 'numeric',
        month: 'short',
      });
      return `Saved ${date}, ${clock(state.at)}`;
    }
    case 'failed':
      if (state.error.saved) return `Not all was saved: ${state.error.message}`;
      return state.refuge
        ? `Not saved: ${state.error.message} A copy of your text is kept safe meanwhile.`
        : `Not saved: ${state.error.message}`;
  }
}
