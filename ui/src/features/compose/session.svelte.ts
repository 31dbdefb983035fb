/**
 * The draft that is open in this window: its fields, its autosave, and how it follows what other
 * windows do to it. One per window; drafts come and go in it.
 *
 * Deliberately absent: the list of drafts, dialogs and keys (the window's business), and the
 * editor, which is reached through `TextPort`.
 */
import {
  ipc,
  makeError,
  on,
  toCommandError,
  wellFormed,
  windowLabel,
  type Attachment,
  type Code,
  type Conflict,
  type DocumentNode,
  type Draft,
  type DraftId,
  type DraftStatus,
  type DraftSummary,
  type Error as CommandError,
  type Mailbox,
  type PolishedVersion,
  type SaveCause,
  type SignatureId,
  type Unlisten,
} from '../../ipc';
import type { SelectedPart } from '../../editor/commands';
import type { Journal } from '../../journal/journal';
import { Autosave, type Edit, type SaveState } from './autosave';

/** The part of the editor the session uses. */
export interface TextPort {
  load(body: DocumentNode | null): void;
  /** Shows what another window saved, now or when an input method is done; `accept` is asked then. */
  follow(body: DocumentNode, accept: () => boolean): void;
  text(): DocumentNode;
  isEmpty(): boolean;
  signature(): SignatureId | null;
  putSignature(id: SignatureId | null, quietly?: boolean): void;
  take(version: { body: DocumentNode; signatureId?: SignatureId | null }): void;
  restore(body: DocumentNode): void;
  part(): SelectedPart | null;
  hasPart(selected: SelectedPart): boolean;
  putPart(selected: SelectedPart, version: DocumentNode): boolean;
  selectAtMost(characters: number): void;
}

/** What of a former state is put back. Recipients only where the user asked for them. */
export type FormerState = Pick<Draft, 'subject' | 'body' | 'attachments'> &
  Partial<Pick<Draft, 'to' | 'cc' | 'bcc'>>;

/** What the window wants to know. */
export interface SessionEvents {
  /** The list should show this state of the open draft. */
  onRow?(row: DraftSummary): void;
  /** Another draft is shown. */
  onShown?(id: DraftId): void;
  /** The open draft is gone: deleted elsewhere, or sent. */
  onGone?(id: DraftId, why: 'deleted' | 'sent'): void;
}

/** What becomes of a draft's files. */
export type FilesChange = (files: readonly Attachment[]) => Attachment[];

/** A polished text to be taken. */
export type Taken = Pick<PolishedVersion, 'body' | 'signatureId'>;

/** The three recipient fields. */
export type RecipientKind = 'to' | 'cc' | 'bcc';

const EMPTY_BODY: DocumentNode = { type: 'doc', content: [{ type: 'paragraph' }] };

/** See the module's text. */
export class ComposeSession {
  id = $state.raw<DraftId>(crypto.randomUUID());
  to = $state.raw<Mailbox[]>([]);
  cc = $state.raw<Mailbox[]>([]);
  bcc = $state.raw<Mailbox[]>([]);
  subject = $state('');
  attachments = $state.raw<Attachment[]>([]);
  status = $state.raw<DraftStatus>('draft');
  /** Why it came back from the outbox; while it is there, why nobody knows whether it left. */
  failure = $state.raw<string | null>(null);
  failureCode = $state.raw<Code | null>(null);
  contactId = $state.raw<string | null>(null);
  signatureId = $state.raw<SignatureId | null>(null);
  saveState = $state.raw<SaveState>({ kind: 'idle' });
  conflict = $state.raw<Conflict | null>(null);
  /** What opening a draft led to, if not to the draft. */
  openError = $state.raw<CommandError | null>(null);
  words = $state(0);
  /** The addresses of the pictures in the text. */
  pictures = $state.raw<readonly string[]>([]);
  /** Counts the drafts shown: what belongs to one draft only is rebuilt by it. */
  generation = $state(0);
  /** Nothing was ever typed into it, and the database doesn't know it. */
  untouched = $state(true);

  readonly #journal: Journal;
  readonly #events: SessionEvents;
  #text: TextPort | null = null;
  #autosave: Autosave;
  #accountId: string | null = null;
  #signatureChosen = false;
  #createdAt = 0;
  /** Drafts left with something unsaved: they go on saving. */
  readonly #leaving = new Map<DraftId, Autosave>();
  #wanted: DraftId | null = null;
  /** What this window saved last of each draft: an answer that is older was under way too long. */
  readonly #revisions = new Map<DraftId, number>();
  /** Drafts left before there was anything to save in them. */
  readonly #neverSaved = new Set<DraftId>();
  /** Drafts that are not open get their files one after the other. */
  #filing: Promise<unknown> = Promise.resolve();
  /** The revision whose echo was heard. */
  #echoed: number | null = null;

  constructor(journal: Journal, events: SessionEvents = {}) {
    this.#journal = journal;
    this.#events = events;
    this.#autosave = this.#newAutosave(this.id, 0, null);
  }

  /** A draft that waits in the outbox or has left can be read, not changed. */
  get readOnly(): boolean {
    return this.status === 'queued' || this.status === 'sent';
  }

  /** Whether there is anything to send or polish. */
  get hasText(): boolean {
    return this.words > 0;
  }

  /** The drafts of which this window has something to save. */
  get saving(): DraftId[] {
    return [this.#autosave, ...this.#leaving.values()]
      .filter((autosave) => !autosave.clean)
      .map((autosave) => autosave.id);
  }

  /** The editor is there: what is open is shown in it. */
  attach(text: TextPort): void {
    this.#text = text;
  }

  /** Follows what happens elsewhere, until the answer is called. */
  async listen(): Promise<Unlisten> {
    const unlisten = await Promise.all([
      on('draftChanged', ({ id, revision, origin }) => {
        if (id !== this.id) return;
        // Each of our own saves has one echo, which says no more than its answer. What else comes
        // under the same revision is about the draft's state.
        const own = this.#autosave.busy || revision === this.#autosave.revision;
        if (origin === windowLabel() && own && this.#echoed !== revision) {
          this.#echoed = revision;
          return;
        }
        void this.#followChange(origin === windowLabel());
      }),
      on('outboxChanged', ({ email }) => {
        if (email.draftId === this.id) void this.#followChange(false);
      }),
    ]);
    return () => unlisten.forEach((end) => end());
  }

  /** Opens a new draft. It gets its place in the database with the first letter. */
  startNew(signature: SignatureId | null = null): void {
    this.#wanted = null;
    this.#leave();
    this.openError = null;
    this.#show({ ...blank(), id: crypto.randomUUID() });
    if (signature !== null) this.offerSignature(signature);
  }

  /** Puts the default signature into a draft nobody has touched; no reason to save it. */
  offerSignature(id: SignatureId): void {
    if (!this.untouched || this.signatureId !== null || this.#text === null) return;
    this.#text.putSignature(id, true);
    this.signatureId = id;
  }

  /**
   * Opens a draft; false when it can't be (any more), and the former one stays. So it does when
   * `unwanted` says at the last moment that the user should stay where they are.
   */
  async open(id: DraftId, unwanted?: () => boolean): Promise<boolean> {
    if (id === this.id && !this.untouched) return true;
    this.#wanted = id;
    try {
      const draft = await this.#fetch(id);
      // Another one was asked for meanwhile.
      if (this.#wanted !== id || unwanted?.()) return false;
      if (draft.deletedAt !== null) throw makeError('NOT_FOUND', 'This draft was deleted.');
      this.show(draft);
      return true;
    } catch (thrown) {
      if (this.#wanted === id) this.openError = toCommandError(thrown);
      return false;
    }
  }

  /** Shows a draft that was just fetched. */
  show(draft: Draft): void {
    this.#wanted = null;
    this.openError = null;
    this.#leave();
    const kept = this.#leaving.get(draft.id);
    this.#leaving.delete(draft.id);
    // Left a moment ago with something the database doesn't have yet: that is the newer text.
    const unsaved = kept?.unsaved ?? null;
    this.#show(unsaved ? { ...draft, ...withoutNull(unsaved) } : draft, kept);
  }

  /** The user changed something. */
  edited(cause: SaveCause = 'typing'): void {
    if (this.#text === null || this.readOnly) return;
    this.untouched = false;
    this.signatureId = this.#text.signature();
    this.#autosave.change(this.#edit(), cause);
    if (cause !== 'typing') this.save(cause);
  }

  /** Changes a recipient field. */
  setRecipients(kind: RecipientKind, mailboxes: Mailbox[]): void {
    this[kind] = mailboxes;
    this.edited();
  }

  /** Changes the subject. */
  setSubject(subject: string): void {
    this.subject = subject;
    this.edited();
  }

  /** Changes the files that go with it. */
  setAttachments(attachments: Attachment[]): void {
    if (this.readOnly) return;
    this.attachments = attachments;
    this.edited('blur');
  }

  /**
   * Changes the files of the draft in which that was begun, also when another one is open by now.
   * Rejects with NOT_FOUND or FORBIDDEN when that draft is gone or on its way, and with the reason
   * when it can't be saved; it is then tried again like any draft that was left.
   */
  async changeFiles(id: DraftId, change: FilesChange): Promise<void> {
    if (id === this.id) {
      if (this.readOnly) throw onItsWay();
      this.setAttachments(change(this.attachments));
      return;
    }
    const filed = this.#filing.then(() => this.#changeLeftFiles(id, change));
    this.#filing = filed.catch(() => undefined);
    await filed;
  }

  async #changeLeftFiles(id: DraftId, change: FilesChange): Promise<void> {
    const draft = await this.#fetch(id).catch((thrown: unknown) => {
      const isNew = this.#neverSaved.has(id) && toCommandError(thrown).code === 'NOT_FOUND';
      if (!isNew) throw thrown;
      return { ...blank(), id };
    });
    // Opened again meanwhile.
    if (id === this.id) return this.changeFiles(id, change);
    if (draft.deletedAt !== null) throw makeError('NOT_FOUND', 'This draft was deleted.');
    if (draft.status === 'queued' || draft.status === 'sent') throw onItsWay();
    const kept = this.#leaving.get(id);
    const savedAt = draft.revision > 0 ? draft.updatedAt : null;
    const autosave = kept ?? this.#newAutosave(id, draft.revision, savedAt);
    this.#leaving.set(id, autosave);
    const edit = kept?.unsaved ?? editOf(draft);
    autosave.change({ ...edit, attachments: change(edit.attachments ?? []) }, 'blur');
    try {
      await autosave.flush('blur');
    } catch (thrown) {
      // Refused for something else of that draft, the files were stored all the same.
      const { saved, field, code } = toCommandError(thrown);
      if (!saved || field === 'attachments' || code === 'LIMIT_REACHED') throw thrown;
    }
  }

  // What this window saved while the answer was under way may be missing in it.
  async #fetch(id: DraftId): Promise<Draft> {
    const draft = await ipc.getDraft({ id });
    if (draft.revision >= (this.#revisions.get(id) ?? 0)) return draft;
    return ipc.getDraft({ id });
  }

  /** The user chose a signature, or none. */
  chooseSignature(id: SignatureId | null): void {
    if (this.#text === null || this.readOnly) return;
    this.#signatureChosen = true;
    const before = this.#text.text();
    this.#text.putSignature(id);
    // Choosing what is there already still is a choice to keep.
    if (this.#text.text() === before && !this.untouched) this.edited();
  }

  /** The text as it stands in the editor. */
  get text(): DocumentNode {
    return this.#text?.text() ?? EMPTY_BODY;
  }

  /** The part of the text that is selected, if a part is. */
  get part(): SelectedPart | null {
    return this.#text?.part() ?? null;
  }

  /** Whether a part that was selected is still there as it was. */
  hasPart(part: SelectedPart): boolean {
    return this.#text?.hasPart(part) ?? false;
  }

  /** Selects as much from the top as can be polished at once. */
  selectAtMost(characters: number): void {
    this.#text?.selectAtMost(characters);
  }

  /**
   * Takes a polished text: one undo step, saved at once. With `part` only that part is replaced;
   * false if it is no longer there as it was, and nothing is done.
   */
  take(version: Taken, part: SelectedPart | null = null): boolean {
    if (this.#text === null || this.readOnly) return false;
    if (part !== null) {
      if (!this.#text.putPart(part, version.body)) return false;
      this.edited('polish');
      return true;
    }
    const signatureId = this.#signatureChosen ? null : version.signatureId;
    this.#text.take({ body: version.body, signatureId });
    this.edited('polish');
    return true;
  }

  /**
   * Puts a former state back: in the text one undo step, saved at once, together with the files
   * it had. Answers what stood there. Rejects, and changes nothing, when that can't be kept first.
   */
  async restore(former: FormerState): Promise<FormerState | null> {
    const { id } = this;
    await this.flush('blur');
    if (this.#text === null || this.readOnly || this.id !== id) return null;
    const { to, cc, bcc, subject, attachments } = this;
    const replaced = { to, cc, bcc, subject, attachments, body: this.#text.text() };
    this.subject = former.subject;
    this.attachments = former.attachments;
    this.to = former.to ?? to;
    this.cc = former.cc ?? cc;
    this.bcc = former.bcc ?? bcc;
    this.#text.restore(former.body);
    this.edited('restore');
    return replaced;
  }

  /** Resolves when everything is in the database; rejects with the reason when it isn't. */
  flush(cause: SaveCause): Promise<void> {
    return this.#autosave.flush(cause);
  }

  /** Like `flush`, where the status line is answer enough. */
  save(cause: SaveCause): void {
    this.flush(cause).catch(() => undefined);
  }

  /** Before the window goes: this draft and those left behind. */
  async flushAll(cause: SaveCause): Promise<void> {
    await Promise.allSettled(
      [this.#autosave, ...this.#leaving.values()].map((autosave) => autosave.flush(cause)),
    );
  }

  /** The open draft is being deleted: nothing of it is saved any more. */
  forget(): void {
    this.#autosave.end({ forget: true });
  }

  /** The window is gone: nothing is saved any more; what is unsaved lies in the journal. */
  dispose(): void {
    [this.#autosave, ...this.#leaving.values()].forEach((autosave) =>
      autosave.end({ forget: false }),
    );
  }

  /** The row the list shows for the open draft. */
  row(): DraftSummary {
    return {
      id: this.id,
      contactId: this.contactId,
      contactName: null,
      to: this.to,
      subject: this.subject,
      snippet: snippetOf(this.text),
      attachmentCount: this.attachments.length,
      status: this.status,
      errorCode: this.failureCode,
      revision: this.#autosave.revision,
      createdAt: this.#createdAt,
      updatedAt: Date.now(),
      found: null,
    };
  }

  #newAutosave(id: DraftId, revision: number, savedAt: number | null): Autosave {
    const current = () => this.#autosave.id === id;
    return new Autosave(
      id,
      revision,
      {
        save: (args) => ipc.saveDraft(wellFormed(args)),
        journal: this.#journal,
        refuge: {
          keep: async (entry) => {
            await ipc.keepUnsaved(this.#journal.raw(entry));
          },
          forget: (draft) => {
            ipc.forgetUnsaved({ keys: [this.#journal.keyOf(draft)] }).catch(() => undefined);
          },
        },
        now: Date.now,
        toError: toCommandError,
        onState: (state) => {
          if (current()) this.saveState = state;
        },
        onSaved: ({ revision }) => {
          this.#revisions.set(id, revision);
          this.#neverSaved.delete(id);
          if (current()) this.#events.onRow?.(this.row());
          else if (this.#leaving.get(id)?.unsaved === null) this.#leaving.delete(id);
        },
        onConflict: (conflict) => {
          if (current()) this.conflict = conflict;
        },
      },
      savedAt,
    );
  }

  #leave(): void {
    const autosave = this.#autosave;
    if (this.untouched) this.#neverSaved.add(this.id);
    if (autosave.clean) return;
    this.#leaving.set(autosave.id, autosave);
    autosave.flush('blur').catch(() => undefined);
  }

  #show(draft: Draft, autosave?: Autosave): void {
    this.#autosave =
      autosave ??
      this.#newAutosave(draft.id, draft.revision, draft.revision > 0 ? draft.updatedAt : null);
    this.saveState = this.#autosave.state;
    this.#echoed = null;
    this.id = draft.id;
    this.to = draft.to;
    this.cc = draft.cc;
    this.bcc = draft.bcc;
    this.subject = draft.subject;
    this.attachments = draft.attachments;
    this.contactId = draft.contactId;
    this.conflict = null;
    this.#accountId = draft.accountId;
    this.#signatureChosen = draft.signatureChosen;
    this.#createdAt = draft.createdAt ?? Date.now();
    this.untouched = draft.revision === 0 && !autosave;
    this.#takeStatus(draft);
    this.#text?.load(draft.body);
    this.signatureId = this.#text?.signature() ?? draft.signatureId;
    this.generation += 1;
    this.#events.onShown?.(draft.id);
  }

  #takeStatus(draft: Draft): void {
    this.status = draft.status;
    this.failure = draft.errorMessage;
    this.failureCode = draft.errorCode;
  }

  #edit(): Edit {
    return {
      to: this.to,
      cc: this.cc,
      bcc: this.bcc,
      subject: this.subject,
      body: this.#text!.text(),
      attachments: this.attachments,
      signatureChosen: this.#signatureChosen,
      ...(this.#accountId === null ? {} : { accountId: this.#accountId }),
    };
  }

  // Saved, queued, sent or deleted elsewhere. What is unsaved here stands: the next save then
  // meets the other one as a conflict, and both texts are kept.
  async #followChange(byThisWindow: boolean): Promise<void> {
    const autosave = this.#autosave;
    let draft: Draft;
    try {
      draft = await ipc.getDraft({ id: autosave.id });
    } catch {
      return;
    }
    if (this.#autosave !== autosave) return;
    if (draft.deletedAt !== null) {
      // Whoever deleted it in this window shows another one already.
      if (autosave.clean && !byThisWindow) this.#events.onGone?.(draft.id, 'deleted');
      return;
    }
    if (draft.status === 'sent') {
      this.status = 'sent';
      this.#events.onGone?.(draft.id, 'sent');
      return;
    }
    this.#takeStatus(draft);
    if (!autosave.clean || draft.revision <= autosave.revision) return;
    // All of it or nothing: with its revision but without its text, the next save would replace
    // what the other window wrote, and nobody would be told.
    const accept = () => {
      if (this.#autosave !== autosave || !autosave.clean) return false;
      if (draft.revision <= autosave.revision) return false;
      autosave.adopt(draft.revision, draft.updatedAt);
      this.to = draft.to;
      this.cc = draft.cc;
      this.bcc = draft.bcc;
      this.subject = draft.subject;
      this.attachments = draft.attachments;
      this.#accountId = draft.accountId;
      this.#signatureChosen = draft.signatureChosen;
      this.signatureId = draft.signatureId;
      return true;
    };
    this.#text?.follow(draft.body, accept);
  }
}

function blank(): Draft {
  return {
    id: '',
    contactId: null,
    accountId: null,
    fromAddress: null,
    to: [],
    cc: [],
    bcc: [],
    subject: '',
    body: EMPTY_BODY,
    attachments: [],
    signatureId: null,
    signatureChosen: false,
    purpose: null,
    tone: null,
    context: '',
    styleScore: null,
    revision: 0,
    status: 'draft',
    errorCode: null,
    errorMessage: null,
    createdAt: Date.now(),
    updatedAt: Date.now(),
    deletedAt: null,
  };
}

function editOf(draft: Draft): Edit {
  const { to, cc, bcc, subject, body, attachments, signatureChosen, accountId } = draft;
  const edit = { to, cc, bcc, subject, body, attachments, signatureChosen };
  return accountId === null ? edit : { ...edit, accountId };
}

function onItsWay(): CommandError {
  return makeError('FORBIDDEN', 'This mail is on its way and can no longer be changed.');
}

function withoutNull(edit: Edit): Partial<Draft> {
  return Object.fromEntries(Object.entries(edit).filter(([, value]) => value != null));
}

/** The beginning of a text on one line, as the program makes it too. */
export function snippetOf(body: DocumentNode): string {
  let text = '';
  const walk = (node: DocumentNode) => {
    if (text.length > 200) return;
    if (node.type === 'text') text += node.text ?? '';
    node.content?.forEach(walk);
    if (node.content && node.type !== 'doc') text += ' ';
    if (node.type === 'hardBreak') text += ' ';
  };
  walk(body);
  return text.replace(/\s+/g, ' ').trim().slice(0, 160);
}
