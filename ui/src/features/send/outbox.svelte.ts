/**
 * The outbox as this window knows it: the mails not settled, and what each account may still send
 * today. It follows the program's events until it is ended.
 */
import {
  ipc,
  on,
  toCommandError,
  type Account,
  type Email,
  type Error as CommandError,
  type SendingLimit,
} from '../../ipc';
import { withChange } from './rules';

/** How long to wait for more of the same before the limits are asked for again. */
const SETTLE_MS = 250;

/** See the module's text. */
export class OutboxMails {
  emails = $state.raw<Email[]>([]);
  accounts = $state.raw<Account[]>([]);
  limits = $state.raw<SendingLimit[]>([]);
  error = $state.raw<CommandError | null>(null);
  /** It was read once. */
  loaded = $state(false);
  /** Called with each mail that changed. */
  onChange: ((email: Email) => void) | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What changed while the list was being read: newer than the list. */
  #meanwhile: Email[] | null = null;

  /** The account a mail leaves through; null: it is not connected any more. */
  readonly accountOf = (email: Email): Account | null =>
    this.accounts.find((account) => account.id === email.accountId) ?? null;

  /** Reads everything anew. */
  async load(): Promise<void> {
    const meanwhile: Email[] = (this.#meanwhile = []);
    try {
      const read = await ipc.listOutbox();
      this.emails = meanwhile.reduce<Email[]>(withChange, read);
      this.error = null;
      this.loaded = true;
    } catch (thrown) {
      this.error = toCommandError(thrown);
      return;
    } finally {
      if (this.#meanwhile === meanwhile) this.#meanwhile = null;
    }
    await this.#loadLimits();
  }

  /** Follows what happens, until the answer is called. */
  follow(): () => void {
    const listening = [
      on('outboxChanged', ({ email }) => {
        this.emails = withChange(this.emails, email);
        this.#meanwhile?.push(email);
        this.onChange?.(email);
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.#loadLimits(), SETTLE_MS);
      }),
      on('accountsChanged', () => void this.#loadLimits()),
      on('settingsChanged', () => void this.load()),
    ];
    void Promise.all(listening).then(() => this.load());
    return () => {
      clearTimeout(this.#timer);
      listening.forEach((each) => void each.then((end) => end()));
    };
  }

  async #loadLimits(): Promise<void> {
    try {
      [this.accounts, this.limits] = await Promise.all([
        ipc.listAccounts(),
        ipc.listSendingLimits(),
      ]);
    } catch {
      // What may be sent today is then not said; the mails themselves are.
    }
  }
}
