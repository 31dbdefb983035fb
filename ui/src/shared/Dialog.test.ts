import { cleanup, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { afterEach, describe, expect, it } from 'vitest';
import Dialog from './Dialog.svelte';

afterEach(cleanup);

const html = (markup: string) => createRawSnippet(() => ({ render: () => markup }));

describe('a dialog', () => {
  it('puts the focus into its content, not on the button that closes it, and gives it back', async () => {
    const before = document.createElement('button');
    document.body.append(before);
    before.focus();
    const props = { title: 'Name', onClose: () => undefined, children: html('<input id="in" />') };
    const { rerender } = render(Dialog, { ...props, open: true });
    expect(document.activeElement?.id).toBe('in');
    await rerender({ ...props, open: false });
    expect(document.activeElement).toBe(before);
    before.remove();
  });

  it('does so inside another dialog, too', async () => {
    // The outer one's content holds all of the inner one, its closing button included.
    const outer = document.createElement('div');
    outer.className = 'body';
    document.body.append(outer);
    render(Dialog, {
      target: outer,
      props: {
        open: true,
        title: 'Inner',
        onClose: () => undefined,
        children: html('<input id="inner" />'),
      },
    });
    expect(screen.getByRole('button', { name: 'Close' })).toBeTruthy();
    expect(document.activeElement?.id).toBe('inner');
    outer.remove();
  });
});
