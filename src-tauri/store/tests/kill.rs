//! The program is killed at any moment, again and again: what was acknowledged is there. Most of
//! the time it saves and thins versions; in some rounds it copies files to be attached and collects
//! those nobody needs, is migrating a former version's file, or recovering a damaged one.
//!
//! A round that fails says which it was: with its seed, and as many rounds as it names, all that
//! was rolled is rolled again. The moments themselves are the machine's.

#![cfg(unix)]

mod support;

use std::{
    collections::BTreeMap,
    fs,
    hash::{BuildHasher, RandomState},
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use draftwell_core::{
    attachment::Attachment,
    document::Document,
    draft::{SaveCause, SaveDraft},
    id::DraftId,
};
use draftwell_store::{FILE_NAME, Incoming, Store};
use support::{FORMER_DRAFTS, at, body, former_file, former_text, versions_of};
use uuid::Uuid;

/// Set for the process that is killed: the folder it works in.
const FOLDER: &str = "DRAFTWELL_KILL_FOLDER";
/// What that process does there.
const WORK: &str = "DRAFTWELL_KILL_WORK";
/// How often to kill.
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

    /// A moment from the start of something that takes so long to some time after its end.
    fn moment(&mut self, full_time: Duration) -> Duration {
        // The process has to start first, on a machine that may be busy.
        let most = full_time * 2 + Duration::from_millis(50);
        Duration::from_micros(self.below(u64::try_from(most.as_micros()).unwrap()))
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn what_was_acknowledged_survives_every_kill() {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let folder = Path::new(&folder);
        match std::env::var(WORK).as_deref() {
            Ok("open") => open_until_killed(folder),
            Ok("copy") => copy_until_killed(folder),
            _ => save_until_killed(folder),
        }
    }
    let seed = number_from(SEED).unwrap_or_else(|| RandomState::new().hash_one(1)) | 1;
    let soak = std::env::var_os("DRAFTWELL_SOAK").is_some();
    let rounds = number_from(ROUNDS).unwrap_or(if soak { 5_000 } else { 500 });
    println!("{SEED}={seed} {ROUNDS}={rounds}");
    let dir = tempfile::tempdir().unwrap();
    let mut dice = Dice(seed);
    let mut acknowledged = BTreeMap::new();
    let mut saves = 0;
    let mut cut_short = [0, 0];
    let mut copies = Copies::default();
    let to_migrate = time_to_open(former_file);
    let to_recover = time_to_open(|path| {
        damaged_file(path);
    });
    for round in 0..rounds {
        let _told = Told { seed, round };
        let folder = dir.path().join((round / 10).to_string());
        match round % 10 {
            5 | 6 => {
                copies.killed(&dir.path().join("copies"), &mut dice);
                continue;
            }
            // Now and then in a new folder, so that the first start is killed too.
            0 => {
                acknowledged.clear();
                if round > 0 {
                    fs::remove_dir_all(dir.path().join((round / 10 - 1).to_string())).unwrap();
                }
            }
            7 => {
                cut_short[0] += u64::from(killed_while_migrating(
                    &dir.path().join("old"),
                    &mut dice,
                    to_migrate,
                ));
                continue;
            }
            8 => {
                cut_short[1] += u64::from(killed_while_recovering(
                    &dir.path().join("damaged"),
                    &mut dice,
                    to_recover,
                ));
                continue;
            }
            _ => {}
        }
        let lifetime = Duration::from_micros(dice.below(250_000));
        saves += kill_after(
            lifetime,
            &folder,
            "save",
            dice.below(u64::MAX),
            &mut acknowledged,
        );
        check(&folder, &acknowledged);
    }
    println!(
        "{saves} saves and {} files were acknowledged; killed before the end: {} migrations, {} \
         recoveries, {} copies, {} collections",
        copies.acknowledged, cut_short[0], cut_short[1], copies.cut_short, copies.half_collected
    );
    assert!(saves > rounds, "it was hardly ever alive: {saves} saves");
    if rounds >= 500 {
        assert!(copies.cut_short > 0, "no kill came inside of a copy");
    }
}

/// Says which round it was if that fails.
struct Told {
    seed: u64,
    round: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!(
                "failed: round {}; again with {SEED}={} {ROUNDS}={}",
                self.round,
                self.seed,
                self.round + 1
            );
        }
    }
}

/// What came of the rounds that copy files.
#[derive(Default)]
struct Copies {
    /// Files of each draft that was acknowledged, by their numbers.
    drafts: BTreeMap<DraftId, u64>,
    rounds: u64,
    acknowledged: u64,
    /// Kills that left a copy unfinished.
    cut_short: u64,
    /// Kills between a row that went and its file.
    half_collected: u64,
}

impl Copies {
    /// Kills a process that attaches files and collects them; then looks whether all that is needed
    /// is there, byte for byte, and nothing half.
    fn killed(&mut self, folder: &Path, dice: &mut Dice) {
        if self.rounds.is_multiple_of(20) {
            let _ = fs::remove_dir_all(folder);
            fs::create_dir_all(folder).unwrap();
            self.drafts.clear();
        }
        self.rounds += 1;
        let lifetime = Duration::from_micros(dice.below(400_000));
        let out = output_until_killed(lifetime, folder, "copy", dice.below(u64::MAX));
        for line in out.lines() {
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["attached", id, number, "."] => {
                    let number = number.parse().unwrap();
                    self.drafts.insert(id.parse().unwrap(), number);
                    self.acknowledged += 1;
                }
                // It is about to go for good, and may be gone.
                ["purging", id, "."] => drop(self.drafts.remove(&id.parse().unwrap())),
                _ => {}
            }
        }
        let data = folder.join("data");
        let files = files_in(&data.join("blobs"));
        let unfinished = |files: &[PathBuf]| -> u64 {
            let names = files.iter().map(|path| path.to_string_lossy().into_owned());
            names.filter(|name| name.ends_with(".unfinished")).count() as u64
        };
        self.cut_short += u64::from(unfinished(&files) > 0);
        let store = Store::open(&data).expect("it opens after a kill");
        let runtime = runtime();
        self.check(&store, &runtime, &data);
        let rows = blob_rows(&data);
        let strays = files.len() as u64 - unfinished(&files) - rows.len() as u64;
        self.half_collected += u64::from(strays > 0);
        // The next run tidies up: nothing half stays, and nothing goes that is needed.
        runtime
            .block_on(store.collect_blobs(AFTER_ALL, AFTER_ALL))
            .expect("a collection");
        self.check(&store, &runtime, &data);
        store.close();
        let left = files_in(&data.join("blobs"));
        assert_eq!(unfinished(&left), 0, "{left:?}");
        assert_eq!(left.len(), blob_rows(&data).len(), "each file has its row");
        is_sound(&data.join(FILE_NAME));
    }

    fn check(&self, store: &Store, runtime: &tokio::runtime::Runtime, data: &Path) {
        for (hash, size) in blob_rows(data) {
            let file = data.join("blobs").join(&hash[..2]).join(&hash);
            let there = fs::metadata(&file).map(|file| file.len());
            assert_eq!(there.ok(), Some(size), "a row has its whole file: {hash}");
        }
        let bytes_of = |file: &Attachment| {
            runtime
                .block_on(store.read_blob(file.hash.clone()))
                .unwrap_or_else(|error| panic!("{} is needed: {error}", file.name))
                .bytes
        };
        for (id, number) in &self.drafts {
            let draft = runtime.block_on(store.get_draft(*id)).expect("it is there");
            let last = draft.attachments.last().expect("its file");
            let found: u64 = last.name.trim_end_matches(".txt").parse().unwrap();
            assert!(
                found >= *number,
                "{number} was acknowledged, {found} is there"
            );
            for version in runtime.block_on(versions_of(store, *id)) {
                for file in &version.attachments {
                    bytes_of(file);
                }
            }
            for file in &draft.attachments {
                let number = file.name.trim_end_matches(".txt").parse().unwrap();
                assert_eq!(bytes_of(file), file_of(number), "a file is whole");
            }
        }
    }
}

/// Later than any file of this machine: everything in a collection is of an earlier run.
const AFTER_ALL: draftwell_core::UnixMillis = draftwell_core::UnixMillis(4_102_444_800_000);

/// All files below a folder.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_in(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Hash and size of each row.
fn blob_rows(data: &Path) -> Vec<(String, u64)> {
    let connection = rusqlite::Connection::open(data.join(FILE_NAME)).unwrap();
    let mut rows = connection.prepare("SELECT hash, size FROM blobs").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap()
}

/// A file that says its number, of up to some megabytes.
fn file_of(number: u64) -> Vec<u8> {
    let mut dice = Dice(number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let lines = match dice.below(3) {
        0 => dice.below(40),
        1 => dice.below(4_000),
        _ => dice.below(200_000),
    };
    let mut file = format!("{number}\n");
    for line in 0..lines {
        file.push_str(&(number.wrapping_add(line) % 99_991).to_string());
        file.push_str(" some words\n");
    }
    file.into_bytes()
}

/// Kills the first start with a former version's file; true if that was before its end.
fn killed_while_migrating(folder: &Path, dice: &mut Dice, full_time: Duration) -> bool {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(FILE_NAME);
    former_file(&path);
    let former = fs::read(&path).unwrap();
    let lifetime = dice.moment(full_time);
    let ended = kill_after(lifetime, folder, "open", 1, &mut BTreeMap::new()) > 0;
    let store = Store::open(folder).expect("it opens after a kill");
    let runtime = runtime();
    for number in 0..FORMER_DRAFTS {
        let id = DraftId(Uuid::from_u128(0xf0_0000 + number as u128));
        let draft = runtime.block_on(store.get_draft(id)).expect("it is there");
        let text = Document::parse(&draft.body).unwrap().plain_text();
        assert_eq!(
            text.trim_end(),
            former_text(number).trim_end(),
            "draft {number}"
        );
        let versions = runtime.block_on(versions_of(&store, id));
        assert_eq!(versions.len(), 1, "draft {number} has its version");
        assert_eq!(versions[0].text, format!("before {number}"));
    }
    store.close();
    let backup = fs::read(folder.join("draftwell.db.version-1.backup")).unwrap();
    assert_eq!(backup.len(), former.len(), "the backup is whole");
    is_sound(&path);
    is_sound(&folder.join("draftwell.db.version-1.backup"));
    !ended
}

/// Kills the first start with a damaged file; true if that was before its end.
fn killed_while_recovering(folder: &Path, dice: &mut Dice, full_time: Duration) -> bool {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).unwrap();
    let path = folder.join(FILE_NAME);
    let bytes = damaged_file(&path);
    let lifetime = dice.moment(full_time);
    let ended = kill_after(lifetime, folder, "open", 1, &mut BTreeMap::new()) > 0;
    let store = Store::open_or_recover(folder, at(1)).expect("it opens after a kill");
    let runtime = runtime();
    let recovery = runtime
        .block_on(store.recovery())
        .unwrap()
        .expect("it is told");
    assert_eq!(recovery.drafts as usize, FORMER_DRAFTS);
    assert!(
        fs::read(&recovery.set_aside).unwrap() == bytes,
        "it is left as it was"
    );
    store.close();
    let aside: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains(".damaged-"))
        .collect();
    assert_eq!(aside.len(), 1, "{aside:?}");
    is_sound(&path);
    !ended
}

/// A former version's file that is damaged where nothing is lost by it; answers its bytes.
fn damaged_file(path: &Path) -> Vec<u8> {
    former_file(path);
    let mut bytes = fs::read(path).unwrap();
    bytes[..16].fill(0);
    fs::write(path, &bytes).unwrap();
    bytes
}

/// How long it takes to open what `make` makes, if nobody kills it: kills shall come at any
/// moment of that on this machine.
#[allow(
    clippy::disallowed_methods,
    reason = "kills come in real time; nothing is judged by it"
)]
fn time_to_open(make: impl FnOnce(&Path)) -> Duration {
    let dir = tempfile::tempdir().unwrap();
    make(&dir.path().join(FILE_NAME));
    let before = std::time::Instant::now();
    Store::open_or_recover(dir.path(), at(0)).unwrap();
    before.elapsed()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
}

fn is_sound(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok", "{}", path.display());
}

/// Runs this test again as the process to be killed. What it acknowledged is noted: revision and
/// number of the text, by draft.
fn kill_after(
    lifetime: Duration,
    folder: &Path,
    work: &str,
    seed: u64,
    acknowledged: &mut BTreeMap<DraftId, (u32, u64)>,
) -> u64 {
    let out = output_until_killed(lifetime, folder, work, seed);
    let mut saves = 0;
    for line in out.lines() {
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

/// Runs this test again as the process to be killed, and answers what it said until then.
fn output_until_killed(lifetime: Duration, folder: &Path, work: &str, seed: u64) -> String {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "what_was_acknowledged_survives_every_kill",
            "--exact",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .env(WORK, work)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(lifetime);
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert_eq!(
        ended.code(),
        None,
        "it was killed and did not end by itself"
    );
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    out
}

fn check(folder: &Path, acknowledged: &BTreeMap<DraftId, (u32, u64)>) {
    let store = Store::open(folder).expect("it opens after a kill");
    let runtime = runtime();
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
    is_sound(&folder.join(FILE_NAME));
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

/// Opens a database, which takes its time with a former version's file or a damaged one.
fn open_until_killed(folder: &Path) -> ! {
    let store = Store::open_or_recover(folder, at(0)).unwrap();
    println!("saved {} 1 1 .", Uuid::nil());
    store.close();
    loop {
        std::thread::park();
    }
}

/// Attaches files to a few drafts, one after the other, takes some out again, deletes drafts for
/// good, and collects what nobody needs then.
fn copy_until_killed(folder: &Path) -> ! {
    let seed = number_from(SEED).expect("the test set it");
    let mut dice = Dice(seed | 1);
    let store = Store::open(&folder.join("data")).unwrap();
    let say = |line: String| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line} .").unwrap();
        out.flush().unwrap();
    };
    runtime().block_on(async {
        let mut number = seed % 1_000_000 * 1_000;
        for draft in 1..=DRAFTS {
            let id = DraftId(Uuid::from_u128(draft));
            if let Ok(draft) = store.get_draft(id).await {
                // Killed on the way to deleting it for good.
                store.restore_draft(id, at(0)).await.unwrap();
                let newest = draft.attachments.last().map(|file| file.name.clone());
                let newest = newest.unwrap_or_default();
                let found = newest.trim_end_matches(".txt").parse().unwrap_or(0);
                number = number.max(found);
            }
        }
        for turn in 1.. {
            number += 1;
            let source = folder.join(format!("{number}.txt"));
            fs::write(&source, file_of(number)).unwrap();
            let incoming = Incoming {
                path: source.clone(),
                name: String::new(),
                progress: Box::new(|_, _| ()),
                cancelled: std::sync::Arc::default(),
            };
            let file = store.add_file(incoming, at(turn)).await.unwrap();
            fs::remove_file(source).unwrap();
            let id = DraftId(Uuid::from_u128(1 + u128::from(dice.below(3))));
            let known = store.get_draft(id).await.ok();
            let mut attachments = known.map_or_else(Vec::new, |draft| draft.attachments);
            // Some are taken out; versions still need them.
            attachments.truncate(usize::try_from(dice.below(4)).unwrap());
            attachments.push(file);
            let edit = SaveDraft {
                id: Some(id),
                attachments: Some(attachments),
                cause: Some(SaveCause::Blur),
                ..SaveDraft::default()
            };
            let version = draftwell_core::id::VersionId(Uuid::from_u64_pair(seed, number));
            store.save_draft(edit, id, version, at(turn)).await.unwrap();
            say(format!("attached {id} {number}"));
            if dice.below(4) == 0 {
                say(format!("purging {id}"));
                store.delete_draft(id, at(turn)).await.unwrap();
                store.purge_draft(id).await.unwrap();
            }
            if dice.below(3) == 0 {
                store.collect_blobs(AFTER_ALL, AFTER_ALL).await.unwrap();
            }
        }
        unreachable!("it is killed")
    })
}

fn save_until_killed(folder: &Path) -> ! {
    let seed = number_from(SEED).expect("the test set it");
    let mut dice = Dice(seed | 1);
    let store = Store::open(folder).unwrap();
    runtime().block_on(async {
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
