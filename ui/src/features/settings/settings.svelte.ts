/** The settings as the dialog shows and changes them: at once here, then in the program. */
import {
  ipc,
  on,
  toCommandError,
  type Error as CommandError,
  type Preferences,
  type ProviderStatus,
  type Settings,
  type UpdateSettings,
  type VaultStatus,
} from '../../ipc';

/** See the module's text. */
export class SettingsState {
  value = $state.raw<Settings | null>(null);
  error = $state.raw<CommandError | null>(null);
  #asked = 0;

  /** Fetches them, and again whenever they change; until the answer is called. */
  follow(): () => void {
    const listening = on('settingsChanged', () => void this.load());
    void listening.then(() => this.load());
    return () => void listening.then((end) => end());
  }

  /** Fetches them. */
  async load(): Promise<void> {
    const asked = ++this.#asked;
    try {
      const value = await ipc.getSettings();
      // An answer that was overtaken would bring back what was just changed.
      if (asked === this.#asked) this.value = value;
    } catch (thrown) {
      if (asked === this.#asked) this.error = toCommandError(thrown);
    }
  }

  /** Changes what is given. What the program refuses goes back to what it was. */
  async update(patch: UpdateSettings): Promise<boolean> {
    const before = this.value;
    this.#asked += 1;
    this.error = null;
    if (before) this.value = { ...before, preferences: patched(before.preferences, patch) };
    try {
      this.value = await ipc.updateSettings(patch);
      return true;
    } catch (thrown) {
      this.value = before;
      this.error = toCommandError(thrown);
      return false;
    }
  }

  /** A provider's state as a command answered it. */
  putProvider(status: ProviderStatus): void {
    if (!this.value) return;
    const providers = this.value.providers.map((old) => (old.id === status.id ? status : old));
    this.value = { ...this.value, providers };
  }

  /** The vault's state as a command answered it. */
  putVault(vault: VaultStatus): void {
    if (this.value) this.value = { ...this.value, vault };
  }
}

/** The preferences with what a patch gives; `null` means "as it is", but for the server's address. */
export function patched(preferences: Preferences, patch: UpdateSettings): Preferences {
  const given = Object.entries(patch).filter(
    ([key, value]) => value !== undefined && (value !== null || key === 'localBaseUrl'),
  );
  const next: Preferences = { ...preferences, ...Object.fromEntries(given) };
  if (patch.models) next.models = { ...preferences.models, ...patch.models };
  return next;
}
