/**
 * What is said about what leaves this machine: the parts of a request's text, where it goes, and
 * when. No DOM; what leaves is decided in the program, which is asked for it.
 */
import type { AskBefore, Outgoing, PolishPreview, RedactionKind, Replaced } from '../../ipc';
import { counted } from '../../shared/format';

/** A part of a text; `stands` is what a placeholder stands for. */
export interface Piece {
  text: string;
  stands: string | null;
}

/** A text cut at its placeholders. */
export function pieces(text: string, replaced: readonly Replaced[]): Piece[] {
  const stands = new Map(replaced.map((one) => [one.placeholder, one.text]));
  return text
    .split(/(\[[A-Z]+_\d+\])/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, stands: stands.get(part) ?? null }));
}

/** A request's text: what is said before the draft, the draft, and what is said after it. */
export function around(user: string, draft: string): [string, string, string] {
  const at = draft === '' ? -1 : user.lastIndexOf(draft);
  if (at < 0) return ['', user, ''];
  return [user.slice(0, at), draft, user.slice(at + draft.length)];
}

/** The draft in the text of a request that was sent; empty where its marks aren't found. */
export function draftIn(user: string): string {
  return /^<(draft-[0-9a-f]+)>\n(.*)\n<\/\1>/ms.exec(user)?.[2] ?? '';
}

/** Where a request goes, in a word. */
export function placeOf(request: Outgoing): string {
  if (request.staysHere) return 'this machine';
  try {
    return new URL(request.address).host;
  } catch {
    return request.address;
  }
}

/** When one of a chain's requests goes; empty where there is only one. */
export function turnOf(requests: readonly Outgoing[], at: number): string {
  if (requests.length < 2) return '';
  return at === 0 ? 'first' : 'only if needed';
}

/** What would leave, in a sentence. */
export function previewText(preview: PolishPreview): string {
  if (preview.remembered) {
    return 'Nothing: the answer is known from the last hour. Asked anew, this would go.';
  }
  if (preview.requests.length === 0) {
    return preview.leftOut.length === 0
      ? 'Nothing: the offline polisher writes the versions.'
      : 'Nothing: nobody can be asked now.';
  }
  if (preview.requests.every((request) => request.staysHere)) {
    return 'Nothing leaves this machine: the model runs on it.';
  }
  const [only, ...others] = preview.requests;
  return others.length === 0
    ? `This goes to ${only!.name}, and nothing else.`
    : 'This goes to the first of them that answers, and nothing else.';
}

/** What did leave, in a sentence. */
export function sentText(requests: readonly Outgoing[]): string {
  if (requests.length === 0) return 'Nothing left this machine for the last polish.';
  if (requests.every((request) => request.staysHere)) {
    return 'Nothing left this machine: the model runs on it.';
  }
  return `${counted(requests.length, 'request')} left this machine for the last polish.`;
}

/** What is left out of every request, in a sentence. */
export function leftOutText(quotation: 'none' | 'out' | 'in'): string {
  const always = 'recipients, subject, signature, pictures and files';
  if (quotation === 'out') return `The mail you quote, ${always}.`;
  const rest = `${always[0]!.toUpperCase()}${always.slice(1)}.`;
  return quotation === 'in' ? `${rest} The mail you quote is in it, as you asked.` : rest;
}

/** What the kinds of placeholders are for. */
export const KIND_NAMES: Record<RedactionKind, string> = {
  name: 'Name',
  address: 'Address',
  phone: 'Phone',
  email: 'E-mail',
  account: 'IBAN',
  card: 'Card',
  number: 'Number',
  link: 'Link',
  text: 'Text',
};

/** When what leaves is shown before it goes. */
export const ASK_NAMES: readonly { value: AskBefore; label: string }[] = [
  { value: 'always', label: 'Every time' },
  { value: 'first', label: 'The first time' },
  { value: 'never', label: 'Never' },
];
