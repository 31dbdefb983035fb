use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::{Code, Error};

pub(super) const ID: &str = "018f3c5e-7d1a-7c3a-9a51-2f6d7b0c1e22";
const HASH: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

pub(super) fn doc(content: Value) -> Document {
    Document::parse(&DocumentJson(json!({"type": "doc", "content": content}))).unwrap()
}

pub(super) fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
}

fn refused(json: Value) -> Error {
    let error = Document::parse(&DocumentJson(json)).unwrap_err();
    assert_eq!(error.code, Code::ValidationError);
    assert_eq!(error.field.as_deref(), Some("body"));
    error
}

fn letter() -> Document {
    doc(json!([
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Offer"}]},
        {"type": "paragraph", "content": [
            {"type": "text", "text": "Dear "},
            {"type": "text", "marks": [{"type": "bold"}], "text": "Ada"},
            {"type": "text", "text": ","},
            {"type": "hardBreak"},
            {"type": "text", "text": "see "},
            {"type": "text", "marks": [{"type": "link", "attrs": {"href": "https://example.org/a?b=1&c=2", "target": "_blank"}}], "text": "our page"},
        ]},
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [paragraph("one")]},
            {"type": "listItem", "content": [paragraph("two"),
                {"type": "orderedList", "attrs": {"start": 3}, "content": [
                    {"type": "listItem", "content": [paragraph("a")]},
                    {"type": "listItem", "content": [paragraph("b")]},
                ]},
            ]},
        ]},
        {"type": "blockquote", "content": [paragraph("You wrote"), paragraph("this")]},
        {"type": "signature", "attrs": {"id": ID}},
    ]))
}

#[test]
fn nothing_is_the_empty_document() {
    for json in [
        json!(null),
        json!({"type": "doc"}),
        json!({"type": "doc", "content": []}),
    ] {
        assert_eq!(
            Document::parse(&DocumentJson(json)).unwrap(),
            Document::empty()
        );
    }
    assert_eq!(
        Document::empty().to_json().0,
        json!({"type": "doc", "content": [{"type": "paragraph"}]})
    );
}

#[test]
fn html_is_semantic_and_escaped() {
    assert_eq!(
        letter().to_html(),
        format!(
            "<h2>Offer</h2>\
             <p>Dear <strong>Ada</strong>,<br>see <a href=\"https://example.org/a?b=1&amp;c=2\">our page</a></p>\
             <ul><li><p>one</p></li><li><p>two</p><ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol></li></ul>\
             <blockquote><p>You wrote</p><p>this</p></blockquote>\
             <div data-signature=\"{ID}\"></div>"
        )
    );
    assert_eq!(
        doc(json!([paragraph("<script>\"a\" & 'b'</script>")])).to_html(),
        "<p>&lt;script&gt;\"a\" &amp; 'b'&lt;/script&gt;</p>"
    );
}

#[test]
fn the_furthest_mark_goes_outside() {
    let bold = json!({"type": "bold"});
    let italic = json!({"type": "italic"});
    let html = doc(json!([{"type": "paragraph", "content": [
        {"type": "text", "text": "a ", "marks": [italic]},
        {"type": "text", "text": "b", "marks": [bold, italic]},
        {"type": "hardBreak"},
        {"type": "text", "text": " c", "marks": [italic]},
    ]}]))
    .to_html();
    assert_eq!(
        html,
        "<p style=\"white-space:pre-wrap\"><em>a <strong>b</strong><br> c</em></p>"
    );
}

#[test]
fn text_is_readable_without_formatting() {
    assert_eq!(
        letter().to_text(),
        "Offer\n\n\
         Dear Ada,\nsee our page (https://example.org/a?b=1&c=2)\n\n\
         - one\n- two\n  3. a\n  4. b\n\n\
         > You wrote\n>\n> this"
    );
}

#[test]
fn a_link_that_says_its_address_is_not_written_twice() {
    for (text, href) in [
        ("https://example.org", "https://example.org/"),
        ("example.org", "https://example.org"),
        ("ada@example.org", "mailto:ada@example.org"),
    ] {
        let document = doc(json!([{"type": "paragraph", "content": [
            {"type": "text", "text": text, "marks": [{"type": "link", "attrs": {"href": href}}]},
        ]}]));
        assert_eq!(document.to_text(), text);
    }
}

#[test]
fn blank_lines_stay_blank_lines() {
    let document = doc(json!([paragraph("a"), {"type": "paragraph"}, paragraph("b")]));
    assert_eq!(document.to_html(), "<p>a</p><p><br></p><p>b</p>");
    assert_eq!(document.to_text(), "a\n\n\nb");
}

#[test]
fn signatures_are_put_replaced_and_taken_out() {
    let other: SignatureId = "018f3c5e-7d1a-7c3a-9a51-2f6d7b0c1e23".parse().unwrap();
    let id: SignatureId = ID.parse().unwrap();
    let plain = doc(json!([paragraph("a")]));
    assert_eq!(plain.signature_id(), None);
    let signed = plain.clone().with_signature(Some(id));
    assert_eq!(signed.signature_id(), Some(id));
    assert_eq!(signed.clone().with_signature(None), plain);
    assert_eq!(signed.without_signature(), plain);
    // Replaced where it stands, above the quotation.
    let quoted = doc(json!([
        paragraph("a"),
        {"type": "signature", "attrs": {"id": ID}},
        {"type": "blockquote", "content": [paragraph("q")]},
    ]))
    .with_signature(Some(other));
    assert_eq!(quoted.blocks()[1], Block::Signature(other));
    assert_eq!(quoted.blocks().len(), 3);
}

#[test]
fn a_signature_is_lifted_out_and_there_is_only_one() {
    let document = doc(json!([
        {"type": "blockquote", "content": [{"type": "signature", "attrs": {"id": ID}}]},
        {"type": "signature", "attrs": {"id": "018f3c5e-7d1a-7c3a-9a51-2f6d7b0c1e23"}},
    ]));
    assert_eq!(
        document.blocks(),
        [
            Block::Blockquote(vec![Block::Paragraph(vec![])]),
            Block::Signature(ID.parse().unwrap())
        ]
    );
    // The editor's schema wants a block in front of it.
    assert_eq!(
        doc(json!([{"type": "signature", "attrs": {"id": ID}}])).blocks()[0],
        Block::Paragraph(vec![])
    );
}

#[test]
fn a_signature_alone_is_blank() {
    assert!(Document::empty().is_blank());
    assert!(
        Document::empty()
            .with_signature(Some(ID.parse().unwrap()))
            .is_blank()
    );
    assert!(doc(json!([paragraph(" \u{A0}")])).is_blank());
    assert!(!letter().is_blank());
    assert!(
        !doc(json!([{"type": "paragraph", "content": [
            {"type": "image", "attrs": {"src": format!("{IMAGE_ORIGIN}{HASH}")}}
        ]}]))
        .is_blank()
    );
}

#[test]
fn what_we_cannot_keep_is_refused() {
    for node in [
        json!({"type": "video"}),
        json!({"type": "paragraph", "content": [{"type": "mention"}]}),
        json!({"type": "paragraph", "content": [{"type": "text", "text": "a", "marks": [{"type": "textStyle"}]}]}),
    ] {
        let error = refused(json!({"type": "doc", "content": [node]}));
        assert!(error.message.contains("can't keep"), "{error}");
    }
    for node in [
        json!(null),
        json!(3),
        json!([]),
        json!({}),
        json!({"type": 5}),
        json!({"type": "paragraph", "content": {}}),
        json!({"type": "paragraph", "content": [{"type": "text"}]}),
        json!({"type": "paragraph", "content": [{"type": "text", "text": 7}]}),
        json!({"type": "paragraph", "content": [{"type": "paragraph"}]}),
        json!({"type": "paragraph", "content": [{"type": "text", "text": "a", "marks": {}}]}),
        json!({"type": "bulletList", "content": [{"type": "paragraph"}]}),
        json!({"type": "listItem"}),
        json!({"type": "tableRow"}),
        json!({"type": "tableCell", "content": [{"type": "paragraph"}]}),
        json!({"type": "table", "content": [{"type": "paragraph"}]}),
        json!({"type": "table", "content": [{"type": "tableRow", "content": [{"type": "paragraph"}]}]}),
        json!({"type": "doc"}),
        json!({"type": "signature", "attrs": {"id": "x"}}),
    ] {
        refused(json!({"type": "doc", "content": [node]}));
    }
    for json in [
        json!(1),
        json!("a"),
        json!([]),
        json!({"type": "paragraph"}),
    ] {
        refused(json);
    }
}

#[test]
fn an_unknown_name_does_not_put_its_text_into_the_message() {
    let error =
        refused(json!({"type": "doc", "content": [{"type": "\r\n<b>\u{202E}secret ".repeat(50)}]}));
    assert!(error.message.len() < 200);
    assert!(!error.message.contains(['\r', '\n', '<', '\u{202E}']));
}

#[test]
fn images_are_only_ours() {
    for src in [
        "https://example.org/a.png".to_owned(),
        "data:image/png;base64,AAAA".to_owned(),
        format!("{IMAGE_ORIGIN}{}", &HASH[1..]),
        format!("{IMAGE_ORIGIN}{HASH}/../x"),
        format!("draftwell-image://elsewhere/{HASH}"),
    ] {
        refused(
            json!({"type": "doc", "content": [{"type": "paragraph", "content": [
                {"type": "image", "attrs": {"src": src}},
            ]}]}),
        );
    }
    let document = doc(json!([{"type": "paragraph", "content": [
        {"type": "image", "attrs": {"src": format!("{IMAGE_ORIGIN}{HASH}"), "alt": "a \"b\"\n<c>", "title": "", "width": "320", "height": null}},
    ]}]));
    assert_eq!(
        document.to_html(),
        format!(
            "<p><img src=\"{IMAGE_ORIGIN}{HASH}\" alt=\"a &quot;b&quot; &lt;c&gt;\" width=\"320\"></p>"
        )
    );
    assert_eq!(document.image_hashes(), [HASH.parse().unwrap()]);
}

#[test]
fn links_lead_only_where_mail_programs_follow() {
    for (typed, kept) in [
        ("https://example.org/a b", Some("https://example.org/a%20b")),
        ("HTTP://EXAMPLE.org", Some("HTTP://EXAMPLE.org")),
        (" mailto:ada@example.org ", Some("mailto:ada@example.org")),
        ("tel:+49301234", Some("tel:+49301234")),
        ("www.example.org", Some("https://www.example.org")),
        ("ada@example.org", Some("mailto:ada@example.org")),
        ("https://bücher.example/ü", Some("https://bücher.example/ü")),
        (
            "https://example.org/\u{202E}gpj.exe",
            Some("https://example.org/%E2%80%AEgpj.exe"),
        ),
        ("javascript:alert(1)", None),
        ("JaVaScRiPt:alert(1)", None),
        ("\u{1}javascript:alert(1)", None),
        ("java\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("file:///etc/passwd", None),
        ("/relative", None),
        ("#top", None),
        ("https://", None),
        ("mailto:", None),
        ("", None),
    ] {
        assert_eq!(
            Href::parse(typed).as_ref().map(Href::as_str),
            kept,
            "{typed:?}"
        );
    }
    assert_eq!(
        Href::parse(&format!("https://a.b/{}", "x".repeat(MAX_HREF_BYTES))),
        None
    );
}

#[test]
fn a_refused_link_leaves_its_text() {
    assert_eq!(
        doc(json!([{"type": "paragraph", "content": [
            {"type": "text", "text": "a"},
            {"type": "text", "text": "b", "marks": [{"type": "link", "attrs": {"href": "javascript:x"}}]},
        ]}]))
        .to_html(),
        "<p>ab</p>"
    );
}

#[test]
fn what_costs_nothing_is_put_right() {
    let document = doc(json!([
        {"type": "text", "text": "loose"},
        {"type": "heading", "attrs": {"level": 6, "textAlign": "center"}, "content": [{"type": "text", "text": "h"}]},
        {"type": "bulletList"},
        {"type": "bulletList", "content": [{"type": "listItem", "content": [{"type": "horizontalRule"}]}]},
        {"type": "paragraph", "content": [
            {"type": "text", "text": "a\r\nb\u{0}\u{8}c"},
            {"type": "text", "text": ""},
            {"type": "text", "text": "d", "marks": []},
            {"type": "text", "text": "x", "marks": [{"type": "bold"}, {"type": "code"}]},
        ]},
        {"type": "codeBlock", "attrs": {"language": "<b>"}, "content": [{"type": "text", "text": "1\r\n\t2"}]},
    ]));
    assert_eq!(
        document.to_html(),
        "<p>loose</p><h3>h</h3><ul><li><p><br></p><hr></li></ul>\
         <p>a<br>bcd<code>x</code></p><pre><code>1\n\t2</code></pre>"
    );
}

#[test]
fn depth_and_size_have_limits() {
    let mut nested = json!({"type": "paragraph"});
    for _ in 0..MAX_DEPTH {
        nested = json!({"type": "blockquote", "content": [nested]});
    }
    let deep = json!({"type": "doc", "content": [nested]});
    let document = Document::parse(&DocumentJson(deep.clone())).unwrap();
    // What is kept can be read again: serde_json refuses more than 128 levels.
    let text = serde_json::to_string(&json!({"edit": {"body": document.to_json()}})).unwrap();
    serde_json::from_str::<Value>(&text).unwrap();
    refused(
        json!({"type": "doc", "content": [{"type": "blockquote", "content": [deep["content"][0]]}]}),
    );
    refused(json!({"type": "doc", "content": vec![json!({"type": "paragraph"}); MAX_NODES + 1]}));
    refused(json!({"type": "doc", "content": [paragraph(&"x".repeat(MAX_TEXT_BYTES + 1))]}));
}

#[test]
fn words_are_counted_in_every_script() {
    for (text, words) in [
        ("", 0),
        ("Dear Ada, don't  worry - 3.5 e-mails.", 6),
        ("— … !", 0),
        ("你好,世界", 4),
        ("日本語のテスト", 7),
        ("see https://example.org/a-b ok", 3),
        ("Grüße 👩‍👩‍👧 aus Köln", 3),
        ("שלום עולם", 2),
    ] {
        assert_eq!(words_in(text), words, "{text:?}");
    }
    assert_eq!(letter().word_count(), 13);
    assert_eq!(
        letter().char_count(),
        "Offer\nDear Ada,\nsee our page\none\ntwo\na\nb\nYou wrote\nthis"
            .chars()
            .count()
    );
}

#[test]
fn a_snippet_is_one_line_and_cuts_no_character() {
    assert_eq!(
        letter().snippet(160),
        "Offer Dear Ada, see our page one two a b You wrote this"
    );
    let family = "👩‍👩‍👧";
    let document = doc(json!([paragraph(&family.repeat(50))]));
    assert_eq!(document.snippet(12), family.repeat(2));
    assert_eq!(doc(json!([paragraph("ab cd")])).snippet(3), "ab");
}

struct Parts;

impl MailParts for Parts {
    fn signature(&self, id: SignatureId) -> Option<Document> {
        (id.to_string() == ID).then(|| {
            doc(json!([{"type": "paragraph", "content": [
                {"type": "text", "text": "Ada Lovelace", "marks": [{"type": "bold"}]},
                {"type": "hardBreak"},
                {"type": "image", "attrs": {"src": format!("{IMAGE_ORIGIN}{HASH}"), "alt": "logo"}},
            ]}]))
        })
    }

    fn content_id(&self, image: ImageHash) -> Option<String> {
        (image.to_string() == HASH).then(|| "logo@draftwell".to_owned())
    }
}

#[test]
fn a_mail_brings_its_signature_and_images() {
    let html = letter().to_mail_html(&Parts).unwrap();
    assert!(
        html.contains(
            "<strong>Ada Lovelace</strong><br><img src=\"cid:logo@draftwell\" alt=\"logo\""
        ),
        "{html}"
    );
    assert!(!html.contains("draftwell-image"), "{html}");
    assert!(!html.contains("data-signature"), "{html}");
    let text = letter().to_mail_text(&Parts).unwrap();
    assert!(
        text.ends_with("\n> this\n\n-- \nAda Lovelace\n[logo]\n"),
        "{text}"
    );
    assert_eq!(
        letter().mail_images(&Parts).unwrap(),
        [HASH.parse().unwrap()]
    );
}

#[test]
fn items_of_one_line_stay_close_together_in_a_mail() {
    let html = letter().to_mail_html(&Parts).unwrap();
    assert!(
        html.contains("<li dir=\"auto\">one</li><li dir=\"auto\">two<ol dir="),
        "{html}"
    );
    let loose = doc(json!([{"type": "bulletList", "content": [
        {"type": "listItem", "content": [paragraph("a"), paragraph("b")]},
    ]}]));
    assert!(loose.to_mail_html(&Parts).unwrap().contains("a</p><p"));
}

#[test]
fn a_mail_is_whole_or_not_at_all() {
    struct Nothing;
    impl MailParts for Nothing {
        fn signature(&self, _: SignatureId) -> Option<Document> {
            None
        }
        fn content_id(&self, _: ImageHash) -> Option<String> {
            None
        }
    }
    assert_eq!(
        letter().to_mail_html(&Nothing).unwrap_err().code,
        Code::NotFound
    );
    assert_eq!(
        letter().to_mail_text(&Nothing).unwrap_err().code,
        Code::NotFound
    );
    let picture = doc(json!([{"type": "paragraph", "content": [
        {"type": "image", "attrs": {"src": format!("{IMAGE_ORIGIN}{HASH}")}}
    ]}]));
    assert_eq!(
        picture.to_mail_html(&Nothing).unwrap_err().code,
        Code::NotFound
    );
}

#[test]
fn blanks_survive_where_white_space_is_unknown() {
    let document = doc(json!([{"type": "paragraph", "content": [
        {"type": "text", "text": "  a   b "},
        {"type": "hardBreak"},
        {"type": "text", "text": "\tc"},
    ]}]));
    let html = document.to_mail_html(&Parts).unwrap();
    assert!(
        html.contains(">&nbsp; a &nbsp; b&nbsp;<br>&nbsp;&nbsp;&nbsp;&nbsp;c</p>"),
        "{html}"
    );
}

struct AnyParts;

impl MailParts for AnyParts {
    fn signature(&self, _: SignatureId) -> Option<Document> {
        Some(doc(json!([paragraph("Me")])))
    }
    fn content_id(&self, image: ImageHash) -> Option<String> {
        Some(format!("{image}@draftwell"))
    }
}

proptest! {
    #[test]
    fn json_round_trips(document in arbitrary::document()) {
        let json = document.to_json();
        prop_assert_eq!(Document::parse(&json).unwrap(), document.clone());
        let text = serde_json::to_string(&document).unwrap();
        prop_assert_eq!(&text, &serde_json::to_string(&json).unwrap());
        prop_assert_eq!(serde_json::from_str::<DocumentJson>(&text).unwrap(), json);
    }

    #[test]
    fn the_same_document_is_always_written_the_same(document in arbitrary::document()) {
        let read = Document::parse(&document.to_json()).unwrap();
        prop_assert_eq!(read.to_html(), document.to_html());
        prop_assert_eq!(read.to_text(), document.to_text());
        prop_assert_eq!(read.to_markdown(), document.to_markdown());
        // All that is shown of it stands in its text, too: read from HTML, it gives the same.
        prop_assert_eq!(Document::from_html(&document.to_html()).to_text(), document.to_text());
    }

    #[test]
    fn the_normal_form_is_stable(document in arbitrary::document()) {
        prop_assert_eq!(Document::new(document.blocks().to_vec()), document);
    }

    #[test]
    fn our_html_passes_the_wall_unchanged(document in arbitrary::document()) {
        let html = document.to_html();
        prop_assert_eq!(sanitise_html(&html), html);
    }

    #[test]
    fn our_mail_passes_the_wall_unchanged(document in arbitrary::document()) {
        let html = document.to_mail_fragment(&AnyParts).unwrap();
        prop_assert_eq!(sanitise::sanitise_mail(&html), html);
    }

    #[test]
    fn text_has_no_header_or_control_characters(document in arbitrary::document()) {
        for text in [document.to_text(), document.to_mail_text(&AnyParts).unwrap(), document.plain_text()] {
            prop_assert!(!text.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
        }
    }

    #[test]
    fn a_snippet_keeps_its_length(document in arbitrary::document(), max in 0_usize..200) {
        let snippet = document.snippet(max);
        prop_assert!(snippet.chars().count() <= max);
        prop_assert!(!snippet.contains('\n'));
    }
}
