//! Errors with a stable code, as every command answers them.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    UnixMillis,
    draft::SavedDraft,
    id::{DraftId, VersionId},
};

/// What went wrong, for programs: the page chooses its text by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Code {
    /// An argument is missing or malformed; `field` names it.
    ValidationError,
    /// The thing named does not exist (any more).
    NotFound,
    /// A save was based on a former revision; both texts are kept.
    Conflict,
    /// Not allowed in this state, for example editing what was sent.
    Forbidden,
    /// A fixed maximum is reached, for example ten signatures.
    LimitReached,
    /// Too many requests; `retry_after_seconds` says when the next one may come.
    RateLimitExceeded,
    /// A file is larger than allowed.
    FileTooLarge,
    /// A file is of a kind that is not allowed, or not what its name says.
    InvalidFileType,
    /// The text is shorter than polishing needs.
    DraftTooShort,
    /// The text is longer than polishing takes.
    DraftTooLong,
    /// No configured provider answered; the message lists each one's reason.
    AiServiceUnavailable,
    /// The provider refused to answer this text.
    AiRefused,
    /// The provider's answer was not of the right shape.
    AiInvalidAnswer,
    /// No Gmail account is connected, or no client id is known to connect one with.
    GmailNotConnected,
    /// The account must be signed in again.
    GmailTokenExpired,
    /// Gmail's or our own daily limit is reached.
    GmailQuotaExceeded,
    /// Gmail answered with an error.
    GmailApiError,
    /// The sending account does not exist or is not usable.
    AccountNotConnected,
    /// A mail server can't be reached or answered with an error.
    MailServerError,
    /// Whether the message left is not known; it is never sent again by itself.
    SendOutcomeUnknown,
    /// A signature can't be deleted while drafts use it.
    SignatureInUse,
    /// The operating system's keyring is missing, locked or refused.
    KeyringUnavailable,
    /// The disk is full or can't be written.
    StorageFull,
    /// A defect of ours, or a part of the system that failed in no expected way.
    InternalError,
}

/// The answer of every command that fails.
///
/// `message` says what happened and what to do, in plain words, and never contains a secret.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{message}")]
pub struct Error {
    /// What went wrong, for programs.
    pub code: Code,
    /// What went wrong and what to do, for people.
    pub message: String,
    /// The argument that is at fault, in the spelling of the command's argument object.
    pub field: Option<String>,
    /// Seconds to wait before trying again.
    pub retry_after_seconds: Option<u32>,
    /// Mostly with [`Code::Conflict`]: the save **was** carried out (the last write wins); this
    /// says under which revision, and where the text it replaced is kept. Boxed because it is
    /// rare, and every `Result` would carry its size.
    pub conflict: Option<Box<Conflict>>,
    /// Only a part of a save was refused, in `field`: the rest of it **was** stored, as this.
    pub saved: Option<Box<SavedDraft>>,
}

/// What a stale save led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The draft that was saved.
    pub draft_id: DraftId,
    /// Its revision now.
    pub revision: u32,
    /// When it was saved.
    pub saved_at: UnixMillis,
    /// The version that keeps the text which was replaced.
    pub version_id: VersionId,
}

/// `Result` with our error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a code and a message for people.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            retry_after_seconds: None,
            conflict: None,
            saved: None,
        }
    }

    /// [`Code::ValidationError`] about one argument.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(Code::ValidationError, message)
        }
    }

    /// [`Code::NotFound`]: "This `what` doesn't exist any more."
    pub fn not_found(what: &str) -> Self {
        Self::new(
            Code::NotFound,
            format!("This {what} doesn't exist any more."),
        )
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self.code,
            Code::RateLimitExceeded
                | Code::AiServiceUnavailable
                | Code::GmailQuotaExceeded
                | Code::StorageFull
        )
    }
}
