//! Remembers answers for an hour, so that the same question is not paid for twice.
//!
//! The key is a hash over everything the answer depends on: the whole request, what its
//! placeholders stand for, and the models it may go to. What is kept is the model's Markdown, not the finished cards, because the signatures
//! they bring may have changed meanwhile. It lives in memory only.

use std::collections::HashMap;

use crate::{
    UnixMillis,
    polish::{ProviderId, Usage, answer::Answer, request::Prepared},
};

/// How long an answer is remembered, in milliseconds.
const LIFETIME_MILLIS: i64 = 60 * 60 * 1000;
/// How many answers are remembered.
const MOST_ENTRIES: usize = 64;

/// What a cached answer is found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a request to these models, in the order they would be tried. `models` names for
    /// each its provider, its base address and its model.
    pub fn of<'a>(
        prepared: &Prepared,
        models: impl IntoIterator<Item = (ProviderId, &'a str, &'a str)>,
    ) -> Self {
        let request = &prepared.request;
        let mut hasher = blake3::Hasher::new();
        // Each part is preceded by its length, so that no two lists of parts run together.
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        add(request.system.as_bytes());
        add(request.user.as_bytes());
        add(request.schema_name.as_bytes());
        add(request.schema.to_string().as_bytes());
        add(&request.max_output_tokens.to_le_bytes());
        add(&prepared.private().fingerprint());
        for (provider, base, model) in models {
            add(&[provider as u8]);
            add(base.as_bytes());
            add(model.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }
}

/// An answer worth remembering.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// The four versions.
    pub answer: Answer,
    /// Who wrote them.
    pub provider: ProviderId,
    /// Its name for people.
    pub provider_name: String,
    /// Which model.
    pub model: String,
    /// What it cost when it was asked.
    pub usage: Usage,
}

/// The answers of the last hour.
#[derive(Debug, Default)]
pub struct Cache {
    entries: HashMap<Key, (UnixMillis, Remembered)>,
}

impl Cache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// The answer to this question, if it was given within the last hour.
    pub fn get(&self, key: &Key, now: UnixMillis) -> Option<&Remembered> {
        self.entries
            .get(key)
            .filter(|(since, _)| is_fresh(*since, now))
            .map(|(_, remembered)| remembered)
    }

    /// Remembers an answer; the oldest one goes when there are too many.
    pub fn put(&mut self, key: Key, remembered: Remembered, now: UnixMillis) {
        self.entries.retain(|_, (since, _)| is_fresh(*since, now));
        self.entries.insert(key, (now, remembered));
        while self.entries.len() > MOST_ENTRIES {
            let oldest = self
                .entries
                .iter()
                .min_by_key(|(_, (since, _))| *since)
                .map(|(key, _)| *key);
            match oldest {
                Some(oldest) => self.entries.remove(&oldest),
                None => break,
            };
        }
    }

    /// Forgets everything, for example when a key or a model was changed.
    pub fn clear(&mut self) {
        self.entries.clear();
    }
}

/// Within the hour, and not from a future the clock was set back from.
fn is_fresh(since: UnixMillis, now: UnixMillis) -> bool {
    (0..LIFETIME_MILLIS).contains(&(now.0 - since.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::polish::{
        facts::Known,
        redact::{RedactionSettings, Redactor},
        request::{Source, prepare_redacted},
    };

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);
    const MODELS: [(ProviderId, &str, &str); 2] = [
        (ProviderId::Openai, "https://api.openai.com/v1", "a"),
        (ProviderId::Gemini, "https://g", "b"),
    ];

    fn request(markdown: &str) -> Prepared {
        redacted(markdown, RedactionSettings::NONE)
    }

    fn redacted(markdown: &str, settings: RedactionSettings) -> Prepared {
        let source = Source {
            markdown,
            text: markdown,
            context: None,
            instruction: None,
            language: None,
            is_part: false,
        };
        prepare_redacted(source, Redactor::new(settings, Known::default())).unwrap()
    }

    fn remembered(text: &str) -> Remembered {
        Remembered {
            answer: Answer::new([(); 4].map(|()| text.to_owned())).unwrap(),
            provider: ProviderId::Openai,
            provider_name: "OpenAI".into(),
            model: "a".into(),
            usage: Usage::default(),
        }
    }

    #[test]
    fn the_same_question_is_answered_for_an_hour() {
        let key = Key::of(&request("Hello, see you on Monday."), MODELS);
        let mut cache = Cache::new();
        cache.put(key, remembered("x"), NOW);
        let same = Key::of(&request("Hello, see you on Monday."), MODELS);
        assert_eq!(
            cache.get(&same, NOW.plus_seconds(3_599)),
            Some(&remembered("x"))
        );
        assert_eq!(cache.get(&same, NOW.plus_seconds(3_600)), None);
        assert_eq!(
            cache.get(&same, NOW.plus_seconds(-1)),
            None,
            "the clock was set back"
        );
    }

    #[test]
    fn everything_that_matters_makes_another_key() {
        let base = request("Hello, see you on Monday.");
        let key = Key::of(&base, MODELS);
        let mut others = vec![
            Key::of(&request("Hello, see you on Tuesday."), MODELS),
            Key::of(&base, MODELS[..1].to_vec()),
            Key::of(&base, [MODELS[1], MODELS[0]]),
            Key::of(
                &base,
                [(ProviderId::Openai, "https://api.openai.com/v1", "ab")],
            ),
            Key::of(
                &base,
                [(ProviderId::Openai, "https://api.openai.com/v1a", "b")],
            ),
        ];
        let mut changed = base.clone();
        changed.request.max_output_tokens += 1;
        others.push(Key::of(&changed, MODELS));
        let mut changed = base.clone();
        changed.request.system.push('.');
        others.push(Key::of(&changed, MODELS));
        others.push(Key::of(
            &redacted("Hello, see you on Monday.", RedactionSettings::ALL),
            MODELS,
        ));
        for (index, other) in others.iter().enumerate() {
            assert_ne!(*other, key, "{index}");
            assert!(!others[..index].contains(other), "{index}");
        }
    }

    #[test]
    fn requests_that_look_the_same_from_outside_are_told_apart() {
        let [anna, clara] = [
            "Dear Anna, see you on Monday.",
            "Dear Clara, see you on Monday.",
        ]
        .map(|draft| redacted(draft, RedactionSettings::ALL));
        assert_eq!(anna.request.user, clara.request.user);
        assert_ne!(Key::of(&anna, MODELS), Key::of(&clara, MODELS));
    }

    #[test]
    fn it_holds_so_many_and_forgets_the_oldest() {
        let mut cache = Cache::new();
        let keys: Vec<Key> = (0..70)
            .map(|n| Key::of(&request(&format!("Hello, see you at number {n}.")), MODELS))
            .collect();
        for (n, key) in keys.iter().enumerate() {
            cache.put(*key, remembered("x"), NOW.plus_seconds(n as i64));
        }
        let now = NOW.plus_seconds(100);
        assert_eq!(cache.entries.len(), MOST_ENTRIES);
        assert!(cache.get(&keys[5], now).is_none());
        assert!(cache.get(&keys[6], now).is_some());
        cache.clear();
        assert!(cache.get(&keys[69], now).is_none());
    }
}
