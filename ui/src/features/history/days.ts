/** The history as a list of days. */
import type { HistoryEntry } from '../../ipc';
import { calendarDays, dayHeading } from '../../shared/time';

/** What was sent on one day. */
export interface Day {
  key: string;
  heading: string;
  entries: HistoryEntry[];
}

/** Entries, newest first, under the days they fall on. */
export function byDay(entries: readonly HistoryEntry[], now: number): Day[] {
  const days: Day[] = [];
  let last: number | null = null;
  for (const entry of entries) {
    const at = entry.at ?? 0;
    const day = days.at(-1);
    if (day && last !== null && calendarDays(at, last) === 0) day.entries.push(entry);
    else days.push({ key: entry.id, heading: dayHeading(at, now), entries: [entry] });
    last = at;
  }
  return days;
}

/** The list with a further page: none twice, should something have moved meanwhile. */
export function merged(
  known: readonly HistoryEntry[],
  page: readonly HistoryEntry[],
): HistoryEntry[] {
  const ids = new Set(known.map((entry) => entry.id));
  return [...known, ...page.filter((entry) => !ids.has(entry.id))];
}
