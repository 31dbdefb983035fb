import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { tick, type ComponentProps } from 'svelte';
import type { SelectedPart } from '../../editor/commands';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  useBackend,
  type Change,
  type DocumentNode,
  type PolishedVersion,
  type PolishEvent,
} from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import PolishDesk from './PolishDesk.svelte';

type Taken = Partial<PolishedVersion> & Pick<PolishedVersion, 'body'>;

let fake: Fake;
const order: string[] = [];
const onTake = vi.fn<(version: Taken, part: SelectedPart | null) => void>();
const onClose = vi.fn();

beforeEach(() => {
  fake = createFake();
  now = body('');
  useBackend(fake);
  order.length = 0;
  onTake.mockReset();
  onClose.mockReset();
});
afterEach(cleanup);

const TEXT = 'hey can we move the call to friday at ten';
const moved: Change = {
  change: 'changed',
  original: { kind: 'time', text: '14:00', start: 0, end: 5 },
  now: { kind: 'time', text: '16:00', start: 0, end: 5 },
};

const body = (text: string): DocumentNode => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});
/** What stands in the editor. */
let now: DocumentNode;
const text = () => now;

async function openDesk(
  draft = TEXT,
  more: Partial<Pick<ComponentProps<typeof PolishDesk>, 'part' | 'partNow' | 'hasPart'>> = {},
) {
  now = body(draft);
  const { id } = await fake.commands.saveDraft({ body: now });
  fake.calls.length = 0;
  const flush = vi.fn(async () => void order.push(`flush after ${fake.calls.length} calls`));
  render(PolishDesk, { draftId: id, flush, text, onTake, onClose, ...more });
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
      text,
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

  it('takes nothing by a key that is still held from before', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'Enter', repeat: true });
    expect(onTake).not.toHaveBeenCalled();
    await fireEvent.keyDown(region('Formal'), { key: 'Enter' });
    expect(onTake).toHaveBeenCalledOnce();
  });

  it('leads into the field by a key, and out of it by Esc without closing', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'a' });
    const field = screen.getByRole('textbox', { name: 'What should change' });
    expect(document.activeElement).toBe(field);
    await fireEvent.keyDown(field, { key: 'Escape' });
    expect(document.activeElement).toBe(region('Formal'));
    expect(onClose).not.toHaveBeenCalled();
    await fireEvent.keyDown(region('Formal'), { key: 'Escape' });
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('is stopped and asked again by keys', async () => {
    fake.latency = 20;
    await openDesk();
    await waitFor(() => expect(called('polishDraft')).toHaveLength(1));
    await fireEvent.keyDown(region('Formal'), { key: 'c' });
    await waitFor(() => expect(called('cancelPolish')).toHaveLength(1));
    fake.latency = 0;
    await fireEvent.keyDown(region('Formal'), { key: 'r' });
    await ready();
    expect(called('polishDraft')).toHaveLength(2);
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

  it('polishes offline what is too long for a provider, and tells who was asked before', async () => {
    const attempt = {
      provider: 'openrouter' as const,
      name: 'OpenRouter',
      code: 'AI_SERVICE_UNAVAILABLE' as const,
      reason: 'No credit is left.',
    };
    const answer = fake.commands.polishDraft;
    fake.commands.polishDraft = async (args) => {
      if (args.provider === 'offline') return answer(args);
      fake.emit('polishProgress', {
        requestId: args.requestId!,
        event: { kind: 'failed', attempt },
      });
      throw fakeError('DRAFT_TOO_LONG', 'Too long for Gemini.', { field: 'provider' });
    };
    await openDesk();
    const said = (await screen.findByRole('alert')).textContent;
    for (const part of ['Too long for Gemini.', 'OpenRouter', 'No credit is left.']) {
      expect(said).toContain(part);
    }
    await fireEvent.click(screen.getByRole('button', { name: 'Polish offline' }));
    await ready();
  });

  it('names an attempt whose event comes after the answer', async () => {
    const tell = (requestId: string, name: string) =>
      fake.emit('polishProgress', {
        requestId,
        event: {
          kind: 'failed',
          attempt: {
            provider: 'openrouter',
            name,
            code: 'AI_SERVICE_UNAVAILABLE',
            reason: `${name} is out of order.`,
          },
        },
      });
    fake.commands.polishDraft = async ({ requestId }) => {
      tell(requestId!, 'OpenRouter');
      setTimeout(() => tell(requestId!, 'Gemini'), 20);
      throw fakeError('AI_SERVICE_UNAVAILABLE', 'Nobody answered.');
    };
    await openDesk();
    const said = await screen.findByRole('alert');
    expect(said.textContent).toContain('OpenRouter is out of order.');
    await vi.waitFor(() => expect(said.textContent).toContain('Gemini is out of order.'));
  });

  it('says of a draft without a letter that it is too short, not that it is gone', async () => {
    render(PolishDesk, {
      draftId: crypto.randomUUID(),
      flush: async () => undefined,
      text,
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
    render(PolishDesk, { draftId: id, flush, text, onTake, onClose, onSettings });
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

  it('is switched to the changes and back by D', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'd' });
    expect(region('Formal').querySelector('ins')).not.toBeNull();
    await fireEvent.keyDown(region('Formal'), { key: 'd' });
    expect(region('Formal').querySelector('ins')).toBeNull();
  });

  it('asks once before a version is taken that says something else, naming it', async () => {
    fake.changes = { formal: [moved] };
    await openDesk();
    await ready();
    expect(region('Formal').textContent).toContain('1 fact differs');
    await fireEvent.click(use('Formal'));
    expect(onTake).not.toHaveBeenCalled();
    const dialog = screen.getByRole('alertdialog');
    expect(dialog.textContent).toContain('14:00');
    expect(dialog.textContent).toContain('16:00');
    await fireEvent.click(within(dialog).getByRole('button', { name: 'Back' }));
    expect(onTake).not.toHaveBeenCalled();
    await fireEvent.click(use('Formal'));
    await fireEvent.click(screen.getByRole('button', { name: 'Use it anyway' }));
    await waitFor(() => expect(onTake).toHaveBeenCalledOnce());
    expect(called('noteTaken')[0]!.args).toMatchObject({ changes: [moved], confirmed: true });
    await fireEvent.click(use('Casual'));
    expect(onTake, 'one that is faithful is taken at once').toHaveBeenCalledTimes(2);
  });

  it('has what is to be put right by hand asked about later, or says why it can’t', async () => {
    fake.changes = { formal: [moved] };
    await openDesk();
    await ready();
    await fireEvent.click(use('Formal'));
    fake.fail('noteTaken', fakeError('STORAGE_FULL', 'The disk is full.'));
    await fireEvent.click(screen.getByRole('button', { name: 'Use it, remind me' }));
    expect((await screen.findByText(/disk is full/)).getAttribute('role')).toBe('alert');
    expect(onTake, 'nobody would remember it').not.toHaveBeenCalled();
    await fireEvent.click(screen.getByRole('button', { name: 'Use it, remind me' }));
    await waitFor(() => expect(onTake).toHaveBeenCalledOnce());
    expect(called('noteTaken')[1]!.args).toMatchObject({ changes: [moved], confirmed: false });
  });

  it('lets nobody who says yes wait for the disk', async () => {
    fake.changes = { formal: [moved] };
    await openDesk();
    await ready();
    await fireEvent.click(use('Formal'));
    fake.fail('noteTaken', fakeError('STORAGE_FULL', 'The disk is full.'));
    await fireEvent.click(screen.getByRole('button', { name: 'Use it anyway' }));
    await waitFor(() => expect(onTake).toHaveBeenCalledOnce());
  });

  it('asks again with what the user writes, and leaves the hour’s answers aside', async () => {
    await openDesk();
    await ready();
    const field = screen.getByRole('textbox', { name: 'What should change' });
    await fireEvent.input(field, { target: { value: ' mention Friday ' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
    await ready();
    await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
    await ready();
    const asked = called('polishDraft').map((call) => call.args as Record<string, unknown>);
    expect(asked.map((args) => args.instruction)).toEqual([
      undefined,
      'mention Friday',
      'mention Friday',
    ]);
    expect(
      asked.map((args) => args.fresh),
      'only the same question again wants another answer',
    ).toEqual([false, false, true]);
  });

  describe('before it takes a version that knows nothing of what was written meanwhile', () => {
    const meanwhile = `${TEXT} and bring the contract`;

    async function change() {
      await openDesk();
      await ready();
      now = body(meanwhile);
      await fireEvent.click(use('Formal'));
      expect(onTake, 'nothing is replaced without a word').not.toHaveBeenCalled();
      expect(screen.getByRole('alertdialog').textContent).toContain('The formal version');
    }

    it('asks, and takes it if that is wanted', async () => {
      await change();
      await fireEvent.click(screen.getByRole('button', { name: 'Replace it anyway' }));
      expect(onTake).toHaveBeenCalledOnce();
    });

    it('leaves it', async () => {
      await change();
      await fireEvent.click(screen.getByRole('button', { name: 'Back' }));
      expect(screen.queryByRole('alertdialog')).toBeNull();
      expect(onTake).not.toHaveBeenCalled();
    });

    it('polishes what is there now', async () => {
      await change();
      const question = within(screen.getByRole('alertdialog'));
      await fireEvent.click(question.getByRole('button', { name: 'Polish again' }));
      await ready();
      expect(called('polishDraft')).toHaveLength(2);
      await fireEvent.click(use('Formal'));
      expect(onTake, 'it was made of that text').toHaveBeenCalledOnce();
    });

    it('asks about its facts after that, and again if more is written then', async () => {
      fake.changes = { formal: [moved] };
      await change();
      await fireEvent.click(screen.getByRole('button', { name: 'Replace it anyway' }));
      await fireEvent.click(screen.getByRole('button', { name: 'Use it anyway' }));
      await waitFor(() => expect(onTake).toHaveBeenCalledOnce());
      cleanup();
      onTake.mockReset();
      await openDesk();
      await ready();
      await fireEvent.click(use('Formal'));
      now = body(meanwhile);
      await fireEvent.click(screen.getByRole('button', { name: 'Use it anyway' }));
      await screen.findByRole('button', { name: 'Replace it anyway' });
      expect(onTake).not.toHaveBeenCalled();
    });

    it('keeps its versions where the selected part is gone, and polishes what is selected now', async () => {
      const select = (words: string): SelectedPart => ({
        from: 1,
        to: 1 + words.length,
        body: body(words),
        length: words.length,
      });
      const old = select('can we move the call');
      let part: SelectedPart | null = old;
      let there = true;
      await openDesk(TEXT, { part: old, partNow: () => part, hasPart: () => there });
      await ready();
      there = false;
      region('Formal').focus();
      await fireEvent.keyDown(region('Formal'), { key: 'Enter' });
      expect(screen.getByRole('alertdialog').textContent).toContain('selected part has changed');
      expect(screen.queryByRole('button', { name: 'Replace it anyway' })).toBeNull();
      await fireEvent.click(screen.getByRole('button', { name: 'Back' }));
      expect(onTake).not.toHaveBeenCalled();
      expect(use('Formal').disabled, 'the versions are still there').toBe(false);
      expect(document.activeElement).toBe(region('Formal'));

      part = select('can we cancel the call');
      there = true;
      await fireEvent.click(use('Formal'));
      expect(onTake, 'it stands for the old part, and is there again').toHaveBeenCalledOnce();
      there = false;
      await fireEvent.click(use('Formal'));
      const question = within(screen.getByRole('alertdialog'));
      await fireEvent.click(question.getByRole('button', { name: 'Polish again' }));
      there = true;
      await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
      await ready();
      expect(called('polishDraft')[1]!.args).toMatchObject({ selection: part.body });
      await fireEvent.click(use('Formal'));
      expect(onTake.mock.calls.at(-1)![1]).toBe(part);
    });

    it('polishes the whole text where nothing is selected any more', async () => {
      const part: SelectedPart = { from: 1, to: 20, body: body('move the call to'), length: 16 };
      await openDesk(TEXT, { part, partNow: () => null, hasPart: () => false });
      await ready();
      await fireEvent.click(use('Formal'));
      await fireEvent.click(screen.getByRole('button', { name: 'Polish the whole text' }));
      await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
      await ready();
      await fireEvent.click(use('Formal'));
      expect(onTake.mock.calls[0]![1]).toBeNull();
    });

    it('does not mind another signature', async () => {
      await openDesk();
      await ready();
      now = { ...now, content: [...now.content!, { type: 'signature', attrs: { id: 's' } }] };
      await fireEvent.click(use('Formal'));
      expect(onTake).toHaveBeenCalledOnce();
    });
  });

  describe('when a second round comes to nothing', () => {
    const field = () =>
      screen.getByRole<HTMLInputElement>('textbox', { name: 'What should change' });

    async function secondRound() {
      await openDesk();
      await ready();
      await fireEvent.input(field(), { target: { value: 'mention Friday' } });
    }

    it('leads back to the first versions, with what was asked for still there', async () => {
      await secondRound();
      fake.fail('polishDraft', fakeError('AI_REFUSED', 'It declined.'));
      await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
      await screen.findByRole('alert');
      expect(field().value).toBe('mention Friday');
      await fireEvent.click(screen.getByRole('button', { name: 'Back to the versions before' }));
      expect(use('Concise').disabled).toBe(false);
      expect(screen.getByText('These are the versions before.')).toBeTruthy();
      await fireEvent.click(use('Elaborate'));
      expect(onTake.mock.calls[0]![0].style).toBe('elaborate');
    });

    it('leads back by Esc, which does not close then', async () => {
      await secondRound();
      fake.fail('polishDraft', fakeError('AI_REFUSED', 'It declined.'));
      await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
      const alert = await screen.findByRole('alert');
      await fireEvent.keyDown(within(alert).getAllByRole('button')[0]!, { key: 'Escape' });
      expect(use('Concise').disabled).toBe(false);
      expect(onClose).not.toHaveBeenCalled();
    });

    it('has a card that Enter takes after two Escs out of the field', async () => {
      await secondRound();
      fake.fail('polishDraft', fakeError('AI_REFUSED', 'It declined.'));
      field().focus();
      await fireEvent.submit(field().form!);
      await screen.findByRole('alert');
      await fireEvent.keyDown(field(), { key: 'Escape' });
      const back = screen.getByRole('button', { name: 'Back to the versions before' });
      expect(document.activeElement, 'what helps most').toBe(back);
      await fireEvent.keyDown(back, { key: 'Escape' });
      await waitFor(() => expect(document.activeElement).toBe(region('Formal')));
      await fireEvent.keyDown(region('Formal'), { key: 'Enter' });
      expect(onTake).toHaveBeenCalledOnce();
    });

    it('shows the first versions again when it is cancelled before it wrote one', async () => {
      await secondRound();
      fake.latency = 20;
      await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
      await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
      await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
      expect(use('Concise').disabled).toBe(false);
      await waitFor(() => expect(document.activeElement).toBe(region('Formal')));
    });

    it('keeps both what is complete and the way back when it is cancelled later', async () => {
      await secondRound();
      fake.latency = 5;
      await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
      await waitFor(() => expect(use('Concise').disabled).toBe(true));
      await waitFor(() => expect(use('Formal').disabled).toBe(false));
      await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
      expect(use('Concise').disabled).toBe(true);
      await fireEvent.click(screen.getByRole('button', { name: 'Back to the versions before' }));
      expect(use('Concise').disabled).toBe(false);
    });

    it('asks for other words again where that failed', async () => {
      await openDesk();
      await ready();
      fake.fail('polishDraft', fakeError('INTERNAL_ERROR', 'It failed.'));
      await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
      await screen.findByRole('alert');
      await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
      await ready();
      const asked = called('polishDraft').map((call) => (call.args as { fresh?: boolean }).fresh);
      expect(asked).toEqual([false, true, true]);
    });

    it('takes its versions for what they were made of', async () => {
      const part: SelectedPart = { from: 1, to: 42, body: body(TEXT), length: TEXT.length };
      await openDesk(`${TEXT} and more`, { part });
      await ready();
      fake.fail('polishDraft', fakeError('AI_REFUSED', 'It declined.'));
      await fireEvent.click(screen.getByRole('radio', { name: 'Whole text' }));
      await screen.findByRole('alert');
      await fireEvent.click(screen.getByRole('button', { name: 'Back to the versions before' }));
      await fireEvent.click(use('Formal'));
      expect(onTake.mock.calls[0]![1]).toEqual(part);
    });
  });

  it('keeps the place for who wrote it on every card, so that no button moves', async () => {
    fake.latency = 20;
    fake.refused = [{ style: 'casual', code: 'AI_INVALID_ANSWER', message: 'It lacks a name.' }];
    await openDesk();
    const credits = () => [...document.querySelectorAll<HTMLElement>('[data-style] .credit')];
    const lines = () => credits().map((credit) => credit.children.length);
    expect(lines(), 'from the first').toEqual([2, 2, 2, 2]);
    fake.latency = 0;
    await ready();
    expect(lines()).toEqual([2, 2, 2, 2]);
    const hidden = credits().map((credit) => credit.getAttribute('aria-hidden'));
    expect(hidden, 'nobody wrote the refused one').toEqual(['false', 'true', 'false', 'false']);
  });

  it('has no links among its stops: on cards, among sentences, in the mix', async () => {
    const link = '<a href="https://plan.example">the plan</a>';
    const answer = fake.commands.polishDraft;
    fake.commands.polishDraft = async (args) => {
      const result = await answer(args);
      result.versions.forEach((version) => (version.html = `<p>See ${link}</p>`));
      result.rows.forEach((row) => (row.cells = row.cells.map(() => link)));
      return result;
    };
    await openDesk();
    await ready();
    const stops = () => [...document.querySelectorAll('a')].map((a) => a.tabIndex);
    await waitFor(() => expect(stops()).toEqual([-1, -1, -1, -1]));
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    await waitFor(() => expect(stops().length).toBeGreaterThanOrEqual(10));
    await waitFor(() => expect(new Set(stops())).toEqual(new Set([-1])));
  });

  it('asks only the provider that is chosen, as soon as it is', async () => {
    fake.settings.preferences.askBefore = 'never';
    const gemini = fake.settings.providers.find((p) => p.id === 'gemini')!;
    gemini.configured = true;
    await openDesk();
    await ready();
    await fireEvent.click(await screen.findByRole('button', { name: /^Provider/ }));
    const offered = (await screen.findAllByRole('menuitemradio')).map((item) => item.textContent);
    expect(offered.at(-1)).toContain('Nothing leaves this machine');
    expect(called('polishDraft'), 'looking asks nobody').toHaveLength(1);
    await fireEvent.click(screen.getByRole('menuitemradio', { name: /^Gemini/ }));
    await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
    expect(called('polishDraft')[1]!.args).toMatchObject({ provider: 'gemini' });
  });

  it('polishes anew for another kind of mail, as for everything beside it', async () => {
    await openDesk();
    await ready();
    await fireEvent.click(screen.getByRole('button', { name: 'Kind of mail: Any mail' }));
    expect(called('polishDraft'), 'looking asks nobody').toHaveLength(1);
    await fireEvent.click(await screen.findByRole('menuitemradio', { name: 'Follow-up' }));
    await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
    expect(called('polishDraft')[1]!.args).toMatchObject({ context: 'follow_up' });
    await ready();
    expect(screen.getByRole('button', { name: 'Kind of mail: Follow-up' })).toBeTruthy();
  });

  it('goes from the offline polisher to the providers that are set up, or to the settings', async () => {
    const { id } = await fake.commands.saveDraft({ body: body(TEXT) });
    const onSettings = vi.fn();
    const flush = async () => undefined;
    render(PolishDesk, { draftId: id, flush, text, onTake, onClose, onSettings });
    await ready();
    await fireEvent.click(screen.getByRole('button', { name: 'Use an AI provider instead…' }));
    expect(onSettings).toHaveBeenCalledWith('polish');
    // One was set up there.
    fake.settings.preferences.askBefore = 'never';
    fake.settings.providers.find((p) => p.id === 'gemini')!.configured = true;
    fake.emit('settingsChanged', null);
    await fireEvent.click(
      await screen.findByRole('button', { name: 'Use an AI provider instead' }),
    );
    await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
    expect(called('polishDraft')[1]!.args).not.toHaveProperty('provider');
    expect(onSettings).toHaveBeenCalledOnce();
  });

  it('promises nothing new for an instruction the offline polisher does not follow', async () => {
    await openDesk();
    await ready();
    const again = () => screen.getByRole('button', { name: 'Polish again' });
    const write = () =>
      fireEvent.input(screen.getByRole('textbox', { name: 'What should change' }), {
        target: { value: 'shorter' },
      });
    await write();
    expect(again().classList.contains('primary')).toBe(false);
    cleanup();
    fake.settings.preferences.askBefore = 'never';
    fake.settings.providers.find((p) => p.id === 'gemini')!.configured = true;
    await openDesk();
    await ready();
    await screen.findByRole('button', { name: /^Provider/ });
    await write();
    expect(again().classList.contains('primary')).toBe(true);
  });

  it('counts down while it waits to ask once more', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    try {
      fake.commands.polishDraft = ({ requestId }) => {
        const tell = (event: PolishEvent) =>
          fake.emit('polishProgress', { requestId: requestId!, event });
        tell({ kind: 'started', provider: 'gemini', name: 'Gemini', model: 'm' });
        tell({ kind: 'waiting', seconds: 20 });
        return new Promise(() => undefined);
      };
      await openDesk();
      const line = await vi.waitFor(() => screen.getByText(/^Waiting 20 s, then asking Gemini/));
      vi.advanceTimersByTime(3000);
      await tick();
      expect(line.textContent).toMatch(/^Waiting 17 s/);
      expect(line.closest('[role=status], [aria-live]'), 'it is not read out').toBeNull();
      vi.advanceTimersByTime(17_000);
      await tick();
      expect(line.textContent).toBe('Asking Gemini once more…');
    } finally {
      vi.useRealTimers();
    }
  });

  it('leaves quoted mail alone unless it is asked for', async () => {
    const { id } = await fake.commands.saveDraft({
      body: {
        type: 'doc',
        content: [
          { type: 'paragraph', content: [{ type: 'text', text: TEXT }] },
          { type: 'blockquote', content: [{ type: 'paragraph' }] },
        ],
      },
    });
    render(PolishDesk, { draftId: id, flush: async () => undefined, text, onTake, onClose });
    await ready();
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Include quoted mail' }));
    await waitFor(() => expect(called('polishDraft')).toHaveLength(2));
    const asked = called('polishDraft').map((call) => call.args as { includeQuoted?: boolean });
    expect(asked.map((args) => args.includeQuoted)).toEqual([false, true]);
  });

  it('does not send more of an instruction than is taken', async () => {
    await openDesk();
    await ready();
    const field = screen.getByRole('textbox', { name: 'What should change' });
    await fireEvent.input(field, { target: { value: 'x'.repeat(301) } });
    const again = screen.getByRole<HTMLButtonElement>('button', { name: 'Polish again' });
    expect(again.disabled).toBe(true);
    expect(field.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('1 too many')).toBeTruthy();
    // Not by the key, either: the field would be gone, and with it what was written.
    await fireEvent.keyDown(region('Formal'), { key: 'r' });
    expect(document.activeElement).toBe(field);
    expect(called('polishDraft')).toHaveLength(1);
  });

  it('lets long lists of facts be scrolled by keys', async () => {
    fake.changes = { formal: [moved] };
    await openDesk();
    await ready();
    const inCard = within(region('Formal')).getByRole('group', { name: 'What differs' });
    expect(inCard.tabIndex).toBe(0);
    const before = document.activeElement;
    const arrow = new KeyboardEvent('keydown', {
      key: 'ArrowDown',
      bubbles: true,
      cancelable: true,
    });
    inCard.dispatchEvent(arrow);
    expect(arrow.defaultPrevented, 'the arrow scrolls the list, not the card').toBe(false);
    expect(document.activeElement).toBe(before);
    await fireEvent.click(use('Formal'));
    const asked = within(screen.getByRole('alertdialog')).getByRole('group');
    expect(asked.tabIndex).toBe(0);
  });

  it('says where an instruction is followed: there may be no provider to choose', async () => {
    await openDesk();
    await ready();
    const field = screen.getByRole('textbox', { name: 'What should change' });
    await fireEvent.input(field, { target: { value: 'shorter' } });
    expect(screen.getByText(/follows no instructions/).textContent).toContain('in the settings');
    cleanup();
    fake.settings.providers.find((p) => p.id === 'gemini')!.configured = true;
    fake.settings.preferences.askBefore = 'never';
    await openDesk();
    await ready();
    await fireEvent.click(await screen.findByRole('button', { name: /^Provider/ }));
    await fireEvent.click(await screen.findByRole('menuitemradio', { name: /^Offline/ }));
    await fireEvent.input(screen.getByRole('textbox', { name: 'What should change' }), {
      target: { value: 'shorter' },
    });
    expect(screen.getByText(/follows no instructions/).textContent).toContain('above');
  });

  it('closes the list of those who did not answer before itself', async () => {
    const attempt = {
      provider: 'openrouter' as const,
      name: 'OpenRouter',
      code: 'AI_SERVICE_UNAVAILABLE' as const,
      reason: 'No credit is left.',
    };
    const answer = fake.commands.polishDraft;
    fake.commands.polishDraft = async (args) => ({
      ...(await answer(args)),
      failedAttempts: [attempt],
    });
    await openDesk();
    await ready();
    const summary = await screen.findByText('OpenRouter did not answer');
    const list = summary.closest('details')!;
    list.open = true;
    await fireEvent(list, new Event('toggle'));
    await fireEvent.keyDown(summary, { key: 'Escape' });
    expect(list.open).toBe(false);
    expect(onClose).not.toHaveBeenCalled();
    await fireEvent.keyDown(summary, { key: 'Escape' });
    expect(onClose).toHaveBeenCalledOnce();
  });

  it('polishes a selection alone, and all of the text when asked', async () => {
    const body = {
      type: 'doc',
      content: [
        { type: 'paragraph', content: [{ type: 'text', text: 'only this sentence here' }] },
      ],
    };
    const part: SelectedPart = { from: 1, to: 24, body, length: 23 };
    await openDesk(TEXT, { part });
    await ready();
    await fireEvent.click(use('Formal'));
    expect(called('polishDraft')[0]!.args).toMatchObject({ selection: body });
    expect(onTake.mock.calls[0]![1]).toBe(part);
    await fireEvent.click(screen.getByRole('radio', { name: 'Whole text' }));
    await ready();
    await fireEvent.click(use('Formal'));
    expect(called('polishDraft')[1]!.args).not.toHaveProperty('selection');
    expect(onTake.mock.calls[1]![1]).toBeNull();
  });

  it('polishes all of the text where too little of it is selected, and says so', async () => {
    const content = [{ type: 'paragraph', content: [{ type: 'text', text: 'at ten' }] }];
    await openDesk(TEXT, { part: { from: 1, to: 7, body: { type: 'doc', content }, length: 6 } });
    await ready();
    expect(called('polishDraft')[0]!.args).not.toHaveProperty('selection');
    expect(screen.getByText(/selection is too short/)).not.toBeNull();
    expect(screen.queryByRole('radio', { name: 'Whole text' })).toBeNull();
  });

  it('offers a selection where the text is too long', async () => {
    fake.fail('polishDraft', fakeError('DRAFT_TOO_LONG', '1,234 too many.'));
    const { id } = await fake.commands.saveDraft({});
    const onSelectPart = vi.fn();
    const flush = async () => undefined;
    render(PolishDesk, { draftId: id, flush, text, onTake, onClose, onSelectPart });
    await fireEvent.click(await screen.findByRole('button', { name: 'Polish a selection' }));
    expect(onSelectPart).toHaveBeenCalledOnce();
  });
});

describe('picking sentences', () => {
  const radios = (row: number) =>
    within(screen.getByRole('radiogroup', { name: `Sentence ${row} of 2` })).getAllByRole('radio');
  const taken = (row: number) =>
    radios(row).findIndex((radio) => radio.getAttribute('aria-checked') === 'true');
  const preview = () => screen.getByRole('region', { name: 'Your mix' }).textContent;

  it('begins with the user’s own text and the sentence that was clicked', async () => {
    await openDesk();
    await ready();
    await fireEvent.click(within(region('Casual')).getByText('Hi Anna,'));
    expect([taken(1), taken(2)]).toEqual([2, 0]);
    await waitFor(() => expect(preview()).toContain('Hi Anna,'));
    expect(preview()).toContain('hey can we move');
  });

  it('is used by keys alone: numbers take, arrows walk, Enter uses the text', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    await waitFor(() => expect(document.activeElement?.getAttribute('role')).toBe('radio'));
    const press = (key: string) => fireEvent.keyDown(document.activeElement!, { key });
    await press('1');
    await waitFor(() => expect(taken(1)).toBe(1));
    await press('ArrowDown');
    await waitFor(() => expect(document.activeElement).toBe(radios(2)[0]));
    await press('ArrowRight');
    await waitFor(() => expect(taken(2)).toBe(1));
    await press('0');
    await waitFor(() => expect(taken(2)).toBe(0));
    await waitFor(() => expect(preview()).toContain('Dear Dr Weber,'));
    await press('Enter');
    expect(onTake).toHaveBeenCalledOnce();
    expect(JSON.stringify(onTake.mock.calls[0]![0].body)).toContain('Dear Dr Weber,');
  });

  it('takes a whole column, and asks about its facts as a whole', async () => {
    fake.changes = { formal: [moved] };
    await openDesk();
    await ready();
    await fireEvent.click(screen.getByRole('button', { name: 'Pick sentences' }));
    await fireEvent.click(screen.getByRole('button', { name: 'Take all sentences: Formal' }));
    expect([taken(1), taken(2)]).toEqual([1, 1]);
    await waitFor(() => expect(preview()).toContain('facts differ'));
    await fireEvent.click(screen.getByRole('button', { name: 'Use this text' }));
    expect(onTake).not.toHaveBeenCalled();
    await fireEvent.click(screen.getByRole('button', { name: 'Use it anyway' }));
    await waitFor(() => expect(onTake).toHaveBeenCalledOnce());
  });

  it('does not offer a version that can’t be used', async () => {
    const message = 'A placeholder is missing in it.';
    fake.refused = [{ style: 'formal', code: 'AI_INVALID_ANSWER', message }];
    await openDesk();
    await waitFor(() => expect(use('Casual').disabled).toBe(false));
    await fireEvent.click(screen.getByRole('button', { name: 'Pick sentences' }));
    expect(radios(1)).toHaveLength(4);
    expect(screen.queryByRole('button', { name: 'Take all sentences: Formal' })).toBeNull();
    expect(screen.getByText(message)).not.toBeNull();
    await fireEvent.keyDown(radios(1)[0]!, { key: '1' });
    expect(taken(1), 'its number takes nothing').toBe(0);
    await fireEvent.keyDown(radios(1)[0]!, { key: 'ArrowRight' });
    expect(taken(1), 'and the arrows pass it over').toBe(1);
  });

  it('stands at a sentence that is there when the next round has fewer', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    await fireEvent.keyDown(radios(1)[0]!, { key: 'ArrowDown' });
    await waitFor(() => expect(document.activeElement).toBe(radios(2)[0]));
    const answer = fake.commands.polishDraft;
    fake.commands.polishDraft = async (args) => {
      const result = await answer(args);
      result.rows.splice(1);
      return result;
    };
    await fireEvent.click(screen.getByRole('button', { name: 'Polish again' }));
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    const only = screen.getByRole('radiogroup', { name: 'Sentence 1 of 1' });
    await waitFor(() => expect(document.activeElement).toBe(within(only).getAllByRole('radio')[0]));
  });

  it('shows all there is to choose from of a sentence, where that fits', async () => {
    const shown: Element[] = [];
    vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function (this: Element) {
      shown.push(this);
    });
    const height = vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(200);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(300);
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    const row = (at: number) => screen.getByRole('radiogroup', { name: `Sentence ${at} of 2` });
    await waitFor(() => expect(shown).toContain(row(1)));
    height.mockReturnValue(280);
    await fireEvent.keyDown(radios(1)[0]!, { key: 'ArrowDown' });
    await waitFor(() => expect(shown, 'at least its chosen one').toContain(radios(2)[0]));
    expect(shown).not.toContain(row(2));
    vi.restoreAllMocks();
  });

  it('keeps names and signs on one side, whichever way a sentence runs', async () => {
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    const cell = radios(2)[1]!;
    expect(cell.dir, 'it goes with the window').toBe('');
    expect(cell.querySelector('[dir=auto]')!.textContent).not.toBe('');
  });

  it('goes back to the cards by Esc and keeps what was picked', async () => {
    await openDesk();
    await ready();
    await fireEvent.click(within(region('Casual')).getByText('Hi Anna,'));
    await fireEvent.keyDown(radios(1)[2]!, { key: 'Escape' });
    expect(onClose).not.toHaveBeenCalled();
    await fireEvent.keyDown(region('Formal'), { key: 'p' });
    expect(taken(1)).toBe(2);
  });
});

describe('what leaves this machine', () => {
  const setUp = () => {
    fake.settings.providers = fake.settings.providers.map((p) => ({
      ...p,
      configured: p.configured || p.id === 'openai' || p.id === 'gemini',
    }));
  };
  const panel = () => screen.findByRole('dialog', { name: 'What leaves this machine' });
  const sendButton = () => screen.findByRole<HTMLButtonElement>('button', { name: 'Send this' });
  const open = async () => {
    const sendIt = await sendButton();
    await waitFor(() => expect(sendIt.getAttribute('aria-busy')).toBeNull());
    return sendIt;
  };

  it('is shown before it goes: the text, who gets it, and all of the request', async () => {
    setUp();
    await openDesk();
    await open();
    const shown = (await panel()).textContent;
    for (const part of [TEXT, 'generativelanguage.googleapis.com', 'api.openai.com']) {
      expect(shown).toContain(part);
    }
    expect(shown).toContain('only if needed');
    expect(called('polishDraft')).toHaveLength(1);
    expect(called('polishDraft')[0]!.args).not.toHaveProperty('approved');
  });

  it('goes under the names of what was shown', async () => {
    setUp();
    await openDesk();
    await fireEvent.click(await open());
    await ready();
    expect(called('polishDraft')[1]!.args).toMatchObject({
      approved: [`gemini ${TEXT}`, `openai ${TEXT}`],
    });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('stays here when it is not sent, and can be looked at again', async () => {
    setUp();
    await openDesk();
    await open();
    await fireEvent.click(screen.getByRole('button', { name: 'Don’t send' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing was sent');
    expect(called('polishDraft')).toHaveLength(1);
    await fireEvent.click(screen.getByRole('button', { name: 'Look again' }));
    await fireEvent.click(await open());
    await ready();
  });

  it('can be polished here instead', async () => {
    setUp();
    await openDesk();
    await open();
    await fireEvent.click(screen.getByRole('button', { name: 'Polish offline' }));
    await ready();
    expect(called('polishDraft').at(-1)!.args).toMatchObject({ provider: 'offline' });
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is shown anew with placeholders, and goes so', async () => {
    setUp();
    const { id } = await fake.commands.saveDraft({
      body: {
        type: 'doc',
        content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Anna, see you soon.' }] }],
      },
    });
    const flush = async () => undefined;
    render(PolishDesk, { draftId: id, flush, text, onTake, onClose, onSettings: vi.fn() });
    await open();
    await fireEvent.click(screen.getByRole('switch', { name: /^Replace names/ }));
    await waitFor(async () => expect((await panel()).querySelector('mark')).not.toBeNull());
    expect((await panel()).querySelector('dl')!.textContent).toContain('Anna');
    await fireEvent.click(await open());
    await ready();
    expect(called('polishDraft').at(-1)!.args).toMatchObject({
      approved: ['gemini [NAME_1], see you soon.', 'openai [NAME_1], see you soon.'],
    });
  });

  it('is told of the last polish as of the next: what is the draft’s, and who got it', async () => {
    fake.settings.preferences.askBefore = 'never';
    setUp();
    const { id } = await openDesk();
    await ready();
    const { requests } = await fake.commands.previewPolish({ draftId: id });
    const user = `Mind this.\n\n<draft-0a>\n${TEXT}\n</draft-0a>`;
    fake.commands.sentPolish = async () => ({
      requests: [{ ...requests[0]!, user }],
      replaced: [],
    });
    await fireEvent.keyDown(region('Formal'), { key: 'l' });
    const dialog = await panel();
    expect(await within(dialog).findByRole('group', { name: 'Who gets it' })).toBeTruthy();
    await fireEvent.click(within(dialog).getByRole('radio', { name: 'Last polish' }));
    const who = within(dialog).getByRole('group', { name: 'Who got it' });
    expect(within(who).queryByRole('radio'), 'there is nothing to choose').toBeNull();
    const said = [...dialog.querySelectorAll('section .said')].map((part) => part.textContent);
    expect(said.join('')).toBe('Mind this.\n\n<draft-0a>\n\n</draft-0a>');
  });

  it('can be looked at by a key, and its keys are not the cards’', async () => {
    fake.settings.preferences.askBefore = 'never';
    setUp();
    await openDesk();
    await ready();
    await fireEvent.keyDown(region('Formal'), { key: 'l' });
    const dialog = await panel();
    await waitFor(() => expect(dialog.textContent).toContain(TEXT));
    expect(within(dialog).queryByRole('button', { name: 'Send this' })).toBeNull();
    await fireEvent.keyDown(dialog, { key: 'Enter' });
    expect(onTake).not.toHaveBeenCalled();
    await fireEvent.click(within(dialog).getAllByRole('button', { name: 'Close' }).at(-1)!);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('asks nothing where the desk is closed meanwhile', async () => {
    setUp();
    await openDesk();
    await open();
    cleanup();
    expect(called('polishDraft')).toHaveLength(1);
    expect(called('cancelPolish')).toHaveLength(1);
  });
});
