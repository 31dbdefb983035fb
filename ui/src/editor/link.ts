/** Links as people type them. */

/**
 * The address a typed text means, or null when it can't be linked to. Only schemes that mail
 * programs follow; a script never becomes a link.
 */
export function linkAddress(typed: string): string | null {
  const text = typed.trim();
  // Browsers leave control characters out of addresses, and nobody sees zero-width ones.
  if (text === '' || /[\s\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u.test(text)) {
    return null;
  }
  if (/^(https?:\/\/|mailto:|tel:)/i.test(text)) return text;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`;
  if (/^[a-z][a-z0-9+.-]*:/i.test(text) && !/^[^:/]+\.[^:/]+:\d+/.test(text)) return null;
  return /^[^\s/]+\.[^\s/]{2,}/.test(text) || /^localhost\b/.test(text) ? `https://${text}` : null;
}
