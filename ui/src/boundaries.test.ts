// The house's arrows, kept by reading every import: whoever adds one against them finds out here.
import { describe, expect, it } from 'vitest';

const sources = import.meta.glob(['./**/*.ts', './**/*.svelte'], {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;

/** Every import in the page: who, and what (as a path from `src/` where it is ours). */
function imports(): { file: string; target: string }[] {
  const found: { file: string; target: string }[] = [];
  for (const [path, text] of Object.entries(sources)) {
    const file = path.slice(2);
    const pattern = /(?:from\s+|import\s*\(\s*|import\s+)(['"])([^'"]+)\1/g;
    for (const [, , spec] of text.matchAll(pattern)) {
      const target = spec!.startsWith('.')
        ? new URL(spec!, `file:///${file}`).pathname.slice(1)
        : spec!;
      found.push({ file, target });
    }
  }
  return found;
}

const feature = (path: string) => /^features\/([^/]+)/.exec(path)?.[1] ?? null;
const broken = (rule: (file: string, target: string) => boolean) =>
  imports()
    .filter(({ file, target }) => rule(file, target))
    .map(({ file, target }) => `${file} -> ${target}`);

describe('the arrows between the parts of the page', () => {
  it('reads imports at all', () => {
    expect(imports().length).toBeGreaterThan(50);
    expect(imports()).toContainEqual({ file: 'ipc/index.ts', target: 'ipc/bindings' });
  });

  it('lets only ipc know Tauri', () => {
    const wrong = broken((f, t) => t.startsWith('@tauri-apps') && !f.startsWith('ipc/'));
    expect(wrong, 'everything else must run in a plain browser').toEqual([]);
  });

  it('keeps features from importing each other', () => {
    const wrong = broken((f, t) => {
      const from = feature(f);
      const to = feature(t);
      return from !== null && to !== null && from !== to;
    });
    expect(wrong, 'features meet in app/').toEqual([]);
  });

  it('keeps shared parts free of features and of the program', () => {
    const wrong = broken(
      (f, t) => f.startsWith('shared/') && /^(features|app|ipc|editor|journal)\//.test(`${t}/`),
    );
    expect(wrong, 'shared parts know nothing of mail').toEqual([]);
  });

  it('lets nothing import the windows', () => {
    expect(broken((f, t) => t.startsWith('app/') && !f.startsWith('app/'))).toEqual([]);
  });

  it('keeps the fake program out of what is built', () => {
    const wrong = broken(
      (f, t) => /^ipc\/fake/.test(t) && !f.includes('.test.') && !f.startsWith('ipc/'),
    );
    expect(wrong).toEqual([]);
  });
});
