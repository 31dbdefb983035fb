//! Logs to standard error and to `logs/draftwell.log` in the data folder.
//!
//! What is logged never contains text of drafts, addresses' owners, keys or tokens: log ids and
//! codes. `DRAFTWELL_LOG` sets what is shown, as `tracing`'s `EnvFilter` reads it.

use std::{fs, io, path::Path, sync::Mutex};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// The log is begun anew when it is larger than this at the start.
const LARGEST: u64 = 2 * 1024 * 1024;

/// Starts logging. A log file that can't be opened is no reason not to start.
pub fn start(data_dir: &Path) {
    let filter = EnvFilter::try_from_env("DRAFTWELL_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,draftwell=info,draftwell_store=info"));
    let file = open(&data_dir.join("logs"))
        .map(|file| fmt::layer().with_ansi(false).with_writer(Mutex::new(file)));
    let (file, problem) = match file {
        Ok(layer) => (Some(layer), None),
        Err(error) => (None, Some(error)),
    };
    let started = tracing_subscriber::registry()
        .with(filter)
        .with(fmt::layer().with_ansi(false).with_writer(io::stderr))
        .with(file)
        .try_init();
    if started.is_ok()
        && let Some(error) = problem
    {
        tracing::warn!(%error, "no log file");
    }
}

fn open(folder: &Path) -> io::Result<fs::File> {
    fs::create_dir_all(folder)?;
    let path = folder.join("draftwell.log");
    if fs::metadata(&path).is_ok_and(|data| data.len() > LARGEST) {
        fs::rename(&path, folder.join("draftwell.old.log"))?;
    }
    fs::OpenOptions::new().create(true).append(true).open(path)
}
