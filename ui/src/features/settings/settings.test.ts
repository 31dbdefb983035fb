import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  useBackend,
  type Code,
  type LocalServer,
  type ProviderStatus,
  type Settings,
} from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { knownCodes } from '../../shared/errors';
import { passphraseProblem } from './passphrase';
import { allKinds, isThisMachine, moved, orderText, privacyOf, stateOf } from './providers';
import { patched } from './settings.svelte';
import SettingsDialog from './SettingsDialog.svelte';

let fake: Fake;

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(cleanup);

const called = (name: string) => fake.calls.filter((call) => call.name === name);
const provider = (change: Partial<ProviderStatus> = {}): ProviderStatus => ({
  id: 'local',
  name: 'Local server',
  configured: false,
  hasApiKey: false,
  keySource: 'none',
  model: '',
  defaultModel: '',
  baseUrl: 'http://127.0.0.1:11434/v1',
  ...change,
});
const ollama: LocalServer = {
  name: 'Ollama',
  baseUrl: 'http://127.0.0.1:11434/v1',
  models: ['llama3.2'],
  model: 'llama3.2',
  needsKey: false,
};
const nothing = createRawSnippet(() => ({ render: () => '<p></p>' }));

function open(section?: string) {
  const onClose = vi.fn();
  render(SettingsDialog, { open: true, section, onClose, accounts: nothing, signatures: nothing });
  return onClose;
}

// Written out here because shared parts know nothing of the program: a new code needs its line.
const codes: Record<Code, true> = {
  VALIDATION_ERROR: true,
  NOT_FOUND: true,
  CONFLICT: true,
  FORBIDDEN: true,
  LIMIT_REACHED: true,
  RATE_LIMIT_EXCEEDED: true,
  FILE_TOO_LARGE: true,
  INVALID_FILE_TYPE: true,
  DRAFT_TOO_SHORT: true,
  DRAFT_TOO_LONG: true,
  AI_SERVICE_UNAVAILABLE: true,
  AI_REFUSED: true,
  AI_INVALID_ANSWER: true,
  GMAIL_NOT_CONNECTED: true,
  GMAIL_TOKEN_EXPIRED: true,
  GMAIL_QUOTA_EXCEEDED: true,
  GMAIL_API_ERROR: true,
  ACCOUNT_NOT_CONNECTED: true,
  MAIL_SERVER_ERROR: true,
  SEND_OUTCOME_UNKNOWN: true,
  SIGNATURE_IN_USE: true,
  KEYRING_UNAVAILABLE: true,
  STORAGE_FULL: true,
  INTERNAL_ERROR: true,
};

it('every code of the program has its own text', () => {
  expect(Object.keys(codes).filter((code) => !knownCodes.includes(code))).toEqual([]);
});

describe('what is said about providers', () => {
  it('goes by the address, not by the name', () => {
    expect(privacyOf(provider())).toBe('Stays on this machine.');
    expect(privacyOf(provider({ baseUrl: 'http://192.168.1.5:8080/v1' }))).toContain('192.168.1.5');
    expect(privacyOf(provider({ model: 'gpt-oss:120b-cloud' }))).toContain('Goes to');
  });

  it.each([
    ['http://127.0.0.1:11434/v1', true],
    ['http://localhost/v1', true],
    ['http://[::1]:1234/v1', true],
    ['http://127.0.0.1.example.com/v1', false],
    ['http://10.0.0.1/v1', false],
    ['nonsense', false],
  ])('%s is this machine: %s', (address, yes) => expect(isThisMachine(address)).toBe(yes));

  it('names who is asked, in order', () => {
    const settings = (...providers: ProviderStatus[]) => ({ providers }) as Settings;
    expect(orderText(settings(provider({ id: 'offline', configured: true })))).toMatch(/offline/);
    const gemini = provider({ id: 'gemini', name: 'Gemini', configured: true });
    expect(orderText(settings(gemini))).toBe('Polish asks Gemini.');
    const local = provider({ configured: true, name: 'Local model', model: 'qwen2.5' });
    expect(orderText(settings(local))).toBe('Polish asks the local model (qwen2.5).');
    const far = { ...local, model: '', baseUrl: 'http://192.168.1.5:8080/v1' };
    expect(orderText(settings(far))).toBe('Polish asks the model at 192.168.1.5:8080.');
    const openai = provider({ id: 'openai', name: 'OpenAI', configured: true });
    expect(orderText(settings(gemini, openai))).toBe(
      'Polish asks Gemini first; if it does not answer, OpenAI.',
    );
  });

  it('says where a key comes from', () => {
    const gemini = { id: 'gemini', hasApiKey: true } as const;
    expect(stateOf(provider({ ...gemini, keySource: 'environment' }), false).text).toMatch(
      /environment/,
    );
    expect(stateOf(provider({ id: 'gemini' }), false)).toEqual({ text: 'No key', on: false });
  });
});

describe('a patch', () => {
  it('leaves what it does not give, and can take the server’s address away', () => {
    const before = { theme: 'dark', localBaseUrl: 'x', models: { gemini: 'a' } } as const;
    expect(patched(before, { theme: null, undoSeconds: 5 })).toEqual({ ...before, undoSeconds: 5 });
    expect(patched(before, { localBaseUrl: null }).localBaseUrl).toBeNull();
    expect(patched(before, { models: { openai: 'b' } }).models).toEqual({
      gemini: 'a',
      openai: 'b',
    });
  });
});

describe('a passphrase', () => {
  it('is long enough and typed twice', () => {
    expect(passphraseProblem('short', 'short')).toMatch(/at least 8/);
    expect(passphraseProblem('long enough', 'long enouhg')).toMatch(/not the same/);
    expect(passphraseProblem('long enough', 'long enough')).toBeNull();
  });
});

describe('the settings', () => {
  it('change at once, and go back when the program refuses', async () => {
    open();
    await fireEvent.click(await screen.findByRole('radio', { name: 'Dark' }));
    await waitFor(() => expect(fake.settings.preferences.theme).toBe('dark'));
    fake.fail('updateSettings', fakeError('STORAGE_FULL', 'The disk is full.'));
    await fireEvent.click(screen.getByRole('radio', { name: 'Light' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full.');
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Dark' }).checked).toBe(true);
  });

  it('keep a key only when the provider takes it, and show never more than that there is one', async () => {
    open('polish');
    await fireEvent.click(await screen.findByRole('button', { name: /^Gemini/ }));
    const field = await screen.findByLabelText<HTMLInputElement>('API key of Gemini');
    expect(field.type).toBe('password');
    await fireEvent.input(field, { target: { value: 'wrong' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Check and keep' }));
    expect((await screen.findByRole('alert')).textContent).toMatch(/does not accept this key/);
    await fireEvent.input(field, { target: { value: ' right ' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Check and keep' }));
    await screen.findByRole('button', { name: 'Delete the key' });
    expect(called('setApiKey').at(-1)!.args).toEqual({ provider: 'gemini', key: 'right' });
    expect(document.body.innerHTML).not.toContain('right ');
  });

  it('go to a section by the arrows', async () => {
    open();
    const general = await screen.findByRole('tab', { name: 'General' });
    await fireEvent.keyDown(general, { key: 'ArrowDown' });
    expect(screen.getByRole('tab', { name: 'Polish' }).getAttribute('aria-selected')).toBe('true');
  });

  it('take over a local server that was found', async () => {
    open('polish');
    await fireEvent.click(await screen.findByRole('button', { name: /^Local server/ }));
    fake.localServers = [ollama];
    await fireEvent.click(await screen.findByRole('button', { name: 'Search this machine' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Use this server' }));
    await waitFor(() =>
      expect(fake.settings.preferences).toMatchObject({
        localEnabled: true,
        localBaseUrl: 'http://127.0.0.1:11434/v1',
        models: { local: 'llama3.2' },
      }),
    );
  });

  it('find a local server by themselves and offer it, with a model that writes and runs here', async () => {
    const models = ['nomic-embed-text', 'gpt-oss:120b-cloud', 'llama3.2'];
    fake.localServers = [{ ...ollama, models }];
    open('polish');
    await screen.findByText('Ollama runs on this machine');
    expect(fake.settings.preferences.localEnabled ?? false, 'only offered').toBe(false);
    await fireEvent.click(screen.getByRole('button', { name: 'Use it' }));
    await waitFor(() =>
      expect(fake.settings.preferences).toMatchObject({
        localEnabled: true,
        models: { local: 'llama3.2' },
      }),
    );
    await waitFor(() => expect(screen.queryByText('Ollama runs on this machine')).toBeNull());
    expect(
      (await screen.findByText('Polish uses Ollama now')).closest('[role=status]'),
    ).toBeTruthy();
    expect(screen.getByText('Polish asks the local model (llama3.2).')).toBeTruthy();
    await waitFor(() =>
      expect(document.activeElement).toBe(screen.getByRole('button', { name: /^Local/ })),
    );
  });

  it('say nothing of local servers where there is none', async () => {
    open('polish');
    await fireEvent.click(await screen.findByRole('button', { name: /^Local server/ }));
    await screen.findByText(/No server answers on the usual ports/);
    expect(called('findLocalServers'), 'looked for once').toHaveLength(1);
    expect(screen.queryByText(/runs on this machine/)).toBeNull();
  });

  it('let the order be changed, by button and by key', async () => {
    expect(moved(['openrouter', 'gemini'], 'openrouter', -1)).toEqual(['openrouter', 'gemini']);
    open('polish');
    await fireEvent.click(await screen.findByRole('button', { name: 'Ask Gemini earlier' }));
    await waitFor(() =>
      expect(fake.settings.preferences.providerOrder?.slice(0, 2)).toEqual([
        'gemini',
        'openrouter',
      ]),
    );
    const gemini = screen.getByRole('button', { name: /^Gemini/ });
    await fireEvent.keyDown(gemini, { key: 'ArrowUp', altKey: true });
    expect(called('updateSettings')).toHaveLength(1);
  });

  it('offer the models the provider names, and say why there are none', async () => {
    open('polish');
    await fireEvent.click(await screen.findByRole('button', { name: /^Gemini/ }));
    const field = await screen.findByRole('combobox', { name: 'Model' });
    fake.fail('listModels', fakeError('AI_SERVICE_UNAVAILABLE', 'There is no list of models.'));
    await fireEvent.keyDown(field, { key: 'ArrowDown' });
    expect((await screen.findByRole('alert')).textContent).toContain('There is no list of models.');
    await fireEvent.keyDown(field, { key: 'Escape' });
    await fireEvent.click(field);
    await screen.findByRole('option', { name: 'gemini-large' });
    await fireEvent.input(field, { target: { value: 'lar' } });
    await waitFor(() => expect(screen.queryByRole('option', { name: 'gemini-small' })).toBeNull());
    await fireEvent.keyDown(field, { key: 'ArrowDown' });
    await fireEvent.keyDown(field, { key: 'Enter' });
    await waitFor(() =>
      expect(fake.settings.preferences.models).toEqual({ gemini: 'gemini-large' }),
    );
  });

  it('let choose how secrets are kept where there is no keyring', async () => {
    fake.settings.vault = { mode: 'unavailable', reason: 'No keyring answers.' };
    open('security');
    expect(await screen.findByText(/No keyring answers\./)).toBeTruthy();
    await fireEvent.click(screen.getByRole('button', { name: 'Keep for this run only' }));
    await waitFor(() => expect(called('chooseVault')[0]?.args).toEqual({}));
    expect(await screen.findByText('Kept until Draftwell ends')).toBeTruthy();
  });

  it('let start over where nothing opens the secrets any more, once that was confirmed', async () => {
    fake.settings.vault = { mode: 'unavailable', reason: 'The keyring was emptied.' };
    open('security');
    await fireEvent.click(await screen.findByRole('button', { name: 'Start over…' }));
    expect(called('unlockVault')).toEqual([]);
    await fireEvent.click(await screen.findByRole('button', { name: 'Forget them' }));
    await waitFor(() => expect(called('unlockVault')[0]?.args).toEqual({ startOver: true }));
    expect(await screen.findByText('Kept safely')).toBeTruthy();
  });

  it('ask before a new passphrase makes saved secrets unreadable', async () => {
    fake.settings.vault = { mode: 'passphrase_locked', reason: null };
    fake.fail('chooseVault', fakeError('CONFLICT', 'They would be forgotten.'));
    open('security');
    for (const label of ['New passphrase', 'The same again'])
      await fireEvent.input(await screen.findByLabelText(label), {
        target: { value: 'open sesame' },
      });
    await fireEvent.click(screen.getByRole('button', { name: 'Use this passphrase' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Forget them' }));
    await waitFor(() =>
      expect(called('chooseVault').at(-1)?.args).toEqual({
        passphrase: 'open sesame',
        forgetStored: true,
      }),
    );
    expect(await screen.findByText('Kept under your passphrase')).toBeTruthy();
  });

  it('move between the keyring and a passphrase', async () => {
    fake.settings.vault = { mode: 'keyring', reason: null };
    open('security');
    for (const label of ['New passphrase', 'The same again'])
      await fireEvent.input(await screen.findByLabelText(label), {
        target: { value: 'open sesame' },
      });
    await fireEvent.click(screen.getByRole('button', { name: 'Use this passphrase' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Use the keyring instead' }));
    expect(await screen.findByText('Kept safely')).toBeTruthy();
  });

  it('open the secrets with the passphrase', async () => {
    fake.settings.vault = { mode: 'passphrase_locked', reason: null };
    open('security');
    await fireEvent.input(await screen.findByLabelText('Passphrase'), {
      target: { value: 'open sesame' },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Unlock' }));
    await waitFor(() =>
      expect(called('unlockVault')[0]?.args).toEqual({ passphrase: 'open sesame' }),
    );
  });
});

describe('what leaves this machine', () => {
  it('is shown the first time, until something else is chosen', async () => {
    open('polish');
    const first = await screen.findByRole<HTMLInputElement>('radio', { name: 'The first time' });
    expect(first.checked).toBe(true);
    await fireEvent.click(screen.getByRole('radio', { name: 'Every time' }));
    await waitFor(() =>
      expect(called('updateSettings').at(-1)?.args).toEqual({ askBefore: 'always' }),
    );
  });

  it('is replaced by kinds, all of them unless one is taken out', async () => {
    open('polish');
    expect(screen.queryByRole('checkbox', { name: 'Links' })).toBeNull();
    await fireEvent.click(await screen.findByRole('switch', { name: /^Replace private things/ }));
    const links = await screen.findByRole<HTMLInputElement>('checkbox', { name: 'Links' });
    expect(links.checked).toBe(true);
    await fireEvent.click(links);
    await waitFor(() =>
      expect(called('updateSettings').at(-1)?.args).toEqual({
        redaction: { ...allKinds(true), links: false },
      }),
    );
  });
});
