//! The commands the page may call, one file per feature.
//!
//! Each takes at most one argument object, named `args`, and is thin: parse, hand over, answer.

pub mod accounts;
pub mod contacts;
pub mod drafts;
pub mod images;
pub mod outbox;
pub mod polish;
pub mod settings;
pub mod signatures;
pub mod windows;
