//! Facts that a polished text changed and the user has neither confirmed nor put right.

use super::Mail;
use crate::{
    document::Document,
    outbox::{Field, SendCheck, SendQuestion},
    polish::{facts::Change, original::recipients, unconfirmed::sides},
};

/// How many are named; the others are counted.
const NAMED: usize = 3;
/// The longest words of a fact that are shown, in characters.
const SHOWN: usize = 80;

pub(super) fn unconfirmed(mail: &Mail<'_>) -> Option<SendQuestion> {
    let noted = mail.to_send.unconfirmed;
    if noted.is_empty() {
        return None;
    }
    // A text that can't be read can't be sent either, and sending says so.
    let now = Document::parse(&mail.draft().body).ok()?;
    let open = noted.still_in(&now, &recipients(mail.draft()));
    if open.is_empty() {
        return None;
    }
    let mut named: Vec<String> = open.iter().take(NAMED).map(|change| said(change)).collect();
    match open.len().saturating_sub(NAMED) {
        0 => {}
        1 => named.push("and one more".to_owned()),
        more => named.push(format!("and {more} more")),
    }
    let message = format!(
        "Polishing changed what you wrote: {}. Is that right?",
        named.join(", ")
    );
    let question = SendQuestion::new(SendCheck::UnconfirmedFacts, Field::Body, message);
    // What was left out stands nowhere.
    match open.iter().find_map(|change| sides(change).1) {
        Some(now) => Some(question.about(now.text.as_str())),
        None => Some(question),
    }
}

fn said(change: &Change) -> String {
    match change {
        Change::Lost { original } => format!("“{}” was left out", shown(&original.text)),
        Change::Changed { original, now } => {
            format!("“{}” became “{}”", shown(&original.text), shown(&now.text))
        }
        Change::Invented { now } => format!("“{}” was added", shown(&now.text)),
    }
}

fn shown(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
