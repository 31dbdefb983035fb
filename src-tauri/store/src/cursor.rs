//! Cursors: where a page of a list ended, as an opaque text.
//!
//! A cursor holds the sort value and the number of the last row shown, so the next page begins
//! after that row even if rows were added or removed meanwhile, and rows of equal time are
//! neither repeated nor left out.

use draftwell_core::{Error, Result};
use serde::{Deserialize, Serialize};

const DEFAULT_LIMIT: u32 = 50;
const MAX_LIMIT: u32 = 100;

/// The last row of a page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor<K> {
    /// Which list it belongs to.
    pub list: String,
    /// Its sort value.
    pub key: K,
    /// Its number.
    pub seq: i64,
}

impl<K: Serialize + for<'de> Deserialize<'de>> Cursor<K> {
    /// The text of a cursor.
    pub fn write(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        json.bytes().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads the cursor of a list.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `cursor`: not one of ours, or of another list or order.
    pub fn read(text: &str, list: &str) -> Result<Self> {
        bytes(text)
            .and_then(|json| serde_json::from_slice::<Self>(&json).ok())
            .filter(|cursor| cursor.list == list)
            .ok_or_else(|| {
                Error::invalid("cursor", "This list has changed. Start again from its top.")
            })
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.is_ascii() || !hex.len().is_multiple_of(2) {
        return None;
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok())
        .collect()
}

/// How many rows a page has.
///
/// # Errors
/// `VALIDATION_ERROR` about `limit`: not 1 to 100.
pub(crate) fn page_size(limit: Option<u32>) -> Result<usize> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid(
            "limit",
            format!("A page has 1 to {MAX_LIMIT} entries."),
        ));
    }
    Ok(limit as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_only_to_its_own_list() {
        let cursor = Cursor {
            list: "by name".to_owned(),
            key: "ärger 李".to_owned(),
            seq: 7,
        };
        let text = cursor.write();
        assert_eq!(Cursor::read(&text, "by name").unwrap(), cursor);
        assert!(Cursor::<String>::read(&text, "by time").is_err());
        assert!(Cursor::<i64>::read(&text, "by name").is_err());
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "x", "zz", "ü0", "7b7d", "0", "' OR 1=1 --"] {
            let error = Cursor::<i64>::read(text, "by time").unwrap_err();
            assert_eq!(error.field.as_deref(), Some("cursor"), "{text:?}");
        }
    }

    #[test]
    fn pages_have_a_size() {
        assert_eq!(page_size(None).unwrap(), 50);
        assert_eq!(page_size(Some(100)).unwrap(), 100);
        assert!(page_size(Some(0)).is_err());
        assert!(page_size(Some(101)).is_err());
    }
}
