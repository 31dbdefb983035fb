/**
 * The list of drafts: one page at a time in a chosen order, following what is saved in any window.
 * One question is asked at a time; while its answer is awaited only the newest wish is kept, so
 * that whoever types waits for nothing and never sees an answer to what they no longer ask.
 * Deliberately absent: which draft is open, and what deleting one means for it.
 */
import {
  ipc,
  on,
  toCommandError,
  windowLabel,
  type DraftId,
  type DraftPage,
  type DraftSort,
  type DraftStatus,
  type DraftSummary,
  type Error as CommandError,
  type Mailbox,
  type Unlisten,
} from '../../ipc';

/** Rows of the first page, which somebody waits for; of all others; and the most a page has. */
const PAGE = 40;
const MORE = 100;
/** So many rows from the top are asked for anew when something changed; rows further down are left
 * as they are, and whoever opens one gets what is stored. */
const REFRESHED = 1000;
const SETTLE_MS = 150;
/** So long between two looks whether more drafts can be searched. */
const UNSEARCHED_MS = 700;
const CHOICE_KEY = 'drafts-choice';

/** Order and filter of the list. */
export interface Choice {
  sort: DraftSort;
  /** Only drafts in this state; null: all that are not sent. */
  status: DraftStatus | null;
}

const SORTS: readonly DraftSort[] = ['updated', 'created', 'contact_name'];
const STATES: readonly DraftStatus[] = ['draft', 'queued', 'sent', 'failed'];

/** The choice that was made last; the usual one where none is remembered or it can't be read. */
export function readChoice(text: string | null): Choice {
  let found: Partial<Record<keyof Choice, unknown>> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '');
    if (typeof parsed === 'object' && parsed !== null) found = parsed;
  } catch {
    // As if nothing had been chosen.
  }
  return {
    sort: SORTS.find((sort) => sort === found.sort) ?? 'updated',
    status: STATES.find((status) => status === found.status) ?? null,
  };
}

/** See the module's text. */
export class DraftList {
  items = $state.raw<DraftSummary[]>([]);
  search = $state('');
  /** The first page is there, empty or not. */
  loaded = $state(false);
  error = $state.raw<CommandError | null>(null);
  /** Order and filter; remembered. */
  choice = $state.raw<Choice>(readChoice(localStorage.getItem(CHOICE_KEY)));
  /** Only drafts to this person. */
  recipient = $state.raw<Mailbox | null>(null);
  /** How many drafts a search could not look into yet. */
  unsearched = $state(0);
  /** Counts the questions: the rows of another one are seen from its top. */
  turn = $state(0);
  #asking = false;
  #again = false;
  #cursor: string | null = null;
  #question = 0;
  #answered = '';
  #seen = 0;
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

  #wanted() {
    const { sort, status } = this.choice;
    const search = this.search.trim() || null;
    const recipient = this.recipient?.address ?? null;
    return { search, recipient, sort, status: status && [status] };
  }

  /** The rows down to this one can be seen, or have just been. */
  see(last: number): void {
    this.#seen = last;
  }

  /** Fetches the beginning anew, as much of it as is seen. */
  async refresh(): Promise<void> {
    ++this.#question;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    do {
      this.#again = false;
      await this.#ask();
    } while (this.#again);
    this.#asking = false;
  }

  async #ask(): Promise<void> {
    const mine = this.#question;
    const wanted = this.#wanted();
    const asked = JSON.stringify(wanted);
    const isNew = asked !== this.#answered;
    const most = isNew ? PAGE : Math.min(REFRESHED, Math.max(PAGE, this.#seen));
    try {
      const items: DraftSummary[] = [];
      let cursor: string | null = null;
      let unsearched: number;
      do {
        const limit = Math.min(MORE, most - items.length);
        const page: DraftPage = await ipc.listDrafts({ limit, cursor, ...wanted });
        if (mine !== this.#question) return;
        items.push(...page.items);
        cursor = page.nextCursor;
        unsearched = page.unsearched;
      } while (cursor !== null && items.length < most);
      this.#show(items, cursor, isNew);
      if (isNew) {
        this.#answered = asked;
        this.turn += 1;
      }
      this.unsearched = unsearched;
      if (unsearched > 0) setTimeout(() => this.refreshSoon(), UNSEARCHED_MS);
      this.error = null;
    } catch (thrown) {
      if (mine !== this.#question) return;
      this.error = toCommandError(thrown);
    }
    this.loaded = true;
  }

  // What was fetched further down before stays in its place below what is new.
  #show(items: DraftSummary[], cursor: string | null, isNew: boolean): void {
    const last = items.at(-1)?.id;
    const at = isNew || cursor === null ? -1 : this.items.findIndex(({ id }) => id === last);
    const known = new Set(items.map(({ id }) => id));
    const below = at < 0 ? [] : this.items.slice(at + 1).filter(({ id }) => !known.has(id));
    this.items = [...items, ...below];
    if (below.length === 0) this.#cursor = cursor;
  }

  /** Fetches the next page. */
  async more(): Promise<void> {
    if (this.#cursor === null || this.#loadingMore) return;
    this.#loadingMore = true;
    const mine = this.#question;
    try {
      const page = await ipc.listDrafts({ limit: MORE, cursor: this.#cursor, ...this.#wanted() });
      if (mine !== this.#question) return;
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))];
      this.#cursor = page.nextCursor;
    } catch (thrown) {
      if (mine === this.#question) this.error = toCommandError(thrown);
    } finally {
      this.#loadingMore = false;
    }
  }

  /** Orders and filters the list from now on. */
  choose(choice: Partial<Choice>): void {
    this.choice = { ...this.choice, ...choice };
    localStorage.setItem(CHOICE_KEY, JSON.stringify(this.choice));
    this.items = [];
    this.#cursor = null;
    this.loaded = false;
    void this.refresh();
  }

  /** Shows only drafts to this person; to everybody if none is given. */
  only(recipient: Mailbox | null): void {
    this.recipient = recipient;
    void this.refresh();
  }

  /** Shows only what has these words. */
  find(words: string): void {
    this.search = words;
    this.refreshSoon();
  }

  /** The open draft was saved: its row, at once and on top. */
  put(row: DraftSummary): void {
    const former = this.items.find((item) => item.id === row.id);
    const { sort, status } = this.choice;
    // A search, a filter and another order show what the database finds, not what was typed since.
    const isFiltered = this.search.trim() !== '' || this.recipient !== null || status !== null;
    if (isFiltered || sort !== 'updated') {
      this.refreshSoon();
      if (!former) return;
      const next = { ...row, contactName: former.contactName, found: former.found };
      this.items = this.items.map((item) => (item.id === row.id ? next : item));
      return;
    }
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
