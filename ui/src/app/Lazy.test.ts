import { cleanup, render, screen } from '@testing-library/svelte';
import { createRawSnippet, type Component } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import Spinner from '../shared/Spinner.svelte';
import Lazy from './Lazy.svelte';

afterEach(cleanup);

const waiting = createRawSnippet(() => ({ render: () => '<p>four empty cards</p>' }));

it('shows something at once while the part is loaded, and the part when it is there', async () => {
  let arrive!: (part: {
    default: Component<Record<string, unknown>, Record<string, unknown>>;
  }) => void;
  const load = () => new Promise<Parameters<typeof arrive>[0]>((resolve) => (arrive = resolve));
  const { container } = render(Lazy, { props: { load, props: {}, waiting } });
  expect(screen.getByText('four empty cards')).toBeTruthy();
  arrive({
    default: Spinner as unknown as Component<Record<string, unknown>, Record<string, unknown>>,
  });
  await expect.poll(() => container.textContent).not.toContain('four empty cards');
});
