//! The shell: windows, tray, commands and workers around the rules.
//!
//! Everything that decides is in `draftwell-core`; the shell asks the clock, holds the windows,
//! and wires the store and the providers to the commands.

use std::{path::Path, process::ExitCode, time::Duration};

use tauri::{AppHandle, Manager, RunEvent};

mod accounts;
mod app;
mod attachments;
pub mod bindings;
mod browser;
pub mod cli;
mod clients;
mod clock;
pub mod commands;
mod environment;
mod events;
mod folder;
mod freeze;
mod images;
mod logging;
mod mail_files;
mod mailboxes;
mod models;
mod outbox;
mod polish;
mod practice;
mod refuge;
mod secrets;
mod smtp;
mod storage;
mod tidy;
mod tray;
mod users_files;
mod windows;

use app::App;
use cli::{Invocation, Source};
use commands::windows::ShowDraft;

/// Runs the program.
pub fn run() -> ExitCode {
    clock::start();
    // A file's name may be any bytes; one that is no text can't be found, and is told so.
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|argument| argument.to_string_lossy().into_owned())
        .collect();
    let folder = std::env::current_dir().unwrap_or_default();
    let invocation = cli::parse(&arguments, &folder);
    match &invocation {
        Invocation::Help => print!("{}", cli::HELP),
        Invocation::Version => println!("draftwell {}", env!("CARGO_PKG_VERSION")),
        Invocation::Wrong(message) => {
            eprint!("{message}");
            return ExitCode::from(2);
        }
        _ => return start(invocation),
    }
    ExitCode::SUCCESS
}

fn start(invocation: Invocation) -> ExitCode {
    #[cfg(target_os = "linux")]
    {
        environment::choose_renderer();
        environment::leave_no_core_dump();
    }
    let data_dir = match folder::find() {
        Ok(path) => path,
        Err(error) => {
            eprintln!("Draftwell can't use its data folder: {error}");
            return ExitCode::FAILURE;
        }
    };
    logging::start(&data_dir);
    attachments::forget_opened(&data_dir);
    match build(&data_dir, invocation) {
        Ok(app) => {
            // A second start has handed over and ended by now, if there is a session bus.
            match folder::Claimed::claim(&data_dir) {
                Ok(Some(claimed)) => app.manage(claimed),
                Ok(None) => {
                    eprintln!("Another Draftwell uses this data folder; it is asked for nothing.");
                    return ExitCode::FAILURE;
                }
                Err(error) => {
                    eprintln!("Draftwell can't use its data folder: {error}");
                    return ExitCode::FAILURE;
                }
            };
            let code = app.run_return(on_run_event);
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            ExitCode::FAILURE
        }
    }
}

fn build(data_dir: &Path, invocation: Invocation) -> tauri::Result<tauri::App> {
    let builder = bindings::builder();
    tauri::Builder::default()
        // First, so that a second start ends before it opens anything.
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(folder::bus_name(data_dir))
                .callback(|app, arguments, folder| {
                    let arguments = arguments.get(1..).unwrap_or_default();
                    let invocation = cli::parse(arguments, Path::new(&folder));
                    let app = app.clone();
                    tauri::async_runtime::spawn(async move {
                        // The bus may bring it while this process is still starting.
                        while app.try_state::<App>().is_none() {
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                        follow(&app, invocation);
                    });
                })
                .build(),
        )
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .register_asynchronous_uri_scheme_protocol(images::SCHEME, images::serve)
        .invoke_handler(builder.invoke_handler())
        .manage(windows::Windows::default())
        .manage(folder::DataDir(data_dir.to_owned()))
        .setup(move |app| {
            builder.mount_events(app);
            let data_dir = app.state::<folder::DataDir>().0.clone();
            // The web view loads its page while the database is opened.
            let handle = app.handle().clone();
            if invocation == Invocation::Open {
                windows::open_main(&handle, None);
            }
            app.manage(App::open(handle.clone(), &data_dir));
            if invocation != Invocation::Open {
                follow(&handle, invocation);
            }
            if let Err(error) = tray::build(&handle) {
                tracing::warn!(%error, "no tray icon");
            }
            tauri::async_runtime::spawn(tidy::work(handle.clone()));
            tauri::async_runtime::spawn(attachments::collect(handle.clone()));
            tauri::async_runtime::spawn(outbox::work(handle.clone()));
            tauri::async_runtime::spawn(mailboxes::work(handle.clone()));
            tauri::async_runtime::spawn(storage::watch(handle));
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Does what a command line asks for, this process's own or that of a later start.
fn follow(handle: &AppHandle, invocation: Invocation) {
    match invocation {
        Invocation::Compose(None) => windows::open_compose(handle, None.into()),
        Invocation::Compose(Some(from)) => {
            let handle = handle.clone();
            tauri::async_runtime::spawn(async move {
                let app = handle.state::<App>();
                let made = match &from {
                    Source::Link(link) => app.draft_from_link(link).await,
                    Source::File(path) => mail_files::import(&app, path).await,
                };
                let shown = made.map_or_else(
                    |error| {
                        tracing::error!(code = ?error.code, "no draft was made of an argument");
                        ShowDraft {
                            problem: Some(error),
                            ..ShowDraft::default()
                        }
                    },
                    |(id, notes)| ShowDraft {
                        draft_id: Some(id),
                        notes,
                        problem: None,
                    },
                );
                windows::open_compose(&handle, shown);
            });
        }
        Invocation::Background => {}
        _ => windows::open_main(handle, None),
    }
}

fn on_run_event(handle: &AppHandle, event: RunEvent) {
    match event {
        // The code is none when the last window closed, and set when the program asked to end.
        RunEvent::ExitRequested {
            api, code: None, ..
        } if windows::stays_without_window(handle, handle.state::<App>().close_to_tray()) => {
            api.prevent_exit();
        }
        RunEvent::Exit => handle.state::<App>().close(),
        _ => {}
    }
}
