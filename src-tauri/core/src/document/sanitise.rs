//! The walls against foreign HTML, built on ammonia. Three, for three places: what we show, what
//! we mail, and what we read somebody's text from. Everything else in HTML is dropped: scripts,
//! forms, frames, style sheets, remote images, addresses of other schemes.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use super::{Href, IMAGE_ORIGIN, ImageHash};
use crate::id::SignatureId;

/// HTML of the schema, as `Document::to_html` writes it. Any other HTML is reduced to it as far
/// as tags go; HTML of ours stays as it is, to the byte.
pub fn sanitise_html(html: &str) -> String {
    SHOWN.clean(html).to_string()
}

/// HTML that an editor of ours copied: the same without anything our schema doesn't have.
/// `knows_image` and `knows_signature` say what there is to refer to.
pub fn sanitise_slice(
    html: &str,
    knows_image: impl Fn(ImageHash) -> bool + Send + Sync + 'static,
    knows_signature: impl Fn(SignatureId) -> bool + Send + Sync + 'static,
) -> String {
    let mut builder = base(&["draftwell-image"]);
    builder
        .add_tag_attributes("img", ["data-src"])
        .attribute_filter(move |tag, attribute, value| {
            let keep = match (tag, attribute) {
                ("img", "src" | "data-src") => ImageHash::from_src(value).is_some_and(&knows_image),
                ("div", "data-signature") => value.parse().is_ok_and(&knows_signature),
                _ => ours(tag, attribute, value).is_some(),
            };
            keep.then_some(Cow::Borrowed(value))
        });
    builder.clean(html).to_string()
}

/// HTML of a mail's body; images only by `cid:`.
pub(super) fn sanitise_mail(html: &str) -> String {
    MAILED.clean(html).to_string()
}

/// Foreign HTML, reduced to what `Document::from_html` reads.
pub(super) fn sanitise_import(html: &str) -> String {
    IMPORTED.clean(html).to_string()
}

/// How Word marks the sign in the text, `[AL1]`, of somebody's comment.
pub(super) const COMMENT_ANCHOR: &str = "msocomanchor";

/// Their content is not text.
const NOT_TEXT: [&str; 16] = [
    "script",
    "style",
    "title",
    "template",
    "noscript",
    "select",
    "datalist",
    "button",
    "textarea",
    "svg",
    "math",
    "annotation",
    "annotation-xml",
    "iframe",
    "object",
    "xml",
];
/// Of these, what somebody sees on a page they copy from, and would miss. A formula's source is
/// not shown beside it.
const SEEN: [&str; 4] = ["button", "textarea", "math", "select"];

const SCHEMA: [&str; 24] = [
    "p",
    "h1",
    "h2",
    "h3",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "code",
    "table",
    "tbody",
    "tr",
    "th",
    "td",
    "hr",
    "br",
    "div",
    "a",
    "strong",
    "em",
    "u",
    "s",
    "img",
];

const FOREIGN: [&str; 45] = [
    "span",
    "h4",
    "h5",
    "h6",
    "b",
    "i",
    "ins",
    "strike",
    "del",
    "tt",
    "kbd",
    "samp",
    "thead",
    "tfoot",
    "caption",
    "colgroup",
    "col",
    "center",
    "font",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "aside",
    "nav",
    "address",
    "dl",
    "dt",
    "dd",
    "figure",
    "figcaption",
    "small",
    "big",
    "sub",
    "sup",
    "var",
    "cite",
    "q",
    "abbr",
    "mark",
    "dir",
    "fieldset",
    "details",
    "summary",
];

/// Formulas: their letters and figures are read. (An unknown part of a formula is left out with
/// all that is in it.)
const FORMULA: [&str; 22] = [
    "math",
    "semantics",
    "mrow",
    "mi",
    "mo",
    "mn",
    "ms",
    "mtext",
    "msup",
    "msub",
    "msubsup",
    "mfrac",
    "msqrt",
    "mroot",
    "mstyle",
    "munder",
    "mover",
    "munderover",
    "mpadded",
    "mtable",
    "mtr",
    "mtd",
];

/// What tables of other programs have and ours don't: by it a table that only sets things beside
/// each other can be told from one that says something.
pub(super) const LAYOUT_ATTRIBUTES: [&str; 8] = [
    "role",
    "border",
    "cellpadding",
    "cellspacing",
    "width",
    "height",
    "align",
    "bgcolor",
];

fn base(schemes: &[&'static str]) -> Builder<'static> {
    let mut builder = Builder::empty();
    builder
        .tags(HashSet::from(SCHEMA))
        .clean_content_tags(HashSet::from(NOT_TEXT))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            (
                "img",
                HashSet::from(["src", "alt", "title", "width", "height"]),
            ),
            ("ol", HashSet::from(["start"])),
            ("code", HashSet::from(["class"])),
            ("div", HashSet::from(["data-signature"])),
            ("th", HashSet::from(["colspan", "rowspan", "data-colwidth"])),
            ("td", HashSet::from(["colspan", "rowspan", "data-colwidth"])),
        ]))
        .url_schemes(
            ["http", "https", "mailto", "tel"]
                .into_iter()
                .chain(schemes.iter().copied())
                .collect(),
        )
        .url_relative(UrlRelative::Deny)
        .link_rel(None);
    builder
}

fn ours<'v>(tag: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let keep = match (tag, attribute) {
        ("img", "src") => ImageHash::from_src(value).is_some(),
        ("a", "href") => Href::parse(value).is_some(),
        ("code", "class") => value.starts_with("language-"),
        _ => true,
    };
    keep.then_some(Cow::Borrowed(value))
}

static SHOWN: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = base(&["draftwell-image"]);
    builder
        .generic_attributes(HashSet::from(["style"]))
        .filter_style_properties(HashSet::from(["white-space"]))
        .attribute_filter(ours);
    builder
});

static MAILED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = base(&["cid"]);
    builder
        .generic_attributes(HashSet::from(["style", "dir"]))
        .filter_style_properties(HashSet::from([
            "font-family",
            "font-size",
            "line-height",
            "margin",
            "padding",
            "border-left",
            "max-width",
            "white-space",
            "border",
            "border-collapse",
            "text-align",
            "vertical-align",
        ]))
        .add_tag_attributes("table", ["cellpadding", "cellspacing"])
        .add_tag_attributes("th", ["width"])
        .add_tag_attributes("td", ["width"])
        .attribute_filter(|tag, attribute, value| match (tag, attribute) {
            ("img", "src") if !value.starts_with("cid:") => None,
            ("img", "src") => Some(Cow::Borrowed(value)),
            _ => ours(tag, attribute, value),
        });
    builder
});

static IMPORTED: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = base(&["draftwell-image", "data", "cid"]);
    builder
        .add_tags(FOREIGN)
        .rm_clean_content_tags(SEEN)
        .add_tags(FORMULA)
        .add_tags(["select", "optgroup", "option"])
        .add_tag_attributes("select", ["multiple", "size"])
        .add_tag_attributes("optgroup", ["label"])
        .add_tag_attributes("option", ["label", "selected", "disabled"])
        .add_tag_attributes("pre", ["class"])
        .add_tag_attributes("table", LAYOUT_ATTRIBUTES)
        .add_tag_attributes("th", ["width"])
        .add_tag_attributes("td", ["width"])
        .add_tag_attributes("a", ["class"])
        .generic_attributes(HashSet::from(["style", "hidden"]))
        .filter_style_properties(HashSet::from([
            "white-space",
            "font-weight",
            "font-style",
            "text-decoration",
            "text-decoration-line",
            "display",
            "visibility",
            "font-size",
            "mso-hide",
            "mso-element",
            "mso-list",
            "border",
            "border-top",
            "border-right",
            "border-bottom",
            "border-left",
        ]))
        .attribute_filter(|tag, attribute, value| match (tag, attribute) {
            ("img", "src")
                if value.starts_with(super::paste::DATA_IMAGE)
                    || value.starts_with(super::paste::CID) =>
            {
                Some(Cow::Borrowed(value))
            }
            ("img", "src") if !value.starts_with(IMAGE_ORIGIN) => None,
            ("a", "class") => (value == COMMENT_ANCHOR).then_some(Cow::Borrowed(value)),
            ("pre" | "code", "class") => Some(Cow::Borrowed(value)),
            // Addresses without a scheme are judged by `Href` when they are read.
            ("a", "href") => Some(Cow::Borrowed(value)),
            _ => ours(tag, attribute, value),
        });
    builder
});
