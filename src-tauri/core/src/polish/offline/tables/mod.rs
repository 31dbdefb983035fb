//! What the offline polisher replaces, as data.
//!
//! Conditions for a rule: it changes no fact, adds and drops no negation, and is right wherever
//! it applies. A rule that needs to know what the sentence means has no place here. The tests
//! read these tables too.
//!
//! | file | its rules apply to |
//! |---|---|
//! | `spelling` | every version: misspellings, apostrophes, capitals |
//! | `shorthand` | every version, or those that write "asap" out |
//! | `formal`, `elaborate`, `casual`, `concise` | the version of that style |

mod casual;
mod concise;
mod elaborate;
mod formal;
mod shorthand;
mod spelling;

pub(super) use self::{
    casual::CASUAL,
    concise::CONCISE,
    elaborate::ELABORATE,
    formal::FORMAL,
    shorthand::{SHORTHAND, TEXTISMS},
    spelling::{APOSTROPHES, LARGE, MISSPELT},
};

/// Before these "I want" is turned round or belongs to something else: "do I want", "all I want".
const TURNED: &[&str] = &[
    "do",
    "does",
    "did",
    "would",
    "could",
    "should",
    "will",
    "might",
    "why",
    "if",
    "as",
    "what",
    "all",
    "whatever",
    "than",
    "wherever",
    "whenever",
    "everything",
    "anything",
    "nothing",
    "thing",
    "things",
    "one",
    "don't",
    "didn't",
    "when",
    "where",
    "who",
    "how",
    "that",
    "which",
    "because",
    "since",
    "until",
    "unless",
    "whether",
    "not",
    "never",
    "can",
    "may",
    "must",
];

/// After these a verb follows: "to talk about", but not "the talk about".
const VERB_FOLLOWS: &[&str] = &[
    "to", "can", "could", "should", "will", "would", "we", "i", "you", "they", "please", "let's",
    "us", "may", "might", "must", "also", "still", "we'll", "i'll", "and", "not", "didn't",
    "don't", "won't", "can't", "cannot",
];

/// What people "wanted to" do when they mean that they do it now.
const ASKING: &[&str] = &["ask", "let", "say", "thank", "inform"];
