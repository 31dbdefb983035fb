//! What is asked of the outbox and its past: lists of mails, and how much an account may still
//! send today.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    UnixMillis,
    id::{AccountId, ContactId},
    outbox::{Email, EmailStatus},
};

/// What `list_emails` takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ListEmails {
    /// Only mails in one of these states; left out or empty: all.
    #[serde(default)]
    #[specta(optional)]
    pub status: Option<Vec<EmailStatus>>,
    /// Only those that go or went to this contact.
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

/// One page of mails, the one queued last first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EmailPage {
    /// The mails.
    pub items: Vec<Email>,
    /// Where the next page starts; none at the end.
    pub next_cursor: Option<String>,
    /// How many there are on all pages.
    pub total: u32,
}

/// How much an account has sent today, and what holds its mails back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SendingLimit {
    /// The account.
    pub account_id: AccountId,
    /// Mails sent since [`crate::outbox::day_start`], and those that may be leaving now.
    pub used_today: u32,
    /// The most a day, as the settings have it.
    pub daily_limit: u32,
    /// When the next day's limit begins: midnight UTC.
    pub resets_at: UnixMillis,
    /// The provider limits the account: none of its mails leaves before.
    pub paused_until: Option<UnixMillis>,
}
