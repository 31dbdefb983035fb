//! Sending through Outlook by Microsoft Graph (reference: learn.microsoft.com/graph/api,
//! resource type `message`).
//!
//! As with Gmail everything turns on whether Outlook provably did *not* act (`answer` decides). Its
//! habits:
//! - with *immutable* ids, which every request asks for, a draft keeps its id when it is sent: one
//!   look tells whether it left. Its copy may appear some seconds later;
//! - a draft is made of the frozen message itself (MIME in base64), so that the text, its images
//!   and the headers of a thread arrive as they were composed. JSON can't carry both texts, nor
//!   `In-Reply-To`;
//! - a request may have 4 MB. The files of a larger message are added to the draft one by one,
//!   and it counts as stored only when all are there;
//! - blind copies are not left to what it makes of a Bcc in the message, which somebody might get
//!   to see: they are taken out and set on the draft. Whom a draft goes to is read from its answer
//!   and must be what was composed.
//!
//! Deliberately absent: sending in one call, because Bcc could not be checked there and nothing
//! looked up afterwards (Microsoft grants both permissions or none); joining Outlook's own
//! conversations, which takes the mail that is answered; reading mail; and drafts that are left
//! behind by lost answers.

mod answer;
mod upload;
mod wire;

use std::{future::Future, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use draftwell_core::{
    Code, Error, Result,
    message::{FilePart, addressed_to, own_message_id, taken_apart, without_bcc},
    outbox::LEASE_SECONDS,
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};
use reqwest::{
    Client, Method, RequestBuilder,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{http, oauth::TokenSource, service::step};
use answer::{Call, Failure, OUTLOOK, Success};
use wire::{Message, Messages};

const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer to a request without a message may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A slow connection uploads this many bytes a second.
const SLOW_UPLOAD: usize = 64 * 1024;
/// How long storing a message with all its files may take.
const STORING: Duration = Duration::from_secs(720);
/// How long sending a stored one, and looking for it, may take each.
const ASKING: Duration = Duration::from_secs(200);
/// A transmission must end before its lease does.
const _: () = assert!(STORING.as_secs() + 2 * ASKING.as_secs() < LEASE_SECONDS as u64);
/// The largest message that is stored in one request: base64 makes 4 MB of it.
const IN_ONE: usize = 2_900_000;
/// The copy of a mail that left appears some seconds later.
const PAUSES: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(3),
    Duration::from_secs(6),
];

/// Outlook, for one account.
pub struct Graph {
    http: Client,
    base: Url,
    tokens: Arc<TokenSource>,
    patience: Duration,
}

impl Graph {
    /// `base` is what comes before `/v1.0`.
    ///
    /// Errors: `INTERNAL_ERROR` if secure connections can't be set up.
    pub fn new(base: &Url, tokens: Arc<TokenSource>) -> Result<Self> {
        Ok(Self {
            http: http::client(base, CONNECT)?,
            base: base.clone(),
            tokens,
            patience: PATIENCE,
        })
    }

    /// Waits this long for an answer, instead of a minute, and no longer between two looks;
    /// messages get the time to upload them on top.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// An address below `/v1.0/me`, each segment encoded.
    fn address(&self, segments: &[&str]) -> StepResult<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| {
                let message = "Outlook's address is not a web address.";
                step(SendOutcome::NotActed, None, Code::InternalError, message)
            })?
            .pop_if_empty()
            .extend(["v1.0", "me"])
            .extend(segments);
        Ok(url)
    }

    fn request(&self, token: &SecretString, method: Method, url: &Url) -> RequestBuilder {
        self.http
            .request(method, url.clone())
            .bearer_auth(token.expose_secret())
            .header("Prefer", "IdType=\"ImmutableId\"")
    }

    fn time_for(&self, bytes: usize) -> Duration {
        self.patience + Duration::from_secs((bytes / SLOW_UPLOAD) as u64)
    }

    /// Asks with a fresh token, and once more with another one if it isn't taken: a request that
    /// was answered 401 has done nothing.
    async fn ask(
        &self,
        call: Call,
        request: impl Fn(&SecretString) -> RequestBuilder,
    ) -> StepResult<Success> {
        let token = self.tokens.access().await?;
        let answer = answer::judge(call, request(&token).send().await).await;
        match answer {
            Err(Failure::Unauthorised) => {
                let token = self.tokens.access_after(&token).await?;
                let answer = answer::judge(call, request(&token).send().await).await;
                answer.map_err(Failure::into_error)
            }
            answer => answer.map_err(Failure::into_error),
        }
    }

    async fn create(&self, message: &OutgoingMessage) -> StepResult<String> {
        let apart = taken_apart(&message.bytes, IN_ONE).map_err(refused)?;
        let draft = self.store(&without_bcc(&apart.bytes)).await?;
        let completed = self.complete(&draft, message, &apart.files).await;
        if completed.is_err() {
            self.discard(&draft.id).await;
        }
        completed.map(|()| draft.id)
    }

    /// Stores a message that is not too large for one request.
    async fn store(&self, bytes: &[u8]) -> StepResult<Message> {
        let url = self.address(&["messages"])?;
        let body = STANDARD.encode(bytes);
        self.ask(Call::CreateDraft, |token| {
            self.request(token, Method::POST, &url)
                .header(CONTENT_TYPE, "text/plain")
                .timeout(self.time_for(body.len()))
                .body(body.clone())
        })
        .await?
        .read()
    }

    /// Sees to it that a draft goes to everybody, and has all files.
    async fn complete(
        &self,
        draft: &Message,
        message: &OutgoingMessage,
        files: &[FilePart<'_>],
    ) -> StepResult<()> {
        let wanted = addressed_to(&message.bytes).map_err(refused)?;
        if !draft.goes_to(&wanted) {
            let url = self.address(&["messages", &draft.id])?;
            let body = wire::recipients(&wanted);
            let told: Message = self
                .ask(Call::SetRecipients, |token| {
                    self.request(token, Method::PATCH, &url)
                        .json(&body)
                        .timeout(self.patience)
                })
                .await?
                .read()?;
            if !told.goes_to_as_many(&wanted) {
                return Err(step(
                    SendOutcome::Refused,
                    None,
                    OUTLOOK.code,
                    "Outlook did not take all recipients as they were written, so nothing was \
                     sent. Look at the addresses and send again.",
                ));
            }
        }
        for file in files {
            self.attach(&draft.id, file).await?;
        }
        Ok(())
    }

    /// Deletes a draft that couldn't be completed, if that is quickly done. It was never sent,
    /// and nobody else knows its id.
    async fn discard(&self, id: &str) {
        let Ok(url) = self.address(&["messages", id]) else {
            return;
        };
        let asked = self.ask(Call::Discard, |token| {
            self.request(token, Method::DELETE, &url)
                .timeout(self.patience.min(CONNECT))
        });
        if asked.await.is_err() {
            tracing::info!("an incomplete draft stayed behind");
        }
    }

    /// The message of this id, if Outlook has it: several looks, as the copy of a mail that left
    /// is not there at once.
    async fn get(&self, id: &str) -> StepResult<Option<Message>> {
        let mut url = self.address(&["messages", id])?;
        url.set_query(Some("$select=id,isDraft,conversationId"));
        let mut pauses = PAUSES.into_iter();
        loop {
            let asked = self.ask(Call::Get, |token| {
                self.request(token, Method::GET, &url)
                    .timeout(self.patience)
            });
            match asked.await.and_then(Success::read) {
                Ok(Message { is_draft: None, .. }) => return Err(OUTLOOK.unreadable()),
                Ok(message) => return Ok(Some(message)),
                Err(error) if error.outcome == SendOutcome::DraftGone => match pauses.next() {
                    Some(pause) => tokio::time::sleep(pause.min(self.patience)).await,
                    None => return Ok(None),
                },
                Err(error) => return Err(error),
            }
        }
    }

    /// A message that left and has this Message-ID, wherever it lies.
    async fn find_sent(&self, message_id: &str) -> StepResult<Option<Message>> {
        let mut url = self.address(&["messages"])?;
        let quoted = message_id.replace('\'', "''");
        url.query_pairs_mut()
            .append_pair("$filter", &format!("internetMessageId eq '{quoted}'"))
            .append_pair("$select", "id,isDraft,conversationId");
        let asked = self.ask(Call::Find, |token| {
            self.request(token, Method::GET, &url)
                .timeout(self.patience)
        });
        match asked.await.and_then(Success::read::<Messages>) {
            Ok(found) => Ok((found.value.into_iter()).find(|one| one.is_draft == Some(false))),
            // It can't be asked this way; then nothing is found this way.
            Err(error) if error.outcome == SendOutcome::Refused => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn send_stored(&self, id: &str) -> StepResult<SentMessage> {
        // What was sent already, by an earlier try or in Outlook itself, must not be sent again.
        let draft = self.get(id).await.map_err(|mut error| {
            if error.outcome == SendOutcome::Unclear {
                // Nothing but a question was asked yet.
                error.outcome = SendOutcome::NotActed;
            }
            error
        })?;
        let Some(draft) = draft.filter(Message::is_unsent) else {
            return Err(step(
                SendOutcome::DraftGone,
                None,
                Code::NotFound,
                "Outlook no longer has this draft.",
            ));
        };
        let url = self.address(&["messages", id, "send"])?;
        self.ask(Call::Send, |token| {
            self.request(token, Method::POST, &url)
                .header(CONTENT_LENGTH, 0)
                .timeout(self.patience)
        })
        .await?;
        Ok(sent(draft))
    }

    async fn find(&self, id: &str, message: &OutgoingMessage) -> StepResult<Found> {
        match self.get(id).await? {
            Some(found) if found.is_unsent() => Ok(Found::StillThere),
            Some(found) => Ok(Found::Sent(sent(found))),
            None => match own_message_id(&message.bytes) {
                Some(own) => {
                    let found = self.find_sent(&own).await?;
                    Ok(found.map_or(Found::Gone, |found| Found::Sent(sent(found))))
                }
                None => Ok(Found::Gone),
            },
        }
    }
}

fn sent(message: Message) -> SentMessage {
    SentMessage {
        id: message.id,
        thread_id: message.conversation_id,
    }
}

/// A defect of the message itself: nothing was asked.
fn refused(error: Error) -> StepError {
    StepError {
        outcome: SendOutcome::Refused,
        retry_after_seconds: None,
        error,
    }
}

/// Ends what takes longer than its share of the lease.
async fn within<T>(limit: Duration, work: impl Future<Output = StepResult<T>>) -> StepResult<T> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(OUTLOOK.too_slow()))
}

impl MailSender for Graph {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        Box::pin(within(STORING, self.create(message)))
    }

    fn send_draft<'a>(
        &'a self,
        provider_draft_id: &'a str,
    ) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(within(ASKING, self.send_stored(provider_draft_id)))
    }

    fn look<'a>(
        &'a self,
        provider_draft_id: &'a str,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        Box::pin(within(ASKING, self.find(provider_draft_id, message)))
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async {
            Err(step(
                SendOutcome::Refused,
                None,
                Code::InternalError,
                "Outlook is sent to through a draft. Connect the account again.",
            ))
        })
    }
}
