//! Choosing sentence by sentence, on texts of the longest length: setting four versions beside the
//! original, and the text after one choice.

use std::{hint::black_box, time::Instant};

use draftwell_core::{
    document::Document,
    polish::{
        align::{Aligned, Source},
        facts::Known,
        original::Original,
    },
};

use super::{percentile, row};

const PARAGRAPH: &str = "Hi Anna, the invoice is 14 days overdue. I can't reach Dr. Weber about it. \
Please call the office before 3 pm, e.g. from the train. We haven't received the two boxes yet. Is \
that still going to happen this week? The rest of the order is fine.\n\n";
const CHARACTERS: usize = 5_000;

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

/// Four versions of 5,000 characters each.
pub fn five_thousand_characters() {
    let text: String = PARAGRAPH.chars().cycle().take(CHARACTERS).collect();
    let draft = Document::from_text(&text);
    let original = Original::of(&draft, None, false, None, Known::default()).expect("it fits");
    let version = |from: &str, to: &str| Document::from_text(&text.replace(from, to));
    let versions = [
        version("I can't reach", "I am unable to reach"),
        version("Please call", "Just call"),
        version(
            "We haven't received the two boxes yet.",
            "Two boxes are missing. When do they come?",
        ),
        version("The rest of the order is fine.", ""),
    ];
    let words = median(|| {
        black_box(draft.word_count());
    });
    let aligning = median(|| {
        black_box(Aligned::new(original.clone(), versions.clone()));
    });
    let aligned = Aligned::new(original, versions);
    let choice: Vec<Source> = Source::ALL
        .into_iter()
        .cycle()
        .take(aligned.len())
        .collect();
    let choosing = median(|| {
        black_box(aligned.compose(&choice).expect("one choice for each row"));
    });
    for (what, figure, aim) in [
        (
            "setting four versions beside 5,000 characters",
            aligning,
            "<= 50 ms",
        ),
        (
            "the text after one choice, its facts compared",
            choosing,
            "<= 50 ms",
        ),
    ] {
        row(
            &format!("{what} (beside: counting words)"),
            &format!("{figure:.1} ms"),
            Some(figure / words),
            aim,
        );
    }
}
