import { describe, expect, it } from 'vitest';
import {
  makeError,
  type Code,
  type FailedAttempt,
  type PolishEvent,
  type PolishResult,
  type PolishedVersion,
  type Style,
} from '../../ipc';
import {
  begin,
  cardCredit,
  creditParts,
  fail,
  failedLate,
  finish,
  follow,
  followAll,
  mustBeShown,
  neighbour,
  problemText,
  progressText,
  remainingText,
  remedies,
  spokenText,
  stop,
  STYLES,
  tooLongForProvider,
} from './desk';

const version = (style: Style): PolishedVersion => ({
  style,
  body: { type: 'doc', content: [] },
  html: `<p>${style}</p>`,
  text: style,
  wordCount: 1,
  differencePercent: -20,
  signatureId: null,
  note: null,
  changes: [],
});
const attempt: FailedAttempt = {
  provider: 'openrouter',
  name: 'OpenRouter',
  code: 'AI_SERVICE_UNAVAILABLE',
  reason: 'It did not answer in time.',
};
const result: PolishResult = {
  requestId: 'r',
  draftId: 'd',
  revision: 3,
  originalWordCount: 10,
  originalText: 'ten words',
  quotationLeftOut: false,
  versions: STYLES.map(version),
  refused: [],
  rows: [],
  provider: 'gemini',
  providerName: 'Gemini',
  model: 'gemini-x',
  usage: { inputTokens: 300, outputTokens: 900, costUsd: 0.0004 },
  failedAttempts: [attempt],
  cached: false,
  remaining: 19,
  resetsInSeconds: 60,
};
const started: PolishEvent = { kind: 'started', provider: 'gemini', name: 'Gemini', model: 'm' };
const text = (style: Style, html: string, keep = 0): PolishEvent => ({
  kind: 'text',
  style,
  keep,
  blocks: [html],
  wordCount: html.length,
});
const phases = (desk: ReturnType<typeof begin>) => desk.cards.map((card) => card.phase);

describe('the desk while it is written', () => {
  it('fills one card after the other, the rest wait', () => {
    const events = [
      started,
      text('formal', 'a'),
      { kind: 'done', version: version('formal') },
      text('casual', 'b'),
    ];
    const desk = followAll(begin(), events as PolishEvent[]);
    expect(phases(desk)).toEqual(['done', 'writing', 'waiting', 'waiting']);
    expect(progressText(desk)).toBe('Gemini is writing: Casual');
  });

  it('puts new blocks behind those that stay, also when a card is complete in the same frame', () => {
    const desk = followAll(begin(), [
      started,
      text('formal', 'a'),
      text('formal', 'ab'),
      text('formal', 'c', 1),
      text('formal', 'cd', 1),
    ]);
    expect(desk.cards[0]).toMatchObject({ blocks: ['ab', 'cd'], phase: 'writing' });
    const late = followAll(desk, [
      { kind: 'done', version: version('formal') },
      text('formal', 'abcd'),
    ]);
    expect(late.cards[0], 'a text that comes late must not undo a complete card').toMatchObject({
      phase: 'done',
      blocks: ['<p>formal</p>'],
    });
  });

  it('empties the cards when a provider fails and the next one is asked', () => {
    const desk = followAll(begin(), [started, text('formal', 'half'), { kind: 'failed', attempt }]);
    expect(phases(desk)).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
    expect(desk.cards[0]!.blocks).toEqual([]);
    expect(desk.failed).toEqual([attempt]);
  });

  it('lists a provider once, with its last reason, as the answer does', () => {
    const again = { ...attempt, reason: 'It is overloaded.' };
    const events: PolishEvent[] = [
      { kind: 'failed', attempt },
      { kind: 'failed', attempt: again },
    ];
    const desk = followAll(begin(), events);
    expect(desk.failed).toEqual([again]);
    const failed = fail(desk, makeError('AI_SERVICE_UNAVAILABLE', 'Nobody answered.'));
    expect(failedLate(failed, attempt).failed).toEqual([attempt]);
  });

  it('keeps cards that did not change as they are, so that they are not drawn again', () => {
    const before = followAll(begin(), [started, text('formal', 'a')]);
    const after = follow(before, text('casual', 'b'));
    expect(after.cards[0]).toBe(before.cards[0]);
  });
});

describe('what is going on', () => {
  it('says that somebody waits, and for how long', () => {
    const desk = followAll(begin(), [started, { kind: 'waiting', seconds: 17 }]);
    expect(progressText(desk)).toBe('Waiting 17 s, then asking Gemini once more…');
    expect(progressText(follow(desk, started))).toBe('Asking Gemini…');
  });

  it('does not ask any more once all four are written', () => {
    const done = STYLES.map((style): PolishEvent => ({ kind: 'done', version: version(style) }));
    const desk = followAll(begin(), [started, ...done]);
    expect(progressText(desk)).toBe('All four are written; Gemini is finishing…');
  });
});

describe('the desk when it is over', () => {
  it('shows the whole answer even if no event came', () => {
    const desk = finish(begin(), result);
    expect(phases(desk)).toEqual(['done', 'done', 'done', 'done']);
    expect(desk.failed).toEqual([attempt]);
    expect(follow(desk, text('formal', 'late'))).toBe(desk);
  });

  it('keeps what is complete when it is stopped, and nothing half-written', () => {
    const desk = stop(
      followAll(begin(), [
        started,
        { kind: 'done', version: version('formal') },
        text('casual', 'half'),
      ]),
    );
    expect(phases(desk)).toEqual(['done', 'missing', 'missing', 'missing']);
    expect(desk.cards[1]!.blocks).toEqual([]);
  });

  it('keeps nothing when it failed, but who was asked', () => {
    const error = {
      code: 'AI_SERVICE_UNAVAILABLE',
      message: '',
      field: null,
      retryAfterSeconds: null,
      conflict: null,
      saved: null,
    } as const;
    const desk = fail(followAll(begin(), [started, { kind: 'failed', attempt }]), error);
    expect(phases(desk)).toEqual(['missing', 'missing', 'missing', 'missing']);
    expect(desk.failed).toHaveLength(1);
    expect(remedies(error)[0], 'offline is offered, never taken by itself').toBe('offline');
  });
});

describe('the line below', () => {
  it('says who wrote it and what it took', () => {
    expect(creditParts(result)).toEqual(['Gemini', 'gemini-x', '1,200 tokens', '$0.0004']);
    expect(
      creditParts({ ...result, usage: { inputTokens: null, outputTokens: null, costUsd: null } }),
    ).toEqual(['Gemini', 'gemini-x']);
    expect(creditParts({ ...result, provider: 'offline' })).toEqual([
      'Offline polisher',
      'nothing left this machine',
    ]);
  });

  it('names no cost where there was none', () => {
    expect(creditParts({ ...result, cached: true })).toEqual([
      'Gemini',
      'gemini-x',
      '1,200 tokens',
      'from the last hour’s answers, at no cost',
    ]);
  });

  it('is said on each card in short, as soon as somebody is asked', () => {
    expect(cardCredit(begin())).toEqual(['', '']);
    const asked = follow(begin(), {
      kind: 'started',
      provider: 'openrouter',
      name: 'OpenRouter',
      model: 'anthropic/claude',
    });
    expect(cardCredit(asked)).toEqual(['OpenRouter · claude', '']);
    expect(cardCredit(finish(asked, result))).toEqual([
      'Gemini · gemini-x',
      '1,200 tokens · $0.0004 for all four',
    ]);
    const usage = { inputTokens: null, outputTokens: null, costUsd: null };
    expect(cardCredit(finish(asked, { ...result, usage }))).toEqual(['Gemini · gemini-x', '']);
    expect(cardCredit(finish(asked, { ...result, provider: 'offline' }))).toEqual([
      'Offline polisher',
      'nothing left this machine',
    ]);
  });

  it('counts what is left when it runs low', () => {
    expect(remainingText(result)).toBeNull();
    expect(remainingText({ ...result, remaining: 5 })).toBe('5 more polishes this minute.');
    expect(remainingText({ ...result, remaining: 1 })).toBe('1 more polish this minute.');
    expect(remainingText({ ...result, remaining: 0, resetsInSeconds: 12 })).toBe(
      'None left for now; the next one in 12 seconds.',
    );
  });
});

describe('the arrows', () => {
  it.each([
    [0, 'ArrowRight', 4, 1],
    [3, 'ArrowRight', 4, 3],
    [0, 'ArrowLeft', 4, 0],
    [0, 'ArrowDown', 2, 2],
    [3, 'ArrowUp', 2, 1],
    [0, 'Enter', 4, null],
  ])('from %i by %s in %i columns lead to %s', (at, key, columns, to) =>
    expect(neighbour(at, key, columns)).toBe(to),
  );
});

describe('a version that can’t be used', () => {
  const message = 'This version can’t be used: the model left out [NAME_1].';
  const refused = { style: 'casual' as const, code: 'AI_INVALID_ANSWER' as const, message };

  it('says why on its card, and the others stay', () => {
    const desk = followAll(begin(), [
      started,
      { kind: 'done', version: version('formal') },
      text('casual', 'a'),
      { kind: 'refused', refused },
      text('casual', 'b'),
    ]);
    expect(phases(desk)).toEqual(['done', 'refused', 'waiting', 'waiting']);
    expect(desk.cards[1]).toMatchObject({ problem: message, blocks: [], version: null });
    expect(phases(stop(desk))).toEqual(['done', 'refused', 'missing', 'missing']);
  });

  it('is in the whole answer, too', () => {
    const versions = STYLES.filter((style) => style !== 'casual').map(version);
    const desk = finish(begin(), { ...result, versions, refused: [refused] });
    expect(phases(desk)).toEqual(['done', 'refused', 'done', 'done']);
    expect(spokenText(desk)).toBe('3 of four versions can be used.');
    expect(spokenText(finish(begin(), result))).toBe('All four versions are ready.');
  });
});

describe('a text that is too long', () => {
  const error = {
    code: 'DRAFT_TOO_LONG' as const,
    message: 'Gemini can’t.',
    field: null,
    retryAfterSeconds: null,
    conflict: null,
    saved: null,
  };

  it('for Draftwell is polished in parts', () => {
    expect(tooLongForProvider(error)).toBe(false);
    expect(remedies(error)).toEqual(['part', 'back']);
  });

  it('only for the provider is polished offline, or by another model', () => {
    const theirs = { ...error, field: 'provider' };
    expect(remedies(theirs)).toEqual(['offline', 'settings', 'back']);
    expect(problemText(theirs)).toMatchObject({
      title: 'Too long for this provider',
      detail: 'Gemini can’t.',
    });
  });
});

describe('an error with a wait', () => {
  it('says what can be done meanwhile: how long to wait runs on the button', () => {
    const busy = {
      code: 'AI_SERVICE_UNAVAILABLE' as const,
      message: 'OpenRouter: too many requests.',
      field: null,
      retryAfterSeconds: 40,
      conflict: null,
      saved: null,
    };
    expect(problemText(busy).advice).toContain('polish offline');
    expect(problemText(busy).advice).not.toContain('40');
  });
});

describe('a page that says why there is nothing', () => {
  const codes = ['AI_SERVICE_UNAVAILABLE', 'KEYRING_UNAVAILABLE', 'AI_REFUSED', 'INTERNAL_ERROR'];
  it.each(codes as Code[])('leads back, and first to versions that are there (%s)', (code) => {
    const error = makeError(code, '');
    expect(remedies(error)).toContain('back');
    expect(remedies(error, true)).toEqual(['versions', ...remedies(error)]);
  });
});

describe('a page’s words', () => {
  it('do not say that nobody answered: an answer may have broken off', () => {
    const { title } = problemText(makeError('AI_SERVICE_UNAVAILABLE', 'It broke off.'));
    expect(title).toBe('No complete answer came back');
  });

  it('give an advice once', () => {
    const told = 'It holds no versions. Try again, or choose another model.';
    expect(problemText(makeError('AI_INVALID_ANSWER', told)).advice).not.toContain('Try again');
  });

  it('leave the seconds to the button, where they run', () => {
    const told = 'You have polished 20 times. You can polish again in 26 s.';
    const { detail, advice } = problemText(makeError('RATE_LIMIT_EXCEEDED', told));
    expect(detail + advice).not.toMatch(/again in|26/);
  });
});

describe('something that must be shown first', () => {
  const unseen = {
    code: 'VALIDATION_ERROR' as const,
    message: 'Something would leave.',
    field: 'approved',
    retryAfterSeconds: null,
    conflict: null,
    saved: null,
  };

  it('is told apart from other things that are not right', () => {
    expect(mustBeShown(unseen)).toBe(true);
    expect(mustBeShown({ ...unseen, field: 'selection' })).toBe(false);
    expect(mustBeShown({ ...unseen, code: 'NOT_FOUND' })).toBe(false);
  });

  it('says that nothing was sent, and offers to look again', () => {
    expect(problemText(unseen).title).toBe('Nothing was sent');
    expect(remedies(unseen)).toEqual(['look', 'offline', 'back']);
  });
});
