//! Taking the files out of a frozen message, for services that take a whole message only up to
//! some size and larger files on a way of their own (Microsoft Graph).
//!
//! What is left is the same message, byte for byte, without those parts; what is taken out is
//! decoded again only when it is asked for. The message must be one that [`super::freeze`] made:
//! its delimiters begin with `--=_`, which no encoded text can imitate, and its files are base64.

use std::ops::Range;

use mail_parser::{MessageParser, MimeHeaders, decoders::base64::base64_decode};

use super::{broken, read::mailboxes};
use crate::{
    address::Mailbox,
    error::{Code, Error, Result},
};

/// How our delimiters begin (RFC 2046, 5.1.1, and `multipart`).
const DELIMITER: &[u8] = b"\r\n--=_";

/// A message without its files, and the files.
#[derive(Debug, PartialEq)]
pub struct Apart<'a> {
    /// The message; the whole one where it needn't be taken apart.
    pub bytes: Vec<u8>,
    /// What was taken out of it, in the order it had there.
    pub files: Vec<FilePart<'a>>,
}

/// A part taken out of a message.
#[derive(Debug, PartialEq)]
pub struct FilePart<'a> {
    /// Its name for the recipient, or empty.
    pub file_name: String,
    /// Its media type.
    pub mime: String,
    /// For an image of the text: what its HTML calls it, `cid:…`.
    pub content_id: Option<String>,
    encoded: &'a [u8],
}

impl FilePart<'_> {
    /// Its bytes.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` where the message is damaged.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        if self.encoded.is_empty() {
            return Ok(Vec::new());
        }
        base64_decode(self.encoded).ok_or_else(|| broken("a file in it is damaged"))
    }
}

/// Whom a message is addressed to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Addressed {
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
}

/// Takes out the attached files of a message of more than `most` bytes, and if that is not enough
/// the images of its text, too.
///
/// # Errors
/// `FILE_TOO_LARGE` where the text alone is too long; `INTERNAL_ERROR` where the message is not
/// one of ours.
pub fn taken_apart(bytes: &[u8], most: usize) -> Result<Apart<'_>> {
    if bytes.len() <= most {
        return Ok(Apart {
            bytes: bytes.to_vec(),
            files: Vec::new(),
        });
    }
    let parts = parts(bytes)?;
    let images_too = {
        let files = parts.iter().filter(|(_, part)| part.content_id.is_none());
        let gone: usize = files.map(|(place, _)| place.len()).sum();
        bytes.len() - gone > most
    };
    let mut left = Vec::new();
    let mut files = Vec::new();
    let mut end = 0;
    for (place, part) in parts {
        if part.content_id.is_some() && !images_too {
            continue;
        }
        left.extend_from_slice(&bytes[end..place.start]);
        end = place.end;
        files.push(part);
    }
    left.extend_from_slice(&bytes[end..]);
    if left.len() > most {
        return Err(Error::new(
            Code::FileTooLarge,
            "The text of this mail is longer than this account's service takes. Make it shorter, \
             or send a part of it as a file.",
        ));
    }
    Ok(Apart { bytes: left, files })
}

/// Each file and image, and what is to be taken out with it: its delimiter, up to the next one.
fn parts(bytes: &[u8]) -> Result<Vec<(Range<usize>, FilePart<'_>)>> {
    let mut delimiters = Vec::new();
    let mut from = 0;
    while let Some(found) = find(&bytes[from..], DELIMITER) {
        delimiters.push(from + found);
        from += found + DELIMITER.len();
    }
    let mut parts = Vec::new();
    for pair in delimiters.windows(2) {
        let [start, end] = [pair[0], pair[1]];
        let line = &bytes[start + 2..end];
        let Some(head) = find(line, b"\r\n") else {
            // The last delimiter of one level, directly before another one.
            continue;
        };
        if let Some(part) = file_part(&line[head + 2..])? {
            parts.push((start..end, part));
        }
    }
    Ok(parts)
}

/// A part that is a file or an image; none for texts and levels.
fn file_part(part: &[u8]) -> Result<Option<FilePart<'_>>> {
    let Some(end) = find(part, b"\r\n\r\n") else {
        return Ok(None);
    };
    let (header, encoded) = (&part[..end + 4], &part[end + 4..]);
    let damaged = || broken("one of its parts is damaged");
    let parsed = MessageParser::default()
        .parse_headers(header)
        .ok_or_else(damaged)?;
    let Some(disposition) = parsed.content_disposition() else {
        return Ok(None);
    };
    let content_id = match (disposition.is_attachment(), parsed.content_id()) {
        (true, _) => None,
        (false, Some(id)) => Some(id.to_owned()),
        (false, None) => return Ok(None),
    };
    let kind = parsed.content_type().ok_or_else(damaged)?;
    let subtype = kind.subtype().unwrap_or("octet-stream");
    Ok(Some(FilePart {
        file_name: parsed.attachment_name().unwrap_or_default().to_owned(),
        mime: format!("{}/{subtype}", kind.ctype()),
        content_id,
        encoded,
    }))
}

/// Whom a frozen message is addressed to, as its header says.
///
/// # Errors
/// `INTERNAL_ERROR` where it has no header.
pub fn addressed_to(bytes: &[u8]) -> Result<Addressed> {
    let end = find(bytes, b"\r\n\r\n").map_or(bytes.len(), |end| end + 4);
    let parsed = MessageParser::default()
        .parse_headers(&bytes[..end])
        .ok_or_else(|| broken("its header is damaged"))?;
    Ok(Addressed {
        to: parsed.to().into_iter().flat_map(mailboxes).collect(),
        cc: parsed.cc().into_iter().flat_map(mailboxes).collect(),
        bcc: parsed.bcc().into_iter().flat_map(mailboxes).collect(),
    })
}

/// The Message-ID of a frozen message, with its angle brackets; none where there is none.
pub fn own_message_id(bytes: &[u8]) -> Option<String> {
    let end = find(bytes, b"\r\n\r\n")? + 4;
    let parsed = MessageParser::default().parse_headers(&bytes[..end])?;
    Some(format!("<{}>", parsed.message_id()?))
}

/// Where `wanted` first stands. By its rarest byte would be quicker; messages have a line end
/// every 78 bytes, so this is quick enough.
fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + bytes[from..].iter().position(|byte| *byte == wanted[0])?;
        if bytes[at..].starts_with(wanted) {
            return Some(at);
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        UnixMillis,
        message::{Answered, AttachedPart, Composition, InlinePart, freeze},
    };

    fn mailbox(name: &str, address: &str) -> Mailbox {
        Mailbox {
            name: Some(name.to_owned()).filter(|name| !name.is_empty()),
            address: address.to_owned(),
        }
    }

    fn a_mail(files: &[(&str, usize)], image: usize) -> Composition {
        Composition {
            from: mailbox("Ada", "ada@example.com"),
            to: vec![
                mailbox("Jürgen Groß", "j@example.org"),
                mailbox("", "k@example.org"),
            ],
            cc: vec![mailbox("Łukasz, the “one”", "l@example.org")],
            bcc: vec![mailbox("Ben", "ben@example.org")],
            subject: "Grüße".into(),
            text: "--=_ isn't a delimiter\r\n--=_nor this".into(),
            html: "<p>--=_</p><img src=\"cid:a@draftwell\">".into(),
            inline: vec![InlinePart {
                cid: "a@draftwell".into(),
                mime: "image/png".into(),
                file_name: "bild ü.png".into(),
                bytes: vec![7; image],
            }],
            attached: files
                .iter()
                .map(|(name, size)| AttachedPart {
                    file_name: (*name).to_owned(),
                    mime: "application/pdf".into(),
                    bytes: (0..*size).map(|n| (n % 251) as u8).collect(),
                })
                .collect(),
            date: UnixMillis(1_795_000_000_000),
            message_id: "<a.b@example.com>".into(),
            answers: Some(Answered {
                message_id: "<x@y.example>".into(),
                references: vec!["<w@y.example>".into(), "<x@y.example>".into()],
            }),
        }
    }

    #[test]
    fn a_message_that_fits_stays_whole() {
        let frozen = freeze(&a_mail(&[("a.pdf", 100)], 100)).unwrap();
        let apart = taken_apart(&frozen, frozen.len()).unwrap();
        assert!(apart.bytes == frozen && apart.files.is_empty());
    }

    #[test]
    fn the_files_go_first_and_come_back_as_they_were() {
        let mail = a_mail(
            &[
                ("Angebot für Müller.pdf", 5_000),
                ("b.pdf", 0),
                ("c.pdf", 1),
            ],
            300,
        );
        let frozen = freeze(&mail).unwrap();
        let apart = taken_apart(&frozen, frozen.len() - 1).unwrap();
        let names: Vec<_> = apart.files.iter().map(|f| f.file_name.as_str()).collect();
        assert_eq!(names, ["Angebot für Müller.pdf", "b.pdf", "c.pdf"]);
        for (file, given) in apart.files.iter().zip(&mail.attached) {
            assert_eq!(file.bytes().unwrap(), given.bytes, "{}", given.file_name);
            assert_eq!(
                (file.mime.as_str(), &file.content_id),
                ("application/pdf", &None)
            );
        }
        // What is left is the message without files, but for the level that held them.
        let parsed = MessageParser::default().parse(&apart.bytes).unwrap();
        assert_eq!(parsed.attachment_count(), 1, "the image of the text stayed");
        assert_eq!(parsed.body_text(0).unwrap().trim_end(), mail.text);
        assert_eq!(parsed.body_html(0).unwrap().trim_end(), mail.html);
    }

    #[test]
    fn images_of_the_text_go_where_files_are_not_enough() {
        let mail = a_mail(&[("a.pdf", 100)], 10_000);
        let frozen = freeze(&mail).unwrap();
        let apart = taken_apart(&frozen, 5_000).unwrap();
        assert_eq!(apart.files.len(), 2);
        let image = &apart.files[0];
        assert_eq!(image.content_id.as_deref(), Some("a@draftwell"));
        assert_eq!(
            (image.file_name.as_str(), image.mime.as_str()),
            ("bild ü.png", "image/png")
        );
        assert_eq!(image.bytes().unwrap(), vec![7; 10_000]);
        let parsed = MessageParser::default().parse(&apart.bytes).unwrap();
        assert_eq!(parsed.attachment_count(), 0);
        assert_eq!(parsed.body_html(0).unwrap().trim_end(), mail.html);
    }

    #[test]
    fn a_text_that_is_too_long_is_said() {
        let frozen = freeze(&a_mail(&[("a.pdf", 100)], 10)).unwrap();
        let error = taken_apart(&frozen, 500).unwrap_err();
        assert_eq!(error.code, Code::FileTooLarge);
        let plain = freeze(&Composition {
            html: String::new(),
            inline: vec![],
            ..a_mail(&[], 0)
        })
        .unwrap();
        assert!(taken_apart(&plain, 10).is_err(), "without any part");
    }

    #[test]
    fn the_header_says_whom_it_is_for() {
        let mail = a_mail(&[], 1);
        let frozen = freeze(&mail).unwrap();
        assert_eq!(
            addressed_to(&frozen).unwrap(),
            Addressed {
                to: mail.to,
                cc: mail.cc,
                bcc: mail.bcc
            }
        );
        assert_eq!(
            own_message_id(&frozen).as_deref(),
            Some("<a.b@example.com>")
        );
        assert_eq!(own_message_id(b"Subject: x\r\n\r\n"), None);
    }
}
