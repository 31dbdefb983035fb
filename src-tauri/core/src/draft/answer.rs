//! Answering a message: the draft it makes, and what keeps the answer in its thread.

use serde::{Deserialize, Serialize};

use crate::{
    account::Account,
    address::Mailbox,
    document::{Block, Document, Inline},
    draft::{Content, MAX_SUBJECT_CHARS},
    id::AccountId,
    message::{Answered, checked_message_id},
};

/// The most Message-IDs of a thread that are named: the first and the last ones.
const MOST_REFERENCES: usize = 30;

/// What of a message is needed to answer it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answerable {
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Those of its thread before it, oldest first, without angle brackets.
    pub references: Vec<String>,
    /// The provider's thread.
    pub thread_id: Option<String>,
    /// Whom an answer goes to.
    pub to: Vec<Mailbox>,
    /// Whom it went to.
    pub recipients: Vec<Mailbox>,
}

/// Which message a draft answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answering {
    /// The account whose thread it is in.
    pub account: Option<AccountId>,
    /// The provider's thread there.
    pub thread_id: Option<String>,
    /// Its Message-ID, without angle brackets.
    pub message_id: String,
    /// Those of its thread before it, oldest first, without angle brackets.
    pub references: Vec<String>,
}

impl Answering {
    /// In-Reply-To and References of the answer (RFC 5322, 3.6.4); none where the message had no
    /// Message-ID that can be named. Malformed ones of others are passed over, and of a long
    /// thread the middle.
    pub fn headers(&self) -> Option<Answered> {
        let named = |id: &String| checked_message_id(&format!("<{id}>")).ok();
        let message_id = named(&self.message_id)?;
        let mut references: Vec<String> = self.references.iter().filter_map(named).collect();
        references.retain(|id| *id != message_id);
        if references.len() >= MOST_REFERENCES {
            let cut = references.len() - (MOST_REFERENCES - 2);
            references.drain(1..cut);
        }
        references.push(message_id.clone());
        Some(Answered {
            message_id,
            references,
        })
    }

    /// The provider's thread the answer joins when it leaves through `account`.
    pub fn thread_in(&self, account: AccountId) -> Option<&str> {
        let is_there = self.account == Some(account);
        self.thread_id.as_deref().filter(|_| is_there)
    }
}

/// The content of a draft that answers a message: to whoever wrote it, from the address it was
/// sent to, below an empty line what it said.
pub fn answer_to(
    message: &Answerable,
    subject: &str,
    who: &str,
    text: &str,
    account: Option<&Account>,
) -> Content {
    let from_address = account.and_then(|account| {
        let was_sent_to = |address: &str| {
            (message.recipients.iter())
                .any(|one| one.address.trim().eq_ignore_ascii_case(address.trim()))
        };
        let aliases = account.aliases.iter().map(|alias| &alias.address);
        aliases
            .into_iter()
            .find(|alias| was_sent_to(alias) && !was_sent_to(&account.email))
            .cloned()
    });
    let mut blocks = vec![Block::Paragraph(Vec::new())];
    let quoted = Document::from_text(text);
    if !text.trim().is_empty() {
        blocks.push(Block::Paragraph(vec![Inline::plain(format!(
            "{who} wrote:"
        ))]));
        blocks.push(Block::Blockquote(quoted.blocks().to_vec()));
    }
    Content {
        to: message.to.clone(),
        subject: reply_subject(subject),
        body: Document::new(blocks),
        account_id: account.map(|account| account.id),
        from_address,
        ..Content::default()
    }
}

/// "Re: " before a subject, once, whatever the other program's language calls it.
fn reply_subject(subject: &str) -> String {
    let subject = subject.trim();
    let marks = ["re:", "aw:", "sv:", "antw:", "odp:", "rif:", "r:"];
    let lower = subject.to_lowercase();
    let replied = match marks.iter().any(|mark| lower.starts_with(mark)) {
        true => subject.to_owned(),
        false => format!("Re: {subject}"),
    };
    replied.trim().chars().take(MAX_SUBJECT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answering(message_id: &str, references: &[&str]) -> Answering {
        Answering {
            account: Some(AccountId(uuid::Uuid::from_u128(1))),
            thread_id: Some("t1".into()),
            message_id: message_id.into(),
            references: references.iter().map(|id| (*id).to_owned()).collect(),
        }
    }

    #[test]
    fn an_answer_names_its_thread_and_nothing_malformed() {
        let headers =
            answering("3@x", &["1@x", "no id", "2@x\r\nBcc: e@x", "2@x", "3@x"]).headers();
        let headers = headers.unwrap();
        assert_eq!(headers.message_id, "<3@x>");
        assert_eq!(headers.references, ["<1@x>", "<2@x>", "<3@x>"]);
        assert_eq!(answering("", &["1@x"]).headers(), None);
        assert_eq!(answering("a b", &[]).headers(), None);
        let long: Vec<String> = (0..200).map(|n| format!("{n}@x")).collect();
        let long: Vec<&str> = long.iter().map(String::as_str).collect();
        let headers = answering("end@x", &long).headers().unwrap();
        assert_eq!(headers.references.len(), MOST_REFERENCES);
        assert_eq!(headers.references[0], "<0@x>", "the thread's beginning");
        assert_eq!(headers.references[MOST_REFERENCES - 2], "<199@x>");
    }

    #[test]
    fn another_account_knows_nothing_of_the_thread() {
        let answering = answering("1@x", &[]);
        assert_eq!(
            answering.thread_in(AccountId(uuid::Uuid::from_u128(1))),
            Some("t1")
        );
        assert_eq!(
            answering.thread_in(AccountId(uuid::Uuid::from_u128(2))),
            None
        );
    }

    #[test]
    fn subjects_are_marked_once() {
        for (subject, expect) in [
            ("Offer", "Re: Offer"),
            ("re: Offer", "re: Offer"),
            ("AW: Angebot", "AW: Angebot"),
            ("Research", "Re: Research"),
            ("", "Re:"),
        ] {
            assert_eq!(reply_subject(subject), expect);
        }
    }

    #[test]
    fn what_was_said_stands_quoted_below_an_empty_line() {
        let zoe = Mailbox {
            name: None,
            address: "zoe@example.org".into(),
        };
        let message = Answerable {
            to: vec![zoe.clone()],
            ..Answerable::default()
        };
        let content = answer_to(&message, "Offer", "Zoë", "Yes.\n\nTuesday?", None);
        assert_eq!(content.to, [zoe]);
        assert_eq!(
            content.body.to_text().trim_start(),
            "Zoë wrote:\n\n> Yes.\n>\n> Tuesday?"
        );
        assert!(matches!(content.body.blocks()[0], Block::Paragraph(ref text) if text.is_empty()));
        let empty = answer_to(&message, "Offer", "Zoë", " ", None);
        assert_eq!(empty.body.to_text(), "");
    }
}
