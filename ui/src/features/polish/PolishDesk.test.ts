import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type PolishedVersion } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import PolishDesk from './PolishDesk.svelte';

let fake: Fake;
const order: string[] = [];
const onTake = vi.fn<(version: PolishedVersion) => void>();
const onClose = vi.fn();

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
  order.length = 0;
  onTake.mockReset();
  onClose.mockReset();
});
afterEach(cleanup);

async function openDesk(text = 'hey can we move the call to friday at ten') {
  const { id } = await fake.commands.saveDraft({
    body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] },
  });
  fake.calls.length = 0;
  const flush = vi.fn(async () => void order.push(`flush after ${fake.calls.length} calls`));
  render(PolishDesk, { draftId: id, flush, onTake, onClose });
  return { id, flush };
}

const region = (name: string) => screen.getByRole('region', { name });
const use = (name: string) =>
  within(region(name)).getByRole<HTMLButtonElement>('button', { name: 'Use this version' });
const ready = () => waitFor(() => expect(use('Concise').disabled).toBe(false));
const called = (name: string) => fake.calls.filter((call) => call.name === name);

describe('the desk', () => {
  it('saves first: the model must see what the user sees', async () => {
    const { flush } = await openDesk();
    await ready();
    expect(flush).toHaveBeenCalledOnce();
    expect(order).toEqual(['flush after 0 calls']);
  });

  it('asks nobody when the draft could not be saved, and says so', async () => {
    const { id } = await openDesk();
    await ready();
    cleanup();
    fake.calls.length = 0;
    render(PolishDesk, {
      draftId: id,
      flush: () => Promise.reject(fakeError('STORAGE_FULL', 'The disk is full.')),
      onTake,
      onClose,
    });
    expect((await screen.findByRole('alert')).textContent).toContain('The disk is full');
    expect(called('polishDraft')).toEqual([]);
  });

  it('gives the version of the card whose button was pressed', async () => {
    await openDesk();
    await ready();
    await fireEvent.click(use('Elaborate'));
    expect(onTake.mock.calls.map(([version]) => version.style)).toEqual(['elaborate']);
  });

  it('is used by keys alone: a number chooses, Enter takes', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: '4' });
    expect(document.activeElement).toBe(region('Concise'));
    await fireEvent.keyDown(region('Concise'), { key: 'ArrowLeft' });
    await fireEvent.keyDown(region('Elaborate'), { key: 'Enter' });
    expect(onTake.mock.calls[0]![0].style).toBe('elaborate');
  });

  it('ends the request when it is closed while it runs', async () => {
    fake.latency = 20;
    await openDesk();
    await waitFor(() => expect(called('polishDraft')).toHaveLength(1));
    await fireEvent.keyDown(region('Formal'), { key: 'Escape' });
    expect(onClose).toHaveBeenCalledOnce();
    const { requestId } = called('polishDraft')[0]!.args as { requestId: string };
    expect(called('cancelPolish')[0]?.args).toEqual({ requestId });
  });

  it('says each provider’s reason, and polishes offline only when asked to', async () => {
    fake.fail('polishDraft', fakeError('AI_SERVICE_UNAVAILABLE', 'OpenRouter: no answer.'));
    await openDesk();
    expect((await screen.findByRole('alert')).textContent).toContain('OpenRouter: no answer.');
    expect(called('polishDraft')).toHaveLength(1);
    await fireEvent.click(screen.getByRole('button', { name: 'Polish offline' }));
    await ready();
    expect(called('polishDraft')[1]!.args).toMatchObject({ provider: 'offline' });
  });

  it('says of a draft without a letter that it is too short, not that it is gone', async () => {
    render(PolishDesk, {
      draftId: crypto.randomUUID(),
      flush: async () => undefined,
      onTake,
      onClose,
    });
    expect((await screen.findByRole('alert')).textContent).toContain('at least 10 characters');
  });

  it('leads to the passphrase when the keys are locked', async () => {
    fake.fail('polishDraft', fakeError('KEYRING_UNAVAILABLE', 'Your keys are locked.'));
    const { id } = await fake.commands.saveDraft({});
    const onSettings = vi.fn();
    const flush = async () => undefined;
    render(PolishDesk, { draftId: id, flush, onTake, onClose, onSettings });
    await fireEvent.click(await screen.findByRole('button', { name: 'Settings…' }));
    expect(onSettings).toHaveBeenCalledWith('security');
  });

  it('waits out a rate limit', async () => {
    fake.fail(
      'polishDraft',
      fakeError('RATE_LIMIT_EXCEEDED', 'Too many.', { retryAfterSeconds: 30 }),
    );
    await openDesk();
    const again = await screen.findByRole<HTMLButtonElement>('button', { name: /^Try again in/ });
    expect(again.disabled).toBe(true);
  });

  it('shows what changed without needing colours', async () => {
    await openDesk();
    await ready();
    await fireEvent.click(screen.getByRole('button', { name: 'Show changes' }));
    expect(region('Formal').querySelector('ins')?.textContent).toContain('Dear');
  });
});
