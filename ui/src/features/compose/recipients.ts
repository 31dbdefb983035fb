/**
 * Recipients as they are typed: text to mailboxes and back. Deliberately lenient: what isn't an
 * address yet is kept as it is, so that not a character is lost; the program judges addresses
 * before it sends.
 */
import type { Mailbox } from '../../ipc';

/** Splits typed or pasted text at commas, semicolons and line breaks that aren't quoted. */
export function splitRecipients(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let angle = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (quoted && char === '\\') {
      part += char + (text[++i] ?? '');
      continue;
    }
    if (char === '"') quoted = !quoted;
    else if (!quoted && char === '<') angle = true;
    else if (!quoted && char === '>') angle = false;
    const ends = char === '\n' || char === '\r' || (!quoted && !angle && /[,;]/.test(char));
    if (ends) {
      parts.push(part);
      part = '';
      if (char === '\n' || char === '\r') quoted = angle = false;
    } else part += char;
  }
  parts.push(part);
  return parts.map((p) => p.trim()).filter((p) => p !== '');
}

/** One recipient: `anna@example.org`, `Anna Weber <anna@example.org>`, or whatever was typed. */
export function parseRecipient(text: string): Mailbox {
  const trimmed = text.trim().replace(/^mailto:/i, '');
  const named = /^(.*?)\s*<\s*([^<>]*?)\s*>$/s.exec(trimmed);
  if (!named) return { address: trimmed };
  const name = unquote(named[1]!.trim());
  const address = named[2]!.replace(/^mailto:/i, '');
  return name && name !== address ? { name, address } : { address };
}

/** All recipients in a text. */
export function parseRecipients(text: string): Mailbox[] {
  return splitRecipients(text).flatMap((part) => {
    // Columns copied from a table come with spaces only.
    const words = part.split(/\s+/);
    return words.length > 1 && words.every(looksLikeAddress)
      ? words.map(parseRecipient)
      : [parseRecipient(part)];
  });
}

/** Whether mail could be sent there, for the look of the chip; the program has the last word. */
export function looksLikeAddress(address: string): boolean {
  return /^[^\s@<>",;]+@[^\s@<>",;.]+(\.[^\s@<>",;.]+)*$/u.test(address);
}

/** As it is shown in a chip. */
export function recipientLabel(mailbox: Mailbox): string {
  return mailbox.name?.trim() || mailbox.address;
}

/** As it is typed, for editing a chip and for copying. */
export function recipientText(mailbox: Mailbox): string {
  const name = mailbox.name?.trim();
  if (!name) return mailbox.address;
  const safe = /^[\p{L}\p{N} .'_-]+$/u.test(name) ? name : `"${name.replace(/(["\\])/g, '\\$1')}"`;
  return `${safe} <${mailbox.address}>`;
}

/** Adds recipients that aren't there yet; addresses are compared without regard to case. */
export function addRecipients(list: readonly Mailbox[], more: readonly Mailbox[]): Mailbox[] {
  const result = [...list];
  for (const mailbox of more) {
    const known = result.some((m) => m.address.toLowerCase() === mailbox.address.toLowerCase());
    if (mailbox.address !== '' && !known) result.push(mailbox);
  }
  return result;
}

/**
 * What a stored field shows: chips, and the text still being typed, which is stored as a last
 * mailbox that isn't an address.
 */
export function splitPending(stored: readonly Mailbox[]): { chips: Mailbox[]; pending: string } {
  const last = stored.at(-1);
  if (!last || last.name || looksLikeAddress(last.address)) {
    return { chips: [...stored], pending: '' };
  }
  return { chips: stored.slice(0, -1), pending: last.address };
}

/** The reverse of `splitPending`. */
export function joinPending(chips: readonly Mailbox[], pending: string): Mailbox[] {
  const text = pending.trim();
  return text === '' ? [...chips] : [...chips, { address: text }];
}

function unquote(name: string): string {
  return /^".*"$/s.test(name) ? name.slice(1, -1).replace(/\\(.)/gs, '$1') : name;
}
