/**
 * Tables: their nodes, as the program's Rust side knows them, and what is done to them beyond
 * TipTap's own commands. A table holds no other table.
 */
import type { Editor } from '@tiptap/core';
import { Table, TableCell, TableHeader, TableRow } from '@tiptap/extension-table';
import type { Node as ProseMirrorNode, ResolvedPos } from '@tiptap/pm/model';
import { closeHistory } from '@tiptap/pm/history';
import { type EditorState, Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import type { DocumentNode } from '../ipc';

/** What a cell holds: all blocks but tables. */
const IN_CELL =
  '(paragraph | heading | bulletList | orderedList | blockquote | codeBlock | horizontalRule)+';

/** The attributes the program keeps; TipTap also has an alignment. */
function kept<T extends object>(attributes: T | undefined): Omit<T, 'align'> {
  const { align: _, ...rest } = { align: null, ...attributes } as T & { align: unknown };
  return rest;
}

/** The nodes of tables. */
export const tableNodes = [
  Table.configure({ cellMinWidth: 48 }),
  TableRow,
  TableCell.extend({
    content: IN_CELL,
    addAttributes() {
      return kept(this.parent?.());
    },
  }),
  TableHeader.extend({
    content: IN_CELL,
    addAttributes() {
      return kept(this.parent?.());
    },
  }),
];

/** A table and where it is. */
export interface FoundTable {
  pos: number;
  node: ProseMirrorNode;
}

/** The table the selection is in, or the place of it that is given. */
export function findTable(
  selection: Selection,
  $pos: ResolvedPos = selection.$from,
): FoundTable | null {
  for (let depth = $pos.depth; depth > 0; depth--) {
    const node = $pos.node(depth);
    if (node.type.name === 'table') return { pos: $pos.before(depth), node };
  }
  return null;
}

/** Whether the first row of a table has headers. */
export function hasHeaderRow(table: ProseMirrorNode): boolean {
  let headers = true;
  table.firstChild?.forEach((cell) => (headers &&= cell.type.name === 'tableHeader'));
  return headers;
}

/** Puts a table of 3 by 3 cells at the cursor, headers on top; its first cell is selected. */
export function insertTable(state: EditorState): Transaction | null {
  if (findTable(state.selection)) return null;
  const { table, tableRow, tableCell, tableHeader } = state.schema.nodes;
  const row = (cell: typeof tableCell) =>
    tableRow!.create(
      null,
      Array.from({ length: 3 }, () => cell!.createAndFill()!),
    );
  const node = table!.create(null, [row(tableHeader), row(tableCell), row(tableCell)]);
  const tr = state.tr.replaceSelectionWith(node);
  // The cursor is behind the table now, in what follows it or in its last cell.
  let pos: number | null = null;
  tr.doc.descendants((other, at) => {
    if (other === node) pos = at;
    return pos === null;
  });
  if (pos === null) return null;
  roomBelow(tr, { pos, node });
  tr.setSelection(TextSelection.near(tr.doc.resolve(pos + 1)));
  return closeHistory(tr).scrollIntoView();
}

/** Sees to it that one can go on writing below a table. `enter`: puts the cursor there. */
export function roomBelow(tr: Transaction, table: FoundTable, enter = false): void {
  const below = table.pos + table.node.nodeSize;
  if (!tr.doc.resolve(below).nodeAfter?.isTextblock) {
    tr.insert(below, tr.doc.type.schema.nodes.paragraph!.create());
  }
  if (enter) tr.setSelection(TextSelection.near(tr.doc.resolve(below)));
}

/** A document whose tables are what stands in their cells, one below the other. */
export function withoutTables(body: DocumentNode): DocumentNode {
  const content = body.content?.flatMap((child) =>
    child.type === 'table'
      ? (child.content ?? []).flatMap((row) =>
          (row.content ?? []).flatMap((cell) => withoutTables(cell).content ?? []),
        )
      : [withoutTables(child)],
  );
  return content ? { ...body, content } : body;
}

/** What can be done to the table at the cursor. */
export interface TableChange {
  label: string;
  separated?: boolean;
  danger?: boolean;
  run: (editor: Editor) => void;
}

/** The menu of a table. */
export function tableChanges(table: ProseMirrorNode): TableChange[] {
  return [
    { label: 'Insert row above', run: (e) => e.chain().focus().addRowBefore().run() },
    { label: 'Insert row below', run: (e) => e.chain().focus().addRowAfter().run() },
    { label: 'Insert column before', run: (e) => e.chain().focus().addColumnBefore().run() },
    { label: 'Insert column after', run: (e) => e.chain().focus().addColumnAfter().run() },
    {
      label: hasHeaderRow(table) ? 'Make headers normal cells' : 'Make first row headers',
      separated: true,
      run: (e) => e.chain().focus().toggleHeaderRow().run(),
    },
    {
      label: 'Delete row',
      separated: true,
      // The last row or column is the table.
      run: (e) => e.chain().focus().deleteRow().run() || e.chain().focus().deleteTable().run(),
    },
    {
      label: 'Delete column',
      run: (e) => e.chain().focus().deleteColumn().run() || e.chain().focus().deleteTable().run(),
    },
    {
      label: 'Delete table',
      danger: true,
      run: (e) => e.chain().focus().deleteTable().run(),
    },
  ];
}
