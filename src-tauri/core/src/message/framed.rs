//! A message without the bytes of its files. They are put into their places while it is written
//! out, piece by piece: however large the files are, no more than a piece of one is in memory.
//!
//! lettre builds the message with a mark in the place of each file. A mark begins with `=_`, as
//! the boundaries do, so that nothing encoded can imitate it, and nobody who types a subject can
//! guess it: it is made of the Message-ID.

use base64::{Engine, engine::general_purpose::STANDARD};
use lettre::message::{Body, header::ContentTransferEncoding};

use super::{Composition, broken};
use crate::error::Result;

/// The bytes of a line of base64, and its letters (RFC 2045, 6.8).
const LINE: usize = 57;
const LETTERS: usize = 76;
/// Encoded bytes are handed on in pieces of about this size.
const PIECE: usize = 64 * 1024;

/// Which of a composition's files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilePlace {
    /// The image of this number in [`Composition::inline`].
    Inline(usize),
    /// The file of this number in [`Composition::attached`].
    Attached(usize),
}

/// Where the bytes of a composition's files are.
pub trait Files {
    /// Hands a file's bytes on, from the beginning to the end, in pieces of any size.
    ///
    /// # Errors
    /// Why they can't be read; and what `each` answered, which ends it.
    fn read(&self, place: FilePlace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()>;
}

/// Files whose bytes are in the composition itself.
pub(super) struct InMemory<'a>(pub &'a Composition);

impl Files for InMemory<'_> {
    fn read(&self, place: FilePlace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let bytes = match place {
            FilePlace::Inline(number) => self.0.inline.get(number).map(|part| &part.bytes),
            FilePlace::Attached(number) => self.0.attached.get(number).map(|part| &part.bytes),
        };
        each(bytes.ok_or_else(|| broken("a file is missing"))?)
    }
}

/// A message around its files.
#[derive(Debug)]
pub struct Framed {
    /// What comes before each file, and the file.
    files: Vec<(Vec<u8>, FilePlace)>,
    end: Vec<u8>,
}

impl Framed {
    /// Takes a message apart that lettre built with [`placeholder`]s for all files.
    pub(super) fn new(message: &[u8], composition: &Composition) -> Result<Self> {
        let inline = (0..composition.inline.len()).map(FilePlace::Inline);
        let attached = (0..composition.attached.len()).map(FilePlace::Attached);
        let mut files = Vec::new();
        let mut rest = message;
        for place in inline.chain(attached) {
            let mark = mark(place, &composition.message_id);
            let at = (rest.windows(mark.len()))
                .position(|found| found == mark.as_bytes())
                .ok_or_else(|| broken("a file has no place"))?;
            files.push((rest[..at].to_vec(), place));
            rest = &rest[at + mark.len()..];
        }
        Ok(Self {
            files,
            end: rest.to_vec(),
        })
    }

    /// How many bytes the message has, from the sizes of its files.
    pub fn size(&self, size_of: impl Fn(FilePlace) -> u64) -> u64 {
        let files = self.files.iter().map(|(before, place)| {
            let size = size_of(*place);
            before.len() as u64 + 4 * size.div_ceil(3) + 2 * size.div_ceil(LINE as u64).max(1) - 2
        });
        files.sum::<u64>() + self.end.len() as u64
    }

    /// Hands the message's bytes on, from the beginning to the end.
    ///
    /// # Errors
    /// Why a file can't be read; and what `out` answered, which ends it.
    pub fn write(&self, files: &dyn Files, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for (before, place) in &self.files {
            out(before)?;
            let mut lines = Lines::default();
            files.read(*place, &mut |piece| lines.add(piece, out))?;
            lines.finish(out)?;
        }
        out(&self.end)
    }

    pub(super) fn to_bytes(&self, composition: &Composition) -> Result<Vec<u8>> {
        let size = self.size(|place| match place {
            FilePlace::Inline(number) => composition.inline[number].bytes.len() as u64,
            FilePlace::Attached(number) => composition.attached[number].bytes.len() as u64,
        });
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
        self.write(&InMemory(composition), &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(bytes)
    }
}

/// Stands for a file's bytes in what lettre builds.
pub(super) fn placeholder(place: FilePlace, composition: &Composition) -> Body {
    let mark = mark(place, &composition.message_id);
    Body::dangerous_pre_encoded(mark.into_bytes(), ContentTransferEncoding::Base64)
}

fn mark(place: FilePlace, message_id: &str) -> String {
    let mark = crate::fingerprint(format!("{place:?} {message_id}").as_bytes());
    format!("=_{}", &mark[..32])
}

/// Whether a file is text in UTF-8, all of it.
pub(super) fn is_utf8(files: &dyn Files, place: FilePlace) -> Result<bool> {
    let mut is_utf8 = true;
    let mut carried = Vec::new();
    files.read(place, &mut |piece| {
        if !is_utf8 {
            return Ok(());
        }
        carried.extend_from_slice(piece);
        match std::str::from_utf8(&carried) {
            Ok(_) => carried.clear(),
            // A letter may go on in the next piece.
            Err(error) if error.error_len().is_none() => {
                carried.drain(..error.valid_up_to());
            }
            Err(_) => is_utf8 = false,
        }
        Ok(())
    })?;
    Ok(is_utf8 && carried.is_empty())
}

/// Base64 in lines, without a line end after the last.
#[derive(Default)]
struct Lines {
    /// Less than a line.
    carried: Vec<u8>,
    encoded: Vec<u8>,
    has_line: bool,
}

impl Lines {
    fn add(&mut self, mut piece: &[u8], out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if !self.carried.is_empty() {
            let (more, rest) = piece.split_at(piece.len().min(LINE - self.carried.len()));
            self.carried.extend_from_slice(more);
            piece = rest;
            if self.carried.len() < LINE {
                return Ok(());
            }
            let line = std::mem::take(&mut self.carried);
            self.line(&line)?;
        }
        let mut lines = piece.chunks_exact(LINE);
        for line in &mut lines {
            self.line(line)?;
            if self.encoded.len() >= PIECE {
                out(&self.encoded)?;
                self.encoded.clear();
            }
        }
        self.carried.extend_from_slice(lines.remainder());
        Ok(())
    }

    fn line(&mut self, bytes: &[u8]) -> Result<()> {
        let mut letters = [0; LETTERS];
        let count = (STANDARD.encode_slice(bytes, &mut letters))
            .map_err(|_| broken("a file can't be encoded"))?;
        if std::mem::replace(&mut self.has_line, true) {
            self.encoded.extend_from_slice(b"\r\n");
        }
        self.encoded.extend_from_slice(&letters[..count]);
        Ok(())
    }

    fn finish(mut self, out: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        if !self.carried.is_empty() {
            let line = std::mem::take(&mut self.carried);
            self.line(&line)?;
        }
        out(&self.encoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes handed on in pieces of a size.
    struct Pieces(Vec<u8>, usize);

    impl Files for Pieces {
        fn read(&self, _: FilePlace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
            self.0.chunks(self.1).try_for_each(each)
        }
    }

    const PLACE: FilePlace = FilePlace::Attached(0);

    #[test]
    fn files_are_encoded_as_lettre_does_it_in_pieces_of_any_size() {
        for size in [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 1000, 57 * 2000 + 5] {
            let bytes: Vec<u8> = (0..size).map(|n| (n * 7 + n / 251) as u8).collect();
            let whole = Body::new_with_encoding(bytes.clone(), ContentTransferEncoding::Base64);
            let frame = Framed {
                files: vec![(b"before ".to_vec(), PLACE)],
                end: b" end".to_vec(),
            };
            let wanted = [b"before ", whole.unwrap().as_ref(), b" end"].concat();
            for piece in [1, 2, 56, 57, 58, 4096] {
                let mut written = Vec::new();
                frame
                    .write(&Pieces(bytes.clone(), piece), &mut |piece| {
                        written.extend_from_slice(piece);
                        Ok(())
                    })
                    .unwrap();
                assert!(written == wanted, "{size} bytes in pieces of {piece}");
            }
            let said = frame.size(|_| size as u64);
            assert_eq!(said, wanted.len() as u64, "the size of {size} bytes");
        }
    }

    #[test]
    fn text_is_known_in_pieces_of_any_size() {
        for (bytes, expect) in [
            (&b""[..], true),
            (b"plain", true),
            ("Größe – 漢字 🎉".as_bytes(), true),
            (b"Gr\xF6\xDFe", false),
            ("Größe 🎉".as_bytes().split_last().unwrap().1, false),
            (b"\xFF then fine", false),
        ] {
            for piece in 1..9 {
                let files = Pieces(bytes.to_vec(), piece);
                assert_eq!(
                    is_utf8(&files, PLACE).unwrap(),
                    expect,
                    "{bytes:?}, {piece}"
                );
            }
        }
    }

    #[test]
    fn what_can_t_be_written_ends_it() {
        let frame = Framed {
            files: vec![(Vec::new(), PLACE)],
            end: Vec::new(),
        };
        let mut written = 0;
        let full = frame.write(&Pieces(vec![0; 1_000_000], 4096), &mut |piece| {
            written += piece.len();
            if written > 100_000 {
                Err(broken("the disk is full"))
            } else {
                Ok(())
            }
        });
        assert!(full.is_err() && written < 300_000, "{written} bytes");
    }
}
