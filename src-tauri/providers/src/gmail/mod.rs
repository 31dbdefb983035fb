//! Sending through the Gmail API (reference: developers.google.com/workspace/gmail/api).
//!
//! The API knows no request ids and no de-duplication, so everything here turns on one question:
//! did Gmail provably *not* act? Only then may a step be tried again (`answer` decides). Some
//! of its habits:
//! - it replaces our Message-ID, so the ids it answers are the only handle on a mail;
//! - a draft that is sent is gone: looking for it tells whether the send was carried out, and
//!   where mail may be read the Sent folder says so itself (`sent`);
//! - recipients are those of the headers, Bcc included, which it strips on delivery.
//!
//! Deliberately absent: clearing drafts away.

mod aliases;
mod answer;
mod read;
mod sent;

use std::{sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use draftwell_core::{
    Code, Error, Result,
    outbox::LEASE_SECONDS,
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};
use reqwest::{Client, Method, RequestBuilder, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use crate::{
    http,
    oauth::{Clock, TokenSource},
};
use answer::{Call, Success};

const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer to a request without a message may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest a message is given.
const LONGEST: Duration = Duration::from_secs(300);
/// A transmission makes four calls (open an upload, create, send, look), each of them twice where
/// the token is not taken, with a renewal before each, and may go through the Sent folder; it must
/// end before its lease does.
const _: () = assert!(
    2 * LONGEST.as_secs() + 7 * PATIENCE.as_secs() + 8 * crate::oauth::RENEWAL.as_secs()
        < LEASE_SECONDS as u64
);
/// A slow connection uploads this many bytes a second.
const SLOW_UPLOAD: u64 = 64 * 1024;
/// Above this size a message goes to the upload address as it is: base64 in JSON would make it a
/// third longer.
const UPLOAD_FROM: usize = 3_000_000;
/// What is uploaded.
const MESSAGE: &str = "message/rfc822";

/// Gmail, for one account.
pub struct Gmail {
    http: Client,
    base: Url,
    tokens: Arc<TokenSource>,
    clock: Clock,
    patience: Duration,
    reads: bool,
}

/// A draft as `drafts.create` answers it.
#[derive(Deserialize)]
struct Draft {
    id: String,
}

/// A message as `drafts.send` and `messages.send` answer it.
#[derive(Deserialize)]
struct Message {
    id: String,
    #[serde(rename = "threadId")]
    thread_id: Option<String>,
}

impl From<Message> for SentMessage {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            thread_id: message.thread_id,
        }
    }
}

impl Gmail {
    /// `base` is what comes before `/gmail/v1`; see [`crate::oauth::Endpoints::api`].
    ///
    /// Errors: `INTERNAL_ERROR` if secure connections can't be set up.
    pub fn new(base: &Url, tokens: Arc<TokenSource>, clock: Clock) -> Result<Self> {
        Ok(Self {
            http: http::client(base, CONNECT)?,
            base: base.clone(),
            tokens,
            clock,
            patience: PATIENCE,
            reads: false,
        })
    }

    /// Mail may be read: the account was granted a scope for that.
    #[must_use]
    pub fn that_reads(mut self, reads: bool) -> Self {
        self.reads = reads;
        self
    }

    /// Waits this long for an answer, instead of a minute; messages get the time to upload them
    /// on top.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// An address below `/gmail/v1/users/me`, each segment encoded.
    fn address(&self, before: &[&str], segments: &[&str]) -> StepResult<Url> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| StepError {
                outcome: SendOutcome::NotActed,
                retry_after_seconds: None,
                error: Error::new(Code::InternalError, "Gmail's address is not a web address."),
            })?
            .pop_if_empty()
            .extend(before)
            .extend(["gmail", "v1", "users", "me"])
            .extend(segments);
        Ok(url)
    }

    /// Asks with a fresh token, and once more with another one if it isn't taken: a request that
    /// was answered 401 has done nothing.
    async fn ask(
        &self,
        call: Call,
        request: impl Fn(&SecretString) -> RequestBuilder,
    ) -> StepResult<Success> {
        let token = self.tokens.access().await?;
        let answer = self.once(call, request(&token)).await;
        match answer {
            Err(answer::Failure::Unauthorised) => {
                let token = self.tokens.access_after(&token).await?;
                let answer = self.once(call, request(&token)).await;
                answer.map_err(answer::Failure::into_error)
            }
            answer => answer.map_err(answer::Failure::into_error),
        }
    }

    async fn once(
        &self,
        call: Call,
        request: RequestBuilder,
    ) -> std::result::Result<Success, answer::Failure> {
        let sent = request.send().await;
        answer::judge(call, sent, (self.clock)()).await
    }

    /// Hands a message over: as JSON, or where it is long as its bytes alone. `wrap` puts what is
    /// said of a message where the call has it.
    async fn hand_over(
        &self,
        call: Call,
        segments: &[&str],
        message: &OutgoingMessage,
        wrap: fn(Value) -> Value,
    ) -> StepResult<Success> {
        let size = message.bytes.len();
        let upload = Duration::from_secs(size as u64 / SLOW_UPLOAD);
        let time = (self.patience + upload).min(LONGEST);
        let thread = message.thread_id.as_deref();
        if size <= UPLOAD_FROM {
            let url = self.address(&[], segments)?;
            let mut said = json!({ "raw": URL_SAFE_NO_PAD.encode(&message.bytes) });
            if let Some(thread) = thread {
                said["threadId"] = thread.into();
            }
            let said = wrap(said);
            let request = |token: &SecretString| {
                let request = self.http.post(url.clone()).json(&said);
                request.bearer_auth(token.expose_secret()).timeout(time)
            };
            return self.ask(call, request).await;
        }
        let mut url = self.address(&["upload"], segments)?;
        // Bytes alone can't name the thread.
        let (method, door) = match thread {
            None => {
                url.set_query(Some("uploadType=media"));
                (Method::POST, url)
            }
            Some(thread) => {
                url.set_query(Some("uploadType=resumable"));
                let said = wrap(json!({ "threadId": thread }));
                (
                    Method::PUT,
                    self.open_upload(call, &url, &said, size).await?,
                )
            }
        };
        let request = |token: &SecretString| {
            let request = (self.http.request(method.clone(), door.clone()))
                .header(CONTENT_TYPE, MESSAGE)
                .body(message.bytes.clone())
                .timeout(time);
            // The address of an upload opens itself; the token is for Gmail's own host.
            if door.origin() == self.base.origin() {
                request.bearer_auth(token.expose_secret())
            } else {
                request
            }
        };
        self.ask(call, request).await
    }

    /// Says what is to come and asks where it is to go. Nothing of the message was handed over yet,
    /// so whatever went wrong here, nothing was sent.
    async fn open_upload(
        &self,
        call: Call,
        url: &Url,
        said: &Value,
        size: usize,
    ) -> StepResult<Url> {
        let opened = self.ask(call, |token| {
            self.http
                .post(url.clone())
                .json(said)
                .header("X-Upload-Content-Type", MESSAGE)
                .header("X-Upload-Content-Length", size)
                .bearer_auth(token.expose_secret())
                .timeout(self.patience)
        });
        let door = opened.await.and_then(|opened| {
            let is_safe = |door: &Url| match door.scheme() {
                "https" => true,
                "http" => http::is_this_machine(door) && http::is_this_machine(&self.base),
                _ => false,
            };
            (opened.location.filter(is_safe)).ok_or_else(answer::unreadable)
        });
        door.map_err(|error| match error.outcome {
            SendOutcome::Unclear => StepError {
                outcome: SendOutcome::NotActed,
                ..error
            },
            _ => error,
        })
    }

    async fn create(&self, message: &OutgoingMessage) -> StepResult<String> {
        let wrap = |message| json!({ "message": message });
        let created = self.hand_over(Call::CreateDraft, &["drafts"], message, wrap);
        answer::read::<Draft>(&created.await?.body).map(|draft| draft.id)
    }

    async fn send_stored(&self, id: &str) -> StepResult<SentMessage> {
        let url = self.address(&[], &["drafts", "send"])?;
        let sent = self
            .ask(Call::SendDraft, |token| {
                self.http
                    .post(url.clone())
                    .json(&json!({ "id": id }))
                    .bearer_auth(token.expose_secret())
                    .timeout(self.patience)
            })
            .await?;
        answer::read::<Message>(&sent.body).map(SentMessage::from)
    }

    async fn find(&self, id: &str, message: &OutgoingMessage) -> StepResult<Found> {
        let mut url = self.address(&[], &["drafts", id])?;
        url.set_query(Some("format=minimal"));
        match self.get::<Draft>(Call::GetDraft, &url).await {
            Ok(_) => Ok(Found::StillThere),
            Err(error) if error.outcome == SendOutcome::DraftGone => {
                let sent = self.look_in_sent(message).await?;
                Ok(sent.map_or(Found::Gone, Found::Sent))
            }
            Err(error) => Err(error),
        }
    }

    async fn get<T: DeserializeOwned>(&self, call: Call, url: &Url) -> StepResult<T> {
        let got = self
            .ask(call, |token| {
                self.http
                    .get(url.clone())
                    .bearer_auth(token.expose_secret())
                    .timeout(self.patience)
            })
            .await?;
        answer::read(&got.body)
    }

    async fn send_at_once(&self, message: &OutgoingMessage) -> StepResult<SentMessage> {
        let sent = self.hand_over(Call::Send, &["messages", "send"], message, |message| {
            message
        });
        answer::read::<Message>(&sent.await?.body).map(SentMessage::from)
    }
}

impl MailSender for Gmail {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        Box::pin(self.create(message))
    }

    fn send_draft<'a>(
        &'a self,
        provider_draft_id: &'a str,
    ) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(self.send_stored(provider_draft_id))
    }

    fn look<'a>(
        &'a self,
        provider_draft_id: &'a str,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        Box::pin(self.find(provider_draft_id, message))
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(self.send_at_once(message))
    }
}
