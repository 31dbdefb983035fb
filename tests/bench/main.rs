//! Draftwell's figures: `make bench`.
//!
//! Everything is measured in a release build, in the real window on a screen of its own, and
//! where a figure depends on the machine, as a ratio to something well known in the same run:
//! Thunderbird for start and memory, a bare `contenteditable` page for typing. Medians of five
//! unless another number is given.
#![allow(
    clippy::disallowed_methods,
    reason = "measuring time is what this is for"
)]

mod facts;
mod many;
mod offline;
mod outbox;
mod picking;
mod sending;
mod start;
mod streaming;
mod typing;

#[allow(dead_code, reason = "the end-to-end tests use the rest")]
#[path = "../support/mod.rs"]
mod support;

fn main() {
    // `cargo bench` and `cargo test --benches` pass arguments of their own.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    println!("{:<58} {:>12} {:>10}  aim", "", "figure", "ratio");
    runtime.block_on(async {
        if runs("start") {
            start::start_and_memory().await;
        }
        if runs("many") {
            many::start_and_memory().await;
            many::typing_beside_searches().await;
        }
        if runs("tray") {
            start::tray().await;
        }
        if runs("outbox") {
            outbox::ten_thousand().await;
            start::with_a_full_outbox().await;
        }
        if runs("sending") {
            sending::click_to_toast().await;
        }
        if runs("save") {
            typing::saving().await;
        }
        if runs("typing") {
            typing::key_to_paint().await;
        }
        if runs("streaming") {
            streaming::streaming().await;
        }
    });
    if runs("facts") {
        facts::five_thousand_characters();
    }
    if runs("offline") {
        offline::three_lengths();
    }
    if runs("picking") {
        picking::five_thousand_characters();
    }
    if runs("package") {
        package();
    }
}

fn package() {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| support::root().join("target"), std::path::PathBuf::from);
    let newest = std::fs::read_dir(target.join("release/bundle/deb"))
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "deb"))
        .filter_map(|entry| entry.metadata().ok())
        .max_by_key(|data| data.modified().ok());
    match newest {
        #[allow(clippy::cast_precision_loss, reason = "a size for people")]
        Some(data) => row(
            "size of the .deb",
            &format!("{:.1} MB", data.len() as f64 / 1_048_576.0),
            None,
            "<= 12 MB",
        ),
        None => row("size of the .deb (make dist first)", "-", None, "<= 12 MB"),
    }
}

/// One line of the report.
fn row(what: &str, figure: &str, ratio: Option<f64>, aim: &str) {
    let ratio = ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
    println!("{what:<58} {figure:>12} {ratio:>10}  {aim}");
}

/// The value below which `share` of all lie.
fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index below a small length"
    )]
    let at = ((values.len() as f64 * share) as usize).min(values.len() - 1);
    values[at]
}

fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}
