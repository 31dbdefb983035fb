//! The states of a message and what may follow what.

use crate::{
    UnixMillis,
    account::Abilities,
    error::{Code, Error, Result},
    outbox::{
        EmailStatus, LATEST_SECONDS, LONGEST_LIMIT_SECONDS, SECOND_LOOK_SECONDS, retry_delay,
    },
    ports::{Found, SendOutcome, SentMessage, StepError, StepResult},
};

/// How far a message has come at the provider. Written down before the step is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Step {
    /// Nothing was asked of the provider.
    #[default]
    None,
    /// It may have been asked to store the draft.
    CreatingDraft,
    /// It has the draft, and was not asked to send it.
    DraftCreated,
    /// It may have been asked to send.
    Sending,
    /// It was asked to send and the outcome was unclear, but it had the draft afterwards. To be
    /// looked for once more before it is sent again.
    StillThere,
    /// As `Sending`, after an earlier send of the same draft whose outcome had been unclear.
    SendingAgain,
    /// It was asked to send, and had the draft still when it was looked for twice: it did not.
    Unsent,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::CreatingDraft,
        Self::DraftCreated,
        Self::Sending,
        Self::StillThere,
        Self::SendingAgain,
        Self::Unsent,
    ];

    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::CreatingDraft => "creating_draft",
            Self::DraftCreated => "draft_created",
            Self::Sending => "sending",
            Self::StillThere => "still_there",
            Self::SendingAgain => "sending_again",
            Self::Unsent => "unsent",
        }
    }

    /// The step of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }

    /// Whether the message provably has not left at this step.
    pub fn is_before_sending(self) -> bool {
        matches!(
            self,
            Self::None | Self::CreatingDraft | Self::DraftCreated | Self::Unsent
        )
    }
}

/// How an account sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Through a stored draft, so that an unclear outcome can be looked up.
    ThroughDraft,
    /// In one call, whose outcome can't be looked up.
    AtOnce,
}

impl Method {
    /// The safest one an account is able to; none if it can't send at all.
    pub fn of(abilities: Abilities) -> Option<Self> {
        if abilities.safe_send {
            Some(Self::ThroughDraft)
        } else if abilities.send {
            Some(Self::AtOnce)
        } else {
            None
        }
    }
}

/// Everything about a message that changes while it is in the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Where it stands.
    pub status: EmailStatus,
    /// How far it has come at the provider.
    pub step: Step,
    /// The provider's id of the draft.
    pub provider_draft_id: Option<String>,
    /// Not taken up before.
    pub not_before: UnixMillis,
    /// When it was to leave; tries that failed leave it as it is. How late it is counts from here.
    pub due_at: UnixMillis,
    /// Until when the provider last limited the account, of its own: waiting for that is no
    /// lateness. Not written; zero if it never did.
    pub limited_until: UnixMillis,
    /// How often it was taken up.
    pub attempts: u32,
    /// The provider's ids, once it left and they are known.
    pub sent: Option<SentMessage>,
    /// False when it is known to have left only because the provider no longer has the draft.
    pub confirmed: bool,
    /// Its time passed long ago while nobody could send it: it waits until the user says what is
    /// to become of it.
    pub held: bool,
    /// Why it waits, failed, or is unknown.
    pub error: Option<Error>,
    /// The account must be signed in again before any of its mails is taken up; `error` says
    /// why. To be noted on the account.
    pub needs_sign_in: bool,
    /// The provider limits the account, or can't be reached: none of its mails is taken up before
    /// `not_before`. To be noted on the account.
    pub pauses_account: bool,
}

impl State {
    /// A message just put into the outbox.
    pub fn queued(not_before: UnixMillis) -> Self {
        Self {
            status: EmailStatus::Queued,
            step: Step::None,
            provider_draft_id: None,
            not_before,
            due_at: not_before,
            limited_until: UnixMillis(0),
            attempts: 0,
            sent: None,
            confirmed: true,
            held: false,
            error: None,
            needs_sign_in: false,
            pauses_account: false,
        }
    }

    /// A message just put into the outbox for a time the user chose.
    pub fn scheduled(at: UnixMillis) -> Self {
        Self {
            status: EmailStatus::Scheduled,
            ..Self::queued(at)
        }
    }

    /// Whether the provider's limit is why the account is paused.
    pub fn is_limited(&self) -> bool {
        self.pauses_account && self.error.as_ref().is_some_and(is_limit)
    }

    /// Whether it is so late that only the user can say whether it is still to leave.
    fn is_late(&self, now: UnixMillis) -> bool {
        let excused = (self.limited_until).min(self.due_at.plus_seconds(LONGEST_LIMIT_SECONDS));
        now >= self.due_at.max(excused).plus_seconds(LATEST_SECONDS)
    }
}

/// Something that happens to a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The user takes it back.
    Undo,
    /// The user wants it to leave now.
    SendNow,
    /// The user chooses another time.
    Reschedule {
        /// That time.
        at: UnixMillis,
    },
    /// The day's quota is used up: it waits until then.
    Postpone {
        /// Midnight.
        until: UnixMillis,
    },
    /// A worker takes it up: one that is due, or one whose worker vanished.
    Lease,
    /// The worker starts, or starts again where a vanished one stopped.
    Start(Method),
    /// The provider answered `create_draft`.
    DraftCreated(StepResult<String>),
    /// The provider answered `send_draft` or `send`.
    Sent(StepResult<SentMessage>),
    /// The provider answered `look`.
    Looked(StepResult<Found>),
    /// The step about to be taken could not be written down, so it was not taken.
    NotWritten(Error),
    /// The account was disconnected: nothing can be asked any more.
    AccountGone,
    /// The user found out what became of it.
    Resolve {
        /// It arrived.
        arrived: bool,
    },
}

/// What the worker does next. Before it asks for anything to be done, the state is
/// written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Store the draft at the provider.
    CreateDraft,
    /// Send the stored draft.
    SendDraft,
    /// Send in one call.
    SendAtOnce,
    /// Ask what became of the draft.
    Look,
    /// Nothing at the provider: write the state down, then start again from it.
    Continue,
    /// Nothing now: the state is settled, or waits for `not_before`.
    Rest,
}

/// What follows an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// The state now.
    pub state: State,
    /// What the worker does.
    pub action: Action,
}

/// What follows `event` at `now`. `random` spreads the next tries.
///
/// Errors: `FORBIDDEN` where the event can't happen in this state, with the reason for people
/// where they can cause it.
pub fn next(state: &State, event: Event, now: UnixMillis, random: u32) -> Result<Transition> {
    let at = Moment { state, now, random };
    match (state.status, event) {
        (EmailStatus::Scheduled | EmailStatus::Queued, event) => at.waiting(event),
        (EmailStatus::Transmitting, event) => at.under_way(event),
        (EmailStatus::Unknown, Event::Resolve { arrived: true }) => Ok(rest(State {
            status: EmailStatus::Sent,
            error: None,
            ..state.clone()
        })),
        (EmailStatus::Unknown, Event::Resolve { arrived: false }) => Ok(rest(State {
            status: EmailStatus::Failed,
            error: Some(Error::new(
                Code::SendOutcomeUnknown,
                "Nobody knows whether this mail arrived. Its draft was opened again, to be sent \
                 once more.",
            )),
            ..state.clone()
        })),
        (status, event) => Err(out_of_place(status, &event)),
    }
}

/// A state and the circumstances of an event.
struct Moment<'a> {
    state: &'a State,
    now: UnixMillis,
    random: u32,
}

impl Moment<'_> {
    fn waiting(&self, event: Event) -> Result<Transition> {
        let state = self.state.clone();
        match event {
            Event::Undo => Ok(rest(State {
                status: EmailStatus::Cancelled,
                held: false,
                error: None,
                ..state
            })),
            Event::SendNow => Ok(rest(State {
                status: EmailStatus::Queued,
                not_before: self.now,
                due_at: self.now,
                held: false,
                error: None,
                ..state
            })),
            Event::Reschedule { at } if at > self.now => Ok(rest(State {
                status: EmailStatus::Scheduled,
                not_before: at,
                due_at: at,
                held: false,
                error: None,
                ..state
            })),
            Event::Reschedule { .. } => Err(Error::invalid("at", "This time has passed already.")),
            Event::Postpone { until } => Ok(rest(State {
                not_before: until.max(state.not_before),
                due_at: until.max(state.due_at),
                error: Some(Error::new(
                    Code::GmailQuotaExceeded,
                    "The day's limit of mails is reached. Days are counted from midnight UTC.",
                )),
                ..state
            })),
            Event::Lease if state.held => Err(out_of_place(state.status, &event)),
            Event::Lease if self.now >= state.not_before && state.is_late(self.now) => {
                Ok(rest(held(state)))
            }
            Event::Lease if self.now >= state.not_before => Ok(rest(State {
                status: EmailStatus::Transmitting,
                attempts: state.attempts.saturating_add(1),
                needs_sign_in: false,
                pauses_account: false,
                ..state
            })),
            Event::AccountGone => self.account_gone(),
            event => Err(out_of_place(state.status, &event)),
        }
    }

    fn under_way(&self, event: Event) -> Result<Transition> {
        match event {
            // Its worker vanished before it was sent, and that long ago.
            Event::Lease if self.state.step.is_before_sending() && self.state.is_late(self.now) => {
                Ok(rest(State {
                    status: EmailStatus::Queued,
                    ..held(self.state.clone())
                }))
            }
            Event::Lease => Ok(rest(State {
                attempts: self.state.attempts.saturating_add(1),
                needs_sign_in: false,
                pauses_account: false,
                ..self.state.clone()
            })),
            Event::Start(method) => self.start(method),
            Event::DraftCreated(answer) if self.state.step == Step::CreatingDraft => {
                self.draft_created(answer)
            }
            Event::Sent(answer) if self.is_sending() => self.sent(answer),
            Event::Looked(answer) if self.can_look() => self.looked(answer),
            Event::NotWritten(error) => self.not_written(error),
            Event::AccountGone => self.account_gone(),
            event => Err(out_of_place(self.state.status, &event)),
        }
    }

    fn account_gone(&self) -> Result<Transition> {
        match self.state.step {
            Step::None | Step::CreatingDraft | Step::DraftCreated => self.failed(account_gone()),
            // What was found unsent twice may leave yet, if the clock was set between the looks;
            // and nobody can look any more.
            Step::Unsent | Step::Sending | Step::StillThere | Step::SendingAgain => {
                self.unknown(account_gone())
            }
        }
    }

    fn is_sending(&self) -> bool {
        matches!(self.state.step, Step::Sending | Step::SendingAgain)
    }

    fn can_look(&self) -> bool {
        !self.state.step.is_before_sending() && self.state.provider_draft_id.is_some()
    }

    fn start(&self, method: Method) -> Result<Transition> {
        let has_draft = self.state.provider_draft_id.is_some();
        match (self.state.step, method) {
            // A draft that may have been stored before stays behind, unsent.
            (Step::None | Step::CreatingDraft, Method::ThroughDraft) => {
                self.go(Step::CreatingDraft, Action::CreateDraft)
            }
            (Step::None | Step::CreatingDraft, Method::AtOnce) => {
                self.go(Step::Sending, Action::SendAtOnce)
            }
            (Step::DraftCreated, _) if has_draft => self.go(Step::Sending, Action::SendDraft),
            (Step::Unsent, _) if has_draft => self.go(Step::SendingAgain, Action::SendDraft),
            // The id is written together with the step, so this is a damaged row. The draft
            // was not sent at this step: make another one.
            (Step::DraftCreated | Step::Unsent, _) => self.retry(Step::None, None),
            (Step::StillThere, _) if self.now < self.state.not_before => {
                self.check_again(self.state.not_before, Step::StillThere, None)
            }
            (step @ (Step::Sending | Step::SendingAgain | Step::StillThere), _) if has_draft => {
                self.go(step, Action::Look)
            }
            _ => self.unknown(interrupted()),
        }
    }

    fn draft_created(&self, answer: StepResult<String>) -> Result<Transition> {
        match answer {
            Ok(id) => Ok(Transition {
                state: State {
                    step: Step::DraftCreated,
                    provider_draft_id: Some(id),
                    error: None,
                    ..self.state.clone()
                },
                action: Action::Continue,
            }),
            Err(error) => match error.outcome {
                SendOutcome::Refused => self.failed(error.error),
                SendOutcome::NeedsSignIn => self.sign_in(Step::None, error),
                // Unclear: at worst a draft stays behind at the provider. It is never sent.
                SendOutcome::NotActed
                | SendOutcome::Unreachable
                | SendOutcome::Unclear
                | SendOutcome::DraftGone => self.retry(Step::None, Some(error)),
            },
        }
    }

    fn sent(&self, answer: StepResult<SentMessage>) -> Result<Transition> {
        let has_draft = self.state.provider_draft_id.is_some();
        let again = self.state.step == Step::SendingAgain;
        match answer {
            Ok(message) => self.left(Some(message)),
            Err(error) => match error.outcome {
                SendOutcome::Refused => self.failed(error.error),
                SendOutcome::NotActed | SendOutcome::Unreachable if again => {
                    self.look_later(Step::StillThere, error)
                }
                SendOutcome::NotActed | SendOutcome::Unreachable => {
                    self.retry(self.before_sending(), Some(error))
                }
                SendOutcome::NeedsSignIn if again => self.sign_in(Step::StillThere, error),
                SendOutcome::NeedsSignIn => self.sign_in(self.before_sending(), error),
                // The first send was carried out after all, later than we looked.
                SendOutcome::DraftGone if again => self.left(None),
                // We never sent it, and it is gone: somebody sent or deleted it in Gmail. Making
                // it anew could deliver it twice.
                SendOutcome::DraftGone if has_draft => self.unknown(taken_away()),
                SendOutcome::Unclear | SendOutcome::DraftGone if !has_draft => {
                    self.unknown(unclear(&error.error))
                }
                SendOutcome::Unclear | SendOutcome::DraftGone => {
                    self.go(self.state.step, Action::Look)
                }
            },
        }
    }

    fn looked(&self, answer: StepResult<Found>) -> Result<Transition> {
        match (answer, self.state.step) {
            (Ok(Found::Sent(message)), _) => self.left(Some(message)),
            (Ok(Found::Gone), _) => self.left(None),
            // It did not leave. As late as this it doesn't leave by itself, either.
            (Ok(Found::StillThere), Step::StillThere) if self.state.is_late(self.now) => {
                Ok(rest(State {
                    status: EmailStatus::Queued,
                    step: Step::Unsent,
                    held: true,
                    error: Some(late()),
                    ..self.state.clone()
                }))
            }
            (Ok(Found::StillThere), Step::StillThere) => {
                self.go(Step::SendingAgain, Action::SendDraft)
            }
            (Ok(Found::StillThere), _) => {
                let at = self.now.plus_seconds(SECOND_LOOK_SECONDS);
                self.check_again(at, Step::StillThere, Some(checking()))
            }
            (Err(error), step) => match error.outcome {
                SendOutcome::DraftGone => self.left(None),
                SendOutcome::NeedsSignIn => self.sign_in(step, error),
                SendOutcome::Refused => self.unknown(unclear(&error.error)),
                SendOutcome::NotActed | SendOutcome::Unreachable | SendOutcome::Unclear => {
                    self.look_later(step, error)
                }
            },
        }
    }

    /// Nothing was done: later again, from where it stood.
    fn not_written(&self, error: Error) -> Result<Transition> {
        let error = StepError {
            outcome: SendOutcome::NotActed,
            retry_after_seconds: None,
            error,
        };
        if self.state.step.is_before_sending() {
            self.retry(self.state.step, Some(error))
        } else {
            self.look_later(self.state.step, error)
        }
    }

    /// The step to fall back to when a send provably did nothing.
    fn before_sending(&self) -> Step {
        if self.state.provider_draft_id.is_some() {
            Step::DraftCreated
        } else {
            Step::None
        }
    }

    fn after_delay(&self, error: &StepError) -> UnixMillis {
        let delay = retry_delay(self.state.attempts, self.random, error.retry_after_seconds);
        self.now.plus_millis(delay)
    }

    fn go(&self, step: Step, action: Action) -> Result<Transition> {
        Ok(Transition {
            state: State {
                step,
                ..self.state.clone()
            },
            action,
        })
    }

    fn left(&self, sent: Option<SentMessage>) -> Result<Transition> {
        Ok(rest(State {
            status: EmailStatus::Sent,
            confirmed: sent.is_some(),
            sent,
            error: None,
            ..self.state.clone()
        }))
    }

    fn retry(&self, step: Step, error: Option<StepError>) -> Result<Transition> {
        let not_before = match &error {
            Some(error) => self.after_delay(error),
            None => self.now,
        };
        Ok(rest(State {
            status: EmailStatus::Queued,
            step,
            not_before,
            pauses_account: error.as_ref().is_some_and(meets_all_mails),
            error: error.map(|error| error.error),
            ..self.state.clone()
        }))
    }

    /// After an unclear send: the mail stays under way, so that nobody can take it back.
    fn check_again(&self, at: UnixMillis, step: Step, error: Option<Error>) -> Result<Transition> {
        Ok(rest(State {
            step,
            not_before: at,
            error: error.or_else(|| self.state.error.clone()),
            ..self.state.clone()
        }))
    }

    fn look_later(&self, step: Step, error: StepError) -> Result<Transition> {
        let at = self.after_delay(&error);
        let pauses_account = meets_all_mails(&error);
        let mut transition = self.check_again(at, step, Some(error.error))?;
        transition.state.pauses_account = pauses_account;
        Ok(transition)
    }

    fn sign_in(&self, step: Step, error: StepError) -> Result<Transition> {
        let status = if step.is_before_sending() {
            EmailStatus::Queued
        } else {
            EmailStatus::Transmitting
        };
        Ok(rest(State {
            status,
            step,
            not_before: self.now,
            error: Some(error.error),
            needs_sign_in: true,
            ..self.state.clone()
        }))
    }

    fn failed(&self, error: Error) -> Result<Transition> {
        Ok(rest(State {
            status: EmailStatus::Failed,
            error: Some(error),
            ..self.state.clone()
        }))
    }

    fn unknown(&self, error: Error) -> Result<Transition> {
        Ok(rest(State {
            status: EmailStatus::Unknown,
            error: Some(error),
            ..self.state.clone()
        }))
    }
}

fn rest(state: State) -> Transition {
    Transition {
        state,
        action: Action::Rest,
    }
}

/// A mail so late that it waits for the user. Why its last try failed is worth knowing then.
fn held(state: State) -> State {
    State {
        held: true,
        error: (state.error.filter(|error| !is_limit(error))).or_else(|| Some(late())),
        ..state
    }
}

/// Whether a failure is not about this mail, and so would meet the account's next one, too.
fn meets_all_mails(error: &StepError) -> bool {
    error.outcome == SendOutcome::Unreachable || is_limit(&error.error)
}

/// Whether it is about how much the account sends.
fn is_limit(error: &Error) -> bool {
    matches!(
        error.code,
        Code::GmailQuotaExceeded | Code::RateLimitExceeded
    )
}

fn account_gone() -> Error {
    Error::new(
        Code::AccountNotConnected,
        "The account this mail was to leave through was disconnected.",
    )
}

fn late() -> Error {
    Error::new(
        Code::Conflict,
        "Its time passed more than twelve hours ago, while it couldn't be sent. Send it now, \
         choose another time, or take it back.",
    )
}

fn interrupted() -> Error {
    Error::new(
        Code::SendOutcomeUnknown,
        "Draftwell was interrupted while this mail was leaving, so it isn't known whether it left.",
    )
}

fn taken_away() -> Error {
    Error::new(
        Code::SendOutcomeUnknown,
        "This mail's draft disappeared from the account before Draftwell sent it: it was sent \
         or deleted there.",
    )
}

fn unclear(cause: &Error) -> Error {
    Error::new(
        Code::SendOutcomeUnknown,
        format!(
            "{} So it isn't known whether this mail left.",
            cause.message
        ),
    )
}

fn checking() -> Error {
    Error::new(
        Code::SendOutcomeUnknown,
        "The answer was lost. Draftwell is finding out whether this mail left.",
    )
}

fn out_of_place(status: EmailStatus, event: &Event) -> Error {
    let message = match (status, event) {
        (EmailStatus::Transmitting, Event::Undo) => {
            "This mail is already leaving and can't be taken back."
        }
        (EmailStatus::Transmitting, Event::SendNow | Event::Reschedule { .. }) => {
            "This mail is already leaving."
        }
        (EmailStatus::Sent, Event::SendNow | Event::Reschedule { .. }) => {
            "This mail was sent already."
        }
        (_, Event::SendNow | Event::Reschedule { .. }) => {
            "This mail doesn't wait for its time any more."
        }
        (EmailStatus::Sent, Event::Undo) => "This mail was sent and can't be taken back.",
        (EmailStatus::Unknown, Event::Undo) => {
            "This mail may have left and can't be taken back. Say whether it arrived instead."
        }
        (EmailStatus::Cancelled, Event::Undo) => "This mail was already taken back.",
        (EmailStatus::Failed, Event::Undo) => {
            "This mail did not leave; its draft is open again already."
        }
        (_, Event::Resolve { .. }) => "What became of this mail is known already.",
        _ => "This can't happen to this mail now.",
    };
    Error::new(Code::Forbidden, message)
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
