//! The two windows: the main one and quick compose. Both load the same page code; each may call
//! only the commands that its capability file names.
//!
//! No window is kept hidden: one that is closed gives its memory back, and opening it again
//! takes about a second (the figures are in the README).

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use draftwell_core::id::DraftId;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_specta::Event;

use crate::{
    attachments,
    commands::windows::{CloseRequested, ShowDraft},
    folder::DataDir,
    tray,
};

/// Label of the main window.
pub const MAIN: &str = "main";
/// Label of the quick compose window.
pub const COMPOSE: &str = "compose";

/// How long a page may take to save before its window is closed all the same. What it could not
/// save is in its journal.
const CLOSE_PATIENCE: Duration = Duration::from_secs(3);

/// What the windows are about to do.
#[derive(Default)]
pub struct Windows {
    /// What a window that is still loading shall show.
    pending: Mutex<HashMap<String, ShowDraft>>,
    /// Windows whose page has loaded.
    ready: Mutex<HashSet<String>>,
    /// Windows whose page has saved.
    may_close: Mutex<HashSet<String>>,
    /// Windows whose page was asked to save, with the number of that question: a window closed
    /// and opened again under the same label must not be closed by the former one's patience.
    asked: Mutex<HashMap<String, u64>>,
    questions: AtomicU64,
    /// What was asked for while its window was closing: opened again once that is gone.
    reopen: Mutex<HashMap<String, ShowDraft>>,
    /// The program ends when the last window is closed, tray or not.
    quitting: AtomicBool,
}

/// Shows the main window, and this draft in it.
pub fn open_main(app: &AppHandle, draft: Option<DraftId>) {
    open(app, MAIN, draft.into());
}

/// Shows the quick compose window, and a draft in it.
pub fn open_compose(app: &AppHandle, shown: ShowDraft) {
    open(app, COMPOSE, shown);
}

fn open(app: &AppHandle, label: &str, shown: ShowDraft) {
    let windows = app.state::<Windows>();
    // The page of a window that is closing answers no more: what it was told would be lost.
    if is_closing(&windows, label)
        && let Ok(mut reopen) = windows.reopen.lock()
    {
        reopen.insert(label.to_owned(), shown);
        return;
    }
    if let Some(window) = app.get_webview_window(label) {
        // Raising is best effort: some window managers refuse it.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
        if windows
            .ready
            .lock()
            .is_ok_and(|ready| ready.contains(label))
        {
            if (shown.draft_id.is_some() || label == COMPOSE)
                && let Err(error) = shown.emit_to(app, label)
            {
                tracing::warn!(%error, label, "the window was not told what to show");
            }
            return;
        }
    }
    if let Ok(mut pending) = windows.pending.lock() {
        pending.insert(label.to_owned(), shown);
    }
    if app.get_webview_window(label).is_none()
        && let Err(error) = build(app, label)
    {
        tracing::error!(%error, label, "the window could not be opened");
    }
}

fn is_closing(windows: &Windows, label: &str) -> bool {
    windows
        .asked
        .lock()
        .is_ok_and(|asked| asked.contains_key(label))
        || windows
            .may_close
            .lock()
            .is_ok_and(|may_close| may_close.contains(label))
}

/// Opens a closed window again that somebody asked for while it was closing.
fn open_again(app: &AppHandle, label: &str) {
    let is_wanted = |app: &AppHandle| {
        let windows = app.state::<Windows>();
        windows
            .reopen
            .lock()
            .is_ok_and(|reopen| reopen.contains_key(label))
    };
    if !is_wanted(app) {
        return;
    }
    let app = app.clone();
    let label = label.to_owned();
    tauri::async_runtime::spawn(async move {
        // Its label is free when the window is gone for good.
        while app.get_webview_window(&label).is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let (handle, name) = (app.clone(), label.clone());
        let opened = app.run_on_main_thread(move || {
            let wanted = handle
                .state::<Windows>()
                .reopen
                .lock()
                .ok()
                .and_then(|mut reopen| reopen.remove(&name));
            if let Some(wanted) = wanted {
                open(&handle, &name, wanted);
            }
        });
        if let Err(error) = opened {
            tracing::warn!(%error, label, "the window was not opened again");
        }
    });
}

fn build(app: &AppHandle, label: &str) -> tauri::Result<()> {
    let (page, title, size, smallest) = match label {
        COMPOSE => (
            "compose.html",
            "Quick compose",
            (620.0, 560.0),
            (420.0, 360.0),
        ),
        _ => ("index.html", "Draftwell", (1180.0, 780.0), (480.0, 400.0)),
    };
    let window = WebviewWindowBuilder::new(app, label, WebviewUrl::App(page.into()))
        .title(title)
        .inner_size(size.0, size.1)
        .min_inner_size(smallest.0, smallest.1)
        .data_directory(app.state::<DataDir>().of_web_view())
        .on_navigation(is_own_page)
        .build()?;
    #[cfg(target_os = "linux")]
    tune_web_view(&window)?;
    let handle = app.clone();
    let name = label.to_owned();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            let windows = handle.state::<Windows>();
            let saved = windows
                .may_close
                .lock()
                .is_ok_and(|mut set| set.remove(&name));
            let loaded = windows.ready.lock().is_ok_and(|set| set.contains(&name));
            if !saved && loaded {
                api.prevent_close();
                ask_page_to_save(&handle, &name);
            }
        }
        WindowEvent::DragDrop(event) => {
            if let Some(window) = handle.get_webview_window(&name) {
                attachments::on_drag(&window, event);
            }
        }
        WindowEvent::Destroyed => {
            forget_page(&handle, &name);
            open_again(&handle, &name);
        }
        _ => {}
    });
    Ok(())
}

/// Settings that only WebKitGTK's own interface has.
#[cfg(target_os = "linux")]
fn tune_web_view(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{CacheModel, WebContextExt, WebViewExt};
    let app = window.app_handle().clone();
    let label = window.label().to_owned();
    window.with_webview(move |web_view| {
        let view = web_view.inner();
        if let Some(context) = view.context() {
            // One local page is shown and never left: caches for browsing are of no use.
            context.set_cache_model(CacheModel::DocumentViewer);
        }
        view.connect_web_process_terminated(move |view, reason| {
            tracing::warn!(label, ?reason, "the page's process ended; loading it again");
            forget_page(&app, &label);
            view.reload();
        });
    })
}

/// The page of a window is gone: it has to say again that it is ready.
fn forget_page(app: &AppHandle, label: &str) {
    let windows = app.state::<Windows>();
    for set in [&windows.ready, &windows.may_close] {
        if let Ok(mut set) = set.lock() {
            set.remove(label);
        }
    }
    if let Ok(mut asked) = windows.asked.lock() {
        asked.remove(label);
    }
}

/// The web view never leaves the program's own page; links open in the browser.
fn is_own_page(url: &tauri::Url) -> bool {
    match url.scheme() {
        "tauri" | "about" => true,
        // Windows shows the page under this address; elsewhere it would be a real server.
        "http" | "https" if cfg!(windows) && url.host_str() == Some("tauri.localhost") => true,
        "http" | "https" => is_dev_server(url),
        _ => false,
    }
}

fn is_dev_server(url: &tauri::Url) -> bool {
    tauri::is_dev() && url.host_str() == Some("127.0.0.1")
}

fn ask_page_to_save(app: &AppHandle, label: &str) {
    let windows = app.state::<Windows>();
    let question = windows.questions.fetch_add(1, Ordering::Relaxed);
    if let Ok(mut asked) = windows.asked.lock() {
        asked.insert(label.to_owned(), question);
    }
    tracing::info!(label, "asking the page to save");
    if let Err(error) = CloseRequested.emit_to(app, label) {
        tracing::warn!(%error, label, "the page could not be asked to save");
    }
    let app = app.clone();
    let label = label.to_owned();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(CLOSE_PATIENCE).await;
        let asked = app
            .state::<Windows>()
            .asked
            .lock()
            .ok()
            .and_then(|all| all.get(&label).copied());
        if asked == Some(question)
            && let Some(window) = app.get_webview_window(&label)
        {
            tracing::warn!(label, "the page did not answer; closing its window");
            close_now(&window);
        }
    });
}

/// Closes a window whose page has saved.
pub fn close_now(window: &WebviewWindow) {
    if let Ok(mut set) = window.state::<Windows>().may_close.lock() {
        set.insert(window.label().to_owned());
    }
    if let Err(error) = window.close() {
        tracing::warn!(%error, "the window did not close");
    }
}

/// The page has loaded; answers what it shall show.
pub fn page_is_ready(window: &WebviewWindow) -> ShowDraft {
    let windows = window.state::<Windows>();
    if let Ok(mut ready) = windows.ready.lock() {
        ready.insert(window.label().to_owned());
    }
    windows
        .pending
        .lock()
        .ok()
        .and_then(|mut pending| pending.remove(window.label()))
        .unwrap_or_default()
}

/// Ends the program once every page has saved.
pub fn quit(app: &AppHandle) {
    app.state::<Windows>()
        .quitting
        .store(true, Ordering::SeqCst);
    let open = app.webview_windows();
    if open.is_empty() {
        app.exit(0);
    }
    for window in open.values() {
        if let Err(error) = window.close() {
            tracing::warn!(%error, "the window did not close");
        }
    }
}

/// Whether the program goes on without a window.
pub fn stays_without_window(app: &AppHandle, close_to_tray: bool) -> bool {
    let windows = app.state::<Windows>();
    let quitting = windows.quitting.load(Ordering::SeqCst);
    let comes_back = windows.reopen.lock().is_ok_and(|reopen| !reopen.is_empty());
    comes_back || (!quitting && close_to_tray && tray::is_visible())
}
