//! Whom it goes to: nobody, no address, one twice, too many who would see each other.

use std::collections::HashSet;

use super::Mail;
use crate::{
    address::Mailbox,
    draft::Draft,
    message::{clean_header, needs_utf8},
    outbox::{Field, SendCheck, SendQuestion},
};

/// From so many in To and Cc on Bcc is suggested, unless they all are of one house.
const MANY: usize = 10;

/// Everybody, and in which field.
fn everybody(draft: &Draft) -> impl Iterator<Item = (Field, &Mailbox)> {
    [
        (Field::To, &draft.to),
        (Field::Cc, &draft.cc),
        (Field::Bcc, &draft.bcc),
    ]
    .into_iter()
    .flat_map(|(field, list)| list.iter().map(move |one| (field, one)))
}

pub(super) fn nobody(mail: &Mail<'_>) -> Option<SendQuestion> {
    everybody(mail.draft()).next().is_none().then(|| {
        SendQuestion::new(
            SendCheck::NoRecipient,
            Field::To,
            "Say who this should go to.",
        )
        .wall()
    })
}

pub(super) fn invalid(mail: &Mail<'_>) -> Option<SendQuestion> {
    let wrong: Vec<_> = everybody(mail.draft())
        .filter(|(_, one)| !one.is_valid())
        .collect();
    let (field, _) = *wrong.first()?;
    let names: Vec<_> = wrong.iter().map(|(_, one)| shown(one)).collect();
    let message = match names.as_slice() {
        [one] if needs_utf8(&wrong[0].1.address) => format!(
            "{one} has other letters than a to z before the @. Most mail servers don't take such \
             an address, so Draftwell can't write to it: ask for another one."
        ),
        [one] => format!("{one} can't be an e-mail address. Correct or remove it."),
        all => format!(
            "These can't be e-mail addresses: {}. Correct or remove them.",
            all.join(", ")
        ),
    };
    Some(SendQuestion::new(SendCheck::InvalidRecipient, field, message).wall())
}

pub(super) fn duplicate(mail: &Mail<'_>) -> Option<SendQuestion> {
    let mut known = HashSet::new();
    // No server in use tells upper from lower case in what stands before the @.
    let (field, twice) = everybody(mail.draft())
        .filter(|(_, one)| one.is_valid())
        .find(|(_, one)| !known.insert(one.key().to_lowercase()))?;
    let message = format!("{} is among the recipients more than once.", shown(twice));
    Some(SendQuestion::new(
        SendCheck::DuplicateRecipient,
        field,
        message,
    ))
}

pub(super) fn many(mail: &Mail<'_>) -> Option<SendQuestion> {
    let draft = mail.draft();
    let open: Vec<_> = draft.to.iter().chain(&draft.cc).collect();
    let houses: HashSet<_> = open
        .iter()
        .filter_map(|one| Some(one.key().rsplit_once('@')?.1.to_owned()))
        .collect();
    (open.len() >= MANY && houses.len() > 1).then(|| {
        SendQuestion::new(
            SendCheck::ManyRecipients,
            Field::To,
            format!(
                "All {} people in To and Cc will see each other's addresses. In Bcc nobody \
                 sees them.",
                open.len()
            ),
        )
    })
}

fn shown(mailbox: &Mailbox) -> String {
    let text: String = clean_header(&mailbox.address).chars().take(60).collect();
    format!("“{text}”")
}
