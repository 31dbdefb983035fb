//! What must never cost a text: an account that went, a row that can't be read, several unsaved
//! states of one draft, too much in another field, a file that was damaged or away for a moment.

mod support;

use std::fs;

use draftwell_core::{
    Code, UnixMillis,
    account::AccountKind,
    address::Mailbox,
    document::Document,
    draft::{
        CutField, ListBin, ListDrafts, MAX_RECIPIENTS, RawJournalEntry, ReconcileResult,
        Reconciled, SaveDraft, VersionCause,
    },
    id::{AccountId, DraftId},
    patch::Patch,
};
use draftwell_store::{Changed, FILE_NAME, JournalIds, NewAccount, Store};
use serde_json::{Value, json};
use support::{House, at, body, draft_id, fresh, mailbox, typed, version_id, versions_of};

async fn text(store: &Store, id: DraftId) -> String {
    let draft = store.get_draft(id).await.unwrap();
    Document::parse(&draft.body).unwrap().plain_text()
}

async fn save(store: &Store, edit: SaveDraft, seconds: i64) -> draftwell_core::Result<u32> {
    let saved = store.save_draft(edit, draft_id(), version_id(), at(seconds));
    saved.await.map(|saved| saved.revision)
}

async fn kept(store: &Store, id: DraftId) -> Vec<String> {
    let versions = versions_of(store, id).await;
    versions.into_iter().map(|version| version.text).collect()
}

async fn account(store: &Store) -> AccountId {
    let account = NewAccount {
        kind: AccountKind::Practice,
        subject: "practice".to_owned(),
        email: "me@example.org".to_owned(),
        display_name: String::new(),
        scopes: Vec::new(),
    };
    let id = AccountId(fresh());
    store.upsert_account(account, id, at(0)).await.unwrap();
    id
}

#[tokio::test]
async fn a_disconnected_account_keeps_no_text_from_being_saved() {
    let house = House::new();
    let store = &house.store;
    let (id, account) = (draft_id(), account(store).await);
    let from = |revision: u32, words: &str| SaveDraft {
        account_id: Patch::Set(account),
        ..typed(id, revision, words)
    };
    save(store, from(0, "Dear"), 0).await.unwrap();
    let changed = store.delete_account(account).await.unwrap();
    assert_eq!(
        changed,
        [Changed { id, revision: 2 }],
        "windows are told, so that they follow"
    );
    let saved = save(store, from(2, "Dear Ada"), 1).await;
    assert_eq!(
        saved,
        Ok(3),
        "a window that goes on naming it loses nothing"
    );
    assert_eq!(text(store, id).await, "Dear Ada");
    let new = SaveDraft {
        id: Some(draft_id()),
        ..from(0, "a new one")
    };
    let new = store
        .save_draft(new, draft_id(), version_id(), at(2))
        .await
        .unwrap();
    assert_eq!(store.get_draft(new.id).await.unwrap().account_id, None);
}

#[tokio::test]
async fn a_row_that_can_not_be_read_whole_hides_no_other() {
    for (column, bent) in [
        ("to_list", r#"[{"addres":1"#),
        (
            "to_list",
            r#"[{"addres":1},{"name":null,"address":"kept@example.org"}]"#,
        ),
        ("cc_list", "null and void"),
        ("bcc_list", r#"{"address":"x"}"#),
        (
            "body",
            r#"{"type":"doc","content":[{"type":"text","text":"needle in a cut"#,
        ),
        (
            "body",
            r#"{"type":"odd","content":[{"type":"text","text":"needle of odd schema"}]}"#,
        ),
    ] {
        let house = House::new();
        let store = &house.store;
        let (odd, after) = (draft_id(), draft_id());
        save(store, typed(odd, 0, "a needle"), 0).await.unwrap();
        save(store, typed(after, 0, "a needle after it"), 1)
            .await
            .unwrap();
        house
            .sql()
            .execute(
                &format!("UPDATE drafts SET {column} = ?2 WHERE id = ?1"),
                [odd.to_string(), bent.to_owned()],
            )
            .unwrap();
        let ids = async |wanted: ListDrafts| {
            let page = store.list_drafts(wanted).await.unwrap();
            assert_eq!(
                page.unsearched, 0,
                "{column} {bent}: nothing waits for ever"
            );
            let items = page.items.into_iter();
            items.map(|draft| draft.id).collect::<Vec<_>>()
        };
        let listed = ids(ListDrafts::default()).await;
        assert_eq!(listed, [after, odd], "{column} {bent}");
        let search = ListDrafts {
            search: Some("needle".to_owned()),
            ..ListDrafts::default()
        };
        assert_eq!(ids(search).await, [after, odd], "{column} {bent}");
        assert!(text(store, odd).await.contains("needle"), "{column} {bent}");
        let to = store.get_draft(odd).await.unwrap().to;
        if bent.contains("kept@example.org") {
            assert_eq!(to, [mailbox("", "kept@example.org")]);
        }
        assert_eq!(
            save(store, typed(odd, 1, "written on"), 2).await,
            Ok(2),
            "{column} {bent}: it can be written in"
        );
        assert!(
            kept(store, odd).await[0].contains("needle"),
            "{column} {bent}: what could be read is kept"
        );
        store.delete_draft(odd, at(3)).await.unwrap();
        let bin = store.list_bin(ListBin::default()).await.unwrap();
        assert_eq!(bin.items.len(), 1, "{column} {bent}");
    }
}

fn entry(id: DraftId, window: &str, base: u32, typed: UnixMillis, edit: &Value) -> RawJournalEntry {
    let value = json!({"draftId": id, "baseRevision": base, "at": typed, "edit": edit});
    RawJournalEntry {
        key: format!("draft:{id}{window}"),
        value: value.to_string(),
    }
}

async fn reconcile(store: &Store, entries: Vec<RawJournalEntry>) -> Vec<ReconcileResult> {
    let ids = entries
        .iter()
        .map(|_| JournalIds {
            version: version_id(),
            draft: draft_id(),
            whole: version_id(),
        })
        .collect();
    let keys: Vec<_> = entries.iter().map(|entry| entry.key.clone()).collect();
    let results = store
        .reconcile_journal(entries, ids, at(1_000))
        .await
        .unwrap();
    assert!(
        results.iter().map(|result| &result.key).eq(&keys),
        "results are in the order of the entries"
    );
    results
}

#[tokio::test]
async fn of_several_unsaved_states_the_newest_wins_in_whatever_order_they_come() {
    for (is_turned, saved) in [(false, true), (true, true), (false, false), (true, false)] {
        // Also of a clock that was ahead then.
        for start in [at(10), at(5_000)] {
            let house = House::new();
            let store = &house.store;
            let id = draft_id();
            if saved {
                save(store, typed(id, 0, "Dear"), 0).await.unwrap();
            }
            let base = u32::from(saved);
            let state = |window, seconds, words| {
                let edit = json!({"body": body(words)});
                entry(id, window, base, start.plus_seconds(seconds), &edit)
            };
            let mut entries = vec![
                state("", 0, "Dear all, from the main window"),
                state("@compose", 100, "Dear Ada, from the small one"),
            ];
            if is_turned {
                entries.reverse();
            }
            let mut results = reconcile(store, entries.clone()).await;
            if is_turned {
                results.reverse();
            }
            let won = match saved {
                true => Reconciled::Recovered,
                false => Reconciled::Created,
            };
            assert_eq!(results[1].outcome, won);
            assert_eq!(results[0].outcome, Reconciled::KeptAsVersion);
            assert_eq!(text(store, id).await, "Dear Ada, from the small one");
            let versions = kept(store, id).await;
            assert!(versions.contains(&"Dear all, from the main window".to_owned()));
            assert_eq!(versions.contains(&"Dear".to_owned()), saved);
        }
    }
}

#[tokio::test]
async fn an_empty_newer_state_does_not_keep_an_older_text_out() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    let state =
        |window, seconds, words| entry(id, window, 0, at(seconds), &json!({"body": body(words)}));
    let entries = vec![state("@compose", 100, ""), state("", 0, "typed")];
    let results = reconcile(store, entries).await;
    assert_eq!(results[1].outcome, Reconciled::Created);
    assert_eq!(text(store, id).await, "typed");
}

#[tokio::test]
async fn a_newer_state_from_another_place_still_wins_when_it_comes_later() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    save(store, typed(id, 0, "Dear"), 0).await.unwrap();
    let state = |seconds, words| {
        let edit = json!({"body": body(words)});
        vec![entry(id, "", 1, at(seconds), &edit)]
    };
    // First the page's journal, then what was kept elsewhere once its disk was full.
    let journal = reconcile(store, state(10, "Dear all")).await;
    assert_eq!(journal[0].outcome, Reconciled::Recovered);
    let elsewhere = reconcile(store, state(110, "Dear Ada, and more")).await;
    assert_eq!(elsewhere[0].outcome, Reconciled::Recovered);
    assert_eq!(text(store, id).await, "Dear Ada, and more");
    let old = reconcile(store, state(50, "Dear Bob")).await;
    assert_eq!(old[0].outcome, Reconciled::KeptAsVersion);
    assert_eq!(text(store, id).await, "Dear Ada, and more");
}

#[tokio::test]
async fn too_much_in_another_field_does_not_make_a_text_unreadable() {
    for saved in [false, true] {
        let house = House::new();
        let store = &house.store;
        let id = draft_id();
        if saved {
            save(store, typed(id, 0, "Dear"), 0).await.unwrap();
        }
        let somebody = |number: usize| Mailbox {
            name: None,
            address: format!("{number}@example.org"),
        };
        let people: Vec<_> = (0..=MAX_RECIPIENTS).map(somebody).collect();
        let subject = "long ".repeat(401);
        let edit = json!({"body": body("Dear all"), "to": people, "subject": subject});
        let unsaved = entry(id, "", u32::from(saved), at(10), &edit);
        let result = reconcile(store, vec![unsaved.clone()]).await.remove(0);
        assert_eq!(result.cut, [CutField::Subject, CutField::Recipients]);
        let draft = store.get_draft(id).await.unwrap();
        assert_eq!(text(store, id).await, "Dear all");
        assert_eq!(draft.to, people[..MAX_RECIPIENTS]);
        assert_eq!(draft.subject, subject[..2_000]);
        let whole = versions_of(store, id).await.into_iter();
        let whole = whole
            .into_iter()
            .find(|one| Some(one.id) == result.version_id);
        let whole = whole.expect("a version has all of it");
        assert_eq!((whole.to, whole.subject), (people, subject));
        let again = reconcile(store, vec![unsaved]).await.remove(0);
        assert_eq!(again.outcome, Reconciled::AlreadySaved);
    }
}

#[tokio::test]
async fn what_a_save_had_to_cut_is_kept_by_the_next_start() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    let subject = "long ".repeat(401);
    let edit = json!({"body": body("Dear all"), "subject": subject});
    let mut saved = typed(id, 0, "Dear all");
    saved.subject = Some(subject.clone());
    let refused = save(store, saved, 0).await.unwrap_err();
    let revision = refused.saved.expect("the rest was stored").revision;
    let unsaved = entry(id, "", revision, at(10), &edit);
    let result = reconcile(store, vec![unsaved]).await.remove(0);
    assert_eq!(result.cut, [CutField::Subject]);
    let kept = versions_of(store, id).await;
    assert_eq!(kept.len(), 1);
    assert_eq!(Some(kept[0].id), result.version_id);
    assert_eq!(kept[0].subject, subject, "all of it");
    assert_eq!(text(store, id).await, "Dear all");
}

#[tokio::test]
async fn a_restored_text_is_a_version_for_good_once_it_is_typed_over() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    save(store, typed(id, 0, "as in March"), 0).await.unwrap();
    save(store, typed(id, 1, "as in May"), 10).await.unwrap();
    let march = versions_of(store, id).await.remove(0);
    store
        .restore_version(march.id, version_id(), at(20))
        .await
        .unwrap();
    save(store, typed(id, 3, "as in March, and on"), 30)
        .await
        .unwrap();
    save(store, typed(id, 4, "as in March, and on and on"), 31)
        .await
        .unwrap();
    let for_good: i64 = house
        .sql()
        .query_row(
            "SELECT count(*) FROM draft_versions WHERE for_good = 1 AND cause = 'typing'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(for_good, 1, "the restored state, not what was typed later");
    let causes: Vec<_> = versions_of(store, id)
        .await
        .into_iter()
        .map(|one| one.cause)
        .collect();
    assert!(causes.contains(&VersionCause::Restore));
}

#[tokio::test]
async fn a_file_that_was_damaged_is_mended_by_adding_it_again() {
    let house = House::new();
    let store = &house.store;
    let bytes = b"what was meant, and how".to_vec();
    let file = store
        .add_bytes("a.txt", bytes.clone(), at(0))
        .await
        .unwrap();
    let path = house
        .path()
        .join("blobs")
        .join(&file.hash[..2])
        .join(&file.hash);
    let mut damaged = bytes.clone();
    damaged[3] ^= 1;
    fs::write(&path, damaged).unwrap();
    let error = store.read_blob(file.hash.clone()).await.unwrap_err();
    assert_eq!(error.code, Code::InternalError);
    store
        .add_bytes("a.txt", bytes.clone(), at(1))
        .await
        .unwrap();
    assert_eq!(store.read_blob(file.hash).await.unwrap().bytes, bytes);
}

#[tokio::test]
async fn the_same_bytes_under_two_names_have_the_type_of_each() {
    let house = House::new();
    let store = &house.store;
    let bytes = b"name,age\nAda,36\n".to_vec();
    let txt = store
        .add_bytes("list.txt", bytes.clone(), at(0))
        .await
        .unwrap();
    let csv = store.add_bytes("list.csv", bytes, at(0)).await.unwrap();
    assert_eq!(txt.hash, csv.hash, "the bytes are kept once");
    let id = draft_id();
    let edit = SaveDraft {
        attachments: Some(vec![txt.clone(), csv.clone(), txt.clone()]),
        ..typed(id, 0, "two of them")
    };
    save(store, edit, 1).await.unwrap();
    let files = store.get_draft(id).await.unwrap().attachments;
    assert_eq!(files, [txt, csv], "each with its own type, and once");
    let types: Vec<_> = files.iter().map(|file| file.mime.as_str()).collect();
    assert_eq!(types, ["text/plain", "text/csv"]);
}

#[tokio::test]
async fn a_database_that_could_not_be_opened_again_is_opened_by_the_next_save() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    save(store, typed(id, 0, "Dear"), 0).await.unwrap();
    // As when its disk is away for a moment: neither can it be recovered, nor opened.
    let (path, away) = (house.path().join(FILE_NAME), house.path().join("away"));
    fs::rename(&path, &away).unwrap();
    let blocked = house.path().join("draftwell.db.recovering");
    fs::create_dir(&path).unwrap();
    fs::create_dir(&blocked).unwrap();
    store.recover(at(1)).await.unwrap_err();
    save(store, typed(id, 1, "Dear A"), 2).await.unwrap_err();
    fs::remove_dir(&path).unwrap();
    fs::remove_dir(&blocked).unwrap();
    fs::rename(&away, &path).unwrap();
    assert_eq!(
        save(store, typed(id, 1, "Dear Ada"), 3).await,
        Ok(2),
        "without a restart"
    );
    assert_eq!(text(store, id).await, "Dear Ada");
}
