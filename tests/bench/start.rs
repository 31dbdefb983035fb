//! From the start of the process to an editor that can be typed into, and the memory of all its
//! processes (PSS: shared pages are divided among those who share them), beside Thunderbird.

use std::time::{Duration, Instant};

use crate::{
    median, outbox, row,
    support::{Desk, process, process::Start, wait},
};

pub const RUNS: usize = 5;
/// Memory is looked at so long after the window is there.
const SETTLED: Duration = Duration::from_secs(5);

/// A start of one program: seconds until it can be used, and megabytes a while later.
struct Figures {
    seconds: Vec<f64>,
    megabytes: Vec<f64>,
}

pub async fn start_and_memory() {
    let ours = Desk::new("bench-start");
    let theirs = Desk::new("bench-thunderbird");
    let mut draftwell = Figures::none();
    let mut thunderbird = Figures::none();
    // The first start of each makes its data folder and warms the disk's cache; it doesn't count.
    for run in 0..=RUNS {
        let measured = start_draftwell(&ours).await;
        let other = start_thunderbird(&theirs).await;
        if run > 0 {
            draftwell.add(measured);
            thunderbird.add(other);
        }
    }
    let (our_start, their_start) = (
        median(&mut draftwell.seconds),
        median(&mut thunderbird.seconds),
    );
    let (our_memory, their_memory) = (
        median(&mut draftwell.megabytes),
        median(&mut thunderbird.megabytes),
    );
    row(
        "Thunderbird: start to its first window",
        &format!("{their_start:.2} s"),
        None,
        "",
    );
    row(
        "start to an editor ready for typing",
        &format!("{our_start:.2} s"),
        Some(our_start / their_start),
        "<= 0.5",
    );
    row(
        "Thunderbird: memory (PSS) 5 s later",
        &format!("{their_memory:.0} MB"),
        None,
        "",
    );
    row(
        "memory (PSS of all processes) 5 s later",
        &format!("{our_memory:.0} MB"),
        Some(our_memory / their_memory),
        "<= 0.7",
    );
    THUNDERBIRD_MEMORY.set(their_memory).ok();
}

/// For the ratio of the idle program.
static THUNDERBIRD_MEMORY: std::sync::OnceLock<f64> = std::sync::OnceLock::new();

/// Starts Draftwell; answers the seconds until it can be typed into, and the megabytes of all its
/// processes a while later.
pub async fn start_draftwell(desk: &Desk) -> (f64, f64) {
    let before = ready_pages(desk);
    let started = Instant::now();
    let program = desk.launch(&[]);
    until_ready(desk, before).await;
    let seconds = started.elapsed().as_secs_f64();
    tokio::time::sleep(SETTLED).await;
    (seconds, megabytes(program.pid()))
}

/// With ten thousand mails in the outbox, whose time passed while the machine was off, beside an
/// empty one.
pub async fn with_a_full_outbox() {
    let (full, empty) = (Desk::new("bench-outbox"), Desk::new("bench-no-outbox"));
    outbox::fill(&full.data_dir(), 10_000).await;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for run in 0..=RUNS {
        let measured = (
            start_draftwell(&full).await.0,
            start_draftwell(&empty).await.0,
        );
        // The first start warms the disk's cache; it doesn't count.
        if run > 0 {
            with.push(measured.0);
            without.push(measured.1);
        }
    }
    let (with, without) = (median(&mut with), median(&mut without));
    row(
        "start with 10,000 mails in the outbox (beside: none)",
        &format!("{with:.2} s"),
        Some(with / without),
        "<= 1.2",
    );
}

async fn start_thunderbird(desk: &Desk) -> (f64, f64) {
    let profile = desk.folder("thunderbird");
    let started = Instant::now();
    let program = Start::new("thunderbird")
        .args(["--no-remote", "--profile"])
        .args([profile])
        .envs(desk.variables())
        .run(&desk.logs());
    wait::until("Thunderbird's window", async || {
        (!desk.windows().is_empty()).then_some(())
    })
    .await;
    let seconds = started.elapsed().as_secs_f64();
    tokio::time::sleep(SETTLED).await;
    (seconds, megabytes(program.pid()))
}

/// In the tray without a window, and from there to typing.
pub async fn tray() {
    let desk = Desk::new("bench-tray");
    desk.bus().show_trays();
    let program = desk.launch(&["--background"]);
    wait::blocking("the tray", || {
        (!desk.bus().tray_menu(program.pid()).is_empty()).then_some(())
    });
    tokio::time::sleep(SETTLED).await;
    let ratio = |memory: f64| THUNDERBIRD_MEMORY.get().map(|theirs| memory / theirs);
    let idle = megabytes(program.pid());
    row(
        "memory in the tray, no window opened yet",
        &format!("{idle:.0} MB"),
        ratio(idle),
        "<= 0.35",
    );
    let mut seconds = Vec::new();
    for _ in 0..RUNS {
        let before = ready_pages(&desk);
        let clicked = Instant::now();
        desk.bus().tray_click(program.pid(), "Quick compose");
        until_ready(&desk, before).await;
        seconds.push(clicked.elapsed().as_secs_f64());
        desk.close_window("Quick compose").await;
        wait::until("the window to go", async || {
            (!desk.shows_window("Quick compose")).then_some(())
        })
        .await;
    }
    tokio::time::sleep(SETTLED).await;
    let again = megabytes(program.pid());
    row(
        "memory in the tray, after windows were closed",
        &format!("{again:.0} MB"),
        ratio(again),
        "<= 0.35",
    );
    row(
        "from the tray to typing, first time",
        &format!("{:.2} s", seconds[0]),
        None,
        "",
    );
    row(
        "from the tray to typing, later",
        &format!("{:.2} s", median(&mut seconds[1..])),
        None,
        "",
    );
}

/// How many pages have said that they can be typed into.
fn ready_pages(desk: &Desk) -> usize {
    std::fs::read_to_string(desk.data_dir().join("logs/draftwell.log"))
        .map_or(0, |log| log.matches("editor_ready_ms").count())
}

async fn until_ready(desk: &Desk, before: usize) {
    let deadline = Instant::now() + wait::PATIENCE;
    while ready_pages(desk) == before {
        assert!(Instant::now() < deadline, "no page said that it is ready");
        // Finer than the tests' step, which would be part of the figure.
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Proportional memory of a process and everything it started.
#[allow(clippy::cast_precision_loss, reason = "megabytes")]
fn megabytes(pid: u32) -> f64 {
    let kilobytes: u64 = process::family(pid)
        .into_iter()
        .filter_map(|pid| std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok())
        .filter_map(|text| {
            let line = text.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .sum();
    kilobytes as f64 / 1024.0
}

impl Figures {
    fn none() -> Self {
        Self {
            seconds: Vec::new(),
            megabytes: Vec::new(),
        }
    }

    fn add(&mut self, (seconds, megabytes): (f64, f64)) {
        self.seconds.push(seconds);
        self.megabytes.push(megabytes);
    }
}
