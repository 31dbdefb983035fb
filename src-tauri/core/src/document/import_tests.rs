use proptest::prelude::*;

use super::{Block, Document, IMAGE_ORIGIN, MAX_DEPTH, arbitrary, sanitise_html};

const HASH: &str = "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262";

fn check(html: &str, expect: &str) {
    assert_eq!(Document::from_html(html).to_html(), expect, "{html}");
}

#[test]
fn mail_programs_html_is_read() {
    // Gmail writes a line as a div.
    check(
        "<div dir=\"ltr\">Hello <b>Ada</b>,<div><br></div><div>how&nbsp;are\n you?</div></div>",
        "<p>Hello <strong>Ada</strong>,</p><p><br></p><p>how&nbsp;are you?</p>",
    );
    // Google Docs wraps everything in a bold that isn't.
    check(
        "<b style=\"font-weight:normal\" id=\"docs-internal-guid-1\"><p><span style=\"font-weight:700;font-style:italic;white-space:pre-wrap\">a  b</span></p></b>",
        "<p style=\"white-space:pre-wrap\"><strong><em>a  b</em></strong></p>",
    );
    // Word's empty paragraphs hold a non-breaking space.
    check(
        "<p class=MsoNormal>a<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>",
        "<p>a</p><p>&nbsp;</p>",
    );
    check(
        "<ul><li>one<li>two<ol start=4><li>x</ol></ul>",
        "<ul><li><p>one</p></li><li><p>two</p><ol start=\"4\"><li><p>x</p></li></ol></li></ul>",
    );
    // A list directly in a list belongs to the item before it.
    check(
        "<ul><li>one</li><ul><li>x</li></ul></ul>",
        "<ul><li><p>one</p><ul><li><p>x</p></li></ul></li></ul>",
    );
    check(
        "<table><tr><th>a<th>b</tr><tr><td>1<td>2</tr></table>",
        "<table><tbody><tr><th><p>a</p></th><th><p>b</p></th></tr>\
         <tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>",
    );
    check("a<br>b<br><br>", "<p>a<br>b<br><br></p>");
    check("  loose \n text <p> x </p> ", "<p>loose text</p><p>x</p>");
    check("<p></p><p> \n </p>", "<p><br></p>");
    check(
        "<h5>h</h5><h1 style='font-weight:bold'>g</h1>",
        "<h3>h</h3><h1>g</h1>",
    );
    check(
        "<a href=https://x.y style='text-decoration:underline'>l</a> <s>s</s> <ins>u</ins> <tt>c</tt>",
        "<p><a href=\"https://x.y\">l</a> <s>s</s> <u>u</u> <code>c</code></p>",
    );
    check(
        "<pre class='language-rust'>fn\n  x&lt;</pre>",
        "<pre><code class=\"language-rust\">fn\n  x&lt;</code></pre>",
    );
    check("<li>a</li><li>b</li>", "<p>a</p><p>b</p>");
    check(
        "smile <img alt='😀' src='https://mail.example/e.png'>",
        "<p>smile 😀</p>",
    );
    check(
        "<p>a<span style='display:none'>secret</span>b</p>",
        "<p>ab</p>",
    );
}

#[test]
fn what_stands_in_buttons_fields_and_formulas_is_read() {
    check(
        "<p>Reply <button type=button>by <b>Friday</b></button>, please.</p>",
        "<p>Reply by <strong>Friday</strong>, please.</p>",
    );
    check(
        "<p>before</p><textarea>as &lt;typed&gt;</textarea><p>after</p>",
        "<p>before</p><p>as &lt;typed&gt;</p><p>after</p>",
    );
    check(
        "<p>so <math><semantics><mrow><mi>x</mi><mo>=</mo><mn>2</mn></mrow><annotation \
         encoding='application/x-tex'>x=2\\tex</annotation></semantics></math> holds</p>",
        "<p>so x=2 holds</p>",
    );
}

#[test]
fn of_a_list_to_choose_from_what_is_seen_is_read() {
    check(
        "<p>At <select name=t><option value=1>nine<option value=2 selected> half\n past <option>ten\
         </select> sharp</p>",
        "<p>At half past sharp</p>",
    );
    check(
        "<p>a <select><option disabled>Choose<option>one<option>two</select></p>",
        "<p>a one</p>",
    );
    check(
        "<select multiple><optgroup label=Fruit><option>apple<option label=pear>x</optgroup></select>",
        "<p>Fruit<br>apple<br>pear</p>",
    );
    check(
        "<select size=2><option>a<option>b</select>",
        "<p>a<br>b</p>",
    );
    check(
        "<pre>x <select><option>a<option>b</select></pre>",
        "<pre><code>x a</code></pre>",
    );
    for unseen in [
        "<select hidden><option>a</select>",
        "<select style='display:none'><option>a</select>",
        "<select><option disabled>a</select>",
        "<select></select>",
        "<datalist id=d><option>a<option>b</datalist>",
    ] {
        assert!(Document::from_html(unseen).is_blank(), "{unseen}");
    }
    check(
        "<select><option>a<script>alert(1)</script><b>b</b></select><p>after</p>",
        "<p>ab</p><p>after</p>",
    );
}

#[test]
fn nothing_that_acts_gets_in() {
    for html in [
        "<script>alert(1)</script>",
        "<style>p{color:red}</style>",
        "<svg><script>alert(1)</script><text>x</text></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
        "<iframe src=https://x.y>x</iframe>",
        "<img src=x onerror=alert(1)>",
        "<form action=https://x.y><input name=a value=b></form>",
        "<object data=x></object><embed src=x><link rel=stylesheet href=x><meta http-equiv=refresh content=0><base href=x>",
    ] {
        let document = Document::from_html(html);
        assert!(document.is_blank(), "{html}: {}", document.to_html());
    }
    check(
        "<p onclick=alert(1) style=\"background:url(https://x.y/t.gif);position:fixed\" id=a class=b>a</p>",
        "<p>a</p>",
    );
    check(
        "<form action=https://x.y><button formaction=https://x.y onclick=alert(1)>c</button></form>",
        "<p>c</p>",
    );
    for href in [
        "javascript:alert(1)",
        "JAVA\tSCRIPT:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///x",
        "//x.y",
        "x.html",
    ] {
        check(&format!("<a href=\"{href}\">a</a>"), "<p>a</p>");
    }
    for src in [
        "data:image/png;base64,AAAA".to_owned(),
        "https://x.y/pixel.gif".to_owned(),
        "cid:a@b".to_owned(),
        format!("{IMAGE_ORIGIN}{}", &HASH[2..]),
    ] {
        check(&format!("<p>a<img src=\"{src}\"></p>"), "<p>a</p>");
        assert!(!sanitise_html(&format!("<img src=\"{src}\">")).contains("src"));
    }
    assert_eq!(
        sanitise_html(
            "<p style=\"color:red;white-space:pre\">a<script>b</script><span>c</span></p>"
        ),
        "<p style=\"white-space:pre\">ac</p>"
    );
}

#[test]
fn our_own_things_come_back() {
    check(
        &format!(
            "<p><a href=\"https://x.y\"><img src=\"{IMAGE_ORIGIN}{HASH}\" alt=\"a\" width=\"3px\"></a></p>"
        ),
        &format!(
            "<p><a href=\"https://x.y\"><img src=\"{IMAGE_ORIGIN}{HASH}\" alt=\"a\" width=\"3\"></a></p>"
        ),
    );
    let id = super::tests::ID;
    check(
        &format!("<p>a</p><div data-signature=\"{id}\"></div>"),
        &format!("<p>a</p><div data-signature=\"{id}\"></div>"),
    );
    check("<p>a</p><div data-signature=\"x\"></div>", "<p>a</p>");
}

#[test]
fn deep_nesting_is_flattened() {
    for tag in ["blockquote", "div", "ul", "li", "b", "span", "table", "p"] {
        let html = format!("<{tag}>").repeat(2_000) + "x";
        let document = Document::from_html(&html);
        assert_eq!(
            Document::parse(&document.to_json()).unwrap(),
            document,
            "{tag}"
        );
        assert_eq!(document.plain_text().trim(), "x", "{tag}");
    }
    let html = "<ul><li>".repeat(1_000) + "x";
    let mut blocks = Document::from_html(&html).blocks().to_vec();
    let mut depth = 0;
    while let Some(Block::BulletList(items)) = blocks.pop() {
        depth += 2;
        blocks = items.concat();
    }
    assert_eq!(depth, MAX_DEPTH);
}

proptest! {
    #[test]
    fn html_round_trips(document in arbitrary::document()) {
        let html = document.to_html();
        prop_assert_eq!(Document::from_html(&html), document, "{}", html);
    }

    #[test]
    fn any_text_is_html(parts in proptest::collection::vec(prop_oneof![
        proptest::sample::select(vec![
            "<p>", "</p>", "<div>", "</div>", "<ul>", "<li>", "</li>", "</ul>", "<ol start=0>", "<blockquote>",
            "</blockquote>", "<pre>", "</pre>", "<b>", "</b>", "<a href=https://x.y>", "</a>", "<br>", "<hr>",
            "<table>", "<td>", "</td>", "</table>", "<h1>", "</h1>", "<p style='white-space:pre'>", "\n", " ", "x",
            "<code>", "</code>", "<!-- ", " -->", "<![CDATA[", "&", "&#0;", "&nbsp;", "<svg>", "<script>", "\0",
        ]).prop_map(str::to_owned),
        "\\PC{0,6}",
    ], 0..30)) {
        let document = Document::from_html(&parts.concat());
        prop_assert_eq!(&Document::parse(&document.to_json()).unwrap(), &document);
        prop_assert_eq!(&Document::from_html(&document.to_html()), &document);
        prop_assert_eq!(Document::new(document.blocks().to_vec()), document);
    }
}
