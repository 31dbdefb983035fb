/** What the toolbar offers: names, keys, commands, and what is on at the cursor. */
import { type Editor, isMarkActive, isNodeActive } from '@tiptap/core';
import { redoDepth, undoDepth } from '@tiptap/pm/history';
import type { GlyphName } from './Glyph.svelte';
import { findTable } from './table';

/** One button. */
export interface Tool {
  name: GlyphName;
  /** Accessible name; the key is added to the tooltip. */
  label: string;
  keys: string;
  run(editor: Editor): void;
  /** Whether it is on at the cursor; without it the button is no switch. */
  on?: (editor: Editor) => boolean;
  /** Whether it can be used now. */
  can?: (editor: Editor) => boolean;
}

const mark = (name: string) => (editor: Editor) => isMarkActive(editor.state, name);
const node = (name: string) => (editor: Editor) => isNodeActive(editor.state, name);

/** The buttons in groups, in the order of the toolbar. Link and image have parts of their own. */
export const tools: Tool[][] = [
  [
    {
      name: 'bold',
      label: 'Bold',
      keys: 'Ctrl+B',
      run: (e) => e.chain().focus().toggleBold().run(),
      on: mark('bold'),
    },
    {
      name: 'italic',
      label: 'Italic',
      keys: 'Ctrl+I',
      run: (e) => e.chain().focus().toggleItalic().run(),
      on: mark('italic'),
    },
    {
      name: 'underline',
      label: 'Underline',
      keys: 'Ctrl+U',
      run: (e) => e.chain().focus().toggleUnderline().run(),
      on: mark('underline'),
    },
    {
      name: 'strike',
      label: 'Strikethrough',
      keys: 'Ctrl+Shift+S',
      run: (e) => e.chain().focus().toggleStrike().run(),
      on: mark('strike'),
    },
  ],
  [
    {
      name: 'bulletList',
      label: 'Bullet list',
      keys: 'Ctrl+Shift+8',
      run: (e) => e.chain().focus().toggleBulletList().run(),
      on: node('bulletList'),
    },
    {
      name: 'orderedList',
      label: 'Numbered list',
      keys: 'Ctrl+Shift+7',
      run: (e) => e.chain().focus().toggleOrderedList().run(),
      on: node('orderedList'),
    },
    {
      name: 'quote',
      label: 'Quotation',
      keys: 'Ctrl+Shift+9',
      run: (e) => e.chain().focus().toggleBlockquote().run(),
      on: node('blockquote'),
    },
  ],
  [
    {
      name: 'code',
      label: 'Code',
      keys: 'Ctrl+E',
      run: (e) => e.chain().focus().toggleCode().run(),
      on: mark('code'),
    },
    {
      name: 'codeBlock',
      label: 'Code block',
      keys: 'Ctrl+Alt+C',
      run: (e) => e.chain().focus().toggleCodeBlock().run(),
      on: node('codeBlock'),
    },
  ],
];

/** Undo and redo. Named so that "Undo" alone means taking back a sent or deleted mail. */
export const history: Tool[] = [
  {
    name: 'undo',
    label: 'Undo typing',
    keys: 'Ctrl+Z',
    run: (e) => e.chain().focus().undo().run(),
    can: (e) => undoDepth(e.state) > 0,
  },
  {
    name: 'redo',
    label: 'Redo typing',
    keys: 'Ctrl+Shift+Z',
    run: (e) => e.chain().focus().redo().run(),
    can: (e) => redoDepth(e.state) > 0,
  },
];

/** Paragraph or heading at the cursor: 0 is a paragraph. */
export function headingLevel(editor: Editor): number {
  for (const level of [1, 2, 3]) {
    if (isNodeActive(editor.state, 'heading', { level })) return level;
  }
  return 0;
}

/** Everything the toolbar shows, as one comparable text. */
export function toolbarState(editor: Editor): Record<string, boolean | number> {
  const state: Record<string, boolean | number> = {
    heading: headingLevel(editor),
    link: isMarkActive(editor.state, 'link'),
    table: findTable(editor.state.selection) !== null,
  };
  for (const tool of [...tools.flat(), ...history]) {
    if (tool.on) state[tool.name] = tool.on(editor);
    if (tool.can) state[tool.name] = tool.can(editor);
  }
  return state;
}
