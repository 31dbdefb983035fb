//! Carrying a message's steps out, each written down before it is taken.

use std::time::Duration;

use crate::{
    UnixMillis,
    error::{Code, Error, Result},
    id::{AccountId, EmailId},
    outbox::{Action, EmailStatus, Event, Method, State, Transition, next},
    ports::{BoxFuture, MailSender, OutgoingMessage},
};

/// A worker's right to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The message.
    pub email: EmailId,
    /// Whose right it is: a name no other worker and no other run of the program has.
    pub owner: String,
}

/// A message a worker has taken up (see [`Event::Lease`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Leased {
    /// The right to it.
    pub lease: Lease,
    /// The account it leaves through.
    pub account: AccountId,
    /// Its state: `transmitting`.
    pub state: State,
    /// The frozen bytes, as they were stored.
    pub message: OutgoingMessage,
    /// [`crate::fingerprint`] of the bytes when they were frozen.
    pub body_hash: String,
    /// How its account sends.
    pub method: Method,
}

/// Where the steps are written down. When one of these answers, it is on the disk.
///
/// Both fail with `CONFLICT`, and change nothing, if the lease is no longer its owner's: the
/// worker then stops at once, before it does anything at the provider.
pub trait OutboxJournal: Send + Sync {
    /// Notes the step about to be taken or just taken: `step`, `provider_draft_id`. The lease
    /// goes on.
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>>;

    /// Ends the lease and writes the whole state, in one transaction with what belongs to it:
    /// - `sent`: times, history, the draft closed, usage counts;
    /// - `failed`: the draft open again, with the error;
    /// - `queued`: to be taken up again at `not_before`;
    /// - `transmitting`: the outcome of a send is to be looked up at `not_before`; it stays as
    ///   it is for the user and must then be leased again;
    /// - `unknown`: waits for the user;
    /// - with `pauses_account`: none of the account's messages is leased before `not_before`;
    /// - with `needs_sign_in`: the account is marked with the error's message, and none of its
    ///   messages is leased until it was signed in again.
    fn settle<'a>(
        &'a self,
        lease: &'a Lease,
        state: &'a State,
        at: UnixMillis,
    ) -> BoxFuture<'a, Result<()>>;
}

/// Time and chance, which come in from outside.
pub trait Pace: Send + Sync {
    /// The time now.
    fn now(&self) -> UnixMillis;

    /// A random number, for spreading retries.
    fn random(&self) -> u32;

    /// Waits this long.
    fn pause(&self, time: Duration) -> BoxFuture<'_, ()>;

    /// Something could not be read or written down. The work goes on.
    fn stopped_short(&self, error: &Error);
}

/// An outcome that can't be written down is tried to be again after this long, then twice as long
/// each time, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Takes a leased message as far as it goes now and answers the state it was settled in.
///
/// An outcome that can't be written down, as on a full disk, is held until it can be, for as long
/// as that takes; a step that can't be is not taken. It can be dropped, or the program killed, at
/// any moment: the journal then says what may have been done, and once the lease ran out the
/// message is taken up from there.
///
/// Errors: `CONFLICT` where the lease was lost. The message is then where the journal last had it.
pub async fn transmit(
    leased: Leased,
    sender: &dyn MailSender,
    journal: &dyn OutboxJournal,
    pace: &dyn Pace,
) -> Result<State> {
    let Leased {
        lease,
        mut state,
        message,
        body_hash,
        method,
        ..
    } = leased;
    let mut event = Event::Start(method);
    loop {
        let Transition {
            state: mut after,
            action,
        } = next(&state, event, pace.now(), pace.random())?;
        let draft = after.provider_draft_id.clone().unwrap_or_default();
        let writes_bytes = matches!(action, Action::CreateDraft | Action::SendAtOnce);
        if writes_bytes && crate::fingerprint(&message.bytes) != body_hash {
            after.status = EmailStatus::Failed;
            after.error = Some(damaged());
            return settle(&lease, after, journal, pace).await;
        }
        let is_act = match action {
            Action::Rest => return settle(&lease, after, journal, pace).await,
            Action::CreateDraft | Action::SendDraft | Action::SendAtOnce => true,
            Action::Continue | Action::Look => false,
        };
        if (is_act || action == Action::Continue)
            && let Err(error) = journal.record_step(&lease, &after).await
        {
            if error.code == Code::Conflict {
                return Err(error);
            }
            pace.stopped_short(&error);
            // What was learned stays, as the id of a stored draft; what was to be done was not.
            if !is_act {
                state = after;
            }
            event = Event::NotWritten(error);
            continue;
        }
        state = after;
        event = match action {
            Action::CreateDraft => Event::DraftCreated(sender.create_draft(&message).await),
            Action::SendDraft => Event::Sent(sender.send_draft(&draft).await),
            Action::SendAtOnce => Event::Sent(sender.send(&message).await),
            Action::Look => Event::Looked(sender.look(&draft, &message).await),
            Action::Continue | Action::Rest => Event::Start(method),
        };
    }
}

/// Writes down what became of a message. It is known only here until that is done.
async fn settle(
    lease: &Lease,
    state: State,
    journal: &dyn OutboxJournal,
    pace: &dyn Pace,
) -> Result<State> {
    let mut wait = FIRST_PAUSE;
    let at = pace.now();
    loop {
        match journal.settle(lease, &state, at).await {
            Ok(()) => return Ok(state),
            Err(lost) if lost.code == Code::Conflict => return Err(lost),
            Err(error) => pace.stopped_short(&error),
        }
        pace.pause(wait).await;
        wait = (wait * 2).min(LONGEST_PAUSE);
    }
}

fn damaged() -> Error {
    Error::new(
        Code::InternalError,
        "The stored mail was damaged on the disk, so it was not sent. Its draft is open again.",
    )
}
