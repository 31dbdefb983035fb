//! Whole mails, as people type them, in all four styles.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::document::{Block, Inline, Marks};

/// Mails and what becomes of them, to be read and judged by people.
const DRAFTS: &str = include_str!("drafts.txt");

/// Blank lines separate paragraphs, `- ` makes a list, `> ` a quotation.
fn document(text: &str) -> Document {
    let blocks = text
        .split("\n\n")
        .map(|paragraph| {
            let lines: Vec<&str> = paragraph.lines().collect();
            if lines.iter().all(|line| line.starts_with("- ")) && !lines.is_empty() {
                let item = |line: &&str| vec![Block::Paragraph(vec![Inline::plain(&line[2..])])];
                return Block::BulletList(lines.iter().map(item).collect());
            }
            if let Some(quoted) = paragraph.strip_prefix("> ") {
                return Block::Blockquote(vec![Block::Paragraph(vec![Inline::plain(quoted)])]);
            }
            let mut content = Vec::new();
            for (i, line) in lines.into_iter().enumerate() {
                if i > 0 {
                    content.push(Inline::HardBreak);
                }
                content.push(Inline::plain(line));
            }
            Block::Paragraph(content)
        })
        .collect();
    Document::new(blocks)
}

/// The reverse of [`document`].
fn written(document: &Document) -> String {
    let line = |content: &[Inline]| -> String {
        content
            .iter()
            .map(|inline| match inline {
                Inline::Text { text, .. } => text.as_str(),
                Inline::HardBreak => "\n",
                Inline::Image { .. } => "[image]",
            })
            .collect()
    };
    let first = |blocks: &[Block]| match blocks.first() {
        Some(Block::Paragraph(content)) => line(content),
        _ => String::new(),
    };
    document
        .blocks()
        .iter()
        .map(|block| match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => line(content),
            Block::BulletList(items) => items
                .iter()
                .map(|item| format!("- {}", first(item)))
                .collect::<Vec<_>>()
                .join("\n"),
            Block::Blockquote(blocks) => format!("> {}", first(blocks)),
            other => format!("{other:?}"),
        })
        .collect::<Vec<_>>()
        .join("\n\n")
}

/// One draft with its four versions, as in `drafts.txt`.
fn shown(text: &str) -> String {
    let mut out = format!("{text}\n");
    for version in polish(&document(text)) {
        let note = version
            .note
            .map(|note| format!(" ({note})"))
            .unwrap_or_default();
        out.push_str(&format!(
            "-- {:?}{note}\n{}\n",
            version.style,
            written(&version.document)
        ));
    }
    out
}

/// What a text says no with; "cannot", "can't" and "cant" count once.
fn denials(text: &str) -> usize {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    lower
        .split(|ch: char| !(ch.is_alphanumeric() || ch == '\''))
        .filter(|word| {
            words::negates(word)
                || tables::APOSTROPHES
                    .iter()
                    .any(|rule| rule.find == *word && words::negates(rule.put))
        })
        .count()
}

fn numbers_and_addresses(text: &str) -> Vec<String> {
    let mut found: Vec<String> = text
        .split_whitespace()
        .map(|token| token.trim_matches(|ch: char| ",.;:!?()".contains(ch)))
        .filter(|token| {
            let lower = token.to_lowercase();
            !tables::TEXTISMS.iter().any(|rule| rule.find == lower)
                && (token.chars().any(|ch| ch.is_ascii_digit()) || token.contains(['@', '/']))
                && lower != "w/"
        })
        .map(str::to_owned)
        .collect();
    found.sort();
    found
}

fn lower_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|ch: char| !(ch.is_alphanumeric() || ch == '\''))
        .filter(|word| word.chars().any(char::is_alphabetic))
        .map(|word| word.to_lowercase())
}

/// All words the rules may bring in: those of the tables, and of greetings, closings, requests.
fn own_words() -> BTreeSet<String> {
    let tables = [
        tables::MISSPELT,
        tables::APOSTROPHES,
        tables::TEXTISMS,
        tables::LARGE,
        tables::SHORTHAND,
        tables::FORMAL,
        tables::ELABORATE,
        tables::CASUAL,
        tables::CONCISE,
    ];
    let mut words: BTreeSet<String> = tables
        .iter()
        .flat_map(|table| table.iter())
        .flat_map(|rule| lower_words(rule.put).collect::<Vec<_>>())
        .collect();
    words.extend(
        lower_words(
            "there that here what he she it we they you where how let us if all \
         hello hi dear good kind regards with best wishes thanks thank you many very much and \
         again once in advance could you please i would appreciate it if you could be grateful so \
         kind as to let me know tell whether may we possible for us also a an cannot can not do \
         does did is are was were have has had will would should must need am cheers all i'm \
         i've i'll i'd you're you've you'll you'd we're we've we'll we'd they're they've they'll \
         they'd he's he'll he'd she's she'll she'd it's it'll it'd that's there's here's what's \
         don't doesn't didn't can't couldn't wouldn't shouldn't isn't aren't wasn't weren't \
         haven't hasn't hadn't won't",
        )
        .collect::<Vec<_>>(),
    );
    words
}

#[test]
fn tables_change_no_negation_and_bring_no_number() {
    for table in [
        tables::MISSPELT,
        tables::TEXTISMS,
        tables::LARGE,
        tables::SHORTHAND,
        tables::FORMAL,
        tables::ELABORATE,
        tables::CASUAL,
        tables::CONCISE,
    ] {
        for rule in table {
            assert_eq!(denials(rule.find), denials(rule.put), "{rule:?}");
            assert!(!rule.put.chars().any(|ch| ch.is_ascii_digit()), "{rule:?}");
            assert_eq!(rule.find, rule.find.to_lowercase(), "{rule:?}");
        }
    }
}

#[test]
fn the_drafts_come_out_as_they_were_judged() {
    let drafts = DRAFTS.split("====\n").map(|expected| {
        let (text, _) = expected.split_once("\n-- Formal").unwrap();
        (text, expected)
    });
    if std::env::var_os("UPDATE_DRAFTS").is_some() {
        let all: Vec<String> = drafts.clone().map(|(text, _)| shown(text)).collect();
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/polish/offline/drafts.txt");
        std::fs::write(path, all.join("====\n")).unwrap();
    }
    for (text, expected) in drafts {
        assert_eq!(
            shown(text),
            expected,
            "to judge the new wording, run this test with UPDATE_DRAFTS=1 and read the difference"
        );
    }
}

#[test]
fn polishing_a_version_again_changes_nothing() {
    for expected in DRAFTS.split("====\n") {
        let (text, _) = expected.split_once("\n-- Formal").unwrap();
        for version in polish(&document(text)) {
            let again = polish(&version.document)
                .into_iter()
                .find(|other| other.style == version.style)
                .unwrap();
            assert_eq!(
                written(&again.document),
                written(&version.document),
                "{:?}",
                version.style
            );
        }
    }
}

#[test]
fn emphasis_links_images_lists_and_quotations_survive() {
    let json = serde_json::json!({"type": "doc", "content": [
        {"type": "paragraph", "content": [
            {"type": "text", "text": "hi bob, pls look at "},
            {"type": "text", "text": "this  dont link", "marks": [
                {"type": "link", "attrs": {"href": "https://example.com/a"}}]},
            {"type": "text", "text": " and "},
            {"type": "text", "text": "do not", "marks": [{"type": "bold"}]},
            {"type": "text", "text": " wait, i cant use "},
            {"type": "text", "text": "im  code", "marks": [{"type": "code"}]},
            {"type": "text", "text": " here "},
            {"type": "image", "attrs": {"src": format!("draftwell-image://localhost/{}", "ab".repeat(32)), "alt": "x"}}
        ]},
        {"type": "orderedList", "attrs": {"start": 3}, "content": [
            {"type": "listItem", "content": [{"type": "paragraph", "content": [
                {"type": "text", "text": "milk i dont need"}]}]}
        ]},
        {"type": "codeBlock", "content": [{"type": "text", "text": "i  cant"}]},
        {"type": "signature", "attrs": {"id": "0198c0de-0000-7000-8000-000000000001"}}
    ]});
    let document = Document::parse(&crate::document::DocumentJson(json)).unwrap();
    let versions = polish(&document);
    for version in &versions {
        let html = version.document.to_html();
        assert!(html.contains(">this  dont link</a>"), "{html}");
        assert!(html.contains("<strong>do not</strong>"), "{html}");
        assert!(html.contains("im  code</code>"), "{html}");
        assert!(html.contains("<img"), "{html}");
        assert!(html.contains("start=\"3\""), "{html}");
        assert!(html.contains("i  cant"), "{html}");
        assert!(version.document.signature_id().is_none());
    }
    let formal = versions[0].document.to_html();
    assert!(formal.contains("I cannot use"), "{formal}");
    assert!(formal.contains("milk I do not need"), "{formal}");
}

#[test]
fn nothing_to_change_is_said() {
    let [formal, casual, ..] = polish(&document(
        "Dear Ms Weber,\n\nThe contract is signed.\n\nKind regards,\nAnna",
    ));
    assert_eq!(formal.note.as_deref(), Some(UNCHANGED));
    assert_eq!(casual.note, None);
    for text in ["", "   ", "\u{1f600}", "12345"] {
        for version in polish(&document(text)) {
            assert_eq!(version.document.plain_text().trim(), text.trim());
        }
    }
}

/// Pieces of drafts: wording the rules know, facts, names, other words.
fn piece() -> impl Strategy<Value = String> {
    let known: Vec<String> = [
        tables::TEXTISMS,
        tables::SHORTHAND,
        tables::FORMAL,
        tables::CASUAL,
        tables::CONCISE,
        tables::ELABORATE,
        tables::APOSTROPHES,
        tables::MISSPELT,
        tables::LARGE,
    ]
    .iter()
    .flat_map(|table| table.iter().map(|rule| rule.find.to_owned()))
    .collect();
    let facts = [
        "1,000.50",
        "15:30",
        "3 May 2026",
        "€45",
        "$1.5M",
        "12%",
        "bob@example.com",
        "+49 170 1234567",
        "https://example.com/a?b=1,2",
        "www.example.org",
        "report_v2.pdf",
        "DE89 3704 0044",
        "Q3",
        "#1234",
        "10/11/2026",
        "2nd",
    ];
    let names = [
        "Anna",
        "Okonkwo",
        "Bob",
        "Weber",
        "Lee",
        "Müller",
        "Teh",
        "Acme GmbH",
        "Priya",
    ];
    let other = [
        "can you",
        "send me the",
        "the",
        "report",
        "and",
        "not",
        "never",
        "don't",
        "isn't",
        "no",
        "cannot",
        "is",
        "we",
        "i",
        "you",
        "would",
        "meeting",
        ", ",
        ".",
        "?",
        "!",
        "\n",
        "\n\n",
        "let me know if",
        "please",
        "thanks",
        "hi",
        "dear",
        "hello",
        "best regards",
        "cheers",
        "when can we",
        "are you",
        "do you",
        "\u{1f44d}",
        "(",
        ")",
        "\"",
        "without",
    ];
    let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    prop_oneof![
        4 => prop::sample::select(known),
        2 => prop::sample::select(owned(&facts)),
        2 => prop::sample::select(owned(&names)),
        6 => prop::sample::select(owned(&other)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn facts_names_and_negations_stay(pieces in prop::collection::vec(piece(), 1..40)) {
        let text = pieces.join(" ");
        let document = document(&text);
        let original = document.plain_text();
        let own = own_words();
        for version in polish(&document) {
            let polished = version.document.plain_text();
            prop_assert_eq!(
                numbers_and_addresses(&polished), numbers_and_addresses(&original),
                "{:?}\n{}\n->\n{}", version.style, original, polished
            );
            prop_assert_eq!(
                denials(&polished), denials(&original),
                "{:?}\n{}\n->\n{}", version.style, original, polished
            );
            for name in ["Anna", "Okonkwo", "Bob", "Weber", "Lee", "Müller", "Teh", "Acme GmbH", "Priya"] {
                prop_assert_eq!(
                    polished.matches(name).count(), original.matches(name).count(),
                    "{} {:?}\n{}\n->\n{}", name, version.style, original, polished
                );
            }
            let known: BTreeSet<String> = lower_words(&original).collect();
            for word in lower_words(&polished) {
                prop_assert!(
                    known.contains(&word) || own.contains(&word),
                    "{word} is new, {:?}\n{original}\n->\n{polished}", version.style
                );
            }
        }
    }

    #[test]
    fn any_text_is_taken(paragraphs in prop::collection::vec("\\PC{0,80}", 0..6), bold: bool) {
        let blocks = paragraphs
            .iter()
            .map(|text| Block::Paragraph(vec![Inline::Text {
                text: text.clone(),
                marks: Marks { bold, ..Marks::default() },
            }]))
            .collect();
        let document = Document::new(blocks);
        for version in polish(&document) {
            let again = Document::parse(&version.document.to_json()).unwrap();
            prop_assert_eq!(&again, &version.document);
        }
    }
}

#[test]
fn tables_go_through_untouched() {
    let table = "<table><tbody><tr><td><p>u r</p></td><td><p>thx</p></td></tr></tbody></table>";
    let draft = Document::from_html(&format!(
        "<p>hi bob, thx for the numbers, u r great.</p>{table}<ul><li><p>see this</p>{table}</li></ul>"
    ));
    for version in polish(&draft) {
        let html = version.document.to_html();
        assert_eq!(html.matches(table).count(), 2, "{html}");
    }
}
