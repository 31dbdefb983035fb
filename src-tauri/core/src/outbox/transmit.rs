//! Carrying a message's steps out, each written down before it is taken.

use crate::{
    UnixMillis,
    error::{Code, Error, Result},
    id::{AccountId, EmailId},
    outbox::{Action, EmailStatus, Event, Method, State, next},
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

/// Takes a leased message as far as it goes now and answers the state it was settled in.
///
/// It can be dropped, or the program killed, at any moment: the journal then says what may have
/// been done, and once the lease ran out the message is taken up from there.
///
/// Errors: only the journal's. The message is then where the journal last had it.
pub async fn transmit(
    leased: Leased,
    sender: &dyn MailSender,
    journal: &dyn OutboxJournal,
    now: &(dyn Fn() -> UnixMillis + Send + Sync),
    random: &(dyn Fn() -> u32 + Send + Sync),
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
        let transition = next(&state, event, now(), random())?;
        state = transition.state;
        let draft = state.provider_draft_id.clone().unwrap_or_default();
        let writes_bytes = matches!(transition.action, Action::CreateDraft | Action::SendAtOnce);
        if writes_bytes && crate::fingerprint(&message.bytes) != body_hash {
            state.status = EmailStatus::Failed;
            state.error = Some(damaged());
            journal.settle(&lease, &state, now()).await?;
            return Ok(state);
        }
        event = match transition.action {
            Action::Rest => {
                journal.settle(&lease, &state, now()).await?;
                return Ok(state);
            }
            Action::CreateDraft => {
                journal.record_step(&lease, &state).await?;
                Event::DraftCreated(sender.create_draft(&message).await)
            }
            Action::SendDraft => {
                journal.record_step(&lease, &state).await?;
                Event::Sent(sender.send_draft(&draft).await)
            }
            Action::SendAtOnce => {
                journal.record_step(&lease, &state).await?;
                Event::Sent(sender.send(&message).await)
            }
            Action::Look => Event::Looked(sender.look(&draft, &message).await),
            Action::Continue => {
                journal.record_step(&lease, &state).await?;
                Event::Start(method)
            }
        };
    }
}

fn damaged() -> Error {
    Error::new(
        Code::InternalError,
        "The stored mail was damaged on the disk, so it was not sent. Its draft is open again.",
    )
}
