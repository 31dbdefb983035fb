// The colours hold what WCAG 2.2 AA asks for: 4.5 for text, 3 for what has to be seen (1.4.3, 1.4.11).
import { describe, expect, it } from 'vitest';
import css from './tokens.css?raw';

function declarations(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!.trim()]),
  );
}

const blocks = [...css.matchAll(/:root[^{]*\{([^}]*)\}/g)].map((match) => declarations(match[1]!));
const [light, darkBySystem, darkByChoice] = blocks as [
  Map<string, string>,
  Map<string, string>,
  Map<string, string>,
];

type Rgba = [number, number, number, number];

function parse(colour: string): Rgba {
  const hex = colour.slice(1);
  const full = hex.length <= 4 ? [...hex].map((c) => c + c).join('') : hex;
  const at = (i: number) => parseInt(full.slice(i, i + 2), 16);
  return [at(0), at(2), at(4), full.length === 8 ? at(6) / 255 : 1];
}

function luminance([r, g, b]: Rgba): number {
  const linear = (v: number) => {
    const s = v / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

function over(top: Rgba, below: Rgba): Rgba {
  const mix = (i: 0 | 1 | 2) => top[i] * top[3] + below[i] * (1 - top[3]);
  return [mix(0), mix(1), mix(2), 1];
}

function contrast(theme: Map<string, string>, front: string, back: string): number {
  const colour = (name: string) => parse(theme.get(`--${name}`)!);
  const ground = over(colour(back), colour('surface'));
  const [a, b] = [luminance(over(colour(front), ground)), luminance(ground)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const grounds = ['surface', 'surface-raised', 'surface-sunken', 'sidebar', 'surface-hover'];
const pairs: [front: string, backs: string[], least: number][] = [
  [
    'text',
    [...grounds, 'surface-selected', 'accent-soft', 'warn-soft', 'danger-soft', 'ok-soft'],
    4.5,
  ],
  ['text', ['inserted', 'deleted'], 4.5],
  ['text-muted', [...grounds, 'surface-selected', 'accent-soft'], 4.5],
  ['text-faint', ['surface', 'surface-raised', 'sidebar'], 4.5],
  ['accent-text', ['surface', 'surface-raised', 'surface-sunken', 'sidebar', 'accent-soft'], 4.5],
  ['danger-text', ['surface', 'surface-raised', 'sidebar', 'danger-soft'], 4.5],
  ['warn-text', ['surface', 'surface-raised', 'warn-soft'], 4.5],
  ['ok-text', ['surface', 'surface-raised', 'ok-soft'], 4.5],
  ['on-accent', ['accent', 'accent-hover'], 4.5],
  ['on-danger', ['danger', 'danger-hover'], 4.5],
  ['on-toast', ['toast'], 4.5],
  ['toast-accent', ['toast'], 4.5],
  ['border-field', ['surface', 'surface-raised', 'surface-sunken'], 3],
  ['focus-ring', [...grounds, 'accent-soft'], 3],
  ['accent', ['surface', 'surface-raised'], 3],
];

describe('the colours', () => {
  it('are the same dark whether the desktop or the user chose it', () => {
    expect(blocks).toHaveLength(3);
    expect(darkBySystem).toEqual(darkByChoice);
  });

  it('have a dark twin wherever they are a colour', () => {
    const colours = [...light].filter(([, value]) => value.startsWith('#')).map(([name]) => name);
    expect(colours.length).toBeGreaterThan(25);
    expect(colours.filter((name) => !darkByChoice.has(name))).toEqual([]);
  });

  for (const [name, theme] of [
    ['light', light],
    ['dark', darkByChoice],
  ] as const) {
    it(`can be told apart when ${name}`, () => {
      const weak = pairs.flatMap(([front, backs, least]) =>
        backs
          .map((back) => ({ front, back, ratio: contrast(theme, front, back) }))
          .filter(({ ratio }) => ratio < least),
      );
      expect(weak).toEqual([]);
    });
  }
});
