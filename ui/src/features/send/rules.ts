/**
 * What sending means for the page, without DOM, commands or clock: what stands in the way of it, what
 * the outbox says about a message, and which notice a change of it deserves.
 */
import type { Account, Email, EmailStatus, SendingLimit, SendQuestion } from '../../ipc';
import { errorText } from '../../shared/errors';
import { counted, number, people } from '../../shared/format';
import { duration, secondsLeft } from '../../shared/time';
import type { ToastContent } from '../../shared/toasts.svelte';
import { whenText } from './schedule';
import { standstill } from './senders';

/** What pressing Send leads to, after the program's checks. */
export type Verdict =
  /** Nothing to ask. */
  | { kind: 'go' }
  /** It may be sent once these are answered with "send anyway". */
  | { kind: 'ask'; questions: SendQuestion[] }
  /** It can't be sent like this. */
  | { kind: 'stop'; questions: SendQuestion[] };

/** See `Verdict`. What blocks comes first; then the rest is of no use and left out. */
export function canSend(questions: readonly SendQuestion[]): Verdict {
  const blocking = questions.filter((question) => question.blocking);
  if (blocking.length > 0) return { kind: 'stop', questions: blocking };
  return questions.length > 0 ? { kind: 'ask', questions: [...questions] } : { kind: 'go' };
}

/** How a message is called: its subject, or whom it goes to. */
export function nameOf(email: Email): string {
  const subject = email.subject.trim();
  return subject ? `“${subject}”` : `the mail to ${recipients(email)}`;
}

/** Whom it goes to, in a few words. */
export function recipients(email: Email): string {
  return people([...email.to, ...email.cc, ...email.bcc]) || 'nobody';
}

/** Whether it was not sent but kept as a file, by the practice account. */
export function isPractice(email: Email): boolean {
  return email.providerMessageId?.startsWith('practice/') ?? false;
}

/** Whether a mail would go by itself, if its account worked. */
function isStuck(email: Email, account: Account | null): boolean {
  const isToGo = ['scheduled', 'queued', 'transmitting'].includes(email.status);
  return isToGo && standstill(account) !== null;
}

/** Whether it is not the mail that waits but all of its account: then its own time has no say. */
function isHeldBack(email: Email, now: number): boolean {
  const { status, errorCode, notBefore, dueAt } = email;
  const waits = (status === 'queued' || status === 'scheduled') && errorCode === null;
  return waits && (notBefore ?? 0) > Math.max(dueAt ?? notBefore ?? 0, now);
}

/** Whether nobody knew what became of it, and its draft was opened again to be sent once more. */
export function isGivenUp(email: Email): boolean {
  return email.status === 'failed' && email.errorCode === 'SEND_OUTCOME_UNKNOWN';
}

/** What the user can do about a mail. */
export type MailAction =
  /** Sign in to its account again. */
  | 'signIn'
  /** Correct the settings of its account. */
  | 'settings'
  /** Let it leave now. */
  | 'now'
  /** Choose another time. */
  | 'time'
  /** Take it back: its draft is open again. */
  | 'back'
  /** Send it once more after it failed, as its draft is now. */
  | 'retry'
  /** Open its draft. */
  | 'draft'
  /** Look into the account's Sent folder. */
  | 'look'
  /** It was not known whether it left: it did. */
  | 'arrived'
  /** It is not known whether it left: it is sent once more, at the risk of a second copy. */
  | 'again'
  /** Take it out of the list. */
  | 'hide';

/** What can be done about a mail, the likeliest first; nothing where it goes by itself or is over. */
export function actionsOf(email: Email, account: Account | null): MailAction[] {
  const own = ownActions(email.status).filter(
    (action) => action !== 'look' || sentFolder(account) !== null,
  );
  if (!isStuck(email, account)) return own;
  // It can't leave now; only one that is late waits for being told so, too.
  const possible = own.filter((action) => action !== 'now' || email.held);
  return [account?.kind === 'smtp' ? 'settings' : 'signIn', ...possible];
}

function ownActions(status: EmailStatus): MailAction[] {
  switch (status) {
    case 'scheduled':
    case 'queued':
      return ['now', 'time', 'back'];
    case 'unknown':
      return ['look', 'arrived', 'again'];
    case 'failed':
      return ['retry', 'draft', 'hide'];
    case 'cancelled':
      return ['draft', 'hide'];
    case 'sent':
      return ['hide'];
    case 'transmitting':
      return [];
  }
}

/** What an action is called, and the key it has while its mail has the focus. */
export const actionTexts: Record<MailAction, { label: string; key: string }> = {
  signIn: { label: 'Sign in', key: 'i' },
  settings: { label: 'Change settings', key: 'c' },
  now: { label: 'Send now', key: 'n' },
  time: { label: 'Another time', key: 't' },
  back: { label: 'Back to draft', key: 'b' },
  retry: { label: 'Try again', key: 'r' },
  draft: { label: 'Open draft', key: 'o' },
  look: { label: 'Sent folder', key: 'l' },
  arrived: { label: 'It arrived', key: 'a' },
  again: { label: 'Send again', key: 's' },
  hide: { label: 'Remove', key: 'x' },
};

/** Whether a mail waits for the user: for a word, or for an account that works. */
export function isYours(email: Email, account: Account | null): boolean {
  return (
    email.held || email.status === 'unknown' || email.status === 'failed' || isStuck(email, account)
  );
}

/** What a toast offers; what that does is the component's business. */
export type Offer = 'undo' | 'draft' | 'outbox' | 'file';

/** A notice about a message. */
export type MailToast = Omit<ToastContent, 'action'> & { offer: Offer | null };

/** The notice a message's state deserves now; null: none (any more). */
export function toastOf(email: Email, now: number): MailToast | null {
  const name = nameOf(email);
  const notBefore = email.notBefore ?? 0;
  if (email.held) {
    return {
      text: `${name} is late and was not sent. Say what is to become of it.`,
      tone: 'error',
      offer: 'outbox',
    };
  }
  switch (email.status) {
    case 'queued':
      if (isHeldBack(email, now)) {
        return {
          text: `${name} waits. ${HELD_BACK} It goes on ${whenText(notBefore, now)}.`,
          ms: 10_000,
          offer: 'undo',
        };
      }
      if (email.attempts === 0 && notBefore > now && email.errorCode === null) {
        return { text: `Sending to ${recipients(email)}`, until: notBefore, offer: 'undo' };
      }
      if (email.errorMessage) {
        const next = notBefore > now ? ` It goes on ${whenText(notBefore, now)}.` : '';
        return { text: `${name} waits. ${email.errorMessage}${next}`, ms: 10_000, offer: 'outbox' };
      }
      return null;
    case 'transmitting':
      return { text: `Sending ${name}…`, ms: 20_000, offer: null };
    case 'sent':
      if (isPractice(email)) {
        return {
          text: `Practice: ${name} is kept as a file, nothing was sent.`,
          tone: 'ok',
          ms: 10_000,
          offer: 'file',
        };
      }
      return email.confirmed
        ? { text: `Sent to ${recipients(email)}.`, tone: 'ok', offer: null }
        : {
            text: `Sent to ${recipients(email)}. It was taken, but not confirmed.`,
            tone: 'ok',
            ms: 10_000,
            offer: null,
          };
    case 'failed':
      // Who sends it again just said so.
      if (isGivenUp(email)) return null;
      return {
        text: `Not sent: ${name}. ${email.errorMessage ?? ''}`.trim(),
        tone: 'error',
        offer: 'draft',
      };
    case 'unknown':
      return {
        text: `It is not known whether ${name} was sent. It is not sent again by itself.`,
        tone: 'error',
        offer: 'outbox',
      };
    case 'cancelled':
      return { text: 'Taken back. The draft can be edited again.', offer: 'draft', ms: 5000 };
    case 'scheduled':
      if (notBefore <= now || email.errorCode !== null) return null;
      return {
        text: `To ${recipients(email)}: leaves ${whenText(notBefore, now)}.`,
        ms: 10_000,
        offer: 'undo',
      };
  }
}

const NOT_KNOWN = 'Not known whether it was sent';
/** Why it is held back, see `isHeldBack`. */
const HELD_BACK = 'Its account can’t send just now: the provider limits it, or can’t be reached.';

/** What the outbox says about a message, in a few words. */
export function stateText(email: Email, account: Account | null, now: number): string {
  const notBefore = email.notBefore ?? 0;
  const isAhead = notBefore > now;
  if (email.held) return `Late: was to leave ${whenText(email.dueAt ?? notBefore, now)}`;
  if (isStuck(email, account)) {
    return isAhead && email.status === 'scheduled'
      ? `Leaves ${whenText(notBefore, now)}, if its account works by then`
      : 'Waits until its account works again';
  }
  if (isHeldBack(email, now)) return `Waits; goes on ${whenText(notBefore, now)}`;
  switch (email.status) {
    case 'queued':
      if (email.errorCode !== null) {
        return isAhead ? `Waits; goes on ${whenText(notBefore, now)}` : 'Waits';
      }
      return isAhead ? `Leaves in ${duration(secondsLeft(notBefore, now))}` : 'Waits its turn';
    case 'scheduled':
      if (email.errorCode !== null && isAhead) return `Waits; goes on ${whenText(notBefore, now)}`;
      return isAhead ? `Leaves ${whenText(notBefore, now)}` : 'About to leave';
    case 'transmitting':
      return 'Being sent';
    case 'sent':
      if (isPractice(email)) return 'Kept as a file (practice)';
      return email.confirmed ? 'Sent' : 'Sent, not confirmed';
    case 'failed':
      return isGivenUp(email) ? NOT_KNOWN : 'Not sent';
    case 'cancelled':
      return 'Taken back';
    case 'unknown':
      return NOT_KNOWN;
  }
}

/** Why a message waits or didn't leave, in the program's words; empty where its state says it. */
export function reasonOf(email: Email, account: Account | null, now: number): string {
  if (isStuck(email, account)) return standstill(account) ?? '';
  if (isHeldBack(email, now)) return HELD_BACK;
  // Of one that is merely late there is nothing more to say; of one that was tried, what went wrong.
  if (email.status === 'sent' || (email.held && email.errorCode === 'CONFLICT')) return '';
  return email.errorMessage ?? '';
}

/** What there is to do about a message, where it is more than its actions say; else empty. */
export function adviceOf(email: Email, account: Account | null): string {
  if (email.held) return 'Send it now, choose another time, or take it back.';
  if (isStuck(email, account)) return 'It goes on by itself once the account works again.';
  if (email.status === 'failed' && email.errorCode && !isGivenUp(email)) {
    return errorText({ code: email.errorCode, message: '' }).advice;
  }
  return '';
}

/** What to look for, and where, when nobody knows whether a message left. */
export function whatToLookFor(email: Email, account: Account | null, now: number): string {
  const tried = email.settledAt ?? email.notBefore ?? email.queuedAt ?? 0;
  const subject = email.subject.trim();
  const what = subject ? `a mail with the subject “${subject}”` : 'a mail without a subject';
  const to = list([...email.to, ...email.cc, ...email.bcc].map((one) => one.address));
  const when = `sent ${whenText(tried, now)} or a little later`;
  if (account?.kind === 'gmail' || account?.kind === 'outlook') {
    return `Look in the Sent folder of ${account.email} for ${what} to ${to}, ${when}. Is it there, or has it reached them? Then it arrived.`;
  }
  // Sending by SMTP leaves no copy there, whatever became of the mail.
  return `Ask whether ${what} has reached ${to}, ${when}, before you send it again. That it isn’t in the Sent folder proves nothing; a message that it couldn’t be delivered does.`;
}

/** At most three addresses. */
function list(addresses: readonly string[]): string {
  if (addresses.length <= 3) return addresses.join(', ');
  return `${addresses.slice(0, 3).join(', ')} and ${counted(addresses.length - 3, 'other')}`;
}

/** The web page with an account's Sent folder, where there is one that is known. */
export function sentFolder(account: Account | null): string | null {
  if (account?.kind === 'outlook') {
    const isPersonal = /@(outlook|hotmail|live|msn)\.[a-z.]+$/i.test(account.email);
    return `https://outlook.${isPersonal ? 'live.com/mail/0' : 'office.com/mail'}/sentitems`;
  }
  if (account?.kind !== 'gmail') return null;
  return `https://mail.google.com/mail/?authuser=${encodeURIComponent(account.email)}#sent`;
}

/** What an account has sent today, and until when it waits; null while that is of no interest. */
export function limitText(limit: SendingLimit, now: number): string | null {
  const used = limit.usedToday;
  const paused = limit.pausedUntil ?? 0;
  if (paused > now) {
    return `Held back by the provider until ${whenText(paused, now)}`;
  }
  if (used === 0) return null;
  const counts = `${number(used)} of ${counted(limit.dailyLimit, 'mail')} today`;
  return used < limit.dailyLimit
    ? counts
    : `${counts}; the next ones leave ${whenText(limit.resetsAt ?? 0, now)}`;
}

/** The outbox in heaps: what waits for the user, what goes by itself, what waits for its time. */
export function heaps(
  emails: readonly Email[],
  accountOf: (email: Email) => Account | null,
): {
  yours: Email[];
  going: Email[];
  later: Email[];
} {
  const waitsForUser = (email: Email) => isYours(email, accountOf(email));
  const others = emails.filter((email) => !waitsForUser(email));
  return {
    yours: emails.filter(waitsForUser),
    going: others.filter((email) => email.status !== 'scheduled'),
    // The next one first.
    later: others
      .filter((email) => email.status === 'scheduled')
      .sort((a, b) => (a.notBefore ?? 0) - (b.notBefore ?? 0)),
  };
}

/** Whether a mail is over: it left, or was taken back. */
function isOver(status: EmailStatus): boolean {
  return status === 'sent' || status === 'cancelled';
}

/** The outbox after a message changed: newest first, those that are over leave. */
export function withChange(emails: readonly Email[], changed: Email): Email[] {
  // One that failed gives way to the next try of the same draft.
  const others = emails.filter(
    (email) =>
      email.id !== changed.id &&
      !(
        email.status === 'failed' &&
        email.draftId === changed.draftId &&
        (email.queuedAt ?? 0) < (changed.queuedAt ?? 0)
      ),
  );
  return (isOver(changed.status) || changed.hidden ? others : [...others, changed]).sort(
    (a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0),
  );
}
