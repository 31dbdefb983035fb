//! Corrections that are safe in every style: white space, capitals, missing marks, and the
//! misspellings of the tables. No spelling is ever guessed.

use super::{
    line::{Edit, Line, Lock, OBJECT, Shape, Word, capitalised},
    phrase::{self, adjacent},
    tables,
};

/// Words that people type twice and never mean twice ("had had" and "that that" can be meant).
const DOUBLED: &[&str] = &[
    "the", "a", "an", "of", "and", "to", "my", "your", "our", "we", "or", "from", "please",
    "would", "should", "when", "but", "they", "these", "because", "with", "i",
];

/// Whether lines like this one end with a mark and begin with a capital.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Running text.
    Text,
    /// Running text whose sentence goes on in the next line.
    Broken,
    /// An entry of a list, a heading, a row of an address: only what is surely wrong.
    Entry,
}

/// Marks what must stay: addresses, numbers, file names, placeholders, quotations.
pub(super) fn lock_facts(line: &mut Line) {
    let text: Vec<char> = line.cells.iter().map(|cell| cell.ch).collect();
    let mut i = 0;
    while i < text.len() {
        if text[i].is_whitespace() {
            i += 1;
            continue;
        }
        let start = i;
        while i < text.len() && !text[i].is_whitespace() {
            i += 1;
        }
        let mut end = i;
        while end > start && matches!(text[end - 1], '.' | ',' | ';' | ':' | '!' | '?' | ')' | '"')
        {
            end -= 1;
        }
        if is_fact(&text[start..end]) {
            lock(line, start, end);
        }
    }
    for (open, close) in [
        ('{', '}'),
        ('[', ']'),
        ('<', '>'),
        ('“', '”'),
        ('„', '“'),
        ('«', '»'),
    ] {
        let mut from = None;
        for (i, &ch) in text.iter().enumerate() {
            if let (Some(start), true) = (from, ch == close) {
                lock(line, start, i + 1);
                from = None;
            } else if ch == open && from.is_none() {
                from = Some(i);
            }
        }
    }
    lock_single_quotes(line, &text);
    let mut from = None;
    for i in 0..text.len() {
        if text[i] != '"' {
            continue;
        }
        match from {
            Some(start) if i > start + 1 => {
                lock(line, start, i + 1);
                from = None;
            }
            _ if i == 0 || !text[i - 1].is_alphanumeric() => from = Some(i),
            _ => {}
        }
    }
}

/// Quotations in single marks. An apostrophe stands between letters or has no partner, so a pair
/// that encloses words is one: 'dont', but not "don't" or "the boys' room".
fn lock_single_quotes(line: &mut Line, text: &[char]) {
    let is_quote = |ch: char| matches!(ch, '\'' | '\u{2018}' | '\u{2019}');
    let is_inner = |i: Option<usize>| {
        i.and_then(|i| text.get(i))
            .is_some_and(|ch| ch.is_alphanumeric())
    };
    let mut from = None;
    for i in 0..text.len() {
        if !is_quote(text[i]) {
            continue;
        }
        let (before, after) = (is_inner(i.checked_sub(1)), is_inner(Some(i + 1)));
        if after && !before && text[i] != '\u{2019}' {
            from = Some(i);
        } else if !after
            && i > 0
            && !text[i - 1].is_whitespace()
            && let Some(start) = from.take()
        {
            lock(line, start, i + 1);
        }
    }
}

fn lock(line: &mut Line, start: usize, end: usize) {
    for cell in &mut line.cells[start..end] {
        if cell.lock == Lock::Free {
            cell.lock = Lock::Fact;
        }
    }
}

/// Whether a run of characters without white space is something to look at twice: a number, an
/// address, a path, a tag.
fn is_fact(token: &[char]) -> bool {
    let text: String = token.iter().collect();
    let lower = text.to_lowercase();
    if tables::TEXTISMS.iter().any(|rule| rule.find == lower) || matches!(&*lower, "w/") {
        return false;
    }
    let dotted = token
        .windows(3)
        .any(|three| three[0].is_alphanumeric() && three[1] == '.' && three[2].is_alphabetic())
        && !super::words::ABBREVIATIONS.contains(&&*lower);
    dotted
        || token.iter().any(|ch| ch.is_numeric())
        || token.iter().any(|ch| {
            matches!(
                ch,
                '@' | '/' | '\\' | '#' | '_' | '=' | '~' | '^' | '|' | '$' | '€' | '£'
            )
        })
}

/// Single spaces, none at the ends, none before a mark.
pub(super) fn tidy_space(line: &mut Line) {
    let mut edits = Vec::new();
    let mut i = 0;
    while i < line.cells.len() {
        if !is_space(line.cells[i].ch) || line.cells[i].lock == Lock::Foreign {
            i += 1;
            continue;
        }
        let start = i;
        while i < line.cells.len()
            && is_space(line.cells[i].ch)
            && line.cells[i].lock != Lock::Foreign
        {
            i += 1;
        }
        let before = start.checked_sub(1).and_then(|k| line.ch(k));
        let mark = line
            .ch(i)
            .filter(|ch| matches!(ch, ',' | '.' | ';' | '!' | '?' | ':'));
        let mark_ends = mark.is_some()
            && line
                .ch(i + 1)
                .is_none_or(|ch| ch.is_whitespace() || ch == mark.unwrap_or(ch) && ch != '.')
            && line.cells[i].lock == Lock::Free;
        let after_word =
            before.is_some_and(|ch| ch.is_alphanumeric() || matches!(ch, ')' | '"' | '”'));
        if mark_ends && after_word {
            edits.push(Edit {
                at: start..i,
                put: String::new(),
            });
        } else if i - start > 1 && line.cells[start..i].iter().any(|cell| cell.ch == ' ') {
            edits.push(Edit {
                at: start..i,
                put: " ".into(),
            });
        }
    }
    line.apply(&edits);
    line.trim();
}

/// Spaces that mean nothing but a gap. A no-break space stands where somebody wants it.
fn is_space(ch: char) -> bool {
    matches!(ch, ' ' | '\t')
}

/// All corrections of English running text.
pub(super) fn english(line: &mut Line, role: Role, apostrophe: char) {
    space_after_comma(line);
    repeated_marks(line);
    doubled_words(line);
    with_slash(line);
    phrase::apply(
        line,
        &[
            tables::MISSPELT,
            tables::APOSTROPHES,
            tables::TEXTISMS,
            tables::LARGE,
        ],
        apostrophe,
    );
    months(line);
    one_apostrophe(line, apostrophe);
    if role != Role::Entry {
        capitals(line);
    }
}

/// "hello,bob" becomes "hello, bob"; between letters only.
fn space_after_comma(line: &mut Line) {
    let mut edits = Vec::new();
    for i in 2..line.cells.len().saturating_sub(2) {
        let letters =
            |k: usize| line.cells[k].ch.is_alphabetic() && line.cells[k].lock == Lock::Free;
        if line.cells[i].ch == ','
            && line.cells[i].lock == Lock::Free
            && letters(i - 1)
            && letters(i - 2)
            && letters(i + 1)
            && letters(i + 2)
        {
            edits.push(Edit {
                at: i + 1..i + 1,
                put: " ".into(),
            });
        }
    }
    line.apply(&edits);
}

/// "!!!" becomes "!", "??" becomes "?", "....." becomes "...".
fn repeated_marks(line: &mut Line) {
    let mut edits = Vec::new();
    let mut i = 0;
    while i < line.cells.len() {
        let ch = line.cells[i].ch;
        let start = i;
        i += 1;
        if !matches!(ch, '!' | '?' | ',' | '.') {
            continue;
        }
        while line.ch(i) == Some(ch) {
            i += 1;
        }
        let most = if ch == '.' { 3 } else { 1 };
        let ends = line.ch(i).is_none_or(|next| !next.is_alphanumeric());
        if i - start > most && ends && line.is_free(start..i) {
            edits.push(Edit {
                at: start..i,
                put: ch.to_string().repeat(most),
            });
        }
    }
    line.apply(&edits);
}

fn doubled_words(line: &mut Line) {
    let words = line.words();
    let mut edits = Vec::new();
    for pair in words.windows(2) {
        let (first, second) = (&pair[0], &pair[1]);
        let same = first.lower == second.lower && DOUBLED.contains(&&*first.lower);
        let written = first.shape == second.shape
            || (first.starts && first.shape == Shape::Capital && second.shape == Shape::Lower);
        if same
            && written
            && adjacent(line, first, second)
            && line.is_free(first.at.start..second.at.end)
        {
            edits.push(Edit {
                at: first.at.end..second.at.end,
                put: String::new(),
            });
        }
    }
    line.apply(&edits);
}

/// "on 10 march" becomes "on 10 March". March, May and August are other words, too: only where a
/// date is certain are they months.
fn months(line: &mut Line) {
    const DATED: &[&str] = &[
        "on", "by", "until", "till", "since", "from", "before", "after", "of", "the", "to", "for",
    ];
    const IN: &[&str] = &["in", "since", "until", "till", "during", "for"];
    const AFTER_DATE: &[&str] = &[
        "at", "and", "or", "to", "in", "is", "was", "until", "till", "from", "for", "if",
        "because", "with", "works", "suits", "but", "as", "when", "we", "i", "please", "between",
        "around",
    ];
    const NUMBERED: &[&str] = &["st", "nd", "rd", "th"];
    let words = line.words();
    let is_day = |word: &Word| {
        let digits = word.lower.trim_end_matches(char::is_alphabetic);
        let end = &word.lower[digits.len()..];
        (end.is_empty() || NUMBERED.contains(&end))
            && digits
                .parse::<u8>()
                .is_ok_and(|day| (1..=31).contains(&day))
    };
    let is_ordinal = |word: &Word| is_day(word) && word.lower.ends_with(char::is_alphabetic);
    let edits: Vec<Edit> = (0..words.len())
        .filter(|&i| {
            let word = &words[i];
            let back = |n: usize| {
                let k = i.checked_sub(n)?;
                let joined = (k..i).all(|k| adjacent(line, &words[k], &words[k + 1]));
                joined.then(|| &words[k])
            };
            let next = words.get(i + 1).filter(|next| adjacent(line, word, next));
            let is = |word: Option<&Word>, list: &[&str]| {
                word.is_some_and(|word| list.contains(&&*word.lower))
            };
            // "for 10 may be too few": behind the month of a date stands no verb.
            let acts = |next: Option<&Word>| {
                word.lower != "august"
                    && next.is_some_and(|next| {
                        !is(Some(next), AFTER_DATE)
                            && !next.lower.starts_with(|ch: char| ch.is_ascii_digit())
                    })
            };
            matches!(&*word.lower, "march" | "may" | "august")
                && word.shape == Shape::Lower
                && word.free
                && !word.starts
                && (back(1).is_some_and(is_ordinal)
                    || (back(1).is_some_and(is_day) && is(back(2), DATED) && !acts(next))
                    || (is(back(1), &["of"]) && back(2).is_some_and(is_ordinal))
                    || (is(back(1), DATED) && next.is_some_and(is_day))
                    || (is(back(1), IN) && next.is_none()))
        })
        .map(|i| Edit {
            put: capitalised(&words[i].lower),
            at: words[i].at.clone(),
        })
        .collect();
    line.apply(&edits);
}

/// "w/ Bob" becomes "with Bob".
fn with_slash(line: &mut Line) {
    let edits: Vec<Edit> = line
        .words()
        .into_iter()
        .filter(|word| {
            word.lower == "w"
                && word.shape == Shape::Lower
                && line.ch(word.at.end) == Some('/')
                && line.ch(word.at.end + 1) == Some(' ')
                && line.is_free(word.at.start..word.at.end + 1)
        })
        .map(|word| Edit {
            at: word.at.start..word.at.end + 1,
            put: "with".into(),
        })
        .collect();
    line.apply(&edits);
}

/// One kind of apostrophe inside words.
fn one_apostrophe(line: &mut Line, apostrophe: char) {
    for i in 1..line.cells.len().saturating_sub(1) {
        if matches!(line.cells[i].ch, '\'' | '\u{2019}')
            && line.cells[i].lock == Lock::Free
            && line.cells[i - 1].ch.is_alphabetic()
            && line.cells[i + 1].ch.is_alphabetic()
        {
            line.cells[i].ch = apostrophe;
        }
    }
}

/// A capital where a sentence begins; not for words that are written in their own way.
pub(super) fn capitals(line: &mut Line) {
    let edits: Vec<Edit> = line
        .words()
        .into_iter()
        .filter(|word| {
            word.starts
                && word.free
                && word.shape == Shape::Lower
                && !word.lower.contains('.')
                && !is_enumeration(line, word)
        })
        .map(|word| Edit {
            put: capitalised(&line.slice(word.at.clone())),
            at: word.at,
        })
        .collect();
    line.apply(&edits);
}

/// "thanks bob" becomes "thanks, Bob": the name is written as in the greeting.
pub(super) fn thanked_name(line: &mut Line, name: &str) {
    let words = line.words();
    // "Thank you, will do" doesn't name Will.
    let may_be_a_word = super::words::is_known(&name.to_lowercase())
        || super::words::STARTERS.contains(&&*name.to_lowercase());
    let edits: Vec<Edit> = words
        .windows(2)
        .enumerate()
        .filter(|(i, pair)| {
            let thanks = match &*pair[0].lower {
                "thanks" => pair[0].starts,
                "you" => i.checked_sub(1).is_some_and(|k| words[k].lower == "thank"),
                _ => false,
            };
            thanks
                && pair[1].lower == name.to_lowercase()
                && !(may_be_a_word && pair[1].shape == Shape::Lower)
                && line.is_free(pair[0].at.start..pair[1].at.end)
                && adjacent(line, &pair[0], &pair[1])
        })
        .map(|(_, pair)| Edit {
            at: pair[0].at.end..pair[1].at.end,
            put: format!(", {name}"),
        })
        .collect();
    line.apply(&edits);
}

/// "a) first" and "i. second", typed by hand.
fn is_enumeration(line: &Line, word: &Word) -> bool {
    word.at.len() == 1 && matches!(line.ch(word.at.end), Some(')' | '.'))
}

/// Whether a line begins like an entry of a list typed by hand.
pub(super) fn is_typed_entry(line: &Line) -> bool {
    let text = line.text();
    let mut chars = text.chars();
    match chars.next() {
        Some('-' | '*' | '•' | '–' | '·' | '>') => {
            chars.next() == Some(' ') || text.starts_with('>')
        }
        Some(first) if first.is_ascii_digit() => {
            let rest = text.trim_start_matches(|ch: char| ch.is_ascii_digit());
            rest.starts_with(". ") || rest.starts_with(") ")
        }
        Some(first) if first.is_alphabetic() => chars.next() == Some(')'),
        _ => false,
    }
}

/// Ends the last sentence of a paragraph that ends without a mark.
///
/// `introduces` says that a list follows: then it is a colon.
pub(super) fn end_mark(line: &mut Line, introduces: bool) {
    let Some(last) = line.cells.last().copied() else {
        return;
    };
    let ends_in_word = last.ch.is_alphanumeric() || matches!(last.ch, ')' | '"' | '”' | '%');
    let is_address = last.lock == Lock::Foreign || {
        let text = line.text();
        let token = text.split_whitespace().next_back().unwrap_or_default();
        token.contains(['@', '/']) || token.contains("www.")
    };
    // ":)" ends a sentence by itself.
    let is_face = last.ch == ')'
        && line.cells[..line.cells.len() - 1]
            .iter()
            .rev()
            .find(|cell| cell.ch != '-')
            .is_some_and(|cell| matches!(cell.ch, ':' | ';' | '='));
    if !ends_in_word || is_face || is_address || last.ch == OBJECT {
        return;
    }
    let words = line.words();
    let sentences = line.sentences();
    if words.len() < 4 && sentences.len() < 2 && !introduces {
        return;
    }
    // "... any questions. tom": a name, perhaps.
    if ends_in_name(line) {
        return;
    }
    let begin = sentences.last().map_or(0, |at| at.start);
    let own: Vec<&str> = words
        .iter()
        .filter(|word| word.at.start >= begin)
        .map(|word| word.lower.as_str())
        .collect();
    let mark = if introduces {
        ":"
    } else if is_question(&own) {
        "?"
    } else {
        "."
    };
    let end = line.cells.len();
    line.replace(end..end, mark);
}

/// Whether a line ends with one or two words behind its last sentence, which may well be the name
/// of who writes: "see you. tom". We can't know; nothing is put behind it.
pub(super) fn ends_in_name(line: &Line) -> bool {
    let sentences = line.sentences();
    let Some(last) = sentences.last().filter(|_| sentences.len() > 1) else {
        return false;
    };
    let ends = line
        .ch(last.end - 1)
        .is_some_and(|ch| matches!(ch, '.' | '!' | '?' | '\u{2026}'));
    let words = line.words();
    let own = words.iter().filter(|word| word.at.start >= last.start);
    !ends
        && (1..=2).contains(&own.clone().count())
        && own.clone().all(|word| {
            word.lower.chars().all(char::is_alphabetic)
                && !super::words::is_known(&word.lower)
                && !super::words::STARTERS.contains(&&*word.lower)
        })
}

/// Whether these words, with which a sentence begins, surely ask.
pub(super) fn is_question(words: &[&str]) -> bool {
    const HELPERS: &[&str] = &[
        "can", "could", "would", "will", "do", "does", "did", "is", "are", "have", "has", "was",
        "were", "should", "shall", "may", "don't", "doesn't", "didn't", "can't", "couldn't",
        "isn't", "aren't", "won't", "wouldn't", "haven't", "hasn't",
    ];
    const ASKED: &[&str] = &[
        "you", "we", "i", "they", "he", "she", "it", "this", "that", "there", "the", "your", "my",
        "our", "these", "those", "any", "anyone", "anybody", "somebody", "someone",
    ];
    let mut words = words.iter().copied().skip_while(|word| {
        matches!(
            *word,
            "and" | "also" | "so" | "but" | "btw" | "or" | "hey" | "please"
        )
    });
    let (Some(first), Some(second)) = (words.next(), words.next()) else {
        return false;
    };
    let wh = matches!(
        first,
        "what" | "when" | "where" | "who" | "why" | "how" | "which"
    );
    if wh {
        let third = words.next().unwrap_or_default();
        // "When you are done" and "what a day" don't ask; "how are you" and "what time is it" do.
        return (HELPERS.contains(&second)
            && (ASKED.contains(&third) || matches!(first, "who" | "what")))
            || (matches!(second, "time" | "day" | "much" | "many" | "long")
                && HELPERS.contains(&third))
            || first == "how" && second == "about";
    }
    HELPERS.contains(&first) && !matches!(first, "have" | "may" | "do") && ASKED.contains(&second)
        || matches!(
            (first, second),
            ("have", "you") | ("have", "we") | ("may", "i") | ("may", "we")
        )
        || matches!(
            (first, second),
            ("do", "you") | ("do", "we") | ("do", "they") | ("do", "i")
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corrected(text: &str) -> String {
        let mut line = Line::plain(text);
        tidy_space(&mut line);
        lock_facts(&mut line);
        english(&mut line, Role::Text, '\'');
        end_mark(&mut line, false);
        line.text()
    }

    #[test]
    fn safe_corrections() {
        for (text, expect) in [
            ("i  think we should  meet", "I think we should meet."),
            ("can you send me the report", "Can you send me the report?"),
            (
                "i cant come. im sorry , really !",
                "I can't come. I'm sorry, really!",
            ),
            ("we had had that that day", "We had had that that day."),
            ("this is the the plan", "This is the plan."),
            ("The the plan is good", "The plan is good."),
            ("it helps alot , definately", "It helps a lot, definitely."),
            ("see you on monday at 3 pm", "See you on Monday at 3 pm."),
            ("thats great!!!!", "That's great!"),
            ("hello,bob said so", "Hello, bob said so."),
            ("iPhone sales are up", "iPhone sales are up."),
            ("what do you think about it", "What do you think about it?"),
            ("what a great day it was", "What a great day it was."),
            ("when you are done tell me", "When you are done tell me."),
            (
                "pls send ur cv 2moro b4 noon",
                "Please send your cv tomorrow before noon.",
            ),
            ("talk w/ Bob and u", "Talk with Bob and you."),
            (
                "as is his wont, he left early",
                "As is his wont, he left early.",
            ),
            ("I told you you could come", "I told you you could come."),
            ("e.g. this one here", "e.g. this one here."),
            ("well..... we can try that", "Well... we can try that."),
            ("Option B", "Option B"),
            (
                "we meet on 10 march at noon",
                "We meet on 10 March at noon.",
            ),
            ("the 3rd of may suits me", "The 3rd of May suits me."),
            (
                "enough for 10 may be too much",
                "Enough for 10 may be too much.",
            ),
            ("it is for 10 may", "It is for 10 May."),
            (
                "its been long, the cat ate its food",
                "It's been long, the cat ate its food.",
            ),
            ("see you there then. tom", "See you there then. Tom"),
            ("we moved here in august", "We moved here in August."),
            (
                "all 10 may come and march on",
                "All 10 may come and march on.",
            ),
            (
                "we are closed on 24.12. and 25.12. this year",
                "We are closed on 24.12. and 25.12. this year.",
            ),
            (
                "see u b4 noon bc of Bob",
                "See you before noon because of Bob.",
            ),
            ("ur late fee is 5", "Ur late fee is 5."),
            ("ill call when ur there", "Ill call when you're there."),
            ("recieved it, thx Bob", "Received it, thanks Bob."),
            (
                "look at https://Example.com/a,b?x=1",
                "Look at https://Example.com/a,b?x=1",
            ),
        ] {
            assert_eq!(corrected(text), expect, "{text}");
        }
    }

    #[test]
    fn what_is_a_fact_stays() {
        for text in [
            "Mail teh@adress.com or www.teh.org, file my_teh.pdf.",
            "He said \"i dont recieve alot\" twice.",
            "Use {{firstName|there}} and [teh name] here.",
            "It costs 1,000.50 EUR (3 x 5) on 10/11/2026.",
            "Ms Teh and Mr Alot agreed.",
            "He wrote 'i dont recieve alot' twice, didn't he?",
            "The boys' room and the girls' room are free.",
            "We meet in room b4 at noon.",
            "Go to gate b4 now.",
            "Take vitamin b4 daily.",
            "Rome was founded later than in 44 bc.",
            "Dont Panic Ltd is the buyer.",
            "Send an im to my cuz later.",
            "See section i of the plan.",
            "Pay it in 1 yr time.",
            "Smiles :-) and ;) and :) stay.",
        ] {
            assert_eq!(corrected(text), text);
        }
    }

    #[test]
    fn correcting_twice_changes_nothing_more() {
        for text in [
            "i cant come, im  sorry !!",
            "wanna meet 2moro w/ Bob",
            "so.... what now",
        ] {
            let once = corrected(text);
            assert_eq!(corrected(&once), once);
        }
    }
}
