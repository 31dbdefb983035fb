//! The table `blobs` and the folder of the same name: files named by the BLAKE3 of their bytes
//! (`blobs/ab/abcdef…`), each written once and never changed.
//!
//! A file is on the disk under its final name before its row says so; one without a row is
//! harmless. [`crate::copy`] brings whole files here, [`crate::collect`] removes what nobody needs.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use draftwell_core::{Code, Error, Result, UnixMillis, fingerprint};
use imagesize::ImageType;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{
    Store,
    error::{Explain, internal},
    files,
    frozen::FrozenFile,
};

/// The largest file, in bytes.
const MAX_BYTES: usize = 25 * 1024 * 1024;

/// Bytes read at a time.
const PIECE: usize = 256 * 1024;

/// How the names of files end that are not finished.
const UNFINISHED: &str = ".unfinished";

/// Counts the files written in this run. Only one process at a time uses a data folder.
static WRITERS: AtomicU64 = AtomicU64::new(0);

/// A kept file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBlob {
    /// BLAKE3 of its bytes, in hex.
    pub hash: String,
    /// Media type.
    pub mime: String,
    /// Bytes.
    pub size: u64,
    /// Width in pixels, of an image.
    pub width: Option<u32>,
    /// Height in pixels, of an image.
    pub height: Option<u32>,
}

/// A kept file with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Media type.
    pub mime: String,
    /// The bytes; they fit the hash.
    pub bytes: Vec<u8>,
}

/// Where the files are.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// In a data folder.
    pub fn new(dir: &Path) -> Arc<Self> {
        Arc::new(Self {
            root: dir.join("blobs"),
        })
    }

    fn path(&self, hash: &str) -> Result<PathBuf> {
        let is_hash = hash.len() == 64
            && hash
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hash {
            return Err(Error::not_found("file"));
        }
        Ok(self.root.join(&hash[..2]).join(hash))
    }

    /// Brings bytes to the disk and answers their hash.
    pub fn write(&self, bytes: &[u8]) -> Result<String> {
        let hash = fingerprint(bytes);
        let path = self.path(&hash)?;
        // Read, not only looked at: bytes that were damaged on the disk are mended by adding them
        // again.
        if fs::read(&path).is_ok_and(|kept| kept == bytes) {
            return Ok(hash);
        }
        let dir = path.parent().ok_or_else(internal)?;
        files::make_private_dir(&self.root)?;
        if !dir.is_dir() {
            files::make_private_dir(dir)?;
            files::sync_dir(&self.root)?;
        }
        // Two writers of the same bytes must not write into one file; the last rename wins.
        let writer = WRITERS.fetch_add(1, Ordering::Relaxed);
        let unfinished = dir.join(format!("{hash}.{writer}{UNFINISHED}"));
        // A killed run may have left one.
        files::remove_if_there(&unfinished)?;
        let written = write_new(&unfinished, bytes)
            .explain()
            .and_then(|()| files::finish(&unfinished, &path));
        if written.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        written.map(|()| hash)
    }

    /// Begins a file whose hash isn't known yet.
    pub fn begin(&self) -> Result<(PathBuf, File)> {
        files::make_private_dir(&self.root)?;
        let writer = WRITERS.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(format!("incoming.{writer}{UNFINISHED}"));
        files::remove_if_there(&path)?;
        let file = create_new(&path).explain()?;
        Ok((path, file))
    }

    /// Gives such a file, written and synced, its final name.
    pub fn adopt(&self, unfinished: &Path, hash: &str) -> Result<()> {
        let path = self.path(hash)?;
        let dir = path.parent().ok_or_else(internal)?;
        if !dir.is_dir() {
            files::make_private_dir(dir)?;
            files::sync_dir(&self.root)?;
        }
        files::finish(unfinished, &path)
    }

    /// Whether there is a file of this hash.
    pub fn has(&self, hash: &str) -> bool {
        self.path(hash).is_ok_and(|path| path.is_file())
    }

    /// Removes the file of a hash.
    pub fn remove(&self, hash: &str) -> Result<()> {
        files::remove_if_there(&self.path(hash)?)
    }

    /// The finished files, by hash.
    fn list(&self) -> Result<Vec<(String, PathBuf)>> {
        let mut found = Vec::new();
        if !self.root.is_dir() {
            return Ok(found);
        }
        for dir in fs::read_dir(&self.root).explain()?.flatten() {
            let Ok(files) = fs::read_dir(dir.path()) else {
                continue; // A file that was left unfinished.
            };
            for file in files.flatten() {
                let hash = file.file_name().to_string_lossy().into_owned();
                if self.path(&hash).is_ok_and(|path| path == file.path()) {
                    found.push((hash, file.path()));
                }
            }
        }
        Ok(found)
    }

    /// Removes what an earlier run, before `started`, left unfinished or without a row.
    pub fn sweep(&self, started: UnixMillis, has_row: &dyn Fn(&str) -> Result<bool>) -> Result<()> {
        if !self.root.is_dir() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.root).explain()?.flatten() {
            let path = entry.path();
            if !path.is_dir() {
                sweep_one(&path, started, has_row)?;
                continue;
            }
            for file in fs::read_dir(&path).explain()?.flatten() {
                sweep_one(&file.path(), started, has_row)?;
            }
        }
        Ok(())
    }

    /// The bytes of a hash.
    ///
    /// # Errors
    /// `NOT_FOUND` where there are none; `INTERNAL_ERROR` where they are not what they were.
    pub fn read(&self, hash: &str) -> Result<Vec<u8>> {
        let bytes = match fs::read(self.path(hash)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::not_found("file"));
            }
            read => read.explain()?,
        };
        if fingerprint(&bytes) != hash {
            return Err(damaged(hash));
        }
        Ok(bytes)
    }

    /// The same in pieces. That they are not what they were shows only after the last one.
    pub fn read_in_pieces(
        &self,
        hash: &str,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let mut file = match File::open(self.path(hash)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::not_found("file"));
            }
            opened => opened.explain()?,
        };
        let mut hasher = blake3::Hasher::new();
        let mut piece = vec![0; PIECE];
        loop {
            let read = match file.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read.explain()?,
            };
            if read == 0 {
                break;
            }
            hasher.update(&piece[..read]);
            each(&piece[..read])?;
        }
        match hasher.finalize().to_hex().as_str() == hash {
            true => Ok(()),
            false => Err(damaged(hash)),
        }
    }

    /// Bytes of a hash's file; none if it isn't there.
    pub fn size_of(&self, hash: &str) -> u64 {
        let about = self
            .path(hash)
            .and_then(|path| fs::metadata(path).explain());
        about.map_or(0, |about| about.len())
    }

    /// Brings to the disk what `write` hands on. On any error nothing of it stays behind.
    pub fn write_in_pieces(&self, write: &mut Pieces<'_>) -> Result<FrozenFile> {
        let (path, mut file) = self.begin()?;
        let mut hasher = blake3::Hasher::new();
        let mut size = 0;
        let written = write(&mut |piece| {
            hasher.update(piece);
            size += piece.len() as u64;
            file.write_all(piece).explain()
        });
        let hash = hasher.finalize().to_hex().to_string();
        let kept = written.and_then(|()| self.adopt(&path, &hash));
        if kept.is_err() {
            let _ = files::remove_if_there(&path);
        }
        kept.map(|()| FrozenFile { hash, size })
    }
}

/// Hands bytes on, piece by piece, until it is done or they can't be written.
type Pieces<'a> = dyn FnMut(&mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> + 'a;

fn damaged(hash: &str) -> Error {
    tracing::error!(hash, "a stored file was damaged");
    Error::new(
        Code::InternalError,
        "A stored file was damaged on the disk. Add it again.",
    )
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create_new(path)?.write_all(bytes)
}

/// A file only its owner may read.
fn create_new(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Removes a file that was left unfinished or has no row, if it is older than this run.
fn sweep_one(
    path: &Path,
    started: UnixMillis,
    has_row: &dyn Fn(&str) -> Result<bool>,
) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let changed = fs::metadata(path).and_then(|about| about.modified()).ok();
    let is_older = changed
        .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
        .is_some_and(|at| i64::try_from(at.as_millis()).is_ok_and(|at| at < started.0));
    if is_older && (name.ends_with(UNFINISHED) || !has_row(&name)?) {
        files::remove_if_there(path)?;
    }
    Ok(())
}

pub(crate) fn note(tx: &Transaction<'_>, blob: &KeptBlob, now: UnixMillis) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO blobs (hash, mime, size, width, height, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (hash) DO UPDATE SET unused_since = NULL",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            blob.hash,
            blob.mime,
            i64::try_from(blob.size).unwrap_or(i64::MAX),
            blob.width,
            blob.height,
            now.0
        ])
    })
    .explain()
    .map(drop)
}

/// In a database that lost some of its rows: gives every kept file a row again, and lets all of
/// them stay for good, since who needs them may be lost, too.
pub(crate) fn mend(tx: &Transaction<'_>, dir: &Path, now: UnixMillis) -> Result<()> {
    for (hash, path) in Folder::new(dir).list()? {
        let is_known = tx
            .prepare_cached("SELECT 1 FROM blobs WHERE hash = ?1")
            .and_then(|mut row| row.exists([&hash]))
            .explain()?;
        if is_known {
            continue;
        }
        let bytes = fs::read(&path).explain()?;
        let (mime, width, height) = match judge_image("", &bytes) {
            Ok((mime, width, height)) => (mime.to_owned(), width, height),
            Err(_) => (attached_as(tx, &hash)?, None, None),
        };
        let blob = KeptBlob {
            hash,
            mime,
            size: bytes.len() as u64,
            width,
            height,
        };
        note(tx, &blob, now)?;
    }
    tx.execute("UPDATE blobs SET for_good = 1, unused_since = NULL", [])
        .explain()
        .map(drop)
}

/// The type a draft knows an attached file by; of a file nobody knows, that of any bytes.
fn attached_as(connection: &Connection, hash: &str) -> Result<String> {
    let known = connection
        .prepare_cached(
            "SELECT file.value ->> 'mime' FROM draft_attachments,
               json_each(CASE WHEN json_valid(list) THEN list ELSE '[]' END) AS file
             WHERE file.value ->> 'hash' = ?1",
        )
        .and_then(|mut mime| {
            mime.query_row([hash], |row| row.get::<_, Option<String>>(0))
                .optional()
        })
        .explain()?;
    Ok(known
        .flatten()
        .unwrap_or_else(|| "application/octet-stream".to_owned()))
}

fn mime_of(connection: &Connection, hash: &str) -> Result<String> {
    connection
        .prepare_cached("SELECT mime FROM blobs WHERE hash = ?1")
        .and_then(|mut blob| blob.query_row([hash], |row| row.get(0)).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("file"))
}

/// Type and size in pixels of an image that mail programs show; judged by its content, whatever
/// its name says.
fn judge_image(name: &str, bytes: &[u8]) -> Result<(&'static str, Option<u32>, Option<u32>)> {
    let mime = match imagesize::image_type(bytes) {
        Ok(ImageType::Png) => "image/png",
        Ok(ImageType::Jpeg) => "image/jpeg",
        Ok(ImageType::Gif) => "image/gif",
        Ok(ImageType::Webp) => "image/webp",
        _ => {
            let name: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
            return Err(Error::new(
                Code::InvalidFileType,
                format!("“{name}” isn't a PNG, JPEG, GIF or WebP image, which mail programs show."),
            ));
        }
    };
    let size = imagesize::blob_size(bytes).ok();
    let pixels = |length: usize| u32::try_from(length).ok().filter(|length| *length > 0);
    Ok((
        mime,
        size.and_then(|size| pixels(size.width)),
        size.and_then(|size| pixels(size.height)),
    ))
}

fn check_size(bytes: &[u8]) -> Result<()> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::new(
            Code::FileTooLarge,
            format!(
                "This file is larger than {} MiB, more than most mail servers take. Make it \
                 smaller or send a link to it.",
                MAX_BYTES / 1024 / 1024
            ),
        ));
    }
    Ok(())
}

impl Store {
    /// Keeps an image for a text. `name` is only for the message if it is none.
    ///
    /// # Errors
    /// `INVALID_FILE_TYPE`: by its content it is no PNG, JPEG, GIF or WebP; `FILE_TOO_LARGE`:
    /// more than 25 MiB; `STORAGE_FULL`.
    pub async fn put_image(
        &self,
        name: String,
        bytes: Vec<u8>,
        now: UnixMillis,
    ) -> Result<KeptBlob> {
        check_size(&bytes)?;
        let (mime, width, height) = judge_image(&name, &bytes)?;
        self.put_blob(bytes, mime.to_owned(), width, height, now)
            .await
    }

    /// Keeps bytes of any kind. The same bytes are kept once.
    ///
    /// # Errors
    /// `FILE_TOO_LARGE`, `STORAGE_FULL`.
    pub async fn put_blob(
        &self,
        bytes: Vec<u8>,
        mime: String,
        width: Option<u32>,
        height: Option<u32>,
        now: UnixMillis,
    ) -> Result<KeptBlob> {
        let size = bytes.len() as u64;
        let (hash, _) = self.write_file(bytes).await?;
        let kept = KeptBlob {
            hash,
            mime,
            size,
            width,
            height,
        };
        self.note_blob(kept.clone(), now).await?;
        Ok(kept)
    }

    /// Notes a file that is on the disk.
    ///
    /// # Errors
    /// `NOT_FOUND` where it was just removed as one nobody needed: it is to be added again.
    pub(crate) async fn note_blob(&self, blob: KeptBlob, now: UnixMillis) -> Result<()> {
        let folder = Arc::clone(&self.inner.blobs);
        self.write(move |tx| {
            if !folder.has(&blob.hash) {
                return Err(Error::not_found("file"));
            }
            note(tx, &blob, now)
        })
        .await
    }

    /// Reads kept bytes.
    ///
    /// # Errors
    /// `NOT_FOUND`; `INTERNAL_ERROR` where the file was damaged.
    pub async fn read_blob(&self, hash: String) -> Result<Blob> {
        let folder = Arc::clone(&self.inner.blobs);
        self.read(move |connection| {
            let mime = mime_of(connection, &hash)?;
            let bytes = folder.read(&hash)?;
            Ok(Blob { mime, bytes })
        })
        .await
    }

    /// Brings a file to the disk without holding up the writer, and answers its hash. Without a
    /// row it can't be asked for by its hash alone.
    /// The bytes are handed back.
    pub(crate) async fn write_file(&self, bytes: Vec<u8>) -> Result<(String, Vec<u8>)> {
        let folder = Arc::clone(&self.inner.blobs);
        self.read(move |_| folder.write(&bytes).map(|hash| (hash, bytes)))
            .await
    }

    /// The media type of a kept file.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn blob_mime(&self, hash: String) -> Result<String> {
        self.read(move |connection| mime_of(connection, &hash))
            .await
    }

    /// The sizes of kept files, in bytes, in the order they are asked for; of one that isn't there
    /// 0.
    pub async fn blob_sizes(&self, hashes: Vec<String>) -> Result<Vec<u32>> {
        self.read(move |connection| {
            let size = |hash: &String| {
                connection
                    .prepare_cached("SELECT size FROM blobs WHERE hash = ?1")
                    .and_then(|mut blob| blob.query_row([hash], |row| row.get(0)).optional())
                    .explain()
            };
            hashes
                .iter()
                .map(|hash| Ok(size(hash)?.unwrap_or(0)))
                .collect()
        })
        .await
    }

    /// Reads such a file.
    pub(crate) async fn read_file(&self, hash: String) -> Result<Vec<u8>> {
        let folder = Arc::clone(&self.inner.blobs);
        self.read(move |_| folder.read(&hash)).await
    }
}
