/** What the list of versions says, and what changed as lines to be shown. */
import type { DiffRun, VersionCause, VersionSummary } from '../../ipc';
import { calendarDays, dayHeading, timeOfDay } from '../../shared/time';

const HOUR = 3_600_000;

let seconds: Intl.DateTimeFormat | undefined;

/** Why a version was kept; nothing where somebody just typed. */
export function causeLabel(cause: VersionCause): string {
  switch (cause) {
    case 'polish':
      return 'Polish';
    case 'generate':
      return 'Generated';
    case 'restore':
      return 'Before a restore';
    case 'send':
      return 'Sent';
    case 'typing':
      return '';
  }
}

/** "12:03", and for the last hour, where there may be many a minute, "12:03:15". */
export function clockLabel(at: number, now: number): string {
  if (now - at >= HOUR) return timeOfDay(at);
  seconds ??= new Intl.DateTimeFormat(undefined, {
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  });
  return seconds.format(at);
}

/** "Today, 12:03:15": a version's time, by itself. */
export function momentLabel(at: number, now: number): string {
  return `${dayHeading(at, now)}, ${clockLabel(at, now)}`;
}

/** A version, with its position. */
export interface Row {
  position: number;
  version: VersionSummary;
}

/** What was kept on one day. */
export interface Day {
  key: string;
  heading: string;
  rows: Row[];
}

/** Versions, newest first, under the days they fall on. */
export function byDay(versions: readonly VersionSummary[], now: number): Day[] {
  const days: Day[] = [];
  let last: number | null = null;
  versions.forEach((version, i) => {
    const at = version.createdAt ?? 0;
    const row = { position: i + 1, version };
    const day = days.at(-1);
    if (day && last !== null && calendarDays(at, last) === 0) day.rows.push(row);
    else days.push({ key: version.id, heading: dayHeading(at, now), rows: [row] });
    last = at;
  });
  return days;
}

/**
 * The runs of a comparison line by line, so that each line finds its own direction. A line break
 * that was deleted or inserted is shown as ¶.
 */
export function intoLines(runs: readonly DiffRun[]): DiffRun[][] {
  const lines: DiffRun[][] = [[]];
  for (const { kind, text } of runs) {
    text.split('\n').forEach((part, i) => {
      if (i > 0) {
        if (kind !== 'same') lines.at(-1)!.push({ kind, text: '¶' });
        lines.push([]);
      }
      if (part) lines.at(-1)!.push({ kind, text: part });
    });
  }
  return lines;
}

/** Whether a comparison's runs have any change in them. */
export function hasChange(runs: readonly DiffRun[]): boolean {
  return runs.some((run) => run.kind !== 'same');
}
