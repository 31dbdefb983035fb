/**
 * Taking a text: one that says other things than the original is asked about first, and so is one
 * that would replace what was written since, in another window. One whose selected part isn't there
 * any more can't be taken. What the user wants to put right by hand is noted before it stands in
 * the draft.
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

/** What has changed since it was polished: a text that can be replaced, or the part it belongs to. */
export type Changed = 'text' | 'part' | null;

/** What the user is asked about. */
interface Question {
  /** What is to be taken, in words. */
  what: string;
  changes: Change[];
  take: Taken;
  /** Whether the user knows that the draft's text has changed since it was polished. */
  agreed: boolean;
}

/** See the module's text. */
export class Taking {
  /** A text that says other things than the original; null: nothing is asked. */
  question = $state.raw<Question | null>(null);
  /** A text that was made of something else than what is there now; null: none. */
  outdated = $state.raw<(Question & { changed: Changed }) | null>(null);
  /** Why it could not be noted. */
  unkept = $state.raw<CommandError | null>(null);

  readonly #draftId: DraftId;
  readonly #changed: () => Changed;
  readonly #give: (taken: Taken) => void;

  constructor(draftId: DraftId, changed: () => Changed, give: (taken: Taken) => void) {
    this.#draftId = draftId;
    this.#changed = changed;
    this.#give = give;
  }

  /** Takes a text, or asks first if it replaces or says other things than the user knows. */
  take(what: string, changes: Change[], take: Taken): void {
    this.unkept = null;
    this.#goOn({ what, changes, take, agreed: false });
  }

  /** Takes it though it replaces what was written meanwhile. */
  replace(): void {
    const asked = this.outdated;
    this.outdated = null;
    if (asked) this.#goOn({ ...asked, agreed: true });
  }

  /** Takes it; without a yes to what it changed, that is asked about before the mail leaves. */
  async answer(confirmed: boolean): Promise<void> {
    const asked = this.question;
    // While somebody reads the question another window may write.
    if (!asked || this.#isOutdated(asked)) return;
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
    this.question = this.outdated = null;
  }

  #goOn(asked: Question): void {
    if (this.#isOutdated(asked)) return;
    if (asked.changes.length > 0) this.question = asked;
    else this.#give(asked.take);
  }

  #isOutdated(asked: Question): boolean {
    const changed = this.#changed();
    if (changed === null || (changed === 'text' && asked.agreed)) return false;
    this.question = null;
    this.outdated = { ...asked, changed };
    return true;
  }
}
