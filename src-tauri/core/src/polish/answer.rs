//! Judges a model's whole answer: four texts, or an error.
//!
//! Providers that enforce the schema answer clean JSON. Others wrap it in a code fence or a
//! sentence, nest it, or break a line inside a string; that much is forgiven. A version that is
//! missing or blank is not: the user would lose their text by taking it.

use serde_json::Value;

use crate::{
    Code, Error, Result,
    polish::{
        Style,
        reader::{Read, Reader},
    },
};

/// How many places are tried as the beginning of the object.
const MOST_STARTS: usize = 64;
/// No honest version of 5,000 characters is longer, in characters.
const MOST_CHARACTERS: usize = 60_000;

/// The four versions as a model wrote them, in Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer([String; 4]);

impl Answer {
    /// An answer of four versions, in the order of [`Style::ALL`].
    ///
    /// # Errors
    /// [`Code::AiInvalidAnswer`] if one is blank or absurdly long.
    pub fn new(versions: [String; 4]) -> Result<Self> {
        let versions = versions.map(|version| tidy(&version));
        for (style, version) in Style::ALL.into_iter().zip(&versions) {
            if version.is_empty() {
                return Err(invalid(&format!("the {} version is empty", style.key())));
            }
            if version.chars().count() > MOST_CHARACTERS {
                return Err(invalid(&format!(
                    "the {} version is far too long",
                    style.key()
                )));
            }
        }
        Ok(Self(versions))
    }

    /// One version.
    pub fn get(&self, style: Style) -> &str {
        match style {
            Style::Formal => &self.0[0],
            Style::Casual => &self.0[1],
            Style::Elaborate => &self.0[2],
            Style::Concise => &self.0[3],
        }
    }
}

/// Reads the whole answer of a model.
///
/// # Errors
/// [`Code::AiInvalidAnswer`] if the four versions are not in it.
pub fn parse(text: &str) -> Result<Answer> {
    if let Some(versions) = parse_strictly(text).or_else(|| parse_leniently(text)) {
        return Answer::new(versions);
    }
    Err(invalid(if text.trim().is_empty() {
        "it is empty"
    } else {
        "it does not hold the four versions"
    }))
}

/// The first JSON object in the text that has the four keys with texts.
fn parse_strictly(text: &str) -> Option<[String; 4]> {
    for (start, _) in text.match_indices('{').take(MOST_STARTS) {
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        if let Some(Ok(Value::Object(object))) = values.next() {
            let find = |style: Style| {
                object
                    .iter()
                    .find(|(key, _)| Style::from_key(key) == Some(style))
                    .and_then(|(_, value)| value.as_str())
                    .map(str::to_owned)
            };
            if let [Some(formal), Some(casual), Some(elaborate), Some(concise)] =
                Style::ALL.map(find)
            {
                return Some([formal, casual, elaborate, concise]);
            }
        }
    }
    None
}

/// The same by the reader that forgives raw line breaks, if it reached the end of the object.
fn parse_leniently(text: &str) -> Option<[String; 4]> {
    let mut reader = Reader::new();
    let mut found: [Option<String>; 4] = Default::default();
    for read in reader.push(text) {
        if let Read::Done { style, text } = read {
            found[style as usize] = Some(text);
        }
    }
    if !reader.is_finished() {
        return None;
    }
    match found {
        [Some(formal), Some(casual), Some(elaborate), Some(concise)] => {
            Some([formal, casual, elaborate, concise])
        }
        _ => None,
    }
}

/// Line ends as `\n`, no control characters, no space around.
fn tidy(version: &str) -> String {
    version
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' => Some('\n'),
            '\n' | '\t' => Some(c),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect::<String>()
        .trim()
        .to_owned()
}

fn invalid(what: &str) -> Error {
    Error::new(
        Code::AiInvalidAnswer,
        format!(
            "The model's answer could not be used: {what}. Try again, or choose another model."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"formal":"Dear Zoë,\n\nit is 10 March.","casual":"Hi Zoë","elaborate":"E","concise":"C"}"#;

    #[test]
    fn a_clean_answer_is_read() {
        let answer = parse(GOOD).unwrap();
        assert_eq!(answer.get(Style::Formal), "Dear Zoë,\n\nit is 10 March.");
        assert_eq!(answer.get(Style::Concise), "C");
    }

    #[test]
    fn wrappings_are_forgiven() {
        let good = parse(GOOD).unwrap();
        for wrapped in [
            format!("```json\n{GOOD}\n```"),
            format!("Here {{you}} are:\n\n{GOOD}\n\nTell me {{if}} it fits!"),
            format!("{{\"versions\": {GOOD}, \"note\": \"x\"}}"),
            format!("<think>four keys: {{\"formal\": \"a\"}}</think>{GOOD}"),
            GOOD.replace("formal", "Formal"),
            GOOD.replace("\\n", "\n"),
        ] {
            assert_eq!(parse(&wrapped).as_ref(), Ok(&good), "{wrapped}");
        }
    }

    #[test]
    fn what_lacks_a_version_is_invalid() {
        for bad in [
            "",
            "I'd be glad to help!",
            r#"{"formal":"a","casual":"b","elaborate":"c"}"#,
            r#"{"formal":"a","casual":"b","elaborate":"c","concise":"  \n "}"#,
            r#"{"formal":"a","casual":"b","elaborate":"c","concise":null}"#,
            r#"{"formal":"a","casual":"b","elaborate":"c","concise":"cut of"#,
            r#"{"formal":"He said "no" to it","casual":"b","elaborate":"c","concise":"d"}"#,
            r#"["formal","casual","elaborate","concise"]"#,
        ] {
            let error = parse(bad).unwrap_err();
            assert_eq!(error.code, Code::AiInvalidAnswer, "{bad}");
        }
    }

    #[test]
    fn control_characters_and_foreign_line_ends_are_dropped() {
        let answer = parse(
            r#"{"formal":"a\r\nb\u0000\u0007","casual":"b\tc","elaborate":"c","concise":"d"}"#,
        )
        .unwrap();
        assert_eq!(answer.get(Style::Formal), "a\nb");
        assert_eq!(answer.get(Style::Casual), "b\tc");
    }

    #[test]
    fn a_hostile_answer_of_braces_is_refused_quickly() {
        let braces = "{".repeat(200_000);
        assert!(parse(&braces).is_err());
        let endless = format!(
            r#"{{"formal":"{}","casual":"b","elaborate":"c","concise":"d"}}"#,
            "x".repeat(MOST_CHARACTERS + 1)
        );
        assert!(parse(&endless).is_err());
    }
}
