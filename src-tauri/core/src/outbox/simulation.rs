//! A small world in which everything goes wrong: a provider that cuts connections before and
//! after acting, acts late, asks to wait and wants a new sign-in, and a program that is killed
//! between any two steps. Seeded, so that a failure can be looked at again.
//!
//! Whatever happens: nobody gets a mail twice, and a mail that is said to be sent was delivered,
//! one that is said to have failed was not.

use std::{
    cell::Cell,
    future::Future,
    pin::pin,
    sync::Mutex,
    task::{Context, Poll, Waker},
    time::Duration,
};

use uuid::Uuid;

use crate::{
    UnixMillis,
    error::{Code, Error, Result},
    id::{AccountId, EmailId},
    outbox::{
        EmailStatus, Event, LEASE_SECONDS, Lease, Leased, Method, OutboxJournal, Pace, State, next,
        transmit,
    },
    ports::{
        BoxFuture, Found, MailSender, OutgoingMessage, SendOutcome, SentMessage, StepError,
        StepResult,
    },
};

/// splitmix64: enough to choose faults by.
struct Dice(Cell<u64>);

impl Dice {
    fn roll(&self, sides: u64) -> u64 {
        self.0.set(self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15));
        let mut z = self.0.get();
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % sides
    }
}

/// What can be seen from outside, and the faults still to come.
struct World {
    now: i64,
    faults_left: u32,
    /// Drafts at the provider.
    drafts: Vec<String>,
    drafts_made: u32,
    delivered: u32,
    /// Sends that were accepted and are carried out at a later time.
    late: Vec<(i64, String)>,
    /// The row in the database, and whether a worker holds it.
    row: State,
    owner: Option<String>,
    signed_out: bool,
    dice: Dice,
}

impl World {
    fn fault(&mut self, one_in: u64) -> bool {
        let hit = self.faults_left > 0 && self.dice.roll(one_in) == 0;
        if hit {
            self.faults_left -= 1;
        }
        hit
    }

    fn pass_time(&mut self, to: i64) {
        self.now = self.now.max(to);
        let due: Vec<_> = self.late.extract_if(.., |(at, _)| *at <= to).collect();
        for (_, draft) in due {
            self.deliver(&draft);
        }
    }

    fn deliver(&mut self, draft: &str) -> bool {
        let before = self.drafts.len();
        self.drafts.retain(|one| one != draft);
        let there = self.drafts.len() < before;
        self.delivered += u32::from(there);
        there
    }
}

/// The provider and the journal of a [`World`].
struct Model(Mutex<World>);

/// Never ready: the program is killed while it waits.
async fn killed<T>() -> T {
    std::future::pending().await
}

fn error<T>(outcome: SendOutcome, retry_after_seconds: Option<u32>) -> StepResult<T> {
    Err(StepError {
        outcome,
        retry_after_seconds,
        error: Error::new(Code::GmailApiError, "A fault."),
    })
}

/// What goes wrong with one call.
enum Fault {
    None,
    NotActed,
    SignedOut,
    CutBefore,
    CutAfter,
    Late,
    KilledBefore,
    KilledAfter,
}

impl Model {
    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    fn choose(&self) -> Fault {
        let mut world = self.world();
        if world.signed_out {
            return Fault::SignedOut;
        }
        if !world.fault(2) {
            return Fault::None;
        }
        match world.dice.roll(7) {
            0 => Fault::NotActed,
            1 => {
                world.signed_out = true;
                Fault::SignedOut
            }
            2 => Fault::CutBefore,
            3 => Fault::CutAfter,
            4 => Fault::Late,
            5 => Fault::KilledBefore,
            _ => Fault::KilledAfter,
        }
    }

    /// Carries out one call with its fault. `later` takes what is to be done late.
    async fn call<T>(
        &self,
        act: impl Fn(&mut World) -> StepResult<T>,
        later: impl Fn(&mut World),
    ) -> StepResult<T> {
        match self.choose() {
            Fault::None => act(&mut self.world()),
            Fault::NotActed => error(SendOutcome::NotActed, Some(3)),
            Fault::SignedOut => error(SendOutcome::NeedsSignIn, None),
            Fault::CutBefore => error(SendOutcome::Unclear, None),
            Fault::CutAfter => {
                let _ = act(&mut self.world());
                error(SendOutcome::Unclear, None)
            }
            Fault::Late => {
                later(&mut self.world());
                error(SendOutcome::Unclear, None)
            }
            Fault::KilledBefore => killed().await,
            Fault::KilledAfter => {
                let _ = act(&mut self.world());
                killed().await
            }
        }
    }
}

fn sent() -> SentMessage {
    SentMessage {
        id: "m".into(),
        thread_id: None,
    }
}

impl MailSender for Model {
    fn create_draft<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<String>> {
        let act = |world: &mut World| {
            world.drafts_made += 1;
            let id = format!("d{}", world.drafts_made);
            world.drafts.push(id.clone());
            Ok(id)
        };
        Box::pin(self.call(act, move |world| _ = act(world)))
    }

    fn send_draft<'a>(&'a self, draft: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        let act = |world: &mut World| {
            if world.deliver(draft) {
                Ok(sent())
            } else {
                error(SendOutcome::DraftGone, None)
            }
        };
        let later = |world: &mut World| {
            // Later than the answer was lost, but within what the second look allows for.
            let at = world.now + world.dice.roll(29_000) as i64;
            world.late.push((at, draft.to_owned()));
        };
        Box::pin(self.call(act, later))
    }

    fn look<'a>(
        &'a self,
        draft: &'a str,
        _: &'a OutgoingMessage,
    ) -> BoxFuture<'a, StepResult<Found>> {
        let act = move |world: &mut World| {
            let there = world.drafts.iter().any(|one| one == draft);
            Ok(if there {
                Found::StillThere
            } else {
                Found::Gone
            })
        };
        Box::pin(self.call(act, |_| {}))
    }

    fn send<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        let act = |world: &mut World| {
            world.delivered += 1;
            Ok(sent())
        };
        Box::pin(self.call(act, move |world| _ = act(world)))
    }
}

impl Model {
    /// Writes the row, unless the program is killed first, or is killed right afterwards.
    async fn write(&self, lease: &Lease, state: &State, release: bool) -> Result<()> {
        if self.world().owner.as_ref() != Some(&lease.owner) {
            return Err(Error::new(Code::Conflict, "The lease is somebody else's."));
        }
        if self.world().fault(6) {
            return killed().await;
        }
        if self.world().fault(6) {
            return Err(Error::new(Code::StorageFull, "The disk is full."));
        }
        {
            let mut world = self.world();
            world.row = state.clone();
            if release {
                world.owner = None;
            }
        }
        if self.world().fault(6) {
            return killed().await;
        }
        Ok(())
    }
}

impl OutboxJournal for Model {
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.write(lease, state, false))
    }

    fn settle<'a>(
        &'a self,
        lease: &'a Lease,
        state: &'a State,
        _: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.write(lease, state, true))
    }
}

impl Pace for Model {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.world().now)
    }

    fn random(&self) -> u32 {
        self.world().dice.roll(u64::from(u32::MAX)) as u32
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        let later = self.world().now + time.as_millis() as i64;
        self.world().pass_time(later);
        Box::pin(std::future::ready(()))
    }

    fn stopped_short(&self, _: &Error) {}
}

/// Runs one worker until it ends or is killed.
fn work(model: &Model, method: Method, run: u32) {
    let owner = format!("run {run}");
    let state = {
        let mut world = model.world();
        let now = UnixMillis(world.now);
        world.row = next(&world.row, Event::Lease, now, 0).unwrap().state;
        world.owner = Some(owner.clone());
        world.row.clone()
    };
    let bytes = b"frozen".to_vec();
    let leased = Leased {
        lease: Lease {
            email: EmailId(Uuid::nil()),
            owner,
        },
        account: AccountId(Uuid::nil()),
        state,
        body_hash: crate::fingerprint(&bytes),
        message: OutgoingMessage {
            id: EmailId(Uuid::nil()),
            recipients: vec!["bob@example.org".into()],
            bytes: bytes.into(),
            thread_id: None,
        },
        method,
    };
    let mut future = pin!(transmit(leased, model, model, model));
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(result) => {
            result.unwrap();
        }
        // Killed. The next start may come at once, or after the lease ran out.
        Poll::Pending => {
            let mut world = model.world();
            let later = world.now + world.dice.roll(2) as i64 * LEASE_SECONDS * 1000;
            world.pass_time(later);
            world.owner = None;
        }
    }
}

fn world(seed: u64, faults: u32) -> Model {
    Model(Mutex::new(World {
        now: 0,
        faults_left: faults,
        drafts: vec![],
        drafts_made: 0,
        delivered: 0,
        late: vec![],
        row: State::queued(UnixMillis(0)),
        owner: None,
        signed_out: false,
        dice: Dice(Cell::new(seed)),
    }))
}

/// Works until the mail is settled, and answers how.
fn run(model: &Model, method: Method) -> EmailStatus {
    for run in 0..200 {
        {
            let mut world = model.world();
            let status = world.row.status;
            if !matches!(status, EmailStatus::Queued | EmailStatus::Transmitting) {
                world.pass_time(i64::MAX);
                return status;
            }
            // A restart may come before the row is due; the worker still only takes due ones.
            let due = world.row.not_before.0;
            world.pass_time(due);
            world.signed_out = false;
        }
        work(model, method, run);
        let world = model.world();
        assert!(world.delivered <= 1, "delivered {} times", world.delivered);
    }
    panic!("never settled: {:?}", model.world().row);
}

#[test]
fn through_drafts_nothing_is_lost_and_nothing_comes_twice() {
    let mut settled_after_faults = 0;
    for seed in 0..20_000 {
        let model = world(seed, (seed % 7) as u32);
        let status = run(&model, Method::ThroughDraft);
        let world = model.world();
        assert_eq!(world.delivered, 1, "seed {seed}: {:?}", world.row);
        assert_eq!(status, EmailStatus::Sent, "seed {seed}: {:?}", world.row);
        settled_after_faults += u32::from(seed % 7 > 0 && world.faults_left == 0);
    }
    assert!(
        settled_after_faults > 5_000,
        "the faults do come: {settled_after_faults}"
    );
}

#[test]
fn at_once_nothing_comes_twice_and_doubt_is_said() {
    let mut unknown = 0;
    for seed in 0..20_000 {
        let model = world(seed, (seed % 5) as u32);
        let status = run(&model, Method::AtOnce);
        let world = model.world();
        match status {
            EmailStatus::Sent => assert_eq!(world.delivered, 1, "seed {seed}"),
            EmailStatus::Unknown => unknown += 1,
            other => panic!("seed {seed}: {other:?}"),
        }
        assert!(world.delivered <= 1, "seed {seed}");
    }
    assert!(unknown > 1_000, "doubt does arise: {unknown}");
}

#[test]
fn a_worker_that_lost_its_lease_does_nothing() {
    let model = world(0, 0);
    let bytes = b"frozen".to_vec();
    model.world().owner = Some("another".into());
    let leased = Leased {
        lease: Lease {
            email: EmailId(Uuid::nil()),
            owner: "late".into(),
        },
        account: AccountId(Uuid::nil()),
        state: State {
            status: EmailStatus::Transmitting,
            ..State::queued(UnixMillis(0))
        },
        body_hash: crate::fingerprint(&bytes),
        message: OutgoingMessage {
            id: EmailId(Uuid::nil()),
            recipients: vec!["bob@example.org".into()],
            bytes: bytes.into(),
            thread_id: None,
        },
        method: Method::ThroughDraft,
    };
    let mut future = pin!(transmit(leased, &model, &model, &model));
    let Poll::Ready(result) = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("it doesn't wait");
    };
    assert_eq!(result.unwrap_err().code, Code::Conflict);
    let world = model.world();
    assert_eq!((world.drafts_made, world.delivered), (0, 0));
}

#[test]
fn damaged_bytes_are_not_sent() {
    let model = world(0, 0);
    model.world().owner = Some("me".into());
    let leased = Leased {
        lease: Lease {
            email: EmailId(Uuid::nil()),
            owner: "me".into(),
        },
        account: AccountId(Uuid::nil()),
        state: State {
            status: EmailStatus::Transmitting,
            ..State::queued(UnixMillis(0))
        },
        body_hash: crate::fingerprint(b"frozen"),
        message: OutgoingMessage {
            id: EmailId(Uuid::nil()),
            recipients: vec!["bob@example.org".into()],
            bytes: (&b"melted"[..]).into(),
            thread_id: None,
        },
        method: Method::ThroughDraft,
    };
    let mut future = pin!(transmit(leased, &model, &model, &model));
    let Poll::Ready(result) = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    else {
        panic!("it doesn't wait");
    };
    assert_eq!(result.unwrap().status, EmailStatus::Failed);
    assert_eq!(model.world().drafts_made, 0);
}
