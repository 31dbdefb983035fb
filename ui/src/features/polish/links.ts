/** Links of a polished text lead nowhere while it is only looked at: to the Tab key they are text. */
export function passOverLinks(text: HTMLElement | null): void {
  text?.querySelectorAll('a').forEach((link) => (link.tabIndex = -1));
}
