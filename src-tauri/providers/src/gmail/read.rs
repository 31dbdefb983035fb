//! Reading a Gmail mailbox: what is new (`history.list`), and single messages.
//!
//! Some of Gmail's habits:
//! - a history id is forgotten after a week or so, sometimes after hours: 404;
//! - the place to begin from is the history id of the newest message (guide "Synchronize clients");
//! - `format=metadata` costs as much of the quota as the whole message, but sends no files.

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use draftwell_core::{
    Code, UnixMillis,
    mailbox::{Changes, HEAD_FIELDS, Head, Listing, MailReader, Page, ReadError, ReadResult},
    message::Mark,
    ports::{BoxFuture, SendOutcome, SentMessage, StepError, StepResult},
};
use serde::Deserialize;

use super::{
    Gmail,
    answer::{self, Call},
    sent::Shown,
};

/// Messages in one answer: no more than may be looked at within a minute's quota.
const PAGE: &str = "100";

/// What the user wrote, or nobody is to see.
const NOT_RECEIVED: &[&str] = &["SENT", "DRAFT", "SPAM", "TRASH", "CHAT"];

/// Gmail leaves the padding away or not, as it likes.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct History {
    #[serde(default)]
    history: Vec<Record>,
    history_id: String,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    id: String,
    #[serde(default)]
    messages_added: Vec<Added>,
}

#[derive(Deserialize)]
struct Added {
    message: Named,
}

/// A message as lists name it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    id: String,
    thread_id: Option<String>,
    #[serde(default)]
    label_ids: Vec<String>,
}

impl From<Named> for Listing {
    fn from(named: Named) -> Self {
        Self {
            id: named.id,
            thread_id: named.thread_id,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    messages: Vec<Named>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    history_id: String,
}

#[derive(Deserialize)]
struct Raw {
    raw: String,
}

fn is_received(labels: &[String]) -> bool {
    !labels
        .iter()
        .any(|label| NOT_RECEIVED.contains(&label.as_str()))
}

/// What a failure means for reading, where nothing is ever done at the provider.
pub(super) fn read_error(error: StepError) -> ReadError {
    match error.outcome {
        SendOutcome::NeedsSignIn => ReadError::NeedsSignIn(error.error),
        SendOutcome::Refused if error.error.code == Code::Forbidden => {
            ReadError::NotAllowed(error.error)
        }
        _ => ReadError::Later {
            retry_after_seconds: error.retry_after_seconds,
            error: error.error,
        },
    }
}

/// None where it is gone.
fn or_gone<T>(answer: StepResult<T>) -> ReadResult<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.outcome == SendOutcome::DraftGone => Ok(None),
        Err(error) => Err(read_error(error)),
    }
}

impl Gmail {
    async fn messages(&self, query: &[(&str, &str)]) -> StepResult<List> {
        let mut url = self.address(&[], &["messages"])?;
        url.query_pairs_mut().extend_pairs(query);
        self.get(Call::Read, &url).await
    }

    async fn newest(&self) -> ReadResult<Option<String>> {
        let newest = self
            .messages(&[("maxResults", "1")])
            .await
            .map_err(read_error)?;
        let Some(newest) = newest.messages.first() else {
            return Ok(None);
        };
        let mut url = (self.address(&[], &["messages", &newest.id])).map_err(read_error)?;
        url.set_query(Some("format=minimal"));
        let place: Option<Place> = or_gone(self.get(Call::Read, &url).await)?;
        Ok(place.map(|place| place.history_id))
    }

    async fn history(&self, since: &str) -> ReadResult<Changes> {
        let mut url = self.address(&[], &["history"]).map_err(read_error)?;
        url.query_pairs_mut()
            .append_pair("startHistoryId", since)
            .append_pair("historyTypes", "messageAdded")
            .append_pair("maxResults", PAGE);
        let answer: Option<History> = or_gone(self.get(Call::Read, &url).await)?;
        let answer = answer.ok_or(ReadError::CursorLost)?;
        let more = answer.next_page_token.is_some();
        // The last record is as good a place to go on from as the token, which would not last.
        let cursor = match answer.history.last() {
            Some(last) if more => last.id.clone(),
            _ => answer.history_id,
        };
        let added = answer
            .history
            .into_iter()
            .flat_map(|record| record.messages_added);
        Ok(Changes {
            messages: added
                .map(|added| added.message)
                .filter(|message| is_received(&message.label_ids))
                .map(Listing::from)
                .collect(),
            cursor,
            more,
        })
    }

    async fn since(&self, since: UnixMillis, page: Option<&str>) -> ReadResult<Page> {
        let after = format!("after:{}", since.0.div_euclid(1000).max(0));
        let mut query = vec![("q", after.as_str()), ("maxResults", PAGE)];
        query.extend(page.map(|page| ("pageToken", page)));
        let list = self.messages(&query).await.map_err(read_error)?;
        Ok(Page {
            messages: list.messages.into_iter().map(Listing::from).collect(),
            next: list.next_page_token,
        })
    }

    async fn raw(&self, id: &str) -> ReadResult<Option<Vec<u8>>> {
        let mut url = self.address(&[], &["messages", id]).map_err(read_error)?;
        url.set_query(Some("format=raw"));
        let answer: Option<Raw> = or_gone(self.get(Call::Read, &url).await)?;
        let Some(Raw { raw }) = answer else {
            return Ok(None);
        };
        let bytes = BASE64
            .decode(raw)
            .map_err(|_| read_error(answer::unclear("Gmail's answer can't be read.")))?;
        Ok(Some(bytes))
    }
}

impl From<Shown> for Head {
    fn from(shown: Shown) -> Self {
        Self {
            is_received: is_received(&shown.label_ids),
            snippet: unescaped(&shown.snippet),
            size: shown.size_estimate,
            at: UnixMillis(shown.internal_date.parse().unwrap_or_default()),
            thread_id: shown.message.thread_id,
            fields: shown
                .payload
                .headers
                .into_iter()
                .map(|field| (field.name, field.value))
                .collect(),
        }
    }
}

/// Snippets are written for HTML.
fn unescaped(snippet: &str) -> String {
    snippet
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

impl MailReader for Gmail {
    fn here(&self) -> BoxFuture<'_, ReadResult<Option<String>>> {
        Box::pin(self.newest())
    }

    fn changes<'a>(&'a self, since: &'a str) -> BoxFuture<'a, ReadResult<Changes>> {
        Box::pin(self.history(since))
    }

    fn list<'a>(
        &'a self,
        since: UnixMillis,
        page: Option<&'a str>,
    ) -> BoxFuture<'a, ReadResult<Page>> {
        Box::pin(self.since(since, page))
    }

    fn head<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ReadResult<Option<Head>>> {
        Box::pin(async move {
            let shown = self.headers(id, HEAD_FIELDS).await.map_err(read_error)?;
            Ok(shown.map(Head::from))
        })
    }

    fn whole<'a>(&'a self, id: &'a str) -> BoxFuture<'a, ReadResult<Option<Vec<u8>>>> {
        Box::pin(self.raw(id))
    }

    fn find_sent<'a>(
        &'a self,
        mark: &'a Mark,
        since: UnixMillis,
    ) -> BoxFuture<'a, ReadResult<Option<(SentMessage, String)>>> {
        Box::pin(async move {
            let found = Gmail::find_sent(self, mark, since)
                .await
                .map_err(read_error)?;
            Ok(found.map(|shown| {
                let id = shown.field("Message-ID").unwrap_or_default().to_owned();
                (shown.message.into(), id)
            }))
        })
    }
}
