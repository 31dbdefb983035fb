/** What a polished text did to the facts of the original, in words. */
import type { Change, FactKind } from '../../ipc';
import { counted } from '../../shared/format';

const names: Record<FactKind, string> = {
  number: 'number',
  date: 'date',
  weekday: 'weekday',
  time: 'time',
  zone: 'time zone',
  money: 'amount',
  percent: 'percentage',
  name: 'name',
  email: 'address',
  phone: 'phone number',
  link: 'link',
  fileName: 'file name',
  negation: 'negation',
};

/** One change as it is listed: what happened, to what, and what stands there now. */
export interface FactLine {
  /** What happened, in a word or two. */
  verb: 'Left out' | 'Changed' | 'Added';
  kind: string;
  before: string | null;
  now: string | null;
}

/** See `FactLine`. */
export function factLine(change: Change): FactLine {
  switch (change.change) {
    case 'lost': {
      const { kind, text } = change.original;
      return { verb: 'Left out', kind: names[kind], before: text, now: null };
    }
    case 'changed': {
      const { original, now } = change;
      return { verb: 'Changed', kind: names[original.kind], before: original.text, now: now.text };
    }
    case 'invented': {
      const { kind, text } = change.now;
      return { verb: 'Added', kind: names[kind], before: null, now: text };
    }
  }
}

/** "1 fact differs", "3 facts differ". */
export function factCount(changes: readonly Change[]): string {
  return `${counted(changes.length, 'fact')} ${changes.length === 1 ? 'differs' : 'differ'}`;
}

/**
 * A fact in pieces between which a line may break: a link or an address after its dots and slashes
 * rather than in the middle of a word.
 */
export function breakable(text: string): string[] {
  const pieces = text.length < 16 ? null : text.match(/[^/.@?&=_-]+[/.@?&=_-]*|[/.@?&=_-]+/g);
  return pieces ?? [text];
}
