// The outbox as the window shows it: its mails, their actions by key, and where the focus is.
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type Account, type Email } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { toasts } from '../../shared/toasts.svelte';
import OutboxButton from './OutboxButton.svelte';
import OutboxView from './OutboxView.svelte';

let fake: Fake;

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(() => {
  cleanup();
  toasts.list.forEach((toast) => toasts.dismiss(toast.key));
});

const called = (name: string) => fake.calls.filter((call) => call.name === name);
const to = [{ name: 'Anna', address: 'anna@example.com' }];
/** A key where the focus is. */
const key = (key: string) => fireEvent.keyDown(document.activeElement!, { key });
/** What mends an account is another feature's. */
const connect = createRawSnippet<[account: Account, onConnected: () => void]>(
  (account, onConnected) => ({
    render: () => `<button type="button">Mend ${account().email}</button>`,
    setup: (button) => button.addEventListener('click', () => onConnected()()),
  }),
);

describe('the outbox', () => {
  /** A mail in the outbox, changed into the state a test is about. */
  async function mail(change: Partial<Email>, at?: number) {
    await fake.commands.connectGmail(null);
    const { id } = await fake.commands.saveDraft({ to, subject: 'Offer' });
    const queued = await fake.commands.queueSend({ draftId: id, at: at ?? Date.now() + 9e6 });
    const email = { ...queued, ...change };
    fake.outbox.set(email.id, email);
    if (email.status === 'failed' || email.status === 'cancelled') {
      const status = email.status === 'failed' ? 'failed' : 'draft';
      fake.drafts.set(id, { ...fake.drafts.get(id)!, status });
    }
    fake.calls.length = 0;
    const onOpenDraft = vi.fn();
    render(OutboxView, { onOpenDraft, connect });
    const row = await waitFor(() => screen.getAllByRole('listitem')[0]!);
    return { id, email, onOpenDraft, row };
  }
  const press = (row: HTMLElement, key: string) => {
    row.focus();
    return fireEvent.keyDown(row, { key });
  };

  it('lets a scheduled mail leave now, move, or come back, each by a key', async () => {
    const { email, row } = await mail({});
    expect(row.textContent).toContain('Leaves');
    await press(row, 'n');
    await waitFor(() => expect(called('sendNow')[0]?.args).toEqual({ id: email.id }));
    await press(screen.getAllByRole('listitem')[0]!, 't');
    await screen.findByRole('dialog', { name: 'Another time' });
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    await waitFor(() => expect(called('rescheduleSend')).toHaveLength(1));
    await press(screen.getAllByRole('listitem')[0]!, 'b');
    await waitFor(() => expect(called('undoSend')).toHaveLength(1));
    await waitFor(() =>
      expect(screen.getAllByRole('listitem')[0]!.textContent).toContain('Taken back'),
    );
  });

  it('asks about a late one what is to become of it', async () => {
    const { row } = await mail({ held: true, notBefore: Date.now() - 5e7 });
    expect(screen.getByRole('heading', { name: 'Waits for you' })).toBeTruthy();
    for (const name of [/Send now/, /Another time/, /Back to draft/]) {
      expect(screen.getByRole('button', { name })).toBeTruthy();
    }
    expect(row.textContent).toContain('Late: was to leave');
  });

  it('says what to look for, and takes the word that it arrived', async () => {
    const { email, row } = await mail({ status: 'unknown', settledAt: Date.now() });
    await waitFor(() => expect(row.textContent).toContain('Sent folder of mira'));
    expect(row.textContent).toContain('anna@example.com');
    await fireEvent.click(screen.getByRole('button', { name: /It arrived/ }));
    await waitFor(() =>
      expect(called('resolveUnknown')[0]!.args).toEqual({ id: email.id, arrived: true }),
    );
  });

  it('asks once more before what nobody knows is sent again', async () => {
    const { id, email } = await mail({ status: 'unknown' });
    const again = () => fireEvent.click(screen.getAllByRole('button', { name: /Send again/ })[0]!);
    await again();
    const question = await screen.findByRole('alertdialog');
    expect(question.textContent).toMatch(/have\s+it twice/);
    expect(document.activeElement?.textContent).toContain('Don’t send');
    await fireEvent.click(screen.getByRole('button', { name: 'Don’t send' }));
    expect(called('checkSend')).toEqual([]);
    await again();
    await screen.findByRole('alertdialog');
    await fireEvent.click(screen.getAllByRole('button', { name: /Send again/ }).at(-1)!);
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    const args = { draftId: id, revision: 1, insteadOf: email.id };
    expect(called('queueSend')[0]!.args, 'in one step').toEqual(args);
    expect(called('resolveUnknown')).toEqual([]);
  });

  /** A mail nobody knows the fate of, about whose draft something is asked once it is sent again. */
  async function askedAgain() {
    const { id, email, onOpenDraft, row } = await mail({ status: 'unknown' });
    fake.drafts.set(id, { ...fake.drafts.get(id)!, subject: '' });
    await press(row, 's');
    const caution = await screen.findByRole('alertdialog', { name: 'Send it once more?' });
    await fireEvent.click(within(caution).getByRole('button', { name: 'Send again' }));
    await screen.findByText('Send without a subject?');
    return { id, email, onOpenDraft };
  }

  it('says of what nobody knows nothing else while it is not sent again yet', async () => {
    const { id, email } = await askedAgain();
    await fireEvent.click(screen.getByRole('button', { name: 'Back to the draft' }));
    await waitFor(() => expect(screen.queryByText('Send without a subject?')).toBeNull());
    expect([...called('resolveUnknown'), ...called('queueSend')]).toEqual([]);
    expect(fake.outbox.get(email.id)!.status).toBe('unknown');
    expect(fake.drafts.get(id)!.status).toBe('queued');
  });

  it('leaves it as it was where it could not be queued, too', async () => {
    const { email } = await mail({ status: 'unknown' });
    fake.fail('queueSend', fakeError('GMAIL_TOKEN_EXPIRED', 'Sign in again.'));
    await press(screen.getAllByRole('listitem')[0]!, 's');
    const caution = await screen.findByRole('alertdialog', { name: 'Send it once more?' });
    await fireEvent.click(within(caution).getByRole('button', { name: 'Send again' }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    expect(fake.outbox.get(email.id)!.status).toBe('unknown');
  });

  it('opens its draft to be changed, and then warns of a second copy as before', async () => {
    const { id, email, onOpenDraft } = await askedAgain();
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    await waitFor(() => expect(onOpenDraft).toHaveBeenCalledWith(id));
    expect(called('resolveUnknown')[0]!.args).toEqual({ id: email.id, arrived: false });
    const row = screen.getAllByRole('listitem')[0]!;
    await waitFor(() => expect(row.textContent).toContain('Try again'));
    expect(row.textContent).toContain('Not known whether it was sent');
    fake.drafts.set(id, { ...fake.drafts.get(id)!, subject: 'Offer' });
    await press(row, 'r');
    const caution = await screen.findByRole('alertdialog', { name: 'Send it once more?' });
    expect(called('queueSend')).toEqual([]);
    await fireEvent.click(within(caution).getByRole('button', { name: 'Send again' }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    expect(called('queueSend')[0]!.args).toEqual({ draftId: id, revision: 1 });
  });

  it('says why one failed and what to do, and tries it again as its draft is now', async () => {
    const { id, row } = await mail({
      status: 'failed',
      errorCode: 'GMAIL_API_ERROR',
      errorMessage: 'Gmail says: no such address.',
    });
    expect(row.textContent).toContain('Gmail says: no such address.');
    expect(row.textContent).toContain('Try again in a moment.');
    await press(row, 'r');
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    expect(called('checkSend')[0]!.args).toEqual({ draftId: id, revision: 1 });
  });

  it('asks about a failed one what Send would ask', async () => {
    const { id, row, onOpenDraft } = await mail({ status: 'failed', errorMessage: 'No.' });
    fake.drafts.set(id, { ...fake.drafts.get(id)!, subject: '' });
    await press(row, 'r');
    await screen.findByRole('alertdialog');
    expect(called('queueSend')).toEqual([]);
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    expect(onOpenDraft, 'the question leads to the draft').toHaveBeenCalledWith(id);
  });

  it('has its past by state, and goes from mail to mail by the arrows', async () => {
    const { id, onOpenDraft, row } = await mail({ status: 'cancelled', settledAt: Date.now() });
    expect(screen.getByRole('heading', { name: /Earlier/ })).toBeTruthy();
    const { id: other } = await fake.commands.saveDraft({ to, subject: 'Second' });
    await fake.commands.queueSend({ draftId: other, at: Date.now() + 9e6 });
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(2));
    const rows = screen.getAllByRole('listitem');
    rows[0]!.focus();
    await fireEvent.keyDown(rows[0]!, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(rows[1]);
    expect(rows[1]!.textContent).toContain('Taken back');
    await fireEvent.keyDown(rows[1]!, { key: 'o' });
    expect(onOpenDraft).toHaveBeenCalledWith(id);
    void row;
    await fireEvent.change(screen.getByRole('combobox'), { target: { value: 'failed' } });
    await waitFor(() => expect(screen.getByText('None of these.')).toBeTruthy());
  });

  it('takes what is over out of the list, and puts it back', async () => {
    const { email, row } = await mail({ status: 'sent', sentAt: Date.now() });
    await press(row, 'x');
    await waitFor(() => expect(screen.queryAllByRole('listitem')).toEqual([]));
    expect(called('hideEmail')[0]!.args).toEqual({ id: email.id, hidden: true });
    toasts.list.find((toast) => toast.action?.label === 'Undo')!.action!.run();
    await waitFor(() => expect(screen.getAllByRole('listitem')).toHaveLength(1));
  });

  it('says where mails will be when there are none', async () => {
    render(OutboxView, { onOpenDraft: vi.fn(), connect });
    expect(await screen.findByRole('heading', { name: 'Nothing on its way' })).toBeTruthy();
  });

  it('counts its mails on the button that leads to it', async () => {
    await fake.commands.connectGmail(null);
    const { id } = await fake.commands.saveDraft({ to, subject: 'Offer' });
    render(OutboxButton, { pressed: false, onclick: vi.fn() });
    await screen.findByRole('button', { name: 'Outbox' });
    const email = await fake.commands.queueSend({ draftId: id, at: Date.now() + 9e6 });
    await screen.findByRole('button', { name: 'Outbox: 1 mail' });
    fake.outbox.set(email.id, { ...email, held: true });
    fake.emit('outboxChanged', { email: { ...email, held: true } });
    await screen.findByRole('button', { name: 'Outbox: 1 mail, 1 waiting for you' });
  });

  it('lists a mail that failed once, where it waits for the user', async () => {
    await mail({ status: 'failed', errorCode: 'GMAIL_API_ERROR', errorMessage: 'No.' });
    expect(screen.getByRole('heading', { name: 'Waits for you' })).toBeTruthy();
    expect(screen.queryByRole('heading', { name: /Earlier/ }), 'it is not over').toBeNull();
    expect(screen.getAllByRole('listitem')).toHaveLength(1);
    const { id: other } = await fake.commands.saveDraft({ to, subject: 'Second' });
    const sent = await fake.commands.queueSend({ draftId: other, at: Date.now() + 9e6 });
    await fake.commands.undoSend({ id: sent.id });
    expect(await screen.findByRole('heading', { name: 'Earlier 1 mail' })).toBeTruthy();
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('leads from each mail of an account that is locked out to mending it', async () => {
    const { row } = await mail({ notBefore: Date.now() - 1000 });
    const [account] = [...fake.accounts.values()];
    const needsSignInReason = 'Google ended the sign-in.';
    fake.accounts.set(account!.id, { ...account!, needsSignIn: true, needsSignInReason });
    fake.emit('accountsChanged', null);
    expect(await screen.findByRole('heading', { name: 'Waits for you' })).toBeTruthy();
    expect(screen.getByRole('listitem').textContent).toContain(needsSignInReason);
    void row;
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('listitem')));
    await key('i');
    const dialog = await screen.findByRole('dialog', { name: /^Sign in to mira.* again$/ });
    expect(dialog.textContent).toContain(needsSignInReason);
    fake.accounts.set(account!.id, account!);
    fake.emit('accountsChanged', null);
    await waitFor(() =>
      expect(screen.queryByRole('heading', { name: 'Waits for you' })).toBeNull(),
    );
    await fireEvent.click(screen.getByRole('button', { name: `Mend ${account!.email}` }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole('listitem')));
  });
});

describe('the focus in the outbox', () => {
  /** Mails for later, in the order in which they leave; the focus is on the first. */
  async function mails(...subjects: string[]) {
    await fake.commands.connectGmail(null);
    for (const [i, subject] of subjects.entries()) {
      const { id } = await fake.commands.saveDraft({ to, subject });
      const email = await fake.commands.queueSend({ draftId: id, at: Date.now() + 9e6 + i * 1e6 });
      fake.outbox.set(email.id, { ...email, queuedAt: email.queuedAt! - i * 1000 });
    }
    render(OutboxView, { onOpenDraft: vi.fn(), connect });
    await until(subjects[0]!);
  }
  /** Waits until the focus is on that mail. */
  const until = (subject: string) =>
    waitFor(() => {
      const row = document.activeElement;
      expect(row?.getAttribute('data-mail'), `on ${row?.tagName}`).toBeTruthy();
      expect(row?.textContent).toContain(subject);
    });

  it('goes to the first mail when it is opened, and to the list where there is none', async () => {
    await mails('First', 'Second');
    cleanup();
    fake.outbox.clear();
    render(OutboxView, { onOpenDraft: vi.fn(), connect });
    await screen.findByRole('heading', { name: 'Nothing on its way' });
    expect(document.activeElement).toBe(screen.getByRole('region', { name: 'Outbox' }));
  });

  it('stays with a mail that moves to another heap, and never goes on to the next by itself', async () => {
    await mails('First', 'Second', 'Third');
    await key('ArrowDown');
    await until('Second');
    await key('n');
    await screen.findByRole('heading', { name: 'On its way' });
    await until('Second');
    const first = [...fake.outbox.values()].find(({ subject }) => subject === 'Second')!;
    const sent = { ...first, status: 'sent' as const, sentAt: Date.now() };
    fake.outbox.set(first.id, sent);
    fake.emit('outboxChanged', { email: sent });
    await screen.findByRole('heading', { name: /Earlier/ });
    await until('Second');
    expect(called('sendNow'), 'one key, one mail').toHaveLength(1);
    await key('ArrowUp');
    await until('Third');
  });

  it('comes back from the question for another time, wherever the mail is then', async () => {
    await mails('First', 'Second');
    await key('t');
    await screen.findByRole('dialog', { name: 'Another time' });
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    await waitFor(() => expect(called('rescheduleSend')).toHaveLength(1));
    await until('First');
    await key('b');
    await screen.findByRole('heading', { name: /Earlier/ });
    await until('First');
  });

  it('waits for the list into which its mail goes, however slow that is', async () => {
    await mails('First', 'Second');
    fake.latency = 30;
    await key('b');
    await screen.findByRole('heading', { name: /Earlier/ });
    await until('First');
  });

  it('goes to the next mail where its own is taken out of the list', async () => {
    await mails('First', 'Second', 'Third');
    for (const { id } of [...fake.outbox.values()]) await fake.commands.undoSend({ id });
    await waitFor(() => expect(screen.queryByRole('heading', { name: 'Scheduled' })).toBeNull());
    await until('First');
    await key('ArrowDown');
    await until('Second');
    await key('x');
    await until('Third');
    await key('x');
    await until('First');
    await key('x');
    const list = screen.getByRole('region', { name: 'Outbox' });
    await waitFor(() => expect(document.activeElement).toBe(list));
  });

  it('comes back when what is asked first took its row away', async () => {
    await mails('First', 'Second');
    const [email] = [...fake.outbox.values()];
    const unknown = { ...email!, status: 'unknown' as const };
    fake.outbox.set(email!.id, unknown);
    fake.emit('outboxChanged', { email: unknown });
    await screen.findByRole('heading', { name: 'Waits for you' });
    await until('First');
    await key('s');
    await screen.findByRole('alertdialog');
    await fireEvent.click(screen.getAllByRole('button', { name: /Send again/ }).at(-1)!);
    await waitFor(() => expect(called('queueSend')).toHaveLength(3));
    await until('First');
  });

  it('is left alone where it is elsewhere', async () => {
    await mails('First', 'Second');
    const select = document.body.appendChild(document.createElement('input'));
    select.focus();
    const [email] = [...fake.outbox.values()];
    fake.emit('outboxChanged', { email: { ...email!, status: 'queued' } });
    await screen.findByRole('heading', { name: 'On its way' });
    expect(document.activeElement).toBe(select);
    select.remove();
  });
});
