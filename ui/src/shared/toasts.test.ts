import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACTION_MS, PLAIN_MS, lifetime, toasts } from './toasts.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  toasts.list.forEach((toast) => toasts.dismiss(toast.key));
  vi.useRealTimers();
});

describe('how long a toast stays', () => {
  const now = 1_000_000;
  it('depends on what it asks of the reader', () => {
    expect(lifetime({ text: 'Saved' }, now)).toBe(PLAIN_MS);
    expect(lifetime({ text: 'Deleted', action: { label: 'Undo', run: () => {} } }, now)).toBe(
      ACTION_MS,
    );
    expect(lifetime({ text: 'Not sent', tone: 'error' }, now)).toBeNull();
    expect(lifetime({ text: 'Sending', until: now + 7000 }, now)).toBe(7000);
    expect(lifetime({ text: 'Sending', until: now - 1 }, now)).toBe(0);
  });
});

describe('the toasts', () => {
  it('are changed in place by their key, with the time of the newer one', () => {
    toasts.show({ text: 'Sending', until: Date.now() + 1000 }, 'mail');
    toasts.show({ text: 'Other' });
    toasts.show({ text: 'Not sent', tone: 'error' }, 'mail');
    vi.advanceTimersByTime(60_000);
    expect(toasts.list.map((t) => t.text)).toEqual(['Not sent']);
  });

  it('go with what they are about', () => {
    toasts.show({ text: 'Not attached', tone: 'error', about: 'a draft' });
    toasts.show({ text: 'Sent' });
    toasts.turnTo('a draft');
    expect(toasts.list).toHaveLength(2);
    toasts.turnTo('another one');
    expect(toasts.list.map((t) => t.text)).toEqual(['Sent']);
  });

  it('stay while the pointer is on them, but a countdown ends when it ends', () => {
    toasts.show({ text: 'Plain' });
    toasts.show({ text: 'Sending', until: Date.now() + 3000 });
    toasts.hold();
    vi.advanceTimersByTime(60_000);
    expect(toasts.list.map((t) => t.text)).toEqual(['Plain']);
    toasts.release();
    vi.advanceTimersByTime(PLAIN_MS);
    expect(toasts.list).toEqual([]);
  });
});
