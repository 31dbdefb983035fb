//! The list of drafts: order, pages, searching.
//!
//! Which drafts a page has is found in indexes alone; the drafts themselves, which are long, are
//! read only where they are shown.

use draftwell_core::{
    Error, Result, UnixMillis,
    address::Mailbox,
    draft::{DraftPage, DraftSort, DraftStatus, DraftSummary, Found, ListDrafts},
    id::ContactId,
    search::{Piece, Query as Search, indexed},
};
use rusqlite::{Connection, Row, ToSql, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    cursor::{Cursor, page_size},
    error::Explain,
    sql::{Id, Members, Name},
};

use super::{found, index};

/// The value a list is sorted by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Key {
    Time(i64),
    Name(String),
}

impl From<Key> for Value {
    fn from(key: Key) -> Self {
        match key {
            Key::Time(millis) => millis.into(),
            Key::Name(name) => name.into(),
        }
    }
}

/// The number of a row of the index: those changed last have the highest ones.
const BY_ROW: &str = "f.rowid";
/// The name a draft without a contact is sorted by, as an index has it. Drafts to nobody yet come
/// last: no name begins with U+10FFFF.
const BY_RECIPIENT: &str = "coalesce(nullif(d.recipient_key, ''), char(1114111))";
/// And any draft.
const BY_NAME: &str = "coalesce(c.sort_key, nullif(d.recipient_key, ''), char(1114111))";

/// How an order is written in SQL.
struct Order {
    list: &'static str,
    /// What it is sorted by.
    key: &'static str,
    /// `<` and `DESC`, or `>` and `ASC`.
    after: &'static str,
    direction: &'static str,
    /// What comes at equal keys.
    tie: &'static str,
}

impl Order {
    fn of(sort: DraftSort, is_search: bool) -> Self {
        let newest = Self {
            list: "updated",
            key: "d.updated_at",
            after: "<",
            direction: "DESC",
            tie: "d.seq",
        };
        match sort {
            // The index gives its rows in this order, one after the other; nothing is sorted.
            DraftSort::Updated if is_search => Self {
                list: "found",
                key: BY_ROW,
                tie: BY_ROW,
                ..newest
            },
            DraftSort::Updated => newest,
            DraftSort::Created => Self {
                list: "created",
                key: "d.created_at",
                ..newest
            },
            DraftSort::ContactName => Self {
                list: "contact_name",
                key: BY_NAME,
                after: ">",
                direction: "ASC",
                tie: "d.seq",
            },
        }
    }
}

/// A query that grows, with its parameters numbered as they come.
struct Query {
    conditions: String,
    parameters: Vec<Box<dyn ToSql>>,
}

impl Query {
    fn parameter(&mut self, value: impl ToSql + 'static) -> String {
        self.parameters.push(Box::new(value));
        format!("?{}", self.parameters.len())
    }

    fn and(&mut self, condition: &str) {
        self.conditions.push_str(" AND ");
        self.conditions.push_str(condition);
    }

    fn status(&mut self, wanted: Option<Vec<DraftStatus>>) {
        let Some(states) = wanted else {
            return self.and("d.status <> 'sent'");
        };
        if !states.contains(&DraftStatus::Sent) {
            // Said again for the indexes, which don't have them.
            self.and("d.status <> 'sent'");
        }
        if !states.contains(&DraftStatus::Draft) {
            self.and("d.status <> 'draft'");
        }
        let states: Vec<_> = states
            .into_iter()
            .map(|status| self.parameter(Name(status)))
            .collect();
        self.and(&match &*states {
            [one] => format!("d.status = {one}"),
            all => format!("d.status IN ({})", all.join(", ")),
        });
    }

    fn contact(&mut self, contact: ContactId) {
        let contact = self.parameter(Id(contact));
        self.and(&format!("d.contact_id = {contact}"));
    }

    /// Leaves those out whose recipients only look like this one: the index knows words.
    fn recipient(&mut self, address: &str) {
        let address = Value::from(address.to_ascii_lowercase());
        let address = self.parameter(address);
        self.and(&format!(
            "instr(lower(d.to_list || d.cc_list || d.bcc_list),
                   '\"address\":' || json_quote({address})) > 0"
        ));
    }

    /// Takes what `expression` finds in `index`, and where to take it from.
    fn search(&mut self, index: &str, expression: String, order: &Order) -> String {
        let expression = self.parameter(expression);
        // What the index says of a draft that was changed since is no longer true.
        self.and("NOT EXISTS (SELECT 1 FROM drafts_to_index w WHERE w.seq = d.seq)");
        if order.key == BY_ROW {
            self.and(&format!("f.{index} MATCH {expression}"));
            // A cross join keeps this order of the tables.
            return format!(
                "{index} f CROSS JOIN draft_places p ON p.place = f.rowid
                 CROSS JOIN drafts d ON d.seq = p.draft"
            );
        }
        // The plus keeps SQLite from beginning with these, of which there may be very many that
        // would have to be sorted then.
        self.and(&format!(
            "+d.seq IN (SELECT p.draft FROM {index} f CROSS JOIN draft_places p
                        ON p.place = f.rowid WHERE f.{index} MATCH {expression})"
        ));
        "drafts d".to_owned()
    }

    /// Selects `columns` of the drafts of one page, which begins after `last`.
    fn page(
        &self,
        columns: &str,
        order: &Order,
        from: &str,
        is_search: bool,
        last: Option<&(String, String)>,
        limit: usize,
    ) -> String {
        let Order {
            key,
            after,
            direction,
            tie,
            ..
        } = order;
        // FTS5 gives its rows in order only where nothing but that order is asked for; with
        // another term after it, all that was found would be fetched and sorted.
        let is_one = tie == key;
        let beyond = last.map_or(String::new(), |(value, seq)| match is_one {
            true => format!("AND {key} {after} {value}"),
            false => format!("AND ({key}, {tie}) {after} ({value}, {seq})"),
        });
        let sorted = match is_one {
            true => format!("{key} {direction}"),
            false => format!("{key} {direction}, {tie} {direction}"),
        };
        match (*key == BY_NAME, is_search) {
            (true, false) => self.page_by_name(last, limit),
            // Contacts that are not asked for cost nothing.
            _ => format!(
                "SELECT {columns} FROM {from} LEFT JOIN contacts c ON c.id = d.contact_id
                 WHERE {} {beyond} ORDER BY {sorted} LIMIT {limit}",
                self.conditions
            ),
        }
    }

    /// The same by name, put together of parts that come out of indexes as they are: drafts to the
    /// last recipient, those to the next ones, and those of contacts, which are few.
    fn page_by_name(&self, last: Option<&(String, String)>, limit: usize) -> String {
        let part = |from: &str, key: &str, beyond: &str, sorted: &str| {
            format!(
                "SELECT * FROM (SELECT d.seq, {key} AS key FROM {from} AND {} {beyond}
                                ORDER BY {sorted} LIMIT {limit})",
                self.conditions
            )
        };
        let recipients = "drafts d WHERE d.contact_id IS NULL";
        let by_key = format!("{BY_RECIPIENT}, d.seq");
        let contacts = "drafts d CROSS JOIN contacts c ON c.id = d.contact_id
                        WHERE d.contact_id IS NOT NULL";
        let parts = match last {
            None => vec![
                part(recipients, BY_RECIPIENT, "", &by_key),
                part(contacts, "c.sort_key", "", "c.sort_key, d.seq"),
            ],
            Some((value, seq)) => vec![
                part(
                    recipients,
                    BY_RECIPIENT,
                    &format!("AND {BY_RECIPIENT} = {value} AND d.seq > {seq}"),
                    "d.seq",
                ),
                part(
                    recipients,
                    BY_RECIPIENT,
                    &format!("AND {BY_RECIPIENT} > {value}"),
                    &by_key,
                ),
                part(
                    contacts,
                    "c.sort_key",
                    &format!("AND (c.sort_key, d.seq) > ({value}, {seq})"),
                    "c.sort_key, d.seq",
                ),
            ],
        };
        format!(
            "SELECT seq, key FROM ({}) ORDER BY key, seq LIMIT {limit}",
            parts.join(" UNION ALL ")
        )
    }
}

/// Which index has what is looked for, and what to ask it.
fn expression(
    search: Option<&Search>,
    recipient: Option<&str>,
) -> Result<Option<(&'static str, String)>> {
    let person = match recipient.map(indexed) {
        Some(words) if words.is_empty() => {
            return Err(Error::invalid(
                "recipient",
                "This is not an e-mail address.",
            ));
        }
        words => words.map(|words| format!("recipients : \"{words}\"")),
    };
    let words = search.map(Search::expression);
    let index = match search {
        Some(search) if search.in_text() => "drafts_fts",
        _ => "draft_heads_fts",
    };
    let both: Vec<String> = person.into_iter().chain(words).collect();
    Ok((!both.is_empty()).then(|| (index, both.join(" AND "))))
}

fn list(connection: &Connection, wanted: ListDrafts) -> Result<DraftPage> {
    let size = page_size(wanted.limit)?;
    let search = wanted.search.as_deref().and_then(Search::read);
    let expression = expression(search.as_ref(), wanted.recipient.as_deref())?;
    let is_search = expression.is_some();
    let order = Order::of(wanted.sort.unwrap_or_default(), is_search);
    let mut query = Query {
        conditions: "d.deleted_at IS NULL".to_owned(),
        parameters: Vec::new(),
    };
    query.status(wanted.status);
    if let Some(contact) = wanted.contact_id {
        query.contact(contact);
    }
    if let Some(address) = &wanted.recipient {
        query.recipient(address);
    }
    let from = match expression {
        Some((index, expression)) => query.search(index, expression, &order),
        None => "drafts d".to_owned(),
    };
    let last = match &wanted.cursor {
        Some(cursor) => {
            let last = Cursor::<Key>::read(cursor, order.list)?;
            let value = query.parameter(Value::from(last.key));
            let seq = match order.tie == order.key {
                true => String::new(),
                false => query.parameter(last.seq),
            };
            Some((value, seq))
        }
        None => None,
    };
    let limit = size + 1;
    let body = if search.is_some() {
        "d.body, d.cc_list, d.bcc_list"
    } else {
        "'', '', ''"
    };
    let columns = |key: &str| {
        format!(
            "d.id, d.contact_id, c.name, d.to_list, d.subject, d.snippet, d.status, d.revision,
             d.created_at, d.updated_at, {key}, d.seq, {body}, d.error_code AS error_code,
             coalesce((SELECT count FROM draft_attachments WHERE draft = d.seq), 0) AS files"
        )
    };
    let direction = order.direction;
    let last = last.as_ref();
    let sql = if order.key == BY_ROW {
        // In one go: nothing is sorted here, so no row is read in vain.
        query.page(&columns(order.key), &order, &from, is_search, last, limit)
    } else {
        let few = format!("d.seq, {} AS key", order.key);
        let page = query.page(&few, &order, &from, is_search, last, limit);
        format!(
            "SELECT {} FROM ({page}) page
             CROSS JOIN drafts d ON d.seq = page.seq LEFT JOIN contacts c ON c.id = d.contact_id
             ORDER BY page.key {direction}, page.seq {direction}",
            columns("page.key")
        )
    };
    let mut rows: Vec<(DraftSummary, Key, i64)> = connection
        .prepare_cached(&sql)
        .and_then(|mut drafts| {
            drafts
                .query_map(params_from_iter(&query.parameters), |row| {
                    from_row(row, search.as_ref())
                })?
                .collect()
        })
        .explain()?;
    let has_more = rows.len() > size;
    rows.truncate(size);
    let next_cursor = rows.last().filter(|_| has_more).map(|(_, key, seq)| {
        let last = Cursor {
            list: order.list.to_owned(),
            key: key.clone(),
            seq: *seq,
        };
        last.write()
    });
    Ok(DraftPage {
        items: rows.into_iter().map(|(summary, ..)| summary).collect(),
        next_cursor,
        unsearched: if is_search {
            index::waiting(connection)?
        } else {
            0
        },
    })
}

fn from_row(row: &Row<'_>, search: Option<&Search>) -> rusqlite::Result<(DraftSummary, Key, i64)> {
    let mut summary = DraftSummary {
        id: row.get::<_, Id<_>>(0)?.0,
        contact_id: row.get::<_, Option<Id<_>>>(1)?.map(|id| id.0),
        contact_name: row.get(2)?,
        to: row.get::<_, Members<_>>(3)?.list,
        subject: row.get(4)?,
        snippet: row.get(5)?,
        status: row.get::<_, Name<_>>(6)?.0,
        error_code: row
            .get::<_, Option<Name<_>>>("error_code")?
            .map(|name| name.0),
        revision: row.get(7)?,
        created_at: UnixMillis(row.get(8)?),
        updated_at: UnixMillis(row.get(9)?),
        attachment_count: row.get("files")?,
        found: None,
    };
    if let Some(search) = search {
        summary.found = Some(where_found(row, &summary, search)?);
    }
    let key = match row.get::<_, Value>(10)? {
        Value::Integer(millis) => Key::Time(millis),
        Value::Text(name) => Key::Name(name),
        _ => Key::Name(String::new()),
    };
    Ok((summary, key, row.get(11)?))
}

fn where_found(row: &Row<'_>, draft: &DraftSummary, search: &Search) -> rusqlite::Result<Found> {
    let mut recipients = Vec::new();
    let cc: Members<Mailbox> = row.get(13)?;
    let bcc: Members<Mailbox> = row.get(14)?;
    for person in draft.to.iter().chain(&cc.list).chain(&bcc.list) {
        let Some(pieces) = search.pieces(&index::recipient(person)) else {
            continue;
        };
        if !recipients.is_empty() {
            recipients.push(Piece {
                text: ", ".to_owned(),
                hit: false,
            });
        }
        recipients.extend(pieces);
    }
    let body = row.get_ref(12)?.as_bytes()?;
    Ok(Found {
        subject: search.pieces(&draft.subject),
        recipients: (!recipients.is_empty()).then_some(recipients),
        text: search
            .in_text()
            .then(|| found::excerpt(body, search))
            .flatten(),
    })
}

impl Store {
    /// One page of drafts that are not in the bin.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `limit`, `cursor` or `recipient`.
    pub async fn list_drafts(&self, wanted: ListDrafts) -> Result<DraftPage> {
        let is_search = wanted.search.is_some() || wanted.recipient.is_some();
        let asked = self
            .read(move |connection| {
                if is_search && index::is_behind(connection)? {
                    return Ok(Err(wanted));
                }
                list(connection, wanted).map(Ok)
            })
            .await?;
        let wanted = match asked {
            Ok(page) => return Ok(page),
            Err(wanted) => wanted,
        };
        if let Err(error) = self.index_drafts().await {
            // What was indexed before can be found on a full disk too.
            tracing::warn!(code = ?error.code, "the newest drafts can't be searched");
        }
        self.read(move |connection| list(connection, wanted)).await
    }
}
