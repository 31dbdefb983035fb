//! The table `unconfirmed_facts`: what polished texts changed in a draft without a yes.

use draftwell_core::{
    Error, Result,
    id::DraftId,
    polish::{facts::Change, unconfirmed::Unconfirmed},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::{Store, drafts, error::Explain, sql::Id};

fn of(connection: &Connection, draft: DraftId) -> Result<Unconfirmed> {
    let stored: Option<String> = connection
        .prepare_cached(
            "SELECT facts FROM unconfirmed_facts
             WHERE draft = (SELECT seq FROM drafts WHERE id = ?1)",
        )
        .and_then(|mut facts| facts.query_row([Id(draft)], |row| row.get(0)).optional())
        .explain()?;
    let Some(stored) = stored else {
        return Ok(Unconfirmed::default());
    };
    Ok(serde_json::from_str(&stored).unwrap_or_else(|_| {
        // Damaged. A mail must not wait for what nobody can read.
        tracing::error!(%draft, "what was noted about changed facts can't be read");
        Unconfirmed::default()
    }))
}

fn note(tx: &Transaction<'_>, id: DraftId, changes: &[Change], confirmed: bool) -> Result<()> {
    let draft = drafts::find(tx, id)?.ok_or_else(|| Error::not_found("draft"))?;
    let former = of(tx, id)?;
    let mut facts = former.clone();
    facts.note(&draft.stored.content.body, changes, confirmed);
    if facts == former {
        return Ok(());
    }
    if facts.is_empty() {
        let sql = "DELETE FROM unconfirmed_facts
                   WHERE draft = (SELECT seq FROM drafts WHERE id = ?1)";
        return tx.execute(sql, [Id(id)]).explain().map(drop);
    }
    let facts = serde_json::to_string(&facts).map_err(|_| crate::error::internal())?;
    tx.execute(
        "INSERT INTO unconfirmed_facts (draft, facts)
           SELECT seq, ?2 FROM drafts WHERE id = ?1
         ON CONFLICT (draft) DO UPDATE SET facts = excluded.facts",
        params![Id(id), facts],
    )
    .explain()
    .map(drop)
}

impl Store {
    /// Notes that a polished text with these changes is taken into a draft, which still says what
    /// it said before; `confirmed` tells whether the user said that they are right.
    ///
    /// # Errors
    /// `NOT_FOUND`, and the database's.
    pub async fn note_taken(
        &self,
        draft: DraftId,
        changes: Vec<Change>,
        confirmed: bool,
    ) -> Result<()> {
        self.write(move |tx| note(tx, draft, &changes, confirmed))
            .await
    }

    /// What polished texts changed in a draft without a yes; nothing for a draft nobody has.
    ///
    /// # Errors
    /// The database's.
    pub async fn unconfirmed_facts(&self, draft: DraftId) -> Result<Unconfirmed> {
        self.read(move |connection| of(connection, draft)).await
    }
}
