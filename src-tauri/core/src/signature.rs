//! Signatures and their defaults.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Code, Error, Result, UnixMillis,
    document::{Document, DocumentJson},
    id::SignatureId,
    message::clean_header,
    polish::Style,
};

/// A person may keep this many.
pub const MAX_SIGNATURES: usize = 10;

/// A named block of rich text that ends a mail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Signature {
    /// Identifier.
    pub id: SignatureId,
    /// Name, unique without regard to case.
    pub name: String,
    /// ProseMirror document.
    pub body: crate::document::DocumentJson,
    /// The body as HTML, sanitised, for showing it.
    pub html: String,
    /// The one used where no style decides.
    pub is_default: bool,
    /// The one the formal and elaborate versions bring.
    pub is_formal_default: bool,
    /// The one the casual version brings.
    pub is_casual_default: bool,
    /// How many mails were sent with it.
    pub usage_count: u32,
    /// How many open drafts use it now.
    pub used_by_drafts: u32,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it was last changed.
    pub updated_at: UnixMillis,
}

/// What `create_signature` takes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateSignature {
    /// Name, 1 to 80 characters.
    pub name: String,
    /// ProseMirror document.
    pub body: crate::document::DocumentJson,
    /// Make it the global default; the first signature becomes it anyway.
    #[serde(default)]
    #[specta(optional)]
    pub is_default: bool,
    /// Make it the formal default.
    #[serde(default)]
    #[specta(optional)]
    pub is_formal_default: bool,
    /// Make it the casual default.
    #[serde(default)]
    #[specta(optional)]
    pub is_casual_default: bool,
}

/// What `update_signature` takes; a field left out stays as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSignature {
    /// The signature.
    pub id: SignatureId,
    /// Name.
    #[serde(default)]
    #[specta(optional)]
    pub name: Option<String>,
    /// ProseMirror document.
    #[serde(default)]
    #[specta(optional)]
    pub body: Option<crate::document::DocumentJson>,
    /// Global default.
    #[serde(default)]
    #[specta(optional)]
    pub is_default: Option<bool>,
    /// Formal default.
    #[serde(default)]
    #[specta(optional)]
    pub is_formal_default: Option<bool>,
    /// Casual default.
    #[serde(default)]
    #[specta(optional)]
    pub is_casual_default: Option<bool>,
}

/// The most characters a signature's name may have.
pub const MAX_NAME_CHARS: usize = 80;
/// The most characters a signature's text may have.
pub const MAX_TEXT_CHARS: usize = 10_000;

/// What a change says about the defaults; `None` leaves one as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DefaultsChange {
    /// The global default. It can't be taken away, only given to another signature.
    pub global: Option<bool>,
    /// The formal default.
    pub formal: Option<bool>,
    /// The casual default.
    pub casual: Option<bool>,
}

impl CreateSignature {
    /// What it says about the defaults.
    pub fn defaults(&self) -> DefaultsChange {
        DefaultsChange {
            global: Some(self.is_default),
            formal: Some(self.is_formal_default),
            casual: Some(self.is_casual_default),
        }
    }
}

impl UpdateSignature {
    /// What it says about the defaults.
    pub fn defaults(&self) -> DefaultsChange {
        DefaultsChange {
            global: self.is_default,
            formal: self.is_formal_default,
            casual: self.is_casual_default,
        }
    }
}

/// Judges a new name: on one line, and answered that way. `others` are the names of the other
/// signatures.
///
/// # Errors
/// `VALIDATION_ERROR` about `name`: empty, longer than [`MAX_NAME_CHARS`], or another's.
pub fn validate_name<'a>(name: &str, others: impl IntoIterator<Item = &'a str>) -> Result<String> {
    let name = clean_header(name);
    if name.is_empty() {
        return Err(Error::invalid("name", "Give the signature a name."));
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(Error::invalid(
            "name",
            format!("A signature's name can have at most {MAX_NAME_CHARS} characters."),
        ));
    }
    let folded = name.to_lowercase();
    if others
        .into_iter()
        .any(|other| other.to_lowercase() == folded)
    {
        return Err(Error::invalid(
            "name",
            "Another signature has this name. Choose a different one.",
        ));
    }
    Ok(name)
}

/// Judges a signature's text. A signature inside it is taken out.
///
/// # Errors
/// `VALIDATION_ERROR` about `body`: not a document, blank, or longer than [`MAX_TEXT_CHARS`].
pub fn validate_body(body: &DocumentJson) -> Result<Document> {
    let document = Document::parse(body)?.without_signature();
    if document.is_blank() {
        return Err(Error::invalid(
            "body",
            "Write something into the signature.",
        ));
    }
    if document.char_count() > MAX_TEXT_CHARS {
        return Err(Error::invalid(
            "body",
            "This signature is too long. Shorten it.",
        ));
    }
    Ok(document)
}

/// Judges whether one more fits beside `count` signatures.
///
/// # Errors
/// `LIMIT_REACHED` from [`MAX_SIGNATURES`] on.
pub fn check_room(count: usize) -> Result<()> {
    if count >= MAX_SIGNATURES {
        return Err(Error::new(
            Code::LimitReached,
            format!(
                "You have {MAX_SIGNATURES} signatures, which is the most there can be. Delete one first."
            ),
        ));
    }
    Ok(())
}

/// The signature a polished version brings: formal and elaborate the formal default, casual the
/// casual one, where there is none, and for concise, the global one. `None` leaves the draft's
/// signature as it is: there is no default, or the user chose by hand.
pub fn for_style(
    style: Style,
    signatures: &[Signature],
    chosen_by_hand: bool,
) -> Option<SignatureId> {
    if chosen_by_hand {
        return None;
    }
    let own = signatures.iter().find(|signature| match style {
        Style::Formal | Style::Elaborate => signature.is_formal_default,
        Style::Casual => signature.is_casual_default,
        Style::Concise => false,
    });
    own.or_else(|| global_default(signatures))
        .map(|signature| signature.id)
}

/// The signature a new draft begins with.
pub fn global_default(signatures: &[Signature]) -> Option<&Signature> {
    signatures.iter().find(|signature| signature.is_default)
}

type Flag = fn(&mut Signature) -> &mut bool;
/// Global, formal, casual.
const FLAGS: [Flag; 3] = [
    |one| &mut one.is_default,
    |one| &mut one.is_formal_default,
    |one| &mut one.is_casual_default,
];

/// Applies a change of one signature's defaults to all: setting one unsets the former. Afterwards
/// there is exactly one global default (if there is any signature), at most one formal and at
/// most one casual. To be called with all signatures after every creation and update.
pub fn apply_defaults(signatures: &mut [Signature], id: SignatureId, change: DefaultsChange) {
    // "Not the global one any more" names no successor, so it changes nothing.
    let global = change.global.filter(|set| *set);
    if signatures.iter().any(|one| one.id == id) {
        for (set, flag) in [global, change.formal, change.casual]
            .into_iter()
            .zip(FLAGS)
        {
            match set {
                Some(true) => signatures
                    .iter_mut()
                    .for_each(|one| *flag(one) = one.id == id),
                Some(false) => signatures
                    .iter_mut()
                    .filter(|one| one.id == id)
                    .for_each(|one| *flag(one) = false),
                None => {}
            }
        }
    }
    settle_defaults(signatures);
}

/// Restores the rule of [`apply_defaults`], after a deletion for example: without a global
/// default the oldest signature becomes it; of several defaults of a kind the oldest stands.
pub fn settle_defaults(signatures: &mut [Signature]) {
    let mut order: Vec<usize> = (0..signatures.len()).collect();
    order.sort_by_key(|index| (signatures[*index].created_at, signatures[*index].id));
    for flag in FLAGS {
        let mut found = false;
        for index in &order {
            let set = flag(&mut signatures[*index]);
            *set &= !found;
            found |= *set;
        }
    }
    if let Some(oldest) = order.first()
        && global_default(signatures).is_none()
    {
        signatures[*oldest].is_default = true;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn id(number: u128) -> SignatureId {
        SignatureId(Uuid::from_u128(number))
    }

    fn signature(number: u128, flags: [bool; 3]) -> Signature {
        Signature {
            id: id(number),
            name: format!("No. {number}"),
            body: DocumentJson::default(),
            html: String::new(),
            is_default: flags[0],
            is_formal_default: flags[1],
            is_casual_default: flags[2],
            usage_count: 0,
            used_by_drafts: 0,
            created_at: UnixMillis(i64::try_from(number).unwrap()),
            updated_at: UnixMillis(0),
        }
    }

    fn defaults(signatures: &[Signature]) -> [Vec<u128>; 3] {
        let of = |flag: fn(&Signature) -> bool| {
            signatures
                .iter()
                .filter(|one| flag(one))
                .map(|one| one.id.0.as_u128())
                .collect()
        };
        [
            of(|one| one.is_default),
            of(|one| one.is_formal_default),
            of(|one| one.is_casual_default),
        ]
    }

    #[test]
    fn each_style_brings_its_signature() {
        let all = [
            signature(1, [true, false, false]),
            signature(2, [false, true, false]),
            signature(3, [false, false, true]),
        ];
        let check = |signatures: &[Signature], expect: [Option<u128>; 4]| {
            for (style, expect) in Style::ALL.into_iter().zip(expect) {
                assert_eq!(
                    for_style(style, signatures, false),
                    expect.map(id),
                    "{style:?}"
                );
                assert_eq!(for_style(style, signatures, true), None, "{style:?}");
            }
        };
        // Formal, casual, elaborate, concise.
        check(&all, [Some(2), Some(3), Some(2), Some(1)]);
        check(&all[..1], [Some(1); 4]);
        check(&all[1..], [Some(2), Some(3), Some(2), None]);
        check(&[], [None; 4]);
    }

    #[test]
    fn setting_a_default_unsets_the_former() {
        let mut all = vec![
            signature(1, [true, true, false]),
            signature(2, [false, false, true]),
        ];
        let change = DefaultsChange {
            global: Some(true),
            formal: Some(true),
            casual: None,
        };
        apply_defaults(&mut all, id(2), change);
        assert_eq!(defaults(&all), [vec![2], vec![2], vec![2]]);
        // The global one can't be taken away, the others can.
        let change = DefaultsChange {
            global: Some(false),
            formal: Some(false),
            casual: Some(false),
        };
        apply_defaults(&mut all, id(2), change);
        assert_eq!(defaults(&all), [vec![2], vec![], vec![]]);
    }

    #[test]
    fn the_first_signature_becomes_the_global_default() {
        let mut all = vec![signature(1, [false; 3])];
        apply_defaults(&mut all, id(1), DefaultsChange::default());
        assert_eq!(defaults(&all), [vec![1], vec![], vec![]]);
    }

    #[test]
    fn a_deleted_default_is_inherited_by_the_oldest() {
        let mut left = vec![signature(3, [false; 3]), signature(2, [false; 3])];
        settle_defaults(&mut left);
        assert_eq!(defaults(&left), [vec![2], vec![], vec![]]);
    }

    #[test]
    fn names_are_judged() {
        assert_eq!(
            validate_name("  Dr.\u{202E} Ada\r\n  Lovelace ", ["Work"]).unwrap(),
            "Dr. Ada Lovelace"
        );
        assert!(validate_name(&"ä".repeat(80), []).is_ok());
        for (name, others) in [
            ("", &[][..]),
            (" \n\u{0}", &[]),
            ("WORK", &["Home", "work"]),
            ("GRÜSSE", &["grüsse"]),
        ] {
            let error = validate_name(name, others.iter().copied()).unwrap_err();
            assert_eq!(
                (error.code, error.field.as_deref()),
                (Code::ValidationError, Some("name"))
            );
        }
        assert!(validate_name(&"a".repeat(81), []).is_err());
    }

    #[test]
    fn texts_are_judged() {
        use serde_json::json;
        let body = |content| DocumentJson(json!({"type": "doc", "content": content}));
        let paragraph =
            |text: &str| json!({"type": "paragraph", "content": [{"type": "text", "text": text}]});
        let node = json!({"type": "signature", "attrs": {"id": id(7).to_string()}});
        let document = validate_body(&body(json!([paragraph("Ada"), node]))).unwrap();
        assert_eq!(document.signature_id(), None);
        assert_eq!(document.to_text(), "Ada");
        assert!(validate_body(&body(json!([node]))).is_err());
        assert!(validate_body(&DocumentJson::default()).is_err());
        assert!(validate_body(&body(json!([paragraph(&"x".repeat(10_001))]))).is_err());
    }

    #[test]
    fn there_is_room_for_ten() {
        assert!(check_room(9).is_ok());
        assert_eq!(check_room(10).unwrap_err().code, Code::LimitReached);
    }

    proptest! {
        #[test]
        fn there_is_always_exactly_one_global_default(
            flags in proptest::collection::vec(any::<[bool; 3]>(), 0..6),
            changes in proptest::collection::vec(
                (0_u128..7, any::<Option<bool>>(), any::<Option<bool>>(), any::<Option<bool>>()),
                1..6,
            ),
        ) {
            let mut all: Vec<Signature> = flags
                .into_iter()
                .enumerate()
                .map(|(index, flags)| signature(index as u128, flags))
                .collect();
            for (which, global, formal, casual) in changes {
                apply_defaults(&mut all, id(which), DefaultsChange { global, formal, casual });
                let [globals, formals, casuals] = defaults(&all);
                prop_assert_eq!(globals.len(), usize::from(!all.is_empty()));
                prop_assert!(formals.len() <= 1 && casuals.len() <= 1);
                if let Some(one) = all.iter().find(|one| one.id == id(which)) {
                    prop_assert!(one.is_default || global != Some(true));
                    prop_assert!(formal.is_none_or(|set| one.is_formal_default == set));
                    prop_assert!(casual.is_none_or(|set| one.is_casual_default == set));
                }
            }
        }
    }
}
