//! The table `signatures`.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    document::{Document, DocumentJson},
    id::{DraftId, SignatureId},
    signature::{
        CreateSignature, Signature, UpdateSignature, apply_defaults, check_room, settle_defaults,
        validate_body, validate_name,
    },
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Store,
    drafts::{self, Changed},
    error::Explain,
    sql::{self, Id, Json},
};

/// A draft uses a signature as long as it can still be sent with it.
const COLUMNS: &str = "s.id, s.name, s.body, s.is_default, s.is_formal_default,
    s.is_casual_default, s.usage_count, s.created_at, s.updated_at,
    (SELECT count(*) FROM drafts d WHERE d.signature_id = s.id
       AND d.deleted_at IS NULL AND d.status <> 'sent')";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Signature> {
    let Json(body) = row.get::<_, Json<DocumentJson>>(2)?;
    Ok(Signature {
        id: row.get::<_, Id<_>>(0)?.0,
        name: row.get(1)?,
        html: Document::parse(&body).map_or(String::new(), |body| body.to_html()),
        body,
        is_default: row.get(3)?,
        is_formal_default: row.get(4)?,
        is_casual_default: row.get(5)?,
        usage_count: row.get(6)?,
        created_at: UnixMillis(row.get(7)?),
        updated_at: UnixMillis(row.get(8)?),
        used_by_drafts: row.get(9)?,
    })
}

fn get(connection: &Connection, id: SignatureId) -> Result<Signature> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM signatures s WHERE s.id = ?1"
        ))
        .and_then(|mut signature| signature.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("signature"))
}

pub(crate) fn exists(connection: &Connection, id: SignatureId) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM signatures WHERE id = ?1")
        .and_then(|mut signature| signature.exists([Id(id)]))
        .explain()
}

fn list(connection: &Connection) -> Result<Vec<Signature>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM signatures s ORDER BY s.name_key, s.seq"
        ))
        .and_then(|mut signatures| signatures.query_map([], from_row)?.collect())
        .explain()
}

fn create(
    tx: &Transaction<'_>,
    new: &CreateSignature,
    id: SignatureId,
    now: UnixMillis,
) -> Result<Signature> {
    let others = list(tx)?;
    check_room(others.len())?;
    let name = validate_name(&new.name, others.iter().map(|other| other.name.as_str()))?;
    let body = validate_body(&new.body)?;
    tx.execute(
        "INSERT INTO signatures (id, name, name_key, body, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![
            Id(id),
            name,
            name.to_lowercase(),
            Json(body.to_json()),
            now.0
        ],
    )
    .explain()?;
    let mut all = list(tx)?;
    apply_defaults(&mut all, id, new.defaults());
    put_defaults(tx, &all)?;
    get(tx, id)
}

fn update(tx: &Transaction<'_>, edit: &UpdateSignature, now: UnixMillis) -> Result<Signature> {
    let id = edit.id;
    let mut all = list(tx)?;
    let former = get(tx, id)?;
    let others = all.iter().filter(|other| other.id != id);
    let name = match &edit.name {
        Some(name) => validate_name(name, others.map(|other| other.name.as_str()))?,
        None => former.name,
    };
    let body = match &edit.body {
        Some(body) => validate_body(body)?.to_json(),
        None => former.body,
    };
    tx.execute(
        "UPDATE signatures SET name = ?2, name_key = ?3, body = ?4, updated_at = ?5
         WHERE id = ?1",
        params![Id(id), name, name.to_lowercase(), Json(body), now.0],
    )
    .explain()?;
    apply_defaults(&mut all, id, edit.defaults());
    put_defaults(tx, &all)?;
    get(tx, id)
}

/// Writes who is which default.
fn put_defaults(tx: &Transaction<'_>, all: &[Signature]) -> Result<()> {
    // Nobody is any first, for no two may be the same at any moment.
    tx.execute(
        "UPDATE signatures
         SET is_default = 0, is_formal_default = 0, is_casual_default = 0",
        [],
    )
    .explain()?;
    for signature in all {
        tx.execute(
            "UPDATE signatures
             SET is_default = ?2, is_formal_default = ?3, is_casual_default = ?4
             WHERE id = ?1",
            params![
                Id(signature.id),
                signature.is_default,
                signature.is_formal_default,
                signature.is_casual_default
            ],
        )
        .explain()?;
    }
    Ok(())
}

fn delete(
    tx: &Transaction<'_>,
    id: SignatureId,
    clear_use: bool,
    now: UnixMillis,
) -> Result<Vec<Changed>> {
    let signature = get(tx, id)?;
    if signature.used_by_drafts > 0 && !clear_use {
        let drafts = match signature.used_by_drafts {
            1 => "One draft uses".to_owned(),
            count => format!("{count} drafts use"),
        };
        return Err(Error::new(
            Code::SignatureInUse,
            format!("{drafts} this signature. Take it out there first, or let Draftwell do so."),
        ));
    }
    // What was sent stays as it is. In the bin it is taken out too: it may come back from there.
    let users: Vec<Id<DraftId>> = tx
        .prepare_cached("SELECT id FROM drafts WHERE signature_id = ?1 AND status <> 'sent'")
        .and_then(|mut drafts| drafts.query_map([Id(id)], |row| row.get(0))?.collect())
        .explain()?;
    let mut changed = Vec::with_capacity(users.len());
    for Id(draft) in users {
        changed.extend(drafts::clear_signature(tx, draft, now)?);
    }
    tx.execute("DELETE FROM signatures WHERE id = ?1", [Id(id)])
        .explain()?;
    let mut rest = list(tx)?;
    settle_defaults(&mut rest);
    put_defaults(tx, &rest)?;
    Ok(changed)
}

/// Whether the program can read this row.
pub(crate) fn is_readable(connection: &Connection, seq: i64) -> bool {
    let select = format!("SELECT {COLUMNS} FROM signatures s WHERE seq = ?1");
    sql::is_readable(connection, &select, seq, from_row)
}

impl Store {
    /// All signatures, by name.
    pub async fn list_signatures(&self) -> Result<Vec<Signature>> {
        self.read(list).await
    }

    /// One signature, or `NOT_FOUND`.
    pub async fn get_signature(&self, id: SignatureId) -> Result<Signature> {
        self.read(move |connection| get(connection, id)).await
    }

    /// Makes a signature; the first one becomes the default.
    ///
    /// # Errors
    /// `LIMIT_REACHED` at ten; `VALIDATION_ERROR` about `name` or `body`.
    pub async fn create_signature(
        &self,
        new: CreateSignature,
        id: SignatureId,
        now: UnixMillis,
    ) -> Result<Signature> {
        self.write(move |tx| create(tx, &new, id, now)).await
    }

    /// Changes a signature.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `name` or `body`; `NOT_FOUND`.
    pub async fn update_signature(
        &self,
        edit: UpdateSignature,
        now: UnixMillis,
    ) -> Result<Signature> {
        self.write(move |tx| update(tx, &edit, now)).await
    }

    /// Deletes a signature; with `clear_use` it is first taken out of the drafts that use it.
    /// Answers the drafts that were changed. If it was the default, the oldest of the others
    /// becomes it.
    ///
    /// # Errors
    /// `SIGNATURE_IN_USE` without `clear_use`, saying how many drafts use it; `NOT_FOUND`.
    pub async fn delete_signature(
        &self,
        id: SignatureId,
        clear_use: bool,
        now: UnixMillis,
    ) -> Result<Vec<Changed>> {
        self.write(move |tx| delete(tx, id, clear_use, now)).await
    }
}
