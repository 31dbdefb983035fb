import { describe, expect, it } from 'vitest';
import {
  keepAll,
  mixText,
  move,
  offeredSources,
  sourceOfKey,
  takeAll,
  takeOne,
  type Choice,
} from './pick';

const rows = [
  { cells: ['', 'Dear Ana,', 'Hi Ana,', 'Dear Ana,', ''] },
  { cells: ['i come', 'I shall come.', 'I’ll come!', 'I shall come.', 'I come.'] },
];

describe('a choice of sentences', () => {
  it('begins with the user’s own', () => {
    expect(keepAll(rows)).toEqual(['original', 'original']);
    expect(mixText(keepAll(rows), rows), 'what a text lacks is no sentence').toBe('1 of your own');
  });

  it('changes in one row or in all', () => {
    const choice = takeOne(keepAll(rows), 0, 'casual');
    expect(choice).toEqual(['casual', 'original']);
    expect(takeAll(choice, 'formal')).toEqual(['formal', 'formal']);
    expect(mixText(takeAll(choice, 'formal'), rows)).toBe('2 from Formal');
    expect(mixText(choice, rows)).toBe('1 of your own, 1 from Casual');
  });

  it('is made by the numbers 0 to 4', () => {
    expect(['0', '1', '4', '5', 'x'].map(sourceOfKey)).toEqual([
      'original',
      'formal',
      'concise',
      null,
      null,
    ]);
  });

  const choice: Choice = ['original', 'concise'];
  it.each([
    ['ArrowDown', 0, false, ['original', 'concise'], 1],
    ['ArrowUp', 0, false, ['original', 'concise'], 0],
    ['End', 0, false, ['original', 'concise'], 1],
    ['ArrowRight', 0, false, ['formal', 'concise'], 0],
    ['ArrowRight', 1, false, ['original', 'concise'], 1],
    ['ArrowLeft', 1, false, ['original', 'elaborate'], 1],
    ['ArrowLeft', 0, true, ['formal', 'concise'], 0],
  ] as const)('%s in row %i (right to left: %s)', (key, row, rtl, after, at) =>
    expect(move(choice, row, key, rtl)).toEqual({ choice: after, row: at }),
  );

  it('passes over a version that can’t be used', () => {
    const offered = offeredSources([{ style: 'formal' }]);
    expect(offered).toEqual(['original', 'casual', 'elaborate', 'concise']);
    expect(move(choice, 0, 'ArrowRight', false, offered)?.choice[0]).toBe('casual');
    expect(move(['casual'], 0, 'ArrowLeft', false, offered)?.choice[0]).toBe('original');
  });

  it('leaves other keys alone', () => expect(move(choice, 0, 'Enter')).toBeNull());
});
