//! Builds a document from the events of a reader (HTML, Markdown), in whatever order they come:
//! what is too deep is flattened, what stands in no paragraph gets one.

use super::{Block, Document, Inline, MAX_DEPTH};

enum Container {
    Quote(Vec<Block>),
    /// With the first number, if it is a numbered one.
    List(Option<u32>, Vec<Vec<Block>>),
    Item(Vec<Block>),
    /// Too deep: its content belongs to the container around it.
    Flattened,
}

impl Container {
    fn cost(&self) -> usize {
        match self {
            Self::Quote(_) => 1,
            // With its item.
            Self::List(..) => 2,
            Self::Item(_) | Self::Flattened => 0,
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
