import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { useBackend, type Account } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { abilityText, initial } from './accounts';
import AccountsSection from './AccountsSection.svelte';
import { connecting } from './connecting.svelte';
import { SCOPES, STEPS } from './howto';

let fake: Fake;

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(async () => {
  await connecting.cancel();
  connecting.clear();
  cleanup();
});

const called = (name: string) => fake.calls.filter((call) => call.name === name);
const account = (change: Partial<Account>) =>
  ({
    displayName: '',
    email: 'é@example.com',
    abilities: { send: true, safeSend: true, read: false },
    ...change,
  }) as Account;

describe('an account', () => {
  it('has a letter', () => {
    expect(initial(account({}))).toBe('É');
    expect(initial(account({ displayName: '👩‍🔬 Mira' }))).toBe('👩‍🔬');
  });

  it('says what it can’t do', () => {
    expect(abilityText(account({}))).toBeNull();
    const abilities = { send: true, safeSend: false, read: false };
    expect(abilityText(account({ abilities }))?.tone).toBe('info');
    expect(abilityText(account({ abilities: { ...abilities, send: false } }))?.tone).toBe('warn');
  });
});

describe('the way to a client id', () => {
  it('names each scope that is asked for, and stays on Google’s console', () => {
    const text = STEPS.map((step) => step.text).join(' ');
    for (const scope of SCOPES) expect(text).toContain(scope);
    for (const { url } of STEPS) {
      if (url) expect(new URL(url).host).toBe('console.cloud.google.com');
    }
  });
});

describe('connecting', () => {
  it('asks for a client id first where none is known, then goes on by itself', async () => {
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Gmail' }));
    await fireEvent.click(await screen.findByRole('radio', { name: 'Id and secret' }));
    expect(called('connectGmail')).toEqual([]);
    await fireEvent.input(screen.getByLabelText('Client id'), {
      target: { value: ' 1.apps.googleusercontent.com ' },
    });
    await fireEvent.input(screen.getByLabelText('Client secret'), {
      target: { value: 'GOCSPX-1' },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Keep this client' }));
    await waitFor(() => expect(called('connectGmail')).toHaveLength(1));
    expect(called('setGoogleClient')[0]!.args).toEqual({
      clientId: '1.apps.googleusercontent.com',
      clientSecret: 'GOCSPX-1',
    });
    expect(await screen.findByText('mira.lindqvist@gmail.com')).toBeTruthy();
  });

  it('shows the address to copy while it waits, and can be ended', async () => {
    fake.settings.googleClient = 'entered';
    fake.latency = 50;
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Gmail' }));
    const address = await screen.findByLabelText<HTMLInputElement>('Address of the sign-in page');
    expect(address.value).toContain('authorize');
    await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(called('cancelConnect')).toHaveLength(1);
    expect(await screen.findByRole('button', { name: 'Connect Gmail' })).toBeTruthy();
  });

  it('says why it failed, and is not silent about being refused', async () => {
    fake.settings.googleClient = 'entered';
    fake.fail('connectGmail', fakeError('GMAIL_API_ERROR', 'Google refused the sign-in.'));
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Gmail' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Google refused the sign-in.');
  });

  it('offers to practise without an account, once', async () => {
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Practice account' }));
    expect(called('addPracticeAccount')).toHaveLength(1);
    await waitFor(() =>
      expect(screen.queryByRole('button', { name: 'Practice account' })).toBeNull(),
    );
    expect(
      screen.getByText('Mails are kept as files, nothing is sent', { exact: false }),
    ).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'More about Practice account' }));
    await fireEvent.click(screen.getByRole('menuitem', { name: 'Remove…' }));
    expect((await screen.findByRole('alertdialog')).textContent).toContain('files it kept stay');
  });

  it('asks before it disconnects, and says when Google could not be told', async () => {
    await fake.commands.connectGmail(null);
    const { email } = [...fake.accounts.values()][0]!;
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: `More about ${email}` }));
    await fireEvent.click(screen.getByRole('menuitem', { name: 'Disconnect…' }));
    expect(called('disconnectAccount')).toEqual([]);
    await fireEvent.click(await screen.findByRole('button', { name: 'Disconnect' }));
    await waitFor(() => expect(fake.accounts.size).toBe(0));
  });
});
