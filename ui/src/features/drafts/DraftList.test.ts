import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useBackend } from '../../ipc';
import { createFake, type Fake } from '../../ipc/fake';
import DraftList from './DraftList.svelte';
import { DraftList as List } from './drafts.svelte';
import { ROW } from './sight';

let fake: Fake;
let list: List;
const opened = vi.fn<(id: string) => void>();

const rows = () => [...document.querySelectorAll<HTMLElement>('li')];
const subjects = () => rows().map((row) => row.querySelector('.subject')!.textContent);
const nav = () => screen.getByRole('navigation', { name: 'Drafts' });

beforeEach(async () => {
  localStorage.clear();
  opened.mockClear();
  fake = createFake();
  useBackend(fake);
  for (let number = 0; number < 300; number += 1) {
    await fake.commands.saveDraft({ subject: `draft ${number}` });
    const draft = [...fake.drafts.values()].at(-1)!;
    fake.drafts.set(draft.id, { ...draft, updatedAt: number, createdAt: number });
  }
  list = new List();
  render(DraftList, { list, openId: '', onOpen: opened, onDelete: vi.fn() });
  await list.refresh();
  while (list.hasMore) await list.more();
});
afterEach(cleanup);

async function scrollTo(row: number) {
  nav().scrollTop = row * ROW;
  await fireEvent.scroll(nav());
}

it('has only the rows around what can be seen in the page', async () => {
  expect(rows().length).toBeLessThan(40);
  await scrollTo(200);
  expect(rows().length).toBeLessThan(50);
  await vi.waitFor(() => expect(subjects()).toContain('draft 99'));
  expect(subjects()).not.toContain('draft 299');
  expect(document.querySelector('ul')!.style.height).toBe(`${300 * ROW}px`);
});

it('stays with what is looked at when a row comes on top', async () => {
  await scrollTo(200);
  await fake.commands.saveDraft({ subject: 'the newest' });
  await list.refresh();
  await vi.waitFor(() => expect(nav().scrollTop).toBe(201 * ROW));
  await scrollTo(0);
  await fake.commands.saveDraft({ subject: 'the very newest' });
  await list.refresh();
  await vi.waitFor(() => expect(subjects()[0]).toBe('the very newest'));
  expect(nav().scrollTop, 'on top one sees what is new').toBe(0);
});

it('goes by keys to rows that are not in the page yet', async () => {
  rows()[0]!.querySelector<HTMLElement>('.row')!.focus();
  await fireEvent.keyDown(document.activeElement!, { key: 'End' });
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain('draft 0'));
  // Scrolled out of sight, it still has the focus.
  await scrollTo(0);
  expect(document.activeElement?.textContent).toContain('draft 0');
  await fireEvent.keyDown(document.activeElement!, { key: 'Home' });
  await vi.waitFor(() => expect(document.activeElement?.textContent).toContain('draft 299'));
});
