/** How accounts are named, wherever one is spoken of. */

/** How an account is called: the practice account has an address nobody needs to know. */
export function nameOf(account: { kind: string; email: string }): string {
  return account.kind === 'practice' ? 'Practice account' : account.email;
}
