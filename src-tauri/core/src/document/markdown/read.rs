//! Reading Markdown with pulldown-cmark.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::super::{
    Block, Document, Href, Image, ImageHash, Inline, Marks, TableCell,
    build::{Builder, TableSigns},
};

const EXTENSIONS: Options = Options::ENABLE_STRIKETHROUGH.union(Options::ENABLE_TABLES);

impl Document {
    /// Reads Markdown; see the module for the four liberties. Any text is valid.
    ///
    /// Links of schemes we don't keep become their text; images that aren't ours their
    /// description; HTML is text.
    pub fn from_markdown(markdown: &str) -> Self {
        let mut reader = Reader::default();
        for event in Parser::new_ext(markdown, EXTENSIONS) {
            reader.event(event);
        }
        reader.end_line();
        reader.builder.finish()
    }
}

/// Reads a size behind an image's address, as [`super::size_fragment`] writes it.
fn image_size(fragment: &str) -> Option<(Option<u32>, Option<u32>)> {
    let (width, height) = fragment.split_once('x')?;
    let number = |text: &str| match text {
        "" => Some(None),
        text if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok().map(Some),
        _ => None,
    };
    Some((number(width)?, number(height)?))
}

/// What a bare HTML tag in a line stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tagged {
    Bold,
    Italic,
    Underline,
    Strike,
}

/// A piece of a line. Whether a tag is one or just text is known at the line's end.
enum Piece {
    Inline(Inline),
    Tag {
        what: Tagged,
        opens: bool,
        raw: String,
        marks: Marks,
    },
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    level: Option<u8>,
    line: Vec<Piece>,
    bold: usize,
    italic: usize,
    strike: usize,
    link: Vec<Option<Href>>,
    /// The images that are being read: address, title and description so far.
    images: Vec<(String, String, String)>,
    /// The code block that is being read: language and text so far.
    code: Option<(String, String)>,
    /// Whether the headers of a table are being read.
    in_head: bool,
}

impl Reader {
    fn marks(&self) -> Marks {
        Marks {
            bold: self.bold > 0,
            italic: self.italic > 0,
            strike: self.strike > 0,
            link: self.link.last().cloned().flatten(),
            ..Marks::default()
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((.., alt)) = self.images.last_mut() {
            alt.push_str(text);
        } else if let Some((_, code)) = &mut self.code {
            code.push_str(text);
        } else {
            let marks = self.marks();
            self.line.push(Piece::Inline(Inline::Text {
                text: text.to_owned(),
                marks,
            }));
        }
    }

    fn new_line(&mut self) {
        if let Some((.., alt)) = self.images.last_mut() {
            alt.push(' ');
        } else {
            self.line.push(Piece::Inline(Inline::HardBreak));
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) => self.text(&text),
            Event::Code(text) if self.images.is_empty() => {
                let marks = Marks {
                    code: true,
                    ..self.marks()
                };
                self.line.push(Piece::Inline(Inline::Text {
                    text: text.into_string(),
                    marks,
                }));
            }
            Event::InlineHtml(raw) => self.tag(&raw),
            Event::SoftBreak | Event::HardBreak => self.new_line(),
            Event::Rule => {
                self.end_line();
                self.builder.block(Block::HorizontalRule);
            }
            // The others belong to extensions that are not switched on.
            Event::Code(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => self.text(&text),
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strike += 1,
            Tag::Link { dest_url, .. } => self.link.push(Href::parse(&dest_url)),
            Tag::Image {
                dest_url, title, ..
            } => self
                .images
                .push((dest_url.into_string(), title.into_string(), String::new())),
            other => {
                self.end_line();
                match other {
                    Tag::Heading { level, .. } => {
                        self.level = Some(match level {
                            HeadingLevel::H1 => 1,
                            HeadingLevel::H2 => 2,
                            _ => 3,
                        });
                    }
                    Tag::BlockQuote(_) => self.builder.open_quote(),
                    Tag::List(start) => self
                        .builder
                        .open_list(start.map(|start| u32::try_from(start).unwrap_or(u32::MAX))),
                    Tag::Item => self.builder.open_item(),
                    Tag::Table(_) => self.builder.open_table(TableSigns::default()),
                    Tag::TableHead => {
                        self.in_head = true;
                        self.builder.open_row();
                    }
                    Tag::TableRow => self.builder.open_row(),
                    Tag::TableCell => {
                        let cell = TableCell::new(self.in_head, Vec::new());
                        self.builder.open_cell(cell);
                    }
                    Tag::CodeBlock(kind) => {
                        let language = match &kind {
                            CodeBlockKind::Fenced(info) => {
                                info.split_whitespace().next().unwrap_or_default()
                            }
                            CodeBlockKind::Indented => "",
                        };
                        self.code = Some((language.to_owned(), String::new()));
                    }
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis => self.italic = self.italic.saturating_sub(1),
            TagEnd::Strong => self.bold = self.bold.saturating_sub(1),
            TagEnd::Strikethrough => self.strike = self.strike.saturating_sub(1),
            TagEnd::Link => {
                self.link.pop();
            }
            TagEnd::Image => self.image(),
            TagEnd::CodeBlock => {
                if let Some((language, mut text)) = self.code.take() {
                    if text.ends_with('\n') {
                        text.pop();
                    }
                    self.builder.block(Block::CodeBlock {
                        language: Some(language),
                        text,
                    });
                }
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.builder.drop_empty_row();
            }
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::TableCell => {
                self.end_line();
                self.builder.close();
            }
            TagEnd::HtmlBlock => {
                // The line breaks after a block of HTML are not part of what is said.
                while let Some(Piece::Inline(Inline::Text { text, .. })) = self.line.last_mut() {
                    text.truncate(text.trim_end().len());
                    if !text.is_empty() {
                        break;
                    }
                    self.line.pop();
                }
                self.end_line();
            }
            _ => self.end_line(),
        }
    }

    fn image(&mut self) {
        let Some((src, title, alt)) = self.images.pop() else {
            return;
        };
        let (address, fragment) = src.split_once('#').unwrap_or((&src, ""));
        let ours = ImageHash::from_src(address).filter(|_| self.images.is_empty());
        match ours {
            Some(hash) => {
                let (width, height) = image_size(fragment).unwrap_or_default();
                let link = self.link.last().cloned().flatten();
                self.line.push(Piece::Inline(Inline::Image {
                    image: Image {
                        hash,
                        alt,
                        title: Some(title),
                        width,
                        height,
                    },
                    link,
                }));
            }
            None => self.text(&alt),
        }
    }

    fn tag(&mut self, raw: &str) {
        let name = raw.trim_start_matches('<').trim_end_matches('>').trim();
        let (name, opens) = match name.strip_prefix('/') {
            Some(name) => (name, false),
            None => (name, true),
        };
        let what = match name.to_ascii_lowercase().as_str() {
            "b" | "strong" => Tagged::Bold,
            "i" | "em" => Tagged::Italic,
            "u" => Tagged::Underline,
            "s" | "del" => Tagged::Strike,
            "br" | "br/" | "br /" if opens => return self.new_line(),
            _ => return self.text(raw),
        };
        if !self.images.is_empty() {
            return self.text(raw);
        }
        let marks = self.marks();
        self.line.push(Piece::Tag {
            what,
            opens,
            raw: raw.to_owned(),
            marks,
        });
    }

    /// Ends the line, if there is one: matches its tags and hands it on.
    fn end_line(&mut self) {
        let level = self.level.take();
        if self.line.is_empty() {
            return;
        }
        let line = std::mem::take(&mut self.line);
        let mut matched = vec![false; line.len()];
        let mut open: Vec<(usize, Tagged)> = Vec::new();
        for (index, piece) in line.iter().enumerate() {
            match piece {
                Piece::Tag {
                    what, opens: true, ..
                } => open.push((index, *what)),
                Piece::Tag {
                    what, opens: false, ..
                } => {
                    if let Some(at) = open.iter().rposition(|(_, other)| other == what) {
                        matched[open.remove(at).0] = true;
                        matched[index] = true;
                    }
                }
                Piece::Inline(_) => {}
            }
        }
        self.builder.begin_line(level);
        let out = self.builder.line();
        let mut inside = [0_usize; 4];
        let set = |mut marks: Marks, inside: &[usize; 4]| {
            marks.bold |= inside[Tagged::Bold as usize] > 0;
            marks.italic |= inside[Tagged::Italic as usize] > 0;
            marks.underline |= inside[Tagged::Underline as usize] > 0;
            marks.strike |= inside[Tagged::Strike as usize] > 0;
            marks
        };
        for (index, piece) in line.into_iter().enumerate() {
            match piece {
                Piece::Tag { what, opens, .. } if matched[index] => {
                    let depth = &mut inside[what as usize];
                    *depth = if opens {
                        *depth + 1
                    } else {
                        depth.saturating_sub(1)
                    };
                }
                Piece::Tag { raw, marks, .. } => out.push(Inline::Text {
                    text: raw,
                    marks: set(marks, &inside),
                }),
                Piece::Inline(Inline::Text { text, marks }) => out.push(Inline::Text {
                    text,
                    marks: set(marks, &inside),
                }),
                Piece::Inline(other) => out.push(other),
            }
        }
        self.builder.end_line();
    }
}
