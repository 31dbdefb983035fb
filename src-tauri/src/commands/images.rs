//! Inline images.

use draftwell_core::Result;
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
