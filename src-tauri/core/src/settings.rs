//! What the user can set.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    Error, Result,
    account::ClientSource,
    patch::Patch,
    polish::{ProviderId, outgoing::AskBefore, redact::RedactionSettings},
};

/// The longest time a sent mail can be taken back, in seconds.
pub const MAX_UNDO_SECONDS: u32 = 60;
/// The highest daily limit: Gmail's own for paid accounts.
pub const MAX_DAILY_LIMIT: u32 = 2_000;
const MAX_MODEL_BYTES: usize = 200;
/// The order in which providers are asked where the user chose none.
pub const DEFAULT_ORDER: [ProviderId; 5] = [
    ProviderId::Openrouter,
    ProviderId::Gemini,
    ProviderId::Openai,
    ProviderId::Anthropic,
    ProviderId::Local,
];

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
    /// The order in which providers are asked, as far as the user chose one; see
    /// [`Preferences::order`].
    pub provider_order: Vec<ProviderId>,
    /// Model ids chosen by the user; a provider not named uses its default.
    pub models: BTreeMap<ProviderId, String>,
    /// Whether a local model server may be used.
    pub local_enabled: bool,
    /// Where the local server is; none means: look on the usual ports.
    pub local_base_url: Option<String>,
    /// Whether private text is replaced by placeholders before it goes to a provider.
    pub redact: bool,
    /// Which kinds of private text that are.
    pub redaction: RedactionSettings,
    /// When what leaves this machine is shown before it goes.
    pub ask_before: AskBefore,
    /// The providers that something was sent to after it was shown, with where it went.
    pub agreed: BTreeMap<ProviderId, String>,
    /// Whether closing the last window leaves the program in the tray (where there is one).
    pub close_to_tray: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            undo_seconds: 10,
            daily_limit: 100,
            provider_order: Vec::new(),
            models: BTreeMap::new(),
            local_enabled: false,
            local_base_url: None,
            redact: false,
            redaction: RedactionSettings::ALL,
            ask_before: AskBefore::First,
            agreed: BTreeMap::new(),
            close_to_tray: true,
        }
    }
}

impl Preferences {
    /// The order in which providers are asked: the chosen one, followed by those it doesn't name.
    /// What was stored by another version of the program may name too few or some twice.
    pub fn order(&self) -> [ProviderId; 5] {
        let mut order = DEFAULT_ORDER;
        let place = |id: &ProviderId| {
            let chosen = self.provider_order.iter().position(|chosen| chosen == id);
            chosen.unwrap_or(usize::MAX)
        };
        // Stable, so that those not named stay in their usual order.
        order.sort_by_key(place);
        order
    }

    /// What is replaced by placeholders.
    pub fn replaces(&self) -> RedactionSettings {
        if self.redact {
            self.redaction
        } else {
            RedactionSettings::NONE
        }
    }

    /// These preferences with what is given.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` naming what is out of its range.
    pub fn updated(mut self, update: UpdateSettings) -> Result<Self> {
        if let Some(seconds) = update.undo_seconds {
            if seconds > MAX_UNDO_SECONDS {
                return Err(Error::invalid(
                    "undoSeconds",
                    format!("The time to take a mail back is 0 to {MAX_UNDO_SECONDS} seconds."),
                ));
            }
            self.undo_seconds = seconds;
        }
        if let Some(limit) = update.daily_limit {
            if !(1..=MAX_DAILY_LIMIT).contains(&limit) {
                return Err(Error::invalid(
                    "dailyLimit",
                    format!("The limit is 1 to {MAX_DAILY_LIMIT} mails a day."),
                ));
            }
            self.daily_limit = limit;
        }
        if let Some(order) = update.provider_order {
            let is_twice = |(at, id): (usize, &ProviderId)| order[..at].contains(id);
            if order.contains(&ProviderId::Offline) || order.iter().enumerate().any(is_twice) {
                return Err(Error::invalid(
                    "providerOrder",
                    "The order names each provider once, and not the offline polisher.",
                ));
            }
            self.provider_order = order;
        }
        for (provider, model) in update.models.unwrap_or_default() {
            let model = model.trim();
            if model.len() > MAX_MODEL_BYTES || model.contains(char::is_control) {
                return Err(Error::invalid("models", "This isn't the name of a model."));
            }
            if model.is_empty() {
                self.models.remove(&provider);
            } else {
                self.models.insert(provider, model.to_owned());
            }
        }
        self.local_base_url = match update.local_base_url {
            Patch::Set(url) => Some(base_url(&url)?),
            patch => patch.apply(self.local_base_url),
        };
        if let Some(ask) = update.ask_before {
            // Choosing the first time anew begins anew.
            if ask == AskBefore::First {
                self.agreed.clear();
            }
            self.ask_before = ask;
        }
        let replaced = self.replaces();
        self.redact = update.redact.unwrap_or(self.redact);
        self.redaction = update.redaction.unwrap_or(self.redaction);
        // What was agreed to went out with fewer or other placeholders.
        if self.replaces() != replaced {
            self.agreed.clear();
        }
        self.theme = update.theme.unwrap_or(self.theme);
        self.local_enabled = update.local_enabled.unwrap_or(self.local_enabled);
        self.close_to_tray = update.close_to_tray.unwrap_or(self.close_to_tray);
        Ok(self)
    }
}

/// The address of a server, without a slash at its end.
fn base_url(text: &str) -> Result<String> {
    let text = text.trim().trim_end_matches('/');
    let host = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    let is_sound = |rest: &str| {
        !rest.is_empty()
            && rest.len() <= 2_000
            && !rest.starts_with(['/', ':', '?', '#'])
            && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
    };
    if !host.is_some_and(is_sound) {
        return Err(Error::invalid(
            "localBaseUrl",
            "This isn't the address of a server. It should look like http://127.0.0.1:11434/v1.",
        ));
    }
    Ok(text.to_owned())
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
    /// The order in which providers are asked; those not named follow in their usual order.
    #[serde(default)]
    #[specta(optional)]
    pub provider_order: Option<Vec<ProviderId>>,
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
    /// Whether private text is replaced by placeholders.
    #[serde(default)]
    #[specta(optional)]
    pub redact: Option<bool>,
    /// Which kinds.
    #[serde(default)]
    #[specta(optional)]
    pub redaction: Option<RedactionSettings>,
    /// When what leaves this machine is shown before it goes; `first` begins anew.
    #[serde(default)]
    #[specta(optional)]
    pub ask_before: Option<AskBefore>,
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
    /// No secret was needed yet, so nobody has looked.
    Unopened,
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
    /// Whether and from where an app registration at Microsoft is known.
    pub microsoft_client: ClientSource,
    /// How secrets are kept.
    pub vault: VaultStatus,
    /// Whether the desktop shows a tray icon.
    pub has_tray: bool,
    /// The program's version.
    pub version: String,
    /// The folder everything is kept in.
    pub data_dir: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays() {
        let before = Preferences {
            undo_seconds: 30,
            local_base_url: Some("http://127.0.0.1:1234/v1".to_owned()),
            ..Preferences::default()
        };
        let after = before.clone().updated(UpdateSettings::default()).unwrap();
        assert_eq!(after, before);
        let update: UpdateSettings =
            serde_json::from_str(r#"{"theme":"dark","localBaseUrl":null}"#).unwrap();
        let after = before.updated(update).unwrap();
        assert_eq!(after.theme, Theme::Dark);
        assert_eq!(after.undo_seconds, 30);
        assert_eq!(after.local_base_url, None);
    }

    #[test]
    fn asking_the_first_time_begins_anew_when_it_is_chosen() {
        let mut before = Preferences::default();
        assert_eq!(before.ask_before, AskBefore::First);
        assert_eq!(before.replaces(), RedactionSettings::NONE);
        before
            .agreed
            .insert(ProviderId::Openai, "https://api.openai.com".into());
        let update = |json: &str| serde_json::from_str::<UpdateSettings>(json).unwrap();
        let never = before.updated(update(r#"{"askBefore":"never"}"#)).unwrap();
        assert_eq!(never.agreed.len(), 1);
        let first = never.updated(update(r#"{"askBefore":"first"}"#)).unwrap();
        assert!(first.agreed.is_empty());
        let redacts = first
            .updated(update(r#"{"redact":true,"redaction":{"names":false}}"#))
            .unwrap();
        assert!(!redacts.replaces().names && redacts.replaces().cards);
        let mut agreed = redacts;
        agreed
            .agreed
            .insert(ProviderId::Openai, "https://api.openai.com".into());
        let other = agreed.updated(update(r#"{"theme":"dark"}"#)).unwrap();
        assert_eq!(other.agreed.len(), 1, "nothing else begins it anew");
        let more = other.updated(update(r#"{"redact":false}"#)).unwrap();
        assert!(
            more.agreed.is_empty(),
            "more would leave than what was agreed to"
        );
    }

    #[test]
    fn values_out_of_their_range_are_named() {
        let check = |json: &str, field: &str| {
            let update: UpdateSettings = serde_json::from_str(json).unwrap();
            let error = Preferences::default().updated(update).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field), "{json}");
        };
        check(r#"{"undoSeconds":61}"#, "undoSeconds");
        check(r#"{"dailyLimit":0}"#, "dailyLimit");
        check(r#"{"dailyLimit":2001}"#, "dailyLimit");
        check(r#"{"models":{"gemini":"a\nb"}}"#, "models");
        check(r#"{"providerOrder":["gemini","gemini"]}"#, "providerOrder");
        check(r#"{"providerOrder":["offline"]}"#, "providerOrder");
        for url in [
            "",
            "file:///etc/passwd",
            "http://",
            "https:///x",
            "http://a b",
            "127.0.0.1",
        ] {
            let json = serde_json::json!({ "localBaseUrl": url }).to_string();
            check(&json, "localBaseUrl");
        }
    }

    #[test]
    fn a_models_name_is_kept_and_an_empty_one_is_forgotten() {
        let update = |json: &str| serde_json::from_str::<UpdateSettings>(json).unwrap();
        let set = Preferences::default()
            .updated(update(r#"{"models":{"gemini":" x-2 ","openai":"y"}}"#))
            .unwrap();
        assert_eq!(set.models[&ProviderId::Gemini], "x-2");
        let cleared = set.updated(update(r#"{"models":{"gemini":""}}"#)).unwrap();
        assert_eq!(cleared.models.len(), 1);
    }

    #[test]
    fn the_chosen_order_comes_first_and_nobody_is_left_out() {
        assert_eq!(Preferences::default().order(), DEFAULT_ORDER);
        let update: UpdateSettings =
            serde_json::from_str(r#"{"providerOrder":["local","openai"]}"#).unwrap();
        let chosen = Preferences::default().updated(update).unwrap();
        assert_eq!(
            chosen.order(),
            [
                ProviderId::Local,
                ProviderId::Openai,
                ProviderId::Openrouter,
                ProviderId::Gemini,
                ProviderId::Anthropic,
            ]
        );
        let stored: Preferences =
            serde_json::from_str(r#"{"providerOrder":["gemini","offline","gemini"]}"#).unwrap();
        assert_eq!(
            stored.order()[..2],
            [ProviderId::Gemini, ProviderId::Openrouter]
        );
    }

    #[test]
    fn a_servers_address_has_no_slash_at_its_end() {
        let update = UpdateSettings {
            local_base_url: Patch::Set(" http://127.0.0.1:8080/v1/ ".to_owned()),
            ..UpdateSettings::default()
        };
        let set = Preferences::default().updated(update).unwrap();
        assert_eq!(
            set.local_base_url.as_deref(),
            Some("http://127.0.0.1:8080/v1")
        );
    }
}
