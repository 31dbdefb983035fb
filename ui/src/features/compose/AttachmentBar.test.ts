import { cleanup, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { useBackend } from '../../ipc';
import { createFake, type Fake } from '../../ipc/fake';
import AttachmentBar from './AttachmentBar.svelte';

let fake: Fake;
beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(cleanup);

const file = { hash: 'a', name: 'plan.pdf', mime: 'application/pdf', size: 9_000_000 };

function show(files: (typeof file)[], pictures: string[]) {
  render(AttachmentBar, {
    draftId: 'one',
    files,
    pictures,
    readOnly: false,
    onChange: () => Promise.resolve(),
    onImages: () => undefined,
    isText: () => false,
    onMailsDropped: () => undefined,
  });
}
const picture = async (bytes: number) => {
  const data = btoa('x'.repeat(bytes));
  return (await fake.commands.addImage({ name: 'chart.png', data })).src;
};

it('counts the pictures in the text with the files', async () => {
  show([file], [await picture(9_000_000)]);
  await screen.findByText('1 file and 1 picture in the text, 25 MB in the mail, close to', {
    exact: false,
  });
});

it('warns of pictures alone, and says nothing of small ones', async () => {
  show([], [await picture(20_000_000)]);
  await screen.findByText('1 picture in the text, 27 MB in the mail: more than', { exact: false });
  cleanup();
  show([], [await picture(1000)]);
  const asked = () => fake.calls.filter((call) => call.name === 'imageSizes');
  await waitFor(() => expect(asked()).toHaveLength(2));
  await Promise.resolve();
  expect(screen.queryByRole('region', { name: 'Attachments' })).toBeNull();
});
