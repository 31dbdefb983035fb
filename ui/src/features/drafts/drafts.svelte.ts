/**
 * The list of drafts: one page at a time, newest first, following what is saved in any window.
 * Deliberately absent: which draft is open, and what deleting one means for it.
 */
import {
  ipc,
  on,
  toCommandError,
  windowLabel,
  type DraftId,
  type DraftSummary,
  type Error as CommandError,
  type Unlisten,
} from '../../ipc';

const PAGE = 40;
const SETTLE_MS = 150;

/** See the module's text. */
export class DraftList {
  items = $state.raw<DraftSummary[]>([]);
  search = $state('');
  /** The first page is there, empty or not. */
  loaded = $state(false);
  error = $state.raw<CommandError | null>(null);
  #cursor: string | null = null;
  #question = 0;
  #loadingMore = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #isOpenHere: (id: DraftId) => boolean;

  /** `isOpenHere`: whether this window's composer has the draft, and so brings its rows itself. */
  constructor(isOpenHere: (id: DraftId) => boolean = () => false) {
    this.#isOpenHere = isOpenHere;
  }

  /** Whether there is more to fetch. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /** Follows what happens in other windows, until the answer is called. */
  async listen(): Promise<Unlisten> {
    const unlisten = await Promise.all([
      // The open draft's own saves come as rows from the composer and need no question.
      on('draftChanged', ({ id, origin }) => {
        if (origin !== windowLabel() || !this.#isOpenHere(id)) this.refreshSoon();
      }),
      on('outboxChanged', () => this.refreshSoon()),
    ]);
    return () => unlisten.forEach((end) => end());
  }

  /** Asks again once a burst of changes is over. */
  refreshSoon(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.refresh();
    }, SETTLE_MS);
  }

  /** Fetches the beginning anew, as much of it as is shown. */
  async refresh(): Promise<void> {
    const mine = ++this.#question;
    const limit = Math.min(100, Math.max(PAGE, this.items.length));
    try {
      const page = await ipc.listDrafts({ limit, search: this.search.trim() || null });
      if (mine !== this.#question) return;
      this.items = page.items;
      this.#cursor = page.nextCursor;
      this.error = null;
    } catch (thrown) {
      if (mine !== this.#question) return;
      this.error = toCommandError(thrown);
    }
    this.loaded = true;
  }

  /** Fetches the next page. */
  async more(): Promise<void> {
    if (this.#cursor === null || this.#loadingMore) return;
    this.#loadingMore = true;
    const mine = this.#question;
    try {
      const page = await ipc.listDrafts({
        limit: PAGE,
        cursor: this.#cursor,
        search: this.search.trim() || null,
      });
      if (mine !== this.#question) return;
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))];
      this.#cursor = page.nextCursor;
    } catch (thrown) {
      this.error = toCommandError(thrown);
    } finally {
      this.#loadingMore = false;
    }
  }

  /** Shows only what has these words. */
  find(words: string): void {
    this.search = words;
    this.refreshSoon();
  }

  /** The open draft was saved: its row, at once and on top. */
  put(row: DraftSummary): void {
    const former = this.items.find((item) => item.id === row.id);
    // A search shows what the database finds, not what was typed since.
    if (!former && this.search.trim() !== '') return;
    const next = { ...row, contactName: former?.contactName ?? row.contactName };
    this.items = [next, ...this.items.filter((item) => item.id !== row.id)];
  }

  /** Takes a row out before the database has answered. */
  remove(id: DraftId): void {
    this.items = this.items.filter((item) => item.id !== id);
  }

  /** The neighbour to open when this one goes. */
  next(id: DraftId): DraftId | null {
    const index = this.items.findIndex((item) => item.id === id);
    return (this.items[index + 1] ?? this.items[index - 1])?.id ?? null;
  }
}
