import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ipc, useBackend, type DiffRun, type Version, type VersionSummary } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { byDay, causeLabel, clockLabel, hasChange, intoLines } from './labels';
import TimeTravel from './TimeTravel.svelte';
import { Travel } from './travel.svelte';

const ID = '11111111-1111-4111-8111-111111111111';
const doc = (text: string) => ({
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text }] }],
});

let fake: Fake;

/** A draft that was saved with these texts, one after the other. */
async function saved(...texts: string[]) {
  for (const text of texts) {
    await fake.commands.saveDraft({ id: ID, subject: 'Figures', body: doc(text) });
  }
}

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(cleanup);

describe('labels', () => {
  const now = new Date(2026, 10, 21, 12).getTime();
  const version = (minutesAgo: number): VersionSummary => ({
    id: String(minutesAgo),
    revision: 1,
    cause: 'typing',
    createdAt: now - minutesAgo * 60_000,
    subject: '',
    wordCount: 0,
    excerpt: '',
  });

  it('puts versions under their days, with their positions', () => {
    const days = byDay([version(1), version(30), version(13 * 60), version(3 * 24 * 60)], now);
    expect(days.map((day) => day.rows.map((row) => row.position))).toEqual([[1, 2], [3], [4]]);
    expect(days.map((day) => day.heading).slice(0, 2)).toEqual(['Today', 'Yesterday']);
  });

  it('tells seconds where there may be many a minute', () => {
    expect(clockLabel(now - 59 * 60_000, now)).toMatch(/11:01:00/);
    expect(clockLabel(now - 60 * 60_000, now)).toMatch(/^11:00(?!:)/);
  });

  it('names causes, but not that somebody typed', () => {
    expect(causeLabel('typing')).toBe('');
    const named = (['polish', 'generate', 'restore', 'send'] as const).map(causeLabel);
    expect(new Set(named).size).toBe(4);
  });

  it('shows lines, and breaks that came or went', () => {
    const runs: DiffRun[] = [
      { kind: 'same', text: 'one\ntw' },
      { kind: 'deleted', text: 'o\n' },
      { kind: 'inserted', text: 'x' },
    ];
    expect(intoLines(runs)).toEqual([
      [{ kind: 'same', text: 'one' }],
      [
        { kind: 'same', text: 'tw' },
        { kind: 'deleted', text: 'o' },
        { kind: 'deleted', text: '¶' },
      ],
      [{ kind: 'inserted', text: 'x' }],
    ]);
    expect(hasChange(runs)).toBe(true);
    expect(hasChange([{ kind: 'same', text: 'one' }])).toBe(false);
  });
});

describe('travelling', () => {
  it('follows what another window saves, and stays at the state it shows', async () => {
    await saved('one', 'two', 'three');
    const travel = new Travel(ID);
    await travel.start();
    await travel.go(1);
    const shown = travel.current!.id;
    await saved('four', 'five');
    await travel.refresh();
    expect(travel.total).toBe(4);
    expect(travel.current!.id).toBe(shown);
    expect(travel.position).toBe(3);
    fake.drafts.delete(ID);
    await travel.refresh();
    expect(travel.error?.code).toBe('NOT_FOUND');
  });

  it('leaves no gap where a page was asked for while the list was fetched anew', async () => {
    await saved(...Array.from({ length: 130 }, (_, i) => `text ${i}`));
    const travel = new Travel(ID);
    await travel.start();
    await saved('newer', 'and newer');
    fake.latency = 1;
    const refreshed = travel.refresh();
    for (let i = 0; i < 100 && fake.calls.at(-1)?.name !== 'listVersions'; i++) {
      await Promise.resolve();
    }
    expect(fake.calls.at(-1)?.name).toBe('listVersions');
    // The page of the former list comes last.
    fake.latency = 30;
    await Promise.all([travel.more(), refreshed]);
    fake.latency = 0;
    await travel.more();
    const all = await ipc.listVersions({ id: ID, limit: 500, cursor: null });
    expect(travel.items.map(({ id }) => id)).toEqual(all.items.map(({ id }) => id));
  });

  it('finds its way when a version was thinned away, of which nobody tells', async () => {
    await saved('one', 'two', 'three');
    const travel = new Travel(ID);
    await travel.start();
    const thinned = travel.items[1]!.id;
    fake.versions = fake.versions.filter(({ id }) => id !== thinned);
    await travel.go(2);
    expect(travel.error).toBeNull();
    expect(travel.total).toBe(1);
    expect(travel.shown?.position).toBe(travel.position);
    // With the draft itself gone there is nothing to find.
    fake.drafts.delete(ID);
    await travel.go(1);
    await travel.retry();
    expect(travel.error?.code).toBe('NOT_FOUND');
  });

  it('is told of changes of its draft while it is open', async () => {
    await saved('one', 'two');
    render(TimeTravel, {
      draftId: ID,
      recipients: { to: [], cc: [], bcc: [] },
      readOnly: false,
      flush: () => Promise.resolve(),
      onRestore: () => undefined,
      onClose: () => undefined,
    });
    await screen.findByText('1 version');
    await saved('three');
    fake.emit('draftChanged', { id: ID, revision: 3, origin: 'compose' });
    await screen.findByText('2 versions');
  });

  const marked = (travel: Travel) =>
    travel.shown?.comparison?.text
      .map(({ kind, text }) => ({ same: text, deleted: `-${text}-`, inserted: `+${text}+` })[kind])
      .join('');

  it('starts at the present and says what changed last', async () => {
    await saved('one', 'one two', 'one two three');
    const travel = new Travel(ID);
    await travel.start();
    expect([travel.total, travel.position]).toEqual([2, 0]);
    expect(travel.shown).toMatchObject({ version: null, between: [1, 0] });
    expect(marked(travel)).toBe('one two+ three+');
  });

  it('compares any two states, the older one first', async () => {
    await saved('one', 'one two', 'one two three');
    const travel = new Travel(ID);
    await travel.start();
    await travel.go(1);
    expect(marked(travel)).toBe('one+ two+');
    await travel.compareWith('now');
    expect(travel.shown?.between).toEqual([1, 0]);
    expect(marked(travel)).toBe('one two+ three+');
    await travel.compareWith(travel.items[1]!.id);
    await travel.go(0);
    expect(travel.shown?.between).toEqual([2, 0]);
    expect(marked(travel)).toBe('one+ two three+');
  });

  it('has nothing to compare the oldest with, and goes no further', async () => {
    await saved('one', 'one two');
    const travel = new Travel(ID);
    await travel.start();
    await travel.go(Infinity);
    expect(travel.position).toBe(1);
    expect(travel.shown).toMatchObject({ comparison: null, version: { text: 'one' } });
    await travel.go(-5);
    expect(travel.position).toBe(0);
  });

  it('fetches the list as far as it goes', async () => {
    await saved(...Array.from({ length: 231 }, (_, i) => `text ${i}`));
    const travel = new Travel(ID);
    await travel.start();
    expect([travel.items.length, travel.total]).toEqual([100, 230]);
    await travel.go(150);
    expect(travel.items.length).toBe(200);
    expect(travel.shown?.version?.text).toBe('text 80');
    await travel.go(230);
    expect(travel.shown?.version?.text).toBe('text 0');
  });

  it('starts at a version somebody wants to compare, however far back it is', async () => {
    await saved(...Array.from({ length: 120 }, (_, i) => `text ${i}`));
    const old = fake.versions[3]!;
    const travel = new Travel(ID);
    await travel.start(old.id);
    expect(travel.shown?.version?.text).toBe('text 3');
    expect(travel.shown?.between?.[1]).toBe(0);
    expect(marked(travel)).toBe('text -3-+119+');
    const other = new Travel(ID);
    await other.start('thinned away meanwhile');
    expect(other.shown?.between).toEqual([1, 0]);
  });

  it('shows what was asked for last, however late the others come', async () => {
    await saved('one', 'two', 'three', 'four');
    const travel = new Travel(ID);
    await travel.start();
    const { commands } = fake;
    const slow = travel.items[0]!.id;
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    fake.commands = new Proxy(commands, {
      get: (target, name: keyof typeof commands) =>
        name === 'getVersion'
          ? async (args: { id: string }) => {
              if (args.id === slow) await held;
              return target.getVersion(args);
            }
          : target[name],
    });
    const first = travel.go(1);
    await travel.go(3);
    release();
    await first;
    expect(travel.shown?.version?.text).toBe('one');
  });

  it('says what went wrong, and tries again', async () => {
    await saved('one', 'two');
    fake.fail('listVersions', fakeError('INTERNAL_ERROR', 'No.'));
    const travel = new Travel(ID);
    await travel.start();
    expect(travel.error?.message).toBe('No.');
    await travel.retry();
    expect([travel.error, travel.total]).toEqual([null, 1]);
  });
});

describe('the panel', () => {
  const restored = vi.fn<(version: Version, withRecipients: boolean) => void>();
  const closed = vi.fn();
  const recipients = { to: [], cc: [], bcc: [] };

  function open(props: Record<string, unknown> = {}) {
    restored.mockClear();
    closed.mockClear();
    return render(TimeTravel, {
      draftId: ID,
      recipients,
      readOnly: false,
      flush: async () => undefined,
      onRestore: restored,
      onClose: closed,
      ...props,
    });
  }
  const row = (name: RegExp) => screen.findByRole('button', { name });

  it('moves by arrows from wherever one is, and shows changes as insertions and deletions', async () => {
    await saved('one', 'one two', 'one two three');
    const { container } = open();
    const now = await row(/^Now/);
    expect(now.getAttribute('aria-current')).toBe('true');
    await waitFor(() => expect(container.querySelector('ins')?.textContent).toBe(' three'));
    await fireEvent.keyDown(now, { key: 'ArrowDown' });
    await waitFor(() => expect(container.querySelector('ins')?.textContent).toBe(' two'));
    await fireEvent.keyDown(screen.getByRole('region', { name: 'Text' }), { key: 'ArrowLeft' });
    await waitFor(() => expect(container.querySelector('.rich')?.textContent).toBe('one'));
    await fireEvent.keyDown(now, { key: 'Home' });
    await waitFor(() => expect(container.querySelector('ins')?.textContent).toBe(' three'));
  });

  it('moves by the slider, whose right end is now', async () => {
    await saved('one', 'one two', 'one two three');
    open();
    const slider = await screen.findByRole<HTMLInputElement>('slider', { name: 'Point in time' });
    await waitFor(() => expect(slider.value).toBe('2'));
    expect(slider.getAttribute('aria-valuetext')).toBe('Now');
    await fireEvent.input(slider, { target: { value: '0' } });
    await waitFor(() => expect(slider.getAttribute('aria-valuetext')).not.toBe('Now'));
    expect((await row(/ one$/)).getAttribute('aria-current')).toBe('true');
  });

  it('restores what is shown, and the recipients only when asked', async () => {
    await fake.commands.saveDraft({ id: ID, to: [{ address: 'old@x.org' }], body: doc('one') });
    await saved('one two');
    open();
    await fireEvent.click(await row(/ one$/));
    const restore = screen.getByRole<HTMLButtonElement>('button', { name: 'Restore' });
    await waitFor(() => expect(restore.disabled).toBe(false));
    await fireEvent.click(restore);
    expect(restored).toHaveBeenLastCalledWith(expect.objectContaining({ text: 'one' }), false);
    await fireEvent.click(screen.getByRole('checkbox', { name: 'Recipients too' }));
    await fireEvent.click(restore);
    expect(restored).toHaveBeenLastCalledWith(expect.objectContaining({ text: 'one' }), true);
  });

  it('only lets a mail that is on its way be looked at', async () => {
    await saved('one', 'two');
    open({ readOnly: true });
    await fireEvent.click(await row(/ one$/));
    await screen.findByText('one', { selector: '.rich *' });
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Restore' }).disabled).toBe(true);
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Copy' }).disabled).toBe(false);
  });

  it('copies a version with its formatting', async () => {
    await saved('one', 'two');
    open();
    await fireEvent.click(await row(/ one$/));
    const copied: Record<string, string> = {};
    document.execCommand = (command) => {
      const event = new Event('copy') as ClipboardEvent;
      Object.defineProperty(event, 'clipboardData', {
        value: { setData: (type: string, data: string) => (copied[type] = data) },
      });
      return command === 'copy' && window.dispatchEvent(event);
    };
    const copy = screen.getByRole<HTMLButtonElement>('button', { name: 'Copy' });
    await waitFor(() => expect(copy.disabled).toBe(false));
    await fireEvent.click(copy);
    expect(copied).toEqual({ 'text/html': '<p>one</p>', 'text/plain': 'one' });
  });

  it('says so when there is no former state, and closes by Esc', async () => {
    await saved('one');
    open();
    await screen.findByText('No former states yet');
    await fireEvent.keyDown(screen.getByRole('region', { name: 'Time travel' }), { key: 'Escape' });
    expect(closed).toHaveBeenCalled();
  });

  it('opens on what is stored when the latest can not be saved, and says so', async () => {
    await saved('one', 'two');
    open({ flush: () => Promise.reject(fakeError('STORAGE_FULL')) });
    const alert = await screen.findByRole('alert');
    expect(within(alert).getByText(/could not be saved/)).toBeTruthy();
    await row(/ one$/);
  });
});
