//! The blank lines of the user's text: Markdown has none, so every answer comes back without them.
//!
//! A version's blocks are set beside those that the original becomes in Markdown. What is the same
//! is the user's own block again, with its line breaks; between two blocks stand as many blank
//! lines as between those they stand for. A version that changes nothing is the original.

use crate::document::{Block, Document, Inline};

/// More pairs of blocks are not compared: a version then keeps the form it came in.
const MOST_PAIRS: usize = 1_000_000;

/// A block that the original becomes in Markdown.
struct Reading {
    block: Block,
    /// Which of the original's blocks it is, or is a part of.
    owner: usize,
}

/// A version, with the blank lines of the original.
pub fn keep_blank_lines(original: &Document, version: Document) -> Document {
    let own = original.blocks();
    let readings = read(own);
    let theirs = version.blocks();
    if readings.len() * theirs.len() > MOST_PAIRS {
        return version;
    }
    let pairs = pair(&readings, theirs);
    let usual = usual_gap(own);
    let mut blocks = Vec::new();
    let mut last: Option<Option<usize>> = None;
    let mut at = 0;
    while at < theirs.len() {
        let here = pairs[at];
        let gap = match (last, here) {
            (None, Some(0)) => leading(own),
            (None, _) => 0,
            (Some(Some(before)), Some(here)) => gap_between(own, &readings[before..=here]),
            (Some(_), _) => usual,
        };
        blocks.extend((0..gap).map(|_| Block::Paragraph(Vec::new())));
        let whole = here.and_then(|first| unchanged(&readings, first, &theirs[at..]));
        match (here, whole) {
            (Some(first), Some(length)) => {
                blocks.push(own[readings[first].owner].clone());
                at += length;
                last = Some(Some(first + length - 1));
            }
            _ => {
                blocks.push(theirs[at].clone());
                at += 1;
                last = Some(here);
            }
        }
    }
    if last == Some(readings.len().checked_sub(1)) {
        let trailing = own.iter().rev().take_while(|block| is_blank(block)).count();
        blocks.extend((0..trailing).map(|_| Block::Paragraph(Vec::new())));
    }
    Document::new(blocks)
}

/// What each block becomes in Markdown; a blank one becomes nothing.
fn read(own: &[Block]) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (owner, block) in own.iter().enumerate() {
        if is_blank(block) {
            continue;
        }
        let markdown = Document::new(vec![block.clone()]).to_markdown();
        for block in Document::from_markdown(&markdown).blocks() {
            let block = block.clone();
            readings.push(Reading { block, owner });
        }
    }
    readings
}

/// For each block of a version the reading it stands for: the same one, in order, and between two
/// such the one at its place, where there are as many.
fn pair(readings: &[Reading], theirs: &[Block]) -> Vec<Option<usize>> {
    let (rows, columns) = (readings.len(), theirs.len());
    // How many are the same from here on.
    let mut same = vec![vec![0_u32; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            same[row][column] = if readings[row].block == theirs[column] {
                same[row + 1][column + 1] + 1
            } else {
                same[row + 1][column].max(same[row][column + 1])
            };
        }
    }
    let mut pairs = vec![None; columns];
    let (mut row, mut column) = (0, 0);
    let (mut row_from, mut column_from) = (0, 0);
    while row <= rows && column <= columns {
        let is_end = row == rows || column == columns;
        let is_same = !is_end && readings[row].block == theirs[column];
        if is_end {
            (row, column) = (rows, columns);
        }
        if is_end || is_same {
            if row - row_from == column - column_from {
                for step in 0..row - row_from {
                    pairs[column_from + step] = Some(row_from + step);
                }
            }
            if is_end {
                break;
            }
            pairs[column] = Some(row);
            (row, column) = (row + 1, column + 1);
            (row_from, column_from) = (row, column);
        } else if same[row + 1][column] >= same[row][column + 1] {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

/// How many blocks of a version are one of the user's, unchanged, beginning with this reading.
fn unchanged(readings: &[Reading], first: usize, theirs: &[Block]) -> Option<usize> {
    let owner = readings[first].owner;
    let is_first = first == 0 || readings[first - 1].owner != owner;
    let parts = readings[first..]
        .iter()
        .take_while(|reading| reading.owner == owner);
    let length = parts.clone().count();
    let same =
        length <= theirs.len() && parts.zip(theirs).all(|(part, block)| part.block == *block);
    (is_first && same).then_some(length)
}

/// The most blank lines between two neighbours of these readings.
fn gap_between(own: &[Block], readings: &[Reading]) -> usize {
    readings
        .windows(2)
        .map(|two| match (two[0].owner, two[1].owner) {
            // One paragraph with an empty line in it.
            (before, after) if before == after => 1,
            // All between two readings are blank.
            (before, after) => own[before + 1..after].len(),
        })
        .max()
        .unwrap_or(0)
}

/// How many blank lines the user puts between two blocks, more often than not.
fn usual_gap(own: &[Block]) -> usize {
    let written: Vec<usize> = (0..own.len())
        .filter(|place| !is_blank(&own[*place]))
        .collect();
    let apart = written.windows(2).filter(|two| two[1] - two[0] > 1).count();
    usize::from(apart * 2 > written.len().saturating_sub(1))
}

fn leading(own: &[Block]) -> usize {
    own.iter().take_while(|block| is_blank(block)).count()
}

fn is_blank(block: &Block) -> bool {
    let Block::Paragraph(content) = block else {
        return false;
    };
    content.iter().all(|inline| match inline {
        Inline::Text { text, .. } => text.trim().is_empty(),
        Inline::HardBreak => true,
        Inline::Image { .. } => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines as paragraphs: an empty one is blank, `/` is a line break.
    fn document(lines: &[&str]) -> Document {
        let paragraph = |line: &&str| {
            let mut content = Vec::new();
            for (number, part) in line.split('/').enumerate() {
                if number > 0 {
                    content.push(Inline::HardBreak);
                }
                if !part.is_empty() {
                    content.push(Inline::plain(part));
                }
            }
            Block::Paragraph(content)
        };
        Document::new(lines.iter().map(paragraph).collect())
    }

    fn check(original: &[&str], answer: &str, expected: &[&str]) {
        let kept = keep_blank_lines(&document(original), Document::from_markdown(answer));
        assert_eq!(kept, document(expected), "{original:?} and {answer:?}");
    }

    #[test]
    fn a_version_that_changes_nothing_is_the_original() {
        for original in [
            &["hi", "", "first", "", "second"][..],
            &["", "hi", "", "", "first", "second", ""],
            &["one", "", "two//three"],
            &["one//two", "three/four///five"],
            &["one", "", "", "one", "one", ""],
            &["no blank line", "at all"],
        ] {
            let original = document(original);
            let answer = Document::from_markdown(&original.to_markdown());
            assert_eq!(keep_blank_lines(&original, answer), original);
        }
    }

    #[test]
    fn what_is_reworded_keeps_the_blank_lines_around_it() {
        check(
            &["hi", "", "first", "second", "", "", "bye"],
            "Dear all,\n\nfirst\n\nThe second.\n\nGoodbye",
            &["Dear all,", "", "first", "The second.", "", "", "Goodbye"],
        );
        check(
            &["hi//first one"],
            "Hello\n\nThe first one",
            &["Hello", "", "The first one"],
        );
    }

    #[test]
    fn what_is_new_stands_apart_as_the_rest_does() {
        check(
            &["first", "", "second", "", "third"],
            "Dear all,\n\nfirst\n\nsecond\n\nthird\n\nRegards",
            &[
                "Dear all,",
                "",
                "first",
                "",
                "second",
                "",
                "third",
                "",
                "Regards",
            ],
        );
        check(
            &["first", "second", "third", "", "bye"],
            "Dear all,\n\nfirst\n\nsecond\n\nthird\n\nbye\n\nRegards",
            &[
                "Dear all,",
                "first",
                "second",
                "third",
                "",
                "bye",
                "Regards",
            ],
        );
    }

    #[test]
    fn what_a_version_leaves_out_takes_no_blank_line_of_the_rest_along() {
        check(
            &["hi", "", "first", "second", "", "bye"],
            "hi\n\nsecond\n\nbye",
            &["hi", "", "second", "", "bye"],
        );
    }
}
