//! What other programs put on the clipboard, reduced to our schema.
//!
//! The same reader as for any HTML ([`Document::from_html`]) does the work; here is what belongs to
//! pasting alone: a limit, the pictures that come along as `data:` addresses, and links without
//! what follows people.

use std::{cell::RefCell, collections::HashMap, sync::Arc};

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
    },
};

use super::{Block, Document, IMAGE_ORIGIN, ImageHash};
use crate::{Error, Result};

/// The most bytes of HTML that are read from the clipboard, pictures included.
pub const MAX_PASTE_BYTES: usize = 48 * 1024 * 1024;

/// How deep HTML may be nested; no program writes more than some dozens of levels. A browser's way
/// of reading looks through all open elements at each tag, so its time grows with their number.
const MAX_HTML_DEPTH: usize = 512;

/// How the address of a picture begins that is itself in the HTML (RFC 2397).
pub(super) const DATA_IMAGE: &str = "data:image/";
/// How the address of a picture begins that is another part of the same mail (RFC 2392).
pub(super) const CID: &str = "cid:";

/// A picture that was taken into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptImage {
    /// Which.
    pub hash: ImageHash,
    /// Width in pixels, where known.
    pub width: Option<u32>,
    /// Height in pixels, where known.
    pub height: Option<u32>,
}

impl Document {
    /// Reads the clipboard's HTML. `images` are the pictures among [`image_addresses`] that are
    /// kept; for the others stands their description.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `html`: more than [`MAX_PASTE_BYTES`], or more text than a document
    /// may have.
    pub fn from_clipboard(html: &str, images: HashMap<String, KeptImage>) -> Result<Self> {
        let too_much = || {
            Error::invalid(
                "html",
                "This is too much to paste with its formatting. Paste it as plain text, or in parts.",
            )
        };
        if html.len() > MAX_PASTE_BYTES || scan(html).deepest > MAX_HTML_DEPTH {
            return Err(too_much());
        }
        let mut document = Self::from_foreign_html(html, images).without_signature();
        // Browsers put a line break behind what they copy.
        while let [.., _, Block::Paragraph(last)] = document.blocks()
            && last.is_empty()
        {
            Arc::make_mut(&mut document.blocks).pop();
        }
        // The same limits as for every document.
        Self::parse(&document.to_json()).map_err(|_| too_much())
    }

    /// Reads the HTML of a mail that is to be written on. Links stay as they are: it is the
    /// user's own text. Nothing where the HTML is more than [`MAX_PASTE_BYTES`] or too deep.
    pub fn from_mail_html(html: &str, images: HashMap<String, KeptImage>) -> Option<Self> {
        (html.len() <= MAX_PASTE_BYTES && scan(html).deepest <= MAX_HTML_DEPTH)
            .then(|| Self::from_kept_html(html, images).without_signature())
    }
}

/// The addresses of the pictures somebody may have kept, each once, in order: those in the HTML
/// itself (`data:`), those beside it in a mail (`cid:`), and those of our own store.
pub fn image_addresses(html: &str) -> Vec<String> {
    scan(html).images
}

/// Looks through the tags without building anything.
fn scan(html: &str) -> Seen {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Scan::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

#[derive(Default)]
struct Seen {
    images: Vec<String>,
    /// How many elements are open, as far as the tags say so, and the most there were.
    open: usize,
    deepest: usize,
}

#[derive(Default)]
struct Scan(RefCell<Seen>);

/// Elements that hold nothing, or that end by themselves where the next one begins.
const ENDS_ITSELF: [&str; 24] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
    "p", "li", "dt", "dd", "tr", "td", "th", "tbody", "thead", "tfoot", "option", "colgroup",
];

impl TokenSink for Scan {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let Token::TagToken(tag) = token else {
            return TokenSinkResult::Continue;
        };
        let seen = &mut *self.0.borrow_mut();
        let name = &*tag.name;
        if !ENDS_ITSELF.contains(&name) {
            if tag.kind == TagKind::EndTag {
                seen.open = seen.open.saturating_sub(1);
            } else {
                seen.open += usize::from(!tag.self_closing);
                seen.deepest = seen.deepest.max(seen.open);
            }
        }
        if name == "img" && tag.kind == TagKind::StartTag {
            for attribute in &tag.attrs {
                let value = &*attribute.value;
                if &*attribute.name.local == "src"
                    && [DATA_IMAGE, CID, IMAGE_ORIGIN]
                        .iter()
                        .any(|start| value.starts_with(start))
                    && !seen.images.iter().any(|known| known == value)
                {
                    seen.images.push(value.to_owned());
                }
            }
        }
        TokenSinkResult::Continue
    }
}

/// The base64 text of a picture's `data:` address; nothing if it is written in another way.
pub fn data_image(src: &str) -> Option<&str> {
    let (kind, data) = src.strip_prefix(DATA_IMAGE)?.split_once(',')?;
    kind.to_ascii_lowercase()
        .ends_with(";base64")
        .then_some(data)
}
