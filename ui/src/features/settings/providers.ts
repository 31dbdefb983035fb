/** What is said about the providers of polish: what goes where, and where a key comes from. */
import type { ProviderId, ProviderStatus, RedactionSettings, Settings } from '../../ipc';

/** What a user should know of a provider before using it. */
export interface ProviderFacts {
  /** What becomes of the text. */
  privacy: string;
  /** Where a key is made; none where none is needed. */
  keyPage: string | null;
}

const facts: Record<ProviderId, ProviderFacts> = {
  openrouter: {
    privacy: 'Goes to OpenRouter, which hands it to whoever runs the model.',
    keyPage: 'https://openrouter.ai/settings/keys',
  },
  gemini: {
    privacy:
      'Goes to Google. On the free tier Google may use what you send to improve its products, and people may read it. With billing switched on it does not.',
    keyPage: 'https://aistudio.google.com/apikey',
  },
  openai: { privacy: 'Goes to OpenAI.', keyPage: 'https://platform.openai.com/api-keys' },
  anthropic: {
    privacy: 'Goes to Anthropic.',
    keyPage: 'https://platform.claude.com/settings/keys',
  },
  local: { privacy: 'Stays on this machine.', keyPage: null },
  offline: {
    privacy: 'Stays on this machine: built-in rules, no model, no network.',
    keyPage: null,
  },
};

/** See `ProviderFacts`. */
export function factsOf(id: ProviderId): ProviderFacts {
  return facts[id];
}

/** The host of an address; the address itself where it isn't one. */
export function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return address;
  }
}

/** Whether an address is one of this machine. */
export function isThisMachine(address: string): boolean {
  const host = hostOf(address).replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What becomes of the text with this provider as it is set up: the address decides, not the name. */
export function privacyOf(provider: ProviderStatus): string {
  if (provider.id === 'local' && provider.baseUrl && !isThisMachine(provider.baseUrl)) {
    return `Goes to ${hostOf(provider.baseUrl)}, which is another machine.`;
  }
  // As Ollama names what it hands on to its cloud.
  if (provider.id === 'local' && provider.model.endsWith('cloud')) {
    return `Goes to the service that runs ${provider.model}.`;
  }
  return facts[provider.id].privacy;
}

/** A provider's state in two words. */
export function stateOf(
  provider: ProviderStatus,
  localEnabled: boolean,
): { text: string; on: boolean } {
  if (provider.id === 'offline') return { text: 'Always there', on: true };
  if (provider.id === 'local') {
    return localEnabled ? { text: 'Switched on', on: true } : { text: 'Switched off', on: false };
  }
  if (!provider.hasApiKey) return { text: 'No key', on: false };
  return {
    text: provider.keySource === 'environment' ? 'Key from the environment' : 'Key kept',
    on: true,
  };
}

/** Who will be asked, in order, in a sentence. */
export function orderText(settings: Settings): string {
  const asked = settings.providers.filter((p) => p.configured && p.id !== 'offline');
  if (asked.length === 0) {
    return 'No provider is set up, so Polish uses the built-in offline polisher.';
  }
  const [first, ...rest] = asked.map(calledInText);
  return rest.length === 0
    ? `Polish asks ${first}.`
    : `Polish asks ${first} first; if it does not answer, ${rest.join(', then ')}.`;
}

// "Local model" is the name of a row, not of anybody.
function calledInText({ id, name, baseUrl, model }: ProviderStatus): string {
  if (id !== 'local') return name;
  const isHere = !baseUrl || isThisMachine(baseUrl);
  const what = isHere ? 'the local model' : `the model at ${hostOf(baseUrl)}`;
  return model === '' ? what : `${what} (${model})`;
}

/** The order after one provider moved by one place; the same when it can't. */
export function moved(order: readonly ProviderId[], id: ProviderId, by: -1 | 1): ProviderId[] {
  const next = [...order];
  const from = next.indexOf(id);
  const to = from + by;
  if (from < 0 || to < 0 || to >= next.length) return next;
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}

/** The kinds of private things that can be replaced by placeholders. */
export const KINDS: readonly { key: keyof RedactionSettings; label: string }[] = [
  { key: 'names', label: 'Names' },
  { key: 'addresses', label: 'Street addresses' },
  { key: 'phones', label: 'Phone numbers' },
  { key: 'emails', label: 'E-mail addresses' },
  { key: 'accounts', label: 'IBANs' },
  { key: 'cards', label: 'Card numbers' },
  { key: 'numbers', label: 'Other long numbers' },
  { key: 'links', label: 'Links' },
];

/** All of them, or none. */
export function allKinds(on: boolean): Required<RedactionSettings> {
  return {
    names: on,
    addresses: on,
    phones: on,
    emails: on,
    accounts: on,
    cards: on,
    numbers: on,
    links: on,
  };
}
