//! Sending accounts.

use draftwell_core::{
    Result,
    account::{Account, ClientSource},
    id::AccountId,
    smtp::SmtpServer,
};
use draftwell_providers::oauth::Provider;
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, clients, commands::Args, events, smtp};

/// Names an account.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountRef {
    /// The account.
    pub id: AccountId,
}

/// Which account to disconnect.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DisconnectAccount {
    /// The account.
    pub id: AccountId,
    /// Forget it even if its grant can't be revoked now.
    #[serde(default)]
    #[specta(optional)]
    pub anyway: bool,
}

/// How to connect.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectGmail {
    /// The account to sign in again; its address is suggested to Google.
    pub account_id: Option<AccountId>,
    /// Also ask to read mail, so that replies are noticed. One that may read already is asked for
    /// it in any case, as signing in again would take it away.
    pub read: bool,
}

/// The user's own Google client: the file Google gives, or its two values.
#[derive(Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct SetGoogleClient {
    /// The text of the downloaded `client_secret_….json`.
    pub json: Option<String>,
    /// `….apps.googleusercontent.com`.
    pub client_id: Option<String>,
    /// `GOCSPX-…`.
    pub client_secret: Option<String>,
}

/// Which account to sign in again.
#[derive(Debug, Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectOutlook {
    /// The account to sign in again; its address is suggested to Microsoft.
    pub account_id: Option<AccountId>,
}

/// The user's own app registration at Microsoft.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SetMicrosoftClient {
    /// "Application (client) ID".
    pub client_id: String,
    /// "Directory (tenant) ID" of a registration that is for one directory only.
    #[serde(default)]
    #[specta(optional)]
    pub tenant: Option<String>,
}

/// The settings of an account at a mail server.
#[derive(Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SmtpSettings {
    /// The account to change; left out: a new one.
    #[serde(default)]
    #[specta(optional)]
    pub id: Option<AccountId>,
    /// The address mails are from.
    pub email: String,
    /// Name shown to recipients, or empty.
    #[serde(default)]
    pub display_name: String,
    /// The server.
    pub server: SmtpServer,
    /// The password or token; left out: the kept one.
    #[serde(default)]
    #[specta(optional)]
    pub secret: Option<String>,
}

/// What a connection test found. It logged in and sent nothing.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SmtpChecked {
    /// The largest mail the server takes, in megabytes, where it says so.
    pub max_megabytes: Option<u32>,
}

/// What became of an account that was disconnected. It is forgotten here.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Disconnected {
    /// Whether the provider confirmed that the grant is revoked.
    pub revoked: bool,
    /// What to do where it did not.
    pub message: Option<String>,
}

/// The sign-in page was opened in the browser.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
#[serde(rename_all = "camelCase")]
pub struct ConnectStarted {
    /// Its address, to open by hand where no browser came up.
    pub url: String,
    /// Whether a browser was started.
    pub browser_opened: bool,
}

/// The list of accounts changed.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
pub struct AccountsChanged;

/// All accounts, the default one first.
#[tauri::command]
#[specta::specta]
pub async fn list_accounts(app: State<'_, App>) -> Result<Vec<Account>> {
    app.store()?.list_accounts().await
}

/// Signs in to Gmail in the system browser; answers when that is done, refused, cancelled, or
/// five minutes are over. `connect-started` carries the address meanwhile.
#[tauri::command]
#[specta::specta]
pub async fn connect_gmail(
    app: State<'_, App>,
    args: Args<Option<ConnectGmail>>,
) -> Result<Account> {
    let args = args.0.unwrap_or_default();
    app.accounts
        .connect(&app, Provider::Google, args.account_id, args.read)
        .await
}

/// Signs in to Outlook in the system browser, as [`connect_gmail`] does to Gmail.
#[tauri::command]
#[specta::specta]
pub async fn connect_outlook(
    app: State<'_, App>,
    args: Args<Option<ConnectOutlook>>,
) -> Result<Account> {
    let args = args.0.unwrap_or_default();
    app.accounts
        .connect(&app, Provider::Microsoft, args.account_id, false)
        .await
}

/// Makes the practice account: its mails are kept as files, nothing is sent.
#[tauri::command]
#[specta::specta]
pub async fn add_practice_account(app: State<'_, App>) -> Result<Account> {
    app.accounts.add_practice(&app).await
}

/// Keeps an account at a mail server, and its password encrypted.
#[tauri::command]
#[specta::specta]
pub async fn save_smtp_account(app: State<'_, App>, args: Args<SmtpSettings>) -> Result<Account> {
    smtp::save(&app, args.0).await
}

/// Logs in to a mail server with these settings; sends and keeps nothing.
#[tauri::command]
#[specta::specta]
pub async fn check_smtp_account(
    app: State<'_, App>,
    args: Args<SmtpSettings>,
) -> Result<SmtpChecked> {
    smtp::check(&app, args.0).await
}

/// Ends a sign-in, or the check of a mail server, that is under way.
#[tauri::command]
#[specta::specta]
pub async fn cancel_connect(app: State<'_, App>) -> Result<()> {
    app.accounts.cancel_connect();
    Ok(())
}

/// Revokes the grant at the provider and forgets the account. Answers `CONFLICT`, and changes
/// nothing, where the token can't be read and it was not asked to go on `anyway`.
#[tauri::command]
#[specta::specta]
pub async fn disconnect_account(
    app: State<'_, App>,
    args: Args<DisconnectAccount>,
) -> Result<Disconnected> {
    let DisconnectAccount { id, anyway } = args.0;
    app.accounts.disconnect(&app, id, anyway).await
}

/// Makes an account the default one.
#[tauri::command]
#[specta::specta]
pub async fn set_default_account(app: State<'_, App>, args: Args<AccountRef>) -> Result<()> {
    app.store()?.set_default_account(args.0.id).await?;
    events::accounts_changed(&app.handle);
    Ok(())
}

/// Keeps the user's own Google client, encrypted.
#[tauri::command]
#[specta::specta]
pub async fn set_google_client(
    app: State<'_, App>,
    args: Args<SetGoogleClient>,
) -> Result<ClientSource> {
    clients::keep_google(&app, args.0).await?;
    app.accounts.client_changed(&app);
    clients::source(&app, Provider::Google).await
}

/// Forgets the user's own Google client.
#[tauri::command]
#[specta::specta]
pub async fn delete_google_client(app: State<'_, App>) -> Result<ClientSource> {
    clients::forget(&app, Provider::Google).await?;
    app.accounts.client_changed(&app);
    clients::source(&app, Provider::Google).await
}

/// Keeps the user's own app registration at Microsoft, encrypted.
#[tauri::command]
#[specta::specta]
pub async fn set_microsoft_client(
    app: State<'_, App>,
    args: Args<SetMicrosoftClient>,
) -> Result<ClientSource> {
    clients::keep_microsoft(&app, args.0).await?;
    app.accounts.client_changed(&app);
    clients::source(&app, Provider::Microsoft).await
}

/// Forgets the user's own app registration at Microsoft.
#[tauri::command]
#[specta::specta]
pub async fn delete_microsoft_client(app: State<'_, App>) -> Result<ClientSource> {
    clients::forget(&app, Provider::Microsoft).await?;
    app.accounts.client_changed(&app);
    clients::source(&app, Provider::Microsoft).await
}
