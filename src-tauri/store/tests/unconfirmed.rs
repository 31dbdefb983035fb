//! What polished texts changed without a yes, on a real file.

mod support;

use draftwell_core::{
    Code,
    draft::{SaveCause, SaveDraft},
    id::DraftId,
    outbox::{SendCheck, SendQuestion, ToSend, check_send},
    polish::facts::{Change, Known, compare},
};
use support::{House, at, body, draft_id, mailbox, version_id};

const BEFORE: &str = "Can we meet on 10 March at 14:00?";
const AFTER: &str = "Could we meet on 10 March at 16:00?";

async fn put(house: &House, id: DraftId, text: &str, seconds: i64) {
    let edit = SaveDraft {
        id: Some(id),
        to: Some(vec![mailbox("Ana Costa", "ana@example.org")]),
        subject: Some("A meeting".into()),
        body: Some(body(text)),
        cause: Some(SaveCause::Polish),
        ..SaveDraft::default()
    };
    let saved = house
        .store
        .save_draft(edit, draft_id(), version_id(), at(seconds))
        .await;
    assert!(
        saved.is_ok() || saved.is_err_and(|error| error.code == Code::Conflict),
        "a save"
    );
}

async fn asked(house: &House, id: DraftId) -> Vec<SendQuestion> {
    check_send(ToSend {
        draft: &house.store.get_draft(id).await.unwrap(),
        encoded_bytes: 0,
        html_bytes: 0,
        unconfirmed: &house.store.unconfirmed_facts(id).await.unwrap(),
    })
}

fn changes() -> Vec<Change> {
    let changes = compare(BEFORE, AFTER, &Known::default());
    assert_eq!(changes.len(), 1);
    changes
}

fn rows(house: &House) -> i64 {
    house
        .sql()
        .query_row("SELECT count(*) FROM unconfirmed_facts", [], |row| {
            row.get(0)
        })
        .unwrap()
}

#[tokio::test]
async fn it_outlives_a_restart_and_ends_with_a_yes() {
    let mut house = House::new();
    let id = draft_id();
    put(&house, id, BEFORE, 1).await;
    house.store.note_taken(id, changes(), false).await.unwrap();
    assert_eq!(asked(&house, id).await, [], "the text is not in it yet");
    put(&house, id, AFTER, 2).await;
    house.reopen();
    let questions = asked(&house, id).await;
    assert_eq!(questions.len(), 1, "{questions:?}");
    assert_eq!(questions[0].kind, SendCheck::UnconfirmedFacts);
    put(&house, id, &AFTER.replace("16:00", "2 pm"), 3).await;
    assert_eq!(asked(&house, id).await, [], "put right by hand");
    put(&house, id, AFTER, 4).await;
    assert_eq!(asked(&house, id).await.len(), 1);
    house.store.note_taken(id, changes(), true).await.unwrap();
    assert_eq!(asked(&house, id).await, []);
    assert_eq!(rows(&house), 0, "nothing is kept of it");
}

#[tokio::test]
async fn each_draft_has_its_own_and_what_is_damaged_stops_nobody() {
    let house = House::new();
    let (id, other) = (draft_id(), draft_id());
    put(&house, id, BEFORE, 1).await;
    put(&house, other, AFTER, 1).await;
    house.store.note_taken(id, changes(), false).await.unwrap();
    put(&house, id, AFTER, 2).await;
    assert_eq!(asked(&house, other).await, []);
    let gone = house.store.note_taken(draft_id(), changes(), false).await;
    assert_eq!(gone.unwrap_err().code, Code::NotFound);
    house
        .sql()
        .execute("UPDATE unconfirmed_facts SET facts = '[{'", [])
        .unwrap();
    assert_eq!(asked(&house, id).await, []);
    house.store.note_taken(id, changes(), false).await.unwrap();
    house
        .sql()
        .execute_batch("PRAGMA foreign_keys = ON; DELETE FROM drafts;")
        .unwrap();
    assert_eq!(rows(&house), 0, "they go with their draft");
}
