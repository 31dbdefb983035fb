import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conflict, Error as CommandError, SavedDraft, SaveDraft } from '../../ipc';
import { fakeError } from '../../ipc/fake';
import { Journal, type JournalEntry } from '../../journal/journal';
import { Autosave, type AutosavePorts, type Edit, type SaveState } from './autosave';

const ID = '0b0f6b1a-0000-4000-8000-000000000001';

function edit(subject: string): Edit {
  return { to: [], cc: [], bcc: [], subject, body: { type: 'doc', content: [] } };
}

/** A database whose every answer the test gives by hand. */
class Database {
  asked: SaveDraft[] = [];
  #waiting: { resolve: (saved: SavedDraft) => void; reject: (error: unknown) => void }[] = [];

  save = (args: SaveDraft): Promise<SavedDraft> => {
    this.asked.push(args);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  };

  async answer(revision: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
    this.#next().resolve({ id: ID, revision, savedAt: Date.now(), signatureId: null });
    await vi.advanceTimersByTimeAsync(0);
  }

  async refuse(error: CommandError): Promise<void> {
    await vi.advanceTimersByTimeAsync(0);
    this.#next().reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  #next() {
    const next = this.#waiting.shift();
    if (!next) throw new Error('nothing is being saved');
    return next;
  }
}

let database: Database;
let storage: Map<string, string>;
let full = false;
let states: SaveState[];
let conflicts: Conflict[];

function storageOf(map: Map<string, string>) {
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      map.set(key, value);
    },
    removeItem: (key: string) => void map.delete(key),
    key: (index: number) => [...map.keys()][index] ?? null,
    get length() {
      return map.size;
    },
  };
}

function start(revision = 0, refuge?: AutosavePorts['refuge']): Autosave {
  return new Autosave(ID, revision, {
    refuge,
    save: database.save,
    journal: new Journal(storageOf(storage)),
    now: Date.now,
    toError: (thrown) => thrown as CommandError,
    onState: (state) => states.push(state),
    onConflict: (conflict) => conflicts.push(conflict),
  });
}

const journal = () => JSON.parse(storage.get(`draft:${ID}`) ?? 'null') as JournalEntry | null;
const subjects = () => database.asked.map((args) => args.subject);
const kinds = () => states.map((state) => state.kind);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  database = new Database();
  storage = new Map();
  states = [];
  conflicts = [];
  full = false;
});
afterEach(() => vi.useRealTimers());

describe('the journal', () => {
  it('has a change before anything else happens', () => {
    start(4).change(edit('H'));
    expect(database.asked).toEqual([]);
    expect(journal()).toEqual({
      draftId: ID,
      baseRevision: 4,
      at: Date.now(),
      edit: { ...edit('H'), id: ID, baseRevision: 4 },
    });
  });

  it('is cleared only when the database has everything', async () => {
    const autosave = start();
    autosave.change(edit('H'));
    await vi.advanceTimersByTimeAsync(300);
    autosave.change(edit('He'));
    await database.answer(1);
    expect(journal()?.edit.subject, 'typed during the save').toBe('He');
    expect(journal()?.baseRevision, 'a crash now must not look like a conflict').toBe(1);
    await vi.advanceTimersByTimeAsync(300);
    await database.answer(2);
    expect(journal()).toBeNull();
    expect(autosave.clean).toBe(true);
  });

  it('is handed to the program as well when a save fails, and taken back by the next', async () => {
    const kept = new Map<string, JournalEntry>();
    const autosave = start(0, {
      keep: async (entry) => void kept.set(entry.draftId, entry),
      forget: (id) => void kept.delete(id),
    });
    autosave.change(edit('H'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('STORAGE_FULL'));
    expect(kept.get(ID)?.edit.subject, 'the journal lies on the full disk, too').toBe('H');
    expect(autosave.state).toMatchObject({ kind: 'failed', refuge: true });
    await vi.advanceTimersByTimeAsync(1000);
    await database.answer(1);
    expect(kept.size).toBe(0);
    expect(autosave.state.kind).toBe('saved');
  });

  it('keeps the text when saving fails', async () => {
    const autosave = start();
    autosave.change(edit('H'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('STORAGE_FULL', 'The disk is full.'));
    expect(journal()?.edit.subject).toBe('H');
    expect(autosave.state).toMatchObject({ kind: 'failed', journaled: true });
    expect(autosave.unsaved).toEqual(edit('H'));
  });

  it('being full is said, and does not stop saving', async () => {
    full = true;
    const autosave = start();
    autosave.change(edit('H'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('STORAGE_FULL'));
    expect(autosave.state).toMatchObject({ kind: 'failed', journaled: false });
  });
});

describe('when it saves', () => {
  it('waits for 300 ms of rest', async () => {
    const autosave = start();
    autosave.change(edit('H'));
    await vi.advanceTimersByTimeAsync(299);
    autosave.change(edit('He'));
    await vi.advanceTimersByTimeAsync(299);
    expect(subjects()).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(subjects()).toEqual(['He']);
  });

  it('waits for 1 s at most while typing goes on', async () => {
    const autosave = start();
    for (let i = 0; i < 10; i++) {
      autosave.change(edit(String(i)));
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(subjects()).toEqual(['9']);
  });

  it('counts the second from the first change the last save did not carry', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    autosave.change(edit('b'));
    await vi.advanceTimersByTimeAsync(900);
    await database.answer(1);
    autosave.change(edit('c'));
    await vi.advanceTimersByTimeAsync(100);
    expect(subjects(), 'b has waited a second').toEqual(['a', 'c']);
  });

  it('has one save under way, and the next one carries all that came meanwhile', async () => {
    const autosave = start();
    autosave.change(edit('1'));
    await vi.advanceTimersByTimeAsync(300);
    for (const subject of ['2', '3', '4']) {
      autosave.change(edit(subject));
      await vi.advanceTimersByTimeAsync(2000);
    }
    expect(database.waiting).toBe(1);
    await database.answer(1);
    await vi.advanceTimersByTimeAsync(300);
    expect(subjects()).toEqual(['1', '4']);
    await database.answer(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(subjects(), 'nothing is saved twice').toEqual(['1', '4']);
  });

  it('names the revision of the last answer', async () => {
    const autosave = start(7);
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    await database.answer(8);
    autosave.change(edit('b'));
    await vi.advanceTimersByTimeAsync(300);
    expect(database.asked.map((args) => args.baseRevision)).toEqual([7, 8]);
  });
});

describe('flush', () => {
  it('saves at once, with its cause', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    const done = autosave.flush('send');
    await vi.advanceTimersByTimeAsync(0);
    expect(database.asked).toMatchObject([{ subject: 'a', cause: 'send' }]);
    await database.answer(1);
    await expect(done).resolves.toBeUndefined();
    await vi.advanceTimersByTimeAsync(5000);
    expect(subjects(), 'the debounce it overtook is off').toEqual(['a']);
  });

  it('is nothing when there is nothing to save', async () => {
    await start(3).flush('close');
    expect(database.asked).toEqual([]);
  });

  it('waits for the running save, then saves what came after it', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    autosave.change(edit('b'));
    let done = false;
    void autosave.flush('polish').then(() => (done = true));
    await database.answer(1);
    expect(done).toBe(false);
    expect(database.asked).toMatchObject([
      { subject: 'a', cause: 'typing' },
      { subject: 'b', cause: 'polish', baseRevision: 1 },
    ]);
    await database.answer(2);
    expect(done).toBe(true);
  });

  it('says when it failed, and the cause is not lost', async () => {
    const autosave = start();
    autosave.change(edit('a'), 'polish');
    const done = autosave.flush('blur');
    const failed = expect(done).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    await database.refuse(fakeError('STORAGE_FULL'));
    await failed;
    await vi.advanceTimersByTimeAsync(1000);
    expect(database.asked.map((args) => args.cause)).toEqual(['polish', 'polish']);
  });

  it('tries afresh after a running save that fails', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    const done = autosave.flush('close');
    await database.refuse(fakeError('INTERNAL_ERROR'));
    await database.answer(1);
    await expect(done).resolves.toBeUndefined();
    expect(autosave.clean).toBe(true);
  });

  it('called twice saves once', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    const both = Promise.all([autosave.flush('blur'), autosave.flush('send')]);
    await vi.advanceTimersByTimeAsync(0);
    await database.answer(1);
    await both;
    expect(subjects()).toEqual(['a']);
  });
});

describe('what goes wrong', () => {
  it('a conflict is a save that happened', async () => {
    const autosave = start(3);
    autosave.change(edit('mine'));
    await vi.advanceTimersByTimeAsync(300);
    const conflict = { draftId: ID, revision: 6, savedAt: Date.now(), versionId: 'v' };
    await database.refuse(fakeError('CONFLICT', 'Changed elsewhere.', { conflict }));
    expect(conflicts).toEqual([conflict]);
    expect(autosave.revision).toBe(6);
    expect(autosave.state).toEqual({ kind: 'saved', at: conflict.savedAt });
    expect(journal()).toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(subjects(), 'it is not saved again').toEqual(['mine']);
  });

  it('refused in part is a save that happened, and all of it stays in the journal', async () => {
    const autosave = start(4);
    autosave.change(edit('far too long'));
    await vi.advanceTimersByTimeAsync(300);
    const saved = { id: ID, revision: 5, savedAt: Date.now(), signatureId: null };
    await database.refuse(fakeError('VALIDATION_ERROR', 'Too long.', { field: 'subject', saved }));
    expect(autosave.state).toMatchObject({ kind: 'failed', error: { field: 'subject' } });
    expect(journal()).toMatchObject({ baseRevision: 5, edit: { subject: 'far too long' } });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(database.asked, 'nothing but a change can help').toHaveLength(1);
    autosave.change(edit('short'));
    await vi.advanceTimersByTimeAsync(300);
    expect(database.asked[1]!.baseRevision, 'no conflict with itself').toBe(5);
    await database.answer(6);
    expect(journal()).toBeNull();
  });

  it('refused in part saves what was typed meanwhile, and for typing again', async () => {
    const autosave = start(4);
    autosave.change(edit('far too long'), 'polish');
    autosave.flush('polish').catch(() => undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(database.asked[0]!.cause).toBe('polish');
    autosave.change(edit('far too long, and more'));
    const saved = { id: ID, revision: 5, savedAt: Date.now(), signatureId: null };
    await database.refuse(fakeError('VALIDATION_ERROR', 'Too long.', { field: 'subject', saved }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(subjects()).toEqual(['far too long', 'far too long, and more']);
    expect(database.asked[1]!.cause).toBe('typing');
  });

  it('is tried again, less and less often, until it works', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    for (const wait of [1000, 2000, 4000, 8000]) {
      await database.refuse(fakeError('STORAGE_FULL'));
      const before = database.asked.length;
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(database.asked.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(database.asked.length).toBe(before + 1);
    }
    await database.answer(1);
    expect(autosave.state.kind).toBe('saved');
    expect(journal()).toBeNull();
  });

  it('the next key is a reason to try, but not each key at once', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('STORAGE_FULL'));
    autosave.change(edit('ab'));
    expect(autosave.state.kind, 'the failure stays visible while typing').toBe('failed');
    await vi.advanceTimersByTimeAsync(299);
    expect(subjects()).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(subjects()).toEqual(['a', 'ab']);
  });

  it('the rate limit is waited out, coalesced and not shown as a failure', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('RATE_LIMIT_EXCEEDED', 'Slowly.', { retryAfterSeconds: 5 }));
    autosave.change(edit('ab'));
    await vi.advanceTimersByTimeAsync(4999);
    expect(subjects()).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(subjects()).toEqual(['a', 'ab']);
    await database.answer(1);
    expect(kinds()).not.toContain('failed');
  });

  it('a flush does not wait for the rate limit: it does not apply to it', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('RATE_LIMIT_EXCEEDED', 'Slowly.', { retryAfterSeconds: 30 }));
    const done = autosave.flush('close');
    await vi.advanceTimersByTimeAsync(0);
    expect(database.asked.at(-1)).toMatchObject({ subject: 'a', cause: 'close' });
    await database.answer(1);
    await done;
  });

  it('what can never succeed is not repeated by itself', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    await database.refuse(fakeError('FORBIDDEN', 'It was sent.'));
    await vi.advanceTimersByTimeAsync(120_000);
    expect(subjects()).toEqual(['a']);
    expect(journal()?.edit.subject, 'and the text stays').toBe('a');
  });
});

describe('the end', () => {
  it('stops timers and clears the journal of a draft that is gone', async () => {
    const autosave = start();
    autosave.change(edit('a'));
    autosave.end({ forget: true });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(subjects()).toEqual([]);
    expect(journal()).toBeNull();
    await autosave.flush('close');
    autosave.change(edit('b'));
    expect(journal()).toBeNull();
  });

  it('takes over another window’s revision', async () => {
    const autosave = start(1);
    autosave.adopt(5, Date.now());
    autosave.change(edit('a'));
    await vi.advanceTimersByTimeAsync(300);
    expect(database.asked[0]?.baseRevision).toBe(5);
  });
});
