import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type DraftSummary } from '../../ipc';
import { createFake, type Fake } from '../../ipc/fake';
import { DraftList } from './drafts.svelte';
import { anchored, ROW, rowsInSight } from './sight';

let fake: Fake;
let list: DraftList;

const name = (number: number) => `draft ${String(number).padStart(4, '0')}`;
const subjects = () => list.items.map((row) => row.subject);
const asked = () => fake.calls.filter((call) => call.name === 'listDrafts').length;

beforeEach(async () => {
  localStorage.clear();
  vi.useFakeTimers({ now: 1_700_000_000_000 });
  fake = createFake();
  useBackend(fake);
  for (let number = 0; number < 450; number += 1) {
    await fake.commands.saveDraft({ subject: name(number) });
    vi.advanceTimersByTime(1000);
  }
  vi.useRealTimers();
  list = new DraftList();
  await list.refresh();
  fake.calls.length = 0;
});

describe('a list that was scrolled far', () => {
  beforeEach(async () => {
    while (list.items.length < 400) await list.more();
    list.see(350);
  });

  it('keeps its rows when something changed, and has what is new', async () => {
    const before = list.items.length;
    const gone = list.items[120]!;
    await fake.commands.deleteDraft({ id: gone.id });
    await fake.commands.saveDraft({ subject: 'the newest' });
    await list.refresh();
    expect(list.items.length).toBeGreaterThanOrEqual(before);
    expect(subjects()[0]).toBe('the newest');
    expect(subjects()).not.toContain(gone.subject);
    expect(new Set(list.items.map((row) => row.id)).size, 'each once').toBe(list.items.length);
    while (list.hasMore) await list.more();
    expect(list.items.length, 'none is left out').toBe(450);
  });

  it('is asked for only as far as it is seen', async () => {
    list.see(30);
    fake.calls.length = 0;
    await list.refresh();
    expect(asked()).toBe(1);
    expect(list.items.length).toBeGreaterThanOrEqual(400);
  });

  it('begins anew for another question', async () => {
    const turn = list.turn;
    list.search = 'draft 00';
    await list.refresh();
    expect(list.turn).toBe(turn + 1);
    expect(list.items.length).toBe(40);
    list.only({ name: null, address: 'nobody@example.org' });
    await vi.waitFor(() => expect(list.items).toEqual([]));
  });
});

describe('the rows in sight', () => {
  const items = Array.from(
    { length: 100_000 },
    (_, number) => ({ id: String(number) }) as DraftSummary,
  );

  it('are few, wherever in a long list', () => {
    for (const top of [0, 500 * ROW, 99_990 * ROW]) {
      const rows = rowsInSight(items, top, 600, null);
      expect(rows.length).toBeLessThan(40);
      expect(rows.every(({ row, index }) => row.id === String(index))).toBe(true);
      expect(rows.some(({ index }) => index === top / ROW)).toBe(true);
    }
  });

  it('always have the one with the focus', () => {
    const places = (focused: string) =>
      rowsInSight(items, 500 * ROW, 600, focused).map(({ index }) => index);
    expect(places('3')[0]).toBe(3);
    expect(places('90000').at(-1)).toBe(90_000);
    expect(places('gone')).not.toContain(-1);
  });

  it('stay where they are when rows come or go above them', () => {
    const anchor = { id: '500', index: 500 };
    expect(anchored(items, anchor)).toBe(0);
    expect(anchored(items.slice(2), anchor)).toBe(-2);
    expect(anchored([items[99_999]!, ...items], anchor)).toBe(1);
    expect(anchored(items.slice(600), anchor), 'it is gone itself').toBe(0);
  });
});
