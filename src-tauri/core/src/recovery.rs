//! What was made of a damaged database, told until the user has read it.

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::UnixMillis;

/// The database was damaged: the file was set aside, and a new one made of what could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Recovery {
    /// When.
    pub at: UnixMillis,
    /// The full path of the damaged file now. It is never written to or deleted.
    pub set_aside: String,
    /// How many drafts were recovered, without those in the bin.
    pub drafts: u32,
    /// Whether there were parts that could not be read; what is missing may have stood there.
    pub has_gaps: bool,
}
