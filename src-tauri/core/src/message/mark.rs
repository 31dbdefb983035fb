//! Recognising a mail of ours at a provider that gave it another name.
//!
//! Gmail's API puts a Message-ID of its own in the place of ours and keeps no trace of it. What it
//! does keep is the body, and so the boundaries of our parts, which are made of the Message-ID
//! (see [`super::freeze`]) and which no other mail has.

use mail_parser::{Message, MessageParser};

use super::boundary;
use crate::UnixMillis;

/// The kinds of parts a message of ours may be made of.
const KINDS: &[&str] = &["alternative", "related", "mixed"];

/// What one frozen message, and no other, has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    message_id: String,
}

impl Mark {
    /// Of the message with this Message-ID, with or without its angle brackets.
    pub fn of(message_id: &str) -> Self {
        let bare = message_id.trim().trim_matches(['<', '>']);
        Self {
            message_id: format!("<{bare}>"),
        }
    }

    /// Of frozen bytes; none where they have no Message-ID.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        header(bytes)?.message_id().map(Self::of)
    }

    /// Whether a message with these header fields is the one: the same Message-ID, or our
    /// boundary in its Content-Type.
    pub fn is_on(&self, message_id: Option<&str>, content_type: Option<&str>) -> bool {
        let same_id = message_id.is_some_and(|id| Self::of(id) == *self);
        let has_boundary = |content_type: &str| {
            KINDS
                .iter()
                .any(|kind| content_type.contains(&boundary(kind, &self.message_id)))
        };
        same_id || content_type.is_some_and(has_boundary)
    }
}

/// The Date of frozen bytes.
pub fn written_at(bytes: &[u8]) -> Option<UnixMillis> {
    let seconds = header(bytes)?.date()?.to_timestamp();
    Some(UnixMillis(seconds.saturating_mul(1000)))
}

fn header(bytes: &[u8]) -> Option<Message<'_>> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let head = &bytes[..end.map_or(bytes.len(), |end| end + 4)];
    MessageParser::default().parse_headers(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        address::Mailbox,
        message::{AttachedPart, Composition, freeze, redate},
    };

    fn mail(message_id: &str, attached: Vec<AttachedPart>) -> Vec<u8> {
        let mailbox = |address: &str| Mailbox {
            name: None,
            address: address.into(),
        };
        freeze(&Composition {
            from: mailbox("ada@example.com"),
            to: vec![mailbox("zoe@example.org")],
            cc: vec![],
            bcc: vec![],
            subject: "Hello".into(),
            text: "Hello Zoë".into(),
            html: "<p>Hello Zoë</p>".into(),
            inline: vec![],
            attached,
            date: UnixMillis(1_760_000_000_000),
            message_id: message_id.into(),
            answers: None,
        })
        .unwrap()
    }

    fn field(bytes: &[u8], name: &str) -> String {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let text = text.replace("\r\n ", " ");
        let mut lines = text.lines().filter_map(|line| line.split_once(": "));
        let (_, value) = lines.find(|(found, _)| *found == name).unwrap();
        value.to_owned()
    }

    #[test]
    fn a_mail_is_known_by_its_parts_when_its_id_was_changed() {
        let file = AttachedPart {
            file_name: "a.txt".into(),
            mime: "text/plain".into(),
            bytes: b"a".to_vec(),
        };
        for attached in [vec![], vec![file]] {
            let ours = mail("<1@example.com>", attached.clone());
            let other = mail("<2@example.com>", attached);
            let mark = Mark::of_bytes(&ours).unwrap();
            let gmails = Some("<CAF-x@mail.gmail.com>");
            assert!(mark.is_on(gmails, Some(&field(&ours, "Content-Type"))));
            assert!(!mark.is_on(gmails, Some(&field(&other, "Content-Type"))));
            assert!(mark.is_on(Some(&field(&ours, "Message-ID")), None));
            assert!(!mark.is_on(Some(&field(&other, "Message-ID")), None));
            assert!(!mark.is_on(None, None));
        }
    }

    #[test]
    fn another_date_leaves_the_mark() {
        let ours = mail("<1@example.com>", vec![]);
        let mut later = ours.clone();
        redate(&mut later, UnixMillis(1_770_000_000_000)).unwrap();
        assert_eq!(Mark::of_bytes(&later), Mark::of_bytes(&ours));
        assert_eq!(Mark::of_bytes(&ours), Some(Mark::of("1@example.com")));
        assert_eq!(Mark::of_bytes(b"no mail"), None);
        assert_eq!(written_at(&later), Some(UnixMillis(1_770_000_000_000)));
    }
}
