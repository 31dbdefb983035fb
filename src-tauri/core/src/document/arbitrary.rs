//! Documents for property tests: every shape the schema allows, with the texts that break things.

use proptest::{collection::vec, option, prelude::*};
use uuid::Uuid;

use super::{Block, Document, Href, Image, ImageHash, Inline, Marks, Table, TableCell};
use crate::id::SignatureId;

/// Texts that look like markup, run the other way, or are made of several code points.
const TRICKY: [&str; 48] = [
    " ",
    "  ",
    "\t",
    "\u{A0}",
    "a",
    "b",
    "word",
    "Grüße",
    "ß",
    ".",
    ",",
    "!",
    "?",
    ":",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "`",
    "``",
    "#",
    "# ",
    "-",
    "- ",
    "+ ",
    "1. ",
    "1) ",
    ">",
    "> ",
    "=",
    "===",
    "---",
    "<b>",
    "</p>",
    "<u>",
    "&amp;",
    "&",
    "\\",
    "[x](y)",
    "![",
    "|",
    "שלום",
    "مرحبا",
    "你好。",
    "👩‍👩‍👧",
    "{{firstName}}",
];

pub fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => vec(proptest::sample::select(TRICKY.to_vec()), 1..6).prop_map(|parts| parts.concat()),
        2 => "[a-zA-Z]{1,8}( [a-zA-Z]{1,8}){0,4}",
        1 => "\\PC{1,12}",
        1 => any::<String>(),
    ]
}

fn href() -> impl Strategy<Value = Href> {
    prop_oneof![
        Just("https://example.org".to_owned()),
        Just("http://example.org/a_b(c)?d=e&f=%20#g".to_owned()),
        Just("mailto:ada@example.org?subject=a%20b".to_owned()),
        Just("tel:+49-30-1234".to_owned()),
        "https://example\\.org/\\PC{0,10}",
    ]
    .prop_filter_map("an address", |text| Href::parse(&text))
}

pub fn marks() -> impl Strategy<Value = Marks> {
    (
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.3),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.2),
        prop::bool::weighted(0.1),
        option::weighted(0.2, href()),
    )
        .prop_map(|(bold, italic, underline, strike, code, link)| Marks {
            bold,
            italic,
            underline,
            strike,
            code,
            link,
        })
}

fn image() -> impl Strategy<Value = Image> {
    (
        any::<[u8; 32]>(),
        prop_oneof![Just(String::new()), text()],
        option::weighted(0.3, text()),
        option::of(0_u32..12_000),
        option::of(1_u32..900),
    )
        .prop_map(|(hash, alt, title, width, height)| Image {
            hash: ImageHash(hash),
            alt,
            title,
            width,
            height,
        })
}

pub fn line() -> impl Strategy<Value = Vec<Inline>> {
    vec(
        prop_oneof![
            12 => (text(), marks()).prop_map(|(text, marks)| Inline::Text { text, marks }),
            2 => Just(Inline::HardBreak),
            1 => (image(), option::weighted(0.3, href()))
                .prop_map(|(image, link)| Inline::Image { image, link }),
        ],
        0..6,
    )
}

fn signature() -> impl Strategy<Value = Block> {
    any::<u128>().prop_map(|id| Block::Signature(SignatureId(Uuid::from_u128(id))))
}

/// A table as it may come: ragged, with spans that reach too far or over each other, with tables in
/// its cells.
fn table(block: BoxedStrategy<Block>) -> impl Strategy<Value = Table> {
    let span = || prop_oneof![6 => Just(1_u32), 2 => 0_u32..4, 1 => any::<u32>()];
    let widths = option::weighted(
        0.2,
        vec(prop_oneof![Just(0_u32), 1_u32..300, any::<u32>()], 0..4),
    );
    let cell = (any::<bool>(), span(), span(), widths, vec(block, 0..3)).prop_map(
        |(header, colspan, rowspan, widths, blocks)| TableCell {
            header,
            colspan,
            rowspan,
            widths: widths.unwrap_or_default(),
            blocks,
        },
    );
    vec(vec(cell, 0..4), 0..4).prop_map(|rows| Table { rows })
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        8 => line().prop_map(Block::Paragraph),
        1 => (1_u8..=3, line()).prop_map(|(level, content)| Block::Heading { level, content }),
        1 => (option::of("[a-z+#]{1,6}"), vec(text(), 0..4))
            .prop_map(|(language, lines)| Block::CodeBlock { language, text: lines.join("\n") }),
        1 => Just(Block::HorizontalRule),
        1 => signature(),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let items = || vec(vec(inner.clone(), 0..3), 0..4);
        prop_oneof![
            items().prop_map(Block::BulletList),
            (prop_oneof![Just(1_u32), any::<u32>()], items())
                .prop_map(|(start, items)| Block::OrderedList { start, items }),
            vec(inner.clone(), 0..4).prop_map(Block::Blockquote),
            table(inner.clone().boxed()).prop_map(Block::Table),
        ]
    })
}

/// Any document.
pub fn document() -> impl Strategy<Value = Document> {
    vec(block(), 0..6).prop_map(Document::new)
}
