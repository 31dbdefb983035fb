//! Replacing words by other words, as the tables say.
//!
//! A rule applies where its words stand one after the other with single spaces between them, in
//! lower case (the first one may be large where a sentence begins) and in one style. So a name is
//! never hit, and a word somebody made bold stays as it is.

use super::{
    line::{Edit, Line, Shape, Word, capitalised},
    words::negates,
};

/// One replacement.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    /// Words looked for, lower case, single spaces.
    pub find: &'static str,
    /// What they become; empty: they are cut.
    pub put: &'static str,
    /// Only where a sentence begins.
    start: bool,
    /// Only as the whole sentence.
    whole: bool,
    /// Also when written in capitals (`ASAP`).
    capitals: bool,
    /// Only when another word follows in the same clause.
    inside: bool,
    /// Also behind a word that denies, in the same sentence.
    after_no: bool,
    /// Only after these.
    after: &'static [&'static str],
    /// Not after these.
    not_after: &'static [&'static str],
    /// Only before these.
    before: &'static [&'static str],
    /// Not before these.
    not_before: &'static [&'static str],
    /// Only after a number.
    counted: bool,
    /// A comma behind it goes.
    no_comma: bool,
    /// Only before a comma.
    comma: bool,
    /// Only where the sentence ends behind it.
    ends: bool,
    /// Only where a clause begins: at the start of a sentence or behind a mark.
    clause: bool,
    /// Not after a number.
    uncounted: bool,
    /// Not where "but" or a time gone by follows: "I wanted to ask, but he had left" is no wish.
    without_but: bool,
    /// Only in lower case, not even large where a sentence begins: it could be a name there.
    small: bool,
}

/// A rule that says `put` for `find`.
pub(super) const fn say(find: &'static str, put: &'static str) -> Rule {
    Rule {
        find,
        put,
        start: false,
        whole: false,
        capitals: false,
        inside: false,
        after_no: true,
        after: &[],
        not_after: &[],
        before: &[],
        not_before: &[],
        counted: false,
        no_comma: false,
        comma: false,
        ends: false,
        clause: false,
        uncounted: false,
        without_but: false,
        small: false,
    }
}

/// A rule that cuts `find`.
pub(super) const fn cut(find: &'static str) -> Rule {
    say(find, "").not_denied()
}

impl Rule {
    pub const fn start(mut self) -> Self {
        self.start = true;
        self
    }
    pub const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }
    pub const fn capitals(mut self) -> Self {
        self.capitals = true;
        self
    }
    pub const fn inside(mut self) -> Self {
        self.inside = true;
        self
    }
    pub const fn not_denied(mut self) -> Self {
        self.after_no = false;
        self
    }
    pub const fn no_comma(mut self) -> Self {
        self.no_comma = true;
        self
    }
    pub const fn comma(mut self) -> Self {
        self.comma = true;
        self
    }
    pub const fn ends(mut self) -> Self {
        self.ends = true;
        self
    }
    pub const fn clause(mut self) -> Self {
        self.clause = true;
        self
    }
    pub const fn uncounted(mut self) -> Self {
        self.uncounted = true;
        self
    }
    pub const fn without_but(mut self) -> Self {
        self.without_but = true;
        self
    }
    pub const fn small(mut self) -> Self {
        self.small = true;
        self
    }
    pub const fn counted(mut self) -> Self {
        self.counted = true;
        self
    }
    pub const fn after(mut self, words: &'static [&'static str]) -> Self {
        self.after = words;
        self
    }
    pub const fn not_after(mut self, words: &'static [&'static str]) -> Self {
        self.not_after = words;
        self
    }
    pub const fn before(mut self, words: &'static [&'static str]) -> Self {
        self.before = words;
        self
    }
    pub const fn not_before(mut self, words: &'static [&'static str]) -> Self {
        self.not_before = words;
        self
    }
}

/// Applies the tables to a line: from left to right, the longest rule first.
pub(super) fn apply(line: &mut Line, tables: &[&[Rule]], apostrophe: char) {
    let words = line.words();
    let mut edits: Vec<Edit> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        let found = tables
            .iter()
            .flat_map(|table| table.iter())
            .filter(|rule| rule.find.as_bytes().first() == words[i].lower.as_bytes().first())
            .filter_map(|rule| Some((rule, matches(line, &words, i, rule)?)))
            .max_by_key(|(rule, _)| rule.find.len());
        match found {
            Some((rule, count)) => {
                let mut edit = edit(line, &words, i, count, rule, apostrophe);
                // Two cuts side by side: the gap between them went with the first.
                let free_from = edits.last().map_or(0, |last| last.at.end);
                edit.at.start = edit.at.start.max(free_from);
                edits.push(edit);
                i += count;
            }
            None => i += 1,
        }
    }
    line.apply(&edits);
}

/// Whether two words stand next to each other with one space between them.
pub(super) fn adjacent(line: &Line, left: &Word, right: &Word) -> bool {
    left.at.end + 1 == right.at.start && line.ch(left.at.end) == Some(' ')
}

/// Whether the word is written as a word of a rule may be: not as a name.
pub(super) fn plain(word: &Word) -> bool {
    match word.shape {
        Shape::Lower => true,
        Shape::Capital => word.starts || is_i(word),
        Shape::Coded => true,
        Shape::Upper | Shape::Mixed => false,
    }
}

/// Words that are written large at the start of a sentence before a name, and belong to none:
/// "Thanks Bob".
const BEGINS_NO_NAME: &[&str] = &[
    "btw", "fyi", "also", "but", "maybe", "perhaps", "plus", "thanks", "thank", "thx", "thnx",
    "tnx", "pls", "plz", "please", "sorry", "sry", "kindly",
];

/// Whether a word may go on a name that began before it: written large, and neither "I" nor a day
/// or a month.
pub(super) fn begins_name(word: &Word) -> bool {
    let dated = super::tables::LARGE
        .iter()
        .any(|rule| rule.find == word.lower && rule.put != rule.find.to_uppercase());
    matches!(word.shape, Shape::Capital | Shape::Mixed) && !is_i(word) && !dated
}

fn is_i(word: &Word) -> bool {
    word.lower == "i" || word.lower.starts_with("i'")
}

/// How many words the rule covers when it applies at word `i`.
fn matches(line: &Line, words: &[Word], i: usize, rule: &Rule) -> Option<usize> {
    let mut count = 0;
    for wanted in rule.find.split(' ') {
        let word = words.get(i + count)?;
        if word.lower != wanted {
            return None;
        }
        let written = if word.shape == Shape::Upper {
            rule.capitals
        } else {
            plain(word) && (count == 0 || word.shape != Shape::Capital || is_i(word))
        };
        if !written || (count > 0 && !adjacent(line, &words[i + count - 1], word)) {
            return None;
        }
        count += 1;
    }
    let (first, last) = (&words[i], &words[i + count - 1]);
    if !line.is_free(first.at.start..last.at.end) {
        return None;
    }
    let before = i
        .checked_sub(1)
        .map(|k| &words[k])
        .filter(|word| adjacent(line, word, first));
    let after = words
        .get(i + count)
        .filter(|word| adjacent(line, last, word));
    let is = |word: Option<&Word>, list: &[&str]| word.is_some_and(|w| list.contains(&&*w.lower));
    let whole = || {
        first.starts
            && line.cells[last.at.end..]
                .iter()
                .take_while(|cell| !cell.ch.is_whitespace())
                .all(|cell| matches!(cell.ch, '.' | '!'))
            && words.get(i + count).is_none_or(|word| word.starts)
    };
    let sentence_end = words[i + count..]
        .iter()
        .position(|word| word.starts)
        .map_or(words.len(), |n| i + count + n);
    let sentence_start = (0..=i).rev().find(|&k| words[k].starts).unwrap_or(0);
    let next = line.ch(last.at.end);
    let opens = || {
        first.starts
            || (line.ch(first.at.start.wrapping_sub(1)) == Some(' ')
                && first.at.start > 1
                && line.ch(first.at.start - 2).is_some_and(|ch| {
                    matches!(ch, ',' | ';' | ':' | '.' | '!' | '?' | '–' | '—' | '-')
                }))
    };
    let counts = |word: Option<&Word>| {
        word.is_some_and(|word| word.lower.chars().any(|ch| ch.is_ascii_digit()))
    };
    // The beginning of a name: "Dont Panic Ltd", "Super Mario".
    let is_name = count == 1
        && first.starts
        && first.shape == Shape::Capital
        && !is_i(first)
        && !BEGINS_NO_NAME.contains(&&*first.lower)
        && after.is_some_and(begins_name);
    // "very, very sorry" is meant as it is, and so is what stands between two commas.
    let cuts_well = || {
        let same = |k: Option<usize>| {
            k.filter(|k| count == 1 && (sentence_start..sentence_end).contains(k))
                .is_some_and(|k| words[k].lower == first.lower)
        };
        let behind_comma = first.at.start > 1 && line.ch(first.at.start - 2) == Some(',');
        !same(i.checked_sub(1))
            && !same(Some(i + count))
            && (next != Some(',') || (first.starts && !behind_comma))
    };
    let applies = !is_name
        && (!rule.put.is_empty() || cuts_well())
        && (!rule.comma || next == Some(','))
        && (!rule.ends || next.is_none_or(|ch| matches!(ch, '.' | '!' | '?')))
        && (!rule.clause || opens())
        && (!rule.uncounted || !counts(before))
        && (!rule.without_but
            || !words[i + count..sentence_end]
                .iter()
                .any(|word| matches!(&*word.lower, "but" | "yesterday" | "ago" | "until")))
        && (!rule.small || first.shape == Shape::Lower)
        && (!rule.start || first.starts)
        && (!rule.whole || whole())
        && (!rule.inside || after.is_some())
        && (rule.after_no
            || !words[sentence_start..i]
                .iter()
                .any(|word| negates(&word.lower)))
        && (rule.after.is_empty() || is(before, rule.after))
        && !is(before, rule.not_after)
        && (rule.before.is_empty() || is(after, rule.before))
        && !is(after, rule.not_before)
        && (!rule.counted
            || before.is_some_and(|w| w.lower.chars().all(|c| matches!(c, '0'..='9' | '.' | '-'))));
    applies.then_some(count)
}

fn edit(
    line: &Line,
    words: &[Word],
    i: usize,
    count: usize,
    rule: &Rule,
    apostrophe: char,
) -> Edit {
    let (first, last) = (&words[i], &words[i + count - 1]);
    let mut at = first.at.start..last.at.end;
    if rule.put.is_empty() {
        // The comma and the space that belonged to what is cut go with it.
        if rule.whole {
            while line.ch(at.end).is_some_and(|ch| matches!(ch, '.' | '!')) {
                at.end += 1;
            }
        }
        let behind_comma = at.start > 1 && line.ch(at.start - 2) == Some(',');
        let ends = line
            .ch(at.end)
            .is_none_or(|ch| matches!(ch, '.' | '!' | '?'));
        if first.starts && line.ch(at.end) == Some(',') {
            at.end += 1;
        }
        if behind_comma && ends {
            at.start -= 2;
        } else if line.ch(at.end) == Some(' ') {
            at.end += 1;
        } else if at.start > 0 && line.ch(at.start - 1) == Some(' ') {
            at.start -= 1;
        }
        let free = line.is_free(at.clone());
        return Edit {
            at: if free {
                at
            } else {
                first.at.start..last.at.end
            },
            put: String::new(),
        };
    }
    if rule.no_comma && line.ch(at.end) == Some(',') && line.is_free(at.start..at.end + 1) {
        at.end += 1;
    }
    let put = rule.put.replace('\'', &apostrophe.to_string());
    let large = first.starts || (first.shape == Shape::Capital && !is_i(first));
    Edit {
        at,
        put: if large && first.shape != Shape::Lower {
            capitalised(&put)
        } else {
            put
        },
    }
}

/// Puts "a" and "an" right before the words that follow now; only where a rule changed what
/// follows, which `touched` tells by comparing with the line as it was.
pub(super) fn mend_articles(line: &mut Line, was: &Line) {
    let pair = |line: &Line, words: &[Word], k: usize| {
        (words[k].lower == "a" || words[k].lower == "an")
            .then(|| words.get(k + 1))
            .flatten()
            .filter(|next| adjacent(line, &words[k], next))
            .map(|next| (words[k].lower.clone(), next.lower.clone()))
    };
    let before = was.words();
    let known: Vec<_> = (0..before.len())
        .filter_map(|k| pair(was, &before, k))
        .collect();
    let words = line.words();
    let mut edits = Vec::new();
    for k in 0..words.len() {
        let Some(now) = pair(line, &words, k) else {
            continue;
        };
        let article = &words[k];
        if known.contains(&now) || !article.free {
            continue;
        }
        let right = if vowel_sound(&now.1) { "an" } else { "a" };
        if article.lower != right {
            let put = if article.shape == Shape::Lower {
                right.to_owned()
            } else {
                capitalised(right)
            };
            edits.push(Edit {
                at: article.at.clone(),
                put,
            });
        }
    }
    line.apply(&edits);
}

fn vowel_sound(word: &str) -> bool {
    const SILENT: &[&str] = &["hour", "honest", "honour", "honor", "heir"];
    const SPOKEN: &[&str] = &["uni", "use", "usual", "euro", "one", "once", "ut", "ubi"];
    SILENT.iter().any(|start| word.starts_with(start))
        || (word.starts_with(['a', 'e', 'i', 'o', 'u'])
            && !SPOKEN.iter().any(|start| word.starts_with(start)))
}
