//! What everybody in the storm shares: chance, time, the model servers, and the story so far.
//!
//! Time is played: nothing sleeps. There are two clocks, as on a real machine: one that only goes
//! on, by which servers and timers live, and the one on the wall, which may be set.

use std::{
    collections::BTreeMap,
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use draftwell_core::{
    UnixMillis,
    id::{AccountId, EmailId},
    outbox::{LATEST_SECONDS, LEASE_SECONDS},
};
use uuid::Uuid;

use crate::servers::{Deed, Servers};

/// 2026-01-01T12:00:00Z: noon, so that midnight's quota is some hours off.
const NOON: i64 = 1_767_268_800_000;

/// splitmix64: numbers that look random, the same for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ 0x5851_F42D_4C95_7F2D)
    }

    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        (self.number() % sides as u64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.roll(n) == 0
    }

    /// From `from` to `to`, both included.
    pub fn between(&mut self, from: i64, to: i64) -> i64 {
        from + (self.number() % (to - from + 1) as u64) as i64
    }
}

/// How many processes may work on the folder at once.
pub const PROCESSES: usize = 2;

/// A mail a worker has.
#[derive(Clone, Copy)]
pub struct Held {
    pub email: EmailId,
    pub account: AccountId,
    /// When by the wall clock it was taken up.
    pub since: UnixMillis,
}

/// The state of a [`World`].
pub struct Inner {
    pub dice: Dice,
    /// Milliseconds since the run began; only ever goes on.
    pub time: i64,
    /// The wall clock is this far ahead of it.
    pub ahead: i64,
    /// How many more things may go wrong.
    pub faults_left: u32,
    /// Until when the process that was polled last sleeps; none if it waits for its store.
    pub asleep: Option<i64>,
    /// Counts the decisions to let a process go on: a [`World::moment`] lasts until the next one.
    pub turn: u64,
    /// The disk is full until then.
    pub full_until: i64,
    /// The worker of a process was rung for.
    pub bells: [bool; PROCESSES],
    /// The worker of a process found nothing to do.
    pub resting: [bool; PROCESSES],
    /// The worker of a process has begun: former leases are released.
    pub has_begun: [bool; PROCESSES],
    /// The mails each worker has.
    pub holding: [Vec<Held>; PROCESSES],
    /// Mails whose worker was killed over them, or lost its lease.
    pub interrupted: Vec<EmailId>,
    /// When the user last said by the wall clock that a mail is to leave.
    pub due: BTreeMap<EmailId, UnixMillis>,
    /// Which server an account is at.
    pub server_of: BTreeMap<AccountId, usize>,
    /// There is a daily limit that mails of this run may have to wait for.
    pub has_daily_limit: bool,
    /// What must never be, if it was.
    pub wrong: Option<String>,
    pub servers: Servers,
    /// What servers have taken in and not done yet, and when they will.
    pub to_do: Vec<(i64, Deed)>,
    /// What happened, if somebody wants to read it.
    pub story: Option<Vec<String>>,
    ids: u128,
}

impl Inner {
    /// Whether something goes wrong now, once in `n` times.
    pub fn fault(&mut self, n: usize) -> bool {
        let hit = self.faults_left > 0 && self.dice.one_in(n);
        self.faults_left -= u32::from(hit);
        hit
    }

    /// The wall clock.
    pub fn now(&self) -> UnixMillis {
        UnixMillis(NOON + self.time + self.ahead)
    }

    /// An id nobody has yet.
    pub fn fresh(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    /// A worker takes a mail up. Another one may have it only if its lease ran out; which of the
    /// two was the later one, the one whose answer comes last need not be.
    pub fn takes_up(&mut self, number: usize, taken: Held) {
        let Held {
            email,
            account,
            since: now,
        } = taken;
        let mail = email.0.as_u128();
        if (self.holding[number].iter()).any(|held| held.account == account) {
            self.wrong = Some(format!(
                "{mail} is taken up beside another one of its account"
            ));
        }
        for other in (0..PROCESSES).filter(|other| *other != number) {
            let held = self.holding[other]
                .iter()
                .position(|one| one.email == email);
            let Some(index) = held else { continue };
            let since = self.holding[other][index].since;
            let (first, second) = (since.min(now), since.max(now));
            if second < first.plus_seconds(LEASE_SECONDS) {
                self.wrong = Some(format!("two workers had {mail} at the same time"));
            }
            self.interrupted.push(email);
            if since > now {
                return;
            }
            self.holding[other].remove(index);
        }
        self.holding[number].push(taken);
    }

    /// A mail that did not leave yet is taken up: not so late that the user is to be asked, unless
    /// it had to wait for a limit.
    pub fn is_in_time(&mut self, email: EmailId, account: AccountId, now: UnixMillis) {
        let server = self.server_of.get(&account);
        let is_limited = server.is_none_or(|server| self.servers.all[*server].has_limited);
        if is_limited || self.has_daily_limit {
            return;
        }
        let due = self.due.get(&email).copied();
        if due.is_none_or(|due| now >= due.plus_seconds(LATEST_SECONDS)) {
            let mail = email.0.as_u128();
            self.wrong = Some(format!("{mail} was due at {due:?}, and leaves at {now:?}"));
        }
    }

    /// A worker is done with a mail.
    pub fn has_settled(&mut self, number: usize, email: EmailId) {
        self.holding[number].retain(|held| held.email != email);
    }

    /// A worker lost its right to a mail before it brought it to an end.
    pub fn loses(&mut self, number: usize, email: EmailId) {
        self.has_settled(number, email);
        self.interrupted.push(email);
    }

    /// A worker is no more.
    pub fn lets_go(&mut self, number: usize) {
        let held = std::mem::take(&mut self.holding[number]);
        self.interrupted.extend(held.iter().map(|held| held.email));
    }

    /// What was polled sleeps until then, if nothing of it wakes up before.
    fn sleeps(&mut self, at: i64) {
        self.asleep = Some(self.asleep.map_or(at, |earlier| earlier.min(at)));
    }

    pub fn tell(&mut self, line: impl FnOnce() -> String) {
        if self.story.is_some() {
            let line = format!("{:>9} {}", self.time, line());
            self.story.get_or_insert_default().push(line);
        }
    }

    /// Lets time go on, and servers do meanwhile what they have taken in.
    pub fn pass_time(&mut self, to: i64) {
        loop {
            let next = (0..self.to_do.len()).min_by_key(|&index| self.to_do[index].0);
            let Some(index) = next.filter(|&index| self.to_do[index].0 <= to) else {
                break;
            };
            let (at, deed) = self.to_do.remove(index);
            self.time = self.time.max(at);
            self.carry_out(deed);
        }
        self.time = self.time.max(to);
    }
}

/// Everything outside of the processes.
pub struct World(Mutex<Inner>);

impl World {
    pub fn new(seed: u64, servers: Servers, faults: u32, with_story: bool) -> Self {
        Self(Mutex::new(Inner {
            dice: Dice::of(seed),
            time: 0,
            ahead: 0,
            faults_left: faults,
            asleep: None,
            turn: 0,
            full_until: 0,
            bells: [false; PROCESSES],
            resting: [false; PROCESSES],
            has_begun: [false; PROCESSES],
            holding: [const { Vec::new() }; PROCESSES],
            interrupted: Vec::new(),
            due: BTreeMap::new(),
            server_of: BTreeMap::new(),
            has_daily_limit: false,
            wrong: None,
            servers,
            to_do: Vec::new(),
            story: with_story.then(Vec::new),
            ids: 0,
        }))
    }

    pub fn look(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A moment at which anything may happen: others go on, the process is killed, the clock is
    /// set.
    pub async fn moment(&self) {
        let mut began = None;
        poll_fn(|_| {
            let mut inner = self.look();
            let turn = inner.turn;
            if *began.get_or_insert(turn) != turn {
                return Poll::Ready(());
            }
            let now = inner.time;
            inner.sleeps(now);
            Poll::Pending
        })
        .await;
    }

    /// Waits until it is that late.
    pub async fn sleep_until(&self, at: i64) {
        poll_fn(|_| {
            let mut inner = self.look();
            if inner.time >= at {
                return Poll::Ready(());
            }
            inner.sleeps(at);
            Poll::Pending
        })
        .await;
    }

    /// The same, unless the bell of process `number` is rung before.
    pub async fn rest_until(&self, number: usize, at: i64) {
        // Its rest may be ended by something else, too.
        let _resting = Resting(self, number);
        poll_fn(|_| {
            let mut inner = self.look();
            let is_over = std::mem::take(&mut inner.bells[number]) || inner.time >= at;
            inner.resting[number] = !is_over;
            if is_over {
                return Poll::Ready(());
            }
            inner.sleeps(at);
            Poll::Pending
        })
        .await;
    }
}

/// While it lives, a worker may rest.
struct Resting<'a>(&'a World, usize);

impl Drop for Resting<'_> {
    fn drop(&mut self) {
        self.0.look().resting[self.1] = false;
    }
}
