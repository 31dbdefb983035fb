//! Reading `mailto:` links (RFC 6068).
//!
//! A link may come from any web page, so it can only fill the fields a person sees before
//! sending: To, Cc, Bcc, Subject and the text. Every other header field is left out, as section
//! 4 of the RFC asks, and so are attachments.

use crate::address::Mailbox;

/// What a link asks to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mailto {
    /// To: the link's path and its `to` fields.
    pub to: Vec<Mailbox>,
    /// Cc.
    pub cc: Vec<Mailbox>,
    /// Bcc.
    pub bcc: Vec<Mailbox>,
    /// Subject, on one line.
    pub subject: String,
    /// Plain text, its lines ended by `\n`.
    pub body: String,
}

impl Mailto {
    /// Reads a link; `None` if it isn't a `mailto:` one.
    ///
    /// ```
    /// # use draftwell_core::mailto::Mailto;
    /// let link = Mailto::parse("mailto:ada@example.com?subject=Tea%20at%204").unwrap();
    /// assert_eq!(link.to[0].address, "ada@example.com");
    /// assert_eq!(link.subject, "Tea at 4");
    /// ```
    pub fn parse(link: &str) -> Option<Self> {
        let (scheme, rest) = link.trim().split_once(':')?;
        if !scheme.eq_ignore_ascii_case("mailto") {
            return None;
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut mail = Self {
            to: addresses(path),
            ..Self::default()
        };
        // Links copied out of HTML source often still carry `&amp;`.
        let query = query.replace("&amp;", "&");
        for (name, value) in query.split('&').filter_map(|field| field.split_once('=')) {
            match decode(name).to_ascii_lowercase().as_str() {
                "to" => mail.to.extend(addresses(value)),
                "cc" => mail.cc.extend(addresses(value)),
                "bcc" => mail.bcc.extend(addresses(value)),
                "subject" => mail.subject = one_line(&decode(value)),
                "body" => mail.body.push_str(&lines(&decode(value))),
                _ => {}
            }
        }
        Some(mail)
    }
}

/// Addresses are separated by commas that are themselves not percent-encoded (section 2).
fn addresses(value: &str) -> Vec<Mailbox> {
    value
        .split(',')
        .map(|part| one_line(&decode(part)).trim().to_owned())
        .filter(|address| !address.is_empty())
        .map(|address| Mailbox {
            name: None,
            address,
        })
        .collect()
}

/// Percent-decodes as UTF-8. A `+` stays a plus sign (section 5, unlike in web forms), and a
/// malformed escape stays as it was written.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%')
            .then(|| bytes.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escape {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn one_line(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| *c == '\n' || *c == '\t' || !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(link: &str, to: &[&str], subject: &str, body: &str) {
        let mail = Mailto::parse(link).unwrap();
        let found: Vec<&str> = mail
            .to
            .iter()
            .map(|mailbox| mailbox.address.as_str())
            .collect();
        assert_eq!(found, to, "recipients of {link}");
        assert_eq!(mail.subject, subject, "subject of {link}");
        assert_eq!(mail.body, body, "text of {link}");
    }

    #[test]
    fn the_examples_of_the_rfc_are_read() {
        check("mailto:chris@example.com", &["chris@example.com"], "", "");
        check(
            "mailto:list@example.org?In-Reply-To=%3C3469A91.D10AF4C@example.com%3E",
            &["list@example.org"],
            "",
            "",
        );
        check(
            "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index",
            &["infobot@example.com"],
            "",
            "send current-issue\nsend index",
        );
        check(
            "mailto:?to=addr1@an.example,addr2@an.example",
            &["addr1@an.example", "addr2@an.example"],
            "",
            "",
        );
        check(
            "mailto:gorby%25kremvax@example.com",
            &["gorby%kremvax@example.com"],
            "",
            "",
        );
        check(
            "mailto:user@example.org?subject=caf%C3%A9",
            &["user@example.org"],
            "café",
            "",
        );
    }

    #[test]
    fn a_plus_sign_is_not_a_space() {
        check(
            "mailto:bob+list@example.com?subject=1+1",
            &["bob+list@example.com"],
            "1+1",
            "",
        );
    }

    #[test]
    fn a_link_cannot_smuggle_header_fields() {
        check(
            "mailto:a@b.example?subject=Hi%0D%0ABcc:%20evil@x.example&attach=/etc/passwd&From=x@y.z",
            &["a@b.example"],
            "Hi  Bcc: evil@x.example",
            "",
        );
        let mail = Mailto::parse("mailto:a@b.example%0D%0ABcc:evil@x.example").unwrap();
        assert!(!mail.to[0].address.contains(['\r', '\n']));
        assert!(mail.bcc.is_empty());
    }

    #[test]
    fn damaged_escapes_stay_as_they_are() {
        check(
            "mailto:a@b.c?subject=100%&body=%zz%4",
            &["a@b.c"],
            "100%",
            "%zz%4",
        );
        check("mailto:a@b.c?subject=%ff", &["a@b.c"], "\u{fffd}", "");
    }

    #[test]
    fn other_links_are_not_taken() {
        assert_eq!(Mailto::parse("https://example.com"), None);
        assert_eq!(Mailto::parse("mailto"), None);
    }
}
