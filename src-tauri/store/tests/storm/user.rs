//! The user: writes, sends, takes back, changes, chooses other times, and answers what is asked,
//! sometimes wrongly.

use draftwell_core::{
    Code, Result,
    address::Mailbox,
    document::Document,
    draft::{DraftStatus, SaveDraft},
    id::{AccountId, DraftId, EmailId, VersionId},
    message::{Composition, freeze, message_id},
    outbox::{Email, EmailStatus},
};
use draftwell_store::{NewEmail, Store};

use crate::{
    bugs,
    process::{wait_for, wait_until_killed},
    run::{Storm, connect},
    servers::Kind,
    support::message,
    world::{Inner, World},
};

/// A mail that was put into the outbox.
pub struct Mail {
    pub id: EmailId,
    pub draft: DraftId,
    pub server: usize,
    pub account: AccountId,
    pub message_id: String,
    pub frozen: Vec<u8>,
    /// The user was told that it is in the outbox; otherwise the process was killed before.
    pub is_promised: bool,
    /// What the user said of it when its outcome was unknown.
    pub said: Option<bool>,
}

/// What the user knows.
pub struct User {
    pub mails: Vec<Mail>,
    /// The account at each server, while it is connected.
    pub accounts: Vec<Option<AccountId>>,
    /// Accounts that were disconnected.
    pub left: Vec<AccountId>,
    pub daily_limit: u32,
    pub kills: usize,
}

impl User {
    pub fn new(kinds: &[Kind]) -> Self {
        Self {
            mails: Vec::new(),
            accounts: vec![None; kinds.len()],
            left: Vec::new(),
            daily_limit: 100,
            kills: 0,
        }
    }

    pub fn mail_called(&self, message_id: &str) -> Option<&Mail> {
        self.mails.iter().find(|mail| mail.message_id == message_id)
    }

    /// Does what a user does once a day: signs in where it is asked for, answers, sends what was
    /// held. True if nothing is waiting any more.
    pub fn attend(&mut self, world: &World, store: &Store) -> bool {
        for account in wait_for(store.list_accounts()).expect("the accounts") {
            if account.needs_sign_in {
                let server = account.subject.parse().expect("an account of the storm");
                connect(world, store, server);
                world.look().bells[0] = true;
            }
        }
        let mut is_done = true;
        for email in wait_for(store.list_outbox()).expect("the outbox") {
            if email.held {
                let now = world.look().now();
                // What can't be sent though it is held never comes to rest, and is found so.
                if wait_for(store.send_now(email.id, now)).is_ok() {
                    world.look().due.insert(email.id, now);
                }
                world.look().bells[0] = true;
            }
            is_done &= matches!(email.status, EmailStatus::Unknown | EmailStatus::Failed);
        }
        is_done
    }

    /// What still waits, for a message.
    pub fn waiting(&self, store: &Store) -> String {
        let emails = wait_for(store.list_outbox()).expect("the outbox");
        let waiting = emails
            .iter()
            .filter(|email| !matches!(email.status, EmailStatus::Unknown | EmailStatus::Failed));
        let waiting = waiting.map(|email| {
            let id = email.id.0.as_u128();
            format!(
                "{id} {:?} held {} {:?}",
                email.status, email.held, email.error_message
            )
        });
        waiting.collect::<Vec<_>>().join("; ")
    }
}

fn frozen(inner: &mut Inner, server: usize, subject: &str) -> (Vec<u8>, String) {
    let now = inner.now();
    let from = Mailbox {
        name: Some("Ada Lovelace".to_owned()),
        address: format!("me{server}@example.com"),
    };
    let id = message_id(inner.fresh().into_bytes(), now, &from).expect("a Message-ID");
    let composition = Composition {
        from,
        to: vec![bob()],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: subject.to_owned(),
        text: format!("This is {subject}."),
        html: String::new(),
        inline: Vec::new(),
        attached: Vec::new(),
        date: now,
        message_id: id.clone(),
        answers: None,
    };
    (freeze(&composition).expect("a message"), id)
}

fn bob() -> Mailbox {
    Mailbox {
        name: None,
        address: "bob@example.org".to_owned(),
    }
}

/// What the user does next.
enum Deed {
    Queue(DraftId),
    Undo(usize),
    SendNow(usize),
    Reschedule(usize),
    Answer(usize),
    Change(usize),
    SignIn(usize),
    Disconnect(usize),
}

impl Storm {
    pub fn user_acts(&mut self) {
        let number = usize::from(self.processes[0].is_none());
        let deed = self.choose();
        let store = self.store(number);
        let now = self.world.look().now();
        match deed {
            Deed::Queue(draft) => self.write_and_send(number, draft),
            Deed::Undo(mail) => {
                let id = self.user.mails[mail].id;
                wait_for(bugs::before_undo(self.bug, &store, id));
                self.told("takes back", mail, wait_for(store.undo_send(id, now)));
            }
            Deed::SendNow(mail) => {
                let id = self.user.mails[mail].id;
                let told = self.told("sends now", mail, wait_for(store.send_now(id, now)));
                if told.is_some() {
                    self.world.look().due.insert(id, now);
                }
            }
            Deed::Reschedule(mail) => {
                let at = now.plus_millis(self.world.look().dice.between(-5_000, 3_600_000));
                let id = self.user.mails[mail].id;
                let told = self.told("moves", mail, wait_for(store.reschedule(id, at, now)));
                if told.is_some() {
                    self.world.look().due.insert(id, at);
                }
            }
            Deed::Answer(mail) => self.answer(&store, mail),
            Deed::Change(mail) => {
                let draft = self.user.mails[mail].draft;
                self.write_and_send(number, draft);
            }
            Deed::SignIn(server) => {
                self.world
                    .look()
                    .tell(|| format!("the user signs in at {server}"));
                self.user.accounts[server] = Some(connect(&self.world, &store, server));
            }
            Deed::Disconnect(server) => {
                if let Some(account) = self.user.accounts[server].take() {
                    self.world
                        .look()
                        .tell(|| format!("the user disconnects {server}"));
                    wait_for(store.delete_account(account)).expect("it was connected");
                    self.user.left.push(account);
                }
            }
        }
        self.world.look().bells[number] = true;
    }

    fn choose(&self) -> Deed {
        let mut inner = self.world.look();
        let known = self.user.mails.len();
        if known == 0 || (known < 6 && inner.dice.one_in(3)) {
            return Deed::Queue(DraftId(inner.fresh()));
        }
        let mail = inner.dice.roll(known);
        let server = inner.dice.roll(self.user.accounts.len());
        match inner.dice.roll(16) {
            0..3 => Deed::Undo(mail),
            3..6 => Deed::SendNow(mail),
            6 => Deed::Reschedule(mail),
            7..10 => Deed::Answer(mail),
            10..12 => Deed::Change(mail),
            15 if inner.fault(3) => Deed::Disconnect(server),
            _ => Deed::SignIn(server),
        }
    }

    /// Refusals are part of life: the mail is in a state in which that can't be done.
    fn told<T>(&self, what: &str, mail: usize, answer: Result<T>) -> Option<T> {
        let id = self.user.mails[mail].id.0.as_u128();
        self.world.look().tell(|| {
            let outcome = answer.as_ref().map(|_| "done").map_err(ToString::to_string);
            format!("the user {what} {id}: {outcome:?}")
        });
        match answer {
            Ok(value) => Some(value),
            Err(error) => {
                let is_refusal = matches!(
                    error.code,
                    Code::Forbidden | Code::ValidationError | Code::NotFound
                );
                assert!(is_refusal, "the user {what} {id}: {error}");
                None
            }
        }
    }

    /// Saves a draft anew, new or changed, and sends it; sometimes for a later time, and sometimes
    /// the process is killed meanwhile.
    fn write_and_send(&mut self, number: usize, draft: DraftId) {
        let store = &self.store(number);
        let known = wait_for(store.get_draft(draft));
        let revision = match &known {
            Ok(draft) if matches!(draft.status, DraftStatus::Draft | DraftStatus::Failed) => {
                draft.revision
            }
            Ok(_) => return,
            Err(_) => 0,
        };
        let (server, subject, version, now) = {
            let mut inner = self.world.look();
            let server = inner.dice.roll(self.user.accounts.len());
            let subject = format!("Mail {}", inner.fresh().as_u128());
            (server, subject, VersionId(inner.fresh()), inner.now())
        };
        let Some(account) = self.user.accounts[server] else {
            return;
        };
        let edit = SaveDraft {
            id: Some(draft),
            base_revision: Some(revision),
            to: Some(vec![bob()]),
            subject: Some(subject.clone()),
            body: Some(Document::from_text(&format!("This is {subject}.")).to_json()),
            ..SaveDraft::default()
        };
        let saved = wait_for(store.save_draft(edit, draft, version, now)).expect("a save");
        let mut inner = self.world.look();
        let (bytes, message_id) = frozen(&mut inner, server, &subject);
        let scheduled = inner.dice.one_in(4);
        let wait = match scheduled {
            true => inner.dice.between(60_000, 4 * 3_600_000),
            false => 1000 * [0, 0, 10, 60][inner.dice.roll(4)],
        };
        let new = NewEmail {
            id: EmailId(inner.fresh()),
            version_id: VersionId(inner.fresh()),
            draft_id: draft,
            revision: saved.revision,
            account_id: account,
            message_id: message_id.clone(),
            queued_at: now,
            not_before: now.plus_millis(wait),
            scheduled,
        };
        inner.tell(|| {
            let id = new.id.0.as_u128();
            format!("the user sends {id} ({message_id}) through {server} in {wait} ms")
        });
        inner.due.insert(new.id, new.not_before);
        // Sending has three awaits: the message, its note, and the row.
        let killed_after = inner.fault(12).then(|| inner.dice.roll(4));
        drop(inner);
        let id = new.id;
        let queueing = async {
            let message = message(store, &bytes).await?;
            store.queue_email(new, message).await
        };
        let queued: Option<Result<Email>> = match killed_after {
            Some(awaits) => wait_until_killed(store, queueing, awaits),
            None => Some(wait_for(queueing)),
        };
        let is_promised = queued.is_some();
        if let Some(Err(error)) = queued {
            panic!("a draft can be sent: {error}");
        }
        self.user.mails.push(Mail {
            id,
            draft,
            server,
            account,
            message_id,
            frozen: bytes,
            is_promised,
            said: None,
        });
        if !is_promised {
            self.kill(number);
        }
    }

    fn answer(&mut self, store: &Store, mail: usize) {
        let arrived = {
            let mut inner = self.world.look();
            let arrived = inner.servers.delivered(&self.user.mails[mail].message_id) > 0;
            arrived != inner.dice.one_in(8)
        };
        let (id, now) = (self.user.mails[mail].id, self.world.look().now());
        let answered = wait_for(store.resolve_unknown(id, arrived, now));
        let what = if arrived {
            "says: arrived:"
        } else {
            "says: not arrived:"
        };
        if self.told(what, mail, answered).is_some() {
            self.user.mails[mail].said = Some(arrived);
        }
    }
}
