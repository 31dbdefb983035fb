/**
 * The only door to the program behind the page: commands, events, the window's label, and errors.
 *
 * Nothing else imports `@tauri-apps` (a test keeps it so), hence everything above can run in a
 * plain browser and in tests against `fake.ts`, which is loaded in development only.
 */
import { getCurrentWindow } from '@tauri-apps/api/window';
import { commands, events } from './bindings';
import type { Code, Error as CommandError } from './bindings';

export type * from './bindings';

/** All commands by name, as generated from the program. */
export type Commands = typeof commands;
/** All events by name. */
export type EventName = keyof typeof events;
/** What an event carries. */
export type EventPayload<N extends EventName> = Parameters<
  Parameters<(typeof events)[N]['listen']>[0]
>[0]['payload'];
/** Ends a subscription. */
export type Unlisten = () => void;

/** What the page needs from whoever is behind it. */
export interface Backend {
  /** The commands. */
  commands: Commands;
  /** Subscribes to an event that is meant for this window. */
  listen<N extends EventName>(
    name: N,
    handler: (payload: EventPayload<N>) => void,
  ): Promise<Unlisten>;
  /** Label of this window: `main` or `compose`. */
  label: string;
  /** The address under which the web view finds a kept image. */
  imageAddress(src: string): string;
}

/** The program itself, through Tauri. */
function programBackend(): Backend {
  return {
    commands,
    listen: (name, handler) => {
      // The generated table is a union of differently typed entries; the name decides which.
      const event = events[name] as unknown as (window: ReturnType<typeof getCurrentWindow>) => {
        listen(callback: (event: { payload: never }) => void): Promise<Unlisten>;
      };
      // This window's own and those meant for all: without a target it would hear the others', too.
      return event(getCurrentWindow()).listen((e) => handler(e.payload));
    },
    label: getCurrentWindow().label,
    // Windows' web view can't load custom schemes; Tauri serves them there as http hosts.
    imageAddress: (src) =>
      navigator.userAgent.includes('Windows')
        ? src.replace(/^([a-z-]+):\/\/localhost\//, 'http://$1.localhost/')
        : src,
  };
}

let backend: Backend | null = null;

function current(): Backend {
  backend ??= programBackend();
  return backend;
}

/** Puts another backend behind the page: tests do. */
export function useBackend(other: Backend): void {
  backend = other;
}

/**
 * To be awaited before the page is mounted. In a plain browser during development it loads the
 * fake program; in the built page it does nothing, and the fake isn't part of the bundle.
 */
export async function connect(): Promise<void> {
  if (import.meta.env.DEV && !('__TAURI_INTERNALS__' in globalThis) && backend === null) {
    const { browserFake } = await import('./fake');
    backend = browserFake();
  }
}

/** The commands of the program, e.g. `ipc.saveDraft({...})`. They reject with a `CommandError`. */
export const ipc: Commands = new Proxy({} as Commands, {
  get: (_, name) => current().commands[name as keyof Commands],
});

/** Subscribes to an event of the program. */
export function on<N extends EventName>(
  name: N,
  handler: (payload: EventPayload<N>) => void,
): Promise<Unlisten> {
  return current().listen(name, handler);
}

/** Label of this window: `main` or `compose`. */
export function windowLabel(): string {
  return current().label;
}

/** The address under which the web view finds a kept image. */
export function imageAddress(src: string): string {
  return current().imageAddress(src);
}

/** Whether a rejected command answered with our own kind of error. */
export function isCommandError(value: unknown): value is CommandError {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as CommandError).code === 'string' &&
    typeof (value as CommandError).message === 'string'
  );
}

/** Whatever a command rejected with, as an error with a code and a text for people. */
export function toCommandError(value: unknown): CommandError {
  if (isCommandError(value)) return value;
  return makeError(
    'INTERNAL_ERROR',
    'Draftwell could not do that because of an internal problem. Please try again.',
  );
}

// Written out like this are the halves of characters, and what somebody typed so.
const MAYBE_HALF = /\\ud[89a-f]/;

function mended(json: string): unknown {
  return JSON.parse(json, (_, value: unknown) =>
    typeof value === 'string' ? value.replace(/\p{Surrogate}/gu, '\ufffd') : value,
  );
}

/**
 * What is to be handed over, without halves of characters: JavaScript can hold them, UTF-8 can't,
 * and the program would refuse all of it for one (RFC 8259, section 8.2).
 */
export function wellFormed<T>(args: T): T {
  const json = JSON.stringify(args);
  return MAYBE_HALF.test(json) ? (mended(json) as T) : args;
}

/** The same as a text in JSON. */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  return MAYBE_HALF.test(json) ? JSON.stringify(mended(json)) : json;
}

/** An error of the page's own, in the shape of the program's. */
export function makeError(code: Code, message: string): CommandError {
  return { code, message, field: null, retryAfterSeconds: null, conflict: null, saved: null };
}
