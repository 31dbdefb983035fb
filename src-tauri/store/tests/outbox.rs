//! The outbox on a real file: every step written down, nothing sent twice, nothing lost.

mod support;

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::{Account, AccountKind, GMAIL_COMPOSE},
    contact::SaveContact,
    draft::{DraftStatus, ListDrafts, SaveDraft, VersionCause},
    history::ListHistory,
    id::{AccountId, ContactId, DraftId, EmailId, SignatureId},
    outbox::{
        DAY_MILLIS, Email, EmailStatus, Event, LEASE_SECONDS, Leased, ListEmails, OutboxJournal,
        OutboxStore, Pace, State, Step, next, transmit,
    },
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
    settings::UpdateSettings,
    signature::CreateSignature,
    smtp::{Security, SmtpLogin, SmtpServer},
};
use draftwell_store::{NewAccount, NewEmail, SmtpAccount, Store};
use support::{
    House, at, body, draft_id, fresh, mailbox, message, signed, typed, version_id, versions_of,
};

const BYTES: &[u8] = b"Date: Thu, 01 Jan 2026 00:01:40 +0000\r\nSubject: x\r\n\r\ny\r\n";

async fn connect(store: &Store) -> Account {
    let account = NewAccount {
        kind: AccountKind::Gmail,
        subject: "1".to_owned(),
        email: "me@gmail.com".to_owned(),
        display_name: "Me".to_owned(),
        scopes: vec![GMAIL_COMPOSE.to_owned()],
    };
    store
        .upsert_account(account, AccountId(fresh()), at(0))
        .await
        .unwrap()
}

fn to_ada(text: &str) -> SaveDraft {
    SaveDraft {
        to: Some(vec![mailbox("Ada", "ada@example.org")]),
        bcc: Some(vec![mailbox("", "eve@example.org")]),
        subject: Some("Hello".to_owned()),
        body: Some(body(text)),
        ..SaveDraft::default()
    }
}

async fn draft(store: &Store, edit: SaveDraft) -> DraftId {
    store
        .save_draft(edit, draft_id(), version_id(), at(0))
        .await
        .unwrap()
        .id
}

fn frozen(draft: DraftId, account: AccountId) -> NewEmail {
    NewEmail {
        id: EmailId(fresh()),
        version_id: version_id(),
        draft_id: draft,
        revision: 1,
        account_id: account,
        message_id: "<1@example.org>".to_owned(),
        queued_at: at(100),
        not_before: at(110),
        scheduled: false,
    }
}

async fn queue(store: &Store, new: NewEmail) -> Result<Email> {
    store.queue_email(new, message(store, BYTES).await?).await
}

/// A mail in the outbox, due at 110.
async fn queued(store: &Store) -> Email {
    let account = connect(store).await;
    let draft = draft(store, to_ada("text")).await;
    queue(store, frozen(draft, account.id)).await.unwrap()
}

async fn lease(store: &Store, seconds: i64) -> Option<Leased> {
    let taken = store.take_up("worker", &[], at(seconds), 0).await.unwrap();
    taken.leased
}

async fn draft_of(store: &Store, email: &Email) -> draftwell_core::draft::Draft {
    store.get_draft(email.draft_id).await.unwrap()
}

/// A provider that answers as it is told, `Ok` when it isn't, and remembers what it was asked.
#[derive(Default)]
struct Provider {
    send: Mutex<Vec<SendOutcome>>,
    still_has_draft: bool,
    sent: Mutex<Vec<String>>,
}

impl Provider {
    fn failing(outcomes: &[SendOutcome]) -> Self {
        Self {
            send: Mutex::new(outcomes.to_vec()),
            ..Self::default()
        }
    }

    fn sent(&self) -> Vec<String> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

fn step_error(outcome: SendOutcome) -> StepError {
    StepError {
        outcome,
        retry_after_seconds: None,
        error: Error::new(Code::GmailApiError, "Gmail said no."),
    }
}

impl MailSender for Provider {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        assert!(message.bytes.ends_with(b"\r\nSubject: x\r\n\r\ny\r\n"));
        Box::pin(async { Ok("r-1".to_owned()) })
    }

    fn send_draft<'a>(&'a self, id: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async move {
            self.sent.lock().unwrap().push(id.to_owned());
            match self.send.lock().unwrap().pop() {
                Some(outcome) => Err(step_error(outcome)),
                None => Ok(SentMessage {
                    id: "m-1".to_owned(),
                    thread_id: Some("t-1".to_owned()),
                }),
            }
        })
    }

    fn look<'a>(
        &'a self,
        _id: &'a str,
        _: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        let found = if self.still_has_draft {
            Found::StillThere
        } else {
            Found::Gone
        };
        Box::pin(async move { Ok(found) })
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        panic!("the account can do better");
    }
}

/// The first whole second after a time, as [`at`] takes it.
fn second_after(time: UnixMillis) -> i64 {
    (time.0 - at(0).0) / 1000 + 1
}

/// A time that stands still, in seconds. What can't be written in it never will be.
struct At(i64);

impl Pace for At {
    fn now(&self) -> UnixMillis {
        at(self.0)
    }

    fn random(&self) -> u32 {
        0
    }

    fn pause(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async { panic!("it can be written") })
    }

    fn stopped_short(&self, error: &Error) {
        panic!("it can be written: {error}");
    }
}

async fn work(store: &Store, provider: &Provider, seconds: i64) -> Option<State> {
    let leased = lease(store, seconds).await?;
    let state = transmit(leased, provider, store, &At(seconds)).await;
    Some(state.unwrap())
}

#[tokio::test]
async fn a_queued_draft_is_frozen_and_read_only() {
    let house = House::new();
    let email = queued(&house.store).await;
    assert_eq!(email.status, EmailStatus::Queued);
    assert_eq!(email.to, [mailbox("Ada", "ada@example.org")]);
    assert_eq!(email.bcc, [mailbox("", "eve@example.org")]);
    assert_eq!(
        draft_of(&house.store, &email).await.status,
        DraftStatus::Queued
    );
    let versions = versions_of(&house.store, email.draft_id).await;
    assert_eq!(versions[0].cause, VersionCause::Send);
    let save = house.store.save_draft(
        typed(email.draft_id, 1, "other"),
        draft_id(),
        version_id(),
        at(101),
    );
    assert_eq!(save.await.unwrap_err().code, Code::Forbidden);
    let error = house.store.delete_draft(email.draft_id, at(101)).await;
    assert_eq!(error.unwrap_err().code, Code::Forbidden);
    let again = frozen(email.draft_id, email.account_id);
    let error = queue(&house.store, again).await.unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
    assert_eq!(house.store.next_due(&[]).await.unwrap(), Some(at(110)));
    assert!(lease(&house.store, 109).await.is_none());
    let leased = lease(&house.store, 110).await.unwrap();
    assert_eq!(leased.message.bytes, BYTES);
    assert_eq!(leased.state.status, EmailStatus::Transmitting);
    assert!(
        lease(&house.store, 110).await.is_none(),
        "one worker has it"
    );
}

#[tokio::test]
async fn another_revision_or_a_missing_account_is_not_queued() {
    let house = House::new();
    let account = connect(&house.store).await;
    let draft = draft(&house.store, to_ada("text")).await;
    let other = NewEmail {
        revision: 2,
        ..frozen(draft, account.id)
    };
    let error = queue(&house.store, other).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let gone = frozen(draft, AccountId(fresh()));
    let error = queue(&house.store, gone).await.unwrap_err();
    assert_eq!(error.code, Code::AccountNotConnected);
    house.store.delete_draft(draft, at(1)).await.unwrap();
    let error = queue(&house.store, frozen(draft, account.id)).await;
    assert_eq!(error.unwrap_err().code, Code::Forbidden);
    assert!(house.store.list_outbox().await.unwrap().is_empty());
    let versions = versions_of(&house.store, draft).await;
    assert!(versions.is_empty(), "nothing of a refused one is left");
}

#[tokio::test]
async fn undo_reopens_the_draft_until_a_worker_has_the_mail() {
    let house = House::new();
    let email = queued(&house.store).await;
    let draft = house.store.undo_send(email.id, at(105)).await.unwrap();
    assert_eq!(draft.status, DraftStatus::Draft);
    assert!(lease(&house.store, 999).await.is_none());
    assert!(house.store.list_outbox().await.unwrap().is_empty());
    let error = house.store.undo_send(email.id, at(106)).await.unwrap_err();
    assert_eq!(error.code, Code::Forbidden);

    let again = queue(&house.store, frozen(email.draft_id, email.account_id))
        .await
        .unwrap();
    lease(&house.store, 110).await.unwrap();
    let error = house.store.undo_send(again.id, at(111)).await.unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
    assert_eq!(
        draft_of(&house.store, &again).await.status,
        DraftStatus::Queued
    );
}

#[tokio::test]
async fn undo_leaves_the_contact_to_a_draft_made_meanwhile() {
    let house = House::new();
    let store = &house.store;
    let account = connect(store).await;
    let ada = contact(store, "Ada", "ada@example.org").await;
    let first = store
        .compose_to_contact(ada, draft_id(), at(0))
        .await
        .unwrap();
    let email = queue(store, frozen(first.id, account.id)).await.unwrap();
    let second = store
        .compose_to_contact(ada, draft_id(), at(1))
        .await
        .unwrap();
    assert_ne!(first.id, second.id, "a queued draft can't be written in");
    let reopened = store.undo_send(email.id, at(2)).await.unwrap();
    assert_eq!(reopened.contact_id, None);
}

async fn contact(store: &Store, name: &str, email: &str) -> ContactId {
    let edit = SaveContact {
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
        ..SaveContact::default()
    };
    let saved = store.save_contact(edit, ContactId(fresh()), at(0)).await;
    saved.unwrap().id
}

#[tokio::test]
async fn a_sent_mail_closes_its_draft_and_counts() {
    let mut house = House::new();
    let store = house.store.clone();
    let account = connect(&store).await;
    let ada = contact(&store, "Ada Lovelace", "ada@EXAMPLE.org").await;
    let signature = CreateSignature {
        name: "Mine".to_owned(),
        body: body("Me"),
        ..CreateSignature::default()
    };
    let signature = store
        .create_signature(signature, SignatureId(fresh()), at(0))
        .await
        .unwrap();
    let edit = SaveDraft {
        body: Some(signed("Dear Ada", signature.id)),
        ..to_ada("")
    };
    let draft = draft(&store, edit).await;
    let email = queue(&store, frozen(draft, account.id)).await.unwrap();
    let provider = Provider::default();
    let state = work(&store, &provider, 120).await.unwrap();
    assert_eq!(state.status, EmailStatus::Sent);
    drop(store);
    house.reopen();
    let store = &house.store;

    let sent = store.get_email(email.id).await.unwrap();
    assert_eq!(sent.status, EmailStatus::Sent);
    assert_eq!(sent.sent_at, Some(at(120)));
    assert_eq!(sent.provider_message_id.as_deref(), Some("m-1"));
    assert_eq!(sent.provider_thread_id.as_deref(), Some("t-1"));
    assert_eq!(draft_of(store, &sent).await.status, DraftStatus::Sent);
    assert!(store.list_outbox().await.unwrap().is_empty());
    assert!(
        store
            .list_drafts(Default::default())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let signature = store.get_signature(signature.id).await.unwrap();
    assert_eq!((signature.usage_count, signature.used_by_drafts), (1, 0));
    assert_eq!(store.used_today(account.id, at(121)).await.unwrap(), 1);
    assert_eq!(store.used_today(account.id, at(86_400)).await.unwrap(), 0);
    let account = store.get_account(account.id).await.unwrap();
    assert_eq!(account.last_used_at, Some(at(120)));

    let history = store.list_history(ListHistory::default()).await.unwrap();
    assert_eq!(history.items.len(), 1);
    assert_eq!(history.items[0].contact_id, Some(ada));
    assert_eq!(history.items[0].snippet, "Dear Ada");
    assert_eq!(history.items[0].recipients.len(), 2);
    let suggested = store.suggest_recipients("e".to_owned()).await.unwrap();
    let suggested: Vec<_> = suggested.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(suggested, ["ada@EXAMPLE.org", "eve@example.org"]);
}

#[tokio::test]
async fn a_contact_made_later_finds_what_was_sent_before() {
    let house = House::new();
    let store = &house.store;
    queued(store).await;
    work(store, &Provider::default(), 120).await.unwrap();
    let eve = contact(store, "Eve", "eve@example.org").await;
    let bob = contact(store, "Bob", "bob@example.org").await;
    let of = |contact| {
        store.list_history(ListHistory {
            contact_id: Some(contact),
            ..ListHistory::default()
        })
    };
    assert_eq!(of(eve).await.unwrap().items[0].contact_id, Some(eve));
    assert!(of(bob).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_refused_mail_gives_its_draft_back() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let provider = Provider::failing(&[SendOutcome::Refused]);
    let state = work(store, &provider, 120).await.unwrap();
    assert_eq!(state.status, EmailStatus::Failed);
    let draft = draft_of(store, &email).await;
    assert_eq!(draft.status, DraftStatus::Failed);
    assert_eq!(draft.error_code, Some(Code::GmailApiError));
    assert_eq!(draft.error_message.as_deref(), Some("Gmail said no."));
    assert_eq!(
        store.list_outbox().await.unwrap()[0].status,
        EmailStatus::Failed
    );
    store
        .save_draft(
            typed(email.draft_id, 1, "better"),
            draft_id(),
            version_id(),
            at(130),
        )
        .await
        .unwrap();
    let again = NewEmail {
        revision: 2,
        ..frozen(email.draft_id, email.account_id)
    };
    let again = queue(store, again).await.unwrap();
    let outbox = store.list_outbox().await.unwrap();
    assert_eq!(outbox, [again], "the failed one is of no interest any more");
    assert_eq!(draft_of(store, &outbox[0]).await.error_code, None);
}

#[tokio::test]
async fn what_provably_did_nothing_is_tried_again_later() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let provider = Provider::failing(&[SendOutcome::NotActed]);
    let state = work(store, &provider, 120).await.unwrap();
    assert_eq!(state.status, EmailStatus::Queued);
    assert_eq!(store.next_due(&[]).await.unwrap(), Some(state.not_before));
    assert!(work(store, &provider, 120).await.is_none());
    let state = work(store, &provider, 130).await.unwrap();
    assert_eq!(state.status, EmailStatus::Sent);
    assert_eq!(
        provider.sent(),
        ["r-1", "r-1"],
        "the same draft, not another one"
    );
    assert_eq!(store.get_email(email.id).await.unwrap().attempts, 2);
}

#[tokio::test]
async fn after_a_crash_the_next_run_knows_what_may_have_happened() {
    let mut house = House::new();
    let email = queued(&house.store).await;
    let leased = lease(&house.store, 110).await.unwrap();
    let sending = State {
        step: Step::Sending,
        provider_draft_id: Some("r-9".to_owned()),
        ..leased.state.clone()
    };
    house
        .store
        .record_step(&leased.lease, &sending)
        .await
        .unwrap();
    house.reopen();
    let store = &house.store;
    assert!(lease(store, 111).await.is_none(), "the lease goes on");
    assert_eq!(
        store.next_due(&[]).await.unwrap(),
        Some(at(110 + LEASE_SECONDS))
    );
    assert_eq!(store.release_leases().await.unwrap(), 1);
    let error = store.undo_send(email.id, at(111)).await.unwrap_err();
    assert_eq!(error.code, Code::Forbidden, "it may have left");
    let provider = Provider::default();
    let state = work(store, &provider, 112).await.unwrap();
    assert_eq!((state.status, state.confirmed), (EmailStatus::Sent, false));
    assert!(provider.sent().is_empty(), "it was looked up, not sent");
    let history = store.list_history(ListHistory::default()).await.unwrap();
    assert!(!history.items[0].confirmed);
}

#[tokio::test]
async fn a_lease_that_ran_out_is_worth_nothing() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let old = lease(store, 110).await.unwrap();
    let new = lease(store, 110 + LEASE_SECONDS).await.unwrap();
    assert_eq!(new.state.attempts, 2);
    let sent = State {
        status: EmailStatus::Sent,
        ..old.state.clone()
    };
    let error = store
        .settle(&old.lease, &sent, at(2_000))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let error = store.record_step(&old.lease, &old.state).await.unwrap_err();
    assert_eq!(error.code, Code::Conflict);
    let email = store.get_email(email.id).await.unwrap();
    assert_eq!(
        (email.status, email.attempts),
        (EmailStatus::Transmitting, 2)
    );
    store.record_step(&new.lease, &new.state).await.unwrap();
}

#[tokio::test]
async fn an_unclear_outcome_is_looked_at_twice_before_the_same_draft_is_sent_again() {
    let house = House::new();
    let store = &house.store;
    queued(store).await;
    let provider = Provider {
        still_has_draft: true,
        ..Provider::failing(&[SendOutcome::Unclear])
    };
    let state = work(store, &provider, 120).await.unwrap();
    assert_eq!(state.status, EmailStatus::Transmitting);
    assert_eq!(store.next_due(&[]).await.unwrap(), Some(at(150)));
    assert!(work(store, &provider, 149).await.is_none());
    let state = work(store, &provider, 150).await.unwrap();
    assert_eq!(state.status, EmailStatus::Sent);
    assert_eq!(provider.sent(), ["r-1", "r-1"]);
}

#[tokio::test]
async fn over_the_days_limit_a_mail_waits_until_midnight_or_a_higher_limit() {
    let house = House::new();
    let store = &house.store;
    let set = |limit| {
        let edit = UpdateSettings {
            daily_limit: Some(limit),
            ..UpdateSettings::default()
        };
        store.update_settings(edit, at(120))
    };
    set(1).await.unwrap();
    queued(store).await;
    work(store, &Provider::default(), 120).await.unwrap();
    let second = queued(store).await;
    assert!(lease(store, 120).await.is_none());
    let waiting = store.get_email(second.id).await.unwrap();
    assert_eq!(waiting.not_before, at(86_400));
    assert_eq!(waiting.error_code, Some(Code::GmailQuotaExceeded));
    assert_eq!(waiting.attempts, 0);
    set(2).await.unwrap();
    assert!(lease(store, 121).await.is_some());
}

#[tokio::test]
async fn mails_of_an_account_that_needs_signing_in_wait_for_it() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let provider = Provider::failing(&[SendOutcome::NeedsSignIn]);
    let state = work(store, &provider, 120).await.unwrap();
    assert!(state.needs_sign_in);
    let account = store.get_account(email.account_id).await.unwrap();
    assert_eq!(
        account.needs_sign_in_reason.as_deref(),
        Some("Gmail said no.")
    );
    assert_eq!(store.next_due(&[]).await.unwrap(), None);
    assert!(lease(store, 130).await.is_none());
    connect(store).await;
    let state = work(store, &provider, 140).await.unwrap();
    assert_eq!(state.status, EmailStatus::Sent);
}

#[tokio::test]
async fn an_account_that_may_not_send_is_asked_to_sign_in() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let reader = NewAccount {
        kind: AccountKind::Gmail,
        subject: "1".to_owned(),
        email: "me@gmail.com".to_owned(),
        display_name: String::new(),
        scopes: vec!["openid".to_owned()],
    };
    store
        .upsert_account(reader, AccountId(fresh()), at(1))
        .await
        .unwrap();
    assert!(lease(store, 120).await.is_none());
    assert!(
        store
            .get_account(email.account_id)
            .await
            .unwrap()
            .needs_sign_in
    );
}

#[tokio::test]
async fn a_disconnected_account_fails_its_mails() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    store.delete_account(email.account_id).await.unwrap();
    assert!(lease(store, 120).await.is_none());
    let email = store.get_email(email.id).await.unwrap();
    assert_eq!(email.status, EmailStatus::Failed);
    assert_eq!(email.error_code, Some(Code::AccountNotConnected));
    assert_eq!(draft_of(store, &email).await.status, DraftStatus::Failed);
}

#[tokio::test]
async fn the_user_settles_what_nobody_knows() {
    for arrived in [true, false] {
        let house = House::new();
        let store = &house.store;
        let email = queued(store).await;
        let provider = Provider::failing(&[SendOutcome::DraftGone]);
        let state = work(store, &provider, 120).await.unwrap();
        assert_eq!(state.status, EmailStatus::Unknown);
        assert!(lease(store, 9_999).await.is_none(), "never again by itself");
        assert_eq!(draft_of(store, &email).await.status, DraftStatus::Queued);
        let settled = store
            .resolve_unknown(email.id, arrived, at(500))
            .await
            .unwrap();
        let history = store.list_history(ListHistory::default()).await.unwrap();
        if arrived {
            assert_eq!(settled.status, EmailStatus::Sent);
            assert_eq!(settled.sent_at, Some(at(120)));
            assert_eq!(history.items.len(), 1);
        } else {
            assert_eq!(settled.status, EmailStatus::Failed);
            assert!(history.items.is_empty());
            assert_eq!(draft_of(store, &email).await.status, DraftStatus::Failed);
        }
        let error = store.resolve_unknown(email.id, true, at(501)).await;
        assert_eq!(error.unwrap_err().code, Code::Forbidden);
    }
}

#[tokio::test]
async fn a_mail_whose_bytes_were_damaged_is_not_sent() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let hash = draftwell_core::fingerprint(BYTES);
    let path = house.path().join("blobs").join(&hash[..2]).join(&hash);
    std::fs::write(path, b"Subject: forged\r\n\r\n").unwrap();
    let provider = Provider::default();
    let state = work(store, &provider, 120).await.unwrap();
    assert_eq!(state.status, EmailStatus::Failed);
    assert!(provider.sent().is_empty());
    assert_eq!(draft_of(store, &email).await.status, DraftStatus::Failed);
}

#[tokio::test]
async fn history_comes_in_pages_newest_first() {
    let house = House::new();
    let store = &house.store;
    let mut sent = Vec::new();
    for _ in 0..7 {
        sent.push(queued(store).await.id);
        work(store, &Provider::default(), 120).await.unwrap();
    }
    sent.reverse();
    let mut found = Vec::new();
    let mut cursor = None;
    loop {
        let wanted = ListHistory {
            cursor,
            limit: Some(3),
            ..ListHistory::default()
        };
        let page = store.list_history(wanted).await.unwrap();
        found.extend(page.items.iter().filter_map(|entry| entry.email_id));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(found, sent);
}

/// A mail of an account, not to leave before a time the user chose.
async fn scheduled(store: &Store, seconds: i64) -> Email {
    let account = connect(store).await;
    let draft = draft(store, to_ada("text")).await;
    let new = NewEmail {
        not_before: at(seconds),
        scheduled: true,
        ..frozen(draft, account.id)
    };
    queue(store, new).await.unwrap()
}

#[tokio::test]
async fn a_chosen_time_is_kept_across_a_restart() {
    let mut house = House::new();
    let email = scheduled(&house.store, 5_000).await;
    assert_eq!(email.status, EmailStatus::Scheduled);
    assert_eq!(
        draft_of(&house.store, &email).await.status,
        DraftStatus::Queued
    );
    house.reopen();
    assert!(lease(&house.store, 4_999).await.is_none());
    assert_eq!(house.store.next_due(&[]).await.unwrap(), Some(at(5_000)));
    assert!(lease(&house.store, 5_000).await.is_some());
}

#[tokio::test]
async fn a_mail_that_waited_leaves_with_the_date_of_its_first_try() {
    let house = House::new();
    let store = &house.store;
    let email = scheduled(store, 5_000).await;
    let first = lease(store, 5_000).await.unwrap();
    let text = String::from_utf8(first.message.bytes.to_vec()).unwrap();
    assert!(
        text.starts_with("Date: Thu, 01 Jan 2026 01:23:20 +0000\r\n"),
        "{text}"
    );
    assert_eq!(
        draftwell_core::fingerprint(&first.message.bytes),
        first.body_hash,
        "the hash is that of the final bytes"
    );
    let failing = Provider::failing(&[SendOutcome::NotActed]);
    let state = transmit(first, &failing, store, &At(5_000)).await.unwrap();
    assert_eq!(state.status, EmailStatus::Queued);
    let again = lease(store, 9_000).await.unwrap();
    assert_eq!(again.lease.email, email.id);
    assert_eq!(
        String::from_utf8(again.message.bytes.to_vec()).unwrap(),
        text,
        "every retry sends the same bytes"
    );
}

#[tokio::test]
async fn a_mail_that_left_at_once_keeps_its_bytes() {
    let house = House::new();
    queued(&house.store).await;
    let leased = lease(&house.store, 111).await.unwrap();
    assert_eq!(leased.message.bytes, BYTES);
    let final_at: Option<i64> = house
        .sql()
        .query_row("SELECT final_at FROM emails", [], |row| row.get(0))
        .unwrap();
    assert_eq!(final_at, Some(at(111).0));
}

#[tokio::test]
async fn killed_before_its_bytes_were_fixed_a_mail_is_dated_later() {
    let house = House::new();
    let store = &house.store;
    scheduled(store, 5_000).await;
    // As if the program had ended between taking the mail up and writing its final bytes down.
    lease(store, 5_000).await.unwrap();
    house
        .sql()
        .execute("UPDATE emails SET final_at = NULL, step = 'none'", [])
        .unwrap();
    store.release_leases().await.unwrap();
    let leased = lease(store, 6_000).await.unwrap();
    let text = String::from_utf8(leased.message.bytes.to_vec()).unwrap();
    assert!(
        text.starts_with("Date: Thu, 01 Jan 2026 01:40:00 +0000\r\n"),
        "{text}"
    );
}

#[tokio::test]
async fn another_time_and_now() {
    let house = House::new();
    let store = &house.store;
    let email = scheduled(store, 5_000).await;
    let moved = store
        .reschedule(email.id, at(9_000), at(200))
        .await
        .unwrap();
    assert_eq!(
        (moved.status, moved.not_before),
        (EmailStatus::Scheduled, at(9_000))
    );
    let past = store
        .reschedule(email.id, at(100), at(200))
        .await
        .unwrap_err();
    assert_eq!(past.field.as_deref(), Some("at"));
    let now = store.send_now(email.id, at(300)).await.unwrap();
    assert_eq!((now.status, now.not_before), (EmailStatus::Queued, at(300)));
    assert!(lease(store, 300).await.is_some());
    let late = store.send_now(email.id, at(301)).await.unwrap_err();
    assert_eq!(late.code, Code::Forbidden);
}

#[tokio::test]
async fn a_mail_half_a_day_late_waits_for_its_writer() {
    const HALF_A_DAY: i64 = 12 * 60 * 60;
    let house = House::new();
    let store = &house.store;
    let email = scheduled(store, 5_000).await;
    assert!(lease(store, 5_000 + HALF_A_DAY).await.is_none());
    let held = store.get_email(email.id).await.unwrap();
    assert!(
        held.held && held.error_message.is_some(),
        "people are told why"
    );
    assert_eq!(
        store.next_due(&[]).await.unwrap(),
        None,
        "nothing to wake for"
    );
    assert!(lease(store, 9_000 + HALF_A_DAY).await.is_none());
    store
        .send_now(email.id, at(9_000 + HALF_A_DAY))
        .await
        .unwrap();
    assert!(lease(store, 9_000 + HALF_A_DAY).await.is_some());
}

#[tokio::test]
async fn a_mail_tried_all_weekend_without_a_network_asks_before_it_leaves() {
    const HOUR: i64 = 60 * 60;
    let mut house = House::new();
    let email = queued(&house.store).await;
    let mut seconds = 110;
    let mut tries = 0;
    while seconds < 110 + 12 * HOUR {
        let offline = Provider::failing(&[SendOutcome::Unreachable]);
        let state = work(&house.store, &offline, seconds).await.unwrap();
        assert_eq!(state.status, EmailStatus::Queued);
        assert_eq!(state.due_at, at(110), "no try makes it less late");
        tries += 1;
        seconds = second_after(state.not_before);
    }
    assert!(tries > 100, "it was tried all the time: {tries}");
    house.reopen();
    let store = &house.store;
    assert!(lease(store, 60 * HOUR).await.is_none(), "not by itself");
    let held = store.get_email(email.id).await.unwrap();
    assert!(held.held && held.due_at == at(110));
    assert_eq!(held.error_message.as_deref(), Some("Gmail said no."));
    store.send_now(email.id, at(60 * HOUR)).await.unwrap();
    let state = work(store, &Provider::default(), 60 * HOUR).await.unwrap();
    assert_eq!(state.status, EmailStatus::Sent);
}

#[tokio::test]
async fn a_server_that_can_t_be_reached_pauses_its_account_until_the_user_wants_it_now() {
    let house = House::new();
    let store = &house.store;
    let first = queued(store).await;
    let second = queued(store).await;
    let offline = Provider::failing(&[SendOutcome::Unreachable]);
    let state = work(store, &offline, 120).await.unwrap();
    assert!(state.pauses_account && state.not_before > at(120));
    assert!(lease(store, 120).await.is_none(), "the second waits, too");
    let due = store.next_due(&[]).await.unwrap();
    assert_eq!(due, Some(state.not_before), "until it is tried again");
    let limits = store.sending_limits(at(120)).await.unwrap();
    assert_eq!(limits[0].paused_until, None, "that is no provider's limit");

    store.send_now(second.id, at(121)).await.unwrap();
    let leased = lease(store, 121).await.unwrap();
    assert_eq!(leased.lease.email, second.id, "the user wants it now");
    assert!(lease(store, 121).await.is_none(), "the first isn't due yet");
    let first_then = lease(store, 200).await.unwrap();
    assert_eq!(first_then.lease.email, first.id);
}

#[tokio::test]
async fn after_a_pause_the_one_that_was_due_first_is_tried_first() {
    let house = House::new();
    let store = &house.store;
    let first = queued(store).await;
    queued(store).await;
    let offline = Provider::failing(&[SendOutcome::Unreachable]);
    let state = work(store, &offline, 120).await.unwrap();
    let later = second_after(state.not_before);
    let next = lease(store, later).await.unwrap();
    assert_eq!(next.lease.email, first.id, "its waits grow, and no other's");
}

#[tokio::test]
async fn busy_accounts_are_passed_by_and_no_other() {
    let house = House::new();
    let store = &house.store;
    let first = queued(store).await;
    let other = NewAccount {
        kind: AccountKind::Gmail,
        subject: "2".to_owned(),
        email: "other@gmail.com".to_owned(),
        display_name: String::new(),
        scopes: vec![GMAIL_COMPOSE.to_owned()],
    };
    let other = store
        .upsert_account(other, AccountId(fresh()), at(0))
        .await
        .unwrap();
    let second = draft(store, to_ada("second")).await;
    let later = NewEmail {
        not_before: at(115),
        ..frozen(second, other.id)
    };
    let second = queue(store, later).await.unwrap();
    let busy = [first.account_id];
    let taken = store.take_up("worker", &busy, at(120), 0).await.unwrap();
    let leased = taken.leased.unwrap();
    assert_eq!(leased.lease.email, second.id, "the other account's");
    assert_eq!(
        store.next_due(&busy).await.unwrap(),
        Some(at(120 + LEASE_SECONDS)),
        "only if its worker vanishes"
    );
    let both = [first.account_id, other.id];
    let taken = store.take_up("worker", &both, at(120), 0).await.unwrap();
    assert!(taken.leased.is_none());
    assert_eq!(store.next_due(&both).await.unwrap(), None);
    assert_eq!(lease(store, 120).await.unwrap().lease.email, first.id);
}

#[tokio::test]
async fn a_mail_whose_account_is_gone_fails_among_many_others() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    store.delete_account(email.account_id).await.unwrap();
    let waiting = queued(store).await;
    let taken = store.take_up("worker", &[], at(120), 0).await.unwrap();
    assert_eq!(taken.passed_over, [email.id]);
    assert_eq!(taken.leased.unwrap().lease.email, waiting.id);
    let failed = store.get_email(email.id).await.unwrap();
    assert_eq!(failed.status, EmailStatus::Failed);
}

#[tokio::test]
async fn a_provider_s_limit_holds_back_its_account_and_no_other() {
    let house = House::new();
    let store = &house.store;
    queued(store).await;
    let second = queued(store).await;
    let other = store
        .upsert_account(
            NewAccount {
                kind: AccountKind::Gmail,
                subject: "2".to_owned(),
                email: "other@gmail.com".to_owned(),
                display_name: String::new(),
                scopes: vec![GMAIL_COMPOSE.to_owned()],
            },
            AccountId(fresh()),
            at(0),
        )
        .await
        .unwrap();
    let third = draft(store, to_ada("third")).await;
    let third = queue(store, frozen(third, other.id)).await.unwrap();

    let first = lease(store, 120).await.unwrap();
    let limited = StepError {
        retry_after_seconds: Some(3_600),
        error: Error::new(Code::GmailQuotaExceeded, "Gmail's own limit is reached."),
        ..step_error(SendOutcome::NotActed)
    };
    let state = next(
        &State {
            step: Step::CreatingDraft,
            ..first.state.clone()
        },
        Event::DraftCreated(Err(limited)),
        at(120),
        0,
    )
    .unwrap()
    .state;
    store.settle(&first.lease, &state, at(120)).await.unwrap();

    let leased = lease(store, 120).await.unwrap();
    assert_eq!(leased.lease.email, third.id, "the other account goes on");
    assert!(lease(store, 120).await.is_none(), "this one waits");
    let shown = store.get_email(second.id).await.unwrap();
    assert_eq!(shown.not_before, at(3_720), "and says until when");
    assert!(lease(store, 3_720).await.is_some());
}

const DAY: i64 = DAY_MILLIS / 1000;

async fn limit(store: &Store, daily: u32) {
    let edit = UpdateSettings {
        daily_limit: Some(daily),
        ..UpdateSettings::default()
    };
    store.update_settings(edit, at(0)).await.unwrap();
}

/// A mail that may leave at once at that second.
async fn due(store: &Store, seconds: i64) -> Email {
    let account = connect(store).await;
    let draft = draft(store, to_ada("text")).await;
    let new = NewEmail {
        queued_at: at(seconds),
        not_before: at(seconds),
        ..frozen(draft, account.id)
    };
    queue(store, new).await.unwrap()
}

#[tokio::test]
async fn a_clock_set_back_gives_no_second_day_s_mails() {
    let mut house = House::new();
    limit(&house.store, 2).await;
    for _ in 0..2 {
        due(&house.store, 3 * DAY).await;
        let state = work(&house.store, &Provider::default(), 3 * DAY).await;
        assert_eq!(state.unwrap().status, EmailStatus::Sent);
    }
    house.reopen();
    let store = &house.store;
    // The clock now says that it is the day before: that day's limit is used up as well.
    let third = due(store, 2 * DAY + 60).await;
    assert!(lease(store, 2 * DAY + 60).await.is_none());
    let waiting = store.get_email(third.id).await.unwrap();
    assert_eq!(waiting.not_before, at(3 * DAY), "it says until when");
    assert!(lease(store, 3 * DAY).await.is_none(), "nor the day after");
    assert_eq!(store.used_today(third.account_id, at(3 * DAY)).await, Ok(2));
    assert!(lease(store, 4 * DAY).await.is_some(), "a new day at last");
}

#[tokio::test]
async fn a_clock_that_once_stood_years_ahead_stops_nobody_for_years() {
    let house = House::new();
    let store = &house.store;
    limit(store, 1).await;
    due(store, 4_000 * DAY).await;
    work(store, &Provider::default(), 4_000 * DAY)
        .await
        .unwrap();
    let over = due(store, 4_000 * DAY + 1).await;
    assert!(lease(store, 4_000 * DAY + 1).await.is_none());
    let far = store.get_email(over.id).await.unwrap().not_before;
    assert_eq!(far, at(4_001 * DAY), "it waits for that clock's midnight");

    // Set right again: what it sent counts today and tomorrow, and no longer.
    assert!(lease(store, 10 * DAY).await.is_none());
    let near = store.get_email(over.id).await.unwrap().not_before;
    assert_eq!(near, at(11 * DAY), "it doesn't wait for years");
    assert!(lease(store, 11 * DAY).await.is_none());
    assert!(lease(store, 12 * DAY).await.is_some());
}

#[tokio::test]
async fn the_limit_is_each_account_s_own_and_outlives_a_restart() {
    let mut house = House::new();
    limit(&house.store, 100).await;
    let mut left = 0;
    for _ in 0..101 {
        due(&house.store, 50).await;
        if let Some(state) = work(&house.store, &Provider::default(), 50).await {
            assert_eq!(state.status, EmailStatus::Sent);
            left += 1;
        }
        if left == 60 {
            house.reopen();
        }
    }
    assert_eq!(left, 100, "a hundred a day, and the next one waits");
    let limits = house.store.sending_limits(at(60)).await.unwrap();
    assert_eq!((limits[0].used_today, limits[0].daily_limit), (100, 100));
    assert_eq!(limits[0].resets_at, at(DAY));
    assert_eq!(limits[0].paused_until, None);

    let other = NewAccount {
        kind: AccountKind::Gmail,
        subject: "2".to_owned(),
        email: "other@gmail.com".to_owned(),
        display_name: String::new(),
        scopes: vec![GMAIL_COMPOSE.to_owned()],
    };
    let other = house
        .store
        .upsert_account(other, AccountId(fresh()), at(0))
        .await
        .unwrap();
    let draft = draft(&house.store, to_ada("other")).await;
    let mail = queue(&house.store, frozen(draft, other.id)).await;
    let leased = lease(&house.store, 120).await.unwrap();
    assert_eq!(leased.lease.email, mail.unwrap().id, "others go on");
}

/// It may have left, so it counts until the user knows that it didn't.
#[tokio::test]
async fn what_may_have_left_counts_for_the_day() {
    for (arrived, counts) in [(true, 1), (false, 0)] {
        let house = House::new();
        let store = &house.store;
        let email = queued(store).await;
        let provider = Provider::failing(&[SendOutcome::DraftGone]);
        let state = work(store, &provider, 120).await.unwrap();
        assert_eq!(state.status, EmailStatus::Unknown);
        let used = async |seconds| store.used_today(email.account_id, at(seconds)).await;
        assert_eq!(used(130).await, Ok(1));
        let settled = store.resolve_unknown(email.id, arrived, at(DAY + 10));
        settled.await.unwrap();
        assert_eq!(used(130).await, Ok(counts), "arrived: {arrived}");
        assert_eq!(used(DAY + 20).await, Ok(0), "the day it was tried on");
    }
}

/// Earlier versions left what may have left uncounted: resolving such a mail takes nobody else's
/// count, whichever of the day's mails is resolved first.
#[tokio::test]
async fn only_what_was_counted_is_taken_back() {
    let used = async |store: &Store, email: &Email| {
        store.used_today(email.account_id, at(300)).await.unwrap()
    };
    for (arrived, counts) in [(true, 2), (false, 1)] {
        let house = House::new();
        let store = &house.store;
        let old = unknown(store).await;
        uncounted(&house);
        due(store, 130).await;
        let state = work(store, &Provider::default(), 140).await.unwrap();
        assert_eq!(state.status, EmailStatus::Sent);
        assert_eq!(used(store, &old).await, 1);
        let settled = store.resolve_unknown(old.id, arrived, at(200)).await;
        settled.unwrap();
        assert_eq!(used(store, &old).await, counts, "arrived: {arrived}");
    }
    for old_first in [true, false] {
        let house = House::new();
        let store = &house.store;
        let old = unknown(store).await;
        uncounted(&house);
        let new = unknown(store).await;
        let mut order = [old.id, new.id];
        if !old_first {
            order.reverse();
        }
        store
            .resolve_unknown(order[0], false, at(200))
            .await
            .unwrap();
        assert_eq!(used(store, &old).await, 1, "the other may have left");
        store
            .resolve_unknown(order[1], false, at(200))
            .await
            .unwrap();
        assert_eq!(used(store, &old).await, 0);
    }
    // One the mending of a database came to doubt has no time at which it was counted.
    let house = House::new();
    let store = &house.store;
    let old = unknown(store).await;
    let count = "UPDATE emails SET settled_at = NULL";
    assert_eq!(house.sql().execute(count, []), Ok(1));
    store.resolve_unknown(old.id, false, at(200)).await.unwrap();
    assert_eq!(used(store, &old).await, 1);
}

/// A mail whose outcome nobody knows, since 120.
async fn unknown(store: &Store) -> Email {
    let email = queued(store).await;
    let provider = Provider::failing(&[SendOutcome::DraftGone]);
    let state = work(store, &provider, 120).await.unwrap();
    assert_eq!(state.status, EmailStatus::Unknown);
    email
}

fn uncounted(house: &House) {
    house.sql().execute("DELETE FROM daily_sends", []).unwrap();
}

/// Sending it once more settles what nobody knows together with the new mail, or not at all.
#[tokio::test]
async fn a_mail_takes_the_place_of_one_nobody_knows_about() {
    let house = House::new();
    let store = &house.store;
    let first = unknown(store).await;
    let instead = async |new: NewEmail| {
        let bytes = message(store, BYTES).await.unwrap();
        store.queue_email_instead_of(first.id, new, bytes).await
    };
    let again = || frozen(first.draft_id, first.account_id);
    let before = store.get_email(first.id).await.unwrap();
    let changed = NewEmail {
        revision: 2,
        ..again()
    };
    assert_eq!(instead(changed).await.unwrap_err().code, Code::Conflict);
    let gone = NewEmail {
        account_id: AccountId(fresh()),
        ..again()
    };
    assert!(instead(gone).await.is_err());
    let other = draft(store, to_ada("other")).await;
    let foreign = frozen(other, first.account_id);
    assert_eq!(instead(foreign).await.unwrap_err().code, Code::Forbidden);
    assert_eq!(store.get_email(first.id).await.unwrap(), before);
    assert_eq!(draft_of(store, &first).await.status, DraftStatus::Queued);
    assert_eq!(store.used_today(first.account_id, at(130)).await, Ok(1));

    let second = instead(again()).await.unwrap();
    assert_eq!(second.status, EmailStatus::Queued);
    let settled = store.get_email(first.id).await.unwrap();
    assert_eq!(settled.status, EmailStatus::Failed);
    assert_eq!(settled.error_code, Some(Code::SendOutcomeUnknown));
    let draft = draft_of(store, &first).await;
    assert_eq!(
        (draft.status, draft.error_code),
        (DraftStatus::Queued, None)
    );
    assert_eq!(store.used_today(first.account_id, at(130)).await, Ok(0));
    let twice = instead(again()).await.unwrap_err();
    assert_eq!(twice.code, Code::Forbidden);
}

/// The list of drafts tells what was not sent from what nobody knows about.
#[tokio::test]
async fn the_list_says_what_nobody_knows() {
    let house = House::new();
    let store = &house.store;
    let email = unknown(store).await;
    let code = async || {
        let drafts = store.list_drafts(ListDrafts::default()).await.unwrap();
        drafts.items[0].error_code
    };
    assert!(code().await.is_some());
    store
        .resolve_unknown(email.id, false, at(200))
        .await
        .unwrap();
    assert_eq!(code().await, Some(Code::SendOutcomeUnknown));
}

/// Connecting an account anew gives it no second day's mails, nor anybody else fewer; and its
/// counts don't tell whose they are.
#[tokio::test]
async fn an_account_that_comes_back_has_sent_what_it_sent() {
    let house = House::new();
    let store = &house.store;
    limit(store, 2).await;
    for _ in 0..2 {
        due(store, 50).await;
        work(store, &Provider::default(), 50).await.unwrap();
    }
    let first = connect(store).await.id;
    for _ in 0..2 {
        let account = connect(store).await.id;
        assert_eq!(store.used_today(account, at(60)).await, Ok(2));
        store.delete_account(account).await.unwrap();
        let names: Vec<String> = house
            .sql()
            .prepare("SELECT account_id FROM daily_sends")
            .and_then(|mut names| names.query_map([], |row| row.get(0))?.collect())
            .unwrap();
        assert_eq!(names.len(), 1);
        assert_eq!(names[0].len(), "gone-0123".len(), "{names:?}");
    }
    let server = SmtpServer {
        host: "mail.example.com".to_owned(),
        port: 465,
        security: Security::Tls,
        login: SmtpLogin::Password,
        user_name: "me@gmail.com".to_owned(),
    };
    let other = SmtpAccount {
        email: "me@gmail.com".to_owned(),
        display_name: String::new(),
        server,
    };
    let other = store.save_smtp_account(AccountId(fresh()), other, None, at(60));
    let other = other.await.unwrap();
    assert_eq!(store.used_today(other.id, at(60)).await, Ok(0));
    assert_ne!(connect(store).await.id, first);
    due(store, 60).await;
    assert!(lease(store, 60).await.is_none(), "its day is used up");
}

#[tokio::test]
async fn every_mail_is_listed_by_state_and_contact_in_pages() {
    let house = House::new();
    let store = &house.store;
    let ada = contact(store, "Ada", "Ada@Example.org").await;
    let bob = contact(store, "Bob", "bob@example.org").await;
    for _ in 0..3 {
        queued(store).await;
        work(store, &Provider::default(), 120).await.unwrap();
    }
    let taken_back = queued(store).await;
    store.undo_send(taken_back.id, at(105)).await.unwrap();
    let waiting = queued(store).await;

    let all = store.list_emails(ListEmails::default()).await.unwrap();
    assert_eq!((all.items.len(), all.total), (5, 5));
    assert_eq!(all.items[0].id, waiting.id, "the last one first");
    assert_eq!(all.items[1].settled_at, Some(at(105)));
    let of = |status| ListEmails {
        status: Some(vec![status]),
        ..ListEmails::default()
    };
    let cancelled = store.list_emails(of(EmailStatus::Cancelled)).await.unwrap();
    assert_eq!(cancelled.items[0].id, taken_back.id);
    let failed = store.list_emails(of(EmailStatus::Failed)).await.unwrap();
    assert_eq!((failed.items.len(), failed.total), (0, 0));

    let first = ListEmails {
        limit: Some(2),
        contact_id: Some(ada),
        ..of(EmailStatus::Sent)
    };
    let page = store.list_emails(first.clone()).await.unwrap();
    assert_eq!((page.items.len(), page.total), (2, 3), "all pages' total");
    let rest = ListEmails {
        cursor: page.next_cursor,
        ..first
    };
    let rest = store.list_emails(rest).await.unwrap();
    assert_eq!((rest.items.len(), rest.next_cursor), (1, None));
    assert!(page.items.iter().all(|mail| mail.id != rest.items[0].id));
    let nothing = ListEmails {
        contact_id: Some(bob),
        ..ListEmails::default()
    };
    assert_eq!(store.list_emails(nothing).await.unwrap().total, 0);
    let endless = ListEmails {
        limit: Some(101),
        ..ListEmails::default()
    };
    let error = store.list_emails(endless).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("limit"));
}

#[tokio::test]
async fn a_mail_that_is_over_can_be_taken_out_of_the_lists_and_stays_on_record() {
    let house = House::new();
    let store = &house.store;
    let email = queued(store).await;
    let early = store.hide_email(email.id, true).await.unwrap_err();
    assert_eq!(early.code, Code::Forbidden, "it is still to leave");
    work(store, &Provider::default(), 120).await.unwrap();
    assert!(store.hide_email(email.id, true).await.unwrap().hidden);
    let shown = store.list_emails(ListEmails::default()).await.unwrap();
    assert_eq!((shown.items.len(), shown.total), (0, 0));
    assert_eq!(store.used_today(email.account_id, at(121)).await, Ok(1));
    let history = store.list_history(ListHistory::default()).await.unwrap();
    assert_eq!(history.items.len(), 1, "what was sent was sent");
    assert_eq!(
        draft_of(store, &email).await.status,
        DraftStatus::Sent,
        "and can't be sent again"
    );
    store.hide_email(email.id, false).await.unwrap();
    let shown = store.list_emails(ListEmails::default()).await.unwrap();
    assert_eq!(shown.items[0].id, email.id, "undone");
    let nobody = store.hide_email(EmailId(fresh()), true).await.unwrap_err();
    assert_eq!(nobody.code, Code::NotFound);
}
