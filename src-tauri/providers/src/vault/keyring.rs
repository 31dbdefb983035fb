//! The operating system's keyring, as far as the vault needs it: one entry.
//!
//! The `keyring` crate sets its store up once a process and remembers a failure for good, but a
//! keyring may well appear later: unlocked by the user, or started by the session. So on Linux
//! each call builds the Secret Service store afresh and hands it to `keyring`'s entry; elsewhere
//! the store is part of the system and `keyring`'s own set-up is used.
//!
//! All of this blocks, and may wait for a person in front of an unlock window: the vault calls
//! it on a thread of its own (see [`super::calls`]).

use std::fmt;

use keyring::Error as EntryError;
use zeroize::Zeroizing;

/// Name of the service under which the entry is found in the keyring.
const SERVICE: &str = "Draftwell";

/// Where the data key is kept. Calls block.
pub trait Keyring: Send + Sync + 'static {
    /// What is kept; none when there is nothing, **or when the keyring has never been unlocked**:
    /// the Secret Service does not tell these apart.
    ///
    /// # Errors
    /// See [`KeyringError`].
    fn get(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError>;

    /// Keeps `secret`, in place of what was there.
    ///
    /// # Errors
    /// See [`KeyringError`].
    fn set(&self, secret: &[u8]) -> Result<(), KeyringError>;

    /// Forgets what is kept; nothing there is fine.
    ///
    /// # Errors
    /// See [`KeyringError`].
    fn delete(&self) -> Result<(), KeyringError>;
}

/// Why the keyring could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyringError {
    /// There is none in this desktop session.
    Missing,
    /// It is locked and was not unlocked, or was never set up.
    Locked,
    /// It did not answer in time; perhaps it asks for its password in a window.
    Slow,
    /// It failed in some other way.
    Failed,
}

impl KeyringError {
    /// What happened and what to do, for people.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Missing => "No keyring is running in this desktop session.",
            Self::Locked => {
                "The keyring is locked or has not been set up. Unlock it (signing in to the \
                 desktop usually does), then try again."
            }
            Self::Slow => {
                "The keyring does not answer. It may be waiting for its password in another \
                 window: answer it, then try again."
            }
            Self::Failed => "The keyring reported an error.",
        }
    }
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for KeyringError {}

/// The keyring of the operating system: Secret Service, Keychain or Credential Manager.
#[derive(Debug)]
pub struct OsKeyring {
    account: String,
}

impl OsKeyring {
    /// The entry of one data folder. `data_folder_id` is made once with the folder, so that two
    /// folders (or a copy on another machine) never overwrite each other's key.
    pub fn new(data_folder_id: &str) -> Self {
        Self {
            account: format!("data-key-{data_folder_id}"),
        }
    }

    #[cfg(target_os = "linux")]
    fn entry(&self) -> Result<keyring::Entry, KeyringError> {
        use keyring_core::api::CredentialStoreApi;
        use zbus_secret_service_keyring_store::Store;

        let store = Store::new().map_err(|error| {
            tracing::info!(%error, "no Secret Service");
            KeyringError::Missing
        })?;
        let label = [("label", "Draftwell: key to saved keys and sign-ins")].into();
        let inner = store
            .build(SERVICE, &self.account, Some(&label))
            .map_err(judge)?;
        Ok(keyring::Entry { inner })
    }

    #[cfg(not(target_os = "linux"))]
    fn entry(&self) -> Result<keyring::Entry, KeyringError> {
        keyring::Entry::new(SERVICE, &self.account).map_err(judge)
    }
}

impl Keyring for OsKeyring {
    fn get(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeyringError> {
        match self.entry()?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(EntryError::NoEntry) => Ok(None),
            Err(error) => Err(judge(error)),
        }
    }

    fn set(&self, secret: &[u8]) -> Result<(), KeyringError> {
        self.entry()?.set_secret(secret).map_err(judge)
    }

    fn delete(&self) -> Result<(), KeyringError> {
        match self.entry()?.delete_credential() {
            Ok(()) | Err(EntryError::NoEntry) => Ok(()),
            Err(error) => Err(judge(error)),
        }
    }
}

/// Sorts an error and logs its kind. Never its text as a whole: a badly encoded secret would be
/// part of some of them.
fn judge(error: EntryError) -> KeyringError {
    match error {
        EntryError::NoDefaultStore => KeyringError::Missing,
        EntryError::NoStorageAccess(cause) => {
            tracing::info!(%cause, "the keyring refused access");
            KeyringError::Locked
        }
        EntryError::PlatformFailure(cause) => {
            tracing::warn!(%cause, "the keyring failed");
            KeyringError::Failed
        }
        EntryError::Ambiguous(_) => {
            tracing::warn!("the keyring holds several entries for this data folder");
            KeyringError::Failed
        }
        _ => {
            tracing::warn!("the keyring's entry is malformed");
            KeyringError::Failed
        }
    }
}
