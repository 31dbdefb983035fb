/** What a row of the list says. */
import type { DraftSummary, Mailbox } from '../../ipc';

/** Whom the draft is for. */
export function rowPeople(row: DraftSummary): string {
  if (row.contactName) return row.contactName;
  const names = row.to.map((mailbox: Mailbox) => mailbox.name?.trim() || mailbox.address);
  if (names.length === 0) return 'No recipient yet';
  if (names.length <= 2) return names.join(', ');
  return `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}

/** What it is about. */
export function rowSubject(row: DraftSummary): string {
  return row.subject.trim() || 'No subject';
}

const NOT_KNOWN = 'Not known whether it was sent';

/** Where it stands; nothing for an ordinary draft. */
export function rowState(row: DraftSummary): string {
  switch (row.status) {
    case 'queued':
      return row.errorCode ? NOT_KNOWN : 'In the outbox';
    case 'failed':
      return row.errorCode === 'SEND_OUTCOME_UNKNOWN' ? NOT_KNOWN : 'Not sent';
    case 'sent':
      return 'Sent';
    case 'draft':
      return '';
  }
}

const MINUTE = 60_000;

/** When it was saved, as short as it can be understood. */
export function relativeTime(at: number, now: number, locale?: string): string {
  const ago = now - at;
  if (ago < MINUTE) return 'now';
  if (ago < 60 * MINUTE) return `${Math.floor(ago / MINUTE)} min`;
  const then = new Date(at);
  const today = new Date(now);
  const midnight = (d: Date) => new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  const days = Math.round((midnight(today) - midnight(then)) / (24 * 60 * MINUTE));
  if (days <= 0) {
    return `${String(then.getHours()).padStart(2, '0')}:${String(then.getMinutes()).padStart(2, '0')}`;
  }
  if (days === 1) return 'Yesterday';
  if (days < 7) return then.toLocaleDateString(locale, { weekday: 'short' });
  const year = then.getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return then.toLocaleDateString(locale, { day: 'numeric', month: 'short', year });
}

/** How long something stays in the bin. */
export function daysLeft(until: number, now: number): string {
  const days = Math.ceil((until - now) / (24 * 60 * MINUTE));
  if (days <= 0) return 'gone soon';
  return days === 1 ? '1 day left' : `${days} days left`;
}
