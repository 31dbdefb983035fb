//! A sentence that promises an attachment, in English or German, and no attachment.
//!
//! The words are looked for sentence by sentence. Phrases in which they mean something else
//! (somebody else's attachment, an earlier mail's, being fond of something) are taken out first;
//! what then still promises one does.

use super::Mail;
use crate::outbox::{Field, SendCheck, SendQuestion};

/// The longest sentence that is shown, in characters.
const SHOWN: usize = 120;

pub(super) fn missing(mail: &Mail<'_>) -> Option<SendQuestion> {
    if !mail.draft().attachments.is_empty() {
        return None;
    }
    let sentence = promise(&mail.own.prose, mail.own.has_image)?;
    let message = "The text speaks of an attachment, but there is none.";
    let question = SendQuestion::new(SendCheck::MissingAttachment, Field::Body, message);
    Some(question.about(sentence))
}

/// They promise one.
const PROMISES: &[&str] = &[
    "attached",
    "i attach",
    "we attach",
    "attaching",
    "attachment",
    "attachments",
    "enclosed",
    "i enclose",
    "we enclose",
    "pfa",
    "anbei",
    "angehängte",
    "angehängten",
    "angehängtes",
    "beigefügte",
    "beigefügten",
    "beigefügtes",
    "beigelegte",
    "beigelegten",
    "beigelegtes",
    "beiliegend",
    "beiliegende",
    "beiliegenden",
    "siehe anhang",
    "siehe anlage",
    "siehe anlagen",
    "im anhang",
    "als anhang",
    "den anhang",
    "der anhang",
    "hänge ich",
    "füge ich",
    "ich hänge",
    "ich füge",
];

/// They do, unless it was somebody else, or wasn't done: see [`NOT_DONE_BY_US`].
const DONE: &[&str] = &[
    "angehängt",
    "angehangen",
    "beigefügt",
    "beigelegt",
    "mitgeschickt",
    "mitgesendet",
];
/// What stands before or behind such a word then.
const NOT_DONE_BY_US: &[(&str, &str)] = &[
    ("haben sie ", ""),
    ("hast du ", ""),
    ("habt ihr ", ""),
    ("sie ", " haben"),
    ("sie ", " hatten"),
    ("du ", " hast"),
    ("du ", " hattest"),
    ("ihr ", " habt"),
    ("nicht ", ""),
];
/// A quarrel is "beigelegt", too.
const QUARRELS: &[&str] = &[
    "streit",
    "streitigkeiten",
    "konflikt",
    "konflikte",
    "zwist",
    "differenzen",
    "meinungsverschiedenheit",
    "meinungsverschiedenheiten",
];

/// They do where they are all there is before a full stop or a colon, such as "Anhang: offer.pdf".
const ALONE: &[&str] = &[
    "anhang",
    "anhänge",
    "anlage",
    "anlagen",
    "beilage",
    "beilagen",
    "enclosure",
    "enclosures",
    "encl",
];

/// They do at the beginning of a sentence without a verb: "In der Anlage die Rechnung."
const BEFORE_WHAT_IT_IS: &[&str] = &["in der anlage", "in den anlagen", "als anlage"];
const WHAT_IT_IS: &[&str] = &[
    "die", "das", "den", "ein", "eine", "einen", "mein", "meine", "meinen", "unser", "unsere",
    "unseren", "wie", "noch", "nochmal", "nochmals",
];

/// German parts the verb, and its second part ends the sentence: "Die Rechnung liegt bei."
const PARTED: &[(&[&str], &str)] = &[
    (&["liegt", "liegen", "lege", "legen"], " bei "),
    (&["schicke", "schicken", "sende", "senden"], " mit "),
];

/// They do where something is handed over; an "Anlage" is also a plant and an investment.
const WITH_A_VERB: &[&str] = &[
    "als anlage",
    "in der anlage",
    "als anlagen",
    "in den anlagen",
];
const HANDING_OVER: &[&str] = &[
    "sende",
    "senden",
    "schicke",
    "schicken",
    "übersende",
    "übersenden",
    "erhalten",
    "erhältst",
    "finden",
    "findest",
    "findet",
    "füge",
    "liegt",
    "liegen",
];

/// This very mail, in words that would otherwise be taken out.
const THIS_MAIL: &[&str] = &[
    "attached to this mail",
    "attached to this email",
    "attached to this e mail",
    "attached to this message",
    "attached to the email",
    "attached to the mail",
    "attached to my email",
];

/// What others attached or should attach, what was or will be attached elsewhere, and what only
/// sounds like it. A `*` stands for one word.
const NOT_NOW: &[&str] = &[
    // Theirs.
    "you attached",
    "you have attached",
    "you've attached",
    "he attached",
    "she attached",
    "they attached",
    "you enclosed",
    "your attachment",
    "your attachments",
    "your * attachment",
    "his attachment",
    "her attachment",
    "their attachment",
    "attachment you",
    "attachments you",
    "for the attachment",
    "for the attachments",
    "for attaching",
    "received the attachment",
    "got the attachment",
    "open the attachment",
    "opened the attachment",
    "attachment was",
    "attachment is missing",
    "attachment didn't",
    "attachment did",
    "attachment in your",
    "attachment of your",
    "attachment to your",
    "attachment from",
    "ihr anhang",
    "ihrem anhang",
    "ihren anhang",
    "ihres anhangs",
    "dein anhang",
    "deinem anhang",
    "deinen anhang",
    "euer anhang",
    "eurem anhang",
    "euren anhang",
    "für den anhang",
    "anhang erhalten",
    "anhang bekommen",
    "anhang nicht öffnen",
    "anhang öffnen",
    "anhang fehlt",
    "anhang fehlte",
    "anhang war",
    "von ihnen beigefügte",
    "von ihnen beigefügten",
    "von ihnen beigelegte",
    "von ihnen beigelegten",
    "von ihnen angehängte",
    "von ihnen angehängten",
    // Another mail's.
    "attached to",
    "attached it to",
    "attached them to",
    "attached in my",
    "attached in your",
    "attached in the last",
    "attached last",
    "attached earlier",
    "previously attached",
    "attachment in my",
    "attachment of my",
    "attachment to my",
    "attachments in my",
    "anhang ihrer",
    "anhang deiner",
    "anhang eurer",
    "anhang seiner",
    "anhang meiner letzten",
    "anhang meiner vorigen",
    "anhang meiner früheren",
    "anhang meiner ersten",
    "anhang meiner gestrigen",
    "anhang der letzten",
    "anhang der vorigen",
    "anhang der mail",
    "anhang der e mail",
    "anhang von",
    "anhang vom",
    "anhang aus",
    // Not yet, or not at all.
    "without attachment",
    "without attachments",
    "without an attachment",
    "without the attachment",
    "no attachment",
    "no attachments",
    "not attached",
    "no longer attached",
    "not enclosed",
    "forgot the attachment",
    "send the attachment tomorrow",
    "please attach",
    "please attached",
    "should i attach",
    "shall i attach",
    "can i attach",
    "could i attach",
    "may i attach",
    "did i attach",
    "if i attach",
    "when i attach",
    "should we attach",
    "shall we attach",
    "can we attach",
    "could we attach",
    "if we attach",
    "when we attach",
    "ohne anhang",
    "kein anhang",
    "keinen anhang",
    // It only sounds like it.
    "strings attached",
    "conditions attached",
    "got attached",
    "very attached",
    "i attach importance",
    "i attach great",
    "i attach much",
    "i attach no",
    "i attach particular",
    "we attach importance",
    "we attach great",
    "we attach much",
    "we attach particular",
    "attachment theory",
    "attachment style",
    "enclosed space",
    "enclosed area",
    "enclosed garden",
    "füge ich hinzu",
    "füge ich ein",
    "füge ich mich",
    "füge ich noch",
    "ich füge hinzu",
    "ich füge mich",
    "ich hänge an",
    "ich hänge fest",
    "ich hänge noch",
    "ich hänge gerade",
    "ich hänge sehr",
    "ich hänge in",
    "hänge ich an",
    "hänge ich fest",
    "hänge ich noch",
    "hänge ich sehr",
    "hänge ich gerade",
    "hänge ich in",
    "daran hänge ich",
];

/// "I attached the file to the ticket": it went there. Only what stands this near behind the verb
/// belongs to it; "I attached the agenda and look forward to the meeting" promises one here.
const NEAR: usize = 3;
/// What begins something else, or makes another phrase of the "to" behind it.
const APART: &[&str] = &[
    "and", "but", "or", "so", "as", "come", "go", "forward", "prior", "due", "up", "back",
];
const ATTACH: &[&str] = &[
    "attached",
    "attach",
    "attaching",
    "attachment",
    "attachments",
];
const TO: &[&str] = &[
    "to the", "to this", "to that", "to your", "to our", "to my", "to a", "to an", "to",
];
const ELSEWHERE: &[&str] = &[
    "ticket",
    "tickets",
    "issue",
    "issues",
    "bug",
    "bug report",
    "case",
    "task",
    "card",
    "pull request",
    "pr",
    "page",
    "wiki",
    "event",
    "calendar",
    "invite",
    "invitation",
    "meeting",
    "form",
    "record",
];
/// German has the place directly before the verb: "dem Ticket angehängt". Further ahead it says
/// when, or what for: "Zum Termin habe ich die Agenda angehängt".
const AN: &[&str] = &["an das", "ans", "dem", "am", "im", "zum", "an den"];
const ANDERSWO: &[&str] = &["ticket", "issue", "vorgang", "termin", "kalendereintrag"];

/// "Ich füge … hinzu", "… ein".
const PUTTING_IN: &[&str] = &[" hinzu ", " ein ", " zusammen "];

/// Who can't do that speaks of what came.
const READING: &[&str] = &["öffnen", "lesen", "ansehen", "herunterladen"];

/// An image in the text already is the picture a sentence may speak of.
const PICTURES: &[&str] = &[
    "screenshot",
    "screenshots",
    "picture",
    "pictures",
    "photo",
    "photos",
    "image",
    "images",
    "logo",
    "bild",
    "bilder",
    "foto",
    "fotos",
    "bildschirmfoto",
];

/// The first sentence that promises an attachment, as it is written.
fn promise(text: &str, has_image: bool) -> Option<String> {
    text.split(['.', '!', '?', '\n', ';', ':'])
        .find(|sentence| promises(sentence, has_image))
        .map(|sentence| {
            let shown = sentence.trim();
            match shown.char_indices().nth(SHOWN) {
                // Whole words only: what is shown is looked for in the text.
                Some((end, _)) => shown[..end].rsplit_once(' ').map_or(shown, |(cut, _)| cut),
                None => shown,
            }
            .to_owned()
        })
}

fn promises(sentence: &str, has_image: bool) -> bool {
    let mut words = words(sentence);
    let has = |words: &str, phrases: &[&str]| phrases.iter().any(|phrase| holds(words, phrase));
    if has_image && has(&words, PICTURES) {
        return false;
    }
    if has(&words, THIS_MAIL) {
        return true;
    }
    for phrase in NOT_NOW {
        take_out(&mut words, phrase);
    }
    for done in DONE {
        for (before, after) in NOT_DONE_BY_US {
            take_out(&mut words, &format!("{before}{done}{after}"));
        }
    }
    if has(&words, QUARRELS) {
        take_out(&mut words, "beigelegt");
    }
    take_out_elsewhere(&mut words);
    if PUTTING_IN.iter().any(|end| words.ends_with(end)) {
        words = words
            .replace(" füge ich ", " | ")
            .replace(" ich füge ", " | ");
    }
    if has(&words, &["nicht"]) && has(&words, READING) {
        words = words
            .replace(" den anhang ", " | ")
            .replace(" der anhang ", " | ");
    }
    let is_parted = |(verbs, end): &(&[&str], &str)| has(&words, verbs) && words.ends_with(end);
    let names_it = |before: &&str| {
        let rest = words.strip_prefix(&format!(" {before} "));
        rest.is_some_and(|rest| WHAT_IT_IS.contains(&rest.split(' ').next().unwrap_or_default()))
    };
    has(&words, PROMISES)
        || has(&words, DONE)
        || has(&words, WITH_A_VERB) && has(&words, HANDING_OVER)
        || ALONE.contains(&words.trim())
        || BEFORE_WHAT_IT_IS.iter().any(names_it)
        || PARTED.iter().any(is_parted)
}

/// Takes out the verbs whose attachment went elsewhere.
fn take_out_elsewhere(words: &mut String) {
    let all: Vec<&str> = words.split_whitespace().collect();
    let is_elsewhere = |at: usize| {
        let (before, behind) = (&all[..at], &all[at + 1..]);
        let apart = behind.iter().position(|word| APART.contains(word));
        let last = NEAR.min(apart.unwrap_or(NEAR)).min(behind.len());
        ATTACH.contains(&all[at])
            && (0..=last).any(|gap| begins_or_ends(&behind[gap..], TO, ELSEWHERE, false))
            || DONE.contains(&all[at]) && begins_or_ends(before, AN, ANDERSWO, true)
    };
    let left: Vec<&str> = (0..all.len())
        .map(|at| if is_elsewhere(at) { "|" } else { all[at] })
        .collect();
    *words = format!(" {} ", left.join(" "));
}

/// Whether the words begin, or end, with one of the first list and then one of the second.
fn begins_or_ends(words: &[&str], first: &[&str], second: &[&str], ends: bool) -> bool {
    first.iter().any(|one| {
        second.iter().any(|other| {
            let pair: Vec<&str> = one.split(' ').chain(other.split(' ')).collect();
            if ends {
                words.ends_with(&pair)
            } else {
                words.starts_with(&pair)
            }
        })
    })
}

fn holds(words: &str, phrase: &str) -> bool {
    words.contains(&format!(" {phrase} "))
}

/// Takes a phrase out of the words wherever it stands.
fn take_out(words: &mut String, phrase: &str) {
    let Some((before, after)) = phrase.split_once(" * ") else {
        if holds(words, phrase) {
            *words = words.replace(&format!(" {phrase} "), " | ");
        }
        return;
    };
    let (before, after) = (format!(" {before} "), format!(" {after} "));
    let mut from = 0;
    while let Some(start) = words[from..].find(&before).map(|at| from + at) {
        let inner = start + before.len();
        let end = words[inner..]
            .find(' ')
            .map_or(words.len(), |at| inner + at);
        if words[end..].starts_with(&after) {
            words.replace_range(start..end + after.len(), " | ");
        }
        from = start + 1;
    }
}

/// A sentence's words in lower case, with one blank before and behind each.
fn words(sentence: &str) -> String {
    let mut words = String::from(" ");
    for word in sentence
        .to_lowercase()
        .replace('’', "'")
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
    {
        words.push_str(word);
        words.push(' ');
    }
    words
}
