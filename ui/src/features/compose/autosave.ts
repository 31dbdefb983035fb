/**
 * Autosave: takes every change of one draft, keeps it in the journal at once, and sees that the
 * database gets it: after 300 ms of rest, after 1 s at the latest, or right away on `flush`.
 *
 * Rules it keeps:
 * - one save under way at a time; what is typed meanwhile goes with the next one;
 * - each save names the revision it was based on, and the answer's revision is the next base;
 * - the journal's entry goes only when the database has everything;
 * - a save that came second (`CONFLICT`) did happen: its revision is taken, the user is told;
 * - a save that was refused in part (`saved`) did happen, too; the journal keeps all of it;
 * - a failure is shown, the journal stays, and it is tried again by itself and on the next change.
 *
 * Deliberately absent: DOM, editor, IPC. They come in as ports, so that tests drive the clock.
 */
import type {
  Conflict,
  DraftId,
  Error as CommandError,
  SaveCause,
  SavedDraft,
  SaveDraft,
} from '../../ipc';
import type { JournalEntry } from '../../journal/journal';

/** Everything of a draft that the page can change: always the whole of it. */
export type Edit = Omit<SaveDraft, 'id' | 'baseRevision' | 'cause' | 'signatureId'>;

/** What the status line shows. */
export type SaveState =
  | { kind: 'idle' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: number }
  /** `journaled`: the text is safe all the same, in the journal or handed to the program. */
  | { kind: 'failed'; error: CommandError; journaled: boolean; refuge: boolean };

/** What the controller needs from outside. */
export interface AutosavePorts {
  /** `save_draft`; rejects with a `CommandError`. */
  save(args: SaveDraft): Promise<SavedDraft>;
  /** Keeps an entry where a crash can't reach it; false when that failed. */
  journal: { put(entry: JournalEntry): boolean; remove(id: DraftId): void };
  /** Keeps an entry where a full or broken data folder can't reach it. */
  refuge?: { keep(entry: JournalEntry): Promise<void>; forget(id: DraftId): void };
  /** Milliseconds since 1970. */
  now(): number;
  /** Whatever was thrown, as an error with a code. */
  toError(thrown: unknown): CommandError;
  /** The state to show has changed. */
  onState?(state: SaveState): void;
  /** The database has this revision now. */
  onSaved?(saved: { revision: number; savedAt: number; edit: Edit }): void;
  /** Another window had saved meanwhile; both texts are kept. */
  onConflict?(conflict: Conflict): void;
}

/** Rest after the last change before it is saved. */
export const DEBOUNCE_MS = 300;
/** The longest a change waits while typing goes on. */
export const MAX_WAIT_MS = 1000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 30_000;

/** Errors that the same request meets again however often it is repeated. */
const FINAL: ReadonlySet<string> = new Set(['NOT_FOUND', 'FORBIDDEN', 'VALIDATION_ERROR']);
const isFinal = (error: CommandError) => FINAL.has(error.code) || error.saved !== null;
/** The weightier cause wins when several meet in one save. */
const WEIGHT: Record<SaveCause, number> = {
  typing: 0,
  blur: 1,
  close: 2,
  send: 3,
  restore: 4,
  polish: 5,
};

type Timer = ReturnType<typeof setTimeout>;

/** See the module's text. One per draft shown. */
export class Autosave {
  readonly id: DraftId;
  readonly #ports: AutosavePorts;
  #revision: number;
  #latest: Edit | null = null;
  /** Counts changes; `#savedCount` is the count the database has. */
  #count = 0;
  #savedCount = 0;
  /** What had come by the save of which a part was refused last. */
  #refusedCount = 0;
  #firstUnsavedAt: number | null = null;
  #cause: SaveCause = 'typing';
  #inFlight: Promise<void> | null = null;
  #timer: Timer | null = null;
  #retryMs = 0;
  #notBefore = 0;
  #journaled = true;
  /** The program keeps a copy of what could not be saved. */
  #refuge = false;
  #state: SaveState = { kind: 'idle' };
  #ended = false;

  constructor(id: DraftId, revision: number, ports: AutosavePorts, savedAt?: number | null) {
    this.id = id;
    this.#revision = revision;
    this.#ports = ports;
    if (savedAt != null) this.#state = { kind: 'saved', at: savedAt };
  }

  /** The revision the next save is based on; 0 for a draft the database doesn't know. */
  get revision(): number {
    return this.#revision;
  }

  /** What the status line shows. */
  get state(): SaveState {
    return this.#state;
  }

  /** Whether the database has everything and nothing is under way. */
  get clean(): boolean {
    return this.#count === this.#savedCount && this.#inFlight === null;
  }

  /** Whether a save is under way. */
  get busy(): boolean {
    return this.#inFlight !== null;
  }

  /** The latest state as long as the database doesn't have it. */
  get unsaved(): Edit | null {
    return this.#count === this.#savedCount ? null : this.#latest;
  }

  /** The draft was changed: `edit` is its whole state now. */
  change(edit: Edit, cause: SaveCause = 'typing'): void {
    if (this.#ended) return;
    this.#latest = edit;
    this.#count += 1;
    this.#firstUnsavedAt ??= this.#ports.now();
    this.#raiseCause(cause);
    this.#writeJournal();
    // A new key is a reason to try again, not to wait for the end of a backoff. The rate limit's
    // own waiting time stands.
    this.#schedule();
    if (this.#state.kind !== 'failed') this.#setState({ kind: 'saving' });
    else if (this.#state.refuge) this.#setState({ ...this.#state, refuge: false });
  }

  /**
   * Saves everything there is now. Resolves when the database has it, rejects with the
   * `CommandError` when it doesn't (the journal still does).
   */
  async flush(cause: SaveCause): Promise<void> {
    const target = this.#count;
    // A running save may carry an older state; let it end first. Its failure is not ours: the
    // attempt below is a fresh one.
    while (this.#inFlight) await this.#inFlight.catch(() => undefined);
    while (this.#savedCount < target && !this.#ended) {
      this.#raiseCause(cause);
      await this.#save();
    }
  }

  /** Another window's state was taken over; nothing of ours was unsaved. */
  adopt(revision: number, savedAt: number | null): void {
    this.#revision = revision;
    if (savedAt !== null) this.#setState({ kind: 'saved', at: savedAt });
  }

  /** The draft is gone or frozen: no more saves, and nothing left to recover. */
  end({ forget }: { forget: boolean }): void {
    this.#ended = true;
    this.#clearTimer();
    if (forget) this.#ports.journal.remove(this.id);
  }

  #raiseCause(cause: SaveCause): void {
    if (WEIGHT[cause] > WEIGHT[this.#cause]) this.#cause = cause;
  }

  #writeJournal(): void {
    if (this.#latest === null) return;
    this.#journaled = this.#ports.journal.put(this.#entry(this.#latest));
  }

  #entry(edit: Edit): JournalEntry {
    return {
      draftId: this.id,
      baseRevision: this.#revision,
      at: this.#ports.now(),
      edit: { ...edit, id: this.id, baseRevision: this.#revision },
    };
  }

  // The journal lies on the same disk as the database: when that is full, it has nothing either.
  #seekRefuge(error: CommandError): void {
    if (this.#latest === null || isFinal(error) || !this.#ports.refuge) return;
    const count = this.#count;
    const kept = (refuge: boolean) => {
      this.#refuge ||= refuge;
      const { state } = this;
      // Only a copy of all that was typed is one to rely on.
      if (state.kind === 'failed')
        this.#setState({ ...state, refuge: refuge && count === this.#count });
      // Saved while it was being kept.
      if (refuge && this.#count === this.#savedCount) this.#leaveRefuge();
    };
    this.#ports.refuge.keep(this.#entry(this.#latest)).then(
      () => kept(true),
      () => kept(false),
    );
  }

  #leaveRefuge(): void {
    if (!this.#refuge) return;
    this.#refuge = false;
    this.#ports.refuge?.forget(this.id);
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(): void {
    this.#clearTimer();
    if (this.#ended || this.#inFlight || this.#count === this.#savedCount) return;
    const now = this.#ports.now();
    const first = this.#firstUnsavedAt ?? now;
    const due = Math.min(now + DEBOUNCE_MS, first + MAX_WAIT_MS);
    this.#wake(Math.max(due, this.#notBefore) - now);
  }

  #wake(delay: number): void {
    this.#clearTimer();
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        // Shown by the state; nobody waits for this promise.
        this.#save().catch(() => undefined);
      },
      Math.max(0, delay),
    );
  }

  #save(): Promise<void> {
    if (this.#inFlight) return this.#inFlight;
    // Asked for in the next turn, so that whoever hears of this save already finds it under way.
    const run = Promise.resolve()
      .then(() => this.#saveOnce())
      .finally(() => {
        this.#inFlight = null;
        this.#afterwards();
      });
    this.#inFlight = run;
    return run;
  }

  async #saveOnce(): Promise<void> {
    const edit = this.#latest;
    if (edit === null || this.#ended) return;
    this.#clearTimer();
    const count = this.#count;
    const cause = this.#cause;
    this.#cause = 'typing';
    this.#firstUnsavedAt = null;
    this.#setState({ kind: 'saving' });
    try {
      const saved = await this.#ports.save({
        ...edit,
        id: this.id,
        baseRevision: this.#revision,
        cause,
      });
      this.#settle(count, edit, saved.revision, saved.savedAt ?? this.#ports.now());
    } catch (thrown) {
      const error = this.#ports.toError(thrown);
      if (error.code === 'CONFLICT' && error.conflict) {
        const { revision, savedAt } = error.conflict;
        this.#settle(count, edit, revision, savedAt ?? this.#ports.now());
        this.#ports.onConflict?.(error.conflict);
        return;
      }
      // What was stored under this cause is not to be stored under it again.
      if (!error.saved) this.#raiseCause(cause);
      if (error.saved) {
        this.#refusedCount = count;
        this.#revision = error.saved.revision;
        // The entry must name its new base here, too.
        this.#writeJournal();
        this.#ports.onSaved?.({
          revision: error.saved.revision,
          savedAt: error.saved.savedAt ?? this.#ports.now(),
          edit,
        });
        if (error.conflict) this.#ports.onConflict?.(error.conflict);
      }
      this.#fail(error);
      throw error;
    }
  }

  #settle(count: number, edit: Edit, revision: number, savedAt: number): void {
    this.#revision = revision;
    this.#savedCount = count;
    this.#retryMs = 0;
    this.#notBefore = 0;
    if (this.#count === count) {
      this.#ports.journal.remove(this.id);
      this.#leaveRefuge();
      this.#setState({ kind: 'saved', at: savedAt });
    } else {
      // Typed on meanwhile: the entry must name its new base, or a crash now would look like two
      // people having written.
      this.#writeJournal();
    }
    this.#ports.onSaved?.({ revision, savedAt, edit });
  }

  #fail(error: CommandError): void {
    const now = this.#ports.now();
    // The maximum wait counts anew, or each further key would be a save of its own.
    this.#firstUnsavedAt = now;
    if (error.code === 'RATE_LIMIT_EXCEEDED') {
      // Nothing is wrong: the next save carries it all. The text is in the journal meanwhile.
      this.#notBefore = now + (error.retryAfterSeconds ?? 1) * 1000;
      if (this.#journaled) return;
    } else {
      this.#seekRefuge(error);
      this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2 || FIRST_RETRY_MS);
    }
    this.#setState({ kind: 'failed', error, journaled: this.#journaled, refuge: false });
  }

  /** After a save has ended, well or not: is there a next one, and when? */
  #afterwards(): void {
    if (this.#ended || this.#count === this.#savedCount) return;
    const failed = this.#state.kind === 'failed' ? this.#state.error : null;
    // Typed on while all but a part was stored: that is to be stored, too.
    const isNews = failed?.saved && this.#count !== this.#refusedCount;
    if (failed && isFinal(failed) && !isNews) return;
    if (failed && !isNews && this.#retryMs > 0) this.#wake(this.#retryMs);
    else this.#schedule();
  }

  #setState(state: SaveState): void {
    this.#state = state;
    this.#ports.onState?.(state);
  }
}
