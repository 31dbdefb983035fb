//! What the user can set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{account::ClientSource, patch::Patch, polish::ProviderId};

/// Colours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The settings that are kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Preferences {
    /// Colours.
    pub theme: Theme,
    /// Seconds a sent mail can be taken back, 0 to 60.
    pub undo_seconds: u32,
    /// Mails a day and account.
    pub daily_limit: u32,
    /// Model ids chosen by the user; a provider not named uses its default.
    pub models: BTreeMap<ProviderId, String>,
    /// Whether a local model server may be used.
    pub local_enabled: bool,
    /// Where the local server is; none means: look on the usual ports.
    pub local_base_url: Option<String>,
    /// Whether closing the last window leaves the program in the tray (where there is one).
    pub close_to_tray: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            undo_seconds: 10,
            daily_limit: 100,
            models: BTreeMap::new(),
            local_enabled: false,
            local_base_url: None,
            close_to_tray: true,
        }
    }
}

/// What `update_settings` takes; a field left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateSettings {
    /// Colours.
    #[serde(default)]
    #[specta(optional)]
    pub theme: Option<Theme>,
    /// 0 to 60.
    #[serde(default)]
    #[specta(optional)]
    pub undo_seconds: Option<u32>,
    /// 1 to 2,000.
    #[serde(default)]
    #[specta(optional)]
    pub daily_limit: Option<u32>,
    /// Model ids to set; an empty text goes back to the default.
    #[serde(default)]
    #[specta(optional)]
    pub models: Option<BTreeMap<ProviderId, String>>,
    /// Whether a local model server may be used.
    #[serde(default)]
    #[specta(optional)]
    pub local_enabled: Option<bool>,
    /// Where it is; `null` means the usual ports.
    #[serde(default)]
    #[specta(optional, type = Option<String>)]
    pub local_base_url: Patch<String>,
    /// Whether closing hides to the tray.
    #[serde(default)]
    #[specta(optional)]
    pub close_to_tray: Option<bool>,
}

/// Where an API key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeySource {
    /// There is none.
    None,
    /// The environment.
    Environment,
    /// Entered by the user, kept encrypted.
    Entered,
}

/// One provider as the settings show it. Never the key itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProviderStatus {
    /// Which.
    pub id: ProviderId,
    /// Its name for people.
    pub name: String,
    /// Whether it will be tried.
    pub configured: bool,
    /// Whether there is a key.
    pub has_api_key: bool,
    /// Where the key comes from.
    pub key_source: KeySource,
    /// The model in use.
    pub model: String,
    /// The model used where none is chosen.
    pub default_model: String,
    /// Base address of the service.
    pub base_url: String,
}

/// How secrets are kept now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum VaultMode {
    /// Encrypted, the key in the operating system's keyring.
    Keyring,
    /// Encrypted, the key made from a passphrase; open.
    Passphrase,
    /// A passphrase is set and must be entered.
    PassphraseLocked,
    /// Kept in memory until the program ends.
    Session,
    /// No keyring could be used, and nothing else was chosen yet.
    Unavailable,
}

/// How secrets are kept, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VaultStatus {
    /// How.
    pub mode: VaultMode,
    /// What is wrong with the keyring, for people.
    pub reason: Option<String>,
}

/// What `get_settings` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settings {
    /// The settings that are kept.
    pub preferences: Preferences,
    /// The providers, in the order they are tried.
    pub providers: Vec<ProviderStatus>,
    /// Whether and from where a Google client id is known.
    pub google_client: ClientSource,
    /// How secrets are kept.
    pub vault: VaultStatus,
    /// Whether the desktop shows a tray icon.
    pub has_tray: bool,
    /// The program's version.
    pub version: String,
    /// The folder everything is kept in.
    pub data_dir: String,
}
