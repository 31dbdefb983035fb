/**
 * What to tell people when a command fails: by its code, what happened and what to do. The program's
 * own message says the particulars and is kept; the title and the advice frame it.
 */
import { duration } from './time';

/** What a failed command answers, as far as a text needs it. */
export interface Failure {
  code: string;
  message: string;
  field?: string | null;
  retryAfterSeconds?: number | null;
}

/** A failure in words. */
export interface ErrorText {
  /** What happened, in a few words. */
  title: string;
  /** The particulars, as the program gave them. */
  detail: string;
  /** What to do; empty where the detail says it. */
  advice: string;
}

const texts: Record<string, [title: string, advice: string]> = {
  VALIDATION_ERROR: ['Something is missing or not right', 'Correct it and try again.'],
  NOT_FOUND: ['It is no longer there', 'It may have been deleted in another window.'],
  CONFLICT: [
    'Changed in another window',
    'Both texts are kept. Look at it again before you go on.',
  ],
  FORBIDDEN: ['Not possible any more', 'What is on its way or was sent can’t be changed.'],
  LIMIT_REACHED: ['The limit is reached', 'Delete one that you no longer need.'],
  RATE_LIMIT_EXCEEDED: ['A little too fast', 'Wait a moment, then try again.'],
  FILE_TOO_LARGE: ['The file is too large', 'Files can have up to 25 MB.'],
  INVALID_FILE_TYPE: ['This kind of file is not allowed', 'Choose another file.'],
  DRAFT_TOO_SHORT: ['There is too little to polish', 'Write at least 10 characters, then polish.'],
  DRAFT_TOO_LONG: [
    'The text is too long to polish',
    'Up to 5,000 characters can be polished at once. Shorten the text.',
  ],
  AI_SERVICE_UNAVAILABLE: [
    'No complete answer came back',
    'Try again, polish offline, or look at the providers in the settings.',
  ],
  AI_REFUSED: [
    'The provider declined this text',
    'Change the text, or polish it offline. Your draft is unchanged.',
  ],
  AI_INVALID_ANSWER: [
    'The answer could not be used',
    // What can be done is said in its message.
    'Your draft is unchanged.',
  ],
  GMAIL_NOT_CONNECTED: ['Gmail is not connected', 'Connect Gmail, then send.'],
  GMAIL_TOKEN_EXPIRED: ['This account must be signed in again', 'Sign in again, then send.'],
  GMAIL_QUOTA_EXCEEDED: [
    'Today’s limit is reached',
    'The mail waits, or comes back to you as a draft. Nothing is lost.',
  ],
  GMAIL_API_ERROR: ['Gmail reported an error', 'Try again in a moment.'],
  ACCOUNT_NOT_CONNECTED: [
    'This account can’t be used',
    'Connect it again in the settings, or choose another account.',
  ],
  MAIL_SERVER_ERROR: [
    'The mail server reported an error',
    'Look at what it said, and at the account in the settings.',
  ],
  SEND_OUTCOME_UNKNOWN: [
    'It is not known whether this was sent',
    'Look in your Sent folder, then say what you found. It is never sent again by itself.',
  ],
  SIGNATURE_IN_USE: [
    'Drafts still use this signature',
    'It can be taken out of them and deleted in one step.',
  ],
  KEYRING_UNAVAILABLE: [
    'Secrets can’t be kept safely yet',
    'Open Settings, Security, and choose how keys and sign-ins are kept.',
  ],
  STORAGE_FULL: ['The disk is full', 'Make room on the disk. Until then keep this window open.'],
  INTERNAL_ERROR: [
    'Something went wrong in Draftwell',
    'Try again. If it stays, restart Draftwell.',
  ],
};

/** Every code there is a text for. */
export const knownCodes: readonly string[] = Object.keys(texts);

/** A failure in words. An unknown code still has its message. */
export function errorText(failure: Failure): ErrorText {
  const [title, advice] = texts[failure.code] ?? ['It did not work', 'Try again.'];
  const wait = failure.retryAfterSeconds;
  return {
    title,
    detail: failure.message,
    advice: wait ? `Try again in ${duration(wait)}.` : advice,
  };
}

/** A failure in one line, for toasts: what happened, and how long to wait where that helps. */
export function errorLine(failure: Failure): string {
  const detail = failure.message.trim() || errorText(failure).title;
  const wait = failure.retryAfterSeconds;
  if (!wait || /\d+\s*(second|minute|hour)/i.test(detail)) return detail;
  return `${detail} Try again in ${duration(wait)}.`;
}

/** The text for one field of a form, if the failure is about it. */
export function fieldError(failure: Failure | null | undefined, field: string): string | null {
  return failure?.field === field ? failure.message : null;
}
