//! A file as a part of the message.

use lettre::message::{Attachment, SinglePart, header::ContentType};

use super::{
    Composition, FilePlace, Files, broken, content_type,
    framed::{is_utf8, placeholder},
};
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
pub(super) fn part(
    composition: &Composition,
    number: usize,
    files: &dyn Files,
) -> Result<SinglePart> {
    let file = &composition.attached[number];
    let place = FilePlace::Attached(number);
    let name = clean_name(&file.file_name);
    // Without it a text counts as ASCII (RFC 2046, 4.1.2).
    let charset = match file.mime.starts_with("text/") && is_utf8(files, place)? {
        true => "; charset=utf-8",
        false => "",
    };
    let kind = kind(file, &name, charset)?;
    Ok(Attachment::new(name).body(placeholder(place, composition), kind))
}

fn kind(file: &AttachedPart, name: &str, charset: &str) -> Result<ContentType> {
    let is_plain = file.mime.split_once('/').is_some_and(|(kind, subtype)| {
        [kind, subtype].into_iter().all(|word| {
            !word.is_empty()
                && (word.bytes()).all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
        })
    });
    if !is_plain {
        return Err(broken("a file has no proper type"));
    }
    let shown: String = (name.chars())
        .map(|c| if c.is_ascii() { c } else { '_' })
        .collect();
    content_type(&format!("{}{charset}; name=\"{shown}\"", file.mime))
}
