//! Everything the commands share. Commands get it as Tauri state.

use std::{
    collections::HashMap,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use draftwell_core::{
    Code, Error, Result,
    document::Document,
    draft::{SaveBucket, SaveCause, SaveDraft, SavedDraft},
    id::{DraftId, VersionId},
    mailto::Mailto,
    settings::Settings,
};
use draftwell_providers::vault::{OsKeyring, Vault};
use draftwell_store::Store;
use tauri::AppHandle;

use crate::{
    accounts::Accounts, clock, events, models::Models, outbox::Outbox, polish::Polish,
    secrets::Secrets, tray,
};

/// The running program.
pub struct App {
    /// Windows and events.
    pub handle: AppHandle,
    /// Language models.
    pub models: Models,
    /// Running polishes.
    pub polish: Polish,
    /// Sign-in and tokens.
    pub accounts: Accounts,
    /// The worker that sends.
    pub outbox: Outbox,
    kept: Result<Kept>,
    data_dir: String,
    saves: Mutex<HashMap<DraftId, SaveBucket>>,
}

/// What is kept on disk.
struct Kept {
    store: Store,
    secrets: Arc<Secrets>,
}

impl App {
    /// Opens what is kept. A database that can't be opened doesn't keep the program from
    /// starting: every command that needs it answers why.
    pub fn open(handle: AppHandle, data_dir: &Path) -> Self {
        let kept = open_kept(data_dir);
        if let Err(error) = &kept {
            tracing::error!(code = ?error.code, %error, "the database could not be opened");
        }
        Self {
            handle,
            models: Models::from_environment(),
            polish: Polish::default(),
            accounts: Accounts::from_environment(),
            outbox: Outbox::default(),
            kept,
            data_dir: data_dir.display().to_string(),
            saves: Mutex::default(),
        }
    }

    /// The database.
    pub fn store(&self) -> Result<&Store> {
        self.kept
            .as_ref()
            .map(|kept| &kept.store)
            .map_err(Clone::clone)
    }

    /// Keys and tokens.
    pub fn secrets(&self) -> Result<&Arc<Secrets>> {
        self.kept
            .as_ref()
            .map(|kept| &kept.secrets)
            .map_err(Clone::clone)
    }

    /// Saves a draft, unless typing saves it too often.
    pub async fn save_draft(&self, edit: SaveDraft) -> Result<SavedDraft> {
        let now = clock::now();
        if let Some(id) = edit.id
            && edit.cause.unwrap_or_default() == SaveCause::Typing
        {
            let mut saves = self.saves.lock().unwrap_or_else(PoisonError::into_inner);
            saves.retain(|_, bucket| !bucket.is_full(now));
            saves
                .entry(id)
                .or_insert_with(|| SaveBucket::full(now))
                .take(now)?;
        }
        let draft = DraftId(clock::new_id());
        let version = VersionId(clock::new_id());
        self.store()?.save_draft(edit, draft, version, now).await
    }

    /// Makes a draft of a `mailto:` link.
    pub async fn draft_from_link(&self, link: &str) -> Result<DraftId> {
        let Some(mail) = Mailto::parse(link) else {
            return Err(Error::invalid("mailto", "This is not a mailto: link."));
        };
        let edit = SaveDraft {
            to: Some(mail.to),
            cc: Some(mail.cc),
            bcc: Some(mail.bcc),
            subject: Some(mail.subject),
            body: Some(Document::from_text(&mail.body).to_json()),
            cause: Some(SaveCause::Close),
            ..SaveDraft::default()
        };
        let saved = self.save_draft(edit).await?;
        events::draft_changed_by_program(&self.handle, saved.id, saved.revision);
        Ok(saved.id)
    }

    /// Whether the program goes on in the tray when its last window is closed.
    pub fn close_to_tray(&self) -> bool {
        let preferences = self
            .store()
            .and_then(|store| tauri::async_runtime::block_on(store.preferences()));
        preferences.is_ok_and(|preferences| preferences.close_to_tray)
    }

    /// Writes down what is under way and closes the database.
    pub fn close(&self) {
        if let Ok(store) = self.store() {
            store.close();
        }
    }

    /// Everything the settings show.
    pub async fn settings(&self) -> Result<Settings> {
        let preferences = self.store()?.preferences().await?;
        Ok(Settings {
            providers: self.models.statuses(self, &preferences).await?,
            google_client: self.accounts.client_source(self).await?,
            vault: self.secrets()?.status(),
            has_tray: tray::is_visible(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: self.data_dir.clone(),
            preferences,
        })
    }
}

fn open_kept(data_dir: &Path) -> Result<Kept> {
    let store = Store::open(data_dir)?;
    let folder_id = store.folder_id(clock::new_id())?;
    let vault = Vault::new(Arc::new(OsKeyring::new(&folder_id.to_string())));
    let secrets = Arc::new(Secrets::new(store.clone(), vault));
    Ok(Kept { store, secrets })
}

/// An error of ours that nobody expected, with its cause in the log only.
pub fn internal(what: &str, error: &dyn std::fmt::Display) -> Error {
    tracing::error!(%error, "{what}");
    Error::new(
        Code::InternalError,
        format!("{what}. The log has more about it."),
    )
}
