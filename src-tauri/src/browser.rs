//! Opening links outside: the sign-in page and the links of a text.

use std::process::{Command, Stdio};

use draftwell_core::{Code, Error, Result};

use crate::environment;

/// Opens a web or mail link with the program named by `BROWSER`, else the system's own.
///
/// Other schemes are refused: a link in a draft may come from anywhere.
pub fn open(url: &str) -> Result<()> {
    let scheme = url
        .split(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    if !matches!(scheme.as_str(), "http" | "https" | "mailto") {
        return Err(Error::invalid(
            "url",
            "Only web and mail links can be opened.",
        ));
    }
    let opened = match environment::browser() {
        Some(program) => without_our_secrets(Command::new(program))
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map(reap),
        None => tauri_plugin_opener::open_url(url, None::<&str>)
            .map_err(|error| std::io::Error::other(error.to_string())),
    };
    opened.map_err(|error| {
        tracing::warn!(%error, "no browser could be started");
        Error::new(
            Code::InternalError,
            "No browser could be started. Copy the link and open it yourself.",
        )
    })
}

/// The browser is no business of our keys.
fn without_our_secrets(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("DRAFTWELL_") {
            command.env_remove(name);
        }
    }
    command
}

/// Waits for the browser's starter in the background, so that it doesn't stay as a zombie.
fn reap(mut child: std::process::Child) {
    std::thread::spawn(move || child.wait());
}
