//! Choosing sentence by sentence: four versions set beside the original, row by row, and the
//! document that a choice gives.
//!
//! What holds, whatever the texts are (property tests keep it so): every sentence of every text is
//! in exactly one row, in order; taking one text in all rows gives that text; a choice gives a
//! valid document in which each chosen sentence stands once, in the paragraph, list or quotation it
//! came in; the original's images and quoted mail are in every result. How well rows fit is a
//! matter of words; that nothing is lost is not.

mod compose;
mod flat;
mod marked;
mod pair;
mod rows;
mod sentence;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use specta::Type;

use self::{
    compose::Composer,
    flat::{Flat, Grain},
    rows::Row,
};
use crate::{
    Error, Result,
    document::Document,
    polish::{
        Style,
        facts::{self, Change},
        original::Original,
    },
};

/// A version with more sentences is taken line by line; no honest one has a tenth of them.
const MOST_SENTENCES: usize = 600;

/// Where a sentence is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// What the user wrote.
    Original,
    /// The formal version.
    Formal,
    /// The casual version.
    Casual,
    /// The elaborate version.
    Elaborate,
    /// The concise version.
    Concise,
}

impl Source {
    /// All, the original first.
    pub const ALL: [Self; 5] = [
        Self::Original,
        Self::Formal,
        Self::Casual,
        Self::Elaborate,
        Self::Concise,
    ];

    const fn place(self) -> usize {
        self as usize
    }

    /// The style, unless it is the original.
    pub fn style(self) -> Option<Style> {
        Style::ALL
            .into_iter()
            .find(|style| Self::from(*style) == self)
    }
}

impl From<Style> for Source {
    fn from(style: Style) -> Self {
        match style {
            Style::Formal => Self::Formal,
            Style::Casual => Self::Casual,
            Style::Elaborate => Self::Elaborate,
            Style::Concise => Self::Concise,
        }
    }
}

/// Sentences that stand for one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolishRow {
    /// What each text has here, as sanitised HTML of a line: the original, then formal, casual,
    /// elaborate, concise. Empty where a text has nothing.
    pub cells: Vec<String>,
}

/// A composed text.
#[derive(Debug, Clone, PartialEq)]
pub struct Composed {
    /// All of it, quoted mail included.
    pub document: Document,
    /// Without quoted mail, as HTML: each sentence is a `<span data-row data-source>`, facts the
    /// original doesn't have are `<mark data-change>` with the place of their change.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// Words in it.
    pub word_count: u32,
    /// What it lost, changed or made up.
    pub changes: Vec<Change>,
}

/// The original and its versions, set beside each other.
#[derive(Debug, Clone)]
pub struct Aligned {
    original: Original,
    texts: [Flat; 5],
    documents: [Document; 5],
    rows: Vec<Row>,
}

impl Aligned {
    /// Sets four versions, in the order of [`Style::ALL`], beside the original.
    pub fn new(original: Original, versions: [Document; 4]) -> Self {
        let lay = |grain| -> [Flat; 5] {
            let [a, b, c, d] = &versions;
            [
                Flat::of(&original.whole, &original.pinned, grain),
                Flat::of(a, &[], grain),
                Flat::of(b, &[], grain),
                Flat::of(c, &[], grain),
                Flat::of(d, &[], grain),
            ]
        };
        let mut texts = lay(Grain::Sentences);
        let sentences = texts[0].segments.len();
        if texts[1..].iter().any(|text| {
            let theirs = text.segments.len();
            theirs > MOST_SENTENCES || theirs * sentences > pair::MOST_PAIRS
        }) {
            texts = lay(Grain::Lines);
        }
        let rows = rows::rows(&texts);
        let [a, b, c, d] = versions;
        let documents = [original.text(), a, b, c, d];
        Self {
            original,
            texts,
            documents,
            rows,
        }
    }

    /// What the versions were made of.
    pub fn original(&self) -> &Original {
        &self.original
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is nothing to choose from.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows, for showing them. `changes_of` tells what a version did to the facts, for marking
    /// it as in [`Aligned::html`].
    pub fn rows<'c>(&self, changes_of: &dyn Fn(Style) -> &'c [Change]) -> Vec<PolishRow> {
        let none: &[Change] = &[];
        let tags = Source::ALL.map(|source| {
            let flat = &self.texts[source.place()];
            let changes = source.style().map_or(none, changes_of);
            marked::change_tags(&marked::lay(flat), changes, flat.leaves.len())
        });
        self.rows
            .iter()
            .map(|row| PolishRow {
                cells: Source::ALL
                    .map(|source| self.cell(source, row, &tags[source.place()]))
                    .to_vec(),
            })
            .collect()
    }

    fn cell(&self, source: Source, row: &Row, tags: &[Vec<marked::Tag>]) -> String {
        let flat = &self.texts[source.place()];
        row[source.place()]
            .clone()
            .map(|place| {
                let segment = &flat.segments[place];
                match &flat.leaves[segment.leaf].body {
                    flat::Body::Line { content, .. } => {
                        let tags = tags.get(flat.line_number(segment.leaf));
                        marked::sentence_html(
                            content,
                            segment.from..segment.to,
                            tags.map_or(&[], Vec::as_slice),
                        )
                    }
                    flat::Body::Whole(block) => Document::new(vec![block.clone()]).to_html(),
                }
            })
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A version as HTML, each sentence in a `<span data-row>` and each fact that `changes` marks in
    /// a `<mark data-change>`.
    pub fn html(&self, style: Style, changes: &[Change]) -> String {
        let source = Source::from(style);
        let flat = &self.texts[source.place()];
        let row_of = |place: usize| {
            self.rows
                .iter()
                .position(|row| row[source.place()].contains(&place))
        };
        let sentences = marked::sentence_tags(flat, &|place| {
            Some(format!("<span data-row=\"{}\">", row_of(place)?))
        });
        let changes = marked::change_tags(&marked::lay(flat), changes, sentences.len());
        marked::to_html(&self.documents[source.place()], &sentences, &changes)
    }

    /// The text that a choice gives: for each row, whose sentence it is.
    ///
    /// # Errors
    /// [`crate::Code::ValidationError`] if it is not one choice for each row.
    pub fn compose(&self, choice: &[Source]) -> Result<Composed> {
        if choice.len() != self.rows.len() {
            return Err(Error::invalid(
                "choice",
                format!(
                    "There are {} sentences to choose; {} were chosen. Polish again.",
                    self.rows.len(),
                    choice.len()
                ),
            ));
        }
        let document = self.write(choice, true);
        let shown = self.write(choice, false);
        // The sentences of the result, in order, are the chosen ones.
        let from: Vec<(usize, Source)> = self
            .rows
            .iter()
            .zip(choice)
            .enumerate()
            .flat_map(|(number, (row, source))| {
                row[source.place()].clone().map(move |_| (number, *source))
            })
            .collect();
        let flat = Flat::of(&shown, &[], Grain::Sentences);
        let sentences = self.composed_tags(&flat, choice, &from);
        let laid = marked::lay(&flat);
        let changes = self.original.changes(&shown);
        let tags = marked::change_tags(&laid, &changes, sentences.len());
        Ok(Composed {
            html: marked::to_html(&shown, &sentences, &tags),
            text: shown.to_text(),
            word_count: shown.word_count(),
            document,
            changes,
        })
    }

    /// Which row and text each stretch of a composed line comes from: the lines are read again, and
    /// the chosen sentences found in them one after the other.
    fn composed_tags(
        &self,
        flat: &Flat,
        choice: &[Source],
        from: &[(usize, Source)],
    ) -> Vec<Vec<marked::Tag>> {
        let mut chosen = self
            .rows
            .iter()
            .zip(choice)
            .flat_map(|(row, source)| {
                let flat = &self.texts[source.place()];
                row[source.place()]
                    .clone()
                    .map(move |place| (flat, &flat.segments[place]))
            })
            .zip(from)
            .peekable();
        let lines: Vec<String> = flat
            .leaves
            .iter()
            .filter_map(|leaf| match &leaf.body {
                flat::Body::Line { content, .. } => Some(flat::line_text(content)),
                flat::Body::Whole(_) => None,
            })
            .collect();
        let mut tags = Vec::with_capacity(lines.len());
        for (number, line) in lines.iter().enumerate() {
            let mut here = Vec::new();
            let mut at = 0;
            while let Some(((text, segment), (row, source))) = chosen.peek() {
                let sentence = segment.text.as_str();
                let is_whole = matches!(text.leaves[segment.leaf].body, flat::Body::Whole(_));
                // Nothing but blanks may be passed over.
                let found = line[at..]
                    .find(sentence)
                    .filter(|found| line[at..at + found].trim().is_empty());
                let Some(found) = found.filter(|_| !is_whole) else {
                    // One that lost an image it shared with another one is found nowhere.
                    let comes = lines[number + 1..]
                        .iter()
                        .any(|line| line.contains(sentence));
                    if comes && !is_whole {
                        break;
                    }
                    chosen.next();
                    continue;
                };
                let start = at + found;
                at = start + sentence.len();
                here.push(marked::Tag {
                    at: line[..start].chars().count()..line[..at].chars().count(),
                    open: format!("<span data-row=\"{row}\" data-source=\"{}\">", source.key()),
                    close: "</span>",
                });
                chosen.next();
            }
            tags.push(here);
        }
        tags
    }

    /// A whole version with the quoted mail in its place: what taking it puts into the draft.
    pub fn whole(&self, style: Style) -> Document {
        if self.original.pinned.is_empty() {
            return self.documents[Source::from(style).place()].clone();
        }
        self.write(&vec![style.into(); self.rows.len()], true)
    }

    fn write(&self, choice: &[Source], pinned: bool) -> Document {
        let mut composer = Composer::new(&self.texts, pinned);
        for (row, source) in self.rows.iter().zip(choice) {
            let text = source.place();
            if row[text].is_empty() {
                continue;
            }
            // Quoted mail comes before what answers it. What a version adds comes before quoted
            // mail, except at the top.
            let due = if row[0].is_empty() {
                (row[0].start == 0).then_some(0)
            } else {
                (text != 0).then_some(row[0].start)
            };
            if let Some(segment) = due.and_then(|place| self.texts[0].segments.get(place)) {
                composer.pinned_before(segment.leaf);
            }
            for place in row[text].clone() {
                composer.sentence(text, place, &|other| row[other].clone());
            }
        }
        composer.finish()
    }
}

impl Source {
    const fn key(self) -> &'static str {
        match self {
            Self::Original => "original",
            Self::Formal => "formal",
            Self::Casual => "casual",
            Self::Elaborate => "elaborate",
            Self::Concise => "concise",
        }
    }
}

/// A version for its card while others are still being written: with the quoted mail in its place,
/// and its facts marked.
pub(super) fn single(original: &Original, version: &Document) -> (Document, Vec<Change>, String) {
    let changes = original.changes(version);
    let flat = Flat::of(version, &[], Grain::Lines);
    let lines = flat
        .leaves
        .iter()
        .filter(|leaf| matches!(leaf.body, flat::Body::Line { .. }))
        .count();
    let tags = marked::change_tags(&marked::lay(&flat), &changes, lines);
    let html = marked::to_html(version, &[], &tags);
    let whole = if original.pinned.is_empty() {
        version.clone()
    } else {
        let versions = [
            version.clone(),
            Document::empty(),
            Document::empty(),
            Document::empty(),
        ];
        Aligned::new(original.clone(), versions).whole(Style::Formal)
    };
    (whole, changes, html)
}

impl Original {
    /// What a version lost, changed or made up. What the user's instruction names is not made up.
    pub fn changes(&self, version: &Document) -> Vec<Change> {
        let laid = |document: &Document| marked::lay(&Flat::of(document, &[], Grain::Lines)).text;
        let text = laid(version);
        let mut changes = facts::compare(&laid(&self.text()), &text, &self.known);
        if let Some(instruction) = &self.instruction {
            let unasked = facts::compare(instruction, &text, &self.known);
            let now = |change: &Change| match change {
                Change::Changed { now, .. } | Change::Invented { now } => Some(now.clone()),
                Change::Lost { .. } => None,
            };
            changes.retain(|change| match now(change) {
                Some(mark) => unasked
                    .iter()
                    .any(|other| now(other).as_ref() == Some(&mark)),
                None => true,
            });
        }
        changes
    }
}
