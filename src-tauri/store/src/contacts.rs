//! The table `contacts`: people written to.

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    contact::{Contact, SaveContact, search_key},
    id::ContactId,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, params_from_iter};

use crate::{
    Store,
    error::Explain,
    recipients::{condition, lookup_key, patterns},
    sql::{self, Id, Name},
};

const COLUMNS: &str = "id, name, first_name, email, company, role, notes, priority, stage,
                       created_at, updated_at";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Contact> {
    Ok(Contact {
        id: row.get::<_, Id<_>>(0)?.0,
        name: row.get(1)?,
        first_name: row.get(2)?,
        email: row.get(3)?,
        company: row.get(4)?,
        role: row.get(5)?,
        notes: row.get(6)?,
        priority: row.get(7)?,
        stage: row.get::<_, Name<_>>(8)?.0,
        created_at: UnixMillis(row.get(9)?),
        updated_at: UnixMillis(row.get(10)?),
    })
}

pub(crate) fn get(connection: &Connection, id: ContactId) -> Result<Contact> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM contacts WHERE id = ?1"))
        .and_then(|mut contact| contact.query_row([Id(id)], from_row).optional())
        .explain()?
        .ok_or_else(|| Error::not_found("contact"))
}

/// The contact of an address, by [`draftwell_core::address::Mailbox::key`].
pub(crate) fn by_address(connection: &Connection, key: &str) -> Result<Option<ContactId>> {
    connection
        .prepare_cached("SELECT id FROM contacts WHERE address_key = ?1")
        .and_then(|mut contact| {
            contact
                .query_row([key], |row| row.get::<_, Id<_>>(0))
                .optional()
        })
        .explain()
        .map(|id| id.map(|Id(id)| id))
}

fn save(
    tx: &Transaction<'_>,
    edit: SaveContact,
    new_id: ContactId,
    now: UnixMillis,
) -> Result<Contact> {
    let contact = match edit.id {
        Some(id) => get(tx, id)?.edited(edit, now)?,
        None => Contact::create(edit, new_id, now)?,
    };
    if by_address(tx, &contact.mailbox().key())?.is_some_and(|other| other != contact.id) {
        return Err(Error {
            field: Some("email".to_owned()),
            ..Error::new(
                Code::Conflict,
                "There is another contact with this e-mail address.",
            )
        });
    }
    put(tx, &contact)?;
    // What was sent to this address before the contact was made is its history too.
    tx.execute(
        "UPDATE history_people SET contact_id = ?1 WHERE address_key = ?2 AND contact_id IS NULL",
        params![Id(contact.id), contact.mailbox().key()],
    )
    .explain()?;
    Ok(contact)
}

fn put(tx: &Transaction<'_>, contact: &Contact) -> Result<()> {
    let lookup = lookup_key(&[&contact.name, &contact.company], &contact.email);
    let sort = if contact.name.is_empty() {
        search_key(&contact.email)
    } else {
        search_key(&contact.name)
    };
    tx.prepare_cached(
        "INSERT INTO contacts
           (id, name, first_name, email, address_key, company, role, notes, priority, stage,
            sort_key, search_key, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (id) DO UPDATE SET
           name = excluded.name, first_name = excluded.first_name, email = excluded.email,
           address_key = excluded.address_key, company = excluded.company, role = excluded.role,
           notes = excluded.notes, priority = excluded.priority, stage = excluded.stage,
           sort_key = excluded.sort_key, search_key = excluded.search_key,
           updated_at = excluded.updated_at",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            Id(contact.id),
            contact.name,
            contact.first_name,
            contact.email,
            contact.mailbox().key(),
            contact.company,
            contact.role,
            contact.notes,
            contact.priority,
            Name(contact.stage),
            sort,
            lookup,
            contact.created_at.0,
            contact.updated_at.0,
        ])
    })
    .explain()
    .map(drop)
}

fn list(connection: &Connection, search: Option<&str>) -> Result<Vec<Contact>> {
    let patterns = search.map(patterns).unwrap_or_default();
    let fits = condition("search_key", patterns.len());
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM contacts WHERE true{fits} ORDER BY sort_key, seq"
        ))
        .and_then(|mut contacts| {
            contacts
                .query_map(params_from_iter(patterns), from_row)?
                .collect()
        })
        .explain()
}

/// Whether the program can read this row.
pub(crate) fn is_readable(connection: &Connection, seq: i64) -> bool {
    let select = format!("SELECT {COLUMNS} FROM contacts WHERE seq = ?1");
    sql::is_readable(connection, &select, seq, from_row)
}

impl Store {
    /// Contacts by name; with words to find, those some words of whose name, company or address
    /// begin with them.
    pub async fn list_contacts(&self, search: Option<String>) -> Result<Vec<Contact>> {
        self.read(move |connection| list(connection, search.as_deref()))
            .await
    }

    /// One contact, or `NOT_FOUND`.
    pub async fn get_contact(&self, id: ContactId) -> Result<Contact> {
        self.read(move |connection| get(connection, id)).await
    }

    /// Makes (`new_id`) or changes a contact.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` naming what is malformed; `CONFLICT` about `email` where another
    /// contact has the address; `NOT_FOUND`.
    pub async fn save_contact(
        &self,
        edit: SaveContact,
        new_id: ContactId,
        now: UnixMillis,
    ) -> Result<Contact> {
        self.write(move |tx| save(tx, edit, new_id, now)).await
    }
}
