//! The shell: windows, tray, commands and workers around the rules.
//!
//! Everything that decides is in `draftwell-core`; the shell asks the clock, holds the windows,
//! and wires the store and the providers to the commands.

use std::process::ExitCode;

use tauri::{AppHandle, Manager, RunEvent};

pub mod bindings;
mod browser;
pub mod cli;
mod clock;
pub mod commands;
mod environment;
mod folder;
mod logging;
mod tray;
mod windows;

use cli::Invocation;

/// Runs the program.
pub fn run() -> ExitCode {
    clock::start();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let invocation = cli::parse(&arguments);
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
    environment::choose_renderer();
    let data_dir = match folder::find() {
        Ok(path) => path,
        Err(error) => {
            eprintln!("Draftwell can't use its data folder: {error}");
            return ExitCode::FAILURE;
        }
    };
    logging::start(&data_dir);
    match build(data_dir, invocation) {
        Ok(app) => {
            let code = app.run_return(on_run_event);
            ExitCode::from(u8::try_from(code).unwrap_or(1))
        }
        Err(error) => {
            tracing::error!(%error, "the program could not start");
            ExitCode::FAILURE
        }
    }
}

fn build(data_dir: std::path::PathBuf, invocation: Invocation) -> tauri::Result<tauri::App> {
    let builder = bindings::builder();
    tauri::Builder::default()
        // First, so that a second start ends before it opens anything.
        .plugin(
            tauri_plugin_single_instance::Builder::new()
                .dbus_id(folder::bus_name(&data_dir))
                .callback(|app, arguments, _| {
                    follow(app, cli::parse(arguments.get(1..).unwrap_or_default()));
                })
                .build(),
        )
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(builder.invoke_handler())
        .manage(windows::Windows::default())
        .setup(move |app| {
            builder.mount_events(app);
            let Some(claimed) = folder::Claimed::claim(&data_dir)? else {
                return Err("another Draftwell uses this data folder".into());
            };
            app.manage(folder::DataDir(claimed.path.clone()));
            app.manage(claimed);
            follow(app.handle(), invocation);
            tray::build(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Does what a command line asks for, this process's own or that of a later start.
fn follow(app: &AppHandle, invocation: Invocation) {
    match invocation {
        Invocation::Compose { mailto } => {
            let _ = mailto;
            windows::open_compose(app, None);
        }
        Invocation::Background => {}
        _ => windows::open_main(app, None),
    }
}

fn on_run_event(app: &AppHandle, event: RunEvent) {
    // `code` is none when the last window closed, and set when the program asked to end.
    if let RunEvent::ExitRequested {
        api, code: None, ..
    } = event
        && windows::stays_without_window(app, true)
    {
        api.prevent_exit();
    }
}
