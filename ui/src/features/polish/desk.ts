/**
 * What the four cards show while a polish runs and when it is over, as a value: events and answers
 * in, the next state out. No DOM and no clock. The texts about it are here too.
 */
import type {
  Error as CommandError,
  FailedAttempt,
  PolishEvent,
  PolishResult,
  PolishedVersion,
  RefusedVersion,
  Style,
} from '../../ipc';
import { errorText, type ErrorText } from '../../shared/errors';
import { counted, dollars, number } from '../../shared/format';

/** The styles in the order in which they are written and shown. */
export const STYLES: readonly Style[] = ['formal', 'casual', 'elaborate', 'concise'];

/** Their names; the cards' accessible names too. */
export const STYLE_NAMES: Record<Style, string> = {
  formal: 'Formal',
  casual: 'Casual',
  elaborate: 'Elaborate',
  concise: 'Concise',
};

/** How many characters polishing takes at least. */
export const SHORTEST = 10;

/** How many characters an instruction can have. */
export const LONGEST_INSTRUCTION = 300;

/** By how many characters an instruction is too long; negative: how many are left. */
export function instructionExcess(instruction: string): number {
  return [...instruction.trim()].length - LONGEST_INSTRUCTION;
}

/** One card. */
export interface Card {
  style: Style;
  /** Waiting for its turn, being written, complete, complete and unusable, or not coming (any more). */
  phase: 'waiting' | 'writing' | 'done' | 'refused' | 'missing';
  /** Sanitised HTML so far, block by block: what stays the same is not drawn again. */
  blocks: readonly string[];
  wordCount: number;
  version: PolishedVersion | null;
  /** Why it can't be used. */
  problem: string | null;
}

/** The desk. */
export interface Desk {
  phase: 'running' | 'done' | 'stopped' | 'failed';
  cards: readonly Card[];
  /** Who is being asked. */
  asked: { name: string; model: string; offline: boolean } | null;
  /** Seconds that pass before the same one is asked once more; null: nobody waits. */
  pause: number | null;
  /** Who did not answer, and why. */
  failed: readonly FailedAttempt[];
  result: PolishResult | null;
  error: CommandError | null;
}

function emptyCards(phase: Card['phase']): Card[] {
  return STYLES.map((style) => ({
    style,
    phase,
    blocks: [],
    wordCount: 0,
    version: null,
    problem: null,
  }));
}

/** A polish was asked for. */
export function begin(): Desk {
  return {
    phase: 'running',
    cards: emptyCards('waiting'),
    asked: null,
    pause: null,
    failed: [],
    result: null,
    error: null,
  };
}

function complete(version: PolishedVersion): Card {
  const { style, html, wordCount } = version;
  return { style, phase: 'done', blocks: [html], wordCount, version, problem: null };
}

function unusable({ style, message }: RefusedVersion): Card {
  return { style, phase: 'refused', blocks: [], wordCount: 0, version: null, problem: message };
}

function withCard(desk: Desk, card: Card): Desk {
  return { ...desk, cards: desk.cards.map((old) => (old.style === card.style ? card : old)) };
}

/** One event of the running polish. */
export function follow(desk: Desk, event: PolishEvent): Desk {
  if (desk.phase !== 'running') return desk;
  switch (event.kind) {
    case 'started': {
      const { name, model, provider } = event;
      return {
        ...desk,
        cards: emptyCards('waiting'),
        asked: { name, model, offline: provider === 'offline' },
        pause: null,
      };
    }
    case 'waiting':
      return { ...desk, pause: event.seconds };
    case 'text': {
      const { style, keep, wordCount } = event;
      const old = desk.cards.find((card) => card.style === style);
      if (old?.phase === 'done' || old?.phase === 'refused') return desk;
      const blocks = [...(old?.blocks.slice(0, keep) ?? []), ...event.blocks];
      const phase = 'writing' as const;
      return withCard(desk, { style, phase, blocks, wordCount, version: null, problem: null });
    }
    case 'done':
      return withCard(desk, complete(event.version));
    case 'refused':
      return withCard(desk, unusable(event.refused));
    case 'failed':
      return { ...desk, cards: emptyCards('waiting'), failed: noted(desk.failed, event.attempt) };
  }
}

// Each provider once, with its last reason, as in the answer's own list.
function noted(failed: readonly FailedAttempt[], attempt: FailedAttempt): FailedAttempt[] {
  return [...failed.filter(({ provider }) => provider !== attempt.provider), attempt];
}

/** The events since the last frame, in their order. */
export function followAll(desk: Desk, events: readonly PolishEvent[]): Desk {
  return events.reduce(follow, desk);
}

/** The whole answer is there; it decides, whatever events came or did not. */
export function finish(desk: Desk, result: PolishResult): Desk {
  const cards = emptyCards('missing').map((card) => {
    const version = result.versions.find((v) => v.style === card.style);
    const refused = result.refused.find((r) => r.style === card.style);
    return version ? complete(version) : refused ? unusable(refused) : card;
  });
  return { ...desk, phase: 'done', cards, result, failed: result.failedAttempts, error: null };
}

/** It failed: nothing half-written stays. */
export function fail(desk: Desk, error: CommandError): Desk {
  return { ...desk, phase: 'failed', cards: emptyCards('missing'), error };
}

/** An attempt that failed is told after all of them did. */
export function failedLate(desk: Desk, attempt: FailedAttempt): Desk {
  return desk.phase === 'failed' ? { ...desk, failed: noted(desk.failed, attempt) } : desk;
}

/** The user stopped it: what is complete stays and can be taken. */
export function stop(desk: Desk): Desk {
  const cards = desk.cards.map((card) =>
    isOver(card) ? card : { ...card, phase: 'missing' as const, blocks: [], wordCount: 0 },
  );
  return { ...desk, phase: 'stopped', cards };
}

/** Whether there is a version that can be taken. */
export function hasVersions(desk: Desk): boolean {
  return desk.cards.some((card) => card.version !== null);
}

/** Below this many the rest of the minute's polishes is shown. */
export const LOW = 5;

/** "3 more this minute", when it runs low. */
export function remainingText(result: PolishResult): string | null {
  if (result.remaining > LOW) return null;
  if (result.remaining === 0) {
    return `None left for now; the next one in ${counted(result.resetsInSeconds, 'second')}.`;
  }
  return `${number(result.remaining)} more ${result.remaining === 1 ? 'polish' : 'polishes'} this minute.`;
}

/** Who wrote it, with what, and what it took. Parts, to be shown with dots between them. */
export function creditParts(result: PolishResult): string[] {
  if (result.provider === 'offline') return ['Offline polisher', 'nothing left this machine'];
  const parts = [result.providerName];
  if (result.model) parts.push(result.model);
  parts.push(...usageParts(result));
  if (result.cached) parts.push('from the last hour’s answers, at no cost');
  return parts;
}

/**
 * Who wrote a card, and what the one request for all four took: two lines. The first is known as
 * soon as somebody is asked, the second once the answer is there.
 */
export function cardCredit(desk: Desk): [who: string, use: string] {
  const { result, asked } = desk;
  if (result ? result.provider === 'offline' : asked?.offline) {
    return ['Offline polisher', 'nothing left this machine'];
  }
  const name = result?.providerName ?? asked?.name ?? '';
  const model = shortModel(result?.model ?? asked?.model ?? '');
  const use = result ? usageParts(result).join(' · ') : '';
  return [[name, model].filter((part) => part !== '').join(' · '), use && `${use} for all four`];
}

// "anthropic/claude" is said in full below the cards.
function shortModel(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}

function usageParts({ usage, cached }: PolishResult): string[] {
  const { inputTokens, outputTokens, costUsd } = usage;
  const parts: string[] = [];
  if (inputTokens !== null && outputTokens !== null) {
    parts.push(counted(inputTokens + outputTokens, 'token'));
  }
  // What it cost when it was asked for was said then.
  if (costUsd !== null && !cached) parts.push(dollars(costUsd));
  return parts;
}

/** The hint behind the token count. */
export function usageHint(result: PolishResult): string | undefined {
  const { inputTokens, outputTokens } = result.usage;
  if (inputTokens === null || outputTokens === null) return undefined;
  return `${number(inputTokens)} read, ${number(outputTokens)} written`;
}

/** What a screen reader is told of the cards. */
export function spokenText(desk: Desk): string {
  const ready = desk.cards.filter((card) => card.phase === 'done').length;
  if (desk.phase === 'done') {
    if (ready === STYLES.length) return 'All four versions are ready.';
    return `${number(ready)} of four versions can be used.`;
  }
  const last = desk.cards.findLast((card) => card.phase === 'done');
  return last ? `${STYLE_NAMES[last.style]} is ready.` : '';
}

function isOver({ phase }: Card): boolean {
  return phase === 'done' || phase === 'refused';
}

/** What is going on, for the line above the cards. `wait`: seconds of the pause that are left. */
export function progressText(desk: Desk, wait = desk.pause): string {
  if (desk.phase !== 'running') return '';
  if (!desk.asked) return 'Saving the draft and asking…';
  const writing = desk.cards.find((card) => card.phase === 'writing');
  const who = desk.asked.offline ? 'The offline polisher' : desk.asked.name;
  if (desk.pause !== null) {
    return wait
      ? `Waiting ${number(wait)} s, then asking ${who} once more…`
      : `Asking ${who} once more…`;
  }
  // A provider may go on after the last word, or be slow to say that it was the last.
  if (desk.cards.every(isOver)) return `All four are written; ${who} is finishing…`;
  return writing ? `${who} is writing: ${STYLE_NAMES[writing.style]}` : `Asking ${who}…`;
}

/** Whether something has to be shown before it leaves this machine. */
export function mustBeShown(error: CommandError): boolean {
  return error.code === 'VALIDATION_ERROR' && error.field === 'approved';
}

/** Whether it is only the provider that can't take so long a text. */
export function tooLongForProvider(error: CommandError): boolean {
  return error.code === 'DRAFT_TOO_LONG' && error.field === 'provider';
}

/** An error in words. */
export function problemText(error: CommandError): ErrorText {
  if (tooLongForProvider(error)) {
    return { title: 'Too long for this provider', detail: error.message, advice: '' };
  }
  if (error.code === 'RATE_LIMIT_EXCEEDED') {
    const detail = 'That is as much as can be polished within a minute. Your draft is unchanged.';
    return { ...errorText(error), detail, advice: '' };
  }
  // How long to wait stands on the button, where it runs.
  if (!mustBeShown(error)) return errorText({ ...error, retryAfterSeconds: null });
  return {
    title: 'Nothing was sent',
    detail: 'What would leave this machine was shown and not sent. Your draft is unchanged.',
    advice: '',
  };
}

/** Whether an error's own text is the list of who failed, and why. */
export function listsAttempts(error: CommandError): boolean {
  return error.code === 'AI_SERVICE_UNAVAILABLE' || error.code === 'AI_INVALID_ANSWER';
}

/** What one can do about an error, in the order in which it is offered. */
export type Remedy = 'offline' | 'retry' | 'settings' | 'part' | 'versions' | 'back' | 'look';

/** See `Remedy`. `hasBefore`: there are versions of a round before. */
export function remedies(error: CommandError, hasBefore = false): Remedy[] {
  // First of all: they are there, and nothing has to be tried for them.
  return hasBefore ? ['versions', ...remediesOf(error)] : remediesOf(error);
}

function remediesOf(error: CommandError): Remedy[] {
  if (mustBeShown(error)) return ['look', 'offline', 'back'];
  if (tooLongForProvider(error)) return ['offline', 'settings', 'back'];
  switch (error.code) {
    case 'DRAFT_TOO_LONG':
      return ['part', 'back'];
    case 'DRAFT_TOO_SHORT':
    case 'NOT_FOUND':
    case 'FORBIDDEN':
      return ['back'];
    case 'AI_SERVICE_UNAVAILABLE':
    case 'AI_INVALID_ANSWER':
      return ['offline', 'retry', 'settings', 'back'];
    case 'AI_REFUSED':
      return ['back', 'offline'];
    case 'KEYRING_UNAVAILABLE':
      return ['offline', 'settings', 'retry', 'back'];
    case 'RATE_LIMIT_EXCEEDED':
      return ['retry', 'back'];
    default:
      return ['retry', 'back'];
  }
}

/** The card an arrow key leads to. */
export function neighbour(at: number, key: string, columns: number): number | null {
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
  if (step === undefined) return null;
  const to = at + step;
  return to >= 0 && to < STYLES.length ? to : at;
}
