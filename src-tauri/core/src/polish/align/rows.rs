//! From four alignments to rows one can choose in: each row holds sentences of the original, or
//! none, and what each version has for them.

use std::ops::Range;

use super::{
    flat::Flat,
    pair::{Pair, Weighed, align, likeness_of, weigh},
};

/// Added sentences of two versions are shown in one row if they are at least this alike.
const SAME_ADDITION: f64 = 0.35;

/// A row: for each text (the original first) its sentences in it.
pub(super) type Row = [Range<usize>; 5];

/// The rows of an original and its four versions. Every sentence of each text lies in exactly one,
/// in order.
pub(super) fn rows(texts: &[Flat; 5]) -> Vec<Row> {
    let weighed: Vec<Vec<Weighed>> = texts.iter().map(weigh).collect();
    let pairs: Vec<Vec<Pair>> = weighed[1..]
        .iter()
        .map(|version| align(&weighed[0], version))
        .collect();
    let count = texts[0].segments.len();
    // Where a row may begin: no version has something that reaches over it.
    let is_cut = |at: usize| {
        pairs
            .iter()
            .flatten()
            .all(|pair| !(pair.original.start < at && at < pair.original.end))
    };
    let cuts: Vec<usize> = (0..=count).filter(|at| is_cut(*at)).collect();
    let mut rows = Vec::new();
    // What of each version is in a row already.
    let mut used = [0_usize; 4];
    for (number, &cut) in cuts.iter().enumerate() {
        additions(&weighed, &pairs, cut, &mut used, &mut rows);
        let Some(&end) = cuts.get(number + 1) else {
            break;
        };
        let mut row: Row = Default::default();
        row[0] = cut..end;
        for (version, pairs) in pairs.iter().enumerate() {
            let start = used[version];
            let reach = pairs
                .iter()
                .filter(|pair| !pair.original.is_empty() && pair.original.end <= end)
                .map(|pair| pair.version.end)
                .max()
                .unwrap_or(0);
            used[version] = start.max(reach);
            row[version + 1] = start..used[version];
        }
        rows.push(row);
    }
    rows
}

/// The rows for what versions say at a place where the original says nothing.
fn additions(
    weighed: &[Vec<Weighed>],
    pairs: &[Vec<Pair>],
    at: usize,
    used: &mut [usize; 4],
    rows: &mut Vec<Row>,
) {
    let first = rows.len();
    for (version, pairs) in pairs.iter().enumerate() {
        let added = pairs
            .iter()
            .filter(|pair| pair.original == (at..at))
            .map(|pair| pair.version.end)
            .max()
            .unwrap_or(0)
            .max(used[version]);
        let mut from = first;
        for sentence in used[version]..added {
            let alike = rows[from..].iter().position(|row: &Row| {
                row[1..].iter().enumerate().any(|(other, range)| {
                    range.clone().any(|theirs| {
                        likeness_of(&weighed[version + 1][sentence], &weighed[other + 1][theirs])
                            >= SAME_ADDITION
                    })
                })
            });
            let place = match alike {
                Some(place) => from + place,
                None => {
                    let mut row: Row = Default::default();
                    row[0] = at..at;
                    // Ranges of nothing still say where they are.
                    for (other, range) in row[1..].iter_mut().enumerate() {
                        *range = used[other]..used[other];
                    }
                    // In front of what later sentences of this version may share.
                    rows.insert(from, row);
                    from
                }
            };
            rows[place][version + 1] = sentence..sentence + 1;
            from = place + 1;
        }
        used[version] = added;
    }
}
