//! The program is killed at any moment, again and again: what was acknowledged is there.

#![cfg(unix)]

mod support;

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use draftwell_core::{
    document::Document,
    draft::{SaveCause, SaveDraft},
    id::DraftId,
};
use draftwell_store::Store;
use support::{at, body, versions_of};
use uuid::Uuid;

/// Set for the process that is killed: the folder it works in.
const FOLDER: &str = "DRAFTWELL_KILL_FOLDER";
/// How often to kill; the long run sets it.
const ROUNDS: &str = "DRAFTWELL_KILL_ROUNDS";
/// Repeats a run that failed.
const SEED: &str = "DRAFTWELL_KILL_SEED";

const DRAFTS: u128 = 3;

/// A small generator, so that a seed repeats a run (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        save_until_killed(Path::new(&folder));
    }
    let seed = number_from(SEED).unwrap_or_else(|| RandomState::new().hash_one(1)) | 1;
    let rounds = number_from(ROUNDS).unwrap_or(30);
    println!("{SEED}={seed} {ROUNDS}={rounds}");
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Dice(seed);
    let mut acknowledged = BTreeMap::new();
    let mut saves = 0;
    for round in 0..rounds {
        // Now and then in a new folder, so that the first start is killed too.
        let folder = dir.path().join((round / 10).to_string());
        if round % 10 == 0 {
            acknowledged.clear();
        }
        let lifetime = Duration::from_micros(dice.below(250_000));
        saves += kill_after(lifetime, &folder, dice.below(u64::MAX), &mut acknowledged);
        check(&folder, &acknowledged);
    }
    assert!(saves > rounds, "it was hardly ever alive: {saves} saves");
}

/// Runs this test again as the process to be killed. What it acknowledged is noted: revision and
/// number of the text, by draft.
fn kill_after(
    lifetime: Duration,
    folder: &Path,
    seed: u64,
    acknowledged: &mut BTreeMap<DraftId, (u32, u64)>,
) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "what_was_acknowledged_survives_every_kill",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(lifetime);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    let mut saves = 0;
    for line in BufReader::new(out.as_bytes()).lines() {
        let line = line.unwrap();
        let mut words = line.split(' ');
        // A last line that was cut short by the kill was not acknowledged whole.
        if let (Some("saved"), Some(id), Some(revision), Some(number), Some("."), None) = (
            words.next(),
            words.next(),
            words.next(),
            words.next(),
            words.next(),
            words.next(),
        ) {
            let state = (revision.parse().unwrap(), number.parse().unwrap());
            acknowledged.insert(id.parse().unwrap(), state);
            saves += 1;
        }
    }
    saves
}

fn check(folder: &Path, acknowledged: &BTreeMap<DraftId, (u32, u64)>) {
    let store = Store::open(folder).expect("it opens after a kill");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    for (id, (revision, number)) in acknowledged {
        let draft = runtime.block_on(store.get_draft(*id)).expect("it is there");
        let text = Document::parse(&draft.body).unwrap().plain_text();
        let found: u64 = text.split(' ').next().unwrap().parse().unwrap();
        assert!(
            draft.revision >= *revision && found >= *number,
            "revision {revision} with text {number} was acknowledged, {} with {found} is there",
            draft.revision
        );
        assert_eq!(text, text_of(found), "a text is whole");
        for version in runtime.block_on(versions_of(&store, *id)) {
            let number: u64 = version.text.split(' ').next().unwrap().parse().unwrap();
            assert_eq!(version.text, text_of(number), "a version is whole");
        }
    }
    store.close();
    let connection = rusqlite::Connection::open(folder.join(draftwell_store::FILE_NAME)).unwrap();
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
    let lost: i64 = connection
        .query_row(
            "SELECT (SELECT count(*) FROM draft_versions v
                     WHERE v.keyframe NOT IN (SELECT seq FROM version_keyframes))
                  + (SELECT count(*) FROM version_keyframes k
                     WHERE k.seq NOT IN (SELECT keyframe FROM draft_versions))",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(
        lost, 0,
        "each version has its keyframe, each keyframe a version"
    );
}

/// A text that says its number and has a length of its own.
fn text_of(number: u64) -> String {
    let words = number.wrapping_mul(7919) % 3_000;
    let mut text = number.to_string();
    for word in 0..words {
        text.push_str(&format!(" word{}", (number + word) % 611));
    }
    text
}

fn save_until_killed(folder: &Path) -> ! {
    let seed = number_from(SEED).expect("the test set it");
    let mut dice = Dice(seed | 1);
    let store = Store::open(folder).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut seconds = 0;
        let mut number = 0;
        for draft in 1..=DRAFTS {
            if let Ok(draft) = store.get_draft(DraftId(Uuid::from_u128(draft))).await {
                let text = Document::parse(&draft.body).unwrap().plain_text();
                let found: u64 = text.split(' ').next().unwrap().parse().unwrap();
                number = number.max(found);
                seconds = (draft.updated_at.0 - at(0).0) / 1000;
            }
        }
        loop {
            number += 1;
            // Close together, and now and then so far apart that there is much to thin.
            seconds += if dice.below(12) == 0 { 4_000 } else { 7 };
            if dice.below(4) == 0 {
                store.thin_versions(at(seconds)).await.unwrap();
            }
            let id = DraftId(Uuid::from_u128(1 + u128::from(dice.below(3))));
            let cause = match dice.below(5) {
                0 => SaveCause::Polish,
                _ => SaveCause::Typing,
            };
            let edit = SaveDraft {
                id: Some(id),
                body: Some(body(&text_of(number))),
                cause: Some(cause),
                ..SaveDraft::default()
            };
            let version = draftwell_core::id::VersionId(Uuid::from_u64_pair(seed, number));
            let saved = store
                .save_draft(edit, id, version, at(seconds))
                .await
                .unwrap();
            let mut out = std::io::stdout().lock();
            writeln!(out, "saved {id} {} {number} .", saved.revision).unwrap();
            out.flush().unwrap();
        }
    })
}
