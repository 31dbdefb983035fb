//! Inline images, and the clipboard's HTML that may bring some.

use draftwell_core::{Result, document::DocumentJson};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, commands::Args};

/// An image picked, dropped or pasted into the text.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AddImage {
    /// Its file name.
    pub name: String,
    /// Its bytes, base64.
    pub data: String,
}

/// An image as it is kept.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InlineImage {
    /// `draftwell-image://localhost/<hash>`, the `src` of the document's image node.
    pub src: String,
    /// Width in pixels, where known.
    pub width: Option<u32>,
    /// Height in pixels, where known.
    pub height: Option<u32>,
}

/// Keeps an image (PNG, JPEG, GIF or WebP, at most 25 MiB) and answers its address.
#[tauri::command]
#[specta::specta]
pub async fn add_image(app: State<'_, App>, args: Args<AddImage>) -> Result<InlineImage> {
    crate::images::add(&app, args.0).await
}

/// Images of a text.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ImageSizes {
    /// Their addresses, as the document has them.
    pub srcs: Vec<String>,
}

/// How large the files of images are, in bytes, in the same order; 0 for what is no image of ours.
#[tauri::command]
#[specta::specta]
pub async fn image_sizes(app: State<'_, App>, args: Args<ImageSizes>) -> Result<Vec<u32>> {
    crate::images::sizes(&app, &args.0.srcs).await
}

/// What another program put on the clipboard.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CleanPaste {
    /// Its HTML.
    pub html: String,
}

/// Reduces the clipboard's HTML to the editor's schema, as a document whose blocks are to be
/// pasted. Pictures inside the HTML are kept; no other is fetched.
#[tauri::command]
#[specta::specta]
pub async fn clean_paste(app: State<'_, App>, args: Args<CleanPaste>) -> Result<DocumentJson> {
    crate::images::clean_paste(&app, args.0.html).await
}

/// Takes out of HTML that says an editor of ours copied it whatever our schema doesn't have, and
/// what refers to nothing; the rest stays as it is.
#[tauri::command]
#[specta::specta]
pub async fn clean_slice(app: State<'_, App>, args: Args<CleanPaste>) -> Result<String> {
    crate::images::clean_slice(&app, args.0.html).await
}
