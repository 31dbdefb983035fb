//! What other programs put on the clipboard, as files in `tests/paste`, made in the shape that
//! each of them writes. Beside `NAME.html` stands `NAME.expected.html`: the document it becomes,
//! one block to a line. `UPDATE_PASTE=1 cargo test -p draftwell-core --test paste` writes these
//! anew, to be read before they are kept.

use std::{cell::RefCell, collections::HashMap, fs, path::PathBuf};

use draftwell_core::document::Document;
use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

/// The fixtures: name and HTML.
fn fixtures() -> Vec<(String, String, PathBuf)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/paste");
    let mut found: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter_map(|path| {
            let name = path
                .file_name()?
                .to_str()?
                .strip_suffix(".html")?
                .to_owned();
            (!name.ends_with(".expected")).then_some((name, path))
        })
        .map(|(name, path)| {
            let html = fs::read_to_string(&path).unwrap();
            let expected = folder.join(format!("{name}.expected.html"));
            (name, html, expected)
        })
        .collect();
    found.sort();
    assert!(found.len() >= 14, "the fixtures are there: {}", found.len());
    found
}

fn pasted(name: &str, html: &str) -> Document {
    Document::from_clipboard(html, HashMap::new()).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn each_program_s_text_becomes_the_document_beside_it() {
    let update = std::env::var_os("UPDATE_PASTE").is_some();
    let mut wrong = Vec::new();
    for (name, html, expected) in fixtures() {
        let document = pasted(&name, &html);
        let got = document.blocks_to_html().join("\n") + "\n";
        if update {
            fs::write(&expected, &got).unwrap();
        }
        let wanted = fs::read_to_string(&expected).unwrap_or_default();
        if got != wanted {
            wrong.push(format!("{name}:\n{got}\nwanted:\n{wanted}"));
        }
        // A document, not only HTML: it is the same when it is stored and read.
        assert_eq!(
            Document::parse(&document.to_json()).unwrap(),
            document,
            "{name}"
        );
        assert_eq!(Document::from_html(&document.to_html()), document, "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn no_word_that_could_be_seen_is_lost_and_none_is_gained() {
    for (name, html, _) in fixtures() {
        let before = visible_words(&html);
        assert!(before.len() > 3, "{name}: {before:?}");
        let after = visible_words(&pasted(&name, &html).to_html());
        assert_eq!(after, before, "{name}");
    }
}

#[test]
fn nothing_of_the_other_program_is_left() {
    for (name, html, _) in fixtures() {
        let got = pasted(&name, &html).to_html();
        for trace in [
            "mso",
            "o:p",
            "class=",
            "utm_",
            "gclid",
            "fbclid",
            "safelinks",
            "google.com/url",
            "docs-internal",
            "<span",
            "<font",
            "<!--",
            "file:",
            "javascript",
            "track",
            "mc_eid",
        ] {
            let known = trace == "class=" && got.contains("class=\"language-");
            assert!(known || !got.contains(trace), "{name} has {trace}: {got}");
        }
    }
}

/// The words somebody sees in some HTML, in order, found without any code of the reader's.
fn visible_words(html: &str) -> Vec<String> {
    let queue = BufferQueue::default();
    queue.push_back(StrTendril::from(html));
    let tokenizer = Tokenizer::new(Eye::default(), TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let seen = tokenizer.sink.seen.into_inner();
    seen.split_whitespace().map(str::to_owned).collect()
}

#[derive(Default)]
struct Eye {
    seen: RefCell<String>,
    /// The open elements, and whether each hides what is in it.
    open: RefCell<Vec<(String, bool)>>,
}

const VOID: [&str; 12] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
];
/// In a line: they part no words.
const INLINE: [&str; 28] = [
    "a", "b", "i", "u", "s", "strong", "em", "span", "font", "ins", "del", "strike", "sub", "sup",
    "mark", "q", "abbr", "kbd", "small", "code", "o:p", "big", "tt", "cite", "var", "samp",
    "sdfield", "img",
];

fn says(tag: &Tag, name: &str, words: &[&str]) -> bool {
    tag.attrs.iter().any(|attribute| {
        let value: String = attribute.value.to_ascii_lowercase().replace(' ', "");
        &*attribute.name.local == name && words.iter().any(|word| value.contains(word))
    })
}

fn hides(tag: &Tag) -> bool {
    let unseen = [
        "script",
        "style",
        "title",
        "xml",
        "noscript",
        "template",
        "head",
        "select",
        "svg",
        "annotation",
    ];
    unseen.contains(&&*tag.name)
        || tag
            .attrs
            .iter()
            .any(|attribute| &*attribute.name.local == "hidden")
        || says(tag, "class", &["msocomanchor"])
        || says(
            tag,
            "style",
            &[
                "display:none",
                "visibility:hidden",
                "font-size:0px",
                "mso-hide:all",
                "mso-element:comment",
                "mso-list:ignore",
            ],
        )
}

impl TokenSink for Eye {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let (mut open, mut seen) = (self.open.borrow_mut(), self.seen.borrow_mut());
        let hidden = open.iter().any(|(_, hides)| *hides);
        match token {
            Token::CharacterTokens(text) if !hidden => seen.push_str(&text),
            Token::TagToken(tag) => {
                if !INLINE.contains(&&*tag.name) {
                    seen.push(' ');
                }
                if &*tag.name == "img" && !hidden && !says_exactly(&tag, "width", "1") {
                    let alt = tag.attrs.iter().find(|a| &*a.name.local == "alt");
                    seen.push_str(alt.map_or("", |alt| &*alt.value));
                }
                let name = tag.name.to_string();
                if tag.kind == TagKind::EndTag {
                    if let Some(at) = open.iter().rposition(|(other, _)| *other == name) {
                        open.truncate(at);
                    }
                } else if !VOID.contains(&&*name) {
                    let raw = ["script", "style"].contains(&&*name);
                    open.push((name, hides(&tag)));
                    if raw {
                        return TokenSinkResult::RawData(RawKind::Rawtext);
                    }
                }
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn says_exactly(tag: &Tag, name: &str, wanted: &str) -> bool {
    tag.attrs
        .iter()
        .any(|attribute| &*attribute.name.local == name && &*attribute.value == wanted)
}
