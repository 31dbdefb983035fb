/**
 * The journal: the latest state of each draft with unsaved changes, in localStorage.
 *
 * It is written in the same turn as the change, long before the database answers, and removed once
 * the database has it all. What is found here at the next start was lost by a crash and goes
 * through `reconcile_journal`. Deliberately absent: any judgement which text is the newer one;
 * the program decides that.
 */
import {
  wellFormedJson,
  type DraftId,
  type RawJournalEntry,
  type ReconcileResult,
  type SaveDraft,
} from '../ipc';

/** One entry, as the program's `reconcile_journal` reads it. */
export interface JournalEntry {
  draftId: DraftId;
  /** Revision of the database the text is based on; 0 for a draft that was never saved. */
  baseRevision: number;
  /** When the last key was typed, milliseconds since 1970. */
  at: number;
  /** The whole state of the draft at that key. */
  edit: SaveDraft;
}

const PREFIX = 'draft:';
const DAMAGED_PREFIX = 'unreadable-draft:';
const PUT_AWAY_PREFIX = 'put-away-draft:';

/** An entry nobody could read, as it was found. */
export interface Unreadable extends RawJournalEntry {
  /** The user was told of it and has put it away. */
  putAway: boolean;
}

/** The part of `Storage` the journal needs. */
export type JournalStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

/** The window a key belongs to. */
function owner(key: string): string {
  return /@([\w-]+)$/.exec(key)?.[1] ?? 'main';
}

/** One window's part of the journal. */
export class Journal {
  readonly #storage: JournalStorage;
  readonly #suffix: string;

  /**
   * Windows share localStorage. The main window writes `draft:<id>`, others append their label,
   * so that two windows on the same draft don't overwrite each other's unsaved text.
   */
  constructor(storage: JournalStorage, label = 'main') {
    this.#storage = storage;
    this.#suffix = label === 'main' ? '' : `@${label}`;
  }

  #key(id: DraftId): string {
    return PREFIX + id + this.#suffix;
  }

  /** This window's key for this draft. */
  keyOf(id: DraftId): string {
    return this.#key(id);
  }

  /** Whether a key is one of this window's. */
  owns(key: string): boolean {
    return key.startsWith(PREFIX) && owner(key) === (this.#suffix.slice(1) || 'main');
  }

  /** An entry as it lies in the storage. */
  raw(entry: JournalEntry): RawJournalEntry {
    return { key: this.#key(entry.draftId), value: wellFormedJson(entry) };
  }

  /** Keeps the entry; false when localStorage refuses (full, or switched off). */
  put(entry: JournalEntry): boolean {
    try {
      this.#storage.setItem(this.#key(entry.draftId), wellFormedJson(entry));
      return true;
    } catch {
      return false;
    }
  }

  /** Forgets a draft's entry: the database has it. */
  remove(id: DraftId): void {
    this.#storage.removeItem(this.#key(id));
  }

  /** This window's entry of a draft, if there is one that can be read. */
  get(id: DraftId): JournalEntry | null {
    const value = this.#storage.getItem(this.#key(id));
    if (value === null) return null;
    try {
      const entry = JSON.parse(value) as JournalEntry;
      return entry.draftId === id ? entry : null;
    } catch {
      return null;
    }
  }

  /** Everything left behind by windows that no longer exist; `alive` are the labels of those that do. */
  leftovers(alive: readonly string[] = []): RawJournalEntry[] {
    const entries: RawJournalEntry[] = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const key = this.#storage.key(i);
      if (!key?.startsWith(PREFIX)) continue;
      if (alive.includes(owner(key))) continue;
      const value = this.#storage.getItem(key);
      if (value !== null) entries.push({ key, value });
    }
    return entries;
  }

  /**
   * Clears what the program has taken over. An entry it couldn't read is kept under another key,
   * out of the way of the next change but there for whoever has to rescue it.
   */
  settle(results: readonly ReconcileResult[], sent: readonly RawJournalEntry[]): void {
    for (const result of results) {
      const before = sent.find((entry) => entry.key === result.key);
      // Typed on meanwhile: that is a new entry and not the one that was settled.
      if (!before || this.#storage.getItem(result.key) !== before.value) continue;
      if (result.outcome === 'unreadable' && !this.setAside(before)) continue;
      this.#storage.removeItem(result.key);
    }
  }

  /**
   * Keeps an entry nobody could read beside the journal, byte for byte; false when there is no
   * room for it.
   */
  setAside({ key, value }: RawJournalEntry): boolean {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key;
    return this.#keepAs(DAMAGED_PREFIX, name, value);
  }

  /** All that was set aside, what was put away last. */
  unreadable(): Unreadable[] {
    const found: Unreadable[] = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const key = this.#storage.key(i);
      const putAway = key?.startsWith(PUT_AWAY_PREFIX) ?? false;
      const value = key === null ? null : this.#storage.getItem(key);
      if (key === null || value === null) continue;
      if (putAway || key.startsWith(DAMAGED_PREFIX)) found.push({ key, value, putAway });
    }
    return found.sort((a, b) => Number(a.putAway) - Number(b.putAway) || (a.key < b.key ? -1 : 1));
  }

  /** The user has seen this one of `unreadable` and needn't be told again; it stays. */
  putAway(key: string): void {
    const value = this.#storage.getItem(key);
    if (value === null || !key.startsWith(DAMAGED_PREFIX)) return;
    // Out of its place first: there may be no room for it twice.
    this.#storage.removeItem(key);
    const name = key.slice(DAMAGED_PREFIX.length);
    if (!this.#keepAs(PUT_AWAY_PREFIX, name, value)) this.#storage.setItem(key, value);
  }

  /** The user doesn't want this one of `unreadable` any more. */
  discard(key: string): void {
    if (key.startsWith(DAMAGED_PREFIX) || key.startsWith(PUT_AWAY_PREFIX)) {
      this.#storage.removeItem(key);
    }
  }

  // Another entry of the same draft may lie there already.
  #keepAs(prefix: string, name: string, value: string): boolean {
    let key = prefix + name;
    for (let n = 2; (this.#storage.getItem(key) ?? value) !== value; n++) {
      key = `${prefix}${name}~${n}`;
    }
    try {
      this.#storage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  }
}
