// What is said above a draft that came back from the outbox.
import { cleanup, render, screen } from '@testing-library/svelte';
import { afterEach, expect, it } from 'vitest';
import type { ComposeSession } from '../features/compose/session.svelte';
import type { Code } from '../ipc';
import DraftNotice from './DraftNotice.svelte';

afterEach(cleanup);

function failed(failureCode: Code) {
  const session = {
    saveState: { kind: 'idle' },
    status: 'failed',
    failure: 'The reason.',
    failureCode,
    conflict: null,
  } as unknown as ComposeSession;
  render(DraftNotice, { session, onCompare: () => {} });
  return screen.getByText(/The reason\./).closest('.notices')!.textContent;
}

it('says that a mail was not sent only where that is known', () => {
  expect(failed('GMAIL_API_ERROR')).toContain('Not sent');
  cleanup();
  const text = failed('SEND_OUTCOME_UNKNOWN');
  expect(text).toContain('Not known whether it was sent');
  expect(text).toContain('have it twice');
  expect(text).not.toContain('Not sent');
});
