//! Killed while somebody types: everything shown as *Saved* is there after the next start, and
//! of the rest at most the last 1.2 seconds are lost. In half of the rounds the page's own process
//! is killed, alone or with everything else; when it was alone the page comes back by itself.
//!
//! What is typed differs by round: a text; a text with a subject and recipients; either of them in
//! a draft that holds 50 KB already; or a text in two windows that show the same draft, turn and
//! turn about. What is there afterwards is read from the database and compared with the page.

mod judge;
mod typist;

use std::time::{Duration, Instant};

use judge::{Found, judge};
use typist::{Plan, Typist};

use crate::support::{Desk, process, wait::until};

/// What may be lost of what was typed last (the web view itself keeps half a second back).
const MAY_BE_LOST: Duration = Duration::from_millis(1200);

/// A small generator of numbers that look random, the same for the same seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % sides
    }
}

/// `DRAFTWELL_TEST_SEED` replays one round; `DRAFTWELL_TEST_ROUNDS` says how many there are.
fn seeds() -> Vec<u64> {
    let number = |name| {
        std::env::var(name)
            .ok()
            .and_then(|v: String| v.parse().ok())
    };
    if let Some(seed) = number("DRAFTWELL_TEST_SEED") {
        return vec![seed];
    }
    let soak = std::env::var_os("DRAFTWELL_SOAK").is_some();
    let rounds = number("DRAFTWELL_TEST_ROUNDS").unwrap_or(if soak { 300 } else { 20 });
    (1..=rounds).collect()
}

/// Who is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    /// The program; its web view's processes notice by themselves.
    Program,
    /// The page's process.
    Page,
    /// Both, and whatever else belongs to them.
    Everything,
}

impl Victim {
    /// The page's process in half of the rounds, and in half of those with all the others.
    fn roll(dice: &mut Dice) -> Self {
        match dice.roll(4) {
            0 => Self::Everything,
            1 => Self::Page,
            _ => Self::Program,
        }
    }
}

#[tokio::test]
async fn killed_while_typing_nothing_saved_is_lost() {
    let mut losses = Vec::new();
    for seed in seeds() {
        losses.push(round(seed).await);
    }
    report("all", losses.iter().map(|(_, lost)| *lost));
    for victim in [Victim::Program, Victim::Page, Victim::Everything] {
        let some = losses.iter().filter(|(killed, _)| *killed == victim);
        report(&format!("{victim:?}"), some.map(|(_, lost)| *lost));
    }
}

fn report(name: &str, losses: impl Iterator<Item = u64>) {
    let mut losses: Vec<_> = losses.collect();
    losses.sort_unstable();
    if let (Some(least), Some(most)) = (losses.first(), losses.last()) {
        println!(
            "lost in {} rounds ({name}), in ms of typing: least {least}, median {}, p90 {}, most {most}",
            losses.len(),
            losses[losses.len() / 2],
            losses[losses.len() * 9 / 10],
        );
    }
}

/// What happens in a round. The moment is chosen before the first key and depends on nothing that
/// is seen.
fn decide(seed: u64) -> (Dice, Duration, Plan, Victim) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let moment = Duration::from_millis(200 + dice.roll(4300));
    let plan = Plan::roll(&mut dice);
    let victim = match Victim::roll(&mut dice) {
        // Of two pages one would live on, and somebody would go on typing in it.
        Victim::Page if plan.two_windows => Victim::Everything,
        victim => victim,
    };
    (dice, moment, plan, victim)
}

#[test]
fn twenty_rounds_have_some_of_each_kind() {
    let plans: Vec<Plan> = (1..=20).map(|seed| decide(seed).2).collect();
    let count = |is: fn(&Plan) -> bool| plans.iter().filter(|plan| is(plan)).count();
    assert!(count(|plan| plan.two_windows) >= 3, "{plans:?}");
    assert!(count(|plan| plan.fields) >= 3, "{plans:?}");
    assert!(count(|plan| plan.long) >= 3, "{plans:?}");
}

/// One round; answers who was killed and how many milliseconds of typing were lost.
async fn round(seed: u64) -> (Victim, u64) {
    let (mut dice, moment, plan, victim) = decide(seed);
    let desk = Desk::new(&format!("killed_while_typing_{seed}"));
    let app = desk.start().await;
    app.get("textbox", "Message").await;

    let mut typist = Typist::sit_down(&app, plan).await;
    let started = Instant::now();
    let killer = {
        let (pid, group, pages) = (app.pid(), app.group(), app.web_processes());
        assert!(
            pages.len() == 1 || plan.two_windows,
            "one window has one page"
        );
        std::thread::spawn(move || {
            std::thread::sleep(moment.saturating_sub(started.elapsed()));
            let at = Instant::now();
            match victim {
                Victim::Program => process::kill(pid),
                Victim::Page => process::kill(pages[0]),
                Victim::Everything => process::kill_group(group),
            }
            at
        })
    };
    typist.type_until_dead(&mut dice).await;
    let typed = typist.get_up();
    let killed = killer.join().unwrap();
    if victim == Victim::Page {
        until("the page to come back by itself", async || {
            (times_ready(&desk) == 2).then_some(())
        })
        .await;
    }
    app.kill().await;

    let ready_before = times_ready(&desk);
    let app = desk.start().await;
    // Its text box is there before it has taken over what the crash left.
    until("the page to be ready", async || {
        (times_ready(&desk) > ready_before).then_some(())
    })
    .await;
    let found = Found::look(&app, &typed).await;
    let replay =
        format!("DRAFTWELL_TEST_SEED={seed} ({victim:?} killed after {moment:?} of {plan:?})");
    let lost = judge(&typed, &found, killed, &replay);
    assert!(
        lost <= MAY_BE_LOST,
        "{replay}: lost {lost:?} of typing: {typed}, found {found}"
    );
    (victim, u64::try_from(lost.as_millis()).unwrap())
}

/// How often a page has said that it shows what it starts with, a crash's journal taken over.
fn times_ready(desk: &Desk) -> usize {
    let log = desk.data_dir().join("logs/draftwell.log");
    let log = std::fs::read_to_string(log).unwrap_or_default();
    log.matches("editor ready").count()
}
