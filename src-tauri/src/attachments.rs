//! Attaching files: from the picker, dropped on a window, or pasted; and looking at them again.
//!
//! The page never names a path. What it may attach is what the user picked in the system's dialog,
//! dropped (kept here under a number until the page says what to do with it), or pasted as bytes.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD};
use draftwell_core::{
    Code, Error, Result,
    attachment::{Attachment, clean_name},
    polish::limit::{Limiter, REQUESTS},
};
use draftwell_store::Incoming;
use tauri::{AppHandle, DragDropEvent, Manager, WebviewWindow};
use tauri_plugin_dialog::DialogExt;
use tauri_specta::Event;
use tokio::sync::Notify;

use crate::{
    app::{App, internal},
    clock,
    commands::attachments::{
        AddedFiles, AddedImages, AttachmentProgress, FilesDragged, RefusedFile, SaveAttachment,
    },
    commands::images::InlineImage,
    images, users_files,
};

/// The folder for copies that another program shows; emptied at the next start.
const OPENED: &str = "opened";
/// When files nobody needs are looked for, after the start.
const COLLECT_AFTER: Duration = Duration::from_secs(60);
/// The largest image that goes into a text by being dropped there.
const MAX_IMAGE_BYTES: u64 = 25 * 1024 * 1024;

/// What is under way.
#[derive(Default)]
pub struct Attachments {
    limiter: Mutex<Limiter>,
    /// Copies that can be cancelled, by the page's name for them.
    copies: Mutex<HashMap<String, Arc<AtomicBool>>>,
    /// Dropped files the page has not asked for yet. Only the last drop of each window counts.
    drops: Mutex<HashMap<String, (String, Vec<PathBuf>)>>,
    /// A page has brought its journal into the database.
    page_is_there: Notify,
}

impl Attachments {
    /// A page has started, and its journal is in the database.
    pub fn page_is_there(&self) {
        self.page_is_there.notify_one();
    }

    /// Lets the user pick files and attaches them; an empty answer if none were picked.
    pub async fn pick(&self, app: &App, window: &WebviewWindow, request: String) -> AddedFiles {
        let (reply, answer) = tokio::sync::oneshot::channel();
        app.handle
            .dialog()
            .file()
            .set_parent(window)
            .set_title("Attach files")
            .pick_files(move |picked| {
                let _ = reply.send(picked.unwrap_or_default());
            });
        let picked = answer.await.unwrap_or_default();
        let paths = picked
            .into_iter()
            .filter_map(|path| path.into_path().ok())
            .collect();
        self.add(app, window, request, paths).await
    }

    /// Attaches what was dropped.
    ///
    /// # Errors
    /// `NOT_FOUND` where something else was dropped since.
    pub async fn add_dropped(
        &self,
        app: &App,
        window: &WebviewWindow,
        drop_id: &str,
        request: String,
    ) -> Result<AddedFiles> {
        let paths = self.dropped(window, drop_id)?;
        Ok(self.add(app, window, request, paths).await)
    }

    /// Keeps dropped pictures for the text they were dropped into; what is none doesn't stop the
    /// others.
    ///
    /// # Errors
    /// As [`Attachments::add_dropped`].
    pub async fn add_dropped_images(
        &self,
        app: &App,
        window: &WebviewWindow,
        drop_id: &str,
    ) -> Result<AddedImages> {
        let mut outcome = AddedImages::default();
        for path in self.dropped(window, drop_id)? {
            let name = name_of(&path);
            match add_image(app, path, name.clone()).await {
                Ok(image) => outcome.images.push(image),
                Err(error) => outcome.refused.push(RefusedFile { name, error }),
            }
        }
        Ok(outcome)
    }

    /// What was dropped on a window, once.
    ///
    /// # Errors
    /// `NOT_FOUND` where something else was dropped since.
    pub fn dropped(&self, window: &WebviewWindow, drop_id: &str) -> Result<Vec<PathBuf>> {
        let mut drops = lock(&self.drops);
        match drops.remove(window.label()) {
            Some((id, paths)) if id == drop_id => Ok(paths),
            _ => Err(Error::not_found("drop")),
        }
    }

    /// Attaches bytes the page was given by a paste.
    ///
    /// # Errors
    /// As [`draftwell_store::Store::add_bytes`]; `RATE_LIMIT_EXCEEDED`.
    pub async fn add_data(&self, app: &App, name: &str, data: &str) -> Result<Attachment> {
        self.take_one()?;
        let bytes = BASE64_STANDARD
            .decode(data)
            .map_err(|_| Error::invalid("data", "The file did not arrive whole. Try again."))?;
        app.store()?.add_bytes(name, bytes, clock::now()).await
    }

    /// One after the other; what can't be attached doesn't stop the others.
    async fn add(
        &self,
        app: &App,
        window: &WebviewWindow,
        request: String,
        paths: Vec<PathBuf>,
    ) -> AddedFiles {
        let cancelled = Arc::new(AtomicBool::new(false));
        lock(&self.copies).insert(request.clone(), Arc::clone(&cancelled));
        let mut outcome = AddedFiles::default();
        for path in paths {
            match self.add_one(app, window, &request, &path, &cancelled).await {
                Ok(file) => outcome.added.push(file),
                Err(_) if cancelled.load(Ordering::Relaxed) => break,
                Err(error) => outcome.refused.push(RefusedFile {
                    name: name_of(&path),
                    error,
                }),
            }
        }
        lock(&self.copies).remove(&request);
        outcome
    }

    async fn add_one(
        &self,
        app: &App,
        window: &WebviewWindow,
        request: &str,
        path: &Path,
        cancelled: &Arc<AtomicBool>,
    ) -> Result<Attachment> {
        self.take_one()?;
        let progress = {
            let (window, request, name) = (window.clone(), request.to_owned(), name_of(path));
            move |done: u64, total: u64| {
                let told = AttachmentProgress {
                    request_id: request.clone(),
                    name: name.clone(),
                    percent: u32::try_from(done * 100 / total.max(1)).unwrap_or(100),
                }
                .emit_to(&window, window.label());
                if let Err(error) = told {
                    tracing::debug!(%error, "the page was not told how far a file is");
                }
            }
        };
        let incoming = Incoming {
            path: path.to_owned(),
            name: String::new(),
            progress: Box::new(progress),
            cancelled: Arc::clone(cancelled),
        };
        app.store()?.add_file(incoming, clock::now()).await
    }

    fn take_one(&self) -> Result<()> {
        let now = clock::now();
        let mut limiter = lock(&self.limiter);
        let left = limiter.look(now);
        if left.remaining == 0 {
            return Err(Error::new(
                Code::RateLimitExceeded,
                format!(
                    "{REQUESTS} files were attached within a minute. The next one can follow in \
                     {} s.",
                    left.resets_in_seconds
                ),
            )
            .retry_after(left.resets_in_seconds));
        }
        limiter.take(now).map(drop)
    }

    /// Stops copying; what is not under way is no error.
    pub fn cancel(&self, request: &str) {
        if let Some(cancelled) = lock(&self.copies).get(request) {
            cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// A window's files are dragged over it, dropped, or dragged away again.
    pub fn dragged(&self, window: &WebviewWindow, event: &DragDropEvent) {
        let scale = window.scale_factor().unwrap_or(1.0);
        let told = match event {
            DragDropEvent::Enter { paths, .. } if has_files(paths) => FilesDragged::Over,
            DragDropEvent::Drop { paths, position } if has_files(paths) => {
                let paths: Vec<_> = paths.iter().filter(|path| path.exists()).cloned().collect();
                let position = position.to_logical::<f64>(scale);
                let drop_id = clock::new_id().to_string();
                let names = paths.iter().map(|path| name_of(path)).collect();
                lock(&self.drops).insert(window.label().to_owned(), (drop_id.clone(), paths));
                FilesDragged::Dropped {
                    drop_id,
                    names,
                    x: position.x,
                    y: position.y,
                }
            }
            DragDropEvent::Leave | DragDropEvent::Drop { .. } => FilesDragged::Gone,
            _ => return,
        };
        if let Err(error) = told.emit_to(window, window.label()) {
            tracing::warn!(%error, "the page was not told of dragged files");
        }
    }

    /// Shows a file in the program the system has for it. What is opened is a copy that can't be
    /// written: nobody's changes in it get lost in a mail that doesn't have them.
    ///
    /// # Errors
    /// `NOT_FOUND`, `STORAGE_FULL`; `INTERNAL_ERROR` where the system has no program for it.
    pub async fn open(&self, app: &App, file: Attachment) -> Result<()> {
        let blob = app.store()?.read_blob(file.hash.clone()).await?;
        let folder = app
            .data_dir()
            .join(OPENED)
            .join(clock::new_id().to_string());
        let path = folder.join(clean_name(&file.name));
        let written = tauri::async_runtime::spawn_blocking({
            let path = path.clone();
            move || write_read_only(&folder, &path, &blob.bytes)
        });
        written
            .await
            .map_err(|error| internal("The file could not be opened", &error))?
            .map_err(|error| unwritable(&error))?;
        tauri_plugin_opener::open_path(&path, None::<&str>).map_err(|error| {
            tracing::warn!(%error, "a file was not opened");
            Error::new(
                Code::InternalError,
                "No program could be started for this file. Save it and open it yourself.",
            )
        })
    }

    /// Lets the user save a file; false where they thought better of it.
    ///
    /// # Errors
    /// `NOT_FOUND`; `STORAGE_FULL`: a file that was there before is then as it was.
    pub async fn save(
        &self,
        app: &App,
        window: &WebviewWindow,
        args: SaveAttachment,
    ) -> Result<bool> {
        let blob = app.store()?.read_blob(args.file.hash).await?;
        let (reply, answer) = tokio::sync::oneshot::channel();
        app.handle
            .dialog()
            .file()
            .set_parent(window)
            .set_title("Save the file")
            .set_file_name(clean_name(&args.file.name))
            .save_file(move |path| {
                let _ = reply.send(path);
            });
        let Some(path) = answer
            .await
            .ok()
            .flatten()
            .and_then(|path| path.into_path().ok())
        else {
            return Ok(false);
        };
        users_files::write(path, blob.bytes).await?;
        Ok(true)
    }
}

async fn add_image(app: &App, path: PathBuf, name: String) -> Result<InlineImage> {
    let bytes = users_files::read(path, MAX_IMAGE_BYTES).await?;
    images::keep(app, name, bytes).await
}

/// Once a run, when the start is long over: removes files that nothing has needed since an earlier
/// run of the program. A program that was started into the tray alone waits with it until a page
/// is there: its journal may name files that the database doesn't know to be needed yet.
pub async fn collect(handle: AppHandle) {
    let started = clock::now();
    let app = handle.state::<App>();
    app.attachments.page_is_there.notified().await;
    tokio::time::sleep(COLLECT_AFTER).await;
    let collected = match app.store() {
        Ok(store) => store.collect_blobs(started, clock::now()).await,
        Err(error) => Err(error),
    };
    match collected {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "files nobody needs were removed"),
        Err(error) => tracing::warn!(code = ?error.code, "files nobody needs could not be removed"),
    }
}

/// Removes the copies other programs were shown by former runs.
pub fn forget_opened(data_dir: &Path) {
    if let Err(error) = fs::remove_dir_all(data_dir.join(OPENED))
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(kind = %error.kind(), "copies of opened files could not be removed");
    }
}

fn write_read_only(folder: &Path, path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(path, bytes)?;
    let mut permissions = fs::metadata(path)?.permissions();
    permissions.set_readonly(true);
    fs::set_permissions(path, permissions)
}

/// What is said where a file of the user's can't be written.
pub fn unwritable(error: &std::io::Error) -> Error {
    tracing::warn!(kind = %error.kind(), "a file could not be written");
    Error::new(
        Code::StorageFull,
        "The file can't be written there. Look whether the disk is full and whether you may \
         write into that folder.",
    )
}

/// What is dragged from a web page has addresses, which are no files.
fn has_files(paths: &[PathBuf]) -> bool {
    paths.iter().any(|path| path.exists())
}

/// A file's name as it can be shown.
pub fn name_of(path: &Path) -> String {
    clean_name(&path.file_name().unwrap_or_default().to_string_lossy())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Passes a window's drag and drop on.
pub fn on_drag(window: &WebviewWindow, event: &DragDropEvent) {
    if let Some(app) = window.try_state::<App>() {
        app.attachments.dragged(window, event);
    }
}
