import { describe, expect, it } from 'vitest';
import { fakeError } from '../../ipc/fake';
import { saveText } from './status';

const now = new Date(2026, 10, 21, 12, 3).getTime();

describe('the status line', () => {
  it('says Saving, Saved and when, or Not saved and why', () => {
    expect(saveText({ kind: 'idle' }, now)).toBe('');
    expect(saveText({ kind: 'saving' }, now)).toBe('Saving');
    expect(saveText({ kind: 'saved', at: now }, now)).toBe('Saved 12:03');
    const error = fakeError('STORAGE_FULL', 'The disk is full. Free some space.');
    const failed = { kind: 'failed', error, journaled: true, refuge: false } as const;
    expect(saveText(failed, now)).toBe('Not saved: The disk is full. Free some space.');
    const saved = { id: 'a', revision: 2, savedAt: now, signatureId: null };
    const inPart = fakeError('VALIDATION_ERROR', 'Too long. The rest was saved.', { saved });
    expect(saveText({ ...failed, error: inPart }, now)).toBe(
      'Not all was saved: Too long. The rest was saved.',
    );
  });

  it('names the day when it is not today', () => {
    const yesterday = new Date(2026, 10, 20, 23, 59).getTime();
    expect(saveText({ kind: 'saved', at: yesterday }, now)).toMatch(/^Saved .*20.*, 23:59$/);
  });
});
