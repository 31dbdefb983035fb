//! The model servers: Gmail, Outlook (Microsoft Graph) and SMTP, as the port [`MailSender`] shows
//! them, and the ledger of what they really did.
//!
//! They know nothing of the worker, its states or its database. A request is a thing of its own:
//! once it is on the wire the server may carry it out whatever becomes of the one who asked.
//! What a server does late it does within [`LATEST`]: two looks, half a minute apart, are what
//! the product takes for certain.

use std::{collections::BTreeMap, sync::Arc};

use draftwell_core::{
    Code, Error,
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};

use crate::world::{Inner, World};

/// How long a client waits for an answer, in milliseconds.
const PATIENCE: i64 = 60_000;
/// How much later than the client lost its answer a server may still act.
const LATEST: i64 = 29_000;

/// Whose manners a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `drafts.create`, `drafts.send`, `drafts.get`: a draft that is sent is gone.
    Gmail,
    /// `messages.send` alone: one call, nothing to look up.
    GmailSendOnly,
    /// A draft keeps its immutable id when it is sent, and its copy in Sent is usually found by it.
    Outlook,
    /// One conversation; what happened after the final dot only its answer tells.
    Smtp,
}

impl Kind {
    pub const ALL: [Self; 4] = [Self::Gmail, Self::GmailSendOnly, Self::Outlook, Self::Smtp];

    /// Whether it keeps drafts, so that it can be asked what became of one.
    pub fn has_drafts(self) -> bool {
        matches!(self, Self::Gmail | Self::Outlook)
    }
}

/// A mail that left.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub message_id: String,
    pub bytes: Vec<u8>,
    /// Somebody sent the draft in the provider's own window.
    pub by_hand: bool,
}

/// One mail service, with one account at it.
pub struct Server {
    pub kind: Kind,
    drafts: BTreeMap<String, Vec<u8>>,
    /// Drafts that were sent, by their id.
    sent: BTreeMap<String, String>,
    /// It takes the present token for none.
    pub signed_out: bool,
    limited_until: i64,
    /// It has ever limited the account.
    pub has_limited: bool,
    /// Nobody can reach it until then.
    pub down_until: i64,
    /// It, or what is needed to ask it, was ever out of reach.
    pub was_out_of_reach: bool,
    made: u32,
}

/// What all servers did.
pub struct Servers {
    pub all: Vec<Server>,
    /// Every mail that reached its recipients.
    pub deliveries: Vec<Delivery>,
    /// The distinct bytes each mail was handed over in, by Message-ID.
    pub handed_over: BTreeMap<String, Vec<Vec<u8>>>,
    /// Mails about whose sending a client was left in doubt: the answer was lost, or its draft was
    /// no more when it was to be sent.
    pub doubts: Vec<String>,
    /// Mails whose draft was deleted or sent by hand at the provider.
    pub meddled: Vec<String>,
    calls: Vec<CallLog>,
    /// Which mail a draft is, also when it is gone.
    mail_of: BTreeMap<String, String>,
}

/// What a client asks for.
#[derive(Debug, Clone)]
pub enum Request {
    Create(Vec<u8>),
    SendDraft(String),
    Look(String),
    Send(Vec<u8>),
}

/// What a server answers when it did something.
#[derive(Debug, Clone)]
enum Reply {
    Made(String),
    Sent(SentMessage),
    Found(Found),
    NoSuchDraft,
}

struct CallLog {
    server: usize,
    request: Request,
    reply: Option<Reply>,
}

/// Something a server has taken in and will carry out.
#[derive(Debug, Clone, Copy)]
pub struct Deed {
    call: usize,
    /// Only the beginning of it: a draft without its files.
    in_part: bool,
}

/// What the client will be told, and when.
struct Ticket {
    call: usize,
    at: i64,
    told: Told,
}

enum Told {
    Truth,
    Nothing,
    No(SendOutcome, Code, Option<u32>),
}

/// Of every fourth mail Outlook files no copy, or too late to be found: it is only gone.
fn is_unfiled(draft: &str) -> bool {
    let number = draft
        .rsplit('-')
        .next()
        .and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| number % 4 == 0)
}

/// The Message-ID in frozen bytes.
pub fn message_id(bytes: &[u8]) -> String {
    header(bytes, "message-id")
}

/// A header's value.
pub fn header(bytes: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(bytes);
    let head = text.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head.split("\r\n").filter_map(|line| line.split_once(':'));
    let mut values = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
    values
        .next()
        .map_or("", |(_, value)| value.trim())
        .to_owned()
}

impl Servers {
    pub fn new(kinds: &[Kind]) -> Self {
        let server = |kind: &Kind| Server {
            kind: *kind,
            drafts: BTreeMap::new(),
            sent: BTreeMap::new(),
            signed_out: false,
            limited_until: 0,
            has_limited: false,
            down_until: 0,
            was_out_of_reach: false,
            made: 0,
        };
        Self {
            all: kinds.iter().map(server).collect(),
            deliveries: Vec::new(),
            handed_over: BTreeMap::new(),
            doubts: Vec::new(),
            meddled: Vec::new(),
            calls: Vec::new(),
            mail_of: BTreeMap::new(),
        }
    }

    /// How often a mail was delivered because Draftwell sent it.
    pub fn delivered(&self, message_id: &str) -> usize {
        let is_ours = |one: &&Delivery| one.message_id == message_id && !one.by_hand;
        self.deliveries.iter().filter(is_ours).count()
    }

    /// Whether somebody sent a mail's draft in the provider's own window.
    pub fn was_sent_by_hand(&self, message_id: &str) -> bool {
        let is_by_hand = |one: &Delivery| one.message_id == message_id && one.by_hand;
        self.deliveries.iter().any(is_by_hand)
    }

    fn mail_of(&self, request: &Request) -> Option<String> {
        match request {
            Request::Create(bytes) | Request::Send(bytes) => Some(message_id(bytes)),
            Request::SendDraft(draft) | Request::Look(draft) => self.mail_of.get(draft).cloned(),
        }
    }

    fn deliver(&mut self, bytes: Vec<u8>) {
        let message_id = message_id(&bytes);
        self.deliveries.push(Delivery {
            message_id,
            bytes,
            by_hand: false,
        });
    }

    /// The server does what it was asked.
    fn act(&mut self, server: usize, request: &Request, in_part: bool) -> Reply {
        let here = &mut self.all[server];
        match request {
            Request::Create(bytes) => {
                here.made += 1;
                let draft = format!("{server}-draft-{}", here.made);
                let kept = if in_part {
                    bytes.len() / 2
                } else {
                    bytes.len()
                };
                here.drafts.insert(draft.clone(), bytes[..kept].to_vec());
                self.mail_of.insert(draft.clone(), message_id(bytes));
                Reply::Made(draft)
            }
            Request::SendDraft(draft) => match here.drafts.remove(draft) {
                Some(bytes) => {
                    here.made += 1;
                    let id = match here.kind {
                        // An immutable id stays the same.
                        Kind::Outlook => draft.clone(),
                        _ => format!("{server}-sent-{}", here.made),
                    };
                    here.sent.insert(draft.clone(), id.clone());
                    self.deliver(bytes);
                    Reply::Sent(SentMessage {
                        id,
                        thread_id: None,
                    })
                }
                None => Reply::NoSuchDraft,
            },
            Request::Look(draft) => Reply::Found(if here.drafts.contains_key(draft) {
                Found::StillThere
            } else {
                let shows_sent = |_: &&String| here.kind == Kind::Outlook && !is_unfiled(draft);
                match here.sent.get(draft).filter(shows_sent) {
                    Some(id) => Found::Sent(SentMessage {
                        id: id.clone(),
                        thread_id: None,
                    }),
                    None => Found::Gone,
                }
            }),
            Request::Send(bytes) => {
                here.made += 1;
                let id = format!("{server}-sent-{}", here.made);
                self.deliver(bytes.clone());
                Reply::Sent(SentMessage {
                    id,
                    thread_id: None,
                })
            }
        }
    }

    /// Somebody deletes a draft of Draftwell's in the provider's own window, or sends it there.
    /// Answers what was done.
    pub fn meddle(&mut self, server: usize, chosen: usize, send: bool) -> Option<String> {
        let here = &self.all[server];
        let draft = here
            .drafts
            .keys()
            .nth(chosen % here.drafts.len().max(1))?
            .clone();
        let mail = self.mail_of.get(&draft)?.clone();
        if send {
            self.act(server, &Request::SendDraft(draft.clone()), false);
            self.deliveries.last_mut()?.by_hand = true;
        } else {
            self.all[server].drafts.remove(&draft);
        }
        self.meddled.push(mail);
        Some(format!(
            "{draft} was {} by hand",
            if send { "sent" } else { "deleted" }
        ))
    }
}

impl Inner {
    pub fn carry_out(&mut self, deed: Deed) {
        let (server, request) = {
            let call = &self.servers.calls[deed.call];
            (call.server, call.request.clone())
        };
        let reply = self.servers.act(server, &request, deed.in_part);
        self.tell(|| {
            format!(
                "          server {server} did {}: {reply:?}",
                short(&request)
            )
        });
        self.servers.calls[deed.call].reply = Some(reply);
    }

    /// A request reaches a server: what it will do, and what its client will hear.
    fn take_in(&mut self, server: usize, request: Request) -> Ticket {
        let mail = self.servers.mail_of(&request);
        if let (Request::Create(bytes) | Request::Send(bytes), Some(mail)) = (&request, &mail) {
            let known = self.servers.handed_over.entry(mail.clone()).or_default();
            if !known.contains(bytes) {
                known.push(bytes.clone());
            }
        }
        let call = self.servers.calls.len();
        self.servers.calls.push(CallLog {
            server,
            request: request.clone(),
            reply: None,
        });
        let (ticket, what) = self.plan(server, &request, call);
        let in_doubt = match request {
            Request::SendDraft(_) | Request::Send(_) => matches!(ticket.told, Told::Nothing),
            Request::Look(_) => matches!(ticket.told, Told::No(SendOutcome::Refused, ..)),
            Request::Create(_) => false,
        };
        if in_doubt {
            self.servers.doubts.extend(mail);
        }
        let after = ticket.at - self.time;
        self.tell(|| {
            let asked = short(&request);
            format!("     to server {server}: {asked}: {what}, an answer after {after} ms")
        });
        ticket
    }

    fn plan(&mut self, server: usize, request: &Request, call: usize) -> (Ticket, &'static str) {
        let time = self.time;
        let soon = time + self.dice.between(5, 400);
        let told = |at, told| Ticket { call, at, told };
        let here = &self.servers.all[server];
        let (kind, limited) = (here.kind, here.limited_until - time);
        if time < here.down_until {
            let no = Told::No(SendOutcome::Unreachable, Code::GmailApiError, None);
            return (told(soon, no), "down");
        }
        if here.signed_out {
            let no = Told::No(SendOutcome::NeedsSignIn, Code::GmailTokenExpired, None);
            return (told(soon, no), "signed out");
        }
        let is_look = matches!(request, Request::Look(_));
        if limited > 0 && !is_look {
            let seconds = u32::try_from(limited / 1000 + 1).unwrap_or(1);
            let no = Told::No(
                SendOutcome::NotActed,
                Code::RateLimitExceeded,
                Some(seconds),
            );
            return (told(soon, no), "still limited");
        }
        let act = |inner: &mut Self, at, in_part| {
            inner.to_do.push((at, Deed { call, in_part }));
        };
        if !self.fault(4) {
            act(self, soon, false);
            return (told(soon, Told::Truth), "fine");
        }
        let no = |outcome, code, after| Told::No(outcome, code, after);
        match self.dice.roll(15) {
            0 => {
                self.servers.all[server].was_out_of_reach = true;
                let no = no(SendOutcome::Unreachable, Code::GmailApiError, None);
                (told(soon, no), "no connection")
            }
            1 => {
                let after = Some(self.dice.between(1, 40) as u32);
                let no = no(SendOutcome::NotActed, Code::GmailApiError, after);
                (told(soon, no), "unavailable")
            }
            2 => {
                let seconds = self.dice.between(5, 900);
                let here = &mut self.servers.all[server];
                here.limited_until = time + seconds * 1000;
                here.has_limited = true;
                let no = no(
                    SendOutcome::NotActed,
                    Code::RateLimitExceeded,
                    Some(seconds as u32),
                );
                (told(soon, no), "limited")
            }
            3 => {
                self.servers.all[server].signed_out = true;
                let no = no(SendOutcome::NeedsSignIn, Code::GmailTokenExpired, None);
                (told(soon, no), "the token expires")
            }
            4 if self.dice.one_in(2) => (
                told(soon, no(SendOutcome::Refused, Code::GmailApiError, None)),
                "refused",
            ),
            5 if matches!(request, Request::Create(_)) && kind == Kind::Outlook => {
                act(self, soon, true);
                (told(soon, Told::Nothing), "cut off while the files go up")
            }
            6 if kind.has_drafts() => {
                act(self, soon, false);
                act(self, soon + 1, false);
                (told(soon + 2, Told::Truth), "the request comes twice")
            }
            7 | 8 => (told(soon, Told::Nothing), "cut before acting"),
            9 | 10 => {
                act(self, soon, false);
                (told(soon, Told::Nothing), "cut after acting")
            }
            11 | 12 => {
                let at = soon + self.dice.between(1, LATEST);
                act(self, at, false);
                (told(soon, Told::Nothing), "cut, and acts later")
            }
            13 => {
                let at = time + self.dice.between(1, PATIENCE + LATEST);
                act(self, at, false);
                (told(time + PATIENCE, Told::Nothing), "no answer in time")
            }
            _ => {
                let at = time + self.dice.between(1_000, PATIENCE - 1);
                let acts = self.dice.between(time + 1, at);
                act(self, acts, false);
                (told(at, Told::Truth), "slow")
            }
        }
    }

    fn answer(&mut self, ticket: &Ticket) -> StepResult<Reply> {
        let no = |outcome, code, retry_after_seconds| {
            Err(StepError {
                outcome,
                retry_after_seconds,
                error: Error::new(code, "The model server said no."),
            })
        };
        match &ticket.told {
            Told::No(outcome, code, after) => no(*outcome, *code, *after),
            Told::Nothing => no(SendOutcome::Unclear, Code::GmailApiError, None),
            Told::Truth => match self.servers.calls[ticket.call].reply.clone() {
                Some(Reply::NoSuchDraft) => {
                    let request = self.servers.calls[ticket.call].request.clone();
                    self.servers.doubts.extend(self.servers.mail_of(&request));
                    no(SendOutcome::DraftGone, Code::GmailApiError, None)
                }
                Some(reply) => Ok(reply),
                None => panic!("an answer before the deed: the model itself is wrong"),
            },
        }
    }
}

fn short(request: &Request) -> String {
    match request {
        Request::Create(bytes) => format!("create {}", message_id(bytes)),
        Request::Send(bytes) => format!("send {}", message_id(bytes)),
        Request::SendDraft(draft) => format!("send {draft}"),
        Request::Look(draft) => format!("look {draft}"),
    }
}

/// The line to a server, as the worker gets it.
pub struct Line {
    pub world: Arc<World>,
    pub server: usize,
}

impl Line {
    async fn call(&self, request: Request) -> StepResult<Reply> {
        // Not on the wire yet.
        self.world.moment().await;
        let ticket = self.world.look().take_in(self.server, request);
        self.world.sleep_until(ticket.at).await;
        self.world.look().answer(&ticket)
    }

    fn kind(&self) -> Kind {
        self.world.look().servers.all[self.server].kind
    }

    async fn sending(&self, request: Request) -> StepResult<SentMessage> {
        match self.call(request).await? {
            Reply::Sent(message) => Ok(message),
            other => panic!("not an answer to a send: {other:?}"),
        }
    }
}

impl MailSender for Line {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        assert!(self.kind().has_drafts(), "no drafts can be stored there");
        Box::pin(async {
            match self.call(Request::Create(message.bytes.to_vec())).await? {
                Reply::Made(draft) => Ok(draft),
                other => panic!("not an answer to a create: {other:?}"),
            }
        })
    }

    fn send_draft<'a>(&'a self, draft: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        assert!(self.kind().has_drafts(), "no drafts can be sent there");
        Box::pin(self.sending(Request::SendDraft(draft.to_owned())))
    }

    fn look<'a>(
        &'a self,
        draft: &'a str,
        _: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        assert!(self.kind().has_drafts(), "nothing can be looked up there");
        Box::pin(async {
            match self.call(Request::Look(draft.to_owned())).await? {
                Reply::Found(found) => Ok(found),
                other => panic!("not an answer to a look: {other:?}"),
            }
        })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        assert!(!self.kind().has_drafts(), "a safer way was open");
        Box::pin(self.sending(Request::Send(message.bytes.to_vec())))
    }
}
