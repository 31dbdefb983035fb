//! The questions before a mail leaves.
//!
//! Each is a question, not a wall, except where sending could only be a mistake: nobody to send
//! to, an address that can't be one, a placeholder nobody filled. Text that is not the user's
//! own (the signature, quotations) promises nothing. A false alarm costs more than a find: who is
//! asked in vain three times doesn't read the fourth question. So a check says nothing where it
//! can't tell, and has at least as many examples in its tests that it must leave alone.
//!
//! [`CHECKS`] is the whole list; a new check is one more function in it. The words they know are
//! English and German; in other languages only what needs no words is found.

mod attachment;
mod facts;
mod greeting;
mod own;
mod placeholder;
mod recipients;

use crate::{
    draft::Draft,
    message::MAX_MESSAGE_BYTES,
    outbox::{Field, Place, SendCheck, SendQuestion},
    polish::unconfirmed::Unconfirmed,
};
use own::OwnText;

/// Gmail shows no more of a mail's HTML, in bytes ("message clipped", at 102 KB).
const CLIPPED_BYTES: usize = 102 * 1024;

/// A draft that is to be sent, and how large its mail is.
#[derive(Debug, Clone, Copy)]
pub struct ToSend<'a> {
    /// The draft.
    pub draft: &'a Draft,
    /// The whole frozen message, encoded, in bytes; 0 where that isn't known yet.
    pub encoded_bytes: usize,
    /// Its HTML part, before it is encoded, in bytes; 0 where that isn't known yet.
    pub html_bytes: usize,
    /// What polished texts changed in it without a yes of the user.
    pub unconfirmed: &'a Unconfirmed,
}

/// What a check looks at.
struct Mail<'a> {
    to_send: ToSend<'a>,
    own: OwnText,
}

impl Mail<'_> {
    fn draft(&self) -> &Draft {
        self.to_send.draft
    }
}

/// All checks, in the order in which their questions are shown.
const CHECKS: &[fn(&Mail<'_>) -> Option<SendQuestion>] = &[
    recipients::nobody,
    recipients::invalid,
    recipients::duplicate,
    recipients::many,
    no_subject,
    no_body,
    placeholder::unfilled,
    placeholder::leftover,
    greeting::wrong,
    facts::unconfirmed,
    attachment::missing,
    too_large,
    clipped,
];

/// What should be asked before a draft is sent; nothing where all is well.
pub fn check_send(to_send: ToSend<'_>) -> Vec<SendQuestion> {
    let mail = Mail {
        to_send,
        own: OwnText::of(&to_send.draft.body.0),
    };
    CHECKS.iter().filter_map(|check| check(&mail)).collect()
}

impl SendQuestion {
    /// A question about a part of the draft, which "send anyway" answers.
    fn new(kind: SendCheck, field: Field, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            blocking: false,
            place: Place { field, text: None },
        }
    }

    /// It is about these words, as they stand there.
    fn about(mut self, text: impl Into<String>) -> Self {
        self.place.text = Some(text.into());
        self
    }

    /// No answer gets past it.
    fn wall(mut self) -> Self {
        self.blocking = true;
        self
    }
}

fn no_subject(mail: &Mail<'_>) -> Option<SendQuestion> {
    mail.draft().subject.trim().is_empty().then(|| {
        SendQuestion::new(
            SendCheck::NoSubject,
            Field::Subject,
            "This mail has no subject.",
        )
    })
}

fn no_body(mail: &Mail<'_>) -> Option<SendQuestion> {
    mail.own
        .is_empty()
        .then(|| SendQuestion::new(SendCheck::NoBody, Field::Body, "This mail has no text."))
}

fn too_large(mail: &Mail<'_>) -> Option<SendQuestion> {
    let bytes = mail.to_send.encoded_bytes;
    (bytes > MAX_MESSAGE_BYTES).then(|| {
        SendQuestion::new(
            SendCheck::TooLarge,
            Field::Attachments,
            format!(
                "This mail has {} MB; many servers take no more than {} MB.",
                bytes.div_ceil(1_000_000),
                MAX_MESSAGE_BYTES / 1_000_000
            ),
        )
    })
}

fn clipped(mail: &Mail<'_>) -> Option<SendQuestion> {
    let bytes = mail.to_send.html_bytes;
    (bytes > CLIPPED_BYTES).then(|| {
        SendQuestion::new(
            SendCheck::ClippedByGmail,
            Field::Body,
            format!(
                "The text takes {} KB. Gmail shows the first 102 KB and cuts off the rest.",
                bytes.div_ceil(1024)
            ),
        )
    })
}

#[cfg(test)]
mod tests;
