import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useBackend, type Contact } from '../../ipc';
import { createFake, fakeError, type Fake } from '../../ipc/fake';
import { changesOf, detailOf, emailProblem, formOf } from './contacts';
import ContactsDialog from './ContactsDialog.svelte';

let fake: Fake;

beforeEach(() => {
  fake = createFake();
  useBackend(fake);
});
afterEach(cleanup);

const anna: Contact = {
  id: 'c1',
  name: 'Anna Weber',
  firstName: 'Anna',
  email: 'anna@example.com',
  company: 'Nordlicht',
  role: '',
  notes: '',
  priority: 2,
  stage: 'lead',
  createdAt: 0,
  updatedAt: 0,
};
const called = (name: string) => fake.calls.filter((call) => call.name === name);

describe('a contact’s form', () => {
  it('saves what differs and nothing else', () => {
    expect(changesOf(formOf(anna), anna)).toBeNull();
    expect(changesOf({ ...formOf(anna), role: ' CTO ' }, anna)).toEqual({ id: 'c1', role: 'CTO' });
    expect(changesOf({ ...formOf(anna), company: '' }, anna)).toEqual({ id: 'c1', company: '' });
    expect(changesOf({ ...formOf(null), email: 'x@example.com' }, null)).toEqual({
      email: 'x@example.com',
    });
  });

  it.each([
    ['', /needed/],
    ['anna', /not an e-mail/],
    ['anna @example.com', /not an e-mail/],
  ])('does not take %j for an address', (email, why) => expect(emailProblem(email)).toMatch(why));

  it('takes addresses of any script', () => {
    expect(emailProblem(' jörg@bücher.example ')).toBeNull();
  });

  it('says what a contact does, or where they are reached', () => {
    expect(detailOf(anna)).toBe('Nordlicht');
    expect(detailOf({ ...anna, company: '' })).toBe('anna@example.com');
  });
});

describe('the contacts', () => {
  const open = () => {
    const onCompose = vi.fn();
    const onClose = vi.fn();
    render(ContactsDialog, { open: true, onClose, onCompose });
    return { onCompose, onClose };
  };

  it('are made, then written to', async () => {
    const { onCompose } = open();
    await fireEvent.click((await screen.findAllByRole('button', { name: 'New contact' }))[0]!);
    await fireEvent.input(screen.getByLabelText('Name'), { target: { value: 'Ben Okri' } });
    await fireEvent.input(screen.getByLabelText('E-mail'), {
      target: { value: 'ben@example.com' },
    });
    await fireEvent.click(screen.getByRole('button', { name: 'Save contact' }));
    await waitFor(() => expect(fake.contacts.size).toBe(1));
    await fireEvent.click(await screen.findByRole('button', { name: 'Write to Ben' }));
    expect(onCompose).toHaveBeenCalledWith([...fake.contacts.keys()][0]);
  });

  it('show the program’s objection at its field, and keep what was typed', async () => {
    fake.contacts.set('c1', anna);
    open();
    await fireEvent.click(await screen.findByRole('button', { name: /Anna Weber/ }));
    fake.fail(
      'saveContact',
      fakeError('VALIDATION_ERROR', 'Ben has this address already.', { field: 'email' }),
    );
    const field = screen.getByLabelText<HTMLInputElement>('E-mail');
    await fireEvent.input(field, { target: { value: 'ben@example.com' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Save contact' }));
    expect((await screen.findByRole('alert')).textContent).toBe('Ben has this address already.');
    expect(field.value).toBe('ben@example.com');
  });

  it('ask before unsaved changes are left', async () => {
    fake.contacts.set('c1', anna);
    const { onClose } = open();
    await fireEvent.click(await screen.findByRole('button', { name: /Anna Weber/ }));
    await fireEvent.input(screen.getByLabelText('Role'), { target: { value: 'CTO' } });
    await fireEvent.click(screen.getByRole('button', { name: 'Close' }));
    expect(onClose).not.toHaveBeenCalled();
    await fireEvent.click(await screen.findByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onClose).toHaveBeenCalled());
    expect(called('saveContact')[0]!.args).toEqual({ id: 'c1', role: 'CTO' });
  });
});
