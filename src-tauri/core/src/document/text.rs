//! Writing plain text: readable for people (the text/plain part of a mail), and bare for counting
//! and searching.

use super::{Block, Document, Inline, text_table};
use crate::{Result, id::SignatureId};

impl Document {
    /// The text as people read it without formatting: lists with `- ` and `1. `, quotations with
    /// `> `, links as `text (address)` unless they are the same; tables in columns where they fit,
    /// else row by row. The signature is left out; a
    /// mail's plain part comes from [`Document::to_mail_text`].
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for line in lines(&self.blocks) {
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out.trim_matches('\n').to_owned()
    }

    /// The bare text, one line per block or line break, without list markers, link addresses and
    /// signature: what is counted, searched and compared.
    pub fn plain_text(&self) -> String {
        let mut out = Vec::new();
        plain(&self.blocks, &mut out);
        out.join("\n")
    }
}

fn plain(blocks: &[Block], out: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => {
                out.push(
                    content
                        .iter()
                        .map(|inline| match inline {
                            Inline::Text { text, .. } => text.as_str(),
                            Inline::HardBreak => "\n",
                            Inline::Image { .. } => " ",
                        })
                        .collect(),
                );
            }
            Block::BulletList(items) | Block::OrderedList { items, .. } => {
                items.iter().for_each(|item| plain(item, out));
            }
            Block::Blockquote(inner) => plain(inner, out),
            Block::Table(table) => {
                let cells = table.rows.iter().flatten();
                cells.for_each(|cell| plain(&cell.blocks, out));
            }
            Block::CodeBlock { text, .. } => out.push(text.clone()),
            Block::HorizontalRule | Block::Signature(_) => {}
        }
    }
}

/// The lines of some blocks. Blocks are separated by a blank line, items are not.
pub(super) fn lines(blocks: &[Block]) -> Vec<String> {
    // Without a place for a signature nothing can go wrong.
    lines_with(blocks, &mut |_| Ok(Vec::new())).unwrap_or_default()
}

/// The same; `signature` gives the lines that stand in the signature's place.
pub(super) fn lines_with(
    blocks: &[Block],
    signature: &mut dyn FnMut(SignatureId) -> Result<Vec<String>>,
) -> Result<Vec<String>> {
    let mut out: Vec<String> = Vec::new();
    let mut blank_due = false;
    for block in blocks {
        let piece = match block {
            Block::Signature(id) => signature(*id)?,
            other => block_lines(other),
        };
        if piece.is_empty() {
            continue;
        }
        if blank_due {
            out.push(String::new());
        }
        // An empty paragraph is itself a blank line, and needs no other one below it.
        blank_due = !(piece.len() == 1 && piece[0].is_empty());
        out.extend(piece);
    }
    Ok(out)
}

fn block_lines(block: &Block) -> Vec<String> {
    match block {
        Block::Paragraph(content) | Block::Heading { content, .. } => {
            line(content).split('\n').map(str::to_owned).collect()
        }
        Block::BulletList(items) => items.iter().flat_map(|item| indented(item, "- ")).collect(),
        Block::OrderedList { start, items } => items
            .iter()
            .zip(*start..)
            .flat_map(|(item, number)| indented(item, &format!("{number}. ")))
            .collect(),
        Block::Blockquote(inner) => lines(inner)
            .into_iter()
            .map(|line| {
                if line.is_empty() {
                    ">".to_owned()
                } else {
                    format!("> {line}")
                }
            })
            .collect(),
        Block::CodeBlock { text, .. } => text.split('\n').map(str::to_owned).collect(),
        Block::Table(table) => text_table::lines(table),
        Block::HorizontalRule => vec!["----------------------------------------".to_owned()],
        Block::Signature(_) => Vec::new(),
    }
}

fn indented(item: &[Block], marker: &str) -> Vec<String> {
    let mut out = Vec::new();
    for block in item {
        // A list stands directly below the line it belongs to.
        let list = matches!(block, Block::BulletList(_) | Block::OrderedList { .. });
        if !out.is_empty() && !list {
            out.push(String::new());
        }
        out.extend(block_lines(block));
    }
    let indent = " ".repeat(marker.len());
    out.into_iter()
        .enumerate()
        .map(|(index, line)| match (index, line.is_empty()) {
            (0, _) => format!("{marker}{line}"),
            (_, true) => line,
            (_, false) => format!("{indent}{line}"),
        })
        .collect()
}

fn line(content: &[Inline]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < content.len() {
        let Some(href) = content[at].link() else {
            push(&mut out, &content[at]);
            at += 1;
            continue;
        };
        let mut text = String::new();
        while let Some(inline) = content.get(at)
            && inline.link() == Some(href)
        {
            push(&mut text, inline);
            at += 1;
        }
        out.push_str(&text);
        if !says_address(&text, href.as_str()) {
            // A blank at the end of the link's text belongs behind the address.
            let kept = out.trim_end().len();
            let blanks = out.split_off(kept);
            out.push_str(&format!(" ({}){blanks}", href.as_str()));
        }
    }
    out
}

fn push(out: &mut String, inline: &Inline) {
    match inline {
        Inline::Text { text, .. } => out.push_str(text),
        Inline::HardBreak => out.push('\n'),
        Inline::Image { image, .. } if image.alt.is_empty() => {}
        Inline::Image { image, .. } => out.push_str(&format!("[{}]", image.alt)),
    }
}

/// Whether a link's text already says its address.
pub(crate) fn says_address(text: &str, href: &str) -> bool {
    fn bare(address: &str) -> &str {
        ["mailto:", "tel:", "https://", "http://"]
            .into_iter()
            .find_map(|scheme| address.strip_prefix(scheme))
            .unwrap_or(address)
            .trim_end_matches('/')
    }
    bare(text.trim()) == bare(href)
}
