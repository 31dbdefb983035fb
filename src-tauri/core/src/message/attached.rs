//! A file as a part of the message.

use lettre::message::{
    Attachment, Body, SinglePart,
    header::{ContentTransferEncoding, ContentType},
};

use super::{broken, content_type};
use crate::{attachment::clean_name, error::Result};

/// A file that goes with the mail.
#[derive(Debug, Clone, PartialEq)]
pub struct AttachedPart {
    /// Its name for the recipient.
    pub file_name: String,
    /// Its media type.
    pub mime: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The part. Its name stands in Content-Disposition, by RFC 2231 where it isn't ASCII, and once
/// more in Content-Type, in ASCII only, for programs that read no other.
pub(super) fn part(file: &AttachedPart) -> Result<SinglePart> {
    let name = clean_name(&file.file_name);
    let body = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| broken("a file can't be encoded"))?;
    Ok(Attachment::new(name.clone()).body(body, kind(file, &name)?))
}

fn kind(file: &AttachedPart, name: &str) -> Result<ContentType> {
    let is_plain = file.mime.split_once('/').is_some_and(|(kind, subtype)| {
        [kind, subtype].into_iter().all(|word| {
            !word.is_empty()
                && (word.bytes()).all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        })
    });
    if !is_plain {
        return Err(broken("a file has no proper type"));
    }
    // Without it a text counts as ASCII (RFC 2046, 4.1.2).
    let charset = if file.mime.starts_with("text/") && std::str::from_utf8(&file.bytes).is_ok() {
        "; charset=utf-8"
    } else {
        ""
    };
    let shown: String = (name.chars())
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    content_type(&format!("{}{charset}; name=\"{shown}\"", file.mime))
}
