//! What is written into the search index, and how what people type is looked up in it.
//!
//! FTS5's tokenizer `unicode61` takes everything between blanks and punctuation for one word. In
//! scripts that are written without blanks that would be whole sentences, of which only the
//! beginnings could be found; so there each character is made a word of its own, in the index as
//! in what is looked for.

/// The most words of a search that are looked at.
const MAX_WORDS: usize = 16;

/// A text as it is indexed.
pub(crate) fn indexed(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for c in text.chars() {
        if stands_alone(c) {
            out.push(' ');
            out.push(c);
            out.push(' ');
        } else {
            out.push(c);
        }
    }
    out
}

/// The `MATCH` expression that finds the rows with all the words, each word's beginning being
/// enough; none if there is no word in it. Every word is quoted, so nothing typed has a meaning
/// in FTS5's language.
pub(crate) fn expression(typed: &str) -> Option<String> {
    let words: Vec<String> = typed
        .split(|c: char| !(c.is_alphanumeric() || is_mark(c)))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(MAX_WORDS)
        .map(|word| format!("\"{}\"*", indexed(word).trim()))
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// Accents that follow their letter.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Han, Hiragana, Katakana, Thai, Lao, Khmer, Burmese.
fn stands_alone(c: char) -> bool {
    c.is_alphanumeric()
        && matches!(u32::from(c),
            0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF
            | 0x2E80..=0x2FDF | 0x3005..=0x3007 | 0x3021..=0x3029 | 0x3040..=0x30FF
            | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF
            | 0xFF66..=0xFF9D | 0x1B000..=0x1B16F | 0x20000..=0x3FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_and_open_ended() {
        let check = |typed: &str, expression: Option<&str>| {
            assert_eq!(super::expression(typed).as_deref(), expression, "{typed:?}");
        };
        check("hello wor", Some("\"hello\"* AND \"wor\"*"));
        check("\"a\" OR b*", Some("\"a\"* AND \"OR\"* AND \"b\"*"));
        check(
            "ada@example.org",
            Some("\"ada\"* AND \"example\"* AND \"org\"*"),
        );
        check(
            "subject:x NEAR(y)",
            Some("\"subject\"* AND \"x\"* AND \"NEAR\"* AND \"y\"*"),
        );
        check("", None);
        check(" -- '\"* ()", None);
        check("你好", Some("\"你  好\"*"));
    }

    #[test]
    fn characters_of_scripts_without_blanks_stand_alone() {
        assert_eq!(indexed("我们ok"), " 我  们 ok");
        assert_eq!(indexed("Grüße"), "Grüße");
    }
}
