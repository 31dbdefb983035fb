//! What the pages are told. Best effort: a page that misses an event asks again when it is shown.

use draftwell_core::{
    Result, draft::SavedDraft, history::HistoryEntry, id::DraftId, outbox::Email,
};
use tauri::{AppHandle, WebviewWindow};
use tauri_specta::Event;

use crate::commands::{
    accounts::AccountsChanged, history::MailArrived, outbox::OutboxChanged,
    settings::SettingsChanged, storage::StorageChanged, windows::DraftChanged,
};

/// A window saved a draft, be it with a conflict or in part.
pub fn draft_saved(window: &WebviewWindow, saved: &Result<SavedDraft>) {
    match saved {
        Ok(saved) => draft_changed(window, saved.id, saved.revision),
        Err(error) => {
            if let Some(saved) = &error.saved {
                draft_changed(window, saved.id, saved.revision);
            } else if let Some(conflict) = &error.conflict {
                draft_changed(window, conflict.draft_id, conflict.revision);
            }
        }
    }
}

/// A window changed a draft.
pub fn draft_changed(window: &WebviewWindow, id: DraftId, revision: u32) {
    let origin = Some(window.label().to_owned());
    report(
        DraftChanged {
            id,
            revision,
            origin,
        }
        .emit(window),
    );
}

/// The program itself changed a draft.
pub fn draft_changed_by_program(app: &AppHandle, id: DraftId, revision: u32) {
    report(
        DraftChanged {
            id,
            revision,
            origin: None,
        }
        .emit(app),
    );
}

/// A message of the outbox changed.
pub fn outbox_changed(app: &AppHandle, email: &Email) {
    report(
        OutboxChanged {
            email: email.clone(),
        }
        .emit(app),
    );
}

/// Something came back.
pub fn mail_arrived(app: &AppHandle, entry: HistoryEntry, email: Email) {
    report(MailArrived { entry, email }.emit(app));
}

/// The list of accounts changed.
pub fn accounts_changed(app: &AppHandle) {
    report(AccountsChanged.emit(app));
}

/// The settings changed.
pub fn settings_changed(app: &AppHandle) {
    report(SettingsChanged.emit(app));
}

/// The database was recovered, or could be opened at last.
pub fn storage_changed(app: &AppHandle) {
    report(StorageChanged.emit(app));
}

fn report(emitted: tauri::Result<()>) {
    if let Err(error) = emitted {
        tracing::warn!(%error, "an event was not delivered");
    }
}
