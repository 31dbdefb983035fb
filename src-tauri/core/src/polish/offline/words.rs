//! Word lists of English that several rules share.

use super::line::{Shape, Word};

/// A dot after these doesn't end a sentence.
pub(super) const ABBREVIATIONS: &[&str] = &[
    "e.g", "i.e", "eg", "ie", "etc", "vs", "cf", "mr", "mrs", "ms", "dr", "prof", "approx", "dept",
    "incl", "excl", "resp", "tel", "a.m", "p.m", "inc", "ltd", "co", "corp", "jr", "sr", "p.s",
    "u.s", "u.k", "bzw", "z.b", "d.h", "ca", "ph.d", "m.sc", "b.sc", "attn",
];

/// A dot after these doesn't end a sentence when a number follows.
pub(super) const ABBREVIATIONS_OF_NUMBERS: &[&str] = &[
    "no", "nr", "fig", "ext", "p", "pp", "vol", "jan", "feb", "mar", "apr", "jun", "jul", "aug",
    "sep", "sept", "oct", "nov", "dec", "st", "str",
];

/// A dot after these doesn't end a sentence when a small letter or a number follows. Those
/// that are words of their own ("sat", "sun") are left out.
pub(super) const SHORT_DAYS_AND_MONTHS: &[&str] = &[
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "jan", "feb", "apr", "jun", "jul",
    "aug", "sep", "sept", "oct", "nov", "dec",
];

/// Common English words: enough of them in a text make it English.
pub(super) const COMMON: &[&str] = &[
    "the", "and", "you", "your", "to", "of", "is", "it", "that", "this", "for", "we", "are", "be",
    "have", "has", "not", "with", "on", "can", "could", "would", "will", "please", "thanks",
    "thank", "hi", "hey", "hello", "dear", "me", "my", "our", "if", "at", "from", "about", "but",
    "or", "do", "don't", "i", "i'm", "i'll", "i've", "an", "as", "by", "just", "let", "know",
    "when", "what", "how", "there", "been", "was", "were", "they", "he", "she", "his", "her", "us",
    "any", "all", "some", "so", "get", "need", "regards", "best", "u", "ur", "pls", "plz", "thx",
    "asap", "cant", "dont", "im", "ive", "wont", "should", "send", "does", "did", "up", "out",
    "by", "than", "then", "which", "who", "them", "their", "it's", "that's", "hope", "cheers",
    "sorry", "tomorrow", "today", "meeting", "report", "attached", "call", "week",
];

/// Verbs that ask somebody for something when a sentence begins with them, or after "can you".
pub(super) const REQUESTS: &[&str] = &[
    "have",
    "send",
    "tell",
    "call",
    "confirm",
    "check",
    "review",
    "forward",
    "share",
    "give",
    "add",
    "update",
    "reply",
    "provide",
    "sign",
    "return",
    "fill",
    "complete",
    "book",
    "schedule",
    "arrange",
    "explain",
    "clarify",
    "correct",
    "fix",
    "remove",
    "look",
    "take",
    "read",
    "ask",
    "email",
    "e-mail",
    "contact",
    "inform",
    "advise",
    "approve",
    "submit",
    "upload",
    "attach",
    "print",
    "prepare",
    "bring",
    "make",
    "set",
    "put",
    "keep",
    "get",
    "let",
    "help",
    "resend",
    "copy",
    "pass",
    "drop",
    "show",
    "change",
    "cancel",
    "move",
    "finish",
    "answer",
    "respond",
    "suggest",
    "point",
    "introduce",
    "order",
    "pay",
    "transfer",
    "write",
];

/// What may follow such a verb for it to be one: "call me", but not "call with Bob at 3".
pub(super) const OBJECTS: &[&str] = &[
    "me", "us", "him", "her", "them", "it", "the", "a", "an", "this", "that", "these", "those",
    "my", "your", "our", "his", "their", "all", "any", "both", "if", "whether", "another", "each",
    "every", "some",
];

/// What may stand between such a verb and its object.
pub(super) const PARTICLES: &[&str] = &["back", "over", "out", "in", "again"];

/// Words that open the sentence after a greeting that was not ended: "hi bob can you".
pub(super) const STARTERS: &[&str] = &[
    "can",
    "could",
    "i",
    "i'm",
    "i've",
    "i'd",
    "i'll",
    "im",
    "ive",
    "we",
    "we're",
    "we've",
    "just",
    "thanks",
    "thank",
    "thx",
    "please",
    "pls",
    "plz",
    "hope",
    "the",
    "do",
    "did",
    "does",
    "are",
    "is",
    "would",
    "will",
    "what",
    "when",
    "where",
    "why",
    "who",
    "how",
    "how's",
    "this",
    "that",
    "here",
    "here's",
    "heres",
    "it",
    "it's",
    "its",
    "sorry",
    "my",
    "our",
    "as",
    "attached",
    "quick",
    "following",
    "if",
    "in",
    "on",
    "for",
    "from",
    "to",
    "have",
    "has",
    "hope",
    "hoping",
    "wanted",
    "any",
    "got",
    "let",
    "lets",
    "let's",
    "send",
    "you",
    "your",
    "a",
    "an",
    "good",
    "great",
    "nice",
    "not",
    "no",
    "yes",
    "so",
    "there's",
    "there",
    "was",
    "were",
    "shall",
    "should",
    "may",
    "need",
    "really",
    "looking",
    "writing",
    "checking",
    "reminder",
    "regarding",
    "about",
    "of",
    "after",
    "before",
    "since",
    "while",
    "because",
    "with",
    "at",
    "by",
    "and",
    "but",
    "or",
    "u",
    "r",
    "dont",
    "don't",
    "tomorrow",
    "today",
    "yesterday",
    "unfortunately",
    "per",
    "re",
    "fyi",
    "btw",
    "yep",
    "yeah",
    "ok",
    "okay",
    "happy",
    "long",
    "see",
    "check",
    "call",
    "sounds",
    "all",
    "bad",
    "big",
    "final",
    "finally",
    "last",
    "small",
    "still",
    "another",
    "one",
    "more",
    "new",
    "never",
    "only",
    "sad",
    "some",
    "every",
    "everything",
    "nothing",
    "nobody",
    "somebody",
];

/// Openings of sentences that are names as well, also where somebody writes all in small letters.
const NAMES_TOO: &[&str] = &["will", "may", "hope", "per"];

/// The same, where they are written large.
const LARGE_NAMES: &[&str] = &[
    "long", "so", "an", "my", "do", "see", "call", "happy", "re", "no",
];

/// Whether a word that opens sentences may be a name.
pub(super) fn may_be_name(word: &Word) -> bool {
    NAMES_TOO.contains(&&*word.lower)
        || (word.shape == Shape::Capital && LARGE_NAMES.contains(&&*word.lower))
}

/// Whether a word is one the rules know, and so no name.
pub(super) fn is_known(lower: &str) -> bool {
    use super::tables::{APOSTROPHES, MISSPELT, SHORTHAND, TEXTISMS};
    COMMON.contains(&lower)
        || [APOSTROPHES, MISSPELT, SHORTHAND, TEXTISMS]
            .iter()
            .any(|table| table.iter().any(|rule| rule.find == lower))
}

/// Whether a word says no, also as the end of a contraction.
pub(super) fn negates(lower: &str) -> bool {
    matches!(
        lower,
        "not"
            | "no"
            | "never"
            | "none"
            | "nothing"
            | "nobody"
            | "neither"
            | "nor"
            | "without"
            | "cannot"
            | "hardly"
            | "barely"
            | "nowhere"
    ) || lower.ends_with("n't")
}
