//! The worker among accounts whose servers behave differently, over an outbox in memory that can
//! be full. Polled by hand: nothing sleeps, and whoever hangs hangs for good.

use std::{
    collections::BTreeMap,
    future::{Future, pending, poll_fn, ready},
    mem,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
    time::Duration,
};

use uuid::Uuid;

use super::{
    EmailStatus, Event, Lease, Leased, MOST_AT_ONCE, Method, OutboxJournal, OutboxStore, Pace,
    State, Surroundings, TakenUp, next, work,
};
use crate::{
    UnixMillis,
    error::{Code, Error, Result},
    id::{AccountId, EmailId},
    ports::{BoxFuture, Found, MailSender, OutgoingMessage, SentMessage, StepResult},
};

const NOW: UnixMillis = UnixMillis(1_767_268_800_000);

struct Row {
    email: EmailId,
    account: AccountId,
    state: State,
    is_leased: bool,
}

#[derive(Default)]
struct Inner {
    rows: Vec<Row>,
    /// What was handed to each account's server.
    handed_over: BTreeMap<u128, Vec<EmailId>>,
    /// How many writes of an outcome still fail.
    settling_fails: u32,
    pauses: Vec<Duration>,
    told: Vec<Code>,
}

/// Servers, the outbox, and all else around the worker. Those of accounts in `hang` never answer.
struct World {
    hang: Vec<u128>,
    inner: Arc<Mutex<Inner>>,
}

impl World {
    /// So many mails of each of these accounts, due now.
    fn new(accounts: &[u128], mails: u128, hang: &[u128]) -> Self {
        let row = |account: u128, mail: u128| Row {
            email: EmailId(Uuid::from_u128(account * 100 + mail)),
            account: AccountId(Uuid::from_u128(account)),
            state: State::queued(NOW),
            is_leased: false,
        };
        let rows = accounts.iter().flat_map(|account| {
            let mails = 0..mails;
            mails.map(move |mail| row(*account, mail))
        });
        let inner = Inner {
            rows: rows.collect(),
            ..Inner::default()
        };
        Self {
            hang: hang.to_vec(),
            inner: Arc::new(Mutex::new(inner)),
        }
    }

    fn look(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }

    /// Lets a worker go on for so many polls, more than it needs to come as far as it can.
    fn run(&self, polls: usize) {
        let mut worker = pin!(work(self, self, "worker"));
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..polls {
            assert!(worker.as_mut().poll(&mut context).is_pending());
        }
    }

    fn status(&self, account: u128) -> Vec<EmailStatus> {
        let inner = self.look();
        let rows = (inner.rows.iter()).filter(|row| row.account.0.as_u128() == account);
        rows.map(|row| row.state.status).collect()
    }

    fn handed_over(&self, account: u128) -> usize {
        self.look().handed_over.get(&account).map_or(0, Vec::len)
    }

    fn write(&self, lease: &Lease, state: &State, release: bool) -> Result<()> {
        let mut inner = self.look();
        let row = inner.rows.iter_mut().find(|row| row.email == lease.email);
        let row = row.unwrap();
        assert!(row.is_leased, "only a leased row is written");
        row.state = state.clone();
        row.is_leased = !release;
        Ok(())
    }
}

impl OutboxJournal for World {
    fn record_step<'a>(&'a self, lease: &'a Lease, state: &'a State) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { self.write(lease, state, false) })
    }

    fn settle<'a>(
        &'a self,
        lease: &'a Lease,
        state: &'a State,
        _: UnixMillis,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            let full = {
                let mut inner = self.look();
                let full = inner.settling_fails > 0;
                inner.settling_fails -= u32::from(full);
                full
            };
            if full {
                return Err(Error::new(Code::StorageFull, "The disk is full."));
            }
            self.write(lease, state, true)
        })
    }
}

impl OutboxStore for World {
    fn release_leases(&self) -> BoxFuture<'_, Result<u32>> {
        Box::pin(ready(Ok(0)))
    }

    fn take_up<'a>(
        &'a self,
        owner: &'a str,
        busy: &'a [AccountId],
        now: UnixMillis,
        random: u32,
    ) -> BoxFuture<'a, Result<TakenUp>> {
        Box::pin(async move {
            let mut inner = self.look();
            let row = (inner.rows.iter_mut())
                .find(|row| is_due(row, busy))
                .map(|row| {
                    row.state = next(&row.state, Event::Lease, now, random).unwrap().state;
                    row.is_leased = true;
                    leased(row, owner)
                });
            Ok(TakenUp {
                leased: row,
                passed_over: Vec::new(),
            })
        })
    }

    fn next_due<'a>(&'a self, busy: &'a [AccountId]) -> BoxFuture<'a, Result<Option<UnixMillis>>> {
        let inner = self.look();
        let due = inner.rows.iter().any(|row| is_due(row, busy));
        Box::pin(ready(Ok(due.then_some(NOW))))
    }
}

fn is_due(row: &Row, busy: &[AccountId]) -> bool {
    !row.is_leased && row.state.status == EmailStatus::Queued && !busy.contains(&row.account)
}

fn leased(row: &Row, owner: &str) -> Leased {
    let bytes = b"frozen".to_vec();
    Leased {
        lease: Lease {
            email: row.email,
            owner: owner.to_owned(),
        },
        account: row.account,
        state: row.state.clone(),
        body_hash: crate::fingerprint(&bytes),
        message: OutgoingMessage {
            id: row.email,
            recipients: vec!["bob@example.org".into()],
            bytes: bytes.into(),
            thread_id: None,
        },
        method: Method::AtOnce,
    }
}

impl Pace for World {
    fn now(&self) -> UnixMillis {
        NOW
    }

    fn random(&self) -> u32 {
        0
    }

    fn pause(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.look().pauses.push(time);
        Box::pin(one_poll())
    }

    fn stopped_short(&self, error: &Error) {
        self.look().told.push(error.code);
    }
}

impl Surroundings for World {
    fn sender(&self, account: AccountId) -> BoxFuture<'_, Result<Box<dyn MailSender>>> {
        let account = account.0.as_u128();
        let server = Server {
            account,
            hangs: self.hang.contains(&account),
            inner: Arc::clone(&self.inner),
        };
        Box::pin(ready(Ok(Box::new(server) as Box<dyn MailSender>)))
    }

    fn changed(&self, _: EmailId) -> BoxFuture<'_, ()> {
        Box::pin(ready(()))
    }

    fn account_signed_out(&self) {}

    fn rest(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(one_poll())
    }
}

/// Over with the second poll.
async fn one_poll() {
    let mut is_over = false;
    poll_fn(move |_| match mem::replace(&mut is_over, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

/// The line to an account's server.
struct Server {
    account: u128,
    hangs: bool,
    inner: Arc<Mutex<Inner>>,
}

impl MailSender for Server {
    fn create_draft<'a>(&'a self, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<String>> {
        unreachable!("it sends at once")
    }

    fn send_draft<'a>(&'a self, _: &'a str) -> BoxFuture<'a, StepResult<SentMessage>> {
        unreachable!("it sends at once")
    }

    fn look<'a>(&'a self, _: &'a str, _: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<Found>> {
        unreachable!("it sends at once")
    }

    fn send<'a>(&'a self, message: &'a OutgoingMessage) -> BoxFuture<'a, StepResult<SentMessage>> {
        let mut inner = self.inner.lock().unwrap();
        inner
            .handed_over
            .entry(self.account)
            .or_default()
            .push(message.id);
        if self.hangs {
            return Box::pin(pending());
        }
        Box::pin(ready(Ok(SentMessage {
            id: "m".into(),
            thread_id: None,
        })))
    }
}

use EmailStatus::{Queued, Sent, Transmitting};

#[test]
fn a_server_that_hangs_keeps_no_other_account_waiting() {
    let world = World::new(&[1, 2, 3], 3, &[1]);
    world.run(100);
    assert_eq!(
        world.status(1),
        [Transmitting, Queued, Queued],
        "one mail at a time of each account"
    );
    assert_eq!(world.handed_over(1), 1);
    for account in [2, 3] {
        assert_eq!(world.status(account), [Sent; 3], "account {account}");
        assert_eq!(world.handed_over(account), 3, "account {account}");
    }
}

#[test]
fn so_many_and_no_more_accounts_send_at_once() {
    let accounts: Vec<u128> = (1..=MOST_AT_ONCE as u128 + 3).collect();
    let world = World::new(&accounts, 1, &accounts);
    world.run(200);
    let at_work = (accounts.iter()).filter(|account| world.handed_over(**account) > 0);
    assert_eq!(at_work.count(), MOST_AT_ONCE);
}

#[test]
fn an_outcome_that_can_t_be_written_is_held_until_it_can() {
    let world = World::new(&[1, 2], 2, &[]);
    world.look().settling_fails = 9;
    world.run(200);
    for account in [1, 2] {
        assert_eq!(world.status(account), [Sent; 2], "account {account}");
        assert_eq!(world.handed_over(account), 2, "nothing was sent twice");
    }
    let inner = world.look();
    assert_eq!(inner.told, [Code::StorageFull; 9], "it is said each time");
    assert_eq!(inner.pauses.len(), 9, "and not tried without a pause");
    assert!(inner.pauses[8] > inner.pauses[0], "{:?}", inner.pauses);
}

#[test]
fn while_an_outcome_is_held_nothing_else_of_its_account_is_begun() {
    let world = World::new(&[1, 2], 2, &[]);
    world.look().settling_fails = u32::MAX;
    world.run(200);
    for account in [1, 2] {
        assert_eq!(world.handed_over(account), 1, "account {account}");
        assert_eq!(world.status(account), [Transmitting, Queued]);
    }
}
