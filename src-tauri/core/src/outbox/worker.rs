//! The worker: takes up what is due for as long as the program runs, one message at a time of each
//! account, so that a provider that keeps one waiting keeps no other's waiting.
//!
//! It knows no window, database or clock: it is handed an [`OutboxStore`] and its
//! [`Surroundings`], so that tests can kill it at any await, and play time and providers.

use std::{
    convert::Infallible,
    future::poll_fn,
    pin::pin,
    task::{Context, Poll},
    time::Duration,
};

use crate::{
    UnixMillis,
    error::{Code, Error, Result},
    id::{AccountId, EmailId},
    outbox::{Leased, OutboxJournal, Pace, transmit},
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};

/// The worker looks again after this long, whatever the plan says: the clock may have jumped,
/// or the machine slept.
pub const LONGEST_NAP: Duration = Duration::from_secs(30);

/// At most so many accounts send at the same time.
pub const MOST_AT_ONCE: usize = 8;

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

    /// Takes up the next message that is due and not of one of the `busy` accounts, for a worker
    /// named `owner`; see [`crate::outbox`]. Of each account the one first due comes first.
    fn take_up<'a>(
        &'a self,
        owner: &'a str,
        busy: &'a [AccountId],
        now: UnixMillis,
        random: u32,
    ) -> BoxFuture<'a, Result<TakenUp>>;

    /// When the next message may be taken up that is not of one of the `busy` accounts; in the
    /// past if one is due.
    fn next_due<'a>(&'a self, busy: &'a [AccountId]) -> BoxFuture<'a, Result<Option<UnixMillis>>>;
}

/// The world around the worker.
pub trait Surroundings: Pace {
    /// A sender for an account.
    ///
    /// Errors: why it can't be asked now: `GMAIL_TOKEN_EXPIRED` if only signing in again helps.
    fn sender(&self, account: AccountId) -> BoxFuture<'_, Result<Box<dyn MailSender>>>;

    /// A message changed; whoever shows it should look again.
    fn changed(&self, email: EmailId) -> BoxFuture<'_, ()>;

    /// An account must be signed in again.
    fn account_signed_out(&self);

    /// Waits this long, or until something may be due earlier.
    fn rest(&self, nap: Duration) -> BoxFuture<'_, ()>;
}

/// Sends what is due, for as long as the program runs. `owner` is a name no other worker and no
/// other run has. It can be dropped at any moment; see [`transmit`].
pub async fn work(store: &dyn OutboxStore, around: &dyn Surroundings, owner: &str) -> Infallible {
    // Nobody else works on this outbox: what a former run had leased is free again. Before that is
    // written down nothing is taken up, or it would be released in the midst of its work.
    while let Err(error) = store.release_leases().await {
        around.stopped_short(&error);
        around.pause(LONGEST_NAP).await;
    }
    let mut crew = Crew::default();
    loop {
        crew.has_finished = false;
        let busy = crew.accounts();
        let due = if busy.len() < MOST_AT_ONCE {
            match crew.beside(take_up(store, around, owner, &busy)).await {
                Ok(Some(leased)) => {
                    let account = leased.account;
                    crew.join(account, Box::pin(send(leased, store, around)));
                    continue;
                }
                Ok(None) => crew.beside(store.next_due(&busy)).await,
                Err(error) => Err(error),
            }
        } else {
            Ok(None)
        };
        let nap = match due {
            Ok(due) => due.map_or(LONGEST_NAP, |due| until(due, around.now())),
            Err(error) => {
                around.stopped_short(&error);
                LONGEST_NAP
            }
        };
        crew.rest(around.rest(nap)).await;
    }
}

fn until(due: UnixMillis, now: UnixMillis) -> Duration {
    let wait = due.0.saturating_sub(now.0).max(SHORTEST_NAP_MILLIS);
    Duration::from_millis(wait.unsigned_abs()).min(LONGEST_NAP)
}

async fn take_up(
    store: &dyn OutboxStore,
    around: &dyn Surroundings,
    owner: &str,
    busy: &[AccountId],
) -> Result<Option<Leased>> {
    let taken = store
        .take_up(owner, busy, around.now(), around.random())
        .await?;
    for email in taken.passed_over {
        around.changed(email).await;
    }
    Ok(taken.leased)
}

/// Sends one message that was taken up.
async fn send(leased: Leased, store: &dyn OutboxStore, around: &dyn Surroundings) {
    let email = leased.lease.email;
    around.changed(email).await;
    // Without a sender the mail still has to be settled: it waits, and its owner is told why.
    let sender: Box<dyn MailSender> = match around.sender(leased.account).await {
        Ok(sender) => sender,
        Err(error) => Box::new(NoSender(error)),
    };
    let outcome = transmit(leased, sender.as_ref(), store, around).await;
    around.changed(email).await;
    match outcome {
        Ok(state) if state.needs_sign_in => around.account_signed_out(),
        Ok(_) => {}
        Err(error) => around.stopped_short(&error),
    }
}

/// The messages that are being sent, at most one of each account.
#[derive(Default)]
struct Crew<'a> {
    at_work: Vec<(AccountId, BoxFuture<'a, ()>)>,
    /// Somebody has finished since it was last looked for what is due.
    has_finished: bool,
}

impl<'a> Crew<'a> {
    fn join(&mut self, account: AccountId, work: BoxFuture<'a, ()>) {
        self.at_work.push((account, work));
    }

    fn accounts(&self) -> Vec<AccountId> {
        self.at_work.iter().map(|(account, _)| *account).collect()
    }

    fn go_on(&mut self, context: &mut Context<'_>) {
        let before = self.at_work.len();
        self.at_work
            .retain_mut(|(_, work)| work.as_mut().poll(context).is_pending());
        self.has_finished |= self.at_work.len() < before;
    }

    /// Does something while everybody goes on.
    async fn beside<T>(&mut self, lead: impl Future<Output = T>) -> T {
        let mut lead = pin!(lead);
        poll_fn(|context| {
            self.go_on(context);
            lead.as_mut().poll(context)
        })
        .await
    }

    /// Waits for `nap`, or until somebody has finished: more of that account may be due.
    async fn rest(&mut self, nap: impl Future<Output = ()>) {
        let mut nap = pin!(nap);
        poll_fn(|context| {
            self.go_on(context);
            match self.has_finished {
                true => Poll::Ready(()),
                false => nap.as_mut().poll(context),
            }
        })
        .await;
    }
}

/// Stands in for an account that can't be asked now: its sign-in was not kept, or the vault is
/// locked. Nothing was done at the provider, which is what it says.
struct NoSender(Error);

impl NoSender {
    fn refuse<T: Send>(&self) -> BoxFuture<'_, StepResult<T>> {
        let outcome = match self.0.code {
            Code::GmailTokenExpired | Code::AccountNotConnected => SendOutcome::NeedsSignIn,
            _ => SendOutcome::Unreachable,
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
