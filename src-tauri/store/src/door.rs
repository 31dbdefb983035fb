//! The only doors to the database: one writer, a few readers, each on threads of their own.
//!
//! SQLite lets one write at a time and many read beside it (WAL). So all writes queue up for one
//! thread, which makes each a transaction and answers when it is on the disk; nobody waits for a
//! lock, and no async runtime is blocked. A caller that goes away doesn't take its write back.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread::JoinHandle,
    time::Duration,
};

use draftwell_core::{Code, Error, Result};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::error::{Explain, internal};

/// After this long without a write there is time for what saves should not wait for.
const CALM: Duration = Duration::from_secs(2);

type Job = Box<dyn FnOnce(&mut Connection) + Send>;
/// What the writer does when it is calm; answers whether there is more of it.
pub(crate) type Leisure = Box<dyn Fn(&Transaction<'_>) -> Result<bool> + Send>;
type Opener = Box<dyn Fn() -> Result<Connection> + Send + Sync>;

/// Threads that work off one queue.
pub(crate) struct Lane {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// The connection of each thread that reads; locked while it works.
    connections: Vec<Slot>,
}

type Slot = Arc<Mutex<Option<Connection>>>;

impl Lane {
    /// The thread that writes. While somebody waits for what is done at leisure, `hurry` says so:
    /// then that is done between the writes, as long as there is some.
    pub fn writer(
        mut connection: Connection,
        leisure: Leisure,
        hurry: Arc<AtomicBool>,
    ) -> Result<Self> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let thread = spawn("store-writer", move || {
            let mut patience = Some(CALM);
            loop {
                let job = match patience {
                    Some(patience) => jobs.recv_timeout(patience),
                    None => jobs.recv().map_err(|_| RecvTimeoutError::Disconnected),
                };
                match job {
                    Ok(job) => {
                        run(job, &mut connection);
                        let is_urgent = hurry.load(Ordering::Relaxed);
                        patience = Some(if is_urgent { Duration::ZERO } else { CALM });
                    }
                    Err(RecvTimeoutError::Timeout) => {
                        let has_more =
                            in_light_transaction(&mut connection, &leisure).unwrap_or(false);
                        patience = has_more.then_some(Duration::ZERO);
                        if !has_more {
                            hurry.store(false, Ordering::Relaxed);
                            checkpoint(&connection);
                        }
                    }
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
            close(connection);
        })?;
        Ok(Self::of(queue, vec![thread], Vec::new()))
    }

    /// Threads that read. Each opens its connection when it is first needed.
    pub fn readers(count: usize, open: Opener) -> Result<Self> {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        let open = Arc::new(open);
        let connections: Vec<Slot> = (0..count).map(|_| Slot::default()).collect();
        let threads = connections
            .iter()
            .map(|slot| {
                let (jobs, open, slot) = (Arc::clone(&jobs), Arc::clone(&open), Arc::clone(slot));
                spawn("store-reader", move || {
                    loop {
                        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                        let Ok(job) = job else { break };
                        let mut connection = slot.lock().unwrap_or_else(PoisonError::into_inner);
                        if connection.is_none() {
                            *connection = open().ok();
                        }
                        // Without one the job is dropped, and with it the way to answer.
                        if let Some(connection) = connection.as_mut() {
                            run(job, connection);
                        }
                    }
                    // Closed before the writer is.
                    slot.lock().unwrap_or_else(PoisonError::into_inner).take();
                })
            })
            .collect::<Result<_>>()?;
        Ok(Self::of(queue, threads, connections))
    }

    fn of(queue: mpsc::Sender<Job>, threads: Vec<JoinHandle<()>>, connections: Vec<Slot>) -> Self {
        Self {
            queue: Mutex::new(Some(queue)),
            threads: Mutex::new(threads),
            connections,
        }
    }

    /// Closes the connections that read, once their present work is done. None is opened again
    /// before the answer is dropped.
    pub fn pause(&self) -> Vec<MutexGuard<'_, Option<Connection>>> {
        self.connections
            .iter()
            .map(|slot| {
                let mut connection = slot.lock().unwrap_or_else(PoisonError::into_inner);
                connection.take();
                connection
            })
            .collect()
    }

    fn send(&self, job: Job) -> Result<()> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(closed)?;
        queue.send(job).map_err(|_| closed())
    }

    /// Does `work` on this lane.
    pub async fn ask<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.send(Box::new(move |connection| {
            let _ = reply.send(work(connection));
        }))?;
        answer.await.map_err(|_| internal())?
    }

    /// Does `work` on this lane, of which nobody waits for the end. Errors were logged.
    pub fn tell(
        &self,
        work: impl FnOnce(&Connection) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.send(Box::new(move |connection| {
            let _ = work(connection);
        }))
    }

    /// Does `work` on this lane and blocks the caller until it is done.
    pub fn ask_blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = mpsc::channel();
        self.send(Box::new(move |connection| {
            let _ = reply.send(work(connection));
        }))?;
        answer.recv().map_err(|_| internal())?
    }

    /// Works off what is queued, takes nothing more, and ends the threads.
    pub fn close(&self) {
        drop(
            self.queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the database ended in a panic");
            }
        }
    }
}

/// Makes `work` one transaction: on the disk if it answers `Ok`, undone otherwise.
pub(crate) fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T>,
) -> Result<T> {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .explain()?;
    let value = work(&transaction)?;
    transaction.commit().explain()?;
    Ok(value)
}

/// [`in_transaction`] for what can be derived anew from the rest, such as the search index: done
/// when this answers `Ok`, but only on the disk with the next write. So a save that comes right
/// after it waits for the disk once, not twice. After a loss of power it may be undone, as a whole
/// and in order (sqlite.org/pragma.html#pragma_synchronous: `NORMAL` in WAL mode).
pub(crate) fn in_light_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T>,
) -> Result<T> {
    let light = Light::begin(connection)?;
    let transaction =
        Transaction::new_unchecked(light.0, TransactionBehavior::Immediate).explain()?;
    let value = work(&transaction)?;
    transaction.commit().explain()?;
    Ok(value)
}

/// A connection that doesn't wait for the disk; until it is dropped, also by a panic.
struct Light<'a>(&'a Connection);

impl<'a> Light<'a> {
    fn begin(connection: &'a Connection) -> Result<Self> {
        connection
            .pragma_update(None, "synchronous", "NORMAL")
            .explain()?;
        Ok(Self(connection))
    }
}

impl Drop for Light<'_> {
    fn drop(&mut self) {
        if let Err(error) = self.0.pragma_update(None, "synchronous", "FULL") {
            tracing::error!(code = ?error.sqlite_error_code(), "writes may not wait for the disk");
        }
    }
}

fn run(job: Job, connection: &mut Connection) {
    // A transaction that unwinds is rolled back by its drop.
    if catch_unwind(AssertUnwindSafe(|| job(connection))).is_err() {
        tracing::error!("a database job panicked");
    }
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .explain()
}

/// Carries the log over into the database, so that a save seldom has to do it.
fn checkpoint(connection: &Connection) {
    let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
    if let Err(error) = moved {
        tracing::warn!(code = ?error.sqlite_error_code(), "the log could not be carried over");
    }
}

/// The last connection to close carries the log over and removes it.
fn close(connection: Connection) {
    let _ = connection.execute_batch("PRAGMA optimize");
    if let Err((_, error)) = connection.close() {
        tracing::warn!(code = ?error.sqlite_error_code(), "the database could not be closed");
    }
}

fn closed() -> Error {
    Error::new(
        Code::InternalError,
        "Draftwell is closing and takes no more changes.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn synchronous(connection: &Connection) -> i64 {
        connection
            .pragma_query_value(None, "synchronous", |row| row.get(0))
            .unwrap()
    }

    #[test]
    fn only_what_can_be_derived_anew_does_not_wait_for_the_disk() {
        const NORMAL: i64 = 1;
        const FULL: i64 = 2;
        let dir = tempfile::tempdir().unwrap();
        let mut connection = Connection::open(dir.path().join("some.db")).unwrap();
        connection
            .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")
            .unwrap();
        let during = in_light_transaction(&mut connection, |tx| Ok(synchronous(tx))).unwrap();
        assert_eq!((during, synchronous(&connection)), (NORMAL, FULL));
        let failed: Result<()> = in_light_transaction(&mut connection, |_| Err(closed()));
        assert!(failed.is_err());
        assert_eq!(synchronous(&connection), FULL, "after an error");
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            in_light_transaction(&mut connection, |_| -> Result<()> { panic!("a defect") })
        }));
        assert!(panicked.is_err());
        assert_eq!(synchronous(&connection), FULL, "after a panic");
        assert!(connection.is_autocommit(), "and nothing is left open");
    }
}
