//! How a version's text is packed: as its difference to a keyframe that several versions share.
//!
//! The packing is zstd's, with the keyframe as the text that went before: whatever a version has
//! in common with it, in whatever order, costs a few bytes. Each packed text carries a checksum,
//! so what is unpacked is what was packed, or an error. A version depends on its keyframe only,
//! never on another version: any of them can be thinned away.

use std::{cell::RefCell, io::Read};

use draftwell_core::{Error, Result};
use rusqlite::{
    ToSql,
    types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef},
};
use zstd::{bulk::Compressor, stream::read::Decoder, zstd_safe};

use crate::error::internal;

/// zstd's default: higher levels cost a save more than they save.
const LEVEL: i32 = 3;

thread_local! {
    /// The keyframe that was unpacked last, and its text: while somebody types, each save packs
    /// against the same one.
    static LAST: RefCell<(Vec<u8>, String)> = const { RefCell::new((Vec::new(), String::new())) };
}

/// A whole text, as it lies in the table: packed, or as it came from a former version.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Keyframe {
    Packed(Vec<u8>),
    Plain(String),
}

impl ToSql for Keyframe {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Packed(bytes) => bytes.to_sql(),
            Self::Plain(text) => text.to_sql(),
        }
    }
}

impl FromSql for Keyframe {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value {
            ValueRef::Blob(bytes) => Ok(Self::Packed(bytes.to_vec())),
            other => Ok(Self::Plain(other.as_str()?.to_owned())),
        }
    }
}

impl Keyframe {
    pub fn of(text: &str) -> Result<Self> {
        pack(text, "").map(Self::Packed)
    }

    pub fn text(self) -> Result<String> {
        let packed = match self {
            Self::Packed(bytes) => bytes,
            Self::Plain(text) => return Ok(text),
        };
        let known = LAST.with_borrow(|(last, text)| (*last == packed).then(|| text.clone()));
        if let Some(text) = known {
            return Ok(text);
        }
        let text = unpack(&packed, "")?;
        LAST.set((packed, text.clone()));
        Ok(text)
    }
}

/// The difference of a text to its keyframe; empty if there is none.
pub(super) fn delta(text: &str, keyframe: &str) -> Result<Vec<u8>> {
    if text == keyframe {
        return Ok(Vec::new());
    }
    pack(text, keyframe)
}

/// The text that differs by `delta` from its keyframe.
pub(super) fn apply(delta: &[u8], keyframe: &str) -> Result<String> {
    if delta.is_empty() {
        return Ok(keyframe.to_owned());
    }
    unpack(delta, keyframe)
}

/// Whether a text is better a keyframe of its own than such a difference.
///
/// While somebody types on, each difference is a little larger than the one before, and a new
/// keyframe costs about a third of the text, once. With some ten packed bytes more per save, both
/// together are least where a difference reaches the square root of eight times the text.
pub(super) fn is_too_large(delta: &[u8], text: &str) -> bool {
    delta.len().saturating_mul(delta.len()) > text.len().saturating_mul(8)
}

fn pack(text: &str, before: &str) -> Result<Vec<u8>> {
    let mut packer = Compressor::new(LEVEL).map_err(|_| broken("set up"))?;
    packer
        .set_parameter(zstd_safe::CParameter::ChecksumFlag(true))
        .map_err(|_| broken("set up"))?;
    packer
        .context_mut()
        .ref_prefix(before.as_bytes())
        .map_err(|_| broken("set up"))?;
    packer
        .compress(text.as_bytes())
        .map_err(|_| broken("packed"))
}

fn unpack(packed: &[u8], before: &str) -> Result<String> {
    let mut text = String::new();
    Decoder::with_ref_prefix(packed, before.as_bytes())
        .and_then(|mut unpacker| unpacker.read_to_string(&mut text))
        .map_err(|_| broken("unpacked"))?;
    Ok(text)
}

fn broken(what: &'static str) -> Error {
    tracing::error!(what, "a version could not be packed or unpacked");
    internal()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn there_and_back(text: &str, keyframe: &str) -> usize {
        let packed = delta(text, keyframe).unwrap();
        assert_eq!(apply(&packed, keyframe).unwrap(), text);
        packed.len()
    }

    /// Words that don't repeat themselves, as those of people.
    fn prose(words: usize) -> String {
        let mut state = 7u64;
        let mut text = String::new();
        for _ in 0..words {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text.push_str(&format!("w{:x} ", state >> 40));
        }
        text
    }

    #[test]
    fn what_is_alike_costs_next_to_nothing() {
        let text = prose(6_000);
        assert!(text.len() > 40_000);
        assert_eq!(there_and_back(&text, &text), 0);
        let typed_on = format!("{text}and so on");
        assert!(there_and_back(&typed_on, &text) < 60);
        let changed_at_both_ends = format!("Dear Ada, {}", &typed_on[20..]);
        assert!(there_and_back(&changed_at_both_ends, &text) < 80);
        let (first, second) = text.split_at(text.len() / 2);
        let halves_exchanged = format!("{second}{first}");
        assert!(there_and_back(&halves_exchanged, &text) < 80);
    }

    #[test]
    fn a_difference_to_something_else_is_an_error_and_no_text() {
        let (text, keyframe) = (prose(500), prose(499));
        let packed = delta(&text, &keyframe).unwrap();
        assert!(apply(&packed, &keyframe.replace('w', "v")).is_err());
        assert!(apply(&packed[..packed.len() - 1], &keyframe).is_err());
        let mut bent = packed.clone();
        bent[packed.len() / 2] ^= 1;
        assert!(apply(&bent, &keyframe).is_err());
        assert!(Keyframe::Packed(b"no".to_vec()).text().is_err());
    }

    #[test]
    fn a_keyframe_is_packed_and_an_old_one_is_read() {
        let text = "Dear Ada, ".repeat(1000);
        let keyframe = Keyframe::of(&text).unwrap();
        let Keyframe::Packed(bytes) = &keyframe else {
            panic!("new ones are packed");
        };
        assert!(bytes.len() < 200);
        assert_eq!(keyframe.text().unwrap(), text);
        assert_eq!(Keyframe::Plain(text.clone()).text().unwrap(), text);
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in any::<String>(), keyframe in any::<String>()) {
            there_and_back(&text, &keyframe);
            prop_assert_eq!(Keyframe::of(&text).unwrap().text().unwrap(), text);
        }

        #[test]
        fn every_edit_comes_back(at in 0..9_000usize, len in 0..9_000usize, new in any::<String>()) {
            let keyframe = prose(1_000);
            let start = at.min(keyframe.len());
            let end = (start + len).min(keyframe.len());
            let text = format!("{}{new}{}", &keyframe[..start], &keyframe[end..]);
            there_and_back(&text, &keyframe);
        }
    }
}
