//! The normal form of a document: what [`Document::new`](super::Document::new) promises.

use std::borrow::Cow;

use super::{Block, Image, Inline, Marks};
use crate::id::SignatureId;

pub(super) fn top_level(blocks: Vec<Block>) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    let mut signature: Option<SignatureId> = None;
    for raw in blocks {
        let mut lifted = None;
        match raw {
            Block::Signature(id) => lifted = Some(id),
            other => block(other, false, &mut lifted, &mut out),
        }
        if signature.is_none()
            && let Some(id) = lifted
        {
            signature = Some(id);
            if out.is_empty() {
                // The editor needs a place to write above the signature.
                out.push(Block::Paragraph(Vec::new()));
            }
            out.push(Block::Signature(id));
        }
    }
    if out.is_empty() {
        out.push(Block::Paragraph(Vec::new()));
    }
    out
}

/// `in_table`: whether this is in a cell, where no table can be.
fn inner(blocks: Vec<Block>, in_table: bool, lifted: &mut Option<SignatureId>) -> Vec<Block> {
    let mut out = Vec::with_capacity(blocks.len());
    for raw in blocks {
        block(raw, in_table, lifted, &mut out);
    }
    if out.is_empty() {
        out.push(Block::Paragraph(Vec::new()));
    }
    out
}

fn items(
    raw: Vec<Vec<Block>>,
    in_table: bool,
    lifted: &mut Option<SignatureId>,
) -> Vec<Vec<Block>> {
    raw.into_iter()
        .map(|item| {
            let mut item = inner(item, in_table, lifted);
            if !matches!(item.first(), Some(Block::Paragraph(_))) {
                item.insert(0, Block::Paragraph(Vec::new()));
            }
            item
        })
        .collect()
}

fn block(raw: Block, in_table: bool, lifted: &mut Option<SignatureId>, out: &mut Vec<Block>) {
    out.push(match raw {
        Block::Paragraph(content) => Block::Paragraph(line(content)),
        Block::Heading { level, content } => Block::Heading {
            level: level.clamp(1, 3),
            content: line(content),
        },
        Block::BulletList(raw) if raw.is_empty() => return,
        Block::OrderedList { items, .. } if items.is_empty() => return,
        Block::BulletList(raw) => Block::BulletList(items(raw, in_table, lifted)),
        Block::OrderedList { start, items: raw } => Block::OrderedList {
            start: start.min(999_999_999),
            items: items(raw, in_table, lifted),
        },
        Block::Blockquote(raw) => Block::Blockquote(inner(raw, in_table, lifted)),
        Block::CodeBlock { language, text } => Block::CodeBlock {
            language: language.filter(|name| is_language(name)),
            text: clean(&text).into_owned(),
        },
        Block::Table(mut table) => {
            for blocks in table.blocks_mut() {
                *blocks = inner(std::mem::take(blocks), true, lifted);
            }
            return out.extend(if in_table {
                table.flattened()
            } else {
                table.settled()
            });
        }
        Block::HorizontalRule => Block::HorizontalRule,
        Block::Signature(id) => {
            lifted.get_or_insert(id);
            return;
        }
    });
}

fn is_language(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+#._-".contains(c))
}

/// The text with `\n` as the only line break and without control characters other than tabs.
fn clean(text: &str) -> Cow<'_, str> {
    // Nearly every text is clean already, and most of those have none of the bytes that line
    // breaks and control characters begin with: each save comes by here with the whole draft.
    let is_plain = |byte: u8| byte >= b' ' && !matches!(byte, 0x7F | 0xC2 | 0xE2);
    if text.bytes().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                out.push('\n');
            }
            '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push('\t'),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Text for an attribute: on one line, blanks collapsed.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    out
}

fn marks(mut marks: Marks) -> Marks {
    if marks.code {
        if marks.link.is_some() {
            marks.code = false;
        } else {
            return Marks {
                code: true,
                ..Marks::default()
            };
        }
    }
    marks
}

fn line(raw: Vec<Inline>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(raw.len());
    for inline in raw {
        match inline {
            Inline::Text { text, marks: set } => {
                let set = marks(set);
                for (index, piece) in clean(&text).split('\n').enumerate() {
                    if index > 0 {
                        out.push(Inline::HardBreak);
                    }
                    push_text(&mut out, piece, &set);
                }
            }
            Inline::HardBreak => out.push(Inline::HardBreak),
            Inline::Image { image, link } => out.push(Inline::Image {
                image: Image {
                    alt: one_line(&image.alt),
                    title: image
                        .title
                        .map(|title| one_line(&title))
                        .filter(|title| !title.is_empty()),
                    width: image.width.filter(|size| (1..=10_000).contains(size)),
                    height: image.height.filter(|size| (1..=10_000).contains(size)),
                    ..image
                },
                link,
            }),
        }
    }
    out
}

/// Appends text, joining it to what stands there with the same marks.
pub(super) fn push_text(out: &mut Vec<Inline>, piece: &str, set: &Marks) {
    if piece.is_empty() {
        return;
    }
    match out.last_mut() {
        Some(Inline::Text { text, marks }) if marks == set => text.push_str(piece),
        _ => out.push(Inline::Text {
            text: piece.to_owned(),
            marks: set.clone(),
        }),
    }
}
