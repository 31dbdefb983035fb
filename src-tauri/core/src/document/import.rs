//! Reading HTML: our own, and what comes from other programs.
//!
//! ammonia goes first: it parses as browsers do, keeps the tags and attributes listed in
//! `sanitise` and writes a well-formed fragment. What is left needs no second tree: html5ever's
//! tokenizer (the parser ammonia itself uses) hands out the tags, and each says what it means to
//! the text. Nothing here recurses, so no nesting is too deep.

use std::{cell::RefCell, collections::HashMap};

use html5ever::{
    LocalName,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    },
};

use super::{
    Block, Document, Href, Image, ImageHash, Inline, Marks, TableCell,
    build::{Builder, TableSigns},
    choice::Choice,
    flat_list::FlatList,
    paste::KeptImage,
    sanitise::{COMMENT_ANCHOR, LAYOUT_ATTRIBUTES, sanitise_import},
};

impl Document {
    /// Reads HTML from anywhere. What the schema has no place for becomes text: remote images
    /// their description, tables that only set things beside each other paragraphs.
    ///
    /// Our own HTML comes back exactly: `from_html(to_html(d)) == d`.
    pub fn from_html(html: &str) -> Self {
        read(html, Reader::default())
    }

    /// The same for HTML of another program, whose links lose what follows people and whose
    /// pictures were kept before, by the address they have in the HTML.
    pub(super) fn from_foreign_html(html: &str, images: HashMap<String, KeptImage>) -> Self {
        let reader = Reader {
            foreign: true,
            images: Some(images),
            ..Reader::default()
        };
        read(html, reader)
    }

    /// The same for HTML whose links are to stay as they are.
    pub(super) fn from_kept_html(html: &str, images: HashMap<String, KeptImage>) -> Self {
        let reader = Reader {
            images: Some(images),
            ..Reader::default()
        };
        read(html, reader)
    }
}

fn read(html: &str, reader: Reader) -> Document {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(sanitise_import(html)));
    let sink = Sink(RefCell::new(reader));
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // Scripts, for which a tokenizer would stop, don't pass ammonia.
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let mut reader = tokenizer.sink.0.into_inner();
    reader.end_line();
    reader.builder.finish()
}

struct Sink(RefCell<Reader>);

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut reader = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(text) => reader.text(&text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => reader.open(&tag),
            Token::TagToken(tag) => reader.close(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// How text is set at some place.
#[derive(Clone, Default)]
struct Setting {
    marks: Marks,
    /// The level, inside a heading.
    level: Option<u8>,
    /// Whether blanks and line breaks stand as they are.
    pre_wrap: bool,
    hidden: bool,
    /// Whether this is the bullet or number Word writes in front of an item.
    marker: bool,
}

/// What ends with an element.
enum Ends {
    Nothing,
    Line,
    Container,
    Code,
    Choice,
}

struct Open {
    name: LocalName,
    /// How text was set before it.
    before: Setting,
    ends: Ends,
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    open: Vec<Open>,
    setting: Setting,
    /// A blank that is written if something follows it in the line.
    blank: Option<Marks>,
    /// The code block being read: language and text so far.
    code: Option<(Option<String>, String)>,
    /// The list to choose from that is being read.
    choice: Option<Choice>,
    /// The list that Word writes as paragraphs.
    flat: FlatList,
    /// Whether the HTML is another program's.
    foreign: bool,
    /// The pictures of another program's HTML that are kept, by their address there: no others
    /// are shown. Without it the HTML is ours, and so are its pictures.
    images: Option<HashMap<String, KeptImage>>,
}

pub(super) fn attribute<'a>(tag: &'a Tag, name: &str) -> Option<&'a str> {
    tag.attrs
        .iter()
        .find(|attribute| &*attribute.name.local == name)
        .map(|attribute| &*attribute.value)
}

fn pixels(tag: &Tag, name: &str) -> Option<u32> {
    attribute(tag, name)?
        .trim()
        .trim_end_matches("px")
        .parse()
        .ok()
}

fn language(tag: &Tag) -> Option<String> {
    attribute(tag, "class")?
        .split_ascii_whitespace()
        .find_map(|class| class.strip_prefix("language-"))
        .map(str::to_owned)
}

/// Whether a length is nothing, whatever its unit.
fn is_zero(length: &str) -> bool {
    let number = length.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    !number.is_empty() && number.parse() == Ok(0.0_f32)
}

/// Whether a table or cell has a line around it or at one of its sides.
fn has_border(tag: &Tag) -> bool {
    let style = attribute(tag, "style").unwrap_or_default();
    let drawn = style
        .split(';')
        .filter_map(|one| one.split_once(':'))
        .filter(|(property, _)| property.trim().to_ascii_lowercase().starts_with("border"))
        .any(|(_, value)| {
            let value = value.to_ascii_lowercase();
            let mut words = value.split_ascii_whitespace();
            let styles = [
                "solid", "dashed", "dotted", "double", "inset", "outset", "groove", "ridge",
            ];
            words.clone().any(|word| styles.contains(&word)) && !words.any(is_zero)
        });
    drawn || attribute(tag, "border").is_some_and(|width| !width.is_empty() && !is_zero(width))
}

/// Blanks that HTML collapses; the non-breaking ones are not among them.
fn collapses(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{C}')
}

impl Reader {
    fn text(&mut self, text: &str) {
        if self.setting.hidden {
            return;
        }
        if let Some(choice) = &mut self.choice {
            choice.text(text);
            return;
        }
        if self.setting.marker && self.flat.waits() {
            self.flat.marker(text);
            return;
        }
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        if self.setting.pre_wrap {
            // Line ends between the tags of a page that is set this way as a whole.
            let only_layout = text.contains('\n') && text.chars().all(collapses);
            if self.builder.in_line() || !only_layout {
                self.write(text);
            }
            return;
        }
        for (index, word) in text.split(collapses).enumerate() {
            if index > 0 && self.blank.is_none() {
                self.blank = Some(self.setting.marks.clone());
            }
            if !word.is_empty() {
                self.write(word);
            }
        }
    }

    /// The line being written, or a new one.
    fn line(&mut self) -> &mut Vec<Inline> {
        if !self.builder.in_line() {
            self.flat.begin_line(&mut self.builder);
            self.builder.begin_line(self.setting.level);
        }
        self.builder.line()
    }

    /// Writes the blank that waits, if something stands before it.
    fn write_blank(&mut self) {
        if let Some(marks) = self.blank.take()
            && !self.builder.at_line_start()
        {
            self.line().push(Inline::Text {
                text: " ".to_owned(),
                marks,
            });
        }
    }

    fn write(&mut self, text: &str) {
        self.write_blank();
        let marks = self.setting.marks.clone();
        self.line().push(Inline::Text {
            text: text.to_owned(),
            marks,
        });
    }

    /// Ends the line. A line break at its very end is what HTML needs to show an empty line, and
    /// not one of the text's.
    fn end_line(&mut self) {
        self.blank = None;
        if self.builder.in_line() {
            let line = self.builder.line();
            if matches!(line.last(), Some(Inline::HardBreak)) {
                line.pop();
            }
        }
        self.builder.end_line();
        self.flat.forget();
    }

    /// What follows is no part of a list that was written as paragraphs.
    fn end_flat_list(&mut self) {
        self.end_line();
        self.flat.end(&mut self.builder);
    }

    fn open(&mut self, tag: &Tag) {
        let name = &*tag.name;
        match name {
            "br" | "hr" | "img" | "col" => {
                if !self.setting.hidden {
                    self.void(name, tag);
                }
                return;
            }
            _ => {}
        }
        let before = self.setting.clone();
        self.set(name, tag);
        let mut ends = Ends::Nothing;
        if !self.setting.hidden {
            if name == "select" {
                self.choice = Some(Choice::of(tag));
                ends = Ends::Choice;
            } else if let Some(choice) = &mut self.choice {
                if matches!(name, "option" | "optgroup") {
                    choice.entry(tag);
                }
            } else if self.code.is_some() {
                if name == "code" {
                    let found = language(tag);
                    if let Some((language, _)) = &mut self.code {
                        *language = language.take().or(found);
                    }
                }
            } else {
                ends = self.block(name, tag);
            }
        }
        self.open.push(Open {
            name: tag.name.clone(),
            before,
            ends,
        });
    }

    /// What an element means to the blocks.
    fn block(&mut self, name: &str, tag: &Tag) -> Ends {
        match name {
            "blockquote" => {
                self.end_flat_list();
                self.builder.open_quote();
                Ends::Container
            }
            "ul" | "dir" => {
                self.end_flat_list();
                self.builder.open_list(None);
                Ends::Container
            }
            "ol" => {
                self.end_flat_list();
                let start = attribute(tag, "start").and_then(|start| start.parse().ok());
                self.builder.open_list(Some(start.unwrap_or(1)));
                Ends::Container
            }
            "li" => {
                self.end_flat_list();
                self.builder.open_item();
                Ends::Container
            }
            "pre" => {
                self.end_flat_list();
                self.code = Some((language(tag), String::new()));
                Ends::Code
            }
            "table" => {
                self.end_flat_list();
                self.builder.open_table(self.table_signs(tag));
                Ends::Container
            }
            "tr" => {
                self.end_flat_list();
                self.builder.open_row();
                Ends::Line
            }
            "colgroup" => {
                if let Some(signs) = self.builder.table_signs() {
                    signs.drawn = true;
                }
                Ends::Nothing
            }
            "td" | "th" => {
                self.end_flat_list();
                self.builder.open_cell(self.cell(tag));
                if (name == "th" || has_border(tag))
                    && let Some(signs) = self.builder.table_signs()
                {
                    signs.headers |= name == "th";
                    signs.drawn |= has_border(tag);
                }
                Ends::Container
            }
            "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "caption" | "center"
            | "section" | "article" | "header" | "footer" | "main" | "aside" | "nav"
            | "address" | "dl" | "dt" | "dd" | "figure" | "figcaption" | "fieldset" | "details"
            | "summary" => {
                self.end_line();
                if name == "caption"
                    && let Some(signs) = self.builder.table_signs()
                {
                    signs.headers = true;
                }
                let id = attribute(tag, "data-signature").and_then(|id| id.parse().ok());
                if let Some(level) = attribute(tag, "style").and_then(super::flat_list::level) {
                    self.flat.item(level);
                }
                if let Some(id) = id {
                    self.flat.end(&mut self.builder);
                    self.builder.block(Block::Signature(id));
                }
                Ends::Line
            }
            _ => Ends::Nothing,
        }
    }

    /// What the tag of a table says about it. Ours have no attributes.
    fn table_signs(&self, tag: &Tag) -> TableSigns {
        let has = |name: &&str| attribute(tag, name).is_some();
        TableSigns {
            doubtful: self.foreign || LAYOUT_ATTRIBUTES.iter().any(has),
            presentation: matches!(attribute(tag, "role"), Some("presentation" | "none")),
            drawn: has_border(tag),
            ..TableSigns::default()
        }
    }

    fn cell(&self, tag: &Tag) -> TableCell {
        let span = |name| {
            let number = attribute(tag, name).and_then(|text| text.trim().parse().ok());
            number.unwrap_or(1)
        };
        // The head of a table says what stands in its columns, whatever its cells are.
        let in_head = || {
            let around = self.open.iter().rev();
            around
                .map(|open| &*open.name)
                .take_while(|name| *name != "table")
                .any(|name| name == "thead")
        };
        TableCell {
            header: &*tag.name == "th" || in_head(),
            colspan: span("colspan"),
            rowspan: match span("rowspan") {
                // All the rows that follow.
                0 => u32::MAX,
                rows => rows,
            },
            widths: attribute(tag, "data-colwidth")
                .map(|widths| {
                    widths
                        .split(',')
                        .map(|one| one.trim().parse().unwrap_or(0))
                        .collect()
                })
                .unwrap_or_default(),
            blocks: Vec::new(),
        }
    }

    /// What an element and its style mean to the text inside it.
    fn set(&mut self, name: &str, tag: &Tag) {
        let setting = &mut self.setting;
        let marks = &mut setting.marks;
        match name {
            "b" | "strong" => marks.bold = true,
            "i" | "em" | "cite" | "var" => marks.italic = true,
            "u" | "ins" => marks.underline = true,
            "s" | "strike" | "del" => marks.strike = true,
            "code" | "tt" | "kbd" | "samp" => marks.code = true,
            "a" => {
                setting.hidden |= attribute(tag, "class") == Some(COMMENT_ANCHOR);
                let href = attribute(tag, "href").and_then(Href::parse);
                marks.link = if self.foreign {
                    href.map(Href::untracked)
                } else {
                    href
                };
            }
            "h1" => setting.level = Some(1),
            "h2" => setting.level = Some(2),
            "h3" | "h4" | "h5" | "h6" => setting.level = Some(3),
            _ => {}
        }
        setting.hidden |= attribute(tag, "hidden").is_some();
        let style = attribute(tag, "style").unwrap_or_default();
        for (property, value) in style.split(';').filter_map(|one| one.split_once(':')) {
            let value = value.trim().to_ascii_lowercase();
            let marks = &mut setting.marks;
            match &*property.trim().to_ascii_lowercase() {
                "white-space" => {
                    setting.pre_wrap = matches!(&*value, "pre" | "pre-wrap" | "break-spaces");
                }
                "display" if value == "none" => setting.hidden = true,
                "visibility" => setting.hidden |= matches!(&*value, "hidden" | "collapse"),
                // Word's own hidden text, and the remarks it writes below the text.
                "mso-hide" => setting.hidden |= value == "all",
                "mso-element" => setting.hidden |= value.starts_with("comment"),
                "mso-list" if value == "ignore" => setting.marker = true,
                // Preview lines of newsletters: there, and of no size.
                "font-size" => setting.hidden |= is_zero(&value),
                // A heading is bold and a link underlined without saying so.
                "font-weight" if setting.level.is_none() => match &*value {
                    "bold" | "bolder" | "600" | "700" | "800" | "900" => marks.bold = true,
                    "normal" | "lighter" | "100" | "200" | "300" | "400" | "500" => {
                        marks.bold = false;
                    }
                    _ => {}
                },
                "font-style" => match &*value {
                    "italic" | "oblique" => marks.italic = true,
                    "normal" => marks.italic = false,
                    _ => {}
                },
                "text-decoration" | "text-decoration-line" => {
                    marks.underline |= marks.link.is_none() && value.contains("underline");
                    marks.strike |= value.contains("line-through");
                }
                _ => {}
            }
        }
    }

    fn void(&mut self, name: &str, tag: &Tag) {
        match name {
            "hr" => {
                if self.code.is_none() {
                    self.end_flat_list();
                    self.builder.block(Block::HorizontalRule);
                }
            }
            "br" => self.line_break(),
            "col" => {
                if let Some(signs) = self.builder.table_signs() {
                    signs.drawn = true;
                }
            }
            _ => self.image(tag),
        }
    }

    fn line_break(&mut self) {
        match &mut self.code {
            Some((_, code)) => code.push('\n'),
            None => {
                self.blank = None;
                self.line().push(Inline::HardBreak);
            }
        }
    }

    /// A list to choose from was read: what is seen of it is text.
    fn end_choice(&mut self) {
        let lines = self.choice.take().map(Choice::seen).unwrap_or_default();
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                self.line_break();
            }
            self.text(line);
        }
    }

    fn image(&mut self, tag: &Tag) {
        let alt = attribute(tag, "alt").unwrap_or_default();
        let src = attribute(tag, "src").unwrap_or_default();
        let kept = match &self.images {
            Some(images) => images.get(src).copied(),
            None => ImageHash::from_src(src).map(|hash| KeptImage {
                hash,
                width: None,
                height: None,
            }),
        };
        let (width, height) = (pixels(tag, "width"), pixels(tag, "height"));
        match kept {
            Some(kept) if self.code.is_none() => {
                self.write_blank();
                let link = self.setting.marks.link.clone();
                self.line().push(Inline::Image {
                    image: Image {
                        hash: kept.hash,
                        alt: alt.to_owned(),
                        title: attribute(tag, "title").map(str::to_owned),
                        width: width.or(kept.width),
                        height: height.or(kept.height),
                    },
                    link,
                });
            }
            // Nobody sees a picture of one pixel; it only tells somebody that it was loaded.
            None if matches!(width, Some(0 | 1)) || matches!(height, Some(0 | 1)) => {}
            // Some programs write emoji as images with the character as their description.
            _ => self.text(alt),
        }
    }

    fn close(&mut self, name: &LocalName) {
        let Some(at) = self.open.iter().rposition(|open| open.name == *name) else {
            return;
        };
        for open in self.open.split_off(at).into_iter().rev() {
            match open.ends {
                Ends::Nothing => {}
                Ends::Line => self.end_line(),
                Ends::Container => {
                    self.end_flat_list();
                    self.builder.close();
                }
                Ends::Choice => self.end_choice(),
                Ends::Code => {
                    if let Some((language, text)) = self.code.take() {
                        self.builder.block(Block::CodeBlock { language, text });
                    }
                }
            }
            self.setting = open.before;
        }
    }
}
