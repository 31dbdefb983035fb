//! Where the providers' services are.

use draftwell_core::{Code, Error, Result};
use url::Url;

use super::{MicrosoftClient, provider::Provider};
use crate::http::is_this_machine;

/// The addresses a sign-in and sending need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// Whose they are.
    pub provider: Provider,
    /// The page that is opened in the browser.
    pub auth: Url,
    /// Where codes and refresh tokens are exchanged.
    pub token: Url,
    /// Where a grant is ended; Microsoft has no such place.
    pub revoke: Option<Url>,
    /// Who signed in: OpenID Connect's userinfo, or Graph's `/me`.
    pub userinfo: Url,
    /// The base before `/gmail/v1` and `/upload/gmail/v1`, or before `/v1.0`.
    pub api: Url,
}

impl Endpoints {
    /// Google's, except where `overridden` knows another address under `AUTH_URL`, `TOKEN_URL`,
    /// `REVOKE_URL`, `USERINFO_URL` or `GMAIL_URL`.
    ///
    /// Errors: `VALIDATION_ERROR` with that name for an address that is neither `https` nor on
    /// this machine; tokens must not travel in the clear.
    pub fn google(overridden: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let address = |name: &str, google: &str| safe(name, overridden(name).as_deref(), google);
        Ok(Self {
            provider: Provider::Google,
            auth: address("AUTH_URL", "https://accounts.google.com/o/oauth2/v2/auth")?,
            token: address("TOKEN_URL", "https://oauth2.googleapis.com/token")?,
            revoke: Some(address(
                "REVOKE_URL",
                "https://oauth2.googleapis.com/revoke",
            )?),
            userinfo: address(
                "USERINFO_URL",
                "https://openidconnect.googleapis.com/v1/userinfo",
            )?,
            api: address("GMAIL_URL", "https://gmail.googleapis.com")?,
        })
    }

    /// Microsoft's for a client's directory, except where `overridden` knows another address under
    /// `AUTH_URL`, `TOKEN_URL`, `USERINFO_URL` or `GRAPH_URL`.
    ///
    /// Errors: as [`Endpoints::google`].
    pub fn microsoft(
        client: &MicrosoftClient,
        overridden: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
        let address = |name: &str, usual: &str| safe(name, overridden(name).as_deref(), usual);
        // A tenant is letters, digits, dots and hyphens.
        let service = format!(
            "https://login.microsoftonline.com/{}/oauth2/v2.0",
            client.tenant
        );
        let api = address("GRAPH_URL", "https://graph.microsoft.com")?;
        let me = format!("{}/v1.0/me", api.as_str().trim_end_matches('/'));
        Ok(Self {
            provider: Provider::Microsoft,
            auth: address("AUTH_URL", &format!("{service}/authorize"))?,
            token: address("TOKEN_URL", &format!("{service}/token"))?,
            revoke: None,
            userinfo: address("USERINFO_URL", &me)?,
            api,
        })
    }

    /// Who must have sent the redirect, where it says so (RFC 9207): known for Google itself.
    pub(super) fn issuer(&self) -> Option<&'static str> {
        (self.auth.host_str() == Some("accounts.google.com"))
            .then_some("https://accounts.google.com")
    }
}

/// An address that tokens may travel to.
fn safe(name: &str, overridden: Option<&str>, usual: &str) -> Result<Url> {
    let url = Url::parse(overridden.unwrap_or(usual)).ok();
    url.filter(|url| url.scheme() == "https" || url.scheme() == "http" && is_this_machine(url))
        .ok_or_else(|| Error {
            field: Some(name.to_owned()),
            ..Error::new(
                Code::ValidationError,
                format!("{name} must be an https address, or an http one of this machine."),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_google() {
        let endpoints = Endpoints::google(|_| None).unwrap();
        assert_eq!(
            endpoints.token.as_str(),
            "https://oauth2.googleapis.com/token"
        );
        assert_eq!(endpoints.issuer(), Some("https://accounts.google.com"));
    }

    #[test]
    fn microsofts_are_the_directorys() {
        let client =
            |tenant| MicrosoftClient::new("1a2b3c4d-0000-4000-8000-123456789abc", tenant).unwrap();
        let everybodys = Endpoints::microsoft(&client(None), |_| None).unwrap();
        assert_eq!(
            everybodys.token.as_str(),
            "https://login.microsoftonline.com/common/oauth2/v2.0/token"
        );
        assert_eq!(
            everybodys.userinfo.as_str(),
            "https://graph.microsoft.com/v1.0/me"
        );
        let own = Endpoints::microsoft(&client(Some("contoso.com")), |name| {
            (name == "GRAPH_URL").then(|| "http://127.0.0.1:4000/".to_owned())
        });
        let own = own.unwrap();
        assert_eq!(
            own.auth.as_str(),
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/authorize"
        );
        assert_eq!(own.userinfo.as_str(), "http://127.0.0.1:4000/v1.0/me");
    }

    #[test]
    fn others_must_be_safe() {
        let with = |url: &'static str| {
            Endpoints::google(move |name| (name == "TOKEN_URL").then(|| url.to_owned()))
        };
        assert!(with("http://127.0.0.1:4000/token").is_ok());
        assert!(with("https://mail.example.com/token").is_ok());
        for url in ["http://example.com/token", "ftp://127.0.0.1/", "", "token"] {
            let error = with(url).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("TOKEN_URL"), "{url}");
        }
    }
}
