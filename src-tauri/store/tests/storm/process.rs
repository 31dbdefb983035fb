//! A process of Draftwell as far as sending goes: the real store on a real folder and the real
//! worker, polled by hand, so that it can be killed at any await.
//!
//! The store answers from threads of its own. So that a seed always gives the same run, nothing
//! is decided while one of them is at work: [`Process::go_on`] polls until the worker stands at a
//! moment of the played world, and [`Process::creep`] one await at a time, with the store's
//! threads held until the poll is over.

use std::{
    future::Future,
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
    outbox::{Lease, OutboxJournal, OutboxStore, State, Surroundings, TakenUp, work},
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

/// One running process.
pub struct Process {
    pub store: Store,
    world: Arc<World>,
    worker: Pin<Box<dyn Future<Output = ()>>>,
    bell: Arc<Bell>,
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
        let desk = Desk {
            store: store.clone(),
            world: Arc::clone(world),
            number,
            alone,
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
            stands: Stands::Between,
        }
    }

    fn poll(&mut self) -> Option<i64> {
        self.world.look().asleep = None;
        self.bell.rung.store(false, Ordering::Release);
        let waker = Waker::from(Arc::clone(&self.bell));
        let polled = self.worker.as_mut().poll(&mut Context::from_waker(&waker));
        assert!(polled.is_pending(), "the worker never ends");
        self.world.look().asleep
    }

    /// Polls the worker until it stands at the next moment.
    pub fn go_on(&mut self) {
        let until = loop {
            match self.poll() {
                Some(until) => break until,
                None => self.bell.wait(),
            }
        };
        self.stands = Stands::Until(until);
    }

    /// Polls the worker once, up to its next await, and lets happen what it waits for.
    pub fn creep(&mut self) {
        let held = Held::new(&self.store);
        let asleep = self.poll();
        drop(held);
        self.stands = match asleep {
            Some(until) => Stands::Until(until),
            None => {
                self.bell.wait();
                Stands::Between
            }
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
    bug: BuggyStore,
}

impl Desk {
    /// The disk is full, perhaps.
    fn can_write(&self) -> Result<()> {
        if self.world.look().fault(60) {
            return Err(Error::new(Code::StorageFull, "The played disk is full."));
        }
        Ok(())
    }
}

impl OutboxJournal for Desk {
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.world.moment().await;
            let written = match self.can_write() {
                Ok(()) => self.bug.record_step(lease, state).await,
                full => full,
            };
            if written.is_err() {
                self.world.look().lets_go(self.number);
            }
            written?;
            self.world
                .look()
                .tell(|| format!("{} wrote down {:?}", self.number, state.step));
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
            let written = match self.can_write() {
                Ok(()) => self.bug.settle(lease, state, at).await,
                full => full,
            };
            match &written {
                Ok(()) => self.world.look().holding[self.number] = None,
                Err(_) => self.world.look().lets_go(self.number),
            }
            written?;
            self.world.look().tell(|| {
                let (number, status, step) = (self.number, state.status, state.step);
                format!(
                    "{number} settled {}: {status:?}, {step:?}",
                    lease.email.0.as_u128()
                )
            });
            self.world.moment().await;
            Ok(())
        })
    }
}

impl OutboxStore for Desk {
    fn release_leases(&self) -> BoxFuture<'_, Result<u32>> {
        Box::pin(async move {
            self.world.moment().await;
            let released = if self.alone {
                self.store.release_leases().await
            } else {
                Ok(0)
            };
            self.world.look().has_begun[self.number] = true;
            released
        })
    }

    fn take_up<'a>(
        &'a self,
        owner: &'a str,
        now: UnixMillis,
        random: u32,
    ) -> BoxFuture<'a, Result<TakenUp>> {
        Box::pin(async move {
            self.world.moment().await;
            self.can_write()?;
            let taken = self.bug.take_up(owner, now, random).await?;
            if let Some(leased) = &taken.leased {
                let (email, step) = (leased.lease.email, leased.state.step);
                let mut inner = self.world.look();
                inner.tell(|| format!("{} took up {} at {step:?}", self.number, email.0.as_u128()));
                inner.takes_up(self.number, email, now);
            }
            self.world.moment().await;
            Ok(taken)
        })
    }

    fn next_due(&self) -> BoxFuture<'_, Result<Option<UnixMillis>>> {
        self.store.next_due()
    }
}

impl Surroundings for Desk {
    fn now(&self) -> UnixMillis {
        self.world.look().now()
    }

    fn random(&self) -> u32 {
        self.world.look().dice.number() as u32
    }

    fn sender(&self, account: AccountId) -> BoxFuture<'_, Result<Box<dyn MailSender>>> {
        Box::pin(async move {
            self.world.moment().await;
            if self.world.look().fault(40) {
                return Err(Error::new(Code::KeyringUnavailable, "The vault is locked."));
            }
            let subject = self.store.get_account(account).await?.subject;
            let server = subject.parse().expect("an account of the storm");
            let line = Line {
                world: Arc::clone(&self.world),
                server,
            };
            Ok(Box::new(BuggySender::new(line, &self.bug)) as Box<dyn MailSender>)
        })
    }

    fn changed(&self, _: EmailId) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }

    fn account_signed_out(&self) {}

    fn stopped_short(&self, error: &Error) {
        self.world
            .look()
            .tell(|| format!("{} was stopped short: {error}", self.number));
        assert!(
            matches!(error.code, Code::StorageFull | Code::Conflict),
            "only a full disk and a lost lease stop a worker: {error}"
        );
    }

    fn rest(&self, nap: Duration) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            let until = {
                let inner = self.world.look();
                inner.time + i64::try_from(nap.as_millis()).expect("a short nap")
            };
            self.world.rest_until(self.number, until).await;
        })
    }
}
