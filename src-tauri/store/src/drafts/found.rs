//! The plain text of a stored document, for showing where a search found its words: as
//! [`Document::plain_text`](draftwell_core::document::Document::plain_text) has it, but read in
//! one go, because fifty long drafts are shown while somebody types.

use std::borrow::Cow;

use serde::Deserialize;

#[derive(Deserialize)]
struct Node<'a> {
    #[serde(rename = "type", borrow, default)]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    text: Cow<'a, str>,
    #[serde(borrow, default)]
    content: Vec<Node<'a>>,
}

/// The text; empty where `body` is no document.
pub(super) fn plain_text(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    if let Ok(document) = serde_json::from_str::<Node<'_>>(body) {
        write(&document, &mut out);
    }
    out.truncate(out.trim_end_matches('\n').len());
    out
}

fn write(node: &Node<'_>, out: &mut String) {
    match &*node.kind {
        "text" => out.push_str(&node.text),
        "hardBreak" => out.push('\n'),
        "image" => out.push(' '),
        _ => node.content.iter().for_each(|inner| write(inner, out)),
    }
    if matches!(&*node.kind, "paragraph" | "heading" | "codeBlock") {
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use draftwell_core::document::{Document, DocumentJson};
    use serde_json::json;

    use super::*;

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
}
