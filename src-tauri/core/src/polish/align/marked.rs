//! A document as HTML in which sentences and facts can be seen: each sentence in a
//! `<span data-row>`, each fact that is not the original's in a `<mark data-change>`.

use std::ops::Range;

use super::flat::{Body, Flat, line_text, slice};
use crate::{
    document::{Block, Document, Inline, Piece, says_address},
    polish::facts::{Change, Mark},
};

/// A document's text as facts are looked for in it, and where each of its characters stands.
pub(super) struct Laid {
    pub text: String,
    /// For each UTF-16 code unit the paragraph or heading (counted from 0) and the characters of
    /// it that are meant: one, or for a link's address all of the link. None between lines.
    spots: Vec<Option<(usize, usize, usize)>>,
}

/// Lays a text out.
pub(super) fn lay(flat: &Flat) -> Laid {
    let mut laid = Laid {
        text: String::new(),
        spots: Vec::new(),
    };
    let mut number = 0;
    for leaf in &flat.leaves {
        if leaf.pinned {
            continue;
        }
        if !laid.text.is_empty() {
            laid.push(if leaf.path.is_empty() { "\n\n" } else { "\n" }, None);
        }
        match &leaf.body {
            Body::Line { content, .. } => {
                laid.line(content, number);
                number += 1;
            }
            Body::Whole(block) => {
                let text = Document::new(vec![block.clone()]).plain_text();
                laid.push(&text, None);
            }
        }
    }
    laid
}

impl Laid {
    fn push(&mut self, text: &str, spot: Option<(usize, usize, usize)>) {
        self.text.push_str(text);
        let units = text.encode_utf16().count();
        self.spots.extend(std::iter::repeat_n(spot, units));
    }

    fn line(&mut self, content: &[Inline], number: usize) {
        let mut at = 0;
        let mut rest = content;
        while let Some(first) = rest.first() {
            let length = match first.link() {
                Some(href) => rest
                    .iter()
                    .take_while(|inline| inline.link() == Some(href))
                    .count(),
                None => 1,
            };
            let (run, after) = rest.split_at(length);
            let start = at;
            let text = line_text(run);
            for c in text.chars() {
                // An image is no word, and must not join those around it.
                let shown = if c == '\u{FFFC}' { ' ' } else { c };
                self.push(shown.encode_utf8(&mut [0; 4]), Some((number, at, at + 1)));
                at += 1;
            }
            if let Some(href) = first.link()
                && !says_address(&text, href.as_str())
            {
                self.push(&format!(" ({})", href.as_str()), Some((number, start, at)));
            }
            rest = after;
        }
    }

    fn place(&self, mark: &Mark) -> Option<(usize, Range<usize>)> {
        let spots = self
            .spots
            .get(mark.start as usize..mark.end as usize)?
            .iter()
            .flatten();
        let (line, _, _) = *spots.clone().next()?;
        let here = spots.filter(|(number, _, _)| *number == line);
        let from = here.clone().map(|(_, from, _)| *from).min()?;
        let to = here.map(|(_, _, to)| *to).max()?;
        Some((line, from..to))
    }
}

/// A stretch of a line that gets a tag.
#[derive(Debug, Clone)]
pub(super) struct Tag {
    pub at: Range<usize>,
    pub open: String,
    pub close: &'static str,
}

/// The sentences of each paragraph or heading.
pub(super) fn sentence_tags(flat: &Flat, open: &dyn Fn(usize) -> Option<String>) -> Vec<Vec<Tag>> {
    flat.leaves
        .iter()
        .filter(|leaf| !leaf.pinned && matches!(leaf.body, Body::Line { .. }))
        .map(|leaf| {
            leaf.segments
                .clone()
                .filter_map(|place| {
                    let segment = &flat.segments[place];
                    Some(Tag {
                        at: segment.from..segment.to,
                        open: open(place)?,
                        close: "</span>",
                    })
                })
                .collect()
        })
        .collect()
}

/// The places of what was changed or made up, in each paragraph or heading.
pub(super) fn change_tags(laid: &Laid, changes: &[Change], lines: usize) -> Vec<Vec<Tag>> {
    let mut tags = vec![Vec::new(); lines];
    for (number, change) in changes.iter().enumerate() {
        let (now, kind) = match change {
            Change::Changed { now, .. } => (now, "changed"),
            Change::Invented { now } => (now, "invented"),
            Change::Lost { .. } => continue,
        };
        if let Some((line, at)) = laid.place(now)
            && let Some(tags) = tags.get_mut(line)
        {
            tags.push(Tag {
                at,
                open: format!("<mark data-change=\"{number}\" class=\"{kind}\">"),
                close: "</mark>",
            });
        }
    }
    tags
}

/// Writes a document with tags around sentences and, within them, around facts. Both lists are by
/// paragraph or heading; either may be shorter.
pub(super) fn to_html(document: &Document, sentences: &[Vec<Tag>], changes: &[Vec<Tag>]) -> String {
    let none: Vec<Tag> = Vec::new();
    let mut number = 0;
    document.to_html_in_pieces(&mut |content| {
        let outer = sentences.get(number).unwrap_or(&none);
        let inner = changes.get(number).unwrap_or(&none);
        number += 1;
        let length = line_text(content).chars().count();
        let mut pieces = Vec::new();
        let mut at = 0;
        for tag in outer {
            if tag.at.start < at || tag.at.end > length {
                continue;
            }
            within(content, at..tag.at.start, inner, &mut pieces);
            pieces.push(Piece::Tag(tag.open.clone()));
            within(content, tag.at.clone(), inner, &mut pieces);
            pieces.push(Piece::Tag(tag.close.to_owned()));
            at = tag.at.end;
        }
        within(content, at..length, inner, &mut pieces);
        pieces
    })
}

/// A sentence as the HTML of a line, with the tags around its facts.
pub(super) fn sentence_html(content: &[Inline], at: Range<usize>, tags: &[Tag]) -> String {
    let line = Document::new(vec![Block::Paragraph(slice(content, at.start, at.end))]);
    let html = line.to_html_in_pieces(&mut |_| {
        let mut pieces = Vec::new();
        within(content, at.clone(), tags, &mut pieces);
        pieces
    });
    html.find('>')
        .map_or(html.as_str(), |end| &html[end + 1..])
        .trim_end_matches("</p>")
        .to_owned()
}

fn within(content: &[Inline], range: Range<usize>, tags: &[Tag], pieces: &mut Vec<Piece>) {
    let mut at = range.start;
    let push = |from: usize, to: usize, pieces: &mut Vec<Piece>| {
        if from < to {
            pieces.push(Piece::Content(slice(content, from, to)));
        }
    };
    for tag in tags {
        let (from, to) = (tag.at.start.max(at), tag.at.end.min(range.end));
        if from >= to {
            continue;
        }
        push(at, from, pieces);
        pieces.push(Piece::Tag(tag.open.clone()));
        push(from, to, pieces);
        pieces.push(Piece::Tag(tag.close.to_owned()));
        at = to;
    }
    push(at, range.end, pieces);
}
