//! Attachments: which files may go with a mail, and under which name.
//!
//! A file is judged by its name *and* by its first bytes: the extension must be one that people
//! open without danger, and must fit what the bytes are. What is refused is told by name and with
//! what to do. Deliberately absent: reading files, and looking for viruses.

mod kind;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::error::{Code, Error};

pub use kind::{HEAD_BYTES, extension_of_type, judge, judge_rest, type_under};

/// The largest file, in bytes: 25 MiB.
pub const MAX_BYTES: u64 = 25 * 1024 * 1024;
/// The most files of one mail.
pub const MAX_ATTACHMENTS: usize = 100;
/// The longest file name, in bytes: what file systems take.
const MAX_NAME_BYTES: usize = 255;
/// Octets of a line of base64 (RFC 2045, 6.8), its end included, and the bytes in it.
const LINE: (u64, u64) = (78, 57);

/// A file that goes with a mail. Its bytes are kept under their hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// BLAKE3 of its bytes, in hex.
    pub hash: String,
    /// Its name for the recipient.
    pub name: String,
    /// Media type.
    pub mime: String,
    /// Bytes.
    pub size: u32,
}

impl Attachment {
    /// The same under a name that is harmless; see [`clean_name`].
    pub fn with_clean_name(&self) -> Self {
        Self {
            name: clean_name(&self.name),
            ..self.clone()
        }
    }
}

/// How many bytes a file takes in a message: base64 with line ends.
pub fn encoded_size(size: u32) -> u64 {
    u64::from(size).div_ceil(LINE.1) * LINE.0
}

/// A file name as it can be shown and saved everywhere: the last part of a path, on one line,
/// without the characters that turn its direction (by which `exe.pdf` could be made of
/// `fdp.exe`), no longer than file systems take; the extension is kept when it is cut.
pub fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean = crate::message::clean_header(last)
        .replace(['"', '<', '>', '|', ':', '*', '?'], "_")
        .trim_matches(|c: char| c == '.' || c.is_whitespace())
        .to_owned();
    if clean.is_empty() {
        "file".clone_into(&mut clean);
    }
    if clean.len() <= MAX_NAME_BYTES {
        return clean;
    }
    let (stem, extension) = match clean.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 10 => (stem, format!(".{extension}")),
        _ => (clean.as_str(), String::new()),
    };
    let mut end = MAX_NAME_BYTES - extension.len();
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{extension}", stem[..end].trim_end())
}

/// The refusal of a file that is too large.
pub fn too_large(name: &str) -> Error {
    Error::new(
        Code::FileTooLarge,
        format!(
            "“{}” is larger than 25 MB, more than most mail servers take. Make it smaller, or \
             send a link to it.",
            short(name)
        ),
    )
}

/// A name for a message to people: cut where it would fill it.
pub(crate) fn short(name: &str) -> String {
    let clean = clean_name(name);
    if clean.chars().count() <= 60 {
        return clean;
    }
    let chars: Vec<char> = clean.chars().collect();
    let start: String = chars[..40].iter().collect();
    let end: String = chars[chars.len() - 16..].iter().collect();
    format!("{start}…{end}")
}

#[cfg(test)]
mod tests;
