//! Looking into an account's mailbox for what came back.
//!
//! [`look`] asks the provider what is new since the last time, fetches what may answer a mail of
//! ours, and hands it to the database in one piece with the place up to which it has looked. A
//! program that is killed in between looks at the same messages once more, and the database keeps
//! each only once: nothing is lost and nothing doubled. Where the provider no longer knows that
//! place, everything since the last look is gone through instead.
//!
//! What the mailbox is asked is behind [`MailReader`], what is known of our own mails behind
//! [`IncomingStore`]. Deliberately absent: mails that answer nothing of ours. They are not fetched
//! beyond a few fields of their header, and never kept.

mod look;
mod timing;

pub use look::look;
pub use timing::{EVERY_SECONDS, next_look};

use crate::{
    UnixMillis,
    error::{Error, Result},
    history::HistoryEntry,
    id::{AccountId, EmailId, HistoryId},
    message::{Incoming, Mark},
    ports::{BoxFuture, SentMessage},
};

/// Mails of ours are watched for this long after they left.
pub const WATCHED_SECONDS: i64 = 60 * 24 * 60 * 60;

/// A message as a list of the provider's names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The provider's id of it.
    pub id: String,
    /// The provider's id of its thread.
    pub thread_id: Option<String>,
}

/// What is new since some place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Messages that were added, oldest first; those the user wrote are left out.
    pub messages: Vec<Listing>,
    /// The place up to which this goes.
    pub cursor: String,
    /// There is more beyond it.
    pub more: bool,
}

/// One page of messages since some time, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The messages.
    pub messages: Vec<Listing>,
    /// The next page.
    pub next: Option<String>,
}

/// A message's outside.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The fields of its header that were asked for, as they stand there.
    pub fields: Vec<(String, String)>,
    /// The provider's thread.
    pub thread_id: Option<String>,
    /// The beginning of its text.
    pub snippet: String,
    /// About how many bytes it has.
    pub size: u64,
    /// When it came, by the provider's clock.
    pub at: UnixMillis,
    /// It came from outside: neither written by the user nor taken for spam, nor thrown away.
    pub is_received: bool,
}

impl Head {
    /// The first field of this name, in any case.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        fields
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// The header fields by which it is judged whether a message is fetched.
pub const HEAD_FIELDS: &[&str] = &[
    "From",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Type",
    "Auto-Submitted",
    "Precedence",
    "X-Autoreply",
    "X-Failed-Recipients",
];

/// Why a mailbox could not be looked into.
#[derive(Debug, Clone, PartialEq)]
pub enum ReadError {
    /// The provider no longer knows the place it was asked to go on from.
    CursorLost,
    /// The user must sign in again.
    NeedsSignIn(Error),
    /// Reading is not allowed (any more).
    NotAllowed(Error),
    /// It may work later: no connection, too many requests, trouble over there.
    Later {
        /// Seconds the provider asks to wait.
        retry_after_seconds: Option<u32>,
        /// Why.
        error: Error,
    },
}

impl From<Error> for ReadError {
    fn from(error: Error) -> Self {
        Self::Later {
            retry_after_seconds: error.retry_after_seconds,
            error,
        }
    }
}

/// How reading goes.
pub type ReadResult<T> = std::result::Result<T, ReadError>;

/// A mailbox at a provider.
pub trait MailReader: Send + Sync {
    /// The place now, to ask for changes since then later; none in an empty mailbox.
    fn here(&self) -> BoxFuture<'_, ReadResult<Option<String>>>;

    /// What is new since a place, or the first part of it.
    fn changes<'a>(&'a self, since: &'a str) -> BoxFuture<'a, ReadResult<Changes>>;

    /// Messages since a time, newest first.
    fn list<'a>(
        &'a self,
        since: UnixMillis,
        page: Option<&'a str>,
    ) -> BoxFuture<'a, ReadResult<Page>>;

    /// A message's outside, with [`HEAD_FIELDS`]; none where it is gone.
    fn head<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ReadResult<Option<Head>>>;

    /// A whole message as it came (RFC 5322); none where it is gone.
    fn whole<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ReadResult<Option<Vec<u8>>>>;

    /// A mail of ours among those sent since a time, and its Message-ID there.
    fn find_sent<'a>(
        &'a self,
        mark: &'a Mark,
        since: UnixMillis,
    ) -> BoxFuture<'a, ReadResult<Option<(SentMessage, String)>>>;
}

/// Up to where an account's mailbox was looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// The provider's name of the place.
    pub cursor: String,
    /// When that was.
    pub at: UnixMillis,
}

/// A mail of ours of which it isn't known under which Message-ID it went out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unnamed {
    /// The mail.
    pub email: EmailId,
    /// The Message-ID it was given here.
    pub message_id: String,
    /// The provider's id of it, where its answer was heard.
    pub provider_message_id: Option<String>,
    /// When it left.
    pub sent_at: UnixMillis,
}

/// What was found out of such a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The mail.
    pub email: EmailId,
    /// The Message-ID it went out under, without angle brackets; empty: it can't be found out.
    pub message_id: String,
    /// It was found in Sent, which nobody had confirmed before.
    pub found: Option<SentMessage>,
}

/// A message that came back, to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrived {
    /// Its id in the history.
    pub id: HistoryId,
    /// The provider's id of it.
    pub provider_message_id: String,
    /// The provider's thread.
    pub thread_id: Option<String>,
    /// The mail of ours it is about.
    pub email: EmailId,
    /// When it came.
    pub at: UnixMillis,
    /// What it says.
    pub message: Incoming,
}

/// What is known of our mails, and where it is kept what came back.
pub trait IncomingStore: Send + Sync {
    /// Up to where the account was looked into; none: never.
    fn looked(&self, account: AccountId) -> BoxFuture<'_, Result<Option<Looked>>>;

    /// When the oldest mail left that is still watched ([`WATCHED_SECONDS`]); none: there is
    /// nothing to wait for.
    fn watched_since(
        &self,
        account: AccountId,
        now: UnixMillis,
    ) -> BoxFuture<'_, Result<Option<UnixMillis>>>;

    /// The newest mails of the account that are watched and unnamed, some twenty at most.
    fn unnamed(&self, account: AccountId, now: UnixMillis) -> BoxFuture<'_, Result<Vec<Unnamed>>>;

    /// Notes what was found out about them.
    fn name(&self, named: Vec<Named>) -> BoxFuture<'_, Result<()>>;

    /// Those of the provider's message ids that were kept before.
    fn known(&self, account: AccountId, ids: Vec<String>) -> BoxFuture<'_, Result<Vec<String>>>;

    /// The account's mail that one of these Message-IDs names, the first that does; else the last
    /// one in the provider's thread.
    fn answered(
        &self,
        account: AccountId,
        message_ids: Vec<String>,
        thread_id: Option<String>,
    ) -> BoxFuture<'_, Result<Option<EmailId>>>;

    /// Keeps what arrived with all that follows from it, and the place up to which it was looked,
    /// in one transaction. What was kept before is passed over; the entries of the others are the
    /// answer.
    fn keep(
        &self,
        account: AccountId,
        arrived: Vec<Arrived>,
        looked: Option<Looked>,
    ) -> BoxFuture<'_, Result<Vec<HistoryEntry>>>;
}
