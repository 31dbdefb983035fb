//! The list of drafts: order, pages, searching.
//!
//! Which drafts a page has is found in indexes alone; the drafts themselves, which are long, are
//! read only where they are shown.

use draftwell_core::{
    Result, UnixMillis,
    address::Mailbox,
    draft::{DraftPage, DraftSort, DraftStatus, DraftSummary, Found, ListDrafts},
    id::ContactId,
    search::{Piece, Query as Search},
};
use rusqlite::{Connection, Row, ToSql, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    cursor::{Cursor, page_size},
    error::Explain,
    sql::{Id, Json, Name},
};

use super::{SNIPPET_CHARS, found, index};

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
                key: "f.rowid",
                tie: "f.rowid",
                ..newest
            },
            DraftSort::Updated => newest,
            DraftSort::Created => Self {
                list: "created",
                key: "d.created_at",
                ..newest
            },
            // Drafts to nobody yet come last: no name begins with U+10FFFF.
            DraftSort::ContactName => Self {
                list: "contact_name",
                key: "coalesce(c.sort_key, nullif(d.recipient_key, ''), char(1114111))",
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

    /// Takes what is found of `search`, and where to take it from.
    fn search(&mut self, search: &Search, order: &Order) -> String {
        let index = if search.in_text() {
            "drafts_fts"
        } else {
            "draft_heads_fts"
        };
        let expression = self.parameter(search.expression());
        // What the index says of a draft that was changed since is no longer true.
        self.and("NOT EXISTS (SELECT 1 FROM drafts_to_index w WHERE w.seq = d.seq)");
        if order.key == "f.rowid" {
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
}

fn list(connection: &Connection, wanted: ListDrafts) -> Result<DraftPage> {
    let size = page_size(wanted.limit)?;
    let search = wanted.search.as_deref().and_then(Search::read);
    let order = Order::of(wanted.sort.unwrap_or_default(), search.is_some());
    let mut query = Query {
        conditions: "d.deleted_at IS NULL".to_owned(),
        parameters: Vec::new(),
    };
    query.status(wanted.status);
    if let Some(contact) = wanted.contact_id {
        query.contact(contact);
    }
    let from = match &search {
        Some(search) => query.search(search, &order),
        None => "drafts d".to_owned(),
    };
    let Order {
        key,
        after,
        direction,
        tie,
        ..
    } = order;
    if let Some(cursor) = &wanted.cursor {
        let last = Cursor::<Key>::read(cursor, order.list)?;
        let value = query.parameter(Value::from(last.key));
        let condition = if tie == key {
            format!("{key} {after} {value}")
        } else {
            let seq = query.parameter(last.seq);
            format!("({key}, {tie}) {after} ({value}, {seq})")
        };
        query.and(&condition);
    }
    let by_name = match order.list {
        "contact_name" => "LEFT JOIN contacts c ON c.id = d.contact_id",
        _ => "",
    };
    let body = if search.is_some() {
        "d.body, d.cc_list, d.bcc_list"
    } else {
        "''"
    };
    let sql = format!(
        "SELECT d.id, d.contact_id, c.name, d.to_list, d.subject, d.snippet, d.status, d.revision,
                d.created_at, d.updated_at, page.key, d.seq, {body},
                coalesce((SELECT count FROM draft_attachments WHERE draft = d.seq), 0) AS files
         FROM (SELECT d.seq, {key} AS key FROM {from} {by_name} WHERE {conditions}
               ORDER BY {key} {direction}, {tie} {direction} LIMIT {limit}) page
         CROSS JOIN drafts d ON d.seq = page.seq LEFT JOIN contacts c ON c.id = d.contact_id
         ORDER BY page.key {direction}, page.seq {direction}",
        conditions = query.conditions,
        limit = size + 1,
    );
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
        unsearched: match search {
            Some(_) => index::waiting(connection)?,
            None => 0,
        },
    })
}

fn from_row(row: &Row<'_>, search: Option<&Search>) -> rusqlite::Result<(DraftSummary, Key, i64)> {
    let mut summary = DraftSummary {
        id: row.get::<_, Id<_>>(0)?.0,
        contact_id: row.get::<_, Option<Id<_>>>(1)?.map(|id| id.0),
        contact_name: row.get(2)?,
        to: row.get::<_, Json<_>>(3)?.0,
        subject: row.get(4)?,
        snippet: row.get(5)?,
        status: row.get::<_, Name<_>>(6)?.0,
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
    let Json(cc) = row.get::<_, Json<Vec<Mailbox>>>(13)?;
    let Json(bcc) = row.get::<_, Json<Vec<Mailbox>>>(14)?;
    for person in draft.to.iter().chain(&cc).chain(&bcc) {
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
    let body = row.get_ref(12)?.as_str()?;
    Ok(Found {
        subject: search.pieces(&draft.subject),
        recipients: (!recipients.is_empty()).then_some(recipients),
        text: search
            .in_text()
            .then(|| search.excerpt(&found::plain_text(body), SNIPPET_CHARS))
            .flatten(),
    })
}

impl Store {
    /// One page of drafts that are not in the bin.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `limit` or `cursor`.
    pub async fn list_drafts(&self, wanted: ListDrafts) -> Result<DraftPage> {
        if wanted.search.is_some()
            && let Err(error) = self.index_drafts().await
        {
            // What was indexed before can be found on a full disk too.
            tracing::warn!(code = ?error.code, "the newest drafts can't be searched");
        }
        self.read(move |connection| list(connection, wanted)).await
    }
}
