//! The OAuth client: the program as a provider knows it.

use std::borrow::Cow;

use draftwell_core::{Error, Result};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What tokens are asked for with, whosever it is.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) id: String,
    pub(super) secret: Option<SecretString>,
}

impl From<&GoogleClient> for Client {
    fn from(client: &GoogleClient) -> Self {
        Self {
            id: client.client_id.clone(),
            secret: client.client_secret.clone(),
        }
    }
}

impl From<GoogleClient> for Client {
    fn from(client: GoogleClient) -> Self {
        Self::from(&client)
    }
}

/// A Google client of the type "Desktop app". Its secret is demanded by Google's token service
/// although it protects nothing in a program that everybody has; it is kept like a secret all
/// the same, because it is the user's own.
#[derive(Debug, Clone)]
pub struct GoogleClient {
    /// `....apps.googleusercontent.com`.
    pub client_id: String,
    /// `GOCSPX-...`.
    pub client_secret: Option<SecretString>,
}

/// The file Google Cloud gives: one client under the name of its type.
#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    installed: Option<Values<'a>>,
    web: Option<serde::de::IgnoredAny>,
    #[serde(rename = "type")]
    kind: Option<Cow<'a, str>>,
}

/// The same file as we write it.
#[derive(Serialize)]
struct Kept<'a> {
    installed: Values<'a>,
}

#[derive(Deserialize, Serialize)]
struct Values<'a> {
    client_id: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<Cow<'a, str>>,
}

impl GoogleClient {
    /// From the two values Google shows; an empty secret counts as none.
    ///
    /// Errors: `VALIDATION_ERROR` with the field `clientId` or `clientSecret`.
    pub fn new(client_id: &str, client_secret: Option<&str>) -> Result<Self> {
        let client_id = client_id.trim();
        if client_id.is_empty() {
            return Err(Error::invalid("clientId", "Enter the client ID."));
        }
        if client_id.starts_with("GOCSPX-") {
            return Err(Error::invalid(
                "clientId",
                "This is the client secret. The client ID ends in .apps.googleusercontent.com.",
            ));
        }
        if !is_one_word(client_id) {
            return Err(Error::invalid(
                "clientId",
                "This isn't a client ID. It looks like 1234-abcd.apps.googleusercontent.com.",
            ));
        }
        let secret = client_secret.map(str::trim).filter(|text| !text.is_empty());
        if let Some(secret) = secret
            && !is_one_word(secret)
        {
            return Err(Error::invalid(
                "clientSecret",
                "This isn't a client secret. It looks like GOCSPX-abcd.",
            ));
        }
        Ok(Self {
            client_id: client_id.to_owned(),
            client_secret: secret.map(SecretString::from),
        })
    }

    /// From the file Google gives for a client (`client_secret_....json`), or from
    /// [`GoogleClient::to_json`].
    ///
    /// Errors: `VALIDATION_ERROR` with the field `json`.
    pub fn from_json(text: &str) -> Result<Self> {
        let invalid = |message: &str| Error::invalid("json", message);
        // The parser's own message could quote the secret.
        let file: File<'_> =
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| {
                invalid(
                    "This isn't the file Google gives for a client. In Google Cloud, open \
                     “Clients”, choose the desktop client and download its JSON.",
                )
            })?;
        if file.web.is_some() {
            return Err(invalid(
                "This client is of the type “Web application”, which can't be used here. Make \
                 one of the type “Desktop app” and take its file.",
            ));
        }
        if file.kind.as_deref() == Some("service_account") {
            return Err(invalid(
                "This is the key of a service account, which can't be used here. Make a client \
                 of the type “Desktop app” and take its file.",
            ));
        }
        let client = file.installed.ok_or_else(|| {
            invalid(
                "There is no desktop client in this file. Make a client of the type “Desktop \
                 app” in Google Cloud and take its file.",
            )
        })?;
        Self::new(&client.client_id, client.client_secret.as_deref())
            .map_err(|error| invalid(&error.message))
    }

    /// The same form as Google's file, for keeping it sealed.
    pub fn to_json(&self) -> Zeroizing<String> {
        let secret = self.client_secret.as_ref();
        let file = Kept {
            installed: Values {
                client_id: self.client_id.as_str().into(),
                client_secret: secret.map(|secret| secret.expose_secret().into()),
            },
        };
        // Two texts always have a JSON form.
        Zeroizing::new(serde_json::to_string(&file).unwrap_or_default())
    }
}

pub(super) fn is_one_word(text: &str) -> bool {
    text.len() <= 512 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn googles_file() {
        let client = GoogleClient::from_json(
            r#"{"installed":{"client_id":"1-a.apps.googleusercontent.com","project_id":"p",
            "auth_uri":"https://accounts.google.com/o/oauth2/auth","client_secret":"GOCSPX-x",
            "redirect_uris":["http://localhost"]}}"#,
        )
        .unwrap();
        assert_eq!(client.client_id, "1-a.apps.googleusercontent.com");
        assert_eq!(
            client.client_secret.as_ref().unwrap().expose_secret(),
            "GOCSPX-x"
        );
        let again = GoogleClient::from_json(&client.to_json()).unwrap();
        assert_eq!(again.client_id, client.client_id);
        assert_eq!(again.client_secret.unwrap().expose_secret(), "GOCSPX-x");
    }

    #[test]
    fn a_client_without_secret() {
        let client = GoogleClient::new(" id.example ", Some("  ")).unwrap();
        assert_eq!(client.client_id, "id.example");
        let again = GoogleClient::from_json(&client.to_json()).unwrap();
        assert!(again.client_secret.is_none());
    }

    #[test]
    fn wrong_files_say_what_is_wrong() {
        let check = |json: &str, says: &str| {
            let error = GoogleClient::from_json(json).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("json"));
            assert!(error.message.contains(says), "{json}: {}", error.message);
        };
        check(
            r#"{"web":{"client_id":"x","client_secret":"y"}}"#,
            "Web application",
        );
        check(
            r#"{"type":"service_account","private_key":"k"}"#,
            "service account",
        );
        check("{}", "no desktop client");
        check("GOCSPX-oops", "isn't the file");
        check(r#"{"installed":{}}"#, "isn't the file");
        check(r#"{"installed":{"client_id":""}}"#, "Enter the client ID");
        check(r#"{"installed":{"client_id":"a b"}}"#, "isn't a client ID");
        let error = GoogleClient::from_json(r#"{"installed":"GOCSPX-hidden"}"#).unwrap_err();
        assert!(!error.message.contains("hidden"), "a secret is never shown");
    }

    #[test]
    fn mixed_up_values() {
        let error = GoogleClient::new("GOCSPX-x", None).unwrap_err();
        assert!(error.message.contains("client secret"), "{}", error.message);
        let error = GoogleClient::new("id", Some("two words")).unwrap_err();
        assert_eq!(error.field.as_deref(), Some("clientSecret"));
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let client = GoogleClient::new("id", Some("GOCSPX-hidden")).unwrap();
        assert!(!format!("{client:?}").contains("hidden"));
    }
}
