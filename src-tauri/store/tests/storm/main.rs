//! The storm: the real store and the real worker against model servers that do at every step
//! whatever a server can do, with processes killed at any await, clocks that are set, and a user
//! who takes back, changes and answers. Nobody gets a mail twice, none is lost without a word,
//! and what is said of each is true, by the servers' own ledger.
//!
//! Each seed is one run, the same each time. `DRAFTWELL_STORM_SEED=7` plays one and tells its
//! story; `DRAFTWELL_STORM_RUNS` says how many are played.

mod bugs;
mod judge;
mod process;
mod run;
mod servers;
#[path = "../support/mod.rs"]
mod support;
mod user;
mod world;

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
};

use bugs::Bug;
use run::{Outcome, Prepared, play};

/// As many as `cargo test` has patience for; `make test` and `make soak` play more.
const RUNS: u64 = 500;
/// A planted bug must show within so many.
const SEEDS_FOR_A_BUG: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Plays seeds on all processors until one goes wrong; answers the first that did, and what the
/// others came to.
fn play_all(seeds: u64, bug: Option<Bug>) -> (Option<(u64, String)>, BTreeMap<String, usize>) {
    let prepared = Prepared::new();
    let (next, stop) = (AtomicU64::new(1), AtomicBool::new(false));
    let worker = || {
        let mut ends = BTreeMap::<String, usize>::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed > seeds || stop.load(Ordering::Relaxed) {
                return (None, ends);
            }
            let outcome = play(seed, &prepared, bug, false);
            for (end, count) in outcome.ends {
                *ends.entry(end).or_default() += count;
            }
            *ends.entry("kills".to_owned()).or_default() += outcome.kills;
            if let Some(wrong) = outcome.wrong {
                stop.store(true, Ordering::Relaxed);
                return (Some((seed, wrong)), ends);
            }
        }
    };
    let count = thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(worker)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("it judges panics"))
            .collect()
    });
    let mut all = BTreeMap::new();
    let mut first: Option<(u64, String)> = None;
    for (wrong, ends) in parts {
        for (end, count) in ends {
            *all.entry(end).or_default() += count;
        }
        if wrong
            .as_ref()
            .is_some_and(|(seed, _)| first.as_ref().is_none_or(|(s, _)| seed < s))
        {
            first = wrong;
        }
    }
    (first, all)
}

/// The whole story of a seed that went wrong.
fn retold(seed: u64, bug: Option<Bug>) -> Outcome {
    play(seed, &Prepared::new(), bug, true)
}

#[test]
fn whatever_happens_no_mail_comes_twice_and_none_is_lost() {
    if let Some(seed) = number("DRAFTWELL_STORM_SEED") {
        let outcome = retold(seed, None);
        println!("{}\n{:?}", outcome.story.join("\n"), outcome.ends);
        assert_eq!(outcome.wrong, None, "DRAFTWELL_STORM_SEED={seed}");
        return;
    }
    let soak = std::env::var_os("DRAFTWELL_SOAK").is_some();
    let runs = number("DRAFTWELL_STORM_RUNS").unwrap_or(if soak { 100_000 } else { RUNS });
    let (wrong, ends) = play_all(runs, None);
    println!("{runs} runs: {ends:?}");
    if let Some((seed, wrong)) = wrong {
        let story = retold(seed, None).story.join("\n");
        panic!("{story}\n\nDRAFTWELL_STORM_SEED={seed}: {wrong}");
    }
    for end in ["Sent", "Failed", "Cancelled", "Unknown", "kills"] {
        let share = ends.get(end).copied().unwrap_or_default() as u64;
        assert!(
            share * 20 > runs,
            "the storm is too mild: {end} only {share} times"
        );
    }
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in 1..=40 {
        let (once, again) = (retold(seed, None), retold(seed, None));
        assert!(once.story.len() > 20, "there is something to compare");
        assert_eq!(once, again, "seed {seed}");
    }
}

#[test]
fn every_planted_bug_is_found() {
    for bug in Bug::ALL {
        let (wrong, _) = play_all(SEEDS_FOR_A_BUG, Some(bug));
        let (seed, wrong) =
            wrong.unwrap_or_else(|| panic!("{bug:?} was not found in {SEEDS_FOR_A_BUG} seeds"));
        println!("{bug:?}: seed {seed}: {wrong}");
    }
}
