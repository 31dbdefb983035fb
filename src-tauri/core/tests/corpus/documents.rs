//! Documents on their way to a mail: the editor's JSON, or Markdown as a polish answers it, with
//! what a reader is to find, written by hand. What the program makes of them is not asked.

use std::collections::HashMap;

use draftwell_core::{
    document::{Document, DocumentJson, ImageHash, MailParts},
    fingerprint,
    id::SignatureId,
    message::Composition,
};
use serde_json::{Value, json};

use super::mails::{file, image, mailbox, plain};

/// The one signature there is.
const SIGNATURE: &str = "00000000-0000-4000-8000-000000000001";
const PEAR: &[u8] = b"\x89PNG pear";
const PLUM: &[u8] = b"\x89PNG plum";

/// A mail made of a document.
pub struct Made {
    pub name: &'static str,
    pub mail: Composition,
    /// The plain text it is to have.
    pub text: &'static str,
    /// What the HTML is to show: for each piece of text the elements it stands in, outermost first,
    /// and the text.
    pub outline: Value,
}

struct Parts(HashMap<ImageHash, String>);

impl MailParts for Parts {
    fn signature(&self, id: SignatureId) -> Option<Document> {
        let text = format!(
            "**Ada Lovelace**  \nAnalytical Engines · [example.com](https://example.com/?a=1&b=2)\n\n![logo]({})",
            hash(PLUM).to_src()
        );
        (id.to_string() == SIGNATURE).then(|| Document::from_markdown(&text))
    }

    fn content_id(&self, image: ImageHash) -> Option<String> {
        self.0.get(&image).cloned()
    }
}

fn hash(bytes: &[u8]) -> ImageHash {
    fingerprint(bytes).parse().unwrap()
}

/// The Content-ID an image gets here.
fn cid(bytes: &[u8]) -> String {
    format!("{}@example.com", &fingerprint(bytes)[..8])
}

fn markdown(text: &str) -> Document {
    Document::from_markdown(text)
}

fn editor(content: Value) -> Document {
    Document::parse(&DocumentJson(json!({"type": "doc", "content": content}))).unwrap()
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn marked(words: &str, mark: Value) -> Value {
    json!({"type": "text", "text": words, "marks": [mark]})
}

fn paragraph(content: Value) -> Value {
    json!({"type": "paragraph", "content": content})
}

fn picture(bytes: &[u8], alt: &str) -> Value {
    json!({"type": "image", "attrs": {"src": hash(bytes).to_src(), "alt": alt, "width": 320}})
}

fn row(kind: &str, cells: &[&str]) -> Value {
    let cell = |words: &&str| json!({"type": kind, "content": [paragraph(json!([text(words)]))]});
    json!({"type": "tableRow", "content": cells.iter().map(cell).collect::<Vec<_>>()})
}

/// A mail of a document, with a person, a subject and a file that are called the same.
fn made(
    name: &'static str,
    called: &str,
    document: &Document,
    text: &'static str,
    outline: Value,
) -> Made {
    let pictures = [PEAR, PLUM];
    let parts = Parts(pictures.map(|bytes| (hash(bytes), cid(bytes))).into());
    let carried = document.mail_images(&parts).unwrap();
    let bytes_of = |wanted: &ImageHash| *pictures.iter().find(|it| hash(it) == *wanted).unwrap();
    let mail = Composition {
        to: vec![
            mailbox(called, "bob@example.org"),
            mailbox("", "carol@example.net"),
        ],
        bcc: vec![mailbox(called, "dave@example.net")],
        subject: called.to_owned(),
        text: document.to_mail_text(&parts).unwrap(),
        html: document.to_mail_html(&parts).unwrap(),
        inline: carried
            .iter()
            .map(|hash| image(&cid(bytes_of(hash)), bytes_of(hash)))
            .collect(),
        attached: vec![
            file(
                &format!("{called}.pdf"),
                "application/pdf",
                b"%PDF-1.7 \xff",
            ),
            file("notes.txt", "text/plain", b"a\r\nb\n"),
        ],
        ..plain()
    };
    Made {
        name,
        mail,
        text,
        outline,
    }
}

/// All of them.
pub fn all() -> Vec<Made> {
    let link = |to: &str| json!({"type": "link", "attrs": {"href": to}});
    vec![
        made(
            "marks",
            "Ada & Bob",
            &editor(json!([
                {"type": "heading", "attrs": {"level": 2}, "content": [text("Plan <b> & \"C\"")]},
                paragraph(json!([
                    text("a "), marked("bold", json!({"type": "bold"})), text(" and "),
                    marked("leaning", json!({"type": "italic"})), {"type": "hardBreak"},
                    marked("a link", link("https://example.org/?q=1&r=ä")), text("."),
                ])),
                {"type": "paragraph"},
                paragraph(json!([text("two  blanks")])),
            ])),
            "Plan <b> & \"C\"\n\na bold and leaning\na link (https://example.org/?q=1&r=ä).\n\n\ntwo  blanks\n",
            json!([
                "h2: Plan <b> & \"C\"",
                "p: a",
                "p>strong: bold",
                "p: and",
                "p>em: leaning",
                "p>br",
                "p>a https://example.org/?q=1&r=ä: a link",
                "p: .",
                "p>br",
                "p: two \u{a0}blanks",
            ]),
        ),
        made(
            "lists",
            "Списки",
            &markdown("- eins\n- zwei\n  - zwei a\n  - zwei b\n\n3. drei\n4. vier\n"),
            "- eins\n- zwei\n  - zwei a\n  - zwei b\n\n3. drei\n4. vier\n",
            json!([
                "ul>li: eins",
                "ul>li: zwei",
                "ul>li>ul>li: zwei a",
                "ul>li>ul>li: zwei b",
                "ol 3>li: drei",
                "ol 3>li: vier",
            ]),
        ),
        made(
            "table",
            "価格表",
            &editor(json!([
                paragraph(json!([text("Prices:")])),
                {"type": "table", "content": [
                    row("tableHeader", &["Item", "Price"]),
                    row("tableCell", &["梨", "3.00 €"]),
                    row("tableCell", &["תפוח", "<1 & >0"]),
                ]},
            ])),
            "Prices:\n\nItem  Price\n----  -------\n梨    3.00 €\nתפוח  <1 & >0\n",
            json!([
                "p: Prices:",
                "table>tr>th: Item",
                "table>tr>th: Price",
                "table>tr>td: 梨",
                "table>tr>td: 3.00 €",
                "table>tr>td: תפוח",
                "table>tr>td: <1 & >0",
            ]),
        ),
        made(
            "images",
            "Bilder, größer",
            &editor(json!([
                paragraph(json!([
                    text("A pear"),
                    picture(PEAR, "a \"pear\""),
                    text("and again")
                ])),
                paragraph(json!([picture(PEAR, "")])),
                paragraph(json!([picture(PLUM, "plum")])),
            ])),
            "A pear[a \"pear\"]and again\n\n\n[plum]\n",
            json!([
                "p: A pear",
                format!("p>img cid:{}", cid(PEAR)),
                "p: and again",
                format!("p>img cid:{}", cid(PEAR)),
                format!("p>img cid:{}", cid(PLUM)),
            ]),
        ),
        made(
            "quotations",
            "Ré: l'été",
            &markdown(
                "> You wrote:\n>\n> > that\n>\n> - one\n\n```\nlet x = \"<y>\";\n  x\n```\n\nYes.\n",
            ),
            "> You wrote:\n>\n> > that\n>\n> - one\n\nlet x = \"<y>\";\n  x\n\nYes.\n",
            json!([
                "blockquote>p: You wrote:",
                "blockquote>blockquote>p: that",
                "blockquote>ul>li: one",
                "pre>code: let x = \"<y>\"; x",
                "p: Yes.",
            ]),
        ),
        made(
            "right-to-left",
            "שלום עולם",
            &markdown("# مرحبا\n\nשלום Bob, 3 × 4 = 12 (כן).\n\n1. واحد\n2. two اثنان\n"),
            "مرحبا\n\nשלום Bob, 3 × 4 = 12 (כן).\n\n1. واحد\n2. two اثنان\n",
            json!([
                "h1: مرحبا",
                "p: שלום Bob, 3 × 4 = 12 (כן).",
                "ol>li: واحد",
                "ol>li: two اثنان",
            ]),
        ),
        made(
            "emoji",
            "👩🏽‍🚀🏳️‍🌈 e\u{301}",
            &markdown("# 👨‍👩‍👧‍👦 Family\n\n- 🇩🇪 **👍🏿**\n\n[🔗](https://example.org/🙂)\n"),
            "👨‍👩‍👧‍👦 Family\n\n- 🇩🇪 👍🏿\n\n🔗 (https://example.org/🙂)\n",
            json!([
                "h1: 👨‍👩‍👧‍👦 Family",
                "ul>li: 🇩🇪",
                "ul>li>strong: 👍🏿",
                "p>a https://example.org/🙂: 🔗",
            ]),
        ),
        made(
            "signature",
            "Łódź",
            &editor(json!([
                paragraph(json!([text("Bye")])),
                {"type": "signature", "attrs": {"id": SIGNATURE}},
            ])),
            "Bye\n\n-- \nAda Lovelace\nAnalytical Engines · example.com (https://example.com/?a=1&b=2)\n\n[logo]\n",
            json!([
                "p: Bye",
                "p>strong: Ada Lovelace",
                "p>br",
                "p: Analytical Engines ·",
                "p>a https://example.com/?a=1&b=2: example.com",
                format!("p>img cid:{}", cid(PLUM)),
            ]),
        ),
        made(
            "hostile",
            "=?utf-8?q?x?=",
            &editor(json!([
                paragraph(json!([text("<script>alert(1)</script>")])),
                paragraph(json!([text("From me"), {"type": "hardBreak"}, text(".")])),
                paragraph(json!([text("--boundary"), {"type": "hardBreak"}, text("=3D =")])),
            ])),
            "<script>alert(1)</script>\n\nFrom me\n.\n\n--boundary\n=3D =\n",
            json!([
                "p: <script>alert(1)</script>",
                "p: From me",
                "p>br",
                "p: .",
                "p: --boundary",
                "p>br",
                "p: =3D =",
            ]),
        ),
    ]
}
