/**
 * One desk's polishes: asks, hears how they go on, ends them. What the cards show is `desk`; how
 * events become cards is `desk.ts`.
 */
import {
  ipc,
  makeError,
  on,
  toCommandError,
  type DocumentNode,
  type DraftId,
  type Error as CommandError,
  type PolishContext,
  type PolishDraft,
  type PolishEvent,
  type PolishResult,
  type ProviderId,
} from '../../ipc';
import {
  begin,
  fail,
  failedLate,
  finish,
  followAll,
  hasVersions,
  mustBeShown,
  stop,
  type Desk,
} from './desk';
import { linesOf } from './diff';

/** What a polish is asked for. */
export interface Wish {
  context: 'none' | PolishContext;
  /** Only this one; null: the configured ones in order. */
  provider: ProviderId | null;
  instruction: string;
  /** The selected part; null: all of the text. */
  part: DocumentNode | null;
  includeQuoted: boolean;
  /** Not from the answers of the last hour. */
  fresh: boolean;
}

/** A polish that is over, with versions that can be taken. */
interface Round {
  desk: Desk;
  wish: Wish;
  original: string[] | null;
  typed: string | null;
}

/** See the module's text. */
export class Polishing {
  desk = $state.raw(begin());
  /** What the cards were asked for. */
  wish = $state.raw<Wish | null>(null);
  /** The versions of the round before: they are there until the new ones are. */
  before = $state.raw<Round | null>(null);
  /** Whether these are the versions of a round before, because the next one came to nothing. */
  returned = $state(false);
  /** The lines of what was polished, to compare with. */
  original = $state.raw<string[] | null>(null);
  /** Whether the draft quotes somebody's mail. */
  quotes = $state(false);

  /** What the user is to look at before it goes; null: nothing. */
  question = $state.raw<PolishDraft | null>(null);
  /** The last polish, to ask what was sent for it. */
  last = $state<string | null>(null);

  #request: string | null = null;
  /** What stood above the signature when the polish began. */
  #typed: string | null = null;
  /** Goes on with what was approved, or, without, not at all. */
  #answer: (approved: string[] | null) => void = () => undefined;
  #waiting: PolishEvent[] = [];
  #frame = 0;
  readonly #listening: Promise<() => void>;

  readonly #draftId: DraftId;
  /** Saves the draft: the model must see what the user sees. */
  readonly #flush: () => Promise<void>;
  /** The draft's text as it stands in the editor. */
  readonly #text: () => DocumentNode;
  /** Whether the draft has no letter in it. */
  readonly #isBlank: () => boolean;

  constructor(
    draftId: DraftId,
    flush: () => Promise<void>,
    text: () => DocumentNode,
    isBlank: () => boolean,
  ) {
    this.#draftId = draftId;
    this.#flush = flush;
    this.#text = text;
    this.#isBlank = isBlank;
    this.#listening = on('polishProgress', ({ requestId, event }) => {
      if (requestId === this.#request) this.#receive(event);
      // Events and the command's answer come by different ways: the last attempt's may be late.
      else if (requestId === this.last && event.kind === 'failed')
        this.desk = failedLate(this.desk, event.attempt);
    });
  }

  /** Polishes. Resolves when the cards are complete, or it failed, or another one began. */
  async start(wish: Wish): Promise<void> {
    this.end();
    const mine = (this.#request = crypto.randomUUID());
    this.#keepRound();
    this.wish = wish;
    this.returned = false;
    this.desk = begin();
    try {
      await this.#flush();
      await this.#listening;
      if (this.#request !== mine) return;
      // Before the program reads the draft: what is written from now on is a change.
      this.#typed = typedIn(this.#text());
      const draft = this.#look(wish);
      this.last = mine;
      const result = await this.#ask({ ...this.argsOf(wish), requestId: mine });
      await draft;
      if (this.#request !== mine) return;
      this.#forget();
      this.#request = null;
      this.desk = finish(this.desk, result);
      if (hasVersions(this.desk)) this.before = null;
    } catch (thrown) {
      if (this.#request !== mine) return;
      // Attempts that failed since the last frame belong to the error.
      this.#draw();
      this.#request = null;
      this.desk = fail(this.desk, this.#knownBetter(toCommandError(thrown)));
    }
  }

  /** A wish as the program takes it. */
  argsOf(wish: Wish): PolishDraft {
    return {
      draftId: this.#draftId,
      includeQuoted: wish.includeQuoted,
      fresh: wish.fresh,
      ...(wish.context === 'none' ? {} : { context: wish.context }),
      ...(wish.provider === null ? {} : { provider: wish.provider }),
      ...(wish.instruction === '' ? {} : { instruction: wish.instruction }),
      ...(wish.part === null ? {} : { selection: wish.part }),
    };
  }

  /** What was asked about may leave: the names of what was shown. */
  approve(names: string[]): void {
    this.#answer(names);
  }

  /** It may not. */
  decline(): void {
    this.#answer(null);
  }

  /** Stops it; what is complete stays. If nothing is, the versions of the round before come back. */
  cancel(): void {
    this.#draw();
    this.end();
    this.desk = stop(this.desk);
    if (!hasVersions(this.desk)) this.back();
  }

  /** Shows the versions of the round before again. */
  back(): void {
    if (this.before === null) return;
    const { desk, wish, original, typed } = this.before;
    this.desk = desk;
    this.wish = wish;
    this.original = original;
    this.#typed = typed;
    this.before = null;
    this.returned = true;
  }

  /** Whether the draft's text is another one than that which was polished. */
  get textChanged(): boolean {
    return this.#typed !== null && typedIn(this.#text()) !== this.#typed;
  }

  // A round that failed or was cut short has nothing that the one before it should give way to.
  #keepRound(): void {
    const { desk, wish, original } = this;
    if (wish === null || desk.phase === 'running' || !hasVersions(desk)) return;
    if (desk.phase === 'stopped' && this.before !== null) return;
    this.before = { desk, wish, original, typed: this.#typed };
  }

  /** Ends what runs, without a word. */
  end(): void {
    this.#forget();
    if (this.#request === null) return;
    this.decline();
    // It may be over already, which is what is wanted.
    ipc.cancelPolish({ requestId: this.#request }).catch(() => undefined);
    this.#request = null;
  }

  /** The desk is gone. */
  dispose(): void {
    this.end();
    void this.#listening.then((unlisten) => unlisten());
  }

  /** Asks; where something must be shown before, shows it and asks once more with the user's word. */
  async #ask(args: PolishDraft): Promise<PolishResult> {
    let approved: string[] | null = null;
    for (;;) {
      try {
        return await ipc.polishDraft(approved ? { ...args, approved } : args);
      } catch (thrown) {
        if (!mustBeShown(toCommandError(thrown)) || args.requestId !== this.#request) throw thrown;
        approved = await new Promise<string[] | null>((answer) => {
          this.#answer = answer;
          this.question = args;
        });
        this.question = null;
        if (!approved) throw thrown;
      }
    }
  }

  async #look(wish: Wish): Promise<void> {
    try {
      const { body } = await ipc.getDraft({ id: this.#draftId });
      this.quotes = (body.content ?? []).some((block) => block.type === 'blockquote');
      this.original = linesOf(wish.part ?? body);
    } catch {
      // Then there is nothing to compare with, and no more.
    }
  }

  // However quickly a provider writes, the cards are drawn once a frame.
  #receive(event: PolishEvent): void {
    this.#waiting.push(event);
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  #draw(): void {
    const events = this.#waiting;
    this.#forget();
    if (events.length > 0) this.desk = followAll(this.desk, events);
  }

  #forget(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#waiting = [];
  }

  // A draft without a letter was never saved: that it isn't found is not what the user did wrong.
  #knownBetter(error: CommandError): CommandError {
    return error.code === 'NOT_FOUND' && this.#isBlank()
      ? makeError('DRAFT_TOO_SHORT', 'Write at least 10 characters, then polish.')
      : error;
  }
}

// Taking a version replaces what stands above the signature, and nothing else.
function typedIn(body: DocumentNode): string {
  const blocks = body.content ?? [];
  const end = blocks.findIndex((block) => block.type === 'signature');
  return JSON.stringify(end < 0 ? blocks : blocks.slice(0, end));
}
