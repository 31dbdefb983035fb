//! Looking for a mail of ours in Sent, after its draft was found to be gone.
//!
//! `q=rfc822msgid:` would find the id Gmail gave it, which nobody here knows yet. So what was sent
//! since the mail was written is gone through, newest first, and recognised by what Gmail keeps of
//! ours ([`Mark`]).

use draftwell_core::{
    UnixMillis,
    message::{Mark, written_at},
    ports::{OutgoingMessage, SendOutcome, SentMessage, StepResult},
};
use serde::Deserialize;

use super::{
    Gmail, Message,
    answer::{self, Call},
};

/// How many of the newest mails in Sent are looked at. A draft is looked for within minutes.
const MOST: usize = 50;
/// A clock here that is ahead of Gmail's.
const MARGIN_SECONDS: i64 = 3600;

#[derive(Deserialize)]
struct Listed {
    #[serde(default)]
    messages: Vec<Listing>,
}

#[derive(Deserialize)]
struct Listing {
    id: String,
}

/// A message as `format=metadata` shows it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shown {
    #[serde(flatten)]
    pub message: Message,
    #[serde(default)]
    pub payload: Payload,
    #[serde(default)]
    pub label_ids: Vec<String>,
    #[serde(default)]
    pub snippet: String,
    #[serde(default)]
    pub size_estimate: u64,
    /// Milliseconds since 1970, in digits.
    #[serde(default)]
    pub internal_date: String,
}

#[derive(Default, Deserialize)]
pub(super) struct Payload {
    #[serde(default)]
    pub headers: Vec<Field>,
}

#[derive(Deserialize)]
pub(super) struct Field {
    pub name: String,
    pub value: String,
}

impl Shown {
    /// The first header field of this name.
    pub fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.payload.headers.iter();
        fields
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.as_str())
    }
}

impl Gmail {
    /// The message in Sent, if mail may be read and it is found. What can't be found out because
    /// reading is not allowed after all counts as not found.
    pub(super) async fn look_in_sent(
        &self,
        message: &OutgoingMessage,
    ) -> StepResult<Option<SentMessage>> {
        let Some(mark) = Mark::of_bytes(&message.bytes).filter(|_| self.reads) else {
            return Ok(None);
        };
        let since = written_at(&message.bytes).unwrap_or(UnixMillis(0));
        // The whole of it in the time of one answer: the mail's lease is counted with that.
        match tokio::time::timeout(self.patience, self.find_sent(&mark, since)).await {
            Ok(Ok(found)) => Ok(found.map(|shown| shown.message.into())),
            Ok(Err(error)) if error.outcome == SendOutcome::Refused => Ok(None),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(answer::unclear("Gmail didn't answer in time.")),
        }
    }

    /// The message with this mark among those sent since a time.
    pub(super) async fn find_sent(
        &self,
        mark: &Mark,
        since: UnixMillis,
    ) -> StepResult<Option<Shown>> {
        let mut url = self.address(&[], &["messages"])?;
        let after = since.0.div_euclid(1000).saturating_sub(MARGIN_SECONDS);
        url.query_pairs_mut()
            .append_pair("labelIds", "SENT")
            .append_pair("q", &format!("after:{}", after.max(0)))
            .append_pair("maxResults", &MOST.to_string());
        let listed: Listed = self.get(Call::Read, &url).await?;
        for Listing { id } in listed.messages {
            let Some(shown) = self.headers(&id, &["Message-ID", "Content-Type"]).await? else {
                continue;
            };
            if mark.is_on(shown.field("Message-ID"), shown.field("Content-Type")) {
                return Ok(Some(shown));
            }
        }
        Ok(None)
    }

    /// Some header fields of a message; none where it was deleted meanwhile.
    pub(super) async fn headers(&self, id: &str, names: &[&str]) -> StepResult<Option<Shown>> {
        let mut url = self.address(&[], &["messages", id])?;
        url.query_pairs_mut()
            .append_pair("format", "metadata")
            .extend_pairs(names.iter().map(|name| ("metadataHeaders", name)));
        match self.get(Call::Read, &url).await {
            Ok(shown) => Ok(Some(shown)),
            Err(error) if error.outcome == SendOutcome::DraftGone => Ok(None),
            Err(error) => Err(error),
        }
    }
}
