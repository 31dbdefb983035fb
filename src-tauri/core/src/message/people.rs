//! People in a header: From, To, Cc and Bcc (RFC 5322, 3.4).
//!
//! lettre folds inside of a quoted name and cuts encoded words where some readers (GMime) lose the
//! rest of the name, so these headers are written here.

use std::fmt::Write;

use lettre::message::header::{HeaderName, HeaderValue};

use super::encoded_word;

/// Lines aim at 78 characters, as RFC 5322, 2.1.1 asks.
const LINE: usize = 78;

/// The header `name` with these people. Their names hold no control characters.
pub(super) fn header(name: &'static str, people: &[lettre::message::Mailbox]) -> HeaderValue {
    let mut encoded = String::new();
    let mut column = name.len() + 2;
    for (n, person) in people.iter().enumerate() {
        let mut tokens = person.name.as_deref().map(phrase).unwrap_or_default();
        let address = if tokens.is_empty() {
            person.email.to_string()
        } else {
            format!("<{}>", person.email)
        };
        let comma = if n + 1 < people.len() { "," } else { "" };
        tokens.push(format!("{address}{comma}"));
        for token in tokens {
            if encoded.is_empty() {
                column += token.len();
            } else if column + 1 + token.len() > LINE {
                encoded.push_str("\r\n ");
                column = 1 + token.len();
            } else {
                encoded.push(' ');
                column += 1 + token.len();
            }
            encoded.push_str(&token);
        }
    }
    let raw: lettre::message::Mailboxes = people.iter().cloned().collect();
    HeaderValue::dangerous_new_pre_encoded(
        HeaderName::new_from_ascii_str(name),
        raw.to_string(),
        encoded,
    )
}

/// A display name in pieces that a fold may come between.
fn phrase(name: &str) -> Vec<String> {
    if name.is_empty() {
        return Vec::new();
    }
    if !name.is_ascii() || name.contains("=?") {
        return encoded_word::words(name, encoded_word::LONGEST);
    }
    let is_atom = |word: &str| {
        !word.is_empty()
            && (word.bytes())
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    };
    if name.split(' ').all(is_atom) {
        return name.split(' ').map(str::to_owned).collect();
    }
    let mut quoted = String::from("\"");
    for character in name.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        // Writing to a String can't fail.
        _ = quoted.write_char(character);
    }
    quoted.push('"');
    vec![quoted]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(name: &str, people: &[(&str, &str)]) -> String {
        let people: Vec<_> = people
            .iter()
            .map(|(name, address)| {
                let name = Some((*name).to_owned()).filter(|name| !name.is_empty());
                lettre::message::Mailbox::new(name, address.parse().unwrap())
            })
            .collect();
        let mut headers = lettre::message::header::Headers::new();
        headers.insert_raw(header(Box::leak(name.to_owned().into_boxed_str()), &people));
        headers.to_string()
    }

    #[test]
    fn names_are_written_as_simply_as_they_can_be() {
        let check = |name: &str, expect: &str| {
            let found = written("To", &[(name, "a@example.org")]);
            assert_eq!(found, format!("To: {expect}\r\n"), "{name:?}");
        };
        check("", "a@example.org");
        check("Ada Lovelace", "Ada Lovelace <a@example.org>");
        check("Lovelace, Ada", "\"Lovelace, Ada\" <a@example.org>");
        check("A \"x\" \\", "\"A \\\"x\\\" \\\\\" <a@example.org>");
        check("Zoë", "=?utf-8?q?Zo=C3=AB?= <a@example.org>");
        check(
            "=?utf-8?q?x?=",
            "=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?= <a@example.org>",
        );
    }

    #[test]
    fn lists_are_folded_between_people_and_words_never_inside_quotes() {
        let people: Vec<_> = (0..20)
            .map(|_| ("Lovelace, Augusta Ada King", "ada@example.org"))
            .collect();
        let text = written("Cc", &people);
        let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
        assert!(lines.len() > 10);
        for line in lines {
            assert!(line.len() <= 78, "{line}");
            assert_eq!(line.matches('"').count() % 2, 0, "{line}");
        }
    }
}
