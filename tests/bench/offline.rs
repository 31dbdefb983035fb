//! The offline polisher on texts of three lengths, beside counting the words of the same text, and
//! what memory it keeps.

use std::{hint::black_box, time::Instant};

use draftwell_core::{document::Document, polish::offline};

use super::{percentile, row};

/// Drafts people typed, one after the other, so that every kind of rule has work.
const DRAFTS: &str = include_str!("../../src-tauri/core/src/polish/offline/drafts.txt");

fn text_of(characters: usize) -> String {
    DRAFTS
        .split("====\n")
        .filter_map(|draft| draft.split_once("\n-- Formal"))
        .flat_map(|(text, _)| [text, "\n\n"])
        .flat_map(str::chars)
        .take(characters)
        .collect()
}

/// Milliseconds of the median of 21 runs.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..21)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    percentile(&mut times, 0.5)
}

/// Megabytes of memory this process has of its own.
fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|rest| rest.trim().split(' ').next()?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1_024.0
}

/// 500, 2,000 and 5,000 characters.
pub fn three_lengths() {
    let documents = [500, 2_000, 5_000].map(|count| (count, Document::from_text(&text_of(count))));
    let before = resident();
    let start = Instant::now();
    black_box(offline::polish(&documents[2].1));
    let first = start.elapsed().as_secs_f64() * 1_000.0;
    for (count, document) in &documents {
        let words = median(|| {
            black_box(document.word_count());
        });
        let polished = median(|| {
            black_box(offline::polish(document));
        });
        row(
            &format!("offline polish of {count} characters (beside: counting the words)"),
            &format!("{polished:.1} ms"),
            Some(polished / words),
            "<= 100 ms",
        );
    }
    row(
        "the very first one, of 5,000 characters",
        &format!("{first:.1} ms"),
        None,
        "<= 100 ms",
    );
    row(
        "memory kept after it",
        &format!("{:.1} MB", resident() - before),
        None,
        "",
    );
}
