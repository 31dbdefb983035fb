/**
 * The sign-in that is under way, if any: the program allows one at a time. It lives outside of the
 * components, so that a dialog can be closed and opened again while the browser is in front.
 */
import {
  ipc,
  on,
  toCommandError,
  type Account,
  type AccountId,
  type ConnectStarted,
  type Error as CommandError,
} from '../../ipc';
import { SERVICES, type SignInKind } from './services';

class Connecting {
  /** Whether a sign-in is under way. */
  running = $state(false);
  /** Where the last one is or was. */
  at = $state.raw<SignInKind | null>(null);
  /** The account it is about; null: a further one. */
  about = $state.raw<AccountId | null>(null);
  /** Its address, once the browser was asked to open it. */
  started = $state.raw<ConnectStarted | null>(null);
  /** Why the last one failed. Ending it oneself is no failure. */
  error = $state.raw<CommandError | null>(null);
  #attempt = 0;

  /** A sign-in that a page began which is gone by now stands in the way. */
  get blocked(): boolean {
    return this.error?.code === 'FORBIDDEN' && this.started === null;
  }

  /** Signs in, and with `read` asks for reading mail, too; null when it failed or was ended. */
  async connect(
    kind: SignInKind,
    accountId: AccountId | null,
    read = false,
  ): Promise<Account | null> {
    if (this.running) return null;
    const attempt = ++this.#attempt;
    const current = () => attempt === this.#attempt;
    this.running = true;
    this.at = kind;
    this.about = accountId;
    this.started = null;
    this.error = null;
    const unlisten = await on('connectStarted', (started) => {
      if (current()) this.started = started;
    });
    try {
      const account = await SERVICES[kind].connect(accountId, read);
      return current() ? account : null;
    } catch (thrown) {
      if (current()) this.error = toCommandError(thrown);
      return null;
    } finally {
      unlisten();
      if (current()) this.running = false;
    }
  }

  /** Ends it. */
  async cancel(): Promise<void> {
    if (!this.running) return;
    this.#attempt += 1;
    this.running = false;
    this.started = null;
    try {
      await ipc.cancelConnect();
    } catch {
      // It was over already.
    }
  }

  /** Ends the one that stands in the way, so that another can begin. */
  async clearTheWay(): Promise<void> {
    try {
      await ipc.cancelConnect();
    } catch {
      // It was over already.
    }
    this.error = null;
  }

  /** The error was read. */
  clear(): void {
    this.error = null;
  }
}

/** The window's sign-in. */
export const connecting = new Connecting();
