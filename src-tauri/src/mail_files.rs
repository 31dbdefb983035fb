//! Mail files (`.eml`): a draft as a file for another program, and a mail as a draft.
//!
//! What is read comes from the picker, from a drop, or from the command line; the page names no
//! path. A file that can't be attached to a draft as it is leaves a sentence that says so: the
//! rest of the mail becomes a draft all the same.

use std::{
    fs,
    path::{Path, PathBuf},
};

use draftwell_core::{
    Code, Error, Result,
    attachment::{Attachment, MAX_ATTACHMENTS, clean_name},
    draft::{SaveCause, SaveDraft},
    id::{AccountId, DraftId},
    message::{self, MAX_MAIL_FILE_BYTES, ReadMail},
    patch::Patch,
};
use draftwell_store::Store;
use tauri::WebviewWindow;
use tauri_plugin_dialog::DialogExt;

use crate::{
    app::{App, internal},
    attachments::name_of,
    clock,
    commands::{attachments::RefusedFile, mail_files::ImportedDrafts},
    freeze, images, users_files,
};

/// The most mails that become drafts at once: a slip of the mouse in a folder of thousands.
const MOST_AT_ONCE: usize = 20;

/// Lets the user save a draft as a file; false where they thought better of it.
///
/// # Errors
/// As [`freeze::draft_file`]; `STORAGE_FULL` where the file can't be written. A file that was
/// there before is then as it was.
pub async fn export(app: &App, window: &WebviewWindow, id: DraftId) -> Result<bool> {
    let store = app.store()?;
    let draft = store.get_draft(id).await?;
    let account = match draft.account_id {
        Some(account) => Some(store.get_account(account).await?),
        None => store.default_account().await?,
    };
    let (random, now) = (clock::random(), clock::now());
    let bytes = freeze::draft_file(store, &draft, account.as_ref(), random, now).await?;
    let title = match draft.subject.trim() {
        "" => "Draft",
        subject => subject,
    };
    let (reply, answer) = tokio::sync::oneshot::channel();
    app.handle
        .dialog()
        .file()
        .set_parent(window)
        .set_title("Save the draft as a mail file")
        .add_filter("Mail files", &["eml"])
        .set_file_name(clean_name(&format!("{title}.eml")))
        .save_file(move |path| {
            let _ = reply.send(path);
        });
    let picked = answer.await.ok().flatten();
    let Some(path) = picked.and_then(|path| path.into_path().ok()) else {
        return Ok(false);
    };
    users_files::write(path, bytes).await?;
    Ok(true)
}

/// Lets the user pick mail files, and makes drafts of them.
pub async fn pick(app: &App, window: &WebviewWindow) -> ImportedDrafts {
    let (reply, answer) = tokio::sync::oneshot::channel();
    app.handle
        .dialog()
        .file()
        .set_parent(window)
        .set_title("Open mail files as drafts")
        .add_filter("Mail files", &["eml"])
        .pick_files(move |picked| {
            let _ = reply.send(picked.unwrap_or_default());
        });
    let picked = answer.await.unwrap_or_default();
    let paths = picked
        .into_iter()
        .filter_map(|path| path.into_path().ok())
        .collect();
    import_all(app, paths).await
}

/// Makes drafts of mail files, one after the other; one that can't be read doesn't stop the others.
pub async fn import_all(app: &App, paths: Vec<PathBuf>) -> ImportedDrafts {
    let mut outcome = ImportedDrafts::default();
    for (number, path) in paths.iter().enumerate() {
        let read = if number < MOST_AT_ONCE {
            import(app, path).await
        } else {
            Err(Error::new(
                Code::LimitReached,
                format!(
                    "At most {MOST_AT_ONCE} mails become drafts at once. Open the others next."
                ),
            ))
        };
        match read {
            Ok((id, notes)) => {
                outcome.drafts.push(id);
                outcome.notes.extend(notes);
            }
            Err(error) => outcome.refused.push(RefusedFile {
                name: name_of(path),
                error,
            }),
        }
    }
    outcome
}

/// Makes a draft of a mail file; answers also what the user should know about it.
///
/// # Errors
/// `NOT_FOUND`, `INVALID_FILE_TYPE`, `FILE_TOO_LARGE`, `VALIDATION_ERROR`: see [`message::read`];
/// `STORAGE_FULL`. No draft is made then.
pub async fn import(app: &App, path: &Path) -> Result<(DraftId, Vec<String>)> {
    let path = path.to_owned();
    let mut mail = tauri::async_runtime::spawn_blocking(move || message::read(&bytes_at(&path)?))
        .await
        .map_err(|error| internal("The mail could not be read", &error))??;
    let store = app.store()?;
    let mut images = images::keep_images(app, mail.image_addresses()).await?;
    for image in std::mem::take(&mut mail.images) {
        match images::keep_image(app, image.file_name.clone(), image.bytes.clone()).await {
            Ok(kept) => {
                images.extend(image.addresses.into_iter().map(|address| (address, kept)));
            }
            Err(error) => note_or_fail(&mut mail, error)?,
        }
    }
    let attachments = keep_files(store, &mut mail).await?;
    let account = account_of(store, &mail).await?;
    let body = mail.document(&images)?.to_json();
    let edit = SaveDraft {
        to: Some(mail.to),
        cc: Some(mail.cc),
        bcc: Some(mail.bcc),
        subject: Some(mail.subject),
        body: Some(body),
        attachments: Some(attachments),
        account_id: account.map_or(Patch::Keep, Patch::Set),
        cause: Some(SaveCause::Close),
        ..SaveDraft::default()
    };
    app.make_draft(edit, mail.notes).await
}

fn bytes_at(path: &Path) -> Result<Vec<u8>> {
    let name = name_of(path);
    let missing = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::new(
            Code::NotFound,
            format!("“{name}” isn't there. Look whether it was moved or renamed."),
        ),
        _ => Error::new(
            Code::InvalidFileType,
            format!("“{name}” can't be read. Look whether you may open it."),
        ),
    };
    let about = fs::metadata(path).map_err(missing)?;
    // A pipe or a device would keep the program waiting.
    if !about.is_file() {
        return Err(Error::new(
            Code::InvalidFileType,
            format!("“{name}” is no ordinary file."),
        ));
    }
    if about.len() > MAX_MAIL_FILE_BYTES as u64 {
        return Err(Error::new(
            Code::FileTooLarge,
            format!("“{name}” is larger than 100 MB, more than Draftwell reads."),
        ));
    }
    fs::read(path).map_err(missing)
}

async fn keep_files(store: &Store, mail: &mut ReadMail) -> Result<Vec<Attachment>> {
    let mut kept = Vec::new();
    for file in std::mem::take(&mut mail.files) {
        if kept.len() == MAX_ATTACHMENTS {
            let note = format!(
                "“{}” was left out: {MAX_ATTACHMENTS} files are the most.",
                file.file_name
            );
            mail.notes.push(note);
            continue;
        }
        match store
            .add_bytes(&file.file_name, file.bytes, clock::now())
            .await
        {
            Ok(file) => kept.push(file),
            Err(error) => note_or_fail(mail, error)?,
        }
    }
    Ok(kept)
}

/// What is wrong with a file is said; what is wrong with the disk stops.
fn note_or_fail(mail: &mut ReadMail, error: Error) -> Result<()> {
    if !matches!(error.code, Code::InvalidFileType | Code::FileTooLarge) {
        return Err(error);
    }
    mail.notes.push(format!("Left out: {}", error.message));
    Ok(())
}

/// The account whose address the mail was written from.
async fn account_of(store: &Store, mail: &ReadMail) -> Result<Option<AccountId>> {
    let Some(from) = &mail.from else {
        return Ok(None);
    };
    let accounts = store.list_accounts().await?;
    let own = |address: &str| address.eq_ignore_ascii_case(&from.address);
    Ok(accounts
        .into_iter()
        .find(|account| own(&account.email))
        .map(|account| account.id))
}
