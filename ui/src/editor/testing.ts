/** Documents for tests: a schema without a window, and a short way to write nodes. */
import { getSchema } from '@tiptap/core';
import { EditorState } from '@tiptap/pm/state';
import { history } from '@tiptap/pm/history';
import type { DocumentNode } from '../ipc';
import { fromJson } from './document';
import { type EditorPorts, extensions } from './schema';

/** What an editor needs from a page that has nothing. */
export const ports: EditorPorts = {
  images: {
    add: () => Promise.reject(new Error('no files here')),
    onError: () => undefined,
    address: (src) => src,
  },
  clean: {
    html: () => Promise.reject(new Error('nothing to read HTML here')),
    slice: () => Promise.reject(new Error('nothing to read HTML here')),
  },
  signature: {
    directory: { get: () => null, subscribe: () => () => undefined },
    onChange: () => undefined,
    onRemove: () => undefined,
  },
};

/** The schema of a draft's text. */
export const schema = getSchema(extensions(ports));

/** A document. */
export function doc(...content: DocumentNode[]): DocumentNode {
  return { type: 'doc', content };
}

/** A paragraph of texts and nodes. */
export function p(...content: (string | DocumentNode)[]): DocumentNode {
  const nodes = content.map((c) => (typeof c === 'string' ? { type: 'text', text: c } : c));
  return nodes.length > 0 ? { type: 'paragraph', content: nodes } : { type: 'paragraph' };
}

/** A table: rows by `/`, cells by `|`, headers in brackets. */
export function table(rows: string): DocumentNode {
  const cell = (text: string): DocumentNode => {
    const header = /^\[(.*)\]$/.exec(text);
    const content = header?.[1] ?? text;
    return {
      type: header ? 'tableHeader' : 'tableCell',
      attrs: { colspan: 1, rowspan: 1, colwidth: null },
      content: [content === '' ? p() : p(content)],
    };
  };
  return {
    type: 'table',
    content: rows
      .split('/')
      .map((row) => ({ type: 'tableRow', content: row.split('|').map(cell) })),
  };
}

/** A signature node. */
export function sig(id: string): DocumentNode {
  return { type: 'signature', attrs: { id } };
}

/** A kept image, named by one hexadecimal digit. */
export function img(digit: string): DocumentNode {
  return { type: 'image', attrs: { src: `draftwell-image://localhost/${digit.repeat(64)}` } };
}

/** An editor's state with this text, and a history to undo in. */
export function stateOf(json: DocumentNode): EditorState {
  return EditorState.create({ doc: fromJson(schema, json), plugins: [history()] });
}

/** What a text looks like in short: blocks in order, images as `[a]`, signatures as `-- id`. */
export function outline(node: DocumentNode): string[] {
  const inline = (n: DocumentNode): string =>
    n.type === 'text'
      ? (n.text ?? '')
      : n.type === 'image'
        ? `[${String(n.attrs?.src).at(-1)}]`
        : (n.content ?? []).map(inline).join('');
  return (node.content ?? []).map((n) =>
    n.type === 'signature' ? `-- ${n.attrs?.id}` : inline(n),
  );
}
