//! How people are asked: "can you", "please send", "when can we" in each style's words.
//!
//! Only the beginning of a sentence and its closing mark change; what is asked stays word for
//! word. Requests that reach beyond one clause keep their form.

use std::ops::Range;

use super::{
    line::{Edit, Line, Lock, Word, capitalised},
    phrase::{adjacent, plain},
    words::{OBJECTS, PARTICLES, REQUESTS, negates},
};
use crate::polish::Style;

/// Ways of asking that say no more than "could you".
const WRAPPERS: &[&str] = &[
    "i was wondering if you could",
    "i was wondering if you can",
    "i was wondering whether you could",
    "was wondering if you could",
    "just wondering if you could",
    "i wonder if you could",
    "i wanted to ask if you could",
    "i wanted to ask if you can",
    "i wanted to ask whether you could",
    "i just wanted to ask if you could",
    "i just wanted to ask if you can",
    "just wanted to ask if you could",
    "just wanted to ask if you can",
    "wanted to ask if you could",
    "wanted to ask if you can",
    "i would like to ask if you could",
    "i would like to ask if you can",
    "i'd like to ask if you could",
    "i would appreciate it if you could",
    "i'd appreciate it if you could",
    "i would appreciate if you could",
    "i would be grateful if you could",
    "i would be very grateful if you could",
    "it would be great if you could",
    "would be great if you could",
    "would it be possible for you to",
    "would you be so kind as to",
    "would you be able to",
    "is there any chance you could",
    "any chance you could",
    "any chance you can",
];

/// "Can you pay by Friday?" may ask whether somebody is able to: without a "please" or somebody it
/// is done for, these stay questions.
const ABILITIES: &[&str] = &[
    "make", "get", "take", "read", "write", "pay", "order", "keep", "have", "bring", "print",
    "return", "cancel", "finish", "complete", "book", "transfer",
];

/// "Have a nice day" and "Take your time" wish or offer something: without a "please" these ask
/// for nothing.
const WISHES: &[&str] = &[
    "have", "take", "keep", "make", "get", "put", "set", "look", "read", "pass", "move", "point",
    "change", "bring", "give", "write",
];

/// What "can we" and "can I" propose; with other words they ask what is possible.
const PROPOSED: &[&str] = &[
    "also",
    "meet",
    "move",
    "talk",
    "speak",
    "schedule",
    "reschedule",
    "postpone",
    "discuss",
    "arrange",
    "ask",
    "borrow",
    "call",
    "chat",
    "push",
    "catch",
    "swap",
    "bring",
    "come",
];

/// Said in turn, so that no phrase repeats in one mail.
const REQUESTS_ELABORATE: &[(&str, char)] = &[
    ("I would appreciate it if you could", '.'),
    ("Could you please", '?'),
    ("I would be grateful if you could", '.'),
    ("Would you be so kind as to", '?'),
];
const QUESTIONS_ELABORATE: &[(&str, char)] = &[
    ("Could you please let me know", '?'),
    ("I would be grateful if you could tell me", '.'),
];

/// What was used so far in this mail.
#[derive(Debug, Default)]
pub(super) struct Asked {
    requests: usize,
    questions: usize,
}

impl Asked {
    /// A mail that appreciates already doesn't need that phrase first.
    pub fn in_text(text: &str) -> Self {
        Self {
            requests: usize::from(
                text.replace("appreciate it if you could", "")
                    .contains("appreciate"),
            ),
            questions: 0,
        }
    }
}

/// Words every sentence of the line as the style asks.
pub(super) fn apply(line: &mut Line, style: Style, asked: &mut Asked) {
    let words = line.words();
    let mut edits = Vec::new();
    for at in line.sentences() {
        let own: Vec<Word> = words
            .iter()
            .filter(|word| at.contains(&word.at.start))
            .cloned()
            .collect();
        // "Also can you ..." asks as well: "could you please also".
        let also = own.len() > 1
            && own[0].lower == "also"
            && plain(&own[0])
            && adjacent(line, &own[0], &own[1]);
        let sentence = Sentence {
            line,
            words: &own[usize::from(also)..],
            also: also.then(|| own[0].at.start),
            at,
        };
        edits.extend(sentence.worded(style, asked));
    }
    line.apply(&edits);
}

struct Sentence<'a> {
    line: &'a Line,
    words: &'a [Word],
    /// Where an "also" stands in front of them.
    also: Option<usize>,
    at: Range<usize>,
}

/// What a sentence asks, and at which of its words what is asked begins.
enum Asks {
    /// "can you send": `sure` when it is certainly no question about being able to.
    CanYou { verb: usize, sure: bool },
    /// "send me", "please send".
    Imperative { verb: usize, please: bool },
    /// "can we", "could I".
    Joint { verb: usize, us: bool },
    /// "are you free", "do you have", "can you come".
    Whether { text: String, rest: usize },
    /// "when can we meet".
    Which { text: String, rest: usize },
}

impl Sentence<'_> {
    fn worded(&self, style: Style, asked: &mut Asked) -> Vec<Edit> {
        let Some(asks) = self.asks(style) else {
            return Vec::new();
        };
        let single = self.is_single_clause();
        if style == Style::Elaborate && self.is_elaborate_question() {
            asked.questions += 1;
            return Vec::new();
        }
        let edits = match (style, &asks) {
            (_, Asks::Whether { .. } | Asks::Which { .. }) if self.also.is_some() => None,
            (Style::Formal, Asks::CanYou { verb, sure: true }) => {
                self.begin("Could you please", *verb, Some('?'))
            }
            (Style::Formal | Style::Elaborate, Asks::Imperative { verb, please })
                if style == Style::Formal || !single || self.is_condition() =>
            {
                if *please && *verb == 1 && self.also.is_none() {
                    None
                } else {
                    self.begin("Please", *verb, None)
                }
            }
            (Style::Formal, Asks::Joint { verb, us }) => {
                self.begin(if *us { "Could we" } else { "May I" }, *verb, None)
            }
            (Style::Casual, Asks::CanYou { verb, .. }) if *verb > 2 => {
                self.begin("Could you", *verb, Some('?'))
            }
            (Style::Concise, Asks::CanYou { verb, sure: true }) if single => {
                self.begin("Please", *verb, Some('.'))
            }
            (Style::Concise, Asks::CanYou { verb, sure: false }) if *verb > 2 => {
                self.begin("Could you", *verb, Some('?'))
            }
            (Style::Elaborate, Asks::CanYou { verb, sure: true }) if !single => {
                self.begin("Could you please", *verb, Some('?'))
            }
            (
                Style::Elaborate,
                Asks::CanYou { verb, sure: true } | Asks::Imperative { verb, .. },
            ) => {
                let (words, mark) = REQUESTS_ELABORATE[asked.requests % REQUESTS_ELABORATE.len()];
                let edits = self.begin(words, *verb, Some(mark));
                asked.requests += usize::from(edits.is_some());
                edits
            }
            (Style::Elaborate, Asks::Joint { verb, us }) if single => self.begin(
                if *us {
                    "Would it be possible for us to"
                } else {
                    "Would it be possible for me to"
                },
                *verb,
                Some('?'),
            ),
            (Style::Elaborate, Asks::Whether { text, rest } | Asks::Which { text, rest })
                if single =>
            {
                QUESTIONS_ELABORATE
                    .get(asked.questions)
                    .and_then(|(words, mark)| {
                        let edits = self.begin(&format!("{words} {text}"), *rest, Some(*mark));
                        asked.questions += usize::from(edits.is_some());
                        edits
                    })
            }
            _ => None,
        };
        edits.unwrap_or_default()
    }

    fn asks(&self, style: Style) -> Option<Asks> {
        let first = self.words.first()?;
        if !(plain(first) || self.also.is_some()) || !first.free {
            return None;
        }
        if let Some(verb) = self.after_wrapper() {
            let verb = self.skip(verb, &["please", "maybe", "possibly", "kindly", "perhaps"]);
            let sure = self.is_request(verb);
            let asked = self.words.get(verb).filter(|word| !negates(&word.lower));
            return asked.map(|_| Asks::CanYou { verb, sure });
        }
        let lower = |i: usize| self.words.get(i).map_or("", |word| &*word.lower);
        match (lower(0), lower(1)) {
            ("can" | "could" | "will" | "would", "you") => {
                let verb = self.skip(
                    2,
                    &["please", "maybe", "possibly", "kindly", "perhaps", "just"],
                );
                // "Will you pay by Friday?" asks what will be, "Would you" what would.
                let asks = matches!(lower(0), "can" | "could") || self.has_please();
                if asks && self.is_request(verb) {
                    return Some(Asks::CanYou { verb, sure: true });
                }
                let able = matches!(lower(0), "can" | "could" | "will")
                    && !negates(lower(2))
                    && !matches!(
                        lower(2),
                        "believe"
                            | "imagine"
                            | "guess"
                            | "just"
                            | "even"
                            | "really"
                            | "ever"
                            | "still"
                            | "only"
                            | "stop"
                    );
                if style == Style::Elaborate
                    && able
                    && verb == 2
                    && self.is_question()
                    && !self.is_about_telling()
                {
                    let text = format!("whether you {}", lower(0));
                    return Some(Asks::Whether { text, rest: 2 });
                }
                None
            }
            ("can" | "could" | "may", who @ ("we" | "i")) => {
                let verb = self.skip(2, &["please", "maybe", "possibly", "perhaps"]);
                let proposes = self.is(verb, PROPOSED)
                    || (lower(verb) == "have" && self.is(verb + 1, &["a", "the", "some", "your"]));
                (self.is_question() && proposes).then_some(Asks::Joint {
                    verb,
                    us: who == "we",
                })
            }
            ("are" | "have" | "do", "you") if self.is_question() => {
                const SMALL_TALK: &[&str] = &[
                    "ok", "okay", "well", "doing", "sure", "there", "mind", "kidding", "serious",
                    "crazy", "joking", "mad", "all", "alright", "good", "fine", "out", "really",
                    "ever",
                ];
                if self.is(2, SMALL_TALK)
                    || negates(lower(2))
                    || self.words.len() < 4
                    || self.is_about_telling()
                {
                    return None;
                }
                let text = match lower(0) {
                    "do" => "whether you".to_owned(),
                    helper => format!("whether you {helper}"),
                };
                Some(Asks::Whether { text, rest: 2 })
            }
            ("what" | "when" | "where" | "how", _) if self.is_question() => self.which(),
            (word, _) => {
                let please = matches!(word, "please" | "kindly") || self.has_please();
                let polite = matches!(word, "please" | "kindly");
                let verb = self.skip(0, &["please", "kindly", "just"]);
                let beside = self.words[verb.min(self.words.len() - 1)..]
                    .windows(2)
                    .next()
                    .is_some_and(|pair| adjacent(self.line, &pair[0], &pair[1]));
                let whom = matches!(lower(verb + 1), "me" | "us");
                let object = beside
                    && (self.is(verb + 1, OBJECTS)
                        || (self.is(verb + 1, PARTICLES) && self.has_object(verb + 2))
                        || (polite && lower(verb) != "let"));
                // "Give me" asks even so; "Please take your time" doesn't.
                let wishes = match lower(verb) {
                    "give" | "bring" | "write" => !whom && !please,
                    "have" => true,
                    "take" | "make" | "get"
                        if matches!(
                            lower(verb + 1),
                            "your" | "yourself" | "care" | "it" | "some"
                        ) =>
                    {
                        true
                    }
                    "call" => lower(verb + 1) == "it",
                    _ => !please && self.is(verb, WISHES),
                };
                let known = lower(verb) != "let"
                    || matches!(lower(verb + 1), "me" | "us") && lower(verb + 2) == "know";
                (self.is(verb, REQUESTS) && object && known && !wishes && !self.is_question())
                    .then_some(Asks::Imperative {
                        verb,
                        please: polite,
                    })
            }
        }
    }

    /// "When can we meet?" with the verb behind its person: "when we can".
    fn which(&self) -> Option<Asks> {
        let lower = |i: usize| self.words.get(i).map_or("", |word| &*word.lower);
        // "How could you do this?" and "How do you do?" ask for no answer.
        let reproaches = lower(0) == "how"
            && matches!(
                (lower(1), lower(2)),
                ("can" | "could" | "would" | "do", "you")
            );
        if self.is_about_telling() || reproaches || self.words.iter().any(|w| negates(&w.lower)) {
            return None;
        }
        let mut wh = lower(0).to_owned();
        let mut i = 1;
        if matches!(
            lower(1),
            "time" | "day" | "date" | "much" | "many" | "long" | "soon" | "often"
        ) {
            wh = format!("{wh} {}", lower(1));
            i = 2;
        }
        let person = match lower(i + 1) {
            "i" => "I",
            person @ ("you" | "we" | "they") => person,
            _ => return None,
        };
        let text = match lower(i) {
            "do" => format!("{wh} {person}"),
            helper @ ("can" | "could" | "will" | "would" | "should") => {
                format!("{wh} {person} {helper}")
            }
            helper @ "are" if wh != "how" => format!("{wh} {person} {helper}"),
            _ => return None,
        };
        self.words
            .get(i + 2)
            .map(|_| Asks::Which { text, rest: i + 2 })
    }

    /// Whether the verb asks somebody to do something, rather than whether they can.
    fn is_request(&self, verb: usize) -> bool {
        self.is(verb, REQUESTS)
            && (!self.is(verb, ABILITIES)
                || self.is(verb + 1, &["me", "us"])
                || self.has_please()
                // "Have a look" is done for somebody, "have a dog" isn't.
                || (self.is(verb + 1, &["a"])
                    && self.is(verb + 2, &["look", "quick", "word", "chat", "think"])))
    }

    fn has_please(&self) -> bool {
        self.words
            .iter()
            .any(|word| matches!(&*word.lower, "please" | "kindly"))
    }

    /// "Fill in the form" and "call back": behind the particle stands an object or nothing, while
    /// "Check in is at 3" says something.
    fn has_object(&self, i: usize) -> bool {
        i == self.words.len() || self.is(i, OBJECTS)
    }

    fn after_wrapper(&self) -> Option<usize> {
        WRAPPERS.iter().find_map(|wrapper| {
            let count = wrapper.split(' ').count();
            let same = wrapper
                .split(' ')
                .enumerate()
                .all(|(i, word)| self.words.get(i).is_some_and(|own| own.lower == word));
            same.then_some(count)
        })
    }

    fn skip(&self, mut i: usize, list: &[&str]) -> usize {
        while self.is(i, list) {
            i += 1;
        }
        i
    }

    fn is(&self, i: usize, list: &[&str]) -> bool {
        self.words
            .get(i)
            .is_some_and(|word| list.contains(&&*word.lower))
    }

    fn is_question(&self) -> bool {
        self.line.ch(self.at.end - 1) == Some('?')
    }

    /// "Could you please let me know whether ..." is as elaborate as it gets.
    fn is_elaborate_question(&self) -> bool {
        QUESTIONS_ELABORATE.iter().any(|(words, _)| {
            let count = words.split(' ').count();
            self.words.len() > count
                && words
                    .split(' ')
                    .zip(self.words)
                    .all(|(word, own)| own.lower == word.to_lowercase())
                && matches!(
                    &*self.words[count].lower,
                    "whether" | "when" | "what" | "where" | "how"
                )
        })
    }

    /// "When can you let me know" asks to be told already.
    fn is_about_telling(&self) -> bool {
        self.words
            .iter()
            .any(|word| matches!(&*word.lower, "know" | "tell" | "say"))
    }

    /// "Let me know if ..." offers as much as it asks; it is not turned into a question.
    fn is_condition(&self) -> bool {
        self.words.iter().any(|word| word.lower == "know")
            && self
                .words
                .iter()
                .any(|word| matches!(&*word.lower, "if" | "should"))
    }

    /// Whether one request is all the sentence says.
    fn is_single_clause(&self) -> bool {
        let marks = self.line.cells[self.at.clone()]
            .iter()
            .any(|cell| cell.lock == Lock::Free && matches!(cell.ch, ';' | ':' | '–' | '—' | '('));
        let joined = self.words.windows(2).any(|pair| {
            let after_comma = self.line.ch(pair[0].at.end) == Some(',');
            let joins = matches!(
                &*pair[1].lower,
                "and" | "or" | "but" | "so" | "then" | "i" | "we"
            );
            let goes_on = matches!(&*pair[0].lower, "and" | "or" | "but")
                && matches!(
                    &*pair[1].lower,
                    "i" | "we"
                        | "i'll"
                        | "we'll"
                        | "i'm"
                        | "then"
                        | "you"
                        | "they"
                        | "he"
                        | "she"
                        | "it"
                        | "let"
                        | "also"
                );
            let asks_on = matches!(&*pair[0].lower, "and" | "or" | "but")
                && matches!(
                    &*pair[1].lower,
                    "should"
                        | "shall"
                        | "can"
                        | "could"
                        | "do"
                        | "does"
                        | "did"
                        | "is"
                        | "are"
                        | "will"
                        | "would"
                        | "what"
                        | "when"
                        | "where"
                        | "who"
                        | "how"
                        | "why"
                        | "not"
                        | "have"
                        | "has"
                        | "may"
                        | "that"
                        | "there"
                );
            (after_comma && joins) || goes_on || asks_on || pair[1].lower == "otherwise"
        });
        !marks && !joined
    }

    /// Puts `words` in front of word `verb`, and `mark` at the end.
    fn begin(&self, words: &str, verb: usize, mark: Option<char>) -> Option<Vec<Edit>> {
        let verb = self.words.get(verb)?;
        let start = self.also.unwrap_or(self.words.first()?.at.start);
        // The words up to the verb stand side by side and may be replaced.
        let joined = self
            .words
            .windows(2)
            .take_while(|pair| pair[0].at.start < verb.at.start)
            .all(|pair| adjacent(self.line, &pair[0], &pair[1]));
        if !joined || !plain(verb) || !self.line.is_free(start..verb.at.end) {
            return None;
        }
        let own = self.line.slice(verb.at.clone());
        let own = if (verb.starts || self.also.is_some()) && verb.lower != "i" {
            own.to_lowercase()
        } else {
            own
        };
        let mut edits = vec![Edit {
            at: start..verb.at.end,
            put: format!(
                "{}{} {own}",
                capitalised(words),
                if self.also.is_some() { " also" } else { "" }
            ),
        }];
        edits.extend(self.end(verb.at.end, mark)?);
        Some(edits)
    }

    /// The change at the end: the mark, and a "please" that moved to the front.
    fn end(&self, verb_end: usize, mark: Option<char>) -> Option<Option<Edit>> {
        let mut stop = self.at.end;
        while stop > verb_end && matches!(self.line.ch(stop - 1), Some('.' | '!' | '?')) {
            stop -= 1;
        }
        let ends_plainly = self
            .line
            .ch(stop.checked_sub(1)?)
            .is_some_and(|ch| ch.is_alphanumeric() || matches!(ch, ')' | '"' | '”' | '%'));
        let has_mark = stop < self.at.end;
        let marks = self.line.slice(stop..self.at.end);
        let mut from = stop;
        if let Some(last) = self.words.last().filter(|last| {
            last.lower == "please" && last.at.end == stop && last.at.start > verb_end
        }) {
            from = last.at.start - 1;
            if self.line.ch(from - 1) == Some(',') {
                from -= 1;
            }
        }
        let put = match mark {
            None => marks.clone(),
            Some(mark) if ends_plainly && (has_mark || from < stop) => mark.to_string(),
            // An open end (a colon before a list, an emoji) can't become a question.
            Some('?') => return None,
            Some(_) => marks.clone(),
        };
        if from == stop && put == marks {
            return Some(None);
        }
        if !self.line.is_free(from..self.at.end) {
            return None;
        }
        Some(Some(Edit {
            at: from..self.at.end,
            put,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn worded(text: &str, style: Style) -> String {
        let mut line = Line::plain(text);
        apply(&mut line, style, &mut Asked::default());
        line.text()
    }

    #[test]
    fn requests() {
        for (text, formal, casual, elaborate, concise) in [
            (
                "Can you send me the report by Friday?",
                "Could you please send me the report by Friday?",
                "Can you send me the report by Friday?",
                "I would appreciate it if you could send me the report by Friday.",
                "Please send me the report by Friday.",
            ),
            (
                "Send me the report please.",
                "Please send me the report.",
                "Send me the report please.",
                "I would appreciate it if you could send me the report.",
                "Send me the report please.",
            ),
            (
                "I was wondering if you could share the slides.",
                "Could you please share the slides?",
                "Could you share the slides?",
                "I would appreciate it if you could share the slides.",
                "Please share the slides.",
            ),
            (
                "Let me know if you have questions.",
                "Please let me know if you have questions.",
                "Let me know if you have questions.",
                "Please let me know if you have questions.",
                "Let me know if you have questions.",
            ),
            (
                "Can you come on Friday?",
                "Can you come on Friday?",
                "Can you come on Friday?",
                "Could you please let me know whether you can come on Friday?",
                "Can you come on Friday?",
            ),
            (
                "When can we meet?",
                "When can we meet?",
                "When can we meet?",
                "Could you please let me know when we can meet?",
                "When can we meet?",
            ),
            (
                "Can we move the call to 3 pm?",
                "Could we move the call to 3 pm?",
                "Can we move the call to 3 pm?",
                "Would it be possible for us to move the call to 3 pm?",
                "Can we move the call to 3 pm?",
            ),
            (
                "Send me the file, and I will sign it.",
                "Please send me the file, and I will sign it.",
                "Send me the file, and I will sign it.",
                "Please send me the file, and I will sign it.",
                "Send me the file, and I will sign it.",
            ),
        ] {
            assert_eq!(worded(text, Style::Formal), formal);
            assert_eq!(worded(text, Style::Casual), casual);
            assert_eq!(worded(text, Style::Elaborate), elaborate);
            assert_eq!(worded(text, Style::Concise), concise);
        }
    }

    #[test]
    fn what_only_looks_like_a_request_stays() {
        for text in [
            "Call with Bob at 3.",
            "Review is done.",
            "Let me explain.",
            "Update: it works.",
            "How are you?",
            "Are you okay?",
            "Check is in the mail.",
            "Would you like some tea?",
            "Could you not send it before noon?",
            "Can you not call me again?",
            "Are you not coming with us?",
            "I was wondering if you could not tell Bob.",
            "Would you pay 500 for that?",
            "Have a nice day.",
            "Take your time.",
            "Please take your time.",
            "Keep the change.",
            "Get some rest.",
            "Call it a day.",
            "Give my love to Anna.",
            "Check in is at 3.",
            "Order over 50 ships free.",
            "Review in progress.",
            "Book one is better.",
            "Can you believe it is over?",
            "How could you do this to me?",
            "How do you do?",
            "Could I have been wrong?",
            "Can we see the sea from there?",
        ] {
            for style in Style::ALL {
                assert_eq!(worded(text, style), text);
            }
        }
    }

    #[test]
    fn what_somebody_is_able_to_do_is_asked_and_not_ordered() {
        let text = "Can you pay by card?";
        assert_eq!(worded(text, Style::Formal), text);
        assert_eq!(worded(text, Style::Concise), text);
        assert_eq!(
            worded(text, Style::Elaborate),
            "Could you please let me know whether you can pay by card?"
        );
        let please = "Can you please pay by card?";
        assert_eq!(worded(please, Style::Concise), "Please pay by card.");
        let either = "Can you send me the plan or should I ask Bob?";
        assert_eq!(worded(either, Style::Concise), either);
    }

    #[test]
    fn phrases_take_turns() {
        assert_eq!(
            worded(
                "Send me the plan. Call me back. Can you sign it?",
                Style::Elaborate
            ),
            "I would appreciate it if you could send me the plan. Could you please call me back? \
             I would be grateful if you could sign it."
        );
    }
}
