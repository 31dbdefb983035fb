import { describe, expect, it } from 'vitest';
import { errorLine, errorText, fieldError } from './errors';

const failure = {
  code: 'RATE_LIMIT_EXCEEDED',
  message: 'Too many requests.',
  retryAfterSeconds: 8,
};

describe('an error in words', () => {
  it('says how long to wait where that is known', () => {
    expect(errorText(failure).advice).toBe('Try again in 8 seconds.');
    expect(errorLine(failure)).toBe('Too many requests. Try again in 8 seconds.');
  });

  it('does not say the wait twice', () => {
    const said = { ...failure, message: 'Too many requests; try again in 8 seconds.' };
    expect(errorLine(said)).toBe(said.message);
  });

  it('keeps the message of a code it does not know', () => {
    const text = errorText({ code: 'NEWER_THAN_THIS_PAGE', message: 'The moon is full.' });
    expect(text).toEqual({
      title: 'It did not work',
      detail: 'The moon is full.',
      advice: 'Try again.',
    });
  });

  it('goes to the field it is about', () => {
    expect(fieldError({ ...failure, field: 'key' }, 'key')).toBe('Too many requests.');
    expect(fieldError({ ...failure, field: 'key' }, 'name')).toBeNull();
    expect(fieldError(null, 'key')).toBeNull();
  });
});
