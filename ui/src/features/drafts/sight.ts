/** Which rows of a long list can be seen, and what keeps them in place. */
import type { DraftId, DraftSummary } from '../../ipc';

/** The height of a row, in pixels: three lines of 19 and what is around them. */
export const ROW = 75;
/** So many rows above and below are there before they are scrolled to. */
const AROUND = 10;
/** What is assumed before the page has been laid out. */
const HEIGHT = 800;

/** A row and its place in the list. */
export interface Placed {
  row: DraftSummary;
  index: number;
}

/** The rows in sight, some around them, and the one that has the focus. */
export function rowsInSight(
  items: readonly DraftSummary[],
  top: number,
  height: number,
  focused: DraftId | null,
): Placed[] {
  const first = Math.max(0, Math.floor(top / ROW) - AROUND);
  const last = Math.ceil((top + (height || HEIGHT)) / ROW) + AROUND;
  const rows = items.slice(first, last).map((row, i) => ({ row, index: first + i }));
  if (focused === null || rows.some(({ row }) => row.id === focused)) return rows;
  const index = items.findIndex(({ id }) => id === focused);
  const row = items[index];
  if (row === undefined) return rows;
  return index < first ? [{ row, index }, ...rows] : [...rows, { row, index }];
}

/** By how many rows the one that was on top of the sight has moved; none if it is gone. */
export function anchored(
  items: readonly DraftSummary[],
  anchor: { id: DraftId; index: number } | null,
): number {
  if (anchor === null || items[anchor.index]?.id === anchor.id) return 0;
  const index = items.findIndex(({ id }) => id === anchor.id);
  return index < 0 ? 0 : index - anchor.index;
}
