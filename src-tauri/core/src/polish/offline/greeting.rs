//! The greeting at the top of a mail: found in what the user wrote, and worded for each style. A
//! name is never invented, and never dropped.

use std::ops::Range;

use super::{
    language::Language,
    line::{Cell, Line, Lock, Shape, Word, capitalised},
    tree::Part,
    words::{STARTERS, is_known, may_be_name},
};
use crate::polish::Style;

/// What kind of greeting it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opener {
    /// "hi", "hey"
    Hi,
    /// "hello", "greetings"
    Hello,
    /// "good morning"; kept.
    Day(&'static str),
    /// "dear"
    Dear,
    /// "to whom it may concern"
    Whom,
    /// Only the name: "Bob,"
    Bare,
    /// "sehr geehrte", "liebe", "lieber": kept, they agree with the name.
    German(&'static str),
    /// "hallo"
    Hallo,
}

const OPENERS: &[(&str, Opener)] = &[
    ("to whom it may concern", Opener::Whom),
    ("good morning", Opener::Day("Good morning")),
    ("good afternoon", Opener::Day("Good afternoon")),
    ("good evening", Opener::Day("Good evening")),
    ("good day", Opener::Day("Good day")),
    ("morning", Opener::Day("Good morning")),
    ("afternoon", Opener::Day("Good afternoon")),
    ("evening", Opener::Day("Good evening")),
    ("hi", Opener::Hi),
    ("hey", Opener::Hi),
    ("hiya", Opener::Hi),
    ("heya", Opener::Hi),
    ("yo", Opener::Hi),
    ("hello", Opener::Hello),
    ("greetings", Opener::Hello),
    ("dear", Opener::Dear),
];

const GERMAN_OPENERS: &[(&str, Opener)] = &[
    ("sehr geehrte", Opener::German("Sehr geehrte")),
    ("sehr geehrter", Opener::German("Sehr geehrter")),
    ("sehr geehrtes", Opener::German("Sehr geehrtes")),
    ("guten tag", Opener::German("Guten Tag")),
    ("guten morgen", Opener::German("Guten Morgen")),
    ("guten abend", Opener::German("Guten Abend")),
    ("liebe", Opener::German("Liebe")),
    ("lieber", Opener::German("Lieber")),
    ("liebes", Opener::German("Liebes")),
    ("hallo", Opener::Hallo),
    ("hi", Opener::Hallo),
    ("hey", Opener::Hallo),
    ("moin", Opener::Hallo),
    ("servus", Opener::Hallo),
];

/// Addressees that are no names.
pub(super) const GENERIC: &[&str] = &[
    "there",
    "again",
    "all",
    "everyone",
    "everybody",
    "team",
    "both",
    "folks",
    "guys",
    "man",
    "mate",
    "buddy",
    "dude",
    "sir",
    "madam",
    "or",
    "and",
    "ladies",
    "gentlemen",
    "colleagues",
    "friends",
    "friend",
    "customer",
    "customers",
    "hiring",
    "manager",
    "recruiter",
    "support",
    "members",
    "students",
    "parents",
    "neighbours",
    "zusammen",
    "alle",
    "leute",
    "damen",
    "herren",
];

/// Titles, as they are written.
const TITLES: &[(&str, &str)] = &[
    ("mr", "Mr"),
    ("mrs", "Mrs"),
    ("ms", "Ms"),
    ("mx", "Mx"),
    ("dr", "Dr"),
    ("prof", "Prof"),
    ("professor", "Professor"),
    ("herr", "Herr"),
    ("frau", "Frau"),
];

/// Parts of names that stay small.
const PARTICLES: &[&str] = &[
    "van", "von", "de", "der", "den", "da", "di", "du", "del", "della", "la", "le", "bin", "ibn",
    "al", "el", "ter", "zu",
];

/// A greeting as it was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Greeting {
    opener: Opener,
    /// As written, capitals mended.
    name: Vec<Cell>,
    generic: bool,
    titled: bool,
    exclaims: bool,
}

/// What stands at the top.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Top {
    /// A greeting we can word.
    Greeting(Greeting),
    /// Something like one that is left alone.
    Unknown,
    /// None.
    None,
}

/// Takes the greeting off the beginning of the text.
pub(super) fn take_greeting(parts: &mut Vec<Part>, language: Language) -> Top {
    let several = parts.len() > 1;
    let Some(Part::Paragraph(lines)) = parts.first_mut() else {
        return Top::None;
    };
    let alone = several || lines.len() > 1;
    let Some(line) = lines.first_mut() else {
        return Top::None;
    };
    let Some((greeting, end)) = read_greeting(line, language) else {
        let words = line.words();
        let like_one = words.len() <= 5
            && line
                .cells
                .last()
                .is_some_and(|cell| matches!(cell.ch, ',' | '!'))
            && words.first().is_some_and(|w| {
                !STARTERS.contains(&&*w.lower) && !matches!(w.shape, Shape::Mixed | Shape::Coded)
            });
        let like_one = like_one
            || (language == Language::English
                && (calls_by_name(line, &words) || (alone && is_list_of_names(line, &words))));
        return if like_one { Top::Unknown } else { Top::None };
    };
    // "Hi Art, hi Rose," greets twice; what belongs to whom is not for us to say.
    let greets_on = line
        .words()
        .into_iter()
        .find(|word| word.at.start >= end)
        .is_some_and(|word| matches!(&*word.lower, "hi" | "hey" | "hello" | "dear"));
    if greets_on {
        return Top::Unknown;
    }
    let mut rest = line.split_off(end);
    rest.trim();
    if rest.is_blank() {
        lines.remove(0);
        while lines.first().is_some_and(Line::is_blank) {
            lines.remove(0);
        }
    } else {
        lines[0] = rest;
    }
    if lines.is_empty() {
        parts.remove(0);
    }
    Top::Greeting(greeting)
}

/// "Bob, I can't come": who is spoken to, in front of a sentence.
fn calls_by_name(line: &Line, words: &[Word]) -> bool {
    let [first, second, ..] = words else {
        return false;
    };
    first.at.start == 0
        && first.shape == Shape::Capital
        && !STARTERS.contains(&&*first.lower)
        && !is_known(&first.lower)
        && !first.lower.ends_with("ly")
        && line.slice(first.at.end..second.at.start) == ", "
        && (STARTERS.contains(&&*second.lower) || is_known(&second.lower))
}

/// "mark, sue and bill" in a line of its own.
fn is_list_of_names(line: &Line, words: &[Word]) -> bool {
    (2..=6).contains(&words.len())
        && line
            .cells
            .iter()
            .all(|cell| cell.ch.is_alphabetic() || matches!(cell.ch, ' ' | ',' | '&'))
        && (line.cells.iter().any(|cell| matches!(cell.ch, ',' | '&')) || words.iter().any(joins))
        && words.iter().all(|word| {
            joins(word)
                || may_be_name(word)
                || !(STARTERS.contains(&&*word.lower) || is_known(&word.lower))
        })
}

fn read_greeting(line: &Line, language: Language) -> Option<(Greeting, usize)> {
    let words = line.words();
    let openers = match language {
        Language::English => OPENERS,
        Language::German => GERMAN_OPENERS,
        Language::Other => return None,
    };
    if language == Language::English
        && let Some(found) = read_bare(line, &words)
    {
        return Some(found);
    }
    let (count, opener, phrase) = openers.iter().find_map(|(phrase, opener)| {
        let count = phrase.split(' ').count();
        let same = words.len() >= count
            && phrase
                .split(' ')
                .zip(&words)
                .all(|(a, word)| a == word.lower)
            && words[0].at.start == 0;
        same.then_some((count, *opener, *phrase))
    })?;
    let opener_end = words[count - 1].at.end;
    let (name, end) = find_name(line, &words, count, opener_end, phrase, language)?;
    if line.cells[..end]
        .iter()
        .any(|cell| cell.lock == Lock::Foreign)
    {
        return None;
    }
    // A number or an address is no name; a placeholder stands for one.
    let fact = line.cells[name.clone()]
        .iter()
        .any(|cell| cell.lock == Lock::Fact);
    if fact && !line.cells[name.clone()].iter().any(|cell| cell.ch == '{') {
        return None;
    }
    let own: Vec<&Word> = words
        .iter()
        .filter(|w| name.contains(&w.at.start))
        .collect();
    let titled = own
        .first()
        .is_some_and(|word| TITLES.iter().any(|(title, _)| *title == word.lower));
    let greeting = Greeting {
        opener,
        generic: own.iter().all(|word| GENERIC.contains(&&*word.lower)),
        titled,
        exclaims: line.cells[opener_end..end]
            .iter()
            .any(|cell| cell.ch == '!'),
        name: name_cells(line, name, &own),
    };
    Some((greeting, end))
}

/// "Team, the numbers are in", or a line that is only "Bob,".
fn read_bare(line: &Line, words: &[Word]) -> Option<(Greeting, usize)> {
    let first = words.first().filter(|word| word.at.start == 0)?;
    let group = matches!(
        &*first.lower,
        "team" | "all" | "everyone" | "everybody" | "folks" | "guys" | "colleagues"
    );
    let comma = line
        .cells
        .iter()
        .position(|cell| cell.ch == ',')
        .or((group && words.len() == 1).then_some(first.at.end))?;
    let own: Vec<&Word> = words.iter().filter(|w| w.at.end <= comma).collect();
    let alone = line.cells[(comma + 1).min(line.cells.len())..]
        .iter()
        .all(|cell| cell.ch == ' ');
    let named = alone
        && (1..=2).contains(&own.len())
        && own.iter().all(|w| {
            w.shape == Shape::Capital
                && ((own.len() == 1 && may_be_name(w))
                    || (!STARTERS.contains(&&*w.lower) && !is_known(&w.lower)))
                && !OPENERS
                    .iter()
                    .any(|(phrase, _)| phrase.starts_with(&w.lower))
        });
    let at_comma = own.last().is_some_and(|word| word.at.end == comma);
    if !at_comma || !(named || group && own.len() == 1) || !line.is_free(0..comma) {
        return None;
    }
    let mut end = (comma + 1).min(line.cells.len());
    while line.ch(end) == Some(' ') {
        end += 1;
    }
    let greeting = Greeting {
        opener: Opener::Bare,
        name: if group {
            Line::plain(&first.lower).cells
        } else {
            line.cells[..comma].to_vec()
        },
        generic: group,
        titled: false,
        exclaims: false,
    };
    Some((greeting, end))
}

/// Where the name is and where the greeting ends; none when this is no greeting after all.
fn find_name(
    line: &Line,
    words: &[Word],
    count: usize,
    opener_end: usize,
    phrase: &str,
    language: Language,
) -> Option<(Range<usize>, usize)> {
    let len = line.cells.len();
    let is_mark = |i: usize| match line.ch(i) {
        _ if line
            .cells
            .get(i)
            .is_some_and(|cell| cell.lock != Lock::Free) =>
        {
            false
        }
        Some(',' | '!' | ':' | ';' | '…') => true,
        // Not the dot of "Dr.".
        Some('.') => !words
            .iter()
            .any(|word| word.at.end == i && TITLES.iter().any(|(title, _)| *title == word.lower)),
        Some('-' | '–' | '—') => {
            line.ch(i.wrapping_sub(1)) == Some(' ') && line.ch(i + 1).is_none_or(|ch| ch == ' ')
        }
        _ => false,
    };
    let is_starter = |word: &Word| {
        language == Language::English
            && STARTERS.contains(&&*word.lower)
            && (word.shape == Shape::Lower
                || word.lower.starts_with('i')
                || word.shape == Shape::Capital)
            && !GENERIC.contains(&&*word.lower)
    };
    let most = if language == Language::German { 5 } else { 4 };
    let between = |from: usize, to: usize| -> Vec<&Word> {
        words
            .iter()
            .filter(|word| word.at.start >= from && word.at.end <= to)
            .collect()
    };
    let skip = |mut i: usize| {
        while i < len && (is_mark(i) || line.cells[i].ch == ' ') {
            i += 1;
        }
        i
    };
    let mark = (opener_end..len).find(|&i| is_mark(i)).unwrap_or(len);
    let own = between(opener_end, mark);
    // "Dear Mr Long", "Hi Will", "Hi Bob and May": a name, whatever else the word may be.
    let is_named = |i: usize| {
        let titled = i > 0 && is_title(own[i - 1]);
        titled
            || (i > 0 && joins(own[i - 1]) && may_be_name(own[i]))
            || (may_be_name(own[i])
                && (own.len() == 1
                    || own
                        .iter()
                        .all(|word| word.shape == Shape::Capital || joins(word))))
    };
    let named = (1..=most).contains(&own.len())
        && !joins(own[0])
        && !own.iter().enumerate().any(|(i, word)| {
            if is_named(i) {
                return false;
            }
            is_starter(word)
                || (language == Language::English
                    && is_known(&word.lower)
                    && !GENERIC.contains(&&*word.lower))
        });
    if named {
        // "Hi there Bob" greets Bob.
        let there = own.len() > 1 && own[0].lower == "there";
        let start = own[usize::from(there)].at.start;
        let mut end = own[own.len() - 1].at.end;
        // "Hi {{firstName}}": the braces belong to the name.
        let start = (opener_end..if there { opener_end } else { start })
            .find(|&i| line.cells[i].lock == Lock::Fact)
            .unwrap_or(start);
        while end < mark && line.cells[end].ch != ' ' {
            end += 1;
        }
        return Some((start..end, skip(mark)));
    }
    if own.is_empty() {
        if matches!(phrase, "morning" | "afternoon" | "evening" | "dear" | "yo") && mark == len {
            return None;
        }
        // "Hi, Bob": a second comma or the end of the line shows that it is a name.
        let next = skip(mark);
        let second = (next..len).find(|&i| is_mark(i)).unwrap_or(len);
        let own = between(next, second);
        if mark < len
            && line.ch(mark) == Some(',')
            && matches!(own.len(), 1 | 2)
            && matches!(line.ch(second), None | Some(',' | '!'))
            && own.iter().all(|word| {
                !is_starter(word) && !is_known(&word.lower) || GENERIC.contains(&&*word.lower)
            })
        {
            return Some((own[0].at.start..own[own.len() - 1].at.end, skip(second)));
        }
        return Some((opener_end..opener_end, next));
    }
    // The greeting runs into the sentence: "hi bob can you".
    if language == Language::German
        || !matches!(phrase, "hi" | "hey" | "hello" | "hiya" | "dear" | "yo")
    {
        return None;
    }
    let after = &words[count..];
    let generic = after
        .iter()
        .take_while(|w| GENERIC.contains(&&*w.lower) && !joins(&after[0]))
        .count();
    let capital = after
        .iter()
        .take_while(|w| w.shape == Shape::Capital && !is_starter(w))
        .count();
    let titles = after.iter().take_while(|word| is_title(word)).count();
    let name_words = if generic > 0 {
        generic
    } else if titles > 0 {
        // "Dear Dr Will can you": one name behind the title, and what small letters leave open is
        // not guessed.
        let family = after[titles..]
            .iter()
            .skip(1)
            .take_while(|w| w.shape == Shape::Capital && !is_starter(w))
            .count();
        titles + 1 + family
    } else if may_be_name(&after[0]) {
        // "Hi will can you": no sentence begins with "will can", so that it is a name.
        let opens = after.get(1).is_some_and(|next| {
            matches!(
                &*next.lower,
                "can"
                    | "could"
                    | "would"
                    | "do"
                    | "did"
                    | "does"
                    | "are"
                    | "is"
                    | "thanks"
                    | "thank"
                    | "thx"
                    | "please"
                    | "pls"
                    | "plz"
                    | "just"
                    | "sorry"
                    | "what"
                    | "when"
                    | "where"
                    | "why"
                    | "how"
                    | "let"
                    | "quick"
                    | "i'm"
                    | "im"
                    | "i've"
                    | "ive"
            )
        });
        if !opens && after[0].shape == Shape::Lower {
            return Some((opener_end..opener_end, skip(opener_end)));
        }
        if !opens {
            return None;
        }
        1
    } else if (1..=3).contains(&capital)
        && after
            .get(capital)
            .is_some_and(|next| next.shape == Shape::Lower || is_starter(next))
    {
        capital
    } else if after.len() > 1
        && !is_starter(&after[0])
        && !is_known(&after[0].lower)
        && (is_starter(&after[1]) || joins(&after[1]))
    {
        1
    } else if is_starter(&after[0])
        && !matches!(phrase, "dear" | "yo")
        && !matches!(
            &*after[0].lower,
            "from"
                | "to"
                | "of"
                | "in"
                | "at"
                | "by"
                | "with"
                | "for"
                | "and"
                | "or"
                | "on"
                | "about"
        )
    {
        return Some((opener_end..opener_end, skip(opener_end)));
    } else {
        return None;
    };
    // "hi bob and anna can you"
    let mut name_words = name_words;
    while let [joint, other, ..] = &after[name_words.min(after.len())..]
        && joins(joint)
        && (other.shape == Shape::Capital || !is_known(&other.lower))
        && (!is_starter(other) || may_be_name(other))
    {
        name_words += 2;
    }
    let last = after.get(name_words - 1)?;
    let name = after[0].at.start..last.at.end;
    let next = skip(name.end);
    (next < len).then_some((name, next))
}

/// Whether a word is a title: what follows it is a name.
fn is_title(word: &Word) -> bool {
    TITLES.iter().any(|(title, _)| *title == word.lower)
}

/// "and" and "or" stand between addressees ("sir or madam"), never first.
fn joins(word: &Word) -> bool {
    matches!(&*word.lower, "and" | "or")
}

/// The name as it will be written: its own capitals, or such as names have.
pub(super) fn name_cells(line: &Line, name: Range<usize>, words: &[&Word]) -> Vec<Cell> {
    let mut out = Line {
        cells: line.cells[name.clone()].to_vec(),
    };
    let all_small = words.iter().all(|word| word.shape == Shape::Lower);
    if !all_small {
        return out.cells;
    }
    for word in words.iter().rev() {
        let at = word.at.start - name.start..word.at.end - name.start;
        let generic = GENERIC.contains(&&*word.lower) && !matches!(&*word.lower, "sir" | "madam");
        if generic || PARTICLES.contains(&&*word.lower) || out.cells[at.start].lock != Lock::Free {
            continue;
        }
        let large = capitalised(&out.slice(at.clone()));
        out.replace(at, &large);
    }
    out.cells
}

impl Greeting {
    /// The greeting in a style.
    pub fn line(&self, style: Style) -> Line {
        let lower = self
            .name
            .iter()
            .flat_map(|cell| cell.ch.to_lowercase())
            .collect::<String>();
        let nobody = matches!(&*lower, "" | "there" | "again");
        let group = matches!(&*lower, "guys" | "folks");
        let warm = matches!(style, Style::Formal | Style::Elaborate);
        let mut name = self.name.clone();
        // No letter begins "Dear man".
        let familiar = matches!(&*lower, "man" | "mate" | "buddy" | "dude");
        let nobody = nobody || warm && familiar;
        if warm && nobody && !matches!(self.opener, Opener::Day(_)) {
            name.clear();
        }
        if group && style != Style::Casual {
            name = Line::plain("all").cells;
        }
        let sir = lower.starts_with("sir") || lower.starts_with("madam");
        if self.opener == Opener::Bare && style == Style::Concise {
            let mut line = Line { cells: name };
            let large = capitalised(&line.text());
            line.replace(0..line.cells.len(), &large);
            line.cells.extend(Line::plain(",").cells);
            return line;
        }
        let opener = match (self.opener, style) {
            (Opener::Whom, Style::Casual) => "Hi",
            (Opener::Whom, _) => "To whom it may concern",
            (Opener::German(kept), _) => kept,
            (Opener::Hallo, Style::Formal | Style::Elaborate) => "Guten Tag",
            (Opener::Hallo, _) => "Hallo",
            (Opener::Day(kept), _) => kept,
            (Opener::Dear, _) if sir => "Dear",
            (_, Style::Formal | Style::Elaborate) if nobody => "Hello",
            (_, Style::Formal | Style::Elaborate) => "Dear",
            (Opener::Dear, Style::Concise) if !nobody => "Dear",
            (_, Style::Concise | Style::Casual) if self.titled || sir => "Hello",
            (Opener::Hello, Style::Concise) => "Hello",
            _ => "Hi",
        };
        let mut line = Line::plain(opener);
        if !name.is_empty() && self.opener != Opener::Whom {
            let end = line.cells.len();
            line.replace(end..end, " ");
            line.cells.extend(name);
        }
        let mark = if style == Style::Casual && self.exclaims {
            "!"
        } else {
            ","
        };
        line.cells.extend(Line::plain(mark).cells);
        line
    }

    /// Whether it has a word that greets, and not only a name.
    pub fn is_opened(&self) -> bool {
        self.opener != Opener::Bare
    }

    /// As it is written now, where it is one word.
    pub fn single_name(&self) -> Option<String> {
        let name: String = self.name.iter().map(|cell| cell.ch).collect();
        (!self.generic && !name.contains(' ') && !name.is_empty()).then_some(name)
    }

    /// The first word of the name, for telling "thanks Bob" to Bob from a signature.
    pub fn first_name(&self) -> String {
        let line = Line {
            cells: self.name.clone(),
        };
        line.words()
            .first()
            .map(|word| word.lower.clone())
            .unwrap_or_default()
    }
}

/// A greeting for a style that wants one where there is none.
pub(super) fn new_greeting(style: Style, language: Language) -> Option<Line> {
    match (style, language) {
        (Style::Formal | Style::Elaborate, Language::English) => Some(Line::plain("Hello,")),
        (Style::Formal | Style::Elaborate, Language::German) => Some(Line::plain("Guten Tag,")),
        _ => None,
    }
}
