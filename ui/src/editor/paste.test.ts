import { describe, expect, it } from 'vitest';
import { DOMParser as ProseMirrorParser } from '@tiptap/pm/model';
import { toJson } from './document';
import { linkAddress } from './link';
import { cleanPastedHtml } from './paste';
import { schema } from './testing';

/** What a pasted text becomes: type and text of each block, nested ones in brackets. */
function pasted(html: string): string {
  const page = document.createElement('div');
  page.innerHTML = cleanPastedHtml(html);
  const write = (node: ReturnType<typeof toJson>): string => {
    if (node.type === 'text') {
      const marks = (node.marks ?? []).map((m) => m.type).join(',');
      return marks ? `<${marks}>${node.text}` : (node.text ?? '');
    }
    if (node.type === 'image') return `img:${node.attrs?.src}`;
    const inner = (node.content ?? []).map(write).join(node.type === 'paragraph' ? '' : ' ');
    return node.type === 'paragraph' ? inner : `${node.type}(${inner})`;
  };
  return write(toJson(ProseMirrorParser.fromSchema(schema).parse(page)));
}

describe('paste', () => {
  it('makes Word’s list paragraphs into lists, levels nested', () => {
    const item = (level: number, marker: string, text: string) =>
      `<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level${level} lfo1'><span style='mso-list:Ignore'>${marker}<span style='font:7pt'>&nbsp; </span></span>${text}<o:p></o:p></p>`;
    const html = `<p class=MsoNormal>Before</p>${item(1, '·', 'one')}${item(2, '1.', 'deep')}${item(1, '·', 'two')}<p>After</p>`;
    expect(pasted(html)).toBe(
      'doc(Before bulletList(listItem(one orderedList(listItem(deep))) listItem(two)) After)',
    );
  });

  it('keeps two lists of Word apart when text stands between them', () => {
    const item = (text: string) =>
      `<p style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>1)</span>${text}</p>`;
    expect(pasted(`${item('a')}<p>between</p>${item('b')}`)).toBe(
      'doc(orderedList(listItem(a)) between orderedList(listItem(b)))',
    );
  });

  it('does not take Google Docs’ wrapper for bold', () => {
    expect(
      pasted(
        '<b style="font-weight:normal" id="docs-internal-guid-1"><p>plain <b>bold</b></p></b>',
      ),
    ).toBe('doc(plain <bold>bold)');
  });

  it('drops styles, scripts, remote images and hidden text', () => {
    expect(
      pasted(
        '<style>p{}</style><script>alert(1)</script><p onclick="x()">a<img src="https://t.example/p.gif"><span style="display:none">tracked</span></p>',
      ),
    ).toBe('doc(a)');
  });

  it('keeps our own images', () => {
    const src = `draftwell-image://localhost/${'a'.repeat(64)}`;
    expect(pasted(`<p><img data-src="${src}" src="http://draftwell-image.localhost/a"></p>`)).toBe(
      `doc(img:${src})`,
    );
  });

  it('lets no script become a link', () => {
    expect(
      pasted('<p><a href="javascript:alert(1)">x</a> <a href="https://ok.org">y</a></p>'),
    ).toBe('doc(x <link>y)');
  });
});

describe('link addresses', () => {
  it.each([
    ['example.org', 'https://example.org'],
    [' https://example.org/a?b#c ', 'https://example.org/a?b#c'],
    ['ada@example.org', 'mailto:ada@example.org'],
    ['mailto:ada@example.org', 'mailto:ada@example.org'],
    ['tel:+49123', 'tel:+49123'],
    ['example.org:8080/x', 'https://example.org:8080/x'],
    ['javascript:alert(1)', null],
    ['JavaScript:alert(1)', null],
    ['data:text/html,x', null],
    ['file:///etc/passwd', null],
    ['two words', null],
    ['word', null],
    ['', null],
  ])('%j means %j', (typed, address) => expect(linkAddress(typed)).toBe(address));
});
