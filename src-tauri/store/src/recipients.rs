//! The table `recipients`: everybody written to, and completion from it and the contacts.

use draftwell_core::{
    Result, UnixMillis,
    address::Mailbox,
    contact::{RecipientSuggestion, search_key},
    id::ContactId,
};
use rusqlite::{Connection, Transaction, params, params_from_iter};

use crate::{Store, error::Explain, sql::Id};

/// How many completions are offered.
const SUGGESTIONS: u32 = 8;
/// The most words of what was typed that are looked at.
const MAX_WORDS: usize = 8;

/// A name and an address as they are looked up: each word, the address and its domain after a
/// blank.
pub(crate) fn lookup_key(texts: &[&str], address: &str) -> String {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    let mut key = String::new();
    for text in texts.iter().chain(&[address, domain]) {
        let text = search_key(text);
        if !text.is_empty() {
            key.push(' ');
            key.push_str(&text);
        }
    }
    key
}

/// `LIKE` patterns, with `\` as the escape, for a lookup key that has all the words typed.
pub(crate) fn patterns(typed: &str) -> Vec<String> {
    search_key(typed)
        .split(' ')
        .filter(|word| !word.is_empty())
        .take(MAX_WORDS)
        .map(|word| {
            let word = word
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            format!("% {word}%")
        })
        .collect()
}

/// A condition that `column` fits `count` patterns, numbered from 1.
pub(crate) fn condition(column: &str, count: usize) -> String {
    (1..=count)
        .map(|number| format!(" AND {column} LIKE ?{number} ESCAPE '\\'"))
        .collect()
}

/// Counts a mail to each of them.
pub(crate) fn count<'a>(
    tx: &Transaction<'_>,
    people: impl IntoIterator<Item = &'a Mailbox>,
    now: UnixMillis,
) -> Result<()> {
    let mut statement = tx
        .prepare_cached(
            "INSERT INTO recipients (address_key, name, address, search_key, use_count, last_used_at)
             VALUES (?1, ?2, ?3, ?4, 1, ?5)
             ON CONFLICT (address_key) DO UPDATE SET
               search_key = CASE WHEN excluded.name = '' THEN search_key
                                 ELSE excluded.search_key END,
               name = CASE WHEN excluded.name = '' THEN name ELSE excluded.name END,
               address = excluded.address,
               use_count = use_count + 1,
               last_used_at = excluded.last_used_at",
        )
        .explain()?;
    for person in people {
        let name = person.name.as_deref().unwrap_or_default().trim();
        let address = person.address.trim();
        statement
            .execute(params![
                person.key(),
                name,
                address,
                lookup_key(&[name], address),
                now.0
            ])
            .explain()?;
    }
    Ok(())
}

fn suggest(connection: &Connection, prefix: &str) -> Result<Vec<RecipientSuggestion>> {
    let patterns = patterns(prefix);
    if patterns.is_empty() {
        return Ok(Vec::new());
    }
    let of_contacts = condition("c.search_key", patterns.len());
    let of_others = condition("r.search_key", patterns.len());
    let sql = format!(
        "SELECT name, address, contact_id FROM (
           SELECT c.name, c.email AS address, c.id AS contact_id,
                  coalesce(r.use_count, 0) AS uses, coalesce(r.last_used_at, 0) AS used,
                  c.sort_key AS sort
           FROM contacts c LEFT JOIN recipients r USING (address_key)
           WHERE true{of_contacts}
           UNION ALL
           SELECT r.name, r.address, NULL, r.use_count, r.last_used_at, r.search_key
           FROM recipients r
           WHERE r.address_key NOT IN (SELECT address_key FROM contacts){of_others}
         )
         ORDER BY uses DESC, used DESC, contact_id IS NULL, sort, address LIMIT {SUGGESTIONS}"
    );
    connection
        .prepare_cached(&sql)
        .and_then(|mut found| {
            found
                .query_map(params_from_iter(patterns), |row| {
                    Ok(RecipientSuggestion {
                        name: row.get(0)?,
                        address: row.get(1)?,
                        contact_id: row.get::<_, Option<Id<ContactId>>>(2)?.map(|id| id.0),
                    })
                })?
                .collect()
        })
        .explain()
}

impl Store {
    /// Up to eight contacts and former recipients some words of whose name or address begin with
    /// the words typed, most used first.
    pub async fn suggest_recipients(&self, prefix: String) -> Result<Vec<RecipientSuggestion>> {
        self.read(move |connection| suggest(connection, &prefix))
            .await
    }
}
