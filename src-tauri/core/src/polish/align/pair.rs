//! Which sentences of a version stand for which of the original: the cheapest way through both
//! texts in order (dynamic programming, as Gale and Church align translations, with shared words
//! instead of lengths).

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::flat::{Body, Container, Flat, Segment};
use crate::document::Inline;

/// More pairs of sentences than this are not looked at one by one.
pub(super) const MOST_PAIRS: usize = 40_000;

/// What it costs to leave a sentence without a counterpart. Two that share nothing are still set
/// side by side (1.0 against 1.2) where neither fits anything else.
const ALONE: f64 = 0.6;
/// Two of one text for one of the other.
const JOINED: f64 = 0.1;
/// A heading for a paragraph, an item for a line.
const OTHER_KIND: f64 = 0.3;
/// For a pair at opposite ends of the texts.
const FAR: f64 = 0.2;

/// A stretch of the original and the stretch of the version that stands for it. One of them may be
/// empty; at most one is longer than one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub original: Range<usize>,
    pub version: Range<usize>,
}

/// A sentence as it is compared.
pub(super) struct Weighed {
    /// Its words by hash, in order, each with its weight.
    words: Vec<(u64, u32)>,
    leaf: usize,
    kind: u8,
}

/// Weighs the sentences of a text.
pub(super) fn weigh(flat: &Flat) -> Vec<Weighed> {
    flat.segments
        .iter()
        .map(|segment| {
            let leaf = &flat.leaves[segment.leaf];
            let kind = match &leaf.body {
                Body::Whole(_) => 3,
                Body::Line { level: 1.., .. } => 2,
                Body::Line { .. } => {
                    u8::from(leaf.path.iter().any(|step| step.kind == Container::Item))
                }
            };
            Weighed {
                words: words(flat, segment),
                leaf: segment.leaf,
                kind,
            }
        })
        .collect()
}

fn words(flat: &Flat, segment: &Segment) -> Vec<(u64, u32)> {
    let mut found: Vec<(u64, u32)> = segment
        .text
        .unicode_words()
        .map(|word| {
            let lower: String = word.to_lowercase().replace(['\'', '’'], "");
            // Endings differ between versions ("sends", "sending"): six letters say which word.
            let stem: String = lower.chars().take(6).collect();
            let weight = if lower.chars().any(char::is_numeric) {
                4
            } else if lower.chars().count() <= 3 && lower.is_ascii() {
                1
            } else {
                3
            };
            (hash(stem.as_bytes()), weight)
        })
        .collect();
    for inline in flat.slice(segment.leaf, segment.from, segment.to) {
        if let Inline::Image { image, .. } = &inline {
            found.push((hash(&image.hash.0), 4));
        }
        if let Some(href) = inline.link() {
            found.push((hash(href.as_str().as_bytes()), 3));
        }
    }
    found.sort_unstable();
    found
}

/// FNV-1a: only to compare words within one call.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The weight of the words both have.
fn shared(a: &[(u64, u32)], b: &[(u64, u32)]) -> u32 {
    let (mut i, mut k, mut sum) = (0, 0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(k)) {
        match x.0.cmp(&y.0) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => k += 1,
            std::cmp::Ordering::Equal => {
                sum += x.1;
                i += 1;
                k += 1;
            }
        }
    }
    sum
}

fn total(words: &[(u64, u32)]) -> u32 {
    words.iter().map(|(_, weight)| weight).sum()
}

/// From 0 (nothing in common) to 1 (the same words).
fn likeness(shared: u32, a: u32, b: u32) -> f64 {
    if a + b == 0 {
        return 1.0;
    }
    f64::from(2 * shared) / f64::from(a + b)
}

/// How alike two sentences are.
pub(super) fn likeness_of(a: &Weighed, b: &Weighed) -> f64 {
    likeness(shared(&a.words, &b.words), total(&a.words), total(&b.words))
}

fn merged(a: &Weighed, b: &Weighed) -> Vec<(u64, u32)> {
    let mut words = [a.words.as_slice(), b.words.as_slice()].concat();
    words.sort_unstable();
    words
}

/// What two of one text cost for one of the other; none if they can't be: not of one paragraph, or
/// one of them adds nothing.
fn joined(one: &Weighed, first: &Weighed, second: &Weighed) -> Option<f64> {
    if first.leaf != second.leaf || shared(&one.words, &second.words) == 0 {
        return None;
    }
    let both = merged(first, second);
    let all = shared(&one.words, &both);
    let best = shared(&one.words, &first.words).max(shared(&one.words, &second.words));
    (all > best).then(|| 1.0 - likeness(all, total(&one.words), total(&both)) + JOINED)
}

/// Aligns two texts: every sentence of both lies in exactly one pair, in order.
pub(super) fn align(original: &[Weighed], version: &[Weighed]) -> Vec<Pair> {
    let (n, m) = (original.len(), version.len());
    if n * m > MOST_PAIRS {
        return vec![Pair {
            original: 0..n,
            version: 0..m,
        }];
    }
    let width = m + 1;
    let mut best = vec![f64::INFINITY; (n + 1) * width];
    let mut came: Vec<(u8, u8)> = vec![(0, 0); best.len()];
    best[0] = 0.0;
    #[allow(clippy::cast_precision_loss, reason = "a few hundred sentences")]
    let far = |i: usize, k: usize| FAR * (i as f64 / n as f64 - k as f64 / m as f64).abs();
    for i in 0..=n {
        for k in 0..=m {
            let here = best[i * width + k];
            let mut go = |di: usize, dk: usize, cost: f64| {
                let there = (i + di) * width + k + dk;
                // A hair's breadth, so that rounding decides nothing.
                if here + cost + 1e-9 < best[there] {
                    best[there] = here + cost;
                    #[allow(clippy::cast_possible_truncation, reason = "0, 1 or 2")]
                    {
                        came[there] = (di as u8, dk as u8);
                    }
                }
            };
            if i < n {
                go(1, 0, ALONE);
            }
            if k < m {
                go(0, 1, ALONE);
            }
            if i < n && k < m {
                let (a, b) = (&original[i], &version[k]);
                let kind = if a.kind == b.kind { 0.0 } else { OTHER_KIND };
                go(1, 1, 1.0 - likeness_of(a, b) + kind + far(i, k));
                if k + 1 < m
                    && let Some(cost) = joined(a, b, &version[k + 1])
                {
                    go(1, 2, cost + kind + far(i, k));
                }
                if i + 1 < n
                    && let Some(cost) = joined(b, a, &original[i + 1])
                {
                    go(2, 1, cost + kind + far(i, k));
                }
            }
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut k) = (n, m);
    while (i, k) != (0, 0) {
        let (di, dk) = came[i * width + k];
        let (from, to) = (i - usize::from(di), k - usize::from(dk));
        pairs.push(Pair {
            original: from..i,
            version: to..k,
        });
        (i, k) = (from, to);
    }
    pairs.reverse();
    pairs
}
