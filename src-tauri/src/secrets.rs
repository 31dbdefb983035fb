//! Secrets by name: sealed by the vault, kept by the store, or held in memory where the user
//! chose to keep them for this run only.
//!
//! The vault is opened when a secret is first needed, so that a program that needs none never
//! makes the keyring ask for its password.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use draftwell_core::{
    Code, Error, Result,
    polish::ProviderId,
    settings::{VaultMode, VaultStatus},
};
use draftwell_providers::vault::{Change, Vault, VaultMeta};
use draftwell_store::Store;
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use crate::clock;

/// The name of a provider's API key.
pub fn api_key(provider: ProviderId) -> String {
    format!("api-key/{}", provider.as_str())
}

/// The name of the user's own Google client.
pub const GOOGLE_CLIENT: &str = "google-client";

/// The name of the user's own app registration at Microsoft.
pub const MICROSOFT_CLIENT: &str = "microsoft-client";

/// The name of an account's tokens.
pub fn tokens(account: draftwell_core::id::AccountId) -> String {
    format!("tokens/{account}")
}

/// The name of the password, or token, of an account at a mail server.
pub fn smtp(account: draftwell_core::id::AccountId) -> String {
    format!("smtp/{account}")
}

/// A secret that is sealed and not kept yet.
pub struct Sealed {
    name: String,
    bytes: Vec<u8>,
    /// Otherwise it is held in memory, for this run only.
    on_disk: bool,
    /// Until it is kept, the way secrets are kept stays as it is.
    _turn: OwnedRwLockReadGuard<()>,
}

impl Sealed {
    /// What is to be written to the store, where it is kept there: its name and its bytes.
    pub fn row(&self) -> Option<(String, Vec<u8>)> {
        (self.on_disk).then(|| (self.name.clone(), self.bytes.clone()))
    }
}

/// Secrets by name.
pub struct Secrets {
    store: Store,
    vault: Vault,
    held: Mutex<HashMap<String, Vec<u8>>>,
    /// Whoever reads or keeps a secret shares it; whoever changes the way they are kept has it
    /// alone, or what was sealed meanwhile would be sealed with the former key, or lost.
    turn: Arc<RwLock<()>>,
}

impl Secrets {
    /// Nothing is opened yet.
    pub fn new(store: Store, vault: Vault) -> Self {
        Self {
            store,
            vault,
            held: Mutex::default(),
            turn: Arc::default(),
        }
    }

    /// How secrets are kept, without looking if nobody has looked yet.
    pub fn status(&self) -> VaultStatus {
        self.vault.status().unwrap_or(VaultStatus {
            mode: VaultMode::Unopened,
            reason: None,
        })
    }

    /// Opens the vault if nobody did; answers how secrets are kept.
    pub async fn open(&self) -> Result<VaultStatus> {
        if let Some(status) = self.vault.status() {
            return Ok(status);
        }
        let meta = self.meta().await?;
        let opened = self.vault.open(meta, self.any_sealed().await?).await?;
        if let Some(meta) = opened.store {
            self.keep_meta(&meta).await?;
        }
        Ok(opened.status)
    }

    /// Whether there is a secret of this name, without opening the vault.
    pub async fn has(&self, name: &str) -> Result<bool> {
        Ok(self.held().contains_key(name)
            || self.vault.keeps_on_disk() && self.store.get_secret(name).await?.is_some())
    }

    /// A secret; none if there is none of this name.
    pub async fn get(&self, name: &str) -> Result<Option<SecretSlice<u8>>> {
        let _turn = self.turn.read().await;
        self.find(name).await
    }

    async fn find(&self, name: &str) -> Result<Option<SecretSlice<u8>>> {
        let held = self.held().get(name).cloned();
        let sealed = match held {
            Some(sealed) => Some(sealed),
            // What a former run sealed can't be read with the key of this run only.
            None if !self.vault.keeps_on_disk() => None,
            None => self.store.get_secret(name).await?,
        };
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        self.open().await?;
        self.vault.unseal(name, &sealed).map(Some)
    }

    /// A secret that is text.
    pub async fn get_text(&self, name: &str) -> Result<Option<SecretString>> {
        let Some(secret) = self.get(name).await? else {
            return Ok(None);
        };
        let text = std::str::from_utf8(secret.expose_secret()).map_err(|_| {
            Error::new(
                Code::InternalError,
                "A stored secret is damaged. Enter it again.",
            )
        })?;
        Ok(Some(SecretString::from(text)))
    }

    /// Keeps a secret, in place of a former one of this name.
    pub async fn put(&self, name: &str, secret: &[u8]) -> Result<()> {
        let _turn = self.turn.read().await;
        self.open().await?;
        self.keep(name, secret).await
    }

    async fn keep(&self, name: &str, secret: &[u8]) -> Result<()> {
        let sealed = self.vault.seal(name, secret)?;
        if self.vault.keeps_on_disk() {
            return self.store.put_secret(name, sealed, clock::now()).await;
        }
        self.held().insert(name.to_owned(), sealed);
        Ok(())
    }

    /// Puts a secret in the place of the one that is kept, if that is `former`, and answers what is
    /// kept then; nothing if there is no such secret any more. So renewed tokens never come back to
    /// an account that was disconnected meanwhile, nor take the place of those it was signed in to
    /// again with.
    pub async fn replace(
        &self,
        name: &str,
        is_former: impl Fn(&[u8]) -> bool,
        secret: &[u8],
    ) -> Result<Option<SecretSlice<u8>>> {
        let _alone = self.turn.write().await;
        let kept = self.find(name).await?;
        if !(kept.as_ref()).is_some_and(|kept| is_former(kept.expose_secret())) {
            return Ok(kept);
        }
        self.keep(name, secret).await?;
        Ok(Some(SecretSlice::from(secret.to_vec())))
    }

    /// Seals a secret that is to be kept in one transaction with what it belongs to: its
    /// [`Sealed::row`] by whoever writes that, and then [`Secrets::hold`].
    pub async fn seal(&self, name: &str, secret: &[u8]) -> Result<Sealed> {
        let turn = Arc::clone(&self.turn).read_owned().await;
        self.open().await?;
        Ok(Sealed {
            name: name.to_owned(),
            bytes: self.vault.seal(name, secret)?,
            on_disk: self.vault.keeps_on_disk(),
            _turn: turn,
        })
    }

    /// Holds a sealed secret in memory, where secrets are kept for this run only.
    pub fn hold(&self, sealed: Sealed) {
        if !sealed.on_disk {
            self.held().insert(sealed.name, sealed.bytes);
        }
    }

    /// Forgets a secret.
    pub async fn delete(&self, name: &str) -> Result<()> {
        let _turn = self.turn.read().await;
        self.held().remove(name);
        self.store.delete_secret(name).await
    }

    /// Keeps secrets under a passphrase, or in memory for this run.
    ///
    /// `forget` allows to drop stored secrets that can't be opened any more.
    pub async fn choose(
        &self,
        passphrase: Option<SecretString>,
        forget: bool,
    ) -> Result<VaultStatus> {
        let _alone = self.turn.write().await;
        self.open().await?;
        match passphrase {
            None => self.vault.choose_session().await,
            Some(passphrase) => {
                let change = self
                    .vault
                    .choose_passphrase(passphrase, self.any_sealed().await?)
                    .await?;
                self.adopt(change, forget).await
            }
        }
    }

    /// Opens the vault with its passphrase.
    pub async fn unlock(&self, passphrase: SecretString) -> Result<VaultStatus> {
        let _alone = self.turn.write().await;
        self.open().await?;
        let change = self.vault.unlock(passphrase).await?;
        self.adopt(change, false).await
    }

    /// Tries the keyring again, or moves to it from a passphrase that is open; or, with
    /// `start_over`, makes a new key in it and forgets what the lost one had sealed.
    pub async fn retry_keyring(&self, start_over: bool) -> Result<VaultStatus> {
        let _alone = self.turn.write().await;
        let status = self.open().await?;
        match status.mode {
            VaultMode::Unavailable | VaultMode::Session | VaultMode::PassphraseLocked
                if start_over =>
            {
                let change = self.vault.start_over(self.any_sealed().await?).await?;
                self.adopt(change, true).await
            }
            VaultMode::Unavailable | VaultMode::Session => {
                match self.vault.retry_keyring(self.any_sealed().await?).await {
                    Ok(change) => self.adopt(change, false).await,
                    // Still the same: the status says why.
                    Err(_) if status.mode == VaultMode::Unavailable => Ok(self.status()),
                    Err(error) => Err(error),
                }
            }
            VaultMode::Passphrase => {
                let change = self.vault.retry_keyring(self.any_sealed().await?).await?;
                self.adopt(change, false).await
            }
            _ => Ok(status),
        }
    }

    async fn adopt(&self, change: Change, forget: bool) -> Result<VaultStatus> {
        if change.forgets_stored_secrets() && !forget {
            return Err(Error::new(
                Code::Conflict,
                "The keys and sign-ins saved before can't be opened and would be forgotten. \
                 Confirm that to go on.",
            ));
        }
        let held: Vec<(String, Vec<u8>)> = self.held().clone().into_iter().collect();
        let moved = change.reseal(&held)?;
        let meta = change.meta().map(to_json).transpose()?;
        self.store
            .rekey_secrets(change.forgets_stored_secrets(), moved, meta, clock::now())
            .await?;
        let status = self.vault.adopt(change).await;
        self.held().clear();
        Ok(status)
    }

    async fn any_sealed(&self) -> Result<bool> {
        self.store.any_secret().await
    }

    async fn meta(&self) -> Result<Option<VaultMeta>> {
        let Some(json) = self.store.vault_meta().await? else {
            return Ok(None);
        };
        // Without a record the keyring's key is tried, and if that isn't it one can start over.
        Ok(serde_json::from_str(&json)
            .inspect_err(|error| tracing::error!(%error, "the vault's record is damaged"))
            .ok())
    }

    async fn keep_meta(&self, meta: &VaultMeta) -> Result<()> {
        self.store.set_vault_meta(to_json(meta)?).await
    }

    fn held(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_json(meta: &VaultMeta) -> Result<String> {
    serde_json::to_string(meta)
        .map_err(|error| Error::new(Code::InternalError, format!("The vault's record: {error}")))
}

/// Whether secrets can be kept in this state of the vault.
///
/// # Errors
/// `KEYRING_UNAVAILABLE` with the reason and what to do.
pub fn usable(status: &VaultStatus) -> Result<()> {
    match status.mode {
        VaultMode::Keyring | VaultMode::Passphrase | VaultMode::Session => Ok(()),
        VaultMode::Unopened | VaultMode::PassphraseLocked | VaultMode::Unavailable => {
            Err(Error::new(
                Code::KeyringUnavailable,
                status.reason.clone().unwrap_or_else(|| {
                    "Your keys and sign-ins can't be kept safely now. Look at Settings, Secrets.".to_owned()
                }),
            ))
        }
    }
}

#[cfg(test)]
#[path = "secrets_tests.rs"]
mod tests;
