import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DocumentNode, DraftSummary } from '../../ipc';
import { useBackend } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { Journal } from '../../journal/journal';
import type { SelectedPart } from '../../editor/commands';
import { ComposeSession, snippetOf, type TextPort } from './session.svelte';

/** An editor without a window. */
class Text implements TextPort {
  json: DocumentNode = body('');
  loads = 0;
  composing = false;
  #later: (() => void)[] = [];

  load(json: DocumentNode | null) {
    this.json = json ?? body('');
    this.loads += 1;
  }
  follow(json: DocumentNode, stillWanted: () => boolean) {
    const apply = () => stillWanted() && (this.json = json);
    if (this.composing) this.#later.push(apply);
    else apply();
  }
  endComposition() {
    this.composing = false;
    this.#later.splice(0).forEach((apply) => apply());
  }
  text = () => this.json;
  isEmpty = () => snippetOf(this.json) === '';
  signature = () =>
    (this.json.content?.find((n) => n.type === 'signature')?.attrs?.id ?? null) as string | null;
  putSignature(id: string | null) {
    const content = this.json.content!.filter((n) => n.type !== 'signature');
    if (id) content.push({ type: 'signature', attrs: { id } });
    this.json = { type: 'doc', content };
  }
  take({ body: taken, signatureId }: { body: DocumentNode; signatureId?: string | null }) {
    const id = signatureId ?? this.signature();
    this.json = taken;
    if (id) this.putSignature(id);
  }
  restore(former: DocumentNode) {
    this.json = former;
  }
  selected: SelectedPart | null = null;
  part = () => this.selected;
  hasPart = (selected: SelectedPart) => this.selected === selected;
  putPart(selected: SelectedPart, version: DocumentNode) {
    if (!this.hasPart(selected)) return false;
    this.json = version;
    return true;
  }
  selectAtMost() {}
}

function body(text: string): DocumentNode {
  const content = text === '' ? undefined : [{ type: 'text', text }];
  return { type: 'doc', content: [{ type: 'paragraph', ...(content && { content }) }] };
}

let fake: Fake;
let text: Text;
let session: ComposeSession;
let rows: DraftSummary[];
let gone: string[];

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  localStorage.clear();
  fake = createFake();
  useBackend(fake);
  rows = [];
  gone = [];
  text = new Text();
  session = new ComposeSession(new Journal(localStorage), {
    onRow: (row) => rows.push(row),
    onGone: (id, why) => gone.push(`${why} ${id}`),
  });
  session.attach(text);
  await session.listen();
  session.startNew();
});
afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(2000);
const stored = () => fake.drafts.get(session.id);
function type(words: string) {
  text.json = body(words);
  session.edited();
}
const saves = () => fake.calls.filter((call) => call.name === 'saveDraft');

describe('a new draft', () => {
  it('is not saved before the first letter, and then under the id it had from the start', async () => {
    const { id } = session;
    await session.flush('blur');
    await settle();
    expect(saves()).toEqual([]);
    type('H');
    await settle();
    expect([...fake.drafts.keys()]).toEqual([id]);
    expect(rows.at(-1)).toMatchObject({ id, snippet: 'H', revision: 1 });
  });

  it('gets the default signature without being touched by it', async () => {
    session.offerSignature('work');
    await settle();
    expect(session.signatureId).toBe('work');
    expect(saves()).toEqual([]);
    type('H');
    session.offerSignature('other');
    expect(text.signature(), 'never under somebody’s hands').toBeNull();
  });

  it('with all its fields arrives whole', async () => {
    session.setRecipients('to', [{ address: 'a@x.org' }]);
    session.setRecipients('bcc', [{ name: 'B', address: 'b@x.org' }]);
    session.setSubject('Subject');
    type('Text');
    await settle();
    expect(stored()).toMatchObject({
      to: [{ address: 'a@x.org' }],
      bcc: [{ name: 'B', address: 'b@x.org' }],
      subject: 'Subject',
      body: body('Text'),
    });
  });
});

describe('switching drafts', () => {
  it('saves the one that is left and does not mix the two', async () => {
    type('first');
    const first = session.id;
    session.startNew();
    type('second');
    await settle();
    expect(fake.drafts.get(first)?.body).toEqual(body('first'));
    expect(stored()?.body).toEqual(body('second'));
    expect(session.id).not.toBe(first);
  });

  it('shows unsaved text again when its save had failed', async () => {
    type('saved');
    await settle();
    const first = session.id;
    fake.fail('saveDraft', fakeError('STORAGE_FULL'), 100);
    type('not saved');
    session.startNew();
    await vi.advanceTimersByTimeAsync(10);
    expect(await session.open(first)).toBe(true);
    expect(text.json).toEqual(body('not saved'));
    fake.fail('saveDraft', fakeError('STORAGE_FULL'), 0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stored()?.body).toEqual(body('not saved'));
    expect(localStorage.length).toBe(0);
  });

  it('the last one asked for wins, however late the others answer', async () => {
    type('a');
    await settle();
    const a = session.id;
    session.startNew();
    type('b');
    await settle();
    const b = session.id;
    session.startNew();
    fake.latency = 50;
    const slow = session.open(a);
    fake.latency = 1;
    const quick = session.open(b);
    await vi.advanceTimersByTimeAsync(200);
    expect([await slow, await quick]).toEqual([false, true]);
    expect(session.id).toBe(b);
  });

  it('asks again when the answer is older than what was saved on leaving', async () => {
    type('saved');
    await settle();
    const first = session.id;
    const old = fake.drafts.get(first)!;
    type('saved on leaving');
    session.startNew();
    const { getDraft } = fake.commands;
    let asked = 0;
    fake.commands.getDraft = async (args) => {
      asked += 1;
      if (asked > 1) return getDraft(args);
      await new Promise((done) => setTimeout(done, 100));
      return old;
    };
    const opening = session.open(first);
    await settle();
    expect(await opening).toBe(true);
    expect(text.json).toEqual(body('saved on leaving'));
    type('more');
    await settle();
    expect(session.conflict, 'it is based on the latest').toBeNull();
  });

  it('stays where it is when the other one is gone', async () => {
    type('here');
    const { id } = session;
    expect(await session.open('missing')).toBe(false);
    expect(session.id).toBe(id);
    expect(session.openError?.code).toBe('NOT_FOUND');
  });
});

describe('the files of a draft that was left', () => {
  const file = (name: string) => ({ hash: name, name, mime: 'application/pdf', size: 1000 });
  let left: string;
  beforeEach(async () => {
    type('left');
    session.setAttachments([file('a.pdf')]);
    await settle();
    left = session.id;
    session.startNew();
    type('open');
    await settle();
  });
  const names = (id: string) => fake.drafts.get(id)?.attachments.map(({ name }) => name);

  it('change there, one after the other, and the open one keeps its own', async () => {
    const added = ['b.pdf', 'c.pdf'].map((name) =>
      session.changeFiles(left, (files) => [...files, file(name)]),
    );
    await Promise.all([settle(), ...added]);
    expect(names(left)).toEqual(['a.pdf', 'b.pdf', 'c.pdf']);
    expect(fake.drafts.get(left)?.body).toEqual(body('left'));
    expect(names(session.id)).toEqual([]);
    expect(session.attachments).toEqual([]);
    expect(localStorage.length, 'nothing is left to recover').toBe(0);
  });

  it('go with its text that could not be saved yet', async () => {
    await session.open(left);
    fake.fail('saveDraft', fakeError('STORAGE_FULL'), 100);
    type('left, and more');
    session.startNew();
    const adding = session.changeFiles(left, (files) => [...files, file('b.pdf')]);
    await Promise.all([
      expect(adding, 'it is told').rejects.toMatchObject({ code: 'STORAGE_FULL' }),
      vi.advanceTimersByTimeAsync(100),
    ]);
    fake.fail('saveDraft', fakeError('STORAGE_FULL'), 0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(fake.drafts.get(left)?.body).toEqual(body('left, and more'));
    expect(names(left)).toEqual(['a.pdf', 'b.pdf']);
  });

  it('make a draft of one that was left before anything was written in it', async () => {
    session.startNew();
    const unwritten = session.id;
    await session.open(left);
    const added = session.changeFiles(unwritten, (files) => [...files, file('b.pdf')]);
    await Promise.all([settle(), added]);
    expect(names(unwritten)).toEqual(['b.pdf']);
    expect(fake.drafts.get(unwritten)?.revision).toBe(1);
    expect(names(left)).toEqual(['a.pdf']);
    // Once it was saved, it can be deleted like any other.
    fake.drafts.delete(unwritten);
    await expect(session.changeFiles(unwritten, () => [])).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('are refused with the reason when it is gone or on its way', async () => {
    const add = () => session.changeFiles(left, (files) => [...files, file('b.pdf')]);
    fake.drafts.get(left)!.status = 'queued';
    await expect(add()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    fake.drafts.delete(left);
    await expect(add()).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(names(session.id)).toEqual([]);
  });
});

describe('another window', () => {
  beforeEach(async () => {
    type('ours');
    await settle();
  });

  it('is followed live while nothing is unsaved here', async () => {
    fake.saveFromElsewhere(session.id, { body: body('theirs'), subject: 'Their subject' });
    await settle();
    expect(text.json).toEqual(body('theirs'));
    expect(session.subject).toBe('Their subject');
    expect(text.loads, 'nothing is loaded anew: the cursor stays').toBe(1);
    type('ours again');
    await settle();
    expect(session.conflict, 'based on what it followed').toBeNull();
  });

  it('does not follow its own saves', async () => {
    const before = fake.calls.filter((call) => call.name === 'getDraft').length;
    type('more');
    await settle();
    expect(fake.calls.filter((call) => call.name === 'getDraft').length).toBe(before);
  });

  it('never replaces what is being typed: both texts are kept, and the user is told', async () => {
    type('unsaved here');
    fake.saveFromElsewhere(session.id, { body: body('theirs') });
    await settle();
    expect(text.json).toEqual(body('unsaved here'));
    expect(stored()?.body).toEqual(body('unsaved here'));
    expect(session.conflict).toMatchObject({ draftId: session.id });
    expect(fake.versions.map((version) => version.text)).toContain('theirs');
    expect(session.saveState.kind).toBe('saved');
  });

  it('waits for an input method, and gives way if the user typed on', async () => {
    text.composing = true;
    fake.saveFromElsewhere(session.id, { body: body('theirs') });
    await settle();
    expect(text.json).toEqual(body('ours'));
    text.endComposition();
    expect(text.json).toEqual(body('theirs'));

    text.composing = true;
    fake.saveFromElsewhere(session.id, { body: body('theirs 2'), subject: 'Theirs' });
    await settle();
    expect(session.subject, 'nothing of it is taken before its text').toBe('');
    type('composed');
    text.endComposition();
    await settle();
    expect(stored()?.body).toEqual(body('composed'));
    expect(session.conflict, 'theirs was replaced, so it is told').toMatchObject({
      draftId: session.id,
    });
    expect(fake.versions.map((version) => version.text)).toContain('theirs 2');
  });

  it('deleting the draft is told', async () => {
    await fake.commands.deleteDraft({ id: session.id });
    fake.emit('draftChanged', { id: session.id, revision: 1, origin: 'compose' });
    await settle();
    expect(gone).toEqual([`deleted ${session.id}`]);
  });
});

describe('sending', () => {
  async function connect() {
    const connected = fake.commands.connectGmail(null);
    await settle();
    await connected;
  }

  it('makes the draft read-only, and undo makes it a draft again', async () => {
    await connect();
    session.setRecipients('to', [{ address: 'a@x.org' }]);
    await session.flush('send');
    const email = await fake.commands.queueSend({ draftId: session.id });
    await vi.advanceTimersByTimeAsync(100);
    expect(session.readOnly).toBe(true);
    const count = saves().length;
    type('too late');
    await settle();
    expect(saves().length, 'what is frozen is not saved over').toBe(count);
    await fake.commands.undoSend({ id: email.id });
    await settle();
    expect(session.readOnly).toBe(false);
    type('changed');
    await settle();
    expect(stored()?.body).toEqual(body('changed'));
  });

  it('ends with the draft gone', async () => {
    await connect();
    session.setRecipients('to', [{ address: 'a@x.org' }]);
    await session.flush('send');
    await fake.commands.queueSend({ draftId: session.id });
    await vi.advanceTimersByTimeAsync(12_000);
    expect(gone).toContain(`sent ${session.id}`);
  });
});

describe('polish and signature', () => {
  const version = {
    style: 'formal' as const,
    body: body('Dear Anna'),
    html: '',
    text: '',
    wordCount: 2,
    differencePercent: 0,
    signatureId: 'formal',
    note: null,
  };

  it('takes a version with its signature and keeps what stood there', async () => {
    type('hi anna');
    await settle();
    session.take(version);
    await settle();
    expect(saves().at(-1)?.args).toMatchObject({ cause: 'polish' });
    expect(stored()?.signatureId).toBe('formal');
    expect(fake.versions.map((v) => v.text)).toContain('hi anna');
  });

  it('leaves a signature alone that was chosen by hand, none included', async () => {
    type('hi anna');
    session.chooseSignature('mine');
    session.edited();
    session.take(version);
    await settle();
    expect(stored()).toMatchObject({ signatureId: 'mine', signatureChosen: true });
    session.chooseSignature(null);
    session.edited();
    session.take(version);
    await settle();
    expect(stored()?.signatureId).toBeNull();
  });
});

describe('restoring', () => {
  const former = { subject: 'Old', body: body('old text'), attachments: [] };
  const file = (name: string) => ({ hash: name, name, mime: 'application/pdf', size: 1000 });

  it('saves what is unsaved first, so that it becomes a version, then what is put back', async () => {
    session.setSubject('New');
    type('new text');
    const replaced = await session.restore(former);
    await settle();
    expect(stored()).toMatchObject({ subject: 'Old', body: body('old text') });
    expect(saves().at(-1)?.args).toMatchObject({ cause: 'restore' });
    expect(fake.versions.at(-1)).toMatchObject({ cause: 'restore', text: 'new text' });
    await session.restore(replaced!);
    await settle();
    expect(stored()).toMatchObject({ subject: 'New', body: body('new text') });
  });

  it('leaves the recipients alone unless they were asked for', async () => {
    const [anna, eve] = [[{ address: 'anna@x.org' }], [{ address: 'eve@x.org' }]];
    type('text');
    session.setRecipients('to', anna);
    await session.restore(former);
    expect(session.to).toEqual(anna);
    await session.restore({ ...former, to: eve, cc: [], bcc: [] });
    await settle();
    expect(stored()?.to).toEqual(eve);
  });

  it('brings the files of that state back, and its undo those it replaced', async () => {
    type('text');
    session.setAttachments([file('new.pdf')]);
    const replaced = await session.restore({ ...former, attachments: [file('old.pdf')] });
    await settle();
    expect(stored()?.attachments).toEqual([file('old.pdf')]);
    expect(fake.versions.at(-1)?.attachments, 'kept with the text').toEqual([file('new.pdf')]);
    await session.restore(replaced!);
    await settle();
    expect(stored()?.attachments).toEqual([file('new.pdf')]);
  });

  it('changes nothing when what stands there can not be kept', async () => {
    type('precious');
    fake.fail('saveDraft', fakeError('STORAGE_FULL'), 5);
    await expect(session.restore(former)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(text.json).toEqual(body('precious'));
  });

  it('does nothing to a mail that is on its way, nor to another draft', async () => {
    type('text');
    await settle();
    session.status = 'queued';
    expect(await session.restore(former)).toBeNull();
    session.status = 'draft';
    type('text, and more');
    const restoring = session.restore(former);
    session.startNew();
    expect(await restoring).toBeNull();
    expect(snippetOf(text.json)).toBe('');
  });
});

describe('a snippet', () => {
  it('is one line of at most 160 characters without the signature', () => {
    const long = body('word '.repeat(100));
    expect(snippetOf(long).length).toBeLessThanOrEqual(160);
    expect(
      snippetOf({
        type: 'doc',
        content: [
          ...body('a\n b').content!,
          ...body('c').content!,
          { type: 'signature', attrs: { id: 'x' } },
        ],
      }),
    ).toBe('a b c');
  });
});
