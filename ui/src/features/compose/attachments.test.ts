import { describe, expect, it } from 'vitest';
import type { Attachment } from '../../ipc';
import {
  encodedBytes,
  extensionOf,
  refusalText,
  sizeText,
  totalText,
  withFiles,
} from './attachments';

const file = (change: Partial<Attachment> = {}): Attachment => ({
  hash: 'a',
  name: 'report.pdf',
  mime: 'application/pdf',
  size: 57,
  ...change,
});

describe('files of a draft', () => {
  it('are larger in the mail than on the disk', () => {
    expect(encodedBytes([57, 58])).toBe(78 + 156);
    expect(encodedBytes([])).toBe(0);
  });

  it('have sizes for people', () => {
    expect([0, 999, 1000, 15_400, 999_600, 1_440_000, 24_000_000].map(sizeText)).toEqual([
      '0 B',
      '999 B',
      '1 KB',
      '15 KB',
      '1 MB',
      '1.4 MB',
      '24 MB',
    ]);
  });

  it('warn near and over what servers take', () => {
    expect(totalText([1_000_000]).warns).toBe(false);
    expect(totalText([9_000_000, 8_000_000]).text).toContain('close to');
    expect(totalText([20_000_000]).text).toContain('more than');
  });

  it('are listed once', () => {
    const list = withFiles([file()], [file(), file({ name: 'other.pdf' }), file({ hash: 'b' })]);
    expect(list.map((each) => each.hash + each.name)).toEqual([
      'areport.pdf',
      'aother.pdf',
      'breport.pdf',
    ]);
  });

  it('are refused by name', () => {
    const refused = (message: string) => ({
      name: 'x',
      error: {
        code: 'INVALID_FILE_TYPE' as const,
        message,
        field: null,
        retryAfterSeconds: null,
        conflict: null,
        saved: null,
      },
    });
    expect(refusalText([refused('“x” is a program.')])).toBe('“x” is a program.');
    expect(refusalText([refused('“x” is one.'), refused('y')])).toBe('“x” is one. (and 1 more)');
  });

  it('show their extension', () => {
    expect(extensionOf(file())).toBe('PDF');
    expect(extensionOf(file({ name: 'none' }))).toBe('');
  });
});
