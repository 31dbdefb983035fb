//! Versions on a real file: listing, comparing, thinning, and the bin they go with.

mod support;

use std::time::Duration;

use draftwell_core::{
    Code, Error,
    draft::{
        CompareVersions, Comparison, DiffKind, ListBin, ListVersions, SaveCause, SaveDraft,
        SavedDraft, VersionCause, VersionPage,
    },
    id::{DraftId, VersionId},
};
use draftwell_store::Store;
use proptest::prelude::*;
use support::{House, at, body, draft_id, mailbox, typed, version_id, versions_of};

const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

async fn save(store: &Store, edit: SaveDraft, seconds: i64) -> Result<SavedDraft, Error> {
    store
        .save_draft(edit, draft_id(), version_id(), at(seconds))
        .await
}

/// Saves a text on top of whatever is stored.
async fn put(store: &Store, id: DraftId, text: &str, cause: SaveCause, seconds: i64) {
    let edit = SaveDraft {
        id: Some(id),
        body: Some(body(text)),
        cause: Some(cause),
        ..SaveDraft::default()
    };
    save(store, edit, seconds).await.unwrap();
}

async fn texts(store: &Store, id: DraftId) -> Vec<String> {
    let versions = versions_of(store, id).await;
    versions.into_iter().map(|version| version.text).collect()
}

async fn page(
    store: &Store,
    id: DraftId,
    cursor: Option<String>,
    limit: u32,
) -> Result<VersionPage, Error> {
    let wanted = ListVersions {
        id,
        cursor,
        limit: Some(limit),
    };
    store.list_versions(wanted).await
}

fn count(house: &House, sql: &str) -> i64 {
    house.sql().query_row(sql, [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn the_list_is_light_and_says_what_changed() {
    let house = House::new();
    let id = draft_id();
    let first = "Dear Ada, the figures for March are here.";
    put(&house.store, id, first, SaveCause::Typing, 0).await;
    let second = format!("{first} Have a look at them.");
    put(&house.store, id, &second, SaveCause::Typing, 5).await;
    put(&house.store, id, "Polished.", SaveCause::Polish, 9).await;
    let found = page(&house.store, id, None, 50).await.unwrap();
    assert_eq!((found.total, found.next_cursor), (2, None));
    let rows: Vec<_> = found
        .items
        .iter()
        .map(|row| {
            (
                row.cause,
                row.created_at,
                row.revision,
                row.word_count,
                row.excerpt.as_str(),
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            (
                VersionCause::Polish,
                at(5),
                2,
                13,
                "… are here. Have a look at them."
            ),
            (VersionCause::Typing, at(0), 1, 8, first),
        ]
    );
}

#[tokio::test]
async fn the_list_comes_in_pages_of_any_size() {
    let house = House::new();
    let id = draft_id();
    for number in 0..12 {
        put(
            &house.store,
            id,
            &format!("text {number}"),
            SaveCause::Typing,
            number,
        )
        .await;
    }
    let all = page(&house.store, id, None, 100).await.unwrap();
    assert_eq!(all.items.len(), 11);
    for size in 1..=12 {
        let (mut found, mut cursor) = (Vec::new(), None);
        loop {
            let next = page(&house.store, id, cursor, size).await.unwrap();
            assert_eq!(next.total, 11);
            found.extend(next.items);
            cursor = next.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, all.items, "pages of {size}");
    }
    let refused = page(&house.store, id, Some("no".to_owned()), 5).await;
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("cursor"));
    let refused = page(&house.store, id, None, 101).await;
    assert_eq!(refused.unwrap_err().field.as_deref(), Some("limit"));
    let unknown = page(&house.store, draft_id(), None, 5).await;
    assert_eq!(unknown.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn a_version_has_all_of_a_state() {
    let house = House::new();
    let id = draft_id();
    let edit = SaveDraft {
        to: Some(vec![mailbox("Zoë", "zoe@example.org")]),
        bcc: Some(vec![mailbox("", "boss@example.org")]),
        subject: Some("March 🚀".to_owned()),
        ..typed(id, 0, "Dear Zoë")
    };
    save(&house.store, edit, 0).await.unwrap();
    let edit = SaveDraft {
        id: Some(id),
        to: Some(Vec::new()),
        ..SaveDraft::default()
    };
    save(&house.store, edit, 3).await.unwrap();
    let version = versions_of(&house.store, id).await.remove(0);
    assert_eq!(version.to, [mailbox("Zoë", "zoe@example.org")]);
    assert_eq!(version.bcc, [mailbox("", "boss@example.org")]);
    assert_eq!(version.subject, "March 🚀");
    assert_eq!((version.text.as_str(), version.word_count), ("Dear Zoë", 2));
    assert_eq!(version.html, "<p>Dear Zoë</p>");
    assert_eq!(version.body, body("Dear Zoë"));
    assert_eq!(version.created_at, at(0));
    let unknown = house.store.get_version(version_id()).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
}

async fn compared(
    house: &House,
    id: DraftId,
    before: Option<VersionId>,
    after: Option<VersionId>,
) -> Result<Comparison, Error> {
    let wanted = CompareVersions { id, before, after };
    house.store.compare_versions(wanted).await
}

#[tokio::test]
async fn any_two_states_are_compared() {
    let house = House::new();
    let (id, other) = (draft_id(), draft_id());
    for (number, text) in ["one two", "one 2", "one 2 three"].into_iter().enumerate() {
        let seconds = i64::try_from(number).unwrap();
        put(&house.store, id, text, SaveCause::Typing, seconds).await;
        put(&house.store, other, text, SaveCause::Typing, seconds).await;
    }
    let marked = |comparison: Comparison| -> String {
        comparison
            .text
            .into_iter()
            .map(|run| match run.kind {
                DiffKind::Same => run.text,
                DiffKind::Inserted => format!("+{}+", run.text),
                DiffKind::Deleted => format!("-{}-", run.text),
            })
            .collect()
    };
    let versions = versions_of(&house.store, id).await;
    let [second, first] = [versions[0].id, versions[1].id];
    let check = async |before, after, expected: &str| {
        let comparison = compared(&house, id, before, after).await.unwrap();
        assert_eq!(marked(comparison), expected);
    };
    check(Some(first), Some(second), "one -two-+2+").await;
    check(Some(second), Some(first), "one -2-+two+").await;
    check(Some(second), None, "one 2+ three+").await;
    check(None, Some(first), "one -2 three-+two+").await;
    check(None, None, "one 2 three").await;
    let of_another = versions_of(&house.store, other).await[0].id;
    let refused = compared(&house, id, Some(of_another), None).await;
    assert_eq!(refused.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn hours_of_typing_in_a_long_text_take_little_room_and_grow_thin() {
    let house = House::new();
    let id = draft_id();
    let mut words: Vec<String> = (0..2_000_u32)
        .map(|n| format!("w{:x}", n.wrapping_mul(2_654_435_761)))
        .collect();
    // Two hours, a save each ten seconds, at the end and now and then somewhere else.
    for save in 0..720_usize {
        words.push(format!("typed{save}"));
        if save % 7 == 0 {
            let place = save * 131 % words.len();
            words[place] = format!("again{save}");
        }
        let seconds = i64::try_from(save).unwrap() * 10;
        put(
            &house.store,
            id,
            &words.join(" "),
            SaveCause::Typing,
            seconds,
        )
        .await;
    }
    assert_eq!(count(&house, "SELECT count(*) FROM draft_versions"), 719);
    let bytes = count(
        &house,
        "SELECT (SELECT sum(length(delta)) FROM draft_versions)
              + (SELECT sum(length(text)) FROM version_keyframes)",
    );
    let each = bytes / 719;
    println!("{each} bytes for each version");
    assert!(
        each < 1_000,
        "{each} bytes for each version of a text of 25 KB"
    );

    house.store.thin_versions(at(2 * HOUR)).await.unwrap();
    let kept = versions_of(&house.store, id).await;
    let (young, old): (Vec<_>, Vec<_>) = kept
        .iter()
        .partition(|version| version.created_at > at(HOUR));
    assert_eq!(young.len(), 358, "every one for an hour");
    assert_eq!(old.len(), 60, "one a minute");
    house.store.thin_versions(at(4 * DAY)).await.unwrap();
    let times: Vec<_> = versions_of(&house.store, id)
        .await
        .iter()
        .map(|version| version.created_at)
        .collect();
    assert_eq!(times, [at(2 * HOUR - 20), at(HOUR - 10)], "one an hour");
    assert_eq!(count(&house, "SELECT count(*) FROM version_keyframes"), 2);
    assert_eq!(count(&house, "SELECT count(*) FROM versions_to_thin"), 0);
}

#[tokio::test]
async fn what_was_polished_restored_or_lost_is_never_thinned_away() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    let long = "word ".repeat(40);
    put(store, id, "rough", SaveCause::Typing, 0).await;
    put(store, id, "fine", SaveCause::Polish, 1).await;
    put(store, id, "fine, mostly", SaveCause::Typing, 2).await;
    put(store, id, &long, SaveCause::Typing, 3).await;
    put(store, id, "H", SaveCause::Typing, 4).await;
    put(store, id, "He", SaveCause::Typing, 5).await;
    let rough = versions_of(store, id).await.pop().unwrap();
    store
        .restore_version(rough.id, version_id(), at(6))
        .await
        .unwrap();
    save(store, typed(id, 7, "another window"), 7)
        .await
        .unwrap();
    save(store, typed(id, 7, "wins"), 8).await.unwrap_err();
    put(store, id, "wins too", SaveCause::Typing, 9).await;
    store.thin_versions(at(100 * DAY)).await.unwrap();
    let expected = [
        // The last of its hour, while typing.
        "wins",
        // The loser of a conflict.
        "another window",
        // After and before a restore.
        "rough",
        "He",
        // Before most of it was deleted.
        long.trim_end(),
        // After and before a polish.
        "fine",
        "rough",
    ];
    assert_eq!(texts(store, id).await, expected);
}

#[tokio::test]
async fn thinning_happens_by_itself_once_nobody_writes() {
    let house = House::new();
    let id = draft_id();
    for second in 0..5 {
        put(
            &house.store,
            id,
            &format!("text {second}"),
            SaveCause::Typing,
            second,
        )
        .await;
    }
    house.store.tidy(at(2 * HOUR));
    let mut left = 4;
    for _ in 0..600 {
        left = page(&house.store, id, None, 1).await.unwrap().total;
        if left == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(left, 1, "of one minute one is left");
    assert_eq!(texts(&house.store, id).await, ["text 3"]);
}

#[tokio::test]
async fn thinning_waits_for_no_clock_that_was_ahead() {
    let house = House::new();
    let store = &house.store;
    let id = draft_id();
    put(store, id, "in a year", SaveCause::Typing, 365 * DAY).await;
    put(
        store,
        id,
        "in a year, too",
        SaveCause::Typing,
        365 * DAY + 1,
    )
    .await;
    for second in 0..3 {
        put(
            store,
            id,
            &format!("now {second}"),
            SaveCause::Typing,
            second,
        )
        .await;
    }
    store.thin_versions(at(HOUR + 2)).await.unwrap();
    let left = ["now 1", "in a year, too", "in a year"];
    assert_eq!(texts(store, id).await, left);
    store.thin_versions(at(366 * DAY)).await.unwrap();
    assert_eq!(texts(store, id).await, ["now 1", "in a year, too"]);
}

#[tokio::test]
async fn a_version_that_can_not_be_read_stands_in_nobodys_way() {
    let house = House::new();
    let id = draft_id();
    put(&house.store, id, "one", SaveCause::Typing, 0).await;
    put(&house.store, id, "two", SaveCause::Typing, 1).await;
    house
        .sql()
        .execute("UPDATE version_keyframes SET text = x'00'", [])
        .unwrap();
    put(&house.store, id, "three", SaveCause::Typing, 2).await;
    let found = page(&house.store, id, None, 10).await.unwrap();
    let excerpts: Vec<_> = found.items.iter().map(|row| row.excerpt.as_str()).collect();
    assert_eq!(excerpts, ["two", ""]);
    let damaged = house.store.get_version(found.items[1].id).await;
    assert_eq!(damaged.unwrap_err().code, Code::InternalError);
    house.store.thin_versions(at(DAY)).await.unwrap();
}

#[tokio::test]
async fn the_bin_is_listed_and_emptied_by_hand() {
    let house = House::new();
    let store = &house.store;
    let ids: Vec<DraftId> = (0..5).map(|_| draft_id()).collect();
    for (id, seconds) in ids.iter().zip(0..) {
        put(
            store,
            *id,
            &format!("text {seconds}"),
            SaveCause::Typing,
            seconds,
        )
        .await;
        put(
            store,
            *id,
            &format!("text {seconds}!"),
            SaveCause::Typing,
            10 + seconds,
        )
        .await;
    }
    let refused = store.purge_draft(ids[0]).await.unwrap_err();
    assert_eq!(refused.code, Code::Forbidden, "only what is in the bin");
    for id in &ids[..4] {
        store.delete_draft(*id, at(100)).await.unwrap();
    }
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let wanted = ListBin {
            cursor,
            limit: Some(3),
        };
        let page = store.list_bin(wanted).await.unwrap();
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    let listed: Vec<_> = found.iter().map(|draft| draft.id).collect();
    assert_eq!(listed, [ids[3], ids[2], ids[1], ids[0]]);
    assert_eq!(found[0].snippet, "text 3!");
    assert_eq!(found[0].deleted_at, at(100));
    assert_eq!(found[0].purged_at, at(100 + 30 * DAY));
    assert_eq!(
        texts(store, ids[3]).await,
        ["text 3"],
        "versions go into the bin, too"
    );

    store.purge_draft(ids[3]).await.unwrap();
    assert_eq!(
        store.get_draft(ids[3]).await.unwrap_err().code,
        Code::NotFound
    );
    assert_eq!(
        store.purge_draft(ids[3]).await.unwrap_err().code,
        Code::NotFound
    );
    store.restore_draft(ids[2], at(200)).await.unwrap();
    assert_eq!(
        texts(store, ids[2]).await,
        ["text 2"],
        "and come back with it"
    );
    let left = store.list_bin(ListBin::default()).await.unwrap();
    assert_eq!(left.items.len(), 2);
    for table in ["draft_versions", "version_keyframes", "versions_to_thin"] {
        let gone =
            format!("SELECT count(*) FROM {table} WHERE draft NOT IN (SELECT seq FROM drafts)");
        assert_eq!(
            count(&house, &gone),
            0,
            "{table} keeps nothing of what is gone"
        );
    }
}

/// A change to a text: so many characters at a place give way to others.
fn edits() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let new = prop_oneof![
        3 => "[a-z ]{0,12}",
        1 => "\\PC{0,40}",
        1 => "[a-z ]{200,600}",
    ];
    prop::collection::vec((0..3_000usize, 0..40usize, new), 1..25)
}

async fn all_come_back(edits: Vec<(usize, usize, String)>) {
    let house = House::new();
    let id = draft_id();
    let mut text: Vec<char> = Vec::new();
    let mut states = Vec::new();
    for (number, (place, length, new)) in edits.into_iter().enumerate() {
        let start = place.min(text.len());
        let end = (start + length).min(text.len());
        text.splice(start..end, new.chars());
        let state = body(&text.iter().collect::<String>());
        let edit = SaveDraft {
            id: Some(id),
            subject: Some("subject".to_owned()),
            body: Some(state),
            ..SaveDraft::default()
        };
        let seconds = i64::try_from(number).unwrap();
        save(&house.store, edit, seconds).await.unwrap();
        let stored = house.store.get_draft(id).await.unwrap().body;
        if states.last() != Some(&stored) {
            states.push(stored);
        }
    }
    states.pop();
    states.reverse();
    let versions = versions_of(&house.store, id).await;
    let kept: Vec<_> = versions.into_iter().map(|version| version.body).collect();
    assert_eq!(kept, states);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 32,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_read_is_what_was_kept(edits in edits()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(all_come_back(edits));
    }
}
