/** Puts a text on the clipboard; false where the system doesn't let us. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// Web views without the clipboard interface still copy what is selected.
function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  const focused = document.activeElement as HTMLElement | null;
  // Inside an open dialog: what is outside of it can't be focused.
  (focused?.closest('dialog') ?? document.body).append(area);
  area.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    area.remove();
    focused?.focus();
  }
}

/** Puts a text on the clipboard with its formatting; false where the system doesn't let us. */
export async function copyRich(html: string, text: string): Promise<boolean> {
  let done = false;
  const fill = (event: ClipboardEvent) => {
    if (!event.clipboardData) return;
    event.clipboardData.setData('text/html', html);
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
    done = true;
  };
  // Before everybody else who has something to say about copying.
  window.addEventListener('copy', fill, { capture: true, once: true });
  try {
    document.execCommand('copy');
  } catch {
    // Without formatting, then.
  } finally {
    window.removeEventListener('copy', fill, { capture: true });
  }
  return done || copyText(text);
}
