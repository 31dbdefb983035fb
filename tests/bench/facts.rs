//! The fact lock on a text of the longest length, beside counting the words of the same text.

use std::{hint::black_box, time::Instant};

use draftwell_core::{
    document::Document,
    polish::facts::{Known, compare},
};

use super::{percentile, row};

const PARAGRAPH: &str = "Hi Anna, the invoice INV-2026-118 of 10 March over €1,200 is 14 days overdue, and \
I can't reach Dr Weber at Brightline. Please call +44 20 7946 0018 before 3 pm or write to office@example.com; \
see https://example.com/plan and plan.pdf. We haven't received the two boxes, and 20% of the order is missing.\n\n";
const CHARACTERS: usize = 5_000;

/// Milliseconds of the median of 41 runs.
fn median(mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..41)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1_000.0
        })
        .collect();
    percentile(&mut times, 0.5)
}

/// Compares 5,000 characters with a faithful version in which one name was changed.
pub fn five_thousand_characters() {
    let text: String = PARAGRAPH.chars().cycle().take(CHARACTERS).collect();
    let version = text
        .replace("can't", "am unable to")
        .replace("€1,200", "1,200 euros")
        .replace("3 pm", "15:00")
        .replace("Anna", "Ben");
    let known = Known::default();
    let document = Document::from_text(&text);
    let words = median(|| {
        black_box(document.word_count());
    });
    let facts = median(|| {
        black_box(compare(&text, &version, &known));
    });
    row(
        "fact lock of 5,000 characters (beside: counting the words)",
        &format!("{facts:.1} ms"),
        Some(facts / words),
        "<= 20 ms",
    );
}
