import { describe, expect, it } from 'vitest';
import type { Account, Email, SendQuestion } from '../../ipc';
import { fakeError } from '../../ipc/fake';
import {
  actionsOf,
  actionTexts,
  adviceOf,
  canSend,
  heaps,
  limitText,
  reasonOf,
  sentFolder,
  stateText,
  toastOf,
  whatToLookFor,
  withChange,
} from './rules';
import { needsAccount, senderOf, standstill } from './senders';

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
  dueAt: now + 10_000,
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
  ...change,
});
const account = (change: Partial<Account> = {}) =>
  ({
    id: 'a1',
    kind: 'gmail',
    email: 'ada@example.com',
    needsSignIn: false,
    needsSignInReason: null,
    abilities: { send: true, safeSend: true, read: false },
    ...change,
  }) as Account;
const gmail = account();
const question = (blocking: boolean, kind: SendQuestion['kind'] = 'no_subject'): SendQuestion => ({
  kind,
  message: 'Really?',
  blocking,
  place: { field: 'subject', text: null },
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
    const both = [account({ id: 'a', isDefault: false }), account({ id: 'b', isDefault: true })];
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

  it('counts nothing down while the account is held back, but says why and until when', () => {
    const later = email({ notBefore: now + 3_600_000 });
    const toast = toastOf(later, now);
    expect(toast).toMatchObject({ offer: 'undo' });
    expect(toast?.until, 'an hour is no undo time').toBeUndefined();
    expect(toast?.text).toMatch(/^“Offer” waits\. Its account can’t send just now:.* today at/);
    expect(stateText(later, gmail, now)).toMatch(/^Waits; goes on today at/);
    expect(reasonOf(later, gmail, now)).toMatch(/the provider limits it, or can’t be reached/);
    const onTime = email({ status: 'scheduled', notBefore: now + 9e6, dueAt: now + 9e6 });
    expect(reasonOf(onTime, gmail, now), 'it waits for its own time').toBe('');
    expect(stateText(onTime, gmail, now)).toMatch(/^Leaves today at/);
  });

  it('offers no Undo toast for a later try, but says why it waits', () => {
    const why = { errorCode: 'GMAIL_API_ERROR', errorMessage: 'Gmail can’t be reached.' } as const;
    const toast = toastOf(email({ attempts: 1, ...why }), now);
    expect(toast).toMatchObject({ offer: 'outbox' });
    expect(toast?.until).toBeUndefined();
    expect(toast?.text).toContain('Gmail can’t be reached.');
  });

  it('counts nothing down where the day’s limit holds it back', () => {
    const why = { errorCode: 'GMAIL_QUOTA_EXCEEDED', errorMessage: 'Enough for today.' } as const;
    const toast = toastOf(email({ ...why, notBefore: now + 3_600_000 }), now);
    expect(toast?.until).toBeUndefined();
    expect(toast?.text).toMatch(/Enough for today\. It goes on today at/);
  });

  it('says when a scheduled mail leaves, and offers to take it back', () => {
    const later = email({ status: 'scheduled', notBefore: now + 60_000 });
    expect(toastOf(later, now)).toMatchObject({ offer: 'undo' });
    expect(toastOf(later, now)?.text).toMatch(/^To Anna Weber: leaves today at/);
    expect(toastOf({ ...later, held: true }, now)).toMatchObject({
      tone: 'error',
      offer: 'outbox',
    });
  });

  it('says what is not certain', () => {
    expect(toastOf(email({ status: 'sent', confirmed: false }), now)?.text).toMatch(/not confirm/);
    expect(toastOf(email({ status: 'unknown' }), now)).toMatchObject({
      tone: 'error',
      offer: 'outbox',
    });
  });

  it('never says “sent” of a practice mail, and offers its file', () => {
    const kept = email({ status: 'sent', providerMessageId: 'practice/e1.eml' });
    expect(stateText(kept, null, now)).toBe('Kept as a file (practice)');
    const toast = toastOf(kept, now);
    expect(toast).toMatchObject({ offer: 'file' });
    expect(toast?.text).toContain('nothing was sent');
    expect(toastOf(email({ status: 'sent', providerMessageId: '18c' }), now)?.offer).toBeNull();
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
  it('has what waits for the user apart from what goes by itself, and from what is for later', () => {
    const all = (['queued', 'failed', 'unknown', 'transmitting', 'scheduled'] as const).map(
      (status) => email({ id: status, status }),
    );
    const held = email({ id: 'held', status: 'scheduled', held: true });
    const sooner = email({ id: 'sooner', status: 'scheduled', notBefore: now + 5 });
    const { yours, going, later } = heaps([...all, held, sooner], () => null);
    expect(yours.map((e) => e.id)).toEqual(['failed', 'unknown', 'held']);
    expect(going.map((e) => e.id)).toEqual(['queued', 'transmitting']);
    expect(
      later.map((e) => e.id),
      'the next one first',
    ).toEqual(['sooner', 'scheduled']);
  });

  it('offers in each state what the program allows there', () => {
    const of = (status: Email['status']) => actionsOf(email({ status }), gmail);
    expect(of('queued')).toEqual(['now', 'time', 'back']);
    expect(of('scheduled')).toEqual(['now', 'time', 'back']);
    expect(actionsOf(email({ status: 'scheduled', held: true }), gmail)).toEqual([
      'now',
      'time',
      'back',
    ]);
    expect(of('unknown')).toEqual(['look', 'arrived', 'again']);
    expect(of('failed')).toEqual(['retry', 'draft', 'hide']);
    expect(of('cancelled')).toEqual(['draft', 'hide']);
    expect(of('transmitting'), 'nobody can stop it').toEqual([]);
    expect(of('sent'), 'the record stays').toEqual(['hide']);
  });

  it('has the mails of an account that is locked out wait for the user, and says what to do', () => {
    const why = { needsSignIn: true, needsSignInReason: 'Check name and password. It said 535.' };
    const out = account({ kind: 'smtp', ...why });
    const due = email({ status: 'scheduled', notBefore: now - 1, dueAt: now - 1 });
    const tomorrow = email({ status: 'scheduled', notBefore: now + 86_400_000 });
    for (const mail of [due, email({ notBefore: now - 1 }), email({ status: 'transmitting' })]) {
      expect(stateText(mail, out, now)).toBe('Waits until its account works again');
      expect(heaps([mail], () => out).yours, mail.status).toEqual([mail]);
      expect(reasonOf(mail, out, now)).toBe(why.needsSignInReason);
      expect(adviceOf(mail, out)).toMatch(/goes on by itself/);
      expect(actionsOf(mail, out)[0]).toBe('settings');
      expect(actionsOf(mail, account(why))[0], 'nothing to set up there').toBe('signIn');
    }
    expect(stateText(tomorrow, out, now)).toMatch(/^Leaves tomorrow at .*, if its account works/);
    expect(actionsOf(due, out)).toEqual(['settings', 'time', 'back']);
    const late = actionsOf({ ...due, held: true }, out);
    expect(late, 'it waits for a word, too').toEqual(['settings', 'now', 'time', 'back']);
    const over = email({ status: 'failed' });
    expect(actionsOf(over, out), 'signing in changes nothing for it').toEqual([
      'retry',
      'draft',
      'hide',
    ]);
    expect(heaps([due], () => gmail).yours).toEqual([]);
  });

  it('counts an account that may not send among those to be mended, and one that is gone not', () => {
    const abilities = { send: false, safeSend: false, read: false };
    expect(standstill(account({ abilities }))).toMatch(/allow it/);
    expect(standstill(account({ needsSignIn: true }))).toMatch(/lets Draftwell in/);
    expect(standstill(gmail)).toBeNull();
    expect(standstill(null), 'its mails fail, and say so').toBeNull();
  });

  it('claims nothing of a mail that nobody knew the fate of and that was sent again', () => {
    const old = email({
      status: 'failed',
      errorCode: 'SEND_OUTCOME_UNKNOWN',
      errorMessage: 'You chose to send it again.',
    });
    expect(stateText(old, gmail, now)).toBe('Not known whether it was sent');
    expect(adviceOf(old, gmail), 'nothing is left to be found out').toBe('');
    expect(toastOf(old, now), 'the user just did it').toBeNull();
  });

  it('gives every action of a mail a letter of its own', () => {
    const keys = Object.values(actionTexts).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('says what to look for, and where, when nobody knows whether it left', () => {
    const unknown = email({ status: 'unknown', settledAt: now });
    const text = whatToLookFor(unknown, gmail, now);
    for (const part of [
      'Sent folder of ada@example.com',
      '“Offer”',
      'anna@example.com',
      'today at',
    ]) {
      expect(text).toContain(part);
    }
    const many = ['b', 'c', 'd', 'e'].map((name) => ({ name, address: `${name}@example.com` }));
    expect(whatToLookFor({ ...unknown, subject: '', cc: many }, gmail, now)).toMatch(
      /without a subject to anna@example\.com, b@example\.com, c@example\.com and 2 others/,
    );
    for (const other of [account({ kind: 'smtp' }), null]) {
      const words = whatToLookFor(unknown, other, now);
      expect(words, 'no copy lies there, even if it arrived').not.toContain('Look in the Sent');
      expect(words).toMatch(/“Offer” has reached anna@example\.com.*proves nothing/);
    }
    expect(sentFolder(gmail)).toContain('ada%40example.com');
    expect(sentFolder(null)).toBeNull();
    const outlook = (email: string) => sentFolder(account({ kind: 'outlook', email }));
    expect(outlook('ada@hotmail.co.uk')).toBe('https://outlook.live.com/mail/0/sentitems');
    expect(outlook('ada@contoso.com')).toBe('https://outlook.office.com/mail/sentitems');
  });

  it('says until when the day’s limit or the provider holds mails back', () => {
    const limit = {
      accountId: 'a1',
      usedToday: 0,
      dailyLimit: 100,
      resetsAt: now + 3_600_000,
      pausedUntil: null,
    };
    expect(limitText(limit, now), 'nothing sent: nothing to say').toBeNull();
    expect(limitText({ ...limit, usedToday: 12 }, now)).toBe('12 of 100 mails today');
    expect(limitText({ ...limit, usedToday: 100 }, now)).toMatch(/100 of 100.*the next ones leave/);
    expect(limitText({ ...limit, pausedUntil: now + 60_000 }, now)).toMatch(/until today at/);
    const tomorrow = { ...limit, pausedUntil: now + 86_400_000 };
    expect(limitText(tomorrow, now), 'not an hour of today').toMatch(/until tomorrow at/);
    expect(limitText({ ...limit, pausedUntil: now - 1 }, now)).toBeNull();
  });

  it('follows a change: in place, newest first, settled ones leave', () => {
    const older = email({ id: 'old', queuedAt: now - 5 });
    const newer = email({ id: 'new' });
    expect(withChange([older], newer).map((e) => e.id)).toEqual(['new', 'old']);
    const failed = email({ id: 'old', queuedAt: now - 5, status: 'failed', draftId: 'd2' });
    expect(withChange([newer, older], failed).map((e) => e.status)).toEqual(['queued', 'failed']);
    const again = email({ id: 'again', draftId: 'd2' });
    expect(
      withChange([failed], again).map((e) => e.id),
      'the next try of a draft takes the place of the one that failed',
    ).toEqual(['again']);
    expect(withChange([{ ...failed, draftId: 'd3' }], again)).toHaveLength(2);
    expect(withChange([newer, older], email({ id: 'new', status: 'sent' }))).toEqual([older]);
    expect(withChange([newer], email({ id: 'new', status: 'cancelled' }))).toEqual([]);
  });

  it('says in a few words where a message stands', () => {
    expect(stateText(email(), null, now)).toBe('Leaves in 10 seconds');
    expect(stateText(email({ notBefore: now }), null, now)).toBe('Waits its turn');
    const why = { errorCode: 'GMAIL_QUOTA_EXCEEDED', errorMessage: 'Enough for today.' } as const;
    expect(stateText(email(why), null, now)).toMatch(/^Waits; goes on today at/);
    const scheduled = email({ status: 'scheduled', notBefore: now + 60_000, dueAt: now + 60_000 });
    expect(stateText(scheduled, null, now)).toMatch(/^Leaves today at/);
    expect(stateText({ ...scheduled, ...why }, null, now)).toMatch(/^Waits; goes on/);
    expect(stateText({ ...scheduled, held: true }, null, now + 90_000_000)).toMatch(
      /^Late: was to leave/,
    );
    expect(adviceOf({ ...scheduled, held: true }, null)).toMatch(/another time/);
    const late = { held: true, errorCode: 'CONFLICT', errorMessage: 'It is late.' } as const;
    expect(reasonOf({ ...scheduled, ...late }, null, now), 'its state says so').toBe('');
    const tried = {
      ...late,
      errorCode: 'MAIL_SERVER_ERROR',
      errorMessage: 'Nobody there.',
    } as const;
    expect(reasonOf({ ...scheduled, ...tried }, null, now), 'what its tries met').toBe(
      'Nobody there.',
    );
    expect(stateText({ ...scheduled, ...tried, notBefore: now + 90_000_000 }, null, now)).toBe(
      stateText({ ...scheduled, ...tried }, null, now),
    );
    expect(stateText(email({ status: 'unknown' }), null, now)).toBe(
      'Not known whether it was sent',
    );
  });
});
