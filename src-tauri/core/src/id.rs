//! Typed identifiers, so that a draft's id can't be passed where an account's is wanted.

use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map($name)
            }
        }
    )+};
}

typed_id! {
    /// A draft.
    DraftId,
    /// An immutable snapshot of a draft.
    VersionId,
    /// A person written to.
    ContactId,
    /// A signature.
    SignatureId,
    /// A sending account.
    AccountId,
    /// A message in the outbox, or one that left it.
    EmailId,
    /// An entry of a contact's history.
    HistoryId,
}
