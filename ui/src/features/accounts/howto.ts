/**
 * How to get a Google client of one's own, step by step, as the console names things (Google Auth
 * Platform). Why: Google lets a program use Gmail only under a client id, and a client made by the
 * user belongs to the user alone.
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
