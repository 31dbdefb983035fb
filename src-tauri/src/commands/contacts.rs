//! Contacts and completion of recipients.

use draftwell_core::{
    Result,
    contact::{Contact, RecipientSuggestion, SaveContact},
    id::ContactId,
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, clock, commands::Args};

/// Which contacts.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ListContacts {
    /// Beginning of a word of name, company or address; all if empty.
    pub search: String,
}

/// What was typed into To, Cc or Bcc.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SuggestRecipients {
    /// The beginning of a name or address.
    pub prefix: String,
}

/// Contacts by name.
#[tauri::command]
#[specta::specta]
pub async fn list_contacts(
    app: State<'_, App>,
    args: Args<Option<ListContacts>>,
) -> Result<Vec<Contact>> {
    app.store()?
        .list_contacts(Some(args.0.unwrap_or_default().search))
        .await
}

/// Makes or changes a contact.
#[tauri::command]
#[specta::specta]
pub async fn save_contact(app: State<'_, App>, args: Args<SaveContact>) -> Result<Contact> {
    app.store()?
        .save_contact(args.0, ContactId(clock::new_id()), clock::now())
        .await
}

/// Up to eight contacts and former recipients that fit what was typed, most used first.
#[tauri::command]
#[specta::specta]
pub async fn suggest_recipients(
    app: State<'_, App>,
    args: Args<SuggestRecipients>,
) -> Result<Vec<RecipientSuggestion>> {
    app.store()?.suggest_recipients(args.0.prefix).await
}
