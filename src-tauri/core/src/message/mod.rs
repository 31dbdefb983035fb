//! Freezing a draft into the bytes that leave: RFC 5322 with MIME.
//!
//! [`freeze`] is called once per mail, before the first transmission, or [`framed`] where its
//! files are large and stay where they are; the bytes are kept and every retry sends the same
//! ones. The same [`Composition`] always gives the
//! same bytes: the time and the Message-ID come in from outside, and the boundaries are derived
//! from the Message-ID.
//!
//! The message is built with lettre, except its Subject and the names of people: lettre writes
//! ASCII subjects as they are, so that a typed `=?utf-8?b?...?=` would be decoded by the reader's
//! program and a word of a thousand letters would make a line longer than mail servers take (see
//! `encoded_word`), and some readers lose parts of the names it writes (see `people`).
//!
//! [`unsent`] makes of the same composition a file that other programs open as a draft, and
//! [`read()`] is the way back: from such a file, or any mail, to a draft. [`read_incoming`] reads
//! what comes back.
//!
//! Deliberately absent: reading a document: text and HTML come in finished.

mod apart;
mod attached;
mod bcc;
mod encoded_word;
mod framed;
mod identity;
mod incoming;
mod mark;
mod people;
mod read;
#[cfg(test)]
mod read_tests;
mod redate;
#[cfg(test)]
mod tests;

use std::time::{Duration, UNIX_EPOCH};

use lettre::message::{
    Attachment, Body, Message, MessageBuilder, MultiPart, SinglePart,
    header::{ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue},
};

use crate::{
    UnixMillis,
    address::Mailbox,
    error::{Code, Error, Result},
};
use framed::InMemory;

pub use apart::{Addressed, Apart, FilePart, addressed_to, own_message_id, taken_apart};
pub use attached::AttachedPart;
pub use bcc::{split_without_bcc, without_bcc};
pub use framed::{FilePlace, Files, Framed};
pub use identity::{checked_id as checked_message_id, message_id, needs_utf8, wire_address};
pub use incoming::{Incoming, IncomingKind, read_incoming};
pub use mark::{Mark, written_at};
pub use read::{MAX_MAIL_FILE_BYTES, ReadImage, ReadMail, read};
pub use redate::redate;

/// A mail servers' usual limit for a whole encoded message, in bytes (Gmail: 25 MB).
pub const MAX_MESSAGE_BYTES: usize = 25_000_000;

/// The most characters of a display name that are sent; what is longer is cut.
const MAX_NAME_CHARS: usize = 200;

/// Everything a message is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// The sender.
    pub from: Mailbox,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc. Written into the message: Gmail's API knows no other way and strips it on delivery.
    pub bcc: Vec<Mailbox>,
    /// Subject, as typed.
    pub subject: String,
    /// The plain text, lines ended in any way.
    pub text: String,
    /// The same as sanitised HTML; empty for a mail that is plain text only.
    pub html: String,
    /// The images the HTML shows as `cid:`.
    pub inline: Vec<InlinePart>,
    /// The files that go with it.
    pub attached: Vec<AttachedPart>,
    /// When it is said to have been written.
    pub date: UnixMillis,
    /// Message-ID with its angle brackets, from [`message_id`].
    pub message_id: String,
    /// The mail it answers.
    pub answers: Option<Answered>,
}

/// An image inside the HTML.
#[derive(Debug, Clone, PartialEq)]
pub struct InlinePart {
    /// Its name in the HTML: `<img src="cid:CID">`. ASCII letters, digits and `.-_@`.
    pub cid: String,
    /// Its type, `image/...`.
    pub mime: String,
    /// The name a reader's program offers when it is saved.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The mail a message answers (RFC 5322, 3.6.4).
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// Its Message-ID, with angle brackets.
    pub message_id: String,
    /// The Message-IDs of the thread, oldest first, ending with `message_id`.
    pub references: Vec<String>,
}

/// Makes the bytes that leave: lines end with CRLF, none is longer than 998 octets, everything
/// is ASCII. Whatever was typed, no header can be added or broken: line ends, other control
/// characters and bidi overrides are taken out of header values.
///
/// Errors: `VALIDATION_ERROR` naming `from`, `to`, `cc` or `bcc` for an address that can't be
/// one, or nobody to send to; `INTERNAL_ERROR` for an inline part, a date or a Message-ID that
/// no caller of ours makes.
pub fn freeze(composition: &Composition) -> Result<Vec<u8>> {
    framed(composition, &InMemory(composition))?.to_bytes(composition)
}

/// The same message without the bytes of its files, which are read when it is written out (and
/// once before, where one is a text). What the composition has of them is not looked at.
///
/// Errors: as [`freeze`], and why a file can't be read.
pub fn framed(composition: &Composition, files: &dyn Files) -> Result<Framed> {
    if composition.to.len() + composition.cc.len() + composition.bcc.len() == 0 {
        return Err(Error::invalid("to", "Say who this should go to."));
    }
    let mut builder = Message::builder()
        .date(date(composition.date)?)
        .raw_header(people::header(
            "From",
            &[lettre_mailbox(&composition.from, "from")?],
        ));
    builder = addressed(builder, composition)?
        .message_id(Some(identity::checked_id(&composition.message_id)?));
    if let Some(answered) = &composition.answers {
        let references = answered
            .references
            .iter()
            .map(|id| identity::checked_id(id))
            .collect::<Result<Vec<_>>>()?;
        builder = builder.in_reply_to(identity::checked_id(&answered.message_id)?);
        if !references.is_empty() {
            builder = builder.references(references.join(" "));
        }
    }
    let message = built(builder, composition, files)?.formatted();
    Framed::new(&message, composition)
}

/// Makes a mail file of a draft, for other programs to write on: `X-Unsent: 1` makes them open it
/// so. Bcc is kept, there may be no recipient yet, and where `from` has no address no sender.
/// There is no Message-ID: whoever sends it gives it one; the composition's only makes the
/// boundaries.
///
/// Errors: as [`freeze`].
pub fn unsent(composition: &Composition) -> Result<Vec<u8>> {
    let has_sender = !composition.from.address.is_empty();
    let from = if has_sender {
        lettre_mailbox(&composition.from, "from")?
    } else {
        // lettre builds no message without one; it is taken out again below.
        lettre::message::Mailbox::new(None, nobody()?)
    };
    // Nor one that goes to nobody, unless somebody else says where it goes.
    let envelope = lettre::address::Envelope::new(None, vec![nobody()?])
        .map_err(|_| broken("it has no envelope"))?;
    let builder = Message::builder()
        .header(Unsent)
        .date(date(composition.date)?)
        .raw_header(people::header("From", &[from]))
        .envelope(envelope);
    let builder = addressed(builder, composition)?;
    let mut message = built(builder, composition, &InMemory(composition))?;
    if !has_sender {
        message.headers_mut().remove_raw("From");
    }
    Framed::new(&message.formatted(), composition)?.to_bytes(composition)
}

fn nobody() -> Result<lettre::Address> {
    lettre::Address::new("nobody", "localhost").map_err(|_| broken("nobody has no address"))
}

/// Recipients and subject.
fn addressed(mut builder: MessageBuilder, composition: &Composition) -> Result<MessageBuilder> {
    for (field, name, list) in [
        ("to", "To", &composition.to),
        ("cc", "Cc", &composition.cc),
        ("bcc", "Bcc", &composition.bcc),
    ] {
        let list = list
            .iter()
            .map(|mailbox| lettre_mailbox(mailbox, field))
            .collect::<Result<Vec<_>>>()?;
        if !list.is_empty() {
            builder = builder.raw_header(people::header(name, &list));
        }
    }
    Ok(builder.header(Subject(clean_header(&composition.subject))))
}

fn built(builder: MessageBuilder, composition: &Composition, files: &dyn Files) -> Result<Message> {
    let builder = builder.keep_bcc();
    match body(composition, files)? {
        Tree::Single(part) => builder.singlepart(part),
        Tree::Multi(part) => builder.multipart(part),
    }
    .map_err(|error| broken(&format!("the message can't be built: {error}")))
}

/// A body of one part, or of several.
enum Tree {
    Single(SinglePart),
    Multi(MultiPart),
}

/// `mixed(related(alternative(text, html), images...), files...)`, without the levels that would
/// hold one child.
fn body(composition: &Composition, files: &dyn Files) -> Result<Tree> {
    let text = text_body(composition)?;
    if composition.attached.is_empty() {
        return Ok(text);
    }
    let mixed = MultiPart::builder().header(multipart("mixed", &composition.message_id, "")?);
    let mut tree = match text {
        Tree::Single(part) => mixed.singlepart(part),
        Tree::Multi(part) => mixed.multipart(part),
    };
    for number in 0..composition.attached.len() {
        tree = tree.singlepart(attached::part(composition, number, files)?);
    }
    Ok(Tree::Multi(tree))
}

/// What is read, without the files.
fn text_body(composition: &Composition) -> Result<Tree> {
    let plain = text_part(ContentType::TEXT_PLAIN, &composition.text)?;
    if composition.html.is_empty() {
        return Ok(Tree::Single(plain));
    }
    let html = text_part(ContentType::TEXT_HTML, &composition.html)?;
    let alternative = MultiPart::builder()
        .header(multipart("alternative", &composition.message_id, "")?)
        .singlepart(plain)
        .singlepart(html);
    if composition.inline.is_empty() {
        return Ok(Tree::Multi(alternative));
    }
    // RFC 2387, 3.1: `related` must name the type of its root.
    let related = multipart(
        "related",
        &composition.message_id,
        "; type=\"multipart/alternative\"",
    )?;
    let mut tree = MultiPart::builder().header(related).multipart(alternative);
    for number in 0..composition.inline.len() {
        tree = tree.singlepart(inline_part(composition, number)?);
    }
    Ok(Tree::Multi(tree))
}

/// The header of a `multipart/KIND`. Its boundary begins with `=_`, which neither
/// quoted-printable nor base64 can contain (RFC 2045, 6.7), so that no text can imitate it.
fn multipart(kind: &str, message_id: &str, parameters: &str) -> Result<ContentType> {
    content_type(&format!(
        "multipart/{kind}; boundary=\"{}\"{parameters}",
        boundary(kind, message_id)
    ))
}

fn boundary(kind: &str, message_id: &str) -> String {
    let mark = crate::fingerprint(format!("{kind} {message_id}").as_bytes());
    format!("=_{}", &mark[..32])
}

fn content_type(text: &str) -> Result<ContentType> {
    ContentType::parse(text).map_err(|_| broken("a part has no proper type"))
}

/// One of the two texts. Never 7bit: an encoded text survives whatever a server does to blanks
/// at line ends, lines that begin with "From ", and long lines.
fn text_part(kind: ContentType, text: &str) -> Result<SinglePart> {
    let text = normal_lines(text);
    // Quoted-printable needs three characters for each byte of a non-ASCII letter, base64 four
    // for every three of all bytes. The former stays readable, so it wins where it is not longer.
    let foreign = text.bytes().filter(|byte| !byte.is_ascii()).count();
    let encoding = if foreign * 6 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    };
    let body =
        Body::new_with_encoding(text, encoding).map_err(|_| broken("a text can't be encoded"))?;
    Ok(SinglePart::builder().header(kind).body(body))
}

/// Lines ended by LF, without NUL, which no mail may hold (RFC 5322, 4).
fn normal_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "")
}

fn inline_part(composition: &Composition, number: usize) -> Result<SinglePart> {
    let part = &composition.inline[number];
    let cid_is_plain = !part.cid.is_empty()
        && part.cid.len() <= 200
        && (part.cid.bytes()).all(|b| b.is_ascii_alphanumeric() || b".-_@".contains(&b));
    if !cid_is_plain {
        return Err(broken("an image has no proper name"));
    }
    let mime_is_plain = part.mime.strip_prefix("image/").is_some_and(|kind| {
        !kind.is_empty() && (kind.bytes()).all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    });
    if !mime_is_plain {
        return Err(broken("an image has no proper type"));
    }
    let file_name: String = clean_header(&part.file_name)
        .chars()
        .filter(|c| !matches!(c, '/' | '\\' | '"'))
        .take(MAX_NAME_CHARS)
        .collect();
    let disposition = if file_name.is_empty() {
        Attachment::new_inline(part.cid.clone())
    } else {
        Attachment::new_inline_with_name(part.cid.clone(), file_name)
    };
    let bytes = framed::placeholder(FilePlace::Inline(number), composition);
    Ok(disposition.body(bytes, content_type(&part.mime)?))
}

/// What may stand in a header: no line ends or other control characters, and none of the
/// characters that turn the direction of what follows (U+202A to E, U+2066 to 9), by which a
/// name could be made to look like another one. Neighbouring blanks become one, as no two
/// programs agree on several.
pub fn clean_header(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .map(|word| word.replace(is_bidi_control, ""))
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn lettre_mailbox(mailbox: &Mailbox, field: &str) -> Result<lettre::message::Mailbox> {
    let address = wire_address(&mailbox.address).ok_or_else(|| {
        let shown: String = clean_header(&mailbox.address).chars().take(80).collect();
        Error::invalid(
            field,
            match needs_utf8(&mailbox.address) {
                true => format!("“{shown}” has other letters than a to z before the @."),
                false => format!("“{shown}” can't be an e-mail address."),
            },
        )
    })?;
    let email = address
        .parse()
        .map_err(|_| Error::invalid(field, format!("“{address}” can't be an e-mail address.")))?;
    let name: String = clean_header(mailbox.name.as_deref().unwrap_or_default())
        .chars()
        .take(MAX_NAME_CHARS)
        .collect();
    let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
    Ok(lettre::message::Mailbox::new(name, email))
}

fn date(at: UnixMillis) -> Result<std::time::SystemTime> {
    /// The end of the year 9999, after which RFC 5322 has no date.
    const END: u64 = 253_402_300_800_000;
    u64::try_from(at.0)
        .ok()
        .filter(|millis| *millis < END)
        .map(|millis| UNIX_EPOCH + Duration::from_millis(millis))
        .ok_or_else(|| broken("the clock is wrong"))
}

/// A defect of ours or of the machine's, not of what was typed.
fn broken(what: &str) -> Error {
    Error::new(
        Code::InternalError,
        format!("This mail couldn't be put together: {what}. Your draft is kept."),
    )
}

/// A Subject encoded by [`encoded_word`].
#[derive(Clone)]
struct Subject(String);

impl Header for Subject {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Subject")
    }

    fn parse(text: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self(text.to_owned()))
    }

    fn display(&self) -> HeaderValue {
        let encoded = encoded_word::unstructured(&self.0, "Subject: ".len());
        HeaderValue::dangerous_new_pre_encoded(Self::name(), self.0.clone(), encoded)
    }
}

/// Says that a mail file is a draft (known to Outlook, Thunderbird, Windows Mail and others).
#[derive(Clone)]
struct Unsent;

impl Header for Unsent {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Unsent")
    }

    fn parse(_: &str) -> std::result::Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "1".to_owned())
    }
}
