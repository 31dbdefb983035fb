/**
 * What the window has to tell about what happened to texts while nobody watched: a crash, a damaged
 * database, a disk that can't be written. Each stays until it was read, and has a way to the text.
 *
 * Deliberately absent: components, and doing anything; the window does what a notice offers.
 */
import type { DraftId, RawJournalEntry, ReconcileResult, StorageState, VersionId } from '../ipc';
import type { Unreadable } from '../journal/journal';

/** A way to the text a notice is about. */
export type NoticeAction =
  | { kind: 'open'; draftId: DraftId }
  | { kind: 'compare'; draftId: DraftId; versionId: VersionId }
  | { kind: 'copy'; text: string }
  /** Text that was set aside under this key. */
  | { kind: 'copy-unreadable'; text: string; key: string }
  | { kind: 'copy-version'; versionId: VersionId }
  | { kind: 'forget-recovery' };

/** One thing to tell. */
export interface Notice {
  /** What it is about: of each there is one at a time. */
  key: string;
  tone: 'info' | 'warn' | 'error';
  title: string;
  text: string;
  action?: NoticeAction;
  /** It goes by itself when its cause is gone, and not before. */
  lasting?: boolean;
}

/** The latest text that a crash left behind is back: in a sentence; null when there is none. */
export function recoveryText(results: readonly ReconcileResult[]): string | null {
  const count = results.filter((r) => r.outcome === 'recovered' || r.outcome === 'created').length;
  if (count === 0) return null;
  const what = count === 1 ? 'Your latest text was' : `The latest texts of ${count} drafts were`;
  return `Draftwell was closed in the middle of writing. ${what} recovered.`;
}

/** What became of a text in the journal that is not simply back in its draft. */
export function journalNotices(
  results: readonly ReconcileResult[],
  entries: readonly RawJournalEntry[],
): Notice[] {
  return results.flatMap((result) => {
    const text = entries.find((entry) => entry.key === result.key)?.value ?? '';
    const notice = journalNotice(result, text);
    return notice ? [{ ...notice, key: `journal ${result.key}` }] : [];
  });
}

function journalNotice(result: ReconcileResult, value: string): Omit<Notice, 'key'> | null {
  const { draftId, versionId } = result;
  const name = result.subject.trim() ? `“${result.subject.trim()}”` : 'a draft without a subject';
  const open = draftId ? ({ kind: 'open', draftId } as const) : undefined;
  const compare =
    draftId && versionId ? ({ kind: 'compare', draftId, versionId } as const) : undefined;
  if (result.cut.length > 0) {
    const parts = result.cut.map((field) => `its ${field}`);
    const last = parts.pop();
    const cut = parts.length > 0 ? `${parts.join(', ')} and ${last}` : last;
    return {
      tone: 'warn',
      title: 'The unsaved text was more than a draft can have',
      text: `Of ${name}, ${cut} had to be cut. All of it is kept among its versions.`,
      action: compare,
    };
  }
  switch (result.outcome) {
    case 'already_saved':
    case 'recovered':
    case 'created':
      return null;
    case 'kept_as_version':
      return {
        tone: 'info',
        title: 'An older unsaved text was found',
        text: `The draft is newer than what was left unsaved of ${name}. That text is kept among its versions.`,
        action: compare,
      };
    case 'kept_in_bin':
      return {
        tone: 'info',
        title: 'Unsaved text of a deleted or sent draft was found',
        text: `It belongs to ${name} and is kept among its versions. Nothing was changed.`,
        action: versionId ? { kind: 'copy-version', versionId } : undefined,
      };
    case 'made_anew':
      return {
        tone: 'warn',
        title: 'Unsaved text of a draft was found that is not in this database',
        text: `The draft was deleted for good, or is another data folder’s. Its text is a draft again: ${name}.`,
        action: open,
      };
    case 'salvaged':
      return {
        tone: 'warn',
        title: 'Damaged unsaved text was found',
        text: versionId
          ? `What could be read of it is kept among the versions of ${name}. Nothing was overwritten.`
          : 'What could be read of it is a draft of its own. Nothing was overwritten.',
        action: compare ?? open,
      };
    case 'unreadable':
      return {
        tone: 'warn',
        title: 'A part of the unsaved text from last time could not be read',
        text: 'It is kept as it is, nothing was overwritten.',
        action: { kind: 'copy', text: value },
      };
  }
}

/** What was set aside because it could not be read, until the user has put it away. */
export function unreadableNotices(entries: readonly Unreadable[]): Notice[] {
  return entries
    .filter((entry) => !entry.putAway)
    .map(({ key, value }) => ({
      key: `unreadable ${key}`,
      tone: 'warn',
      title: 'A part of the unsaved text from last time could not be read',
      text: 'It is kept as it is, nothing was overwritten. Put away, it is found below the bin.',
      action: { kind: 'copy-unreadable', text: value, key },
    }));
}

/** What is the matter with the database. */
export function storageNotices({ problem, recovery }: StorageState): Notice[] {
  const notices: Notice[] = [];
  if (problem) {
    notices.push({
      key: 'storage',
      tone: 'error',
      title: 'Nothing can be saved at the moment',
      text: `${problem.message} Draftwell tries again by itself. Keep this window open as long as there is text in it.`,
      lasting: true,
    });
  }
  if (recovery) {
    const drafts = recovery.drafts === 1 ? '1 draft was' : `${recovery.drafts} drafts were`;
    const gaps = recovery.hasGaps
      ? ' Some parts could not be read; what is missing may have stood there.'
      : ' Everything in it could be read.';
    notices.push({
      key: 'recovery',
      tone: 'warn',
      title: 'The database was damaged and has been recovered',
      text: `${drafts} recovered.${gaps} The damaged file is kept as ${recovery.setAside}.`,
      action: { kind: 'forget-recovery' },
    });
  }
  return notices;
}
