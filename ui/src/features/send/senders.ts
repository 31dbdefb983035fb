/** What a draft can be sent from, and whether that works. Without DOM and commands. */
import type { Account, Error as CommandError } from '../../ipc';

/** Whether an error means: connect an account (again), then it can be sent. */
export function needsAccount(error: CommandError): boolean {
  return ['GMAIL_NOT_CONNECTED', 'GMAIL_TOKEN_EXPIRED', 'ACCOUNT_NOT_CONNECTED'].includes(
    error.code,
  );
}

/** The account a draft leaves through: the one it names if that still exists, else the default. */
export function senderOf(accounts: readonly Account[], chosen: string | null): Account | null {
  return (
    accounts.find((account) => account.id === chosen) ??
    accounts.find((account) => account.isDefault) ??
    accounts[0] ??
    null
  );
}

/** Something a draft can be sent from: an account, or one of its aliases. */
export interface SenderChoice {
  account: Account;
  /** The alias; null: the account's own address. */
  from: string | null;
}

/** Everything a draft can be sent from, accounts in their order, each before its aliases. */
export function senderChoices(accounts: readonly Account[]): SenderChoice[] {
  return accounts.flatMap((account) => [
    { account, from: null },
    ...account.aliases.map((alias) => ({ account, from: alias.address })),
  ]);
}

/** Why nothing leaves through an account until the user has mended it; null: it works. */
export function standstill(account: Account | null): string | null {
  if (account === null) return null;
  if (account.needsSignIn) return account.needsSignInReason ?? 'It no longer lets Draftwell in.';
  if (!account.abilities.send) {
    return 'It did not allow Draftwell to send. Connect it again and allow it.';
  }
  return null;
}
