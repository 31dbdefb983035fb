/** The parts other features put into the window. Absent ones are left out. */
import type { Component } from 'svelte';
import type { ContactId, DraftId, PolishedVersion, SignatureId } from '../ipc';

type Loader<
  P extends Record<string, unknown>,
  E extends Record<string, unknown> = object & Record<string, unknown>,
> = () => Promise<{
  default: Component<P, E>;
}>;

const found = import.meta.glob([
  '../features/polish/PolishDesk.svelte',
  '../features/settings/SettingsDialog.svelte',
  '../features/signatures/SignaturePicker.svelte',
  '../features/contacts/ContactsDialog.svelte',
]);

function part<P extends Record<string, unknown>>(path: string): Loader<P> | null {
  return (found[`../features/${path}.svelte`] as Loader<P> | undefined) ?? null;
}

/** Polished versions side by side. */
export const PolishDesk = part<{
  draftId: DraftId;
  getOriginal: () => { wordCount: number };
  flush: () => Promise<void>;
  onTake: (version: PolishedVersion) => void;
  onClose: () => void;
}>('polish/PolishDesk');
/** All settings. */
export const SettingsDialog = () => import('./Settings.svelte');
/** Chooses a signature. */
export const SignaturePicker = part<{
  value: SignatureId | null;
  onChange: (id: SignatureId | null) => void;
}>('signatures/SignaturePicker');
/** People. */
export const ContactsDialog = part<{
  open: boolean;
  onClose: () => void;
  onCompose: (contact: ContactId) => void;
}>('contacts/ContactsDialog');
/** What is on its way and what was sent. */
export const SentView = () => import('./SentView.svelte');
/** Signs in to Gmail. */
export const ConnectGmail = () => import('../features/accounts/ConnectGmail.svelte');
/** The same in a dialog. */
export const ConnectDialog = () => import('./ConnectDialog.svelte');
