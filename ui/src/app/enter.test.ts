import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { swallowEnter, TOO_SOON_MS } from './enter';

const heard = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  heard.mockReset();
  document.body.addEventListener('keydown', heard);
});
afterEach(() => {
  document.body.removeEventListener('keydown', heard);
  vi.useRealTimers();
});

function press(key: string, more: KeyboardEventInit = {}): boolean {
  heard.mockReset();
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  document.body.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(heard.mock.calls.length === 0);
  return heard.mock.calls.length > 0;
}

it('swallows a second Enter, and those of a key that is held', () => {
  swallowEnter();
  expect(press('Enter')).toBe(false);
  vi.advanceTimersByTime(TOO_SOON_MS + 1);
  expect(press('Enter', { repeat: true })).toBe(false);
  expect(press('Enter'), 'a new line is wanted').toBe(true);
  expect(press('Enter', { repeat: true }), 'and more of them').toBe(true);
});

it('leaves everything alone once something is typed, and what Ctrl+Enter means', () => {
  swallowEnter();
  expect(press('a')).toBe(true);
  expect(press('Enter')).toBe(true);
  swallowEnter();
  expect(press('Enter', { ctrlKey: true })).toBe(true);
});
