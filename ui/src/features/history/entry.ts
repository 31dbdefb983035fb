/** What an entry of the history is called, and what is said when it comes. */
import type { HistoryEntry } from '../../ipc';
import { people } from '../../shared/format';
import type { IconName } from '../../shared/icons';
import type { ToastContent } from '../../shared/toasts.svelte';

/** Whom it went to, or came from. */
export function whoOf(entry: HistoryEntry): string {
  if (entry.direction === 'sent') return people(entry.recipients, 3);
  if (entry.kind === 'bounce') return people(entry.recipients, 3) || 'Nobody';
  return entry.sender?.name?.trim() || entry.sender?.address || 'Somebody';
}

/** How something received is marked; null: it was sent. */
export function markOf(
  entry: HistoryEntry,
): { icon: IconName; label: string; tone: 'good' | 'quiet' | 'bad' } | null {
  switch (entry.kind) {
    case 'reply':
      return { icon: 'mail', label: 'Answer', tone: 'good' };
    case 'receipt':
      return { icon: 'check', label: 'Opened', tone: 'good' };
    case 'automatic':
      return { icon: 'clock', label: 'Automatic answer', tone: 'quiet' };
    case 'bounce':
      return { icon: 'alert', label: 'Not delivered', tone: 'bad' };
    case null:
      return null;
  }
}

/** What the window says when it comes; null: it is no news. */
export function newsOf(entry: HistoryEntry): ToastContent | null {
  const about = entry.subject.trim() ? ` “${entry.subject.trim()}”` : '';
  switch (entry.kind) {
    case 'reply':
      return { text: `${whoOf(entry)} answered:${about || ' no subject'}`, tone: 'ok' };
    case 'receipt':
      return { text: `${whoOf(entry)} opened your mail.`, tone: 'ok' };
    case 'bounce':
      return { text: `Your mail did not reach ${whoOf(entry)}.`, tone: 'error' };
    default:
      return null;
  }
}

/** Whether somebody would read an answer to it. */
export function canAnswer(entry: HistoryEntry): boolean {
  return entry.kind === 'reply' || entry.kind === 'automatic';
}

/** Whether there is more of it than its first lines. */
export function hasMore(entry: HistoryEntry): boolean {
  return entry.direction === 'received' && entry.kind !== 'receipt';
}
