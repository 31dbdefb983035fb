/**
 * An in-memory program for tests and for looking at the page in a plain browser. It behaves where
 * the page depends on behaviour: revisions, conflicts, the bin, cursors, one open draft per
 * contact, streaming polish, the outbox's undo. Faults are put in by `fail`. It is not part of the
 * built page. Deliberately absent: limits, sanitising and checks, which are the program's own.
 */
import type { Backend, Commands, EventName, EventPayload, Unlisten } from './index';
import type {
  Account,
  Change,
  Contact,
  Draft,
  DraftId,
  DraftSummary,
  DiffRun,
  DocumentNode,
  Email,
  Error as CommandError,
  HistoryEntry,
  LocalServer,
  PolishedVersion,
  PolishResult,
  RefusedVersion,
  ProviderId,
  Settings,
  Signature,
  StorageState,
  Style,
  Version,
} from './bindings';
import { demo } from './fake-data';

/** The fake's handles for tests. */
export interface Fake extends Backend {
  /** All drafts, also those in the bin. */
  drafts: Map<DraftId, Draft>;
  /** Kept versions, oldest first. */
  versions: Version[];
  contacts: Map<string, Contact>;
  signatures: Map<string, Signature>;
  accounts: Map<string, Account>;
  outbox: Map<string, Email>;
  history: HistoryEntry[];
  settings: Settings;
  storage: StorageState;
  /** Facts that polished versions get wrong. */
  changes: Partial<Record<Style, Change[]>>;
  /** Which versions a polish refuses. */
  refused: RefusedVersion[];
  /** Every call so far, in order. */
  calls: { name: keyof Commands; args: unknown }[];
  /** The next `times` calls of a command reject with this. */
  fail(name: keyof Commands, error: CommandError, times?: number): void;
  /** Milliseconds each call takes. */
  latency: number;
  /** The model servers that run on this machine. */
  localServers: LocalServer[];
  /** Whether Google's page gets the box for reading mail ticked. */
  grantsReading: boolean;
  /** Emits an event, as the program or another window would. */
  emit<N extends EventName>(name: N, payload: EventPayload<N>): void;
  /** Saves like another window: own revision, event with its origin. */
  saveFromElsewhere(id: DraftId, change: Partial<Draft>, origin?: string): Draft;
}

/** An error in the program's shape. */
export function fakeError(
  code: CommandError['code'],
  message = 'It did not work.',
  more: Partial<CommandError> = {},
): CommandError {
  return {
    code,
    message,
    field: null,
    retryAfterSeconds: null,
    conflict: null,
    saved: null,
    ...more,
  };
}

const EMPTY: DocumentNode = { type: 'doc', content: [{ type: 'paragraph' }] };

/** The plain text of a document, blocks apart by line breaks. */
export function plainText(node: DocumentNode): string {
  if (node.type === 'text') return node.text ?? '';
  if (node.type === 'hardBreak') return '\n';
  const inner = (node.content ?? []).map(plainText);
  const blocks = (node.content ?? []).some((n) => n.type !== 'text' && n.type !== 'hardBreak');
  return inner.join(blocks && node.type !== 'paragraph' ? '\n' : '');
}

function signatureOf(node: DocumentNode): string | null {
  const found = node.content?.find((n) => n.type === 'signature');
  return (found?.attrs?.id as string | undefined) ?? null;
}

/** Makes a fake program; `seed` fills it. */
export function createFake({
  label = 'main',
  seed = 'empty',
  opened = null,
}: {
  label?: string;
  seed?: 'empty' | 'demo' | 'many';
  opened?: DraftId | null;
} = {}): Fake {
  const now = () => Date.now();
  const handlers = new Map<EventName, Set<(payload: never) => void>>();
  const faults = new Map<string, { error: CommandError; left: number }>();
  const timers = new Map<string, ReturnType<typeof setTimeout>>();
  const cancelled = new Set<string>();

  const fake = {
    label,
    imageAddress: (src: string) => images.get(src) ?? src,
    drafts: new Map(),
    versions: [],
    contacts: new Map(),
    signatures: new Map(),
    accounts: new Map(),
    outbox: new Map(),
    history: [],
    settings: freshSettings(),
    storage: { problem: null, recovery: null, unsaved: [] },
    changes: {},
    refused: [],
    calls: [],
    latency: 0,
    localServers: [],
    grantsReading: true,
    fail(name, error, times = 1) {
      faults.set(name, { error, left: times });
    },
    emit(name, payload) {
      for (const handler of handlers.get(name) ?? []) handler(payload as never);
    },
    async listen(name, handler): Promise<Unlisten> {
      const set = handlers.get(name) ?? new Set();
      handlers.set(name, set.add(handler as (payload: never) => void));
      return () => set.delete(handler as (payload: never) => void);
    },
    saveFromElsewhere(id, change, origin = 'compose') {
      const draft = need(fake.drafts.get(id), 'draft');
      const next = { ...draft, ...change, revision: draft.revision + 1, updatedAt: now() };
      fake.drafts.set(id, next);
      fake.emit('draftChanged', { id, revision: next.revision, origin });
      return next;
    },
  } as Omit<Fake, 'commands'> as Fake;
  const images = new Map<string, string>();
  const polishes = new Map<string, PolishResult>();

  function need<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw fakeError('NOT_FOUND', `This ${what} doesn't exist any more.`);
    return value;
  }

  function changed(id: DraftId, origin: string | null = label): void {
    const revision = fake.drafts.get(id)?.revision ?? 0;
    fake.emit('draftChanged', { id, revision, origin });
  }

  function keepVersion(draft: Draft, cause: Version['cause']): Version {
    const version: Version = {
      id: crypto.randomUUID(),
      draftId: draft.id,
      revision: draft.revision,
      cause,
      createdAt: draft.updatedAt,
      to: draft.to,
      cc: draft.cc,
      bcc: draft.bcc,
      subject: draft.subject,
      body: draft.body,
      attachments: draft.attachments,
      text: plainText(draft.body),
      html: html(draft.body),
      wordCount: count(plainText(draft.body)),
    };
    fake.versions.push(version);
    return version;
  }

  function freshDraft(id: DraftId): Draft {
    return {
      id,
      contactId: null,
      accountId: null,
      fromAddress: null,
      to: [],
      cc: [],
      bcc: [],
      subject: '',
      body: EMPTY,
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
      createdAt: now(),
      updatedAt: now(),
      deletedAt: null,
    };
  }

  /** What becomes of a mail of unknown outcome, and of its draft, that is to be sent once more. */
  const givenUp = {
    status: 'failed',
    errorCode: 'SEND_OUTCOME_UNKNOWN',
    errorMessage: 'Nobody knows whether this mail arrived.',
  } as const;

  function summary(draft: Draft): DraftSummary {
    return {
      id: draft.id,
      contactId: draft.contactId,
      contactName: draft.contactId ? (fake.contacts.get(draft.contactId)?.name ?? null) : null,
      to: draft.to,
      subject: draft.subject,
      snippet: plainText(draft.body).replace(/\s+/g, ' ').trim().slice(0, 160),
      attachmentCount: draft.attachments.length,
      status: draft.status,
      errorCode: draft.errorCode,
      revision: draft.revision,
      createdAt: draft.createdAt,
      updatedAt: draft.updatedAt,
      found: null,
    };
  }

  function counted(signature: Signature): Signature {
    const drafts = [...fake.drafts.values()].filter((d) => !d.deletedAt && d.status !== 'sent');
    const usedByDrafts = drafts.filter((d) => d.signatureId === signature.id).length;
    return { ...signature, usedByDrafts };
  }

  function soleDefault(id: string, flags: Partial<Signature>): void {
    for (const key of ['isDefault', 'isFormalDefault', 'isCasualDefault'] as const) {
      if (!flags[key]) continue;
      for (const [otherId, other] of fake.signatures) {
        fake.signatures.set(otherId, { ...other, [key]: otherId === id });
      }
    }
  }

  const noError = { errorCode: null, errorMessage: null };

  function settle(email: Email, change: Partial<Email>): Email {
    const next = { ...email, ...change };
    fake.outbox.set(email.id, next);
    fake.emit('outboxChanged', { email: next });
    return next;
  }

  const commands: Commands = {
    async pageReady() {
      return { draftId: opened, notes: [], problem: null };
    },
    async closeReady() {
      return null;
    },
    async openMainWindow() {
      return null;
    },
    async openComposeWindow() {
      return null;
    },
    async openLink() {
      return null;
    },

    async listDrafts(args) {
      const limit = args?.limit ?? 50;
      const start = args?.cursor ? Number(args.cursor) : 0;
      const words = (args?.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
      const all = [...fake.drafts.values()]
        .filter((d) => !d.deletedAt)
        .filter((d) => (args?.status ? args.status.includes(d.status) : d.status !== 'sent'))
        .filter((d) => !args?.contactId || d.contactId === args.contactId)
        .filter((d) => {
          const everybody = [...d.to, ...d.cc, ...d.bcc];
          return !args?.recipient || everybody.some((m) => m.address === args.recipient);
        })
        .filter((d) => {
          const people = [...d.to, ...d.cc, ...d.bcc].map((m) => `${m.name ?? ''} ${m.address}`);
          const text = [d.subject, plainText(d.body), ...people].join(' ').toLowerCase();
          return words.every((w) => text.includes(w));
        })
        .sort((a, b) =>
          args?.sort === 'created'
            ? (b.createdAt ?? 0) - (a.createdAt ?? 0)
            : (b.updatedAt ?? 0) - (a.updatedAt ?? 0),
        );
      const items = all.slice(start, start + limit).map((draft) => {
        const row = summary(draft);
        if (words.length === 0) return row;
        return { ...row, found: { subject: pieces(row.subject), recipients: null, text: null } };
      });
      function pieces(text: string) {
        const at = text.toLowerCase().indexOf(words[0] ?? '');
        if (at < 0) return null;
        const end = at + (words[0] ?? '').length;
        return [
          { text: text.slice(0, at), hit: false },
          { text: text.slice(at, end), hit: true },
          { text: text.slice(end), hit: false },
        ].filter((piece) => piece.text !== '');
      }
      const nextCursor = start + limit < all.length ? String(start + limit) : null;
      return { items, nextCursor, unsearched: 0 };
    },
    async getDraft({ id }) {
      return need(fake.drafts.get(id), 'draft');
    },
    async saveDraft(args) {
      const id = args.id ?? crypto.randomUUID();
      const old = fake.drafts.get(id) ?? freshDraft(id);
      if (old.status === 'queued' || old.status === 'sent') {
        throw fakeError('FORBIDDEN', 'This draft is on its way and can no longer be changed.');
      }
      const { baseRevision, cause, id: _id, ...given } = args;
      const edit = Object.fromEntries(Object.entries(given).filter(([, v]) => v != null));
      const next: Draft = { ...old, ...edit, revision: old.revision + 1, updatedAt: now() };
      next.signatureId = signatureOf(next.body);
      if (args.fromAddress === null) next.fromAddress = null;
      const stale = baseRevision != null && old.revision > 0 && baseRevision !== old.revision;
      const why = cause === 'polish' || cause === 'restore' ? cause : 'typing';
      const worthKeeping = `${old.subject}${plainText(old.body)}`.trim() !== '';
      const kept = stale || worthKeeping ? keepVersion(old, why) : null;
      fake.drafts.set(id, next);
      changed(id);
      if (stale) {
        throw fakeError('CONFLICT', 'The draft was changed in another window.', {
          conflict: {
            draftId: id,
            revision: next.revision,
            savedAt: next.updatedAt,
            versionId: kept!.id,
          },
        });
      }
      return {
        id,
        revision: next.revision,
        savedAt: next.updatedAt,
        signatureId: next.signatureId,
      };
    },
    async deleteDraft({ id }) {
      fake.drafts.set(id, { ...need(fake.drafts.get(id), 'draft'), deletedAt: now() });
      changed(id);
      return null;
    },
    async restoreDraft({ id }) {
      const draft = { ...need(fake.drafts.get(id), 'draft'), deletedAt: null };
      fake.drafts.set(id, draft);
      changed(id);
      return draft;
    },
    async listBin() {
      const items = [...fake.drafts.values()]
        .filter((d) => d.deletedAt)
        .sort((a, b) => b.deletedAt! - a.deletedAt!)
        .map((d) => ({
          id: d.id,
          contactName: summary(d).contactName,
          to: d.to,
          subject: d.subject,
          snippet: summary(d).snippet,
          deletedAt: d.deletedAt!,
          purgedAt: d.deletedAt! + 30 * 24 * 3_600_000,
        }));
      return { items, nextCursor: null };
    },
    async purgeDraft({ id }) {
      if (!need(fake.drafts.get(id), 'draft').deletedAt) {
        throw fakeError('FORBIDDEN', 'Only what is in the bin can be deleted for good.');
      }
      fake.drafts.delete(id);
      changed(id);
      return null;
    },
    async composeToContact({ contactId }) {
      const contact = need(fake.contacts.get(contactId), 'contact');
      const open = [...fake.drafts.values()].find(
        (d) => d.contactId === contactId && !d.deletedAt && d.status === 'draft',
      );
      if (open) return open;
      const draft = {
        ...freshDraft(crypto.randomUUID()),
        contactId,
        to: [{ name: contact.name, address: contact.email }],
        revision: 1,
      };
      fake.drafts.set(draft.id, draft);
      changed(draft.id);
      return draft;
    },
    async listVersions({ id, cursor, limit }) {
      need(fake.drafts.get(id), 'draft');
      const all = fake.versions.filter((v) => v.draftId === id).reverse();
      // Goes on after a version, like the program, not after a number of them.
      const start = cursor ? all.findIndex((v) => v.id === cursor) + 1 : 0;
      const end = start + (limit ?? 50);
      const items = all.slice(start, end).map(({ text, ...version }) => ({
        id: version.id,
        revision: version.revision,
        cause: version.cause,
        createdAt: version.createdAt,
        subject: version.subject,
        wordCount: version.wordCount,
        excerpt: text.replace(/\s+/g, ' ').slice(0, 96),
      }));
      const last = items.at(-1)?.id ?? null;
      return { items, total: all.length, nextCursor: end < all.length ? last : null };
    },
    async getVersion({ id }) {
      return need(
        fake.versions.find((v) => v.id === id),
        'version',
      );
    },
    async compareVersions({ id, before, after }) {
      const state = (version: string | null | undefined) => {
        const found = version
          ? fake.versions.find((v) => v.id === version && v.draftId === id)
          : fake.drafts.get(id);
        return need(found as Version | Draft | undefined, 'version');
      };
      const [a, b] = [state(before), state(after)];
      const text = exchanged(plainText(a.body), plainText(b.body));
      const words = (kind: DiffRun['kind']) =>
        text.reduce((sum, run) => sum + (run.kind === kind ? count(run.text) : 0), 0);
      const people = (kind: 'to' | 'cc' | 'bcc') =>
        exchanged(a[kind].map((m) => m.address).join(), b[kind].map((m) => m.address).join());
      return {
        to: people('to'),
        cc: people('cc'),
        bcc: people('bcc'),
        files: exchanged(
          a.attachments.map((file) => file.name).join(),
          b.attachments.map((file) => file.name).join(),
        ),
        subject: exchanged(a.subject, b.subject),
        text,
        insertedWords: words('inserted'),
        deletedWords: words('deleted'),
        onlyLooksDiffer: false,
      };
    },
    async restoreVersion({ id }) {
      const version = need(
        fake.versions.find((v) => v.id === id),
        'version',
      );
      const draft = need(fake.drafts.get(version.draftId), 'draft');
      keepVersion(draft, 'restore');
      const next = {
        ...draft,
        subject: version.subject,
        body: version.body,
        revision: draft.revision + 1,
        updatedAt: now(),
      };
      fake.drafts.set(draft.id, next);
      changed(draft.id);
      return next;
    },
    async reconcileJournal({ entries }) {
      return entries.map(({ key, value }) => {
        let entry;
        try {
          entry = JSON.parse(value);
        } catch {
          return {
            key,
            draftId: null,
            outcome: 'unreadable',
            subject: '',
            versionId: null,
            cut: [],
          };
        }
        const old = fake.drafts.get(entry.draftId);
        const { baseRevision: _base, ...edit } = entry.edit;
        if (old && old.revision > entry.baseRevision) {
          const lost = keepVersion({ ...old, ...edit }, 'typing');
          return {
            key,
            draftId: old.id,
            outcome: 'kept_as_version',
            subject: old.subject,
            versionId: lost.id,
            cut: [],
          };
        }
        const next = { ...(old ?? freshDraft(entry.draftId)), ...edit, updatedAt: entry.at };
        next.revision += 1;
        fake.drafts.set(next.id, next);
        return {
          key,
          draftId: next.id,
          outcome: old ? 'recovered' : 'created',
          subject: next.subject,
          versionId: old ? keepVersion(old, 'typing').id : null,
          cut: [],
        };
      });
    },

    async getStorageState() {
      return fake.storage;
    },
    async keepUnsaved(entry) {
      const others = fake.storage.unsaved.filter((e) => e.key !== entry.key);
      fake.storage = { ...fake.storage, unsaved: [...others, entry] };
      return null;
    },
    async forgetUnsaved({ keys }) {
      const unsaved = fake.storage.unsaved.filter((e) => !keys.includes(e.key));
      fake.storage = { ...fake.storage, unsaved };
      return null;
    },
    async forgetRecovery() {
      fake.storage = { ...fake.storage, recovery: null };
      fake.emit('storageChanged', null);
      return null;
    },

    async addAttachmentData({ name, data }) {
      return {
        hash: data.slice(0, 64).padEnd(64, '0'),
        name,
        mime: 'application/pdf',
        size: atob(data).length,
      };
    },
    async pickAttachments() {
      const hash = crypto.randomUUID().replaceAll('-', '').padEnd(64, '0');
      const added = [{ hash, name: 'report.pdf', mime: 'application/pdf', size: 48_000 }];
      return { added, refused: [] };
    },
    async addDroppedFiles() {
      return { added: [], refused: [] };
    },
    async addDroppedImages() {
      return { images: [], refused: [] };
    },
    async exportDraft() {
      return true;
    },
    async importDrafts() {
      return { drafts: [], notes: [], refused: [] };
    },
    async importDroppedDrafts() {
      const [first] = fake.drafts.keys();
      const refused = [
        { name: 'b.eml', error: fakeError('INVALID_FILE_TYPE', "This isn't an e-mail.") },
      ];
      return { drafts: first ? [first] : [], notes: ['Left out: “run.exe”.'], refused };
    },
    async cancelAttachments() {
      return null;
    },
    async openAttachment() {
      return null;
    },
    async saveAttachment() {
      return true;
    },
    async sendNow({ id }) {
      const at = now();
      const waiting = { status: 'queued', notBefore: at, dueAt: at, held: false } as const;
      return settle(need(fake.outbox.get(id), 'message'), { ...waiting, ...noError });
    },
    async rescheduleSend({ id, at }) {
      clearTimeout(timers.get(id));
      const waiting = { status: 'scheduled', notBefore: at, dueAt: at, held: false } as const;
      return settle(need(fake.outbox.get(id), 'message'), { ...waiting, ...noError });
    },
    async hideEmail({ id, hidden }) {
      return settle(need(fake.outbox.get(id), 'message'), { hidden });
    },
    async listEmails(args) {
      const wanted = [...fake.outbox.values()]
        .filter((e) => !e.hidden)
        .filter((e) => !args?.status?.length || args.status.includes(e.status))
        .sort((a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0));
      const start = args?.cursor ? Number(args.cursor) : 0;
      const end = start + (args?.limit ?? 50);
      return {
        items: wanted.slice(start, end),
        nextCursor: wanted.length > end ? String(end) : null,
        total: wanted.length,
      };
    },
    async listSendingLimits() {
      return [...fake.accounts.keys()].map((accountId) => ({
        accountId,
        usedToday: fake.history.length,
        dailyLimit: fake.settings.preferences.dailyLimit ?? 100,
        resetsAt: now() + 3_600_000,
        pausedUntil: null,
      }));
    },
    async addImage({ data, name }) {
      const src = `draftwell-image://localhost/${[...crypto.getRandomValues(new Uint8Array(32))]
        .map((b) => b.toString(16).padStart(2, '0'))
        .join('')}`;
      const type = name.endsWith('.png') ? 'image/png' : 'image/jpeg';
      images.set(src, `data:${type};base64,${data}`);
      return { src, width: null, height: null };
    },

    async imageSizes({ srcs }) {
      const bytes = (src: string) => atob(images.get(src)?.split(',')[1] ?? '').length;
      return srcs.map(bytes);
    },

    // The program's own reading is tested with it; here only the text counts.
    async cleanSlice({ html }) {
      return html;
    },
    async cleanPaste({ html }) {
      const text = new DOMParser().parseFromString(html, 'text/html').body.textContent ?? '';
      const content = text === '' ? [] : [{ type: 'text', text }];
      return { type: 'doc', content: [{ type: 'paragraph', content }] };
    },

    async listContacts(args) {
      const search = (args?.search ?? '').toLowerCase();
      return [...fake.contacts.values()]
        .filter((c) => `${c.name} ${c.company} ${c.email}`.toLowerCase().includes(search))
        .sort((a, b) => a.name.localeCompare(b.name));
    },
    async saveContact(args) {
      const id = args.id ?? crypto.randomUUID();
      const old = fake.contacts.get(id);
      if (!old && !args.email) {
        throw fakeError('VALIDATION_ERROR', 'Enter an e-mail address.', { field: 'email' });
      }
      const name = args.name ?? old?.name ?? '';
      const contact: Contact = {
        id,
        name,
        firstName: args.firstName ?? old?.firstName ?? name.split(' ')[0] ?? '',
        email: args.email ?? old?.email ?? '',
        company: args.company ?? old?.company ?? '',
        role: args.role ?? old?.role ?? '',
        notes: args.notes ?? old?.notes ?? '',
        priority: args.priority ?? old?.priority ?? 0,
        stage: args.stage ?? old?.stage ?? 'lead',
        createdAt: old?.createdAt ?? now(),
        updatedAt: now(),
      };
      fake.contacts.set(id, contact);
      return contact;
    },
    async suggestRecipients({ prefix }) {
      const typed = prefix.toLowerCase();
      return [...fake.contacts.values()]
        .filter((c) =>
          `${c.name} ${c.email}`
            .toLowerCase()
            .split(/[\s@.]+/)
            .concat(c.email.toLowerCase(), c.name.toLowerCase())
            .some((word) => word.startsWith(typed)),
        )
        .slice(0, 8)
        .map((c) => ({ name: c.name, address: c.email, contactId: c.id }));
    },

    async listSignatures() {
      return [...fake.signatures.values()]
        .map(counted)
        .sort((a, b) => a.name.localeCompare(b.name));
    },
    async createSignature(args) {
      if (fake.signatures.size >= 10) {
        throw fakeError('LIMIT_REACHED', 'There are ten signatures already. Delete one first.');
      }
      const id = crypto.randomUUID();
      const first = fake.signatures.size === 0;
      const signature: Signature = {
        id,
        name: args.name,
        body: args.body,
        html: html(args.body),
        isDefault: first || args.isDefault === true,
        isFormalDefault: args.isFormalDefault === true,
        isCasualDefault: args.isCasualDefault === true,
        usageCount: 0,
        usedByDrafts: 0,
        createdAt: now(),
        updatedAt: now(),
      };
      fake.signatures.set(id, signature);
      soleDefault(id, signature);
      fake.emit('settingsChanged', null);
      return counted(signature);
    },
    async updateSignature({ id, ...change }) {
      const old = need(fake.signatures.get(id), 'signature');
      const given = Object.fromEntries(Object.entries(change).filter(([, v]) => v != null));
      const next = { ...old, ...given, updatedAt: now() };
      next.html = html(next.body);
      fake.signatures.set(id, next);
      soleDefault(id, given);
      fake.emit('settingsChanged', null);
      return counted(need(fake.signatures.get(id), 'signature'));
    },
    async deleteSignature({ id, clearUse }) {
      const signature = counted(need(fake.signatures.get(id), 'signature'));
      if (signature.usedByDrafts > 0 && !clearUse) {
        throw fakeError(
          'SIGNATURE_IN_USE',
          `${signature.usedByDrafts} drafts use this signature. Take it out of them first.`,
        );
      }
      fake.signatures.delete(id);
      for (const draft of [...fake.drafts.values()].filter((d) => d.signatureId === id)) {
        const content = draft.body.content?.filter((n) => n.type !== 'signature') ?? [];
        fake.saveFromElsewhere(draft.id, { body: { ...draft.body, content }, signatureId: null });
      }
      fake.emit('settingsChanged', null);
      return null;
    },

    async polishDraft({ draftId, requestId, provider, selection, approved }) {
      const draft = need(fake.drafts.get(draftId), 'draft');
      const request = requestId ?? crypto.randomUUID();
      const source = selection ?? draft.body;
      const paragraphs = (source.content ?? []).filter((n) => n.type !== 'signature');
      const text = plainText({ type: 'doc', content: paragraphs }).trim();
      if (text.length < 10) {
        throw fakeError('DRAFT_TOO_SHORT', 'Write at least 10 characters, then polish.');
      }
      const others = fake.settings.providers.filter((p) => p.configured && p.id !== 'offline');
      const asks = fake.settings.preferences.askBefore !== 'never';
      if (asks && others.length > 0 && provider !== 'offline' && !approved) {
        throw fakeError('VALIDATION_ERROR', 'It was not shown before.', { field: 'approved' });
      }
      const say = (event: EventPayload<'polishProgress'>['event']) =>
        fake.emit('polishProgress', { requestId: request, event });
      say({ kind: 'started', provider: provider ?? 'offline', name: 'Offline', model: '' });
      const words = count(text);
      const versions: PolishedVersion[] = [];
      for (const style of ['formal', 'casual', 'elaborate', 'concise'] as Style[]) {
        const version = {
          ...polished(style, paragraphs, words),
          changes: fake.changes[style] ?? [],
        };
        if (fake.latency > 0) {
          for (let i = 1; i <= 4; i++) {
            await pause(fake.latency);
            if (cancelled.has(request)) throw fakeError('AI_SERVICE_UNAVAILABLE', 'Stopped.');
            const part = version.text.slice(0, (version.text.length * i) / 4);
            say({
              kind: 'text',
              style,
              keep: 0,
              blocks: [`<p>${escape(part)}</p>`],
              wordCount: count(part),
            });
          }
        }
        versions.push(version);
        const refused = fake.refused.find((one) => one.style === style);
        say(refused ? { kind: 'refused', refused } : { kind: 'done', version });
      }
      // As if each paragraph were a sentence: the greeting is new, the rest is the user's.
      const rows = [null, ...paragraphs].map((own, row) => ({
        cells: [
          own === null ? '' : escape(plainText(own)),
          ...versions.map((v) => escape(plainText(v.body.content?.[row] ?? EMPTY))),
        ],
      }));
      const result: PolishResult = {
        requestId: request,
        draftId,
        revision: draft.revision,
        originalWordCount: words,
        originalText: text,
        quotationLeftOut: false,
        versions: versions
          .filter(({ style }) => !fake.refused.some((refused) => refused.style === style))
          .map((version) => ({ ...version, html: inRows(version) })),
        refused: [...fake.refused],
        rows,
        provider: 'offline',
        providerName: 'Offline polisher',
        model: '',
        usage: { inputTokens: null, outputTokens: null, costUsd: null },
        failedAttempts: [],
        cached: false,
        remaining: 19,
        resetsInSeconds: 60,
      };
      polishes.set(request, result);
      return result;
    },
    async noteTaken({ draftId }) {
      need(fake.drafts.get(draftId), 'draft');
      return null;
    },
    async composePolish({ requestId, choice }) {
      const { rows, originalWordCount } = need(polishes.get(requestId), 'polish');
      const order = ['original', 'formal', 'casual', 'elaborate', 'concise'];
      const cells = rows.map((row, i) => row.cells[order.indexOf(choice[i]!)]!);
      const wordCount = count(cells.join(' '));
      const shown = cells.map((cell, i) => ({ cell, i })).filter(({ cell }) => cell !== '');
      return {
        body: {
          type: 'doc',
          content: shown.map(({ cell }) => ({
            type: 'paragraph',
            content: [{ type: 'text', text: cell }],
          })),
        },
        html: shown.map(({ cell, i }) => `<p><span data-row="${i}">${cell}</span></p>`).join(''),
        wordCount,
        differencePercent: Math.round(((wordCount - originalWordCount) / originalWordCount) * 100),
        changes: choice.flatMap((source) =>
          source === 'original' ? [] : (fake.changes[source] ?? []),
        ),
      };
    },
    async previewPolish({ draftId, includeQuoted, provider }) {
      const draft = need(fake.drafts.get(draftId), 'draft');
      const { redact, askBefore } = fake.settings.preferences;
      const written = plainText(draft.body).trim();
      const text = redact ? written.replace(/Anna/g, '[NAME_1]') : written;
      const chain = fake.settings.providers.filter(
        (p) => p.configured && p.id !== 'offline' && (!provider || p.id === provider),
      );
      const requests = chain.map((p) => demo.outgoing(p, text));
      return {
        requests,
        leftOut: [],
        draft: text,
        replaced: text === written ? [] : [{ placeholder: '[NAME_1]', kind: 'name', text: 'Anna' }],
        quotationLeftOut: !includeQuoted && draft.body.content?.at(-1)?.type === 'blockquote',
        remembered: false,
        asks: askBefore !== 'never' && requests.length > 0,
        approvals: requests.map((request) => `${request.provider} ${text}`),
      };
    },
    async sentPolish() {
      return { requests: [], replaced: [] };
    },
    async cancelPolish({ requestId }) {
      cancelled.add(requestId);
      return null;
    },

    async listAccounts() {
      return [...fake.accounts.values()].sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
    },
    async connectGmail(args) {
      fake.emit('connectStarted', {
        url: 'http://127.0.0.1:1/authorize?client_id=fake',
        browserOpened: true,
      });
      await pause(Math.max(fake.latency, 10) * 4);
      const known = args?.accountId ? fake.accounts.get(args.accountId) : undefined;
      const made = known ?? demo.account(fake.accounts.size === 0);
      const read = made.abilities.read || ((args?.read ?? false) && fake.grantsReading);
      const account = { ...made, abilities: { ...made.abilities, read } };
      fake.accounts.set(account.id, account);
      fake.emit('accountsChanged', null);
      return account;
    },
    async connectOutlook(args) {
      fake.emit('connectStarted', {
        url: 'http://127.0.0.1:1/common/oauth2/v2.0/authorize?client_id=fake',
        browserOpened: true,
      });
      await pause(Math.max(fake.latency, 10) * 4);
      const known = args?.accountId ? fake.accounts.get(args.accountId) : undefined;
      const account = known ?? demo.outlookAccount(fake.accounts.size === 0);
      fake.accounts.set(account.id, { ...account, needsSignIn: false, needsSignInReason: null });
      fake.emit('accountsChanged', null);
      return account;
    },
    async addPracticeAccount() {
      const known = [...fake.accounts.values()].find((a) => a.kind === 'practice');
      const account = known ?? demo.practiceAccount(fake.accounts.size === 0);
      fake.accounts.set(account.id, account);
      fake.emit('accountsChanged', null);
      return account;
    },
    async checkSmtpAccount({ id, server, secret }) {
      if (!server.host)
        throw fakeError('VALIDATION_ERROR', 'Write a server.', { field: 'server.host' });
      if (!secret && !id)
        throw fakeError('VALIDATION_ERROR', 'Enter the password.', { field: 'secret' });
      return { maxMegabytes: 25 };
    },
    async saveSmtpAccount({ id, email, displayName = '', server }) {
      const account: Account = {
        ...demo.account(fake.accounts.size === 0),
        ...(id ? { id } : {}),
        kind: 'smtp',
        subject: email,
        email,
        displayName,
        server,
        scopes: [],
        abilities: { send: true, safeSend: false, read: false },
      };
      fake.accounts.set(account.id, account);
      fake.emit('accountsChanged', null);
      return account;
    },
    async cancelConnect() {
      return null;
    },
    async disconnectAccount({ id }) {
      fake.accounts.delete(id);
      fake.emit('accountsChanged', null);
      return { revoked: true, message: null };
    },
    async setDefaultAccount({ id }) {
      for (const account of fake.accounts.values()) account.isDefault = account.id === id;
      fake.emit('accountsChanged', null);
      return null;
    },
    async setGoogleClient() {
      fake.settings.googleClient = 'entered';
      fake.emit('settingsChanged', null);
      return 'entered';
    },
    async setMicrosoftClient() {
      fake.settings.microsoftClient = 'entered';
      fake.emit('settingsChanged', null);
      return 'entered';
    },
    async deleteMicrosoftClient() {
      fake.settings.microsoftClient = 'none';
      fake.emit('settingsChanged', null);
      return 'none';
    },
    async deleteGoogleClient() {
      fake.settings.googleClient = 'none';
      fake.emit('settingsChanged', null);
      return 'none';
    },

    async checkSend({ draftId }) {
      const draft = need(fake.drafts.get(draftId), 'draft');
      if (draft.to.length + draft.cc.length + draft.bcc.length === 0) {
        return [
          {
            kind: 'no_recipient',
            message: 'Who is it for? Add a recipient.',
            blocking: true,
            place: { field: 'to', text: null },
          },
        ];
      }
      if (draft.subject.trim() === '') {
        return [
          {
            kind: 'no_subject',
            message: 'Send without a subject?',
            blocking: false,
            place: { field: 'subject', text: null },
          },
        ];
      }
      return [];
    },
    async queueSend({ draftId, revision, at, insteadOf }) {
      const draft = need(fake.drafts.get(draftId), 'draft');
      const account = [...fake.accounts.values()].find((a) => a.isDefault);
      if (!account) throw fakeError('GMAIL_NOT_CONNECTED', 'Connect Gmail first, then send.');
      if (revision != null && revision !== draft.revision) {
        throw fakeError('CONFLICT', 'The draft was changed meanwhile.');
      }
      if (insteadOf) settle(need(fake.outbox.get(insteadOf), 'message'), givenUp);
      const clean = { errorCode: null, errorMessage: null };
      fake.drafts.set(draftId, { ...draft, ...clean, status: 'queued' });
      const undoMs = (fake.settings.preferences.undoSeconds ?? 10) * 1000;
      const email: Email = {
        id: crypto.randomUUID(),
        draftId,
        accountId: account.id,
        status: at ? 'scheduled' : 'queued',
        to: draft.to,
        cc: draft.cc,
        bcc: draft.bcc,
        subject: draft.subject,
        queuedAt: now(),
        notBefore: at ?? now() + undoMs,
        dueAt: at ?? now() + undoMs,
        attempts: 0,
        sentAt: null,
        settledAt: null,
        confirmed: true,
        providerMessageId: null,
        providerThreadId: null,
        held: false,
        hidden: false,
        repliedAt: null,
        openedAt: null,
        bouncedAt: null,
        errorCode: null,
        errorMessage: null,
      };
      settle(email, {});
      changed(draftId);
      if (at) return email;
      timers.set(
        email.id,
        setTimeout(() => {
          const sending = settle(email, { status: 'transmitting', attempts: 1 });
          setTimeout(() => {
            settle(sending, { status: 'sent', sentAt: now(), providerMessageId: 'fake' });
            fake.drafts.set(draftId, {
              ...need(fake.drafts.get(draftId), 'draft'),
              status: 'sent',
            });
            fake.history.unshift(demo.sent(sending, plainText(draft.body)));
            changed(draftId, null);
          }, 600);
        }, undoMs),
      );
      return email;
    },
    async showPracticeMail({ id }) {
      need(fake.outbox.get(id), 'mail');
      return null;
    },
    async undoSend({ id }) {
      const email = need(fake.outbox.get(id), 'message');
      if (email.status !== 'queued' && email.status !== 'scheduled') {
        throw fakeError('FORBIDDEN', 'It is too late to take this message back.');
      }
      clearTimeout(timers.get(id));
      settle(email, { status: 'cancelled', held: false, settledAt: now() });
      const draft = { ...need(fake.drafts.get(email.draftId), 'draft'), status: 'draft' as const };
      fake.drafts.set(draft.id, draft);
      changed(draft.id);
      return draft;
    },
    async listOutbox() {
      return [...fake.outbox.values()]
        .filter((e) => e.status !== 'sent' && e.status !== 'cancelled')
        .sort((a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0));
    },
    async resolveUnknown({ id, arrived }) {
      const email = need(fake.outbox.get(id), 'message');
      const draft = fake.drafts.get(email.draftId);
      if (draft) {
        fake.drafts.set(draft.id, { ...draft, ...(arrived ? { status: 'sent' } : givenUp) });
      }
      return settle(email, arrived ? { status: 'sent' } : givenUp);
    },
    async listHistory(args) {
      const limit = args?.limit ?? 50;
      const start = args?.cursor ? Number(args.cursor) : 0;
      const all = fake.history.filter((h) => !args?.contactId || h.contactId === args.contactId);
      return {
        items: all.slice(start, start + limit),
        nextCursor: start + limit < all.length ? String(start + limit) : null,
      };
    },

    async readHistoryText({ id }) {
      return need(
        fake.history.find((entry) => entry.id === id),
        'message',
      ).snippet;
    },
    async answerHistory({ id }) {
      const entry = need(
        fake.history.find((one) => one.id === id),
        'message',
      );
      const draft = freshDraft(crypto.randomUUID());
      const to = entry.sender ? [entry.sender] : [];
      fake.drafts.set(draft.id, { ...draft, to, subject: entry.subject, revision: 1 });
      changed(draft.id, null);
      return fake.drafts.get(draft.id)!;
    },
    async lookForReplies() {
      const accounts = [...fake.accounts.values()].filter((a) => a.abilities.read).length;
      if (accounts === 0) throw fakeError('ACCOUNT_NOT_CONNECTED', 'No account may read mail.');
      return { accounts, found: 0 };
    },

    async getSettings() {
      return structuredClone(fake.settings);
    },
    async updateSettings(args) {
      const given = Object.fromEntries(
        Object.entries(args).filter(([k, v]) => v != null || k === 'localBaseUrl'),
      );
      fake.settings.preferences = { ...fake.settings.preferences, ...given };
      const { localEnabled, localBaseUrl, models } = fake.settings.preferences;
      const local = fake.settings.providers.find((p) => p.id === 'local');
      if (local) {
        local.configured = localEnabled ?? false;
        local.model = models?.local ?? local.model;
        local.baseUrl = localBaseUrl ?? local.baseUrl;
      }
      const order = fake.settings.preferences.providerOrder ?? [];
      const place = (id: ProviderId) => (order.includes(id) ? order.indexOf(id) : order.length);
      fake.settings.providers.sort((a, b) => place(a.id) - place(b.id));
      fake.emit('settingsChanged', null);
      return structuredClone(fake.settings);
    },
    async setApiKey({ provider, key }) {
      const status = need(
        fake.settings.providers.find((p) => p.id === provider),
        'provider',
      );
      if (key === 'wrong') {
        throw fakeError('VALIDATION_ERROR', `${status.name} does not accept this key.`, {
          field: 'key',
        });
      }
      Object.assign(status, { hasApiKey: true, configured: true, keySource: 'entered' });
      fake.emit('settingsChanged', null);
      return { ...status };
    },
    async listModels({ provider }) {
      const status = need(
        fake.settings.providers.find((p) => p.id === provider),
        'provider',
      );
      return [status.defaultModel, `${provider}-large`, `${provider}-small`].filter(Boolean);
    },
    async deleteApiKey({ provider }) {
      const status = need(
        fake.settings.providers.find((p) => p.id === provider),
        'provider',
      );
      Object.assign(status, { hasApiKey: false, configured: false, keySource: 'none' });
      fake.emit('settingsChanged', null);
      return { ...status };
    },
    async findLocalServers() {
      return [...fake.localServers];
    },
    async chooseVault({ passphrase }) {
      fake.settings.vault = { mode: passphrase ? 'passphrase' : 'session', reason: null };
      fake.emit('settingsChanged', null);
      return fake.settings.vault;
    },
    async unlockVault(args) {
      fake.settings.vault = { mode: args?.passphrase ? 'passphrase' : 'keyring', reason: null };
      fake.emit('settingsChanged', null);
      return fake.settings.vault;
    },
  };

  fake.commands = new Proxy(commands, {
    get(target, name: string) {
      const command = target[name as keyof Commands] as (args: unknown) => Promise<unknown>;
      if (typeof command !== 'function') return undefined;
      return async (args: unknown) => {
        // As over the real border: values only, no shared objects, no functions.
        const sent = args === undefined ? undefined : JSON.parse(JSON.stringify(args));
        fake.calls.push({ name: name as keyof Commands, args: sent });
        if (fake.latency > 0) await pause(fake.latency);
        const fault = faults.get(name);
        if (fault && fault.left > 0) {
          fault.left -= 1;
          throw structuredClone(fault.error);
        }
        return structuredClone(await command(sent));
      };
    },
  });

  if (seed !== 'empty') demo.fill(fake, seed === 'many' ? 400 : 0);
  return fake;
}

/** The fake for a plain browser; `?seed=demo|many|empty`, `?open=<id>`, `?latency=<ms>`. */
export function browserFake(): Fake {
  const query = new URLSearchParams(location.search);
  const fake = createFake({
    label: location.pathname.includes('compose') ? 'compose' : 'main',
    seed: (query.get('seed') as 'empty' | 'demo' | 'many' | null) ?? 'demo',
    opened: query.get('open'),
  });
  fake.latency = Number(query.get('latency') ?? 15);
  if (query.has('theme')) {
    fake.settings.preferences.theme = query.get('theme') as 'light' | 'dark';
  }
  Object.assign(globalThis, { fake });
  return fake;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function count(text: string): number {
  return text.match(/\S*[\p{L}\p{N}]\S*/gu)?.length ?? 0;
}

/** What both have at the start and the end, and what stands between: enough of a word diff. */
function exchanged(before: string, after: string): DiffRun[] {
  const [a, b] = [before, after].map((text) => text.match(/\s+|\S+/g) ?? []);
  let head = 0;
  while (head < Math.min(a!.length, b!.length) && a![head] === b![head]) head += 1;
  let tail = 0;
  const rest = Math.min(a!.length, b!.length) - head;
  while (tail < rest && a!.at(-1 - tail) === b!.at(-1 - tail)) tail += 1;
  const runs: DiffRun[] = [
    { kind: 'same', text: a!.slice(0, head).join('') },
    { kind: 'deleted', text: a!.slice(head, a!.length - tail).join('') },
    { kind: 'inserted', text: b!.slice(head, b!.length - tail).join('') },
    { kind: 'same', text: a!.slice(a!.length - tail).join('') },
  ];
  return runs.filter((run) => run.text !== '');
}

function escape(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/\n/g, '<br>');
}

function html(node: DocumentNode): string {
  if (node.type === 'text') return escape(node.text ?? '');
  if (node.type === 'hardBreak') return '<br>';
  const inner = (node.content ?? []).map(html).join('');
  const tags: Record<string, string> = {
    paragraph: 'p',
    bulletList: 'ul',
    orderedList: 'ol',
    listItem: 'li',
    blockquote: 'blockquote',
    heading: 'h2',
    codeBlock: 'pre',
  };
  const tag = tags[node.type];
  return tag ? `<${tag}>${inner}</${tag}>` : inner;
}

function polished(style: Style, paragraphs: DocumentNode[], words: number): PolishedVersion {
  const opening: Record<Style, string> = {
    formal: 'Dear Dr Weber,',
    casual: 'Hi Anna,',
    elaborate: 'Dear Anna, I hope this message finds you well.',
    concise: 'Anna,',
  };
  const kept = style === 'concise' ? paragraphs.slice(0, 2) : paragraphs;
  const first: DocumentNode = {
    type: 'paragraph',
    content: [{ type: 'text', text: opening[style] }],
  };
  const body: DocumentNode = { type: 'doc', content: [first, ...kept] };
  const text = plainText(body);
  const wordCount = count(text);
  return {
    style,
    body,
    html: html(body),
    text,
    wordCount,
    differencePercent: words === 0 ? 0 : Math.round(((wordCount - words) / words) * 100),
    signatureId: null,
    note: null,
    changes: [],
  };
}

/** A version's HTML with each paragraph as a sentence. */
function inRows({ body }: PolishedVersion): string {
  return (body.content ?? [])
    .map((block, row) => `<p><span data-row="${row}">${escape(plainText(block))}</span></p>`)
    .join('');
}

function freshSettings(): Settings {
  const names = {
    openrouter: ['OpenRouter', 'anthropic/claude-sonnet', 'https://openrouter.ai/api/v1'],
    gemini: ['Gemini', 'gemini-flash', 'https://generativelanguage.googleapis.com/v1beta'],
    openai: ['OpenAI', 'gpt-mini', 'https://api.openai.com/v1'],
    anthropic: ['Anthropic', 'claude-sonnet', 'https://api.anthropic.com/v1'],
    local: ['Local server', '', 'http://127.0.0.1:11434/v1'],
    offline: ['Offline polisher', '', ''],
  } as const;
  return {
    preferences: {
      theme: 'system',
      undoSeconds: 10,
      dailyLimit: 100,
      models: {},
      localEnabled: false,
      localBaseUrl: null,
      redact: false,
      redaction: {
        names: true,
        addresses: true,
        phones: true,
        emails: true,
        accounts: true,
        cards: true,
        numbers: true,
        links: true,
      },
      askBefore: 'first',
      agreed: {},
      closeToTray: true,
    },
    providers: Object.entries(names).map(([id, [name, model, baseUrl]]) => ({
      id: id as keyof typeof names,
      name,
      configured: id === 'offline',
      hasApiKey: false,
      keySource: 'none' as const,
      model,
      defaultModel: model,
      baseUrl,
    })),
    googleClient: 'none',
    microsoftClient: 'none',
    vault: { mode: 'keyring', reason: null },
    hasTray: true,
    version: '0.1.0',
    dataDir: '/home/you/.local/share/draftwell',
  };
}
