//! Faults that a programmer might make, planted around the real parts: each must be found by the
//! storm. The program itself has no place for them.

use std::sync::{Arc, Mutex, PoisonError};

use draftwell_core::{
    Code, Error, Result, UnixMillis, fingerprint,
    id::{AccountId, EmailId},
    message::redate,
    outbox::{Lease, OutboxJournal, OutboxStore, State, TakenUp},
    ports::{BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepResult},
};
use draftwell_store::Store;
use rusqlite::params;

use crate::{process::Turns, servers::Line};

/// A planted bug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bug {
    /// A lost answer counts as "nothing happened", and is tried again.
    RetriesAfterTimeouts,
    /// A worker takes up what another one has, and writes without looking whose it is.
    SkipsTheLease,
    /// A step is written down when it is done, not before.
    WritesAfterTheCall,
    /// A draft is taken to have left without looking.
    SkipsTheLook,
    /// A mail that is under way can be taken back.
    UndoesTooLate,
    /// Every try has a Date of its own.
    DatesEveryTry,
    /// A provider's limit stops all accounts.
    StopsEveryAccount,
    /// A refused mail is dropped without a word.
    DropsWhatIsRefused,
    /// How late a mail is is counted from its last try.
    ForgetsWhenItWasDue,
    /// An outcome that can't be written down is dropped.
    DropsWhatItCantWrite,
    /// While one account's server is waited for, no other account's mail is taken up.
    KeepsOthersWaiting,
}

impl Bug {
    pub const ALL: [Self; 11] = [
        Self::RetriesAfterTimeouts,
        Self::SkipsTheLease,
        Self::WritesAfterTheCall,
        Self::SkipsTheLook,
        Self::UndoesTooLate,
        Self::DatesEveryTry,
        Self::StopsEveryAccount,
        Self::DropsWhatIsRefused,
        Self::ForgetsWhenItWasDue,
        Self::DropsWhatItCantWrite,
        Self::KeepsOthersWaiting,
    ];
}

/// A step that is still to be written down.
type Late = Arc<Mutex<Option<(Lease, State)>>>;

/// The real store, with a bug around it or none.
pub struct BuggyStore {
    bug: Option<Bug>,
    store: Store,
    late: Late,
}

impl BuggyStore {
    pub fn new(bug: Option<Bug>, store: Store) -> Self {
        Self {
            bug,
            store,
            late: Late::default(),
        }
    }

    pub async fn record_step(&self, lease: &Lease, state: &State) -> Result<()> {
        match self.bug {
            Some(Bug::WritesAfterTheCall) => {
                *self.late.lock().unwrap_or_else(PoisonError::into_inner) =
                    Some((lease.clone(), state.clone()));
                Ok(())
            }
            Some(Bug::SkipsTheLease) => {
                self.seize(lease, state).await?;
                self.store.record_step(lease, state).await
            }
            _ => self.store.record_step(lease, state).await,
        }
    }

    pub async fn settle(&self, lease: &Lease, state: &State, at: UnixMillis) -> Result<()> {
        match self.bug {
            Some(Bug::SkipsTheLease) => self.seize(lease, state).await?,
            Some(Bug::StopsEveryAccount) if state.pauses_account => {
                let until = state.not_before.0;
                self.sql("UPDATE accounts SET paused_until = ?1", until, None)
                    .await?;
            }
            Some(Bug::DropsWhatIsRefused)
                if state.status == draftwell_core::outbox::EmailStatus::Failed =>
            {
                let sql = "UPDATE emails SET held = ?1 + 1 WHERE id = ?2";
                return self.sql(sql, 0, Some(lease.email)).await;
            }
            Some(Bug::ForgetsWhenItWasDue) => {
                self.store.settle(lease, state, at).await?;
                let sql = "UPDATE emails SET due_at = not_before + ?1 WHERE id = ?2";
                return self.sql(sql, 0, Some(lease.email)).await;
            }
            _ => {}
        }
        self.store.settle(lease, state, at).await
    }

    /// What a worker is told that can't write down an outcome.
    pub fn not_settled(&self, full: Error) -> Error {
        match self.bug {
            Some(Bug::DropsWhatItCantWrite) => Error::new(Code::Conflict, "Forget it."),
            _ => full,
        }
    }

    pub async fn next_due(&self, busy: &[AccountId]) -> Result<Option<UnixMillis>> {
        if self.bug == Some(Bug::KeepsOthersWaiting) && !busy.is_empty() {
            return Ok(None);
        }
        self.store.next_due(busy).await
    }

    pub async fn take_up(
        &self,
        owner: &str,
        busy: &[AccountId],
        now: UnixMillis,
        random: u32,
    ) -> Result<TakenUp> {
        if self.bug == Some(Bug::KeepsOthersWaiting) && !busy.is_empty() {
            return Ok(TakenUp::default());
        }
        if self.bug == Some(Bug::SkipsTheLease) {
            self.store.release_leases().await?;
        }
        let mut taken = self.store.take_up(owner, busy, now, random).await?;
        if let (Some(Bug::DatesEveryTry), Some(leased)) = (self.bug, &mut taken.leased) {
            let mut bytes = leased.message.bytes.to_vec();
            if redate(&mut bytes, now).is_ok() {
                leased.body_hash = fingerprint(&bytes);
                leased.message.bytes = bytes.into();
            }
        }
        Ok(taken)
    }

    /// Makes the lease this worker's, whosever it is.
    async fn seize(&self, lease: &Lease, state: &State) -> Result<()> {
        let (lease, attempts) = (lease.clone(), state.attempts);
        self.store
            .write(move |tx| {
                tx.execute(
                    "UPDATE emails SET lease_owner = ?2, attempts = ?3
                     WHERE id = ?1 AND status = 'transmitting'",
                    params![lease.email.to_string(), lease.owner, attempts],
                )
                .expect("the bug's own SQL");
                Ok(())
            })
            .await
    }

    async fn sql(&self, sql: &'static str, number: i64, id: Option<EmailId>) -> Result<()> {
        self.store
            .write(move |tx| {
                let done = match id {
                    Some(id) => tx.execute(sql, params![number, id.to_string()]),
                    None => tx.execute(sql, [number]),
                };
                done.map(drop).expect("the bug's own SQL");
                Ok(())
            })
            .await
    }
}

/// Before the user takes a mail back.
pub async fn before_undo(bug: Option<Bug>, store: &Store, id: EmailId) {
    if bug != Some(Bug::UndoesTooLate) {
        return;
    }
    let done = store.write(move |tx| {
        tx.execute(
            "UPDATE emails SET status = 'queued', lease_owner = NULL, lease_until = NULL
             WHERE id = ?1 AND status = 'transmitting'",
            [id.to_string()],
        )
        .expect("the bug's own SQL");
        Ok(())
    });
    done.await.expect("the store is open");
}

/// A line to a model server, with a bug around it or none.
pub struct BuggySender {
    line: Line,
    turns: Arc<Turns>,
    bug: Option<Bug>,
    store: Store,
    late: Late,
}

impl BuggySender {
    pub fn new(line: Line, turns: Arc<Turns>, around: &BuggyStore) -> Self {
        Self {
            line,
            turns,
            bug: around.bug,
            store: around.store.clone(),
            late: Arc::clone(&around.late),
        }
    }

    async fn done<T>(&self, answer: StepResult<T>) -> StepResult<T> {
        let late = self
            .late
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some((lease, state)) = late {
            // Whether it could be written shows at the next step.
            let writing = self.store.record_step(&lease, &state);
            let _ = self.turns.ask(writing).await;
        }
        answer.map_err(|mut error| {
            if self.bug == Some(Bug::RetriesAfterTimeouts) && error.outcome == SendOutcome::Unclear
            {
                error.outcome = SendOutcome::NotActed;
            }
            error
        })
    }
}

impl MailSender for BuggySender {
    fn create_draft<'a>(
        &'a self,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<String>> {
        Box::pin(async { self.done(self.line.create_draft(message).await).await })
    }

    fn send_draft<'a>(&'a self, draft: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async { self.done(self.line.send_draft(draft).await).await })
    }

    fn look<'a>(
        &'a self,
        draft: &'a str,
        message: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        Box::pin(async {
            if self.bug == Some(Bug::SkipsTheLook) {
                return Ok(Found::Gone);
            }
            self.done(self.line.look(draft, message).await).await
        })
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        Box::pin(async { self.done(self.line.send(message).await).await })
    }
}
