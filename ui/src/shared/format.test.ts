import { describe, expect, it } from 'vitest';
import { counted, dollars, people, signedPercent } from './format';

describe('numbers', () => {
  it('have a real minus sign, and are English in whatever system', () => {
    expect(signedPercent(-20)).toBe('\u221220%');
    expect(signedPercent(1189)).toBe('+1,189%');
    expect(signedPercent(0)).toBe('\u00b10%');
  });

  it('agree with their noun', () => {
    expect(counted(1, 'word')).toBe('1 word');
    expect(counted(0, 'word')).toBe('0 words');
    expect(counted(1200, 'reply', 'replies')).toBe('1,200 replies');
  });

  it('show small amounts of money as more than nothing', () => {
    expect(dollars(0.00042)).toBe('$0.00042');
    expect(dollars(0.013)).toBe('$0.013');
    expect(dollars(1.2)).toBe('$1.20');
    expect(dollars(0)).toBe('$0.00');
  });
});

describe('people', () => {
  const anna = { name: 'Anna Weber', address: 'anna@example.com' };
  const ben = { name: ' ', address: 'ben@example.com' };
  it('are named, and counted when they are many', () => {
    expect(people([anna])).toBe('Anna Weber');
    expect(people([anna, ben])).toBe('Anna Weber and ben@example.com');
    expect(people([anna, ben, ben])).toBe('Anna Weber, ben@example.com and 1 other');
    expect(people([])).toBe('');
  });
});
