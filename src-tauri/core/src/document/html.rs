//! Writing semantic HTML: for showing a text, and as the ground the mail's HTML part stands on.
//!
//! The same document always gives the same bytes. Reading it back gives the same document
//! ([`Document::from_html`]); where HTML would swallow something, it is written so that it does
//! not: a line break at the end of a block is followed by a second one, and a block with blanks
//! that HTML would collapse keeps them by `white-space: pre-wrap`.

use std::{cell::RefCell, fmt::Write as _};

use super::{
    Block, Document, Image, ImageHash, Inline, Table,
    spans::{self, Mark, Span},
};
use crate::id::SignatureId;

impl Document {
    /// The document as an HTML fragment, everything escaped. The signature is an empty
    /// `<div data-signature="id">`, images keep their `draftwell-image:` address.
    pub fn to_html(&self) -> String {
        let mut out = String::new();
        // Plain HTML knows an answer to everything.
        let _ = blocks(&mut out, &self.blocks, &Plain);
        out
    }

    /// The same block by block: joined, they are [`Document::to_html`].
    pub fn blocks_to_html(&self) -> Vec<String> {
        self.blocks
            .iter()
            .map(|block| {
                let mut out = String::new();
                let _ = write_block(&mut out, block, &Plain);
                out
            })
            .collect()
    }

    /// The same with tags of one's own inside of lines: `cut` gets the content of each paragraph
    /// and heading, in order, and answers it in pieces. What it opens it must close.
    pub(crate) fn to_html_in_pieces<'a>(&self, cut: &'a mut Cut<'a>) -> String {
        let mut out = String::new();
        let dress = InPieces(RefCell::new(cut));
        let _ = blocks(&mut out, &self.blocks, &dress);
        out
    }
}

/// A piece of a line, see [`Document::to_html_in_pieces`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A tag, whole: `<mark>`, `</mark>`. Written as it is.
    Tag(String),
    /// Content between tags.
    Content(Vec<Inline>),
}

/// What differs between the HTML we show and the HTML we mail.
pub(super) trait Dress {
    /// Why something could not be written.
    type Error;
    /// Attributes of a block's tag, with a leading blank.
    fn attributes(&self, tag: &'static str) -> &'static str;
    /// Whether blanks are kept by characters instead of by style.
    fn hard_blanks(&self) -> bool;
    /// Whether an item that is one line (and perhaps a list below it) goes without its `<p>`, so
    /// that mail programs don't put a blank line after it.
    fn tight_items(&self) -> bool;
    /// Whether the columns a cell has and their widths are written for mail programs instead of
    /// for reading them back.
    fn plain_cells(&self) -> bool {
        false
    }
    /// The `src` of an image.
    fn src(&self, hash: ImageHash) -> Result<String, Self::Error>;
    /// Writes the signature.
    fn signature(&self, out: &mut String, id: SignatureId) -> Result<(), Self::Error>;
    /// Writes the content of a paragraph or heading.
    fn line(
        &self,
        out: &mut String,
        content: &[Inline],
        hard_blanks: bool,
    ) -> Result<(), Self::Error>
    where
        Self: Sized,
    {
        line(out, content, self, hard_blanks)
    }
    /// Writes a table.
    fn table(&self, out: &mut String, table: &Table) -> Result<(), Self::Error>
    where
        Self: Sized,
    {
        write_table(out, table, self)
    }
}

struct Plain;

impl Dress for Plain {
    type Error = std::convert::Infallible;

    fn attributes(&self, _: &'static str) -> &'static str {
        ""
    }

    fn hard_blanks(&self) -> bool {
        false
    }

    fn tight_items(&self) -> bool {
        false
    }

    fn src(&self, hash: ImageHash) -> Result<String, Self::Error> {
        Ok(hash.to_src())
    }

    fn signature(&self, out: &mut String, id: SignatureId) -> Result<(), Self::Error> {
        let _ = write!(out, "<div data-signature=\"{id}\"></div>");
        Ok(())
    }
}

/// Cuts the content of a line into pieces.
type Cut<'a> = dyn FnMut(&[Inline]) -> Vec<Piece> + 'a;

struct InPieces<'a>(RefCell<&'a mut Cut<'a>>);

impl Dress for InPieces<'_> {
    type Error = std::convert::Infallible;

    fn attributes(&self, tag: &'static str) -> &'static str {
        Plain.attributes(tag)
    }

    fn hard_blanks(&self) -> bool {
        Plain.hard_blanks()
    }

    fn tight_items(&self) -> bool {
        Plain.tight_items()
    }

    fn src(&self, hash: ImageHash) -> Result<String, Self::Error> {
        Plain.src(hash)
    }

    fn signature(&self, out: &mut String, id: SignatureId) -> Result<(), Self::Error> {
        Plain.signature(out, id)
    }

    fn line(&self, out: &mut String, content: &[Inline], _: bool) -> Result<(), Self::Error> {
        let pieces = (self.0.borrow_mut())(content);
        pieces.iter().try_for_each(|piece| match piece {
            Piece::Tag(tag) => {
                out.push_str(tag);
                Ok(())
            }
            Piece::Content(content) => line(out, content, &Plain, false),
        })
    }

    /// A table is taken whole: its lines are none of those that are cut.
    fn table(&self, out: &mut String, table: &Table) -> Result<(), Self::Error> {
        write_table(out, table, &Plain)
    }
}

/// Writes text as HTML text, as the HTML standard's "escaping a string" does.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{A0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}

/// Writes ` name="value"`.
fn attribute(out: &mut String, name: &str, value: &str) {
    let _ = write!(out, " {name}=\"");
    for piece in value.split_inclusive('"') {
        match piece.strip_suffix('"') {
            Some(piece) => {
                escape(out, piece);
                out.push_str("&quot;");
            }
            None => escape(out, piece),
        }
    }
    out.push('"');
}

pub(super) fn blocks<D: Dress>(
    out: &mut String,
    list: &[Block],
    dress: &D,
) -> Result<(), D::Error> {
    list.iter()
        .try_for_each(|block| write_block(out, block, dress))
}

fn open(out: &mut String, tag: &'static str, dress: &impl Dress) {
    let _ = write!(out, "<{tag}{}", dress.attributes(tag));
}

fn items<D: Dress>(out: &mut String, list: &[Vec<Block>], dress: &D) -> Result<(), D::Error> {
    for item in list {
        open(out, "li", dress);
        out.push('>');
        match item.as_slice() {
            [Block::Paragraph(content), lists @ ..] if dress.tight_items() && only_lists(lists) => {
                let collapses = would_collapse(content);
                dress.line(out, content, collapses && dress.hard_blanks())?;
                if ends_unseen(content) {
                    out.push_str("<br>");
                }
                blocks(out, lists, dress)?;
            }
            all => blocks(out, all, dress)?,
        }
        out.push_str("</li>");
    }
    Ok(())
}

fn only_lists(blocks: &[Block]) -> bool {
    let list = |block: &Block| matches!(block, Block::BulletList(_) | Block::OrderedList { .. });
    blocks.iter().all(list)
}

/// HTML shows no line for a break at the end of a block, nor for an empty block.
fn ends_unseen(content: &[Inline]) -> bool {
    matches!(content.last(), None | Some(Inline::HardBreak))
}

fn write_block<D: Dress>(out: &mut String, block: &Block, dress: &D) -> Result<(), D::Error> {
    match block {
        Block::Paragraph(content) => textblock(out, "p", content, dress)?,
        Block::Heading { level, content } => {
            let tag = match level {
                1 => "h1",
                2 => "h2",
                _ => "h3",
            };
            textblock(out, tag, content, dress)?;
        }
        Block::BulletList(list) => {
            open(out, "ul", dress);
            out.push('>');
            items(out, list, dress)?;
            out.push_str("</ul>");
        }
        Block::OrderedList { start, items: list } => {
            open(out, "ol", dress);
            if *start != 1 {
                let _ = write!(out, " start=\"{start}\"");
            }
            out.push('>');
            items(out, list, dress)?;
            out.push_str("</ol>");
        }
        Block::Blockquote(inner) => {
            open(out, "blockquote", dress);
            out.push('>');
            blocks(out, inner, dress)?;
            out.push_str("</blockquote>");
        }
        Block::CodeBlock { language, text } => {
            open(out, "pre", dress);
            out.push_str("><code");
            if let Some(language) = language {
                let _ = write!(out, " class=\"language-{language}\"");
            }
            out.push('>');
            escape(out, text);
            out.push_str("</code></pre>");
        }
        Block::Table(table) => dress.table(out, table)?,
        Block::HorizontalRule => {
            open(out, "hr", dress);
            out.push('>');
        }
        Block::Signature(id) => dress.signature(out, *id)?,
    }
    Ok(())
}

fn write_table<D: Dress>(out: &mut String, table: &Table, dress: &D) -> Result<(), D::Error> {
    open(out, "table", dress);
    out.push_str("><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for cell in row {
            let tag = if cell.header { "th" } else { "td" };
            open(out, tag, dress);
            if cell.colspan > 1 {
                let _ = write!(out, " colspan=\"{}\"", cell.colspan);
            }
            if cell.rowspan > 1 {
                let _ = write!(out, " rowspan=\"{}\"", cell.rowspan);
            }
            if dress.plain_cells() {
                // Of a cell over several columns only if all are known.
                if !cell.widths.is_empty() && !cell.widths.contains(&0) {
                    let width: u32 = cell.widths.iter().sum();
                    let _ = write!(out, " width=\"{width}\"");
                }
            } else if !cell.widths.is_empty() {
                let widths: Vec<String> = cell.widths.iter().map(u32::to_string).collect();
                let _ = write!(out, " data-colwidth=\"{}\"", widths.join(","));
            }
            out.push('>');
            match cell.blocks.as_slice() {
                [Block::Paragraph(content)] if dress.plain_cells() => {
                    let collapses = would_collapse(content);
                    dress.line(out, content, collapses && dress.hard_blanks())?;
                    if ends_unseen(content) {
                        out.push_str("<br>");
                    }
                }
                all => blocks(out, all, dress)?,
            }
            let _ = write!(out, "</{tag}>");
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
    Ok(())
}

fn textblock<D: Dress>(
    out: &mut String,
    tag: &'static str,
    content: &[Inline],
    dress: &D,
) -> Result<(), D::Error> {
    open(out, tag, dress);
    let collapses = would_collapse(content);
    if collapses && !dress.hard_blanks() {
        out.push_str(" style=\"white-space:pre-wrap\"");
    }
    out.push('>');
    dress.line(out, content, collapses && dress.hard_blanks())?;
    if ends_unseen(content) {
        out.push_str("<br>");
    }
    let _ = write!(out, "</{tag}>");
    Ok(())
}

/// Whether HTML would collapse some blanks of this line: tabs, several in a row, or one at an
/// edge.
fn would_collapse(content: &[Inline]) -> bool {
    let mut before = '\n';
    for inline in content {
        match inline {
            Inline::Text { text, .. } => {
                for c in text.chars() {
                    if c == '\t' || (c == ' ' && matches!(before, ' ' | '\n')) {
                        return true;
                    }
                    before = c;
                }
            }
            Inline::HardBreak if before == ' ' => return true,
            Inline::HardBreak => before = '\n',
            Inline::Image { .. } => before = '\u{FFFC}',
        }
    }
    before == ' '
}

fn line<D: Dress>(
    out: &mut String,
    content: &[Inline],
    dress: &D,
    hard_blanks: bool,
) -> Result<(), D::Error> {
    let mut pen = Pen {
        dress,
        hard_blanks,
        at_edge: true,
    };
    pen.spans(out, &spans::nest(content), true)
}

struct Pen<'a, D> {
    dress: &'a D,
    hard_blanks: bool,
    /// Whether a blank would stand at the start of a line or after another one.
    at_edge: bool,
}

impl<D: Dress> Pen<'_, D> {
    fn spans(&mut self, out: &mut String, list: &[Span<'_>], last: bool) -> Result<(), D::Error> {
        for (index, span) in list.iter().enumerate() {
            let next = list.get(index + 1);
            match span {
                Span::Marked { mark, inner } => {
                    let tag = match mark {
                        Mark::Link(href) => {
                            out.push_str("<a");
                            attribute(out, "href", href.as_str());
                            out.push_str(self.dress.attributes("a"));
                            out.push('>');
                            "a"
                        }
                        Mark::Bold => simple(out, "strong"),
                        Mark::Italic => simple(out, "em"),
                        Mark::Underline => simple(out, "u"),
                        Mark::Strike => simple(out, "s"),
                        Mark::Code => simple(out, "code"),
                    };
                    self.spans(out, inner, last && next.is_none())?;
                    let _ = write!(out, "</{tag}>");
                }
                Span::Leaf(Inline::Text { text, .. }) if self.hard_blanks => {
                    let ends_line = match next {
                        None => last,
                        Some(Span::Leaf(Inline::HardBreak)) => true,
                        Some(_) => false,
                    };
                    self.blanks(out, text, ends_line);
                }
                Span::Leaf(Inline::Text { text, .. }) => escape(out, text),
                Span::Leaf(Inline::HardBreak) => {
                    out.push_str("<br>");
                    self.at_edge = true;
                }
                Span::Leaf(Inline::Image { image, .. }) => {
                    self.image(out, image)?;
                    self.at_edge = false;
                }
            }
        }
        Ok(())
    }

    /// Writes blanks that HTML would collapse as non-breaking ones, for mail programs that don't
    /// know `white-space`: every second one of a run, and those at the edges of a line.
    fn blanks(&mut self, out: &mut String, text: &str, ends_line: bool) {
        let kept = text.trim_end_matches([' ', '\t']).len();
        for (index, c) in text.char_indices() {
            match c {
                '\t' => out.push_str("&nbsp;&nbsp;&nbsp;&nbsp;"),
                ' ' if self.at_edge || (ends_line && index >= kept) => out.push_str("&nbsp;"),
                ' ' => out.push(' '),
                c => escape(out, c.encode_utf8(&mut [0; 4])),
            }
            self.at_edge = c == ' ' && !self.at_edge;
        }
    }

    fn image(&mut self, out: &mut String, image: &Image) -> Result<(), D::Error> {
        out.push_str("<img");
        attribute(out, "src", &self.dress.src(image.hash)?);
        // An empty description says that the picture needs none (WCAG 1.1.1).
        attribute(out, "alt", &image.alt);
        if let Some(title) = &image.title {
            attribute(out, "title", title);
        }
        if let Some(width) = image.width {
            let _ = write!(out, " width=\"{width}\"");
        }
        if let Some(height) = image.height {
            let _ = write!(out, " height=\"{height}\"");
        }
        out.push_str(self.dress.attributes("img"));
        out.push('>');
        Ok(())
    }
}

fn simple(out: &mut String, tag: &'static str) -> &'static str {
    out.push('<');
    out.push_str(tag);
    out.push('>');
    tag
}
