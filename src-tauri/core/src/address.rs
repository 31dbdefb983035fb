//! Mail addresses: reading what people type or paste, and judging it.

use serde::{Deserialize, Serialize};
use specta::Type;

/// A recipient or sender: an address and, where known, a display name (RFC 5322, 3.4).
///
/// In a draft the address may still be anything that was typed, so that not a character is lost;
/// [`Mailbox::is_valid`] must hold before it is sent to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// Display name, without quotes or encoding.
    #[serde(default)]
    pub name: Option<String>,
    /// `local@domain`.
    pub address: String,
}
