//! What of a document has a Markdown.

use super::super::{Block, Document, Inline, Marks, Table, TableCell, normal::push_text};

impl Document {
    /// The document as it comes back from Markdown:
    /// - without signature;
    /// - blanks at the edges of lines, and at the edges of what is emphasised or linked, are
    ///   outside of it or gone;
    /// - two line breaks in a row end the paragraph; in a heading a line break is a blank;
    /// - empty paragraphs, headings, items and quotations are gone;
    /// - a table has one line in each cell, no spans and widths, and headers in its first row or
    ///   nowhere; code with a `|` in it is text there.
    #[must_use]
    pub fn markdown_form(&self) -> Self {
        Self::new(blocks(&self.blocks))
    }
}

fn blocks(list: &[Block]) -> Vec<Block> {
    list.iter().flat_map(block).collect()
}

fn items(list: &[Vec<Block>]) -> Vec<Vec<Block>> {
    list.iter()
        .map(|item| blocks(item))
        .filter(|item| !item.is_empty())
        .collect()
}

fn block(block: &Block) -> Vec<Block> {
    match block {
        Block::Paragraph(content) => paragraphs(content)
            .into_iter()
            .map(Block::Paragraph)
            .collect(),
        Block::Heading { level, content } => {
            let joined: Vec<Inline> = content
                .iter()
                .map(|inline| match inline {
                    Inline::HardBreak => Inline::plain(" "),
                    other => other.clone(),
                })
                .collect();
            paragraphs(&joined)
                .into_iter()
                .map(|content| Block::Heading {
                    level: *level,
                    content,
                })
                .collect()
        }
        Block::BulletList(list) => Some(items(list))
            .filter(|items| !items.is_empty())
            .map(Block::BulletList)
            .into_iter()
            .collect(),
        Block::OrderedList { start, items: list } => Some(items(list))
            .filter(|items| !items.is_empty())
            .map(|items| Block::OrderedList {
                start: *start,
                items,
            })
            .into_iter()
            .collect(),
        Block::Blockquote(inner) => Some(blocks(inner))
            .filter(|inner| !inner.is_empty())
            .map(Block::Blockquote)
            .into_iter()
            .collect(),
        Block::Table(table) => form_of_table(table).map(Block::Table).into_iter().collect(),
        Block::CodeBlock { .. } | Block::HorizontalRule => vec![block.clone()],
        Block::Signature(_) => Vec::new(),
    }
}

fn form_of_table(table: &Table) -> Option<Table> {
    let mut header = table.has_header_row();
    let mut rows = vec![vec![Vec::new(); table.columns()]; table.rows.len()];
    for placed in table.placed() {
        rows[placed.row][placed.column] = line_of_cell(&placed.cell.blocks);
    }
    // Without words, a row of headers is how a table without headers is written.
    if header
        && rows
            .first()
            .is_some_and(|row| row.iter().all(Vec::is_empty))
    {
        rows.remove(0);
        header = false;
    }
    let rows: Vec<Vec<TableCell>> = rows
        .into_iter()
        .enumerate()
        .map(|(number, row)| {
            let cell = |line| TableCell::new(header && number == 0, vec![Block::Paragraph(line)]);
            row.into_iter().map(cell).collect()
        })
        .collect();
    (!rows.is_empty()).then_some(Table { rows })
}

/// What stands in a cell as one line with line breaks in it.
fn line_of_cell(blocks: &[Block]) -> Vec<Inline> {
    let mut lines = Vec::new();
    put_lines(blocks, &mut lines);
    let mut joined: Vec<Inline> = Vec::new();
    for line in lines.iter().flat_map(|line| paragraphs(line)) {
        if !joined.is_empty() {
            joined.push(Inline::HardBreak);
        }
        joined.extend(line);
    }
    for inline in &mut joined {
        if let Inline::Text { text, marks } = inline
            && text.contains('|')
        {
            marks.code = false;
        }
    }
    let mut lines = paragraphs(&joined);
    lines.pop().unwrap_or_default()
}

fn put_lines(blocks: &[Block], out: &mut Vec<Vec<Inline>>) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => out.push(content.clone()),
            Block::BulletList(items) | Block::OrderedList { items, .. } => {
                items.iter().for_each(|item| put_lines(item, out));
            }
            Block::Blockquote(inner) => put_lines(inner, out),
            Block::CodeBlock { text, .. } => {
                out.extend(text.split('\n').map(|line| vec![Inline::plain(line)]));
            }
            Block::Table(table) => table
                .rows
                .iter()
                .flatten()
                .for_each(|cell| put_lines(&cell.blocks, out)),
            Block::HorizontalRule | Block::Signature(_) => {}
        }
    }
}

/// The lines of a paragraph, tidied; more than one where line breaks follow each other.
fn paragraphs(content: &[Inline]) -> Vec<Vec<Inline>> {
    let mut out: Vec<Vec<Inline>> = Vec::new();
    let mut paragraph: Vec<Inline> = Vec::new();
    for line in content.split(|inline| matches!(inline, Inline::HardBreak)) {
        let line = trimmed(line);
        if line.is_empty() {
            if !paragraph.is_empty() {
                out.push(std::mem::take(&mut paragraph));
            }
            continue;
        }
        if !paragraph.is_empty() {
            paragraph.push(Inline::HardBreak);
        }
        paragraph.extend(line);
    }
    if !paragraph.is_empty() {
        out.push(paragraph);
    }
    out.iter_mut().for_each(|line| *line = tighten(line));
    out
}

fn is_text_of(inline: &Inline, wanted: impl Fn(&str) -> bool) -> bool {
    matches!(inline, Inline::Text { text, marks } if !marks.code && wanted(text))
}

/// A line without the blanks at its edges (blanks in code stand).
fn trimmed(line: &[Inline]) -> Vec<Inline> {
    let blank = |inline: &Inline| is_text_of(inline, |text| text.trim().is_empty());
    let start = line.iter().position(|inline| !blank(inline));
    let Some(start) = start else {
        return Vec::new();
    };
    let end = line
        .iter()
        .rposition(|inline| !blank(inline))
        .unwrap_or(start);
    let mut out = line[start..=end].to_vec();
    if let Some(Inline::Text { text, marks }) = out.first_mut()
        && !marks.code
    {
        *text = text.trim_start().to_owned();
    }
    if let Some(Inline::Text { text, marks }) = out.last_mut()
        && !marks.code
    {
        *text = text.trim_end().to_owned();
    }
    out
}

type Flag = fn(&mut Marks) -> &mut bool;
const FLAGS: [Flag; 4] = [
    |marks| &mut marks.bold,
    |marks| &mut marks.italic,
    |marks| &mut marks.underline,
    |marks| &mut marks.strike,
];

/// Takes marks off the blanks at their edges. Works on single characters' worth of text: each
/// piece is cut into blanks and the rest, marks are judged, and equal neighbours are joined again.
fn tighten(line: &[Inline]) -> Vec<Inline> {
    let mut pieces: Vec<Inline> = Vec::new();
    for inline in line {
        match inline {
            Inline::Text { text, marks } if !marks.code => {
                pieces.extend(cut(text).map(|piece| Inline::Text {
                    text: piece.to_owned(),
                    marks: marks.clone(),
                }));
            }
            other => pieces.push(other.clone()),
        }
    }
    for flag in FLAGS {
        loosen(
            &mut pieces,
            |inline| match inline {
                Inline::Text { marks, .. } => Some(*flag(marks)),
                Inline::HardBreak => None,
                Inline::Image { .. } => Some(false),
            },
            |marks| *flag(marks) = false,
        );
    }
    let mut links: Vec<_> = Vec::new();
    for inline in &pieces {
        if let Some(link) = inline.link()
            && !links.contains(link)
        {
            links.push(link.clone());
        }
    }
    for link in links {
        loosen(
            &mut pieces,
            |inline| match inline {
                Inline::HardBreak => None,
                other => Some(other.link() == Some(&link)),
            },
            |marks| marks.link = None,
        );
    }
    let mut out: Vec<Inline> = Vec::new();
    for piece in pieces {
        match piece {
            Inline::Text { text, marks } => push_text(&mut out, &text, &marks),
            other => out.push(other),
        }
    }
    out
}

/// A text as alternating blanks and words.
fn cut(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let blank = rest.chars().next()?.is_whitespace();
        let end = rest
            .find(|c: char| c.is_whitespace() != blank)
            .unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(end);
        rest = tail;
        Some(piece)
    })
}

/// Clears a mark on the blanks at both ends of each run of it. A line break (`None`) belongs to
/// the run around it.
fn loosen(
    pieces: &mut [Inline],
    mut has: impl FnMut(&mut Inline) -> Option<bool>,
    clear: impl Fn(&mut Marks),
) {
    let mut at = 0;
    while at < pieces.len() {
        if has(&mut pieces[at]) != Some(true) {
            at += 1;
            continue;
        }
        let mut end = at;
        let mut seen = at;
        while seen < pieces.len() {
            match has(&mut pieces[seen]) {
                Some(true) => end = seen + 1,
                Some(false) => break,
                None => {}
            }
            seen += 1;
        }
        let run = &mut pieces[at..end];
        let blank = |inline: &Inline| {
            matches!(inline, Inline::HardBreak) || is_text_of(inline, |text| text.trim().is_empty())
        };
        let kept = run.iter().position(|inline| !blank(inline));
        let last = run.iter().rposition(|inline| !blank(inline));
        for (index, inline) in run.iter_mut().enumerate() {
            let inside =
                matches!((kept, last), (Some(kept), Some(last)) if (kept..=last).contains(&index));
            if !inside && let Inline::Text { marks, .. } = inline {
                clear(marks);
            }
        }
        at = end;
    }
}
