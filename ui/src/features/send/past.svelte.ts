/** The mails that are over, page by page: sent, not sent, taken back. */
import { ipc, toCommandError, type Email, type EmailStatus, type ListEmails } from '../../ipc';
import { errorLine } from '../../shared/errors';
import { toasts } from '../../shared/toasts.svelte';

/** Which of them are shown. */
export type PastKind = 'all' | 'sent' | 'failed' | 'cancelled';

const STATES: Record<PastKind, EmailStatus[]> = {
  all: ['sent', 'failed', 'cancelled'],
  sent: ['sent'],
  failed: ['failed'],
  cancelled: ['cancelled'],
};

/** How many come at once. */
const PAGE = 25;

/** See the module's text. */
export class PastMails {
  items = $state.raw<Email[]>([]);
  total = $state(0);
  kind = $state<PastKind>('all');
  loaded = $state(false);
  /** It is being read. */
  loading = $state(false);
  #cursor = $state.raw<string | null>(null);
  /** Counts what was asked for: an answer to an earlier question is not taken. */
  #asked = 0;

  /** Whether there are more than are shown. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Those that are not in another list, and how many there are in all. */
  without(others: readonly Email[]): { items: Email[]; total: number } {
    const known = new Set(others.map(({ id }) => id));
    const left = others.filter(({ status }) => STATES[this.kind].includes(status)).length;
    return {
      items: this.items.filter(({ id }) => !known.has(id)),
      total: Math.max(0, this.total - left),
    };
  }

  /** Fetches the first page (again), or the next one. */
  async load(more: boolean): Promise<void> {
    const asked = ++this.#asked;
    const wanted: ListEmails = { status: STATES[this.kind], limit: PAGE };
    if (more && this.#cursor) wanted.cursor = this.#cursor;
    this.loading = true;
    try {
      const page = await ipc.listEmails(wanted);
      if (asked !== this.#asked) return;
      const known = more ? this.items : [];
      const fresh = page.items.filter(({ id }) => !known.some((email) => email.id === id));
      this.items = [...known, ...fresh];
      this.#cursor = page.nextCursor;
      this.total = page.total;
      this.loaded = true;
    } catch (thrown) {
      toasts.show({ text: errorLine(toCommandError(thrown)), tone: 'error' }, 'past-mails');
    } finally {
      if (asked === this.#asked) this.loading = false;
    }
  }

  /** Shows others. */
  choose(kind: PastKind): void {
    this.kind = kind;
    void this.load(false);
  }

  /** A mail changed: if it is over now, or was, the list is read anew. */
  changed(email: Email): void {
    const isOver = STATES.all.includes(email.status);
    if (isOver || this.items.some(({ id }) => id === email.id)) void this.load(false);
  }
}
