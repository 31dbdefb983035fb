//! People written to.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{UnixMillis, id::ContactId};

/// Where a contact stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not written to yet.
    #[default]
    Lead,
    /// Written to.
    Contacted,
    /// In talks.
    Opportunity,
    /// Bought.
    Customer,
    /// Over.
    Closed,
}

/// A person written to. The e-mail address is unique, its domain compared without case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Identifier.
    pub id: ContactId,
    /// Full name.
    pub name: String,
    /// First name, for greetings.
    pub first_name: String,
    /// E-mail address.
    pub email: String,
    /// Company, or empty.
    pub company: String,
    /// Role in the company, or empty.
    pub role: String,
    /// Free notes.
    pub notes: String,
    /// 0 (none) to 3 (high).
    pub priority: u8,
    /// Where the contact stands.
    pub stage: Stage,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// What `save_contact` takes. Without an id a contact is made; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveContact {
    /// The contact to change.
    #[serde(default)]
    #[specta(optional)]
    pub id: Option<ContactId>,
    /// Full name.
    #[serde(default)]
    #[specta(optional)]
    pub name: Option<String>,
    /// First name; without it, the first word of the name.
    #[serde(default)]
    #[specta(optional)]
    pub first_name: Option<String>,
    /// E-mail address; needed to make a contact.
    #[serde(default)]
    #[specta(optional)]
    pub email: Option<String>,
    /// Company.
    #[serde(default)]
    #[specta(optional)]
    pub company: Option<String>,
    /// Role.
    #[serde(default)]
    #[specta(optional)]
    pub role: Option<String>,
    /// Notes.
    #[serde(default)]
    #[specta(optional)]
    pub notes: Option<String>,
    /// 0 to 3.
    #[serde(default)]
    #[specta(optional)]
    pub priority: Option<u8>,
    /// Stage.
    #[serde(default)]
    #[specta(optional)]
    pub stage: Option<Stage>,
}

/// A completion for the To, Cc and Bcc fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecipientSuggestion {
    /// Display name, or empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// The contact it belongs to, if it is one's.
    pub contact_id: Option<ContactId>,
}
