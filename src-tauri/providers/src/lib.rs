//! The outside world of Draftwell: the only network and keyring in the program.

pub mod ai;
pub mod gmail;
pub mod http;
pub mod memory;
pub mod oauth;
pub mod practice;
pub mod smtp;
pub mod vault;
