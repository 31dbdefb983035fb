//! What must be true, judged by the model servers' ledger and by the database as it lies there.

use std::collections::BTreeMap;

use draftwell_core::{
    Code, UnixMillis,
    draft::DraftStatus,
    id::AccountId,
    outbox::{Email, EmailStatus},
};
use draftwell_store::Store;

use crate::{
    process::wait_for,
    servers::header,
    user::{Mail, User},
    world::World,
};

/// How many mails ended in which state.
pub type Ends = BTreeMap<String, usize>;

/// At any moment: nobody got a mail twice, and what they got is what was frozen.
pub fn deliveries(world: &World, user: &User) -> Result<(), String> {
    let inner = world.look();
    if let Some(wrong) = &inner.wrong {
        return Err(wrong.clone());
    }
    // What is sent by hand in the provider's own window is not Draftwell's.
    for delivery in inner.servers.deliveries.iter().filter(|one| !one.by_hand) {
        let id = &delivery.message_id;
        let Some(mail) = user.mail_called(id) else {
            return Err(format!("a mail nobody sent was delivered: {id}"));
        };
        let times = inner.servers.delivered(id);
        if times > 1 {
            return Err(format!("{id} was delivered {times} times"));
        }
        if without_date(&delivery.bytes) != without_date(&mail.frozen) {
            return Err(format!(
                "{id} was delivered with another content than was frozen"
            ));
        }
        if header(&delivery.bytes, "date").is_empty() {
            return Err(format!("{id} was delivered without a Date"));
        }
    }
    for (id, bytes) in &inner.servers.handed_over {
        if bytes.len() > 1 {
            let dates: Vec<_> = bytes.iter().map(|bytes| header(bytes, "date")).collect();
            return Err(format!(
                "{id} was handed over in different bytes: {dates:?}"
            ));
        }
    }
    // A draft that was sent again after a mail of it: only where the user had said so.
    for (number, mail) in user.mails.iter().enumerate() {
        let is_out = |mail: &&Mail| inner.servers.delivered(&mail.message_id) > 0;
        let earlier = user.mails[..number]
            .iter()
            .filter(|other| other.draft == mail.draft);
        let twice = earlier
            .filter(is_out)
            .find(|other| other.said != Some(false));
        if let Some(other) = twice.filter(|_| is_out(&mail)) {
            let (first, second) = (&other.message_id, &mail.message_id);
            return Err(format!(
                "one draft was delivered twice, as {first} and {second}"
            ));
        }
    }
    Ok(())
}

fn without_date(bytes: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split("\r\n");
    let kept: Vec<_> = lines
        .by_ref()
        .filter(|line| !line.starts_with("Date: "))
        .collect();
    kept.join("\r\n").into_bytes()
}

/// While a worker rests: it left nothing lying that could be sent. A mail waits only for its own
/// time, for its account's sign-in, quota or limit, or for the user.
pub fn nothing_due_is_left(world: &World, store: &Store) -> Result<(), String> {
    let (resting, bell) = {
        let inner = world.look();
        (inner.resting[0], inner.bells[0])
    };
    if bell || !resting {
        return Ok(());
    }
    // The worker has looked at this time at the latest; it naps for 20 ms at least.
    let now = world.look().now().plus_millis(-50);
    let waiting = wait_for(store.read(move |sql| Ok(waiting(sql, now)))).expect("a look");
    for waits in waiting {
        let server: usize = waits.subject.parse().expect("an account of the storm");
        let inner = world.look();
        // One at a time of each account; those that wait for another one's answer don't count.
        if (inner.holding[0].iter()).any(|held| held.account == waits.account) {
            continue;
        }
        let server = &inner.servers.all[server];
        let id = waits.email;
        if waits.paused_until <= now.0 {
            return Err(format!("{id} is due, and the worker rests"));
        }
        if !server.has_limited && !server.was_out_of_reach {
            return Err(format!(
                "{id} waits for its provider, which never gave a reason to"
            ));
        }
    }
    Ok(())
}

/// A mail whose own time has come.
struct Waits {
    email: String,
    account: AccountId,
    subject: String,
    paused_until: i64,
}

fn waiting(sql: &rusqlite::Connection, now: UnixMillis) -> Vec<Waits> {
    let mut select = sql
        .prepare_cached(
            "SELECT e.id, a.subject, a.paused_until, a.id
             FROM emails e JOIN accounts a ON a.id = e.account_id
             WHERE e.status IN ('scheduled', 'queued', 'transmitting') AND NOT e.held
               AND a.needs_sign_in_reason IS NULL AND e.not_before < ?1
               AND (e.status <> 'transmitting' OR coalesce(e.lease_until, 0) < ?1)",
        )
        .expect("a statement");
    let rows = select.query_map([now.0], |row| {
        let account: String = row.get(3)?;
        Ok(Waits {
            email: row.get(0)?,
            account: account.parse().expect("an id"),
            subject: row.get(1)?,
            paused_until: row.get(2)?,
        })
    });
    rows.and_then(Iterator::collect).expect("rows")
}

/// At the end: every mail is in a state, and the state is true.
pub fn ends(world: &World, user: &User, store: &Store) -> Result<Ends, String> {
    deliveries(world, user)?;
    let mut ends = Ends::new();
    for mail in &user.mails {
        let email = match wait_for(store.get_email(mail.id)) {
            Ok(email) => email,
            Err(error) if error.code == Code::NotFound && !mail.is_promised => continue,
            Err(error) => return Err(format!("{} is lost: {error}", mail.message_id)),
        };
        is_true(world, user, mail, &email)
            .map_err(|wrong| format!("{}: {wrong}", mail.message_id))?;
        belongs(store, user, mail, &email)
            .map_err(|wrong| format!("{}: {wrong}", mail.message_id))?;
        *ends.entry(format!("{:?}", email.status)).or_default() += 1;
    }
    Ok(ends)
}

fn is_true(world: &World, user: &User, mail: &Mail, email: &Email) -> Result<(), String> {
    let inner = world.look();
    let servers = &inner.servers;
    let delivered = servers.delivered(&mail.message_id) == 1;
    let is_doubtful = servers.doubts.contains(&mail.message_id);
    let was_meddled_with = servers.meddled.contains(&mail.message_id);
    let kind = servers.all[mail.server].kind;
    if let (None, EmailStatus::Failed | EmailStatus::Unknown) = (&email.error_message, email.status)
    {
        return Err("the user isn't told why".to_owned());
    }
    match email.status {
        // The user's word stands, even if it was wrong.
        EmailStatus::Sent | EmailStatus::Failed if mail.said.is_some() => Ok(()),
        EmailStatus::Sent if delivered || servers.was_sent_by_hand(&mail.message_id) => Ok(()),
        EmailStatus::Sent if !email.confirmed && was_meddled_with => Ok(()),
        EmailStatus::Sent => Err("it is said to be sent, and never was".to_owned()),
        EmailStatus::Failed if delivered => Err("it is said to have failed, and left".to_owned()),
        EmailStatus::Cancelled if delivered => Err("it was taken back, and left".to_owned()),
        EmailStatus::Failed | EmailStatus::Cancelled => Ok(()),
        EmailStatus::Unknown => {
            // Where nothing can be looked up, a kill leaves a send in doubt as a lost answer does.
            let can_be_looked_up = kind.has_drafts() && !user.left.contains(&mail.account);
            let was_interrupted = !can_be_looked_up && inner.interrupted.contains(&mail.id);
            if !is_doubtful && !was_meddled_with && !was_interrupted {
                return Err("it is said to be unknown, and could be known".to_owned());
            }
            Ok(())
        }
        EmailStatus::Scheduled | EmailStatus::Queued | EmailStatus::Transmitting => {
            Err("it never came to rest".to_owned())
        }
    }
}

/// What follows from a mail's state is there, once.
fn belongs(store: &Store, user: &User, mail: &Mail, email: &Email) -> Result<(), String> {
    let id = mail.id;
    let entries: u32 = wait_for(store.read(move |sql| {
        let count = sql.query_row(
            "SELECT count(*) FROM history WHERE email_id = ?1",
            [id.to_string()],
            |row| row.get(0),
        );
        Ok(count.expect("a count"))
    }))
    .expect("a look");
    if entries != u32::from(email.status == EmailStatus::Sent) {
        return Err(format!(
            "{:?} with {entries} entries in the history",
            email.status
        ));
    }
    let mut later = user.mails.iter().rev();
    let is_last = later
        .find(|other| other.draft == mail.draft)
        .is_some_and(|last| last.id == mail.id);
    if !is_last {
        return Ok(());
    }
    let draft = wait_for(store.get_draft(mail.draft)).map_err(|error| error.to_string())?;
    let expected = match email.status {
        EmailStatus::Sent => DraftStatus::Sent,
        EmailStatus::Failed => DraftStatus::Failed,
        EmailStatus::Cancelled => DraftStatus::Draft,
        _ => DraftStatus::Queued,
    };
    // A save after that opens a failed draft again.
    let changed = draft.status == DraftStatus::Draft && expected == DraftStatus::Failed;
    if draft.status != expected && !changed {
        return Err(format!(
            "{:?}, but its draft is {:?}",
            email.status, draft.status
        ));
    }
    Ok(())
}
