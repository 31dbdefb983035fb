//! Copying somebody's file into the folder of blobs: read once, judged, hashed and written in
//! pieces, so that a large one neither fills the memory nor can't be stopped.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    attachment::{self, Attachment, HEAD_BYTES, MAX_BYTES, clean_name, judge, judge_rest},
};

use crate::{
    Store,
    blobs::{Folder, KeptBlob},
    error::Explain,
    files,
};

/// Bytes read and written at a time.
const PIECE: usize = 256 * 1024;

/// A file to be attached: where it is, who hears how far it is, and whether it is still wanted.
pub struct Incoming {
    /// The file.
    pub path: PathBuf,
    /// Its name for the recipient; empty for that of the path.
    pub name: String,
    /// Called with the bytes copied so far and those there are in all.
    pub progress: Box<dyn FnMut(u64, u64) + Send>,
    /// Set from outside to stop.
    pub cancelled: Arc<AtomicBool>,
}

/// Copies, and answers what was kept. On any error nothing of it stays behind.
fn copy(folder: &Folder, mut incoming: Incoming) -> Result<(KeptBlob, String)> {
    let name = if incoming.name.is_empty() {
        let last = incoming.path.file_name().unwrap_or_default();
        clean_name(&last.to_string_lossy())
    } else {
        clean_name(&incoming.name)
    };
    let mut source = open(&incoming.path, &name)?;
    let total = source.metadata().map_err(|_| unreadable(&name))?.len();
    if total > MAX_BYTES {
        return Err(attachment::too_large(&name));
    }
    let (path, mut target) = folder.begin()?;
    let copied = copy_bytes(&mut source, &mut target, &name, total, &mut incoming);
    let kept = copied.and_then(|(hash, mime, size)| {
        target.sync_all().explain()?;
        folder.adopt(&path, &hash)?;
        Ok(KeptBlob {
            hash,
            mime: mime.to_owned(),
            size,
            width: None,
            height: None,
        })
    });
    if kept.is_err() {
        let _ = files::remove_if_there(&path);
    }
    kept.map(|kept| (kept, name))
}

fn copy_bytes(
    source: &mut File,
    target: &mut File,
    name: &str,
    total: u64,
    incoming: &mut Incoming,
) -> Result<(String, &'static str, u64)> {
    let mut hasher = blake3::Hasher::new();
    let mut piece = vec![0; PIECE];
    let mut filled = fill(source, &mut piece[..HEAD_BYTES], name)?;
    let mime = judge(name, &piece[..filled])?;
    let mut size = 0;
    while filled > 0 {
        if incoming.cancelled.load(Ordering::Relaxed) {
            return Err(cancelled(name));
        }
        let bytes = &piece[..filled];
        judge_rest(name, mime, bytes)?;
        hasher.update(bytes);
        target.write_all(bytes).explain()?;
        size += filled as u64;
        // It may grow while it is read.
        if size > MAX_BYTES {
            return Err(attachment::too_large(name));
        }
        (incoming.progress)(size, total.max(size));
        filled = fill(source, &mut piece, name)?;
    }
    if size < total {
        return Err(Error::new(
            Code::InvalidFileType,
            format!("“{name}” changed while it was read. Attach it again once it is finished."),
        ));
    }
    Ok((hasher.finalize().to_hex().to_string(), mime, size))
}

/// Reads until `piece` is full or the file ends.
fn fill(source: &mut File, piece: &mut [u8], name: &str) -> Result<usize> {
    let mut filled = 0;
    while filled < piece.len() {
        match source.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "a file to be attached can't be read");
                return Err(unreadable(name));
            }
        }
    }
    Ok(filled)
}

/// Opens an ordinary file; a pipe or a device would keep the program waiting.
fn open(path: &Path, name: &str) -> Result<File> {
    let missing = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Error::new(
            Code::NotFound,
            format!("“{name}” isn't there any more. Choose it again."),
        ),
        _ => unreadable(name),
    };
    let about = std::fs::metadata(path).map_err(missing)?;
    if about.is_dir() {
        return Err(Error::new(
            Code::InvalidFileType,
            format!("“{name}” is a folder. Make a ZIP file of it, and attach that."),
        ));
    }
    if !about.is_file() {
        return Err(Error::new(
            Code::InvalidFileType,
            format!("“{name}” is no ordinary file and can't be attached."),
        ));
    }
    File::open(path).map_err(missing)
}

fn unreadable(name: &str) -> Error {
    Error::new(
        Code::InvalidFileType,
        format!("“{name}” can't be read. Look whether you may open it."),
    )
}

fn cancelled(name: &str) -> Error {
    Error::new(Code::Forbidden, format!("“{name}” was not attached."))
}

impl Store {
    /// Keeps a copy of a file, to go with a mail.
    ///
    /// # Errors
    /// `INVALID_FILE_TYPE`: of a kind that can't be attached, not what its name says, a folder or
    /// unreadable; `FILE_TOO_LARGE`; `NOT_FOUND`; `STORAGE_FULL`; `FORBIDDEN` where it was
    /// cancelled. Nothing of it stays behind then.
    pub async fn add_file(&self, incoming: Incoming, now: UnixMillis) -> Result<Attachment> {
        let folder = Arc::clone(&self.inner.blobs);
        let (kept, name) = self.apart(move || copy(&folder, incoming)).await?;
        let file = Attachment {
            hash: kept.hash.clone(),
            name,
            mime: kept.mime.clone(),
            size: u32::try_from(kept.size).unwrap_or(u32::MAX),
        };
        self.note_blob(kept, now).await?;
        Ok(file)
    }

    /// Keeps bytes as a file to go with a mail: what was pasted, or came inside another mail.
    ///
    /// # Errors
    /// As [`Store::add_file`].
    pub async fn add_bytes(
        &self,
        name: &str,
        bytes: Vec<u8>,
        now: UnixMillis,
    ) -> Result<Attachment> {
        let name = clean_name(name);
        if bytes.len() as u64 > MAX_BYTES {
            return Err(attachment::too_large(&name));
        }
        let mime = judge(&name, &bytes[..bytes.len().min(HEAD_BYTES)])?;
        let kept = self
            .put_blob(bytes, mime.to_owned(), None, None, now)
            .await?;
        Ok(Attachment {
            hash: kept.hash,
            name,
            mime: mime.to_owned(),
            size: u32::try_from(kept.size).unwrap_or(u32::MAX),
        })
    }
}
