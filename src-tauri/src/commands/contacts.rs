//! Contacts and completion of recipients.

use draftwell_core::{
    Result,
    contact::{Contact, RecipientSuggestion, SaveContact},
};
use serde::{Deserialize, Serialize};
use specta::Type;

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
pub async fn list_contacts(args: Option<ListContacts>) -> Result<Vec<Contact>> {
    todo!("{args:?}")
}

/// Makes or changes a contact.
#[tauri::command]
#[specta::specta]
pub async fn save_contact(args: SaveContact) -> Result<Contact> {
    todo!("{args:?}")
}

/// Up to eight contacts and former recipients that fit what was typed, most used first.
#[tauri::command]
#[specta::specta]
pub async fn suggest_recipients(args: SuggestRecipients) -> Result<Vec<RecipientSuggestion>> {
    todo!("{args:?}")
}
