/** The kind of mail each draft was last polished as, for as long as the window is open. */
import type { DraftId, PolishContext } from '../../ipc';

const chosen = new Map<DraftId, PolishContext>();

/** The kind this draft was last polished as. */
export function rememberedContext(draft: DraftId): 'none' | PolishContext {
  return chosen.get(draft) ?? 'none';
}

/** Keeps it. */
export function rememberContext(draft: DraftId, context: 'none' | PolishContext): void {
  if (context === 'none') chosen.delete(draft);
  else chosen.set(draft, context);
}
