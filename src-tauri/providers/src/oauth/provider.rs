//! Whose service it is that is signed in to, and what is special about it. The flow is the same;
//! what differs are addresses, a few parameters, what errors mean, and the words for people.

use draftwell_core::{
    Code, Error,
    account::{Abilities, GMAIL_COMPOSE, GRAPH_READ_WRITE, GRAPH_SEND},
    ports::SendOutcome,
};
use oauth2::basic::BasicErrorResponse;
use serde::Deserialize;

use super::{google, microsoft};

/// What is asked of Google: who signs in, and drafts and sending. Not `gmail.send` as well, which
/// the last one includes: where more than one is asked for, Google's page has a box for each, and
/// these two read nearly the same. Whoever ticked only the lesser one would lose what makes sending
/// safe, and hardly know it.
pub const SCOPES: &[&str] = &["openid", "email", GMAIL_COMPOSE];

/// What is asked of Microsoft: who signs in, a lasting permission, and drafts and sending.
pub const MICROSOFT_SCOPES: &[&str] = &[
    "openid",
    "profile",
    "email",
    "offline_access",
    "https://graph.microsoft.com/User.Read",
    GRAPH_SEND,
    GRAPH_READ_WRITE,
];

/// Whose service it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Google: Gmail.
    Google,
    /// Microsoft: Outlook and Microsoft 365.
    Microsoft,
}

/// How a provider is spoken of.
#[derive(Debug)]
pub(super) struct Words {
    /// Whose service it is.
    pub(super) company: &'static str,
    /// What is connected.
    pub(super) product: &'static str,
    /// Where a person takes a permission away.
    pub(super) permissions: &'static str,
    /// What to leave as it is on the provider's page, so that Draftwell may send.
    pub(super) allow: &'static str,
    /// Nothing is connected (yet).
    pub(super) not_connected: Code,
    /// It must be signed in again.
    pub(super) signed_out: Code,
    /// The service has trouble.
    pub(super) trouble: Code,
}

/// Where the browser brings the answer.
#[derive(Debug)]
pub(super) struct Redirect {
    /// The name of this machine in it.
    pub(super) host: &'static str,
    /// Empty: none.
    pub(super) path: &'static str,
    /// Whether the name may also mean the address `::1`.
    pub(super) also_v6: bool,
}

/// Who signed in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) subject: String,
    pub(super) email: Option<String>,
    pub(super) name: String,
}

/// Userinfo of OpenID Connect Core, 5.3, or Graph's `user`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    #[serde(alias = "id")]
    sub: String,
    email: Option<String>,
    #[serde(alias = "displayName")]
    name: Option<String>,
    mail: Option<String>,
    user_principal_name: Option<String>,
}

impl Provider {
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::Google => &google::WORDS,
            Self::Microsoft => &microsoft::WORDS,
        }
    }

    /// Each provider has its own path, so that one's answer can't be taken for another's (RFC
    /// 9700, 4.4); Microsoft knows no path but the registered one, and registers none.
    pub(super) fn redirect(self) -> &'static Redirect {
        match self {
            Self::Google => &google::REDIRECT,
            Self::Microsoft => &microsoft::REDIRECT,
        }
    }

    /// What the granted scopes allow.
    pub(super) fn abilities(self, scopes: &[String]) -> Abilities {
        match self {
            Self::Google => Abilities::from_scopes(scopes),
            Self::Microsoft => Abilities::from_graph_scopes(scopes),
        }
    }

    /// Parameters of the page's address that are not in the standard. Without consent Google
    /// gives no new refresh token to somebody who signed in before.
    pub(super) fn page_parameters(self, again: bool) -> &'static [(&'static str, &'static str)] {
        match (self, again) {
            (Self::Google, true) => &[("access_type", "offline"), ("prompt", "consent")],
            (Self::Google, false) => &[
                ("access_type", "offline"),
                ("prompt", "select_account consent"),
            ],
            (Self::Microsoft, true) => &[("response_mode", "query")],
            (Self::Microsoft, false) => &[("response_mode", "query"), ("prompt", "select_account")],
        }
    }

    /// The scopes that are named again where tokens are asked for. One token of Microsoft's is for
    /// one of its services; this says for which.
    pub(super) fn token_scopes(self) -> &'static [&'static str] {
        match self {
            Self::Google => &[],
            Self::Microsoft => MICROSOFT_SCOPES,
        }
    }

    /// Whether a refusal's own words name a cause that can be told.
    pub(super) fn knows_cause(self, description: &str) -> bool {
        match self {
            Self::Google => false,
            Self::Microsoft => microsoft::knows_cause(description),
        }
    }

    /// Reads the answer about the person.
    pub(super) fn person(self, body: &[u8]) -> Option<Person> {
        let claims: Claims = serde_json::from_slice(body).ok()?;
        let email = match self {
            Self::Google => claims.email,
            // A personal account has no `mail`; a guest's name is no address.
            Self::Microsoft => claims.mail.or(claims.user_principal_name),
        };
        Some(Person {
            subject: claims.sub,
            email: email.filter(|email| email.contains('@') && !email.contains("#EXT#")),
            name: claims.name.unwrap_or_default(),
        })
    }

    /// What a refusal of the token service means (RFC 6749, 5.2, and the provider's own).
    pub(super) fn refused(self, answer: &BasicErrorResponse) -> (SendOutcome, Error) {
        match self {
            Self::Google => google::refused(answer),
            Self::Microsoft => microsoft::refused(answer),
        }
    }

    /// What the errors mean that the browser brings (RFC 6749, 4.1.2.1).
    pub(super) fn page_refused(self, error: &str, description: &str) -> Error {
        match self {
            Self::Google => google::page_refused(error),
            Self::Microsoft => microsoft::page_refused(error, description),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_signed_in() {
        let check = |provider: Provider, json: &str, email: Option<&str>| {
            let person = provider.person(json.as_bytes()).unwrap();
            assert_eq!(person.subject, "1", "{json}");
            assert_eq!(person.email.as_deref(), email, "{json}");
        };
        let (google, microsoft) = (Provider::Google, Provider::Microsoft);
        check(
            google,
            r#"{"sub":"1","email":"a@b.c","name":"A"}"#,
            Some("a@b.c"),
        );
        check(google, r#"{"sub":"1"}"#, None);
        check(
            microsoft,
            r#"{"id":"1","displayName":"A","mail":"a@b.c","userPrincipalName":"u@b.c"}"#,
            Some("a@b.c"),
        );
        check(
            microsoft,
            r#"{"id":"1","mail":null,"displayName":null,"userPrincipalName":"u@outlook.com"}"#,
            Some("u@outlook.com"),
        );
        check(
            microsoft,
            r#"{"id":"1","userPrincipalName":"a_b.c#EXT#@other.onmicrosoft.com"}"#,
            None,
        );
        assert_eq!(microsoft.person(b"{}"), None);
    }
}
