/**
 * What both windows do: start (journal first, then the draft to show), follow the program's
 * requests, close, delete with undo. The windows' components only lay it out.
 */
import { tick } from 'svelte';
import { DraftList } from '../features/drafts/drafts.svelte';
import { sameFiles } from '../features/compose/attachments';
import { ComposeSession } from '../features/compose/session.svelte';
import { SignatureShelf } from '../features/compose/signatures.svelte';
import {
  ipc,
  on,
  toCommandError,
  windowLabel,
  type DraftId,
  type EventPayload,
  type ImportedDrafts,
  type RawJournalEntry,
  type ReconcileResult,
  type RecipientSuggestion,
  type Version,
  type VersionId,
} from '../ipc';
import { Journal } from '../journal/journal';
import { errorLine } from '../shared/errors';
import { copyText } from '../shared/clipboard';
import { toasts, type ToastAction } from '../shared/toasts.svelte';
import { claimWindow, otherWindows } from './alive';
import {
  journalNotices,
  recoveryText,
  storageNotices,
  unreadableNotices,
  type Notice,
  type NoticeAction,
} from './notices';

/** How long a deleted draft can be brought back with one click. */
export const UNDO_MS = 10_000;
/** A database that doesn't answer must not keep the window open; the journal has the text. */
const CLOSE_PATIENCE_MS = 3000;
/** What polishing takes at most, in characters. */
const LONGEST_PART = 5000;
const LAST_KEY = 'last-draft';

/** See the module's text. */
export class WindowState {
  readonly journal: Journal;
  /** Counts the drafts that were brought up from outside this page. */
  summons = $state(0);
  /** What happened to texts, until it was read. */
  notices = $state.raw<readonly Notice[]>([]);
  /** Shows how a version differs from the open draft; the window does it. */
  onCompare: ((version: VersionId) => void) | null = null;
  readonly session: ComposeSession;
  readonly list: DraftList;
  readonly shelf = new SignatureShelf();
  readonly #isMain: boolean;
  #focus: (() => void) | null = null;
  /** The database could not be used when it was last asked for. */
  #broken = false;
  /** Entries with the program that could not be read, and were told. */
  readonly #unreadable = new Set<string>();
  /** What a former run set aside: only of that it is certain that it will be there again. */
  readonly #aside: ReadonlySet<string>;
  readonly #ended = new AbortController();

  constructor() {
    this.#isMain = windowLabel() === 'main';
    this.journal = new Journal(localStorage, windowLabel());
    this.#aside = new Set(this.journal.unreadable().map(({ value }) => value));
    this.list = new DraftList((id) => id === this.session.id);
    this.session = new ComposeSession(this.journal, {
      onRow: (row) => {
        this.list.put(row);
        this.#remember(row.id);
      },
      onShown: (id) => toasts.turnTo(id),
      onGone: (id, why) => this.#gone(id, why),
    });
    claimWindow(windowLabel());
  }

  /** The editor can be typed into. `focus` puts the cursor where writing begins. */
  async start(focus: () => void): Promise<void> {
    // What covered the draft must be gone first: a part that is inert takes no focus.
    this.#focus = () =>
      void tick().then(() => {
        if (!this.#ended.signal.aborted) focus();
      });
    const leftovers = this.journal.leftovers();
    const signatures = this.shelf.refresh();
    let last = this.#isMain ? localStorage.getItem(LAST_KEY) : null;
    if (leftovers.length > 0) last = (await this.#reconcile()) ?? last;
    // Whoever was quick and writes already goes on writing where they began.
    const isWriting = () => !this.session.untouched;
    const isOpen = last !== null && (await this.session.open(last, isWriting));
    if (!isWriting()) this.startNew();
    if (isOpen || !isWriting()) this.#focus();
    // Asked for in this order, waited for together: nobody should wait for the events.
    const listening = this.#listen();
    try {
      const shown = await ipc.pageReady();
      await listening;
      if (shown.draftId) await this.openDraft(shown.draftId);
      this.#tellAbout(shown);
    } catch (thrown) {
      this.fail(thrown);
    }
    if (this.#isMain) void this.list.refresh();
    this.#tellUnreadable();
    await this.#lookAtStorage();
    await signatures;
    if (this.shelf.defaultId !== null) this.session.offerSignature(this.shelf.defaultId);
  }

  /** Opens a new draft with the default signature, or stays in one nobody has touched. */
  startNew(): void {
    if (!this.session.untouched || this.session.generation === 0) {
      this.session.startNew(this.shelf.defaultId);
    }
    this.#remember(null);
    this.#focus?.();
  }

  /** Opens a draft, or says why not. */
  async openDraft(id: DraftId): Promise<void> {
    if (await this.session.open(id)) {
      this.#remember(id);
      this.#focus?.();
    } else if (this.session.openError) {
      this.fail(this.session.openError);
      this.list.refreshSoon();
    }
  }

  /** The open draft to a contact, or a new one bound to them. */
  async composeTo(contactId: string): Promise<void> {
    try {
      this.session.show(await ipc.composeToContact({ contactId }));
      this.#remember(this.session.id);
      this.#focus?.();
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Somebody was picked from the completion: offers the draft that is open to them already. */
  async offerOpenDraft({ contactId, name, address }: RecipientSuggestion): Promise<void> {
    if (contactId === null) return;
    const here = this.session.id;
    try {
      const { items } = await ipc.listDrafts({ contactId, status: ['draft', 'failed'], limit: 2 });
      const other = items.find((item) => item.id !== here);
      if (!other || this.session.id !== here) return;
      this.tell(`There is an open draft to ${name || address}.`, {
        label: 'Open it',
        run: () => void this.openDraft(other.id),
      });
    } catch {
      // An offer that can't be made is none.
    }
  }

  /** Puts a former state of the open draft back, with its files, and offers to take that back. */
  async restore(version: Version, withRecipients: boolean): Promise<void> {
    const { to, cc, bcc, subject, body, attachments } = version;
    const recipients = withRecipients ? { to, cc, bcc } : {};
    const { id } = this.session;
    try {
      const replaced = await this.session.restore({ subject, body, attachments, ...recipients });
      if (replaced === null) return;
      const undo = () => {
        if (this.session.id === id) void this.session.restore(replaced).catch((e) => this.fail(e));
      };
      toasts.show({
        // The editor's own undo knows the text alone.
        text: sameFiles(replaced.attachments, attachments)
          ? 'A former version was restored.'
          : 'A former version was restored, and the files it had. Ctrl+Z takes back its text only.',
        action: { label: 'Undo', run: undo },
        ms: UNDO_MS,
        about: id,
      });
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Selects as much of a long text as can be polished at once. */
  selectPart(): void {
    this.session.selectAtMost(LONGEST_PART);
    this.tell(
      'The part that fits is selected. Change the selection if you like, then press Ctrl+J.',
    );
  }

  /** Takes a draft out of the bin and opens it. */
  async undelete(id: DraftId): Promise<void> {
    await this.#undelete(id, true);
  }

  /** Puts a draft into the bin and offers to take it out again. */
  async deleteDraft(id: DraftId): Promise<void> {
    const open = id === this.session.id;
    if (open && this.session.untouched) return;
    const next = this.list.next(id);
    try {
      // Its latest text goes into the bin with it. When that can't be saved, deleting it would
      // lose it.
      if (open) await this.session.flush('blur');
      await ipc.deleteDraft({ id });
    } catch (thrown) {
      this.fail(thrown);
      return;
    }
    this.list.remove(id);
    if (open && id === this.session.id) {
      this.session.forget();
      if (next === null || !(await this.session.open(next))) this.startNew();
    }
    toasts.show({
      text: 'Draft deleted.',
      action: { label: 'Undo', run: () => void this.#undelete(id, open) },
      ms: UNDO_MS,
    });
  }

  /** Saves the open draft as a mail file, as the user sees it. */
  async exportDraft(): Promise<void> {
    if (this.session.untouched) return;
    try {
      await this.session.flush('blur');
      if (await ipc.exportDraft({ id: this.session.id })) this.tell('The mail file was saved.');
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Opens what became of mail files: the last draft, and what is to be said of them all. */
  async openImported(run: () => Promise<ImportedDrafts>): Promise<void> {
    try {
      const { drafts, notes, refused } = await run();
      const last = drafts.at(-1);
      if (last !== undefined) {
        this.summons += 1;
        await this.openDraft(last);
      }
      if (drafts.length > 1) this.tell(`${drafts.length} mails became drafts.`);
      this.#note(notes);
      for (const { name, error } of refused) {
        const text = `“${name}” was not opened. ${errorLine(error)}`;
        toasts.show({ text, tone: 'error' }, text);
      }
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  async #bringUp(shown: EventPayload<'showDraft'>): Promise<void> {
    if (shown.draftId) await this.openDraft(shown.draftId);
    else this.startNew();
    this.#tellAbout(shown);
  }

  #tellAbout({ notes, problem }: EventPayload<'showDraft'>): void {
    this.#note(notes);
    if (problem) this.fail(problem);
  }

  // Long enough to be read: it says what isn't there.
  #note(notes: readonly string[]): void {
    if (notes.length > 0) toasts.show({ text: notes.join(' '), ms: 20_000 }, notes.join(' '));
  }

  /** Tells the user something about the open draft for a while. */
  tell(text: string, action?: ToastAction): void {
    // The text is the key: what is said twice is shown once.
    toasts.show({ text, action, about: this.session.id }, text);
  }

  /** Tells what went wrong with the open draft. */
  fail(thrown: unknown): void {
    const text = errorLine(toCommandError(thrown));
    toasts.show({ text, tone: 'error', about: this.session.id }, text);
  }

  /** Does what a notice offers; it has been read then. */
  async follow(action: NoticeAction, key: string): Promise<void> {
    try {
      switch (action.kind) {
        case 'open':
          await this.openDraft(action.draftId);
          break;
        case 'copy':
        case 'copy-unreadable':
          if (!(await copyText(action.text))) return;
          break;
        case 'forget-recovery':
          await ipc.forgetRecovery();
          break;
        case 'compare':
          await this.openDraft(action.draftId);
          if (this.session.id === action.draftId) this.onCompare?.(action.versionId);
          break;
        case 'copy-version':
          if (!(await copyText((await ipc.getVersion({ id: action.versionId })).text))) return;
          break;
      }
      this.dismiss(key);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** A notice was read. */
  dismiss(key: string): void {
    this.notices = this.notices.filter((notice) => notice.key !== key);
  }

  /** A notice was read and is in the way. What it tells of isn't told at the next start, either. */
  putAway({ key, action }: Notice): void {
    if (action?.kind === 'copy-unreadable') this.journal.putAway(action.key);
    this.dismiss(key);
  }

  #tellUnreadable(): void {
    this.#notify(unreadableNotices(this.journal.unreadable()));
  }

  #notify(notices: readonly Notice[]): void {
    const keys = notices.map((notice) => notice.key);
    this.notices = [...this.notices.filter(({ key }) => !keys.includes(key)), ...notices];
  }

  // What could be kept nowhere but with the program itself goes into the database. What a window
  // that lives is still trying to save is its own affair.
  async #takeBack(unsaved: readonly RawJournalEntry[]): Promise<boolean> {
    const alive = (await otherWindows(windowLabel())).map(
      (label) => new Journal(localStorage, label),
    );
    const aside = unsaved.filter(({ value }) => this.#aside.has(value)).map(({ key }) => key);
    if (aside.length > 0) await ipc.forgetUnsaved({ keys: aside }).catch(() => undefined);
    const own = this.session.saving.map((id) => this.journal.keyOf(id));
    const entries = unsaved.filter(
      ({ key }) =>
        !own.includes(key) &&
        !this.#unreadable.has(key) &&
        !aside.includes(key) &&
        !alive.some((journal) => journal.owns(key)),
    );
    if (entries.length === 0) return false;
    try {
      const results = await ipc.reconcileJournal({ entries });
      // What can't be read is set aside with the rest of its kind. It stays with the program, too,
      // until the next start finds it there: the web view writes half a second late.
      const read = results.filter(({ outcome, key }) => {
        if (outcome !== 'unreadable') return true;
        this.#unreadable.add(key);
        const entry = entries.find((entry) => entry.key === key);
        if (entry) this.journal.setAside(entry);
        return false;
      });
      this.#tellResults(results, entries);
      if (read.length > 0) await ipc.forgetUnsaved({ keys: read.map(({ key }) => key) });
      return true;
    } catch {
      // They stay where they are, for the next time.
      return false;
    }
  }

  // At the start, and whenever the program says that something changed.
  async #lookAtStorage(): Promise<void> {
    let state;
    try {
      state = await ipc.getStorageState();
    } catch {
      // Whatever needs the database says what is wrong with it.
      return;
    }
    this.dismiss('storage');
    this.dismiss('recovery');
    this.#notify(storageNotices(state));
    const worksAgain = this.#broken && state.problem === null;
    this.#broken = state.problem !== null;
    const kept = state.problem === null ? await this.#takeBack(state.unsaved) : false;
    if (!worksAgain && !kept && state.recovery === null) return;
    if (worksAgain) await this.#reconcile();
    if (this.#isMain) this.list.refreshSoon();
    void this.shelf.refresh();
  }

  async #undelete(id: DraftId, reopen: boolean): Promise<void> {
    try {
      await ipc.restoreDraft({ id });
      this.list.refreshSoon();
      if (reopen) await this.openDraft(id);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  #tellResults(results: readonly ReconcileResult[], entries: readonly RawJournalEntry[]): void {
    const text = recoveryText(results);
    if (text !== null) toasts.show({ text, ms: 20_000 });
    // What was set aside is told from there, now and at each start until it is put away.
    const aside = this.journal.unreadable().map(({ value }) => value);
    const rest = entries.filter(({ value }) => !aside.includes(value)).map(({ key }) => key);
    const here = results.filter((r) => r.outcome !== 'unreadable' || rest.includes(r.key));
    this.#notify(journalNotices(here, entries));
    this.#tellUnreadable();
  }

  // Before any draft is shown: what a crash left behind goes into the database first.
  async #reconcile(): Promise<DraftId | null> {
    const alive = await otherWindows(windowLabel());
    // What this window is saving itself is no leftover.
    const entries = this.journal
      .leftovers(alive)
      .filter(({ key }) => !this.session.saving.some((id) => this.journal.keyOf(id) === key));
    if (entries.length === 0) return null;
    try {
      const results = await ipc.reconcileJournal({ entries });
      this.journal.settle(results, entries);
      this.#tellResults(results, entries);
      const found = results.filter((r) => r.outcome === 'recovered' || r.outcome === 'created');
      return found.at(-1)?.draftId ?? null;
    } catch (thrown) {
      // The entries stay and are tried again at the next start.
      const why = errorLine(toCommandError(thrown));
      toasts.show({
        text: `Unsaved text from last time could not be taken over yet. ${why}`,
        tone: 'error',
      });
      return null;
    }
  }

  async #listen(): Promise<void> {
    const { signal } = this.#ended;
    window.addEventListener('blur', () => this.session.save('blur'), { signal });
    window.addEventListener('focus', () => void this.shelf.refresh(), { signal });
    // The web view may be torn down without asking; then this is the last chance.
    window.addEventListener('pagehide', () => this.session.save('close'), { signal });
    const unlisten = await Promise.all([
      this.session.listen(),
      this.#isMain ? this.list.listen() : () => undefined,
      on('closeRequested', () => void this.close()),
      on('showDraft', (shown) => {
        this.summons += 1;
        void this.#bringUp(shown);
      }),
      on('settingsChanged', () => void this.shelf.refresh()),
      on('storageChanged', () => void this.#lookAtStorage()),
    ]);
    const end = () => unlisten.forEach((stop) => stop());
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  }

  /** The window's page is taken down. */
  dispose(): void {
    this.#ended.abort();
    this.session.dispose();
  }

  /** Saves, then lets the program close this window. */
  async close(): Promise<void> {
    await Promise.race([
      this.session.flushAll('close'),
      new Promise((resolve) => setTimeout(resolve, CLOSE_PATIENCE_MS)),
    ]);
    await ipc.closeReady();
  }

  #gone(id: DraftId, why: 'deleted' | 'sent'): void {
    this.session.forget();
    this.list.remove(id);
    this.#remember(null);
    this.startNew();
    if (why === 'deleted') this.tell('This draft was deleted in another window.');
    // The quick mail is done, and so is its window.
    if (why === 'sent' && !this.#isMain) void this.close();
  }

  #remember(id: DraftId | null): void {
    if (!this.#isMain) return;
    if (id === null) localStorage.removeItem(LAST_KEY);
    else localStorage.setItem(LAST_KEY, id);
  }
}
