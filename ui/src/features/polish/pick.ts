/**
 * Choosing sentence by sentence, as a value: for each row whose sentence is taken. No DOM. The
 * document that a choice gives is made by the program.
 */
import type { PolishRow, Source, Style } from '../../ipc';
import { STYLE_NAMES, STYLES } from './desk';

/** Whose sentences stand in a row's cells, in their order. Their keys are 0 to 4. */
export const SOURCES: readonly Source[] = ['original', ...STYLES];

/** What they are called. */
export const SOURCE_NAMES: Record<Source, string> = { original: 'Your text', ...STYLE_NAMES };

/** Those that can be taken from: a version that can't be used has no sentences to give. */
export function offeredSources(refused: readonly { style: Style }[]): readonly Source[] {
  return SOURCES.filter((source) => !refused.some(({ style }) => style === source));
}

/** For each row, whose sentence is taken. */
export type Choice = readonly Source[];

/** The user's own text in all rows: what one begins with. */
export function keepAll(rows: readonly PolishRow[]): Choice {
  return rows.map(() => 'original');
}

/** One text in all rows. */
export function takeAll(choice: Choice, source: Source): Choice {
  return choice.map(() => source);
}

/** Another text's sentence in one row. */
export function takeOne(choice: Choice, row: number, source: Source): Choice {
  return choice.map((old, i) => (i === row ? source : old));
}

/** The source a number key means. */
export function sourceOfKey(key: string): Source | null {
  return /^[0-4]$/.test(key) ? SOURCES[Number(key)]! : null;
}

/**
 * Where an arrow leads from a row and what is chosen in it. Left and right choose among what is
 * offered, as in radio buttons.
 */
export function move(
  choice: Choice,
  row: number,
  key: string,
  rtl = false,
  offered: readonly Source[] = SOURCES,
): { choice: Choice; row: number } | null {
  const step = { ArrowLeft: rtl ? 1 : -1, ArrowRight: rtl ? -1 : 1 }[key];
  if (step !== undefined) {
    const at = offered.indexOf(choice[row]!);
    const to = Math.min(Math.max(at + step, 0), offered.length - 1);
    return { choice: takeOne(choice, row, offered[to]!), row };
  }
  const target = { ArrowUp: row - 1, ArrowDown: row + 1, Home: 0, End: choice.length - 1 }[key];
  if (target === undefined) return null;
  return { choice, row: Math.min(Math.max(target, 0), choice.length - 1) };
}

/** "4 sentences from Formal, 2 of your own", the most first. */
export function mixText(choice: Choice, rows: readonly PolishRow[]): string {
  const counts = SOURCES.map((source, at) => ({
    source,
    count: choice.filter((chosen, row) => chosen === source && rows[row]?.cells[at] !== '').length,
  }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  if (counts.length === 0) return 'Nothing is chosen';
  return counts
    .map(({ source, count }) =>
      source === 'original'
        ? `${count} of your own`
        : `${count} from ${STYLE_NAMES[source as Style]}`,
    )
    .join(', ');
}
