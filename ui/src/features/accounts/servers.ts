/**
 * Outgoing mail servers of well-known providers by the domain of an address, as their own help pages
 * name them, so that nobody has to look them up. It is only a suggestion: what is typed wins.
 */
import type { Security } from '../../ipc';

/** A suggestion. */
export interface KnownServer {
  host: string;
  port: number;
  security: Security;
  /** What to know before the password is typed. */
  note?: string;
}

const APP_PASSWORD =
  'It wants an app password, which you make on its security page, not your usual password.';

const tls = (host: string, note?: string): KnownServer => ({
  host,
  port: 465,
  security: 'tls',
  ...(note ? { note } : {}),
});
const startTls = (host: string, note?: string): KnownServer => ({
  host,
  port: 587,
  security: 'start_tls',
  ...(note ? { note } : {}),
});

const known: [domains: string[], server: KnownServer][] = [
  [['gmail.com', 'googlemail.com'], tls('smtp.gmail.com', APP_PASSWORD)],
  [
    ['outlook.com', 'hotmail.com', 'live.com', 'msn.com'],
    startTls('smtp-mail.outlook.com', 'It takes no passwords any more, only a token (XOAUTH2).'),
  ],
  [['yahoo.com', 'yahoo.de', 'yahoo.co.uk', 'ymail.com'], tls('smtp.mail.yahoo.com', APP_PASSWORD)],
  [['aol.com'], tls('smtp.aol.com', APP_PASSWORD)],
  [['icloud.com', 'me.com', 'mac.com'], startTls('smtp.mail.me.com', APP_PASSWORD)],
  [['fastmail.com', 'fastmail.fm'], tls('smtp.fastmail.com', APP_PASSWORD)],
  [['zoho.com', 'zohomail.com'], tls('smtp.zoho.com', APP_PASSWORD)],
  [['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'], startTls('mail.gmx.net')],
  [['gmx.com'], startTls('mail.gmx.com')],
  [['web.de'], startTls('smtp.web.de')],
  [['t-online.de'], tls('securesmtp.t-online.de')],
  [['posteo.de', 'posteo.net'], tls('posteo.de')],
  [['mailbox.org'], tls('smtp.mailbox.org')],
];

/** The usual port of a way to be protected. */
export const usualPort: Record<Security, number> = { tls: 465, start_tls: 587, none: 25 };

/** The server of the provider an address is at, if it is known. */
export function serverOf(address: string): KnownServer | null {
  const domain = address.split('@').at(-1)?.trim().toLowerCase() ?? '';
  if (!address.includes('@') || domain === '') return null;
  return known.find(([domains]) => domains.includes(domain))?.[1] ?? null;
}
