// The windows as a whole over the fake program: what is named, what starts how, what keys do.
import { cleanup, configure, render, screen } from '@testing-library/svelte';
import type { Editor } from '@tiptap/core';
import { tick } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from '../ipc';
import { createFake, fakeError, type Fake } from '../ipc/fake';
import { toasts } from '../shared/toasts.svelte';
import ComposeWindow from './ComposeWindow.svelte';
import { actionOf } from './keys';
import MainWindow from './MainWindow.svelte';

// A machine that builds other things at the same time is slow, not wrong.
const PATIENCE = { timeout: 15_000 };
const until = <T>(check: () => T) => vi.waitFor(check, PATIENCE);
configure({ asyncUtilTimeout: PATIENCE.timeout });
vi.setConfig({ testTimeout: 30_000 });

let fake: Fake;

beforeEach(() => {
  localStorage.clear();
  toasts.list.forEach((toast) => toasts.dismiss(toast.key));
});
afterEach(cleanup);

async function open(options: Parameters<typeof createFake>[0] = {}, Window = MainWindow) {
  fake = createFake(options);
  useBackend(fake);
  render(Window);
  await until(() => expect(called('pageReady')).toBe(1));
  await until(() => expect(box('Message').isContentEditable || box('Message')).toBeTruthy());
}

const called = (name: string) => fake.calls.filter((call) => call.name === name).length;
const box = (name: string) => screen.getByRole<HTMLInputElement>('textbox', { name });
const button = (name: string) => screen.getByRole('button', { name });
const journal = () =>
  Array.from({ length: localStorage.length }, (_, i) => localStorage.key(i)!).filter((key) =>
    key.startsWith('draft:'),
  );
const message = () => box('Message').textContent;

async function write(name: string, value: string) {
  const input = box(name);
  input.value = value;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  await tick();
}

function press(key: string, more: KeyboardEventInit = {}) {
  const target = document.activeElement ?? document.body;
  target.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );
}

describe('the main window', () => {
  it('names everything that people and tests look for', async () => {
    await open();
    for (const name of ['To', 'Cc', 'Bcc', 'Subject', 'Message']) expect(box(name)).toBeTruthy();
    for (const name of ['New draft', 'Polish', 'Settings']) expect(button(name)).toBeTruthy();
    expect(
      screen.queryAllByRole('button', { name: 'Undo' }),
      'Undo alone means a sent or deleted mail',
    ).toEqual([]);
  });

  it('starts with a new draft, ready to be typed into', async () => {
    await open();
    await until(() => expect(document.activeElement).toBe(box('To')));
    expect(called('saveDraft')).toBe(0);
    expect(called('reconcileJournal')).toBe(0);
  });

  it('goes on with the draft that was open last', async () => {
    await open({ seed: 'demo' });
    const draft = [...fake.drafts.values()].find((d) => d.subject.startsWith('Pilot'))!;
    localStorage.setItem('last-draft', draft.id);
    cleanup();
    const before = fake;
    useBackend(before);
    render(MainWindow);
    await until(() => expect(box('Subject').value).toBe(draft.subject));
    expect(message()).toContain('thanks for the call');
    expect(message(), 'the signature is shown where it stands').toContain('Mira Lindqvist');
  });

  it('leaves whoever writes before it is ready where they began', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    for (const last of [null, id]) {
      fake = createFake({ seed: 'demo' });
      const [draft] = fake.drafts.values();
      fake.drafts.set(id, { ...draft!, id, subject: 'From last time' });
      if (last === null) localStorage.setItem('draft:broken', '{"draftId":');
      else localStorage.setItem('last-draft', last);
      fake.latency = 50;
      useBackend(fake);
      render(MainWindow);
      await write('Subject', 'Quick');
      expect(called('pageReady')).toBe(0);
      await until(() => expect(called('listDrafts')).toBeGreaterThan(0));
      expect(box('Subject').value).toBe('Quick');
      await until(() =>
        expect([...fake.drafts.values()].filter((d) => d.subject === 'Quick').length).toBe(1),
      );
      expect(fake.drafts.get(id)!.subject).toBe('From last time');
      cleanup();
    }
  });

  it('starts with a new draft when the last one is gone', async () => {
    localStorage.setItem('last-draft', '00000000-0000-4000-8000-000000000000');
    await open();
    expect(box('Subject').value).toBe('');
    expect(toasts.list, 'nothing to complain about').toEqual([]);
  });

  it('shows what the program asks for, first of all', async () => {
    const probe = createFake({ seed: 'demo' });
    const draft = [...probe.drafts.values()].find((d) => d.subject.startsWith('Re: Term'))!;
    fake = createFake({ opened: draft.id });
    fake.drafts.set(draft.id, draft);
    useBackend(fake);
    render(MainWindow);
    await until(() => expect(box('Subject').value).toBe(draft.subject));
  });

  it('takes over what a crash left in the journal before it shows any draft', async () => {
    const id = '11111111-1111-4111-8111-111111111111';
    const edit = {
      to: [],
      cc: [],
      bcc: [],
      subject: 'Unsaved',
      body: { type: 'doc', content: [{ type: 'paragraph' }] },
    };
    localStorage.setItem(
      `draft:${id}`,
      JSON.stringify({ draftId: id, baseRevision: 0, at: 1, edit }),
    );
    localStorage.setItem('draft:broken', '{"draftId":');
    await open();
    expect(box('Subject').value).toBe('Unsaved');
    expect(fake.drafts.get(id)?.subject).toBe('Unsaved');
    expect(localStorage.getItem(`draft:${id}`)).toBeNull();
    expect(localStorage.getItem('unreadable-draft:broken')).toBe('{"draftId":');
    expect(toasts.list.map((t) => t.text).join()).toContain('recovered');
    const names = fake.calls.map((call) => call.name);
    expect(names.indexOf('reconcileJournal')).toBeLessThan(names.indexOf('listDrafts'));
    expect(names.indexOf('reconcileJournal')).toBeLessThan(names.indexOf('getDraft'));
  });

  it('tells at each start what could not be read, until it is put away, and has it then', async () => {
    localStorage.setItem('draft:broken', '{"draftId":');
    await open();
    await screen.findByText(/could not be read/);
    cleanup();
    await open();
    await screen.findByText(/could not be read/);
    button('Put away').click();
    await until(() => expect(screen.queryByText(/could not be read/)).toBeNull());
    cleanup();
    await open();
    expect(screen.queryByText(/could not be read/)).toBeNull();
    button('Bin').click();
    const kept = await screen.findByRole('region', { name: 'Text that could not be read' });
    expect(kept.textContent).toContain('{"draftId":');
    button('Delete for good: text that could not be read').click();
    (await screen.findByRole('button', { name: 'Delete for good' })).click();
    await until(() => expect(screen.queryByText(/could not be read/)).toBeNull());
    expect(Object.keys(localStorage).filter((key) => key.includes('broken'))).toEqual([]);
  });

  it('keeps the journal when it can’t be taken over yet, and says so', async () => {
    fake = createFake();
    fake.fail('reconcileJournal', fakeError('STORAGE_FULL', 'The disk is full.'));
    useBackend(fake);
    localStorage.setItem('draft:x', '{}');
    render(MainWindow);
    await until(() => expect(toasts.list.length).toBe(1));
    expect(toasts.list[0]!.text).toContain('The disk is full.');
    expect(localStorage.getItem('draft:x')).toBe('{}');
  });

  it('saves what is typed, and says when', async () => {
    await open();
    await write('Subject', 'Hello');
    const status = () => document.querySelector('.saved')!;
    expect(status().getAttribute('role')).toBe('status');
    expect(status().textContent).toBe('Saving');
    await until(() => expect(status().textContent).toMatch(/^Saved \d\d:\d\d$/));
    expect([...fake.drafts.values()].map((d) => d.subject)).toEqual(['Hello']);
    const row = screen.getByRole('navigation', { name: 'Drafts' });
    expect(row.textContent).toContain('Hello');
  });

  it('says why something is not saved', async () => {
    await open();
    fake.fail('saveDraft', fakeError('STORAGE_FULL', 'The disk is full.'), 99);
    await write('Subject', 'Hello');
    await until(() =>
      expect(document.querySelector('.saved')!.textContent).toBe(
        'Not saved: The disk is full. A copy of your text is kept safe meanwhile.',
      ),
    );
    expect(journal(), 'it is not lost').toHaveLength(1);
  });

  it('deletes a draft and brings it back', async () => {
    await open();
    await write('Subject', 'Precious');
    const [id] = await until(() => {
      expect(fake.drafts.size).toBe(1);
      return [...fake.drafts.keys()];
    });
    button('Delete draft').click();
    await until(() => expect(fake.drafts.get(id!)?.deletedAt).not.toBeNull());
    await until(() => expect(box('Subject').value).toBe(''));
    expect(journal(), 'nothing left that would bring it back by itself').toEqual([]);
    expect(toasts.list.map((t) => t.text)).toEqual(['Draft deleted.']);
    (await screen.findByRole('button', { name: 'Undo' })).click();
    await until(() => expect(box('Subject').value).toBe('Precious'));
    expect(fake.drafts.get(id!)?.deletedAt).toBeNull();
  });

  it('does not delete a draft whose latest text could not be saved', async () => {
    await open();
    await write('Subject', 'Precious');
    await until(() => expect(fake.drafts.size).toBe(1));
    fake.fail('saveDraft', fakeError('STORAGE_FULL', 'The disk is full.'), 99);
    await write('Subject', 'More precious');
    button('Delete draft').click();
    await until(() => expect(toasts.list.length).toBe(1));
    expect([...fake.drafts.values()][0]!.deletedAt).toBeNull();
    expect(box('Subject').value).toBe('More precious');
  });

  it('saves before it closes', async () => {
    await open();
    await write('Subject', 'Last word');
    fake.emit('closeRequested', null);
    await until(() => expect(called('closeReady')).toBe(1));
    expect([...fake.drafts.values()].map((d) => d.subject)).toEqual(['Last word']);
    expect(fake.calls.find((c) => c.name === 'saveDraft')?.args).toMatchObject({ cause: 'close' });
  });

  it('follows the tray: a new draft, or the one asked for', async () => {
    await open({ seed: 'demo' });
    const draft = [...fake.drafts.values()].find((d) => d.subject.startsWith('Re: Term'))!;
    fake.emit('showDraft', { draftId: draft.id, notes: [], problem: null });
    await until(() => expect(box('Subject').value).toBe(draft.subject));
    fake.emit('showDraft', { draftId: null, notes: [], problem: null });
    await until(() => expect(box('Subject').value).toBe(''));
  });

  it('opens dropped mail files as drafts and says what is missing', async () => {
    await open({ seed: 'demo' });
    const drop = { kind: 'dropped', dropId: 'd', x: 1, y: 1 } as const;
    fake.emit('filesDragged', { ...drop, names: ['a.eml', 'B.EML'] });
    await until(() => expect(called('importDroppedDrafts')).toBe(1));
    const first = [...fake.drafts.values()][0]!;
    await until(() => expect(box('Subject').value).toBe(first.subject));
    await screen.findByText(/Left out: “run.exe”/);
    await screen.findByText(/“b.eml” was not opened/);
    // Beside other files they are attached, which says why that can't be.
    fake.emit('filesDragged', { ...drop, names: ['a.eml', 'c.pdf'] });
    await until(() => expect(called('addDroppedFiles')).toBe(1));
    expect(called('importDroppedDrafts')).toBe(1);
  });

  it('saves the open draft as a mail file once it is in the database', async () => {
    await open();
    press('d', { ctrlKey: true, shiftKey: true });
    expect(called('exportDraft'), 'nothing to save yet').toBe(0);
    await write('Subject', 'To a file');
    press('D', { ctrlKey: true, shiftKey: true });
    await until(() => expect(called('exportDraft')).toBe(1));
    const names = fake.calls.map((call) => call.name);
    expect(names.indexOf('saveDraft')).toBeLessThan(names.indexOf('exportDraft'));
    await screen.findByText('The mail file was saved.');
    press('o', { ctrlKey: true });
    await until(() => expect(called('importDrafts')).toBe(1));
  });

  it('tells why there is no draft of what the command line named', async () => {
    await open();
    const problem = fakeError('NOT_FOUND', '“x.eml” is not there.');
    fake.emit('showDraft', { draftId: null, notes: [], problem });
    await screen.findByText(/“x.eml” is not there/);
  });

  it('offers the draft that is open to a contact already', async () => {
    await open({ seed: 'demo' });
    await write('To', 'anna');
    const option = await screen.findByRole('option', { name: /Anna Weber/ });
    option.click();
    await until(() => expect(toasts.list.map((t) => t.action?.label)).toEqual(['Open it']));
    toasts.list[0]!.action!.run();
    await until(() => expect(box('Subject').value).toContain('Pilot'));
  });

  it('says no more of a draft once another one is open', async () => {
    await open({ seed: 'demo' });
    const [first, second] = [...fake.drafts.values()];
    const show = async ({ id, subject }: { id: string; subject: string }) => {
      fake.emit('showDraft', { draftId: id, notes: [], problem: null });
      await until(() => expect(box('Subject').value).toBe(subject));
    };
    await show(first!);
    fake.fail('exportDraft', fakeError('STORAGE_FULL', 'The disk is full.'));
    press('d', { ctrlKey: true, shiftKey: true });
    await screen.findByText(/The disk is full/);
    await show(second!);
    await until(() => expect(screen.queryByText(/The disk is full/)).toBeNull());
  });

  it('opens Cc and Bcc by key', async () => {
    await open();
    press('C', { ctrlKey: true, shiftKey: true });
    expect(document.activeElement).toBe(box('Cc'));
    press('B', { ctrlKey: true, shiftKey: true });
    expect(document.activeElement).toBe(box('Bcc'));
  });

  it('makes chips of what is typed, and takes them back', async () => {
    await open();
    await write('To', 'Ada <ada@example.org>, ');
    await write('To', 'wrong,');
    const chips = () => [...document.querySelectorAll('.chip')].map((c) => c.textContent?.trim());
    expect(chips()).toEqual(['Ada', 'wrong']);
    expect(button('wrong, not a valid address')).toBeTruthy();
    button('Remove wrong').click();
    await tick();
    expect(chips()).toEqual(['Ada']);
    await until(() =>
      expect([...fake.drafts.values()][0]?.to).toEqual([
        { name: 'Ada', address: 'ada@example.org' },
      ]),
    );
  });
});

it.each([
  ['main', MainWindow],
  ['small', ComposeWindow],
])('asks in the %s window before a version replaces what another one wrote', async (_, Window) => {
  await open({ label: Window === MainWindow ? 'main' : 'compose' }, Window);
  const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
  const first = paragraph('hey can we move the call to friday');
  const draft = await fake.commands.saveDraft({ body: { type: 'doc', content: [first] } });
  fake.emit('showDraft', { draftId: draft.id, notes: [], problem: null });
  await until(() => expect(message()).toContain('friday'));
  press('j', { ctrlKey: true });
  const use = () =>
    screen.getAllByRole<HTMLButtonElement>('button', { name: 'Use this version' })[0];
  await until(() => expect(use()?.disabled).toBe(false));
  const second = paragraph('and bring the contract');
  fake.saveFromElsewhere(draft.id, { body: { type: 'doc', content: [first, second] } }, 'other');
  await until(() => expect(message()).toContain('contract'));
  use()!.click();
  await screen.findByText('The draft has changed since it was polished');
  expect(message()).toContain('contract');
  button('Replace it anyway').click();
  await until(() => expect(message()).not.toContain('contract'));
});

it('puts the focus into the new draft that Ctrl+N brings up from the desk', async () => {
  await open();
  await write('Subject', 'Polish this');
  press('j', { ctrlKey: true });
  await until(() => {
    const desk = screen.getByRole('region', { name: 'Polished versions' });
    expect(desk.contains(document.activeElement)).toBe(true);
  });
  // A browser gives no focus to what is inert; this one does.
  let covered = true;
  box('To').addEventListener('focus', () => {
    covered = box('To').closest('[inert]') !== null;
  });
  press('n', { ctrlKey: true });
  await until(() => expect(document.activeElement).toBe(box('To')));
  expect(covered, 'it was uncovered first').toBe(false);
});

it('takes a version by Enter once, and lets what is typed then be undone alone', async () => {
  await open();
  const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'hey, are we on?' }] }];
  const { id } = await fake.commands.saveDraft({ body: { type: 'doc', content } });
  fake.emit('showDraft', { draftId: id, notes: [], problem: null });
  await until(() => expect(message()).toContain('are we on'));
  press('j', { ctrlKey: true });
  await until(() =>
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Formal' })),
  );
  press('Enter');
  const taken = await until(() => {
    expect(message()).toContain('Dear');
    expect(document.activeElement).toBe(box('Message'));
    return message();
  });
  const lines = () => box('Message').querySelectorAll('p').length;
  const before = lines();
  press('Enter', { repeat: true });
  // However long this machine took until here.
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
  press('Enter');
  clock.mockRestore();
  expect(lines(), 'no empty line').toBe(before);
  const { editor } = box('Message') as unknown as { editor: Editor };
  editor.commands.insertContent(' And more.');
  expect(message()).toContain('And more.');
  press('z', { ctrlKey: true });
  expect(message()).toBe(taken);
  press('z', { ctrlKey: true });
  expect(message()).toBe('hey, are we on?');
});

describe('sending from the window', () => {
  async function compose() {
    await write('To', 'ada@example.org,');
    await write('Subject', 'Off it goes');
    button('Send').click();
  }

  it('connects first where nothing is connected, from the start screen too', async () => {
    await open();
    fake.settings.googleClient = 'environment';
    (await screen.findByRole('button', { name: 'Connect Gmail' })).click();
    await until(() => expect(called('connectGmail')).toBe(1));
    await until(() => expect(screen.queryByRole('button', { name: 'Connect Gmail' })).toBeNull());
  });

  it('queues what is seen, can be taken back, and then goes on', async () => {
    await open();
    await fake.commands.connectGmail(null);
    await compose();
    await until(() => expect(called('queueSend')).toBe(1));
    await until(() => expect(box('Subject').readOnly, 'frozen').toBe(true));
    (await screen.findByRole('button', { name: 'Undo' })).click();
    await until(() => expect(box('Subject').readOnly, 'back in hand').toBe(false));
    await write('Subject', 'Off it goes, better');
    await until(() => expect([...fake.drafts.values()][0]?.subject).toBe('Off it goes, better'));
  });

  it('makes room for the next mail once it has left', async () => {
    await open();
    fake.settings.preferences.undoSeconds = 0;
    await fake.commands.connectGmail(null);
    await compose();
    await until(() => expect(box('Subject').value).toBe(''));
    expect([...fake.drafts.values()][0]?.status).toBe('sent');
    expect(box('Subject').readOnly).toBe(false);
  });

  it('says of a draft whose mail may have left what is to be done, and not to take it back', async () => {
    await open();
    const { id } = await fake.commands.saveDraft({ subject: 'Did it leave?' });
    const errorMessage = 'The connection broke off.';
    fake.drafts.set(id, { ...fake.drafts.get(id)!, status: 'queued', errorMessage });
    localStorage.setItem('last-draft', id);
    const drafts = [...fake.drafts];
    for (const [Window, name] of [
      [MainWindow, 'Show it there'],
      [ComposeWindow, 'Open the main window'],
    ] as const) {
      cleanup();
      await open({ label: Window === MainWindow ? 'main' : 'compose' }, Window);
      drafts.forEach(([key, draft]) => fake.drafts.set(key, draft));
      fake.emit('showDraft', { draftId: id, notes: [], problem: null });
      expect(await screen.findByText('Not known whether it was sent')).toBeTruthy();
      const notice = screen.getByRole('alert').textContent;
      expect(notice).toContain(errorMessage);
      expect(notice).toContain('say so in the outbox');
      expect(notice, 'that is forbidden').not.toContain('Take it back');
      button(name).click();
    }
    await until(() => expect(called('openMainWindow')).toBe(1));
  });

  it('puts the focus on the mails of the outbox, and back into the draft', async () => {
    await open();
    await fake.commands.connectGmail(null);
    const { id } = await fake.commands.saveDraft({ subject: 'For later' });
    await fake.commands.queueSend({ draftId: id, at: Date.now() + 9e6 });
    await write('Subject', 'Another one');
    press('O', { ctrlKey: true, shiftKey: true });
    await until(() => expect(document.activeElement?.textContent).toContain('For later'));
    press('Escape');
    await until(() => expect(document.activeElement).toBe(box('Message')));
    press('O', { ctrlKey: true, shiftKey: true });
    await until(() => expect(document.activeElement?.textContent).toContain('For later'));
    press('O', { ctrlKey: true, shiftKey: true });
    await until(() => expect(document.activeElement).toBe(box('Message')));
    fake.emit('showDraft', { draftId: id, notes: [], problem: null });
    await until(() => expect(box('Subject').readOnly).toBe(true));
    press('O', { ctrlKey: true, shiftKey: true });
    await until(() => expect(document.activeElement?.textContent).toContain('For later'));
    press('Escape');
    await until(() => expect(document.activeElement, 'a frozen draft, too').toBe(box('Subject')));
  });

  it('closes the quick window once its mail has left', async () => {
    await open({ label: 'compose' }, ComposeWindow);
    fake.settings.preferences.undoSeconds = 0;
    await fake.commands.connectGmail(null);
    await compose();
    await until(() => expect(called('closeReady')).toBe(1));
  });
});

describe('the compose window', () => {
  it('has the same names, and expands into the main window', async () => {
    await open({ label: 'compose' }, ComposeWindow);
    for (const name of ['To', 'Cc', 'Bcc', 'Subject', 'Message']) expect(box(name)).toBeTruthy();
    await write('Subject', 'Quick');
    button('Open in the main window').click();
    await until(() => expect(called('openMainWindow')).toBe(1));
    const [id] = [...fake.drafts.keys()];
    expect(fake.calls.find((c) => c.name === 'openMainWindow')?.args).toEqual({ draftId: id });
    await until(() => expect(called('closeReady')).toBe(1));
  });

  it('closes by Esc and keeps the draft', async () => {
    await open({ label: 'compose' }, ComposeWindow);
    await write('Subject', 'Kept');
    press('Escape');
    await until(() => expect(called('closeReady')).toBe(1));
    expect([...fake.drafts.values()].map((d) => d.subject)).toEqual(['Kept']);
  });

  it('does not touch what the main window left in the journal while that one lives', async () => {
    const query = vi.fn(async () => ({ held: [{ name: 'draftwell-window-main' }] }));
    vi.stubGlobal('navigator', {
      ...navigator,
      userAgent: 'test',
      locks: { query, request: vi.fn(() => new Promise(() => undefined)) },
    });
    localStorage.setItem('draft:a', '{"draftId":"a"}');
    await open({ label: 'compose' }, ComposeWindow);
    expect(called('reconcileJournal')).toBe(0);
    expect(localStorage.getItem('draft:a')).not.toBeNull();
    vi.unstubAllGlobals();
  });
});

describe('keys', () => {
  const of = (key: string, more: KeyboardEventInit = { ctrlKey: true }) =>
    actionOf(new KeyboardEvent('keydown', { key, ...more }));

  it('are those of the manual', () => {
    expect(of('Enter')).toBe('send');
    expect(of('s')).toBe('save');
    expect(of('n')).toBe('new');
    expect(of('j')).toBe('polish');
    expect(of('C', { ctrlKey: true, shiftKey: true })).toBe('cc');
    expect(of('B', { ctrlKey: true, shiftKey: true })).toBe('bcc');
    expect(of('Enter', { ctrlKey: true, shiftKey: true })).toBe('schedule');
    expect(of('O', { ctrlKey: true, shiftKey: true })).toBe('outbox');
  });

  it('leave Ctrl+S to a file that has the focus', () => {
    const file = document.createElement('button');
    file.dataset['ownSave'] = '';
    let action: string | null = 'none yet';
    file.addEventListener('keydown', (event) => (action = actionOf(event)));
    file.dispatchEvent(new KeyboardEvent('keydown', { key: 's', ctrlKey: true }));
    expect(action).toBeNull();
    file.dispatchEvent(new KeyboardEvent('keydown', { key: 'n', ctrlKey: true }));
    expect(action).toBe('new');
  });

  it('leave the editor its own, and letters alone', () => {
    expect(of('b')).toBeNull();
    expect(of('k')).toBeNull();
    expect(of('z')).toBeNull();
    expect(of('s', { ctrlKey: true, shiftKey: true }), 'strikethrough').toBeNull();
    expect(of('c', { ctrlKey: true, altKey: true }), 'code block; also AltGr').toBeNull();
    expect(of('n', {})).toBeNull();
    expect(of('Enter', { ctrlKey: true, isComposing: true })).toBeNull();
  });
});

describe('a damaged database', () => {
  const recovery = {
    at: 1,
    setAside: '/data/draftwell.db.damaged-2026-01-01T00-00-00Z',
    drafts: 12,
    hasGaps: true,
  };

  it('is told with where it is and what was recovered, until it was read', async () => {
    await open();
    fake.storage = { problem: null, recovery, unsaved: [] };
    fake.emit('storageChanged', null);
    const told = await screen.findByText(/12 drafts were recovered/);
    expect(told.textContent).toContain(recovery.setAside);
    button('Understood').click();
    await until(() => expect(screen.queryByText(/12 drafts were recovered/)).toBeNull());
    expect(called('forgetRecovery')).toBe(1);
  });

  it('that could not be opened is told, and what a crash left goes into it later', async () => {
    localStorage.setItem(
      'draft:0b0f6b1a-0000-4000-8000-000000000001',
      JSON.stringify({
        draftId: '0b0f6b1a-0000-4000-8000-000000000001',
        baseRevision: 0,
        at: 1,
        edit: { subject: 'left behind' },
      }),
    );
    fake = createFake();
    fake.storage.problem = fakeError('STORAGE_FULL', 'The disk is full.');
    fake.fail('reconcileJournal', fake.storage.problem);
    useBackend(fake);
    render(MainWindow);
    await screen.findByText('Nothing can be saved at the moment');
    expect(journal(), 'it stays until it can be taken over').toHaveLength(1);
    fake.storage = { problem: null, recovery: null, unsaved: [] };
    fake.emit('storageChanged', null);
    await until(() => expect(journal()).toEqual([]));
    expect([...fake.drafts.values()].map((d) => d.subject)).toEqual(['left behind']);
    expect(screen.queryByText('Nothing can be saved at the moment')).toBeNull();
  });
});

describe('files and a change of drafts', () => {
  const file = { hash: 'a'.repeat(64), name: 'secret.pdf', mime: 'application/pdf', size: 9 };
  const names = (id: string) => fake.drafts.get(id)!.attachments.map(({ name }) => name);
  async function show(draft: { id: string; subject: string }) {
    fake.emit('showDraft', { draftId: draft.id, notes: [], problem: null });
    await until(() => expect(box('Subject').value).toBe(draft.subject));
  }
  async function two(attachments: (typeof file)[] = []) {
    await open({ seed: 'demo' });
    const [a, b] = [...fake.drafts.values()].filter((d) => d.status === 'draft' && !d.deletedAt);
    fake.drafts.set(a!.id, { ...a!, attachments });
    await show(a!);
    return [a!, b!] as const;
  }
  const drop = (...dropped: string[]) =>
    fake.emit('filesDragged', { kind: 'dropped', dropId: '1', names: dropped, x: 1, y: 1 });

  it('a file that is still being copied goes with the draft it was dropped on', async () => {
    const [a, b] = await two();
    let finish: (() => void) | undefined;
    fake.commands.addDroppedFiles = () =>
      new Promise((done) => (finish = () => done({ added: [file], refused: [] })));
    drop('secret.pdf');
    await until(() => expect(finish).toBeTruthy());
    await show(b);
    finish!();
    await until(() => expect(names(a.id)).toEqual(['secret.pdf']));
    await screen.findByText(/was attached to the draft you were in before/);
    expect(names(b.id)).toEqual([]);
    expect(screen.queryByRole('button', { name: 'Take secret.pdf out' })).toBeNull();
  });

  it('a file that was taken out comes back into its own draft', async () => {
    const [a, b] = await two([file]);
    button('Take secret.pdf out').click();
    await until(() => expect(names(a.id)).toEqual([]));
    await show(b);
    (await screen.findByRole('button', { name: 'Undo' })).click();
    await until(() => expect(names(a.id)).toEqual(['secret.pdf']));
    expect(names(b.id)).toEqual([]);
  });

  it('the same file twice is shown twice, and one can be taken out', async () => {
    const [a] = await two([file, { ...file }]);
    const out = await screen.findAllByRole('button', { name: 'Take secret.pdf out' });
    expect(out).toHaveLength(2);
    out[0]!.click();
    await until(() => expect(names(a.id)).toEqual(['secret.pdf']));
  });
});

it('keeps with the program what it could not read, and tells it once', async () => {
  await open();
  const unsaved = [{ key: 'draft:broken', value: '{"draftId":' }];
  fake.storage = { problem: null, recovery: null, unsaved };
  fake.emit('storageChanged', null);
  await until(() => expect(called('reconcileJournal')).toBe(1));
  const id = '22222222-2222-4222-8222-222222222222';
  const entry = { draftId: id, baseRevision: 0, at: 1, edit: { subject: 'Readable' } };
  const readable = { key: `draft:${id}`, value: JSON.stringify(entry) };
  fake.storage = { ...fake.storage, unsaved: [...unsaved, readable] };
  fake.emit('storageChanged', null);
  await until(() => expect(fake.drafts.get(id)?.subject).toBe('Readable'));
  await until(() => expect(fake.storage.unsaved, 'only that one is done').toEqual(unsaved));
  const sent = fake.calls.filter((call) => call.name === 'reconcileJournal');
  expect(sent.map((call) => call.args)).toEqual([{ entries: unsaved }, { entries: [readable] }]);
  await screen.findByText(/could not be read/);
  // Set aside in the page as well; the next start finds it there and asks no more.
  cleanup();
  const { storage } = fake;
  fake = createFake();
  fake.storage = storage;
  useBackend(fake);
  render(MainWindow);
  await until(() => expect(fake.storage.unsaved).toEqual([]));
  button('Put away').click();
  await until(() => expect(screen.queryByText(/could not be read/)).toBeNull());
  expect(called('reconcileJournal')).toBe(0);
});

it('forgets with the program what it could not read when that is deleted for good', async () => {
  await open();
  const unsaved = [
    { key: 'draft:broken', value: '{"draftId":' },
    { key: 'draft:other', value: '{"draftI' },
  ];
  fake.storage = { problem: null, recovery: null, unsaved };
  fake.emit('storageChanged', null);
  await until(() => expect(called('reconcileJournal')).toBe(1));
  button('Bin').click();
  const kept = await screen.findByRole('region', { name: 'Text that could not be read' });
  const rows = [...kept.querySelectorAll('li')];
  const row = rows.find((row) => row.textContent.includes('{"draftId":'))!;
  row.querySelector<HTMLElement>('[aria-label^="Delete for good"]')!.click();
  (await screen.findByRole('button', { name: 'Delete for good' })).click();
  await until(() => expect(fake.storage.unsaved).toEqual([unsaved[1]]));
});
