//! The outbox in the running program: what its commands do, and the worker with its clock, its
//! bell and its senders.
//!
//! What may happen to a message is decided in `draftwell_core::outbox`, where the worker's loop
//! is, too; every step is on the disk before the next one acts on the world.

use std::time::Duration;

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    account::{Account, AccountKind},
    draft::{Draft, DraftStatus},
    id::{AccountId, EmailId, VersionId},
    outbox::{self, Email, Field, Pace, QueueSend, SendQuestion, Surroundings, ToSend},
    polish::unconfirmed::Unconfirmed,
    ports::{BoxFuture, MailSender},
};
use draftwell_store::{NewEmail, Store};
use tauri::{AppHandle, Manager};
use tokio::sync::Notify;

use crate::{app::App, clock, events, freeze};

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
        // Without an account there is nothing to be weighed yet, and sending says so.
        let (encoded_bytes, html_bytes) = match sender_of(app, &draft).await {
            Ok(account) => sizes(app, &draft, &account).await,
            Err(_) => (0, 0),
        };
        Ok(outbox::check_send(ToSend {
            draft: &draft,
            encoded_bytes,
            html_bytes,
            unconfirmed: &app.store()?.unconfirmed_facts(draft.id).await?,
        }))
    }

    /// Freezes a draft and puts it into the outbox.
    pub async fn queue(&self, app: &App, args: QueueSend) -> Result<Email> {
        let store = app.store()?;
        let draft = read(app, &args).await?;
        walls(&draft, args.instead_of)?;
        let account = sender_of(app, &draft).await?;
        let now = clock::now();
        if args.at.is_some_and(|at| at <= now) {
            return Err(Error::invalid("at", "This time has passed already."));
        }
        let prepared = freeze::prepare(store, &draft, &account, clock::random(), now).await?;
        let message_id = prepared.message_id.clone();
        let message = prepared.keep(store).await?;
        let undo = now.plus_seconds(store.preferences().await?.undo_seconds.into());
        let new = NewEmail {
            id: EmailId(clock::new_id()),
            version_id: VersionId(clock::new_id()),
            draft_id: draft.id,
            revision: draft.revision,
            account_id: account.id,
            message_id,
            queued_at: now,
            not_before: args.at.unwrap_or(undo),
            scheduled: args.at.is_some(),
        };
        let email = match args.instead_of {
            None => store.queue_email(new, message).await?,
            Some(unknown) => {
                let email = store.queue_email_instead_of(unknown, new, message).await?;
                events::outbox_changed(&app.handle, &store.get_email(unknown).await?);
                email
            }
        };
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

    /// Takes a message that is over out of the lists, or puts it back.
    pub async fn hide(&self, app: &App, id: EmailId, hidden: bool) -> Result<Email> {
        let email = app.store()?.hide_email(id, hidden).await?;
        events::outbox_changed(&app.handle, &email);
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

/// What no answer of the user gets a mail past. Of a draft whose mail has an unknown outcome the
/// store says whether that mail may be replaced.
fn walls(draft: &Draft, instead_of: Option<EmailId>) -> Result<()> {
    if instead_of.is_none() && matches!(draft.status, DraftStatus::Queued | DraftStatus::Sent) {
        return Err(Error::new(
            Code::Forbidden,
            "This mail was already sent or is on its way.",
        ));
    }
    let unweighed = ToSend {
        draft,
        encoded_bytes: 0,
        html_bytes: 0,
        unconfirmed: Unconfirmed::NONE,
    };
    match outbox::check_send(unweighed)
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
                "Connect an account first, then send again.",
            )
        });
    };
    if account.needs_sign_in {
        let reason = account.needs_sign_in_reason.clone().unwrap_or_default();
        return Err(if account.kind == AccountKind::Smtp {
            Error::new(
                Code::AccountNotConnected,
                format!("{} can't be used as it is. {reason}", account.email),
            )
        } else {
            Error::new(
                Code::GmailTokenExpired,
                format!("Sign in to {} again, then send. {reason}", account.email),
            )
        });
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

/// How large a draft's mail would be: whole, and its HTML; 0 where it can't be put together.
async fn sizes(app: &App, draft: &Draft, account: &Account) -> (usize, usize) {
    let Ok(store) = app.store() else {
        return (0, 0);
    };
    freeze::prepare(store, draft, account, [0; 16], clock::now())
        .await
        .map_or((0, 0), |prepared| {
            let bytes = usize::try_from(prepared.bytes).unwrap_or(usize::MAX);
            (bytes, prepared.html_bytes)
        })
}

fn field_of(wall: &SendQuestion) -> &'static str {
    match wall.place.field {
        Field::To => "to",
        Field::Cc => "cc",
        Field::Bcc => "bcc",
        Field::Subject => "subject",
        Field::Body => "body",
        Field::Attachments => "attachments",
    }
}

/// Sends what is due, for as long as the program runs.
pub async fn work(handle: AppHandle) {
    let app = handle.state::<App>();
    let Ok(store) = app.store() else { return };
    let owner = clock::new_id().to_string();
    outbox::work(store, &Desk { app: &app, store }, &owner).await;
}

/// What is around the worker while the program runs.
struct Desk<'a> {
    app: &'a App,
    store: &'a Store,
}

impl Pace for Desk<'_> {
    fn now(&self) -> UnixMillis {
        clock::now()
    }

    fn random(&self) -> u32 {
        clock::random_u32()
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn stopped_short(&self, error: &Error) {
        tracing::error!(code = ?error.code, %error, "the outbox's worker was stopped short");
    }
}

impl Surroundings for Desk<'_> {
    fn sender(&self, account: AccountId) -> BoxFuture<'_, Result<Box<dyn MailSender>>> {
        Box::pin(self.app.accounts.sender(self.app, account))
    }

    fn changed(&self, email: EmailId) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            if let Ok(email) = self.store.get_email(email).await {
                tell(self.app, &email).await;
            }
        })
    }

    fn account_signed_out(&self) {
        events::accounts_changed(&self.app.handle);
    }

    fn rest(&self, nap: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            tokio::select! {
                () = tokio::time::sleep(nap) => {}
                () = self.app.outbox.bell.notified() => {}
            }
        })
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
