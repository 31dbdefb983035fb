/** Times and numbers as people read them, by the system's language. All times: milliseconds since 1970. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // Making one costs more than using it a thousand times.
  const key = JSON.stringify(options);
  let format = formats.get(key);
  if (!format) formats.set(key, (format = new Intl.DateTimeFormat(undefined, options)));
  return format;
}

let relative: Intl.RelativeTimeFormat | undefined;

/** Midnights between two times, by the local calendar (also over a change of the clocks). */
export function calendarDays(from: number, to: number): number {
  const day = (at: number) => {
    const date = new Date(at);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY;
  };
  return day(to) - day(from);
}

/** "now", "5 minutes ago", "12:03", "yesterday", "Tuesday", "20 Nov", "20 Nov 2025". */
export function relativeTime(at: number, now: number): string {
  relative ??= new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  const past = now - at;
  const days = calendarDays(at, now);
  if (past >= 0 && past < HOUR) {
    return past < MINUTE
      ? relative.format(0, 'second')
      : relative.format(-Math.floor(past / MINUTE), 'minute');
  }
  if (days === 0) return timeOfDay(at);
  if (days === 1) return relative.format(-1, 'day');
  if (days > 1 && days < 7) return dateFormat({ weekday: 'long' }).format(at);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateFormat(
    sameYear
      ? { day: 'numeric', month: 'short' }
      : { day: 'numeric', month: 'short', year: 'numeric' },
  ).format(at);
}

/** "12:03". */
export function timeOfDay(at: number): string {
  return dateFormat({ hour: 'numeric', minute: '2-digit' }).format(at);
}

/** Date and time in full, for hints and for those who can't see "yesterday". */
export function fullTime(at: number): string {
  return dateFormat({ dateStyle: 'full', timeStyle: 'short' }).format(at);
}

/** "Today", "Yesterday", or the date: the heading over a day's entries. */
export function dayHeading(at: number, now: number): string {
  const days = calendarDays(at, now);
  if (days === 0 || days === 1) {
    relative ??= new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
    const word = relative.format(-days, 'day');
    return word.charAt(0).toLocaleUpperCase() + word.slice(1);
  }
  return dateFormat({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).format(at);
}

/** Whole seconds until a time, rounded up so that it shows 1 until it is over; never negative. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.ceil((until - now) / 1000));
}

/** "8 seconds", "3 minutes", "2 hours": how long to wait, rounded up. */
export function duration(seconds: number): string {
  const [value, unit] =
    seconds < 90
      ? [Math.max(1, Math.ceil(seconds)), 'second']
      : seconds < 90 * 60
        ? [Math.ceil(seconds / 60), 'minute']
        : [Math.ceil(seconds / 3600), 'hour'];
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: 'long',
  }).format(value as number);
}
