//! The outside world of Draftwell: the only network and keyring in the program.

pub mod vault;
