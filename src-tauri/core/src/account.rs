//! Sending accounts and what they may do.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{UnixMillis, id::AccountId};

/// Whose service an account is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Gmail, by its API.
    Gmail,
}

/// A sending identity. Its tokens are kept elsewhere, encrypted, and never reach the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Identifier.
    pub id: AccountId,
    /// Kind.
    pub kind: AccountKind,
    /// The provider's own stable id of the person (`sub` of OpenID Connect).
    pub subject: String,
    /// Address.
    pub email: String,
    /// Name shown to recipients, or empty.
    pub display_name: String,
    /// The OAuth scopes that were granted.
    pub scopes: Vec<String>,
    /// What the scopes allow.
    pub abilities: Abilities,
    /// Whether the user must sign in again.
    pub needs_sign_in: bool,
    /// Why, for people.
    pub needs_sign_in_reason: Option<String>,
    /// Whether it is used where a draft names none.
    pub is_default: bool,
    /// When it last sent.
    pub last_used_at: Option<UnixMillis>,
    /// When it was connected.
    pub created_at: UnixMillis,
}

/// What an account's scopes allow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Abilities {
    /// It can send at all.
    pub send: bool,
    /// It can send through a stored draft, so that an unclear outcome can be looked up.
    pub safe_send: bool,
    /// It can read mail, for replies and history.
    pub read: bool,
}

/// Where a Google client id comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ClientSource {
    /// None is known; the user must enter one.
    None,
    /// The environment.
    Environment,
    /// Entered by the user.
    Entered,
}
