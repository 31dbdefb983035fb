//! What comes back, on a real file and against a mailbox that is played: kept once, whatever
//! breaks in between, and with all that follows from it.

mod support;

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use draftwell_core::{
    Code, Error, UnixMillis,
    account::{Account, AccountKind, GMAIL_COMPOSE, GMAIL_READONLY},
    contact::SaveContact,
    draft::SaveDraft,
    history::{Direction, HistoryEntry, ListHistory},
    id::{AccountId, ContactId, EmailId, HistoryId},
    mailbox::{
        Changes, Head, IncomingStore, Listing, MailReader, Page, ReadError, ReadResult, look,
    },
    message::{IncomingKind, Mark},
    outbox::{Email, OutboxJournal, OutboxStore, State},
    ports::{BoxFuture, SentMessage},
};
use draftwell_store::{NewAccount, NewEmail, Store};
use support::{House, at, body, draft_id, fresh, mailbox, message, version_id};

const OWN: &str = "me@gmail.com";

/// A message in the played mailbox. Its number is its place, from 1.
#[derive(Clone)]
struct Message {
    id: String,
    thread: String,
    raw: String,
    labels: &'static str,
    gone: bool,
}

/// A mailbox that behaves as Gmail's does: places are numbers, the oldest of which are forgotten.
#[derive(Default)]
struct Model {
    messages: Mutex<Vec<Message>>,
    /// Places up to here are forgotten.
    forgotten: AtomicU32,
    /// How many messages a part of the changes has.
    part: usize,
    /// The next so many questions fail, once `calm` were answered.
    calm: AtomicU32,
    failing: AtomicU32,
    asked: Mutex<Vec<String>>,
}

impl Model {
    fn new() -> Self {
        Self {
            part: 2,
            ..Self::default()
        }
    }

    fn add(&self, thread: &str, labels: &'static str, raw: impl Into<String>) -> String {
        let mut messages = self.messages.lock().unwrap();
        let id = format!("m{}", messages.len() + 1);
        messages.push(Message {
            id: id.clone(),
            thread: thread.into(),
            raw: raw.into(),
            labels,
            gone: false,
        });
        id
    }

    fn ask(&self, what: String) -> ReadResult<()> {
        self.asked.lock().unwrap().push(what);
        let counted = |counter: &AtomicU32| {
            counter
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_sub(1))
                .is_ok()
        };
        if counted(&self.calm) || !counted(&self.failing) {
            return Ok(());
        }
        Err(ReadError::Later {
            retry_after_seconds: Some(7),
            error: Error::new(Code::RateLimitExceeded, "Slower."),
        })
    }

    fn find(&self, id: &str) -> Option<Message> {
        let messages = self.messages.lock().unwrap();
        messages
            .iter()
            .find(|message| message.id == id && !message.gone)
            .cloned()
    }

    fn asked(&self, what: &str) -> usize {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|one| one.starts_with(what)).count()
    }
}

fn listing(message: &Message) -> Listing {
    Listing {
        id: message.id.clone(),
        thread_id: Some(message.thread.clone()),
    }
}

impl MailReader for Model {
    fn here(&self) -> BoxFuture<'_, ReadResult<Option<String>>> {
        Box::pin(async {
            self.ask("here".into())?;
            let count = self.messages.lock().unwrap().len();
            Ok((count > 0).then(|| count.to_string()))
        })
    }

    fn changes<'a>(&'a self, since: &'a str) -> BoxFuture<'a, ReadResult<Changes>> {
        Box::pin(async move {
            self.ask(format!("changes {since}"))?;
            let from: usize = since.parse().unwrap();
            if from < self.forgotten.load(Ordering::Relaxed) as usize {
                return Err(ReadError::CursorLost);
            }
            let messages = self.messages.lock().unwrap();
            let to = (from + self.part).min(messages.len());
            Ok(Changes {
                messages: messages[from..to].iter().map(listing).collect(),
                cursor: to.to_string(),
                more: to < messages.len(),
            })
        })
    }

    fn list<'a>(
        &'a self,
        since: UnixMillis,
        page: Option<&'a str>,
    ) -> BoxFuture<'a, ReadResult<Page>> {
        Box::pin(async move {
            self.ask(format!("list {}", since.0))?;
            let messages = self.messages.lock().unwrap();
            let from: usize = page.map_or(0, |page| page.parse().unwrap());
            let newest_first: Vec<_> = messages.iter().rev().map(listing).collect();
            let to = (from + self.part).min(newest_first.len());
            Ok(Page {
                messages: newest_first[from..to].to_vec(),
                next: (to < newest_first.len()).then(|| to.to_string()),
            })
        })
    }

    fn head<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ReadResult<Option<Head>>> {
        Box::pin(async move {
            self.ask(format!("head {id}"))?;
            Ok(self.find(id).map(|message| {
                let header = message.raw.split("\r\n\r\n").next().unwrap_or_default();
                let unfolded = header.replace("\r\n ", " ");
                let fields = unfolded.lines().filter_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    Some((name.to_owned(), value.to_owned()))
                });
                Head {
                    fields: fields.collect(),
                    thread_id: Some(message.thread.clone()),
                    snippet: "snippet".into(),
                    size: message.raw.len() as u64,
                    at: at(500),
                    is_received: message.labels == "INBOX",
                }
            }))
        })
    }

    fn whole<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ReadResult<Option<Vec<u8>>>> {
        Box::pin(async move {
            self.ask(format!("whole {id}"))?;
            Ok(self.find(id).map(|message| message.raw.into_bytes()))
        })
    }

    fn find_sent<'a>(
        &'a self,
        mark: &'a Mark,
        _: UnixMillis,
    ) -> BoxFuture<'a, ReadResult<Option<(SentMessage, String)>>> {
        Box::pin(async move {
            self.ask("find".into())?;
            let messages = self.messages.lock().unwrap();
            let found = messages.iter().find(|message| {
                let id = message.raw.split("X-Was: ").nth(1);
                let id = id.and_then(|rest| rest.split("\r\n").next());
                message.labels == "SENT" && mark.is_on(id, None)
            });
            Ok(found.map(|message| {
                let sent = SentMessage {
                    id: message.id.clone(),
                    thread_id: Some(message.thread.clone()),
                };
                (sent, format!("<{}@mail.gmail.com>", message.id))
            }))
        })
    }
}

fn raw(lines: &str) -> String {
    lines.replace('\n', "\r\n")
}

fn reply(answers: &str) -> String {
    raw(&format!(
        "From: Ada <ada@example.org>\nTo: {OWN}\nSubject: Re: Hello\nMessage-ID: <r@example.org>\n\
         In-Reply-To: <{answers}>\n\nGladly!\n\n> Hello\n"
    ))
}

struct Desk {
    house: House,
    account: Account,
    model: Model,
}

impl Desk {
    async fn new() -> Self {
        let house = House::new();
        let account = NewAccount {
            kind: AccountKind::Gmail,
            subject: "1".to_owned(),
            email: OWN.to_owned(),
            display_name: "Me".to_owned(),
            scopes: vec![GMAIL_COMPOSE.to_owned(), GMAIL_READONLY.to_owned()],
        };
        let account = (house.store)
            .upsert_account(account, AccountId(fresh()), at(0))
            .await
            .unwrap();
        Self {
            house,
            account,
            model: Model::new(),
        }
    }

    fn store(&self) -> &Store {
        &self.house.store
    }

    /// A mail to Ada that left at 200 as `provider_id`; none: nobody confirmed it.
    async fn sent(&self, message_id: &str, provider: Option<(&str, &str)>) -> EmailId {
        let store = self.store();
        let edit = SaveDraft {
            to: Some(vec![mailbox("Ada", "ada@example.org")]),
            cc: Some(vec![mailbox("", "bob@example.org")]),
            subject: Some("Hello".to_owned()),
            body: Some(body("text")),
            ..SaveDraft::default()
        };
        let saved = store
            .save_draft(edit, draft_id(), version_id(), at(0))
            .await
            .unwrap();
        let new = NewEmail {
            id: EmailId(fresh()),
            version_id: version_id(),
            draft_id: saved.id,
            revision: 1,
            account_id: self.account.id,
            message_id: format!("<{message_id}>"),
            queued_at: at(100),
            not_before: at(110),
            scheduled: false,
        };
        let message = message(
            store,
            b"Date: Thu, 01 Jan 2026 00:01:40 +0000\r\nSubject: x\r\n\r\ny\r\n",
        )
        .await
        .unwrap();
        let email = store.queue_email(new, message).await.unwrap();
        let taken = store.take_up("worker", &[], at(200), 0).await.unwrap();
        let leased = taken.leased.unwrap();
        let state = State {
            status: draftwell_core::outbox::EmailStatus::Sent,
            confirmed: provider.is_some(),
            sent: provider.map(|(id, thread)| SentMessage {
                id: id.into(),
                thread_id: Some(thread.into()),
            }),
            ..leased.state
        };
        store.settle(&leased.lease, &state, at(200)).await.unwrap();
        email.id
    }

    async fn look_at(&self, now: UnixMillis) -> ReadResult<Vec<HistoryEntry>> {
        let own = [OWN.to_owned()];
        let new_id = || HistoryId(fresh());
        look(
            &self.model,
            self.store(),
            self.account.id,
            &own,
            now,
            &new_id,
        )
        .await
    }

    async fn look(&self) -> Vec<HistoryEntry> {
        self.look_at(at(600)).await.unwrap()
    }

    async fn email(&self, id: EmailId) -> Email {
        self.store().get_email(id).await.unwrap()
    }

    async fn history(&self) -> Vec<HistoryEntry> {
        let page = self.store().list_history(ListHistory::default()).await;
        page.unwrap().items
    }
}

#[tokio::test]
async fn a_reply_is_kept_with_the_mail_and_the_contact_it_belongs_to() {
    let desk = Desk::new().await;
    let contact = SaveContact {
        email: Some("ada@example.org".to_owned()),
        ..SaveContact::default()
    };
    let ada = (desk.store())
        .save_contact(contact, ContactId(fresh()), at(0))
        .await
        .unwrap();
    let own = desk.model.add(
        "t1",
        "SENT",
        raw("Message-ID: <CAF@mail.gmail.com>\n\nHello"),
    );
    let email = desk.sent("1@gmail.com", Some((&own, "t1"))).await;
    desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
    desk.model.add(
        "t7",
        "INBOX",
        raw("From: news@example.net\nSubject: News\n\nBuy!"),
    );

    let news = desk.look().await;
    assert_eq!(news.len(), 1, "strangers' mails are none of ours: {news:?}");
    let entry = &news[0];
    assert_eq!(entry.kind, Some(IncomingKind::Reply));
    assert_eq!(entry.direction, Direction::Received);
    assert_eq!(
        (entry.contact_id, entry.email_id),
        (Some(ada.id), Some(email))
    );
    assert_eq!(entry.sender.as_ref().unwrap().address, "ada@example.org");
    assert_eq!(
        (entry.subject.as_str(), entry.snippet.as_str()),
        ("Re: Hello", "Gladly!")
    );
    assert_eq!(entry.at, at(500), "when it came by the provider's clock");
    assert_eq!(desk.email(email).await.replied_at, Some(at(500)));
    assert_eq!(
        desk.model.asked("whole"),
        1,
        "nothing of strangers is fetched"
    );

    let hers = ListHistory {
        contact_id: Some(ada.id),
        ..ListHistory::default()
    };
    let page = desk.store().list_history(hers).await.unwrap();
    let kinds: Vec<_> = page.items.iter().map(|entry| entry.kind).collect();
    assert_eq!(kinds, [Some(IncomingKind::Reply), None], "newest first");
    assert_eq!(page.items[0], *entry, "as it was told of");
    let text = desk.store().history_text(entry.id).await.unwrap();
    assert_eq!(text, "Gladly!\n\n> Hello");

    assert_eq!(desk.look().await, [], "nothing is told of twice");
    assert_eq!(desk.history().await.len(), 2);
}

#[tokio::test]
async fn an_answer_is_known_by_its_ids_or_its_thread_and_never_ones_own() {
    let desk = Desk::new().await;
    let first = desk
        .model
        .add("t1", "SENT", raw("Message-ID: <CA1@mail.gmail.com>\n\nx"));
    let second = desk
        .model
        .add("t1", "SENT", raw("Message-ID: <CA2@mail.gmail.com>\n\nx"));
    let one = desk.sent("1@gmail.com", Some((&first, "t1"))).await;
    let two = desk.sent("2@gmail.com", Some((&second, "t1"))).await;
    desk.look().await;
    let cases = [
        // By the id the provider gave, by ours, by References; then by the thread alone.
        (
            "t9",
            "From: ada@example.org\nIn-Reply-To: <CA1@mail.gmail.com>\n\nx",
            Some(one),
        ),
        (
            "t9",
            "From: ada@example.org\nIn-Reply-To: <1@gmail.com>\n\nx",
            Some(one),
        ),
        (
            "t9",
            "From: ada@example.org\nReferences: <CA1@mail.gmail.com>\n <x@y>\n\nx",
            Some(one),
        ),
        (
            "t1",
            "From: ada@example.org\nIn-Reply-To: <CA1@mail.gmail.com>\n\nx",
            Some(one),
        ),
        ("t1", "From: ada@example.org\nSubject: Re\n\nx", Some(two)),
        ("t1", "From: Me <ME@gmail.com>\nSubject: Re\n\nx", None),
        (
            "t9",
            "From: ada@example.org\nIn-Reply-To: <other@gmail.com>\n\nx",
            None,
        ),
    ];
    for (thread, lines, expect) in cases {
        desk.model.add(thread, "INBOX", raw(lines));
        let news = desk.look().await;
        let answered: Vec<_> = news.iter().filter_map(|entry| entry.email_id).collect();
        assert_eq!(answered, expect.into_iter().collect::<Vec<_>>(), "{lines}");
    }
    for labels in ["SENT", "DRAFT", "SPAM"] {
        desk.model.add("t1", labels, reply("CA1@mail.gmail.com"));
        assert_eq!(desk.look().await, [], "{labels}");
    }
}

#[tokio::test]
async fn what_is_no_reply_says_so() {
    let desk = Desk::new().await;
    let own = desk
        .model
        .add("t1", "SENT", raw("Message-ID: <CAF@mail.gmail.com>\n\nx"));
    let email = desk.sent("1@gmail.com", Some((&own, "t1"))).await;
    desk.look().await;

    desk.model.add(
        "t1",
        "INBOX",
        raw("From: ada@example.org\nAuto-Submitted: auto-replied\nSubject: Away\n\nI am away."),
    );
    let kinds =
        |news: &[HistoryEntry]| news.iter().map(|one| one.kind.unwrap()).collect::<Vec<_>>();
    assert_eq!(kinds(&desk.look().await), [IncomingKind::Automatic]);
    assert_eq!(desk.email(email).await.replied_at, None, "nobody answered");

    // In threads of their own, as they come: the mail is named in the report only.
    let report = |what: &str, part: &str| {
        raw(&format!(
            "From: robot@example.org\nSubject: Report\nContent-Type: multipart/report; \
             report-type={what}; boundary=b\n\n--b\nContent-Type: text/plain\n\nSee below.\n\
             --b\nContent-Type: message/{what}\n\n{part}\n--b--\n"
        ))
    };
    desk.model.add(
        "t5",
        "INBOX",
        report(
            "disposition-notification",
            "Original-Message-ID: <CAF@mail.gmail.com>\n\
             Disposition: manual-action/MDN-sent-manually; displayed",
        ),
    );
    assert_eq!(kinds(&desk.look().await), [IncomingKind::Receipt]);
    assert_eq!(desk.email(email).await.opened_at, Some(at(500)));

    let bounce = report(
        "delivery-status",
        "Final-Recipient: rfc822; BOB@example.org\nAction: failed",
    );
    let returned = "--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <CAF@mail.gmail.com>\r\n\r\nx\r\n--b--";
    desk.model
        .add("t6", "INBOX", bounce.replace("--b--", returned));
    let news = desk.look().await;
    assert_eq!(kinds(&news), [IncomingKind::Bounce]);
    let unreached: Vec<_> = news[0]
        .recipients
        .iter()
        .map(|one| one.address.as_str())
        .collect();
    assert_eq!(unreached, ["bob@example.org"], "whom it did not reach");
    let email = desk.email(email).await;
    assert_eq!((email.bounced_at, email.replied_at), (Some(at(500)), None));

    // About nobody's mail of ours, and about none that failed.
    let foreign = bounce.replace("--b--", &returned.replace("CAF", "other"));
    desk.model.add("t6", "INBOX", foreign);
    let delayed = bounce
        .replace("failed", "delayed")
        .replace("--b--", returned);
    desk.model.add("t6", "INBOX", delayed);
    assert_eq!(desk.look().await, []);
}

#[tokio::test]
async fn broken_off_anywhere_nothing_is_lost_and_nothing_doubled() {
    // How many questions a whole look takes; then it is broken off after each of them.
    let build = async || {
        let desk = Desk::new().await;
        let own = desk
            .model
            .add("t1", "SENT", raw("Message-ID: <CAF@mail.gmail.com>\n\nx"));
        desk.sent("1@gmail.com", Some((&own, "t1"))).await;
        desk.look().await;
        for _ in 0..5 {
            desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
            desk.model
                .add("t8", "INBOX", raw("From: x@example.net\n\nNews"));
        }
        desk.model.asked.lock().unwrap().clear();
        desk
    };
    let desk = build().await;
    assert_eq!(desk.look().await.len(), 5);
    let questions = desk.model.asked("");
    assert!(questions > 15, "{questions}");
    for calm in 0..u32::try_from(questions).unwrap() {
        for forgotten in [0, 11] {
            let mut desk = build().await;
            desk.model.calm.store(calm, Ordering::Relaxed);
            desk.model.failing.store(1, Ordering::Relaxed);
            let broken = desk.look_at(at(600)).await;
            let Err(ReadError::Later {
                retry_after_seconds,
                ..
            }) = broken
            else {
                panic!("after {calm} questions: {broken:?}")
            };
            assert_eq!(retry_after_seconds, Some(7));
            desk.house.reopen();
            // Meanwhile the place may be forgotten, too.
            desk.model.forgotten.store(forgotten, Ordering::Relaxed);
            desk.look().await;
            let received = desk.history().await;
            let received: Vec<_> = received.iter().filter(|one| one.kind.is_some()).collect();
            assert_eq!(received.len(), 5, "broken off after {calm} questions");
            assert_eq!(desk.look().await, []);
        }
    }
}

#[tokio::test]
async fn a_forgotten_place_is_made_up_for() {
    let desk = Desk::new().await;
    let own = desk
        .model
        .add("t1", "SENT", raw("Message-ID: <CAF@mail.gmail.com>\n\nx"));
    desk.sent("1@gmail.com", Some((&own, "t1"))).await;
    desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
    assert_eq!(desk.look().await.len(), 1);
    desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
    desk.model.forgotten.store(3, Ordering::Relaxed);
    assert_eq!(
        desk.look_at(at(90_000)).await.unwrap().len(),
        1,
        "the new one only"
    );
    assert_eq!(
        desk.model.asked("whole m2"),
        1,
        "what was kept is not fetched again"
    );
    let since = format!("list {}", at(200).0);
    assert_eq!(
        desk.model.asked(&since),
        desk.model.asked("list"),
        "never before the first mail"
    );
    desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
    let listed = desk.model.asked("list");
    assert_eq!(desk.look_at(at(90_060)).await.unwrap().len(), 1);
    assert_eq!(
        desk.model.asked("list"),
        listed,
        "it has a place to go on from again"
    );
}

#[tokio::test]
async fn a_mail_nobody_confirmed_is_found_in_sent_later() {
    let desk = Desk::new().await;
    let email = desk.sent("1@gmail.com", None).await;
    desk.model
        .add("t0", "INBOX", raw("From: x@example.net\n\nNews"));
    desk.look().await;
    assert!(!desk.email(email).await.confirmed);
    let id = desk
        .model
        .add("t1", "SENT", raw("X-Was: <1@gmail.com>\n\nHello"));
    desk.look().await;
    let email = desk.email(email).await;
    assert!(email.confirmed);
    assert_eq!(email.provider_message_id, Some(id));
    assert!(desk.history().await[0].confirmed);
    // And from now on its answers are known.
    desk.model
        .add("t1", "INBOX", reply("elsewhere@example.org"));
    assert_eq!(desk.look().await.len(), 1);
}

#[tokio::test]
async fn what_is_never_found_is_not_asked_for_for_ever() {
    let desk = Desk::new().await;
    desk.sent("1@gmail.com", None).await;
    desk.sent("2@gmail.com", Some(("deleted", "t1"))).await;
    desk.look().await;
    desk.look_at(at(200 + 3601)).await.unwrap();
    let asked = (desk.model.asked("find"), desk.model.asked("head deleted"));
    assert_eq!(asked, (2, 1));
    desk.look_at(at(200 + 3700)).await.unwrap();
    assert_eq!(
        (desk.model.asked("find"), desk.model.asked("head deleted")),
        asked
    );
}

#[tokio::test]
async fn without_a_mail_to_wait_for_nobody_is_asked() {
    let desk = Desk::new().await;
    desk.look().await;
    let day = 24 * 60 * 60;
    desk.sent("1@gmail.com", Some(("m1", "t1"))).await;
    desk.look_at(at(200 + 61 * day)).await.unwrap();
    assert_eq!(desk.model.asked(""), 0);
}

#[tokio::test]
async fn a_deleted_account_keeps_nothing_more_and_messages_that_vanish_harm_nobody() {
    let desk = Desk::new().await;
    let own = desk
        .model
        .add("t1", "SENT", raw("Message-ID: <CAF@mail.gmail.com>\n\nx"));
    desk.sent("1@gmail.com", Some((&own, "t1"))).await;
    desk.look().await;
    desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
    desk.model.messages.lock().unwrap()[1].gone = true;
    assert_eq!(desk.look().await, []);

    // No mail at all, and one that is built to be taken apart for ever: known by their outside.
    desk.model.add(
        "t1",
        "INBOX",
        raw("From: ada@example.org\nSubject: Odd\n\n") + &"Content-Type: a/b\r\n".repeat(600),
    );
    let news = desk.look().await;
    assert_eq!(
        (news[0].subject.as_str(), news[0].snippet.as_str()),
        ("Odd", "snippet")
    );

    desk.model.add("t1", "INBOX", reply("CAF@mail.gmail.com"));
    let store = desk.store();
    assert!(store.looked(desk.account.id).await.unwrap().is_some());
    store.delete_account(desk.account.id).await.unwrap();
    assert!(store.looked(desk.account.id).await.unwrap().is_none());
    let looked = desk.look_at(at(700)).await;
    assert!(matches!(looked, Err(ReadError::Later { .. })), "{looked:?}");
}

#[tokio::test]
async fn an_answer_stays_in_its_thread_of_the_account_it_came_to() {
    let desk = Desk::new().await;
    let own = desk.model.add(
        "t1",
        "SENT",
        raw("Message-ID: <CAF@mail.gmail.com>\n\nHello"),
    );
    desk.sent("1@gmail.com", Some((&own, "t1"))).await;
    desk.model.add(
        "t1",
        "INBOX",
        reply("CAF@mail.gmail.com")
            .replace("\r\nIn-Reply", "\r\nReply-To: desk@example.org\r\nIn-Reply"),
    );
    let news = desk.look().await;
    let store = desk.store();
    let draft = (store.answer_history(news[0].id, draft_id(), at(700)))
        .await
        .unwrap();
    assert_eq!(draft.subject, "Re: Hello");
    assert_eq!(draft.to[0].address, "desk@example.org", "where answers go");
    assert_eq!(draft.account_id, Some(desk.account.id));
    let answering = store.draft_answers(draft.id).await.unwrap().unwrap();
    let headers = answering.headers().unwrap();
    assert_eq!(headers.message_id, "<r@example.org>");
    assert_eq!(
        headers.references,
        ["<CAF@mail.gmail.com>", "<r@example.org>"]
    );

    // The mail that leaves joins the provider's thread, if it leaves through that account.
    let other = NewAccount {
        kind: AccountKind::Gmail,
        subject: "2".to_owned(),
        email: "other@gmail.com".to_owned(),
        display_name: String::new(),
        scopes: vec![GMAIL_COMPOSE.to_owned()],
    };
    let other = (store.upsert_account(other, AccountId(fresh()), at(0)))
        .await
        .unwrap();
    for (account, thread) in [(other.id, None), (desk.account.id, Some("t1"))] {
        let new = NewEmail {
            id: EmailId(fresh()),
            version_id: version_id(),
            draft_id: draft.id,
            revision: 1,
            account_id: account,
            message_id: "<9@gmail.com>".to_owned(),
            queued_at: at(700),
            not_before: at(700),
            scheduled: false,
        };
        let message = message(store, b"Subject: x\r\n\r\ny\r\n").await.unwrap();
        let email = store.queue_email(new, message).await.unwrap();
        let joined: Option<String> = (desk.house.sql())
            .query_row(
                "SELECT thread_id FROM emails WHERE id = ?1",
                [email.id.to_string()],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(joined.as_deref(), thread);
        store.undo_send(email.id, at(701)).await.unwrap();
    }

    let error = (store.answer_history(HistoryId(fresh()), draft_id(), at(700)))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    assert_eq!(store.draft_answers(draft_id()).await.unwrap(), None);
    // Nobody reads answers to a mail server.
    let bounce = raw(
        "From: mailer-daemon@example.net\nSubject: Failure\nIn-Reply-To: <CAF@mail.gmail.com>\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
         --b\nContent-Type: message/delivery-status\n\nAction: failed\n\n--b--\n",
    );
    desk.model.add("t2", "INBOX", bounce);
    let news = desk.look().await;
    let error = (store.answer_history(news[0].id, draft_id(), at(700)))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
}
