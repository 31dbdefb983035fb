//! A document laid flat: its lines in order, each with the lists and quotations around it, cut into
//! sentences. What has no sentences (a blank line, a rule, a quotation that is kept) is silent and
//! goes along with what follows it.

use super::sentence::sentences;
use crate::document::{Block, Document, Inline};

/// A list, item or quotation around a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub kind: Container,
    /// Which, within the document.
    pub id: usize,
    /// The first line in it.
    pub first: usize,
    /// Of an item: its place in the list.
    pub index: usize,
}

/// What a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Bullets,
    /// With its first number.
    Numbers(u32),
    Item,
    Quote,
}

impl Container {
    /// Whether two stand for the same kind of thing.
    pub fn like(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Bullets, Self::Bullets)
                | (Self::Numbers(_), Self::Numbers(_))
                | (Self::Item, Self::Item)
                | (Self::Quote, Self::Quote)
        )
    }
}

/// What a line is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// A paragraph (level 0) or a heading, which can be cut.
    Line { level: u8, content: Vec<Inline> },
    /// Anything else: taken whole.
    Whole(Block),
}

/// A block without blocks in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Leaf {
    pub path: Vec<Step>,
    pub body: Body,
    /// Whether it belongs to quoted mail, which stays whatever is chosen.
    pub pinned: bool,
    /// Its first sentence and the one after its last; equal: it is silent.
    pub segments: std::ops::Range<usize>,
}

/// A sentence, or a whole block that has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub leaf: usize,
    /// Where it stands, in characters of the line: a line break and an image are one each.
    pub from: usize,
    pub to: usize,
    /// Where the next one begins, or the line ends.
    pub next: usize,
    /// As plain text.
    pub text: String,
}

/// See the module's text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Flat {
    pub leaves: Vec<Leaf>,
    pub segments: Vec<Segment>,
}

/// How finely a document is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grain {
    Sentences,
    /// For texts of so many sentences that aligning them would take too long.
    Lines,
}

impl Flat {
    /// `pinned` tells by its place at the top level which blocks are quoted mail.
    pub fn of(document: &Document, pinned: &[usize], grain: Grain) -> Self {
        let mut flat = Self::default();
        let mut ids = 0;
        for (place, block) in document.blocks().iter().enumerate() {
            let pin = pinned.contains(&place);
            if pin {
                flat.leaves.push(Leaf {
                    path: Vec::new(),
                    body: Body::Whole(block.clone()),
                    pinned: true,
                    segments: 0..0,
                });
            } else {
                flat.add(block, &[], &mut ids);
            }
        }
        flat.cut(grain);
        flat
    }

    fn add(&mut self, block: &Block, path: &[Step], ids: &mut usize) {
        match block {
            Block::Paragraph(content) => self.line(0, content, path),
            Block::Heading { level, content } => self.line(*level, content, path),
            Block::BulletList(items) => self.list(Container::Bullets, items, path, ids),
            Block::OrderedList { start, items } => {
                self.list(Container::Numbers(*start), items, path, ids);
            }
            Block::Blockquote(blocks) => {
                let path = self.enter(Container::Quote, 0, path, ids);
                blocks.iter().for_each(|block| self.add(block, &path, ids));
            }
            other => self.leaves.push(Leaf {
                path: path.to_vec(),
                body: Body::Whole(other.clone()),
                pinned: false,
                segments: 0..0,
            }),
        }
    }

    fn list(&mut self, kind: Container, items: &[Vec<Block>], path: &[Step], ids: &mut usize) {
        let path = self.enter(kind, 0, path, ids);
        for (index, item) in items.iter().enumerate() {
            let path = self.enter(Container::Item, index, &path, ids);
            item.iter().for_each(|block| self.add(block, &path, ids));
        }
    }

    fn enter(&self, kind: Container, index: usize, path: &[Step], ids: &mut usize) -> Vec<Step> {
        *ids += 1;
        let mut path = path.to_vec();
        path.push(Step {
            kind,
            id: *ids,
            first: self.leaves.len(),
            index,
        });
        path
    }

    fn line(&mut self, level: u8, content: &[Inline], path: &[Step]) {
        self.leaves.push(Leaf {
            path: path.to_vec(),
            body: Body::Line {
                level,
                content: content.to_vec(),
            },
            pinned: false,
            segments: 0..0,
        });
    }

    fn cut(&mut self, grain: Grain) {
        let mut segments: Vec<Segment> = Vec::new();
        for (number, leaf) in self.leaves.iter_mut().enumerate() {
            let first = segments.len();
            match &leaf.body {
                _ if leaf.pinned => {}
                Body::Whole(Block::HorizontalRule | Block::Signature(_)) => {}
                Body::Whole(block) => {
                    let text = Document::new(vec![block.clone()]).plain_text();
                    if !text.trim().is_empty() {
                        segments.push(Segment {
                            leaf: number,
                            from: 0,
                            to: 1,
                            next: 1,
                            text,
                        });
                    }
                }
                Body::Line { content, .. } => {
                    let text = line_text(content);
                    let found = match grain {
                        Grain::Sentences => sentences(&text, first == 0),
                        Grain::Lines if text.trim().is_empty() => Vec::new(),
                        Grain::Lines => {
                            let end = text.trim_end().len();
                            std::iter::once(0..end).collect()
                        }
                    };
                    let count = |range: std::ops::Range<usize>| text[range].chars().count();
                    let total = count(0..text.len());
                    let mut at = 0;
                    let mut position = 0;
                    for range in found {
                        position += count(at..range.start);
                        // Blanks at the beginning of a line belong to its first sentence.
                        let from = if segments.len() == first { 0 } else { position };
                        if let Some(last) = segments[first..].last_mut() {
                            last.next = position;
                        }
                        position += count(range.clone());
                        at = range.end;
                        segments.push(Segment {
                            leaf: number,
                            from,
                            to: position,
                            next: total,
                            text: text[range].to_owned(),
                        });
                    }
                }
            }
            leaf.segments = first..segments.len();
        }
        self.segments = segments;
    }

    /// Of a paragraph or heading: how many stand before it.
    pub fn line_number(&self, leaf: usize) -> usize {
        let is_line = |leaf: &&Leaf| !leaf.pinned && matches!(leaf.body, Body::Line { .. });
        self.leaves[..leaf].iter().filter(is_line).count()
    }

    /// The content of a sentence's line between two of its characters.
    pub fn slice(&self, leaf: usize, from: usize, to: usize) -> Vec<Inline> {
        match &self.leaves[leaf].body {
            Body::Line { content, .. } => slice(content, from, to),
            Body::Whole(_) => Vec::new(),
        }
    }
}

/// A line as text: `\n` for a line break, U+FFFC for an image.
pub(super) fn line_text(content: &[Inline]) -> String {
    content
        .iter()
        .map(|inline| match inline {
            Inline::Text { text, .. } => text.as_str(),
            Inline::HardBreak => "\n",
            Inline::Image { .. } => "\u{FFFC}",
        })
        .collect()
}

/// The part of a line between two of its characters.
pub(super) fn slice(content: &[Inline], from: usize, to: usize) -> Vec<Inline> {
    let mut out = Vec::new();
    let mut at = 0;
    for inline in content {
        let length = match inline {
            Inline::Text { text, .. } => text.chars().count(),
            Inline::HardBreak | Inline::Image { .. } => 1,
        };
        let (start, end) = (from.max(at), to.min(at + length));
        if start < end {
            match inline {
                Inline::Text { text, marks } => out.push(Inline::Text {
                    text: text.chars().skip(start - at).take(end - start).collect(),
                    marks: marks.clone(),
                }),
                other => out.push(other.clone()),
            }
        }
        at += length;
    }
    out
}
