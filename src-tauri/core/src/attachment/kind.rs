//! Which kinds of files there are, and whether a file is one.

use crate::error::{Code, Error, Result};

use super::{clean_name, short};

/// How many of a file's first bytes [`judge`] needs to see (fewer only where the file ends).
pub const HEAD_BYTES: usize = 8 * 1024;

/// How the bytes of a kind are recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bytes {
    /// `infer` knows it under this media type.
    Known(&'static str),
    /// PDF; some have a few bytes of something else in front (ISO 32000-1, Annex H.3.4.1).
    Pdf,
    /// Office Open XML: a ZIP of this kind, or one whose kind its beginning doesn't tell.
    OfficeXml(&'static str),
    /// The older Office files: a compound file.
    Office97,
    /// OpenDocument: a ZIP that says its media type first (ODF 1.2, part 3, 3.3).
    OpenDocument(&'static str),
    /// Any ZIP.
    Zip,
    /// Text of any encoding people use.
    Text,
}

/// Extension, media type, and how it is recognised.
const KINDS: &[(&str, &str, Bytes)] = &[
    ("pdf", "application/pdf", Bytes::Pdf),
    ("doc", "application/msword", Bytes::Office97),
    ("dot", "application/msword", Bytes::Office97),
    ("xls", "application/vnd.ms-excel", Bytes::Office97),
    ("ppt", "application/vnd.ms-powerpoint", Bytes::Office97),
    ("pps", "application/vnd.ms-powerpoint", Bytes::Office97),
    ("docx", DOCX, Bytes::OfficeXml(DOCX)),
    ("xlsx", XLSX, Bytes::OfficeXml(XLSX)),
    ("pptx", PPTX, Bytes::OfficeXml(PPTX)),
    ("odt", ODT, Bytes::OpenDocument(ODT)),
    ("ods", ODS, Bytes::OpenDocument(ODS)),
    ("odp", ODP, Bytes::OpenDocument(ODP)),
    ("odg", ODG, Bytes::OpenDocument(ODG)),
    ("txt", "text/plain", Bytes::Text),
    ("text", "text/plain", Bytes::Text),
    ("csv", "text/csv", Bytes::Text),
    ("ics", "text/calendar", Bytes::Text),
    ("png", "image/png", Bytes::Known("image/png")),
    ("jpg", "image/jpeg", Bytes::Known("image/jpeg")),
    ("jpeg", "image/jpeg", Bytes::Known("image/jpeg")),
    ("gif", "image/gif", Bytes::Known("image/gif")),
    ("webp", "image/webp", Bytes::Known("image/webp")),
    ("zip", "application/zip", Bytes::Zip),
];

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const ODT: &str = "application/vnd.oasis.opendocument.text";
const ODS: &str = "application/vnd.oasis.opendocument.spreadsheet";
const ODP: &str = "application/vnd.oasis.opendocument.presentation";
const ODG: &str = "application/vnd.oasis.opendocument.graphics";

const ALLOWED: &str = "Draftwell takes PDF, Word, Excel, PowerPoint, OpenDocument, text, CSV, \
                       calendar, image (PNG, JPEG, GIF, WebP) and ZIP files.";

/// The media type of a file with this name and these first bytes.
///
/// # Errors
/// `INVALID_FILE_TYPE` where the extension is none of the allowed ones, the bytes are of another
/// kind than it says, or the file can be run.
pub fn judge(name: &str, head: &[u8]) -> Result<&'static str> {
    let name = clean_name(name);
    let extension = match name.rsplit_once('.') {
        Some((_, extension)) => extension.to_lowercase(),
        None => String::new(),
    };
    if runs(head) {
        return Err(refused(
            &name,
            "is a program or a script, which mail servers throw away.",
        ));
    }
    let Some((_, mime, bytes)) = KINDS.iter().find(|(known, ..)| *known == extension) else {
        let why = if extension.is_empty() {
            "has no extension that says what it is."
        } else {
            "is of a kind that can't be attached."
        };
        return Err(refused(&name, &format!("{why} {ALLOWED}")));
    };
    if !fits(*bytes, head) {
        let why = format!(
            "isn't what its name says: it is no {} file. Look whether it is damaged or was \
             renamed.",
            extension.to_uppercase()
        );
        return Err(refused(&name, &why));
    }
    Ok(mime)
}

/// The media type of a file under this name, whose bytes were judged to be `kept` under another
/// one: the same bytes may be a text under one name and a table of values under the other.
pub fn type_under(name: &str, kept: &str) -> String {
    let family = |kind: Bytes| match kind {
        Bytes::OfficeXml(_) | Bytes::OpenDocument(_) => Bytes::Zip,
        kind => kind,
    };
    let name = clean_name(name);
    let extension = name.rsplit_once('.').map(|(_, end)| end.to_lowercase());
    let named = KINDS
        .iter()
        .find(|kind| Some(kind.0) == extension.as_deref());
    let known = KINDS.iter().find(|kind| kind.1 == kept);
    match (named, known) {
        (Some(named), Some(known)) if family(named.2) == family(known.2) => named.1.to_owned(),
        _ => kept.to_owned(),
    }
}

/// Looks at a later piece of a file that was judged to be of type `mime`: text stays text.
///
/// # Errors
/// `INVALID_FILE_TYPE`.
pub fn judge_rest(name: &str, mime: &str, piece: &[u8]) -> Result<()> {
    // UTF-16 has zero bytes, and was recognised by its beginning.
    if mime.starts_with("text/") && !piece.is_empty() && piece.iter().all(|byte| *byte == 0) {
        return Err(refused(
            &clean_name(name),
            "isn't what its name says: it is no text. Look whether it is damaged.",
        ));
    }
    Ok(())
}

/// The extension of files of a media type, for one that came without a name.
pub fn extension_of_type(mime: &str) -> Option<&'static str> {
    match mime {
        "message/rfc822" | "message/global" => Some("eml"),
        "image/jpeg" => Some("jpg"),
        _ => KINDS
            .iter()
            .find(|(_, known, _)| *known == mime)
            .map(|(extension, ..)| *extension),
    }
}

fn refused(name: &str, why: &str) -> Error {
    Error::new(Code::InvalidFileType, format!("“{}” {why}", short(name)))
}

fn fits(bytes: Bytes, head: &[u8]) -> bool {
    let known = infer::get(head).map(|kind| kind.mime_type());
    match bytes {
        Bytes::Known(mime) => known == Some(mime),
        Bytes::Pdf => find(&head[..head.len().min(1024)], b"%PDF-").is_some(),
        Bytes::OfficeXml(mime) => {
            is_zip(head)
                && (known == Some(mime)
                    || known == Some("application/zip")
                        && [&b"[Content_Types].xml"[..], b"_rels/", b"docProps/"]
                            .iter()
                            .any(|part| find(head, part).is_some()))
        }
        Bytes::Office97 => head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        Bytes::OpenDocument(mime) => {
            let said = [b"mimetype", mime.as_bytes()].concat();
            is_zip(head) && head.len() > 30 && head[30..].starts_with(&said)
        }
        Bytes::Zip => is_zip(head),
        Bytes::Text => is_text(head),
    }
}

/// A local file header, or the end of an empty archive (APPNOTE.TXT, 4.3.7 and 4.3.16).
fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Programs of Windows, Linux and macOS, Java classes, shortcuts, and scripts that name who runs
/// them.
fn runs(head: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"MZ",
        b"\x7fELF",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"L\x00\x00\x00\x01\x14\x02\x00",
        b"#!",
        b"\xef\xbb\xbf#!",
        b"[Desktop Entry]",
        b"!<arch>\n",
    ];
    // "MZ" alone also begins a text about Mozambique: a program has a header's length behind it.
    BEGINNINGS.iter().any(|start| head.starts_with(start))
        && !(head.starts_with(b"MZ") && is_readable(head))
}

fn is_readable(head: &[u8]) -> bool {
    head.iter()
        .all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c))
}

/// Whether these bytes are text: UTF-8, UTF-16 with its mark, or an older encoding of one byte a
/// letter. A file of another kind that happens to be readable does no harm as text.
fn is_text(head: &[u8]) -> bool {
    head.starts_with(b"\xff\xfe")
        || head.starts_with(b"\xfe\xff")
        || head
            .iter()
            .all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\r' | b'\n' | 0x0c | 0x1b))
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
