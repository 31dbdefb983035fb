//! The only place that asks what time it is, and for random ids. Rules get both as arguments.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use draftwell_core::UnixMillis;
use std::sync::OnceLock;
use uuid::Uuid;

static STARTED: OnceLock<Instant> = OnceLock::new();

/// Notes the start of the program; call it first.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn start() {
    STARTED.get_or_init(Instant::now);
}

/// Time since the start of the program.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn since_start() -> Duration {
    STARTED.get_or_init(Instant::now).elapsed()
}

/// The time now. A clock set before 1970 counts as 1970.
#[allow(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> UnixMillis {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMillis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// A new id. Version 7, so that rows made one after the other lie one after the other.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// Random bytes for Message-IDs: the random part of a version 4 UUID twice over.
pub fn random() -> [u8; 16] {
    let (a, b) = (Uuid::new_v4().as_u128(), Uuid::new_v4().as_u128());
    // Version 4 fixes six bits of each; mixing two leaves none fixed.
    (a ^ b.rotate_left(64)).to_be_bytes()
}

/// A random number, for spreading retries.
pub fn random_u32() -> u32 {
    let bytes = random();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
