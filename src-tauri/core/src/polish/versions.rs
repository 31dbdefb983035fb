//! From a model's Markdown to a card: the document, its HTML and text, and how its length compares.
//!
//! [`Document::from_markdown`] keeps only what our schema knows, so nothing a model writes gets
//! past it: no script, no foreign image, no link of a strange kind. The offline polisher makes its
//! cards here too.

use crate::{
    document::Document,
    id::SignatureId,
    polish::{PolishedVersion, Style, align, original::Original},
};

/// On the cards of a text whose denials nobody compares: a list without them must not look as if
/// there were none.
const DENIALS_UNREAD: &str = "Draftwell compares words like “not” in English and German only. In \
    this text, check them yourself.";

/// What a version is compared with and brings along.
pub struct Frame<'a> {
    /// The text that is polished.
    pub original: &'a Original,
    /// The signature each style brings; see [`crate::signature::for_style`].
    pub signature_for: &'a (dyn Fn(Style) -> Option<SignatureId> + Sync),
}

impl Frame<'_> {
    /// Makes a card of a document.
    pub fn version(
        &self,
        style: Style,
        document: &Document,
        note: Option<String>,
    ) -> PolishedVersion {
        let word_count = document.word_count();
        let original = self.original.text().word_count();
        let (whole, changes, html) = align::single(self.original, document);
        PolishedVersion {
            style,
            body: whole.to_json(),
            html,
            text: document.to_text(),
            word_count,
            difference_percent: difference_percent(original, word_count),
            signature_id: (self.signature_for)(style),
            note,
            changes,
        }
    }

    /// Makes a card of what a provider wrote.
    pub fn answered(&self, style: Style, document: &Document) -> PolishedVersion {
        let note = self
            .original
            .denials_unread()
            .then(|| DENIALS_UNREAD.to_owned());
        self.version(style, document, note)
    }
}

/// How much longer (or, negative, shorter) a text is, in per cent of the original's words, rounded
/// to the nearest whole number, halves away from zero. A text without words has nothing to be
/// compared with: 0.
pub fn difference_percent(original: u32, new: u32) -> i32 {
    if original == 0 {
        return 0;
    }
    let original = i64::from(original);
    let difference = (i64::from(new) - original) * 100;
    // Twice the numbers, so that a half is whole.
    let rounded = (2 * difference + original * difference.signum()) / (2 * original);
    i32::try_from(rounded).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::polish::facts::Known;

    fn ten_words() -> Original {
        let draft = Document::from_text("one two three four five six seven eight nine ten");
        Original::of(&draft, None, false, None, Known::default()).unwrap()
    }

    #[test]
    fn a_fifth_shorter_is_minus_twenty() {
        for (original, new, percent) in [
            (100, 80, -20),
            (100, 100, 0),
            (100, 125, 25),
            (3, 2, -33),
            (3, 4, 33),
            (200, 201, 1),
            (200, 199, -1),
            (201, 202, 0),
            (8, 9, 13),
            (8, 7, -13),
            (1, 3, 200),
            (40, 0, -100),
            (0, 12, 0),
            (1, u32::MAX, i32::MAX),
        ] {
            assert_eq!(
                difference_percent(original, new),
                percent,
                "{original} -> {new}"
            );
        }
    }

    #[test]
    fn a_text_whose_denials_are_not_read_says_so() {
        let note = |draft: &str| {
            let draft = Document::from_text(draft);
            let original = Original::of(&draft, None, false, None, Known::default()).unwrap();
            let frame = Frame {
                original: &original,
                signature_for: &|_| None,
            };
            frame
                .answered(Style::Formal, &Document::from_markdown("Anything."))
                .note
        };
        for draft in [
            "Bonjour Marie, je ne peux malheureusement pas venir demain matin à la réunion.",
            "אני לא יכול לבוא מחר בבוקר לפגישה, אנא שלחו לי את הדוח.",
            "مرحبا أحمد، لا أستطيع الحضور يوم 10 مارس.",
            "Je ne peux pas venir le 10 mars.",
        ] {
            assert_eq!(note(draft).as_deref(), Some(DENIALS_UNREAD), "{draft}");
        }
        for draft in [
            "Hello Mary, sorry, I can not come to the meeting tomorrow.",
            "Guten Tag Frau Weber, ich kann morgen leider nicht kommen.",
        ] {
            assert_eq!(note(draft), None, "{draft}");
        }
    }

    #[test]
    fn a_card_shows_the_document_and_brings_the_signature() {
        let signature = SignatureId(Uuid::from_u128(7));
        let original = ten_words();
        let frame = Frame {
            original: &original,
            signature_for: &|style| (style == Style::Formal).then_some(signature),
        };
        let markdown = "Dear Zoë,\n\nplease see [the plan](https://example.com/p):\n\n- one\n- two";
        let card = frame.answered(Style::Formal, &Document::from_markdown(markdown));
        assert_eq!(card.signature_id, Some(signature));
        assert_eq!(card.word_count, 8);
        assert_eq!(card.difference_percent, -20);
        assert!(card.html.contains("https://example.com/p"), "{}", card.html);
        assert!(card.html.contains("<li>"), "{}", card.html);
        assert!(card.text.contains("Zoë"));
        assert_eq!(
            frame
                .answered(Style::Casual, &Document::from_markdown(markdown))
                .signature_id,
            None
        );
    }

    #[test]
    fn what_a_hostile_model_writes_becomes_text() {
        let original = ten_words();
        let frame = Frame {
            original: &original,
            signature_for: &|_| None,
        };
        let hostile = "Hi <script>alert(1)</script> [x](javascript:alert(1)) \
            ![p](https://evil.example/pixel.gif) <img src=x onerror=alert(1)>";
        let card = frame.answered(Style::Casual, &Document::from_markdown(hostile));
        assert!(!card.html.contains("<script"), "{}", card.html);
        assert!(!card.html.contains("<img"), "{}", card.html);
        assert!(!card.html.contains("href"), "{}", card.html);
    }
}
