// @vitest-environment node
import { afterEach, describe, expect, it } from 'vitest';
import {
  addMinutes,
  clockOf,
  dateOf,
  meaningOf,
  offsetOf,
  presets,
  readDate,
  readTime,
  whenText,
  writeDate,
  writeTime,
  zoneOf,
} from './schedule';

const home = process.env.TZ;
afterEach(() => {
  if (home === undefined) delete process.env.TZ;
  else process.env.TZ = home;
});

function inZone(zone: string): void {
  process.env.TZ = zone;
  expect(Intl.DateTimeFormat().resolvedOptions().timeZone, 'the zone is in force').toBe(zone);
}

const utc = (text: string) => Date.parse(text);
const iso = (at: number) => new Date(at).toISOString();
const meaning = (date: string, time: string) => {
  const [year, month, day] = date.split('-').map(Number) as [number, number, number];
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  return meaningOf({ year, month, day }, { hour, minute });
};

describe('a date and a time', () => {
  it.each([
    ['Europe/Berlin', '2026-01-15', '09:00', '2026-01-15T08:00:00.000Z'],
    ['Europe/Berlin', '2026-07-15', '09:00', '2026-07-15T07:00:00.000Z'],
    // The days on which the clocks change, before and after they do.
    ['Europe/Berlin', '2026-03-29', '01:59', '2026-03-29T00:59:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '03:00', '2026-03-29T01:00:00.000Z'],
    ['Europe/Berlin', '2026-03-29', '18:00', '2026-03-29T16:00:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '01:59', '2026-10-24T23:59:00.000Z'],
    ['Europe/Berlin', '2026-10-25', '03:00', '2026-10-25T02:00:00.000Z'],
    ['America/New_York', '2026-11-01', '03:00', '2026-11-01T08:00:00.000Z'],
    ['Australia/Eucla', '2026-06-01', '09:15', '2026-06-01T00:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-12-31', '23:30', '2026-12-31T09:30:00.000Z'],
    ['UTC', '2026-03-29', '02:30', '2026-03-29T02:30:00.000Z'],
  ])('in %s, %s %s is %s', (zone, date, time, expected) => {
    inZone(zone);
    const { at, odd, second } = meaning(date, time);
    expect([iso(at), odd, second]).toEqual([expected, null, null]);
  });

  it.each([
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:30:00.000Z', '03:30'],
    ['America/New_York', '2026-03-08', '02:00', '2026-03-08T07:00:00.000Z', '03:00'],
    // Half an hour only.
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:45:00.000Z', '02:45'],
  ])('in %s, %s %s is left out, and read as %s', (zone, date, time, expected, shown) => {
    inZone(zone);
    const { at, odd } = meaning(date, time);
    expect([iso(at), odd]).toEqual([expected, 'skipped']);
    expect(writeTime(clockOf(at))).toBe(shown);
  });

  it.each([
    [
      'Europe/Berlin',
      '2026-10-25',
      '02:30',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ],
    [
      'America/New_York',
      '2026-11-01',
      '01:00',
      '2026-11-01T05:00:00.000Z',
      '2026-11-01T06:00:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-05',
      '01:45',
      '2026-04-04T14:45:00.000Z',
      '2026-04-04T15:15:00.000Z',
    ],
  ])('in %s, %s %s comes twice', (zone, date, time, first, second) => {
    inZone(zone);
    const found = meaning(date, time);
    expect([iso(found.at), found.odd, iso(found.second!)]).toEqual([first, 'twice', second]);
  });
});

describe('what is typed', () => {
  const now = utc('2026-11-26T12:00:00Z');

  it.each([
    ['2026-11-30', '2026-11-30'],
    [' 2026-1-5 ', '2026-01-05'],
    ['30.11.2026', '2026-11-30'],
    ['30.11.26', '2026-11-30'],
    ['30.11.', '2026-11-30'],
    ['30.11', '2026-11-30'],
    ['1.2.', '2027-02-01'],
    ['29.2.', null],
    ['29.02.2028', '2028-02-29'],
    ['11/30', '2026-11-30'],
    ['11/30/2027', '2027-11-30'],
    ['today', '2026-11-26'],
    ['Tomorrow', '2026-11-27'],
    ['', null],
    ['30', null],
    ['31.11.2026', null],
    ['2026-13-01', null],
    ['2026-11', null],
    ['30.11.202', null],
    ['300.11.2026', null],
    ['soon', null],
    ['1969-12-31', null],
  ])('reads the date %j as %s', (text, expected) => {
    inZone('UTC');
    const found = readDate(text, now, true);
    expect(found && writeDate(found)).toBe(expected);
  });

  it('reads a date with a slash in the order of the language', () => {
    inZone('UTC');
    expect(writeDate(readDate('5/12/2026', now, true)!)).toBe('2026-05-12');
    expect(writeDate(readDate('5/12/2026', now, false)!)).toBe('2026-12-05');
    expect(writeDate(readDate('5.12.2026', now, true)!), 'points: day first').toBe('2026-12-05');
  });

  it.each([
    ['9', '09:00'],
    ['09:05', '09:05'],
    ['9.30', '09:30'],
    ['0930', '09:30'],
    ['23h15', '23:15'],
    ['9 am', '09:00'],
    ['12 am', '00:00'],
    ['12:30pm', '12:30'],
    ['2:15 p.m.', '14:15'],
    ['9 Uhr', '09:00'],
    ['9:30 Uhr', '09:30'],
    ['24:00', null],
    ['9:60', null],
    ['13 pm', null],
    ['0 am', null],
    ['9:5', null],
    ['', null],
    ['noon', null],
    ['-1', null],
  ])('reads the time %j as %s', (text, expected) => {
    const found = readTime(text);
    expect(found && writeTime(found)).toBe(expected);
  });

  it('goes round the dial', () => {
    expect(writeTime(addMinutes({ hour: 23, minute: 50 }, 15))).toBe('00:05');
    expect(writeTime(addMinutes({ hour: 0, minute: 5 }, -15))).toBe('23:50');
  });
});

describe('what is offered', () => {
  const offered = (now: string) =>
    presets(utc(now)).map(({ label, at }) => `${label} ${iso(at).slice(0, 16)}`);

  it('on a Thursday noon', () => {
    inZone('Europe/Berlin');
    expect(offered('2026-11-26T11:02:00Z')).toEqual([
      'In an hour 2026-11-26T12:05',
      'This evening 2026-11-26T17:00',
      'Tomorrow morning 2026-11-27T08:00',
      'Monday morning 2026-11-30T08:00',
    ]);
  });

  it('has no evening when it is evening, and Monday once', () => {
    inZone('Europe/Berlin');
    expect(offered('2026-11-29T18:00:00Z'), 'a Sunday').toEqual([
      'In an hour 2026-11-29T19:00',
      'Tomorrow morning 2026-11-30T08:00',
    ]);
    expect(offered('2026-11-30T06:00:00Z').at(-1), 'a Monday').toBe(
      'Monday morning 2026-12-07T08:00',
    );
  });

  it('means nine o’clock also after the clocks were changed', () => {
    inZone('Europe/Berlin');
    expect(offered('2026-03-28T20:00:00Z')).toContain('Tomorrow morning 2026-03-29T07:00');
    expect(offered('2026-10-24T20:00:00Z')).toContain('Tomorrow morning 2026-10-25T08:00');
  });

  it('lies always ahead, in order', () => {
    for (const zone of ['UTC', 'America/St_Johns', 'Pacific/Apia']) {
      inZone(zone);
      for (let hour = 0; hour < 24 * 15; hour += 1) {
        const now = utc('2026-03-20T00:00:00Z') + hour * 3_600_000 + 61_000;
        const times = presets(now).map(({ at }) => at);
        expect(
          times.every((at) => at > now),
          `${zone} ${iso(now)}`,
        ).toBe(true);
        expect(new Set(times).size, 'none twice').toBe(times.length);
      }
    }
  });
});

describe('words for a moment', () => {
  it('name the zone and how far it is from UTC then', () => {
    inZone('Europe/Berlin');
    expect(zoneOf(utc('2026-11-26T12:00:00Z'))).toBe('Europe/Berlin, GMT+1');
    expect(offsetOf(utc('2026-07-01T12:00:00Z'))).toBe('GMT+2');
    inZone('America/St_Johns');
    expect(offsetOf(utc('2026-11-26T12:00:00Z'))).toBe('GMT\u22123:30');
    inZone('UTC');
    expect(zoneOf(0)).toBe('UTC, GMT');
  });

  it('say the day as people do', () => {
    inZone('UTC');
    const now = utc('2026-11-26T12:00:00Z');
    expect(whenText(utc('2026-11-26T18:00:00Z'), now)).toMatch(/^today at /);
    expect(whenText(utc('2026-11-27T00:00:00Z'), now)).toMatch(/^tomorrow at /);
    expect(whenText(utc('2026-11-30T09:00:00Z'), now)).toMatch(/Monday.*30.* at /);
    expect(whenText(utc('2027-01-04T09:00:00Z'), now)).toMatch(/2027/);
    expect(dateOf(now)).toEqual({ year: 2026, month: 11, day: 26 });
  });
});
