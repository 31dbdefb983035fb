//! Killed while somebody types: everything shown as *Saved* is there after the next start, and
//! of the rest at most the last 1.2 seconds are lost. In half of the rounds the page's own process
//! is killed, alone or with everything else; when it was alone the page comes back by itself.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{
    App, Desk, process,
    wait::{until, within},
};

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

/// One round; answers who was killed and how many milliseconds of typing were lost.
async fn round(seed: u64) -> (Victim, u64) {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let desk = Desk::new(&format!("killed_while_typing_{seed}"));
    let app = desk.start().await;
    app.get("textbox", "Message").await;

    // The moment is chosen before the first key and depends on nothing that is seen.
    let moment = Duration::from_millis(200 + dice.roll(4300));
    let victim = Victim::roll(&mut dice);
    let started = Instant::now();
    let killer = {
        let (pid, group, pages) = (app.pid(), app.group(), app.web_processes());
        assert_eq!(pages.len(), 1, "one window has one page");
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
    let (keys, saved) = type_until_dead(&app, &mut dice).await;
    let killed = killer.join().unwrap();
    if victim == Victim::Page {
        until("the page to come back by itself", async || {
            (times_ready(&desk) == 2).then_some(())
        })
        .await;
    }
    app.kill().await;

    let app = desk.start().await;
    let found = recovered(&app, &keys).await;
    let typed: String = keys.iter().map(|(letter, _)| *letter).collect();
    let replay = format!("DRAFTWELL_TEST_SEED={seed} ({victim:?} killed after {moment:?})");
    // What is there is what was typed: from the first letter on, nothing doubled or in between.
    assert!(
        typed.starts_with(&found) || found.starts_with(&typed),
        "{replay}: typed {typed:?}, found {found:?}"
    );
    assert!(
        found.starts_with(&saved),
        "{replay}: shown as saved: {saved:?}, found {found:?}"
    );
    let lost = keys
        .iter()
        .skip(found.chars().count())
        .map(|(_, at)| killed.saturating_duration_since(*at))
        .max()
        .unwrap_or_default();
    assert!(
        lost <= MAY_BE_LOST,
        "{replay}: lost {lost:?} of typing: typed {typed:?}, found {found:?}"
    );
    let (drafts, blank): (i64, i64) = desk
        .database()
        .query_row(
            "SELECT count(*), count(*) FILTER (WHERE snippet = '') FROM drafts",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert!(drafts <= 1, "{replay}: {drafts} drafts instead of one");
    // One made of the first letter, a space, has nothing to show.
    assert!(
        blank == 0 || found.trim().is_empty(),
        "{replay}: a blank draft"
    );
    (victim, u64::try_from(lost.as_millis()).unwrap())
}

/// How often a page has said that it can be typed into.
fn times_ready(desk: &Desk) -> usize {
    let log = desk.data_dir().join("logs/draftwell.log");
    let log = std::fs::read_to_string(log).unwrap_or_default();
    log.matches("editor ready").count()
}

/// Types words until the program is gone. Answers every letter with the time it had arrived, and
/// the longest text the page showed as saved.
async fn type_until_dead(app: &App, dice: &mut Dice) -> (Vec<(char, Instant)>, String) {
    let mut keys = Vec::new();
    let mut saved = String::new();
    let message = app.get("textbox", "Message").await;
    'typing: loop {
        let letters: Vec<char> = "aäbcdeéfghiïjklmnoöpqrsßtuüvwxyz".chars().collect();
        let word_length = 1 + dice.roll(9);
        for place in 0..=word_length {
            let letter = if place == word_length {
                ' '
            } else {
                letters[usize::try_from(dice.roll(letters.len() as u64)).unwrap()]
            };
            let key = letter.to_string();
            let typing = message.send_keys(&key);
            match tokio::time::timeout(Duration::from_secs(8), typing).await {
                Ok(Ok(())) => keys.push((letter, Instant::now())),
                _ => break 'typing,
            }
        }
        // Text and state in one look: both are of the same moment.
        let script = "return [document.querySelector('[aria-label=Message]').innerText,
            [...document.querySelectorAll('[role=status]')].map((e) => e.textContent.trim())]";
        let look = app.client().execute(script, vec![]);
        let Ok(Ok(seen)) = tokio::time::timeout(Duration::from_secs(8), look).await else {
            break;
        };
        let is_saved = seen[1].as_array().is_some_and(|all| {
            all.iter()
                .any(|s| s.as_str().is_some_and(|s| s.starts_with("Saved")))
        });
        if is_saved {
            seen[0]
                .as_str()
                .unwrap_or_default()
                .trim_end()
                .clone_into(&mut saved);
        }
        assert!(
            keys.len() < 20_000,
            "the program was not killed while typing"
        );
    }
    (keys, saved)
}

/// What the draft holds after the restart.
async fn recovered(app: &App, keys: &[(char, Instant)]) -> String {
    app.get("textbox", "Message").await;
    if keys.is_empty() {
        return String::new();
    }
    // The page shows the draft that was open last, with what its journal had. Killed early on,
    // it may not know any more which one that was; then the draft is in the list. Killed in the
    // first moments there may be nothing at all, which the caller judges.
    let not_empty = async || {
        let text = app.text("Message").await;
        (!text.trim().is_empty()).then_some(text)
    };
    let mut text = within(Duration::from_secs(5), not_empty).await;
    if text.is_none() {
        let list = app.call("list_drafts", json!(null)).await.unwrap();
        if list["items"] != json!([]) {
            app.until_page(
                "the draft in the list",
                "const row = document.querySelector('[aria-label=Drafts] li button');
                 row?.click();
                 return row !== null;",
            )
            .await;
            text = Some(until("the draft's text", not_empty).await);
        }
    }
    let text = text.unwrap_or_default();
    // Spaces at the end of a line are shown as hard ones.
    text.replace('\u{a0}', " ")
        .trim_end_matches('\n')
        .to_owned()
}
