//! One look into a mailbox.

use super::{
    Arrived, Head, IncomingStore, Listing, Looked, MailReader, Named, ReadError, ReadResult,
    Unnamed,
};
use crate::{
    UnixMillis,
    address::Mailbox,
    history::HistoryEntry,
    id::{AccountId, HistoryId},
    message::{Mark, read_incoming},
};

/// A message larger than this is known by its header alone: its text is not worth its files.
const LARGEST_BYTES: u64 = 12_000_000;
/// The most messages gone through where the provider has forgotten the place.
const MOST_MESSAGES: usize = 2_000;
/// Of those, the newest whose header is looked at although their thread is none of ours: each
/// look at a header counts with the provider, and all of them would be refused as too many.
const MOST_STRANGERS: usize = 200;
/// Messages that came while the former look went on, or whose clocks are wrong.
const OVERLAP_SECONDS: i64 = 24 * 60 * 60;
/// What was sent without the provider's word is looked for in Sent for this long.
const SEARCHED_SECONDS: i64 = 60 * 60;

/// Looks into an account's mailbox and keeps what came back. `own` are the addresses the account
/// sends from, `new_id` makes ids of history entries. Answers the entries that are new.
///
/// It can be dropped, or the program killed, at any moment: the next look goes on from there.
///
/// # Errors
/// Why it could not be done; never [`ReadError::CursorLost`]. What was kept until then stays.
pub async fn look(
    reader: &dyn MailReader,
    store: &dyn IncomingStore,
    account: AccountId,
    own: &[String],
    now: UnixMillis,
    new_id: &(dyn Fn() -> HistoryId + Send + Sync),
) -> ReadResult<Vec<HistoryEntry>> {
    let looking = Looking {
        reader,
        store,
        account,
        own,
        now,
        new_id,
    };
    let Some(watched_since) = store.watched_since(account, now).await? else {
        return Ok(Vec::new());
    };
    looking.name_what_left().await?;
    let mut news = Vec::new();
    let Some(looked) = store.looked(account).await? else {
        looking.go_through(watched_since, &mut news).await?;
        return Ok(news);
    };
    match looking.go_on(&looked.cursor, &mut news).await {
        Err(ReadError::CursorLost) => {
            let since = looked.at.plus_seconds(-OVERLAP_SECONDS).max(watched_since);
            looking.go_through(since, &mut news).await?;
        }
        done => done?,
    }
    Ok(news)
}

struct Looking<'a> {
    reader: &'a dyn MailReader,
    store: &'a dyn IncomingStore,
    account: AccountId,
    own: &'a [String],
    now: UnixMillis,
    new_id: &'a (dyn Fn() -> HistoryId + Send + Sync),
}

impl Looking<'_> {
    /// Finds out under which Message-IDs our mails went out: receipts and bounces name those.
    async fn name_what_left(&self) -> ReadResult<()> {
        let mut named = Vec::new();
        for mail in self.store.unnamed(self.account, self.now).await? {
            if let Some(name) = self.name(&mail).await? {
                named.push(name);
            }
        }
        if !named.is_empty() {
            self.store.name(named).await?;
        }
        Ok(())
    }

    async fn name(&self, mail: &Unnamed) -> ReadResult<Option<Named>> {
        let nameless = Named {
            email: mail.email,
            message_id: String::new(),
            found: None,
        };
        if let Some(id) = &mail.provider_message_id {
            let head = self.reader.head(id).await?;
            let message_id = head
                .as_ref()
                .and_then(|head| head.field("Message-ID"))
                .map(bare);
            return Ok(Some(Named {
                message_id: message_id.unwrap_or_default(),
                ..nameless
            }));
        }
        let mark = Mark::of(&mail.message_id);
        match self.reader.find_sent(&mark, mail.sent_at).await? {
            Some((message, id)) => Ok(Some(Named {
                message_id: bare(&id),
                found: Some(message),
                ..nameless
            })),
            None if self.now > mail.sent_at.plus_seconds(SEARCHED_SECONDS) => Ok(Some(nameless)),
            None => Ok(None),
        }
    }

    /// Goes on from where the last look ended.
    async fn go_on(&self, cursor: &str, news: &mut Vec<HistoryEntry>) -> ReadResult<()> {
        let mut cursor = cursor.to_owned();
        loop {
            let changes = self.reader.changes(&cursor).await?;
            let more = changes.more && changes.cursor != cursor;
            cursor = changes.cursor;
            self.take(changes.messages, Some(&cursor), news).await?;
            if !more {
                return Ok(());
            }
        }
    }

    /// Goes through everything since a time.
    async fn go_through(&self, since: UnixMillis, news: &mut Vec<HistoryEntry>) -> ReadResult<()> {
        // First of all: what comes while this goes on is news the next time.
        let here = self.reader.here().await?;
        let mut page = None;
        let (mut seen, mut strangers) = (0, 0);
        loop {
            let listed = self.reader.list(since, page.as_deref()).await?;
            seen += listed.messages.len();
            let mut messages = Vec::new();
            for message in listed.messages {
                let thread = message.thread_id.clone();
                let store = self.store;
                if store
                    .answered(self.account, Vec::new(), thread)
                    .await?
                    .is_none()
                {
                    strangers += 1;
                    if strangers > MOST_STRANGERS {
                        continue;
                    }
                }
                messages.push(message);
            }
            messages.reverse();
            self.take(messages, None, news).await?;
            page = listed.next;
            if page.is_none() || seen >= MOST_MESSAGES {
                break;
            }
        }
        if let Some(here) = here {
            self.take(Vec::new(), Some(&here), news).await?;
        }
        Ok(())
    }

    /// Fetches what may answer a mail of ours, and keeps it with the place.
    async fn take(
        &self,
        mut messages: Vec<Listing>,
        cursor: Option<&str>,
        news: &mut Vec<HistoryEntry>,
    ) -> ReadResult<()> {
        let ids = messages.iter().map(|message| message.id.clone()).collect();
        let known = self.store.known(self.account, ids).await?;
        messages.retain(|message| !known.contains(&message.id));
        let mut arrived: Vec<Arrived> = Vec::new();
        for message in messages {
            if arrived
                .iter()
                .any(|one| one.provider_message_id == message.id)
            {
                continue;
            }
            arrived.extend(self.fetch(message).await?);
        }
        let looked = cursor.map(|cursor| Looked {
            cursor: cursor.to_owned(),
            at: self.now,
        });
        if arrived.is_empty() && looked.is_none() {
            return Ok(());
        }
        news.extend(self.store.keep(self.account, arrived, looked).await?);
        Ok(())
    }

    async fn fetch(&self, listing: Listing) -> ReadResult<Option<Arrived>> {
        let Some(head) = self.reader.head(&listing.id).await? else {
            return Ok(None);
        };
        if !head.is_received || self.is_own(&head) {
            return Ok(None);
        }
        let thread = head.thread_id.clone().or(listing.thread_id);
        let named = named_in(&head);
        let mut email = self
            .store
            .answered(self.account, named, thread.clone())
            .await?;
        if email.is_none() && !is_report(&head) {
            return Ok(None);
        }
        let whole = if head.size <= LARGEST_BYTES {
            match self.reader.whole(&listing.id).await? {
                Some(whole) => whole,
                None => return Ok(None),
            }
        } else {
            as_message(&head)
        };
        let read = read_incoming(&whole).or_else(|_| read_incoming(&as_message(&head)));
        let Some(message) = read.ok().flatten() else {
            return Ok(None);
        };
        // The message itself says it best: a report names the mail it is about.
        if !message.answers.is_empty() {
            let named = message.answers.clone();
            let better = self
                .store
                .answered(self.account, named, thread.clone())
                .await?;
            email = better.or(email);
        }
        Ok(email.map(|email| Arrived {
            id: (self.new_id)(),
            provider_message_id: listing.id,
            thread_id: thread,
            email,
            at: head.at,
            message,
        }))
    }

    fn is_own(&self, head: &Head) -> bool {
        let from = head.field("From").unwrap_or_default();
        Mailbox::parse_list(from).iter().any(|from| {
            (self.own.iter()).any(|own| own.trim().eq_ignore_ascii_case(from.address.trim()))
        })
    }
}

fn bare(message_id: &str) -> String {
    message_id.trim().trim_matches(['<', '>']).to_owned()
}

/// The Message-IDs a header names, the one it answers first.
fn named_in(head: &Head) -> Vec<String> {
    let ids = |name: &str| {
        let value = head.field(name).unwrap_or_default();
        let ids = value.split(['<', '>', ' ', '\t', '\r', '\n', ',']);
        let ids = ids.filter(|id| id.contains('@')).map(str::to_owned);
        ids.collect::<Vec<_>>()
    };
    let mut named = ids("In-Reply-To");
    named.extend(ids("References").into_iter().rev());
    named.truncate(100);
    named
}

fn is_report(head: &Head) -> bool {
    let kind = head.field("Content-Type").unwrap_or_default();
    let kind = kind.trim_start();
    kind.get(..16)
        .is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/report"))
        || head.field("X-Failed-Recipients").is_some()
}

/// A message's outside as a message: all that is known of one that is too large, or no mail.
fn as_message(head: &Head) -> Vec<u8> {
    let mut text = String::new();
    for (name, value) in &head.fields {
        let is_form = name.eq_ignore_ascii_case("Content-Type");
        if !is_form
            && name
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b':')
        {
            text.push_str(&format!("{name}: {}\r\n", value.replace(['\r', '\n'], " ")));
        }
    }
    text.push_str("Content-Type: text/plain; charset=utf-8\r\n\r\n");
    text.push_str(&head.snippet);
    text.into_bytes()
}
