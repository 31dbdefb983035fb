import { beforeEach, describe, expect, it } from 'vitest';
import type { Reconciled } from '../ipc';
import { Journal } from './journal';

const entry = (id: string, subject: string) => ({
  draftId: id,
  baseRevision: 2,
  at: 5,
  edit: { subject },
});

beforeEach(() => localStorage.clear());

describe('the journal', () => {
  it('gives back what it keeps, by draft', () => {
    const journal = new Journal(localStorage);
    expect(journal.put(entry('a', 'one'))).toBe(true);
    journal.put(entry('b', 'two'));
    expect(journal.get('a')).toEqual(entry('a', 'one'));
    journal.remove('a');
    expect(journal.get('a')).toBeNull();
    expect(localStorage.getItem('draft:b')).toBe(JSON.stringify(entry('b', 'two')));
  });

  it('keeps two windows apart that write on the same draft', () => {
    const main = new Journal(localStorage, 'main');
    const compose = new Journal(localStorage, 'compose');
    main.put(entry('a', 'mine'));
    compose.put(entry('a', 'theirs'));
    main.remove('a');
    expect(compose.get('a')?.edit.subject).toBe('theirs');
  });

  it('leaves alone what windows that live are writing', () => {
    new Journal(localStorage, 'compose').put(entry('a', 'unsaved there'));
    const main = new Journal(localStorage, 'main');
    main.put(entry('b', 'left behind'));
    localStorage.setItem('theme', 'dark');
    expect(main.leftovers(['compose']).map((e) => e.key)).toEqual(['draft:b']);
    expect(
      main
        .leftovers([])
        .map((e) => e.key)
        .sort(),
    ).toEqual(['draft:a@compose', 'draft:b']);
  });

  it('is quiet about a storage that refuses', () => {
    const broken = { ...localStorage, length: 0, key: () => null, getItem: () => null };
    const journal = new Journal({
      ...broken,
      removeItem: () => undefined,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    });
    expect(journal.put(entry('a', 'x'))).toBe(false);
  });

  describe('after reconciling', () => {
    const settle = (outcome: Reconciled, typedMeanwhile = false) => {
      const journal = new Journal(localStorage);
      localStorage.setItem('draft:a', 'value');
      const sent = journal.leftovers();
      if (typedMeanwhile) journal.put(entry('a', 'new'));
      journal.settle(
        [{ key: 'draft:a', draftId: 'a', outcome, subject: '', versionId: null, cut: [] }],
        sent,
      );
    };

    it.each(['already_saved', 'recovered', 'created', 'kept_as_version', 'kept_in_bin'] as const)(
      '%s: the entry goes',
      (outcome) => {
        settle(outcome);
        expect(localStorage.length).toBe(0);
      },
    );

    it('unreadable: it is kept out of the way, byte for byte', () => {
      settle('unreadable');
      expect(localStorage.getItem('draft:a')).toBeNull();
      expect(localStorage.getItem('unreadable-draft:a')).toBe('value');
      expect(new Journal(localStorage).leftovers(), 'and not reconciled again').toEqual([]);
    });

    it('what was set aside is told until it was put away, and is there until it is discarded', () => {
      settle('unreadable');
      const journal = new Journal(localStorage);
      // What another place kept of the same draft is not the same text.
      expect(journal.setAside({ key: 'draft:a', value: 'other' })).toBe(true);
      expect(journal.setAside({ key: 'draft:a', value: 'other' })).toBe(true);
      const seen = () => new Journal(localStorage).unreadable();
      expect(seen().map(({ value, putAway }) => [value, putAway])).toEqual([
        ['value', false],
        ['other', false],
      ]);
      journal.putAway('unreadable-draft:a');
      expect(seen().map(({ value, putAway }) => [value, putAway])).toEqual([
        ['other', false],
        ['value', true],
      ]);
      expect(journal.leftovers()).toEqual([]);
      journal.discard(seen()[1]!.key);
      expect(seen().map(({ value }) => value)).toEqual(['other']);
      journal.discard('draft:b');
    });

    it('what there is no room for stays where it is', () => {
      const value = { key: 'draft:a', value: 'value' };
      const full = new Journal({
        length: 1,
        key: () => value.key,
        getItem: (key) => (key === value.key ? value.value : null),
        setItem: () => {
          throw new DOMException('full', 'QuotaExceededError');
        },
        removeItem: () => expect.fail('it would be nowhere'),
      });
      const result = { draftId: 'a', outcome: 'unreadable', subject: '', versionId: null } as const;
      full.settle([{ ...result, key: value.key, cut: [] }], [value]);
    });

    it('what was typed in the meantime stays', () => {
      settle('recovered', true);
      expect(new Journal(localStorage).get('a')?.edit.subject).toBe('new');
    });
  });
});
