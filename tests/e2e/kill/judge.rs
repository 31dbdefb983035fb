//! What is there after the restart, and whether it is what has to be.

use std::{
    fmt,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::typist::{Field, Typed, look, text};
use crate::support::{App, wait::within};

/// What the draft and its versions hold.
#[derive(Debug, Default)]
pub struct Found {
    pub drafts: usize,
    pub message: String,
    pub subject: String,
    pub to: Vec<String>,
    /// The texts of all versions.
    pub versions: Vec<String>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end: String = end_of(&self.message, 200);
        write!(
            f,
            "{} drafts, text ...{end:?}, subject {:?}, to {:?}, {} versions",
            self.drafts,
            self.subject,
            self.to,
            self.versions.len()
        )
    }
}

fn end_of(text: &str, most: usize) -> String {
    let skip = text.chars().count().saturating_sub(most);
    text.chars().skip(skip).collect()
}

impl Found {
    /// Looks into the database, after the page has taken over what a crash left, and into the page.
    pub async fn look(app: &App, typed: &Typed) -> Self {
        let list = app.call("list_drafts", json!(null)).await.unwrap();
        let items = list["items"].as_array().unwrap();
        let Some(first) = items.first() else {
            return Self::default();
        };
        let id = json!({ "id": first["id"] });
        let draft = app.call("get_draft", id.clone()).await.unwrap();
        let mut found = Self {
            drafts: items.len(),
            message: words(&draft["body"]),
            subject: text(&draft["subject"]),
            to: addresses(&draft["to"]),
            versions: Vec::new(),
        };
        if typed.two_windows {
            let wanted = json!({ "id": first["id"], "limit": 100 });
            let page = app.call("list_versions", wanted).await.unwrap();
            for version in page["items"].as_array().unwrap() {
                let wanted = json!({ "id": version["id"] });
                let version = app.call("get_version", wanted).await.unwrap();
                found.versions.push(words(&version["body"]));
            }
        }
        // The page shows the draft that was open last. Killed early on, it may not know any more
        // which one that was; then it is in the list.
        let shows_it = async || {
            let seen = look(app).await?;
            let same = seen.message.trim_end() == found.message.trim_end()
                && seen.subject == found.subject
                && seen.to == found.to;
            same.then_some(())
        };
        if within(Duration::from_secs(5), shows_it).await.is_none() {
            app.until_page(
                "the draft in the list",
                "const row = document.querySelector('[aria-label=Drafts] li button');
                 row?.click();
                 return row !== null;",
            )
            .await;
            if within(Duration::from_secs(30), shows_it).await.is_none() {
                let seen = look(app).await.map(|seen| seen.message);
                let seen = seen.unwrap_or_default();
                let same = seen.chars().zip(found.message.chars());
                let at = same.take_while(|(seen, found)| seen == found).count();
                let from = |text: &str| text.chars().skip(at).take(60).collect::<String>();
                panic!(
                    "the page does not show what is stored: from character {at} on {:?} instead of \
                     {:?} (stored: {found})",
                    from(&seen),
                    from(&found.message)
                );
            }
        }
        found
    }
}

/// The text of a document, its lines apart by line ends.
fn words(body: &Value) -> String {
    let line = |block: &Value| {
        let parts = block["content"].as_array().into_iter().flatten();
        parts.map(|part| text(&part["text"])).collect::<String>()
    };
    let blocks = body["content"].as_array().into_iter().flatten();
    blocks.map(line).collect::<Vec<_>>().join("\n")
}

fn addresses(people: &Value) -> Vec<String> {
    let people = people.as_array().into_iter().flatten();
    people.map(|person| text(&person["address"])).collect()
}

/// The recipients somebody has typed.
fn recipients(typed: &str) -> Vec<String> {
    typed
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether `after` is `before` typed on.
fn goes_on(before: &[String], after: &[String]) -> bool {
    match before.split_last() {
        None => true,
        Some((last, rest)) => {
            after.len() >= before.len()
                && after[..rest.len()] == *rest
                && after[rest.len()].starts_with(last)
        }
    }
}

/// Judges, and answers how long ago the oldest key that is missing had been typed.
pub fn judge(typed: &Typed, found: &Found, killed: Instant, replay: &str) -> Duration {
    assert!(found.drafts <= 1, "{replay}: {found} instead of one");
    let nothing =
        found.message.trim().is_empty() && found.subject.trim().is_empty() && found.to.is_empty();
    // One made of the first letter, a space, has nothing to show.
    assert!(
        found.drafts == 0 || !nothing || typed.keys.iter().all(|key| key.1 == ' '),
        "{replay}: a blank draft, {typed}"
    );
    assert!(
        found.message.starts_with(typed.before.trim_end())
            || found
                .versions
                .iter()
                .any(|one| one.starts_with(typed.before.trim_end())),
        "{replay}: what stood there before is gone: {found}"
    );
    if typed.two_windows {
        judge_two(typed, found, killed, replay)
    } else {
        judge_one(typed, found, killed, replay)
    }
}

fn judge_one(typed: &Typed, found: &Found, killed: Instant, replay: &str) -> Duration {
    // What is there is what was typed: from the first letter on, nothing doubled or in between.
    let message = format!("{}{}", typed.before, typed.into(Field::Message));
    let subject = typed.into(Field::Subject);
    for (typed, found) in [(&message, &found.message), (&subject, &found.subject)] {
        let common = typed.starts_with(found.as_str()) || found.starts_with(typed.as_str());
        assert!(
            common || typed.trim_end() == found.trim_end(),
            "{replay}: typed ...{:?}, found ...{:?}",
            end_of(typed, 200),
            end_of(found, 200)
        );
    }
    let to = recipients(&typed.into(Field::To));
    assert!(
        goes_on(&found.to, &to) || goes_on(&to, &found.to),
        "{replay}: {typed}, {found}"
    );
    if let Some(saved) = typed.looks.iter().rev().find(|look| look.is_saved) {
        assert!(
            found.message.starts_with(saved.message.trim_end())
                && found.subject.starts_with(saved.subject.trim_end())
                && goes_on(&saved.to, &found.to),
            "{replay}: shown as saved: ...{:?}, {:?}, {:?}; {found}",
            end_of(&saved.message, 200),
            saved.subject,
            saved.to
        );
    }
    // A key is there if what is found is at least as long as what was typed up to it.
    let mut so_far = [
        (Field::Message, typed.before.clone()),
        (Field::Subject, String::new()),
        (Field::To, String::new()),
    ];
    let mut lost = Duration::ZERO;
    for (field, letter, at) in &typed.keys {
        let (_, text) = so_far.iter_mut().find(|(one, _)| one == field).unwrap();
        text.push(*letter);
        let is_there = match field {
            Field::Message => found.message.starts_with(text.trim_end()),
            Field::Subject => found.subject.starts_with(text.trim_end()),
            Field::To => goes_on(&recipients(text), &found.to),
        };
        if !is_there {
            lost = lost.max(killed.saturating_duration_since(*at));
        }
    }
    lost
}

/// Of two windows the last one wins, and what it replaced is among the versions.
fn judge_two(typed: &Typed, found: &Found, killed: Instant, replay: &str) -> Duration {
    let mut lost = Duration::ZERO;
    for seen in &typed.looks {
        let words = seen.message.trim_end();
        let mut texts = found.versions.iter().chain([&found.message]);
        if texts.any(|text| text.starts_with(words)) {
            continue;
        }
        assert!(
            !seen.is_saved,
            "{replay}: shown as saved: ...{:?}; {found}",
            end_of(words, 200)
        );
        lost = lost.max(killed.saturating_duration_since(seen.at.unwrap_or(killed)));
    }
    lost
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::{
        super::typist::{Look, Typed},
        *,
    };

    /// Typed a second apart, the last of them just before the kill.
    fn typed(keys: &[(Field, &str)], looks: Vec<Look>) -> (Typed, Instant) {
        let killed = Instant::now();
        let all: Vec<_> = keys
            .iter()
            .flat_map(|(field, text)| text.chars().map(|letter| (*field, letter)))
            .collect();
        let ago = |place: usize| Duration::from_secs((all.len() - 1 - place) as u64);
        let keys = all.iter().enumerate();
        let typed = Typed {
            keys: keys
                .map(|(place, (field, letter))| (*field, *letter, killed - ago(place)))
                .collect(),
            looks,
            ..Typed::default()
        };
        (typed, killed)
    }

    fn found(message: &str, subject: &str, to: &[&str]) -> Found {
        Found {
            drafts: 1,
            message: message.to_owned(),
            subject: subject.to_owned(),
            to: to.iter().map(|one| (*one).to_owned()).collect(),
            versions: Vec::new(),
        }
    }

    fn seconds_lost(keys: &[(Field, &str)], found: &Found) -> u64 {
        let (typed, killed) = typed(keys, vec![]);
        judge(&typed, found, killed, "seed").as_secs()
    }

    #[test]
    fn what_is_missing_in_any_field_is_measured() {
        let keys = [
            (Field::Message, "ab"),
            (Field::Subject, "cd"),
            (Field::To, "e,f,"),
        ];
        let lost =
            |message, subject, to: &[&str]| seconds_lost(&keys, &found(message, subject, to));
        assert_eq!(lost("ab", "cd", &["e", "f"]), 0);
        assert_eq!(lost("ab", "cd", &["e"]), 1, "the last recipient");
        assert_eq!(lost("ab", "c", &["e", "f"]), 4, "a letter of the subject");
        assert_eq!(lost("a", "cd", &["e", "f"]), 6, "a letter of the text");
    }

    #[test]
    fn what_was_shown_as_saved_must_be_there_and_nothing_else() {
        let keys = [(Field::Message, "ab"), (Field::Subject, "cd")];
        let saved = Look {
            is_saved: true,
            message: "ab".to_owned(),
            subject: "c".to_owned(),
            ..Look::default()
        };
        let fails = |found: Found| {
            let (typed, killed) = typed(&keys, vec![saved.clone()]);
            catch_unwind(|| judge(&typed, &found, killed, "seed")).is_err()
        };
        assert!(!fails(found("ab", "c", &[])));
        assert!(fails(found("a", "cd", &[])), "less text than was saved");
        assert!(fails(found("ab", "", &[])), "less subject than was saved");
        assert!(fails(found("abab", "xd", &[])), "another subject");
        assert!(fails(found("ba", "cd", &[])), "another text");
        let twice = Found {
            drafts: 2,
            ..found("ab", "cd", &[])
        };
        assert!(fails(twice), "a draft too many");
    }

    #[test]
    fn of_two_windows_each_text_is_in_the_draft_or_a_version() {
        let look = |message: &str, is_saved| Look {
            at: Some(Instant::now()),
            is_saved,
            message: message.to_owned(),
            ..Look::default()
        };
        let fails = |versions: &[&str], is_saved| {
            let (mut typed, killed) = typed(&[], vec![look("there", is_saved)]);
            typed.two_windows = true;
            let found = Found {
                versions: versions.iter().map(|one| (*one).to_owned()).collect(),
                ..found("here", "", &[])
            };
            catch_unwind(|| judge(&typed, &found, killed, "seed")).is_err()
        };
        assert!(!fails(&["there and on"], true));
        assert!(!fails(&[], false), "unsaved and new");
        assert!(fails(&["other"], true));
    }
}
