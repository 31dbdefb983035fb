import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type DocumentNode, type Signature } from '../../ipc';
import { createFake, type Fake } from '../../ipc/fake';
import SignaturePicker from './SignaturePicker.svelte';
import { freeName, hasContent, makeDefault, MOST, nameProblem } from './signatures';
import SignaturesSection from './SignaturesSection.svelte';

let fake: Fake;

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(cleanup);

const called = (name: string) => fake.calls.filter((call) => call.name === name);
const body: DocumentNode = {
  type: 'doc',
  content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Mira' }] }],
};
const signature = (id: string, name: string, change: Partial<Signature> = {}) =>
  ({
    id,
    name,
    isDefault: false,
    isFormalDefault: false,
    isCasualDefault: false,
    ...change,
  }) as Signature;

describe('names', () => {
  const all = [signature('a', 'Work'), signature('b', 'Signature')];
  it('are unique without regard to case', () => {
    expect(nameProblem('work', all, null)).toMatch(/Another/);
    expect(nameProblem('work', all, 'a')).toBeNull();
    expect(nameProblem('  ', all, null)).toMatch(/name/);
    expect(nameProblem('x'.repeat(81), all, null)).toMatch(/80/);
    expect(nameProblem('👩‍🔬'.repeat(20), all, null)).toBeNull();
  });

  it('are proposed so that they are free', () => {
    expect(freeName(all)).toBe('Signature 2');
    expect(freeName([])).toBe('Signature');
  });
});

describe('defaults', () => {
  const all = [signature('a', 'Work', { isFormalDefault: true }), signature('b', 'Home')];
  it('are changed by one command, and only when they change', () => {
    expect(makeDefault(all, 'isFormalDefault', 'b')).toEqual({ id: 'b', isFormalDefault: true });
    expect(makeDefault(all, 'isFormalDefault', 'a')).toBeNull();
    expect(makeDefault(all, 'isFormalDefault', null)).toEqual({ id: 'a', isFormalDefault: false });
    expect(makeDefault(all, 'isCasualDefault', null)).toBeNull();
  });
});

it('an empty paragraph is no signature, an image is one', () => {
  expect(hasContent({ type: 'doc', content: [{ type: 'paragraph' }] })).toBe(false);
  expect(hasContent(body)).toBe(true);
  expect(hasContent({ type: 'doc', content: [{ type: 'image', attrs: { src: 'x' } }] })).toBe(true);
});

describe('the picker', () => {
  it('chooses a signature, or none', async () => {
    const { id } = await fake.commands.createSignature({ name: 'Work', body });
    const onChange = vi.fn();
    render(SignaturePicker, { value: null, onChange });
    await fireEvent.click(await screen.findByRole('button', { name: 'Signature: none' }));
    await fireEvent.click(await screen.findByRole('menuitemradio', { name: /Work/ }));
    expect(onChange).toHaveBeenCalledWith(id);
  });
});

describe('the list', () => {
  it('offers to take a signature out of the drafts that use it', async () => {
    const { id } = await fake.commands.createSignature({ name: 'Work', body });
    await fake.commands.saveDraft({
      body: { type: 'doc', content: [...body.content!, { type: 'signature', attrs: { id } }] },
    });
    render(SignaturesSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Delete Work' }));
    expect((await screen.findByRole('alertdialog')).textContent).toMatch(/1 draft/);
    expect(called('deleteSignature')).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Take out and delete' }));
    await waitFor(() => expect(fake.signatures.size).toBe(0));
    expect(called('deleteSignature')[0]!.args).toEqual({ id, clearUse: true });
  });

  it('asks again when a draft began to use it meanwhile', async () => {
    const { id } = await fake.commands.createSignature({ name: 'Work', body });
    render(SignaturesSection);
    await fireEvent.click(await screen.findByRole('button', { name: 'Delete Work' }));
    await fake.commands.saveDraft({
      body: { type: 'doc', content: [...body.content!, { type: 'signature', attrs: { id } }] },
    });
    await fireEvent.click(await screen.findByRole('button', { name: 'Delete' }));
    await fireEvent.click(await screen.findByRole('button', { name: 'Take out and delete' }));
    await waitFor(() => expect(fake.signatures.size).toBe(0));
  });

  it('says when ten are there', async () => {
    for (let i = 0; i < MOST; i++) await fake.commands.createSignature({ name: `S${i}`, body });
    render(SignaturesSection);
    const button = await screen.findByRole<HTMLButtonElement>('button', { name: 'New signature' });
    expect(button.disabled).toBe(true);
    expect(screen.getByText(/Ten signatures are as many/)).toBeTruthy();
  });
});
