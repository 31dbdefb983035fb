import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../../ipc';
import { byDay, merged } from './days';

const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();
const entry = (id: string, time: number): HistoryEntry => ({
  id,
  contactId: null,
  emailId: null,
  direction: 'sent',
  kind: null,
  sender: null,
  recipients: [],
  subject: '',
  snippet: '',
  confirmed: true,
  isPractice: false,
  at: time,
});

describe('the history', () => {
  it('is a list of days, not of hours apart', () => {
    const days = byDay(
      [entry('a', at(20, 9)), entry('b', at(20, 1)), entry('c', at(19, 23)), entry('d', at(2, 12))],
      at(20, 12),
    );
    expect(days.map((day) => [day.heading, day.entries.map((e) => e.id)])).toEqual([
      ['Today', ['a', 'b']],
      ['Yesterday', ['c']],
      [expect.stringContaining('November'), ['d']],
    ]);
  });

  it('has nothing twice when pages overlap', () => {
    const all = merged([entry('a', 3), entry('b', 2)], [entry('b', 2), entry('c', 1)]);
    expect(all.map((e) => e.id)).toEqual(['a', 'b', 'c']);
  });
});
