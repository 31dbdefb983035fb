//! Damaged databases: set aside, and what can be read taken over.

mod support;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use draftwell_core::{
    UnixMillis,
    contact::SaveContact,
    document::Document,
    draft::{ListDrafts, SaveCause, SaveDraft},
    id::{ContactId, DraftId},
    recovery::Recovery,
};
use draftwell_store::{FILE_NAME, Store};
use support::{House, at, body, draft_id, fresh, mailbox, typed, version_id};

/// A small generator, so that a seed repeats a run (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % bound
    }
}

/// A closed data folder with drafts of all sizes, and their texts.
struct Archive {
    dir: tempfile::TempDir,
    texts: BTreeMap<DraftId, String>,
}

const DRAFTS: u64 = 120;

impl Archive {
    async fn new() -> Self {
        let House { dir, store } = House::new();
        let mut texts = BTreeMap::new();
        for number in 0..DRAFTS {
            let id = draft_id();
            let words = match number % 10 {
                0 => 9_000,
                1..=3 => 400,
                _ => 20,
            };
            let text: Vec<String> = (0..words).map(|word| format!("w{number}x{word}")).collect();
            let text = text.join(" ");
            let edit = SaveDraft {
                to: Some(vec![mailbox("Ada", "ada@example.org")]),
                subject: Some(format!("Subject {number}")),
                ..typed(id, 0, &text)
            };
            store
                .save_draft(edit, id, version_id(), at(number as i64))
                .await
                .unwrap();
            texts.insert(id, text);
        }
        let contact = SaveContact {
            name: Some("Grace".to_owned()),
            email: Some("grace@example.org".to_owned()),
            ..SaveContact::default()
        };
        store
            .save_contact(contact, ContactId(fresh()), at(0))
            .await
            .unwrap();
        store.close();
        Self { dir, texts }
    }

    /// A copy to damage.
    fn copy(&self) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        fs::copy(self.dir.path().join(FILE_NAME), &path).unwrap();
        (dir, path)
    }

    /// How many drafts at most a file loses with these pages.
    fn at_stake(&self, pages: &[u32]) -> usize {
        let connection = rusqlite::Connection::open(self.dir.path().join(FILE_NAME)).unwrap();
        pages
            .iter()
            .map(|page| {
                connection
                    .query_row(
                        "SELECT CASE pagetype WHEN 'leaf' THEN ncell WHEN 'overflow' THEN 1 ELSE 0 END
                         FROM dbstat WHERE name = 'drafts' AND pageno = ?1",
                        [page],
                        |row| row.get::<_, u32>(0),
                    )
                    .unwrap_or(0) as usize
            })
            .sum()
    }

    /// How many of the drafts are not there whole. What is there is theirs.
    async fn missing(&self, store: &Store, replay: &str) -> usize {
        let mut missing = 0;
        for (id, text) in &self.texts {
            let Ok(draft) = store.get_draft(*id).await else {
                missing += 1;
                continue;
            };
            let found = Document::parse(&draft.body)
                .expect("a text of ours")
                .plain_text();
            if found != *text {
                missing += 1;
                // Cut short, or with the rubbish of the damaged place in it, but no other draft's.
                let own = found
                    .split_whitespace()
                    .filter(|word| text.contains(word))
                    .count();
                assert!(
                    found.is_empty() || own * 2 >= found.split_whitespace().count(),
                    "{replay}: {id} has another text: {found:.200}"
                );
            }
        }
        missing
    }
}

/// Opens a folder the way the program does: with a look beside the work.
async fn open(dir: &Path) -> (Store, Option<Recovery>) {
    let store = Store::open_or_recover(dir, at(1_000)).expect("the program starts in every case");
    let mut is_damaged = store.check().await.is_err();
    let page = ListDrafts {
        limit: Some(100),
        ..ListDrafts::default()
    };
    if let Ok(page) = store.list_drafts(page).await {
        for draft in page.items {
            is_damaged |= store.get_draft(draft.id).await.is_err();
        }
    }
    if is_damaged {
        store.damage().await;
        store
            .recover(at(1_000))
            .await
            .expect("it is recovered in the midst of the work");
    }
    let recovery = store.recovery().await.unwrap();
    (store, recovery)
}

fn set_aside(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".damaged-"))
        .collect();
    found.sort();
    found
}

/// What must hold after every recovery.
async fn sound(dir: &Path, store: &Store, replay: &str) {
    let page = store.list_drafts(ListDrafts::default()).await;
    page.unwrap_or_else(|error| panic!("{replay}: the list can't be read: {error}"));
    let words = ListDrafts {
        search: Some("subject".to_owned()),
        ..ListDrafts::default()
    };
    store.list_drafts(words).await.expect("searching works");
    let id = draft_id();
    store
        .save_draft(typed(id, 0, "goes on"), id, version_id(), at(2_000))
        .await
        .unwrap_or_else(|error| panic!("{replay}: writing does not go on: {error}"));
    store.close();
    let connection = rusqlite::Connection::open(dir.join(FILE_NAME)).unwrap();
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok", "{replay}");
    let broken: Vec<String> = connection
        .prepare("SELECT DISTINCT \"table\" || ' to ' || parent FROM pragma_foreign_key_check")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(
        broken.is_empty(),
        "{replay}: something refers to what is lost: {broken:?}"
    );
}

#[tokio::test]
async fn damage_anywhere_costs_only_what_stood_there() {
    let archive = Archive::new().await;
    let rounds = match std::env::var("DRAFTWELL_DAMAGE_SEED") {
        Ok(seed) => vec![seed.parse().unwrap()],
        Err(_) if std::env::var_os("DRAFTWELL_SOAK").is_some() => (1..=400).collect(),
        Err(_) => (1..=20).collect(),
    };
    let mut recovered = 0;
    for seed in rounds {
        let replay = format!("DRAFTWELL_DAMAGE_SEED={seed}");
        let mut dice = Dice::of(seed);
        let (dir, path) = archive.copy();
        let mut bytes = fs::read(&path).unwrap();
        let count = bytes.len() / 4096;
        // The first page in every fifth round, others at random; whole or in part.
        let mut pages: Vec<usize> = (0..1 + dice.below(5)).map(|_| dice.below(count)).collect();
        if seed % 5 == 0 {
            pages.push(0);
        }
        for page in &pages {
            let from = if dice.below(2) == 0 {
                0
            } else {
                dice.below(4000)
            };
            for byte in &mut bytes[page * 4096 + from..(page + 1) * 4096] {
                *byte = dice.below(256) as u8;
            }
        }
        fs::write(&path, &bytes).unwrap();
        let numbers: Vec<u32> = pages.iter().map(|page| *page as u32 + 1).collect();
        let (store, recovery) = open(dir.path()).await;
        let missing = archive.missing(&store, &replay).await;
        assert!(
            missing <= archive.at_stake(&numbers),
            "{replay}: {missing} drafts are gone, {} stood on the pages {numbers:?}",
            archive.at_stake(&numbers)
        );
        if let Some(recovery) = recovery {
            recovered += 1;
            let aside = set_aside(dir.path());
            assert_eq!(aside[0].to_string_lossy(), recovery.set_aside, "{replay}");
            assert!(
                fs::read(&aside[0]).unwrap() == bytes,
                "{replay}: it is left as it was"
            );
            assert!(
                recovery.drafts as usize + missing >= archive.texts.len(),
                "{replay}"
            );
        }
        sound(dir.path(), &store, &replay).await;
    }
    assert!(
        recovered > 10 || std::env::var_os("DRAFTWELL_DAMAGE_SEED").is_some(),
        "{recovered}"
    );
}

/// Whose page it is decides what is lost: here all that says which files there are and who needs
/// them.
#[tokio::test]
async fn files_stay_when_what_refers_to_them_is_damaged() {
    let House { dir, store } = House::new();
    let plan = b"the plan of the garden".to_vec();
    let attached = store
        .add_bytes("plan.txt", plan.clone(), at(1))
        .await
        .unwrap();
    let mut id = draft_id();
    for number in 0..40 {
        id = draft_id();
        let edit = SaveDraft {
            attachments: Some(vec![attached.clone()]),
            ..typed(id, 0, &format!("See the plan {number}"))
        };
        let saved = store.save_draft(edit, id, version_id(), at(2)).await;
        saved.unwrap();
    }
    store.close();
    let path = dir.path().join(FILE_NAME);
    let pages: Vec<usize> = rusqlite::Connection::open(&path)
        .unwrap()
        .prepare(
            "SELECT pageno FROM dbstat WHERE name IN ('blobs', 'blob_uses', 'blob_uses_by_draft')",
        )
        .unwrap()
        .query_map([], |row| row.get::<_, u32>(0))
        .unwrap()
        .map(|page| page.unwrap() as usize)
        .collect();
    assert!(pages.len() >= 3, "{pages:?}");
    let mut bytes = fs::read(&path).unwrap();
    for page in pages {
        bytes[(page - 1) * 4096..page * 4096].fill(0xaa);
    }
    fs::write(&path, &bytes).unwrap();

    let (store, recovery) = open(dir.path()).await;
    assert!(recovery.expect("it was damaged").has_gaps);
    // As two later starts of the program do, which would find nobody who needs the file.
    for start in [9_999_999_999_998, 9_999_999_999_999] {
        let start = UnixMillis(start);
        store.collect_blobs(start, start).await.unwrap();
    }
    let draft = store.get_draft(id).await.unwrap();
    assert_eq!(draft.attachments, std::slice::from_ref(&attached));
    let kept = store.read_blob(attached.hash.clone()).await.unwrap();
    assert_eq!(kept.bytes, plan);
    assert_eq!(kept.mime, "text/plain");
    sound(dir.path(), &store, "files").await;
}

#[tokio::test]
async fn a_damaged_beginning_costs_nothing() {
    let archive = Archive::new().await;
    let (dir, path) = archive.copy();
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4096].fill(0xaa);
    fs::write(&path, &bytes).unwrap();
    let (store, recovery) = open(dir.path()).await;
    assert_eq!(archive.missing(&store, "").await, 0);
    let recovery = recovery.unwrap();
    assert_eq!(u64::from(recovery.drafts), DRAFTS);
    assert!(
        recovery
            .set_aside
            .ends_with("draftwell.db.damaged-2026-01-01T00-16-40Z")
    );
    let contacts = store.list_contacts(None).await.unwrap();
    assert_eq!(contacts.len(), 1, "contacts are found again, too");
    store.forget_recovery().await.unwrap();
    assert_eq!(
        store.recovery().await.unwrap(),
        None,
        "told until it was read"
    );
    sound(dir.path(), &store, "").await;
}

#[tokio::test]
async fn what_only_the_log_has_is_taken_over() {
    let archive = Archive::new().await;
    let (dir, path) = archive.copy();
    let store = Store::open(dir.path()).unwrap();
    let id = draft_id();
    store
        .save_draft(typed(id, 0, "only in the log"), id, version_id(), at(5))
        .await
        .unwrap();
    // As a kill would leave it.
    let killed = tempfile::tempdir().unwrap();
    let log = dir.path().join("draftwell.db-wal");
    fs::copy(&log, killed.path().join("draftwell.db-wal")).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 9000].fill(0x55);
    fs::write(killed.path().join(FILE_NAME), &bytes).unwrap();
    let (store, recovery) = open(killed.path()).await;
    assert!(recovery.is_some());
    assert_eq!(
        store.get_draft(id).await.unwrap().body,
        body("only in the log")
    );
    let aside = set_aside(killed.path());
    assert_eq!(
        aside.len(),
        2,
        "the log is set aside with its file: {aside:?}"
    );
    assert!(aside[1].to_string_lossy().ends_with("Z-wal"));
    sound(killed.path(), &store, "").await;
}

#[tokio::test]
async fn no_file_keeps_the_program_from_starting() {
    let archive = Archive::new().await;
    let whole = fs::read(archive.dir.path().join(FILE_NAME)).unwrap();
    let cases: [(&str, Vec<u8>); 7] = [
        ("empty", Vec::new()),
        ("one byte", vec![0]),
        ("no database", b"This is not a database. ".repeat(400)),
        ("cut short within the header", whole[..60].to_vec()),
        ("cut short after a page", whole[..4096].to_vec()),
        (
            "cut short in the middle",
            whole[..whole.len() / 2 + 100].to_vec(),
        ),
        ("all zeros", vec![0; whole.len()]),
    ];
    for (name, bytes) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(FILE_NAME), &bytes).unwrap();
        let (store, recovery) = open(dir.path()).await;
        let recovery = recovery.unwrap_or_else(|| panic!("{name}: the user is told"));
        let aside = set_aside(dir.path());
        assert_eq!(aside[0].to_string_lossy(), recovery.set_aside, "{name}");
        assert!(
            fs::read(&aside[0]).unwrap() == bytes,
            "{name}: it is left as it was"
        );
        if name == "cut short in the middle" {
            assert!(recovery.drafts > 10, "{name}: {recovery:?}");
        }
        sound(dir.path(), &store, name).await;
    }
}

#[tokio::test]
async fn several_damaged_files_are_kept_beside_each_other() {
    let dir = tempfile::tempdir().unwrap();
    for text in ["first", "second", "third"] {
        fs::write(dir.path().join(FILE_NAME), text).unwrap();
        let (store, recovery) = open(dir.path()).await;
        assert_eq!(
            fs::read_to_string(recovery.unwrap().set_aside).unwrap(),
            text
        );
        store.close();
    }
    assert_eq!(set_aside(dir.path()).len(), 3);
}

#[tokio::test]
async fn a_newer_versions_file_is_never_taken_for_a_damaged_one() {
    let archive = Archive::new().await;
    let (dir, path) = archive.copy();
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection
        .pragma_update(None, "user_version", 1_000)
        .unwrap();
    drop(connection);
    let mut bytes = fs::read(&path).unwrap();
    for damage in [false, true] {
        if damage {
            let half = bytes.len() / 2;
            bytes.truncate(half);
            fs::write(&path, &bytes).unwrap();
        }
        let Err(error) = Store::open_or_recover(dir.path(), at(0)) else {
            panic!("it must not be touched");
        };
        assert!(error.message.contains("newer version"), "{error}");
        assert!(fs::read(&path).unwrap() == bytes);
        assert_eq!(set_aside(dir.path()), Vec::<PathBuf>::new());
    }
}

#[tokio::test]
async fn damage_met_while_working_is_mended_while_working() {
    let archive = Archive::new().await;
    let (dir, path) = archive.copy();
    let store = Store::open(dir.path()).unwrap();
    // Read once, so that connections are open that must let go of the file.
    store.list_drafts(ListDrafts::default()).await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    bytes[4096 * (pages / 3)..4096 * (pages - 2)].fill(0x77);
    fs::write(&path, &bytes).unwrap();
    let mut met = None;
    for id in archive.texts.keys() {
        if let Err(error) = store.get_draft(*id).await {
            met = Some(error);
            break;
        }
    }
    assert!(met.expect("some work meets it").message.contains("damaged"));
    store.damage().await;
    let saves: Vec<_> = (0..10)
        .map(|_| {
            let (store, id) = (store.clone(), draft_id());
            tokio::spawn(async move {
                store
                    .save_draft(typed(id, 0, "typed meanwhile"), id, version_id(), at(9))
                    .await
            })
        })
        .collect();
    let recovery = store.recover(at(10)).await.unwrap();
    assert!(recovery.has_gaps);
    assert!(recovery.drafts > 10, "{recovery:?}");
    for save in saves {
        // Before or after: in the damaged file it may fail, but never in silence.
        let _ = save.await.unwrap();
    }
    assert!(
        !dir.path().join("draftwell.db-wal").exists()
            || fs::read(&path).unwrap().starts_with(b"SQLite format 3"),
        "the new file is a database"
    );
    sound(dir.path(), &store, "").await;
}

#[tokio::test]
async fn a_change_of_files_that_was_killed_is_finished() {
    let archive = Archive::new().await;
    let damaged = b"damaged";
    // How far it had come: nothing renamed, the file, the file and its log.
    for (has_file, has_log) in [(true, true), (false, true), (false, false)] {
        let dir = tempfile::tempdir().unwrap();
        let name = "draftwell.db.recovered-2026-01-01T00-00-00Z";
        fs::copy(archive.dir.path().join(FILE_NAME), dir.path().join(name)).unwrap();
        let aside = dir.path().join("draftwell.db.damaged-2026-01-01T00-00-00Z");
        let file = if has_file {
            dir.path().join(FILE_NAME)
        } else {
            aside.clone()
        };
        fs::write(file, damaged).unwrap();
        let log = if has_log {
            dir.path().join("draftwell.db-wal")
        } else {
            dir.path()
                .join("draftwell.db.damaged-2026-01-01T00-00-00Z-wal")
        };
        fs::write(log, "log").unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(archive.missing(&store, "").await, 0);
        assert_eq!(fs::read(&aside).unwrap(), damaged);
        assert!(!dir.path().join(name).exists());
        assert_eq!(set_aside(dir.path()).len(), 2);
        store.close();
    }
}

#[tokio::test]
async fn a_lost_draft_lives_on_in_its_newest_version() {
    let mut house = House::new();
    let id = draft_id();
    for (revision, text) in ["the first text", "the second text"].iter().enumerate() {
        let edit = SaveDraft {
            subject: Some("Kept".to_owned()),
            cause: Some(SaveCause::Polish),
            ..typed(id, revision as u32, text)
        };
        house
            .store
            .save_draft(edit, id, version_id(), at(revision as i64))
            .await
            .unwrap();
    }
    house.store.close();
    let sql = house.sql();
    sql.execute_batch("PRAGMA foreign_keys = OFF; DELETE FROM drafts;")
        .unwrap();
    drop(sql);
    // Recovered because of another place.
    let path = house.path().join(FILE_NAME);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..16].fill(0);
    fs::write(&path, bytes).unwrap();
    house.store = open(house.path()).await.0;
    let page = house.store.list_drafts(ListDrafts::default()).await;
    let draft = page.unwrap().items.remove(0);
    assert_eq!(draft.subject, "Kept");
    assert_eq!(draft.snippet, "the first text");
}

#[tokio::test]
async fn a_former_versions_file_is_recovered_even_if_it_does_not_say_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    support::former_file(&path);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4096].fill(0xaa);
    fs::write(&path, &bytes).unwrap();
    let (store, recovery) = open(dir.path()).await;
    assert_eq!(recovery.unwrap().drafts as usize, support::FORMER_DRAFTS);
    sound(dir.path(), &store, "").await;
}

#[tokio::test]
async fn a_log_whose_file_is_gone_is_not_taken_for_the_new_files() {
    let house = House::new();
    let id = draft_id();
    house
        .store
        .save_draft(typed(id, 0, "in the log"), id, version_id(), at(0))
        .await
        .unwrap();
    let left = tempfile::tempdir().unwrap();
    let log = "draftwell.db-wal";
    fs::copy(house.path().join(log), left.path().join(log)).unwrap();
    let (store, recovery) = open(left.path()).await;
    let aside = set_aside(left.path());
    assert_eq!(aside.len(), 1, "the log is kept");
    assert_eq!(aside[0].to_string_lossy(), recovery.unwrap().set_aside);
    let page = store.list_drafts(ListDrafts::default()).await.unwrap();
    assert_eq!(page.items.len(), 1, "what the log had is there");
    sound(left.path(), &store, "").await;
}
