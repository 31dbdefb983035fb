//! Mail addresses: reading what people type or paste, and judging it.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::message::{clean_header, wire_address};

/// A recipient or sender: an address and, where known, a display name (RFC 5322, 3.4).
///
/// In a draft the address may still be anything that was typed, so that not a character is lost;
/// [`Mailbox::is_valid`] must hold before it is sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Mailbox {
    /// Display name, without quotes or encoding.
    #[serde(default)]
    pub name: Option<String>,
    /// `local@domain`.
    pub address: String,
}

impl Mailbox {
    /// Reads what people type or paste into To, Cc and Bcc: addresses with or without a name,
    /// separated by commas, semicolons or line ends. A piece that is nothing of the kind becomes
    /// a mailbox with that piece as its address, so that it is shown, judged and can be
    /// corrected.
    pub fn parse_list(text: &str) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        let mut pieces = split(text).into_iter().peekable();
        while let Some(Piece { text, ended_by }) = pieces.next() {
            // `Lovelace, Ada <ada@example.org>`, as some programs write names: the comma belongs
            // to the name, because what stands before it is no address.
            if ended_by == Some(',')
                && !text.contains(['@', '<', '"'])
                && let Some(next) = pieces.next_if(|next| {
                    !next.text.starts_with(['<', '"'])
                        && Self::with_name(next.text).is_some_and(|next| next.name.is_some())
                })
                && let Some(mut mailbox) = Self::with_name(next.text)
            {
                let given = mailbox.name.unwrap_or_default();
                mailbox.name = name(&format!("{text}, {given}"));
                out.push(mailbox);
                continue;
            }
            if let Some(mailbox) = Self::with_name(text) {
                out.push(mailbox);
            } else if text.split_whitespace().all(|word| word.contains('@')) {
                out.extend(text.split_whitespace().map(Self::bare));
            } else {
                out.push(Self::bare(text));
            }
        }
        out
    }

    fn bare(address: &str) -> Self {
        let address = match address.split_at_checked(7) {
            // One that leads to nobody is kept as it is.
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto:") && !rest.is_empty() => {
                rest
            }
            _ => address,
        };
        Self {
            name: None,
            address: address.to_owned(),
        }
    }

    /// `Ada <ada@example.org>` or, as it was once written, `ada@example.org (Ada)`.
    fn with_name(piece: &str) -> Option<Self> {
        let (phrase, address) = if let Some(rest) = piece.strip_suffix('>') {
            rest.rsplit_once('<')?
        } else {
            let (address, comment) = piece.strip_suffix(')')?.split_once('(')?;
            if address.trim().contains(char::is_whitespace) {
                return None;
            }
            (comment, address)
        };
        let address = address.trim();
        // A part in quotes before the @ is allowed by the letter (RFC 5321, 4.1.2), and no such
        // address can be sent to; it is kept for the user to see.
        if !address.contains('@') || address.contains(char::is_whitespace) {
            return None;
        }
        Some(Self {
            name: name(&unquoted(phrase.trim())).filter(|name| name != address),
            ..Self::bare(address)
        })
    }

    /// Whether it can be sent to: an address mail servers take (see
    /// [`wire_address`]), in a domain that has a dot.
    pub fn is_valid(&self) -> bool {
        wire_address(&self.address).is_some_and(|address| {
            address
                .rsplit_once('@')
                .is_some_and(|(_, domain)| domain.contains('.'))
        })
    }

    /// The address for comparing: the domain in lower case and as mail servers know it, the part
    /// before the `@` as it is (only its server knows whether case matters; RFC 5321, 2.4).
    pub fn key(&self) -> String {
        wire_address(&self.address).unwrap_or_else(|| {
            let address = self.address.trim();
            match address.rsplit_once('@') {
                Some((local, domain)) => format!("{local}@{}", domain.to_lowercase()),
                None => address.to_owned(),
            }
        })
    }

    /// The mailbox as people write it, name and address, the name in quotes where it needs them
    /// (RFC 5322, 3.4). Not encoded: headers are written in [`crate::message`].
    pub fn display(&self) -> String {
        let name = self.name.as_deref().map(clean_header).unwrap_or_default();
        let address = clean_header(&self.address);
        if name.is_empty() {
            return address;
        }
        let special = |c: char| "()<>[]:;@\\,\"；，".contains(c);
        if name.contains(special) || (name.starts_with('\'') && name.ends_with('\'')) {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{name}\" <{address}>")
        } else {
            format!("{name} <{address}>")
        }
    }

    /// The same without what may not stand in a header (see
    /// [`clean_header`]), an empty name being none.
    #[must_use]
    pub fn cleaned(&self) -> Self {
        Self {
            name: self.name.as_deref().and_then(name),
            address: clean_header(&self.address),
        }
    }
}

fn name(text: &str) -> Option<String> {
    Some(clean_header(text)).filter(|name| !name.is_empty())
}

/// A name without the quotes around it.
fn unquoted(phrase: &str) -> String {
    let inner = |quote: char| {
        phrase
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote))
    };
    if let Some(text) = inner('"') {
        let mut out = String::with_capacity(text.len());
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            out.push(if c == '\\' {
                chars.next().unwrap_or('\\')
            } else {
                c
            });
        }
        return out;
    }
    inner('\'').unwrap_or(phrase).to_owned()
}

struct Piece<'a> {
    text: &'a str,
    /// The separator behind it.
    ended_by: Option<char>,
}

/// Cuts a list at its separators, except in quotes, angle brackets and parentheses that close
/// again on the same line.
fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        match c {
            ',' | ';' | '\n' | '\r' | '，' | '；' => {
                pieces.push((start, at, Some(c)));
                start = at + c.len_utf8();
            }
            '"' => skip_to = closing(text, at, '"').unwrap_or(at),
            '<' => skip_to = closing(text, at, '>').unwrap_or(at),
            '(' => skip_to = closing(text, at, ')').unwrap_or(at),
            _ => {}
        }
    }
    pieces.push((start, text.len(), None));
    pieces
        .into_iter()
        .map(|(from, to, ended_by)| Piece {
            text: text[from..to].trim(),
            ended_by,
        })
        .filter(|piece| !piece.text.is_empty())
        .collect()
}

/// The place behind the character that closes what is opened at `open`, on the same line.
fn closing(text: &str, open: usize, close: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text[open + 1..].char_indices() {
        match c {
            '\n' | '\r' => return None,
            // Nothing stands in brackets that begins another one: the first was a slip.
            '<' if close == '>' => return None,
            _ if escaped => escaped = false,
            '\\' if close == '"' => escaped = true,
            c if c == close => return Some(open + 1 + at + c.len_utf8()),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str, expect: &[(&str, &str)]) {
        let found: Vec<(String, String)> = Mailbox::parse_list(text)
            .into_iter()
            .map(|mailbox| (mailbox.name.unwrap_or_default(), mailbox.address))
            .collect();
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(name, address)| (name.as_str(), address.as_str()))
            .collect();
        assert_eq!(found, expect, "{text:?}");
    }

    #[test]
    fn lists_are_read_as_people_write_them() {
        check("", &[]);
        check(" ,;\n\r\n, ", &[]);
        check("ada@example.org", &[("", "ada@example.org")]);
        check(
            "Ada Lovelace <ada@example.com>, \"Lovelace, Ada\" <a@b.c>; bob@x.org\nGrüße GmbH <info@bücher.example>",
            &[
                ("Ada Lovelace", "ada@example.com"),
                ("Lovelace, Ada", "a@b.c"),
                ("", "bob@x.org"),
                ("Grüße GmbH", "info@bücher.example"),
            ],
        );
        check("<a@b.c>,<d@e.f>", &[("", "a@b.c"), ("", "d@e.f")]);
        check(
            "a@b.c d@e.f\tg@h.i",
            &[("", "a@b.c"), ("", "d@e.f"), ("", "g@h.i")],
        );
        check("mailto:ada@example.org", &[("", "ada@example.org")]);
        check(
            "ada@example.org (Ada, the Countess)",
            &[("Ada, the Countess", "ada@example.org")],
        );
        check("'Ada' <a@b.c>", &[("Ada", "a@b.c")]);
        check("\"a \\\"b\\\" \\\\\" <a@b.c>", &[("a \"b\" \\", "a@b.c")]);
        check("a@b.c <a@b.c>", &[("", "a@b.c")]);
        check(
            "田中，a@b.c；d@e.f",
            &[("", "田中"), ("", "a@b.c"), ("", "d@e.f")],
        );
    }

    #[test]
    fn a_comma_in_a_name_belongs_to_it() {
        check(
            "Lovelace, Ada <ada@b.c>; Babbage, Charles <c@b.c>",
            &[("Lovelace, Ada", "ada@b.c"), ("Babbage, Charles", "c@b.c")],
        );
        check(
            "bob@x.org, Ada <ada@b.c>",
            &[("", "bob@x.org"), ("Ada", "ada@b.c")],
        );
        check("Bob; Ada <ada@b.c>", &[("", "Bob"), ("Ada", "ada@b.c")]);
        check("Bob, <ada@b.c>", &[("", "Bob"), ("", "ada@b.c")]);
    }

    #[test]
    fn what_cannot_be_read_is_kept() {
        for text in [
            "Bob",
            "Ada <ada",
            "a b@c.d e",
            "Ada <>",
            "<",
            "@",
            "Ada <a b@c.d>",
            "x <a@b.c> y",
            "mailto:",
        ] {
            check(text, &[("", text)]);
        }
        // A quote that never ends protects nothing.
        check(
            "\"Ada <a@b.c>, bob@x.org",
            &[("\"Ada", "a@b.c"), ("", "bob@x.org")],
        );
        check("a <b@c.d, e@f.g", &[("", "a <b@c.d"), ("", "e@f.g")]);
    }

    #[test]
    fn names_carry_nothing_that_fools_a_header() {
        let list = Mailbox::parse_list("\"Ada\u{202E}gpj\0.exe\" <a@b.c>");
        assert_eq!(list[0].name.as_deref(), Some("Adagpj .exe"));
        let mailbox = Mailbox {
            name: Some("Ada\r\nBcc: eve@x.org".into()),
            address: "a@b.c\r\nX: y".into(),
        };
        assert!(!mailbox.is_valid());
        assert!(!mailbox.display().contains(['\r', '\n']));
        assert_eq!(
            mailbox.cleaned().name.as_deref(),
            Some("Ada Bcc: eve@x.org")
        );
    }

    #[test]
    fn validity() {
        for (address, valid) in [
            ("ada@example.org", true),
            ("ada+x@bücher.example", true),
            ("ADA@EXAMPLE.ORG", true),
            ("ada@localhost", false),
            ("ada", false),
            ("ada@", false),
            ("@example.org", false),
            ("a b@example.org", false),
            ("ada@example..org", false),
        ] {
            let mailbox = Mailbox {
                name: None,
                address: address.into(),
            };
            assert_eq!(mailbox.is_valid(), valid, "{address:?}");
        }
    }

    #[test]
    fn keys_compare_domains_without_case() {
        let key = |address: &str| {
            Mailbox {
                name: None,
                address: address.into(),
            }
            .key()
        };
        assert_eq!(key("Ada@Example.ORG "), "Ada@example.org");
        assert_eq!(key("x@BÜCHER.example"), key("x@xn--bcher-kva.example"));
        assert_ne!(key("ada@example.org"), key("Ada@example.org"));
        assert_eq!(key("Ada @Example.ORG"), "Ada @example.org");
        assert_eq!(key("Ada"), "Ada");
    }

    proptest! {
            #[test]
            fn what_is_displayed_is_read_again(name in "\\PC{0,20}", local in "[a-z]{1,8}") {
                let mailbox = Mailbox {
                    name: Some(name),
                    address: format!("{local}@example.org"),
                }
                .cleaned();
                prop_assert_eq!(Mailbox::parse_list(&mailbox.display()), vec![mailbox]);
            }

            #[test]
            fn any_text_is_a_list(text in "(\\PC|[<>\"@,;\n() ]){0,40}") {
                let list = Mailbox::parse_list(&text);
                prop_assert!(list.iter().all(|mailbox| !mailbox.address.is_empty()));
            }

            #[test]
            fn no_letter_is_lost(text in "[a-zé@<>\",;\n ().]{0,40}") {
                let letters = |text: &str| {
                    let mut letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
                    letters.sort_unstable();
                    letters
                };
                let mut kept = String::new();
                for mailbox in Mailbox::parse_list(&text) {
                    kept.push_str(mailbox.name.as_deref().unwrap_or_default());
                    kept.push_str(&mailbox.address);
                }
                let (kept, typed) = (letters(&kept), letters(&text));
    prop_assert_eq!(kept, typed);
            }
        }
}
