//! What the tests share: a store in a folder of its own, ids that count, texts.

#![allow(dead_code, reason = "each test file uses its own part")]

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use draftwell_core::{
    Result, UnixMillis,
    address::Mailbox,
    document::DocumentJson,
    draft::{ListVersions, SaveDraft, Version},
    id::{DraftId, VersionId},
};
use draftwell_store::{FrozenFile, Store};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

/// 2026-01-01T00:00:00Z.
pub const NEW_YEAR: UnixMillis = UnixMillis(1_767_225_600_000);

/// A store in a folder that goes when it is dropped.
pub struct House {
    pub dir: TempDir,
    pub store: Store,
}

impl House {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        Self { dir, store }
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Ends the program and starts it again.
    pub fn reopen(&mut self) {
        self.store.close();
        self.store = Store::open(self.dir.path()).unwrap();
    }

    /// A connection beside the program's, to look or to damage.
    pub fn sql(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.dir.path().join(draftwell_store::FILE_NAME)).unwrap()
    }
}

/// A message of these bytes, to be put into the outbox.
pub async fn message(store: &Store, bytes: &[u8]) -> Result<FrozenFile> {
    let kept = store
        .put_blob(
            bytes.to_vec(),
            "message/rfc822".into(),
            None,
            None,
            NEW_YEAR,
        )
        .await?;
    Ok(FrozenFile {
        hash: kept.hash,
        size: kept.size,
    })
}

/// An identifier nobody has yet.
pub fn fresh() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(1);
    Uuid::from_u128(u128::from(LAST.fetch_add(1, Ordering::Relaxed)))
}

pub fn draft_id() -> DraftId {
    DraftId(fresh())
}

pub fn version_id() -> VersionId {
    VersionId(fresh())
}

/// `seconds` after [`NEW_YEAR`].
pub fn at(seconds: i64) -> UnixMillis {
    NEW_YEAR.plus_seconds(seconds)
}

/// A document with one paragraph per line.
pub fn body(text: &str) -> DocumentJson {
    let paragraphs: Vec<_> = text
        .split('\n')
        .map(|line| match line {
            "" => json!({"type": "paragraph"}),
            line => json!({"type": "paragraph", "content": [{"type": "text", "text": line}]}),
        })
        .collect();
    DocumentJson(json!({"type": "doc", "content": paragraphs}))
}

/// A document that ends with a signature.
pub fn signed(text: &str, signature: impl ToString) -> DocumentJson {
    let mut document = body(text);
    document.0["content"]
        .as_array_mut()
        .unwrap()
        .push(json!({"type": "signature", "attrs": {"id": signature.to_string()}}));
    document
}

pub fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: (!name.is_empty()).then(|| name.to_owned()),
        address: address.to_owned(),
    }
}

/// A save of a whole text.
pub fn typed(id: DraftId, base: u32, text: &str) -> SaveDraft {
    SaveDraft {
        id: Some(id),
        base_revision: Some(base),
        body: Some(body(text)),
        ..SaveDraft::default()
    }
}

/// All kept versions of a draft, whole, newest first.
pub async fn versions_of(store: &Store, id: DraftId) -> Vec<Version> {
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let wanted = ListVersions {
            id,
            cursor,
            limit: Some(100),
        };
        let page = store.list_versions(wanted).await.unwrap();
        for item in page.items {
            all.push(store.get_version(item.id).await.unwrap());
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return all;
        }
    }
}

/// Drafts in a [`former_file`].
pub const FORMER_DRAFTS: usize = 300;

/// A database as the first version of the schema left it, with drafts and versions.
pub fn former_file(path: &Path) {
    let connection = rusqlite::Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL; BEGIN;")
        .unwrap();
    connection
        .execute_batch(include_str!("../../migrations/0001_initial.sql"))
        .unwrap();
    for number in 0..FORMER_DRAFTS {
        let id = Uuid::from_u128(0xf0_0000 + number as u128).to_string();
        let text = body(&former_text(number)).0.to_string();
        connection
            .execute(
                "INSERT INTO drafts (id, subject, kept_at, created_at, updated_at, body)
                 VALUES (?1, ?2, ?3, ?3, ?3, ?4)",
                rusqlite::params![id, format!("Subject {number}"), at(number as i64).0, text],
            )
            .unwrap();
        connection
            .execute(
                "INSERT INTO draft_versions (id, draft_id, revision, cause, created_at, body)
                 VALUES (?1, ?2, 1, 'polish', ?3, ?4)",
                rusqlite::params![
                    Uuid::from_u128(0xe0_0000 + number as u128).to_string(),
                    id,
                    at(number as i64).0,
                    body(&format!("before {number}")).0.to_string(),
                ],
            )
            .unwrap();
    }
    connection
        .execute_batch("PRAGMA user_version = 1; COMMIT; PRAGMA wal_checkpoint(TRUNCATE);")
        .unwrap();
}

/// The text of a draft in a [`former_file`].
pub fn former_text(number: usize) -> String {
    format!("text {number} {}", "word ".repeat(number * 3))
}
