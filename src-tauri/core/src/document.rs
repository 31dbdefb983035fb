//! The text of a draft: a ProseMirror document of our schema.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

/// A ProseMirror document as the page and the database exchange it: JSON, not yet judged.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(transparent)]
pub struct DocumentJson(#[specta(type = DocumentNode)] pub serde_json::Value);

/// The shape of a ProseMirror node in JSON; only described here, for the page.
#[derive(Type)]
pub struct DocumentNode {
    /// Name of the node type.
    pub r#type: String,
    /// Attributes.
    #[specta(optional)]
    pub attrs: Option<BTreeMap<String, DocumentAttribute>>,
    /// Child nodes.
    #[specta(optional)]
    pub content: Option<Vec<DocumentNode>>,
    /// Marks of a text node.
    #[specta(optional)]
    pub marks: Option<Vec<DocumentMark>>,
    /// Text of a text node.
    #[specta(optional)]
    pub text: Option<String>,
}

/// The shape of a mark in JSON.
#[derive(Type)]
pub struct DocumentMark {
    /// Name of the mark type.
    pub r#type: String,
    /// Attributes.
    #[specta(optional)]
    pub attrs: Option<BTreeMap<String, DocumentAttribute>>,
}

/// The value of an attribute.
#[derive(Type, Serialize)]
#[serde(untagged)]
pub enum DocumentAttribute {
    /// Text.
    Text(String),
    /// Number.
    Number(f64),
    /// Truth value.
    Flag(bool),
    /// `null`.
    Nothing(()),
}
