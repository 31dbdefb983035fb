//! Disks that are full or can't be written, and a file that another process has locked: real
//! ones, a small file system of its own for each test.
//!
//! A test runs itself again inside a mount namespace, where its folder is a tmpfs that goes with
//! the process. That takes root, or a kernel that lets users have namespaces; where neither is,
//! these tests fail and say so.

#![cfg(target_os = "linux")]

mod support;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use draftwell_core::{
    Code, Error, UnixMillis,
    account::{AccountKind, GMAIL_SEND},
    draft::{ListDrafts, SaveDraft},
    id::{AccountId, EmailId},
    outbox::{EmailStatus, OutboxStore, Pace, transmit},
    ports::{BoxFuture, Found, MailSender, OutgoingMessage, SentMessage, StepResult},
};
use draftwell_store::{FILE_NAME, NewAccount, NewEmail, Store};
use support::{at, body, draft_id, fresh, mailbox, message, typed, version_id};

/// Set inside: the folder that is the small file system.
const FOLDER: &str = "DRAFTWELL_SMALL_DISK";

/// Runs the test `name` again with a file system of so many bytes; inside, answers its folder.
fn small_disk(name: &str, bytes: u64) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let script = format!("mount -t tmpfs -o size={bytes} small \"${FOLDER}\" && exec \"$@\"");
    let inside = Command::new("unshare")
        .args(if is_root() {
            &["--mount"][..]
        } else {
            &["--user", "--map-root-user", "--mount"]
        })
        .args(["sh", "-c", &script, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .expect("unshare, of util-linux");
    let said = String::from_utf8_lossy(&inside.stdout);
    assert!(
        inside.status.success() && said.contains("1 passed"),
        "within its own file system (mounting one takes root or user namespaces):\n{said}\n{}",
        String::from_utf8_lossy(&inside.stderr)
    );
    None
}

fn is_root() -> bool {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .expect("id, of coreutils");
    id.stdout == b"0\n"
}

/// Takes all the room there is.
fn fill(folder: &Path) {
    let mut file = fs::File::create(folder.join("filler")).unwrap();
    let full = (0..)
        .map(|_| file.write_all(&[7; 4096]))
        .find_map(Result::err);
    assert_eq!(full.unwrap().kind(), std::io::ErrorKind::StorageFull);
    // To the last byte.
    while file.write_all(&[7]).is_ok() {}
}

fn make_room(folder: &Path) {
    fs::remove_file(folder.join("filler")).unwrap();
}

fn remount(folder: &Path, how: &str) {
    let done = Command::new("mount")
        .args(["-o", &format!("remount,{how}")])
        .arg(folder)
        .status()
        .unwrap();
    assert!(done.success(), "remounting {how}");
}

fn open_error(folder: &Path) -> Error {
    match Store::open_or_recover(folder, at(0)) {
        Ok(_) => panic!("it should not open"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn what_a_full_disk_refused_is_stored_when_there_is_room_again() {
    let name = "what_a_full_disk_refused_is_stored_when_there_is_room_again";
    let Some(folder) = small_disk(name, 4 << 20) else {
        return;
    };
    let store = Store::open(&folder).unwrap();
    let id = draft_id();
    let save = async |base, text: &str, second| {
        store
            .save_draft(typed(id, base, text), id, version_id(), at(second))
            .await
    };
    save(0, "first", 0).await.unwrap();
    fill(&folder);
    // What fits into the room the database already has may still be stored.
    let (mut revision, mut refused) = (1, None);
    for second in 1..200 {
        let text = format!("{second} {}", "many words ".repeat(3_000));
        match save(revision, &text, second).await {
            Ok(saved) => revision = saved.revision,
            Err(error) => {
                refused = Some((error, text));
                break;
            }
        }
    }
    let (error, text) = refused.expect("a full disk");
    assert_eq!(error.code, Code::StorageFull);
    assert!(error.message.contains("disk is full"), "{error}");
    assert!(error.is_transient(), "the page tries again by itself");
    assert_eq!(
        store.get_draft(id).await.unwrap().revision,
        revision,
        "reading goes on"
    );
    make_room(&folder);
    let saved = save(revision, &text, 900).await.unwrap();
    assert_eq!(saved.revision, revision + 1);
    store.close();
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.get_draft(id).await.unwrap().body, body(&text));
    assert_eq!(
        store.recovery().await.unwrap(),
        None,
        "a full disk damages nothing"
    );
    store.check().await.unwrap();
}

/// A provider that takes a mail, and a disk that is full when it says so; and, when the worker has
/// waited a while to write that down, room again.
struct FullMeanwhile {
    store: Store,
    folder: PathBuf,
    sent: AtomicU32,
    waits: AtomicU32,
}

impl FullMeanwhile {
    /// Fills the disk, and the room that the database has within its files.
    async fn fill_up(&self) {
        fill(&self.folder);
        let id = draft_id();
        for revision in 0..200 {
            let text = format!("{revision} {}", "many words ".repeat(3_000));
            let edit = typed(id, revision, &text);
            if self
                .store
                .save_draft(edit, id, version_id(), at(1))
                .await
                .is_err()
            {
                return;
            }
        }
        panic!("the disk is never full");
    }
}

impl MailSender for FullMeanwhile {
    fn create_draft<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<String>> {
        panic!("the account sends at once");
    }

    fn send_draft<'a>(&'a self, _: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        panic!("the account sends at once");
    }

    fn look<'a>(&'a self, _: &'a str, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<Found>> {
        panic!("nothing is unclear");
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async {
            self.sent.fetch_add(1, Ordering::Relaxed);
            self.fill_up().await;
            Ok(SentMessage {
                id: "m-1".to_owned(),
                thread_id: None,
            })
        })
    }
}

impl Pace for FullMeanwhile {
    fn now(&self) -> UnixMillis {
        at(120)
    }

    fn random(&self) -> u32 {
        0
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async {
            if self.waits.fetch_add(1, Ordering::Relaxed) == 2 {
                make_room(&self.folder);
            }
        })
    }

    fn stopped_short(&self, error: &Error) {
        assert_eq!(error.code, Code::StorageFull, "{error}");
    }
}

#[tokio::test]
async fn what_became_of_a_mail_is_written_down_when_a_full_disk_has_room_again() {
    let name = "what_became_of_a_mail_is_written_down_when_a_full_disk_has_room_again";
    let Some(folder) = small_disk(name, 4 << 20) else {
        return;
    };
    let store = Store::open(&folder).unwrap();
    let account = NewAccount {
        kind: AccountKind::Gmail,
        subject: "1".to_owned(),
        email: "me@gmail.com".to_owned(),
        display_name: String::new(),
        scopes: vec![GMAIL_SEND.to_owned()],
    };
    let account = store.upsert_account(account, AccountId(fresh()), at(0));
    let account = account.await.unwrap();
    let draft = draft_id();
    let edit = SaveDraft {
        to: Some(vec![mailbox("Ada", "ada@example.org")]),
        ..typed(draft, 0, "text")
    };
    store
        .save_draft(edit, draft, version_id(), at(0))
        .await
        .unwrap();
    let new = NewEmail {
        id: EmailId(fresh()),
        version_id: version_id(),
        draft_id: draft,
        revision: 1,
        account_id: account.id,
        message_id: "<1@gmail.com>".to_owned(),
        queued_at: at(100),
        not_before: at(110),
        scheduled: false,
    };
    let message = message(&store, b"Date: x\r\n\r\ny\r\n").await.unwrap();
    let email = store.queue_email(new, message).await.unwrap();
    let taken = store.take_up("worker", &[], at(120), 0).await.unwrap();
    let meanwhile = FullMeanwhile {
        store: store.clone(),
        folder,
        sent: AtomicU32::new(0),
        waits: AtomicU32::new(0),
    };
    let leased = taken.leased.unwrap();
    let state = transmit(leased, &meanwhile, &store, &meanwhile).await;
    assert_eq!(state.unwrap().status, EmailStatus::Sent);
    assert_eq!(meanwhile.sent.load(Ordering::Relaxed), 1, "sent once");
    assert_eq!(
        meanwhile.waits.load(Ordering::Relaxed),
        3,
        "it waited for room"
    );
    let email = store.get_email(email.id).await.unwrap();
    assert_eq!(email.status, EmailStatus::Sent);
    assert_eq!(email.provider_message_id.as_deref(), Some("m-1"));
}

#[tokio::test]
async fn a_disk_that_is_full_at_the_start_is_told_and_tried_again() {
    let name = "a_disk_that_is_full_at_the_start_is_told_and_tried_again";
    let Some(folder) = small_disk(name, 4 << 20) else {
        return;
    };
    fill(&folder);
    let error = open_error(&folder);
    assert_eq!(error.code, Code::StorageFull, "{error}");
    make_room(&folder);
    let store = Store::open(&folder).unwrap();
    let id = draft_id();
    store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0))
        .await
        .unwrap();
    store.close();
    fill(&folder);
    match Store::open_or_recover(&folder, at(0)) {
        // It needs a little room even for reading.
        Err(error) => assert_eq!(error.code, Code::StorageFull, "{error}"),
        Ok(store) => {
            assert_eq!(store.get_draft(id).await.unwrap().body, body("text"));
            store.close();
        }
    }
    make_room(&folder);
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.get_draft(id).await.unwrap().body, body("text"));
}

#[tokio::test]
async fn a_folder_on_a_disk_that_can_only_be_read_is_told_and_left_alone() {
    let name = "a_folder_on_a_disk_that_can_only_be_read_is_told_and_left_alone";
    let Some(folder) = small_disk(name, 4 << 20) else {
        return;
    };
    let store = Store::open(&folder).unwrap();
    let id = draft_id();
    store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0))
        .await
        .unwrap();
    store.close();
    let before = fs::read(folder.join(FILE_NAME)).unwrap();
    remount(&folder, "ro");
    let error = open_error(&folder);
    assert_eq!(error.code, Code::StorageFull, "{error}");
    assert!(error.message.contains("may write into it"), "{error}");
    assert!(fs::read(folder.join(FILE_NAME)).unwrap() == before);
    remount(&folder, "rw");
    let store = Store::open(&folder).unwrap();
    assert_eq!(store.get_draft(id).await.unwrap().body, body("text"));
}

#[tokio::test]
async fn a_damaged_file_on_a_full_disk_waits_for_room_untouched() {
    let name = "a_damaged_file_on_a_full_disk_waits_for_room_untouched";
    let Some(folder) = small_disk(name, 6 << 20) else {
        return;
    };
    let store = Store::open(&folder).unwrap();
    for number in 0..40 {
        let id = draft_id();
        let text = format!("{number} {}", "words ".repeat(800));
        store
            .save_draft(typed(id, 0, &text), id, version_id(), at(number))
            .await
            .unwrap();
    }
    store.close();
    let path = folder.join(FILE_NAME);
    let mut bytes = fs::read(&path).unwrap();
    bytes[..4096].fill(0x55);
    fs::write(&path, &bytes).unwrap();
    fill(&folder);
    let error = open_error(&folder);
    assert_eq!(error.code, Code::StorageFull, "{error}");
    assert!(
        fs::read(&path).unwrap() == bytes,
        "it is where it was and what it was"
    );
    make_room(&folder);
    let store = Store::open_or_recover(&folder, at(0)).unwrap();
    let recovery = store.recovery().await.unwrap().unwrap();
    assert_eq!(recovery.drafts, 40);
    assert!(fs::read(recovery.set_aside).unwrap() == bytes);
}

#[tokio::test]
async fn a_migration_without_room_for_its_backup_changes_nothing() {
    let name = "a_migration_without_room_for_its_backup_changes_nothing";
    let Some(folder) = small_disk(name, 4 << 20) else {
        return;
    };
    let path = folder.join(FILE_NAME);
    support::former_file(&path);
    let before = fs::read(&path).unwrap();
    fill(&folder);
    let error = open_error(&folder);
    assert_eq!(error.code, Code::StorageFull, "{error}");
    assert!(fs::read(&path).unwrap() == before);
    make_room(&folder);
    let store = Store::open(&folder).unwrap();
    let newest = ListDrafts {
        limit: Some(1),
        ..ListDrafts::default()
    };
    let page = store.list_drafts(newest).await.unwrap();
    let last = support::FORMER_DRAFTS - 1;
    assert_eq!(page.items[0].subject, format!("Subject {last}"));
    assert!(folder.join("draftwell.db.version-1.backup").exists());
}

/// Set for the process that locks: the file.
const LOCKED: &str = "DRAFTWELL_LOCKED_FILE";

#[tokio::test]
async fn a_file_locked_by_another_process_is_told_and_opens_later() {
    if let Some(path) = std::env::var_os(LOCKED) {
        let connection = rusqlite::Connection::open(path).unwrap();
        connection
            .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;")
            .unwrap();
        println!("locked");
        // Until the other side closes the pipe.
        let _ = std::io::stdin().read_line(&mut String::new());
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let id = draft_id();
    store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0))
        .await
        .unwrap();
    store.close();
    let mut other = Command::new(std::env::current_exe().unwrap())
        .args([
            "a_file_locked_by_another_process_is_told_and_opens_later",
            "--exact",
            "--nocapture",
        ])
        .env(LOCKED, dir.path().join(FILE_NAME))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(other.stdout.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("locked")));
    let error = open_error(dir.path());
    assert_eq!(error.code, Code::StorageFull);
    assert!(error.message.contains("Another program"), "{error}");
    drop(other.stdin.take());
    other.wait().unwrap();
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(store.get_draft(id).await.unwrap().body, body("text"));
    assert_eq!(store.recovery().await.unwrap(), None, "a lock is no damage");
}
