/**
 * How to get a client id of one's own at Google and Microsoft, step by step, as their consoles name
 * things (Google Auth Platform; Microsoft Entra). Why: they let a program send only under one, and
 * one made by the user belongs to the user alone.
 */

/** One step, with the page of the console where it is done. */
export interface Step {
  title: string;
  text: string;
  url?: string;
}

const CONSOLE = 'https://console.cloud.google.com';

/** The scopes Draftwell asks for when it connects. */
export const SCOPES = ['openid', 'email', 'https://www.googleapis.com/auth/gmail.compose'];

/** The scope it asks for when replies are to be noticed. */
export const READ_SCOPE = 'https://www.googleapis.com/auth/gmail.readonly';

/** The steps, in order. */
export const STEPS: readonly Step[] = [
  {
    title: 'Make a project',
    text: 'Sign in with any Google account, choose New project, give it a name such as “My Draftwell”.',
    url: `${CONSOLE}/projectcreate`,
  },
  {
    title: 'Switch the Gmail API on',
    text: 'With the project chosen at the top, press Enable.',
    url: `${CONSOLE}/apis/library/gmail.googleapis.com`,
  },
  {
    title: 'Fill in Google Auth Platform',
    text: 'Press Get started: a name, your address as support mail, audience External (Internal if you are in a Google Workspace), your address as contact.',
    url: `${CONSOLE}/auth/overview`,
  },
  {
    title: 'Allow sending',
    text: `Data Access, Add scopes: ${SCOPES.join(', ')}. If replies are to be noticed, too: ${READ_SCOPE}. Then Save.`,
    url: `${CONSOLE}/auth/scopes`,
  },
  {
    title: 'Let yourself in',
    text: 'Audience: press Publish app, so that the sign-in lasts. (As a test user it works too, but Google ends it every 7 days.) Google will warn that the app is not verified: it is yours, so choose Advanced and go on.',
    url: `${CONSOLE}/auth/audience`,
  },
  {
    title: 'Create the client',
    text: 'Clients, Create client, type Desktop app. Download the JSON file at once: the secret is shown only now.',
    url: `${CONSOLE}/auth/clients`,
  },
  { title: 'Give it to Draftwell', text: 'Choose the file below, or paste id and secret.' },
];

const ENTRA = 'https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps';

/** Microsoft's permissions beyond who signs in, as its console calls them. */
export const PERMISSIONS = ['Mail.Send', 'Mail.ReadWrite', 'User.Read', 'offline_access'];

/** The same at Microsoft. */
export const MICROSOFT_STEPS: readonly Step[] = [
  {
    title: 'Make an app registration',
    text: 'Sign in (with a personal account, Microsoft first asks you to join a free directory). Give it a name such as “My Draftwell”, and choose Accounts in any organizational directory and personal Microsoft accounts.',
    url: `${ENTRA}/CreateApplicationBlade`,
  },
  {
    title: 'Say where the answer goes',
    text: 'On the same page, Redirect URI: platform Public client/native (mobile & desktop), address http://localhost. Then Register.',
  },
  {
    title: 'Let it sign in without a secret',
    text: 'Authentication: switch on Allow public client flows, and Save. Draftwell needs no client secret.',
    url: `${ENTRA}/ApplicationsListBlade`,
  },
  {
    title: 'Allow sending',
    text: `API permissions, Add a permission, Microsoft Graph, Delegated permissions: ${PERMISSIONS.join(', ')}. In an organisation its administrator may have to grant them.`,
  },
  {
    title: 'Give it to Draftwell',
    text: 'Overview shows the Application (client) ID. The directory is needed only for a registration that is for one organisation.',
  },
];
