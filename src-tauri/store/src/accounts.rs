//! The table `accounts`: who may send. Their tokens are among the secrets.

use draftwell_core::{
    Error, Result, UnixMillis,
    account::{Abilities, Account, AccountKind, Alias},
    fingerprint,
    id::AccountId,
    smtp::SmtpServer,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::{
    Store,
    drafts::{self, Changed},
    error::Explain,
    secrets,
    sql::{self, Id, Json, Name},
};

/// An account as signing in yields it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Kind.
    pub kind: AccountKind,
    /// The provider's own stable id of the person.
    pub subject: String,
    /// Address.
    pub email: String,
    /// Name shown to recipients, or empty.
    pub display_name: String,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
}

/// An account at a mail server, as its form yields it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpAccount {
    /// Address.
    pub email: String,
    /// Name shown to recipients, or empty.
    pub display_name: String,
    /// The server.
    pub server: SmtpServer,
}

const COLUMNS: &str = "id, kind, subject, email, display_name, scopes, needs_sign_in_reason,
                       is_default, last_used_at, created_at, server, aliases";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Account> {
    let kind = row.get::<_, Name<_>>(1)?.0;
    let Json(scopes) = row.get::<_, Json<Vec<String>>>(5)?;
    let needs_sign_in_reason: Option<String> = row.get(6)?;
    Ok(Account {
        id: row.get::<_, Id<_>>(0)?.0,
        kind,
        subject: row.get(2)?,
        email: row.get(3)?,
        display_name: row.get(4)?,
        abilities: Abilities::of(kind, &scopes),
        scopes,
        aliases: row.get::<_, Json<_>>(11)?.0,
        server: row.get::<_, Option<Json<_>>>(10)?.map(|server| server.0),
        needs_sign_in: needs_sign_in_reason.is_some(),
        needs_sign_in_reason,
        is_default: row.get(7)?,
        last_used_at: row.get::<_, Option<i64>>(8)?.map(UnixMillis),
        created_at: UnixMillis(row.get(9)?),
    })
}

pub(crate) fn find(connection: &Connection, id: AccountId) -> Result<Option<Account>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM accounts WHERE id = ?1"))
        .and_then(|mut account| account.query_row([Id(id)], from_row).optional())
        .explain()
}

fn get(connection: &Connection, id: AccountId) -> Result<Account> {
    find(connection, id)?.ok_or_else(|| Error::not_found("account"))
}

pub(crate) fn exists(connection: &Connection, id: AccountId) -> Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM accounts WHERE id = ?1")
        .and_then(|mut account| account.exists([Id(id)]))
        .explain()
}

/// Whether some account may send from this address besides its own.
pub(crate) fn has_alias(connection: &Connection, address: &str) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM accounts, json_each(accounts.aliases) alias
             WHERE lower(json_extract(alias.value, '$.address')) = lower(trim(?1))",
        )
        .and_then(|mut alias| alias.exists([address]))
        .explain()
}

fn upsert(
    tx: &Transaction<'_>,
    account: &NewAccount,
    new_id: AccountId,
    now: UnixMillis,
) -> Result<Account> {
    // Signing in again heals an account that needed it.
    let id: Id<AccountId> = tx
        .query_row(
            "INSERT INTO accounts
               (id, kind, subject, email, display_name, scopes, is_default, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, NOT EXISTS (SELECT 1 FROM accounts), ?7)
             ON CONFLICT (kind, subject) DO UPDATE SET
               email = excluded.email,
               display_name = CASE WHEN excluded.display_name = '' THEN display_name
                                   ELSE excluded.display_name END,
               scopes = excluded.scopes,
               needs_sign_in_reason = NULL
             RETURNING id",
            params![
                Id(new_id),
                Name(account.kind),
                account.subject,
                account.email,
                account.display_name,
                Json(&account.scopes),
                now.0
            ],
            |row| row.get(0),
        )
        .explain()?;
    if id.0 == new_id {
        move_counts(
            tx,
            &former(account.kind, &account.subject),
            &id.0.to_string(),
        )?;
    }
    get(tx, id.0)
}

/// What the counts of an account's mails go by while it is gone, so that it doesn't begin a new
/// day's when it comes back. Only a few bits of a hash: they lead from the account to its counts,
/// and from the counts to nobody, as a great many accounts share them.
fn former(kind: AccountKind, subject: &str) -> String {
    let hash = fingerprint(format!("{kind:?} {}", subject.to_lowercase()).as_bytes());
    format!("gone-{}", &hash[..4])
}

fn move_counts(tx: &Transaction<'_>, from: &str, to: &str) -> Result<()> {
    tx.execute(
        "INSERT INTO daily_sends (account_id, day, count)
         SELECT ?2, day, count FROM daily_sends WHERE account_id = ?1
         ON CONFLICT (account_id, day) DO UPDATE SET count = count + excluded.count",
        [from, to],
    )
    .and_then(|_| tx.execute("DELETE FROM daily_sends WHERE account_id = ?1", [from]))
    .explain()
    .map(drop)
}

fn save_smtp(
    tx: &Transaction<'_>,
    id: AccountId,
    account: &SmtpAccount,
    secret: Option<(String, Vec<u8>)>,
    now: UnixMillis,
) -> Result<Account> {
    let known = find(tx, id)?;
    let is_new = known.is_none();
    if known.is_some_and(|known| known.kind != AccountKind::Smtp) {
        return Err(Error::invalid("id", "This account is at no mail server."));
    }
    let other: bool = tx
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM accounts
                            WHERE kind = ?1 AND subject = ?2 AND id <> ?3)",
            params![Name(AccountKind::Smtp), account.email, Id(id)],
            |row| row.get(0),
        )
        .explain()?;
    if other {
        return Err(Error::invalid(
            "email",
            "There is an account for this address already. Change that one instead.",
        ));
    }
    // New settings heal an account that needed them.
    tx.execute(
        "INSERT INTO accounts (id, kind, subject, email, display_name, server, is_default, created_at)
         VALUES (?1, ?2, ?3, ?3, ?4, ?5, NOT EXISTS (SELECT 1 FROM accounts), ?6)
         ON CONFLICT (id) DO UPDATE SET
           subject = excluded.subject,
           email = excluded.email,
           display_name = excluded.display_name,
           server = excluded.server,
           paused_until = min(paused_until, limited_until),
           needs_sign_in_reason = NULL",
        params![
            Id(id),
            Name(AccountKind::Smtp),
            account.email,
            account.display_name,
            Json(&account.server),
            now.0
        ],
    )
    .explain()?;
    if is_new {
        let former = former(AccountKind::Smtp, &account.email);
        move_counts(tx, &former, &id.to_string())?;
    }
    if let Some((name, sealed)) = secret {
        secrets::put(tx, &name, &sealed, now)?;
    }
    get(tx, id)
}

fn delete(tx: &Transaction<'_>, id: AccountId) -> Result<Vec<Changed>> {
    let Account { kind, subject, .. } = get(tx, id)?;
    move_counts(tx, &id.to_string(), &former(kind, &subject))?;
    let changed = drafts::clear_account(tx, id)?;
    tx.execute("DELETE FROM accounts WHERE id = ?1", [Id(id)])
        .explain()?;
    tx.execute(
        "UPDATE accounts SET is_default = 1
         WHERE seq = (SELECT min(seq) FROM accounts)
           AND NOT EXISTS (SELECT 1 FROM accounts WHERE is_default = 1)",
        [],
    )
    .explain()?;
    Ok(changed)
}

pub(crate) fn set_needs_sign_in(
    tx: &Transaction<'_>,
    id: AccountId,
    reason: Option<&str>,
) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET needs_sign_in_reason = ?2 WHERE id = ?1",
        params![Id(id), reason],
    )
    .explain()
    .map(drop)
}

/// None of its mails leaves before `until`.
/// None of its mails leaves before: it can't be reached, or its provider limits it.
pub(crate) fn pause(
    tx: &Transaction<'_>,
    id: AccountId,
    until: UnixMillis,
    is_limit: bool,
) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET
           paused_until = max(paused_until, ?2),
           limited_until = max(limited_until, iif(?3, ?2, 0))
         WHERE id = ?1",
        params![Id(id), until.0, is_limit],
    )
    .explain()
    .map(drop)
}

/// Its server is to be tried again at once: the user wants it so. The provider's limit stays.
pub(crate) fn try_again(tx: &Transaction<'_>, id: AccountId) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET paused_until = min(paused_until, limited_until) WHERE id = ?1",
        [Id(id)],
    )
    .explain()
    .map(drop)
}

pub(crate) fn touch(tx: &Transaction<'_>, id: AccountId, now: UnixMillis) -> Result<()> {
    tx.execute(
        "UPDATE accounts SET last_used_at = ?2 WHERE id = ?1",
        params![Id(id), now.0],
    )
    .explain()
    .map(drop)
}

/// Whether the program can read this row.
pub(crate) fn is_readable(connection: &Connection, seq: i64) -> bool {
    let select = format!("SELECT {COLUMNS} FROM accounts WHERE seq = ?1");
    sql::is_readable(connection, &select, seq, from_row)
}

impl Store {
    /// All accounts, the default one first, then by age.
    pub async fn list_accounts(&self) -> Result<Vec<Account>> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM accounts ORDER BY is_default DESC, seq"
                ))
                .and_then(|mut accounts| accounts.query_map([], from_row)?.collect())
                .explain()
        })
        .await
    }

    /// One account, or `NOT_FOUND`.
    pub async fn get_account(&self, id: AccountId) -> Result<Account> {
        self.read(move |connection| get(connection, id)).await
    }

    /// The account that sends where a draft names none.
    pub async fn default_account(&self) -> Result<Option<Account>> {
        self.read(|connection| {
            connection
                .query_row(
                    &format!("SELECT {COLUMNS} FROM accounts WHERE is_default = 1"),
                    [],
                    from_row,
                )
                .optional()
                .explain()
        })
        .await
    }

    /// Keeps an account that was signed in to, `new_id` if it is new; the first becomes the
    /// default. One that needed signing in doesn't any more.
    pub async fn upsert_account(
        &self,
        account: NewAccount,
        new_id: AccountId,
        now: UnixMillis,
    ) -> Result<Account> {
        self.write(move |tx| upsert(tx, &account, new_id, now))
            .await
    }

    /// Keeps an account at a mail server: a new one, or new settings of the one that has this id.
    /// The first account becomes the default. With it its sealed `secret` is kept, by its name:
    /// both or neither, so that no account stands without its password or with another one's.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `email` where another one has this address, about `id` where it
    /// is no account at a mail server.
    pub async fn save_smtp_account(
        &self,
        id: AccountId,
        account: SmtpAccount,
        secret: Option<(String, Vec<u8>)>,
        now: UnixMillis,
    ) -> Result<Account> {
        self.write(move |tx| save_smtp(tx, id, &account, secret, now))
            .await
    }

    /// Forgets an account; the oldest of the others becomes the default if it was. Its secrets
    /// are not touched. Drafts that named it name none; answers those of them that can be written
    /// in, which have a new revision, so that windows that show one follow.
    pub async fn delete_account(&self, id: AccountId) -> Result<Vec<Changed>> {
        self.write(move |tx| delete(tx, id)).await
    }

    /// Makes it the default.
    pub async fn set_default_account(&self, id: AccountId) -> Result<()> {
        self.write(move |tx| {
            if !exists(tx, id)? {
                return Err(Error::not_found("account"));
            }
            tx.execute(
                "UPDATE accounts SET is_default = 0 WHERE is_default = 1",
                [],
            )
            .and_then(|_| tx.execute("UPDATE accounts SET is_default = 1 WHERE id = ?1", [Id(id)]))
            .explain()
            .map(drop)
        })
        .await
    }

    /// Notes that the user must sign in again, with the reason for people, or that it works.
    pub async fn set_needs_sign_in(&self, id: AccountId, reason: Option<String>) -> Result<()> {
        self.write(move |tx| set_needs_sign_in(tx, id, reason.as_deref()))
            .await
    }

    /// Notes the addresses it may send from besides its own; answers whether they are others than
    /// before.
    pub async fn set_aliases(&self, id: AccountId, aliases: Vec<Alias>) -> Result<bool> {
        self.write(move |tx| {
            tx.execute(
                "UPDATE accounts SET aliases = ?2 WHERE id = ?1 AND aliases <> ?2",
                params![Id(id), Json(&aliases)],
            )
            .explain()
            .map(|changed| changed > 0)
        })
        .await
    }

    /// Notes that it may not read mail (any more): it loses the scopes for that.
    pub async fn forget_reading(&self, id: AccountId) -> Result<()> {
        self.write(move |tx| {
            let mut account = get(tx, id)?;
            account
                .scopes
                .retain(|scope| !Abilities::from_scopes(&[scope]).read);
            tx.execute(
                "UPDATE accounts SET scopes = ?2 WHERE id = ?1",
                params![Id(id), Json(&account.scopes)],
            )
            .explain()
            .map(drop)
        })
        .await
    }

    /// Notes that it was used.
    pub async fn touch_account(&self, id: AccountId, now: UnixMillis) -> Result<()> {
        self.write(move |tx| touch(tx, id, now)).await
    }
}
