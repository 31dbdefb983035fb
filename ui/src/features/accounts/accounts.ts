/** What is said about accounts. */
import type { Account, ClientSource } from '../../ipc';
import { nameOf } from '../../shared/accounts';
import { serviceOf, type Service } from './services';

/** The letter that stands for an account. */
export function initial(account: Account): string {
  const name = account.displayName.trim() || nameOf(account);
  return [
    ...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(name),
  ][0]!.segment.toLocaleUpperCase();
}

/** Whose service it is at, for people. */
export function kindText(account: Account): string {
  switch (account.kind) {
    case 'gmail':
    case 'outlook':
      return serviceOf(account)!.product;
    case 'smtp':
      return account.server?.host ?? 'Mail server';
    case 'practice':
      return 'Mails are kept as files, nothing is sent';
  }
}

/** What giving an account up means, asked before it is done. */
export function farewellText(account: Account): string {
  const common =
    'Your drafts and what you sent stay. Mails still in the outbox of this account are not sent.';
  switch (account.kind) {
    case 'gmail':
      return `Draftwell gives the permission back to Google and forgets the sign-in. ${common}`;
    case 'outlook':
      return `Draftwell forgets the sign-in, and says where you can take its permission back at Microsoft. ${common}`;
    case 'smtp':
      return `Draftwell forgets the server and the password. ${common}`;
    case 'practice':
      return `The files it kept stay where they are. ${common}`;
  }
}

/** What an account can't do, and what would change it; null: it can do what is needed. */
export function abilityText(account: Account): { tone: 'warn' | 'info'; text: string } | null {
  if (!account.abilities.send) {
    return {
      tone: 'warn',
      text: `${serviceOf(account)?.company ?? 'The service'} was not told that Draftwell may send. Connect it again and allow all it asks for.`,
    };
  }
  if (account.kind === 'gmail' && !account.abilities.safeSend) {
    return {
      tone: 'info',
      text: 'It may send, but not keep drafts at Gmail: if the connection breaks while sending, nobody can tell whether the mail left. Connect it again and leave every box ticked to change that.',
    };
  }
  return null;
}

/** Before reading mail was asked for. */
export const REPLIES_TEXT =
  'Replies aren’t noticed: Draftwell may not read this account’s mail. You can allow that.';

/** After it was asked for and the box on Google's page was left empty. */
export const REFUSED_TEXT =
  'Google was not told that Draftwell may read mail, so replies aren’t noticed. Everything else works as before. To change that, try again and tick the box for reading on Google’s page.';

/** Where the client id comes from. */
export function clientText(service: Service, source: ClientSource): string {
  switch (source) {
    case 'none':
      return `None is known yet. You are asked for one when you connect ${service.product}.`;
    case 'environment':
      return `It comes from the environment (${service.variable}), which goes before one you enter here.`;
    case 'entered':
      return 'You entered your own. It is kept encrypted on this machine.';
  }
}
