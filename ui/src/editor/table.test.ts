import { Editor } from '@tiptap/core';
import { Slice } from '@tiptap/pm/model';
import { EditorState, TextSelection } from '@tiptap/pm/state';
import { undo, undoDepth } from '@tiptap/pm/history';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DocumentNode } from '../ipc';
import { selectedPart, takePart } from './commands';
import { fromJson, toJson } from './document';
import { insert } from './paste';
import { extensions } from './schema';
import { findTable, insertTable, tableChanges } from './table';
import { doc, p, ports, schema, sig, stateOf, table } from './testing';

/** Each cell's text, rows by `/`; headers in capitals' brackets. */
function cells(node: DocumentNode | undefined): string {
  const text = (n: DocumentNode): string => n.text ?? (n.content ?? []).map(text).join('');
  const cell = (n: DocumentNode) => (n.type === 'tableHeader' ? `[${text(n)}]` : text(n));
  return (node?.content ?? []).map((row) => (row.content ?? []).map(cell).join('|')).join('/');
}

const kinds = (state: EditorState) => toJson(state.doc).content?.map((n) => n.type);

/** The place of a text. */
function placeOf(state: EditorState, text: string): number {
  let found = -1;
  state.doc.descendants((node, pos) => {
    if (found < 0 && node.isText && node.text?.includes(text))
      found = pos + node.text.indexOf(text);
  });
  return found;
}

function at(state: EditorState, from: string, to?: string): EditorState {
  const start = placeOf(state, from);
  const end = to === undefined ? start : placeOf(state, to) + to.length;
  return state.apply(state.tr.setSelection(TextSelection.create(state.doc, start, end)));
}

let editor: Editor | null = null;
afterEach(() => editor?.destroy());

function shown(json: DocumentNode, cursor: string): Editor {
  const element = document.body.appendChild(document.createElement('div'));
  editor = new Editor({ element, injectCSS: false, extensions: extensions(ports) });
  const start = fromJson(editor.state.schema, json);
  editor.view.updateState(EditorState.create({ doc: start, plugins: editor.state.plugins }));
  editor.commands.setTextSelection(placeOf(editor.state, cursor));
  return editor;
}

// To the editor's own handlers: the test's window knows no selection to read back.
const press = (e: Editor, key: string, shiftKey = false) =>
  e.view.someProp('handleKeyDown', (handle) =>
    handle(e.view, new KeyboardEvent('keydown', { key, shiftKey })),
  );

describe('a table', () => {
  it('has the attributes the program keeps, and no others', () => {
    const json = doc(table('[a]|b/c|d'));
    expect(toJson(fromJson(schema, json))).toEqual(json);
    const { tableCell, tableHeader } = schema.nodes;
    for (const cell of [tableCell!, tableHeader!]) {
      expect(Object.keys(cell.spec.attrs ?? {}).sort()).toEqual(['colspan', 'colwidth', 'rowspan']);
    }
  });

  it('is inserted with the cursor in it and a line below it', () => {
    for (const start of [doc(p()), doc(p('text'), sig('s')), doc(p('a'), p('b'))]) {
      const before = stateOf(start);
      const cursor = before.apply(before.tr.setSelection(TextSelection.atStart(before.doc)));
      const tr = insertTable(cursor)!;
      const after = cursor.apply(tr);
      const found = findTable(after.selection)!;
      expect(cells(toJson(found.node))).toBe('[]|[]|[]/||/||');
      const below = after.doc.resolve(found.pos + found.node.nodeSize).nodeAfter;
      expect(below?.type.name).toBe('paragraph');
      expect(() => after.doc.check()).not.toThrow();
      expect(insertTable(after), 'no table goes into a table').toBeNull();
    }
  });

  it('is left by Tab at the end of its rows, and grows by one after the last cell', () => {
    const e = shown(doc(table('a|b/c|d'), p('below')), 'b');
    press(e, 'Tab');
    expect(e.state.selection.$from.parent.textContent).toBe('c');
    press(e, 'Tab', true);
    expect(e.state.selection.$from.parent.textContent).toBe('b');
    press(e, 'Tab');
    press(e, 'Tab');
    press(e, 'Tab');
    expect(cells(toJson(e.state.doc.firstChild!))).toBe('a|b/c|d/|');
    e.commands.insertContent('new');
    expect(cells(toJson(e.state.doc.firstChild!))).toBe('a|b/c|d/new|');
  });

  it('is changed by its menu, each time as one step that can be undone', () => {
    const run = (label: string) => {
      const e = shown(doc(table('[a]|[b]/c|d'), p('below')), 'c');
      const depth = undoDepth(e.state);
      const found = findTable(e.state.selection)!;
      tableChanges(found.node)
        .find((one) => one.label === label)!
        .run(e);
      const now = cells(toJson(e.state.doc.firstChild!));
      expect(undoDepth(e.state)).toBe(depth + 1);
      undo(e.state, e.view.dispatch);
      expect(cells(toJson(e.state.doc.firstChild!)), label).toBe('[a]|[b]/c|d');
      return now;
    };
    expect(run('Insert row above')).toBe('[a]|[b]/|/c|d');
    expect(run('Insert row below')).toBe('[a]|[b]/c|d/|');
    expect(run('Insert column before')).toBe('[]|[a]|[b]/|c|d');
    expect(run('Insert column after')).toBe('[a]|[]|[b]/c||d');
    expect(run('Make headers normal cells')).toBe('a|b/c|d');
    expect(run('Delete row')).toBe('[a]|[b]');
    expect(run('Delete column')).toBe('[b]/d');
    expect(run('Delete table')).toBe('');
  });

  it('is gone with its last row or column', () => {
    for (const label of ['Delete row', 'Delete column']) {
      const e = shown(doc(table('a'), p('below')), 'a');
      const found = findTable(e.state.selection)!;
      tableChanges(found.node)
        .find((one) => one.label === label)!
        .run(e);
      expect(kinds(e.state)).toEqual(['paragraph']);
    }
  });

  it('is deleted whole by Backspace when all of it is selected', () => {
    const e = shown(doc(p('top'), table('a|b/c|d'), p('end')), 'a');
    const { pos, node } = findTable(e.state.selection)!;
    e.commands.setCellSelection({ anchorCell: pos + 2, headCell: pos + node.nodeSize - 7 });
    press(e, 'Backspace');
    expect(kinds(e.state)).toEqual(['paragraph', 'paragraph']);
    undo(e.state, e.view.dispatch);
    expect(cells(toJson(e.state.doc.child(1)))).toBe('a|b/c|d');
  });
});

describe('pasting tables', () => {
  function pasting(start: DocumentNode, cursor: string, body: DocumentNode): Editor {
    ports.clean.html = () => Promise.resolve(body);
    const e = shown(start, cursor);
    const event = new Event('paste', { cancelable: true, bubbles: true });
    const getData = (type: string) => (type === 'text/html' ? '<table>' : 'plain');
    Object.assign(event, { clipboardData: { files: [], getData } });
    e.view.dom.dispatchEvent(event);
    return e;
  }

  it('gives a line below it to go on writing', () => {
    const state = stateOf(doc(p()));
    const body = fromJson(schema, doc(table('a|b')));
    const after = state.apply(insert(state.tr, new Slice(body.content, 0, 0)));
    expect(kinds(after)).toEqual(['table', 'paragraph']);
    expect(findTable(after.selection), 'the cursor is below it').toBeNull();
  });

  it('puts cells into cells, and grows for them', async () => {
    const e = pasting(doc(table('a|b/c|d'), p()), 'd', doc(table('1|2/3|4')));
    await vi.waitFor(() => expect(cells(toJson(e.state.doc.firstChild!))).toContain('1'));
    expect(cells(toJson(e.state.doc.firstChild!))).toBe('a|b|/c|1|2/|3|4');
    undo(e.state, e.view.dispatch);
    expect(cells(toJson(e.state.doc.firstChild!))).toBe('a|b/c|d');
  });

  it('puts no table into a table', async () => {
    const e = pasting(doc(table('a|b'), p()), 'b', doc(p('x'), table('1|2'), p('y')));
    await vi.waitFor(() => expect(e.state.doc.textContent).toContain('x'));
    expect(kinds(e.state)).toEqual(['table', 'paragraph']);
    expect(e.state.doc.textContent).toBe('ax12yb');
  });
});

describe('a selection that reaches into a table', () => {
  it('is polished with the whole table, which stays', () => {
    const state = at(stateOf(doc(p('one two'), table('a|b/c|d'), p('end'))), 'two', 'c');
    const part = selectedPart(state)!;
    expect(part.body.content?.map((n) => n.type)).toEqual(['paragraph', 'table']);
    expect(cells(part.body.content?.[1])).toBe('a|b/c|d');
    const tr = takePart(state, part, doc(p('TWO'), table('a|b/c|d')))!;
    expect(toJson(tr.doc)).toEqual(doc(p('one TWO'), table('a|b/c|d'), p('end')));
  });
});
