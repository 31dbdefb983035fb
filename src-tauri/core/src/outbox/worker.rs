//! The worker: takes up what is due, one message at a time, for as long as the program runs.
//!
//! It knows no window, database or clock: it is handed an [`OutboxStore`] and its
//! [`Surroundings`], so that tests can kill it at any await, and play time and providers.

use std::{convert::Infallible, time::Duration};

use crate::{
    UnixMillis,
    error::{Code, Error, Result},
    id::{AccountId, EmailId},
    outbox::{Leased, OutboxJournal, transmit},
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};

/// The worker looks again after this long, whatever the plan says: the clock may have jumped,
/// or the machine slept.
pub const LONGEST_NAP: Duration = Duration::from_secs(30);

/// Nor does it look more often than this.
const SHORTEST_NAP_MILLIS: i64 = 20;

/// What came of looking for the next message.
#[derive(Debug, Default)]
pub struct TakenUp {
    /// The message the worker has now; none is due otherwise.
    pub leased: Option<Leased>,
    /// Messages that were due but can't be sent, and so were postponed, held or settled.
    pub passed_over: Vec<EmailId>,
}

/// The outbox as its worker sees it. When one of these answers, it is on the disk.
pub trait OutboxStore: OutboxJournal {
    /// After a start: what a former run had taken up can be taken up again at once. To be called
    /// only by the one process that may work on this outbox. Answers how many messages that were.
    fn release_leases(&self) -> BoxFuture<'_, Result<u32>>;

    /// Takes up the next message that is due, for a worker named `owner`; see [`crate::outbox`].
    fn take_up<'a>(
        &'a self,
        owner: &'a str,
        now: UnixMillis,
        random: u32,
    ) -> BoxFuture<'a, Result<TakenUp>>;

    /// When the next message may be taken up; in the past if one is due.
    fn next_due(&self) -> BoxFuture<'_, Result<Option<UnixMillis>>>;
}

/// The world around the worker.
pub trait Surroundings: Send + Sync {
    /// The time now.
    fn now(&self) -> UnixMillis;

    /// A random number, for spreading retries.
    fn random(&self) -> u32;

    /// A sender for an account.
    ///
    /// Errors: why it can't be asked now: `GMAIL_TOKEN_EXPIRED` if only signing in again helps.
    fn sender(&self, account: AccountId) -> BoxFuture<'_, Result<Box<dyn MailSender>>>;

    /// A message changed; whoever shows it should look again.
    fn changed(&self, email: EmailId) -> BoxFuture<'_, ()>;

    /// An account must be signed in again.
    fn account_signed_out(&self);

    /// Something could not be read or written down. The worker goes on.
    fn stopped_short(&self, error: &Error);

    /// Waits this long, or until something may be due earlier.
    fn rest(&self, nap: Duration) -> BoxFuture<'_, ()>;
}

/// Sends what is due, for as long as the program runs. `owner` is a name no other worker and no
/// other run has. It can be dropped at any moment; see [`transmit`].
pub async fn work(store: &dyn OutboxStore, around: &dyn Surroundings, owner: &str) -> Infallible {
    // Nobody else works on this outbox: what a former run had leased is free again.
    if let Err(error) = store.release_leases().await {
        around.stopped_short(&error);
    }
    loop {
        let due = match send_next(store, around, owner).await {
            Ok(true) => continue,
            Ok(false) => store.next_due().await,
            Err(error) => Err(error),
        };
        let nap = match due {
            Ok(due) => due.map_or(LONGEST_NAP, |due| until(due, around.now())),
            Err(error) => {
                around.stopped_short(&error);
                LONGEST_NAP
            }
        };
        around.rest(nap).await;
    }
}

fn until(due: UnixMillis, now: UnixMillis) -> Duration {
    let wait = due.0.saturating_sub(now.0).max(SHORTEST_NAP_MILLIS);
    Duration::from_millis(wait.unsigned_abs()).min(LONGEST_NAP)
}

/// Sends one message that is due; false if there was none.
async fn send_next(
    store: &dyn OutboxStore,
    around: &dyn Surroundings,
    owner: &str,
) -> Result<bool> {
    let taken = store.take_up(owner, around.now(), around.random()).await?;
    for email in taken.passed_over {
        around.changed(email).await;
    }
    let Some(leased) = taken.leased else {
        return Ok(false);
    };
    let email = leased.lease.email;
    around.changed(email).await;
    // Without a sender the mail still has to be settled: it waits, and its owner is told why.
    let sender: Box<dyn MailSender> = match around.sender(leased.account).await {
        Ok(sender) => sender,
        Err(error) => Box::new(NoSender(error)),
    };
    let now = || around.now();
    let random = || around.random();
    let outcome = transmit(leased, sender.as_ref(), store, &now, &random).await;
    around.changed(email).await;
    if matches!(&outcome, Ok(state) if state.needs_sign_in) {
        around.account_signed_out();
    }
    outcome.map(|_| true)
}

/// Stands in for an account that can't be asked now: its sign-in was not kept, or the vault is
/// locked. Nothing was done at the provider, which is what it says.
struct NoSender(Error);

impl NoSender {
    fn refuse<T: Send>(&self) -> BoxFuture<'_, StepResult<T>> {
        let outcome = match self.0.code {
            Code::GmailTokenExpired | Code::AccountNotConnected => SendOutcome::NeedsSignIn,
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
