//! Opening, migrating, closing, and what happens when the disk or the file is bad.

mod support;

use std::{fs, path::Path};

use draftwell_core::{Code, draft::ListDrafts};
use draftwell_store::{FILE_NAME, Store};
use rusqlite::Connection;
use support::{House, at, body, draft_id, typed, version_id};

#[tokio::test]
async fn what_was_asked_for_before_the_end_is_done() {
    let house = House::new();
    let ids: Vec<_> = (0..20).map(|_| draft_id()).collect();
    let saves: Vec<_> = ids
        .iter()
        .map(|id| {
            let store = house.store.clone();
            let edit = typed(*id, 0, "text");
            tokio::spawn(async move {
                store
                    .save_draft(edit, draft_id(), version_id(), at(0))
                    .await
            })
        })
        .collect();
    house.store.flush().await.unwrap();
    for save in saves {
        save.await.unwrap().unwrap();
    }
    house.store.close();
    let names: Vec<_> = fs::read_dir(house.path())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, [FILE_NAME], "a closed database is one file");
    let error = house.store.get_draft(ids[0]).await.unwrap_err();
    assert_eq!(error.code, Code::InternalError);
    let store = Store::open(house.path()).unwrap();
    let page = store.list_drafts(ListDrafts::default()).await.unwrap();
    assert_eq!(page.items.len(), 20);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_its_save_back() {
    let house = House::new();
    let id = draft_id();
    let save = house
        .store
        .save_draft(typed(id, 0, "text"), draft_id(), version_id(), at(0));
    let mut save = Box::pin(save);
    // Polled once, so that it is asked for, then dropped.
    let _ = futures_poll_once(&mut save).await;
    drop(save);
    house.store.flush().await.unwrap();
    assert_eq!(house.store.get_draft(id).await.unwrap().body, body("text"));
}

async fn futures_poll_once<F: Future + Unpin>(future: &mut F) -> bool {
    std::future::poll_fn(|context| {
        let ready = std::pin::Pin::new(&mut *future).poll(context).is_ready();
        std::task::Poll::Ready(ready)
    })
    .await
}

#[tokio::test]
async fn a_job_that_panics_is_undone_and_harms_nobody_else() {
    let house = House::new();
    let id = draft_id();
    let error = house
        .store
        .write(|tx| -> draftwell_core::Result<()> {
            tx.execute("INSERT INTO meta (key, value) VALUES ('half', 'done')", [])
                .unwrap();
            panic!("a defect");
        })
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::InternalError);
    house
        .store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0))
        .await
        .expect("the writer goes on");
    let half: i64 = house
        .sql()
        .query_row("SELECT count(*) FROM meta", [], |row| row.get(0))
        .unwrap();
    assert_eq!(half, 0);
}

#[tokio::test]
async fn readers_can_not_write() {
    let house = House::new();
    let wrote = house
        .store
        .read(|connection| {
            Ok(connection
                .execute("INSERT INTO meta (key, value) VALUES ('a', 'b')", [])
                .is_ok())
        })
        .await
        .unwrap();
    assert!(!wrote);
}

#[tokio::test]
async fn writes_are_durable_when_they_answer() {
    let house = House::new();
    let (journal, synchronous, foreign_keys) = house
        .store
        .write(|tx| {
            let get = |name: &str| {
                tx.query_row(&format!("PRAGMA {name}"), [], |row| {
                    row.get::<_, rusqlite::types::Value>(0)
                })
                .unwrap()
            };
            Ok((get("journal_mode"), get("synchronous"), get("foreign_keys")))
        })
        .await
        .unwrap();
    assert_eq!(journal, rusqlite::types::Value::Text("wal".to_owned()));
    assert_eq!(synchronous, rusqlite::types::Value::Integer(2), "FULL");
    assert_eq!(foreign_keys, rusqlite::types::Value::Integer(1));
}

#[tokio::test]
async fn a_full_disk_is_told_and_harms_nothing() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    store
        .save_draft(typed(id, 0, "small"), id, version_id(), at(0))
        .await
        .unwrap();
    set_page_limit(store, "(SELECT page_count FROM pragma_page_count)").await;
    let large = "many words ".repeat(20_000);
    let error = store
        .save_draft(typed(id, 1, &large), id, version_id(), at(1))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::StorageFull);
    assert!(error.is_transient());
    assert!(!error.message.contains("many words"));
    assert_eq!(store.get_draft(id).await.unwrap().body, body("small"));
    set_page_limit(store, "4294967294").await;
    let saved = store
        .save_draft(typed(id, 1, &large), id, version_id(), at(2))
        .await
        .unwrap();
    assert_eq!(saved.revision, 2);
}

/// `PRAGMA max_page_count` makes SQLite run out of space where no small disk is at hand.
async fn set_page_limit(store: &Store, pages: &'static str) {
    store
        .write(move |tx| {
            let pages: i64 = tx
                .query_row(&format!("SELECT {pages}"), [], |row| row.get(0))
                .unwrap();
            tx.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
                .unwrap();
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_database_in_use_elsewhere_is_told() {
    let house = House::new();
    let other = house.sql();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let id = draft_id();
    let save = house
        .store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0));
    let error = save.await.unwrap_err();
    assert!(error.message.contains("Another program"), "{error}");
    other.execute_batch("ROLLBACK").unwrap();
    house
        .store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0))
        .await
        .unwrap();
}

fn open_error(dir: &Path) -> draftwell_core::Error {
    match Store::open(dir) {
        Ok(_) => panic!("it should not open"),
        Err(error) => error,
    }
}

#[test]
fn a_file_that_is_no_database_is_told_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let bytes = b"This is not a database. ".repeat(400);
    fs::write(&path, &bytes).unwrap();
    let error = open_error(dir.path());
    assert_eq!(error.code, Code::InternalError);
    assert!(error.message.contains("draftwell.db"), "{error}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn a_damaged_file_is_noticed_after_a_run_that_was_not_closed() {
    let house = House::new();
    for _ in 0..50 {
        let edit = typed(draft_id(), 0, &"words ".repeat(500));
        house
            .store
            .save_draft(edit, draft_id(), version_id(), at(0))
            .await
            .unwrap();
    }
    house.store.close();
    let path = house.path().join(FILE_NAME);
    let mut bytes = fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    bytes[4096 * (pages / 2)..4096 * (pages / 2 + 8)].fill(0x55);
    fs::write(&path, &bytes).unwrap();
    fs::write(house.path().join("draftwell.db-wal"), b"left by a kill").unwrap();
    let error = open_error(house.path());
    assert_eq!(error.code, Code::InternalError);
    assert!(error.message.contains("damaged"), "{error}");
    let now = fs::read(&path).unwrap();
    assert!(now == bytes, "it is left as it is");
}

#[test]
fn a_file_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).unwrap().close();
    let connection = Connection::open(dir.path().join(FILE_NAME)).unwrap();
    connection
        .pragma_update(None, "user_version", 1_000)
        .unwrap();
    drop(connection);
    let error = open_error(dir.path());
    assert!(error.message.contains("newer version"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_can_not_be_made_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let error = open_error(&file.join("data"));
    assert_eq!(error.code, Code::StorageFull);
}

#[tokio::test]
async fn another_folder_is_another_store() {
    let (one, two) = (House::new(), House::new());
    let id = draft_id();
    one.store
        .save_draft(typed(id, 0, "text"), id, version_id(), at(0))
        .await
        .unwrap();
    let error = two.store.get_draft(id).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
}
