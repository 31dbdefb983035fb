//! Files of every former version are brought up to date, each after a backup.

use std::path::Path;

use draftwell_core::{
    UnixMillis,
    draft::{ListVersions, SaveDraft, Version, VersionCause},
    id::{DraftId, VersionId},
};
use rusqlite::Connection;

use crate::{
    Store,
    open::{FILE_NAME, MIGRATIONS, backup_path, migrate},
};

/// Rows a file of each version has, to be found again afterwards. One entry per migration: what
/// can be written once it has run.
const ROWS: &[&str] = &[
    "
    INSERT INTO accounts (id, kind, subject, email, created_at)
      VALUES ('00000000-0000-0000-0000-00000000000a', 'gmail', '1', 'me@example.org', 1);
    INSERT INTO drafts (id, subject, kept_at, created_at, updated_at, body)
      VALUES ('00000000-0000-0000-0000-00000000000b', 'old', 1, 1, 1,
              '{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\"}]}');
    INSERT INTO drafts_fts (rowid, subject, recipients, body) VALUES (1, 'old', '', '');
    INSERT INTO settings (id, preferences) VALUES (1, '{\"theme\":\"dark\"}')
      ON CONFLICT DO UPDATE SET preferences = excluded.preferences;
    INSERT INTO draft_versions (id, draft_id, revision, cause, created_at, to_list, subject, body)
      VALUES
        ('00000000-0000-0000-0000-0000000000c1', '00000000-0000-0000-0000-00000000000b', 1,
         'typing', 1000, '[{\"name\":\"Zoë\",\"address\":\"zoe@example.org\"}]',
         'say \"hi\" \\ 🎉', '{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",
           \"content\":[{\"type\":\"text\",\"text\":\"one\"}]}]}'),
        ('00000000-0000-0000-0000-0000000000c2', '00000000-0000-0000-0000-00000000000b', 2,
         'typing', 61000, '[]', '', '{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",
           \"content\":[{\"type\":\"text\",\"text\":\"two\"}]}]}'),
        ('00000000-0000-0000-0000-0000000000c3', '00000000-0000-0000-0000-00000000000b', 3,
         'typing', 62000, '[]', '', '{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",
           \"content\":[{\"type\":\"text\",\"text\":\"the loser of a conflict\"}]}]}'),
        ('00000000-0000-0000-0000-0000000000c4', '00000000-0000-0000-0000-00000000000b', 4,
         'polish', 900000, '[]', '', '{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",
           \"content\":[{\"type\":\"text\",\"text\":\"fine\"}]}]}');
",
    "
    INSERT INTO accounts (id, kind, subject, email, created_at, paused_until)
      VALUES ('00000000-0000-0000-0000-00000000000c', 'gmail', '2', 'you@example.org', 1, 5);
",
    "",
    "",
    "",
    "",
    "",
    "",
    "
    INSERT INTO mailboxes (account_id, cursor, looked_at)
      VALUES ('00000000-0000-0000-0000-00000000000a', '7', 1);
    INSERT INTO history (id, direction, recipients, subject, snippet, at, kind, account_id,
                         provider_message_id)
      VALUES ('00000000-0000-0000-0000-0000000000d1', 'received', '[]', 'Re: old', '', 1, 'reply',
              '00000000-0000-0000-0000-00000000000a', 'm1');
",
    "",
    "",
    "",
    "",
];

/// A file as version `version` left it.
fn file_of(version: usize, path: &Path) {
    let connection = Connection::open(path).unwrap();
    for (sql, rows) in MIGRATIONS.iter().zip(ROWS).take(version) {
        connection.execute_batch(sql).unwrap();
        connection.execute_batch(rows).unwrap();
    }
    connection
        .pragma_update(None, "user_version", i64::try_from(version).unwrap())
        .unwrap();
}

#[tokio::test]
async fn files_of_all_former_versions_open() {
    assert_eq!(ROWS.len(), MIGRATIONS.len(), "each migration has its rows");
    for version in 1..=MIGRATIONS.len() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE_NAME);
        file_of(version, &path);
        let store = Store::open(dir.path()).unwrap();
        let page = store.list_drafts(Default::default()).await.unwrap();
        assert_eq!(page.items[0].subject, "old", "of version {version}");
        let draft = store.get_draft(page.items[0].id).await.unwrap();
        assert_eq!(draft.revision, 1);
        let preferences = store.preferences().await.unwrap();
        assert_eq!(preferences.theme, draftwell_core::settings::Theme::Dark);
        let is_old = version < MIGRATIONS.len();
        let backup = backup_path(&path, i64::try_from(version).unwrap());
        assert_eq!(backup.exists(), is_old, "of version {version}");
    }
}

#[tokio::test]
async fn versions_of_the_first_file_are_there_word_for_word() {
    let dir = tempfile::tempdir().unwrap();
    file_of(1, &dir.path().join(FILE_NAME));
    let store = Store::open(dir.path()).unwrap();
    let id: DraftId = "00000000-0000-0000-0000-00000000000b".parse().unwrap();
    let list = async || {
        let wanted = ListVersions {
            id,
            cursor: None,
            limit: None,
        };
        let page = store.list_versions(wanted).await.unwrap();
        let mut whole = Vec::new();
        for item in page.items {
            whole.push(store.get_version(item.id).await.unwrap());
        }
        whole.reverse();
        whole
    };
    let texts = |versions: &[Version]| -> Vec<String> {
        versions
            .iter()
            .map(|version| version.text.clone())
            .collect()
    };
    let versions = list().await;
    let all = ["one", "two", "the loser of a conflict", "fine"];
    assert_eq!(texts(&versions), all);
    assert_eq!(versions[0].subject, "say \"hi\" \\ 🎉");
    assert_eq!(versions[0].to[0].name.as_deref(), Some("Zoë"));
    assert_eq!(versions[0].revision, 1);
    assert_eq!(versions[3].cause, VersionCause::Polish);
    // Years later: what was one of many has grown thin, what was kept for a reason has not.
    store
        .thin_versions(UnixMillis(1_000_000_000_000))
        .await
        .unwrap();
    assert_eq!(texts(&list().await), all[1..]);
    // And more can be kept after it.
    let edit = SaveDraft {
        id: Some(id),
        subject: Some("new".to_owned()),
        ..SaveDraft::default()
    };
    let new_version = VersionId(uuid::Uuid::from_u128(0xc5));
    store
        .save_draft(edit, id, new_version, UnixMillis(2_000_000_000_000))
        .await
        .unwrap();
    assert_eq!(list().await[3].subject, "old");
}

#[test]
fn before_a_migration_the_file_is_copied() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    let first = "CREATE TABLE notes (text TEXT NOT NULL) STRICT;";
    let second = "ALTER TABLE notes ADD COLUMN more TEXT;";
    let mut connection = Connection::open(&path).unwrap();
    connection
        .execute_batch("PRAGMA journal_mode = WAL")
        .unwrap();
    migrate(&mut connection, &path, &[first]).unwrap();
    connection
        .execute("INSERT INTO notes VALUES ('still in the log')", [])
        .unwrap();
    assert!(!backup_path(&path, 0).exists(), "a new file needs none");

    let broken = "ALTER TABLE notes ADD COLUMN more TEXT; INSERT INTO nowhere VALUES (1);";
    migrate(&mut connection, &path, &[first, broken]).unwrap_err();
    let version = |connection: &Connection| -> i64 {
        connection
            .query_row("PRAGMA user_version", [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(version(&connection), 1, "a migration is done whole or not");

    migrate(&mut connection, &path, &[first, second]).unwrap();
    assert_eq!(version(&connection), 2);
    connection.execute("DELETE FROM notes", []).unwrap();

    let backup = Connection::open(backup_path(&path, 1)).unwrap();
    assert_eq!(version(&backup), 1);
    let text: String = backup
        .query_row("SELECT text FROM notes", [], |row| row.get(0))
        .unwrap();
    assert_eq!(text, "still in the log");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = std::fs::metadata(backup_path(&path, 1)).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600);
    }
}

#[test]
fn the_schema_is_strict_and_sound() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).unwrap().close();
    let connection = Connection::open(dir.path().join(FILE_NAME)).unwrap();
    let loose: Vec<String> = connection
        .prepare(
            "SELECT name FROM pragma_table_list
             WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(loose.is_empty(), "{loose:?}");
    let answer: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(answer, "ok");
}

#[tokio::test]
async fn a_mail_that_waited_before_due_times_were_kept_is_due_when_it_was_to_be_tried() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(FILE_NAME);
    file_of(8, &path);
    let connection = Connection::open(&path).unwrap();
    connection
        .execute_batch(
            "INSERT INTO emails
               (id, draft_id, draft_revision, account_id, status, to_list, cc_list, bcc_list,
                subject, snippet, message_id, body_hash, queued_at, not_before)
             VALUES ('00000000-0000-0000-0000-0000000000e1',
                     '00000000-0000-0000-0000-00000000000b', 1,
                     '00000000-0000-0000-0000-00000000000c', 'scheduled', '[]', '[]', '[]',
                     '', '', '<1@example.org>', '', 1000, 5000)",
        )
        .unwrap();
    drop(connection);
    let store = Store::open(dir.path()).unwrap();
    let email = store.list_outbox().await.unwrap().remove(0);
    assert_eq!(email.due_at, email.not_before);
    assert_eq!(email.due_at.0, 5000);
}
