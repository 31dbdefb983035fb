//! Freezing a mail with 18 MB of files, from the files to the frozen mail on the disk, beside
//! Python's `email` that does the same: `cargo bench -p draftwell-store --bench freezing`, part of
//! `make bench`. Both in turn, medians of seven; the memory is the most this process ever took
//! beyond what it had before.
#![allow(
    clippy::disallowed_methods,
    reason = "measuring time is what this is for"
)]

use std::{fs, path::Path, process::Command, time::Instant};

use draftwell_core::{
    UnixMillis,
    address::Mailbox,
    message::{AttachedPart, Composition, framed},
};
use draftwell_store::Store;

const FILES: usize = 3;
const FILE_BYTES: usize = 6_000_000;
const ROUNDS: usize = 7;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let store = Store::open(folder.path()).expect("a store");
    let mut hashes = Vec::new();
    for number in 0..FILES {
        let bytes = noise(number as u64);
        fs::write(folder.path().join(format!("{number}.pdf")), &bytes).expect("a file");
        let kept = store.put_blob(
            bytes,
            "application/pdf".to_owned(),
            None,
            None,
            UnixMillis(0),
        );
        hashes.push(runtime.block_on(kept).expect("a kept file").hash);
    }
    let before = memory("VmRSS");
    fs::write("/proc/self/clear_refs", "5").expect("the peak begins anew");
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        ours.push(freeze(&store, &runtime, &hashes, round));
        theirs.push(python(folder.path()));
    }
    let peak = memory("VmHWM").saturating_sub(before);
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    let megabytes = FILES * FILE_BYTES / 1_000_000;
    println!("freezing a mail with {megabytes} MB of files");
    println!(
        "  {:.0} ms, Python's email {:.0} ms: ratio {:.3} (aim 0.15)",
        ours * 1_000.0,
        theirs * 1_000.0,
        ours / theirs
    );
    let of_files = peak as f64 * 1024.0 / (FILES * FILE_BYTES) as f64;
    println!("  memory beyond that before: {peak} KiB, {of_files:.2} x the files (aim 2)");
    store.close();
}

/// One mail, another one each time: a file that is there already is not written again.
fn freeze(
    store: &Store,
    runtime: &tokio::runtime::Runtime,
    hashes: &[String],
    round: usize,
) -> f64 {
    let mailbox = |name: Option<&str>, address: &str| Mailbox {
        name: name.map(str::to_owned),
        address: address.to_owned(),
    };
    let attached = (0..hashes.len()).map(|number| AttachedPart {
        file_name: format!("file {number}.pdf"),
        mime: "application/pdf".to_owned(),
        bytes: Vec::new(),
    });
    let composition = Composition {
        from: mailbox(Some("Ada Lovelace"), "ada@example.com"),
        to: vec![mailbox(None, "bob@example.org")],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "With files".to_owned(),
        text: "Here they are.\n".to_owned(),
        html: "<p>Here they are.</p>\n".to_owned(),
        inline: Vec::new(),
        attached: attached.collect(),
        date: UnixMillis(1_767_268_800_000),
        message_id: format!("<{round}@example.com>"),
        answers: None,
    };
    let began = Instant::now();
    let files = store.message_files(Vec::new(), hashes.to_vec());
    let message = framed(&composition, &files).expect("a message");
    let kept = runtime.block_on(store.keep_message(message, files));
    let seconds = began.elapsed().as_secs_f64();
    assert!(kept.expect("a file").size > (FILES * FILE_BYTES) as u64);
    seconds
}

fn python(folder: &Path) -> f64 {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/tools/freeze_mail.py");
    let files = (0..FILES).map(|number| folder.join(format!("{number}.pdf")));
    let said = Command::new("python3")
        .arg(tool)
        .arg(folder.join("python.eml"))
        .args(files)
        .output()
        .expect("Python");
    let seconds = String::from_utf8_lossy(&said.stdout).trim().parse();
    seconds.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&said.stderr)))
}

/// Bytes that can't be compressed, the same each time.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(next).take(FILE_BYTES).collect()
}

/// A figure of this process, in KiB.
fn memory(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let digits = line.map(|line| line.matches(char::is_numeric).collect::<String>());
    digits.and_then(|kib| kib.parse().ok()).expect("a number")
}

fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
