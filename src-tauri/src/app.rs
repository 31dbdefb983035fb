//! Everything the commands share. Commands get it as Tauri state.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use draftwell_core::{
    Code, Error, Result,
    document::Document,
    draft::{SaveBucket, SaveCause, SaveDraft, SavedDraft},
    id::{DraftId, VersionId},
    mailto::Mailto,
    settings::Settings,
};
use draftwell_providers::{
    oauth::Provider,
    vault::{OsKeyring, Vault},
};
use draftwell_store::Store;
use tauri::{AppHandle, Manager};

use crate::{
    accounts::Accounts, attachments::Attachments, clients, clock, events, mailboxes::Mailboxes,
    models::Models, outbox::Outbox, polish::Polish, refuge::Refuge, secrets::Secrets, tray,
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
    /// Looks for what came back.
    pub mailboxes: Mailboxes,
    /// Text that can be kept nowhere else.
    pub refuge: Refuge,
    /// Files that are being attached.
    pub attachments: Attachments,
    kept: OnceLock<Kept>,
    /// Why there is nothing kept (yet).
    problem: Mutex<Error>,
    data_dir: PathBuf,
    saves: Mutex<HashMap<DraftId, SaveBucket>>,
}

/// What is kept on disk.
struct Kept {
    store: Store,
    secrets: Arc<Secrets>,
}

impl App {
    /// Opens what is kept. A database that can't be opened doesn't keep the program from
    /// starting: every command that needs it answers why, and [`App::open_again`] tries again.
    pub fn open(handle: AppHandle, data_dir: &Path) -> Self {
        let app = Self {
            handle,
            models: Models::from_environment(),
            polish: Polish::default(),
            accounts: Accounts::default(),
            outbox: Outbox::default(),
            mailboxes: Mailboxes::default(),
            refuge: Refuge::of(data_dir),
            attachments: Attachments::default(),
            kept: OnceLock::new(),
            problem: Mutex::new(Error::new(
                Code::InternalError,
                "Draftwell is still opening its database.",
            )),
            data_dir: data_dir.to_owned(),
            saves: Mutex::default(),
        };
        app.try_to_open();
        app
    }

    /// Opens what is kept; false where that can't be done now. Blocks.
    fn try_to_open(&self) -> bool {
        match open_kept(&self.data_dir) {
            Ok(kept) => self.kept.set(kept).is_ok(),
            Err(error) => {
                let mut problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
                if *problem != error {
                    tracing::error!(code = ?error.code, %error, "the database could not be opened");
                    *problem = error;
                }
                false
            }
        }
    }

    /// Tries again what failed at the start: the disk may have got room, or the other program
    /// that used the database may have ended.
    pub async fn open_again(&self) -> bool {
        let handle = self.handle.clone();
        tauri::async_runtime::spawn_blocking(move || handle.state::<Self>().try_to_open())
            .await
            .unwrap_or(false)
    }

    /// The database.
    pub fn store(&self) -> Result<&Store> {
        self.kept().map(|kept| &kept.store)
    }

    /// Keys and tokens.
    pub fn secrets(&self) -> Result<&Arc<Secrets>> {
        self.kept().map(|kept| &kept.secrets)
    }

    fn kept(&self) -> Result<&Kept> {
        self.kept.get().ok_or_else(|| {
            let problem = self.problem.lock().unwrap_or_else(PoisonError::into_inner);
            problem.clone()
        })
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

    /// Makes a draft of a `mailto:` link; answers also what of the link was left out.
    pub async fn draft_from_link(&self, link: &str) -> Result<(DraftId, Vec<String>)> {
        let Some(mail) = Mailto::parse(link) else {
            return Err(Error::invalid("mailto", "This is not a mailto: link."));
        };
        let notes = mail.notes();
        let edit = SaveDraft {
            to: Some(mail.to),
            cc: Some(mail.cc),
            bcc: Some(mail.bcc),
            subject: Some(mail.subject),
            body: Some(Document::from_text(&mail.body).to_json()),
            cause: Some(SaveCause::Close),
            ..SaveDraft::default()
        };
        self.make_draft(edit, notes).await
    }

    /// Saves a draft that the program makes itself. What was too much for one is said among the
    /// notes about it.
    pub async fn make_draft(
        &self,
        edit: SaveDraft,
        mut notes: Vec<String>,
    ) -> Result<(DraftId, Vec<String>)> {
        let saved = match self.save_draft(edit).await {
            Err(Error {
                saved: Some(saved),
                message,
                ..
            }) => {
                notes.push(message);
                *saved
            }
            saved => saved?,
        };
        events::draft_changed_by_program(&self.handle, saved.id, saved.revision);
        Ok((saved.id, notes))
    }

    /// Whether the program goes on in the tray when its last window is closed.
    pub fn close_to_tray(&self) -> bool {
        let preferences = self
            .store()
            .and_then(|store| tauri::async_runtime::block_on(store.preferences()));
        preferences.is_ok_and(|preferences| preferences.close_to_tray)
    }

    /// The folder for everything the program writes.
    pub fn data_dir(&self) -> &Path {
        &self.data_dir
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
            google_client: clients::source(self, Provider::Google).await?,
            microsoft_client: clients::source(self, Provider::Microsoft).await?,
            vault: self.secrets()?.status(),
            has_tray: tray::is_visible(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_dir: self.data_dir.display().to_string(),
            preferences,
        })
    }
}

fn open_kept(data_dir: &Path) -> Result<Kept> {
    let store = Store::open_or_recover(data_dir, clock::now())?;
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
