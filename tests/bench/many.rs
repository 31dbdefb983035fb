//! With a hundred thousand drafts beside an empty folder: start and memory, in turn, and whether
//! somebody who types notices searches.

use serde_json::{Value, json};

use crate::{
    median, percentile, row,
    start::{RUNS, start_draftwell},
    support::{App, Desk},
    typing::{WATCH, numbers},
};

#[allow(
    dead_code,
    unreachable_pub,
    reason = "the bench of the store uses the rest"
)]
#[path = "../../src-tauri/store/benches/many/crowd.rs"]
mod crowd;

/// Keys in each round.
const KEYS: usize = 120;
const ROUNDS: usize = 3;

fn fill(desk: &Desk) {
    let program = std::env::current_exe().expect("the path of this program");
    let target = program.ancestors().nth(3).expect("a folder of cargo's");
    crowd::copy_to(&crowd::folder(target), &desk.data_dir());
}

/// Start to ready for typing, and the memory of all processes a while later.
pub async fn start_and_memory() {
    let empty = Desk::new("bench-start-empty");
    let full = Desk::new("bench-start-full");
    fill(&full);
    let mut seconds = [Vec::new(), Vec::new()];
    let mut megabytes = [Vec::new(), Vec::new()];
    // The first start of each makes its web view's folder; it doesn't count.
    for run in 0..=RUNS {
        for (place, desk) in [&empty, &full].into_iter().enumerate() {
            let (start, memory) = start_draftwell(desk).await;
            if run > 0 {
                seconds[place].push(start);
                megabytes[place].push(memory);
            }
        }
    }
    let report = |what: &str, unit: &str, places: usize, of: &mut [Vec<f64>; 2], aim: &str| {
        let mut ratios: Vec<f64> = of[1]
            .iter()
            .zip(&of[0])
            .map(|(full, empty)| full / empty)
            .collect();
        let [empty, full] = [median(&mut of[0]), median(&mut of[1])];
        row(
            &format!("{what} (empty: {empty:.places$} {unit})"),
            &format!("{full:.places$} {unit}"),
            Some(median(&mut ratios)),
            aim,
        );
    };
    let drafts = crowd::wanted();
    report(
        &format!("start with {drafts} drafts"),
        "s",
        2,
        &mut seconds,
        "<= 1.1",
    );
    report(
        &format!("memory with {drafts} drafts"),
        "MB",
        0,
        &mut megabytes,
        "",
    );
}

/// Keys in the text while searches run without a pause, and without them; and keys in the search
/// field itself.
pub async fn typing_beside_searches() {
    let desk = Desk::new("bench-search-typing");
    fill(&desk);
    let app = desk.start().await;
    app.get("textbox", "Message").await;
    app.run(WATCH, vec![]).await;
    let mut alone = Vec::new();
    let mut beside = Vec::new();
    let mut finding = Vec::new();
    for _ in 0..ROUNDS {
        alone.extend(keys(&app, "Message").await);
        // What the page would ask if somebody else typed into the search field all the time.
        app.run(
            "window.searching = true;
             window.searched ??= 0;
             const words = ['mee', 'fri', 'rech', 'con a', 'der v', 'the p', 'inv'];
             const search = async () => {
               for (let i = 0; window.searching; i += 1) {
                 const args = { search: words[i % words.length], limit: 40 };
                 await window.__TAURI_INTERNALS__.invoke('list_drafts', { args });
                 window.searched += 1;
               }
             };
             void search();",
            vec![],
        )
        .await;
        beside.extend(keys(&app, "Message").await);
        app.run("window.searching = false", vec![]).await;
        finding.extend(keys(&app, "Find drafts").await);
    }
    let searched = app.run("return window.searched", vec![]).await;
    for (name, share, aim) in [("p50", 0.5, ""), ("p95", 0.95, "<= 1.5")] {
        let without = percentile(&mut alone, share);
        for (what, times) in [
            (
                format!("key to paint beside {searched} searches"),
                &mut beside,
            ),
            ("key to paint in the search field".to_owned(), &mut finding),
        ] {
            let with = percentile(times, share);
            row(
                &format!("{what}, {name} (without: {without:.1} ms)"),
                &format!("{with:.1} ms"),
                Some(with / without),
                aim,
            );
        }
    }
}

/// Types words into a text box, and answers how long each key took to its frame.
async fn keys(app: &App, textbox: &str) -> Vec<f64> {
    app.click("textbox", textbox).await;
    app.run("window.keyTimes = []", vec![]).await;
    let words = "meeting report for friday and the invoice of our project team again ";
    for letter in words.chars().cycle().take(KEYS) {
        app.press(&[], letter).await;
        // The field of the list is for a few words.
        if letter == ' ' && textbox != "Message" {
            app.run(
                "const field = arguments[0] && document.activeElement;
                 field.value = '';
                 field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
                vec![json!(true)],
            )
            .await;
        }
    }
    app.until_page(
        "every key to be painted",
        &format!("return window.keyTimes.length >= {KEYS}"),
    )
    .await;
    let times: Value = app.run("return window.keyTimes", vec![]).await;
    numbers(&times).split_off(KEYS / 10)
}
