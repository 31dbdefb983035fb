/** The model servers on this machine: looked for, offered, taken over. */
import {
  ipc,
  toCommandError,
  type Error as CommandError,
  type LocalServer,
  type ProviderStatus,
} from '../../ipc';
import type { SettingsState } from './settings.svelte';

/** See the module's text. */
export class LocalServers {
  /** Null until somebody looked. */
  found = $state.raw<LocalServer[] | null>(null);
  searching = $state(false);
  error = $state.raw<CommandError | null>(null);

  /** Looks on the usual ports. */
  async search(): Promise<void> {
    this.searching = true;
    this.error = null;
    try {
      this.found = await ipc.findLocalServers();
    } catch (thrown) {
      this.error = toCommandError(thrown);
    } finally {
      this.searching = false;
    }
  }
}

/** Takes a server for Polish, with the model in use if it has it, else one that runs there itself. */
export async function useServer(
  settings: SettingsState,
  provider: ProviderStatus,
  server: LocalServer,
): Promise<boolean> {
  const model = server.models.includes(provider.model) ? provider.model : (server.model ?? '');
  return settings.update({
    localEnabled: true,
    localBaseUrl: server.baseUrl,
    // One that names no models may know the one that was entered.
    ...(server.models.length > 0 ? { models: { local: model } } : {}),
  });
}
