//! The closing at the end of a mail, and the name below it: found in what the user wrote, and
//! worded for each style. A name is never invented, and never dropped.

use std::ops::Range;

use super::{
    greeting::{GENERIC, Top, name_cells},
    is_blank,
    language::Language,
    line::{Line, Lock, Shape, Word, capitalised},
    tree::Part,
    words::{STARTERS, is_known, may_be_name},
};
use crate::{
    document::Block,
    polish::{Style, original::introduces_quotation},
};

/// What kind of closing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Closing {
    Thanks,
    ThanksAgain,
    ThanksInAdvance,
    Regards,
    Best,
    Cheers,
    Sincerely,
    /// Too personal or too particular to be worded otherwise.
    Kept,
    Gruss,
    Foermlich,
}

const CLOSINGS: &[(&str, Closing)] = &[
    ("thanks", Closing::Thanks),
    ("thx", Closing::Thanks),
    ("ta", Closing::Thanks),
    ("thnx", Closing::Thanks),
    ("tnx", Closing::Thanks),
    ("thank you", Closing::Thanks),
    ("thankyou", Closing::Thanks),
    ("thanks a lot", Closing::Thanks),
    ("thanks so much", Closing::Thanks),
    ("thank you so much", Closing::Thanks),
    ("thank you very much", Closing::Thanks),
    ("many thanks", Closing::Thanks),
    ("thanks again", Closing::ThanksAgain),
    ("thank you again", Closing::ThanksAgain),
    ("thx again", Closing::ThanksAgain),
    ("thanks in advance", Closing::ThanksInAdvance),
    ("thank you in advance", Closing::ThanksInAdvance),
    ("thx in advance", Closing::ThanksInAdvance),
    ("thanks and regards", Closing::Thanks),
    ("thanks and best regards", Closing::Thanks),
    ("thanks and kind regards", Closing::Thanks),
    ("many thanks and kind regards", Closing::Thanks),
    ("thank you very much and kind regards", Closing::Thanks),
    ("thank you again and kind regards", Closing::ThanksAgain),
    (
        "thank you once again and kind regards",
        Closing::ThanksAgain,
    ),
    (
        "thank you in advance and kind regards",
        Closing::ThanksInAdvance,
    ),
    (
        "thank you very much in advance and kind regards",
        Closing::ThanksInAdvance,
    ),
    ("regards", Closing::Regards),
    ("best regards", Closing::Regards),
    ("kind regards", Closing::Regards),
    ("kindest regards", Closing::Regards),
    ("warm regards", Closing::Regards),
    ("with kind regards", Closing::Regards),
    ("with best regards", Closing::Regards),
    ("br", Closing::Regards),
    ("rgds", Closing::Regards),
    ("kr", Closing::Regards),
    ("best", Closing::Best),
    ("all the best", Closing::Best),
    ("best wishes", Closing::Best),
    ("warm wishes", Closing::Best),
    ("take care", Closing::Best),
    ("cheers", Closing::Cheers),
    ("sincerely yours", Closing::Sincerely),
    ("sincerely", Closing::Sincerely),
    ("yours sincerely", Closing::Sincerely),
    ("yours faithfully", Closing::Sincerely),
    ("yours truly", Closing::Sincerely),
    ("respectfully", Closing::Sincerely),
    ("thanks a lot in advance", Closing::ThanksInAdvance),
    ("thanks so much in advance", Closing::ThanksInAdvance),
    ("many thanks in advance", Closing::ThanksInAdvance),
    ("love", Closing::Kept),
    ("hugs", Closing::Kept),
    ("big hugs", Closing::Kept),
    ("lots of love", Closing::Kept),
    ("x", Closing::Kept),
    ("xx", Closing::Kept),
    ("xxx", Closing::Kept),
    ("xo", Closing::Kept),
    ("xoxo", Closing::Kept),
    ("yours", Closing::Kept),
    ("bye", Closing::Kept),
    ("talk soon", Closing::Kept),
    ("see you soon", Closing::Kept),
    ("see you", Closing::Kept),
];

const GERMAN_CLOSINGS: &[(&str, Closing)] = &[
    ("mit freundlichen grüßen", Closing::Foermlich),
    ("mit freundlichem gruß", Closing::Foermlich),
    ("mit freundlichen gruessen", Closing::Foermlich),
    ("freundliche grüße", Closing::Foermlich),
    ("hochachtungsvoll", Closing::Kept),
    ("mfg", Closing::Foermlich),
    ("mit besten grüßen", Closing::Gruss),
    ("beste grüße", Closing::Gruss),
    ("viele grüße", Closing::Gruss),
    ("liebe grüße", Closing::Gruss),
    ("herzliche grüße", Closing::Gruss),
    ("schöne grüße", Closing::Gruss),
    ("grüße", Closing::Gruss),
    ("gruß", Closing::Gruss),
    ("vg", Closing::Gruss),
    ("lg", Closing::Gruss),
    ("bg", Closing::Gruss),
];

/// Closings that never are words of a sentence, so that no comma needs to tell them from one.
const KISSES: &[&str] = &["x", "xx", "xxx", "xo", "xoxo"];

/// Before these "thanks" is no closing: "my thanks", "to say thanks".
const HELD: &[&str] = &[
    "my", "our", "your", "many", "with", "his", "her", "their", "no", "of", "for", "a", "big",
    "and", "to", "say", "saying", "give", "the", "any", "in", "as", "but", "or", "is", "was",
    "love", "sends", "send", "huge", "special", "lots", "ok", "okay", "yes",
];

impl Closing {
    /// The closing in a style, without its comma; none when it stays as it is written.
    fn text(self, style: Style, written: &str) -> String {
        use Style::{Casual, Concise, Elaborate, Formal};
        let own = || capitalised(written);
        match (self, style) {
            (Self::Thanks, Formal) => "Many thanks and kind regards".into(),
            (Self::Thanks, Elaborate) => "Thank you very much and kind regards".into(),
            (Self::Thanks, Casual | Concise) => "Thanks".into(),
            (Self::ThanksAgain, Formal) => "Thank you again and kind regards".into(),
            (Self::ThanksAgain, Elaborate) => "Thank you once again and kind regards".into(),
            (Self::ThanksAgain, Casual | Concise) => "Thanks again".into(),
            (Self::ThanksInAdvance, Formal) => "Thank you in advance and kind regards".into(),
            (Self::ThanksInAdvance, Elaborate) => {
                "Thank you very much in advance and kind regards".into()
            }
            (Self::ThanksInAdvance, Casual | Concise) => "Thanks in advance".into(),
            (Self::Regards, Casual) => "Best wishes".into(),
            (Self::Regards, Concise) => "Regards".into(),
            (Self::Best | Self::Cheers | Self::Regards, Formal) => "Kind regards".into(),
            (Self::Best | Self::Cheers | Self::Regards, Elaborate) => "With kind regards".into(),
            (Self::Cheers, Casual) => "Cheers".into(),
            (Self::Best | Self::Cheers, Concise) => "Best".into(),
            (Self::Sincerely, Casual) => "Best wishes".into(),
            (Self::Gruss, Formal | Elaborate) | (Self::Foermlich, Formal | Elaborate) => {
                "Mit freundlichen Grüßen".into()
            }
            (Self::Gruss | Self::Foermlich, Casual) => "Viele Grüße".into(),
            (Self::Foermlich, Concise) => "Freundliche Grüße".into(),
            (Self::Gruss, Concise) => "Viele Grüße".into(),
            (Self::Best, Casual) | (Self::Sincerely | Self::Kept, _) => own(),
        }
    }
}

/// The end of the mail, taken off the text: the closing and what follows it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Bottom {
    /// The closing and how it was written.
    closing: Option<(Closing, String)>,
    /// The lines below it: name, position, post script. Left as they are.
    below: Vec<Line>,
    /// Whole parts below it, in the same sense.
    after: Vec<Part>,
    /// Whether the text looks signed, although no closing was found.
    pub signed: bool,
}

/// Takes the closing and what is below it off the end of the text.
pub(super) fn take_bottom(parts: &mut Vec<Part>, top: &Top, language: Language) -> Bottom {
    let closings = match language {
        Language::English => CLOSINGS,
        Language::German => GERMAN_CLOSINGS,
        Language::Other => return Bottom::default(),
    };
    let addressee = match top {
        Top::Greeting(greeting) => greeting.first_name(),
        _ => String::new(),
    };
    // A quotation below the mail is not part of it.
    let mut quoted = Vec::new();
    while matches!(
        parts.last(),
        Some(Part::Fixed(Block::Blockquote(_) | Block::HorizontalRule))
    ) {
        quoted.extend(parts.pop());
    }
    // Nor is the line that says whose it is.
    if !quoted.is_empty()
        && let Some(place) = parts.iter().rposition(|part| !is_blank(part))
        && matches!(&parts[place], Part::Paragraph(lines)
            if introduces_quotation(&text_of(lines)))
    {
        quoted.extend(parts.drain(place..).rev());
    }
    quoted.reverse();
    let mut bottom = find_closing(parts, closings, &addressee)
        .or_else(|| find_name_alone(parts, closings))
        .unwrap_or_default();
    while parts.last().is_some_and(is_blank) {
        parts.pop();
    }
    if !quoted.is_empty() {
        bottom.after.extend(quoted);
    }
    bottom
}

fn text_of(lines: &[Line]) -> String {
    let lines: Vec<String> = lines.iter().map(Line::text).collect();
    lines.join(" ")
}

/// Whether a German text ends with a closing in its last sentence: "danke und gruß jana". It stays as
/// it is, and gets no second one.
pub(super) fn closes_in_german(body: &[Part]) -> bool {
    let Some(Part::Paragraph(lines)) = body.iter().rfind(|part| !is_blank(part)) else {
        return false;
    };
    let Some(line) = lines.iter().rfind(|line| !line.is_blank()) else {
        return false;
    };
    // Without the ß, as in Switzerland.
    let closes = |word: &str| {
        let word = word.replace('ß', "ss");
        GERMAN_CLOSINGS.iter().any(|(phrase, _)| {
            let last = phrase.rsplit(' ').next().unwrap_or(phrase);
            last.replace('ß', "ss") == word
        })
    };
    let words = line.words();
    words[words.len().saturating_sub(4)..]
        .iter()
        .any(|word| closes(&word.lower))
}

fn find_closing(
    parts: &mut Vec<Part>,
    closings: &[(&str, Closing)],
    addressee: &str,
) -> Option<Bottom> {
    let mut seen = 0;
    for p in (0..parts.len()).rev() {
        let Part::Paragraph(lines) = &parts[p] else {
            return None;
        };
        for l in (0..lines.len()).rev() {
            let line = &lines[l];
            if line.is_blank() {
                continue;
            }
            if let Some(found) = read_closing(line, closings, addressee) {
                return Some(cut_at(parts, p, l, found));
            }
            seen += 1;
            // What follows a closing is a few short lines, or a post script.
            let words = line.words();
            let postscript = words
                .first()
                .is_some_and(|w| matches!(&*w.lower, "p.s" | "ps"));
            if seen > 5 || (words.len() > 7 && !postscript) {
                return None;
            }
        }
    }
    None
}

struct Found {
    closing: Closing,
    /// Where the closing is in its line.
    at: Range<usize>,
    /// Where a name in the same line is.
    name: Option<Range<usize>>,
}

/// A closing as a whole line, or as the last sentence of one.
fn read_closing(line: &Line, closings: &[(&str, Closing)], addressee: &str) -> Option<Found> {
    if line.cells.iter().any(|cell| cell.lock == Lock::Foreign) && line.words().len() > 7 {
        return None;
    }
    let words = line.words();
    let last = line.sentences().pop()?;
    let own: Vec<&Word> = words
        .iter()
        .filter(|w| last.contains(&w.at.start))
        .collect();
    let starts_with = |own: &[&Word], phrase: &str| {
        let count = phrase.split(' ').count();
        (own.len() >= count && phrase.split(' ').zip(own).all(|(a, word)| a == word.lower))
            .then_some(count)
    };
    // The whole sentence: "Thanks!", "thanks, bob", "Best regards".
    for (phrase, closing) in closings {
        let Some(count) = starts_with(&own, phrase) else {
            continue;
        };
        let at = own[0].at.start..own[count - 1].at.end;
        let rest = &own[count..];
        let alone = own[0].at.start == 0;
        let gap = line.slice(at.end..rest.first().map_or(line.cells.len(), |w| w.at.start));
        if rest.is_empty() {
            let marks_only = gap.chars().all(|ch| matches!(ch, ',' | '.' | '!' | ' '));
            // "Take care." and the like end many a text; only thanks may stand in the same line.
            let may_share = matches!(
                closing,
                Closing::Thanks | Closing::ThanksInAdvance | Closing::ThanksAgain | Closing::Cheers
            );
            if marks_only && (alone || may_share) {
                return Some(Found {
                    closing: *closing,
                    at,
                    name: None,
                });
            }
            continue;
        }
        // "Kind regards, Sofia Marino, student id 4471902": a name, and what belongs to it.
        let detailed = (1..=8).contains(&rest.len())
            && rest[0].shape != Shape::Lower
            && rest[0].free
            && rest[0].lower != addressee
            && (!STARTERS.contains(&&*rest[0].lower) || may_be_name(rest[0]))
            && gap.trim() == ","
            && (matches!(closing, Closing::Regards | Closing::Sincerely)
                || phrase.ends_with(" wishes")
                || rest.iter().all(|w| w.shape == Shape::Capital));
        if detailed {
            return Some(Found {
                closing: *closing,
                at,
                name: Some(rest[0].at.start..line.cells.len()),
            });
        }
        let named = rest.len() <= 2
            && rest.iter().all(|w| {
                ((rest.len() == 1 && may_be_name(w))
                    || rest.iter().all(|w| w.shape == Shape::Capital)
                        && gap.contains(',')
                        && rest.len() == 2
                    || (!STARTERS.contains(&&*w.lower) && !is_known(&w.lower)))
                    && !GENERIC.contains(&&*w.lower)
                    && matches!(w.shape, Shape::Lower | Shape::Capital)
                    && w.lower
                        .chars()
                        .all(|ch| ch.is_alphabetic() || ch == '-' || ch == '\'')
            })
            && rest[0].lower != addressee
            && gap
                .chars()
                .all(|ch| matches!(ch, ',' | ' ' | '-' | '–' | '!'))
            && (alone
                || gap.contains(',')
                || matches!(
                    closing,
                    Closing::Regards | Closing::Sincerely | Closing::Cheers
                )
                || KISSES.contains(phrase))
            && line.cells[rest[rest.len() - 1].at.end..]
                .iter()
                .all(|cell| matches!(cell.ch, '.' | ' '));
        let plain_thanks = (!matches!(*closing, Closing::Kept) || KISSES.contains(phrase))
            && !matches!(*phrase, "yours" | "best" | "br" | "kr");
        if named && (plain_thanks || gap.contains(',')) {
            return Some(Found {
                closing: *closing,
                at,
                name: Some(rest[0].at.start..rest[rest.len() - 1].at.end),
            });
        }
    }
    // Run into the sentence: "can you send it asap thanks".
    for (phrase, closing) in closings {
        let count = phrase.split(' ').count();
        if own.len() < count + 3 || !matches!(closing, Closing::Thanks | Closing::ThanksInAdvance) {
            continue;
        }
        let tail = &own[own.len() - count..];
        if starts_with(tail, phrase).is_none() {
            continue;
        }
        let before = own[own.len() - count - 1];
        let end = tail[count - 1].at.end;
        let ends = line.cells[end..]
            .iter()
            .all(|cell| matches!(cell.ch, '.' | '!' | ' ' | ','));
        let gap = line.slice(before.at.end..tail[0].at.start);
        if ends
            && tail.iter().all(|w| w.shape == Shape::Lower && w.free)
            && !HELD.contains(&&*before.lower)
            && matches!(&*gap, " " | ", ")
        {
            return Some(Found {
                closing: *closing,
                at: tail[0].at.start..end,
                name: None,
            });
        }
    }
    None
}

/// Cuts the text at the closing that was found in line `l` of part `p`.
fn cut_at(parts: &mut Vec<Part>, p: usize, l: usize, found: Found) -> Bottom {
    let mut after: Vec<Part> = parts.split_off(p + 1);
    let mut below = Vec::new();
    let mut written = String::new();
    if let Some(Part::Paragraph(lines)) = parts.last_mut() {
        below = lines.split_off(l + 1);
        if let Some(mut line) = lines.pop() {
            if let Some(name) = found.name {
                let mut name = line.split_off(name.start);
                while name
                    .cells
                    .last()
                    .is_some_and(|cell| matches!(cell.ch, '.' | ' '))
                {
                    name.cells.pop();
                }
                let words = name.words();
                let words: Vec<&Word> = words.iter().collect();
                name.cells = name_cells(&name, 0..name.cells.len(), &words);
                below.insert(0, name);
            }
            written = line.slice(found.at.clone());
            line.cells.truncate(found.at.start);
            while line
                .cells
                .last()
                .is_some_and(|cell| matches!(cell.ch, ' ' | ','))
            {
                line.cells.pop();
            }
            if !line.is_blank() {
                lines.push(line);
            }
        }
        if lines.iter().all(Line::is_blank) {
            parts.pop();
        }
    }
    while below.first().is_some_and(Line::is_blank) {
        below.remove(0);
    }
    // A name in a paragraph of its own moves up to its closing.
    if below.is_empty() {
        while after.first().is_some_and(is_blank) {
            after.remove(0);
        }
        if matches!(after.first(), Some(Part::Paragraph(_)))
            && let Part::Paragraph(lines) = after.remove(0)
        {
            below = lines;
        }
    }
    if let Some(name) = below.first_mut() {
        let words = name.words();
        let is_name = (1..=2).contains(&words.len())
            && name.cells.iter().all(|cell| {
                (cell.ch.is_alphabetic() || matches!(cell.ch, ' ' | '-')) && cell.lock == Lock::Free
            });
        if is_name {
            let words: Vec<&Word> = words.iter().collect();
            name.cells = name_cells(name, 0..name.cells.len(), &words);
        }
    }
    Bottom {
        closing: Some((found.closing, written)),
        below,
        after,
        signed: true,
    }
}

/// A name as the last line, without a closing above it.
fn find_name_alone(parts: &mut [Part], closings: &[(&str, Closing)]) -> Option<Bottom> {
    let several = parts.len() > 1;
    let Some(Part::Paragraph(lines)) = parts.last_mut() else {
        return None;
    };
    if !several && lines.len() < 2 {
        return None;
    }
    let line = lines.last()?;
    let words = line.words();
    let is_name = (1..=2).contains(&words.len())
        && words.iter().all(|w| {
            matches!(w.shape, Shape::Capital | Shape::Lower)
                && (w.lower.chars().all(|ch| ch.is_alphabetic() || ch == '-')
                    || is_initials(&w.lower))
                && (((words.len() == 1 || w.shape == Shape::Capital) && may_be_name(w))
                    || (!STARTERS.contains(&&*w.lower) && !is_known(&w.lower)))
                && !closings.iter().any(|(phrase, _)| *phrase == w.lower)
        })
        && (words.len() == 1 || words.iter().all(|w| w.shape == Shape::Capital))
        && line.cells.iter().all(|cell| {
            (cell.ch.is_alphabetic() || matches!(cell.ch, ' ' | '-' | '–' | '\'' | '.'))
                && cell.lock == Lock::Free
        });
    if !is_name {
        return None;
    }
    let mut name = lines.pop()?;
    let words: Vec<&Word> = words.iter().collect();
    name.cells = name_cells(&name, 0..name.cells.len(), &words);
    Some(Bottom {
        closing: None,
        below: vec![name],
        after: Vec::new(),
        signed: true,
    })
}

/// "j", "j.r": the initials of a name, without their last dot.
fn is_initials(word: &str) -> bool {
    word.split('.').all(|part| part.chars().count() <= 1)
}

impl Bottom {
    /// Whether there was a closing.
    pub fn has_closing(&self) -> bool {
        self.closing.is_some()
    }

    /// Whether a closing was found with a name below it.
    pub fn is_signed_off(&self) -> bool {
        self.has_closing() && !self.below.is_empty()
    }

    /// Whether a style leaves the closing's words as they are.
    pub fn is_kept(&self, style: Style) -> bool {
        self.closing.as_ref().is_none_or(|(closing, written)| {
            let text = closing.text(style, written);
            text.to_lowercase() == written.to_lowercase()
        })
    }

    /// The end of the mail in a style: at most one paragraph, and what follows it. `new` is the
    /// closing to add where there is none.
    pub fn parts(&self, style: Style, new: Option<&str>) -> Vec<Part> {
        let text = match &self.closing {
            Some((closing, written)) => Some(closing.text(style, written)),
            None => new.map(str::to_owned),
        };
        let mut lines: Vec<Line> = Vec::new();
        if let Some(text) = text {
            let mut line = Line::plain(&text);
            // German closings never have a comma; others only before a name.
            let german = matches!(self.closing, Some((Closing::Gruss | Closing::Foermlich, _)))
                || text.contains('ü');
            if !self.below.is_empty() && !german {
                line.cells.extend(Line::plain(",").cells);
            }
            lines.push(line);
        }
        lines.extend(self.below.iter().cloned());
        let mut parts = Vec::new();
        if !lines.is_empty() {
            parts.push(Part::Paragraph(lines));
        }
        parts.extend(self.after.iter().cloned());
        parts
    }
}

/// The closing a style adds where the mail has none. `asks` says whether it asks for something,
/// `thanked` whether it thanks already, `greeted` whether it begins with a greeting.
pub(super) fn new_closing(
    style: Style,
    language: Language,
    greeted: bool,
    asks: bool,
    thanked: bool,
) -> Option<&'static str> {
    match (language, style) {
        (Language::English, Style::Formal) => Some("Kind regards"),
        (Language::English, Style::Elaborate) => Some("With kind regards"),
        (Language::English, Style::Casual) if greeted => {
            Some(if asks && !thanked { "Thanks" } else { "Best" })
        }
        (Language::German, Style::Formal | Style::Elaborate) => Some("Mit freundlichen Grüßen"),
        (Language::German, Style::Casual) if greeted => Some("Viele Grüße"),
        _ => None,
    }
}
