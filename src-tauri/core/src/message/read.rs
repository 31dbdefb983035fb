//! Reading a mail file (`.eml`: RFC 5322 with MIME) as something to write on.
//!
//! Only what a draft has is taken: recipients, subject, text, pictures in the text, files. The
//! parsing is mail-parser's, in whatever charset, and it makes the best of what is malformed;
//! what it makes is judged here like everything else that comes from outside. Deliberately
//! absent: Date, Message-ID and all other headers (a draft gets its own when it leaves), and
//! looking into mails that are attached to the mail.

use std::{borrow::Cow, collections::HashMap};

use mail_parser::{
    Addr, Address, Encoding, HeaderName, Message, MessageParser, MessagePart, MimeHeaders,
    PartType,
    decoders::{base64::base64_decode, quoted_printable::quoted_printable_decode},
};

use super::{AttachedPart, clean_header};
use crate::{
    address::Mailbox,
    attachment::{clean_name, extension_of_type},
    document::{Document, KeptImage, image_addresses},
    draft::MAX_SUBJECT_CHARS,
    error::{Code, Error, Result},
};

/// The largest mail file that is read, in bytes: far more than mail servers take.
pub const MAX_MAIL_FILE_BYTES: usize = 100 * 1024 * 1024;

/// The most parts a mail may name. Each can be inside the former one, and such a tree is taken
/// down by a function that calls itself.
pub(super) const MAX_PARTS: usize = 500;

/// What a mail file has for a draft.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReadMail {
    /// Who wrote it, by which the account is found.
    pub from: Option<Mailbox>,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject, on one line.
    pub subject: String,
    /// The pictures the text shows.
    pub images: Vec<ReadImage>,
    /// The files, those in it that are themselves mails included.
    pub files: Vec<AttachedPart>,
    /// What the user should know: one sentence each.
    pub notes: Vec<String>,
    body: Vec<Piece>,
    /// The same text as plain text, should its HTML be unreadable.
    plain: String,
}

/// A picture that the text of a mail shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadImage {
    /// Its addresses in the HTML, `cid:…`.
    pub addresses: Vec<String>,
    /// Its name.
    pub file_name: String,
    /// Its bytes, of whatever kind.
    pub bytes: Vec<u8>,
}

/// A mail may have several texts one after the other, with pictures between them.
#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Html(String),
    Plain(String),
}

impl ReadMail {
    /// Addresses of the pictures in the HTML that are not parts of the mail (`data:`), as
    /// [`image_addresses`] finds them.
    pub fn image_addresses(&self) -> Vec<String> {
        let html = |piece: &Piece| match piece {
            Piece::Html(html) => image_addresses(html),
            Piece::Plain(_) => Vec::new(),
        };
        self.body.iter().flat_map(html).collect()
    }

    /// The text, with those pictures that could be kept, by their address in the HTML.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `body` where it is more than a document may have.
    pub fn document(&self, images: &HashMap<String, KeptImage>) -> Result<Document> {
        let too_much = || {
            Error::invalid(
                "body",
                "The text of this mail is longer or more deeply nested than Draftwell can hold.",
            )
        };
        let mut blocks = Vec::new();
        for piece in &self.body {
            let read = match piece {
                Piece::Html(html) => Document::from_mail_html(html, images.clone()),
                Piece::Plain(text) => Some(Document::from_text(text)),
            };
            match read {
                Some(read) => blocks.extend(read.blocks().iter().cloned()),
                None if self.plain.trim().is_empty() => return Err(too_much()),
                None => {
                    blocks = Document::from_text(&self.plain).blocks().to_vec();
                    break;
                }
            }
        }
        // The same limits as for every document.
        Document::parse(&Document::new(blocks).to_json()).map_err(|_| too_much())
    }
}

/// Reads a mail file, or as much of it as there is.
///
/// # Errors
/// `INVALID_FILE_TYPE` where this is no mail at all; `FILE_TOO_LARGE` beyond
/// [`MAX_MAIL_FILE_BYTES`]; `VALIDATION_ERROR` where it is built to be taken apart for ever.
pub fn read(bytes: &[u8]) -> Result<ReadMail> {
    if bytes.len() > MAX_MAIL_FILE_BYTES {
        return Err(Error::new(
            Code::FileTooLarge,
            "This mail is larger than 100 MB, more than Draftwell reads.",
        ));
    }
    let bytes = without_envelope(bytes);
    if parts_named(bytes) > MAX_PARTS {
        return Err(Error::invalid(
            "file",
            format!(
                "This mail has more than {MAX_PARTS} parts, one inside the other. No mail program writes that."
            ),
        ));
    }
    // Other people's code, and anybody's file: should the one stumble over the other, it is this
    // file that can't be read.
    let parsed = std::panic::catch_unwind(|| MessageParser::default().parse(bytes));
    match parsed.ok().flatten() {
        Some(message) if is_mail(&message) => Ok(take(&message)),
        _ => Err(Error::new(
            Code::InvalidFileType,
            "This isn't an e-mail: it has none of the headers that every mail begins with.",
        )),
    }
}

/// Without what some programs put before the first header: a byte order mark, empty lines, and
/// mbox's line `From ada@example.com Thu Nov 26 …` (RFC 4155).
fn without_envelope(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let bytes = bytes.trim_ascii_start();
    if !bytes.starts_with(b"From ") {
        return bytes;
    }
    let end = bytes.iter().position(|byte| *byte == b'\n');
    end.map_or(bytes, |end| &bytes[end + 1..])
}

/// How many parts there are at most: each but the plainest says what it is.
pub(super) fn parts_named(bytes: &[u8]) -> usize {
    const NAME: &[u8] = b"content-type:";
    let mut found = 0;
    let mut rest = bytes;
    // By its rarest letter, so that a large file is gone through quickly.
    while let Some(colon) = rest.iter().position(|byte| *byte == b':') {
        let end = colon + 1;
        let start = end.saturating_sub(NAME.len());
        found += usize::from(rest[start..end].eq_ignore_ascii_case(NAME));
        rest = &rest[end..];
        if found > MAX_PARTS {
            break;
        }
    }
    found
}

/// Whether there is any header that makes a file a mail; a parser finds "headers" in anything
/// with a colon.
fn is_mail(message: &Message<'_>) -> bool {
    message.headers().iter().any(|header| {
        matches!(
            header.name,
            HeaderName::From
                | HeaderName::To
                | HeaderName::Cc
                | HeaderName::Bcc
                | HeaderName::Subject
                | HeaderName::Date
                | HeaderName::MessageId
                | HeaderName::MimeVersion
                | HeaderName::Received
                | HeaderName::ReturnPath
        ) || header.name.as_str().eq_ignore_ascii_case("X-Unsent")
    })
}

fn take(message: &Message<'_>) -> ReadMail {
    let mut mail = ReadMail {
        from: message.from().and_then(|from| mailboxes(from).next()),
        to: message.all_to().flat_map(mailboxes).collect(),
        cc: message.all_cc().flat_map(mailboxes).collect(),
        bcc: message.all_bcc().flat_map(mailboxes).collect(),
        subject: clean_header(message.subject().unwrap_or_default()),
        ..ReadMail::default()
    };
    if mail.subject.chars().count() > MAX_SUBJECT_CHARS {
        mail.subject = mail.subject.chars().take(MAX_SUBJECT_CHARS).collect();
        mail.notes
            .push("The subject was too long and was cut.".to_owned());
    }
    let texts = if message.html_body.is_empty() {
        &message.text_body
    } else {
        &message.html_body
    };
    for id in texts {
        let Some(part) = message.part(*id) else {
            continue;
        };
        match &part.body {
            PartType::Html(_) => mail
                .body
                .push(Piece::Html(text(message, part).into_owned())),
            PartType::Text(_) => mail.body.push(Piece::Plain(plain(message, part))),
            _ => {}
        }
    }
    for id in &message.text_body {
        if let Some(part) = message.part(*id)
            && let PartType::Text(_) = part.body
        {
            mail.plain.push_str(&plain(message, part));
            mail.plain.push('\n');
        }
    }
    let shown = mail.image_addresses();
    for (id, part) in message.parts.iter().enumerate() {
        let is_text = matches!(part.body, PartType::Html(_) | PartType::Text(_))
            && (message.html_body.iter())
                .chain(&message.text_body)
                .any(|text| usize::try_from(*text) == Ok(id));
        if is_text || matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        let addresses = match part.content_id() {
            Some(content_id) => addresses_of(content_id, &shown),
            None => Vec::new(),
        };
        let bytes = bytes_of(message, part);
        if addresses.is_empty() {
            mail.files.push(file(part, bytes));
        } else {
            mail.images.push(ReadImage {
                addresses,
                file_name: file(part, Vec::new()).file_name,
                bytes,
            });
        }
    }
    if message.parts.iter().any(|part| part.is_encoding_problem) {
        mail.notes.push(
            "This file is damaged or ends too early; what could be read of it is here.".to_owned(),
        );
    }
    mail
}

/// The members of groups are recipients like the others; a group without any is nobody
/// (`undisclosed-recipients:;`).
pub(super) fn mailboxes<'a>(address: &'a Address<'_>) -> impl Iterator<Item = Mailbox> + 'a {
    fn mailbox(addr: &Addr<'_>) -> Option<Mailbox> {
        let address = clean_header(addr.address().unwrap_or_default());
        let name = clean_header(addr.name().unwrap_or_default());
        if address.is_empty() && name.is_empty() {
            return None;
        }
        Some(if address.is_empty() {
            Mailbox {
                name: None,
                address: name,
            }
        } else {
            Mailbox {
                name: Some(name).filter(|name| !name.is_empty()),
                address,
            }
        })
    }
    address.iter().filter_map(mailbox)
}

/// The text of a part; what was cut in the middle of its encoding is decoded as far as it goes.
fn text<'a>(message: &'a Message<'_>, part: &'a MessagePart<'_>) -> Cow<'a, str> {
    match &part.body {
        PartType::Html(_) | PartType::Text(_) if part.is_encoding_problem => {
            String::from_utf8_lossy(&bytes_of(message, part))
                .into_owned()
                .into()
        }
        PartType::Html(text) | PartType::Text(text) => Cow::Borrowed(text.as_ref()),
        _ => Cow::Borrowed(""),
    }
}

fn plain(message: &Message<'_>, part: &MessagePart<'_>) -> String {
    let text = text(message, part);
    let parameter = |name: &str| part.content_type().and_then(|kind| kind.attribute(name));
    if parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
        let delsp = parameter("delsp").is_some_and(|delsp| delsp.eq_ignore_ascii_case("yes"));
        unflowed(&text, delsp)
    } else {
        text.into_owned()
    }
}

/// Joins the lines of a paragraph that was cut for small screens (RFC 3676, 4): all that end with
/// a blank, except the line before a signature.
fn unflowed(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut flows = false;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        let quoted = line.starts_with('>');
        if flows && quoted {
            out.push('\n');
        }
        // A blank before the text only protects what stands there.
        let line = line.strip_prefix(' ').unwrap_or(line);
        flows = line.ends_with(' ') && line != "-- " && !quoted;
        match line.strip_suffix(' ') {
            Some(cut) if flows && delsp => out.push_str(cut),
            _ => out.push_str(line),
        }
        if !flows {
            out.push('\n');
        }
    }
    out
}

/// The bytes somebody attached: decoded, but not from their charset.
fn bytes_of(message: &Message<'_>, part: &MessagePart<'_>) -> Vec<u8> {
    if let PartType::Binary(bytes) | PartType::InlineBinary(bytes) = &part.body {
        return bytes.to_vec();
    }
    let place = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
    let raw = (message.raw_message)
        .get(place(part.offset_body)..place(part.offset_end))
        .unwrap_or_default();
    let said = part.content_transfer_encoding().unwrap_or_default();
    if part.is_encoding_problem && said.eq_ignore_ascii_case("base64") {
        return base64_as_far(raw);
    }
    match part.encoding {
        Encoding::Base64 => base64_decode(raw),
        Encoding::QuotedPrintable => quoted_printable_decode(raw),
        Encoding::None => None,
    }
    .unwrap_or_else(|| raw.to_vec())
}

/// Decodes base64 up to where it breaks off.
fn base64_as_far(raw: &[u8]) -> Vec<u8> {
    let mut letters: Vec<u8> = raw
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte))
        .collect();
    letters.truncate(letters.len() / 4 * 4);
    base64_decode(&letters).unwrap_or_default()
}

fn file(part: &MessagePart<'_>, bytes: Vec<u8>) -> AttachedPart {
    let kind = part.content_type();
    let mime = kind.map_or_else(
        || "text/plain".to_owned(),
        |kind| {
            let subtype = kind.subtype().unwrap_or("octet-stream");
            format!("{}/{subtype}", kind.ctype()).to_ascii_lowercase()
        },
    );
    let file_name = match part.attachment_name() {
        Some(name) => clean_name(name),
        None => format!("file.{}", extension_of_type(&mime).unwrap_or("bin")),
    };
    AttachedPart {
        file_name,
        mime,
        bytes,
    }
}

/// Those addresses of pictures in the HTML that mean the part with this Content-ID (RFC 2392).
fn addresses_of(content_id: &str, shown: &[String]) -> Vec<String> {
    let content_id = content_id.trim_matches(['<', '>', ' ']);
    let means = |address: &&String| {
        address
            .strip_prefix("cid:")
            .is_some_and(|id| id == content_id || crate::mailto::decode(id) == content_id)
    };
    shown.iter().filter(means).cloned().collect()
}
