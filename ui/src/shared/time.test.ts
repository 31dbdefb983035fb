import { describe, expect, it } from 'vitest';
import { calendarDays, dayHeading, duration, relativeTime, secondsLeft } from './time';

const now = new Date(2026, 10, 20, 12, 3, 0).getTime();
const ago = (minutes: number) => now - minutes * 60_000;

describe('a time as people say it', () => {
  it.each([
    [now, 'now'],
    [ago(1), '1 minute ago'],
    [ago(59), '59 minutes ago'],
    [ago(60 * 24), 'yesterday'],
  ])('%s is %s', (at, text) => expect(relativeTime(at, now)).toBe(text));

  it('is a clock time today, a weekday this week, then a date, with the year when it is another', () => {
    expect(relativeTime(ago(180), now)).toMatch(/9:03/);
    expect(relativeTime(new Date(2026, 10, 17, 9).getTime(), now)).toBe('Tuesday');
    expect(relativeTime(new Date(2026, 10, 1).getTime(), now)).toMatch(/Nov/);
    expect(relativeTime(new Date(2026, 10, 1).getTime(), now)).not.toMatch(/2026/);
    expect(relativeTime(new Date(2025, 10, 1).getTime(), now)).toMatch(/2025/);
  });

  it('does not call a time ahead of the clock a past one', () => {
    expect(relativeTime(now + 3_600_000, now)).toMatch(/1:03/);
  });

  it('counts midnights, not hours', () => {
    const late = new Date(2026, 10, 19, 23, 59).getTime();
    const early = new Date(2026, 10, 20, 0, 1).getTime();
    expect(calendarDays(late, early)).toBe(1);
    expect(dayHeading(late, early)).toBe('Yesterday');
    expect(dayHeading(early, early)).toBe('Today');
  });
});

describe('a countdown', () => {
  it('shows 1 until it is over and never less than 0', () => {
    expect(secondsLeft(now + 10_000, now)).toBe(10);
    expect(secondsLeft(now + 1, now)).toBe(1);
    expect(secondsLeft(now, now)).toBe(0);
    expect(secondsLeft(now - 5000, now)).toBe(0);
  });
});

describe('a wait', () => {
  it.each([
    [0, '1 second'],
    [8, '8 seconds'],
    [89.2, '90 seconds'],
    [100, '2 minutes'],
    [7200, '2 hours'],
  ])('of %s s is %s', (seconds, text) => expect(duration(seconds)).toBe(text));
});
