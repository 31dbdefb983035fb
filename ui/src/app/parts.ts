/**
 * The parts of the window whose code is fetched when they are first needed: none of them is a
 * reason to start slower. `Lazy` shows them.
 */

/** Polished versions side by side. */
export const PolishDesk = () => import('../features/polish/PolishDesk.svelte');
/** A draft's former states. */
export const TimeTravel = () => import('../features/versions/TimeTravel.svelte');
/** Deleted drafts. */
export const BinView = () => import('../features/drafts/BinView.svelte');
/** All settings. */
export const SettingsDialog = () => import('./Settings.svelte');
/** People. */
export const ContactsDialog = () => import('../features/contacts/ContactsDialog.svelte');
/** What was sent. */
export const SentView = () => import('../features/history/HistoryView.svelte');
/** What is on its way, and what became of it. */
export const OutboxView = () => import('../features/send/OutboxView.svelte');
/** Connects an account to send from. */
export const ConnectMail = () => import('../features/accounts/ConnectMail.svelte');
/** The same in a dialog. */
export const ConnectDialog = () => import('./ConnectDialog.svelte');
