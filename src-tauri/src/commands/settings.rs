//! Settings, API keys, and how secrets are kept.

use draftwell_core::{
    Result,
    polish::ProviderId,
    settings::{ProviderStatus, Settings, UpdateSettings, VaultStatus},
};
use serde::{Deserialize, Serialize};
use specta::Type;

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
}

/// The passphrase that was chosen.
#[derive(Clone, Deserialize, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UnlockVault {
    /// The passphrase.
    pub passphrase: String,
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
}

/// The settings changed.
#[derive(Debug, Clone, Deserialize, Serialize, Type, tauri_specta::Event)]
pub struct SettingsChanged;

/// Everything the settings show.
#[tauri::command]
#[specta::specta]
pub async fn get_settings() -> Result<Settings> {
    todo!()
}

/// Changes what is given.
#[tauri::command]
#[specta::specta]
pub async fn update_settings(args: UpdateSettings) -> Result<Settings> {
    todo!("{args:?}")
}

/// Checks a key with its provider and keeps it, encrypted. A key the provider refuses is not kept.
#[tauri::command]
#[specta::specta]
pub async fn set_api_key(args: SetApiKey) -> Result<ProviderStatus> {
    let _ = args;
    todo!()
}

/// Forgets a key.
#[tauri::command]
#[specta::specta]
pub async fn delete_api_key(args: ProviderRef) -> Result<ProviderStatus> {
    todo!("{args:?}")
}

/// Looks for model servers on their usual ports of this machine.
#[tauri::command]
#[specta::specta]
pub async fn find_local_servers() -> Result<Vec<LocalServer>> {
    todo!()
}

/// Chooses how secrets are kept where no keyring can be used.
#[tauri::command]
#[specta::specta]
pub async fn choose_vault(args: ChooseVault) -> Result<VaultStatus> {
    let _ = args;
    todo!()
}

/// Opens the secrets with the passphrase; or, after the keyring was mended, tries it again.
#[tauri::command]
#[specta::specta]
pub async fn unlock_vault(args: Option<UnlockVault>) -> Result<VaultStatus> {
    let _ = args;
    todo!()
}
