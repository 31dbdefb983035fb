//! End to end: the built program in its real window, used the way people use it.
//!
//! One file per user task. Every test has a desktop of its own (see `support`), and on the other
//! end of the wire stand independent programs.
#![allow(
    clippy::disallowed_methods,
    reason = "tests live in real time; only the program's rules must not ask the clock"
)]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod attachments;
mod attacks;
mod chaos;
mod edges;
mod facts;
mod finding;
mod ime;
mod journey;
mod kill;
mod leaves;
mod mail_files;
mod offline;
mod outbox;
mod outlook;
mod polish;
mod polish_keys;
mod practice;
mod providers;
mod replies;
mod secrets;
mod sending;
mod sending_smtp;
mod smtp;
mod storage;
mod tables;
mod travel;
mod tray;
mod window;
mod windows;
