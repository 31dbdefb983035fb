import { describe, expect, it } from 'vitest';
import {
  addRecipients,
  joinPending,
  looksLikeAddress,
  parseRecipients,
  recipientText,
  splitPending,
} from './recipients';

describe('reading recipients', () => {
  it.each([
    ['ada@example.org', [{ address: 'ada@example.org' }]],
    ['Ada L. <ada@example.org>', [{ name: 'Ada L.', address: 'ada@example.org' }]],
    ['"Lovelace, Ada" <ada@example.org>', [{ name: 'Lovelace, Ada', address: 'ada@example.org' }]],
    ['"A \\"the\\" B" <a@b.org>', [{ name: 'A "the" B', address: 'a@b.org' }]],
    ['<ada@example.org>', [{ address: 'ada@example.org' }]],
    ['a@b.org, c@d.org; e@f.org\ng@h.org', ['a@b.org', 'c@d.org', 'e@f.org', 'g@h.org']],
    ['a@b.org c@d.org', ['a@b.org', 'c@d.org']],
    ['mailto:a@b.org', ['a@b.org']],
    ['田中 <t@例え.jp>', [{ name: '田中', address: 't@例え.jp' }]],
    ['not an address', ['not an address']],
    [' , ;\n', []],
  ])('%j', (text, expected) => {
    expect(parseRecipients(text)).toEqual(
      expected.map((e) => (typeof e === 'string' ? { address: e } : e)),
    );
  });

  it('reads back what it writes, whatever is in the name', () => {
    for (const name of [
      'Ada',
      'Lovelace, Ada',
      'A "B" C',
      'back\\slash',
      'Ünï Cödé',
      'a;b',
      '<x>',
    ]) {
      const mailbox = { name, address: 'a@b.org' };
      expect(parseRecipients(recipientText(mailbox)), name).toEqual([mailbox]);
    }
  });
});

describe('what looks like an address', () => {
  it.each(['a@b.org', 'a.b+c@d-e.co.uk', 'jörg@exämple.de', 'root@localhost'])('%s', (address) =>
    expect(looksLikeAddress(address)).toBe(true),
  );
  it.each(['', 'a', 'a@', '@b', 'a@b.', 'a b@c.org', 'a@b,c', 'a@@b.org', 'a@b..c'])(
    'not %j',
    (text) => expect(looksLikeAddress(text)).toBe(false),
  );
});

describe('lists', () => {
  it('have nobody twice', () => {
    const list = [{ name: 'Ada', address: 'ADA@example.org' }];
    expect(addRecipients(list, [{ address: 'ada@example.org' }, { address: 'b@c.org' }])).toEqual([
      ...list,
      { address: 'b@c.org' },
    ]);
  });

  it('keep what is still being typed, letter by letter', () => {
    const chips = [{ address: 'a@b.org' }];
    expect(splitPending(joinPending(chips, 'ann'))).toEqual({ chips, pending: 'ann' });
    expect(splitPending(joinPending(chips, ' '))).toEqual({ chips, pending: '' });
    expect(splitPending([])).toEqual({ chips: [], pending: '' });
  });
});
