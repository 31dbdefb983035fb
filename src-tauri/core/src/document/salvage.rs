//! The text of a document that can't be read any more.

use super::Document;

impl Document {
    /// What can be read of a stored document that is damaged, cut short, or of another schema:
    /// its text, line by line. Formatting is lost, words are not.
    pub fn salvaged(stored: &str) -> Self {
        let mut text = String::new();
        let mut ended = false;
        let mut rest = stored;
        while let Some(place) = rest.find("\"t") {
            rest = &rest[place + 1..];
            if let Some(value) = rest.strip_prefix("text\":\"") {
                let (piece, after) = quoted(value);
                if ended && !text.is_empty() {
                    text.push('\n');
                }
                ended = false;
                text.push_str(&piece);
                rest = after;
            } else if let Some(kind) = rest.strip_prefix("type\":\"") {
                // Whichever comes first in a block, its text or its kind: lines end between.
                ended |= !kind.starts_with("text\"");
            }
        }
        // Perhaps it never was a document.
        if text.is_empty() && !stored.trim_start().starts_with('{') {
            stored.clone_into(&mut text);
        }
        Self::from_text(&text)
    }
}

/// A JSON string up to its closing quote, or up to the end where that is missing.
fn quoted(text: &str) -> (String, &str) {
    let mut is_escaped = false;
    let end = text.find(|letter| match (is_escaped, letter) {
        (false, '"') => true,
        _ => {
            is_escaped = !is_escaped && letter == '\\';
            false
        }
    });
    let (inner, rest) = text.split_at(end.unwrap_or(text.len()));
    let whole = serde_json::from_str(&format!("\"{inner}\""));
    (whole.unwrap_or_else(|_| inner.to_owned()), rest)
}

#[cfg(test)]
mod tests {
    use crate::document::Document;

    fn check(stored: &str, expected: &str) {
        assert_eq!(
            Document::salvaged(stored).plain_text(),
            expected,
            "{stored}"
        );
    }

    #[test]
    fn the_words_of_a_damaged_document_are_kept() {
        let whole = Document::from_text("First \"line\" ü\nSecond \\ line");
        let stored = whole.to_json().0.to_string();
        check(&stored, &whole.plain_text());
        let cut = stored.find("Second").unwrap() + 3;
        check(&stored[..cut], "First \"line\" ü\nSec");
        check(
            r#"{"type":"doc","content":[{"type":"table","content":[{"type":"text","text":"of a newer schema"}]}]}"#,
            "of a newer schema",
        );
        check("only words", "only words");
        check("{", "");
        check("", "");
    }
}
