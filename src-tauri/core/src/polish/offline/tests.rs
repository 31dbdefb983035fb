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

/// The text of a version, greeting and closing included.
fn worded(text: &str, style: Style) -> String {
    let version = polish(&document(text))
        .into_iter()
        .find(|version| version.style == style);
    written(&version.unwrap().document)
}

#[test]
fn what_is_said_stays_said_in_every_style() {
    for kept in [
        // Who does it, and whose fault it is.
        "I will send it as soon as possible.",
        "We will reply to you at your convenience.",
        "Sorry for your loss.",
        "Sorry that you are ill.",
        "Sorry about the noise from next door.",
        "When I wanted to ask you, you had left.",
        // What is a number, a place or a name.
        "We meet in room b4 today.",
        "Please go to gate b4 now.",
        "He was born in 44 bc and died later.",
        "Dont Panic Ltd has replied to us.",
        "We check out the next morning at 10.",
        "It arrives in a couple of days.",
        // What is known, given, asked.
        "You know the answer.",
        "You know that I care.",
        "You know him.",
        "Oh no!",
        "He plays as well as Anna does.",
        "I just need the total.",
        "He answered me honestly.",
        "It is not a very good idea.",
        "I think about it every day.",
        "I think that over and over.",
        "Bob works for me.",
        "Happy to hear that you are well.",
        "That would be great fun.",
    ] {
        for style in Style::ALL {
            let text = worded(kept, style);
            let plain = |text: &str| {
                text.to_lowercase()
                    .replace("i am sorry", "sorry")
                    .replace("you're", "you are")
                    .replace("i'll", "i will")
                    .replace("we'll", "we will")
                    .replace("whenever it suits you", "at your convenience")
                    .replace("as soon as possible", "asap")
                    .replace("isn't", "is not")
                    .replace("it's", "it is")
            };
            assert!(
                plain(&text).contains(&plain(kept)),
                "{kept} became, {style:?}:\n{text}"
            );
        }
    }
}

#[test]
fn words_that_only_look_like_those_of_a_rule_stay() {
    for kept in [
        "the atm ate my card",
        "The rn said so.",
        "The IMO regulates this.",
        "Hang on to the receipts.",
        "Ask your help desk.",
        "It was an attempt to save time.",
        "However hard I try, it fails.",
        "However you do it, it works.",
        "You may contact me or my lawyer.",
        "There is a number of reasons.",
        "A number of 5 is fine.",
        "As well as Bob, Anna resigned.",
        "I am very, very sorry.",
        "We really, really mean it.",
        "Come right now!",
        "I left at the moment he came.",
        "Have a nice day.",
        "We are closed on 24.12. and 25.12. this year.",
        "You wrote 'dont' twice.",
        "As a result of the storm it fell.",
        "No idea is too small.",
        "His reply to me was short.",
        "We gave thanks for the meal.",
        "The talk about the budget is off.",
        "She has a sufficient amount.",
        "You get all I want to give.",
        "It was kind of Bob to come.",
        "Make sure that fits.",
        "They are in the process of the move.",
        "Do I want to know?",
        "We got your back.",
        "The reply is, as always, late.",
        "The cuz of mine is here.",
        "Let's Encrypt is down.",
    ] {
        for style in Style::ALL {
            let text = worded(kept, style);
            let plain = |text: &str| {
                text.to_lowercase()
                    .replace("i'm", "i am")
                    .replace("we're", "we are")
                    .replace("they're", "they are")
                    .replace("there's", "there is")
            };
            assert!(
                plain(&text).contains(&plain(kept)),
                "{kept} became, {style:?}:\n{text}"
            );
        }
    }
}

#[test]
fn requests_stay_requests_and_questions_stay_questions() {
    for (text, style, expected) in [
        (
            "Will you pay the invoice by Friday?",
            Style::Concise,
            "Will you pay the invoice by Friday?",
        ),
        (
            "Could you not send it before noon?",
            Style::Elaborate,
            "Could you not send it before noon?",
        ),
        (
            "If you can not come, tell Bob.",
            Style::Elaborate,
            "If you can not come, tell Bob.",
        ),
        (
            "Please provide me with access.",
            Style::Concise,
            "Please give me access.",
        ),
        (
            "He's never paid. She's left. Where's he gone?",
            Style::Formal,
            "He's never paid. She's left. Where's he gone?",
        ),
    ] {
        let version = worded(text, style);
        assert!(version.contains(expected), "{style:?}:\n{version}");
    }
}

#[test]
fn greetings_keep_names_that_are_words() {
    for (text, formal) in [
        ("Dear Mr Long,\n\nthe plan is ready.", "Dear Mr Long,"),
        ("Dear Dr Will,\n\nthe plan is ready.", "Dear Dr Will,"),
        ("Hi Will,\n\nthe plan is ready.", "Dear Will,"),
        ("hi will,\n\nthe plan is ready.", "Dear Will,"),
        ("Hi May,\n\nthe plan is ready.", "Dear May,"),
        (
            "Hi Bob and Will,\n\nthe plan is ready.",
            "Dear Bob and Will,",
        ),
        ("Hi Art, hi Rose,\n\nthe plan is ready.", "Hi Art, hi Rose,"),
        ("Will,\n\nthe plan is ready.", "Dear Will,"),
        ("hi will can you send it to me", "Dear Will,"),
        ("hi may i ask for the plan", "Hello,"),
        (
            "hi bob and anna can you send it to me",
            "Dear Bob and Anna,",
        ),
        ("Dear Dr Will can you send it to me?", "Dear Dr Will,"),
        ("hello mr smith can you send it to me", "Dear Mr Smith,"),
        (
            "Hi Art and Rose can you send it to me?",
            "Dear Art and Rose,",
        ),
        ("hi bob and will, the plan is ready", "Dear Bob and Will,"),
        ("hi there bob, can you send it to me", "Dear Bob,"),
        ("hello again, the plan is ready", "Hello,"),
        ("team\n\nthe plan is ready", "Dear team,"),
        (
            "mark, sue and bill\n\nthe plan is ready",
            "Mark, sue and bill",
        ),
        (
            "Bob, I have read it.\n\nIt is fine.",
            "Bob, I have read it.",
        ),
    ] {
        let version = worded(text, Style::Formal);
        let (first, rest) = version.split_once('\n').unwrap();
        assert_eq!(first, formal, "{version}");
        assert!(
            !rest.contains("Will,") && !rest.contains("Long,"),
            "{version}"
        );
    }
}

#[test]
fn a_closing_at_the_end_of_a_line_is_one() {
    let text = "Please send it by 3/5. regards bill";
    let version = worded(text, Style::Formal);
    assert_eq!(version.matches("egards").count(), 1, "{version}");
    assert!(version.ends_with("Kind regards,\nBill"), "{version}");
    for (text, end) in [
        (
            "The plan is ready. Best wishes, Art Deco Shop",
            "Kind regards,\nArt Deco Shop",
        ),
        (
            "The plan is ready. Many thanks, Lou Call",
            "kind regards,\nLou Call",
        ),
        (
            "The plan is ready. Yours, Sue & Mark Long",
            "Yours,\nSue & Mark Long",
        ),
        ("The plan is ready. cheers m", "Kind regards,\nM"),
        (
            "The plan is ready.\n\nSincerely yours\nMay Long",
            "Sincerely yours,\nMay Long",
        ),
        ("The plan is ready. xx kelly", "Xx,\nKelly"),
        (
            "The plan is ready, I hope.\n\nJoy Hope",
            "Kind regards,\nJoy Hope",
        ),
        (
            "The plan is ready, I hope. kelly",
            "The plan is ready, I hope. Kelly",
        ),
    ] {
        let version = worded(text, Style::Formal);
        assert!(version.ends_with(end), "{version}");
    }
    let may = worded("The plan is ready. Thanks, May", Style::Formal);
    assert!(may.ends_with("kind regards,\nMay"), "{may}");
}

#[test]
fn a_part_of_a_mail_gets_no_greeting_and_no_closing() {
    let selected = document("could you send me the notes? i need them asap.");
    let [formal, casual, elaborate, concise] = polish_part(&selected).map(|card| card.document);
    assert_eq!(
        written(&formal),
        "Could you please send me the notes? I need them as soon as possible."
    );
    assert_eq!(
        written(&casual),
        "Could you send me the notes? I need them asap."
    );
    assert_eq!(
        written(&elaborate),
        "I would appreciate it if you could send me the notes. I need them as soon as possible."
    );
    assert_eq!(
        written(&concise),
        "Please send me the notes. I need them ASAP."
    );
    for (text, formal) in [
        ("if you have time on friday", "If you have time on Friday"),
        ("All, please read this.", "All, please read this."),
        ("We will see. Thanks!", "We will see. Thank you!"),
        (
            "hi bob,\n\nwe are done.\n\nthanks\nana",
            "Dear Bob,\n\nWe are done.\n\nMany thanks and kind regards,\nAna",
        ),
    ] {
        let [version, ..] = polish_part(&document(text));
        assert_eq!(written(&version.document), formal);
    }
}

#[test]
fn the_note_says_what_was_understood_and_what_was_done() {
    let notes = |text: &str| polish(&document(text)).map(|card| card.note.unwrap_or_default());
    for text in [
        "שלום, אנא שלחו את הדוח עד יום שישי.",
        "Bonjour Marie, je voudrais vous demander si vous êtes libre demain matin.",
    ] {
        assert_eq!(
            notes(text),
            [(); 4].map(|()| ENGLISH_ONLY_UNCHANGED),
            "{text}"
        );
    }
    let german = "Guten Tag Frau Weber,\n\nanbei die Rechnung für den März.\n\nMit freundlichen Grüßen\nAnna";
    assert_eq!(notes(german)[0], GERMAN_UNCHANGED);
    let [formal, casual, ..] = notes("Dear Bob,\n\nthe plan is signed.\n\nBest\nAnna");
    assert_eq!(formal, "", "the closing was worded otherwise");
    assert_eq!(casual, "", "so was the greeting");
    let [_, casual, ..] = notes("hi Bob,\n\nthe plan is signed.\n\nbest\nAnna");
    assert_eq!(casual, CORRECTED);
    let apart = "Dear Bob,\n\nThe plan is signed.\n\nKind regards,\n\nAnna";
    assert_eq!(notes(apart)[0], TIDIED);
}

#[test]
fn the_closing_stands_above_the_line_that_leads_to_a_quotation() {
    let reply = "hi Ann,\n\ni can come.\n\nOn 9 March 2026, Ann wrote:\n\n> Are you coming?";
    let [formal, ..] = polish(&document(reply));
    assert_eq!(
        written(&formal.document),
        "Dear Ann,\n\nI can come.\n\nKind regards\n\nOn 9 March 2026, Ann wrote:\n\n> Are you coming?"
    );
}

#[test]
fn a_german_closing_in_the_last_sentence_gets_no_second_one() {
    let draft = "hallo herr müller, ich kann am 10. märz nicht kommen, bitte schicken sie mir die unterlagen, danke und gruß jana";
    for version in polish(&document(draft)) {
        let text = version.document.plain_text();
        assert!(text.ends_with("gruß jana"), "{text}");
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

#[test]
fn a_picture_may_begin_a_line() {
    let hash = "0123456789abcdef".repeat(4);
    for text in ["It's raining here.", "it's purpose is unclear to me."] {
        let draft = Document::from_html(&format!(
            "<p><img src=\"draftwell-image://localhost/{hash}\"> {text}</p>"
        ));
        for version in polish(&draft) {
            assert!(version.document.to_html().contains(&hash));
        }
    }
}
