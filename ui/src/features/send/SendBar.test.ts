import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { toasts } from '../../shared/toasts.svelte';
import OutboxToasts from './OutboxToasts.svelte';
import SendBar from './SendBar.svelte';

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

async function bar(draft: { to?: typeof to; subject?: string } = { to, subject: 'Offer' }) {
  const { id } = await fake.commands.saveDraft(draft);
  fake.calls.length = 0;
  const flush = vi.fn(async () => undefined);
  const onPlace = vi.fn();
  const { component } = render(SendBar, { draftId: id, flush, onPlace });
  return { id, flush, onPlace, component };
}
const pressSend = () => fireEvent.click(screen.getByRole('button', { name: 'Send' }));

describe('the Send button', () => {
  it('saves, checks, and queues the revision that was checked', async () => {
    await fake.commands.connectGmail(null);
    const { id, flush } = await bar();
    await pressSend();
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    expect(flush).toHaveBeenCalledOnce();
    expect(called('checkSend')[0]!.args).toEqual({ draftId: id, revision: 1 });
    expect(called('queueSend')[0]!.args).toEqual({ draftId: id, revision: 1 });
  });

  it('asks before it sends without a subject', async () => {
    await fake.commands.connectGmail(null);
    await bar({ to });
    await pressSend();
    await screen.findByRole('alertdialog');
    expect(called('queueSend')).toEqual([]);
    expect(document.activeElement?.textContent, 'Enter must not send').toContain('Back');
    await fireEvent.click(screen.getByRole('button', { name: /Send anyway/ }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('leads from a question to its place by its number, and sends by a letter', async () => {
    await fake.commands.connectGmail(null);
    const { onPlace } = await bar({ to });
    await pressSend();
    await screen.findByRole('alertdialog');
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    await waitFor(() => expect(onPlace).toHaveBeenCalledWith({ field: 'subject', text: null }));
    expect(screen.queryByRole('alertdialog')).toBeNull();
    expect(called('queueSend'), 'looking at it sends nothing').toEqual([]);
    await pressSend();
    await screen.findByRole('alertdialog');
    await fireEvent.keyDown(document.activeElement!, { key: 'a' });
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
  });

  it('doesn’t send by the letter what can’t be sent', async () => {
    await bar({ subject: 'Offer' });
    await pressSend();
    await screen.findByRole('alertdialog');
    await fireEvent.keyDown(document.activeElement!, { key: 'a' });
    expect(called('queueSend')).toEqual([]);
    expect(screen.getByRole('alertdialog')).toBeTruthy();
  });

  it('has no "send anyway" without a recipient', async () => {
    await bar({ subject: 'Offer' });
    await pressSend();
    await screen.findByRole('alertdialog');
    expect(screen.queryByRole('button', { name: /Send anyway/ })).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: 'Back to the draft' }));
    expect(called('queueSend')).toEqual([]);
  });

  it('offers to connect where no account is', async () => {
    await bar();
    await pressSend();
    const dialog = await screen.findByRole('dialog');
    expect(dialog.textContent).toContain('Gmail is not connected');
  });

  it('says so when the draft can’t be saved, and sends nothing', async () => {
    const { flush } = await bar();
    flush.mockRejectedValue(fakeError('STORAGE_FULL', 'The disk is full.'));
    await pressSend();
    await waitFor(() => expect(toasts.list[0]?.text).toBe('The disk is full.'));
    expect(called('queueSend')).toEqual([]);
  });

  it('says by the key, too, why it is blocked', async () => {
    const { id } = await fake.commands.saveDraft({ to });
    const { component } = render(SendBar, {
      draftId: id,
      flush: async () => undefined,
      blocked: 'It is on its way already.',
    });
    component.send();
    expect(toasts.list[0]?.text).toBe('It is on its way already.');
    expect(called('checkSend')).toEqual([]);
  });

  it('lets choose the account where there are several, and keeps the choice in the draft', async () => {
    await fake.commands.connectGmail(null);
    await fake.commands.connectGmail(null);
    const [first, second] = await fake.commands.listAccounts();
    const { id } = await bar();
    await fireEvent.click(await screen.findByRole('button', { name: `Send from ${first!.email}` }));
    await fireEvent.click(screen.getAllByRole('menuitemradio')[1]!);
    await waitFor(() => expect(fake.drafts.get(id)?.accountId).toBe(second!.id));
  });

  it('offers an account’s aliases beside it, and keeps the one that is chosen', async () => {
    const account = await fake.commands.connectGmail(null);
    const aliases = [{ address: 'sales@example.org', name: 'Sales' }];
    fake.accounts.set(account.id, { ...account, aliases });
    const { id } = await bar();
    await fireEvent.click(
      await screen.findByRole('button', { name: `Send from ${account.email}` }),
    );
    const alias = screen.getAllByRole('menuitemradio')[1]!;
    expect(alias.textContent).toContain(`Alias of ${account.email}`);
    await fireEvent.click(alias);
    await waitFor(() => expect(fake.drafts.get(id)?.fromAddress).toBe('sales@example.org'));
    await fireEvent.click(
      await screen.findByRole('button', { name: 'Send from sales@example.org' }),
    );
    expect(screen.getAllByRole('menuitemradio')[1]!.getAttribute('aria-checked')).toBe('true');
    await fireEvent.click(screen.getAllByRole('menuitemradio')[0]!);
    await waitFor(() => expect(fake.drafts.get(id)?.fromAddress).toBeNull());
  });

  it('calls the practice account by its name, not by an address nobody needs to know', async () => {
    const practice = await fake.commands.addPracticeAccount();
    await fake.commands.connectGmail(null);
    await fake.commands.setDefaultAccount({ id: practice.id });
    await bar();
    const choice = await screen.findByRole('button', { name: 'Send from Practice account' });
    expect(choice.textContent).not.toContain('@');
    await fireEvent.click(choice);
    const names = screen.getAllByRole('menuitemradio').map((item) => item.textContent);
    expect(names.join()).toContain('Practice account');
    expect(names.join()).not.toContain(practice.email);
  });
});

describe('the notices', () => {
  it('offer Undo, which takes the mail back', async () => {
    await fake.commands.connectGmail(null);
    const { id } = await fake.commands.saveDraft({ to, subject: 'Offer' });
    render(OutboxToasts);
    await waitFor(() => expect(called('listOutbox')).toHaveLength(1));
    await fake.commands.queueSend({ draftId: id });
    const toast = toasts.list[0]!;
    expect(toast.action?.label).toBe('Undo');
    expect(toast.until).toBeGreaterThan(Date.now() + 8000);
    toast.action!.run();
    await waitFor(() => expect(fake.drafts.get(id)?.status).toBe('draft'));
    expect(toasts.list.map((t) => t.text)).toEqual(['Taken back. The draft can be edited again.']);
  });

  it('come back in a window that opens while the undo time runs', async () => {
    await fake.commands.connectGmail(null);
    const { id } = await fake.commands.saveDraft({ to, subject: 'Offer' });
    const { id: emailId } = await fake.commands.queueSend({ draftId: id });
    render(OutboxToasts);
    await waitFor(() => expect(toasts.list[0]?.action?.label).toBe('Undo'));
    await fake.commands.undoSend({ id: emailId });
  });
});

describe('the button for later', () => {
  const pressLater = () => fireEvent.click(screen.getByRole('button', { name: 'Send later' }));

  it('asks for a time first, and queues the mail for it', async () => {
    await fake.commands.connectGmail(null);
    const { id } = await bar();
    await pressLater();
    const dialog = await screen.findByRole('dialog', { name: 'Send later' });
    expect(dialog.textContent).toContain('This machine must be on');
    expect(called('queueSend')).toEqual([]);
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    const { draftId, at } = called('queueSend')[0]!.args as { draftId: string; at: number };
    expect(draftId).toBe(id);
    expect(at - Date.now(), 'in an hour, to five minutes').toBeGreaterThanOrEqual(3_600_000 - 1000);
    expect(at - Date.now()).toBeLessThan(3_600_000 + 300_000);
  });

  it('takes a date and a time, and refuses those that have passed', async () => {
    await fake.commands.connectGmail(null);
    await bar();
    await pressLater();
    await screen.findByRole('dialog', { name: 'Send later' });
    const fill = (name: string, value: string) =>
      fireEvent.input(screen.getByRole('textbox', { name }), { target: { value } });
    await fill('Date', '2001-01-01');
    await waitFor(() => expect(screen.getByText(/Choose a time that lies ahead/)).toBeTruthy());
    await fireEvent.keyDown(screen.getByRole('textbox', { name: 'Time' }), { key: 'Enter' });
    await fill('Date', 'soon');
    await waitFor(() => expect(screen.getByText(/Write it like/)).toBeTruthy());
    expect(called('queueSend')).toEqual([]);
    await fill('Date', '2999-12-31');
    await fill('Time', '9 pm');
    await waitFor(() => expect(screen.getByText(/Leaves .*2999/)).toBeTruthy());
    await fireEvent.click(screen.getByRole('button', { name: 'Schedule' }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    const { at } = called('queueSend')[0]!.args as { at: number };
    expect(at).toBe(new Date(2999, 11, 31, 21).getTime());
  });

  it('moves date and time by the arrows', async () => {
    await bar();
    await pressLater();
    await screen.findByRole('dialog', { name: 'Send later' });
    const date = screen.getByRole<HTMLInputElement>('textbox', { name: 'Date' });
    const time = screen.getByRole<HTMLInputElement>('textbox', { name: 'Time' });
    await fireEvent.input(date, { target: { value: '2999-12-31' } });
    await fireEvent.input(time, { target: { value: '23:50' } });
    await fireEvent.keyDown(date, { key: 'ArrowUp' });
    await fireEvent.keyDown(time, { key: 'ArrowUp' });
    expect([date.value, time.value]).toEqual(['3000-01-01', '00:05']);
  });

  it('keeps the time through the questions', async () => {
    await fake.commands.connectGmail(null);
    await bar({ to });
    await pressLater();
    await screen.findByRole('dialog', { name: 'Send later' });
    await fireEvent.keyDown(document.activeElement!, { key: '1' });
    await screen.findByRole('alertdialog');
    await fireEvent.click(screen.getByRole('button', { name: /Send anyway/ }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    expect(called('queueSend')[0]!.args).toHaveProperty('at');
    // The next Send has no time of its own.
    await fake.commands.undoSend({ id: [...fake.outbox.keys()][0]! });
    await pressSend();
    await screen.findByRole('alertdialog');
    await fireEvent.click(screen.getByRole('button', { name: /Send anyway/ }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(2));
    expect(called('queueSend')[1]!.args).not.toHaveProperty('at');
  });
});
