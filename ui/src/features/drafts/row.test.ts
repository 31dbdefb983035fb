import { describe, expect, it } from 'vitest';
import type { DraftSummary } from '../../ipc';
import { daysLeft, relativeTime, rowPeople, rowState, rowSubject } from './row';

const row: DraftSummary = {
  id: '1',
  contactId: null,
  contactName: null,
  to: [],
  subject: '',
  snippet: '',
  attachmentCount: 0,
  status: 'draft',
  errorCode: null,
  revision: 1,
  createdAt: 0,
  updatedAt: 0,
  found: null,
};

describe('a row', () => {
  it('names the contact, else the recipients, few of them', () => {
    const to = ['a', 'b', 'c', 'd'].map((name) => ({ address: `${name}@x.org` }));
    expect(rowPeople(row)).toBe('No recipient yet');
    expect(rowPeople({ ...row, to: to.slice(0, 2) })).toBe('a@x.org, b@x.org');
    expect(rowPeople({ ...row, to })).toBe('a@x.org, b@x.org and 2 more');
    expect(rowPeople({ ...row, to: [{ name: ' Ada ', address: 'a@x.org' }] })).toBe('Ada');
    expect(rowPeople({ ...row, to, contactName: 'Ada' })).toBe('Ada');
  });

  it('has words for no subject and for each state that matters', () => {
    expect(rowSubject({ ...row, subject: '  ' })).toBe('No subject');
    expect(rowState(row)).toBe('');
    expect(rowState({ ...row, status: 'failed' })).toBe('Not sent');
    expect(rowState({ ...row, status: 'queued' })).toBe('In the outbox');
  });

  it('does not claim that a mail was not sent of which nobody knows', () => {
    const unclear = { ...row, errorCode: 'SEND_OUTCOME_UNKNOWN' as const };
    for (const status of ['queued', 'failed'] as const) {
      expect(rowState({ ...unclear, status })).toBe('Not known whether it was sent');
    }
    expect(rowState({ ...row, status: 'failed', errorCode: 'GMAIL_API_ERROR' })).toBe('Not sent');
  });
});

describe('the time', () => {
  const now = new Date(2026, 10, 21, 9, 30).getTime();
  it.each([
    [new Date(2026, 10, 21, 9, 29, 30), 'now'],
    [new Date(2026, 10, 21, 9, 31), 'now'],
    [new Date(2026, 10, 21, 8, 31), '59 min'],
    [new Date(2026, 10, 21, 7, 5), '07:05'],
    [new Date(2026, 10, 20, 23, 59), 'Yesterday'],
    [new Date(2026, 10, 16, 12), 'Mon'],
    [new Date(2026, 10, 14, 12), 'Nov 14'],
    [new Date(2025, 10, 14, 12), 'Nov 14, 2025'],
  ])('%s is %s', (then, text) => expect(relativeTime(then.getTime(), now, 'en-US')).toBe(text));
});

it('says how long the bin keeps something', () => {
  const day = 24 * 3_600_000;
  expect(daysLeft(30 * day, 0)).toBe('30 days left');
  expect(daysLeft(30 * day, 29 * day + 1)).toBe('1 day left');
  expect(daysLeft(30 * day, 30 * day)).toBe('gone soon');
});
