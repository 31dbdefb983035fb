/** Where one signs in to send, and what is said about it. */
import { ipc, type Account, type AccountId, type ClientSource, type Settings } from '../../ipc';

/** The kinds of accounts that are signed in to in the browser. */
export type SignInKind = 'gmail' | 'outlook';

/** A service to sign in to. */
export interface Service {
  kind: SignInKind;
  /** What is connected. */
  product: string;
  /** Whose it is. */
  company: string;
  /** The variable that names a client id. */
  variable: string;
  /** What connecting asks for, before it is done. */
  asks: string;
  /** While the browser is in front. */
  goOn: string;
  /** Whether and from where a client id is known. */
  clientOf(settings: Settings): ClientSource;
  /** Signs in; `read` asks for reading mail, where that is of use. */
  connect(accountId: AccountId | null, read: boolean): Promise<Account>;
  /** Forgets the client id that was entered. */
  forgetClient(): Promise<ClientSource>;
}

/** All of them. */
export const SERVICES: Readonly<Record<SignInKind, Service>> = {
  gmail: {
    kind: 'gmail',
    product: 'Gmail',
    company: 'Google',
    variable: 'DRAFTWELL_GOOGLE_CLIENT_ID',
    asks: 'Opens your browser. Draftwell asks Google for your address and for creating and sending drafts. It does not ask to read your mail.',
    goOn: 'Choose your account and allow what Draftwell asks for; leave every box ticked. If Google shows an error instead, cancel here and check the client id.',
    clientOf: (settings) => settings.googleClient,
    connect: (accountId, read) =>
      ipc.connectGmail(accountId ? { accountId, ...(read ? { read } : {}) } : null),
    forgetClient: () => ipc.deleteGoogleClient(),
  },
  outlook: {
    kind: 'outlook',
    product: 'Outlook',
    company: 'Microsoft',
    variable: 'DRAFTWELL_MICROSOFT_CLIENT_ID',
    asks: 'Outlook.com or Microsoft 365. For drafts Microsoft grants no less than the whole mailbox; Draftwell makes and sends its own there, and nothing else.',
    goOn: 'Choose your account and accept what Draftwell asks for. If Microsoft shows an error instead, cancel here and check the client id.',
    clientOf: (settings) => settings.microsoftClient,
    connect: (accountId) => ipc.connectOutlook(accountId ? { accountId } : null),
    forgetClient: () => ipc.deleteMicrosoftClient(),
  },
};

/** The service of an account; null: it is not signed in to. */
export function serviceOf(account: Pick<Account, 'kind'>): Service | null {
  return account.kind === 'gmail' || account.kind === 'outlook' ? SERVICES[account.kind] : null;
}
