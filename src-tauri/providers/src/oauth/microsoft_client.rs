//! The program as Microsoft knows it: an app registration.

use draftwell_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::client::{Client, is_one_word};

/// The accounts an app registration is for, where nothing else is said: all of them.
const EVERYBODY: &str = "common";

/// An app registration of Microsoft's for "mobile and desktop applications". It has no secret:
/// a program that everybody has could keep none, and Microsoft refuses one (RFC 8252, 8.5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MicrosoftClient {
    /// "Application (client) ID", a GUID.
    pub client_id: String,
    /// "Directory (tenant) ID", its domain, or `common`, `organizations`, `consumers`.
    pub tenant: String,
}

impl MicrosoftClient {
    /// From what Microsoft shows; no tenant means everybody's.
    ///
    /// Errors: `VALIDATION_ERROR` with the field `clientId` or `tenant`.
    pub fn new(client_id: &str, tenant: Option<&str>) -> Result<Self> {
        let client_id = client_id.trim();
        if client_id.is_empty() {
            return Err(Error::invalid("clientId", "Enter the client ID."));
        }
        if !is_one_word(client_id) || !is_guid(client_id) {
            return Err(Error::invalid(
                "clientId",
                "This isn't a client ID. It looks like 1a2b3c4d-0000-4000-8000-123456789abc, and \
                 is called “Application (client) ID”.",
            ));
        }
        let tenant = tenant.map(str::trim).filter(|tenant| !tenant.is_empty());
        let tenant = tenant.unwrap_or(EVERYBODY);
        let is_plain = tenant.len() <= 253
            && tenant
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        if !is_plain || tenant.starts_with('.') {
            return Err(Error::invalid(
                "tenant",
                "This isn't a directory. It looks like 1a2b3c4d-0000-4000-8000-123456789abc or \
                 example.onmicrosoft.com. Leave it empty if you aren't sure.",
            ));
        }
        Ok(Self {
            client_id: client_id.to_ascii_lowercase(),
            tenant: tenant.to_owned(),
        })
    }

    /// What [`MicrosoftClient::to_json`] made.
    ///
    /// Errors: `VALIDATION_ERROR` with the field `clientId`.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|_| {
            Error::invalid(
                "clientId",
                "The stored client can't be read. Enter it again.",
            )
        })
    }

    /// For keeping it.
    pub fn to_json(&self) -> String {
        // Two texts always have a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl From<&MicrosoftClient> for Client {
    fn from(client: &MicrosoftClient) -> Self {
        Self {
            id: client.client_id.clone(),
            secret: None,
        }
    }
}

impl From<MicrosoftClient> for Client {
    fn from(client: MicrosoftClient) -> Self {
        Self::from(&client)
    }
}

/// Eight, four, four, four and twelve hexadecimal digits.
fn is_guid(text: &str) -> bool {
    let groups: Vec<_> = text.split('-').collect();
    let lengths: Vec<_> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && groups
            .iter()
            .all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1A2b3c4d-0000-4000-8000-123456789abc";

    #[test]
    fn what_microsoft_shows_is_taken() {
        let client = MicrosoftClient::new(&format!(" {ID}\n"), Some(" ")).unwrap();
        assert_eq!(client.client_id, "1a2b3c4d-0000-4000-8000-123456789abc");
        assert_eq!(client.tenant, "common");
        assert_eq!(
            MicrosoftClient::from_json(&client.to_json()).unwrap(),
            client
        );
        for tenant in ["consumers", "contoso.onmicrosoft.com", ID] {
            assert_eq!(
                MicrosoftClient::new(ID, Some(tenant)).unwrap().tenant,
                tenant
            );
        }
    }

    #[test]
    fn what_is_something_else_is_not() {
        for id in [
            "",
            "x",
            "1-a.apps.googleusercontent.com",
            &format!("{ID}0"),
            &ID.replace('c', "g"),
        ] {
            let error = MicrosoftClient::new(id, None).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("clientId"), "{id}");
        }
        for tenant in ["a/b", "../x", "a b", "ä.de", "x?y", ".."] {
            let error = MicrosoftClient::new(ID, Some(tenant)).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("tenant"), "{tenant}");
        }
        assert!(MicrosoftClient::from_json("{").is_err());
    }
}
