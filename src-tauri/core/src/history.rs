//! What was sent to and received from a contact.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    UnixMillis,
    address::Mailbox,
    id::{ContactId, EmailId, HistoryId},
    message::IncomingKind,
};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Sent by the user.
    Sent,
    /// Received.
    Received,
}

/// One message of a contact's history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryEntry {
    /// Identifier.
    pub id: HistoryId,
    /// The contact, when one of the recipients is one, or who wrote it.
    pub contact_id: Option<ContactId>,
    /// The sent email, or the one this came back to.
    pub email_id: Option<EmailId>,
    /// Which way.
    pub direction: Direction,
    /// Of what was received: what it is.
    pub kind: Option<IncomingKind>,
    /// Of what was received: who wrote it.
    pub sender: Option<Mailbox>,
    /// Everybody it went to; of a bounce, whom the mail did not reach.
    pub recipients: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// First 160 characters of its text.
    pub snippet: String,
    /// False when Gmail no longer has the draft but the Sent folder couldn't be read.
    pub confirmed: bool,
    /// A mail of the practice account, which is kept as a file: `show_practice_mail` shows it.
    pub is_practice: bool,
    /// When it left or came.
    pub at: UnixMillis,
}

/// What `list_history` takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListHistory {
    /// Only this contact's.
    #[serde(default)]
    #[specta(optional)]
    pub contact_id: Option<ContactId>,
    /// `nextCursor` of the former page.
    #[serde(default)]
    #[specta(optional)]
    pub cursor: Option<String>,
    /// 1 to 100; 50 if left out.
    #[serde(default)]
    #[specta(optional)]
    pub limit: Option<u32>,
}

/// One page of history, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HistoryPage {
    /// The entries.
    pub items: Vec<HistoryEntry>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
}
