//! Polish: rewriting the user's own rough text into four styles.
//!
//! What goes to a provider and what its answer must look like are decided here; the call itself
//! is behind the port [`crate::ports::Writer`].
//!
//! Text that gives the model orders, in a draft or in mail it quotes, can't do more than spoil the
//! four texts, by construction:
//! - a model has no tools: [`crate::ports::WriteRequest`] has no place for any, and an answer's
//!   calls of tools are no text ([`answer`]);
//! - what comes back is four strings ([`answer::Answer`]), made into a body by
//!   [`crate::document::Document::from_markdown`], which knows no script, form or foreign image;
//! - a [`PolishedVersion`] has a body and no field for recipients, subject, files or settings. The
//!   signature it brings is chosen by [`crate::signature::for_style`], from the style alone;
//! - links, addresses and whatever else the draft didn't say are marked as made up ([`facts`]),
//!   and taking such a text asks first;
//! - notes about contacts are in no request at all.

pub mod align;
pub mod answer;
pub mod breaker;
pub mod cache;
pub mod chain;
pub mod facts;
mod layout;
pub mod limit;
pub mod offline;
pub mod original;
pub mod outgoing;
pub mod reader;
pub mod redact;
pub mod request;
pub mod run;
pub mod unconfirmed;
pub mod versions;

pub use run::run;

use serde::{Deserialize, Serialize};
use specta::Type;

use crate::{
    error::Code,
    id::{DraftId, SignatureId},
};

/// The four styles, in the order a model writes them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// For people one says "Dear Dr Weber" to.
    Formal,
    /// For people one says "Hi" to.
    Casual,
    /// Fuller.
    Elaborate,
    /// Shorter.
    Concise,
}

impl Style {
    /// All four, in schema order.
    pub const ALL: [Self; 4] = [Self::Formal, Self::Casual, Self::Elaborate, Self::Concise];
}

/// Who writes the versions.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[serde(rename_all = "snake_case")]
pub enum ProviderId {
    /// OpenRouter.
    Openrouter,
    /// Google Gemini.
    Gemini,
    /// OpenAI.
    Openai,
    /// Anthropic.
    Anthropic,
    /// A server on this machine that speaks OpenAI's protocol.
    Local,
    /// Our own rules; no key, no network, no model.
    Offline,
}

impl ProviderId {
    /// Its name in settings, in the environment and for secrets.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Openrouter => "openrouter",
            Self::Gemini => "gemini",
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
            Self::Local => "local",
            Self::Offline => "offline",
        }
    }
}

/// What kind of mail it is, where the user says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PolishContext {
    /// First mail to a stranger.
    ColdEmail,
    /// Coming back to something.
    FollowUp,
}

/// What `polish_draft` takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolishDraft {
    /// The draft, as it is stored.
    pub draft_id: DraftId,
    /// What kind of mail it is.
    #[serde(default)]
    #[specta(optional)]
    pub context: Option<PolishContext>,
    /// Only this one, for example `offline`; left out: the configured ones in order.
    #[serde(default)]
    #[specta(optional)]
    pub provider: Option<ProviderId>,
    /// What the user asks for in words of their own, up to 300 characters ("mention that I'm away
    /// on Friday").
    #[serde(default)]
    #[specta(optional)]
    pub instruction: Option<String>,
    /// The part of the draft that is selected, as a document of its own; left out: all of it.
    #[serde(default)]
    #[specta(optional)]
    pub selection: Option<crate::document::DocumentJson>,
    /// Whether quoted mail of others is polished, too; otherwise it is neither sent nor changed.
    #[serde(default)]
    pub include_quoted: bool,
    /// Asks again even where the same was answered within the last hour.
    #[serde(default)]
    pub fresh: bool,
    /// The names of what was shown to the user ([`outgoing::PolishPreview::approvals`]): needed where
    /// something leaves this machine that must be shown before. Without it, that is refused with
    /// `VALIDATION_ERROR` for this field; with it, who is not in it is passed over.
    #[serde(default)]
    #[specta(optional)]
    pub approved: Option<Vec<String>>,
    /// A name of the page's choosing under which progress is reported and which cancels.
    #[serde(default)]
    #[specta(optional)]
    pub request_id: Option<String>,
}

/// One of the four versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolishedVersion {
    /// Which.
    pub style: Style,
    /// The new text as a ProseMirror document, without signature; quoted mail is in its place.
    pub body: crate::document::DocumentJson,
    /// The same as sanitised HTML, for the card, without quoted mail. What the original doesn't say
    /// is in a `<mark data-change>` with its place in `changes`; once all four are complete, each
    /// sentence is in a `<span data-row>` with its place in the result's `rows`.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// Words in it.
    pub word_count: u32,
    /// Length against the original in per cent of words, rounded; -20 is a fifth shorter.
    pub difference_percent: i32,
    /// The signature this style brings; none leaves the draft's as it is.
    pub signature_id: Option<SignatureId>,
    /// Something to say on the card, for example that there was nothing to change.
    pub note: Option<String>,
    /// Facts it lost, changed or made up.
    pub changes: Vec<facts::Change>,
}

/// One of the four versions that can't be used: what was taken out of the text before it left can't
/// all be put back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RefusedVersion {
    /// Which.
    pub style: Style,
    /// `AI_INVALID_ANSWER`.
    pub code: Code,
    /// What is wrong with it, and what to do.
    pub message: String,
}

/// Tokens and cost of a call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: Option<u32>,
    /// Tokens written.
    pub output_tokens: Option<u32>,
    /// US dollars, where the provider says.
    pub cost_usd: Option<f64>,
}

/// Why one provider of the chain did not answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FailedAttempt {
    /// Which.
    pub provider: ProviderId,
    /// Its name for people.
    pub name: String,
    /// What kind of failure.
    pub code: Code,
    /// Why, for people.
    pub reason: String,
}

/// What `polish_draft` answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PolishResult {
    /// The request's name.
    pub request_id: String,
    /// The draft.
    pub draft_id: DraftId,
    /// The revision that was polished.
    pub revision: u32,
    /// Words of the original.
    pub original_word_count: u32,
    /// The text that was polished, as plain text.
    pub original_text: String,
    /// Whether quoted mail was left out.
    pub quotation_left_out: bool,
    /// Formal, casual, elaborate, concise; without those that can't be used.
    pub versions: Vec<PolishedVersion>,
    /// Those that can't be used, and why.
    pub refused: Vec<RefusedVersion>,
    /// Their sentences beside the original's, for `compose_polish`.
    pub rows: Vec<align::PolishRow>,
    /// Who wrote them.
    pub provider: ProviderId,
    /// Its name for people.
    pub provider_name: String,
    /// Which model; empty for the offline polisher.
    pub model: String,
    /// Tokens and cost.
    pub usage: Usage,
    /// Providers that were tried before and failed.
    pub failed_attempts: Vec<FailedAttempt>,
    /// Whether it comes from the cache.
    pub cached: bool,
    /// How many polishes are left in this minute.
    pub remaining: u32,
    /// Seconds until one more is free.
    pub resets_in_seconds: u32,
}

/// What `compose_polish` answers: the text a choice of sentences gives.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ComposedPolish {
    /// All of it as a ProseMirror document, without signature; quoted mail is in its place.
    pub body: crate::document::DocumentJson,
    /// The same as sanitised HTML, without quoted mail: each sentence is a
    /// `<span data-row data-source>`, facts are marked as on the cards.
    pub html: String,
    /// Words in it.
    pub word_count: u32,
    /// Length against the original in per cent of words, rounded.
    pub difference_percent: i32,
    /// Facts it lost, changed or made up, as a whole.
    pub changes: Vec<facts::Change>,
}

/// What the page is told while a polish runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(
    rename_all = "camelCase",
    tag = "kind",
    rename_all_fields = "camelCase"
)]
pub enum PolishEvent {
    /// A provider was asked; cards that showed text of a former one are empty again.
    Started {
        /// Who.
        provider: ProviderId,
        /// Its name for people.
        name: String,
        /// Which model.
        model: String,
    },
    /// The provider that was asked is busy and is asked once more after a pause.
    Waiting {
        /// How long the pause is.
        seconds: u32,
    },
    /// More of a card's text.
    Text {
        /// Which card.
        style: Style,
        /// How many of the blocks shown stay as they are.
        keep: u32,
        /// The blocks after them as sanitised HTML, one string each.
        blocks: Vec<String>,
        /// Words so far.
        word_count: u32,
    },
    /// A card is complete.
    Done {
        /// The version.
        version: PolishedVersion,
    },
    /// A card is complete and can't be used.
    Refused {
        /// Which, and why.
        refused: RefusedVersion,
    },
    /// A provider failed and the next one is asked.
    Failed {
        /// What happened.
        attempt: FailedAttempt,
    },
}
