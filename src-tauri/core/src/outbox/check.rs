//! The questions before a mail leaves.
//!
//! Each is a question, not a wall, except where sending could only be a mistake: nobody to send
//! to, an address that can't be one, a placeholder nobody filled. Text that is not the user's
//! own (the signature, quotations) promises nothing.

use serde_json::Value;

use crate::{
    address::Mailbox,
    draft::Draft,
    message::{MAX_MESSAGE_BYTES, clean_header},
    outbox::{Field, Place, SendCheck, SendQuestion},
};

/// What should be asked before `draft` is sent. `encoded_bytes` is the size of the whole frozen
/// message.
pub fn check_send(draft: &Draft, encoded_bytes: usize) -> Vec<SendQuestion> {
    let own = OwnText::of(&draft.body.0);
    let mut questions = Vec::new();
    let mut ask = |kind, blocking, field, message: String| {
        questions.push(SendQuestion {
            kind,
            message,
            blocking,
            place: Place { field, text: None },
        });
    };

    let everybody = || draft.to.iter().chain(&draft.cc).chain(&draft.bcc);
    if everybody().next().is_none() {
        ask(
            SendCheck::NoRecipient,
            true,
            Field::To,
            "Say who this should go to.".into(),
        );
    }
    let wrong: Vec<_> = everybody()
        .filter(|one| !one.is_valid())
        .map(shown)
        .collect();
    if !wrong.is_empty() {
        let message = if wrong.len() == 1 {
            format!(
                "{} can't be an e-mail address. Correct or remove it.",
                wrong[0]
            )
        } else {
            format!(
                "These can't be e-mail addresses: {}. Correct or remove them.",
                wrong.join(", ")
            )
        };
        ask(SendCheck::InvalidRecipient, true, Field::To, message);
    }
    if draft.subject.trim().is_empty() {
        ask(
            SendCheck::NoSubject,
            false,
            Field::Subject,
            "This mail has no subject. Send it without one?".into(),
        );
    }
    if own.is_empty() {
        ask(
            SendCheck::NoBody,
            false,
            Field::Body,
            "This mail has no text. Send it empty?".into(),
        );
    }
    let mut unfilled = placeholders(&draft.subject);
    for found in placeholders(&own.prose) {
        if !unfilled.contains(&found) {
            unfilled.push(found);
        }
    }
    if !unfilled.is_empty() {
        let several = if unfilled.len() == 1 { "is" } else { "are" };
        ask(
            SendCheck::UnfilledPlaceholder,
            true,
            Field::Body,
            format!(
                "{} {several} not filled in. Replace or remove it before sending.",
                unfilled.join(", ")
            ),
        );
    }
    if draft.attachments.is_empty() && promises_attachment(&own.prose, own.has_image) {
        ask(
            SendCheck::MissingAttachment,
            false,
            Field::Body,
            "The text speaks of an attachment, but there is none. Send it anyway?".into(),
        );
    }
    if encoded_bytes > MAX_MESSAGE_BYTES {
        ask(
            SendCheck::TooLarge,
            false,
            Field::Attachments,
            format!(
                "This mail has {} MB; many servers take no more than {} MB. Send it anyway?",
                encoded_bytes.div_ceil(1_000_000),
                MAX_MESSAGE_BYTES / 1_000_000
            ),
        );
    }
    questions
}

fn shown(mailbox: &Mailbox) -> String {
    let text: String = clean_header(&mailbox.address).chars().take(60).collect();
    format!("“{text}”")
}

/// What the user wrote: without the signature and quotations. Code counts as text, but not as
/// prose: `{{ }}` and "attached" mean something else there.
#[derive(Default)]
struct OwnText {
    prose: String,
    has_code: bool,
    has_image: bool,
}

impl OwnText {
    fn of(document: &Value) -> Self {
        let mut own = Self::default();
        own.read(document, 0);
        own
    }

    fn is_empty(&self) -> bool {
        self.prose.trim().is_empty() && !self.has_code && !self.has_image
    }

    fn read(&mut self, node: &Value, depth: usize) {
        /// Nobody nests lists this deep; a hostile document must not use up the stack.
        const DEEPEST: usize = 100;
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        match kind {
            "signature" | "blockquote" => return,
            "image" => self.has_image = true,
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

/// `{{firstName}}` and its like, and the `[Your name]` that models leave behind; each once.
fn placeholders(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (open, close) in [("{{", "}}"), ("[", "]")] {
        let mut rest = text;
        while let Some(start) = rest.find(open) {
            rest = &rest[start + open.len()..];
            let Some(end) = rest.find(close) else { break };
            // The innermost pair: "[see [name]]" holds "[name]".
            let from = rest[..end].rfind(open).map_or(0, |at| at + open.len());
            let inner = rest[from..end].trim();
            let is_one = !inner.contains('\n')
                && (1..=64).contains(&inner.chars().count())
                && (open == "{{" || asks_for_something(inner));
            let whole = format!("{open}{inner}{close}");
            if is_one && !found.contains(&whole) {
                found.push(whole);
            }
            rest = &rest[end + close.len()..];
        }
    }
    found
}

/// Whether what stands in square brackets is a blank to fill in. Kept narrow: "[sic]", "[1]" and
/// "[EXT]" are not.
fn asks_for_something(inner: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "your ",
        "my ",
        "insert ",
        "recipient",
        "ihr ",
        "ihre ",
        "ihren ",
        "ihrem ",
        "dein ",
        "deine ",
        "mein ",
        "meine ",
        "empfänger",
    ];
    const WHOLE: &[&str] = &[
        "name",
        "first name",
        "firstname",
        "last name",
        "lastname",
        "company",
        "company name",
        "date",
        "vorname",
        "nachname",
        "firma",
        "firmenname",
        "datum",
    ];
    let inner = inner.to_lowercase();
    WHOLE.contains(&inner.as_str()) || BEGINNINGS.iter().any(|start| inner.starts_with(start))
}

/// Whether a sentence promises an attachment, in English or German. `has_image`: an image in the
/// text already is the picture that a sentence may speak of.
fn promises_attachment(text: &str, has_image: bool) -> bool {
    const PROMISES: &[&str] = &[
        "attached",
        "i attach",
        "we attach",
        "attaching",
        "attachment",
        "attachments",
        "enclosed",
        "i enclose",
        "we enclose",
        "anbei",
        "angehängt",
        "angehängte",
        "angehängten",
        "beigefügt",
        "beigefügte",
        "beigefügten",
        "beiliegend",
        "beiliegende",
        "beiliegenden",
        "im anhang",
        "als anhang",
        "den anhang",
        "der anhang",
        "als anlage",
        "in der anlage",
        "hänge ich",
        "füge ich",
        "ich hänge",
        "ich füge",
    ];
    // What others attached or should attach, and what only sounds like it.
    const NOT_OURS: &[&str] = &[
        "you attached",
        "you have attached",
        "you've attached",
        "your attachment",
        "your attachments",
        "you enclosed",
        "strings attached",
        "attached to my",
        "attached to the",
        "attached to it",
        "attached to our",
        "attached to his",
        "attached to her",
        "without attachment",
        "without attachments",
        "without an attachment",
        "no attachment",
        "no attachments",
        "not attached",
        "please attach",
        "please attached",
        "got attached",
        "ohne anhang",
        "kein anhang",
        "keinen anhang",
        "keine anlage",
        "ihr anhang",
        "ihrem anhang",
        "ihren anhang",
        "dein anhang",
        "deinem anhang",
        "deinen anhang",
        "nicht angehängt",
        "nicht beigefügt",
        "haben sie angehängt",
        "hast du angehängt",
        "füge ich hinzu",
        "ich füge hinzu",
    ];
    const PICTURES: &[&str] = &[
        "screenshot",
        "screenshots",
        "picture",
        "pictures",
        "photo",
        "photos",
        "image",
        "images",
        "logo",
        "bild",
        "bilder",
        "foto",
        "fotos",
        "bildschirmfoto",
    ];
    sentences(text).iter().any(|sentence| {
        let has = |phrases: &[&str]| {
            phrases
                .iter()
                .any(|phrase| sentence.contains(&format!(" {phrase} ")))
        };
        // "Attached to this mail you find ..." is a promise in spite of "attached to".
        let to_this_mail = has(&[
            "attached to this mail",
            "attached to this email",
            "attached to this e mail",
            "attached to the email",
            "attached to the mail",
            "attached to my email",
        ]);
        (has(PROMISES) && !has(NOT_OURS) || to_this_mail) && !(has_image && has(PICTURES))
    })
}

/// The sentences in lower case, each as its words with one blank before and behind each.
fn sentences(text: &str) -> Vec<String> {
    text.split(['.', '!', '?', '\n', ';', ':'])
        .map(|sentence| {
            let mut words = String::from(" ");
            for word in sentence
                .to_lowercase()
                .replace('’', "'")
                .split(|c: char| !c.is_alphanumeric() && c != '\'')
                .filter(|word| !word.is_empty())
            {
                words.push_str(word);
                words.push(' ');
            }
            words
        })
        .collect()
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
