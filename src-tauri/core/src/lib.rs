//! Draftwell's rules.
//!
//! Pure functions and plain types: what a draft, a polished version, a signature, an account and
//! an outgoing email are, and what may happen to them. There is deliberately no window, no SQL,
//! no HTTP and no clock here: the time and random bytes come in as arguments, the outside world
//! is reached through [`ports`], and every function can be tested without setting anything up.

pub mod account;
pub mod address;
pub mod attachment;
pub mod contact;
pub mod document;
pub mod draft;
pub mod error;
pub mod history;
pub mod id;
pub mod mailbox;
pub mod mailto;
pub mod message;
pub mod outbox;
pub mod patch;
pub mod polish;
pub mod ports;
pub mod recovery;
pub mod search;
pub mod settings;
pub mod signature;
pub mod smtp;
pub mod time;

pub use error::{Code, Error, Result};
pub use time::UnixMillis;

/// BLAKE3 of some bytes, in hex: names content and derives short stable names.
pub fn fingerprint(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
}
