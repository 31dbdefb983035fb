//! Builds a document from the events of a reader (HTML, Markdown), in whatever order they come:
//! what is too deep is flattened, what stands in no paragraph gets one.

use super::{Block, Document, Inline, MAX_DEPTH, Table, TableCell};

enum Container {
    Quote(Vec<Block>),
    /// With the first number, if it is a numbered one.
    List(Option<u32>, Vec<Vec<Block>>),
    Item(Vec<Block>),
    Table(OpenTable),
    Cell(TableCell),
    /// Too deep: its content belongs to the container around it.
    Flattened,
}

impl Container {
    fn cost(&self) -> usize {
        match self {
            Self::Quote(_) => 1,
            // With its item.
            Self::List(..) => 2,
            // With its row and cell.
            Self::Table(_) => 3,
            Self::Item(_) | Self::Cell(_) | Self::Flattened => 0,
        }
    }
}

/// A table that is being read.
#[derive(Default)]
struct OpenTable {
    table: Table,
    /// What stands in it but in no cell: its caption.
    before: Vec<Block>,
    signs: TableSigns,
}

/// By what a table that says something can be told from one that only sets things beside each
/// other, as newsletters and signatures do.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TableSigns {
    /// It may be one that only sets things beside each other.
    pub doubtful: bool,
    /// It says itself that it is one.
    pub presentation: bool,
    /// It has headers or a caption.
    pub headers: bool,
    /// It has visible lines or columns of given widths, as spreadsheets and word processors write
    /// them.
    pub drawn: bool,
    /// Another table is in it.
    pub nested: bool,
}

impl OpenTable {
    fn says_something(&self) -> bool {
        let TableSigns {
            doubtful,
            presentation,
            headers,
            drawn,
            nested,
        } = self.signs;
        let rows = &self.table.rows;
        let cells = || rows.iter().flatten();
        if presentation {
            return false;
        }
        if nested && !headers {
            return false;
        }
        if !doubtful {
            return true;
        }
        if cells().count() <= 1 {
            return false;
        }
        headers || drawn || {
            let is_line =
                |cell: &TableCell| matches!(cell.blocks.as_slice(), [] | [Block::Paragraph(_)]);
            rows.len() > 1 && rows.iter().all(|row| row.len() > 1) && cells().all(is_line)
        }
    }
}

/// A paragraph or heading that is being written.
struct Line {
    level: Option<u8>,
    content: Vec<Inline>,
}

#[derive(Default)]
pub(super) struct Builder {
    root: Vec<Block>,
    stack: Vec<Container>,
    /// How deep the stack goes, as [`MAX_DEPTH`] counts.
    depth: usize,
    line: Option<Line>,
}

impl Builder {
    fn open(&mut self, container: Container) {
        self.end_line();
        let cost = container.cost();
        if self.depth + cost <= MAX_DEPTH {
            self.depth += cost;
            self.stack.push(container);
        } else {
            self.stack.push(Container::Flattened);
        }
    }

    pub fn open_quote(&mut self) {
        self.open(Container::Quote(Vec::new()));
    }

    /// Opens a list; `start` is the first number of a numbered one.
    pub fn open_list(&mut self, start: Option<u32>) {
        self.open(Container::List(start, Vec::new()));
    }

    /// Opens an item. Outside a list it is only a boundary.
    pub fn open_item(&mut self) {
        self.end_line();
        if matches!(self.stack.last(), Some(Container::List(..))) {
            self.open(Container::Item(Vec::new()));
        } else {
            self.stack.push(Container::Flattened);
        }
    }

    /// Opens a table. Its cells come by [`Builder::open_row`] and [`Builder::open_cell`].
    pub fn open_table(&mut self, signs: TableSigns) {
        self.end_line();
        for container in &mut self.stack {
            if let Container::Table(around) = container {
                around.signs.nested = true;
            }
        }
        let table = OpenTable {
            signs,
            ..OpenTable::default()
        };
        self.open(Container::Table(table));
    }

    /// The signs of the table that is being read.
    pub fn table_signs(&mut self) -> Option<&mut TableSigns> {
        self.stack
            .iter_mut()
            .rev()
            .find_map(|container| match container {
                Container::Table(open) => Some(&mut open.signs),
                _ => None,
            })
    }

    /// Begins a row of the table that was opened last.
    pub fn open_row(&mut self) {
        self.end_line();
        if let Some(Container::Table(open)) = self.stack.last_mut() {
            open.table.rows.push(Vec::new());
        }
    }

    /// Takes back the row that was read last if nothing stands in it.
    pub fn drop_empty_row(&mut self) {
        if let Some(Container::Table(open)) = self.stack.last_mut()
            && let Some(row) = open.table.rows.last()
            && row.iter().all(|cell| cell.blocks.is_empty())
        {
            open.table.rows.pop();
        }
    }

    /// Opens a cell. Outside a table it is only a boundary.
    pub fn open_cell(&mut self, cell: TableCell) {
        self.end_line();
        if matches!(self.stack.last(), Some(Container::Table(_))) {
            self.open(Container::Cell(cell));
        } else {
            self.stack.push(Container::Flattened);
        }
    }

    /// Closes what was opened last.
    pub fn close(&mut self) {
        self.end_line();
        let closed = self.stack.pop();
        self.depth -= closed.as_ref().map_or(0, Container::cost);
        match closed {
            Some(Container::Quote(blocks)) if !blocks.is_empty() => {
                self.put(Block::Blockquote(blocks));
            }
            Some(Container::List(None, items)) if !items.is_empty() => {
                self.put(Block::BulletList(items));
            }
            Some(Container::List(Some(start), items)) if !items.is_empty() => {
                self.put(Block::OrderedList { start, items });
            }
            Some(Container::Item(blocks)) => {
                if let Some(Container::List(_, items)) = self.stack.last_mut() {
                    items.push(blocks);
                }
            }
            Some(Container::Cell(cell)) => {
                if let Some(Container::Table(open)) = self.stack.last_mut() {
                    match open.table.rows.last_mut() {
                        Some(row) => row.push(cell),
                        None => open.table.rows.push(vec![cell]),
                    }
                }
            }
            Some(Container::Table(open)) => {
                let says_something = open.says_something();
                let OpenTable { table, before, .. } = open;
                before.into_iter().for_each(|block| self.put(block));
                if says_something {
                    self.put(Block::Table(table));
                } else {
                    let blocks = table.flattened();
                    blocks.into_iter().for_each(|block| self.put(block));
                }
            }
            _ => {}
        }
    }

    fn put(&mut self, block: Block) {
        let around = self
            .stack
            .iter_mut()
            .rev()
            .find(|container| !matches!(container, Container::Flattened));
        match around {
            None | Some(Container::Flattened) => self.root.push(block),
            Some(Container::Quote(blocks) | Container::Item(blocks)) => blocks.push(block),
            Some(Container::Cell(cell)) => cell.blocks.push(block),
            Some(Container::Table(open)) => open.before.push(block),
            // Directly in a list: it belongs to the item before it.
            Some(Container::List(_, items)) => match items.last_mut() {
                Some(item) => item.push(block),
                None => items.push(vec![block]),
            },
        }
    }

    /// Adds a whole block.
    pub fn block(&mut self, block: Block) {
        self.end_line();
        self.put(block);
    }

    /// Starts a paragraph, or a heading of that level.
    pub fn begin_line(&mut self, level: Option<u8>) {
        self.end_line();
        self.line = Some(Line {
            level,
            content: Vec::new(),
        });
    }

    /// Whether a paragraph or heading is being written.
    pub fn in_line(&self) -> bool {
        self.line.is_some()
    }

    /// Whether what is written next begins a line: of a block, or after a line break.
    pub fn at_line_start(&self) -> bool {
        self.line
            .as_ref()
            .is_none_or(|line| matches!(line.content.last(), None | Some(Inline::HardBreak)))
    }

    /// The content of the line being written; without one, a paragraph is started.
    pub fn line(&mut self) -> &mut Vec<Inline> {
        &mut self
            .line
            .get_or_insert_with(|| Line {
                level: None,
                content: Vec::new(),
            })
            .content
    }

    /// Ends the paragraph or heading, if one is being written.
    pub fn end_line(&mut self) {
        if let Some(Line { level, content }) = self.line.take() {
            self.put(match level {
                None => Block::Paragraph(content),
                Some(level) => Block::Heading { level, content },
            });
        }
    }

    pub fn finish(mut self) -> Document {
        while !self.stack.is_empty() {
            self.close();
        }
        self.end_line();
        Document::new(self.root)
    }
}
