import { expect, it } from 'vitest';
import { wellFormed, wellFormedJson } from '.';

it('hands over no half of a character, and everything else as it is', () => {
  const args = { to: [{ address: 'a\ud83d@x' }], subject: '\ude00', body: ['😀 \\ud83d'], n: 1 };
  expect(wellFormed(args)).toEqual({
    to: [{ address: 'a\ufffd@x' }],
    subject: '\ufffd',
    body: ['😀 \\ud83d'],
    n: 1,
  });
  expect(wellFormedJson(args)).toBe(JSON.stringify(wellFormed(args)));
  const whole = { subject: '😀' };
  expect(wellFormed(whole)).toBe(whole);
});
