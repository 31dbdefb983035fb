//! Drafts on a real file: saving, conflicts, bin, versions, journal, lists.

mod support;

use draftwell_core::{
    Code, Result,
    contact::SaveContact,
    document::DocumentJson,
    draft::{
        DraftSort, DraftStatus, ListDrafts, RawJournalEntry, Reconciled, SaveCause, SaveDraft,
        SavedDraft, VersionCause,
    },
    id::{AccountId, ContactId, DraftId, SignatureId},
    patch::Patch,
    search::Piece,
};
use draftwell_store::{JournalIds, Store};
use serde_json::json;
use support::{House, at, body, draft_id, fresh, mailbox, typed, version_id, versions_of};

async fn save(store: &Store, edit: SaveDraft, seconds: i64) -> Result<SavedDraft> {
    store
        .save_draft(edit, draft_id(), version_id(), at(seconds))
        .await
}

async fn text(store: &Store, id: DraftId) -> String {
    plain(&store.get_draft(id).await.unwrap().body)
}

fn plain(body: &DocumentJson) -> String {
    draftwell_core::document::Document::parse(body)
        .unwrap()
        .plain_text()
}

async fn versions(store: &Store, id: DraftId) -> Vec<(VersionCause, String)> {
    let versions = versions_of(store, id).await;
    versions
        .into_iter()
        .map(|version| (version.cause, version.text))
        .collect()
}

#[tokio::test]
async fn a_draft_is_made_and_read_again_by_the_next_run() {
    let mut house = House::new();
    let edit = SaveDraft {
        to: Some(vec![mailbox("Jörg 😀", "joerg@example.org")]),
        bcc: Some(vec![mailbox("", "half typed@")]),
        subject: Some("Grüße\r\nBcc: x".to_owned()),
        body: Some(body("שלום\n👩‍👩‍👧 text")),
        ..SaveDraft::default()
    };
    let saved = save(&house.store, edit, 0).await.unwrap();
    assert_eq!((saved.revision, saved.saved_at), (1, at(0)));
    house.reopen();
    let draft = house.store.get_draft(saved.id).await.unwrap();
    assert_eq!(draft.to, [mailbox("Jörg 😀", "joerg@example.org")]);
    assert_eq!(draft.bcc, [mailbox("", "half typed@")]);
    assert_eq!(
        draft.subject, "Grüße  Bcc: x",
        "a subject stays on its line"
    );
    assert_eq!(draft.body, body("שלום\n👩‍👩‍👧 text"));
    assert_eq!(draft.status, DraftStatus::Draft);
}

#[tokio::test]
async fn an_id_nobody_has_makes_a_draft_of_that_id() {
    let house = House::new();
    let id = draft_id();
    let saved = save(&house.store, typed(id, 0, "a"), 0).await.unwrap();
    assert_eq!(saved.id, id);
    assert_eq!(text(&house.store, id).await, "a");
}

#[tokio::test]
async fn what_is_left_out_of_a_save_stays() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "text"), 0).await.unwrap();
    let edit = SaveDraft {
        id: Some(id),
        subject: Some("subject".to_owned()),
        ..SaveDraft::default()
    };
    assert_eq!(save(&house.store, edit, 1).await.unwrap().revision, 2);
    assert_eq!(text(&house.store, id).await, "text");
}

#[tokio::test]
async fn saving_the_same_again_makes_no_revision_and_no_conflict() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "one"), 0).await.unwrap();
    save(&house.store, typed(id, 1, "two"), 5).await.unwrap();
    let again = save(&house.store, typed(id, 1, "two"), 9).await.unwrap();
    assert_eq!(again.revision, 2, "its answer was lost, not the save");
    assert_eq!(again.saved_at, at(5));
    let kept = [(VersionCause::Typing, "one".to_owned())];
    assert_eq!(versions(&house.store, id).await, kept);
}

#[tokio::test]
async fn the_loser_of_a_conflict_is_kept() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "base"), 0).await.unwrap();
    save(&house.store, typed(id, 1, "first window"), 1)
        .await
        .unwrap();
    let error = save(&house.store, typed(id, 1, "second window"), 2)
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let conflict = error.conflict.expect("it says where the loser is");
    assert_eq!((conflict.draft_id, conflict.revision), (id, 3));
    assert_eq!(text(&house.store, id).await, "second window");
    let kept = versions_of(&house.store, id).await;
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0].id, conflict.version_id);
    assert_eq!(
        (kept[0].text.as_str(), kept[0].revision),
        ("first window", 2)
    );
    let next = save(&house.store, typed(id, 3, "second window goes on"), 3).await;
    assert_eq!(next.unwrap().revision, 4);
}

#[tokio::test]
async fn an_empty_text_over_a_full_one_keeps_the_full_one() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "a letter of weight"), 0)
        .await
        .unwrap();
    save(&house.store, typed(id, 1, ""), 1).await.unwrap();
    assert_eq!(text(&house.store, id).await, "");
    let kept = [(VersionCause::Typing, "a letter of weight".to_owned())];
    assert_eq!(versions(&house.store, id).await, kept);
}

#[tokio::test]
async fn every_state_of_a_draft_is_kept() {
    let house = House::new();
    let id = draft_id();
    let mut words = String::new();
    let mut states = Vec::new();
    for second in 0..150 {
        words.push_str(&format!(" word{second}"));
        let revision = u32::try_from(second).unwrap();
        save(&house.store, typed(id, revision, &words), second)
            .await
            .unwrap();
        states.push((words.clone(), at(second)));
    }
    states.pop();
    states.reverse();
    let kept: Vec<_> = versions_of(&house.store, id)
        .await
        .into_iter()
        .map(|version| (plain(&version.body), version.created_at))
        .collect();
    assert_eq!(kept, states);
}

#[tokio::test]
async fn a_polished_text_and_what_it_replaced_are_both_kept() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "rough"), 0).await.unwrap();
    let polished = SaveDraft {
        cause: Some(SaveCause::Polish),
        ..typed(id, 1, "polished")
    };
    save(&house.store, polished, 1).await.unwrap();
    save(&house.store, typed(id, 2, "polished and edited"), 2)
        .await
        .unwrap();
    let kept = [
        (VersionCause::Polish, "polished".to_owned()),
        (VersionCause::Polish, "rough".to_owned()),
    ];
    assert_eq!(versions(&house.store, id).await, kept);
}

#[tokio::test]
async fn a_draft_in_the_bin_takes_no_save_but_loses_nothing() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "kept"), 0).await.unwrap();
    house.store.delete_draft(id, at(1)).await.unwrap();
    let error = save(&house.store, typed(id, 1, "kept and more"), 2)
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
    assert_eq!(text(&house.store, id).await, "kept");
    let kept = [(VersionCause::Typing, "kept and more".to_owned())];
    assert_eq!(versions(&house.store, id).await, kept);
    let same = save(&house.store, typed(id, 1, "kept"), 3)
        .await
        .unwrap_err();
    assert_eq!(same.code, Code::Forbidden);
    assert_eq!(
        versions(&house.store, id).await.len(),
        1,
        "nothing new to keep"
    );
}

#[tokio::test]
async fn a_signature_that_does_not_exist_can_not_be_chosen() {
    let house = House::new();
    let with_signature = SaveDraft {
        signature_id: Patch::Set(SignatureId(fresh())),
        ..SaveDraft::default()
    };
    let error = save(&house.store, with_signature, 0).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("signatureId"));
    let page = house
        .store
        .list_drafts(ListDrafts::default())
        .await
        .unwrap();
    assert!(page.items.is_empty());
}

#[tokio::test]
async fn a_text_of_another_schema_is_refused_and_changes_nothing() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "sound"), 0).await.unwrap();
    let odd = SaveDraft {
        body: Some(DocumentJson(
            json!({"type": "doc", "content": [{"type": "iframe"}]}),
        )),
        ..typed(id, 1, "")
    };
    let error = save(&house.store, odd, 1).await.unwrap_err();
    assert_eq!(error.code, Code::ValidationError);
    assert_eq!(error.field.as_deref(), Some("body"));
    assert_eq!(text(&house.store, id).await, "sound");
}

#[tokio::test]
async fn a_deleted_draft_comes_back_and_is_gone_after_thirty_days() {
    let house = House::new();
    let (back, gone) = (draft_id(), draft_id());
    save(&house.store, typed(back, 0, "back"), 0).await.unwrap();
    save(&house.store, typed(gone, 0, "gone"), 0).await.unwrap();
    let page = house
        .store
        .list_drafts(ListDrafts::default())
        .await
        .unwrap();
    assert_eq!(page.items.len(), 2);
    house.store.delete_draft(back, at(10)).await.unwrap();
    house.store.delete_draft(gone, at(10)).await.unwrap();
    let page = house
        .store
        .list_drafts(ListDrafts::default())
        .await
        .unwrap();
    assert!(page.items.is_empty());
    let restored = house.store.restore_draft(back, at(20)).await.unwrap();
    assert_eq!(restored.deleted_at, None);
    let month = 30 * 24 * 60 * 60;
    assert_eq!(house.store.purge_bin(at(10 + month - 1)).await.unwrap(), 0);
    assert_eq!(house.store.purge_bin(at(10 + month)).await.unwrap(), 1);
    let error = house.store.get_draft(gone).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert_eq!(text(&house.store, back).await, "back");
    let found = search(&house.store, "gone").await;
    assert!(found.is_empty(), "the index forgets it too");
}

async fn contact(store: &Store, name: &str) -> ContactId {
    let edit = SaveContact {
        name: Some(name.to_owned()),
        email: Some(format!("{}@example.org", name.to_lowercase())),
        ..SaveContact::default()
    };
    store
        .save_contact(edit, ContactId(fresh()), at(0))
        .await
        .unwrap()
        .id
}

#[tokio::test]
async fn a_contact_has_one_open_draft() {
    let house = House::new();
    let ada = contact(&house.store, "Ada").await;
    let compose = |seconds| house.store.compose_to_contact(ada, draft_id(), at(seconds));
    let first = compose(0).await.unwrap();
    assert_eq!(first.to, [mailbox("Ada", "ada@example.org")]);
    assert_eq!(compose(1).await.unwrap().id, first.id);
    house.store.delete_draft(first.id, at(2)).await.unwrap();
    let second = compose(3).await.unwrap();
    assert_ne!(second.id, first.id);
    let restored = house.store.restore_draft(first.id, at(4)).await.unwrap();
    assert_eq!(
        restored.contact_id, None,
        "there is another open one by now"
    );
    assert_eq!(compose(5).await.unwrap().id, second.id);
}

#[tokio::test]
async fn a_version_can_be_put_back() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "first text"), 0)
        .await
        .unwrap();
    save(&house.store, typed(id, 1, "second"), 61)
        .await
        .unwrap();
    let version = versions_of(&house.store, id).await[0].id;
    let draft = house
        .store
        .restore_version(version, version_id(), at(62))
        .await
        .unwrap();
    assert_eq!(plain(&draft.body), "first text");
    assert_eq!(draft.revision, 3);
    let kept = versions(&house.store, id).await;
    assert_eq!(kept[0], (VersionCause::Restore, "second".to_owned()));
}

fn entry(id: DraftId, base: u32, seconds: i64, edit: serde_json::Value) -> RawJournalEntry {
    let value = json!({"draftId": id, "baseRevision": base, "at": at(seconds), "edit": edit});
    RawJournalEntry {
        key: format!("journal:{id}"),
        value: value.to_string(),
    }
}

fn journal_ids() -> JournalIds {
    JournalIds {
        version: version_id(),
        draft: draft_id(),
        whole: version_id(),
    }
}

async fn reconcile(store: &Store, entry: RawJournalEntry) -> Reconciled {
    let key = entry.key.clone();
    let results = store
        .reconcile_journal(vec![entry], vec![journal_ids()], at(1_000))
        .await
        .unwrap();
    assert_eq!(results[0].key, key);
    results[0].outcome
}

#[tokio::test]
async fn letters_typed_after_the_last_save_come_back() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "Dear"), 0).await.unwrap();
    let journal = entry(id, 1, 1, json!({"body": body("Dear Ada")}));
    assert_eq!(
        reconcile(&house.store, journal.clone()).await,
        Reconciled::Recovered
    );
    assert_eq!(text(&house.store, id).await, "Dear Ada");
    assert_eq!(versions(&house.store, id).await[0].1, "Dear");
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::AlreadySaved
    );
}

#[tokio::test]
async fn letters_typed_after_a_save_the_page_did_not_hear_of_come_back() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "Dear"), 0).await.unwrap();
    save(&house.store, typed(id, 1, "Dear A"), 1).await.unwrap();
    let journal = entry(id, 1, 2, json!({"body": body("Dear Ada")}));
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::Recovered
    );
    assert_eq!(text(&house.store, id).await, "Dear Ada");
}

#[tokio::test]
async fn an_older_journal_becomes_a_version() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "Dear"), 0).await.unwrap();
    save(&house.store, typed(id, 1, "Dear Bob"), 5)
        .await
        .unwrap();
    let journal = entry(id, 1, 2, json!({"body": body("Dear Ada")}));
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::KeptAsVersion
    );
    assert_eq!(text(&house.store, id).await, "Dear Bob");
    assert_eq!(versions(&house.store, id).await[0].1, "Dear Ada");
}

#[tokio::test]
async fn a_state_on_the_way_to_what_is_stored_is_nothing_to_tell() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "Dear"), 0).await.unwrap();
    save(&house.store, typed(id, 1, "Dear Ada, hello"), 5)
        .await
        .unwrap();
    // Left because the window closed right after its last save.
    let journal = entry(id, 1, 2, json!({"body": body("Dear Ada, hel")}));
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::AlreadySaved
    );
    assert_eq!(text(&house.store, id).await, "Dear Ada, hello");
}

#[tokio::test]
async fn an_empty_journal_never_replaces_a_full_draft() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "full"), 0).await.unwrap();
    let journal = entry(id, 1, 9, json!({"body": body(""), "subject": ""}));
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::AlreadySaved
    );
    let journal = entry(id, 1, 9, json!({"body": body(""), "subject": "new"}));
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::Recovered
    );
    assert_eq!(text(&house.store, id).await, "full");
    assert_eq!(house.store.get_draft(id).await.unwrap().subject, "new");
}

#[tokio::test]
async fn a_journal_of_an_unknown_draft_makes_it() {
    let house = House::new();
    let id = draft_id();
    let journal = entry(id, 0, 1, json!({"body": body("never saved")}));
    assert_eq!(reconcile(&house.store, journal).await, Reconciled::Created);
    assert_eq!(text(&house.store, id).await, "never saved");
    let nothing = entry(draft_id(), 0, 1, json!({"body": body(" "), "to": []}));
    assert_eq!(
        reconcile(&house.store, nothing).await,
        Reconciled::AlreadySaved
    );
    let page = house
        .store
        .list_drafts(ListDrafts::default())
        .await
        .unwrap();
    assert_eq!(
        page.items.len(),
        1,
        "a journal with nothing in it makes no draft"
    );
}

#[tokio::test]
async fn a_journal_of_a_deleted_draft_is_kept_with_it() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "old"), 0).await.unwrap();
    house.store.delete_draft(id, at(1)).await.unwrap();
    let journal = entry(id, 1, 2, json!({"body": body("new")}));
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::KeptInBin
    );
    assert_eq!(text(&house.store, id).await, "old");
    assert_eq!(versions(&house.store, id).await[0].1, "new");
}

#[tokio::test]
async fn a_damaged_journal_is_left_to_the_page_and_stops_nothing() {
    let house = House::new();
    let id = draft_id();
    let raw = |value: &str| RawJournalEntry {
        key: "journal:x".to_owned(),
        value: value.to_owned(),
    };
    let whole = entry(id, 0, 1, json!({"body": body("whole")}));
    let half = raw(&whole.value[..whole.value.len() / 2]);
    let odd = entry(draft_id(), 0, 1, json!({"body": {"type": "table"}}));
    let entries = vec![raw(""), half, raw("[]"), raw("\u{0}"), odd, whole];
    let ids = entries.iter().map(|_| journal_ids()).collect();
    let results = house
        .store
        .reconcile_journal(entries, ids, at(9))
        .await
        .unwrap();
    let outcomes: Vec<_> = results.iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes[..5], [Reconciled::Unreadable; 5]);
    assert_eq!(outcomes[5], Reconciled::Created);
}

#[tokio::test]
async fn a_journal_of_a_draft_this_database_has_lost_makes_it_anew() {
    let house = House::new();
    let id = draft_id();
    // As from another data folder, or of a draft that was deleted for good.
    let journal = entry(
        id,
        7,
        1,
        json!({"body": body("typed elsewhere"), "subject": "Away"}),
    );
    assert_eq!(
        reconcile(&house.store, journal).await,
        Reconciled::MadeAnew,
        "the user is told that it is not what it was"
    );
    assert_eq!(text(&house.store, id).await, "typed elsewhere");
}

#[tokio::test]
async fn a_journal_of_another_schema_is_read_as_far_as_it_goes() {
    let house = House::new();
    let id = draft_id();
    let value = json!({
        "draftId": id,
        "edit": {
            "subject": "Kept",
            "to": "not a list",
            "colour": "a field of another version",
            "body": {"type": "doc", "content": [
                {"type": "table", "content": [{"type": "text", "text": "in a table"}]},
            ]},
        },
    });
    let journal = RawJournalEntry {
        key: "draft:x".to_owned(),
        value: value.to_string(),
    };
    assert_eq!(reconcile(&house.store, journal).await, Reconciled::Created);
    assert_eq!(text(&house.store, id).await, "in a table");
    assert_eq!(house.store.get_draft(id).await.unwrap().subject, "Kept");
}

#[tokio::test]
async fn the_words_of_a_damaged_journal_become_a_version_or_a_draft() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "stands"), 0).await.unwrap();
    let cut = |id: DraftId, letters: usize| {
        let value = json!({"draftId": id, "edit": {"body": body("typed last, and then cut")}});
        let value = value.to_string();
        let end = value.find("typed last").unwrap() + letters;
        RawJournalEntry {
            key: "draft:x".to_owned(),
            value: value[..end].to_owned(),
        }
    };
    assert_eq!(
        reconcile(&house.store, cut(id, 10)).await,
        Reconciled::Salvaged
    );
    assert_eq!(
        text(&house.store, id).await,
        "stands",
        "rubbish replaces nothing"
    );
    assert_eq!(versions(&house.store, id).await[0].1, "typed last");
    let other = draft_id();
    reconcile(&house.store, cut(other, 10)).await;
    assert_eq!(text(&house.store, other).await, "typed last");
    assert_eq!(
        reconcile(&house.store, cut(draft_id(), 0)).await,
        Reconciled::Unreadable,
        "without a word there is nothing to keep"
    );
}

#[tokio::test]
async fn a_stored_text_that_can_not_be_read_is_one_drafts_affair() {
    let house = House::new();
    let (odd, whole) = (draft_id(), draft_id());
    save(&house.store, typed(odd, 0, "placeholder"), 0)
        .await
        .unwrap();
    let stored = r#"{"type":"doc","content":[{"type":"table","content":[{"type":"text","text":"of a newer schema"}]}]}"#;
    house
        .sql()
        .execute(
            "UPDATE drafts SET body = ?2 WHERE id = ?1",
            [odd.to_string(), stored.to_owned()],
        )
        .unwrap();
    let entries = vec![
        entry(odd, 1, 5, json!({"body": body("typed on")})),
        entry(whole, 0, 5, json!({"body": body("another")})),
    ];
    let ids = entries.iter().map(|_| journal_ids()).collect();
    let results = house
        .store
        .reconcile_journal(entries, ids, at(9))
        .await
        .unwrap();
    let outcomes: Vec<_> = results.iter().map(|result| result.outcome).collect();
    assert_eq!(outcomes, [Reconciled::Recovered, Reconciled::Created]);
    assert_eq!(text(&house.store, odd).await, "typed on");
    assert_eq!(
        versions(&house.store, odd).await[0].1,
        "of a newer schema",
        "its words are kept"
    );
    let saved = save(&house.store, typed(odd, 2, "and on"), 10).await;
    assert_eq!(saved.unwrap().revision, 3, "it can be written in again");
}

#[tokio::test]
async fn a_journal_that_names_what_is_gone_is_still_readable() {
    let house = House::new();
    let id = draft_id();
    let edit = json!({
        "body": support::signed("text", fresh()),
        "accountId": AccountId(fresh()),
    });
    assert_eq!(
        reconcile(&house.store, entry(id, 0, 1, edit)).await,
        Reconciled::Created
    );
    let draft = house.store.get_draft(id).await.unwrap();
    assert_eq!((draft.account_id, draft.signature_id), (None, None));
    assert_eq!(plain(&draft.body), "text");
}

async fn search(store: &Store, words: &str) -> Vec<String> {
    let wanted = ListDrafts {
        search: Some(words.to_owned()),
        ..ListDrafts::default()
    };
    let page = store.list_drafts(wanted).await.unwrap();
    page.items.into_iter().map(|item| item.subject).collect()
}

#[tokio::test]
async fn words_are_found_in_subject_text_and_recipients() {
    let house = House::new();
    let texts = [
        ("one", "Grüße aus München", "ada@example.org"),
        ("two", "我们明天见面", "bob@example.org"),
        ("three", "quarterly report, 50% off", "Ö. Ünal <x@y.z>"),
    ];
    for (seconds, (subject, text, address)) in (0..).zip(texts) {
        let edit = SaveDraft {
            subject: Some(subject.to_owned()),
            to: Some(vec![mailbox("", address)]),
            body: Some(body(text)),
            ..SaveDraft::default()
        };
        save(&house.store, edit, seconds).await.unwrap();
    }
    let check = async |words: &str, found: &[&str]| {
        assert_eq!(search(&house.store, words).await, found, "{words:?}");
    };
    check("munch", &["one"]).await;
    check("GRUSSE", &["one"]).await;
    check("gruße", &["one"]).await;
    check("example", &["two", "one"]).await;
    check("bob example", &["two"]).await;
    check("明天", &["two"]).await;
    check("见面", &["two"]).await;
    check("天明", &[]).await;
    check("repo quart", &["three"]).await;
    check("unal", &["three"]).await;
    check("50%", &[]).await;
    check("50% off", &["three"]).await;
    check("subject:one", &[]).await;
    for hostile in [
        "\"",
        "*",
        "a OR",
        "NEAR(",
        "^x",
        "-",
        "(",
        "a\" OR \"b",
        "\u{0}",
        "{a b}",
    ] {
        search(&house.store, hostile).await;
    }
    check("   ", &["three", "two", "one"]).await;
    // One or two letters: only subjects and recipients.
    check("gr", &[]).await;
    check("on", &["one"]).await;
    check("ex", &["two", "one"]).await;
}

#[tokio::test]
async fn what_was_found_is_shown_where_it_stands() {
    let house = House::new();
    let edit = SaveDraft {
        subject: Some("Über Größe".to_owned()),
        cc: Some(vec![mailbox("Zoë", "zoe@example.org")]),
        body: Some(body(&format!(
            "{}\nGrössenwahn 🎉 here",
            "hay ".repeat(100)
        ))),
        ..SaveDraft::default()
    };
    save(&house.store, edit, 0).await.unwrap();
    let found = async |words: &str| {
        let wanted = ListDrafts {
            search: Some(words.to_owned()),
            ..ListDrafts::default()
        };
        let mut page = house.store.list_drafts(wanted).await.unwrap();
        page.items.remove(0).found.unwrap()
    };
    let hits = |pieces: Option<Vec<Piece>>| -> Vec<String> {
        let pieces = pieces.into_iter().flatten();
        pieces
            .filter(|piece| piece.hit)
            .map(|piece| piece.text)
            .collect()
    };
    let large = found("gross").await;
    assert_eq!(hits(large.subject), ["Größ"]);
    assert_eq!(hits(large.text), ["Gröss"], "far down in the text");
    assert_eq!(large.recipients, None);
    assert_eq!(
        hits(found("zo").await.recipients),
        ["Zo", "zo"],
        "also in Cc"
    );
    assert_eq!(hits(found("🎉").await.text), ["🎉"]);
}

#[tokio::test]
async fn pages_of_a_search_go_on_where_they_ended_while_drafts_change() {
    let house = House::new();
    let mut made = Vec::new();
    for number in 0..30 {
        let edit = SaveDraft {
            body: Some(body("needle")),
            ..SaveDraft::default()
        };
        // Three at each time.
        made.push(save(&house.store, edit, number / 3).await.unwrap().id);
    }
    let wanted = ListDrafts {
        search: Some("need".to_owned()),
        limit: Some(7),
        ..ListDrafts::default()
    };
    let first = house.store.list_drafts(wanted.clone()).await.unwrap();
    save(&house.store, typed(made[2], 1, "needle anew"), 99)
        .await
        .unwrap();
    let mut seen: Vec<_> = first.items.iter().map(|item| item.id).collect();
    let mut cursor = first.next_cursor;
    while cursor.is_some() {
        let next = ListDrafts {
            cursor,
            ..wanted.clone()
        };
        let page = house.store.list_drafts(next).await.unwrap();
        seen.extend(page.items.iter().map(|item| item.id));
        cursor = page.next_cursor;
    }
    let mut expected: Vec<_> = made.iter().rev().copied().collect();
    expected.retain(|id| *id != made[2]);
    assert_eq!(
        seen, expected,
        "the one that moved to the top is seen there"
    );
    let top = house.store.list_drafts(wanted).await.unwrap();
    assert_eq!(top.items[0].id, made[2]);
}

#[tokio::test]
async fn a_search_does_not_wait_for_thousands_of_drafts_to_be_indexed() {
    let mut house = House::new();
    house.store.close();
    let mut database = house.sql();
    let rows = database.transaction().unwrap();
    for number in 0..3000_u32 {
        rows.execute(
            "INSERT INTO drafts (id, subject, created_at, updated_at, body)
             VALUES (?1, 'bulk', ?2, ?2, ?3)",
            rusqlite::params![fresh().to_string(), number, body("of many").0.to_string()],
        )
        .unwrap();
    }
    rows.execute(
        "INSERT INTO drafts_to_index (seq) SELECT seq FROM drafts",
        [],
    )
    .unwrap();
    rows.commit().unwrap();
    drop(database);
    house.reopen();
    save(&house.store, typed(draft_id(), 0, "of many, the newest"), 0)
        .await
        .unwrap();
    let wanted = ListDrafts {
        search: Some("many".to_owned()),
        ..ListDrafts::default()
    };
    let page = house.store.list_drafts(wanted.clone()).await.unwrap();
    assert!(page.unsearched > 0, "it did not wait for all");
    assert_eq!(page.items[0].subject, "", "what was saved last is there");
    assert!(page.items.len() > 1, "and some of the others");
    // The rest follows without being asked for.
    let mut left = page.unsearched;
    while left > 0 {
        tokio::task::yield_now().await;
        left = house
            .sql()
            .query_row("SELECT count(*) FROM drafts_to_index", [], |row| row.get(0))
            .unwrap();
    }
    let mut found = 0;
    let mut cursor = None;
    loop {
        let next = ListDrafts {
            cursor,
            limit: Some(100),
            ..wanted.clone()
        };
        let page = house.store.list_drafts(next).await.unwrap();
        found += page.items.len();
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, 3001);
}

#[tokio::test]
async fn the_index_follows_the_text() {
    let house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "apple"), 0).await.unwrap();
    save(&house.store, typed(id, 1, "pear"), 1).await.unwrap();
    assert!(search(&house.store, "apple").await.is_empty());
    assert_eq!(search(&house.store, "pear").await.len(), 1);
}

#[tokio::test]
async fn what_was_saved_last_is_found_by_the_next_run() {
    let mut house = House::new();
    let id = draft_id();
    save(&house.store, typed(id, 0, "quince"), 0).await.unwrap();
    house.reopen();
    assert_eq!(search(&house.store, "quin").await.len(), 1);
    let waiting: i64 = house
        .sql()
        .query_row("SELECT count(*) FROM drafts_to_index", [], |row| row.get(0))
        .unwrap();
    assert_eq!(waiting, 0, "it is indexed once");
}

async fn pages(store: &Store, wanted: ListDrafts) -> Vec<DraftId> {
    let mut ids = Vec::new();
    let mut cursor = None;
    loop {
        let page = store
            .list_drafts(ListDrafts {
                cursor,
                ..wanted.clone()
            })
            .await
            .unwrap();
        ids.extend(page.items.iter().map(|item| item.id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            return ids;
        }
    }
}

#[tokio::test]
async fn pages_show_each_draft_once_also_at_equal_times() {
    let house = House::new();
    let mut made = Vec::new();
    for number in 0..25 {
        let edit = SaveDraft {
            to: Some(vec![mailbox(&format!("N{}", number % 3), "x@example.org")]),
            ..SaveDraft::default()
        };
        made.push(save(&house.store, edit, number / 10).await.unwrap().id);
    }
    for sort in [
        DraftSort::Updated,
        DraftSort::Created,
        DraftSort::ContactName,
    ] {
        for limit in [1, 7, 25, 100] {
            let wanted = ListDrafts {
                sort: Some(sort),
                limit: Some(limit),
                ..ListDrafts::default()
            };
            let mut ids = pages(&house.store, wanted).await;
            if sort != DraftSort::ContactName {
                let newest_first: Vec<_> = made.iter().rev().copied().collect();
                assert_eq!(ids, newest_first, "{sort:?} by {limit}");
            }
            ids.sort();
            let mut all = made.clone();
            all.sort();
            assert_eq!(ids, all, "{sort:?} by {limit}");
        }
    }
}

#[tokio::test]
async fn the_list_sorts_by_name_and_filters() {
    let house = House::new();
    let zoe = contact(&house.store, "Zoe").await;
    let to_zoe = house
        .store
        .compose_to_contact(zoe, draft_id(), at(0))
        .await
        .unwrap()
        .id;
    let nobody = save(&house.store, SaveDraft::default(), 1)
        .await
        .unwrap()
        .id;
    let edit = SaveDraft {
        to: Some(vec![mailbox("Ärger, Adam", "x@example.org")]),
        ..SaveDraft::default()
    };
    let adam = save(&house.store, edit, 2).await.unwrap().id;
    let by_name = ListDrafts {
        sort: Some(DraftSort::ContactName),
        ..ListDrafts::default()
    };
    assert_eq!(pages(&house.store, by_name).await, [adam, to_zoe, nobody]);
    let of_zoe = ListDrafts {
        contact_id: Some(zoe),
        ..ListDrafts::default()
    };
    assert_eq!(pages(&house.store, of_zoe).await, [to_zoe]);
    let sent = ListDrafts {
        status: Some(vec![DraftStatus::Sent]),
        ..ListDrafts::default()
    };
    assert!(pages(&house.store, sent).await.is_empty());
    let none = ListDrafts {
        status: Some(vec![]),
        ..ListDrafts::default()
    };
    assert!(pages(&house.store, none).await.is_empty());
}

#[tokio::test]
async fn the_list_by_name_puts_contacts_between_recipients_page_by_page() {
    let house = House::new();
    let mut expected = Vec::new();
    for (number, name) in ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn"]
        .into_iter()
        .enumerate()
    {
        let draft = if number % 2 == 0 {
            let contact = contact(&house.store, name).await;
            let id = draft_id();
            let draft = house.store.compose_to_contact(contact, id, at(0)).await;
            draft.unwrap().id
        } else {
            let edit = SaveDraft {
                to: Some(vec![mailbox(name, "x@example.org")]),
                ..SaveDraft::default()
            };
            save(&house.store, edit, 0).await.unwrap().id
        };
        expected.push(draft);
    }
    for _ in 0..2 {
        let nobody = save(&house.store, SaveDraft::default(), 0).await;
        expected.push(nobody.unwrap().id);
    }
    for limit in [1, 2, 5, 100] {
        let wanted = ListDrafts {
            sort: Some(DraftSort::ContactName),
            limit: Some(limit),
            ..ListDrafts::default()
        };
        assert_eq!(
            pages(&house.store, wanted).await,
            expected,
            "{limit} at a time"
        );
    }
    let plan: Vec<String> = house
        .sql()
        .prepare(
            "EXPLAIN QUERY PLAN SELECT d.seq FROM drafts d
             WHERE d.contact_id IS NULL AND d.deleted_at IS NULL AND d.status <> 'sent'
               AND coalesce(nullif(d.recipient_key, ''), char(1114111)) >= 'm'
             ORDER BY coalesce(nullif(d.recipient_key, ''), char(1114111)), d.seq LIMIT 51",
        )
        .unwrap()
        .query_map([], |row| row.get(3))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(
        plan.iter().any(|step| step.contains("drafts_by_recipient"))
            && !plan.iter().any(|step| step.contains("TEMP B-TREE")),
        "a page comes out of the index as it is: {plan:?}"
    );
}

#[tokio::test]
async fn the_list_of_one_recipient_has_all_drafts_to_them_and_no_others() {
    let house = House::new();
    let to = |address: &str, text: &str| SaveDraft {
        to: Some(vec![mailbox("", address)]),
        body: Some(body(text)),
        ..SaveDraft::default()
    };
    let first = save(&house.store, to("ada@example.org", "apples"), 1)
        .await
        .unwrap()
        .id;
    let copied = SaveDraft {
        cc: Some(vec![mailbox("Ada", "Ada@Example.org")]),
        ..to("bob@example.org", "pears")
    };
    let second = save(&house.store, copied, 2).await.unwrap().id;
    for (number, other) in [
        "x.ada@example.org",
        "ada@example.org.example",
        "ada@example",
    ]
    .into_iter()
    .enumerate()
    {
        let seconds = i64::try_from(number).unwrap() + 3;
        save(&house.store, to(other, "apples"), seconds)
            .await
            .unwrap();
    }
    let wanted = |search: Option<&str>, sort| ListDrafts {
        recipient: Some("ada@example.org".to_owned()),
        search: search.map(str::to_owned),
        sort: Some(sort),
        limit: Some(1),
        ..ListDrafts::default()
    };
    for sort in [DraftSort::Updated, DraftSort::Created] {
        let found = pages(&house.store, wanted(None, sort)).await;
        assert_eq!(found, [second, first], "newest first, by {sort:?}");
    }
    let both = pages(&house.store, wanted(Some("app"), DraftSort::Updated)).await;
    assert_eq!(both, [first], "with words, too");
    for nobody in ["", "@", "\"* OR x"] {
        let wanted = ListDrafts {
            recipient: Some(nobody.to_owned()),
            ..ListDrafts::default()
        };
        let listed = house.store.list_drafts(wanted).await;
        assert!(
            listed.map_or(true, |page| page.items.is_empty()),
            "{nobody:?} is nobody's address"
        );
    }
}
