/**
 * The signature in a draft: a block of its own that only names the signature. What is shown comes
 * from the directory, so a changed signature shows everywhere at once; what is sent is resolved by
 * the program when the mail is frozen.
 */
import { Node } from '@tiptap/core';
import { NodeSelection, Plugin, TextSelection } from '@tiptap/pm/state';

/** What the block shows. */
export interface SignatureEntry {
  name: string;
  /** Sanitised by the program. */
  html: string;
}

/** Where the block looks its signature up. */
export interface SignatureDirectory {
  /** The signature; null when it doesn't exist (any more), undefined while they are loading. */
  get(id: string): SignatureEntry | null | undefined;
  /** Calls back whenever an answer may have changed. */
  subscribe(changed: () => void): () => void;
}

/** What the node needs from the page. */
export interface SignatureOptions {
  directory: SignatureDirectory;
  /** The user wants another one; the element is where to ask. */
  onChange(anchor: HTMLElement): void;
  /** The user wants none. */
  onRemove(): void;
}

/** Node `signature(id)`. */
export const SignatureNode = Node.create<SignatureOptions>({
  name: 'signature',
  atom: true,
  selectable: true,
  draggable: false,
  defining: true,

  addOptions() {
    return {
      directory: { get: () => undefined, subscribe: () => () => undefined },
      onChange: () => undefined,
      onRemove: () => undefined,
    };
  },

  addAttributes() {
    return {
      id: {
        default: null,
        parseHTML: (element) => element.getAttribute('data-signature'),
        renderHTML: ({ id }) => ({ 'data-signature': id }),
      },
    };
  },

  parseHTML() {
    return [{ tag: 'div[data-signature]' }];
  },

  renderHTML({ HTMLAttributes }) {
    return ['div', HTMLAttributes];
  },

  // Copied as plain text it is left out: the text of a signature isn't part of what was typed.
  renderText() {
    return '';
  },

  addNodeView() {
    const { directory, onChange, onRemove } = this.options;
    return ({ node, editor }) => {
      let id = String(node.attrs.id);
      const dom = document.createElement('div');
      dom.className = 'signature';
      dom.contentEditable = 'false';
      dom.setAttribute('role', 'group');

      const bar = document.createElement('div');
      bar.className = 'signature-bar';
      const caption = document.createElement('span');
      caption.className = 'signature-caption';
      const change = button('Change', 'Change signature', () => onChange(change));
      const remove = button('Remove', 'Remove signature', onRemove);
      bar.append(caption, change, remove);
      const body = document.createElement('div');
      body.className = 'signature-body';
      dom.append(body, bar);

      const show = () => {
        const entry = directory.get(id);
        caption.textContent = entry ? entry.name : 'Signature';
        dom.setAttribute('aria-label', entry ? `Signature ${entry.name}` : 'Signature');
        if (entry) body.innerHTML = entry.html;
        else {
          body.textContent =
            entry === null ? 'This signature was deleted. Choose another or remove it.' : '\u00a0';
        }
        body.classList.toggle('missing', entry === null);
        const locked = !editor.isEditable;
        change.disabled = remove.disabled = locked;
      };
      const unsubscribe = directory.subscribe(show);
      show();

      return {
        dom,
        update: (next) => {
          if (next.type.name !== 'signature') return false;
          id = String(next.attrs.id);
          show();
          return true;
        },
        stopEvent: (event) => event.target instanceof Element && bar.contains(event.target),
        ignoreMutation: () => true,
        destroy: unsubscribe,
      };
    };
  },

  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          // With the block selected, a letter would replace it. It goes to the end of the text
          // above instead: nobody types in order to delete a signature.
          handleTextInput(view, _from, _to, text) {
            const { selection } = view.state;
            if (!(selection instanceof NodeSelection) || selection.node.type.name !== 'signature') {
              return false;
            }
            const { tr } = view.state;
            tr.setSelection(TextSelection.near(tr.doc.resolve(selection.from), -1));
            view.dispatch(tr.insertText(text).scrollIntoView());
            return true;
          },
        },
      }),
    ];
  },
});

function button(text: string, label: string, action: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = text;
  element.setAttribute('aria-label', label);
  element.addEventListener('click', action);
  return element;
}
