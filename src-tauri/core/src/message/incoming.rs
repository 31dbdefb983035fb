//! Reading a message that came back: what it is, whom it is from, and what it answers.
//!
//! Four things come back: a person's reply, an answer a program gave by itself (RFC 3834), a read
//! receipt (RFC 8098), and the news that a mail could not be delivered (RFC 3464). Which one it is
//! is judged by what the message says of itself in its header and its report; the words of its
//! text are never searched for it. Deliberately absent: pictures, files, and which mail of ours is
//! meant (the database knows those; here are only the Message-IDs that are named).

use std::collections::HashMap;

use mail_parser::{HeaderName, HeaderValue, Message, MessageParser, MimeHeaders, PartType};
use serde::{Deserialize, Serialize};
use specta::Type;

use super::{
    clean_header,
    read::{self, MAX_PARTS, mailboxes, parts_named},
};
use crate::{
    UnixMillis,
    address::Mailbox,
    draft::MAX_SUBJECT_CHARS,
    error::{Code, Error, Result},
};

/// The most characters of a text that are kept.
const MAX_TEXT_CHARS: usize = 100_000;
/// The most Message-IDs of a thread that are looked at: the nearest ones.
const MAX_IDS: usize = 100;

/// What came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum IncomingKind {
    /// Somebody answered.
    Reply,
    /// A program answered by itself: an absence, a ticket number.
    Automatic,
    /// The mail was opened, says a read receipt.
    Receipt,
    /// The mail could not be delivered.
    Bounce,
}

/// A message that came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// What it is.
    pub kind: IncomingKind,
    /// Who wrote it.
    pub from: Option<Mailbox>,
    /// Subject, on one line.
    pub subject: String,
    /// What it says, as plain text: of a reply all that is written, the quotation included.
    pub text: String,
    /// Its own Message-ID, without angle brackets; empty where it has none.
    pub message_id: String,
    /// The Message-IDs of its thread as its References name them, oldest first, without brackets.
    pub references: Vec<String>,
    /// Where answers are to go, where that is not to who wrote it.
    pub reply_to: Vec<Mailbox>,
    /// Whom it went to, copies included: among them is the address of ours it was sent to.
    pub recipients: Vec<Mailbox>,
    /// The Message-IDs it names, without angle brackets, the one it answers first.
    pub answers: Vec<String>,
    /// Of a bounce: the addresses that could not be reached, where it says so.
    pub failed: Vec<String>,
    /// Its Date. Whoever wrote it may have written any.
    pub written_at: Option<UnixMillis>,
}

impl Incoming {
    /// The beginning of what was written, without what it quotes: at most `chars` characters on
    /// one line.
    pub fn snippet(&self, chars: usize) -> String {
        let own = own_lines(&self.text);
        let words: Vec<_> = own
            .iter()
            .flat_map(|line| line.split_whitespace())
            .collect();
        words.join(" ").chars().take(chars).collect()
    }
}

/// The lines that aren't quoted, without those that lead to a quotation ("On Monday Ada wrote:").
fn own_lines(text: &str) -> Vec<&str> {
    /// Programs break the lead at 76 characters.
    const LONGEST_LEAD: usize = 3;
    let mut own: Vec<&str> = Vec::new();
    let mut quoting = false;
    for line in text.lines() {
        let starts = line.starts_with('>') && !quoting;
        quoting = line.starts_with('>');
        if starts {
            let end = own.iter().rposition(|line| !line.trim().is_empty());
            if let Some(end) = end.filter(|end| own[*end].trim_end().ends_with(':')) {
                let before = own[..end].iter().rposition(|line| line.trim().is_empty());
                let start = before.map_or(0, |before| before + 1);
                if end + 1 - start <= LONGEST_LEAD {
                    own.truncate(start);
                }
            }
        }
        if !quoting {
            own.push(line);
        }
    }
    if own.iter().all(|line| line.trim().is_empty()) {
        return text.lines().collect();
    }
    own
}

/// Reads a message that came back; none where it is news of a mail that needs no words: it was
/// delivered, or deleted unread.
///
/// # Errors
/// `INVALID_FILE_TYPE` where this is no mail; `VALIDATION_ERROR` where it is built to be taken
/// apart for ever.
pub fn read_incoming(bytes: &[u8]) -> Result<Option<Incoming>> {
    if parts_named(bytes) > MAX_PARTS {
        return Err(Error::invalid(
            "message",
            format!("This mail has more than {MAX_PARTS} parts."),
        ));
    }
    // Other people's code, and anybody's mail.
    let parsed = std::panic::catch_unwind(|| MessageParser::default().parse(bytes));
    let Some(message) = parsed.ok().flatten() else {
        return Err(Error::new(Code::InvalidFileType, "This isn't an e-mail."));
    };
    let report = Report::of(&message);
    let kind = match &report {
        Report::Receipt { displayed: true } => IncomingKind::Receipt,
        Report::Delivery { failed: true } => IncomingKind::Bounce,
        Report::Receipt { displayed: false } | Report::Delivery { failed: false } => {
            return Ok(None);
        }
        Report::None if is_automatic(&message) => IncomingKind::Automatic,
        Report::None => IncomingKind::Reply,
    };
    let subject = clean_header(message.subject().unwrap_or_default());
    let fields = report_fields(&message);
    Ok(Some(Incoming {
        kind,
        from: message.from().and_then(|from| mailboxes(from).next()),
        subject: subject.chars().take(MAX_SUBJECT_CHARS).collect(),
        text: text_of(bytes, &message),
        message_id: message.message_id().map(bare_id).unwrap_or_default(),
        references: thread_of(&message),
        reply_to: message.reply_to().into_iter().flat_map(mailboxes).collect(),
        recipients: message
            .all_to()
            .chain(message.all_cc())
            .flat_map(mailboxes)
            .collect(),
        answers: answers(&message, &fields),
        failed: failed(&message, &fields),
        written_at: message
            .date()
            .map(|date| UnixMillis(date.to_timestamp().saturating_mul(1000))),
    }))
}

fn bare_id(id: &str) -> String {
    id.trim().trim_matches(['<', '>']).to_owned()
}

/// RFC 5322, 3.6.4: the References of a message, else what it answers.
fn thread_of(message: &Message<'_>) -> Vec<String> {
    let named = match ids_of(message.references()) {
        named if named.is_empty() => ids_of(message.in_reply_to()),
        named => named,
    };
    let mut thread: Vec<String> = named.into_iter().map(bare_id).collect();
    thread.drain(..thread.len().saturating_sub(MAX_IDS));
    thread
}

/// What a `multipart/report` (RFC 6522) reports.
enum Report {
    None,
    /// RFC 8098.
    Receipt {
        displayed: bool,
    },
    /// RFC 3464.
    Delivery {
        failed: bool,
    },
}

impl Report {
    fn of(message: &Message<'_>) -> Self {
        let fields = report_fields(message);
        let Some((kind, fields)) = fields else {
            return Self::None;
        };
        if kind == "disposition-notification" {
            // "manual-action/MDN-sent-manually; displayed" (RFC 8098, 3.2.6).
            let displayed = values(&fields, "disposition").any(|value| {
                let what = value.rsplit(';').next().unwrap_or_default();
                let what = what.split('/').next().unwrap_or_default();
                what.trim().eq_ignore_ascii_case("displayed")
            });
            return Self::Receipt { displayed };
        }
        let failed = values(&fields, "action").any(|value| value.eq_ignore_ascii_case("failed"));
        Self::Delivery { failed }
    }
}

/// The fields of the machine's part of a report, names in lower case.
type Fields = Vec<(String, String)>;

/// `disposition-notification` or `delivery-status`, and what it says. The part itself counts, not
/// what the mail announces: some programs write the one and forget the other.
fn report_fields(message: &Message<'_>) -> Option<(&'static str, Fields)> {
    message.parts.iter().find_map(|part| {
        let kind = part.content_type()?;
        let subtype = kind.subtype()?.to_ascii_lowercase();
        let known = ["disposition-notification", "delivery-status"];
        let known = known.into_iter().find(|known| {
            kind.ctype().eq_ignore_ascii_case("message")
                && (subtype == *known || subtype.strip_prefix("global-") == Some(known))
        })?;
        let text = match &part.body {
            PartType::Text(text) | PartType::Html(text) => text.to_string(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                String::from_utf8_lossy(bytes).into_owned()
            }
            PartType::Message(message) => {
                String::from_utf8_lossy(&message.raw_message).into_owned()
            }
            PartType::Multipart(_) => return None,
        };
        Some((known, fields_in(&text)))
    })
}

fn fields_in(text: &str) -> Fields {
    let mut fields: Fields = Vec::new();
    for line in text.lines() {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

fn values<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields
        .iter()
        .filter(move |(found, _)| found == name)
        .map(|(_, value)| value.as_str())
}

/// Whether no person wrote it (RFC 3834, 5; and what older programs say instead).
fn is_automatic(message: &Message<'_>) -> bool {
    let said = |name: &str| {
        let header = message
            .headers()
            .iter()
            .find(|header| header.name.as_str().eq_ignore_ascii_case(name))?;
        Some(
            header
                .value
                .as_text()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase(),
        )
    };
    let submitted = said("Auto-Submitted");
    let by_machine = submitted.is_some_and(|value| !value.is_empty() && !value.starts_with("no"));
    let precedence = said("Precedence").unwrap_or_default();
    by_machine
        || ["auto_reply", "auto-reply"].contains(&precedence.as_str())
        || ["X-Autoreply", "X-Autorespond", "X-Autoresponder"]
            .iter()
            .any(|name| said(name).is_some_and(|value| value != "no"))
}

/// The Message-IDs the mail is about: those of its report first, then the one it answers, then
/// those of the thread, the nearest first.
fn answers(message: &Message<'_>, report: &Option<(&'static str, Fields)>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut add = |id: &str| {
        let id = id.trim().trim_matches(['<', '>']).to_owned();
        if !id.is_empty() && id.len() < 1000 && ids.len() < MAX_IDS && !ids.contains(&id) {
            ids.push(id);
        }
    };
    if let Some((_, fields)) = report {
        values(fields, "original-message-id").for_each(&mut add);
        // The returned mail, or its header.
        for part in &message.parts {
            match &part.body {
                PartType::Message(returned) => returned.message_id().into_iter().for_each(&mut add),
                PartType::Text(text) if is_header_part(part) => {
                    let fields = fields_in(text);
                    values(&fields, "message-id").for_each(&mut add);
                }
                _ => {}
            }
        }
    }
    ids_of(message.in_reply_to()).into_iter().for_each(&mut add);
    ids_of(message.references())
        .into_iter()
        .rev()
        .for_each(&mut add);
    ids
}

fn is_header_part(part: &mail_parser::MessagePart<'_>) -> bool {
    part.content_type()
        .and_then(|kind| kind.subtype())
        .is_some_and(|subtype| subtype.eq_ignore_ascii_case("rfc822-headers"))
}

fn ids_of<'a>(value: &'a HeaderValue<'_>) -> Vec<&'a str> {
    match value {
        HeaderValue::Text(id) => vec![id.as_ref()],
        HeaderValue::TextList(ids) => ids.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    }
}

/// The addresses a bounce says were not reached.
fn failed(message: &Message<'_>, report: &Option<(&'static str, Fields)>) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(("delivery-status", fields)) = report {
        for value in values(fields, "final-recipient").chain(values(fields, "original-recipient")) {
            // "rfc822; zoe@example.org"
            let address = value.rsplit(';').next().unwrap_or_default().trim();
            if address.contains('@') {
                found.push(address.to_owned());
            }
        }
    }
    if let Some(header) = message.header(HeaderName::Other("X-Failed-Recipients".into()))
        && let Some(list) = header.as_text()
    {
        found.extend(list.split(',').map(|address| address.trim().to_owned()));
    }
    found.retain(|address| !address.is_empty());
    found.dedup();
    found
}

/// What a reader would read: the same as when the mail is opened as a file.
fn text_of(bytes: &[u8], message: &Message<'_>) -> String {
    let document = read::read(bytes).and_then(|mail| mail.document(&HashMap::new()));
    let text = match document {
        Ok(document) => document.to_text(),
        Err(_) => message.body_text(0).unwrap_or_default().into_owned(),
    };
    let text: String = text
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .take(MAX_TEXT_CHARS)
        .collect();
    text.trim().to_owned()
}

#[cfg(test)]
#[path = "incoming_tests.rs"]
mod tests;
