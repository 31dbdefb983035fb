/**
 * The schema of a draft's text and its keys. Names are TipTap's; the program's Rust side knows the
 * same nodes and marks: what is added here must be added there.
 */
import { Extension, type Extensions } from '@tiptap/core';
import { Blockquote } from '@tiptap/extension-blockquote';
import { Document } from '@tiptap/extension-document';
import { HardBreak } from '@tiptap/extension-hard-break';
import { Link } from '@tiptap/extension-link';
import { OrderedList } from '@tiptap/extension-list';
import { StarterKit } from '@tiptap/starter-kit';
import { imageNode, type ImagePorts } from './image';
import { linkAddress } from './link';
import { type Cleaner, cleanPaste } from './paste';
import { SignatureNode, type SignatureOptions } from './signature';
import { tableNodes } from './table';

/** Text first, then at most one signature, then what follows it (a quotation, say). */
const DraftDocument = Document.extend({ content: 'block+ (signature block*)?' });

/** Without signature: for editing the signatures themselves. */
const PlainDocument = Document.extend({ content: 'block+' });

// Only what the program keeps: the extensions' own further attributes would be dropped there.
const PlainLink = Link.extend({
  addAttributes() {
    return { href: { default: null } };
  },
});
const PlainOrderedList = OrderedList.extend({
  addAttributes() {
    return {
      start: {
        default: 1,
        parseHTML: (element) => Number(element.getAttribute('start') ?? 1) || 1,
      },
    };
  },
});

// Their own keys are taken: Ctrl+Shift+B opens Bcc, Ctrl+Enter sends.
const QuoteWithOwnKey = Blockquote.extend({
  addKeyboardShortcuts() {
    return { 'Mod-Shift-9': () => this.editor.commands.toggleBlockquote() };
  },
});
const BreakByShift = HardBreak.extend({
  addKeyboardShortcuts() {
    return { 'Shift-Enter': () => this.editor.commands.setHardBreak() };
  },
});

/** What the editor needs from the page. */
export interface EditorPorts {
  images: ImagePorts;
  /** Reduces what is on the clipboard to this schema. */
  clean: Cleaner;
  /** Follows a link outside the program: Ctrl+click, or from the link box. */
  openLink?: (href: string) => void;
  /** Without it there is no signature node. */
  signature?: SignatureOptions;
}

/** All extensions of an editor. */
export function extensions(ports: EditorPorts): Extensions {
  return [
    ports.signature ? DraftDocument : PlainDocument,
    StarterKit.configure({
      document: false,
      blockquote: false,
      hardBreak: false,
      link: false,
      orderedList: false,
      heading: { levels: [1, 2, 3] },
      // It would change a draft that was only opened, and so save it.
      trailingNode: false,
      undoRedo: { depth: 500, newGroupDelay: 500 },
      dropcursor: { color: 'var(--accent)', width: 2 },
    }),
    QuoteWithOwnKey,
    BreakByShift,
    PlainOrderedList,
    PlainLink.configure({
      openOnClick: false,
      linkOnPaste: true,
      autolink: true,
      defaultProtocol: 'https',
      isAllowedUri: (url) => linkAddress(url) !== null,
      HTMLAttributes: { target: null, rel: null },
    }),
    imageNode(ports.images),
    ...tableNodes,
    Extension.create({
      name: 'cleanPaste',
      addProseMirrorPlugins: () => [cleanPaste(ports.clean)],
    }),
    ...(ports.signature ? [SignatureNode.configure(ports.signature)] : []),
  ];
}
