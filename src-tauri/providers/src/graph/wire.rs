//! The JSON of Graph's messages, as far as it is needed (Graph v1.0, resource type `message`).

use draftwell_core::{address::Mailbox, message::Addressed};
use serde::Deserialize;
use serde_json::{Value, json};

/// A message, as much of it as was asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Message {
    /// Immutable, as every request asks for such ids.
    pub(super) id: String,
    pub(super) is_draft: Option<bool>,
    pub(super) conversation_id: Option<String>,
    #[serde(default)]
    pub(super) to_recipients: Vec<Recipient>,
    #[serde(default)]
    pub(super) cc_recipients: Vec<Recipient>,
    #[serde(default)]
    pub(super) bcc_recipients: Vec<Recipient>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Recipient {
    email_address: EmailAddress,
}

#[derive(Debug, Deserialize)]
struct EmailAddress {
    address: Option<String>,
}

/// A page of messages.
#[derive(Debug, Deserialize)]
pub(super) struct Messages {
    pub(super) value: Vec<Message>,
}

/// What of an upload is still to come, as ranges: `["3932160-5242879"]` or `["3932160"]`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Session {
    /// Where the bytes go, without a token: it opens the door itself.
    pub(super) upload_url: Option<String>,
    #[serde(default)]
    next_expected_ranges: Vec<String>,
}

impl Session {
    /// The first byte that is still to come.
    pub(super) fn next(&self) -> Option<usize> {
        let range = self.next_expected_ranges.first()?;
        range.split('-').next()?.trim().parse().ok()
    }
}

impl Message {
    pub(super) fn is_unsent(&self) -> bool {
        self.is_draft == Some(true)
    }

    /// Whether it goes to exactly these.
    pub(super) fn goes_to(&self, wanted: &Addressed) -> bool {
        self.lists(wanted).into_iter().all(|(has, wants)| {
            let mut has: Vec<_> = has.iter().map(Recipient::key).collect();
            let mut wants: Vec<_> = (wants.iter())
                .map(|one| one.address.to_ascii_lowercase())
                .collect();
            has.sort_unstable();
            wants.sort_unstable();
            has == wants
        })
    }

    /// Whether it goes to as many. (Exchange may know somebody by another address.)
    pub(super) fn goes_to_as_many(&self, wanted: &Addressed) -> bool {
        (self.lists(wanted).into_iter()).all(|(has, wants)| has.len() == wants.len())
    }

    fn lists<'a>(&'a self, wanted: &'a Addressed) -> [(&'a [Recipient], &'a [Mailbox]); 3] {
        [
            (&self.to_recipients, &wanted.to),
            (&self.cc_recipients, &wanted.cc),
            (&self.bcc_recipients, &wanted.bcc),
        ]
    }
}

impl Recipient {
    fn key(&self) -> String {
        let address = self.email_address.address.as_deref();
        address.unwrap_or_default().to_ascii_lowercase()
    }
}

/// The recipients of a message, to be set.
pub(super) fn recipients(wanted: &Addressed) -> Value {
    let list = |people: &[Mailbox]| -> Value {
        let one = |one: &Mailbox| {
            let mut address = json!({ "address": one.address });
            if let Some(name) = &one.name {
                address["name"] = name.as_str().into();
            }
            json!({ "emailAddress": address })
        };
        people.iter().map(one).collect()
    };
    json!({
        "toRecipients": list(&wanted.to),
        "ccRecipients": list(&wanted.cc),
        "bccRecipients": list(&wanted.bcc),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_still_to_come_of_an_upload() {
        let check = |json: &str, expect: Option<usize>| {
            let session: Session = serde_json::from_str(json).unwrap();
            assert_eq!(session.next(), expect, "{json}");
        };
        check(
            r#"{"nextExpectedRanges":["327680-5242879"]}"#,
            Some(327_680),
        );
        check(r#"{"nextExpectedRanges":["26"]}"#, Some(26));
        check(r#"{"nextExpectedRanges":["0-"]}"#, Some(0));
        check(r#"{"nextExpectedRanges":[]}"#, None);
        check(r#"{"nextExpectedRanges":["-5"]}"#, None);
        check("{}", None);
    }
}
