//! Lists of mails: the outbox as it is now, everything that ever was in it, and how much each
//! account may still send today.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    id::{AccountId, EmailId},
    outbox::{DAY_MILLIS, Email, EmailPage, ListEmails, SendingLimit, day_start},
};
use rusqlite::{Connection, params, params_from_iter, types::Value};

use super::{COLUMNS, from_row, get, lease::used_today};
use crate::{
    Store,
    cursor::{Cursor, page_size},
    error::Explain,
    settings,
    sql::Id,
};

/// The list's name in its cursors.
const LIST: &str = "emails";

/// The mails not yet settled, and those that failed.
fn outbox(connection: &Connection) -> Result<Vec<Email>> {
    // A mail that failed is of interest as long as its draft is: not once it was sent anew,
    // changed into a draft again, or thrown away.
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM emails
             WHERE status IN ('scheduled', 'queued', 'transmitting', 'unknown')
                OR status = 'failed' AND hidden = 0
                   AND seq = (SELECT max(seq) FROM emails other
                              WHERE other.draft_id = emails.draft_id)
                   AND EXISTS (SELECT 1 FROM drafts
                               WHERE drafts.id = emails.draft_id
                                 AND drafts.status = 'failed' AND drafts.deleted_at IS NULL)
             ORDER BY seq DESC"
        ))
        .and_then(|mut emails| emails.query_map([], from_row)?.collect())
        .explain()
}

/// One page of everything that ever was in the outbox.
fn page(connection: &Connection, wanted: &ListEmails) -> Result<EmailPage> {
    let size = page_size(wanted.limit)?;
    let before = match &wanted.cursor {
        Some(cursor) => Cursor::<i64>::read(cursor, LIST)?.seq,
        None => i64::MAX,
    };
    let mut conditions = vec!["hidden = 0".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    if let Some(states) = wanted.status.as_ref().filter(|states| !states.is_empty()) {
        // The names are ours, not the user's: they need no parameters of their own.
        let names: Vec<String> = states
            .iter()
            .filter_map(|status| serde_json::to_value(status).ok())
            .filter_map(|name| Some(format!("'{}'", name.as_str()?)))
            .collect();
        conditions.push(format!("status IN ({})", names.join(", ")));
    }
    if let Some(contact) = wanted.contact_id {
        values.push(Value::Text(contact.to_string()));
        conditions.push(
            "EXISTS (SELECT 1 FROM contacts c,
                       (SELECT value FROM json_each(to_list) UNION ALL
                        SELECT value FROM json_each(cc_list) UNION ALL
                        SELECT value FROM json_each(bcc_list)) people
                     WHERE c.id = ?1
                       AND lower(c.email) = lower(json_extract(people.value, '$.address')))"
                .to_owned(),
        );
    }
    let conditions = conditions.join(" AND ");
    let total = connection
        .query_row(
            &format!("SELECT count(*) FROM emails WHERE {conditions}"),
            params_from_iter(&values),
            |row| row.get(0),
        )
        .explain()?;
    let limit = i64::try_from(size).unwrap_or(i64::MAX);
    let mut items: Vec<(Email, i64)> = connection
        .prepare(&format!(
            "SELECT {COLUMNS}, seq FROM emails WHERE {conditions} AND seq < {before}
             ORDER BY seq DESC LIMIT {}",
            limit.saturating_add(1)
        ))
        .and_then(|mut emails| {
            emails
                .query_map(params_from_iter(&values), |row| {
                    Ok((from_row(row)?, row.get("seq")?))
                })?
                .collect()
        })
        .explain()?;
    let has_more = items.len() > size;
    items.truncate(size);
    let next_cursor = items.last().filter(|_| has_more).map(|(_, seq)| {
        let last = Cursor {
            list: LIST.to_owned(),
            key: *seq,
            seq: *seq,
        };
        last.write()
    });
    Ok(EmailPage {
        items: items.into_iter().map(|(email, _)| email).collect(),
        next_cursor,
        total,
    })
}

fn limits(connection: &Connection, now: UnixMillis) -> Result<Vec<SendingLimit>> {
    let daily_limit = settings::get(connection)?.daily_limit;
    let accounts: Vec<(AccountId, i64)> = connection
        .prepare_cached("SELECT id, limited_until FROM accounts ORDER BY seq")
        .and_then(|mut accounts| {
            accounts
                .query_map([], |row| Ok((row.get::<_, Id<_>>(0)?.0, row.get(1)?)))?
                .collect()
        })
        .explain()?;
    accounts
        .into_iter()
        .map(|(account_id, limited_until)| {
            Ok(SendingLimit {
                account_id,
                used_today: used_today(connection, account_id, now)?,
                daily_limit,
                resets_at: day_start(now).plus_millis(DAY_MILLIS),
                paused_until: Some(UnixMillis(limited_until)).filter(|until| *until > now),
            })
        })
        .collect()
}

impl Store {
    /// The mails not yet settled, and those that failed and whose drafts still say so, newest
    /// first.
    pub async fn list_outbox(&self) -> Result<Vec<Email>> {
        self.read(outbox).await
    }

    /// One page of all mails that are or were in the outbox, the one queued last first.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `limit` or `cursor`.
    pub async fn list_emails(&self, wanted: ListEmails) -> Result<EmailPage> {
        self.read(move |connection| page(connection, &wanted)).await
    }

    /// Takes a mail that is over out of the lists, or puts it back. Its record stays: in the
    /// history, and for the day's limit.
    ///
    /// # Errors
    /// `FORBIDDEN` where something may still happen to it; `NOT_FOUND`.
    pub async fn hide_email(&self, id: EmailId, hidden: bool) -> Result<Email> {
        self.write(move |tx| {
            if !get(tx, id)?.status.is_over() {
                return Err(Error::new(
                    Code::Forbidden,
                    "This mail isn't over yet. Take it back, or say what became of it, first.",
                ));
            }
            tx.execute(
                "UPDATE emails SET hidden = ?2 WHERE id = ?1",
                params![Id(id), hidden],
            )
            .explain()?;
            get(tx, id)
        })
        .await
    }

    /// What each account has sent today and may still send.
    pub async fn sending_limits(&self, now: UnixMillis) -> Result<Vec<SendingLimit>> {
        self.read(move |connection| limits(connection, now)).await
    }
}
