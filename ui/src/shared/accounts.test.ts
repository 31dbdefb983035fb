import { expect, it } from 'vitest';
import { nameOf } from './accounts';

it('calls accounts by their address, and the practice account by its name', () => {
  expect(nameOf({ kind: 'gmail', email: 'ada@gmail.com' })).toBe('ada@gmail.com');
  expect(nameOf({ kind: 'smtp', email: 'ada@example.com' })).toBe('ada@example.com');
  expect(nameOf({ kind: 'practice', email: 'practice@draftwell.invalid' })).toBe(
    'Practice account',
  );
});
