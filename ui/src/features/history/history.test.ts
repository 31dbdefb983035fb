import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type HistoryEntry } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { toasts } from '../../shared/toasts.svelte';
import { hasMore, markOf, newsOf, whoOf } from './entry';
import HistoryView from './HistoryView.svelte';
import ReplyToasts from './ReplyToasts.svelte';

let fake: Fake;

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(() => {
  toasts.list.forEach((toast) => toasts.dismiss(toast.key));
  cleanup();
});

const entry = (change: Partial<HistoryEntry>): HistoryEntry => ({
  id: crypto.randomUUID(),
  contactId: null,
  emailId: 'e1',
  direction: 'received',
  kind: 'reply',
  sender: { name: 'Zoë Weiß', address: 'zoe@example.org' },
  recipients: [],
  subject: 'Re: Offer',
  snippet: 'Gladly!',
  confirmed: true,
  isPractice: false,
  at: Date.now(),
  ...change,
});

describe('an entry', () => {
  it('names who wrote it, whom it went to, or whom it did not reach', () => {
    const ben = { name: null, address: 'ben@example.org' };
    expect(whoOf(entry({}))).toBe('Zoë Weiß');
    expect(whoOf(entry({ sender: { name: ' ', address: 'zoe@example.org' } }))).toBe(
      'zoe@example.org',
    );
    expect(whoOf(entry({ sender: null }))).toBe('Somebody');
    expect(whoOf(entry({ direction: 'sent', kind: null, recipients: [ben] }))).toBe(ben.address);
    expect(whoOf(entry({ kind: 'bounce', recipients: [ben] }))).toBe(ben.address);
  });

  it('is marked for what it is, and only what a person should know is news', () => {
    expect(markOf(entry({}))?.label).toBe('Answer');
    expect(markOf(entry({ kind: 'bounce' }))?.tone).toBe('bad');
    expect(markOf(entry({ direction: 'sent', kind: null }))).toBeNull();
    expect(newsOf(entry({}))?.text).toBe('Zoë Weiß answered: “Re: Offer”');
    expect(newsOf(entry({ kind: 'automatic' }))).toBeNull();
    expect(newsOf(entry({ kind: 'bounce' }))?.tone).toBe('error');
    expect(newsOf(entry({ direction: 'sent', kind: null }))).toBeNull();
    expect(hasMore(entry({ kind: 'receipt' }))).toBe(false);
  });
});

describe('the history', () => {
  it('shows what came back at once, marked, and its whole text when asked', async () => {
    render(HistoryView);
    await screen.findByText('Nothing sent yet');
    const reply = entry({});
    fake.history.unshift(reply);
    fake.emit('mailArrived', { entry: reply, email: null as never });
    expect(await screen.findByText('Zoë Weiß')).toBeTruthy();
    expect(screen.getByText('Answer')).toBeTruthy();
    const more = screen.getByRole('button', { name: 'Whole text' });
    expect(more.getAttribute('aria-expanded')).toBe('false');
    await fireEvent.click(more);
    const less = await screen.findByRole('button', { name: 'Less' });
    expect(less.getAttribute('aria-expanded')).toBe('true');
  });

  it('offers an answer to people, and leads to its draft', async () => {
    fake.history.push(entry({ id: 'h1' }), entry({ kind: 'bounce' }));
    const onAnswer = vi.fn();
    render(HistoryView, { onAnswer });
    await screen.findByText('Not delivered');
    await fireEvent.click(screen.getByRole('button', { name: 'Reply' }));
    await waitFor(() => expect(onAnswer).toHaveBeenCalledWith([...fake.drafts.keys()][0]));
  });

  it('can be that of one contact, and of everybody again', async () => {
    fake.history.push(entry({ contactId: 'c1', subject: 'Hers' }), entry({ subject: 'Another' }));
    const onEverybody = vi.fn();
    const contact = { id: 'c1', name: 'Zoë' };
    const view = render(HistoryView, { contact, onEverybody });
    await screen.findByText('Hers');
    expect(screen.queryByText('Another')).toBeNull();
    await fireEvent.click(screen.getByRole('button', { name: 'Show everybody’s' }));
    expect(onEverybody).toHaveBeenCalledOnce();
    await view.rerender({ contact: null, onEverybody });
    expect(await screen.findByText('Another')).toBeTruthy();
  });

  it('looks for replies only where that is allowed, and says what came of it', async () => {
    fake.settings.googleClient = 'entered';
    render(HistoryView);
    await screen.findByText('Nothing sent yet');
    expect(screen.queryByRole('button', { name: 'Look for replies' })).toBeNull();
    const account = await fake.commands.connectGmail(null);
    await fake.commands.connectGmail({ accountId: account.id, read: true });
    const look = await screen.findByRole('button', { name: 'Look for replies' });
    await fireEvent.click(look);
    await waitFor(() => expect(toasts.list.map((toast) => toast.text)).toEqual(['Nothing new.']));
    fake.fail('lookForReplies', fakeError('RATE_LIMIT_EXCEEDED', 'Gmail asks for a pause.'));
    await fireEvent.click(look);
    await waitFor(() => expect(toasts.list[0]?.tone).toBe('error'));
  });

  it('is offered by the window when something comes', async () => {
    const onShow = vi.fn();
    render(ReplyToasts, { onShow });
    await waitFor(() => {
      fake.emit('mailArrived', { entry: entry({ id: 'h1' }), email: null as never });
      expect(toasts.list).toHaveLength(1);
    });
    toasts.list[0]!.action!.run();
    expect(onShow).toHaveBeenCalledOnce();
  });
});
