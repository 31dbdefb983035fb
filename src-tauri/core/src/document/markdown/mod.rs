//! Markdown: what a model sees of a text, and how its answer is read.
//!
//! CommonMark with strikethrough and GFM's tables, and four things decided here:
//! - underline has no Markdown; it is `<u>text</u>`. On reading, the bare tags `u`, `b`, `strong`,
//!   `i`, `em`, `s`, `del` and `br` are understood; all other HTML is text.
//! - a new line is a new line (not a blank), as people and models mean it in mail.
//! - a table whose headers are all empty has none: GFM knows no table without headers.
//! - an image's size is the fragment of its address: `draftwell-image://localhost/<hash>#320x200`.
//!
//! Not everything has a Markdown. [`Document::markdown_form`] says what of a document survives;
//! that form survives exactly: `from_markdown(to_markdown(d)) == d.markdown_form()`. To keep that
//! promise where emphasis meets punctuation, the writer reads each line back, and if a reader
//! would see something else, writes it more plainly.

mod form;
mod read;
mod write;

#[cfg(test)]
mod tests;

/// How an image's size is written behind its address.
fn size_fragment(width: Option<u32>, height: Option<u32>) -> String {
    if width.is_none() && height.is_none() {
        return String::new();
    }
    let text = |size: Option<u32>| size.map(|size| size.to_string()).unwrap_or_default();
    format!("#{}x{}", text(width), text(height))
}
