//! Reading `mailto:` links (RFC 6068).
//!
//! A link may come from any web page, so it can only fill the fields a person sees before
//! sending: To, Cc, Bcc, Subject and the text. Every other header field is left out, as section
//! 4 of the RFC asks, and so are attachments; the user is told.

use crate::{
    address::Mailbox,
    draft::{MAX_RECIPIENTS, MAX_SUBJECT_CHARS},
};

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
    /// Names of the other fields the link has, in lower case, each once.
    pub left_out: Vec<String>,
    /// Whether the subject was cut, or recipients left out, because there was too much of them.
    pub cut: bool,
}

/// The most left-out fields that are named.
const MOST_NAMED: usize = 5;

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
                other => mail.leave_out(other),
            }
        }
        mail.shorten();
        Some(mail)
    }

    fn leave_out(&mut self, name: &str) {
        let name: String = one_line(name).trim().chars().take(40).collect();
        if !name.is_empty() && !self.left_out.contains(&name) {
            self.left_out.push(name);
        }
    }

    /// Keeps to what a draft may have.
    fn shorten(&mut self) {
        if self.subject.chars().count() > MAX_SUBJECT_CHARS {
            self.subject = self.subject.chars().take(MAX_SUBJECT_CHARS).collect();
            self.cut = true;
        }
        let mut room = MAX_RECIPIENTS;
        for list in [&mut self.to, &mut self.cc, &mut self.bcc] {
            self.cut |= list.len() > room;
            list.truncate(room);
            room -= list.len();
        }
    }

    /// What the user should know, one sentence each.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let attaches = |name: &&String| name.starts_with("attach");
        if self.left_out.iter().any(|name| attaches(&name)) {
            notes.push(
                "The link asked to attach a file. Draftwell attaches only what you choose."
                    .to_owned(),
            );
        }
        let others: Vec<_> = (self.left_out.iter())
            .filter(|name| !attaches(name))
            .map(|name| format!("“{name}”"))
            .collect();
        if !others.is_empty() {
            let more = if others.len() > MOST_NAMED {
                " and others"
            } else {
                ""
            };
            let named = others[..others.len().min(MOST_NAMED)].join(", ");
            notes.push(format!(
                "The link also set {named}{more}. That was left out."
            ));
        }
        if self.cut {
            notes.push(
                "The link had more recipients or a longer subject than a mail can have. Look what \
                 is missing."
                    .to_owned(),
            );
        }
        notes
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
pub(crate) fn decode(text: &str) -> String {
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

    /// The forms that section 6 shows, with names and words of our own.
    #[test]
    fn the_forms_of_the_rfc_are_read() {
        for (link, to, subject, body) in [
            ("mailto:ada@example.com", &["ada@example.com"][..], "", ""),
            ("mailto:", &[], "", ""),
            ("mailto:?", &[], "", ""),
            (" MailTo:ada@example.com ", &["ada@example.com"], "", ""),
            (
                "mailto:ada@example.com?subject=our%20offer",
                &["ada@example.com"],
                "our offer",
                "",
            ),
            (
                "mailto:robot@example.com?body=first%20line",
                &["robot@example.com"],
                "",
                "first line",
            ),
            (
                "mailto:robot@example.com?body=help%0D%0Alist%20all",
                &["robot@example.com"],
                "",
                "help\nlist all",
            ),
            (
                "mailto:ada@example.com?body=a%0Ab%0Dc",
                &["ada@example.com"],
                "",
                "a\nb\nc",
            ),
            (
                "mailto:ada@example.com?cc=x%40y.org&body=hi",
                &["ada@example.com"],
                "",
                "hi",
            ),
            // Several, in the path, in a field, and in both.
            ("mailto:a@x.org,b@x.org", &["a@x.org", "b@x.org"], "", ""),
            (
                "mailto:?to=a@x.org,b@x.org",
                &["a@x.org", "b@x.org"],
                "",
                "",
            ),
            ("mailto:a@x.org?to=b@x.org", &["a@x.org", "b@x.org"], "", ""),
            (
                "mailto:a@x.org,,b@x.org,?to=",
                &["a@x.org", "b@x.org"],
                "",
                "",
            ),
            // Names of fields are compared without case, and may be encoded themselves.
            (
                "mailto:?TO=a@x.org&SubJect=x&%62ody=y",
                &["a@x.org"],
                "x",
                "y",
            ),
            // What means something in a link is encoded to mean nothing.
            (
                "mailto:50%25off%3F%26@example.com",
                &["50%off?&@example.com"],
                "",
                "",
            ),
            (
                "mailto:%22a%2Cb%22@example.com",
                &["\"a,b\"@example.com"],
                "",
                "",
            ),
            (
                "mailto:a@x.org?subject=a%26b%3Dc%23d",
                &["a@x.org"],
                "a&b=c#d",
                "",
            ),
            ("mailto:a@x.org?subject=a=b", &["a@x.org"], "a=b", ""),
            ("mailto:a@x.org?subject=x#part", &["a@x.org"], "x", ""),
            // In HTML the ampersand is encoded; some copy it so.
            (
                "mailto:a@x.org?cc=c@x.org&amp;body=hi",
                &["a@x.org"],
                "",
                "hi",
            ),
            // Other scripts, in a subject and in a domain.
            ("mailto:a@x.org?subject=th%C3%A9", &["a@x.org"], "thé", ""),
            ("mailto:a@x.org?subject=thé", &["a@x.org"], "thé", ""),
            (
                "mailto:a@%E4%BE%8B%E3%81%88.jp?body=%E2%9C%93",
                &["a@例え.jp"],
                "",
                "✓",
            ),
            (
                "mailto:a@x.org?body=one&body=%0Atwo",
                &["a@x.org"],
                "",
                "one\ntwo",
            ),
            ("mailto:a@x.org?subject&body", &["a@x.org"], "", ""),
        ] {
            check(link, to, subject, body);
        }
        let mail = Mailto::parse("mailto:?cc=c@x.org,d@x.org&BCC=b%2Bx@x.org").unwrap();
        let addresses = |list: &[Mailbox]| {
            list.iter()
                .map(|one| one.address.clone())
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(addresses(&mail.cc), "c@x.org d@x.org");
        assert_eq!(addresses(&mail.bcc), "b+x@x.org");
    }

    #[test]
    fn other_fields_are_left_out_and_told() {
        let mail = Mailto::parse(
            "mailto:a@x.org?In-Reply-To=%3C1@x.org%3E&From=eve@x.org&attach=/etc/passwd&\
             Attachment=x&X-Y%0D%0ABcc=e@x.org&from=again&Content-Type=text/html",
        )
        .unwrap();
        assert_eq!(
            mail.left_out,
            [
                "in-reply-to",
                "from",
                "attach",
                "attachment",
                "x-y  bcc",
                "content-type"
            ]
        );
        assert_eq!(
            mail.notes(),
            [
                "The link asked to attach a file. Draftwell attaches only what you choose.",
                "The link also set “in-reply-to”, “from”, “x-y  bcc”, “content-type”. That was left out.",
            ]
        );
        assert!(mail.bcc.is_empty());
        let many: String = (0..9).map(|n| format!("x-{n}=1&")).collect();
        let notes = Mailto::parse(&format!("mailto:?{many}")).unwrap().notes();
        assert!(notes[0].contains("“x-4” and others. That"), "{notes:?}");
        assert!(
            Mailto::parse("mailto:a@x.org?subject=x")
                .unwrap()
                .notes()
                .is_empty()
        );
    }

    #[test]
    fn very_long_links_keep_to_what_a_draft_may_have() {
        let long = format!(
            "mailto:{}?subject={}&body={}",
            "a@x.org,".repeat(1_500),
            "%C3%BC".repeat(5_000),
            "word%20".repeat(100_000)
        );
        let mail = Mailto::parse(&long).unwrap();
        assert_eq!(mail.to.len(), MAX_RECIPIENTS);
        assert_eq!(mail.subject, "ü".repeat(MAX_SUBJECT_CHARS));
        assert_eq!(mail.body.len(), 500_000);
        assert_eq!(mail.notes().len(), 1, "told: {:?}", mail.notes());
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
        check(
            "mailto:a@b.c?body=x%C3%28%E2%82y%00z",
            &["a@b.c"],
            "",
            "x\u{fffd}(\u{fffd}yz",
        );
    }

    #[test]
    fn other_links_are_not_taken() {
        assert_eq!(Mailto::parse("https://example.com"), None);
        assert_eq!(Mailto::parse("mailto"), None);
    }
}
