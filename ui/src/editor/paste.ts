/**
 * Paste from Word, Google Docs and web pages. ProseMirror reads HTML by our schema, so most of the
 * foreign markup falls away by itself; here is only what would be understood wrongly. The program
 * judges the document again before it keeps it.
 */

/** HTML from the clipboard, made into what the schema reads rightly. */
export function cleanPastedHtml(html: string): string {
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const element of page.querySelectorAll('style, script, meta, link, title, xml, noscript')) {
    element.remove();
  }
  wordLists(page);
  for (const element of page.querySelectorAll<HTMLElement>('*')) {
    // Word's "o:p" and its kin are empty or hold a non-breaking space.
    if (element.localName.includes(':')) element.replaceWith(...element.childNodes);
    else if (/mso-hide:\s*all|display:\s*none/i.test(element.getAttribute('style') ?? '')) {
      element.remove();
    }
  }
  // Google Docs wraps everything in a <b> that means nothing.
  for (const b of page.querySelectorAll<HTMLElement>('b[id^="docs-internal-guid"]')) {
    b.replaceWith(...b.childNodes);
  }
  return page.body.innerHTML;
}

// Word writes lists as paragraphs of class MsoListParagraph with "mso-list:l0 level2 lfo1" and the
// bullet as text. They are made into lists again, levels nested.
function wordLists(page: Document): void {
  const isItem = (e: Element | null): e is HTMLElement =>
    e !== null && /mso-list:\s*l\d+\s+level\d+/i.test(e.getAttribute('style') ?? '');
  const items = [...page.querySelectorAll<HTMLElement>('p, h1, h2, h3')].filter(isItem);
  const done = new Set<Element>();
  for (const first of items) {
    if (done.has(first)) continue;
    const run: HTMLElement[] = [];
    for (let e: Element | null = first; isItem(e); e = e.nextElementSibling) run.push(e);
    run.forEach((e) => done.add(e));
    const stack: { level: number; list: HTMLElement }[] = [];
    let root: HTMLElement | null = null;
    for (const paragraph of run) {
      const level = Number(/level(\d+)/i.exec(paragraph.getAttribute('style') ?? '')![1]);
      const marker = markerOf(paragraph);
      const ordered = /^[0-9a-z]{1,4}[.)]/i.test(marker);
      while (stack.length > 0 && stack.at(-1)!.level > level) stack.pop();
      if (stack.length === 0 || stack.at(-1)!.level < level) {
        const list = page.createElement(ordered ? 'ol' : 'ul');
        const parent = stack.at(-1)?.list;
        const host = parent?.lastElementChild ?? parent;
        if (host) host.append(list);
        else if (root) root.after(list);
        else first.before(list);
        if (!host) root = list;
        stack.push({ level, list });
      }
      const item = page.createElement('li');
      const text = page.createElement('p');
      text.append(...paragraph.childNodes);
      item.append(text);
      stack.at(-1)!.list.append(item);
      paragraph.remove();
    }
  }
}

/** The bullet or number in front, taken out of the paragraph. */
function markerOf(paragraph: HTMLElement): string {
  let marker = '';
  for (const span of paragraph.querySelectorAll<HTMLElement>('span')) {
    if (/mso-list:\s*ignore/i.test(span.getAttribute('style') ?? '')) {
      marker += span.textContent ?? '';
      span.remove();
    }
  }
  return marker.trim();
}
