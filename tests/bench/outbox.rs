//! An outbox of ten thousand mails, beside one of ten: taking up the next one, listing, what a
//! start does, and a day whose limit is reached.

use std::{path::Path, time::Instant};

use draftwell_core::{
    UnixMillis,
    account::{AccountKind, GMAIL_COMPOSE},
    address::Mailbox,
    document::Document,
    draft::SaveDraft,
    id::{AccountId, DraftId, EmailId, VersionId},
    outbox::{ListEmails, OutboxStore},
    settings::UpdateSettings,
};
use draftwell_store::{FILE_NAME, FrozenFile, NewAccount, NewEmail, Store};
use uuid::Uuid;

use super::{percentile, row};

const NOW: UnixMillis = UnixMillis(1_767_268_800_000);
const BYTES: &[u8] = b"Date: Thu, 01 Jan 2026 12:00:00 +0000\r\nSubject: x\r\n\r\ny\r\n";

/// Milliseconds of each thing.
struct Figures {
    start: f64,
    lease: f64,
    nothing_due: f64,
    list: f64,
    page: f64,
    postpone: f64,
}

/// All of it.
pub async fn ten_thousand() {
    let few = measure(10).await;
    let many = measure(10_000).await;
    for (what, many, few, aim) in [
        (
            "opening, freeing leases, next time",
            many.start,
            few.start,
            "<= 3",
        ),
        ("taking up the next mail", many.lease, few.lease, "<= 3"),
        (
            "finding that none is due",
            many.nothing_due,
            few.nothing_due,
            "",
        ),
        ("listing the outbox", many.list, few.list, ""),
        ("a page of 50 of all mails", many.page, few.page, "<= 10"),
        (
            "putting off all of them: the day's limit",
            many.postpone,
            few.postpone,
            "<= 1000",
        ),
    ] {
        row(
            &format!("outbox of 10,000 mails: {what} (beside: of 10)"),
            &format!("{many:.1} ms"),
            Some(many / few),
            aim,
        );
    }
}

async fn measure(mails: usize) -> Figures {
    let folder = tempfile::tempdir().expect("a folder");
    fill(folder.path(), mails).await;
    let mut start = Vec::new();
    for _ in 0..5 {
        let began = Instant::now();
        let store = Store::open(folder.path()).expect("a store");
        store.release_leases().await.expect("leases");
        store.next_due(&[]).await.expect("a time");
        start.push(since(began));
        store.close();
    }
    let store = Store::open(folder.path()).expect("a store");
    let mut nothing_due = Vec::new();
    let mut list = Vec::new();
    let mut page = Vec::new();
    for _ in 0..21 {
        let began = Instant::now();
        let taken = store.take_up("bench", &[], NOW, 0).await.expect("a look");
        nothing_due.push(since(began));
        assert!(taken.leased.is_none(), "all are due a minute later");
        let began = Instant::now();
        let listed = store.list_outbox().await.expect("a list").len();
        list.push(since(began));
        assert_eq!(listed, mails, "all of them wait");
        let began = Instant::now();
        let wanted = ListEmails {
            limit: Some(50),
            ..ListEmails::default()
        };
        store.list_emails(wanted).await.expect("a page");
        page.push(since(began));
    }
    let due = NOW.plus_seconds(60);
    let mut lease = Vec::new();
    for number in 0..7 {
        let began = Instant::now();
        let taken = store.take_up(&format!("bench {number}"), &[], due, 0).await;
        lease.push(since(began));
        assert!(taken.expect("a look").leased.is_some(), "one is due");
    }
    let limit = UpdateSettings {
        daily_limit: Some(1),
        ..UpdateSettings::default()
    };
    store.update_settings(limit, due).await.expect("a limit");
    let began = Instant::now();
    let taken = store.take_up("bench", &[], due, 0).await.expect("a look");
    let postpone = since(began);
    assert_eq!(taken.passed_over.len(), mails - 7, "the limit is reached");
    Figures {
        start: percentile(&mut start, 0.5),
        lease: percentile(&mut lease, 0.5),
        nothing_due: percentile(&mut nothing_due, 0.5),
        list: percentile(&mut list, 0.5),
        page: percentile(&mut page, 0.5),
        postpone,
    }
}

fn since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}

/// Queues one mail, and copies its row. All are due a minute after [`NOW`].
pub async fn fill(folder: &Path, mails: usize) {
    let store = Store::open(folder).expect("a new store");
    let id = Uuid::from_u128;
    let account = NewAccount {
        kind: AccountKind::Gmail,
        subject: "1".to_owned(),
        email: "me@example.com".to_owned(),
        display_name: "Me".to_owned(),
        scopes: vec![GMAIL_COMPOSE.to_owned()],
    };
    let account = store.upsert_account(account, AccountId(id(1)), NOW).await;
    let draft = SaveDraft {
        to: Some(vec![Mailbox {
            name: None,
            address: "ada@example.org".to_owned(),
        }]),
        subject: Some("Hello".to_owned()),
        body: Some(Document::from_text("Hello").to_json()),
        ..SaveDraft::default()
    };
    let saved = store
        .save_draft(draft, DraftId(id(2)), VersionId(id(3)), NOW)
        .await;
    let new = NewEmail {
        id: EmailId(id(4)),
        version_id: VersionId(id(5)),
        draft_id: saved.expect("a draft").id,
        revision: 1,
        account_id: account.expect("an account").id,
        message_id: "<1@example.com>".to_owned(),
        queued_at: NOW,
        not_before: NOW.plus_seconds(60),
        scheduled: false,
    };
    let kept = store.put_blob(BYTES.to_vec(), "message/rfc822".to_owned(), None, None, NOW);
    let kept = kept.await.expect("a message");
    let message = FrozenFile {
        hash: kept.hash,
        size: kept.size,
    };
    store.queue_email(new, message).await.expect("a mail");
    store.close();
    let database = rusqlite::Connection::open(folder.join(FILE_NAME)).expect("the database");
    database
        .execute(
            "WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers
                                            WHERE n < ?1)
             INSERT INTO emails (id, draft_id, draft_revision, account_id, status, to_list, cc_list,
               bcc_list, subject, snippet, message_id, body_hash, queued_at, not_before, due_at)
             SELECT printf('00000000-0000-0000-0001-%012d', n),
               printf('00000000-0000-0000-0002-%012d', n), 1, account_id, status, to_list, cc_list,
               bcc_list, subject, snippet, message_id, body_hash, queued_at, not_before, due_at
             FROM emails, numbers",
            [i64::try_from(mails).expect("a small number")],
        )
        .expect("copies");
}
