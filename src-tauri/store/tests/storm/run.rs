//! One run: some minutes in which everything goes wrong, then calm, then judgement.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use draftwell_core::{
    account::{AccountKind, GMAIL_COMPOSE, GMAIL_SEND, GRAPH_READ_WRITE, GRAPH_SEND},
    id::AccountId,
    settings::UpdateSettings,
};
use draftwell_store::{NewAccount, Store};
use tempfile::TempDir;

use crate::{
    bugs::Bug,
    judge,
    process::{Process, Stands, wait_for},
    servers::{Kind, Servers},
    user::User,
    world::{Dice, PROCESSES, World},
};

/// How many decisions are made before it becomes calm.
const DECISIONS: usize = 130;
/// More rounds than any mail needs to come to rest once nothing goes wrong any more.
const CALM_ROUNDS: usize = 400;

/// What a run is made of.
pub struct Storm {
    pub world: Arc<World>,
    pub processes: [Option<Process>; PROCESSES],
    pub user: User,
    pub bug: Option<Bug>,
    folder: TempDir,
    /// Folders of former processes whose log was left as a kill leaves it.
    data: std::path::PathBuf,
}

/// What a run came to.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Mails by the state they ended in.
    pub ends: std::collections::BTreeMap<String, usize>,
    /// What was wrong, if something was.
    pub wrong: Option<String>,
    /// What happened, if it was asked for.
    pub story: Vec<String>,
    pub kills: usize,
}

/// An empty database, made once and copied for each run.
pub struct Prepared(TempDir);

impl Prepared {
    pub fn new() -> Self {
        let folder = folder();
        Store::open(folder.path()).expect("a new store").close();
        Self(folder)
    }
}

/// In memory, where the machine has such a place: the store syncs to the disk as ever, but here
/// that costs nothing.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let builder = &mut tempfile::Builder::new();
    let builder = builder.prefix("draftwell-storm-");
    match builder.tempdir_in(memory) {
        Ok(folder) => folder,
        Err(_) => builder.tempdir().expect("a temporary folder"),
    }
}

/// Plays one seed.
pub fn play(seed: u64, prepared: &Prepared, bug: Option<Bug>, with_story: bool) -> Outcome {
    let mut storm = Storm::new(seed, prepared, bug, with_story);
    // A panic is a finding like any other.
    let played = catch_unwind(AssertUnwindSafe(|| storm.play()));
    let (wrong, ends) = match played {
        Ok(Ok(ends)) => (None, ends),
        Ok(Err(wrong)) => (Some(wrong), Default::default()),
        Err(panic) => (Some(message_of(&*panic)), Default::default()),
    };
    let kills = storm.user.kills;
    let story = storm.world.look().story.take().unwrap_or_default();
    Outcome {
        ends,
        wrong,
        story,
        kills,
    }
}

fn message_of(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic").to_owned()
}

impl Storm {
    fn new(seed: u64, prepared: &Prepared, bug: Option<Bug>, with_story: bool) -> Self {
        let mut dice = Dice::of(seed ^ 0xA5A5);
        let kinds: Vec<Kind> = (0..2 + dice.roll(2))
            .map(|_| Kind::ALL[dice.roll(Kind::ALL.len())])
            .collect();
        let faults = dice.roll(24) as u32;
        let folder = folder();
        let data = folder.path().join("data");
        fs::create_dir(&data).expect("a folder");
        let name = draftwell_store::FILE_NAME;
        fs::copy(prepared.0.path().join(name), data.join(name)).expect("the prepared database");
        let world = Arc::new(World::new(seed, Servers::new(&kinds), faults, with_story));
        Self {
            user: User::new(&kinds),
            world,
            processes: [None, None],
            bug,
            folder,
            data,
        }
    }

    fn play(&mut self) -> Result<judge::Ends, String> {
        self.start(0);
        self.set_up();
        for _ in 0..DECISIONS {
            self.decide();
            judge::deliveries(&self.world, &self.user)?;
        }
        self.calm_down()?;
        let process = self.processes[0].as_ref().expect("one works");
        judge::ends(&self.world, &self.user, &process.store)
    }

    fn set_up(&mut self) {
        let store = self.store(0);
        let kinds: Vec<Kind> = self
            .world
            .look()
            .servers
            .all
            .iter()
            .map(|s| s.kind)
            .collect();
        for server in 0..kinds.len() {
            self.user.accounts[server] = Some(connect(&self.world, &store, server));
        }
        let few = self.world.look().dice.one_in(6);
        if few {
            self.world.look().has_daily_limit = true;
            self.user.daily_limit = 1 + self.world.look().dice.roll(3) as u32;
            let limit = UpdateSettings {
                daily_limit: Some(self.user.daily_limit),
                ..UpdateSettings::default()
            };
            let now = self.world.look().now();
            wait_for(store.update_settings(limit, now)).expect("a limit");
        }
    }

    pub fn store(&self, number: usize) -> Store {
        self.processes[number]
            .as_ref()
            .expect("it runs")
            .store
            .clone()
    }

    fn running(&self) -> Vec<usize> {
        (0..PROCESSES)
            .filter(|&number| self.processes[number].is_some())
            .collect()
    }

    fn start(&mut self, number: usize) {
        let alone = self.running().is_empty();
        self.world.look().tell(|| format!("{number} starts"));
        let process = Process::start(&self.data, number, alone, &self.world, self.bug);
        self.processes[number] = Some(process);
    }

    /// Ends a process as `kill -9` does. If it was the only one, its folder is sometimes taken
    /// over as it lies there at this moment, log and all; else the store closes it.
    pub fn kill(&mut self, number: usize) {
        let Some(process) = self.processes[number].take() else {
            return;
        };
        self.user.kills += 1;
        self.world.look().tell(|| format!("{number} is killed"));
        let alone = self.running().is_empty();
        if alone && self.world.look().dice.one_in(3) {
            let name = format!("data-{}", self.user.kills);
            let copy = self.folder.path().join(name);
            copy_folder(&self.data, &copy);
            process.kill();
            let _ = fs::remove_dir_all(std::mem::replace(&mut self.data, copy));
        } else {
            process.kill();
        }
        let mut inner = self.world.look();
        (inner.bells[number], inner.resting[number]) = (false, false);
        inner.has_begun[number] = false;
        inner.lets_go(number);
    }

    /// Whether a second process may come: not before the first has released what a former one had
    /// leased, which the program's lock of its folder makes sure of.
    fn can_have_company(&self) -> bool {
        let running = self.running();
        running.len() == 1 && self.world.look().has_begun[running[0]]
    }

    /// The processes whose worker can do something now.
    fn ready(&self) -> Vec<usize> {
        let inner = self.world.look();
        let is_ready = |number: &usize| match self.processes[*number].as_ref().map(|p| p.stands) {
            Some(Stands::Between) => true,
            Some(Stands::Until(at)) => {
                at <= inner.time || (inner.resting[*number] && inner.bells[*number])
            }
            None => false,
        };
        (0..PROCESSES).filter(is_ready).collect()
    }

    /// One thing happens.
    fn decide(&mut self) {
        if self.running().is_empty() {
            self.start(0);
        }
        let roll = self.world.look().dice.roll(100);
        match roll {
            0..14 => self.user_acts(),
            14..18 if self.world.look().fault(1) => {
                let running = self.running();
                let number = running[self.world.look().dice.roll(running.len())];
                self.kill(number);
            }
            18..20 if self.can_have_company() => {
                let number = usize::from(self.processes[0].is_some());
                self.start(number);
            }
            20..22 if self.world.look().fault(1) => self.set_the_clock(),
            23 if self.world.look().fault(3) => {
                let mut inner = self.world.look();
                let server = inner.dice.roll(self.user.accounts.len());
                let down = inner.dice.between(60_000, 40 * 3_600_000);
                let until = inner.time + down;
                let server_there = &mut inner.servers.all[server];
                (server_there.down_until, server_there.was_out_of_reach) = (until, true);
                inner.tell(|| format!("server {server} is down for {down} ms"));
            }
            24 if self.world.look().fault(2) => {
                let mut inner = self.world.look();
                let hours = inner.dice.between(1, 10);
                inner.tell(|| format!("the machine sleeps for {hours} hours"));
                let until = inner.time + hours * 3_600_000;
                inner.pass_time(until);
            }
            22 if self.world.look().fault(3) => {
                let mut inner = self.world.look();
                let server = inner.dice.roll(self.user.accounts.len());
                let (chosen, send) = (inner.dice.roll(8), inner.dice.one_in(2));
                if let Some(what) = inner.servers.meddle(server, chosen, send) {
                    inner.tell(|| what);
                }
            }
            _ => self.go_on(),
        }
    }

    /// A worker does its next step, or time passes until one can.
    fn go_on(&mut self) {
        let ready = self.ready();
        if ready.is_empty() {
            self.let_time_pass();
            return;
        }
        let (number, creeps) = {
            let dice = &mut self.world.look().dice;
            (ready[dice.roll(ready.len())], dice.one_in(6))
        };
        if let Some(process) = &mut self.processes[number] {
            if creeps {
                process.creep()
            } else {
                process.go_on()
            }
        }
    }

    fn let_time_pass(&mut self) {
        let mut inner = self.world.look();
        let stands = self
            .processes
            .iter()
            .flatten()
            .map(|process| match process.stands {
                Stands::Until(at) => at,
                Stands::Between => inner.time,
            });
        let to_do = inner.to_do.iter().map(|(at, _)| *at);
        let next = stands.chain(to_do).min().unwrap_or(inner.time);
        let next = next.max(inner.time + 1);
        inner.pass_time(next);
    }

    fn set_the_clock(&mut self) {
        let mut inner = self.world.look();
        let by = match inner.dice.roll(6) {
            0 => inner.dice.between(1, 50_000),
            1 => inner.dice.between(1, 25 * 60_000),
            2 => inner.dice.between(1, 30 * 3_600_000),
            3 => -inner.dice.between(1, 50_000),
            4 => -inner.dice.between(1, 25 * 60_000),
            _ => -inner.dice.between(1, 30 * 3_600_000),
        };
        inner.ahead += by;
        inner.tell(|| format!("the clock is set by {by} ms"));
    }

    /// Nothing goes wrong any more: one process works, its user answers what is asked, and every
    /// mail comes to rest.
    fn calm_down(&mut self) -> Result<(), String> {
        {
            let mut inner = self.world.look();
            (inner.faults_left, inner.full_until) = (0, 0);
            inner.tell(|| "calm".to_owned());
        }
        for number in self.running() {
            self.kill(number);
        }
        self.start(0);
        for _ in 0..CALM_ROUNDS {
            let mut steps = 0;
            while !self.ready().is_empty() {
                steps += 1;
                if steps > 1_000 {
                    return Err("a worker never rests".to_owned());
                }
                self.processes[0].as_mut().expect("one works").go_on();
                judge::deliveries(&self.world, &self.user)?;
            }
            let store = self.store(0);
            judge::nothing_due_is_left(&self.world, &store)?;
            let is_done = self.world.look().to_do.is_empty();
            if self.user.attend(&self.world, &store) && is_done {
                return Ok(());
            }
            if is_done && !self.world.look().bells[0] {
                // The machine sleeps until there is something to do, rather than for hours of
                // short naps.
                let due = wait_for(draftwell_core::outbox::OutboxStore::next_due(&store, &[]));
                let mut inner = self.world.look();
                let due = due.expect("it can be asked");
                let wait = due.map_or(0, |at| at.0 - inner.now().0);
                let mut until = inner.time + wait.max(0);
                if (inner.servers.all.iter()).any(|server| server.down_until > until) {
                    until += 2 * 3_600_000;
                }
                inner.pass_time(until);
            }
            if self.ready().is_empty() {
                self.let_time_pass();
            }
        }
        let store = self.store(0);
        Err(format!("never at rest: {}", self.user.waiting(&store)))
    }
}

/// Signs in to the account at a server.
pub fn connect(world: &World, store: &Store, server: usize) -> AccountId {
    let mut inner = world.look();
    inner.servers.all[server].signed_out = false;
    let (kind, scopes) = match inner.servers.all[server].kind {
        Kind::Outlook => (AccountKind::Outlook, vec![GRAPH_SEND, GRAPH_READ_WRITE]),
        Kind::Gmail => (AccountKind::Gmail, vec![GMAIL_COMPOSE]),
        // Without drafts, as by SMTP.
        Kind::GmailSendOnly | Kind::Smtp => (AccountKind::Gmail, vec![GMAIL_SEND]),
    };
    let account = NewAccount {
        kind,
        subject: server.to_string(),
        email: format!("me{server}@example.com"),
        display_name: "Ada Lovelace".to_owned(),
        scopes: scopes.into_iter().map(str::to_owned).collect(),
    };
    let (id, now) = (AccountId(inner.fresh()), inner.now());
    drop(inner);
    let account = wait_for(store.upsert_account(account, id, now));
    let id = account.expect("an account").id;
    world.look().server_of.insert(id, server);
    id
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a new folder");
    for entry in fs::read_dir(from).expect("the data folder") {
        let entry = entry.expect("its entry");
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            fs::copy(path, to).expect("a copy");
        }
    }
}
