/**
 * Light or dark. The choice is remembered in localStorage as well, so that the first frame is
 * right before the settings have been fetched.
 */
import { ipc, on, type Theme } from '../ipc';

const KEY = 'theme';

function show(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
}

/** Before anything is drawn. */
export function applyRememberedTheme(): void {
  const theme = localStorage.getItem(KEY);
  if (theme === 'light' || theme === 'dark') show(theme);
}

/** Once the window stands: what the settings say, now and whenever they change. */
export async function followTheme(): Promise<void> {
  const read = async () => {
    try {
      const theme = (await ipc.getSettings()).preferences.theme ?? 'system';
      localStorage.setItem(KEY, theme);
      show(theme);
    } catch {
      // The remembered one stays; the settings themselves say what is wrong.
    }
  };
  await on('settingsChanged', () => void read());
  await read();
}
