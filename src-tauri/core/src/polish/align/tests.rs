//! What the module promises, on documents of every shape and on mails of everyday.

use proptest::prelude::*;

use super::*;
use crate::{
    document::{Block, Inline, arbitrary},
    polish::facts::Known,
};

fn original(document: Document) -> Original {
    Original {
        whole: document,
        ..Original::default()
    }
}

fn aligned(texts: [&str; 5]) -> Aligned {
    let [first, a, b, c, d] = texts.map(Document::from_markdown);
    Aligned::new(original(first), [a, b, c, d])
}

/// The texts of the rows, the original first, for one version.
fn table(original: &str, version: &str) -> Vec<(String, String)> {
    let all = aligned([original, version, version, version, version]);
    all.rows
        .iter()
        .map(|row| {
            let text = |place: usize| {
                row[place]
                    .clone()
                    .map(|at| all.texts[place].segments[at].text.clone())
                    .collect::<Vec<_>>()
                    .join(" | ")
            };
            (text(0), text(1))
        })
        .collect()
}

#[track_caller]
fn check(original: &str, version: &str, expect: &[(&str, &str)]) {
    let found = table(original, version);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn sentences_find_their_counterparts() {
    check(
        "hi ana, i cant make it on 10 March, the train is late. could you send me the notes? thx, max",
        "Dear Ana,\n\nI am afraid that I cannot make it on 10 March, because the train is late. Could you please send me the notes afterwards?\n\nThank you and kind regards,\nMax",
        &[
            ("hi ana,", "Dear Ana,"),
            (
                "i cant make it on 10 March, the train is late.",
                "I am afraid that I cannot make it on 10 March, because the train is late.",
            ),
            (
                "could you send me the notes?",
                "Could you please send me the notes afterwards?",
            ),
            ("", "Thank you and kind regards,"),
            ("thx, max", "Max"),
        ],
    );
}

#[test]
fn one_sentence_may_become_two_and_two_one() {
    check(
        "The server failed on Monday and we restored the backup on Tuesday. Customers were told. They did not complain.",
        "The server failed on Monday. We restored the backup on Tuesday. Customers were told and did not complain.",
        &[
            (
                "The server failed on Monday and we restored the backup on Tuesday.",
                "The server failed on Monday. | We restored the backup on Tuesday.",
            ),
            (
                "Customers were told. | They did not complain.",
                "Customers were told and did not complain.",
            ),
        ],
    );
}

#[test]
fn what_is_added_or_left_out_has_a_row_of_its_own() {
    check(
        "The invoice is attached. My cat is fine. Please pay it by Friday.",
        "I hope this finds you well. The invoice is attached. Please pay it by Friday.",
        &[
            ("", "I hope this finds you well."),
            ("The invoice is attached.", "The invoice is attached."),
            ("My cat is fine.", ""),
            ("Please pay it by Friday.", "Please pay it by Friday."),
        ],
    );
}

#[test]
fn items_stay_with_items() {
    check(
        "We need:\n\n- two tables\n- five chairs\n\nThanks",
        "We require the following:\n\n- five chairs\n- two tables, please\n\nThank you",
        &[
            ("We need:", "We require the following:"),
            ("two tables", ""),
            ("five chairs", "five chairs"),
            ("", "two tables, please"),
            ("Thanks", "Thank you"),
        ],
    );
}

#[test]
fn additions_of_several_versions_share_a_row_where_they_say_the_same() {
    let all = aligned([
        "The plan is ready.",
        "The plan is ready. Do not hesitate to contact me.",
        "The plan is ready.",
        "The plan is ready. I am proud of it. Please do not hesitate to contact me.",
        "The plan is ready.",
    ]);
    let cells: Vec<Vec<String>> = all
        .rows(&|_| &[])
        .into_iter()
        .map(|row| row.cells)
        .collect();
    assert_eq!(
        cells[1..],
        [
            ["", "", "", "I am proud of it.", ""],
            [
                "",
                "Do not hesitate to contact me.",
                "",
                "Please do not hesitate to contact me.",
                ""
            ],
        ]
    );
}

fn composed(texts: [&str; 5], choice: &[Source]) -> String {
    let composed = aligned(texts).compose(choice).unwrap();
    composed.document.to_markdown().trim_end().to_owned()
}

#[test]
fn sentences_of_two_versions_stand_in_one_paragraph_where_theirs_did() {
    use Source::{Formal as F, Original as O};
    let first = "hi ana, the plan is ready. can you read it? bye";
    let formal = "Dear Ana,\n\nThe plan is ready. Could you please read it?\n\nKind regards";
    let pick = |choice: &[Source]| composed([first, formal, formal, formal, formal], choice);
    assert_eq!(
        pick(&[F, O, F, F]),
        "Dear Ana,\n\nthe plan is ready. Could you please read it?\n\nKind regards"
    );
    assert_eq!(
        pick(&[O, F, O, F]),
        "hi ana,\n\nThe plan is ready. can you read it?\n\nKind regards"
    );
    assert_eq!(
        pick(&[F, F, F, O]),
        "Dear Ana,\n\nThe plan is ready. Could you please read it?\n\nbye"
    );
}

#[test]
fn lists_stay_one_list_and_links_stay_links() {
    use Source::{Formal as F, Original as O};
    let first = "See [the plan](https://example.com/p):\n\n1. tables\n2. chairs\n3. lamps\n\nok?";
    let formal = "Please see [the plan](https://example.com/p):\n\n1. The tables\n2. The chairs\n3. The lamps\n\nIs that ok?";
    assert_eq!(
        composed([first, formal, formal, formal, formal], &[O, F, O, F, O]),
        "See [the plan](https://example.com/p):\n\n1. The tables\n2. chairs\n3. The lamps\n\nok?"
    );
}

#[test]
fn quoted_mail_stays_where_it_is() {
    use Source::{Formal as F, Original as O};
    let draft = Document::from_markdown(
        "> Is Friday fine?\n\nyes, it is fine.\n\n> And the room?\n\nthe room is booked.\n\nOn 1 May 2026, Ana wrote:\n\n> old mail",
    );
    let original = Original::of(&draft, None, false, None, Known::default()).unwrap();
    let formal = Document::from_markdown(
        "Dear Ana,\n\nYes, Friday it is fine. The room is booked.\n\nKind regards",
    );
    let all = Aligned::new(
        original,
        [formal.clone(), formal.clone(), formal.clone(), formal],
    );
    assert_eq!(
        all.whole(Style::Formal).to_markdown().trim_end(),
        "> Is Friday fine?\n\nDear Ana,\n\nYes, Friday it is fine.\n\n> And the room?\n\nThe room is booked.\n\nKind regards\n\nOn 1 May 2026, Ana wrote:\n\n> old mail"
    );
    let kept = all.compose(&vec![O; all.len()]).unwrap();
    assert_eq!(kept.document, draft);
    assert!(!kept.text.contains("old mail"), "{}", kept.text);
    assert!(
        all.compose(&vec![F; all.len()])
            .unwrap()
            .document
            .to_text()
            .contains("> old mail")
    );
}

#[test]
fn tables_stay_as_they_are_where_they_are() {
    let table = "<table><tbody><tr><th colspan=\"2\"><p>Prices for 2026</p></th></tr>\
                 <tr><td data-colwidth=\"90\"><p>Pears</p></td><td><p>3 €</p><p>a kilo</p></td></tr></tbody></table>";
    let draft = Document::from_html(&format!(
        "<p>hi ana, here are the prices.</p>{table}<p>are they fine for you?</p>"
    ));
    let original = Original::of(&draft, None, false, None, Known::default()).unwrap();
    let version = |text: &str| Document::from_markdown(text);
    let all = Aligned::new(
        original,
        [
            version(
                "Dear Ana,\n\nPlease find the prices here.\n\nAre they fine for you?\n\nKind regards",
            ),
            version("Hi Ana, here are the prices. Are they fine for you?"),
            version(
                "Dear Ana,\n\nhere are the prices, as promised.\n\nAre they fine for you? Please tell me.",
            ),
            version("Ana, the prices. Fine?"),
        ],
    );
    for style in Style::ALL {
        let html = all.whole(style).to_html();
        let (before, after) = html.split_once(table).expect("the table, unchanged");
        assert!(before.contains("prices"), "{style:?}: {html}");
        assert!(
            after.contains("ine"),
            "{style:?}: the question below it: {html}"
        );
        assert!(
            !all.html(style, &[]).contains("Pears"),
            "a card shows what was written"
        );
    }
    let choices = [
        Source::Original,
        Source::Formal,
        Source::Casual,
        Source::Concise,
    ];
    for choice in choices {
        let mixed = all.compose(&vec![choice; all.len()]).unwrap();
        assert!(mixed.document.to_html().contains(table), "{choice:?}");
        assert!(
            !mixed
                .changes
                .iter()
                .any(|change| matches!(change, Change::Lost { .. })),
            "figures of a table are not lost: {:?}",
            mixed.changes
        );
    }
}

#[test]
fn an_image_is_never_lost_and_never_doubled() {
    use Source::{Formal as F, Original as O};
    let image = format!("![](draftwell-image://localhost/{})", "ab".repeat(32));
    let first = format!("Here is the chart {image} of May. It is good.");
    let formal = format!("This is the chart of May. It is very good.\n\n{image}");
    let texts = [first.as_str(), &formal, &formal, &formal, &formal];
    let all = aligned(texts);
    for choice in 0..1 << all.len() {
        let choice: Vec<Source> = (0..all.len())
            .map(|row| if choice >> row & 1 == 1 { F } else { O })
            .collect();
        let text = all.compose(&choice).unwrap().document.to_markdown();
        let shown = all.compose(&choice).unwrap().html;
        assert!(
            shown.contains(">It is good.</span>") || shown.contains(">It is very good.</span>"),
            "what follows is still known by its row: {shown}"
        );
        assert_eq!(
            text.matches("draftwell-image").count(),
            1,
            "{choice:?}\n{text}"
        );
    }
}

#[test]
fn facts_are_marked_in_the_text_and_compared_as_a_whole() {
    use Source::{Formal as F, Original as O};
    let first = "We meet on 10 March at 14:00. Bring 3 copies.";
    let formal = "We shall meet on 10 March at 16:00. Please bring 3 copies.";
    let all = aligned([first, formal, formal, formal, formal]);
    let result = all.compose(&[F, O]).unwrap();
    assert_eq!(result.changes.len(), 1, "{:?}", result.changes);
    assert_eq!(
        result.html,
        "<p><span data-row=\"0\" data-source=\"formal\">We shall meet on 10 March at \
         <mark data-change=\"0\" class=\"changed\">16:00</mark>.</span> \
         <span data-row=\"1\" data-source=\"original\">Bring 3 copies.</span></p>"
    );
    assert_eq!(all.compose(&[O, F]).unwrap().changes, []);
    let rows = all.rows(&|style| match style {
        Style::Formal => &result.changes,
        _ => &[],
    });
    assert_eq!(
        rows[0].cells[1],
        "We shall meet on 10 March at <mark data-change=\"0\" class=\"changed\">16:00</mark>."
    );
    assert!(
        !rows[0].cells[2].contains("<mark"),
        "the others' facts are their own"
    );
    assert!(all.compose(&[O]).is_err(), "a choice for each row");
}

#[test]
fn an_invented_link_is_marked_even_if_its_text_says_nothing() {
    let original = original(Document::from_text("Please look at the plan when you can."));
    let version =
        Document::from_markdown("Please look at [the plan](https://evil.example/p) when you can.");
    let (_, changes, html) = single(&original, &version);
    assert_eq!(changes.len(), 1, "{changes:?}");
    assert!(
        html.contains("<mark data-change=\"0\" class=\"invented\"><a href=\"https://evil.example/p\">the plan</a></mark>"),
        "{html}"
    );
}

#[test]
fn what_an_instruction_names_is_not_invented() {
    let draft = Document::from_text("The report will be ready soon, I think.");
    let version =
        Document::from_text("The report will be ready soon. I am away on Friday, until 12 May.");
    let with = |instruction| {
        Original::of(&draft, None, false, instruction, Known::default())
            .unwrap()
            .changes(&version)
    };
    assert_eq!(with(None).len(), 2);
    let left = with(Some("mention that I'm away on Friday"));
    assert_eq!(left.len(), 1, "the date was not asked for: {left:?}");
    assert_eq!(with(Some("say I'm away Friday till 12 May")), []);
}

#[test]
fn the_longest_texts_take_bounded_work() {
    let many = "aa? ".repeat(1_250);
    let more = "bb? ".repeat(15_000);
    let all = aligned([&many, &more, &more, &more, &more]);
    assert!(all.len() <= 2, "cut by lines: {}", all.len());
    let lines = "a\n\n".repeat(1_600);
    let all = aligned([&lines, &lines, &lines, &lines, &lines]);
    let kept = all.compose(&vec![Source::Original; all.len()]).unwrap();
    assert_eq!(kept.document, Document::from_markdown(&lines));
}

fn clean(document: Document) -> Document {
    document.without_signature()
}

fn without_images(document: Document) -> Document {
    fn strip(blocks: &[Block]) -> Vec<Block> {
        let line = |content: &[Inline]| -> Vec<Inline> {
            let kept = |inline: &&Inline| !matches!(inline, Inline::Image { .. });
            content.iter().filter(kept).cloned().collect()
        };
        blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(content) => Block::Paragraph(line(content)),
                Block::Heading { level, content } => Block::Heading {
                    level: *level,
                    content: line(content),
                },
                Block::BulletList(items) => {
                    Block::BulletList(items.iter().map(|item| strip(item)).collect())
                }
                Block::OrderedList { start, items } => Block::OrderedList {
                    start: *start,
                    items: items.iter().map(|item| strip(item)).collect(),
                },
                Block::Blockquote(inner) => Block::Blockquote(strip(inner)),
                Block::Table(table) => {
                    let mut table = table.clone();
                    let cells = table.rows.iter_mut().flatten();
                    cells.for_each(|cell| cell.blocks = strip(&cell.blocks));
                    Block::Table(table)
                }
                other => other.clone(),
            })
            .collect()
    }
    Document::new(strip(clean(document).blocks()))
}

/// A version as a model makes it: lines left out, added, and taken from elsewhere.
fn versions() -> impl Strategy<Value = (Document, [Document; 4])> {
    let blocks = |document: &Document| document.blocks().to_vec();
    (
        arbitrary::document().prop_map(clean),
        [
            arbitrary::document().prop_map(clean),
            arbitrary::document().prop_map(clean),
            arbitrary::document().prop_map(clean),
            arbitrary::document().prop_map(clean),
        ],
        any::<u32>(),
    )
        .prop_map(move |(original, others, dice)| {
            let mut number = 0;
            let versions = others.map(|other| {
                number += 1;
                let own = blocks(&original);
                let mut mixed = blocks(&other);
                for (place, block) in own.into_iter().enumerate() {
                    if dice >> ((place * 4 + number) % 32) & 1 == 1 {
                        mixed.insert(place.min(mixed.len()), block);
                    }
                }
                Document::new(mixed)
            });
            (original, versions)
        })
}

fn letters(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{FFFC}')
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn taking_one_text_in_all_rows_gives_it((first, versions) in versions()) {
        let first = without_images(first);
        let all = Aligned::new(original(first.clone()), versions.clone());
        for (place, source) in Source::ALL.into_iter().enumerate() {
            let result = all.compose(&vec![source; all.len()]).unwrap();
            let expect = if place == 0 { &first } else { &versions[place - 1] };
            if all.texts[place].segments.is_empty() {
                // A text of blank lines alone has no sentence one could take.
                prop_assert!(letters(&result.text).is_empty());
            } else {
                prop_assert_eq!(&result.document, expect);
            }
        }
    }

    #[test]
    fn any_choice_is_a_valid_document_with_each_chosen_sentence_once(
        (first, versions) in versions(),
        dice in proptest::collection::vec(0_usize..5, 200),
    ) {
        let all = Aligned::new(original(first.clone()), versions);
        let choice: Vec<Source> = (0..all.len())
            .map(|row| Source::ALL[dice[row % dice.len()]])
            .collect();
        let result = all.compose(&choice).unwrap();
        let again = Document::parse(&result.document.to_json());
        prop_assert_eq!(again.as_ref(), Ok(&result.document), "valid and in normal form");
        let expect: String = all.rows.iter().zip(&choice).flat_map(|(row, source)| {
            let flat = &all.texts[source.place()];
            row[source.place()].clone().map(|place| letters(&flat.segments[place].text))
        }).collect();
        prop_assert_eq!(letters(&result.document.plain_text()), expect);
        for image in first.image_hashes() {
            prop_assert!(result.document.image_hashes().contains(&image));
        }
    }

    #[test]
    fn every_sentence_is_in_one_row_in_order((first, versions) in versions()) {
        let all = Aligned::new(original(first), versions);
        for place in 0..5 {
            let found: Vec<usize> = all.rows.iter().flat_map(|row| row[place].clone()).collect();
            let expect: Vec<usize> = (0..all.texts[place].segments.len()).collect();
            prop_assert_eq!(found, expect);
        }
    }
}
