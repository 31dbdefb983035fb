//! Draftwell's database: the only SQL in the program.
//!
//! [`Store`] is the door. Its methods are what the shell calls; each is one transaction and
//! answers when that is on the disk. There is one file per table, in which functions take a
//! transaction or a connection and can be put together, and the methods of `Store` that do so.
//! What a save, a journal entry or a mail's next step *means* is decided in
//! [`draftwell_core`]; here it is only read and written. Deliberately absent: a clock, random
//! numbers and new identifiers (all are arguments), and any knowledge of what secrets say.
//!
//! The folder holds `draftwell.db` (SQLite, WAL) and `blobs/`, files named by their content.

mod accounts;
mod attachments;
mod blobs;
mod collect;
mod contacts;
mod copy;
mod cursor;
mod door;
mod drafts;
mod error;
mod files;
mod frozen;
mod history;
mod incoming;
mod meta;
#[cfg(test)]
mod migration_tests;
mod open;
mod outbox;
mod recipients;
mod recover;
mod secrets;
mod settings;
mod signatures;
mod sql;
mod unconfirmed;
mod versions;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use draftwell_core::{Result, UnixMillis, recovery::Recovery};
use rusqlite::{Connection, Transaction};
use tokio::sync::Notify;

use door::{Lane, Leisure, in_light_transaction, in_transaction};
use error::Explain;

pub use accounts::{NewAccount, SmtpAccount};
pub use blobs::{Blob, KeptBlob};
pub use copy::Incoming;
pub use drafts::{Changed, JournalIds};
pub use frozen::{FrozenFile, MessageFiles};
pub use open::FILE_NAME;
pub use outbox::NewEmail;

/// Reading is short; two readers let a list be shown while another is searched.
const READERS: usize = 2;

/// The database of one data folder. Cheap to clone; the clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    dir: PathBuf,
    writer: Lane,
    readers: Arc<Lane>,
    /// Looks through the file beside the work.
    checker: Arc<Lane>,
    blobs: Arc<blobs::Folder>,
    /// The time that was told last, for what is done when nobody writes.
    told: Arc<AtomicI64>,
    /// Somebody waits for what is done when nobody writes.
    hurry: Arc<AtomicBool>,
    /// Some work met damage.
    damage: Notify,
    /// The writer has no database: it could not be opened again after a recovery.
    lost: Arc<AtomicBool>,
}

impl Store {
    /// Opens the database in `dir`, or makes both, and brings it to the newest version. Files and
    /// folder are made readable for their owner only.
    ///
    /// After a run that was killed a small file is looked through first; [`Store::check`] does it
    /// beside the work. Before a migration the database is copied to
    /// `draftwell.db.version-N.backup`.
    ///
    /// # Errors
    /// `STORAGE_FULL` where the folder can't be written or is in use, `INTERNAL_ERROR` where the
    /// file is damaged or was made by a newer version. It is left as it is then.
    pub fn open(dir: &Path) -> Result<Self> {
        let opened = open::open(dir)?;
        let reader_dir = dir.to_owned();
        // Nothing is old before somebody has told the time.
        let told = Arc::new(AtomicI64::new(i64::MIN));
        let hurry = Arc::new(AtomicBool::new(false));
        let opener = move || open::open_reader(&reader_dir);
        Ok(Self {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                writer: Lane::writer(opened.writer, leisure(&told), Arc::clone(&hurry))?,
                told,
                hurry,
                readers: Arc::new(Lane::readers(READERS, Box::new(opener.clone()))?),
                checker: Arc::new(Lane::readers(1, Box::new(opener))?),
                blobs: blobs::Folder::new(dir),
                damage: Notify::new(),
                lost: Arc::new(AtomicBool::new(false)),
            }),
        })
    }

    /// [`Store::open`]; but a damaged database is set aside as `draftwell.db.damaged-TIME`, and
    /// what can be read in it is taken over into a new one. [`Store::recovery`] then says so.
    ///
    /// # Errors
    /// As of [`Store::open`], but for damage: only where there is no room for the new file.
    pub fn open_or_recover(dir: &Path, now: UnixMillis) -> Result<Self> {
        match Self::open(dir) {
            Err(error) if error::is_damage(&error) => {
                recover::recover(dir, now)?;
                Self::open(dir)
            }
            opened => opened,
        }
    }

    /// Looks through the whole file beside the work. Damage is also noted for
    /// [`Store::damage`].
    pub async fn check(&self) -> Result<()> {
        let checked = self
            .inner
            .checker
            .ask(|database| open::quick_check(database));
        self.note(checked.await)
    }

    /// Waits until some work has met damage in the file.
    pub async fn damage(&self) {
        self.inner.damage.notified().await;
    }

    /// Does in the midst of the work what [`Store::open_or_recover`] does at the start. What is
    /// asked for meanwhile waits, and then finds the recovered database.
    pub async fn recover(&self, now: UnixMillis) -> Result<Recovery> {
        let dir = self.inner.dir.clone();
        let lost = Arc::clone(&self.inner.lost);
        let lanes = [
            Arc::clone(&self.inner.readers),
            Arc::clone(&self.inner.checker),
        ];
        self.inner
            .writer
            .ask(move |writer| {
                // Nobody may have the file open while it is renamed.
                let _paused = lanes.each_ref().map(|lane| lane.pause());
                open::set_tidy_close(writer, false);
                drop(std::mem::replace(
                    writer,
                    Connection::open_in_memory().explain()?,
                ));
                lost.store(true, Ordering::Relaxed);
                let recovered = recover::recover(&dir, now);
                let opened = match &recovered {
                    Ok(_) => open::open(&dir).map(|opened| opened.writer),
                    // Perhaps a part of it still works.
                    Err(_) => open::connect(&dir.join(FILE_NAME)),
                };
                match opened {
                    Ok(opened) => {
                        *writer = opened;
                        lost.store(false, Ordering::Relaxed);
                        recovered
                    }
                    Err(error) => recovered.and(Err(error)),
                }
            })
            .await
    }

    /// On the writer's thread, before it is used: opens the database if that failed after a
    /// recovery, be it that a disk was full or away for a moment.
    fn opener(&self) -> impl FnOnce(&mut Connection) -> Result<()> + Send + 'static {
        let (lost, dir) = (Arc::clone(&self.inner.lost), self.inner.dir.clone());
        move |writer| {
            if lost.load(Ordering::Relaxed) {
                *writer = open::open(&dir)?.writer;
                lost.store(false, Ordering::Relaxed);
            }
            Ok(())
        }
    }

    fn note<T>(&self, outcome: Result<T>) -> Result<T> {
        if let Err(error) = &outcome
            && error::is_damage(error)
        {
            self.inner.damage.notify_one();
        }
        outcome
    }

    /// Does `work` in a transaction of its own. It is on the disk when this answers `Ok`, and
    /// undone if `work` answers an error.
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let open = self.opener();
        let done = self.inner.writer.ask(|connection| {
            open(connection)?;
            in_transaction(connection, work)
        });
        self.note(done.await)
    }

    /// [`Store::write`] of what can be derived anew: seen by all reads once this answers `Ok`, but
    /// only on the disk with the next write.
    pub(crate) async fn write_derived<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let open = self.opener();
        let done = self.inner.writer.ask(|connection| {
            open(connection)?;
            in_light_transaction(connection, work)
        });
        self.note(done.await)
    }

    /// [`Store::write`] that blocks the calling thread; for start and end of the program.
    pub fn write_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let open = self.opener();
        self.inner.writer.ask_blocking(|connection| {
            open(connection)?;
            in_transaction(connection, work)
        })
    }

    /// Reads. Sees everything that was written before, and beside the writer doesn't wait for it.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.note(self.inner.readers.ask(|connection| work(connection)).await)
    }

    /// Does something slow that needs no database, on a thread of its own.
    pub(crate) async fn apart<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T> + Send + 'static,
    {
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| error::internal())?
    }

    /// Waits until everything that was asked for before is on the disk.
    pub async fn flush(&self) -> Result<()> {
        self.inner.writer.ask(|_| Ok(())).await
    }

    /// Does what was asked for before, then closes the database; blocks until that is done.
    /// Whatever is asked for later fails. For the end of the program.
    pub fn close(&self) {
        self.inner.close();
    }
}

/// What is done when nobody writes: first what searches would wait for, then thinning.
fn leisure(told: &Arc<AtomicI64>) -> Leisure {
    let told = Arc::clone(told);
    Box::new(move |tx| {
        Ok(drafts::catch_up(tx)?
            || versions::thin_some(tx, UnixMillis(told.load(Ordering::Relaxed)))?)
    })
}

impl Inner {
    fn heard(&self, now: UnixMillis) {
        self.told.store(now.0, Ordering::Relaxed);
        // Any job makes the writer look again what there is to do, once it is calm.
        if self.writer.tell(|_| Ok(())).is_err() {
            tracing::debug!("closed: nothing is tidied any more");
        }
    }

    fn close(&self) {
        // The writer is the last one out: it tidies up.
        self.readers.close();
        self.checker.close();
        self.writer.close();
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.close();
    }
}
