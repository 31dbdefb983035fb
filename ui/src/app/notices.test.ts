import { describe, expect, it } from 'vitest';
import type { ReconcileResult } from '../ipc';
import { journalNotices, recoveryText, storageNotices, unreadableNotices } from './notices';

const result = (outcome: ReconcileResult['outcome'], more: Partial<ReconcileResult> = {}) => ({
  key: 'draft:a',
  draftId: 'a',
  outcome,
  subject: 'Offer',
  versionId: null,
  cut: [],
  ...more,
});
const entries = [{ key: 'draft:a', value: '{"half' }];
const notices = (...results: ReconcileResult[]) => journalNotices(results, entries);

describe('what a crash left', () => {
  it('and is simply back is told in a sentence', () => {
    expect(recoveryText([])).toBeNull();
    expect(recoveryText([result('already_saved'), result('kept_in_bin')])).toBeNull();
    expect(recoveryText([result('recovered')])).toContain('Your latest text was recovered');
    expect(recoveryText([result('created'), result('recovered')])).toContain('2 drafts');
    expect(notices(result('already_saved'), result('recovered'), result('created'))).toEqual([]);
  });

  it('says what was too much for a draft, and has a way to all of it', () => {
    const [notice] = notices(
      result('recovered', { cut: ['subject', 'recipients'], versionId: 'v' }),
    );
    expect(notice!.text).toContain('its subject and its recipients');
    expect(notice!.action).toEqual({ kind: 'compare', draftId: 'a', versionId: 'v' });
  });

  it('names the draft and has a way to the text', () => {
    const version = { versionId: 'v' };
    const compare = { kind: 'compare', draftId: 'a', versionId: 'v' };
    for (const outcome of ['kept_as_version', 'salvaged'] as const) {
      const [notice] = notices(result(outcome, version));
      expect(notice!.text).toContain('“Offer”');
      expect(notice!.action).toEqual(compare);
    }
    const [binned] = notices(result('kept_in_bin', version));
    expect(binned!.action).toEqual({ kind: 'copy-version', versionId: 'v' });
    for (const outcome of ['made_anew', 'salvaged'] as const) {
      const [notice] = notices(result(outcome));
      expect(notice!.action).toEqual({ kind: 'open', draftId: 'a' });
    }
    const [unreadable] = notices(result('unreadable', { draftId: null, subject: '' }));
    expect(unreadable!.text).toContain('nothing was overwritten');
    expect(unreadable!.action).toEqual({ kind: 'copy', text: '{"half' });
  });

  it('tells each entry once', () => {
    const told = notices(
      result('kept_in_bin'),
      result('kept_as_version', { key: 'draft:b', subject: ' ' }),
    );
    expect(new Set(told.map((notice) => notice.key)).size).toBe(2);
    expect(told[1]!.text).toContain('a draft without a subject');
  });
});

it('what could not be read is told until it was put away', () => {
  const entry = { key: 'unreadable-draft:a', value: '{"half', putAway: false };
  const told = unreadableNotices([entry, { ...entry, key: 'put-away-draft:b', putAway: true }]);
  expect(told.map(({ action }) => action)).toEqual([
    { kind: 'copy-unreadable', text: '{"half', key: entry.key },
  ]);
});

describe('the database', () => {
  it('is no matter as long as it works', () => {
    expect(storageNotices({ problem: null, recovery: null, unsaved: [] })).toEqual([]);
  });

  it('that was recovered says whether all of it could be read', () => {
    const recovery = { at: 1, setAside: '/x', drafts: 1, hasGaps: false };
    expect(storageNotices({ problem: null, recovery, unsaved: [] })[0]!.text).toBe(
      '1 draft was recovered. Everything in it could be read. The damaged file is kept as /x.',
    );
    const [gaps] = storageNotices({
      problem: null,
      recovery: { ...recovery, hasGaps: true },
      unsaved: [],
    });
    expect(gaps!.text).toContain('could not be read');
  });
});
