//! A process of Draftwell as far as sending goes: the real store on a real folder and the real
//! worker, polled by hand, so that it can be killed at any await.
//!
//! The store answers from threads of its own. So that a seed always gives the same run, nothing
//! is decided while one of them is at work, and those at work in one process ask the store in turn
//! ([`Turns`]): [`Process::go_on`] polls until all of the worker stands at a moment of the played
//! world, and [`Process::creep`] one await at a time, with the store's threads held until the poll
//! is over.

use std::{
    future::{Future, poll_fn},
    mem,
    path::Path,
    pin::{Pin, pin},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
    time::Duration,
};

use draftwell_core::{
    Code, Error, Result, UnixMillis,
    id::{AccountId, EmailId},
    outbox::{Lease, OutboxJournal, OutboxStore, Pace, State, Surroundings, TakenUp, work},
    ports::{BoxFuture, MailSender},
};
use draftwell_store::Store;

use crate::{
    bugs::{Bug, BuggySender, BuggyStore},
    servers::Line,
    world::World,
};

/// Unparks the thread that plays the storm.
struct Bell {
    thread: Thread,
    rung: AtomicBool,
}

impl Bell {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            thread: std::thread::current(),
            rung: AtomicBool::new(false),
        })
    }

    fn wait(&self) {
        while !self.rung.swap(false, Ordering::Acquire) {
            std::thread::park_timeout(Duration::from_secs(20));
        }
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

/// Runs a future that waits for nothing but a store.
pub fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let bell = Bell::new();
    let waker = Waker::from(Arc::clone(&bell));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => bell.wait(),
        }
    }
}

/// The same, one await at a time, and no more than `awaits` of them: none if it was not done by
/// then, because its process is killed.
pub fn wait_until_killed<T>(
    store: &Store,
    future: impl Future<Output = T>,
    awaits: usize,
) -> Option<T> {
    let bell = Bell::new();
    let waker = Waker::from(Arc::clone(&bell));
    let mut future = pin!(future);
    for _ in 0..awaits {
        let held = Held::new(store);
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        drop(held);
        match polled {
            Poll::Ready(value) => return Some(value),
            Poll::Pending => bell.wait(),
        }
    }
    None
}

/// Holds the threads of a store until it is dropped.
struct Held(Arc<(Mutex<bool>, Condvar)>);

impl Held {
    fn new(store: &Store) -> Self {
        let held = Self(Arc::default());
        let poll_once = |mut job: Pin<Box<dyn Future<Output = Result<()>> + Send>>| {
            // The store takes a job with the first poll, and does it even if nobody waits.
            let polled = job.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(
                !matches!(polled, Poll::Ready(Err(_))),
                "the store is closed"
            );
        };
        let gate = Arc::clone(&held.0);
        poll_once(Box::pin(store.write(move |_| pass(&gate))));
        // As many as there are readers; more would only wait in line.
        for _ in 0..2 {
            let gate = Arc::clone(&held.0);
            poll_once(Box::pin(store.read(move |_| pass(&gate))));
        }
        held
    }
}

fn pass(gate: &(Mutex<bool>, Condvar)) -> Result<()> {
    let open = gate.0.lock().unwrap_or_else(PoisonError::into_inner);
    let _open = gate.1.wait_while(open, |open| !*open);
    Ok(())
}

impl Drop for Held {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}

/// Lets one after the other ask the store of a process, in the order in which they come: which of
/// two threads answers first would be chance.
#[derive(Default)]
pub struct Turns {
    /// Somebody waits for the store's answer.
    is_asking: AtomicBool,
    /// In this poll somebody waited for their turn.
    is_awaited: AtomicBool,
}

impl Turns {
    /// Asks when it is its turn.
    pub async fn ask<T>(&self, question: impl Future<Output = T>) -> T {
        poll_fn(|_| {
            if self.is_asking.swap(true, Ordering::Relaxed) {
                self.is_awaited.store(true, Ordering::Relaxed);
                return Poll::Pending;
            }
            Poll::Ready(())
        })
        .await;
        let _turn = Turn(self);
        let mut question = pin!(question);
        // However quick the answer is, those polled after this one come first.
        let mut early = None;
        let mut is_first = true;
        poll_fn(|context| {
            if let Some(answer) = early.take() {
                return Poll::Ready(answer);
            }
            let polled = question.as_mut().poll(context);
            match (mem::replace(&mut is_first, false), polled) {
                (true, Poll::Ready(answer)) => {
                    early = Some(answer);
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
                (_, polled) => polled,
            }
        })
        .await
    }
}

/// Whose turn it is.
struct Turn<'a>(&'a Turns);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.is_asking.store(false, Ordering::Relaxed);
    }
}

/// What a poll of a worker came to.
enum Polled {
    /// All of it stands at moments of the played world, the earliest of them this one.
    Asleep(i64),
    /// The store is at work.
    Asks,
    /// Somebody's turn to ask the store came only after they were polled.
    Again,
}

/// One running process.
pub struct Process {
    pub store: Store,
    world: Arc<World>,
    worker: Pin<Box<dyn Future<Output = ()>>>,
    bell: Arc<Bell>,
    turns: Arc<Turns>,
    /// Where its worker is.
    pub stands: Stands,
}

/// Where a worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// At a moment of the played world, until this time.
    Until(i64),
    /// Between two polls: what it waited for is done.
    Between,
}

impl Process {
    /// Starts on a folder. `alone` says that no other process works on it; only then may what a
    /// former one had leased be released. (The program's lock of the folder sees to that.)
    pub fn start(
        dir: &Path,
        number: usize,
        alone: bool,
        world: &Arc<World>,
        bug: Option<Bug>,
    ) -> Self {
        let owner = format!("run {}", world.look().fresh());
        let store = Store::open(dir).expect("no kill damages the database");
        let turns = Arc::<Turns>::default();
        let desk = Desk {
            store: store.clone(),
            world: Arc::clone(world),
            number,
            alone,
            turns: Arc::clone(&turns),
            bug: BuggyStore::new(bug, store.clone()),
        };
        let worker = Box::pin(async move {
            work(&desk, &desk, &owner).await;
        });
        Self {
            store,
            world: Arc::clone(world),
            worker,
            bell: Bell::new(),
            turns,
            stands: Stands::Between,
        }
    }

    fn poll(&mut self) -> Polled {
        self.world.look().asleep = None;
        self.turns.is_awaited.store(false, Ordering::Relaxed);
        self.bell.rung.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(&self.bell));
        let polled = self.worker.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "the worker never ends");
        if self.turns.is_asking.load(Ordering::Relaxed) {
            return Polled::Asks;
        }
        if self.turns.is_awaited.load(Ordering::Relaxed) {
            return Polled::Again;
        }
        let asleep = self.world.look().asleep;
        asleep.map_or(Polled::Asks, Polled::Asleep)
    }

    /// Polls the worker until it stands at the next moment.
    pub fn go_on(&mut self) {
        self.world.look().turn += 1;
        let until = loop {
            match self.poll() {
                Polled::Asleep(until) => break until,
                Polled::Asks => self.bell.wait(),
                Polled::Again => {}
            }
        };
        self.stands = Stands::Until(until);
    }

    /// Polls the worker once, up to its next await, and lets happen what it waits for.
    pub fn creep(&mut self) {
        self.world.look().turn += 1;
        let held = Held::new(&self.store);
        let polled = self.poll();
        drop(held);
        self.stands = match polled {
            Polled::Asleep(until) => Stands::Until(until),
            Polled::Asks => {
                self.bell.wait();
                Stands::Between
            }
            Polled::Again => Stands::Between,
        };
    }

    /// The process is gone. What it had handed to SQLite is done or not; both are seen, for an
    /// await further on or before is as likely.
    pub fn kill(self) {
        drop(self.worker);
        self.store.close();
    }
}

/// What is around a worker: the store and the played world.
struct Desk {
    store: Store,
    world: Arc<World>,
    number: usize,
    alone: bool,
    turns: Arc<Turns>,
    bug: BuggyStore,
}

impl Desk {
    /// The disk is full, perhaps, and perhaps for longer than a lease lasts.
    fn can_write(&self) -> Result<()> {
        let mut inner = self.world.look();
        if inner.fault(60) {
            let time = inner.time;
            if inner.dice.one_in(2) {
                inner.full_until = time + inner.dice.between(1_000, 40 * 60_000);
            } else {
                inner.full_until = time + 1;
            }
            let full = inner.full_until - time;
            inner.tell(|| format!("the disk is full for {full} ms"));
        }
        if inner.time < inner.full_until {
            return Err(Error::new(Code::StorageFull, "The played disk is full."));
        }
        Ok(())
    }

    fn has_settled(&self, lease: &Lease, state: &State) {
        let mut inner = self.world.look();
        inner.has_settled(self.number, lease.email);
        inner.tell(|| {
            let (number, mail) = (self.number, lease.email.0.as_u128());
            format!(
                "{number} settled {mail}: {:?}, {:?}",
                state.status, state.step
            )
        });
    }

    /// Writes what a worker has a right to, and notes if it has no more.
    async fn written(&self, lease: &Lease, write: impl Future<Output = Result<()>>) -> Result<()> {
        let written = self.turns.ask(write).await;
        if matches!(&written, Err(error) if error.code == Code::Conflict) {
            self.world.look().loses(self.number, lease.email);
        }
        written
    }
}

impl OutboxJournal for Desk {
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.world.moment().await;
            self.can_write()?;
            self.written(lease, self.bug.record_step(lease, state))
                .await?;
            self.world.look().tell(|| {
                let (number, mail, step) = (self.number, lease.email.0.as_u128(), state.step);
                format!("{number} wrote down {mail}: {step:?}")
            });
            self.world.moment().await;
            Ok(())
        })
    }

    fn settle<'a>(
        &'a self,
        lease: &'a Lease,
        state: &'a State,
        at: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.world.moment().await;
            self.can_write()
                .map_err(|full| self.bug.not_settled(full))?;
            self.written(lease, self.bug.settle(lease, state, at))
                .await?;
            self.has_settled(lease, state);
            self.world.moment().await;
            Ok(())
        })
    }
}

impl OutboxStore for Desk {
    fn release_leases(&self) -> BoxFuture<'_, Result<u32>> {
        Box::pin(async move {
            self.world.moment().await;
            self.can_write()?;
            let released = match self.alone {
                true => self.turns.ask(self.store.release_leases()).await?,
                false => 0,
            };
            self.world.look().has_begun[self.number] = true;
            Ok(released)
        })
    }

    fn take_up<'a>(
        &'a self,
        owner: &'a str,
        busy: &'a [AccountId],
        now: UnixMillis,
        random: u32,
    ) -> BoxFuture<'a, Result<TakenUp>> {
        Box::pin(async move {
            self.world.moment().await;
            self.can_write()?;
            let taking = self.bug.take_up(owner, busy, now, random);
            let taken = self.turns.ask(taking).await?;
            if let Some(leased) = &taken.leased {
                let (email, step) = (leased.lease.email, leased.state.step);
                let mut inner = self.world.look();
                inner.tell(|| format!("{} took up {} at {step:?}", self.number, email.0.as_u128()));
                let held = crate::world::Held {
                    email,
                    account: leased.account,
                    since: now,
                };
                inner.takes_up(self.number, held);
                if step.is_before_sending() {
                    inner.is_in_time(email, leased.account, now);
                }
            }
            self.world.moment().await;
            Ok(taken)
        })
    }

    fn next_due<'a>(&'a self, busy: &'a [AccountId]) -> BoxFuture<'a, Result<Option<UnixMillis>>> {
        Box::pin(self.turns.ask(self.bug.next_due(busy)))
    }
}

impl Pace for Desk {
    fn now(&self) -> UnixMillis {
        self.world.look().now()
    }

    fn random(&self) -> u32 {
        self.world.look().dice.number() as u32
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        let until = self.world.look().time + millis(time);
        Box::pin(self.world.sleep_until(until))
    }

    fn stopped_short(&self, error: &Error) {
        self.world
            .look()
            .tell(|| format!("{} was stopped short: {error}", self.number));
        assert!(
            matches!(error.code, Code::StorageFull | Code::Conflict),
            "only a full disk and a lost lease stop a worker: {error}"
        );
    }
}

impl Surroundings for Desk {
    fn sender(&self, account: AccountId) -> BoxFuture<'_, Result<Box<dyn MailSender>>> {
        Box::pin(async move {
            self.world.moment().await;
            let known = self.turns.ask(self.store.get_account(account)).await?;
            let server: usize = known.subject.parse().expect("an account of the storm");
            if self.world.look().fault(40) {
                self.world.look().servers.all[server].was_out_of_reach = true;
                return Err(Error::new(Code::KeyringUnavailable, "The vault is locked."));
            }
            let line = Line {
                world: Arc::clone(&self.world),
                server,
            };
            let turns = Arc::clone(&self.turns);
            Ok(Box::new(BuggySender::new(line, turns, &self.bug)) as Box<dyn MailSender>)
        })
    }

    fn changed(&self, _: EmailId) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn account_signed_out(&self) {}

    fn rest(&self, nap: Duration) -> BoxFuture<'_, ()> {
        let until = self.world.look().time + millis(nap);
        Box::pin(self.world.rest_until(self.number, until))
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).expect("a short time")
}
