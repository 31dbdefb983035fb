/** A contact's form as a value: what it starts with, what changed, what is wrong. */
import type { Contact, SaveContact, Stage } from '../../ipc';

/** What the form holds. */
export interface ContactForm {
  name: string;
  firstName: string;
  email: string;
  company: string;
  role: string;
  notes: string;
  priority: number;
  stage: Stage;
}

/** The stages, in the order a contact goes through them. */
export const STAGES: readonly { value: Stage; label: string }[] = [
  { value: 'lead', label: 'Lead' },
  { value: 'contacted', label: 'Contacted' },
  { value: 'opportunity', label: 'Opportunity' },
  { value: 'customer', label: 'Customer' },
  { value: 'closed', label: 'Closed' },
];

/** The priorities. */
export const PRIORITIES = [
  { value: '0', label: 'None' },
  { value: '1', label: 'Low' },
  { value: '2', label: 'Medium' },
  { value: '3', label: 'High' },
] as const;

/** The form of a contact, or of a new one. */
export function formOf(contact: Contact | null): ContactForm {
  return {
    name: contact?.name ?? '',
    firstName: contact?.firstName ?? '',
    email: contact?.email ?? '',
    company: contact?.company ?? '',
    role: contact?.role ?? '',
    notes: contact?.notes ?? '',
    priority: contact?.priority ?? 0,
    stage: contact?.stage ?? 'lead',
  };
}

/** What to save: only what differs, so that what another window changed meanwhile stays. */
export function changesOf(form: ContactForm, contact: Contact | null): SaveContact | null {
  const before = formOf(contact);
  const changes: SaveContact = contact ? { id: contact.id } : {};
  let changed = false;
  for (const key of Object.keys(before) as (keyof ContactForm)[]) {
    const value = typeof form[key] === 'string' ? form[key].trim() : form[key];
    if (value === before[key]) continue;
    Object.assign(changes, { [key]: value });
    changed = true;
  }
  return changed ? changes : null;
}

/** What is wrong with the address, as far as the page can tell; the program judges in the end. */
export function emailProblem(email: string): string | null {
  const trimmed = email.trim();
  if (trimmed === '') return 'An e-mail address is needed.';
  return /^[^\s@]+@[^\s@]+$/.test(trimmed) ? null : 'This is not an e-mail address.';
}

/** The line under a contact's name. */
export function detailOf(contact: Contact): string {
  const work = [contact.role, contact.company].filter((part) => part.trim() !== '').join(', ');
  return work || contact.email;
}
