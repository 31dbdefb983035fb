//! As what Google and Microsoft know this program: an OAuth client from the environment, or the
//! user's own, with the addresses that belong to it.

use draftwell_core::{
    Code, Error, Result,
    account::{AccountKind, ClientSource},
};
use draftwell_providers::oauth::{Client, Endpoints, GoogleClient, MicrosoftClient, Provider};
use secrecy::ExposeSecret;

use crate::{
    app::App,
    commands::accounts::{SetGoogleClient, SetMicrosoftClient},
    environment,
    secrets::{GOOGLE_CLIENT, MICROSOFT_CLIENT},
};

/// What tokens are asked for with, and where.
pub struct Registration {
    /// The client.
    pub client: Client,
    /// The addresses.
    pub endpoints: Endpoints,
}

/// Whose sign-in an account of this kind has, if any.
pub fn provider_of(kind: AccountKind) -> Option<Provider> {
    match kind {
        AccountKind::Gmail => Some(Provider::Google),
        AccountKind::Outlook => Some(Provider::Microsoft),
        AccountKind::Smtp | AccountKind::Practice => None,
    }
}

/// The kind of accounts that are signed in to there.
pub fn kind_of(provider: Provider) -> AccountKind {
    match provider {
        Provider::Google => AccountKind::Gmail,
        Provider::Microsoft => AccountKind::Outlook,
    }
}

/// The value of `DRAFTWELL_GOOGLE_…` or `DRAFTWELL_MICROSOFT_…`.
fn variable(provider: Provider, name: &str) -> Option<String> {
    let whose = match provider {
        Provider::Google => "GOOGLE",
        Provider::Microsoft => "MICROSOFT",
    };
    environment::text(&format!("DRAFTWELL_{whose}_{name}"))
}

/// The name under which the user's own client is kept.
fn secret(provider: Provider) -> &'static str {
    match provider {
        Provider::Google => GOOGLE_CLIENT,
        Provider::Microsoft => MICROSOFT_CLIENT,
    }
}

/// Whether and from where a client is known.
pub async fn source(app: &App, provider: Provider) -> Result<ClientSource> {
    if variable(provider, "CLIENT_ID").is_some() {
        return Ok(ClientSource::Environment);
    }
    Ok(if app.secrets()?.has(secret(provider)).await? {
        ClientSource::Entered
    } else {
        ClientSource::None
    })
}

/// Keeps the user's own Google client.
pub async fn keep_google(app: &App, given: SetGoogleClient) -> Result<()> {
    let client = match given.json.filter(|json| !json.trim().is_empty()) {
        Some(json) => GoogleClient::from_json(&json)?,
        None => GoogleClient::new(
            given.client_id.as_deref().unwrap_or_default(),
            given.client_secret.as_deref(),
        )?,
    };
    let json = client.to_json();
    app.secrets()?.put(GOOGLE_CLIENT, json.as_bytes()).await
}

/// Keeps the user's own app registration at Microsoft.
pub async fn keep_microsoft(app: &App, given: SetMicrosoftClient) -> Result<()> {
    let client = MicrosoftClient::new(&given.client_id, given.tenant.as_deref())?;
    let json = client.to_json();
    app.secrets()?.put(MICROSOFT_CLIENT, json.as_bytes()).await
}

/// Forgets the user's own client.
pub async fn forget(app: &App, provider: Provider) -> Result<()> {
    app.secrets()?.delete(secret(provider)).await
}

/// The client, and where it is known.
///
/// # Errors
/// `GMAIL_NOT_CONNECTED` or `ACCOUNT_NOT_CONNECTED` where there is none; `VALIDATION_ERROR` where
/// the environment names an address that must not be used.
pub async fn registration(app: &App, provider: Provider) -> Result<Registration> {
    match provider {
        Provider::Google => Ok(Registration {
            client: google(app).await?.into(),
            endpoints: google_endpoints()?,
        }),
        Provider::Microsoft => {
            let client = microsoft(app).await?;
            let endpoints = Endpoints::microsoft(&client, |name| variable(provider, name))?;
            Ok(Registration {
                client: client.into(),
                endpoints,
            })
        }
    }
}

/// Where Google's services are, which is so whatever the client.
///
/// # Errors
/// `VALIDATION_ERROR` as [`registration`].
pub fn google_endpoints() -> Result<Endpoints> {
    Endpoints::google(|name| variable(Provider::Google, name))
}

async fn google(app: &App) -> Result<GoogleClient> {
    if let Some(id) = variable(Provider::Google, "CLIENT_ID") {
        let secret = variable(Provider::Google, "CLIENT_SECRET");
        return GoogleClient::new(&id, secret.as_deref());
    }
    match app.secrets()?.get_text(GOOGLE_CLIENT).await? {
        Some(json) => GoogleClient::from_json(json.expose_secret()),
        None => Err(Error::new(
            Code::GmailNotConnected,
            "Google needs to know which program asks. Enter a Google client in Settings, \
             Accounts; it says there how to get one.",
        )),
    }
}

async fn microsoft(app: &App) -> Result<MicrosoftClient> {
    if let Some(id) = variable(Provider::Microsoft, "CLIENT_ID") {
        let tenant = variable(Provider::Microsoft, "TENANT");
        return MicrosoftClient::new(&id, tenant.as_deref());
    }
    match app.secrets()?.get_text(MICROSOFT_CLIENT).await? {
        Some(json) => MicrosoftClient::from_json(json.expose_secret()),
        None => Err(Error::new(
            Code::AccountNotConnected,
            "Microsoft needs to know which program asks. Enter an app registration in Settings, \
             Accounts; it says there how to get one.",
        )),
    }
}
