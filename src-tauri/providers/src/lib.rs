//! The outside world of Draftwell: the only network and keyring in the program.

pub mod ai;
pub mod gmail;
pub mod graph;
pub mod http;
pub mod memory;
pub mod oauth;
pub mod practice;
mod service;
pub mod smtp;
pub mod vault;
