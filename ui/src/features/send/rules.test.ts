import { describe, expect, it } from 'vitest';
import type { Account, Email, SendQuestion } from '../../ipc';
import { fakeError } from '../../ipc/fake';
import { canSend, heaps, needsAccount, senderOf, stateText, toastOf, withChange } from './rules';

const now = 1_763_700_000_000;
const email = (change: Partial<Email> = {}): Email => ({
  id: 'e1',
  draftId: 'd1',
  accountId: 'a1',
  status: 'queued',
  to: [{ name: 'Anna Weber', address: 'anna@example.com' }],
  cc: [],
  bcc: [],
  subject: 'Offer',
  queuedAt: now,
  notBefore: now + 10_000,
  attempts: 0,
  sentAt: null,
  confirmed: true,
  providerMessageId: null,
  providerThreadId: null,
  held: false,
  errorCode: null,
  errorMessage: null,
  ...change,
});
const question = (blocking: boolean, kind: SendQuestion['kind'] = 'no_subject'): SendQuestion => ({
  kind,
  message: 'Really?',
  blocking,
});

describe('pressing Send', () => {
  it('asks what can be answered, and stops at what can not', () => {
    expect(canSend([])).toEqual({ kind: 'go' });
    expect(canSend([question(false)])).toMatchObject({ kind: 'ask' });
    const stop = canSend([question(false), question(true, 'no_recipient')]);
    expect(stop).toEqual({ kind: 'stop', questions: [question(true, 'no_recipient')] });
  });

  it('leads to connecting an account when that is what is missing', () => {
    expect(needsAccount(fakeError('GMAIL_NOT_CONNECTED'))).toBe(true);
    expect(needsAccount(fakeError('GMAIL_TOKEN_EXPIRED'))).toBe(true);
    expect(needsAccount(fakeError('GMAIL_QUOTA_EXCEEDED'))).toBe(false);
  });

  it('uses the draft’s account, else the default one', () => {
    const account = (id: string, isDefault: boolean) => ({ id, isDefault }) as Account;
    const both = [account('a', false), account('b', true)];
    expect(senderOf(both, 'a')?.id).toBe('a');
    expect(senderOf(both, null)?.id).toBe('b');
    expect(senderOf(both, 'gone')?.id).toBe('b');
    expect(senderOf([], 'a')).toBeNull();
  });
});

describe('the notice about a message', () => {
  it('offers Undo until the undo time is over, and not after it', () => {
    expect(toastOf(email(), now)).toMatchObject({ offer: 'undo', until: now + 10_000 });
    expect(toastOf(email(), now + 10_000)).toBeNull();
    expect(toastOf(email({ notBefore: now }), now)).toBeNull();
  });

  it('offers no Undo toast for a later try, but says why it waits', () => {
    const toast = toastOf(email({ attempts: 1, errorMessage: 'Gmail can’t be reached.' }), now);
    expect(toast).toMatchObject({ offer: 'outbox' });
    expect(toast?.until).toBeUndefined();
    expect(toast?.text).toContain('Gmail can’t be reached.');
  });

  it('says what is not certain', () => {
    expect(toastOf(email({ status: 'sent', confirmed: false }), now)?.text).toMatch(/not confirm/);
    expect(toastOf(email({ status: 'unknown' }), now)).toMatchObject({
      tone: 'error',
      offer: 'outbox',
    });
  });

  it('gives the draft back when it failed', () => {
    expect(
      toastOf(email({ status: 'failed', errorMessage: 'No such address.' }), now),
    ).toMatchObject({
      text: 'Not sent: “Offer”. No such address.',
      tone: 'error',
      offer: 'draft',
    });
  });

  it('names a message without subject by its people', () => {
    expect(toastOf(email({ status: 'transmitting', subject: ' ' }), now)?.text).toBe(
      'Sending the mail to Anna Weber…',
    );
  });
});

describe('the outbox', () => {
  it('has what waits for the user apart from what goes by itself', () => {
    const all = (['queued', 'failed', 'unknown', 'transmitting'] as const).map((status) =>
      email({ id: status, status }),
    );
    const { yours, going } = heaps(all);
    expect(yours.map((e) => e.id)).toEqual(['failed', 'unknown']);
    expect(going.map((e) => e.id)).toEqual(['queued', 'transmitting']);
  });

  it('follows a change: in place, newest first, settled ones leave', () => {
    const older = email({ id: 'old', queuedAt: now - 5 });
    const newer = email({ id: 'new' });
    expect(withChange([older], newer).map((e) => e.id)).toEqual(['new', 'old']);
    const failed = email({ id: 'old', queuedAt: now - 5, status: 'failed' });
    expect(withChange([newer, older], failed).map((e) => e.status)).toEqual(['queued', 'failed']);
    expect(withChange([newer, older], email({ id: 'new', status: 'sent' }))).toEqual([older]);
    expect(withChange([newer], email({ id: 'new', status: 'cancelled' }))).toEqual([]);
  });

  it('says in a few words where a message stands', () => {
    expect(stateText(email(), now)).toBe('Leaves in a moment');
    expect(stateText(email({ attempts: 2, notBefore: now - 1 }), now)).toBe(
      'About to be tried again',
    );
    expect(stateText(email({ status: 'unknown' }), now)).toBe('Not known whether it was sent');
  });
});
