//! The outbox's worker: leases what is due, one message at a time, and sends it.
//!
//! What may happen to a message is decided in `draftwell_core::outbox`; every step is on the
//! disk before the next one acts on the world.

use std::time::Duration;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::Account,
    draft::{Draft, DraftStatus},
    id::{EmailId, VersionId},
    outbox::{self, Email, QueueSend, SendQuestion, transmit},
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};
use draftwell_store::NewEmail;
use tauri::{AppHandle, Manager};
use tokio::sync::Notify;

use crate::{app::App, clock, events, freeze};

/// The worker looks again after this long, whatever the plan says: the clock may have jumped,
/// or the machine slept.
const LONGEST_NAP: Duration = Duration::from_secs(30);

/// The worker's bell.
#[derive(Default)]
pub struct Outbox {
    bell: Notify,
}

impl Outbox {
    /// Something may be due: a message was queued, or an account signed in again.
    pub fn wake(&self) {
        self.bell.notify_one();
    }

    /// What should be asked before a draft is sent.
    pub async fn check(&self, app: &App, args: QueueSend) -> Result<Vec<SendQuestion>> {
        let draft = read(app, &args).await?;
        // The size only matters with images, and they need no account to be weighed.
        let size = match sender_of(app, &draft).await {
            Ok(account) => frozen_size(app, &draft, &account).await,
            Err(_) => 0,
        };
        Ok(outbox::check_send(&draft, size))
    }

    /// Freezes a draft and puts it into the outbox.
    pub async fn queue(&self, app: &App, args: QueueSend) -> Result<Email> {
        let store = app.store()?;
        let draft = read(app, &args).await?;
        walls(&draft)?;
        let account = sender_of(app, &draft).await?;
        let now = clock::now();
        if args.at.is_some_and(|at| at <= now) {
            return Err(Error::invalid("at", "This time has passed already."));
        }
        let frozen = freeze::freeze_draft(store, &draft, &account, clock::random(), now).await?;
        let undo = now.plus_seconds(store.preferences().await?.undo_seconds.into());
        let email = store
            .queue_email(NewEmail {
                id: EmailId(clock::new_id()),
                version_id: VersionId(clock::new_id()),
                draft_id: draft.id,
                revision: draft.revision,
                account_id: account.id,
                message_id: frozen.message_id,
                bytes: frozen.bytes,
                queued_at: now,
                not_before: args.at.unwrap_or(undo),
                scheduled: args.at.is_some(),
            })
            .await?;
        self.wake();
        tell(app, &email).await;
        Ok(email)
    }

    /// Takes a message back that has not begun to leave.
    pub async fn undo(&self, app: &App, id: EmailId) -> Result<Draft> {
        let store = app.store()?;
        let draft = store.undo_send(id, clock::now()).await?;
        tell(app, &store.get_email(id).await?).await;
        Ok(draft)
    }

    /// Lets a waiting message leave now.
    pub async fn send_now(&self, app: &App, id: EmailId) -> Result<Email> {
        let email = app.store()?.send_now(id, clock::now()).await?;
        self.moved(app, email).await
    }

    /// Gives a waiting message another time.
    pub async fn reschedule(&self, app: &App, id: EmailId, at: UnixMillis) -> Result<Email> {
        let email = app.store()?.reschedule(id, at, clock::now()).await?;
        self.moved(app, email).await
    }

    async fn moved(&self, app: &App, email: Email) -> Result<Email> {
        self.wake();
        tell(app, &email).await;
        Ok(email)
    }

    /// Settles a message whose outcome was unknown.
    pub async fn resolve_unknown(&self, app: &App, id: EmailId, arrived: bool) -> Result<Email> {
        let store = app.store()?;
        let email = store.resolve_unknown(id, arrived, clock::now()).await?;
        tell(app, &email).await;
        Ok(email)
    }
}

/// The draft a command names, if it still is what the page saw.
async fn read(app: &App, args: &QueueSend) -> Result<Draft> {
    let draft = app.store()?.get_draft(args.draft_id).await?;
    if args
        .revision
        .is_some_and(|revision| revision != draft.revision)
    {
        return Err(Error::new(
            Code::Conflict,
            "The draft was changed in another window. Look at it once more, then send it.",
        ));
    }
    Ok(draft)
}

/// What no answer of the user gets a mail past.
fn walls(draft: &Draft) -> Result<()> {
    if matches!(draft.status, DraftStatus::Queued | DraftStatus::Sent) {
        return Err(Error::new(
            Code::Forbidden,
            "This mail was already sent or is on its way.",
        ));
    }
    match outbox::check_send(draft, 0)
        .into_iter()
        .find(|check| check.blocking)
    {
        Some(wall) => Err(Error::invalid(field_of(&wall), wall.message)),
        None => Ok(()),
    }
}

/// The account a draft leaves through.
async fn sender_of(app: &App, draft: &Draft) -> Result<Account> {
    let accounts = app.store()?.list_accounts().await?;
    let account = match draft.account_id {
        Some(id) => accounts.into_iter().find(|account| account.id == id),
        None => accounts.into_iter().find(|account| account.is_default),
    };
    let Some(account) = account else {
        return Err(if draft.account_id.is_some() {
            Error::new(
                Code::AccountNotConnected,
                "The account of this draft is not connected any more. Choose another one.",
            )
        } else {
            Error::new(
                Code::GmailNotConnected,
                "Connect Gmail first, then send again.",
            )
        });
    };
    if account.needs_sign_in {
        let reason = account.needs_sign_in_reason.clone().unwrap_or_default();
        return Err(Error::new(
            Code::GmailTokenExpired,
            format!("Sign in to {} again, then send. {reason}", account.email),
        ));
    }
    if !account.abilities.send {
        return Err(Error::new(
            Code::AccountNotConnected,
            format!(
                "{} did not allow Draftwell to send. Connect it again and allow it.",
                account.email
            ),
        ));
    }
    Ok(account)
}

async fn frozen_size(app: &App, draft: &Draft, account: &Account) -> usize {
    let Ok(store) = app.store() else { return 0 };
    freeze::freeze_draft(store, draft, account, [0; 16], clock::now())
        .await
        .map_or(0, |frozen| frozen.bytes.len())
}

fn field_of(wall: &SendQuestion) -> &'static str {
    use draftwell_core::outbox::SendCheck;
    match wall.kind {
        SendCheck::NoRecipient | SendCheck::InvalidRecipient => "to",
        SendCheck::NoSubject => "subject",
        _ => "body",
    }
}

/// Sends what is due, for as long as the program runs.
pub async fn work(handle: AppHandle) {
    let app = handle.state::<App>();
    let Ok(store) = app.store() else { return };
    // Nobody else works on this data folder: what a former run had leased is free again.
    if let Err(error) = store.release_leases().await {
        tracing::error!(%error, "the outbox could not be looked at");
    }
    let owner = clock::new_id().to_string();
    loop {
        let next = match send_next(&app, &owner).await {
            Ok(true) => continue,
            Ok(false) => store.next_due().await.ok().flatten(),
            Err(error) => {
                tracing::error!(code = ?error.code, "the outbox's worker was stopped short");
                None
            }
        };
        let nap = next.map_or(LONGEST_NAP, |due| until(due).min(LONGEST_NAP));
        tokio::select! {
            () = tokio::time::sleep(nap) => {}
            () = app.outbox.bell.notified() => {}
        }
    }
}

fn until(due: UnixMillis) -> Duration {
    Duration::from_millis(u64::try_from(due.0 - clock::now().0).unwrap_or(0).max(20))
}

/// Sends one message that is due; false if there was none.
async fn send_next(app: &App, owner: &str) -> Result<bool> {
    let store = app.store()?;
    let waiting = store.list_outbox().await?;
    let leased = store
        .lease_next(owner, clock::now(), clock::random_u32())
        .await?;
    // Looking for the next one may have settled or postponed others.
    for before in waiting {
        let after = store.get_email(before.id).await?;
        if after != before {
            tell(app, &after).await;
        }
    }
    let Some(leased) = leased else {
        return Ok(false);
    };
    let id = leased.lease.email;
    let email = store.get_email(id).await?;
    // Without a sender the mail still has to be settled: it waits, and its owner is told why.
    let sender: Box<dyn MailSender> = match app.accounts.sender(app, email.account_id).await {
        Ok(sender) => sender,
        Err(error) => Box::new(NoSender(error)),
    };
    let outcome = transmit(
        leased,
        sender.as_ref(),
        store,
        &clock::now,
        &clock::random_u32,
    )
    .await;
    if let Err(error) = &outcome {
        tracing::error!(%id, code = ?error.code, "a step of sending could not be written down");
    }
    tell(app, &store.get_email(id).await?).await;
    if matches!(&outcome, Ok(state) if state.needs_sign_in) {
        events::accounts_changed(&app.handle);
    }
    outcome.map(|_| true)
}

/// Stands in for an account that can't be asked now: its sign-in was not kept, or the vault is
/// locked. Nothing was done at the provider, which is what it says.
struct NoSender(Error);

impl NoSender {
    fn refuse<T: Send>(&self) -> BoxFuture<'_, StepResult<T>> {
        let outcome = match self.0.code {
            Code::GmailTokenExpired => SendOutcome::NeedsSignIn,
            _ => SendOutcome::NotActed,
        };
        let error = self.0.clone();
        Box::pin(async move {
            Err(StepError {
                outcome,
                retry_after_seconds: None,
                error,
            })
        })
    }
}

impl MailSender for NoSender {
    fn create_draft<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<String>> {
        self.refuse()
    }

    fn send_draft<'a>(&'a self, _: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        self.refuse()
    }

    fn look<'a>(&'a self, _: &'a str, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<Found>> {
        self.refuse()
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        self.refuse()
    }
}

/// Tells the pages about a message and its draft.
async fn tell(app: &App, email: &Email) {
    events::outbox_changed(&app.handle, email);
    if let Ok(store) = app.store()
        && let Ok(draft) = store.get_draft(email.draft_id).await
    {
        events::draft_changed_by_program(&app.handle, draft.id, draft.revision);
    }
}
