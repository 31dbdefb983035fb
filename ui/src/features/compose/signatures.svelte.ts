/** The signatures as the editor shows them: fetched once, fetched again when they may have changed. */
import { ipc, type Signature, type SignatureId } from '../../ipc';
import type { SignatureDirectory, SignatureEntry } from '../../editor/signature';

/** Keeps the list and tells the blocks in the text when it changes. */
export class SignatureShelf implements SignatureDirectory {
  all = $state.raw<Signature[]>([]);
  #loaded = false;
  #running: Promise<void> | null = null;
  readonly #listeners = new Set<() => void>();

  get(id: string): SignatureEntry | null | undefined {
    const found = this.all.find((signature) => signature.id === id);
    return found ?? (this.#loaded ? null : undefined);
  }

  subscribe(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  /** The one a new draft starts with. */
  get defaultId(): SignatureId | null {
    return this.all.find((signature) => signature.isDefault)?.id ?? null;
  }

  /** Fetches the list. A failure leaves the former one: the block says when one is missing. */
  refresh(): Promise<void> {
    this.#running ??= ipc
      .listSignatures()
      .then((all) => {
        this.all = all;
        this.#loaded = true;
        this.#listeners.forEach((changed) => changed());
      })
      .catch(() => undefined)
      .finally(() => (this.#running = null));
    return this.#running;
  }
}
