//! Contractions: opened where the style is formal, closed where it is casual. Only those whose
//! long form is certain; the negation stays the same either way.

use super::{
    line::{Edit, Line, Word, capitalised},
    phrase::{adjacent, plain},
};

const NEGATED: &[(&str, &str)] = &[
    ("don't", "do"),
    ("doesn't", "does"),
    ("didn't", "did"),
    ("can't", "can"),
    ("couldn't", "could"),
    ("wouldn't", "would"),
    ("shouldn't", "should"),
    ("isn't", "is"),
    ("aren't", "are"),
    ("wasn't", "was"),
    ("weren't", "were"),
    ("haven't", "have"),
    ("hasn't", "has"),
    ("hadn't", "had"),
    ("won't", "will"),
    ("mustn't", "must"),
    ("needn't", "need"),
];

const PERSONS: &[&str] = &[
    "i", "you", "he", "she", "it", "we", "they", "there", "this", "that",
];

/// "would" after these beginnings; else `'d` may be "had".
const AFTER_WOULD: &[&str] = &[
    "like",
    "love",
    "appreciate",
    "prefer",
    "be",
    "have",
    "rather",
    "suggest",
    "need",
    "say",
    "want",
    "recommend",
    "think",
    "also",
    "really",
    "still",
    "happily",
    "gladly",
    "go",
    "do",
    "make",
    "take",
    "know",
    "see",
    "hope",
    "expect",
    "never",
    "not",
    "ask",
    "give",
    "welcome",
];

/// After `'s` these show that it is "has".
const AFTER_HAS: &[&str] = &["been", "got", "become", "had", "taken", "gone", "come"];

/// After `'s` these could be either.
const EITHER: &[&str] = &[
    "changed",
    "ended",
    "started",
    "arrived",
    "expired",
    "happened",
    "stopped",
    "worked",
    "improved",
    "increased",
    "decreased",
    "moved",
    "failed",
    "finished",
    "grown",
    "run",
    "set",
    "put",
    "read",
    "cut",
    "let",
    "cost",
    "up",
    "passed",
    "returned",
    "turned",
    "done",
    "seen",
];

/// What shows that "I have" is a helper and may become "I've".
const AFTER_HAVE: &[&str] = &[
    "been", "had", "sent", "seen", "done", "made", "found", "already", "just", "also", "never",
    "always", "got", "written", "spoken", "heard", "read", "put", "taken", "given", "gone", "come",
    "known", "thought", "begun", "chosen", "met", "kept", "left", "lost", "paid", "set", "told",
    "brought", "bought",
];

/// "don't" becomes "do not".
pub(super) fn open(line: &mut Line) {
    let words = line.words();
    let edits = (0..words.len())
        .filter(|&i| words[i].free && (plain(&words[i])))
        .filter_map(|i| open_one(line, &words, i))
        .collect::<Vec<_>>();
    line.apply(&edits);
}

fn open_one(line: &Line, words: &[Word], i: usize) -> Option<Edit> {
    let word = &words[i];
    let next = words.get(i + 1).filter(|next| adjacent(line, word, next));
    let next_is = |list: &[&str]| next.is_some_and(|next| list.contains(&&*next.lower));
    let change = |text: String, at: std::ops::Range<usize>| {
        let large = line.ch(at.start).is_some_and(char::is_uppercase);
        Some(Edit {
            put: if large { capitalised(&text) } else { text },
            at,
        })
    };
    if let Some((_, helper)) = NEGATED.iter().find(|(short, _)| *short == word.lower) {
        let asks = word.starts
            || i.checked_sub(1).is_some_and(|k| {
                matches!(
                    &*words[k].lower,
                    "why" | "how" | "when" | "where" | "what" | "and" | "so"
                ) || line.ch(words[k].at.end) == Some(',')
            });
        return match next {
            // "Why don't we" turns round: "why do we not".
            Some(next) if asks && PERSONS.contains(&&*next.lower) && next.free => {
                let person = if next.lower == "i" { "I" } else { &next.lower };
                change(format!("{helper} {person} not"), word.at.start..next.at.end)
            }
            // "Isn't the plan ..." would need to know where "the plan" ends.
            _ if asks && word.lower != "don't" => None,
            _ if word.lower == "can't" => change("cannot".into(), word.at.clone()),
            _ => change(format!("{helper} not"), word.at.clone()),
        };
    }
    if word.lower == "let's" {
        return change("let us".into(), word.at.clone());
    }
    let (stem, tail) = word.lower.split_once('\'')?;
    let person = matches!(stem, "i" | "you" | "he" | "she" | "it" | "we" | "they");
    let long = match tail {
        "m" if stem == "i" => "am",
        "re" if matches!(stem, "you" | "we" | "they" | "there") => "are",
        "ve" if person || matches!(stem, "would" | "could" | "should" | "might" | "must") => "have",
        "ll" if person || matches!(stem, "that" | "there") => "will",
        "d" if person && next_is(&["better", "been"]) => "had",
        "d" if person && next_is(AFTER_WOULD) => "would",
        "s" if matches!(
            stem,
            "it" | "that" | "there" | "what" | "here" | "he" | "she" | "where" | "how"
        ) =>
        {
            if next_is(AFTER_HAS) {
                "has"
            } else if next_is(EITHER) || next.is_none() && stem != "it" && stem != "that" {
                return None;
            } else {
                "is"
            }
        }
        _ => return None,
    };
    let stem = if stem == "i" { "I" } else { stem };
    change(format!("{stem} {long}"), word.at.clone())
}

/// Whether somebody shortens at all.
pub(super) fn has_any(line: &Line) -> bool {
    line.words().iter().any(|word| {
        NEGATED.iter().any(|(short, _)| *short == word.lower)
            || matches!(
                word.lower.split_once('\''),
                Some((
                    "i" | "you" | "he" | "she" | "it" | "we" | "they" | "that" | "there" | "let",
                    _
                ))
            )
    })
}

/// "do not" becomes "don't".
pub(super) fn close(line: &mut Line, apostrophe: char) {
    // The negated ones first: "I am not" is "I'm not", but "I will not" is "I won't".
    for pass in [close_negated, close_person] {
        let words = line.words();
        let mut edits: Vec<Edit> = Vec::new();
        for i in 0..words.len() {
            if edits
                .last()
                .is_some_and(|last| last.at.end > words[i].at.start)
            {
                continue;
            }
            if let Some((count, text)) = pass(line, &words, i) {
                let at = words[i].at.start..words[i + count - 1].at.end;
                if line.is_free(at.clone()) && !is_emphasised(line, &at) {
                    let large = line.ch(at.start).is_some_and(char::is_uppercase);
                    let text = text.replace('\'', &apostrophe.to_string());
                    edits.push(Edit {
                        put: if large { capitalised(&text) } else { text },
                        at,
                    });
                }
            }
        }
        line.apply(&edits);
    }
}

/// Whether somebody set exactly these words apart from those around them.
fn is_emphasised(line: &Line, at: &std::ops::Range<usize>) -> bool {
    let style = line.cells[at.start].style;
    let differs = |i: Option<usize>| {
        i.and_then(|i| line.cells.get(i))
            .is_some_and(|cell| cell.style != style)
    };
    differs(at.start.checked_sub(1)) && differs(Some(at.end))
}

fn close_negated(line: &Line, words: &[Word], i: usize) -> Option<(usize, String)> {
    let first = &words[i];
    if !plain(first) {
        return None;
    }
    if first.lower == "cannot" {
        return Some((1, "can't".into()));
    }
    let second = words.get(i + 1)?;
    if second.lower != "not" || !plain(second) || second.starts || !adjacent(line, first, second) {
        return None;
    }
    let after = words.get(i + 2).filter(|next| adjacent(line, second, next));
    if after.is_some_and(|next| next.lower == "only" || next.lower == "just") {
        return None;
    }
    // "whether or not", "is not" at the very end, and "need not" stay.
    NEGATED
        .iter()
        .find(|(short, helper)| *helper == first.lower && !matches!(*short, "needn't" | "mustn't"))
        .map(|(short, _)| (2, (*short).to_owned()))
}

fn close_person(line: &Line, words: &[Word], i: usize) -> Option<(usize, String)> {
    let (first, second, third) = (&words[i], words.get(i + 1)?, words.get(i + 2)?);
    // Only inside a clause: "Yes, I am." can't be shortened.
    if !plain(first)
        || !plain(second)
        || second.starts
        || third.starts
        || !adjacent(line, first, second)
        || !adjacent(line, second, third)
    {
        return None;
    }
    let before = i
        .checked_sub(1)
        .map(|k| &words[k])
        .filter(|word| adjacent(line, word, first));
    if before.is_some_and(|word| {
        matches!(
            &*word.lower,
            "than" | "as" | "what" | "where" | "how" | "who" | "and" | "or" | "whatever" | "which"
        )
    }) {
        return None;
    }
    let person = matches!(
        &*first.lower,
        "i" | "you" | "he" | "she" | "it" | "we" | "they"
    );
    let tail = match (&*first.lower, &*second.lower) {
        ("i", "am") => "m",
        ("you" | "we" | "they", "are") => "re",
        ("he" | "she" | "it" | "that" | "there" | "here", "is") => "s",
        ("what", "is") if !matches!(&*third.lower, "it" | "this" | "that") => "s",
        (_, "will") if person => "ll",
        (_, "would") if person && third.lower != "have" => "d",
        ("i" | "you" | "we" | "they", "have")
            if AFTER_HAVE.contains(&&*third.lower)
                || (third.lower.ends_with("ed")
                    && !matches!(&*third.lower, "need" | "speed" | "indeed")) =>
        {
            "ve"
        }
        _ => return None,
    };
    let stem = if first.lower == "i" {
        "I"
    } else {
        &first.lower
    };
    Some((2, format!("{stem}'{tail}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opened_and_closed() {
        for (short, long) in [
            ("I don't know.", "I do not know."),
            ("Don't forget it.", "Do not forget it."),
            ("We can't come.", "We cannot come."),
            ("It won't work.", "It will not work."),
            ("I'm sure it's fine.", "I am sure it is fine."),
            ("We'd like that.", "We would like that."),
            ("I've sent it.", "I have sent it."),
            ("There's a plan.", "There is a plan."),
            (
                "You're right, they'll come soon.",
                "You are right, they will come soon.",
            ),
        ] {
            let mut line = Line::plain(short);
            open(&mut line);
            assert_eq!(line.text(), long);
            close(&mut line, '\'');
            assert_eq!(line.text(), short);
        }
    }

    #[test]
    fn opened_only() {
        for (short, long) in [
            ("Why don't we meet?", "Why do we not meet?"),
            ("Didn't I say so?", "Did I not say so?"),
            ("It's late, isn't it?", "It is late, is it not?"),
            ("It's been long.", "It has been long."),
            ("Isn't the plan good?", "Isn't the plan good?"),
            ("It's changed.", "It's changed."),
            ("I'd better go, he'd left.", "I had better go, he'd left."),
            ("Let's go, Bob's here.", "Let us go, Bob's here."),
            ("He said CAN'T.", "He said CAN'T."),
        ] {
            let mut line = Line::plain(short);
            open(&mut line);
            assert_eq!(line.text(), long);
        }
    }

    #[test]
    fn not_closed() {
        for text in [
            "Yes, I am.",
            "Bob is taller than I am now.",
            "I have a question.",
            "I do NOT agree.",
            "Do you know where it is now?",
        ] {
            let mut line = Line::plain(text);
            close(&mut line, '\'');
            assert_eq!(line.text(), text);
        }
    }

    #[test]
    fn emphasis_on_not_stays() {
        let mut line = Line::plain("I do not agree.");
        for cell in &mut line.cells[5..8] {
            cell.style = 1;
        }
        close(&mut line, '\'');
        assert_eq!(line.text(), "I do not agree.");
    }
}
