import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { toasts } from '../../shared/toasts.svelte';
import OutboxToasts from './OutboxToasts.svelte';
import OutboxView from './OutboxView.svelte';
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
  const { component } = render(SendBar, { draftId: id, flush });
  return { id, flush, component };
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
    await fireEvent.click(screen.getByRole('button', { name: 'Send anyway' }));
    await waitFor(() => expect(called('queueSend')).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
  });

  it('has no "send anyway" without a recipient', async () => {
    await bar({ subject: 'Offer' });
    await pressSend();
    await screen.findByRole('alertdialog');
    expect(screen.queryByRole('button', { name: 'Send anyway' })).toBeNull();
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

describe('the outbox', () => {
  it('lets the user settle what is not known', async () => {
    await fake.commands.connectGmail(null);
    const { id } = await fake.commands.saveDraft({ to, subject: 'Offer' });
    const email = await fake.commands.queueSend({ draftId: id });
    await fake.commands.undoSend({ id: email.id });
    fake.outbox.set(email.id, { ...email, status: 'unknown' });
    const onOpenDraft = vi.fn();
    render(OutboxView, { onOpenDraft });
    await fireEvent.click(await screen.findByRole('button', { name: 'Send again' }));
    await waitFor(() => expect(onOpenDraft).toHaveBeenCalledWith(id));
    expect(called('resolveUnknown')[0]!.args).toEqual({ id: email.id, arrived: false });
  });
});
