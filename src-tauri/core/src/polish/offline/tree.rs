//! From the document to lines under repair, and back. What is not the user's own running text
//! (quotations, code, tables, rules) goes through untouched; the signature is left out.

use crate::document::{Block, Document, Inline, Marks};

use super::line::{Cell, Line, Lock, OBJECT};

/// A part of the text.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// A paragraph, its lines separated by hard breaks.
    Paragraph(Vec<Line>),
    /// A heading.
    Heading(u8, Vec<Line>),
    /// A list: its first number where it is numbered, its entries.
    List(Option<u32>, Vec<Vec<Part>>),
    /// Not to be touched.
    Fixed(Block),
}

/// The inline styles and images of a document, by the number its characters carry.
#[derive(Debug)]
pub(super) struct Styles(Vec<Inline>);

impl Styles {
    fn number(&mut self, inline: Inline) -> u16 {
        let found = self.0.iter().position(|known| *known == inline);
        let at = found.unwrap_or_else(|| {
            self.0.push(inline);
            self.0.len() - 1
        });
        // More styles than this fit into no mail; the text then only loses its looks.
        u16::try_from(at).unwrap_or(0)
    }
}

/// Takes a document apart.
pub(super) fn read(document: &Document) -> (Vec<Part>, Styles) {
    let mut styles = Styles(vec![styled(Marks::default())]);
    let parts = read_blocks(document.blocks(), &mut styles);
    (parts, styles)
}

/// Text of one style stands for it.
fn styled(marks: Marks) -> Inline {
    Inline::Text {
        text: String::new(),
        marks,
    }
}

fn read_blocks(blocks: &[Block], styles: &mut Styles) -> Vec<Part> {
    let mut parts = Vec::new();
    for block in blocks {
        parts.push(match block {
            Block::Paragraph(content) => Part::Paragraph(read_lines(content, styles)),
            Block::Heading { level, content } => Part::Heading(*level, read_lines(content, styles)),
            Block::BulletList(items) => Part::List(
                None,
                items.iter().map(|item| read_blocks(item, styles)).collect(),
            ),
            Block::OrderedList { start, items } => Part::List(
                Some(*start),
                items.iter().map(|item| read_blocks(item, styles)).collect(),
            ),
            Block::Signature(_) => continue,
            Block::Blockquote(_)
            | Block::CodeBlock { .. }
            | Block::Table(_)
            | Block::HorizontalRule => Part::Fixed(block.clone()),
        });
    }
    parts
}

fn read_lines(content: &[Inline], styles: &mut Styles) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    for inline in content {
        let Some(line) = lines.last_mut() else {
            continue;
        };
        match inline {
            Inline::Text { text, marks } => {
                let lock = if marks.code || marks.link.is_some() {
                    Lock::Foreign
                } else {
                    Lock::Free
                };
                let style = styles.number(styled(marks.clone()));
                // A text that contains our own sign for objects must not be mistaken for one.
                let chars = text.chars().filter(|ch| *ch != OBJECT);
                line.cells.extend(chars.map(|ch| Cell { ch, style, lock }));
            }
            Inline::HardBreak => lines.push(Line::default()),
            Inline::Image { .. } => line.cells.push(Cell {
                ch: OBJECT,
                style: styles.number(inline.clone()),
                lock: Lock::Foreign,
            }),
        }
    }
    lines
}

/// Puts a document together again.
pub(super) fn write(parts: &[Part], styles: &Styles) -> Document {
    Document::new(write_parts(parts, styles))
}

fn write_parts(parts: &[Part], styles: &Styles) -> Vec<Block> {
    parts
        .iter()
        .map(|part| match part {
            Part::Paragraph(lines) => Block::Paragraph(write_lines(lines, styles)),
            Part::Heading(level, lines) => Block::Heading {
                level: *level,
                content: write_lines(lines, styles),
            },
            Part::List(start, items) => {
                let items = items.iter().map(|item| write_parts(item, styles)).collect();
                match start {
                    Some(start) => Block::OrderedList {
                        start: *start,
                        items,
                    },
                    None => Block::BulletList(items),
                }
            }
            Part::Fixed(block) => block.clone(),
        })
        .collect()
}

fn write_lines(lines: &[Line], styles: &Styles) -> Vec<Inline> {
    let mut content = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        if i > 0 {
            content.push(Inline::HardBreak);
        }
        for run in line
            .cells
            .chunk_by(|a, b| a.style == b.style && a.ch != OBJECT && b.ch != OBJECT)
        {
            match &styles.0[usize::from(run[0].style)] {
                Inline::Text { marks, .. } => content.push(Inline::Text {
                    text: run.iter().map(|cell| cell.ch).collect(),
                    marks: marks.clone(),
                }),
                other => content.push(other.clone()),
            }
        }
    }
    content
}

/// Visits every line of running text, lists included.
pub(super) fn for_each_line<'a>(parts: &'a [Part], see: &mut dyn FnMut(&'a Line)) {
    for part in parts {
        match part {
            Part::Paragraph(lines) | Part::Heading(_, lines) => lines.iter().for_each(&mut *see),
            Part::List(_, items) => items.iter().for_each(|item| for_each_line(item, see)),
            Part::Fixed(_) => {}
        }
    }
}
