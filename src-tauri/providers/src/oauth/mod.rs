//! Signing in to Google and Microsoft from a desktop program, and keeping the sign-in alive.
//!
//! The flow is OAuth 2 for installed programs (RFC 8252): the system's browser, a redirect to a
//! port of this machine that listens only while the sign-in runs, PKCE (RFC 7636) and a random
//! `state`. [`start`] gives the address to open, [`PendingSignIn::finish`] waits for the answer;
//! [`TokenSource`] hands out access tokens and renews them; [`revoke`] ends the grant.
//!
//! The protocol is the `oauth2` crate's; what is ours is the listener and the words for people. All
//! that differs between the two is in `provider`, `google` and `microsoft`.
//! Deliberately absent: opening the browser (the shell does), and sealing tokens (the vault).

mod client;
mod endpoints;
mod google;
mod listener;
mod microsoft;
mod microsoft_client;
mod page;
mod provider;
mod sign_in;
mod token_source;
mod tokens;
mod wire;

pub use client::{Client, GoogleClient};
pub use endpoints::Endpoints;
pub use microsoft_client::MicrosoftClient;
pub use provider::{MICROSOFT_SCOPES, Provider, SCOPES};
pub use sign_in::{Expected, PendingSignIn, SignedIn, TIME_LIMIT, start};
pub use token_source::{Clock, TokenSource, TokenStore};
pub use tokens::{Tokens, revoke, revoked_by_hand};
pub(crate) use wire::WHOLE as RENEWAL;
