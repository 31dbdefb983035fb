//! A desktop of its own for every test: home, session bus, keyring, screen, and somebody who
//! types, as far away from the developer's own desktop as one process can be from another.
//!
//! A test makes a [`Desk`], sets what its environment shall say, and starts Draftwell on it:
//! [`Desk::start`] drives the real window through WebKitWebDriver. Whatever is started is
//! stopped when its value is dropped, by process group and never by name, so that tests run
//! beside each other and beside a developer's own session. If a test fails, a picture of the
//! window and all logs stay in `tests/.out/`.
//!
//! Deliberately absent: fixed ports, fixed display numbers, and sleeps. Tests wait for what they
//! need to see, and say what that was if it doesn't come ([`wait`]).

pub mod app;
pub mod bus;
pub mod counterparts;
pub mod desk;
pub mod dialog;
pub mod dice;
pub mod faults;
pub mod gate;
pub mod line;
pub mod middle;
pub mod postfix;
pub mod process;
pub mod wait;
pub mod wire;

pub use app::App;
pub use desk::Desk;

use std::path::{Path, PathBuf};

/// The project's folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder for what a failed test leaves behind.
pub fn out_dir() -> PathBuf {
    root().join("tests/.out")
}

/// The built program.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_draftwell")
}
