/**
 * What sending means for the page, without DOM, commands or clock: what stands in the way of it, what
 * the outbox says about a message, and which notice a change of it deserves.
 */
import type { Account, Email, Error as CommandError, SendQuestion } from '../../ipc';
import { people } from '../../shared/format';
import { timeOfDay } from '../../shared/time';
import type { ToastContent } from '../../shared/toasts.svelte';

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

/** Whether an error means: connect an account (again), then it can be sent. */
export function needsAccount(error: CommandError): boolean {
  return ['GMAIL_NOT_CONNECTED', 'GMAIL_TOKEN_EXPIRED', 'ACCOUNT_NOT_CONNECTED'].includes(
    error.code,
  );
}

/** The account a draft leaves through: the one it names if that still exists, else the default. */
export function senderOf(accounts: readonly Account[], chosen: string | null): Account | null {
  return (
    accounts.find((account) => account.id === chosen) ??
    accounts.find((account) => account.isDefault) ??
    accounts[0] ??
    null
  );
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

/** Whether it can still be taken back. */
export function canUndo(email: Email): boolean {
  return email.status === 'queued' || email.status === 'scheduled';
}

/** What a toast offers; what that does is the component's business. */
export type Offer = 'undo' | 'draft' | 'outbox';

/** A notice about a message. */
export type MailToast = Omit<ToastContent, 'action'> & { offer: Offer | null };

/** The notice a message's state deserves now; null: none (any more). */
export function toastOf(email: Email, now: number): MailToast | null {
  const name = nameOf(email);
  const notBefore = email.notBefore ?? 0;
  switch (email.status) {
    case 'queued':
      if (email.attempts === 0 && notBefore > now) {
        return { text: `Sending to ${recipients(email)}`, until: notBefore, offer: 'undo' };
      }
      if (email.errorMessage) {
        const next = notBefore > now ? ` Next try at ${timeOfDay(notBefore)}.` : '';
        return { text: `${name} waits. ${email.errorMessage}${next}`, ms: 10_000, offer: 'outbox' };
      }
      return null;
    case 'transmitting':
      return { text: `Sending ${name}…`, ms: 20_000, offer: null };
    case 'sent':
      return email.confirmed
        ? { text: `Sent to ${recipients(email)}.`, tone: 'ok', offer: null }
        : {
            text: `Sent to ${recipients(email)}. Gmail took it, but did not confirm it.`,
            tone: 'ok',
            ms: 10_000,
            offer: null,
          };
    case 'failed':
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
      return null;
  }
}

/** What the outbox says about a message, in a few words. */
export function stateText(email: Email, now: number): string {
  const notBefore = email.notBefore ?? 0;
  switch (email.status) {
    case 'queued':
      if (email.attempts === 0) return notBefore > now ? 'Leaves in a moment' : 'Waits its turn';
      return notBefore > now ? `Next try at ${timeOfDay(notBefore)}` : 'About to be tried again';
    case 'scheduled':
      return `Leaves at ${timeOfDay(notBefore)}`;
    case 'transmitting':
      return 'Being sent';
    case 'sent':
      return email.confirmed ? 'Sent' : 'Sent, not confirmed';
    case 'failed':
      return 'Not sent';
    case 'cancelled':
      return 'Taken back';
    case 'unknown':
      return 'Not known whether it was sent';
  }
}

/** The outbox in two heaps: what waits for the user, and what goes by itself. */
export function heaps(emails: readonly Email[]): { yours: Email[]; going: Email[] } {
  return {
    yours: emails.filter((email) => email.status === 'unknown' || email.status === 'failed'),
    going: emails.filter((email) => ['queued', 'scheduled', 'transmitting'].includes(email.status)),
  };
}

/** The outbox after a message changed: newest first, settled ones leave. */
export function withChange(emails: readonly Email[], changed: Email): Email[] {
  const others = emails.filter((email) => email.id !== changed.id);
  const settled = changed.status === 'sent' || changed.status === 'cancelled';
  return (settled ? others : [...others, changed]).sort(
    (a, b) => (b.queuedAt ?? 0) - (a.queuedAt ?? 0),
  );
}
