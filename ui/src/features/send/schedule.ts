/**
 * When a mail is to leave: from the date and time people write to a moment, in the time zone of
 * this window, and back. Without DOM and clock. Moments: milliseconds since 1970.
 *
 * Twice a year a wall clock lies: an hour that is left out is read as if the clocks had not been
 * put forward yet, an hour that comes twice as its first time; both are told.
 */
import { calendarDays } from '../../shared/time';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A date as calendars show it; months count from 1. */
export interface WallDate {
  year: number;
  month: number;
  day: number;
}

/** A time as clocks show it. */
export interface WallTime {
  hour: number;
  minute: number;
}

/** What a date and a time mean. */
export interface Meaning {
  at: number;
  /** `skipped`: no clock shows this time on that day. `twice`: clocks show it twice. */
  odd: 'skipped' | 'twice' | null;
  /** The second of two moments, where the time comes twice. */
  second: number | null;
}

/** A time people often want. */
export interface Preset {
  label: string;
  at: number;
}

/** The moment a date and a time mean in this window's time zone. */
export function meaningOf(date: WallDate, time: WallTime): Meaning {
  const wall = Date.UTC(date.year, date.month - 1, date.day, time.hour, time.minute);
  // The offsets before and after any change of the clocks that day; each gives a candidate.
  const offsets = [wall - DAY, wall + DAY].map((at) => -new Date(at).getTimezoneOffset() * MINUTE);
  const fitting = [...new Set(offsets)]
    .map((offset) => wall - offset)
    .filter((at) => wallOf(at) === wall)
    .sort((a, b) => a - b);
  if (fitting.length === 0) return { at: wall - offsets[0]!, odd: 'skipped', second: null };
  const [at, second = null] = fitting as [number, number?];
  return { at, odd: second === null ? null : 'twice', second };
}

/** What a clock shows at a moment, counted as if it were UTC. */
function wallOf(at: number): number {
  const date = new Date(at);
  return Date.UTC(
    date.getFullYear(),
    date.getMonth(),
    date.getDate(),
    date.getHours(),
    date.getMinutes(),
  );
}

/** The calendar's date at a moment. */
export function dateOf(at: number): WallDate {
  const date = new Date(at);
  return { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
}

/** The clock's time at a moment. */
export function clockOf(at: number): WallTime {
  const date = new Date(at);
  return { hour: date.getHours(), minute: date.getMinutes() };
}

/** A date so many days later. */
export function addDays(date: WallDate, days: number): WallDate {
  const moved = new Date(Date.UTC(date.year, date.month - 1, date.day + days));
  return {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
  };
}

/** A time so many minutes later, on the same dial. */
export function addMinutes(time: WallTime, minutes: number): WallTime {
  const all = (((time.hour * 60 + time.minute + minutes) % 1440) + 1440) % 1440;
  return { hour: Math.floor(all / 60), minute: all % 60 };
}

const two = (value: number) => String(value).padStart(2, '0');

/** "2026-11-30": the one way of writing a date that nobody reads as another one. */
export function writeDate({ year, month, day }: WallDate): string {
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** "09:00". */
export function writeTime({ hour, minute }: WallTime): string {
  return `${two(hour)}:${two(minute)}`;
}

/** Whether the system's language writes the month before the day. */
function monthFirst(): boolean {
  const parts = new Intl.DateTimeFormat().formatToParts(0).map((part) => part.type);
  return parts.indexOf('month') < parts.indexOf('day');
}

/**
 * Reads a date: "2026-11-30", "30.11.2026", "30.11.", "11/30" in the order of the system's
 * language, "today", "tomorrow". Without a year it is the next such day. Null: not a date.
 */
export function readDate(text: string, now: number, isMonthFirst = monthFirst()): WallDate | null {
  const typed = text.trim().toLowerCase();
  const today = dateOf(now);
  if (typed === 'today') return today;
  if (typed === 'tomorrow') return addDays(today, 1);
  const numbers = /^(\d{1,4})\s*[-./]\s*(\d{1,2})(?:\s*[-./]\s*(\d{1,4})?)?$/.exec(typed);
  if (!numbers) return null;
  const [, first, second, third] = numbers as unknown as [string, string, string, string?];
  if (first.length === 4) {
    return third ? real({ year: +first, month: +second, day: +third }) : null;
  }
  if (first.length > 2 || (third && third.length !== 2 && third.length !== 4)) return null;
  const swapped = typed.includes('/') && isMonthFirst;
  const [month, day] = swapped ? [+first, +second] : [+second, +first];
  if (third) return real({ year: third.length === 2 ? 2000 + +third : +third, month, day });
  const thisYear = real({ year: today.year, month, day });
  const past = thisYear && writeDate(thisYear) < writeDate(today);
  return thisYear && !past ? thisYear : real({ year: today.year + 1, month, day });
}

/** The date if the calendar has it. */
function real(date: WallDate): WallDate | null {
  const { year, month, day } = addDays(date, 0);
  const is = year === date.year && month === date.month && day === date.day;
  return is && year >= 1970 && year <= 9999 ? date : null;
}

/** Reads a time: "9", "9:00", "9.30", "0930", "9 am", "2:15pm", "9 Uhr". Null: not a time. */
export function readTime(text: string): WallTime | null {
  const typed = text.trim().toLowerCase();
  const found = /^(\d{1,2})(?:\s*[:.h]\s*(\d{2})|(\d{2}))?\s*(?:(am|pm|a\.m\.|p\.m\.)|uhr)?$/.exec(
    typed,
  );
  if (!found) return null;
  const minute = Number(found[2] ?? found[3] ?? 0);
  const half = found[4]?.charAt(0);
  let hour = Number(found[1]);
  if (half && (hour < 1 || hour > 12)) return null;
  if (half) hour = (hour % 12) + (half === 'p' ? 12 : 0);
  return hour <= 23 && minute <= 59 ? { hour, minute } : null;
}

/** What is offered: in an hour, this evening, tomorrow morning, Monday morning. */
export function presets(now: number): Preset[] {
  const today = dateOf(now);
  const on = (days: number, hour: number) =>
    meaningOf(addDays(today, days), { hour, minute: 0 }).at;
  const hour = Math.ceil((now + 60 * MINUTE) / (5 * MINUTE)) * 5 * MINUTE;
  const all: Preset[] = [{ label: 'In an hour', at: hour }];
  const evening = on(0, 18);
  if (evening > hour) all.push({ label: 'This evening', at: evening });
  all.push({ label: 'Tomorrow morning', at: on(1, 9) });
  // Sunday is 0. On a Sunday tomorrow is the Monday.
  const toMonday = (8 - new Date(now).getDay()) % 7 || 7;
  if (toMonday > 1) all.push({ label: 'Monday morning', at: on(toMonday, 9) });
  return all;
}

/** "Europe/Berlin, GMT+1": the zone's name, and how far it is from UTC at a moment. */
export function zoneOf(at: number): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const offset = offsetOf(at);
  return timeZone === offset ? timeZone : `${timeZone}, ${offset}`;
}

/** "GMT+1", "GMT−3:30", "GMT". */
export function offsetOf(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'GMT';
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `GMT${minutes < 0 ? '\u2212' : '+'}${Math.floor(size / 60)}${rest}`;
}

/** "today at 18:00", "tomorrow at 09:00", "Monday, 30 November at 09:00"; or "Mon, 30 Nov at 09:00". */
export function whenText(at: number, now: number, size: 'long' | 'short' = 'long'): string {
  const days = calendarDays(now, at);
  const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
  const time = clock.format(at);
  if (Math.abs(days) <= 1) {
    const word = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(days, 'day');
    return `${word} at ${time}`;
  }
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  const date = new Intl.DateTimeFormat(undefined, {
    weekday: size,
    day: 'numeric',
    month: size,
    ...(sameYear ? {} : { year: 'numeric' }),
  });
  return `${date.format(at)} at ${time}`;
}
