//! People written to: what a contact is, what a change to one must keep to, and how names and
//! addresses are compared and found.

use serde::{Deserialize, Serialize};
use specta::Type;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Error, Result, UnixMillis, address::Mailbox, id::ContactId};

/// The highest priority.
pub const MAX_PRIORITY: u8 = 3;
/// The longest name, company or role, in Unicode scalar values.
pub const MAX_LINE_CHARS: usize = 200;
/// The longest notes, in Unicode scalar values.
pub const MAX_NOTES_CHARS: usize = 20_000;

/// Where a contact stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not written to yet.
    #[default]
    Lead,
    /// Written to.
    Contacted,
    /// In talks.
    Opportunity,
    /// Bought.
    Customer,
    /// Over.
    Closed,
}

/// A person written to. The e-mail address is unique, its domain compared without case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Contact {
    /// Identifier.
    pub id: ContactId,
    /// Full name.
    pub name: String,
    /// First name, for greetings.
    pub first_name: String,
    /// E-mail address.
    pub email: String,
    /// Company, or empty.
    pub company: String,
    /// Role in the company, or empty.
    pub role: String,
    /// Free notes.
    pub notes: String,
    /// 0 (none) to 3 (high).
    pub priority: u8,
    /// Where the contact stands.
    pub stage: Stage,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// What `save_contact` takes. Without an id a contact is made; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveContact {
    /// The contact to change.
    #[serde(default)]
    #[specta(optional)]
    pub id: Option<ContactId>,
    /// Full name.
    #[serde(default)]
    #[specta(optional)]
    pub name: Option<String>,
    /// First name; without it, the first word of the name.
    #[serde(default)]
    #[specta(optional)]
    pub first_name: Option<String>,
    /// E-mail address; needed to make a contact.
    #[serde(default)]
    #[specta(optional)]
    pub email: Option<String>,
    /// Company.
    #[serde(default)]
    #[specta(optional)]
    pub company: Option<String>,
    /// Role.
    #[serde(default)]
    #[specta(optional)]
    pub role: Option<String>,
    /// Notes.
    #[serde(default)]
    #[specta(optional)]
    pub notes: Option<String>,
    /// 0 to 3.
    #[serde(default)]
    #[specta(optional)]
    pub priority: Option<u8>,
    /// Stage.
    #[serde(default)]
    #[specta(optional)]
    pub stage: Option<Stage>,
}

/// A completion for the To, Cc and Bcc fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecipientSuggestion {
    /// Display name, or empty.
    pub name: String,
    /// Address.
    pub address: String,
    /// The contact it belongs to, if it is one's.
    pub contact_id: Option<ContactId>,
}

impl Contact {
    /// A new contact. Without a first name it gets the one of its name.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` naming the field that is missing, malformed or too long.
    pub fn create(edit: SaveContact, id: ContactId, now: UnixMillis) -> Result<Self> {
        if edit.email.is_none() {
            return Err(Error::invalid(
                "email",
                "A contact needs an e-mail address.",
            ));
        }
        let blank = Self {
            id,
            name: String::new(),
            first_name: String::new(),
            email: String::new(),
            company: String::new(),
            role: String::new(),
            notes: String::new(),
            priority: 0,
            stage: Stage::Lead,
            created_at: now,
            updated_at: now,
        };
        let wants_first_name = edit.first_name.is_none();
        let mut contact = blank.edited(edit, now)?;
        if wants_first_name {
            contact.first_name = first_name_of(&contact.name);
        }
        Ok(contact)
    }

    /// This contact with what the edit names.
    ///
    /// # Errors
    /// As for [`Contact::create`].
    pub fn edited(mut self, edit: SaveContact, now: UnixMillis) -> Result<Self> {
        let lines = [
            ("name", edit.name, &mut self.name),
            ("firstName", edit.first_name, &mut self.first_name),
            ("company", edit.company, &mut self.company),
            ("role", edit.role, &mut self.role),
        ];
        for (field, value, target) in lines {
            if let Some(value) = value {
                *target = line(field, &value)?;
            }
        }
        if let Some(email) = edit.email {
            self.email = address(&email)?;
        }
        if let Some(notes) = edit.notes {
            if notes.chars().count() > MAX_NOTES_CHARS {
                return Err(too_long("notes", MAX_NOTES_CHARS));
            }
            self.notes = notes;
        }
        if let Some(priority) = edit.priority {
            if priority > MAX_PRIORITY {
                return Err(Error::invalid(
                    "priority",
                    format!("The priority is a number from 0 to {MAX_PRIORITY}."),
                ));
            }
            self.priority = priority;
        }
        self.stage = edit.stage.unwrap_or(self.stage);
        self.updated_at = now;
        Ok(self)
    }

    /// The contact as a recipient.
    pub fn mailbox(&self) -> Mailbox {
        Mailbox {
            name: (!self.name.is_empty()).then(|| self.name.clone()),
            address: self.email.clone(),
        }
    }
}

/// What names are looked up and sorted by: lower case, without accents, one blank between words.
pub fn search_key(text: &str) -> String {
    let folded: String = text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first name in a full name: its first word that is no title, or what follows the comma.
fn first_name_of(name: &str) -> String {
    const TITLES: [&str; 10] = [
        "dr", "prof", "mr", "mrs", "ms", "miss", "herr", "frau", "ing", "dipl",
    ];
    let given = name.split_once(',').map_or(name, |(_, given)| given);
    let is_title = |word: &str| {
        let word = word.trim_end_matches('.').to_lowercase();
        TITLES.contains(&word.as_str())
    };
    let first = given.split_whitespace().find(|word| !is_title(word));
    first.unwrap_or_default().to_owned()
}

fn line(field: &'static str, text: &str) -> Result<String> {
    let text = text.replace(char::is_control, " ");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > MAX_LINE_CHARS {
        return Err(too_long(field, MAX_LINE_CHARS));
    }
    Ok(text)
}

fn address(text: &str) -> Result<String> {
    let mailbox = Mailbox {
        name: None,
        address: text.trim().to_owned(),
    };
    if !mailbox.is_valid() {
        return Err(Error::invalid(
            "email",
            "This isn't an e-mail address. It should look like ada@example.org.",
        ));
    }
    Ok(mailbox.address)
}

fn too_long(field: &'static str, most: usize) -> Error {
    Error::invalid(field, format!("This can have at most {most} characters."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn make(edit: SaveContact) -> Result<Contact> {
        Contact::create(edit, ContactId(Uuid::from_u128(1)), UnixMillis(5))
    }

    fn named(name: &str) -> SaveContact {
        SaveContact {
            name: Some(name.to_owned()),
            email: Some("ada@example.org".to_owned()),
            ..SaveContact::default()
        }
    }

    #[test]
    fn the_first_name_comes_from_the_name() {
        let check = |name: &str, first: &str| {
            assert_eq!(make(named(name)).unwrap().first_name, first, "{name:?}");
        };
        check("Ada Lovelace", "Ada");
        check("  Jörg   Müller ", "Jörg");
        check("Prof. Dr. Ada Lovelace", "Ada");
        check("Lovelace, Ada", "Ada");
        check("李小龍", "李小龍");
        check("Dr.", "");
        check("", "");
    }

    #[test]
    fn a_first_name_of_its_own_stays() {
        let edit = SaveContact {
            first_name: Some("Dodo".to_owned()),
            ..named("Dorothea Weber")
        };
        let contact = make(edit).unwrap();
        assert_eq!(contact.first_name, "Dodo");
        let renamed = contact
            .edited(named("Dorothea Wolf"), UnixMillis(9))
            .unwrap();
        assert_eq!(renamed.first_name, "Dodo");
        assert_eq!(renamed.updated_at, UnixMillis(9));
        assert_eq!(renamed.created_at, UnixMillis(5));
    }

    #[test]
    fn what_is_malformed_is_named() {
        let check = |edit: SaveContact, field: &str| {
            let error = make(edit).unwrap_err();
            assert_eq!(error.code, crate::Code::ValidationError);
            assert_eq!(error.field.as_deref(), Some(field));
        };
        check(SaveContact::default(), "email");
        let with = |email: &str| SaveContact {
            email: Some(email.to_owned()),
            ..SaveContact::default()
        };
        check(with(""), "email");
        check(with("ada"), "email");
        check(with("ada@example.org\r\nBcc: eve@example.org"), "email");
        check(
            SaveContact {
                priority: Some(4),
                ..named("Ada")
            },
            "priority",
        );
        check(named(&"x".repeat(MAX_LINE_CHARS + 1)), "name");
    }

    #[test]
    fn names_are_found_without_accents_and_case() {
        assert_eq!(search_key("  Jörg   MÜLLER "), "jorg muller");
        assert_eq!(search_key("Łukasz Ångström"), "łukasz angstrom");
        assert_eq!(search_key("Ｗｉｄｅ"), "wide");
    }
}
