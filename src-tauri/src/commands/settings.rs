//! Settings, API keys, and how secrets are kept.

use std::collections::BTreeMap;

use draftwell_core::{
    Result,
    patch::Patch,
    polish::ProviderId,
    settings::{ProviderStatus, Settings, UpdateSettings, VaultStatus},
};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::State;

use crate::{app::App, clock, commands::Args, events};

/// A key for a provider.
#[derive(Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SetApiKey {
    /// The provider.
    pub provider: ProviderId,
    /// Its key.
    pub key: String,
}

/// Names a provider.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProviderRef {
    /// The provider.
    pub provider: ProviderId,
}

/// How secrets shall be kept where no keyring can be used.
#[derive(Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChooseVault {
    /// A passphrase to encrypt them with; without one they are kept until the program ends.
    #[serde(default)]
    #[specta(optional)]
    pub passphrase: Option<String>,
    /// Allows to forget stored secrets that can't be opened any more.
    #[serde(default)]
    #[specta(optional)]
    pub forget_stored: bool,
}

/// How to open the secrets.
#[derive(Clone, Default, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct UnlockVault {
    /// The passphrase; without it the keyring is tried, and takes the place of a passphrase that
    /// is open.
    pub passphrase: Option<String>,
    /// Make a new key in the keyring and forget the secrets that the lost one had sealed.
    pub start_over: bool,
}

/// A model server found on this machine.
#[derive(Debug, Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LocalServer {
    /// Ollama, LM Studio or llama.cpp.
    pub name: String,
    /// Its address.
    pub base_url: String,
    /// The models it offers.
    pub models: Vec<String>,
    /// The one to use unless the user chooses: it writes text, and runs on this machine.
    pub model: Option<String>,
    /// Whether it wants a key before it says which models it has.
    pub needs_key: bool,
}

/// The settings changed.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
pub struct SettingsChanged;

/// Everything the settings show.
#[tauri::command]
#[specta::specta]
pub async fn get_settings(app: State<'_, App>) -> Result<Settings> {
    app.settings().await
}

/// Changes what is given.
#[tauri::command]
#[specta::specta]
pub async fn update_settings(app: State<'_, App>, args: Args<UpdateSettings>) -> Result<Settings> {
    let update = args.0;
    let models = update.models.iter().flat_map(BTreeMap::keys).copied();
    let local = update.local_enabled.is_some() || update.local_base_url != Patch::Keep;
    let touched: Vec<ProviderId> = models.chain(local.then_some(ProviderId::Local)).collect();
    app.store()?.update_settings(update, clock::now()).await?;
    app.models.start_afresh(touched);
    events::settings_changed(&app.handle);
    app.outbox.wake();
    app.settings().await
}

/// Checks a key with its provider and keeps it, encrypted. A key the provider refuses is not kept.
#[tauri::command]
#[specta::specta]
pub async fn set_api_key(app: State<'_, App>, args: Args<SetApiKey>) -> Result<ProviderStatus> {
    app.models
        .set_key(&app, args.0.provider, args.0.key.into())
        .await
}

/// Forgets a key.
#[tauri::command]
#[specta::specta]
pub async fn delete_api_key(
    app: State<'_, App>,
    args: Args<ProviderRef>,
) -> Result<ProviderStatus> {
    app.models.delete_key(&app, args.0.provider).await
}

/// Looks for model servers on their usual ports of this machine.
#[tauri::command]
#[specta::specta]
pub async fn find_local_servers(app: State<'_, App>) -> Result<Vec<LocalServer>> {
    Ok(app.models.find_local_servers().await)
}

/// The ids of the models a provider offers.
#[tauri::command]
#[specta::specta]
pub async fn list_models(app: State<'_, App>, args: Args<ProviderRef>) -> Result<Vec<String>> {
    app.models.list(&app, args.0.provider).await
}

/// Chooses how secrets are kept where no keyring can be used.
#[tauri::command]
#[specta::specta]
pub async fn choose_vault(app: State<'_, App>, args: Args<ChooseVault>) -> Result<VaultStatus> {
    let status = app
        .secrets()?
        .choose(args.0.passphrase.map(Into::into), args.0.forget_stored)
        .await?;
    events::settings_changed(&app.handle);
    Ok(status)
}

/// Opens the secrets: with the passphrase, or with the keyring, which is tried again if it
/// could not be used before. From a passphrase that is open it moves to the keyring.
#[tauri::command]
#[specta::specta]
pub async fn unlock_vault(
    app: State<'_, App>,
    args: Args<Option<UnlockVault>>,
) -> Result<VaultStatus> {
    let args = args.0.unwrap_or_default();
    let secrets = app.secrets()?;
    let status = match args.passphrase {
        Some(passphrase) => secrets.unlock(passphrase.into()).await?,
        None => secrets.retry_keyring(args.start_over).await?,
    };
    events::settings_changed(&app.handle);
    app.outbox.wake();
    Ok(status)
}
