//! The vault: keeps tokens and API keys unreadable on disk.
//!
//! One random *data key* seals every secret; the database stores the sealed bytes. The data key
//! itself is in the operating system's keyring, or, where there is no keyring, in the database
//! encrypted under a passphrase; or else it lives in memory only and the secrets are gone when the
//! program ends. Because a passphrase only wraps the data key, changing the way it is kept does
//! not touch a single sealed secret, and a crash half way loses nothing.
//!
//! **A new data key is never made while secrets exist that a former one sealed**, unless the user
//! decides to start over: a keyring that was never unlocked looks exactly like an empty one, and
//! a new key would turn every saved sign-in into noise.
//!
//! Deliberately absent: storage. The vault answers what is to be stored ([`VaultMeta`], sealed
//! bytes) and a [`Change`] takes effect once the caller has stored it. Nothing happens before
//! [`Vault::open`], which is called when a secret is first needed, so that a keyring that is slow
//! to answer never delays the start. Drafts never need the vault.

mod calls;
mod keyring;
mod meta;
mod seal;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result,
    settings::{VaultMode, VaultStatus},
};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use self::{calls::Calls, meta::check_passphrase, seal::Key};
pub use self::{
    keyring::{Keyring, KeyringError, OsKeyring},
    meta::VaultMeta,
};

/// How long a keyring may take, in which the user may have to type its password.
pub const PATIENCE: Duration = Duration::from_secs(30);

const GONE: &str = "The key to your saved keys and sign-ins is not in the keyring. If the keyring \
    is locked, unlock it and try again. If it was emptied, start over and enter them again.";
const FOREIGN: &str = "The keyring holds a key that does not open your saved keys and sign-ins. \
    If they come from another machine or a back-up, start over and enter them again.";
const LOCKED: &str = "Your saved keys and sign-ins are locked. Enter your passphrase to open them.";

/// Seals and unseals secrets. One per data folder; shared by reference.
pub struct Vault {
    calls: Calls,
    state: Mutex<State>,
    /// Opening and changing happen one after the other; sealing needs no turn.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
enum State {
    /// Nobody needed a secret yet.
    Unopened,
    /// Keyring not usable, or a passphrase is needed.
    Closed {
        meta: Option<VaultMeta>,
        status: VaultStatus,
    },
    /// A data key is at hand.
    Open {
        key: Key,
        mode: VaultMode,
        /// What the database says; for [`VaultMode::Session`] about the key that is out of reach.
        meta: Option<VaultMeta>,
    },
}

/// What [`Vault::open`] found.
#[derive(Debug)]
pub struct Opened {
    /// How secrets are kept.
    pub status: VaultStatus,
    /// A new record to store, before anything that is sealed from now on.
    pub store: Option<VaultMeta>,
}

/// Another way of keeping secrets. Has no effect until it is handed to [`Vault::adopt`], which
/// is to be done after everything it asks for is stored, in one transaction.
#[derive(Debug)]
#[must_use = "a change takes effect when it is adopted"]
pub struct Change {
    from: Option<Key>,
    to: Key,
    mode: VaultMode,
    meta: Option<VaultMeta>,
    forgets: bool,
    clears_keyring: bool,
}

impl Change {
    /// The record to store; none leaves the stored one as it is.
    pub fn meta(&self) -> Option<&VaultMeta> {
        match self.mode {
            VaultMode::Session => None,
            _ => self.meta.as_ref(),
        }
    }

    /// Whether the sealed secrets in the database can't be read any more and are to be deleted
    /// with the same transaction. Worth asking the user before.
    pub fn forgets_stored_secrets(&self) -> bool {
        self.forgets
    }

    /// Seals again what the present key has sealed and the changed vault shall read: secrets that
    /// were held in memory ([`VaultMode::Session`]) and now go to the database. Where the key
    /// stays the same, sealed secrets stay as they are.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when one of them does not open.
    pub fn reseal(&self, secrets: &[(String, Vec<u8>)]) -> Result<Vec<(String, Vec<u8>)>> {
        let from = self.from.as_ref().unwrap_or(&self.to);
        if from.bytes() == self.to.bytes() {
            return Ok(secrets.to_vec());
        }
        secrets
            .iter()
            .map(|(name, sealed)| {
                let plain = from.unseal(name, sealed).ok_or_else(unreadable)?;
                Ok((name.clone(), self.to.seal(name, &plain)?))
            })
            .collect()
    }
}

impl Vault {
    /// A vault that has not been opened. Does nothing yet.
    pub fn new(keyring: Arc<dyn Keyring>) -> Self {
        Self::with_patience(keyring, PATIENCE)
    }

    /// The same with another limit on how long the keyring may take.
    pub fn with_patience(keyring: Arc<dyn Keyring>, patience: Duration) -> Self {
        Self {
            calls: Calls::new(keyring, patience),
            state: Mutex::new(State::Unopened),
            turn: tokio::sync::Mutex::default(),
        }
    }

    /// Opens the vault on first need; later calls answer how it stands. `meta` is what was stored
    /// last, `sealed_secrets_exist` whether the database holds any sealed secret.
    ///
    /// Never fails as such: what is wrong is in the status.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when the operating system gives no random numbers.
    pub async fn open(
        &self,
        meta: Option<VaultMeta>,
        sealed_secrets_exist: bool,
    ) -> Result<Opened> {
        let _turn = self.turn.lock().await;
        if let Some(status) = self.status() {
            return Ok(Opened {
                status,
                store: None,
            });
        }
        if meta.as_ref().is_some_and(VaultMeta::needs_passphrase) {
            self.close(meta, VaultMode::PassphraseLocked, LOCKED);
        } else {
            match self
                .reach(meta.as_ref(), sealed_secrets_exist, None)
                .await?
            {
                Ok((key, new_meta)) => {
                    let store = (new_meta != meta).then(|| new_meta.clone()).flatten();
                    *self.state() = State::Open {
                        key,
                        mode: VaultMode::Keyring,
                        meta: new_meta,
                    };
                    return Ok(Opened {
                        status: status(VaultMode::Keyring, None),
                        store,
                    });
                }
                Err(reason) => self.close(meta, VaultMode::Unavailable, reason),
            }
        }
        Ok(Opened {
            status: self
                .status()
                .unwrap_or_else(|| status(VaultMode::Unavailable, None)),
            store: None,
        })
    }

    /// How secrets are kept; none before [`Vault::open`].
    pub fn status(&self) -> Option<VaultStatus> {
        match &*self.state() {
            State::Unopened => None,
            State::Closed { status, .. } => Some(status.clone()),
            State::Open { mode, .. } => Some(status(*mode, None)),
        }
    }

    /// Whether sealed secrets belong into the database. If not, they are to be held in memory:
    /// after this run nothing could open them.
    pub fn keeps_on_disk(&self) -> bool {
        !matches!(
            *self.state(),
            State::Open {
                mode: VaultMode::Session,
                ..
            }
        )
    }

    /// Seals a secret. `name` says which it is, for example `openrouter`, and is needed to open
    /// it again.
    ///
    /// # Errors
    /// `KEYRING_UNAVAILABLE` with what to do, when no data key is at hand.
    pub fn seal(&self, name: &str, secret: &[u8]) -> Result<Vec<u8>> {
        self.key()?.seal(name, secret)
    }

    /// Opens what [`Vault::seal`] made under the same name.
    ///
    /// # Errors
    /// `KEYRING_UNAVAILABLE` when no data key is at hand; `INTERNAL_ERROR` when the secret was
    /// damaged or sealed with another key: it has to be entered again.
    pub fn unseal(&self, name: &str, sealed: &[u8]) -> Result<SecretSlice<u8>> {
        let mut plain = self.key()?.unseal(name, sealed).ok_or_else(unreadable)?;
        Ok(SecretSlice::from(std::mem::take(&mut *plain)))
    }

    /// The same for a secret that is text.
    ///
    /// # Errors
    /// As [`Vault::unseal`].
    pub fn unseal_text(&self, name: &str, sealed: &[u8]) -> Result<SecretString> {
        let secret = self.unseal(name, sealed)?;
        let text = std::str::from_utf8(secret.expose_secret()).map_err(|_| unreadable())?;
        Ok(SecretString::from(text))
    }

    /// Keeps the data key under a passphrase from now on, or under another one. Takes about a
    /// second. `sealed_secrets_exist` as in [`Vault::open`].
    ///
    /// # Errors
    /// `VALIDATION_ERROR` (field `passphrase`) when it has less than 8 characters.
    pub async fn choose_passphrase(
        &self,
        passphrase: SecretString,
        sealed_secrets_exist: bool,
    ) -> Result<Change> {
        check_passphrase(&passphrase)?;
        let _turn = self.turn.lock().await;
        let (from, mode) = self.present();
        // What is stored was sealed with the present key, except where that one is of this run
        // only: then whatever is stored is older, and out of reach.
        let reads_stored = matches!(mode, Some(VaultMode::Keyring | VaultMode::Passphrase));
        let to = match &from {
            Some(key) => key.clone(),
            None => Key::random()?,
        };
        let (to, meta) = on_thread(move || {
            let meta = VaultMeta::under_passphrase(&to, &passphrase)?;
            Ok((to, meta))
        })
        .await?;
        Ok(Change {
            from,
            to,
            mode: VaultMode::Passphrase,
            meta: Some(meta),
            forgets: sealed_secrets_exist && !reads_stored,
            clears_keyring: mode == Some(VaultMode::Keyring),
        })
    }

    /// Holds secrets in memory for this run only. What is stored stays as it is, for a later
    /// start on which the keyring is there again.
    ///
    /// # Errors
    /// `FORBIDDEN` when they are kept safely already; `INTERNAL_ERROR` without random numbers.
    pub async fn choose_session(&self) -> Result<VaultStatus> {
        let _turn = self.turn.lock().await;
        let mut state = self.state();
        let meta = match &*state {
            State::Open {
                mode: VaultMode::Session,
                ..
            } => return Ok(status(VaultMode::Session, None)),
            State::Open { .. } => {
                return Err(Error::new(
                    Code::Forbidden,
                    "Your keys and sign-ins are already kept safely.",
                ));
            }
            State::Closed { meta, .. } => meta.clone(),
            State::Unopened => return Err(unopened()),
        };
        *state = State::Open {
            key: Key::random()?,
            mode: VaultMode::Session,
            meta,
        };
        Ok(status(VaultMode::Session, None))
    }

    /// Opens the vault with its passphrase. Takes about a second. As with the other changes,
    /// secrets held in memory until now go along ([`Change::reseal`]).
    ///
    /// # Errors
    /// `VALIDATION_ERROR` (field `passphrase`) for a wrong one, or when none is set.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<Change> {
        let _turn = self.turn.lock().await;
        let meta = match &*self.state() {
            State::Open { meta, .. } | State::Closed { meta, .. } => meta.clone(),
            State::Unopened => return Err(unopened()),
        };
        let Some(meta) = meta.filter(VaultMeta::needs_passphrase) else {
            return Err(Error::invalid("passphrase", "No passphrase is set."));
        };
        let (from, _) = self.present();
        let (to, meta) = on_thread(move || Ok((meta.open(&passphrase)?, meta))).await?;
        Ok(Change {
            from,
            to,
            mode: VaultMode::Passphrase,
            meta: Some(meta),
            forgets: false,
            clears_keyring: false,
        })
    }

    /// Tries the keyring (again), and keeps the data key there from now on.
    ///
    /// # Errors
    /// `KEYRING_UNAVAILABLE` with the reason and what to do; `FORBIDDEN` while a passphrase still
    /// has to be entered.
    pub async fn retry_keyring(&self, sealed_secrets_exist: bool) -> Result<Change> {
        let _turn = self.turn.lock().await;
        let (from, mode) = self.present();
        let stored = match &*self.state() {
            State::Unopened => return Err(unopened()),
            State::Open { meta, .. } | State::Closed { meta, .. } => meta.clone(),
        };
        match (&from, mode) {
            // The data key is known: put it there.
            (Some(key), Some(VaultMode::Keyring | VaultMode::Passphrase)) => {
                let key = key.clone();
                self.put(&key).await.map_err(unavailable)?;
                return Ok(Change {
                    meta: Some(VaultMeta::in_keyring(&key)?),
                    from,
                    to: key,
                    mode: VaultMode::Keyring,
                    forgets: false,
                    clears_keyring: false,
                });
            }
            _ if stored.as_ref().is_some_and(VaultMeta::needs_passphrase) => {
                return Err(Error::new(Code::Forbidden, LOCKED));
            }
            _ => {}
        }
        match self
            .reach(stored.as_ref(), sealed_secrets_exist, from.as_ref())
            .await?
        {
            Ok((to, meta)) => Ok(Change {
                from,
                to,
                mode: VaultMode::Keyring,
                meta,
                forgets: false,
                clears_keyring: false,
            }),
            Err(reason) => {
                if let State::Closed { status, .. } = &mut *self.state() {
                    status.reason = Some(reason.to_owned());
                }
                Err(Error::new(Code::KeyringUnavailable, reason))
            }
        }
    }

    /// Starts over in the keyring with a new data key, for when the former one or the passphrase
    /// is lost. What is stored can't be read any more; secrets held in memory go along
    /// ([`Change::reseal`]).
    ///
    /// # Errors
    /// `KEYRING_UNAVAILABLE` with the reason and what to do; `FORBIDDEN` when nothing is lost.
    pub async fn start_over(&self, sealed_secrets_exist: bool) -> Result<Change> {
        let _turn = self.turn.lock().await;
        let (from, mode) = self.present();
        if matches!(mode, Some(VaultMode::Keyring | VaultMode::Passphrase)) {
            return Err(Error::new(
                Code::Forbidden,
                "Your keys and sign-ins can be read; there is no need to start over.",
            ));
        }
        let to = Key::random()?;
        self.put(&to).await.map_err(unavailable)?;
        Ok(Change {
            from,
            meta: Some(VaultMeta::in_keyring(&to)?),
            to,
            mode: VaultMode::Keyring,
            forgets: sealed_secrets_exist,
            clears_keyring: false,
        })
    }

    /// Lets a change take effect, after what it asks for was stored.
    pub async fn adopt(&self, change: Change) -> VaultStatus {
        let _turn = self.turn.lock().await;
        let Change {
            to,
            mode,
            meta,
            clears_keyring,
            ..
        } = change;
        *self.state() = State::Open {
            key: to,
            mode,
            meta,
        };
        // A passphrase protects nothing while the keyring still hands the key out. If the keyring
        // refuses, the secrets are as safe as before.
        if clears_keyring && let Err(error) = self.calls.run(|keyring| keyring.delete()).await {
            tracing::warn!(%error, "the data key stays in the keyring");
        }
        status(mode, None)
    }

    /// The data key from the keyring, or a new one (`preferred` where given) when nothing was
    /// ever sealed; else the reason why not.
    async fn reach(
        &self,
        meta: Option<&VaultMeta>,
        sealed_secrets_exist: bool,
        preferred: Option<&Key>,
    ) -> Result<Result<(Key, Option<VaultMeta>), &'static str>> {
        let found = match self.calls.run(|keyring| keyring.get()).await {
            Ok(found) => found,
            Err(error) => return Ok(Err(error.reason())),
        };
        let key = match found {
            Some(bytes) => match Key::from_bytes(&bytes) {
                Some(key) if meta.is_none_or(|meta| meta.fits(&key)) => key,
                _ => return Ok(Err(FOREIGN)),
            },
            // Nothing there, or never unlocked: see the module's second paragraph.
            None if sealed_secrets_exist => return Ok(Err(GONE)),
            None => {
                let key = match preferred {
                    Some(key) => key.clone(),
                    None => Key::random()?,
                };
                if let Err(error) = self.put(&key).await {
                    return Ok(Err(error.reason()));
                }
                return Ok(Ok((key.clone(), Some(VaultMeta::in_keyring(&key)?))));
            }
        };
        let meta = match meta {
            Some(meta) => meta.clone(),
            None => VaultMeta::in_keyring(&key)?,
        };
        Ok(Ok((key, Some(meta))))
    }

    /// Puts a key into the keyring and reads it back: some keyrings take an entry and keep
    /// nothing.
    async fn put(&self, key: &Key) -> Result<(), KeyringError> {
        let key = key.clone();
        self.calls
            .run(move |keyring| {
                keyring.set(key.bytes())?;
                match keyring.get()? {
                    Some(kept) if kept.as_slice() == key.bytes() => Ok(()),
                    _ => Err(KeyringError::Failed),
                }
            })
            .await
    }

    fn key(&self) -> Result<Key> {
        match &*self.state() {
            State::Open { key, .. } => Ok(key.clone()),
            State::Closed { status, .. } => Err(Error::new(
                Code::KeyringUnavailable,
                match status.mode {
                    VaultMode::PassphraseLocked => LOCKED.to_owned(),
                    _ => format!(
                        "{} You can also choose a passphrase in the settings, or keep keys and \
                         sign-ins for this run only.",
                        status.reason.as_deref().unwrap_or(GONE)
                    ),
                },
            )),
            State::Unopened => Err(unopened()),
        }
    }

    fn present(&self) -> (Option<Key>, Option<VaultMode>) {
        match &*self.state() {
            State::Open { key, mode, .. } => (Some(key.clone()), Some(*mode)),
            _ => (None, None),
        }
    }

    fn close(&self, meta: Option<VaultMeta>, mode: VaultMode, reason: &str) {
        *self.state() = State::Closed {
            meta,
            status: status(mode, Some(reason)),
        };
    }

    /// A panic elsewhere can't leave the state half written: it is always replaced as a whole.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("status", &self.status())
            .field("key", &"<redacted>")
            .finish()
    }
}

fn status(mode: VaultMode, reason: Option<&str>) -> VaultStatus {
    VaultStatus {
        mode,
        reason: reason.map(str::to_owned),
    }
}

fn unavailable(error: KeyringError) -> Error {
    Error::new(Code::KeyringUnavailable, error.reason())
}

fn unopened() -> Error {
    Error::new(
        Code::InternalError,
        "Saved keys and sign-ins were asked for before they were opened. Try again.",
    )
}

fn unreadable() -> Error {
    Error::new(
        Code::InternalError,
        "A saved key or sign-in can't be read: it was damaged, or saved on another machine. \
         Enter it again.",
    )
}

/// Runs work that takes a processor for a while off the asynchronous workers.
async fn on_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Error::new(Code::InternalError, "Opening the keys failed.")))
}
