//! The store with a hundred thousand drafts: `cargo bench -p draftwell-store`, part of
//! `make bench`.
//!
//! Each question is asked turn and turn about: by the store as the shell asks it, and as bare SQL
//! that fetches the same rows on the same thread and connection. Compared are the p95 of both: what
//! the store adds is choosing the statement, reading the rows, and marking what was found.
#![allow(
    clippy::disallowed_methods,
    reason = "measuring time is what this is for"
)]

mod crowd;
mod finding;
mod saving;

use std::path::{Path, PathBuf};

use draftwell_store::{FILE_NAME, Store};
use rusqlite::Connection;

/// A store with all the drafts, and beside it the bare means.
struct Bench {
    store: Store,
    /// A connection to a copy of its own.
    bare: Connection,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

fn main() {
    // `cargo bench` and `cargo test --benches` pass arguments of their own.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let made = crowd::folder(&target());
    println!(
        "{:<58} {:>12} {:>10}  aim",
        format!("with {} drafts in the database", crowd::wanted()),
        "figure",
        "ratio"
    );
    let bench = Bench::new(&made);
    if runs("list") {
        finding::pages(&bench);
    }
    if runs("search") {
        finding::searches(&bench);
    }
    if runs("waiting") {
        saving::beside_searches(&bench);
    }
    if runs("save") {
        saving::long_text(&bench);
    }
    bench.store.close();
}

/// Where cargo puts what it makes: this program lies in `target/release/deps`.
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("the path of this program");
    let above = program.ancestors().nth(3);
    above.expect("a folder of cargo's").to_owned()
}

impl Bench {
    fn new(made: &Path) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("draftwell-bench-")
            .tempdir()
            .expect("a folder");
        let [ours, theirs] = ["store", "bare"].map(|name| folder.path().join(name));
        crowd::copy_to(made, &ours);
        crowd::copy_to(made, &theirs);
        let bare = Connection::open(theirs.join(FILE_NAME)).expect("the copy");
        bare.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY;",
        )
        .expect("a connection like the store's");
        Self {
            store: Store::open(&ours).expect("the store"),
            bare,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .expect("a runtime"),
            folder,
        }
    }

    /// The store's data folder.
    fn folder(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

/// One line of the report.
fn row(what: &str, figure: &str, ratio: Option<f64>, aim: &str) {
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    println!("{what:<58} {figure:>12} {ratio:>10}  {aim}");
}

/// The value below which `share` of all lie.
fn percentile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index below a small length"
    )]
    let at = ((values.len() as f64 * share) as usize).min(values.len() - 1);
    values[at]
}

/// Milliseconds that `work` takes.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let started = std::time::Instant::now();
    let done = work();
    (started.elapsed().as_secs_f64() * 1000.0, done)
}
