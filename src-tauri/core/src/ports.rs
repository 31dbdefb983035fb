//! The outside world as the rules see it. Implemented by the providers crate; tests bring
//! their own implementations that behave, faults included.

use std::{future::Future, pin::Pin};

use bytes::Bytes;

use crate::{
    error::Error,
    id::EmailId,
    polish::{ProviderId, Usage, outgoing::Outgoing},
};

/// A boxed future, so that ports can be used as trait objects.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A language model that writes the four versions.
pub trait Writer: Send + Sync {
    /// Which provider it is.
    fn id(&self) -> ProviderId;
    /// The provider's name for people.
    fn name(&self) -> String;
    /// The model it asks.
    fn model(&self) -> String;
    /// Why it must not be asked, or can't be; none: it may be asked.
    fn passed_over(&self) -> Option<WriteError> {
        None
    }
    /// Why others should be asked instead of it, because it failed too often; none: it may be asked.
    fn resting(&self) -> Option<WriteError> {
        None
    }
    /// One polish asks it no more: this was the last thing that went wrong with it.
    fn given_up(&self, _failure: &WriteError) {}
    /// The request as it would go out now; none for a writer that sends nothing.
    fn outgoing<'a>(
        &'a self,
        _request: &'a WriteRequest,
    ) -> BoxFuture<'a, Result<Option<Outgoing>, WriteError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
    /// Asks once. `on_text` gets each piece of the JSON answer as it arrives.
    fn write<'a>(
        &'a self,
        request: &'a WriteRequest,
        on_text: &'a mut (dyn FnMut(&str) + Send),
    ) -> BoxFuture<'a, Result<Written, WriteError>>;
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteRequest {
    /// Instructions.
    pub system: String,
    /// The user's text with what is known about it.
    pub user: String,
    /// JSON schema of the answer.
    pub schema: serde_json::Value,
    /// Name of the schema (letters, digits, `_` and `-`).
    pub schema_name: &'static str,
    /// Upper limit of the answer in tokens.
    pub max_output_tokens: u32,
}

/// A model's whole answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The text: JSON, unless the model did not keep to the schema.
    pub text: String,
    /// The model that really answered.
    pub model: String,
    /// Tokens and cost.
    pub usage: Usage,
}

/// Why a model did not answer, sorted by what may be done about it (`is_*`), with the reason
/// for people in the error.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteError {
    /// What may be done about it.
    pub kind: WriteErrorKind,
    /// Seconds the provider asks to wait.
    pub retry_after_seconds: Option<u32>,
    /// Whether some text had already been handed to `on_text`.
    pub text_was_shown: bool,
    /// Code and reason for people.
    pub error: Error,
}

/// What may be done about a model's failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteErrorKind {
    /// Nothing will change by asking again: bad key, no credit, unknown model, unreachable.
    NextProvider,
    /// May pass: rate limit, overload, a cut stream.
    Retry,
    /// The model refuses this text: show it, don't go around it.
    Refused,
    /// The answer was not what was asked for.
    InvalidAnswer,
    /// The text is too long for this model.
    TooLong,
    /// Cancelled by the user.
    Cancelled,
}

/// Sends a frozen message. Errors say what provably happened (see [`SendOutcome`]).
pub trait MailSender: Send + Sync {
    /// Stores the message as a draft at the provider and answers the provider's id of it.
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>>;
    /// Sends that draft.
    fn send_draft<'a>(
        &'a self,
        provider_draft_id: &'a str,
    ) -> BoxFuture<'a, StepResult<SentMessage>>;
    /// Looks what became of that draft, whose message is `message`.
    fn look<'a>(
        &'a self,
        provider_draft_id: &'a str,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>>;
    /// Sends in one step, for accounts that may do no more.
    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>>;
}

/// A frozen message.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingMessage {
    /// Its id in the outbox: the same at every try.
    pub id: EmailId,
    /// Everybody it goes to, blind copies included, each once, as mail servers take addresses.
    pub recipients: Vec<String>,
    /// The RFC 5322 bytes, Bcc included, lines ended by CRLF. Shared, as they may be many.
    pub bytes: Bytes,
    /// The provider's thread to join.
    pub thread_id: Option<String>,
}

/// What became of a draft at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// It is still there, which means it has not been sent so far.
    StillThere,
    /// It left; this is the message.
    Sent(SentMessage),
    /// It is gone and nothing more can be found out: it was sent, or deleted at the provider.
    Gone,
}

/// What a provider says of a message that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentMessage {
    /// The provider's id of it.
    pub id: String,
    /// The provider's thread.
    pub thread_id: Option<String>,
}

/// The outcome of one step of sending.
pub type StepResult<T> = Result<T, StepError>;

/// Why a step of sending did not succeed, sorted by what provably happened.
#[derive(Debug, Clone, PartialEq)]
pub struct StepError {
    /// What provably happened.
    pub outcome: SendOutcome,
    /// Seconds the provider asks to wait.
    pub retry_after_seconds: Option<u32>,
    /// Code and reason for people.
    pub error: Error,
}

/// What provably happened at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendOutcome {
    /// It did not act and a later try may succeed: rate limit, greylisting.
    NotActed,
    /// It did not act because it can't be reached, or turns everybody away: the account's other
    /// mails would meet the same now.
    Unreachable,
    /// It did not act and never will on this message: malformed, forbidden, too large.
    Refused,
    /// It did not act because the account must be signed in again.
    NeedsSignIn,
    /// It did not act because it has no such draft (any more).
    DraftGone,
    /// It may or may not have acted: the reply was lost, or said "internal error".
    Unclear,
}
