//! The text of a draft: a ProseMirror document of our schema.
//!
//! [`DocumentJson`] is what the page and the database exchange, not yet judged. [`Document`] is
//! the same as a typed tree: [`Document::parse`] judges, and everything that leaves this program
//! (the HTML and the plain part of a mail, the Markdown a model sees) is written from the tree,
//! never from somebody's markup. The schema is the editor's: paragraphs, headings 1 to 3, bullet
//! and ordered lists, quotations, code blocks, tables, rules, a signature; in a line text with
//! bold, italic, underline, strike, code and link, hard breaks, and images of our own store.
//!
//! A `Document` is always in normal form, see [`Document::new`]. Deliberately absent:
//! colours and fonts (mail programs disagree about them), remote images, and the signature's
//! text: the node only refers to it, so that it can be changed until the mail is frozen.

mod build;
mod choice;
mod count;
mod flat_list;
mod html;
mod import;
mod json;
mod mail;
mod markdown;
mod normal;
mod paste;
mod plain;
mod salvage;
mod sanitise;
mod serialize;
mod spans;
mod table;
mod text;
mod text_table;
mod untrack;

#[cfg(test)]
pub(crate) mod arbitrary;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod import_tests;
#[cfg(test)]
mod paste_tests;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::id::SignatureId;

pub use count::words_in;
pub(crate) use html::Piece;
pub use mail::MailParts;
pub use paste::{KeptImage, MAX_PASTE_BYTES, data_image, image_addresses};
pub use sanitise::{sanitise_html, sanitise_slice};
pub use table::{MAX_TABLE_CELLS, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS, Table, TableCell};
pub(crate) use text::says_address;

/// How deep quotations, lists and tables may nest; a list counts twice, once for itself and once
/// for its item, a table three times. Keeps the JSON text well below the 128 levels at which `serde_json` refuses to read it
/// again.
pub const MAX_DEPTH: usize = 48;
/// The most nodes a document may have.
pub const MAX_NODES: usize = 100_000;
/// The most bytes (UTF-8) of text, addresses and descriptions a document may have.
pub const MAX_TEXT_BYTES: usize = 4 * 1024 * 1024;
/// The most bytes of one link address; browsers and mail programs cut longer ones.
pub const MAX_HREF_BYTES: usize = 8 * 1024;
/// The start of an image's `src`; 64 hexadecimal digits follow.
pub const IMAGE_ORIGIN: &str = "draftwell-image://localhost/";

/// A judged document in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Shared: most of those who keep a document only read it.
    blocks: Arc<Vec<Block>>,
}

/// A block: what stands below the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A paragraph; may be empty, which is a blank line.
    Paragraph(Vec<Inline>),
    /// A heading.
    Heading {
        /// 1 to 3.
        level: u8,
        /// Its line.
        content: Vec<Inline>,
    },
    /// A list with bullets. Each item begins with a paragraph.
    BulletList(Vec<Vec<Block>>),
    /// A numbered list. Each item begins with a paragraph.
    OrderedList {
        /// The first number, 0 to 999,999,999 (CommonMark's nine digits).
        start: u32,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// A quotation.
    Blockquote(Vec<Block>),
    /// Preformatted text.
    CodeBlock {
        /// Programming language, letters, digits and `+#._-`.
        language: Option<String>,
        /// The text, lines separated by `\n`.
        text: String,
    },
    /// A table; never inside another one.
    Table(Table),
    /// A line across.
    HorizontalRule,
    /// The place where the signature goes; at most one, never inside another block.
    Signature(SignatureId),
}

/// What stands in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Text, never empty, without line breaks or control characters (tabs excepted).
    Text {
        /// The text.
        text: String,
        /// How it is set.
        marks: Marks,
    },
    /// A new line in the same paragraph.
    HardBreak,
    /// A picture in the line.
    Image {
        /// The picture.
        image: Image,
        /// Where it leads.
        link: Option<Href>,
    },
}

/// How a piece of text is set. Code excludes the others, as in the editor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Struck out.
    pub strike: bool,
    /// Code.
    pub code: bool,
    /// Where it leads.
    pub link: Option<Href>,
}

/// A picture of our own store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Which.
    pub hash: ImageHash,
    /// What it shows, for those who can't see it; on one line, or empty.
    pub alt: String,
    /// Its title, on one line.
    pub title: Option<String>,
    /// Width in CSS pixels, 1 to 10,000.
    pub width: Option<u32>,
    /// Height in CSS pixels, 1 to 10,000.
    pub height: Option<u32>,
}

/// The BLAKE3 hash that names a picture in the content-addressed store. Written as 64 lower-case
/// hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageHash(pub [u8; 32]);

impl fmt::Display for ImageHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(blake3::Hash::from_bytes(self.0).to_hex().as_str())
    }
}

impl FromStr for ImageHash {
    type Err = blake3::HexError;

    fn from_str(hex: &str) -> Result<Self, Self::Err> {
        blake3::Hash::from_hex(hex).map(|hash| Self(*hash.as_bytes()))
    }
}

impl ImageHash {
    /// The hash in an image's `src`; nothing if it is not one of ours.
    pub fn from_src(src: &str) -> Option<Self> {
        src.strip_prefix(IMAGE_ORIGIN)?.parse().ok()
    }

    /// The `src` under which the page shows it.
    pub fn to_src(self) -> String {
        format!("{IMAGE_ORIGIN}{self}")
    }
}

/// The address of a link: absolute, with one of the schemes http, https, mailto and tel.
///
/// Kept as it was written, except that blanks, control characters and characters that could be
/// mistaken for markup are percent-encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Href(String);

impl Href {
    /// Reads an address. `www.example.org/x` and `ada@example.org` get the scheme they lack;
    /// other schemes, relative addresses and nonsense are nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
        if text.is_empty() || text.len() > MAX_HREF_BYTES {
            return None;
        }
        let mut href = String::with_capacity(text.len() + 8);
        match scheme(text) {
            Some("http" | "https" | "mailto" | "tel") => {}
            // "example.org:8080/x" has no scheme either, but "javascript:x" must not become one.
            Some(_) => return None,
            None if text.starts_with(['/', '#', '?', '.']) => return None,
            None if text.contains('@') && !text.contains('/') => href.push_str("mailto:"),
            None if text.contains('.') => href.push_str("https://"),
            None => return None,
        }
        for c in text.chars() {
            if unsafe_in_href(c) {
                for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                    href.push_str(&format!("%{byte:02X}"));
                }
            } else {
                href.push(c);
            }
        }
        let url = ammonia::Url::parse(&href).ok()?;
        let usable = match url.scheme() {
            "http" | "https" => url.host_str().is_some(),
            _ => !url.path().is_empty(),
        };
        usable.then_some(Self(href))
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The scheme of an address in lower case, if it is one of those we know or any other.
fn scheme(text: &str) -> Option<&'static str> {
    let (before, _) = text.split_once(':')?;
    let mut chars = before.chars();
    if !chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        || !chars.all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    {
        return None;
    }
    ["http", "https", "mailto", "tel"]
        .into_iter()
        .find(|known| before.eq_ignore_ascii_case(known))
        .or(Some("other"))
}

fn unsafe_in_href(c: char) -> bool {
    c.is_control() || c.is_whitespace() || is_invisible(c) || "<>\"`\\^|".contains(c)
}

/// Characters that show nothing but change what is around them: directional controls, zero-width
/// blanks, the byte order mark. They make one address look like another.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

impl Document {
    /// A document with one empty paragraph.
    pub fn empty() -> Self {
        Self {
            blocks: Arc::new(vec![Block::Paragraph(Vec::new())]),
        }
    }

    /// A document in normal form:
    /// - neighbouring pieces of text with the same marks are one; empty ones are gone;
    /// - a line break in the text of a line is a hard break; NUL and other control characters are
    ///   gone;
    /// - code excludes the other marks, but a link is worth more than code;
    /// - headings are of level 1 to 3, an item begins with a paragraph, no list is empty, no
    ///   quotation is empty, the document is not empty;
    /// - a table is a full rectangle and in no other table (one in a cell becomes its lines); one
    ///   with more than [`MAX_TABLE_ROWS`], [`MAX_TABLE_COLUMNS`] or [`MAX_TABLE_CELLS`] becomes
    ///   its lines;
    /// - there is at most one signature, and it is at the top level: one inside another block
    ///   follows it instead; it is never the first block.
    ///
    /// The depth is not looked at here: [`Document::parse`] refuses what is too deep, the readers
    /// of HTML and Markdown flatten it.
    pub fn new(blocks: Vec<Block>) -> Self {
        Self {
            blocks: Arc::new(normal::top_level(blocks)),
        }
    }

    /// The blocks, in order.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    /// Whether there is nothing to read: no text but blanks, no image, no rule. A signature alone
    /// counts as nothing.
    pub fn is_blank(&self) -> bool {
        fn blank(block: &Block) -> bool {
            match block {
                Block::Paragraph(content) | Block::Heading { content, .. } => {
                    content.iter().all(|inline| match inline {
                        Inline::Text { text, .. } => text.trim().is_empty(),
                        Inline::HardBreak => true,
                        Inline::Image { .. } => false,
                    })
                }
                Block::BulletList(items) | Block::OrderedList { items, .. } => {
                    items.iter().flatten().all(blank)
                }
                Block::Blockquote(blocks) => blocks.iter().all(blank),
                Block::Table(table) => table.blocks().all(blank),
                Block::CodeBlock { text, .. } => text.trim().is_empty(),
                Block::HorizontalRule => false,
                Block::Signature(_) => true,
            }
        }
        self.blocks.iter().all(blank)
    }

    /// The signature the document refers to.
    pub fn signature_id(&self) -> Option<SignatureId> {
        self.blocks.iter().find_map(|block| match block {
            Block::Signature(id) => Some(*id),
            _ => None,
        })
    }

    /// The same text with this signature: in the place of the former one, else at the end;
    /// `None` takes it out.
    #[must_use]
    pub fn with_signature(mut self, id: Option<SignatureId>) -> Self {
        let Some(id) = id else {
            return self.without_signature();
        };
        let blocks = Arc::make_mut(&mut self.blocks);
        match blocks
            .iter_mut()
            .find(|block| matches!(block, Block::Signature(_)))
        {
            Some(node) => *node = Block::Signature(id),
            None => blocks.push(Block::Signature(id)),
        }
        self
    }

    /// The same text without its signature.
    #[must_use]
    pub fn without_signature(mut self) -> Self {
        if self.signature_id().is_some() {
            Arc::make_mut(&mut self.blocks).retain(|block| !matches!(block, Block::Signature(_)));
        }
        self
    }

    /// The images, each once, in the order they appear.
    pub fn image_hashes(&self) -> Vec<ImageHash> {
        let mut hashes = Vec::new();
        for_each_line(&self.blocks, &mut |content| {
            for inline in content {
                if let Inline::Image { image, .. } = inline
                    && !hashes.contains(&image.hash)
                {
                    hashes.push(image.hash);
                }
            }
        });
        hashes
    }

    /// The links, each once, in the order they appear.
    pub fn links(&self) -> Vec<Href> {
        let mut links: Vec<Href> = Vec::new();
        for_each_line(&self.blocks, &mut |content| {
            for inline in content {
                if let Some(link) = inline.link()
                    && !links.contains(link)
                {
                    links.push(link.clone());
                }
            }
        });
        links
    }
}

impl Default for Document {
    fn default() -> Self {
        Self::empty()
    }
}

impl Inline {
    /// Text without marks.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::Text {
            text: text.into(),
            marks: Marks::default(),
        }
    }

    /// Where it leads.
    pub fn link(&self) -> Option<&Href> {
        match self {
            Self::Text { marks, .. } => marks.link.as_ref(),
            Self::Image { link, .. } => link.as_ref(),
            Self::HardBreak => None,
        }
    }
}

/// Hands out the lines of all paragraphs and headings, in order.
pub(crate) fn for_each_line<'a>(blocks: &'a [Block], see: &mut dyn FnMut(&'a [Inline])) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => see(content),
            Block::BulletList(items) | Block::OrderedList { items, .. } => {
                for item in items {
                    for_each_line(item, see);
                }
            }
            Block::Blockquote(inner) => for_each_line(inner, see),
            Block::Table(table) => {
                table
                    .rows
                    .iter()
                    .flatten()
                    .for_each(|cell| for_each_line(&cell.blocks, see));
            }
            Block::CodeBlock { .. } | Block::HorizontalRule | Block::Signature(_) => {}
        }
    }
}

/// A ProseMirror document as the page and the database exchange it: JSON, not yet judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct DocumentJson(#[specta(type = DocumentNode)] pub serde_json::Value);

/// The shape of a ProseMirror node in JSON; only described here, for the page.
#[derive(Type)]
pub struct DocumentNode {
    /// Name of the node type.
    pub r#type: String,
    /// Attributes.
    #[specta(optional)]
    pub attrs: Option<BTreeMap<String, DocumentAttribute>>,
    /// Child nodes.
    #[specta(optional)]
    pub content: Option<Vec<DocumentNode>>,
    /// Marks of a text node.
    #[specta(optional)]
    pub marks: Option<Vec<DocumentMark>>,
    /// Text of a text node.
    #[specta(optional)]
    pub text: Option<String>,
}

/// The shape of a mark in JSON.
#[derive(Type)]
pub struct DocumentMark {
    /// Name of the mark type.
    pub r#type: String,
    /// Attributes.
    #[specta(optional)]
    pub attrs: Option<BTreeMap<String, DocumentAttribute>>,
}

/// The value of an attribute.
#[derive(Type, Serialize)]
#[serde(untagged)]
pub enum DocumentAttribute {
    /// Text.
    Text(String),
    /// Number.
    Number(f64),
    /// Truth value.
    Flag(bool),
    /// Numbers, such as the widths of the columns a cell spans.
    Numbers(Vec<f64>),
    /// `null`.
    Nothing(()),
}
