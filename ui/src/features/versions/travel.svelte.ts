/**
 * Moving through a draft's former states: where one is, what is shown of that place, and what it
 * is compared with. Positions count from the present: 0 is the draft as it is, 1 the newest
 * version. The list comes page by page, as far as somebody has moved.
 */
import {
  ipc,
  toCommandError,
  type Comparison,
  type DraftId,
  type Error as CommandError,
  type Version,
  type VersionId,
  type VersionPage,
  type VersionSummary,
} from '../../ipc';

/** What a state is compared with: the one before it, the draft as it is, or a chosen version. */
export type Base = 'before' | 'now' | VersionId;

/** What is shown of a state. */
export interface Shown {
  position: number;
  /** The version, whole; none for the draft as it is. */
  version: Version | null;
  /** What changed from the older to the newer of the two; none if there is nothing older. */
  comparison: Comparison | null;
  /** The two positions that are compared, older first. */
  between: readonly [number, number] | null;
}

const PAGE = 100;

/** See the module's text. */
export class Travel {
  readonly draftId: DraftId;
  items = $state.raw<VersionSummary[]>([]);
  /** How many versions there are, fetched or not. */
  total = $state(0);
  position = $state(0);
  base = $state.raw<Base>('before');
  shown = $state.raw<Shown | null>(null);
  error = $state.raw<CommandError | null>(null);
  loaded = $state(false);
  #cursor: string | null = null;
  #loading: Promise<void> | null = null;
  #question = 0;
  #refreshes = 0;
  /** Counts the lists fetched anew: a page of a former one doesn't go on from the present one. */
  #lists = 0;

  constructor(draftId: DraftId) {
    this.draftId = draftId;
  }

  /** The version at the position; none for the draft as it is. */
  get current(): VersionSummary | null {
    return this.position === 0 ? null : (this.items[this.position - 1] ?? null);
  }

  /** Whether there is more to fetch. */
  get hasMore(): boolean {
    return this.#cursor !== null;
  }

  /**
   * Fetches the newest versions and shows what changed last; or, where a version is named, how
   * that one differs from the draft as it is.
   */
  async start(at: VersionId | null = null): Promise<void> {
    try {
      await this.#page();
      if (at !== null) {
        const place = () => this.items.findIndex((item) => item.id === at) + 1;
        while (place() === 0 && this.#cursor !== null) await this.#page();
        this.position = place();
        if (this.position > 0) this.base = 'now';
      }
      this.error = null;
    } catch (thrown) {
      this.error = toCommandError(thrown);
      return;
    } finally {
      this.loaded = true;
    }
    await this.#show();
  }

  /** Moves to a position, fetching the list so far. */
  async go(position: number): Promise<void> {
    this.position = Math.max(0, Math.min(this.total, Math.round(position)));
    await this.#show();
  }

  /**
   * Looks again what there is: the draft was saved elsewhere, or versions were thinned. What is
   * shown stays, if it is still there.
   */
  async refresh(again = true): Promise<void> {
    const mine = ++this.#refreshes;
    try {
      await this.#loading;
      const items: VersionSummary[] = [];
      let cursor: string | null = null;
      let total: number;
      do {
        const page: VersionPage = await ipc.listVersions({ id: this.draftId, limit: PAGE, cursor });
        items.push(...page.items);
        cursor = page.nextCursor;
        total = page.total;
      } while (cursor !== null && items.length < this.items.length);
      if (mine !== this.#refreshes) return;
      // Where somebody has moved to meanwhile.
      const at = this.current?.id ?? null;
      this.items = items;
      this.#lists += 1;
      this.#cursor = cursor;
      this.total = cursor === null ? items.length : total;
      const place = items.findIndex((item) => item.id === at) + 1;
      if (at === null || place > 0) this.position = place;
      if (!['before', 'now'].includes(this.base) && !items.some(({ id }) => id === this.base)) {
        this.base = 'before';
      }
    } catch (thrown) {
      if (mine === this.#refreshes) this.error = toCommandError(thrown);
      return;
    }
    await this.#show(again);
  }

  /** Compares with something else. */
  async compareWith(base: Base): Promise<void> {
    this.base = base;
    await this.#show();
  }

  /** Tries again what failed. */
  async retry(): Promise<void> {
    await (this.items.length === 0 ? this.start() : this.refresh());
  }

  /** Fetches the next page of the list. */
  async more(): Promise<void> {
    try {
      await this.#page();
    } catch (thrown) {
      this.error = toCommandError(thrown);
    }
  }

  #page(): Promise<void> {
    if (this.#loading) return this.#loading;
    if (this.loaded && this.#cursor === null && this.error === null) return Promise.resolve();
    const list = this.#lists;
    this.#loading = ipc
      .listVersions({ id: this.draftId, limit: PAGE, cursor: this.#cursor })
      .then((page) => {
        if (list !== this.#lists) return;
        const known = new Set(this.items.map((item) => item.id));
        this.items = [...this.items, ...page.items.filter((item) => !known.has(item.id))];
        this.#cursor = page.nextCursor;
        // Thinned meanwhile: what can't be fetched can't be moved to.
        this.total = this.#cursor === null ? this.items.length : page.total;
      })
      .finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #reach(position: number): Promise<void> {
    while (this.items.length < position && this.#cursor !== null) await this.#page();
  }

  // What was asked for last is what counts: answers that come late are dropped. A version that was
  // thinned away meanwhile, of which no window is told, is looked for once more in a fresh list.
  async #show(again = true): Promise<void> {
    const mine = ++this.#question;
    try {
      // One further: what the oldest of them was before.
      await this.#reach(this.position + 1);
      this.position = Math.min(this.position, this.total);
      const { position } = this;
      const between = this.#between(position);
      const id = (at: number) => (at === 0 ? null : (this.items[at - 1]?.id ?? null));
      const version = id(position);
      const [whole, comparison] = await Promise.all([
        version === null ? null : ipc.getVersion({ id: version }),
        between === null
          ? null
          : ipc.compareVersions({
              id: this.draftId,
              before: id(between[0]),
              after: id(between[1]),
            }),
      ]);
      if (mine !== this.#question) return;
      this.shown = { position, version: whole, comparison, between };
      this.error = null;
    } catch (thrown) {
      if (mine !== this.#question) return;
      const error = toCommandError(thrown);
      if (again && error.code === 'NOT_FOUND') await this.refresh(false);
      else this.error = error;
    }
  }

  #between(position: number): readonly [number, number] | null {
    let other: number;
    if (this.base === 'now') other = 0;
    else if (this.base === 'before') other = position + 1;
    else other = this.items.findIndex((item) => item.id === this.base) + 1;
    // The oldest has nothing before it; the draft as it is has nothing to be compared with it.
    if (other > this.total) return position === 0 ? [0, 0] : null;
    return other > position ? [other, position] : [position, other];
  }
}
