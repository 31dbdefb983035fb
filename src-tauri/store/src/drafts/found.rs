//! The plain text of a stored document, for showing where a search found its words: as
//! [`Document::plain_text`](draftwell_core::document::Document::plain_text) has it, but read in
//! one go and no further than needed, because fifty long drafts are shown while somebody types.

use std::{borrow::Cow, fmt};

use draftwell_core::search::{Piece, Query};
use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use super::SNIPPET_CHARS;

/// So many bytes of a text are looked at first; four times as many whenever that is not enough.
const FIRST_LOOK: usize = 4 * 1024;
/// A word that begins in the part that is shown ends within so many bytes behind it.
const WORD: usize = 256;

/// The part of a stored document around the first place of what was looked for; none if it is not
/// in the text, or `body` is no document.
pub(super) fn excerpt(body: &[u8], search: &Query) -> Option<Vec<Piece>> {
    let mut limit = FIRST_LOOK;
    loop {
        let text = Text::read(body, limit);
        let found = search.excerpt_and_end(&text.written, SNIPPET_CHARS);
        if text.is_whole {
            return found.map(|(pieces, _)| pieces);
        }
        if let Some((pieces, end)) = found
            && end + WORD < text.written.len()
        {
            return Some(pieces);
        }
        limit *= 4;
    }
}

/// A text that is being written down from its document.
struct Text {
    written: String,
    limit: usize,
    /// Whether the document ended before the limit.
    is_whole: bool,
}

impl Text {
    /// The text, or at least `limit` bytes of its beginning.
    fn read(body: &[u8], limit: usize) -> Self {
        let mut text = Self {
            written: String::with_capacity(body.len().min(limit)),
            limit,
            is_whole: true,
        };
        let read = Node(&mut text).deserialize(&mut serde_json::Deserializer::from_slice(body));
        if text.is_whole {
            if read.is_err() {
                text.written.clear();
            }
            let length = text.written.trim_end_matches('\n').len();
            text.written.truncate(length);
        }
        text
    }

    /// Fails once there is enough.
    fn write<E: de::Error>(&mut self, part: &str) -> Result<(), E> {
        self.written.push_str(part);
        if self.written.len() < self.limit {
            return Ok(());
        }
        self.is_whole = false;
        Err(E::custom("enough"))
    }
}

/// A node of the document, of which only the text is kept.
struct Node<'t>(&'t mut Text);
/// The nodes within one.
struct Nodes<'t>(&'t mut Text);

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Key {
    Type,
    Text,
    Content,
    #[serde(other)]
    Other,
}

/// A string that is borrowed where it has no escapes.
#[derive(Deserialize)]
struct Letters<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, node: D) -> Result<(), D::Error> {
        node.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a node of a document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut node: A) -> Result<(), A::Error> {
        // What ends a node depends on its type, which comes last in what is stored.
        let mut end = "";
        while let Some(key) = node.next_key::<Key>()? {
            match key {
                Key::Text => self.0.write(&node.next_value::<Letters<'_>>()?.0)?,
                Key::Content => node.next_value_seed(Nodes(self.0))?,
                Key::Type => {
                    end = match &*node.next_value::<Letters<'_>>()?.0 {
                        "hardBreak" | "paragraph" | "heading" | "codeBlock" => "\n",
                        "image" => " ",
                        _ => "",
                    }
                }
                Key::Other => drop(node.next_value::<IgnoredAny>()?),
            }
        }
        self.0.write(end)
    }
}

impl<'de> DeserializeSeed<'de> for Nodes<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, nodes: D) -> Result<(), D::Error> {
        nodes.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Nodes<'_> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the nodes of a document")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut nodes: A) -> Result<(), A::Error> {
        while nodes.next_element_seed(Node(self.0))?.is_some() {}
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use draftwell_core::document::{Document, DocumentJson};
    use serde_json::json;

    use super::*;

    fn plain_text(body: &str) -> String {
        Text::read(body.as_bytes(), usize::MAX).written
    }

    #[test]
    fn it_is_the_text_that_is_indexed() {
        let text = |text: &str| json!({"type": "text", "text": text});
        let document = json!({"type": "doc", "content": [
            {"type": "heading", "attrs": {"level": 2}, "content": [text("A \"title\" 🎉")]},
            {"type": "paragraph", "content": [
                {"type": "text", "text": "bo", "marks": [{"type": "bold"}]}, text("ld"),
                {"type": "hardBreak"}, text("next\\line")]},
            {"type": "bulletList", "content": [
                {"type": "listItem", "content": [
                    {"type": "paragraph", "content": [text("one")]}]},
                {"type": "listItem", "content": [
                    {"type": "paragraph", "content": [text("two")]}]},
            ]},
            {"type": "codeBlock", "content": [text("let x;\nlet y;")]},
            {"type": "paragraph"},
            {"type": "blockquote", "content": [
                {"type": "paragraph", "content": [text("quoted")]}]},
        ]});
        let parsed = Document::parse(&DocumentJson(document)).unwrap();
        let stored = serde_json::to_string(&parsed.to_json()).unwrap();
        assert_eq!(plain_text(&stored), parsed.plain_text());
        assert!(plain_text(&stored).contains("bold\nnext"), "{stored}");
        assert_eq!(plain_text("no document"), "");
    }

    #[test]
    fn a_long_text_is_read_only_as_far_as_needed_and_shown_the_same() {
        let paragraph = |text: String| {
            json!({"type": "paragraph",
            "content": [{"type": "text", "text": text, "marks": [{"type": "bold"}]}]})
        };
        let straw = |words: usize| paragraph("a straw, \"quoted\" ".repeat(words));
        for needle in [0, 10, 215, 216, 217, 218, 219, 220, 700, 3_000, 9_000] {
            let body = json!({"type": "doc", "content": [straw(needle),
                paragraph("the Nädel is here".to_owned()), straw(9_000)]});
            let body = body.to_string();
            let search = Query::read("nad").unwrap();
            let shown = excerpt(body.as_bytes(), &search);
            assert!(shown.is_some(), "after {needle}");
            assert_eq!(
                shown,
                search.excerpt(&plain_text(&body), SNIPPET_CHARS),
                "after {needle}"
            );
            assert_eq!(excerpt(body.as_bytes(), &Query::read("hay").unwrap()), None);
            assert!(
                needle > 700 || !Text::read(body.as_bytes(), 40_000).is_whole,
                "a part was read"
            );
        }
        assert_eq!(
            excerpt(b"no document", &Query::read("document").unwrap()),
            None
        );
    }
}
