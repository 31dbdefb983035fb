//! Contractions: opened where the style is formal, closed where it is casual. Only those whose
//! long form is certain; the negation stays the same either way.

use super::{
    line::{Edit, Line, Shape, Word, capitalised},
    phrase::{adjacent, begins_name, plain},
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
    "happily",
    "gladly",
    "suggest",
    "need",
    "say",
    "want",
    "recommend",
    "think",
    "go",
    "do",
    "make",
    "take",
    "know",
    "see",
    "hope",
    "expect",
    "ask",
    "give",
    "welcome",
];

/// After `'s` these show that it is "has".
const AFTER_HAS: &[&str] = &["been", "got", "had"];

/// What may stand between `'s` or `'d` and the word that tells what they are short for.
const BETWEEN: &[&str] = &[
    "never", "always", "just", "already", "also", "still", "now", "not", "only", "ever", "since",
    "all", "both", "long", "often", "almost", "even", "yet", "far", "so", "either", "neither",
    "first", "then", "once", "twice", "probably",
];

/// Participles: after these and words in -ed, `'s` may be "is" as well as "has".
const PARTICIPLES: &[&str] = &[
    "become",
    "taken",
    "gone",
    "come",
    "given",
    "done",
    "seen",
    "made",
    "said",
    "told",
    "found",
    "left",
    "lost",
    "paid",
    "sent",
    "spent",
    "kept",
    "met",
    "brought",
    "bought",
    "thought",
    "taught",
    "caught",
    "sold",
    "felt",
    "held",
    "heard",
    "led",
    "read",
    "run",
    "set",
    "put",
    "cut",
    "let",
    "cost",
    "hit",
    "hurt",
    "shut",
    "quit",
    "split",
    "spread",
    "cast",
    "bet",
    "burst",
    "written",
    "spoken",
    "broken",
    "chosen",
    "forgotten",
    "driven",
    "eaten",
    "fallen",
    "flown",
    "frozen",
    "grown",
    "hidden",
    "known",
    "ridden",
    "risen",
    "shaken",
    "shown",
    "sung",
    "sunk",
    "stolen",
    "sworn",
    "torn",
    "thrown",
    "woken",
    "worn",
    "won",
    "drawn",
    "begun",
    "drunk",
    "swum",
    "rung",
    "blown",
    "built",
    "bent",
    "dealt",
    "dug",
    "fed",
    "fought",
    "fled",
    "hung",
    "laid",
    "lain",
    "learnt",
    "lent",
    "lit",
    "meant",
    "proven",
    "shone",
    "shot",
    "slept",
    "slid",
    "spun",
    "stood",
    "stuck",
    "struck",
    "swept",
    "swung",
    "understood",
    "withdrawn",
    "wound",
    "overcome",
    "undergone",
    "up",
    "gotten",
    "beaten",
    "bitten",
    "forgiven",
    "mistaken",
    "sat",
    "bid",
    "rid",
    "wet",
    "burnt",
    "dreamt",
    "spelt",
    "spoilt",
    "spilt",
    "leapt",
    "knelt",
    "sought",
    "stung",
    "crept",
    "wept",
    "bound",
    "ground",
    "rewritten",
    "resent",
    "rebuilt",
    "reset",
    "upset",
    "withheld",
    "misled",
    "foreseen",
    "overseen",
    "undone",
    "redone",
    "outgrown",
];

/// After "it's" these show that it is no misspelt "its".
const AFTER_IT_IS: &[&str] = &[
    "a",
    "an",
    "the",
    "not",
    "very",
    "so",
    "too",
    "quite",
    "just",
    "still",
    "also",
    "about",
    "at",
    "in",
    "on",
    "for",
    "from",
    "with",
    "ok",
    "okay",
    "fine",
    "good",
    "great",
    "bad",
    "important",
    "urgent",
    "clear",
    "late",
    "early",
    "my",
    "your",
    "our",
    "his",
    "her",
    "their",
    "all",
    "no",
    "really",
    "easy",
    "possible",
    "impossible",
    "because",
    "when",
    "what",
    "why",
    "how",
    "where",
    "that",
    "been",
    "got",
    "had",
    "going",
    "kind",
    "sort",
    "me",
    "you",
    "him",
    "us",
    "them",
];

/// Words after which a clause begins.
const CLAUSE_AFTER: &[&str] = &[
    "that", "if", "because", "but", "so", "when", "think", "know", "hope", "sure", "guess",
    "believe", "since", "although", "though", "whether", "unless", "where", "why", "how", "what",
    "say", "says", "said", "afraid", "maybe", "perhaps", "suppose", "feel", "yes", "no", "sorry",
];

/// Verbs that show that the words before them are their subject: "it's purpose is".
const FINITE: &[&str] = &[
    "is", "was", "are", "were", "has", "have", "had", "will", "would", "can", "could", "should",
    "may", "might", "must", "does", "did", "isn't", "wasn't", "won't",
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
    // "Let's Encrypt", "Don't Panic Ltd".
    let is_name = word.shape == Shape::Capital
        && !word.lower.starts_with("i'")
        && next.is_some_and(begins_name);
    if is_name {
        return None;
    }
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
            // "Why don't we meet?" proposes; opened, it would reproach.
            Some(_) if i > 0 && words[i - 1].lower == "why" && word.lower == "don't" => None,
            // "Didn't I" turns round: "did I not". "Don't you worry" is no question.
            Some(next) if asks && PERSONS.contains(&&*next.lower) && next.free => {
                if !is_question(line, words, i) {
                    return None;
                }
                let person = if next.lower == "i" { "I" } else { &next.lower };
                change(format!("{helper} {person} not"), word.at.start..next.at.end)
            }
            // "Isn't the plan ..." would need to know where "the plan" ends.
            _ if asks && word.lower != "don't" && is_question(line, words, i) => None,
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
        "d" if person => {
            let (_, telling) = telling(line, words, i)?;
            match &*telling.lower {
                "better" | "been" => "had",
                base if AFTER_WOULD.contains(&base) => "would",
                _ => return None,
            }
        }
        "s" => is_or_has(line, words, i, stem)?,
        _ => return None,
    };
    let stem = if stem == "i" { "I" } else { stem };
    change(format!("{stem} {long}"), word.at.clone())
}

/// The word behind a contraction that tells what it is short for, and where it is.
fn telling<'a>(line: &Line, words: &'a [Word], i: usize) -> Option<(usize, &'a Word)> {
    let mut k = i;
    loop {
        let next = words.get(k + 1)?;
        if !adjacent(line, &words[k], next) {
            return None;
        }
        k += 1;
        let between = BETWEEN.contains(&&*next.lower)
            || (next.lower.ends_with("ly") && !matches!(&*next.lower, "happily" | "gladly"));
        if !between {
            return Some((k, next));
        }
    }
}

/// What `'s` is short for, where that is certain.
fn is_or_has(line: &Line, words: &[Word], i: usize, stem: &str) -> Option<&'static str> {
    let asks = matches!(stem, "what" | "where" | "how");
    if !asks && !matches!(stem, "it" | "that" | "there" | "here" | "he" | "she") {
        return None;
    }
    let either = |word: &Word| {
        PARTICIPLES.contains(&&*word.lower)
            || AFTER_HAS.contains(&&*word.lower)
            || (word.lower.ends_with("ed") && word.lower.len() > 3)
    };
    if asks {
        // "What's the boss said": the participle may stand anywhere.
        let rest = || words[i + 1..].iter().take_while(|word| !word.starts);
        return (rest().next().is_some() && !rest().any(either)).then_some("is");
    }
    let (at, telling) = telling(line, words, i)?;
    if AFTER_HAS.contains(&&*telling.lower) {
        return Some("has");
    }
    if either(telling) || (stem == "it" && !is_it_is(line, words, i, at)) {
        return None;
    }
    Some("is")
}

/// Whether "it's" is no misspelt "its", as in "the dog lost it's bone".
fn is_it_is(line: &Line, words: &[Word], i: usize, telling: usize) -> bool {
    if words
        .get(i + 1)
        .is_some_and(|next| AFTER_IT_IS.contains(&&*next.lower))
    {
        return true;
    }
    // The first word of a line need not begin a sentence: a picture may stand before it.
    let begins = i == 0
        || words[i].starts
        || CLAUSE_AFTER.contains(&&*words[i - 1].lower)
        || !adjacent(line, &words[i - 1], &words[i]);
    let is_subject = (telling + 1..words.len())
        .take(2)
        .take_while(|&k| adjacent(line, &words[k - 1], &words[k]))
        .any(|k| FINITE.contains(&&*words[k].lower));
    begins && !is_subject
}

/// Whether the sentence with this word ends with a question mark.
fn is_question(line: &Line, words: &[Word], i: usize) -> bool {
    line.sentences()
        .iter()
        .find(|at| at.contains(&words[i].at.start))
        .is_some_and(|at| line.ch(at.end - 1) == Some('?'))
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
            // "Could I have been wrong?" and "Should you have paid" are turned round.
            "could"
                | "should"
                | "would"
                | "might"
                | "may"
                | "must"
                | "will"
                | "can"
                | "do"
                | "does"
                | "did"
                | "than"
                | "as"
                | "what"
                | "where"
                | "how"
                | "who"
                | "and"
                | "or"
                | "whatever"
                | "which"
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
            ("Why didn't you call?", "Why did you not call?"),
            (
                "It's due and hasn't been paid.",
                "It is due and has not been paid.",
            ),
            ("It's over, isn't it?", "It is over, is it not?"),
            ("Didn't I say so?", "Did I not say so?"),
            ("It's been long.", "It has been long."),
            ("Isn't the plan good?", "Isn't the plan good?"),
            ("It's changed.", "It's changed."),
            ("I'd better go, he'd left.", "I had better go, he'd left."),
            ("Let's go, Bob's here.", "Let us go, Bob's here."),
            ("He said CAN'T.", "He said CAN'T."),
            ("I'd never do it.", "I would never do it."),
            ("I'd already been there.", "I had already been there."),
            ("It's not been easy.", "It has not been easy."),
            ("I know it's raining.", "I know it is raining."),
            ("What's the plan?", "What is the plan?"),
            ("She's on holiday.", "She is on holiday."),
        ] {
            let mut line = Line::plain(short);
            open(&mut line);
            assert_eq!(line.text(), long);
        }
    }

    #[test]
    fn what_could_be_either_stays() {
        for text in [
            "He's never paid.",
            "She's left.",
            "She's just arrived.",
            "She's not come.",
            "Where's he gone?",
            "What's the boss said?",
            "He's attached the file.",
            "She's not.",
            "The dog lost it's bone.",
            "It's purpose is unknown.",
            "I'd never seen it.",
            "I'd also sent a copy.",
            "Let's Encrypt is down.",
            "Don't Panic Ltd called.",
            "Don't you worry.",
            "Why don't we meet?",
        ] {
            let mut line = Line::plain(text);
            open(&mut line);
            assert_eq!(line.text(), text);
        }
    }

    #[test]
    fn not_closed() {
        for text in [
            "Yes, I am.",
            "Bob is taller than I am now.",
            "I have a question.",
            "I do NOT agree.",
            "Could I have been wrong?",
            "Should you have paid it, ignore this.",
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
