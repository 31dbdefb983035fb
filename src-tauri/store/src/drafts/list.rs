//! The list of drafts: order, pages, searching.

use draftwell_core::{
    Result, UnixMillis,
    draft::{DraftPage, DraftSort, DraftStatus, DraftSummary, ListDrafts},
    id::ContactId,
};
use rusqlite::{Connection, Row, ToSql, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    cursor::{Cursor, page_size},
    error::Explain,
    search,
    sql::{Id, Json, Name},
};

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
}

impl Order {
    fn of(sort: DraftSort) -> Self {
        match sort {
            DraftSort::Updated => Self {
                list: "updated",
                key: "d.updated_at",
                after: "<",
                direction: "DESC",
            },
            DraftSort::Created => Self {
                list: "created",
                key: "d.created_at",
                after: "<",
                direction: "DESC",
            },
            // Drafts to nobody yet come last: no name begins with U+10FFFF.
            DraftSort::ContactName => Self {
                list: "contact_name",
                key: "coalesce(c.sort_key, nullif(d.recipient_key, ''), char(1114111))",
                after: ">",
                direction: "ASC",
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
        match wanted {
            None => self.and("d.status <> 'sent'"),
            Some(states) => {
                let states: Vec<_> = states
                    .into_iter()
                    .map(|status| self.parameter(Name(status)))
                    .collect();
                self.and(&format!("d.status IN ({})", states.join(", ")));
            }
        }
    }

    fn contact(&mut self, contact: ContactId) {
        let contact = self.parameter(Id(contact));
        self.and(&format!("d.contact_id = {contact}"));
    }

    fn search(&mut self, expression: String) {
        let expression = self.parameter(expression);
        self.and(&format!(
            "d.seq IN (SELECT rowid FROM drafts_fts WHERE drafts_fts MATCH {expression})"
        ));
    }
}

fn list(connection: &Connection, wanted: ListDrafts) -> Result<DraftPage> {
    let size = page_size(wanted.limit)?;
    let order = Order::of(wanted.sort.unwrap_or_default());
    let mut query = Query {
        conditions: "d.deleted_at IS NULL".to_owned(),
        parameters: Vec::new(),
    };
    query.status(wanted.status);
    if let Some(contact) = wanted.contact_id {
        query.contact(contact);
    }
    if let Some(expression) = wanted.search.as_deref().and_then(search::expression) {
        query.search(expression);
    }
    let Order {
        key,
        after,
        direction,
        ..
    } = order;
    if let Some(cursor) = &wanted.cursor {
        let last = Cursor::<Key>::read(cursor, order.list)?;
        let value = query.parameter(Value::from(last.key));
        let seq = query.parameter(last.seq);
        query.and(&format!("({key}, d.seq) {after} ({value}, {seq})"));
    }
    let sql = format!(
        "SELECT d.id, d.contact_id, c.name, d.to_list, d.subject, d.snippet, d.status, d.revision,
                d.created_at, d.updated_at, {key}, d.seq,
                coalesce((SELECT count FROM draft_attachments WHERE draft = d.seq), 0)
         FROM drafts d LEFT JOIN contacts c ON c.id = d.contact_id
         WHERE {conditions} ORDER BY {key} {direction}, d.seq {direction} LIMIT {limit}",
        conditions = query.conditions,
        limit = size + 1,
    );
    let mut rows: Vec<(DraftSummary, Key, i64)> = connection
        .prepare_cached(&sql)
        .and_then(|mut drafts| {
            drafts
                .query_map(params_from_iter(&query.parameters), from_row)?
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
    let items = rows.into_iter().map(|(summary, ..)| summary).collect();
    Ok(DraftPage { items, next_cursor })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<(DraftSummary, Key, i64)> {
    let summary = DraftSummary {
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
        attachment_count: row.get(12)?,
    };
    let key = match row.get::<_, Value>(10)? {
        Value::Integer(millis) => Key::Time(millis),
        Value::Text(name) => Key::Name(name),
        _ => Key::Name(String::new()),
    };
    Ok((summary, key, row.get(11)?))
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
