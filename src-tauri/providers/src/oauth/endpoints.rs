//! Where Google's services are.

use draftwell_core::{Code, Error, Result};
use url::Url;

use crate::http::is_this_machine;

/// The addresses a sign-in and Gmail need. The default ones are Google's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The page that is opened in the browser.
    pub auth: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token: Url,
    /// Where a grant is ended.
    pub revoke: Url,
    /// Who signed in (OpenID Connect).
    pub userinfo: Url,
    /// The base before `/gmail/v1` and `/upload/gmail/v1`.
    pub gmail: Url,
}

impl Endpoints {
    /// Google's, except where `overridden` knows another address under `AUTH_URL`, `TOKEN_URL`,
    /// `REVOKE_URL`, `USERINFO_URL` or `GMAIL_URL`.
    ///
    /// Errors: `VALIDATION_ERROR` with that name for an address that is neither `https` nor on
    /// this machine; tokens must not travel in the clear.
    pub fn new(overridden: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let address = |name: &str, google: &str| {
            let text = overridden(name).unwrap_or_else(|| google.to_owned());
            let url = Url::parse(&text).ok().filter(|url| {
                url.scheme() == "https" || url.scheme() == "http" && is_this_machine(url)
            });
            url.ok_or_else(|| Error {
                field: Some(name.to_owned()),
                ..Error::new(
                    Code::ValidationError,
                    format!("{name} must be an https address, or an http one of this machine."),
                )
            })
        };
        Ok(Self {
            auth: address("AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth")?,
            token: address("TOKEN_URL", "https://oauth2.googleapis.com/token")?,
            revoke: address("REVOKE_URL", "https://oauth2.googleapis.com/revoke")?,
            userinfo: address(
                "USERINFO_URL",
                "https://openidconnect.googleapis.com/v1/userinfo",
            )?,
            gmail: address("GMAIL_URL", "https://gmail.googleapis.com")?,
        })
    }

    /// Who must have sent the redirect, where it says so (RFC 9207): known for Google itself.
    pub(super) fn issuer(&self) -> Option<&'static str> {
        (self.auth.host_str() == Some("accounts.google.com"))
            .then_some("https://accounts.google.com")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_google() {
        let endpoints = Endpoints::new(|_| None).unwrap();
        assert_eq!(
            endpoints.token.as_str(),
            "https://oauth2.googleapis.com/token"
        );
        assert_eq!(endpoints.issuer(), Some("https://accounts.google.com"));
    }

    #[test]
    fn others_must_be_safe() {
        let with = |url: &'static str| {
            Endpoints::new(move |name| (name == "TOKEN_URL").then(|| url.to_owned()))
        };
        assert!(with("http://127.0.0.1:4000/token").is_ok());
        assert!(with("https://mail.example.com/token").is_ok());
        for url in ["http://example.com/token", "ftp://127.0.0.1/", "", "token"] {
            let error = with(url).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("TOKEN_URL"), "{url}");
        }
    }
}
