//! What of a draft's text the user wrote: without the signature and what is quoted.

use serde_json::Value;

/// Code counts as text, but not as prose: `{{ }}` and "attached" mean something else there.
#[derive(Default)]
pub(super) struct OwnText {
    /// One line per paragraph, or per line of one that has several.
    pub prose: String,
    pub has_image: bool,
    has_code: bool,
    has_table: bool,
}

impl OwnText {
    pub fn of(document: &Value) -> Self {
        let mut own = Self::default();
        own.read(document, 0);
        own.prose = unquoted(&own.prose);
        own
    }

    pub fn is_empty(&self) -> bool {
        self.prose.trim().is_empty() && !self.has_code && !self.has_image && !self.has_table
    }

    fn read(&mut self, node: &Value, depth: usize) {
        /// Nobody nests lists this deep; a hostile document must not use up the stack.
        const DEEPEST: usize = 100;
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "signature" | "blockquote" => return,
            "image" => self.has_image = true,
            "table" => self.has_table = true,
            "hardBreak" => self.prose.push('\n'),
            "codeBlock" => {
                self.has_code = true;
                return;
            }
            "text" => {
                let text = node.get("text").and_then(Value::as_str).unwrap_or_default();
                let is_code = node
                    .get("marks")
                    .and_then(Value::as_array)
                    .is_some_and(|marks| marks.iter().any(|mark| mark["type"] == "code"));
                if is_code {
                    self.has_code |= !text.trim().is_empty();
                    self.prose.push(' ');
                } else {
                    self.prose.push_str(text);
                }
            }
            _ => {}
        }
        if depth < DEEPEST
            && let Some(children) = node.get("content").and_then(Value::as_array)
        {
            for child in children {
                self.read(child, depth + 1);
            }
        }
        if matches!(kind, "paragraph" | "heading") {
            self.prose.push('\n');
        }
    }
}

/// Without what other programs quote as plain text: lines that begin with `>`, and everything
/// from the line on that introduces the mail that is answered, or a typed signature (RFC 3676,
/// 4.3).
fn unquoted(prose: &str) -> String {
    let mut own = String::with_capacity(prose.len());
    for line in prose.lines() {
        let bare = line.trim();
        if bare == "--" || introduces_a_quotation(bare) {
            break;
        }
        if !bare.starts_with('>') {
            own.push_str(line);
            own.push('\n');
        }
    }
    own
}

/// "On 3 May 2026, Ada wrote:", "Am 3. Mai 2026 schrieb Ada:", "-----Original Message-----".
fn introduces_a_quotation(line: &str) -> bool {
    const RULED: &[&str] = &[
        "original message",
        "forwarded message",
        "ursprüngliche nachricht",
        "weitergeleitete nachricht",
        "originalnachricht",
    ];
    let low = line.to_lowercase();
    let is_ruled = low.starts_with("---") && RULED.iter().any(|words| low.contains(words));
    let digits = low.chars().filter(char::is_ascii_digit).count();
    let is_said = low.ends_with(':')
        && (low.starts_with("on ") && low.contains(" wrote")
            || low.starts_with("am ") && low.contains(" schrieb"));
    is_ruled || is_said && digits >= 4
}
