//! Points in time, always handed in from outside.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Milliseconds since 1970-01-01T00:00:00Z, as JavaScript's `Date` counts them.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(transparent)]
pub struct UnixMillis(#[specta(type = f64)] pub i64);

impl UnixMillis {
    /// This time, `seconds` later.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// This time, `millis` later.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }
}
