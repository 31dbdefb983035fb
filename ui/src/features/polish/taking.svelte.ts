/**
 * Taking a text: one that says other things than the original is asked about first, and what the
 * user wants to put right by hand is noted before it stands in the draft.
 */
import {
  ipc,
  toCommandError,
  type Change,
  type DraftId,
  type Error as CommandError,
  type PolishedVersion,
} from '../../ipc';

/** What is taken: a version, or a text of single sentences. */
export type Taken = Pick<PolishedVersion, 'body' | 'signatureId'>;

/** See the module's text. */
export class Taking {
  /** What the user is asked; null: nothing. */
  question = $state.raw<{ what: string; changes: Change[]; take: Taken } | null>(null);
  /** Why it could not be noted. */
  unkept = $state.raw<CommandError | null>(null);

  readonly #draftId: DraftId;
  readonly #give: (taken: Taken) => void;

  constructor(draftId: DraftId, give: (taken: Taken) => void) {
    this.#draftId = draftId;
    this.#give = give;
  }

  /** Takes a text, or asks first if it says other things than the original. */
  take(what: string, changes: Change[], taken: Taken): void {
    this.unkept = null;
    if (changes.length > 0) this.question = { what, changes, take: taken };
    else this.#give(taken);
  }

  /** Takes it; without a yes to what it changed, that is asked about before the mail leaves. */
  async answer(confirmed: boolean): Promise<void> {
    const asked = this.question;
    if (!asked) return;
    try {
      // First: a text whose changes nobody remembers must not stand in the draft.
      await ipc.noteTaken({ draftId: this.#draftId, changes: asked.changes, confirmed });
    } catch (thrown) {
      if (this.question !== asked) return;
      // Who said yes loses nothing: at worst it is asked once more.
      if (!confirmed) {
        this.unkept = toCommandError(thrown);
        return;
      }
    }
    if (this.question !== asked) return;
    this.question = null;
    this.#give(asked.take);
  }

  /** Leaves it. */
  decline(): void {
    this.question = null;
  }
}
