//! Lengths as people count them. The page counts words by the same rule while one types
//! (`ui/src/editor/document.ts`), so that its number and the cards' agree.

use unicode_segmentation::UnicodeSegmentation;

use super::Document;

impl Document {
    /// The words of the text, signature not counted: what stands between blanks and has a letter
    /// or digit in it; in scripts that are written without blanks, each character.
    pub fn word_count(&self) -> u32 {
        words_in(&self.plain_text())
    }

    /// The Unicode scalar values of the plain text, signature not counted: what the limits of
    /// polishing count.
    pub fn char_count(&self) -> usize {
        self.plain_text().trim().chars().count()
    }

    /// The beginning of the text on one line, at most `max` Unicode scalar values, signature not
    /// shown. Never cuts what people see as one character.
    pub fn snippet(&self, max: usize) -> String {
        let text = self.plain_text();
        // Mostly a small part is enough; where it has too many blanks in it, all is looked at.
        let end = text.floor_char_boundary(max.saturating_mul(8));
        let mut line = super::normal::one_line(&text[..end]);
        // What is cut off might belong to the last character.
        if line.chars().count() < 2 * max {
            line = super::normal::one_line(&text);
        }
        let mut taken = 0;
        let mut end = 0;
        for grapheme in line.graphemes(true) {
            taken += grapheme.chars().count();
            if taken > max {
                break;
            }
            end += grapheme.len();
        }
        line[..end].trim_end().to_owned()
    }
}

/// The words of a plain text, by the rule of [`Document::word_count`].
pub fn words_in(text: &str) -> u32 {
    let mut words = 0;
    for token in text.split_whitespace() {
        let mut in_word = false;
        for c in token.chars() {
            if stands_alone(c) {
                words += u32::from(in_word) + 1;
                in_word = false;
            } else {
                in_word |= c.is_alphanumeric();
            }
        }
        words += u32::from(in_word);
    }
    words
}

/// Han, Hiragana, Katakana and Thai (Unicode's Scripts.txt): written without blanks.
fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{2E80}'..='\u{2FD5}'
        | '々' | '〇' | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303B}'
        | '\u{3041}'..='\u{3096}' | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}' | '\u{30FD}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAD9}'
        | '\u{FF66}'..='\u{FF6F}' | '\u{FF71}'..='\u{FF9D}'
        | '\u{1B000}'..='\u{1B167}' | '\u{20000}'..='\u{3FFFF}'
        | '\u{0E01}'..='\u{0E3A}' | '\u{0E40}'..='\u{0E5B}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snippet_is_found_behind_any_number_of_blanks() {
        let check = |text: String, expected: String| {
            let document = Document::from_text(&text);
            assert_eq!(document.snippet(160), expected);
        };
        let words = "word ".repeat(5_000);
        check(words.clone(), words[..160].trim_end().to_owned());
        let blanks = format!("a{}b", " ".repeat(5_000));
        check(blanks, "a b".to_owned());
        // More than the part that is looked at first, of characters that must not be cut.
        let families = "👨‍👩‍👧‍👦".repeat(2_000);
        check(families, "👨‍👩‍👧‍👦".repeat(160 / 7));
    }
}
