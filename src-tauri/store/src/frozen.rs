//! A message on its way from its parts to a file among the blobs: piece by piece, so that its
//! files may be as large as they like.

use std::sync::Arc;

use draftwell_core::{
    Code, Error, Result,
    message::{FilePlace, Files, Framed},
};

use crate::{Store, blobs::Folder};

/// The largest message, encoded, in bytes: what Gmail's upload takes.
const MOST_BYTES: u64 = 36_700_160;

/// A message that is a file and not in the outbox yet. If it never gets there it is removed with
/// the other files nobody needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenFile {
    /// BLAKE3 of its bytes, in hex.
    pub hash: String,
    /// Bytes.
    pub size: u64,
}

/// The kept files of a message, by the places they have in it.
#[derive(Debug)]
pub struct MessageFiles {
    folder: Arc<Folder>,
    inline: Vec<String>,
    attached: Vec<String>,
}

impl MessageFiles {
    fn hash(&self, place: FilePlace) -> Result<&str> {
        let hash = match place {
            FilePlace::Inline(number) => self.inline.get(number),
            FilePlace::Attached(number) => self.attached.get(number),
        };
        hash.map(String::as_str)
            .ok_or_else(|| Error::not_found("file"))
    }

    /// How many bytes a file has; none if it isn't there, which reading it says.
    pub fn size_of(&self, place: FilePlace) -> u64 {
        self.hash(place).map_or(0, |hash| self.folder.size_of(hash))
    }
}

impl Files for MessageFiles {
    /// `NOT_FOUND`, or `INTERNAL_ERROR` where a file was damaged: what was handed on of it then
    /// is not to be used.
    fn read(&self, place: FilePlace, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.folder.read_in_pieces(self.hash(place)?, each)
    }
}

/// Refuses what no server takes.
pub(crate) fn check_size(size: u64) -> Result<()> {
    if size > MOST_BYTES {
        return Err(Error::new(
            Code::FileTooLarge,
            "This mail is larger than 35 MiB, the most that Gmail takes. Use smaller images.",
        ));
    }
    Ok(())
}

impl Store {
    /// The files of a message, by their hashes.
    pub fn message_files(&self, inline: Vec<String>, attached: Vec<String>) -> MessageFiles {
        MessageFiles {
            folder: Arc::clone(&self.inner.blobs),
            inline,
            attached,
        }
    }

    /// Writes a message out as a file, and brings that to the disk.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE`, `STORAGE_FULL`; `NOT_FOUND` and `INTERNAL_ERROR` about its files.
    pub async fn keep_message(&self, message: Framed, files: MessageFiles) -> Result<FrozenFile> {
        self.read(move |_| {
            check_size(message.size(|place| files.size_of(place)))?;
            files
                .folder
                .write_in_pieces(&mut |out| message.write(&files, out))
        })
        .await
    }
}
