//! Looks into the mailboxes of accounts that may be read, for as long as the program runs, and
//! tells the pages and the desktop what came back.
//!
//! What is fetched and kept is decided in `draftwell_core::mailbox`. Each account is looked into by
//! itself: one whose provider is silent holds up no other.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::{Account, AccountKind},
    history::HistoryEntry,
    id::{AccountId, HistoryId},
    mailbox::{EVERY_SECONDS, ReadError, ReadResult, look, next_look},
    message::IncomingKind,
};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::Notify;

use crate::{app::App, clock, commands::history::RepliesLooked, events};

/// After this long at the latest the plan is looked at again: the clock may have jumped.
const LONGEST_NAP: Duration = Duration::from_secs(30);
/// More news than this at once are told of in one sentence.
const MOST_NOTICES: usize = 3;
/// Aliases change rarely.
const ALIASES_EVERY_SECONDS: i64 = 60 * 60;
/// Nobody is told by the desktop of what came longer ago than this.
const FRESH_SECONDS: i64 = 24 * 60 * 60;

/// When each account is looked into.
#[derive(Default)]
pub struct Mailboxes {
    watches: Mutex<HashMap<AccountId, Watch>>,
    bell: Notify,
}

/// The plan for one account.
#[derive(Debug, Clone, Copy, Default)]
struct Watch {
    next: UnixMillis,
    /// Failures in a row.
    failures: u32,
    /// The provider wants to be left alone until then.
    not_before: UnixMillis,
    /// When its aliases were last asked for.
    aliases_at: UnixMillis,
    looking: bool,
}

impl Mailboxes {
    /// Forgets what was planned for an account: it was signed in again, and is looked into soon.
    pub fn forget(&self, account: AccountId) {
        if let Some(watch) = self.watches().get_mut(&account) {
            *watch = Watch {
                looking: watch.looking,
                ..Watch::default()
            };
        }
        self.bell.notify_one();
    }

    /// Looks into all accounts that may be read, now.
    ///
    /// # Errors
    /// `ACCOUNT_NOT_CONNECTED` where no account may be read; else why the first one that could
    /// not be looked into couldn't; `RATE_LIMIT_EXCEEDED` while its provider wants to be left
    /// alone.
    pub async fn look_now(&self, app: &App) -> Result<RepliesLooked> {
        let accounts = readable(app).await?;
        if accounts.is_empty() {
            return Err(Error::new(
                Code::AccountNotConnected,
                "No account allows Draftwell to read mail. That can be changed in Settings, \
                 Accounts: “Notice replies”.",
            ));
        }
        let mut looked = RepliesLooked {
            accounts: 0,
            found: 0,
        };
        let mut problem = None;
        for account in accounts {
            looked.accounts += 1;
            match self.look_into(app, &account).await {
                Ok(found) => looked.found += u32::try_from(found).unwrap_or(u32::MAX),
                Err(error) => problem = problem.or(Some(error)),
            }
        }
        problem.map_or(Ok(looked), Err)
    }

    /// Looks into one account, unless that is being done; answers how much came back.
    async fn look_into(&self, app: &App, account: &Account) -> Result<usize> {
        let now = clock::now();
        {
            let mut watches = self.watches();
            let watch = watches.entry(account.id).or_default();
            if watch.looking {
                return Ok(0);
            }
            // A wish for a time that is far away was made by a clock that was wrong.
            let wait = watch.not_before.0.saturating_sub(now.0);
            if wait > 0 && wait <= 24 * 60 * 60 * 1000 {
                let seconds = u32::try_from(wait.div_euclid(1000) + 1).unwrap_or(u32::MAX);
                let mut error = Error::new(
                    Code::RateLimitExceeded,
                    format!("The mail service of {} asks for a pause.", account.email),
                );
                error.retry_after_seconds = Some(seconds);
                return Err(error);
            }
            watch.looking = true;
        }
        // Taken back however this ends.
        let _looking = Looking(self, account.id);
        let outcome = read(app, account, now).await;
        let (failures, asked) = match &outcome {
            Ok(_) => (0, None),
            Err(ReadError::Later {
                retry_after_seconds,
                ..
            }) => (self.failures(account.id) + 1, *retry_after_seconds),
            Err(_) => (self.failures(account.id) + 1, None),
        };
        let now = clock::now();
        if let Some(watch) = self.watches().get_mut(&account.id) {
            watch.next = next_look(now, failures, asked, clock::random_u32());
            watch.failures = failures;
            watch.not_before = now.plus_seconds(asked.unwrap_or(0).into());
        }
        match outcome {
            Ok(news) => {
                let found = news.len();
                tell(app, account, news).await;
                Ok(found)
            }
            Err(error) => Err(give_up(app, account, error).await),
        }
    }

    fn aliases_are_due(&self, account: AccountId, now: UnixMillis) -> bool {
        let watches = self.watches();
        let last = watches.get(&account).map_or(0, |watch| watch.aliases_at.0);
        // A time that is to come was noted by a clock that was wrong.
        last > now.0 || now.0 - last >= ALIASES_EVERY_SECONDS * 1000
    }

    fn aliases_were_read(&self, account: AccountId, now: UnixMillis) {
        if let Some(watch) = self.watches().get_mut(&account) {
            watch.aliases_at = now;
        }
    }

    fn failures(&self, account: AccountId) -> u32 {
        let watches = self.watches();
        watches.get(&account).map_or(0, |watch| watch.failures)
    }

    fn is_due(&self, account: AccountId, now: UnixMillis) -> bool {
        let watches = self.watches();
        let far = now.plus_seconds(24 * 60 * 60 + EVERY_SECONDS);
        watches.get(&account).is_none_or(|watch| {
            // Further away than any plan: the clock was set back.
            !watch.looking && (watch.next <= now || watch.next > far)
        })
    }

    fn watches(&self) -> MutexGuard<'_, HashMap<AccountId, Watch>> {
        self.watches.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An account is being looked into as long as this lives.
struct Looking<'a>(&'a Mailboxes, AccountId);

impl Drop for Looking<'_> {
    fn drop(&mut self) {
        if let Some(watch) = self.0.watches().get_mut(&self.1) {
            watch.looking = false;
        }
    }
}

/// The accounts whose mail may be read.
async fn readable(app: &App) -> Result<Vec<Account>> {
    let mut accounts = app.store()?.list_accounts().await?;
    accounts.retain(|account| {
        account.kind == AccountKind::Gmail && account.abilities.read && !account.needs_sign_in
    });
    Ok(accounts)
}

async fn read(app: &App, account: &Account, now: UnixMillis) -> ReadResult<Vec<HistoryEntry>> {
    let gmail = app.accounts.gmail(app, account).await?;
    let aliases = account.aliases.iter().map(|alias| alias.address.clone());
    let own: Vec<String> = aliases.chain([account.email.clone()]).collect();
    let new_id = || HistoryId(clock::new_id());
    let news = look(&gmail, app.store()?, account.id, &own, now, &new_id).await?;
    if app.mailboxes.aliases_are_due(account.id, now) {
        let aliases = gmail.aliases().await?;
        if app.store()?.set_aliases(account.id, aliases).await? {
            events::accounts_changed(&app.handle);
        }
        app.mailboxes.aliases_were_read(account.id, now);
    }
    Ok(news)
}

/// What follows where an account can't be looked into.
async fn give_up(app: &App, account: &Account, error: ReadError) -> Error {
    let (error, noted) = match error {
        ReadError::Later { error, .. } => {
            tracing::info!(account = %account.id, code = ?error.code, "the mailbox could not be read");
            return error;
        }
        ReadError::CursorLost => return app_error(),
        ReadError::NeedsSignIn(error) => {
            let reason = Some(error.message.clone());
            let noted = match app.store() {
                Ok(store) => store.set_needs_sign_in(account.id, reason).await,
                Err(error) => Err(error),
            };
            (error, noted)
        }
        ReadError::NotAllowed(error) => {
            let noted = match app.store() {
                Ok(store) => store.forget_reading(account.id).await,
                Err(error) => Err(error),
            };
            (error, noted)
        }
    };
    tracing::warn!(account = %account.id, code = ?error.code, "the mailbox may not be read");
    if let Err(error) = noted {
        tracing::error!(code = ?error.code, "that was not noted");
    }
    events::accounts_changed(&app.handle);
    error
}

fn app_error() -> Error {
    Error::new(
        Code::InternalError,
        "The place in the mailbox was lost. It is looked for again.",
    )
}

/// Tells the pages of everything, and the desktop of what is new.
async fn tell(app: &App, account: &Account, news: Vec<HistoryEntry>) {
    let Ok(store) = app.store() else { return };
    let fresh = clock::now().plus_seconds(-FRESH_SECONDS);
    let mut notices = Vec::new();
    for entry in news {
        tracing::info!(account = %account.id, kind = ?entry.kind, "something came back");
        if entry.at > fresh {
            notices.extend(notice(&entry));
        }
        let Some(id) = entry.email_id else { continue };
        if let Ok(email) = store.get_email(id).await {
            events::mail_arrived(&app.handle, entry, email);
        }
    }
    if notices.len() > MOST_NOTICES {
        let all = (
            format!("{} answers came", notices.len()),
            "They are in Draftwell under “Sent”.".to_owned(),
        );
        notices = vec![all];
    }
    for (title, body) in notices {
        let shown = app.handle.notification().builder();
        if let Err(error) = shown.title(title).body(plain(&body)).show() {
            tracing::info!(%error, "the desktop shows no notifications");
        }
    }
}

/// What the desktop says of it: nothing of what programs write by themselves.
fn notice(entry: &HistoryEntry) -> Option<(String, String)> {
    let subject = match entry.subject.trim() {
        "" => "No subject".to_owned(),
        subject => subject.to_owned(),
    };
    match entry.kind? {
        IncomingKind::Reply => {
            let sender = entry.sender.as_ref();
            let who = sender.map_or("Somebody", |sender| {
                sender.name.as_deref().unwrap_or(&sender.address)
            });
            Some((format!("{who} answered"), subject))
        }
        IncomingKind::Bounce => {
            let first = entry.recipients.first();
            let whom = first.map_or("somebody", |mailbox| mailbox.address.as_str());
            Some((
                "A mail could not be delivered".to_owned(),
                format!("It did not reach {whom}."),
            ))
        }
        IncomingKind::Automatic | IncomingKind::Receipt => None,
    }
}

/// Desktops read a notification's text as markup (Desktop Notifications Specification, "Markup").
fn plain(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Looks into the mailboxes, as long as the program runs.
pub async fn work(handle: AppHandle) {
    loop {
        let app = handle.state::<App>();
        // Without a database there are no accounts either.
        let accounts = readable(&app).await.unwrap_or_default();
        let now = clock::now();
        for account in accounts {
            if app.mailboxes.is_due(account.id, now) {
                let handle = handle.clone();
                tauri::async_runtime::spawn(async move {
                    let app = handle.state::<App>();
                    // What went wrong is in the log, and on the account where it must be.
                    let _ = app.mailboxes.look_into(&app, &account).await;
                    app.mailboxes.bell.notify_one();
                });
            }
        }
        let nap = app.mailboxes.nap(clock::now());
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            () = app.mailboxes.bell.notified() => {}
        }
    }
}

impl Mailboxes {
    /// Until the next account is due.
    fn nap(&self, now: UnixMillis) -> Duration {
        let watches = self.watches();
        let next = watches
            .values()
            .filter(|watch| !watch.looking && watch.next > now)
            .map(|watch| watch.next.0 - now.0)
            .min();
        let nap = next.map_or(LONGEST_NAP, |millis| {
            Duration::from_millis(millis.unsigned_abs())
        });
        nap.min(LONGEST_NAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_no_markup() {
        assert_eq!(
            plain("<img src=x> & <b>"),
            "&lt;img src=x&gt; &amp; &lt;b&gt;"
        );
    }
}
