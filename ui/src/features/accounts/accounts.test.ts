import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type Account } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { abilityText, initial, REFUSED_TEXT } from './accounts';
import AccountsSection from './AccountsSection.svelte';
import ConnectMail from './ConnectMail.svelte';
import { connecting } from './connecting.svelte';
import { MICROSOFT_STEPS, PERMISSIONS, READ_SCOPE, SCOPES, STEPS } from './howto';
import { serverOf } from './servers';

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
const mailServer = () =>
  fake.commands.saveSmtpAccount({
    email: 'ada@example.com',
    server: {
      host: 'smtp.example.com',
      port: 465,
      security: 'tls',
      login: 'password',
      userName: 'ada',
    },
    secret: 'x',
  });
const account = (change: Partial<Account>) =>
  ({
    kind: 'gmail',
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

describe('a known provider', () => {
  it('is found by the domain of an address, and nobody else is', () => {
    expect(serverOf('Ada@GMail.com')).toMatchObject({ host: 'smtp.gmail.com', port: 465 });
    expect(serverOf('ada@hotmail.com')?.security).toBe('start_tls');
    for (const address of ['', 'gmail.com', 'ada@', 'ada@example.com', 'ada@notgmail.com']) {
      expect(serverOf(address), address).toBeNull();
    }
  });
});

describe('the way to a client id', () => {
  it('names each scope that is asked for, and stays on Google’s console', () => {
    const text = STEPS.map((step) => step.text).join(' ');
    for (const scope of [...SCOPES, READ_SCOPE]) expect(text).toContain(scope);
    for (const { url } of STEPS) {
      if (url) expect(new URL(url).host).toBe('console.cloud.google.com');
    }
  });
});

describe('the way to an app registration', () => {
  it('names each permission that is asked for, and stays on Microsoft’s console', () => {
    const text = MICROSOFT_STEPS.map((step) => step.text).join(' ');
    for (const permission of [...PERMISSIONS, 'http://localhost', 'Allow public client flows']) {
      expect(text).toContain(permission);
    }
    for (const { url } of MICROSOFT_STEPS) {
      if (url) expect(new URL(url).host).toBe('entra.microsoft.com');
    }
  });
});

describe('connecting Outlook', () => {
  it('asks for a client id first where none is known, then goes on by itself', async () => {
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Outlook' }));
    const id = '1a2b3c4d-0000-4000-8000-123456789abc';
    await fireEvent.input(await screen.findByLabelText('Application (client) ID'), {
      target: { value: ` ${id} ` },
    });
    expect(called('connectOutlook')).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Keep this client' }));
    await waitFor(() => expect(called('connectOutlook')).toHaveLength(1));
    expect(called('setMicrosoftClient')[0]!.args).toEqual({ clientId: id });
    expect(called('connectGmail')).toEqual([]);
    expect(await screen.findByText('mira.lindqvist@outlook.com')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Notice replies' })).toBeNull();
  });

  it('keeps the directory of one organisation, and says which field is wrong', async () => {
    render(AccountsSection);
    const section = await screen.findByRole('region', { name: 'Microsoft client' });
    await fireEvent.click(within(section).getByRole('button', { name: 'Enter a client id…' }));
    const type = (label: string | RegExp, value: string) =>
      fireEvent.input(within(section).getByLabelText(label), { target: { value } });
    await type('Application (client) ID', 'x');
    await type(/^Directory/, ' contoso.com ');
    fake.fail(
      'setMicrosoftClient',
      fakeError('VALIDATION_ERROR', 'This isn’t a directory.', { field: 'tenant' }),
    );
    await fireEvent.click(within(section).getByRole('button', { name: 'Keep this client' }));
    expect(await within(section).findByText('This isn’t a directory.')).toBeTruthy();
    expect(called('setMicrosoftClient')[0]!.args).toEqual({
      clientId: 'x',
      tenant: 'contoso.com',
    });
    await fireEvent.click(within(section).getByRole('button', { name: 'Keep this client' }));
    await fireEvent.click(await within(section).findByRole('button', { name: 'Remove' }));
    expect(await within(section).findByText(/^None is known yet/)).toBeTruthy();
    expect(called('deleteMicrosoftClient')).toHaveLength(1);
  });

  it('waits and fails where it was begun, and not beside Gmail’s button', async () => {
    fake.settings.microsoftClient = 'entered';
    fake.fail('connectOutlook', fakeError('ACCOUNT_NOT_CONNECTED', 'Ask your administrator.'));
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Outlook' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Outlook is not connected');
    expect(alert.textContent).toContain('Ask your administrator.');
    expect(screen.getAllByRole('alert')).toHaveLength(1);
  });

  it('signs an account in again at Microsoft, and asks before it is given up', async () => {
    fake.settings.microsoftClient = 'entered';
    const account = await fake.commands.connectOutlook(null);
    fake.accounts.set(account.id, { ...account, needsSignIn: true });
    render(AccountsSection);
    expect(await screen.findByText('Microsoft ended the sign-in.')).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Sign in again' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Open the sign-in page' }));
    await waitFor(() => expect(screen.queryByText('Microsoft ended the sign-in.')).toBeNull());
    expect(called('connectOutlook')[1]!.args).toEqual({ accountId: account.id });

    fake.commands.disconnectAccount = () =>
      Promise.resolve({ revoked: false, message: 'Remove it at account.live.com.' });
    await fireEvent.click(screen.getByRole('button', { name: /^More about mira/ }));
    await fireEvent.click(screen.getByRole('menuitem', { name: 'Disconnect…' }));
    expect(screen.getByText(/permission back at Microsoft/)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Disconnect' }));
    expect(await screen.findByText('Remove it at account.live.com.')).toBeTruthy();
  });
});

describe('connecting', () => {
  it('ends a sign-in that a page began which is gone, and can begin another then', async () => {
    fake.settings.googleClient = 'entered';
    fake.fail('connectGmail', fakeError('FORBIDDEN', 'A sign-in is already under way.'));
    render(AccountsSection);
    const begin = () => screen.getByRole('button', { name: 'Connect Gmail' });
    await waitFor(begin);
    await fireEvent.click(begin());
    await fireEvent.click(await screen.findByRole('button', { name: 'Cancel it' }));
    await waitFor(() => expect(called('cancelConnect')).toHaveLength(1));
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    expect(document.activeElement).toBe(begin());
    await fireEvent.click(begin());
    await screen.findByRole('button', { name: /^More about/ });
  });

  it('offers to end another sign-in only where that is what stands in the way', async () => {
    fake.settings.googleClient = 'entered';
    fake.fail('connectGmail', fakeError('KEYRING_UNAVAILABLE', 'The keyring is locked.'));
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Gmail' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The keyring is locked.');
    expect(screen.queryByRole('button', { name: 'Cancel it' })).toBeNull();
  });

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

  it('asks for reading mail only when told to, and says when it was not allowed', async () => {
    fake.settings.googleClient = 'entered';
    fake.grantsReading = false;
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Connect Gmail' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Notice replies' }));
    expect(called('connectGmail').map((call) => call.args)).toEqual([null]);

    const page = { name: 'Open the sign-in page' };
    await fireEvent.click(await screen.findByRole('button', page));
    expect((await screen.findByText(REFUSED_TEXT)).getAttribute('role')).toBe('status');
    expect(called('connectGmail')[1]!.args).toMatchObject({ read: true });

    fake.grantsReading = true;
    await fireEvent.click(screen.getByRole('button', { name: 'Notice replies' }));
    await fireEvent.click(await screen.findByRole('button', page));
    expect(await screen.findByText('replies are noticed', { exact: false })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Notice replies' })).toBeNull();
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

  it('fills in the server of a known provider, tests it, then keeps it', async () => {
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Other mail server…' }));
    const address = screen.getByLabelText('Your address');
    await fireEvent.input(address, { target: { value: 'ada@gmx.de' } });
    await fireEvent.blur(address);
    expect(screen.getByLabelText<HTMLInputElement>('Server').value).toBe('mail.gmx.net');
    expect(screen.getByLabelText<HTMLInputElement>('Port').value).toBe('587');
    expect(screen.getByLabelText<HTMLInputElement>('User name').value).toBe('ada@gmx.de');

    await fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
    expect(await screen.findByText('Enter the password.')).toBeTruthy();
    expect(called('saveSmtpAccount')).toEqual([]);

    const password = screen.getByLabelText('Password');
    await fireEvent.input(password, { target: { value: 'sesame' } });
    fake.fail('checkSmtpAccount', fakeError('MAIL_SERVER_ERROR', 'Nobody answers there.'));
    await fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
    expect(
      (await screen.findByText('Nobody answers there.', { exact: false })).textContent,
    ).toBeTruthy();
    expect(called('saveSmtpAccount')).toEqual([]);

    await fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(called('saveSmtpAccount')).toHaveLength(1));
    expect(called('saveSmtpAccount')[0]!.args).toEqual({
      email: 'ada@gmx.de',
      displayName: '',
      server: {
        host: 'mail.gmx.net',
        port: 587,
        security: 'start_tls',
        login: 'password',
        userName: 'ada@gmx.de',
      },
      secret: 'sesame',
    });
    expect(await screen.findByText('ada@gmx.de')).toBeTruthy();
  });

  it('keeps nothing once it was cancelled, and what was tested is what is kept', async () => {
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Other mail server…' }));
    const type = (label: string, value: string) =>
      fireEvent.input(screen.getByLabelText(label), { target: { value } });
    await type('Your address', 'ada@example.com');
    await type('Server', 'smtp.example.com');
    await type('Password', 'sesame');
    const answers: (() => void)[] = [];
    fake.commands.checkSmtpAccount = () =>
      new Promise((resolve) => answers.push(() => resolve({ maxMegabytes: null })));
    await fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(answers).toHaveLength(1));
    await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(called('cancelConnect'), 'the check itself is ended').toHaveLength(1);
    answers[0]!();
    const again = await screen.findByRole('button', { name: 'Other mail server…' });
    expect(called('saveSmtpAccount'), 'a check that went well all the same').toEqual([]);

    await fireEvent.click(again);
    await type('Your address', 'ada@example.com');
    await type('Server', 'smtp.example.com');
    await type('Password', 'sesame');
    await fireEvent.click(screen.getByRole('button', { name: 'Connect' }));
    await waitFor(() => expect(answers).toHaveLength(2));
    await type('Password', 'sesame and more');
    answers[1]!();
    await waitFor(() => expect(called('saveSmtpAccount')).toHaveLength(1));
    expect(called('saveSmtpAccount')[0]!.args).toMatchObject({ secret: 'sesame' });
  });

  it('leads to the form of a mail server whose account must be corrected', async () => {
    const account = { ...(await mailServer()), needsSignIn: true };
    const onConnected = vi.fn();
    render(ConnectMail, { account, onConnected });
    expect(screen.queryByRole('button', { name: 'Connect Gmail' })).toBeNull();
    expect(screen.getByLabelText<HTMLInputElement>('Server').value).toBe('smtp.example.com');
    expect(document.activeElement, 'where it most often fails').toBe(
      screen.getByLabelText('Password'),
    );
    await fireEvent.input(screen.getByLabelText('Password'), { target: { value: 'right' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onConnected).toHaveBeenCalledOnce());
    expect(called('saveSmtpAccount')[1]!.args).toMatchObject({ id: account.id, secret: 'right' });
  });

  it('says of a token that it is not renewed, and of a password nothing like it', async () => {
    render(ConnectMail, { account: await mailServer() });
    expect(screen.queryByText(/can’t renew/)).toBeNull();
    expect(screen.getByText(/The password is kept encrypted/)).toBeTruthy();
    await fireEvent.change(screen.getByLabelText('Log in with'), { target: { value: 'token' } });
    expect(screen.getByText(/can’t renew a token.*enter a new\s+one here/s)).toBeTruthy();
    expect(screen.getByText(/The token is kept encrypted/)).toBeTruthy();
  });

  it('changes settings without asking for the password again', async () => {
    await mailServer();
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: /^More about ada/ }));
    await fireEvent.click(screen.getByRole('menuitem', { name: 'Change settings…' }));
    await fireEvent.change(screen.getByLabelText('Security'), { target: { value: 'start_tls' } });
    expect(screen.getByLabelText<HTMLInputElement>('Port').value).toBe('587');
    await fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(called('saveSmtpAccount')).toHaveLength(2));
    expect(called('saveSmtpAccount')[1]!.args).not.toHaveProperty('secret');
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

  it('removes an account whose access goes on only when told so again', async () => {
    const { email } = await fake.commands.connectGmail(null);
    render(AccountsSection);
    await fireEvent.click(await screen.findByRole('button', { name: `More about ${email}` }));
    await fireEvent.click(screen.getByRole('menuitem', { name: 'Disconnect…' }));
    fake.fail('disconnectAccount', fakeError('CONFLICT', 'Your keys are locked.'));
    await fireEvent.click(await screen.findByRole('button', { name: 'Disconnect' }));
    expect(await screen.findByText('Your keys are locked.')).toBeTruthy();
    expect(fake.accounts.size).toBe(1);
    const anyway = screen.getByRole<HTMLButtonElement>('button', { name: 'Remove anyway' });
    await waitFor(() => expect(anyway.getAttribute('aria-busy')).not.toBe('true'));
    await fireEvent.click(anyway);
    await waitFor(() => expect(fake.accounts.size).toBe(0));
    expect(called('disconnectAccount').map(({ args }) => args)).toMatchObject([
      { anyway: false },
      { anyway: true },
    ]);
    await waitFor(() => expect(screen.queryByText('Your keys are locked.')).toBeNull());
  });
});
