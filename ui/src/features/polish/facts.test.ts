import { expect, it } from 'vitest';
import { breakable } from './facts';

it('breaks a link at its dots and slashes, and loses none of it', () => {
  const link = 'https://plan.example.net/pilot?of=march';
  expect(breakable(link)).toEqual([
    'https://',
    'plan.',
    'example.',
    'net/',
    'pilot?',
    'of=',
    'march',
  ]);
  expect(breakable(link).join('')).toBe(link);
});

it('leaves what is short in one piece', () => {
  expect(breakable('16:00')).toEqual(['16:00']);
  expect(breakable('10.03.2026')).toEqual(['10.03.2026']);
});
