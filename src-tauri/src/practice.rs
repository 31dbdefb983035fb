//! Showing what the practice account kept.

use draftwell_core::{Code, Error, Result, id::EmailId};
use draftwell_providers::practice::Practice;

use crate::app::App;

/// Shows a mail's file in the system's file manager, or its folder where that can't point at one.
///
/// # Errors
/// `NOT_FOUND` where the mail is another account's, or the file was removed.
pub async fn show(app: &App, id: EmailId) -> Result<()> {
    let email = app.store()?.get_email(id).await?;
    if email.provider_message_id != Some(Practice::provider_id(id)) {
        return Err(Error::new(
            Code::NotFound,
            "This mail was not kept by the practice account.",
        ));
    }
    let file = Practice::new(app.data_dir()).file(id);
    if !file.is_file() {
        return Err(Error::new(
            Code::NotFound,
            format!("The file is no longer there. It was {}.", file.display()),
        ));
    }
    let shown = tauri_plugin_opener::reveal_item_in_dir(&file).or_else(|error| {
        tracing::info!(%error, "no file manager points at files");
        let folder = file.parent().unwrap_or(&file);
        tauri_plugin_opener::open_path(folder, None::<&str>)
    });
    shown.map_err(|error| {
        tracing::warn!(%error, "no file manager could be started");
        Error::new(
            Code::InternalError,
            format!(
                "No file manager could be started. The mail is kept as {}.",
                file.display()
            ),
        )
    })
}
