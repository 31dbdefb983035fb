//! Signatures and their defaults.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{UnixMillis, id::SignatureId};

/// A person may keep this many.
pub const MAX_SIGNATURES: usize = 10;

/// A named block of rich text that ends a mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// Identifier.
    pub id: SignatureId,
    /// Name, unique without regard to case.
    pub name: String,
    /// ProseMirror document.
    pub body: crate::document::DocumentJson,
    /// The body as HTML, sanitised, for showing it.
    pub html: String,
    /// The one used where no style decides.
    pub is_default: bool,
    /// The one the formal and elaborate versions bring.
    pub is_formal_default: bool,
    /// The one the casual version brings.
    pub is_casual_default: bool,
    /// How many mails were sent with it.
    pub usage_count: u32,
    /// How many open drafts use it now.
    pub used_by_drafts: u32,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// What `create_signature` takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSignature {
    /// Name, 1 to 80 characters.
    pub name: String,
    /// ProseMirror document.
    pub body: crate::document::DocumentJson,
    /// Make it the global default; the first signature becomes it anyway.
    #[serde(default)]
    #[specta(optional)]
    pub is_default: bool,
    /// Make it the formal default.
    #[serde(default)]
    #[specta(optional)]
    pub is_formal_default: bool,
    /// Make it the casual default.
    #[serde(default)]
    #[specta(optional)]
    pub is_casual_default: bool,
}

/// What `update_signature` takes; a field left out stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSignature {
    /// The signature.
    pub id: SignatureId,
    /// Name.
    #[serde(default)]
    #[specta(optional)]
    pub name: Option<String>,
    /// ProseMirror document.
    #[serde(default)]
    #[specta(optional)]
    pub body: Option<crate::document::DocumentJson>,
    /// Global default.
    #[serde(default)]
    #[specta(optional)]
    pub is_default: Option<bool>,
    /// Formal default.
    #[serde(default)]
    #[specta(optional)]
    pub is_formal_default: Option<bool>,
    /// Casual default.
    #[serde(default)]
    #[specta(optional)]
    pub is_casual_default: Option<bool>,
}
