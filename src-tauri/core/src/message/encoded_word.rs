//! Encoded words (RFC 2047), for unstructured headers and for names.

use std::fmt::Write;

/// Lines aim at 78 characters, as RFC 5322, 2.1.1 asks.
const LINE: usize = 78;
/// The longest encoded word allowed (RFC 2047, 2).
pub(super) const LONGEST: usize = 75;
const START: &str = "=?utf-8?q?";
const END: &str = "?=";

/// The value as it stands in a header whose name and colon take `used` characters of the first
/// line. Plain ASCII is folded at its blanks; anything a reader could take for something else
/// (other scripts, something that looks like an encoded word, a word too long to fold) is
/// written as encoded words throughout.
///
/// `text` holds no control characters, no two blanks in a row and none at its ends.
pub(super) fn unstructured(text: &str, used: usize) -> String {
    let plain = text.is_ascii()
        && !text.contains("=?")
        && text.split(' ').all(|word| word.len() + used < LINE);
    if plain {
        fold(text, used)
    } else {
        encode(text, used)
    }
}

fn fold(text: &str, used: usize) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut column = used;
    for word in text.split(' ') {
        if out.is_empty() {
            out.push_str(word);
            column += word.len();
        } else if column + 1 + word.len() > LINE {
            out.push_str("\r\n ");
            out.push_str(word);
            column = 1 + word.len();
        } else {
            out.push(' ');
            out.push_str(word);
            column += 1 + word.len();
        }
    }
    out
}

fn encode(text: &str, used: usize) -> String {
    words(text, (LINE - used).min(LONGEST)).join("\r\n ")
}

/// Encoded words of whole characters, the first no longer than `first`. The blank between two of
/// them is not part of the text (RFC 2047, 6.2). Only characters that may stand in a name's words
/// too (5, 3) are written as they are.
pub(super) fn words(text: &str, first: usize) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut room = first - START.len() - END.len();
    for character in text.chars() {
        let mut piece = String::with_capacity(12);
        let mut bytes = [0; 4];
        for byte in character.encode_utf8(&mut bytes).bytes() {
            match byte {
                b' ' => piece.push('_'),
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'!' | b'*' | b'+' | b'-' | b'/' => {
                    piece.push(char::from(byte));
                }
                // Writing to a String can't fail.
                _ => _ = write!(piece, "={byte:02X}"),
            }
        }
        if word.len() + piece.len() > room {
            if !word.is_empty() {
                out.push(format!("{START}{word}{END}"));
            }
            word.clear();
            room = LONGEST - START.len() - END.len();
        }
        word.push_str(&piece);
    }
    if !word.is_empty() {
        out.push(format!("{START}{word}{END}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::unstructured;

    #[test]
    fn plain_text_stays_readable() {
        assert_eq!(unstructured("Offer for March", 9), "Offer for March");
        assert_eq!(unstructured("", 9), "");
    }

    #[test]
    fn long_plain_text_is_folded_at_blanks() {
        let text = "word ".repeat(40);
        let folded = unstructured(text.trim_end(), 9);
        assert!(folded.split("\r\n").all(|line| line.len() <= 78));
        assert_eq!(folded.replace("\r\n ", " "), text.trim_end());
    }

    #[test]
    fn something_that_looks_encoded_is_encoded() {
        assert_eq!(
            unstructured("=?utf-8?b?eA==?=", 9),
            "=?utf-8?q?=3D=3Futf-8=3Fb=3FeA=3D=3D=3F=3D?="
        );
    }

    #[test]
    fn other_scripts_are_cut_between_characters() {
        let encoded = unstructured(&"日本語🙂".repeat(20), 9);
        for line in encoded.split("\r\n ") {
            assert!(line.len() <= 75, "{line}");
            assert!(line.starts_with("=?utf-8?q?") && line.ends_with("?="));
        }
    }
}
