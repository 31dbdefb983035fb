/**
 * The keyboard's place among the mails of the outbox. A row loses the focus to nothing when its mail
 * moves to another heap or leaves the list; here it gets it back.
 *
 * The focus stays with its mail as long as that is listed. Would it go on to the next one, a key
 * pressed twice by mistake would send, or settle, a mail nobody looked at.
 */
export class RowFocus {
  readonly #root: () => HTMLElement | undefined;
  /** The mail whose row has the focus, or had it last. */
  #mail: string | null = null;
  /** The others, from where the focus goes when that mail is gone: those below it first. */
  #others: string[] = [];

  constructor(root: () => HTMLElement | undefined) {
    this.#root = root;
  }

  #rows(): HTMLElement[] {
    return [...(this.#root()?.querySelectorAll<HTMLElement>('[data-mail]') ?? [])];
  }

  /** The focus, or the mouse, went there. */
  attend(target: EventTarget | null): void {
    // A question about a mail is asked on the way, not instead.
    if (!(target instanceof Element) || target.closest('dialog')) return;
    this.#mail = target.closest<HTMLElement>('[data-mail]')?.dataset.mail ?? null;
    this.remember();
  }

  /** The rows are about to change. */
  remember(): void {
    const ids = this.#rows().map((row) => row.dataset.mail!);
    const at = ids.findIndex((id) => id === this.#mail);
    if (at >= 0) this.#others = [...ids.slice(at + 1), ...ids.slice(0, at).reverse()];
  }

  /** The rows have changed: if that took the focus away, it is put back. */
  restore(): void {
    const isLost = document.activeElement === null || document.activeElement === document.body;
    if (this.#mail === null || !isLost || document.querySelector('dialog[open]')) return;
    const rows = this.#rows();
    const rowOf = (id: string) => rows.find((row) => row.dataset.mail === id);
    const place = [this.#mail, ...this.#others].map(rowOf).find((row) => row !== undefined);
    (place ?? this.#root())?.focus();
  }

  /** Puts the focus on the first mail; where there is none, on the list. */
  first(): void {
    (this.#rows()[0] ?? this.#root())?.focus();
  }

  /** Up and down go through all mails of the view, as if it were one list. */
  onkeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const row = (event.target as Element).closest<HTMLElement>('[data-mail]');
    const rows = this.#rows();
    const at = row ? rows.indexOf(row) : -1;
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    rows[Math.max(0, Math.min(to, rows.length - 1))]?.focus();
  }
}
