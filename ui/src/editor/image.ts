/**
 * Inline images: picked, pasted or dropped, kept by the program, and referred to by the address it
 * answers. Images from anywhere else don't get into a draft: nothing is loaded from outside.
 */
import { Image } from '@tiptap/extension-image';
import type { Node } from '@tiptap/pm/model';
import { Plugin, PluginKey } from '@tiptap/pm/state';
import { Decoration, DecorationSet, type EditorView } from '@tiptap/pm/view';
import type { InlineImage } from '../ipc';
import { composed } from './composition';
import { isOnlyPicture } from './paste';

/** What the node needs from the page. */
export interface ImagePorts {
  /** Keeps a file and answers where it is. */
  add(file: File): Promise<InlineImage>;
  /** A file was refused, or the text holds images that can't be taken over. */
  onError(thrown: unknown): void;
  /** The address the web view can load. */
  address(src: string): string;
}

const KEPT = /^draftwell-image:\/\/localhost\/[0-9a-f]+$/;

/** Whether an address is that of a kept image. */
export function isKeptImage(src: unknown): src is string {
  return typeof src === 'string' && KEPT.test(src);
}

// What is shown may have another address than what is kept.
function keptAddress(img: HTMLElement): string | null {
  return img.getAttribute('data-src') ?? img.getAttribute('src');
}

/** Node `image(src, alt, title, width, height)`, inline. */
export function imageNode(ports: ImagePorts) {
  return Image.extend({
    addAttributes() {
      return {
        ...this.parent?.(),
        src: { default: null, parseHTML: keptAddress },
      };
    },
    parseHTML() {
      return [{ tag: 'img', getAttrs: (img) => (isKeptImage(keptAddress(img)) ? null : false) }];
    },
    renderHTML({ node }) {
      const { src, alt, title, width, height } = node.attrs;
      return [
        'img',
        {
          src: isKeptImage(src) ? ports.address(src) : '',
          'data-src': src,
          alt: alt ?? '',
          title,
          width,
          height,
        },
      ];
    },
    addInputRules: () => [],
    addProseMirrorPlugins() {
      return [imageUploads(ports)];
    },
  }).configure({ inline: true });
}

type Upload = { add: { id: object; pos: number } } | { remove: object };
const key = new PluginKey<DecorationSet>('imageUploads');

/**
 * Pictures that are pasted or dropped. While one is being kept its place is held by a decoration,
 * which moves along with what is typed meanwhile.
 */
export function imageUploads(ports: ImagePorts): Plugin {
  return new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, set) {
        let next = set.map(tr.mapping, tr.doc);
        const upload = tr.getMeta(key) as Upload | undefined;
        if (upload && 'add' in upload) {
          const place = document.createElement('span');
          place.className = 'image-placeholder';
          next = next.add(tr.doc, [
            Decoration.widget(upload.add.pos, place, { id: upload.add.id, side: -1 }),
          ]);
        } else if (upload) {
          next = next.remove(next.find(undefined, undefined, (s) => s.id === upload.remove));
        }
        return next;
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handlePaste(view, event) {
        if (!view.editable) return false;
        const files = imageFiles(event.clipboardData);
        const html = event.clipboardData?.getData('text/html') ?? '';
        // Office programs put a picture of copied text beside the text: then the text is meant.
        if (files.length === 0 || (html && !isOnlyPicture(html))) return false;
        addImages(view, files, ports);
        return true;
      },
      handleDrop(view, event, _slice, moved) {
        if (moved || !view.editable) return false;
        const files = imageFiles(event.dataTransfer);
        if (files.length === 0) return false;
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY });
        addImages(view, files, ports, at?.pos);
        return true;
      },
    },
  });
}

function imageFiles(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'));
}

/** Keeps the files and puts them into the text, at `pos` or at the cursor. */
export function addImages(
  view: EditorView,
  files: readonly File[],
  ports: ImagePorts,
  pos?: number,
): void {
  const images = files.map((file) => {
    const name = file.name.replace(/\.[^.]+$/, '');
    const alt = /^(image|grafik|unnamed)?$/i.test(name) ? null : name;
    return { kept: ports.add(file), alt };
  });
  void putImages(view, images, ports, pos);
}

/**
 * Puts pictures into the text as soon as they are kept, in their order, at `at` or at the cursor.
 * The place moves along with what is typed meanwhile; an input method that composes is waited for.
 */
export async function putImages(
  view: EditorView,
  images: readonly { kept: Promise<InlineImage>; alt: string | null }[],
  ports: Pick<ImagePorts, 'onError'>,
  at?: number,
): Promise<void> {
  const id = {};
  const { tr } = view.state;
  if (at === undefined && !tr.selection.empty) tr.deleteSelection();
  const pos = inlinePosition(view, at ?? tr.selection.from);
  view.dispatch(tr.setMeta(key, { add: { id, pos } } satisfies Upload));
  const outcomes = await Promise.allSettled(images.map(({ kept }) => kept));
  await composed(view);
  const nodes: Node[] = [];
  outcomes.forEach((outcome, i) => {
    if (outcome.status === 'rejected') {
      ports.onError(outcome.reason);
      return;
    }
    const { src, width, height } = outcome.value;
    const attrs = { src, alt: images[i]!.alt, width, height };
    nodes.push(view.state.schema.nodes.image!.create(attrs));
  });
  if (view.isDestroyed) return;
  const place = key.getState(view.state)?.find(undefined, undefined, (s) => s.id === id)[0];
  // Its place was deleted meanwhile, or another draft is shown: the images aren't wanted any more.
  if (!place) return;
  const done = view.state.tr.setMeta(key, { remove: id } satisfies Upload);
  view.dispatch(nodes.length > 0 ? done.insert(place.from, nodes).scrollIntoView() : done);
}

/** The nearest place that takes an image. */
function inlinePosition(view: EditorView, pos: number): number {
  const { doc } = view.state;
  const resolved = doc.resolve(Math.min(pos, doc.content.size));
  if (resolved.parent.inlineContent) return resolved.pos;
  for (const dir of [-1, 1]) {
    for (let p = pos + dir; p >= 0 && p <= doc.content.size; p += dir) {
      if (doc.resolve(p).parent.inlineContent) return p;
    }
  }
  return pos;
}
