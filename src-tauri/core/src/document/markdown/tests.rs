use proptest::prelude::*;
use serde_json::json;

use super::super::{
    Block, Document, IMAGE_ORIGIN, Inline, Marks, arbitrary,
    tests::{doc, paragraph},
};

const HASH: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

fn marked(text: &str, marks: Marks) -> Inline {
    Inline::Text {
        text: text.into(),
        marks,
    }
}

fn bold(text: &str) -> Inline {
    marked(
        text,
        Marks {
            bold: true,
            ..Marks::default()
        },
    )
}

fn italic(text: &str) -> Inline {
    marked(
        text,
        Marks {
            italic: true,
            ..Marks::default()
        },
    )
}

fn line(content: Vec<Inline>) -> Document {
    Document::new(vec![Block::Paragraph(content)])
}

fn check(document: &Document, markdown: &str) {
    assert_eq!(document.to_markdown(), markdown);
    assert_eq!(Document::from_markdown(markdown), document.markdown_form());
}

#[test]
fn a_letter_is_written_as_people_write_markdown() {
    let document = doc(json!([
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Offer #1"}]},
        {"type": "paragraph", "content": [
            {"type": "text", "text": "Dear Ada,"},
            {"type": "hardBreak"},
            {"type": "text", "text": "see "},
            {"type": "text", "text": "our page", "marks": [{"type": "link", "attrs": {"href": "https://example.org/a_(b)"}}]},
            {"type": "text", "text": " or "},
            {"type": "text", "text": "https://example.org", "marks": [{"type": "link", "attrs": {"href": "https://example.org"}}]},
            {"type": "text", "text": " or write to "},
            {"type": "text", "text": "bob@example.org", "marks": [{"type": "link", "attrs": {"href": "mailto:bob@example.org"}}]},
        ]},
        {"type": "bulletList", "content": [
            {"type": "listItem", "content": [paragraph("one"), {"type": "orderedList", "content": [
                {"type": "listItem", "content": [paragraph("deep")]}]}]},
            {"type": "listItem", "content": [paragraph("two"), paragraph("more")]},
        ]},
        {"type": "bulletList", "content": [{"type": "listItem", "content": [paragraph("another list")]}]},
        {"type": "blockquote", "content": [paragraph("q"), paragraph("r")]},
        {"type": "codeBlock", "attrs": {"language": "rust"}, "content": [{"type": "text", "text": "```\nfn"}]},
        {"type": "horizontalRule"},
        {"type": "paragraph", "content": [{"type": "image", "attrs":
            {"src": format!("{IMAGE_ORIGIN}{HASH}"), "alt": "a [b]", "title": "say \"hi\"", "width": 320}}]},
        {"type": "signature", "attrs": {"id": super::super::tests::ID}},
    ]));
    check(
        &document,
        &format!(
            "## Offer \\#1\n\n\
             Dear Ada,\nsee [our page](<https://example.org/a_(b)>) or <https://example.org> or write to <bob@example.org>\n\n\
             - one\n  1. deep\n- two\n\n  more\n\n\
             * another list\n\n\
             > q\n>\n> r\n\n\
             ````rust\n```\nfn\n````\n\n\
             ___\n\n\
             ![a \\[b\\]]({IMAGE_ORIGIN}{HASH}#320x \"say \\\"hi\\\"\")\n"
        ),
    );
}

#[test]
fn emphasis_leans_on_words() {
    check(
        &line(vec![Inline::plain("a"), bold(" b "), Inline::plain("c")]),
        "a **b** c\n",
    );
    check(
        &line(vec![bold("Hinweis:"), Inline::plain("gut")]),
        "<b>Hinweis:</b>gut\n",
    );
    check(
        &line(vec![bold("你好。"), Inline::plain("世界")]),
        "<b>你好。</b>世界\n",
    );
    check(
        &line(vec![
            Inline::plain("un"),
            italic("glaub"),
            Inline::plain("lich"),
        ]),
        "un*glaub*lich\n",
    );
    check(&line(vec![bold("a"), italic("b")]), "**a***b*\n");
    check(&line(vec![bold("(a)"), Inline::plain(".")]), "**(a)**.\n");
}

#[test]
fn underline_is_a_tag() {
    check(
        &line(vec![
            marked(
                "a",
                Marks {
                    underline: true,
                    ..Marks::default()
                },
            ),
            marked(
                "b",
                Marks {
                    underline: true,
                    bold: true,
                    ..Marks::default()
                },
            ),
        ]),
        "<u>a**b**</u>\n",
    );
}

#[test]
fn text_that_looks_like_markdown_stays_text() {
    for text in [
        "# a",
        "- a",
        "+ a",
        "* a",
        "1. a",
        "1) a",
        "> a",
        "===",
        "---",
        "***",
        "___",
        "```",
        "~~~",
        "a *b* **c** _d_ __e__ ~~f~~ ~g~ `h`",
        "[a](https://b.c)",
        "![a](b)",
        "<b>x</b>",
        "<u>x</u>",
        "<br>",
        "<https://a.b>",
        "&amp; &#65; &copy;",
        "a\\b \\* \\",
        "[a]: https://b.c",
        "a | b\n--|--",
        "snake_case_name",
        "a < b > c",
        "5 * 3 = 15",
        "{{firstName|there}}",
        "$1$",
        "-5",
        "1.5",
        "!",
        "a  b",
        "    code",
        "\tcode",
        "[x] done",
        "[^1]",
        "<!-- a -->",
        "a#",
        "#",
    ] {
        let document = line(vec![Inline::plain(text)]);
        assert_eq!(
            Document::from_markdown(&document.to_markdown()),
            document.markdown_form(),
            "{text:?} as {:?}",
            document.to_markdown()
        );
    }
    // What needs no escape has none.
    for text in [
        "snake_case_name",
        "a < b > c",
        "{{firstName|there}}",
        "-5 or 1.5",
        "a - b + c.",
        "AT&T, R & D!?",
    ] {
        let markdown = line(vec![Inline::plain(text), Inline::plain(" x")]).to_markdown();
        assert_eq!(markdown.replace("\\&T", "&T"), format!("{text} x\n"));
    }
}

#[test]
fn what_a_model_answers_is_read() {
    let read = |markdown: &str| Document::from_markdown(markdown).to_html();
    assert_eq!(read("Best regards,\nAnna"), "<p>Best regards,<br>Anna</p>");
    assert_eq!(read("a  \nb\\\nc<br>d"), "<p>a<br>b<br>c<br>d</p>");
    assert_eq!(
        read("* a\n* b\n\n2) c"),
        "<ul><li><p>a</p></li><li><p>b</p></li></ul><ol start=\"2\"><li><p>c</p></li></ol>"
    );
    assert_eq!(
        read("<u>a</u> <b>b</b> </i> <em>"),
        "<p><u>a</u> <strong>b</strong> &lt;/i&gt; &lt;em&gt;</p>"
    );
    assert_eq!(
        read("<script>alert(1)</script>\n\nx <img src=x onerror=y>"),
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p><p>x &lt;img src=x onerror=y&gt;</p>"
    );
    assert_eq!(
        read("[a](javascript:alert(1)) ![pic](https://x.y/z.png)"),
        "<p>a pic</p>"
    );
    assert_eq!(
        read("[a](https://x.y \"t\")"),
        "<p><a href=\"https://x.y\">a</a></p>"
    );
    assert_eq!(read("###### h"), "<h3>h</h3>");
    assert_eq!(read(""), "<p><br></p>");
    assert_eq!(
        read(&format!("![a]({IMAGE_ORIGIN}{HASH}#x20)")),
        format!("<p><img src=\"{IMAGE_ORIGIN}{HASH}\" alt=\"a\" height=\"20\"></p>")
    );
}

#[test]
fn deep_nesting_is_flattened() {
    for markdown in [
        "> ".repeat(5_000) + "x",
        "- ".repeat(5_000) + "x",
        "*".repeat(20_000),
        "[".repeat(20_000),
    ] {
        let document = Document::from_markdown(&markdown);
        assert_eq!(Document::parse(&document.to_json()).unwrap(), document);
    }
}

proptest! {
    #[test]
    fn markdown_round_trips(document in arbitrary::document()) {
        let form = document.markdown_form();
        let markdown = document.to_markdown();
        prop_assert_eq!(Document::from_markdown(&markdown), form, "{}", markdown);
    }

    #[test]
    fn the_markdown_form_is_stable(document in arbitrary::document()) {
        let form = document.markdown_form();
        prop_assert_eq!(form.markdown_form(), form.clone());
        prop_assert_eq!(form.to_markdown(), document.to_markdown());
    }

    #[test]
    fn marks_round_trip(content in arbitrary::line()) {
        let document = line(content);
        let markdown = document.to_markdown();
        prop_assert_eq!(Document::from_markdown(&markdown), document.markdown_form(), "{}", markdown);
    }

    #[test]
    fn any_text_is_markdown(text in "(\\PC|[-*_`~<>#\\[\\]()!&\\\\\n\t 0-9.]){0,60}") {
        let document = Document::from_markdown(&text);
        prop_assert_eq!(&Document::parse(&document.to_json()).unwrap(), &document);
        let again = Document::from_markdown(&document.to_markdown());
        prop_assert_eq!(again, document.markdown_form());
    }
}
