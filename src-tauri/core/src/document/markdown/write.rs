//! Writing Markdown.

use super::super::{
    Block, Document, Inline, Table, TableCell,
    spans::{self, Mark, Span},
};

impl Document {
    /// The document as Markdown, without its signature: what a model sees. Text that looks like
    /// Markdown is escaped.
    pub fn to_markdown(&self) -> String {
        let mut out = blocks(&self.markdown_form().blocks);
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }
}

/// How carefully a line is written; the first way that reads back as it should is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Care {
    /// `**bold**`, `*italic*`, `<https://example.org>`.
    Nice,
    /// `_italic_`, for italic beside bold; links always with their text.
    Underscores,
    /// `<b>bold</b>`: stands beside anything.
    Tags,
    /// And every ASCII punctuation character escaped.
    Everything,
}

fn blocks(list: &[Block]) -> String {
    let mut out = String::new();
    // Two lists in a row need different markers, or they would be one.
    let mut other_marker = false;
    for (index, block) in list.iter().enumerate() {
        let same_kind = index > 0
            && matches!(
                (&list[index - 1], block),
                (Block::BulletList(_), Block::BulletList(_))
                    | (Block::OrderedList { .. }, Block::OrderedList { .. })
            );
        other_marker = same_kind && !other_marker;
        if index > 0 {
            out.push_str("\n\n");
        }
        out.push_str(&write_block(block, other_marker));
    }
    out
}

fn write_block(block: &Block, other_marker: bool) -> String {
    match block {
        Block::Paragraph(content) => line(block, content, ""),
        Block::Heading { level, content } => line(
            block,
            content,
            &format!("{} ", "#".repeat(usize::from(*level))),
        ),
        Block::BulletList(items) => {
            let marker = if other_marker { "* " } else { "- " };
            let items: Vec<String> = items.iter().map(|content| item(content, marker)).collect();
            items.join("\n")
        }
        Block::OrderedList { start, items } => {
            let sign = if other_marker { ')' } else { '.' };
            let items: Vec<String> = items
                .iter()
                .zip(*start..)
                // Only the first number counts; CommonMark reads nine digits at most.
                .map(|(content, number)| {
                    item(content, &format!("{}{sign} ", number.min(999_999_999)))
                })
                .collect();
            items.join("\n")
        }
        Block::Blockquote(inner) => prefixed(&blocks(inner), "> ", "> "),
        Block::CodeBlock { language, text } => {
            let fence = "`".repeat(longest_run(text, '`').max(2) + 1);
            let language = language.as_deref().unwrap_or_default();
            format!("{fence}{language}\n{text}\n{fence}")
        }
        Block::Table(table) => write_table(table),
        // Not `---` or `***`: those could be read as an underlined heading or list items.
        Block::HorizontalRule => "___".to_owned(),
        Block::Signature(_) => String::new(),
    }
}

/// A table in the form of [`Document::markdown_form`].
fn write_table(table: &Table) -> String {
    let row = |cells: &mut dyn Iterator<Item = String>| {
        let mut out = String::from("|");
        for cell in cells {
            out.push_str(&format!(" {cell} |"));
        }
        out
    };
    let columns = table.columns();
    let mut lines = Vec::with_capacity(table.rows.len() + 2);
    if !table.has_header_row() {
        lines.push(row(&mut std::iter::repeat_n(String::new(), columns)));
    }
    lines.extend(
        table
            .rows
            .iter()
            .map(|cells| row(&mut cells.iter().map(write_cell))),
    );
    lines.insert(1, row(&mut std::iter::repeat_n("---".to_owned(), columns)));
    lines.join("\n")
}

fn write_cell(cell: &TableCell) -> String {
    let content = match cell.blocks.as_slice() {
        [Block::Paragraph(content)] if !content.is_empty() => content,
        _ => return String::new(),
    };
    let alone = TableCell::new(true, cell.blocks.clone());
    let expected = Document::new(vec![Block::Table(Table {
        rows: vec![vec![alone]],
    })]);
    as_nicely_as_it_reads_back(content, "", true, &|written| {
        Document::from_markdown(&format!("| {written} |\n| --- |")) == expected
    })
}

fn prefixed(text: &str, first: &str, others: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let prefix = if index == 0 { first } else { others };
        out.push_str(if line.is_empty() {
            prefix.trim_end()
        } else {
            prefix
        });
        out.push_str(line);
    }
    out
}

fn item(content: &[Block], marker: &str) -> String {
    // The empty paragraph an item has to begin with in the schema.
    let content = match content {
        [Block::Paragraph(first), rest @ ..] if first.is_empty() && !rest.is_empty() => rest,
        all => all,
    };
    let text = match content {
        // A nested list right below its line; it must be one that may interrupt a paragraph.
        [paragraph @ Block::Paragraph(_), list @ Block::BulletList(_)]
        | [
            paragraph @ Block::Paragraph(_),
            list @ Block::OrderedList { start: 1, .. },
        ] => {
            format!(
                "{}\n{}",
                write_block(paragraph, false),
                write_block(list, false)
            )
        }
        all => blocks(all),
    };
    prefixed(&text, marker, &" ".repeat(marker.len()))
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// Writes a paragraph or heading, as nicely as reads back right.
fn line(block: &Block, content: &[Inline], prefix: &str) -> String {
    let expected = Document::new(vec![block.clone()]);
    as_nicely_as_it_reads_back(content, prefix, false, &|written| {
        Document::from_markdown(written) == expected
    })
}

fn as_nicely_as_it_reads_back(
    content: &[Inline],
    prefix: &str,
    in_cell: bool,
    reads_back: &dyn Fn(&str) -> bool,
) -> String {
    let spans = spans::nest(content);
    let write = |care| {
        let mut pen = Pen {
            out: prefix.to_owned(),
            care,
            start: prefix.len(),
            in_cell,
        };
        pen.spans(&spans, None);
        pen.out
    };
    [Care::Nice, Care::Underscores, Care::Tags]
        .into_iter()
        .map(write)
        .find(|written| reads_back(written))
        .unwrap_or_else(|| write(Care::Everything))
}

struct Pen {
    out: String,
    care: Care,
    /// Where the line begins, behind a heading's `#`.
    start: usize,
    /// Whether this is a cell of a table: on one line, between `|`.
    in_cell: bool,
}

impl Pen {
    fn line_break(&mut self) {
        self.out.push_str(if self.in_cell { "<br>" } else { "\n" });
    }

    /// Whether what is written next stands at the start of a line.
    fn at_start(&self) -> bool {
        self.out.len() == self.start || self.out.ends_with('\n')
    }

    /// Writes spans; `after` is the character that follows them.
    fn spans(&mut self, list: &[Span<'_>], after: Option<char>) {
        for (index, span) in list.iter().enumerate() {
            let next = list.get(index + 1).map_or(after, first_char);
            match span {
                Span::Leaf(Inline::Text { text, .. }) => self.text(text, next),
                Span::Leaf(Inline::HardBreak) => self.line_break(),
                Span::Leaf(Inline::Image { image, .. }) => {
                    self.out.push_str("![");
                    self.text(&image.alt, Some(']'));
                    self.out.push_str("](");
                    self.out.push_str(&image.hash.to_src());
                    self.out
                        .push_str(&super::size_fragment(image.width, image.height));
                    if let Some(title) = &image.title {
                        self.out.push_str(" \"");
                        for c in title.chars() {
                            if matches!(c, '"' | '\\' | '&') || (c == '|' && self.in_cell) {
                                self.out.push('\\');
                            }
                            self.out.push(c);
                        }
                        self.out.push('"');
                    }
                    self.out.push(')');
                }
                Span::Marked { mark, inner } => self.marked(*mark, inner, next),
            }
        }
    }

    fn marked(&mut self, mark: Mark<'_>, inner: &[Span<'_>], next: Option<char>) {
        let (delimiter, tag) = match mark {
            Mark::Link(href) => return self.link(href.as_str(), inner),
            Mark::Code => return self.code(inner),
            Mark::Bold => ("**", "b"),
            Mark::Italic if self.care == Care::Nice => ("*", "i"),
            Mark::Italic => ("_", "i"),
            Mark::Strike => ("~~", "s"),
            Mark::Underline => ("", "u"),
        };
        let start = self.out.len();
        if self.care < Care::Tags && !delimiter.is_empty() {
            let before = self.out[self.start..].chars().next_back();
            self.out.push_str(delimiter);
            let from = self.out.len();
            self.spans(inner, delimiter.chars().next());
            let written = &self.out[from..];
            let (first, last) = (written.chars().next(), written.chars().next_back());
            // CommonMark 0.31, 6.2: a delimiter opens (closes) only where it leans on what it
            // encloses.
            if leans(before, first) && leans(next, last) {
                self.out.push_str(delimiter);
                return;
            }
            self.out.truncate(start);
        }
        self.out.push_str(&format!("<{tag}>"));
        self.spans(inner, Some('<'));
        self.out.push_str(&format!("</{tag}>"));
    }

    fn link(&mut self, href: &str, inner: &[Span<'_>]) {
        if self.care == Care::Nice
            && let [Span::Leaf(Inline::Text { text, .. })] = inner
            && (text == href || href.strip_prefix("mailto:") == Some(text))
        {
            self.out.push_str(&format!("<{text}>"));
            return;
        }
        self.out.push('[');
        self.spans(inner, Some(']'));
        self.out.push_str("](");
        let bracketed = href.contains(['(', ')']);
        if bracketed {
            self.out.push('<');
        }
        for (at, c) in href.char_indices() {
            if c == '&' && href[at..].contains(';') {
                self.out.push('\\');
            }
            self.out.push(c);
        }
        self.out.push_str(if bracketed { ">)" } else { ")" });
    }

    fn code(&mut self, inner: &[Span<'_>]) {
        let text: String = inner
            .iter()
            .map(|span| match span {
                Span::Leaf(Inline::Text { text, .. }) => text.as_str(),
                // A line break between two pieces of code; the code goes on behind it.
                _ => "\n",
            })
            .collect();
        for (index, text) in text.split('\n').enumerate() {
            if index > 0 {
                self.line_break();
            }
            let fence = "`".repeat(longest_run(text, '`') + 1);
            // One blank on each side is taken off again when it is read.
            let stripped =
                text.starts_with(' ') && text.ends_with(' ') && !text.trim_matches(' ').is_empty();
            let pad = if text.starts_with('`') || text.ends_with('`') || stripped {
                " "
            } else {
                ""
            };
            self.out
                .push_str(&format!("{fence}{pad}{text}{pad}{fence}"));
        }
    }

    fn text(&mut self, text: &str, after: Option<char>) {
        let mut before = self.out[self.start..].chars().next_back();
        for (at, c) in text.char_indices() {
            let rest = &text[at + c.len_utf8()..];
            let next = rest.chars().next().or(after);
            if self.needs_escape(c, before, next, rest, &text[..at]) {
                self.out.push('\\');
            }
            self.out.push(c);
            before = Some(c);
        }
    }

    fn needs_escape(
        &self,
        c: char,
        before: Option<char>,
        next: Option<char>,
        rest: &str,
        former: &str,
    ) -> bool {
        if self.care == Care::Everything && c.is_ascii_punctuation() {
            return true;
        }
        let ends = next.is_none_or(char::is_whitespace);
        match c {
            '|' => self.in_cell,
            '\\' | '*' | '`' | '[' | ']' | '~' => true,
            '_' => {
                let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
                !(word(before) && word(next))
            }
            '<' => next.is_none_or(|c| c.is_ascii_alphabetic() || "/!?".contains(c)),
            '&' => next.is_some_and(|c| c == '#' || c.is_ascii_alphanumeric()),
            // `![` would be an image, where a link follows.
            '!' => rest.is_empty(),
            '#' => self.start > 0 || self.at_start(),
            '>' | '=' => self.at_start(),
            '+' => self.at_start() && ends,
            '-' => self.at_start() && (ends || next == Some('-')),
            '.' | ')' => ends && self.is_number_at_start(former),
            _ => false,
        }
    }

    /// Whether only the digits of a list item's number stand before this in the line.
    fn is_number_at_start(&self, former: &str) -> bool {
        !former.is_empty() && former.bytes().all(|b| b.is_ascii_digit()) && {
            let before = self.out.len() - former.len();
            before == self.start || self.out[..before].ends_with('\n')
        }
    }
}

/// Whether a delimiter between these two leans on the inner one: that is no blank, and if it is
/// punctuation, the outer one is no letter.
fn leans(outer: Option<char>, inner: Option<char>) -> bool {
    let Some(inner) = inner else { return false };
    let outside = |c: char| c.is_whitespace() || !c.is_alphanumeric();
    !inner.is_whitespace() && (inner.is_alphanumeric() || outer.is_none_or(outside))
}

/// The character a span begins with, as far as flanking is concerned.
fn first_char(span: &Span<'_>) -> Option<char> {
    match span {
        Span::Leaf(Inline::Text { text, .. }) => text.chars().next(),
        Span::Leaf(Inline::HardBreak) => Some('\n'),
        Span::Leaf(Inline::Image { .. }) => Some('!'),
        Span::Marked { mark, .. } => Some(match mark {
            Mark::Link(_) => '[',
            Mark::Code => '`',
            Mark::Bold | Mark::Italic => '*',
            Mark::Strike => '~',
            Mark::Underline => '<',
        }),
    }
}
