/**
 * Short messages at the window's edge: one list for the whole window, so that those of different
 * features stack and never cover each other. `ToastRegion` shows it.
 */

/** One thing a toast offers to do. */
export interface ToastAction {
  label: string;
  run: () => void;
}

/** What a toast says and does. */
export interface ToastContent {
  text: string;
  tone?: 'plain' | 'ok' | 'error';
  action?: ToastAction;
  /** It goes by itself after so many milliseconds; `null`: only by hand. */
  ms?: number | null;
  /** What it is about, a draft for example: it goes when that is left. */
  about?: string;
  /** Counts down to this time (as `Date.now()` counts) beside the action, and goes with it. */
  until?: number;
}

/** A toast that is shown. */
export interface Toast extends ToastContent {
  /** One at a time of each key: showing it again changes it in place. */
  key: string;
}

/** How long a toast without anything to do stays. */
export const PLAIN_MS = 5000;
/** How long one that offers something stays. */
export const ACTION_MS = 10_000;

/** How long a toast stays, in milliseconds, or `null`: until it is put away. */
export function lifetime(content: ToastContent, now: number): number | null {
  if (content.until !== undefined) return Math.max(0, content.until - now);
  if (content.ms !== undefined) return content.ms;
  // Nobody should have to hurry to read what went wrong.
  if (content.tone === 'error') return null;
  return content.action ? ACTION_MS : PLAIN_MS;
}

class Toasts {
  list = $state.raw<Toast[]>([]);
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>();
  #made = 0;

  /** Shows a toast, or changes the one of this key; answers its key. */
  show(content: ToastContent, key = `toast-${++this.#made}`): string {
    const toast = { ...content, key };
    const at = this.list.findIndex((other) => other.key === key);
    this.list =
      at < 0 ? [...this.list, toast] : this.list.map((other, i) => (i === at ? toast : other));
    clearTimeout(this.#timers.get(key));
    const ms = lifetime(content, Date.now());
    if (ms !== null)
      this.#timers.set(
        key,
        setTimeout(() => this.dismiss(key), ms),
      );
    return key;
  }

  /** Puts a toast away. */
  dismiss(key: string): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.list = this.list.filter((toast) => toast.key !== key);
  }

  /** Something else is looked at: what was said about another thing would stand in the way. */
  turnTo(about: string): void {
    const past = this.list.filter((toast) => toast.about !== undefined && toast.about !== about);
    past.forEach((toast) => this.dismiss(toast.key));
  }

  /** The pointer or the focus is on them: none goes by itself meanwhile, but for countdowns. */
  hold(): void {
    for (const toast of this.list) {
      if (toast.until !== undefined) continue;
      clearTimeout(this.#timers.get(toast.key));
    }
  }

  /** The pointer left: those that go by themselves get a little time again. */
  release(): void {
    for (const toast of this.list) {
      if (toast.until !== undefined || lifetime(toast, Date.now()) === null) continue;
      const { key } = toast;
      clearTimeout(this.#timers.get(key));
      this.#timers.set(
        key,
        setTimeout(() => this.dismiss(key), PLAIN_MS),
      );
    }
  }
}

/** The window's toasts. */
export const toasts = new Toasts();
