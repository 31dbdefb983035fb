// Going back in time through the windows: by its key, by the notice of a conflict, by the bin.
import { cleanup, configure, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useBackend } from '../ipc';
import { createFake, type Fake } from '../ipc/fake';
import { toasts } from '../shared/toasts.svelte';
import ComposeWindow from './ComposeWindow.svelte';
import MainWindow from './MainWindow.svelte';

// A machine that builds other things at the same time is slow, not wrong.
const PATIENCE = { timeout: 15_000 };
const until = <T>(check: () => T) => vi.waitFor(check, PATIENCE);
configure({ asyncUtilTimeout: PATIENCE.timeout });
vi.setConfig({ testTimeout: 30_000 });

const ID = '11111111-1111-4111-8111-111111111111';
const doc = (text: string) => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

let fake: Fake;

beforeEach(() => {
  localStorage.clear();
  toasts.list.forEach((toast) => toasts.dismiss(toast.key));
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(cleanup);

/** A window with a draft in it that was saved twice. */
async function open(Window = MainWindow) {
  fake = createFake({ opened: ID, label: Window === MainWindow ? 'main' : 'compose' });
  useBackend(fake);
  await fake.commands.saveDraft({ id: ID, subject: 'Old', body: doc('old text') });
  await fake.commands.saveDraft({ id: ID, subject: 'New', body: doc('new text') });
  render(Window);
  await until(() => expect(message()).toBe('new text'));
}

const message = () => screen.getByRole('textbox', { name: 'Message' }).textContent;
const subject = () => screen.getByRole<HTMLInputElement>('textbox', { name: 'Subject' }).value;
const travelKey = () => fireEvent.keyDown(document.body, { key: 'h', ctrlKey: true });

it.each([
  ['main', MainWindow],
  ['small', ComposeWindow],
])('restores in the %s window, and takes that back', async (_, Window) => {
  await open(Window);
  await travelKey();
  await screen.findByRole('region', { name: 'Time travel' });
  await fireEvent.click(await screen.findByRole('button', { name: / old text$/ }));
  const restore = screen.getByRole<HTMLButtonElement>('button', { name: 'Restore' });
  await until(() => expect(restore.disabled).toBe(false));
  await fireEvent.click(restore);
  await until(() => expect([message(), subject()]).toEqual(['old text', 'Old']));
  expect(screen.queryByRole('region', { name: 'Time travel' })).toBeNull();
  await until(() => expect(fake.versions.at(-1)).toMatchObject({ cause: 'restore' }));
  await fireEvent.click(await screen.findByRole('button', { name: 'Undo' }));
  await until(() => expect([message(), subject()]).toEqual(['new text', 'New']));
});

it('has nowhere to go from a draft nobody has touched', async () => {
  fake = createFake();
  useBackend(fake);
  render(MainWindow);
  await until(() => expect(fake.calls.some((call) => call.name === 'pageReady')).toBe(true));
  await travelKey();
  expect(screen.queryByRole('region', { name: 'Time travel' })).toBeNull();
});

it('closes by Esc, and the keys of the draft rest meanwhile', async () => {
  await open();
  await travelKey();
  const panel = await screen.findByRole('region', { name: 'Time travel' });
  await fireEvent.keyDown(panel, { key: 'Enter', ctrlKey: true });
  await fireEvent.keyDown(panel, { key: 'j', ctrlKey: true });
  expect(screen.queryByRole('region', { name: 'Polished versions' })).toBeNull();
  expect(fake.calls.filter((call) => call.name === 'checkSend')).toEqual([]);
  await fireEvent.keyDown(panel, { key: 'Escape' });
  await until(() => expect(screen.queryByRole('region', { name: 'Time travel' })).toBeNull());
});

it('compares what another window had with what counts now', async () => {
  await open();
  const before = fake.drafts.get(ID)!;
  fake.drafts.set(ID, { ...before, body: doc('text of another window'), revision: 9 });
  const input = screen.getByRole<HTMLInputElement>('textbox', { name: 'Subject' });
  input.value = 'Newer';
  await fireEvent.input(input);
  await fireEvent.click(await screen.findByRole('button', { name: 'Compare' }));
  const panel = await screen.findByRole('region', { name: 'Time travel' });
  await until(() => {
    expect(panel.querySelector('.body del')?.textContent).toContain('another window');
    expect(panel.querySelector('.body ins')?.textContent).toContain('new');
  });
});

it('brings a draft back out of the bin, and deletes another for good', async () => {
  await open();
  await fireEvent.click(screen.getByRole('button', { name: 'Delete draft' }));
  await until(() => expect(fake.drafts.get(ID)?.deletedAt).not.toBeNull());
  await fireEvent.click(screen.getByRole('button', { name: 'Bin' }));
  await fireEvent.click(await screen.findByRole('button', { name: 'Restore: New' }));
  await until(() => expect(message()).toBe('new text'));
  expect(fake.drafts.get(ID)?.deletedAt).toBeNull();

  await fireEvent.click(screen.getByRole('button', { name: 'Delete draft' }));
  await fireEvent.click(screen.getByRole('button', { name: 'Bin' }));
  await fireEvent.click(await screen.findByRole('button', { name: 'Delete for good: New' }));
  expect(fake.drafts.has(ID), 'it is asked first').toBe(true);
  await fireEvent.click(await screen.findByRole('button', { name: 'Delete for good' }));
  await until(() => expect(fake.drafts.has(ID)).toBe(false));
  await screen.findByText('The bin is empty');
});
