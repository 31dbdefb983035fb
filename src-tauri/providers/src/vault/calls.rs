//! Calling the keyring without waiting for it for ever.
//!
//! A keyring call blocks, may open a window and wait for a person, and runs its own event loop:
//! it belongs on a plain thread, never on one of the asynchronous runtime's workers. A call that
//! takes too long is given up on; its thread ends when the keyring answers at last. Until then
//! no further call is made, so that giving up can't pile threads and windows up.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use super::keyring::{Keyring, KeyringError};

/// A keyring with a limit on patience.
pub(super) struct Calls {
    keyring: Arc<dyn Keyring>,
    patience: Duration,
    busy: Arc<AtomicBool>,
}

impl Calls {
    pub(super) fn new(keyring: Arc<dyn Keyring>, patience: Duration) -> Self {
        Self {
            keyring,
            patience,
            busy: Arc::default(),
        }
    }

    /// Runs `call` on a thread of its own.
    ///
    /// # Errors
    /// What `call` answers; [`KeyringError::Slow`] when it takes too long or a former one still
    /// has not come back.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn Keyring) -> Result<T, KeyringError> + Send + 'static,
    ) -> Result<T, KeyringError> {
        if self.busy.swap(true, Ordering::AcqRel) {
            return Err(KeyringError::Slow);
        }
        let (answer, answered) = oneshot::channel();
        let keyring = Arc::clone(&self.keyring);
        let mark = Busy(Arc::clone(&self.busy));
        thread::Builder::new()
            .name("keyring".into())
            .spawn(move || {
                let result = call(keyring.as_ref());
                drop(mark);
                // Nobody waits any more when the patience ran out: the answer is then not needed.
                let _ = answer.send(result);
            })
            .map_err(|_| KeyringError::Failed)?;
        match tokio::time::timeout(self.patience, answered).await {
            Ok(Ok(result)) => result,
            // The thread ended without an answer: the library below panicked.
            Ok(Err(_)) => Err(KeyringError::Failed),
            Err(_) => Err(KeyringError::Slow),
        }
    }
}

/// Takes the mark away when the thread ends, a panic included.
struct Busy(Arc<AtomicBool>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
