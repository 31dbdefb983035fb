//! Input that was made, or happened, to break things.

use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use super::{Document, DocumentJson, IMAGE_ORIGIN, MAX_TEXT_BYTES, tests::doc};
use crate::Code;

const HASH: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

fn line(content: Value) -> Document {
    doc(json!([{"type": "paragraph", "content": content}]))
}

/// Any JSON at all, more often than not with the words of our schema in it.
fn json_value() -> impl Strategy<Value = Value> {
    let word = proptest::sample::select(vec![
        "doc",
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "blockquote",
        "codeBlock",
        "table",
        "tableRow",
        "tableCell",
        "colspan",
        "colwidth",
        "horizontalRule",
        "hardBreak",
        "text",
        "image",
        "signature",
        "bold",
        "code",
        "link",
        "type",
        "attrs",
        "content",
        "marks",
        "href",
        "src",
        "alt",
        "level",
        "start",
        "id",
        "width",
        "https://example.org",
        "javascript:x",
        "",
        "\u{0}",
        "\r\n",
        "018f3c5e-7d1a-7c3a-9a51-2f6d7b0c1e22",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| Number::from_f64(number).map_or(Value::Null, Value::Number)),
        word.clone().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(Value::from(format!("{IMAGE_ORIGIN}{HASH}"))),
    ];
    leaf.prop_recursive(6, 64, 5, move |inner| {
        let node = (
            proptest::sample::select(vec![
                "doc", "paragraph", "heading", "bulletList", "orderedList", "listItem",
                "blockquote", "codeBlock", "table", "tableRow", "tableCell", "tableHeader",
                "horizontalRule", "hardBreak", "text", "image",
                "signature", "bold", "link",
            ]),
            proptest::collection::vec(inner.clone(), 0..5),
            proptest::collection::vec((word.clone(), inner.clone()), 0..3),
        )
            .prop_map(|(kind, content, more)| {
                let mut node = Map::new();
                node.insert("type".into(), kind.into());
                node.insert("content".into(), content.into());
                for (key, value) in more {
                    node.insert(key.into(), value);
                }
                Value::Object(node)
            });
        prop_oneof![
            3 => node,
            1 => proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            1 => proptest::collection::vec((word.clone(), inner), 0..4).prop_map(|pairs| {
                Value::Object(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_judged(value in json_value(), in_document in any::<bool>()) {
        let json = if in_document { json!({"type": "doc", "content": [value]}) } else { value };
        match Document::parse(&DocumentJson(json)) {
            Ok(document) => {
                prop_assert_eq!(Document::parse(&document.to_json()).unwrap(), document.clone());
                prop_assert_eq!(Document::from_html(&document.to_html()), document.clone());
                prop_assert_eq!(
                    Document::from_markdown(&document.to_markdown()),
                    document.markdown_form()
                );
            }
            Err(error) => {
                prop_assert_eq!(error.code, Code::ValidationError);
                prop_assert_eq!(error.field.as_deref(), Some("body"));
            }
        }
    }
}

#[test]
fn every_script_survives_every_form() {
    for text in [
        "👩‍👩‍👧‍👦 👍🏽 🇩🇪 ❤️",
        "שלום (world) עולם!",
        "مرحبا 123 بالعالم",
        "\u{200F}a\u{200E}b\u{202B}c\u{202C}",
        "e\u{301} a\u{308}\u{323}",
        "नमस्ते สวัสดี 你好，世界。",
        "𝒜𝓭𝓪 \u{10FFFF} \u{FFFD} \u{FEFF}x",
        "z\u{200D}w\u{200C}n\u{2060}j\u{AD}",
    ] {
        let document = line(json!([
            {"type": "text", "text": text},
            {"type": "text", "text": text, "marks": [{"type": "bold"}]},
        ]));
        assert_eq!(document.plain_text(), text.repeat(2));
        assert_eq!(Document::parse(&document.to_json()).unwrap(), document);
        assert_eq!(
            Document::from_html(&document.to_html()),
            document,
            "{text:?}"
        );
        assert_eq!(
            Document::from_markdown(&document.to_markdown()),
            document.markdown_form(),
            "{text:?}"
        );
    }
}

#[test]
fn half_a_character_is_no_json() {
    // JavaScript can hold half a surrogate pair and writes it as an escape; it has no UTF-8. The
    // page has to make its texts well-formed before it hands them over.
    for text in ["\"\\ud83d\"", "\"\\ude00\"", "\"a\\ud83db\""] {
        let json =
            format!("{{\"type\":\"doc\",\"content\":[{{\"type\":\"text\",\"text\":{text}}}]}}");
        assert!(
            serde_json::from_str::<DocumentJson>(&json).is_err(),
            "{json}"
        );
    }
    let whole = "{\"type\":\"doc\",\"content\":[{\"type\":\"text\",\"text\":\"\\ud83d\\ude00\"}]}";
    let json: DocumentJson = serde_json::from_str(whole).unwrap();
    assert_eq!(Document::parse(&json).unwrap().plain_text(), "😀");
}

#[test]
fn attributes_of_any_size_and_kind_are_judged() {
    let image = |attrs: Value| {
        let mut attrs = attrs;
        attrs["src"] = format!("{IMAGE_ORIGIN}{HASH}").into();
        DocumentJson(json!({"type": "doc", "content": [
            {"type": "paragraph", "content": [{"type": "image", "attrs": attrs}]}]}))
    };
    let plain = Document::parse(&image(json!({}))).unwrap();
    for (name, value) in [
        ("width", json!(-1)),
        ("width", json!(0)),
        ("width", json!(1e300)),
        ("height", json!(18_446_744_073_709_551_615_u64)),
        ("height", json!("NaN")),
        ("height", json!("inf")),
        ("height", json!({"a": [1]})),
        ("title", json!(["x"])),
        ("alt", json!("\u{0}\r\n\t ")),
        ("onerror", json!("alert(1)")),
    ] {
        let mut attrs = json!({});
        attrs[name] = value;
        assert_eq!(Document::parse(&image(attrs)).unwrap(), plain, "{name}");
    }
    let huge = "x".repeat(MAX_TEXT_BYTES + 1);
    assert!(Document::parse(&image(json!({"alt": huge}))).is_err());
    let linked = |href: &str| {
        DocumentJson(json!({"type": "doc", "content": [
        {"type": "text", "text": "a", "marks": [{"type": "link", "attrs": {"href": href}}]}]}))
    };
    assert!(Document::parse(&linked(&huge)).is_err());
    // Too long for an address, not for a text: the words stay.
    let long = format!("https://example.org/{}", "x".repeat(100_000));
    let document = Document::parse(&linked(&long)).unwrap();
    assert_eq!(document.plain_text(), "a");
    assert_eq!(document.links(), []);
    // Nor does a mark without an address lead anywhere.
    for attrs in [json!(null), json!({}), json!({"href": 5}), json!([])] {
        let json = json!({"type": "doc", "content": [
            {"type": "text", "text": "a", "marks": [{"type": "link", "attrs": attrs}]}]});
        assert_eq!(Document::parse(&DocumentJson(json)).unwrap().links(), []);
    }
}

#[test]
fn attributes_of_cells_of_any_size_and_kind_are_judged() {
    for odd in [
        json!(0),
        json!(-3),
        json!(1e300),
        json!(2.5),
        json!("7px"),
        json!("\" onload=\"x"),
        json!([1, "a", null, -5, 1e300]),
        json!([]),
        json!({}),
        json!(null),
        json!(true),
    ] {
        let cell = |odd: Value| {
            json!({"type": "tableCell", "attrs": {"colspan": odd, "rowspan": odd, "colwidth": odd, "onclick": odd},
                "content": [{"type": "paragraph", "content": [{"type": "text", "text": "kept"}]}]})
        };
        let row = |cells: Value| json!({"type": "tableRow", "content": cells});
        let rows = json!([
            row(json!([cell(odd.clone()), cell(odd.clone())])),
            row(json!([cell(odd.clone())]))
        ]);
        let document = doc(json!([{"type": "table", "content": rows}]));
        assert_eq!(document.plain_text().matches("kept").count(), 3, "{odd}");
        assert_eq!(Document::from_html(&document.to_html()), document, "{odd}");
        assert!(!document.to_html().contains("onload"), "{odd}");
        assert_eq!(Document::parse(&document.to_json()).unwrap(), document);
    }
}

#[test]
fn numbers_of_lists_and_headings_stay_in_their_range() {
    for (start, shown) in [
        (json!(0), "0. a"),
        (json!(-5), "1. a"),
        (json!(4_294_967_295_u32), "999999999. a"),
        (json!(1e30), "999999999. a"),
        (json!("7"), "7. a"),
        (json!(null), "1. a"),
    ] {
        let document = doc(
            json!([{"type": "orderedList", "attrs": {"start": start}, "content": [
                {"type": "listItem", "content": [{"type": "text", "text": "a"}]},
            ]}]),
        );
        assert_eq!(document.to_text(), shown);
        assert_eq!(document.to_markdown(), format!("{shown}\n"));
    }
    for (level, tag) in [
        (json!(0), "h1"),
        (json!(9), "h3"),
        (json!(-2), "h1"),
        (json!("2"), "h2"),
    ] {
        let document = doc(json!([{"type": "heading", "attrs": {"level": level}}]));
        assert_eq!(document.to_html(), format!("<{tag}><br></{tag}>"));
    }
}

#[test]
fn nobody_can_write_a_header_or_markup_through_an_attribute() {
    let document = line(json!([
        {"type": "image", "attrs": {
            "src": format!("{IMAGE_ORIGIN}{HASH}"),
            "alt": "\"><script>alert(1)</script>\r\nBcc: eve@example.org",
            "title": "' onload='x' \"y\"",
        }},
        {"type": "text", "text": "a", "marks": [{"type": "link", "attrs":
            {"href": "https://example.org/\"><img src=x onerror=alert(1)>\r\nBcc: e"}}]},
    ]));
    let html = document.to_html();
    assert_eq!(
        html.matches('<').count(),
        5,
        "p, img, a and their ends: {html}"
    );
    assert!(!html.contains(['\r', '\n']), "{html}");
    assert_eq!(Document::from_html(&html), document);
    assert_eq!(Document::from_markdown(&document.to_markdown()), document);
}
