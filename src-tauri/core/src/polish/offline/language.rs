//! Which language a text is in, as far as the rules need to know.

use super::words::COMMON;

/// A language the rules know, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    /// All rules apply.
    English,
    /// Greeting, closing and white space only.
    German,
    /// White space only: another language, or too little text to tell.
    Other,
}

const GERMAN: &[&str] = &[
    "und", "der", "die", "das", "ich", "nicht", "ist", "sie", "wir", "mit", "für", "auf", "ein",
    "eine", "einen", "bitte", "danke", "hallo", "grüße", "grüßen", "gruß", "können", "könnten",
    "haben", "dass", "auch", "noch", "bei", "zu", "zum", "zur", "von", "den", "dem", "es", "mir",
    "mich", "dir", "uns", "ihr", "ihre", "ihren", "ihnen", "habe", "kann", "wird", "werden",
    "wenn", "aber", "oder", "wie", "heute", "morgen", "gerne", "viele", "liebe", "lieber", "sehr",
    "geehrte", "geehrter", "im", "am", "um", "uhr", "ob", "nach", "du", "wäre", "mfg", "vg", "lg",
    "anbei", "unser", "unsere", "bis", "schon", "nur", "guten", "tag",
];

/// The language of a text. Short texts are judged by their small words, which rough drafts in
/// shorthand have too; long ones by their letters.
pub(super) fn detect(text: &str) -> Language {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let words = small_words(&lower);
    let share = |list: &[&str]| words.iter().filter(|word| list.contains(word)).count();
    let (english, german) = (share(COMMON), share(GERMAN));
    if english * 4 >= words.len() && english > german && latin(&lower) {
        return Language::English;
    }
    if german * 5 >= words.len() && german > english {
        return Language::German;
    }
    match whatlang::detect(text) {
        Some(info) if info.is_reliable() => match info.lang() {
            whatlang::Lang::Eng => Language::English,
            whatlang::Lang::Deu => Language::German,
            _ => Language::Other,
        },
        _ if english * 8 >= words.len() && english > german && latin(&lower) => Language::English,
        _ => Language::Other,
    }
}

/// Whether a text is, as far as can be told, neither English nor German.
pub(in crate::polish) fn is_in_another_language(text: &str) -> bool {
    if detect(text) != Language::Other {
        return false;
    }
    let lower = text.to_lowercase();
    if !latin(&lower) {
        return true;
    }
    let words = small_words(&lower);
    // A few words are too little to be sure, but five of which none is known say enough.
    let none_known = words.len() >= 5
        && !words
            .iter()
            .any(|word| COMMON.contains(word) || GERMAN.contains(word));
    whatlang::detect(text).is_some_and(|info| {
        info.is_reliable()
            || none_known && !matches!(info.lang(), whatlang::Lang::Eng | whatlang::Lang::Deu)
    })
}

/// The words of a text in small letters, without numbers.
fn small_words(lower: &str) -> Vec<&str> {
    lower
        .split(|ch: char| !(ch.is_alphanumeric() || ch == '\''))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .collect()
}

/// Whether nearly all letters are Latin ones.
fn latin(text: &str) -> bool {
    let letters = text.chars().filter(|ch| ch.is_alphabetic()).count();
    let latin = text
        .chars()
        .filter(|ch| ch.is_alphabetic() && *ch < '\u{250}')
        .count();
    latin * 10 >= letters * 8
}

/// Whether a line inside an English text is clearly not English: a quoted title, a sentence in
/// another language.
pub(super) fn is_foreign_line(text: &str) -> bool {
    let words = text.split_whitespace().count();
    if words < 5 {
        return false;
    }
    let lower = text.to_lowercase();
    let known = lower
        .split(|ch: char| !(ch.is_alphanumeric() || ch == '\''))
        .filter(|word| COMMON.contains(word))
        .count();
    known * 10 < words && detect(text) != Language::English
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages() {
        for (text, expect) in [
            (
                "hey bob can u send me the report asap thx",
                Language::English,
            ),
            ("pls call", Language::English),
            ("Please find attached the minutes.", Language::English),
            (
                "Hallo Bob, kannst du mir bitte den Bericht schicken? Danke",
                Language::German,
            ),
            (
                "Sehr geehrte Frau Weber, anbei die Rechnung.",
                Language::German,
            ),
            (
                "Bonjour Marie, je voudrais vous demander si vous êtes libre demain matin.",
                Language::Other,
            ),
            (
                "Hola Juan, ¿puedes enviarme el informe lo antes posible? Gracias",
                Language::Other,
            ),
            (
                "Здравствуйте, пришлите пожалуйста отчет до пятницы.",
                Language::Other,
            ),
            (
                "お世話になっております。報告書を送ってください。",
                Language::Other,
            ),
            ("مرحبا، أرجو إرسال التقرير قبل يوم الجمعة.", Language::Other),
            (
                "Ciao Anna, puoi mandarmi il documento entro venerdì? Grazie mille",
                Language::Other,
            ),
            (
                "Szia Anna, el tudnád küldeni a jelentést péntekig? Köszönöm szépen",
                Language::Other,
            ),
        ] {
            assert_eq!(detect(text), expect, "{text}");
        }
    }
}
