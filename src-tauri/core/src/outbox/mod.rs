//! The outbox: what may happen to a message between "Send" and its settled end.
//!
//! A mail must never go out twice and never get lost without a word. [`next`] says what may
//! follow what, as a pure function; [`transmit`] carries it out against a provider, writing
//! down each step through the [`OutboxJournal`] *before* it takes it, so that a crash at any
//! moment leaves a row from which the next start knows what may have happened:
//!
//! ```text
//! queued -> creating draft -> draft created -> sending -> sent
//!   ^            |                 |              | unclear, or found so after a crash
//!   |  nothing happened: try later |              v
//!   +------------+-----------------+        is the draft still there?
//!                                             no:  it left (sent, not confirmed)
//!                                             yes: once more 30 s later; still there: it did
//!                                                  not leave, send the same draft again
//! ```
//!
//! What provably did nothing is tried again by itself until the message is half a day late;
//! then the user is asked. What may have left is looked for as long as it takes, for looking does
//! no harm.
//!
//! [`work`] takes up the messages, one at a time of each account. [`check_send`] asks before a
//! mail is queued. Deliberately absent: SQL, clock and timer, and cleaning up a draft at the
//! provider that is no longer needed (an unclear `create_draft` may leave one behind; it is
//! harmless, since only we would send it).

mod check;
mod list;
#[cfg(test)]
mod simulation;
mod state;
mod timing;
mod transmit;
mod worker;
#[cfg(test)]
mod worker_tests;

pub use check::{ToSend, check_send};
pub use list::{EmailPage, ListEmails, SendingLimit};
pub use state::{Action, Event, Method, State, Step, Transition, next};
pub use timing::{
    DAY_MILLIS, LATEST_SECONDS, LEASE_SECONDS, LONGEST_LIMIT_SECONDS, SECOND_LOOK_SECONDS,
    day_start, quota_wait, retry_delay,
};
pub use transmit::{Lease, Leased, OutboxJournal, Pace, transmit};
pub use worker::{LONGEST_NAP, MOST_AT_ONCE, OutboxStore, Surroundings, TakenUp, work};

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    UnixMillis,
    address::Mailbox,
    error::Code,
    id::{AccountId, DraftId, EmailId},
};

/// Where a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EmailStatus {
    /// Waits for a time the user chose.
    Scheduled,
    /// Waits for the undo time, or for its next try.
    Queued,
    /// A worker has it.
    Transmitting,
    /// Left.
    Sent,
    /// Did not leave, and won't by itself.
    Failed,
    /// Taken back by the user.
    Cancelled,
    /// Nobody can tell whether it left; the user decides.
    Unknown,
}

impl EmailStatus {
    /// Whether nothing will happen to the message any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Sent | Self::Failed | Self::Cancelled)
    }
}

/// A message that left or is to leave.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Email {
    /// Identifier.
    pub id: EmailId,
    /// The draft it was made from.
    pub draft_id: DraftId,
    /// The account it leaves through.
    pub account_id: AccountId,
    /// Where it stands.
    pub status: EmailStatus,
    /// To.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// When it was queued.
    pub queued_at: UnixMillis,
    /// Not transmitted before this time: the end of the undo time, the time the user chose, or
    /// the next try.
    pub not_before: UnixMillis,
    /// When it was to leave: the end of the undo time, the time the user chose, or the day the
    /// daily limit let it wait for. Tries that failed leave it as it is.
    pub due_at: UnixMillis,
    /// How many transmissions were begun.
    pub attempts: u32,
    /// When it left.
    pub sent_at: Option<UnixMillis>,
    /// When it last came to rest: left, failed, was taken back, became unknown, or was put off.
    pub settled_at: Option<UnixMillis>,
    /// False when it is known to have left only because Gmail no longer has the draft.
    pub confirmed: bool,
    /// The provider's id of the sent message.
    pub provider_message_id: Option<String>,
    /// The provider's id of the thread.
    pub provider_thread_id: Option<String>,
    /// Its time passed half a day ago: it waits until the user sends it now, chooses another time, or
    /// takes it back.
    pub held: bool,
    /// The user took it out of the lists; the record stays.
    pub hidden: bool,
    /// When the first answer came.
    pub replied_at: Option<UnixMillis>,
    /// When it was first opened, said by a read receipt.
    pub opened_at: Option<UnixMillis>,
    /// When the news came that it could not be delivered, to some recipient at least.
    pub bounced_at: Option<UnixMillis>,
    /// Why it failed or waits.
    pub error_code: Option<Code>,
    /// Why it failed or waits, for people.
    pub error_message: Option<String>,
}

/// What `queue_send` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QueueSend {
    /// The draft to send.
    pub draft_id: DraftId,
    /// Send this revision and no other (`CONFLICT` otherwise); left out: as it is stored now.
    #[serde(default)]
    #[specta(optional)]
    pub revision: Option<u32>,
    /// Not before this time; left out: when the undo time is over.
    #[serde(default)]
    #[specta(optional)]
    pub at: Option<UnixMillis>,
    /// In place of this mail of the draft, of which nobody knows whether it left. It is settled
    /// together with the new one's coming into the outbox, or not at all.
    #[serde(default)]
    #[specta(optional)]
    pub instead_of: Option<EmailId>,
}

/// Something worth asking before a mail leaves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SendQuestion {
    /// Which check.
    pub kind: SendCheck,
    /// The question, for people.
    pub message: String,
    /// Whether it can't be answered with "send anyway".
    pub blocking: bool,
    /// Where in the draft the answer is to be given.
    pub place: Place,
}

/// A place in a draft.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// Which part.
    pub field: Field,
    /// What stands there, as written; none where it is about the whole part.
    pub text: Option<String>,
}

/// A part of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// To.
    To,
    /// Cc.
    Cc,
    /// Bcc.
    Bcc,
    /// The subject.
    Subject,
    /// The text.
    Body,
    /// The files that go with it.
    Attachments,
}

/// The checks before a mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SendCheck {
    /// Nobody to send to.
    NoRecipient,
    /// An address that can't be one.
    InvalidRecipient,
    /// An address that stands there twice.
    DuplicateRecipient,
    /// So many in To and Cc that each would learn everybody's address.
    ManyRecipients,
    /// No subject.
    NoSubject,
    /// No text.
    NoBody,
    /// `{{firstName}}` and the like still stand in the text.
    UnfilledPlaceholder,
    /// `TODO`, `XXX` and the like: perhaps something is still to be written.
    LeftoverMark,
    /// The greeting names somebody the mail doesn't go to.
    WrongGreeting,
    /// A polished text changed a fact, and the user has not said that it is right.
    UnconfirmedFacts,
    /// The text promises an attachment and there is none.
    MissingAttachment,
    /// The message is larger than mail servers take.
    TooLarge,
    /// The text is so long that Gmail cuts it off.
    ClippedByGmail,
}
