//! What a reader sees of Markdown, with the places it came from: without the backslashes before
//! punctuation, and without emphasis in the middle of a word.

use std::ops::Range;

/// The text that is seen. Places in it lead back to the Markdown.
pub(super) struct View {
    pub text: String,
    /// For each byte of `text`, where its character begins in the Markdown, backslash included;
    /// and the end.
    places: Vec<usize>,
}

impl View {
    /// Looks at a text.
    pub fn of(markdown: &str) -> Self {
        let mut text = String::with_capacity(markdown.len());
        let mut places = Vec::with_capacity(markdown.len() + 1);
        let mut at = 0;
        while let Some(c) = markdown[at..].chars().next() {
            let rest = &markdown[at + c.len_utf8()..];
            let escaped = rest
                .chars()
                .next()
                .filter(|next| c == '\\' && next.is_ascii_punctuation());
            let hidden = emphasis(&text, &markdown[at..]);
            if hidden > 0 {
                at += hidden;
                continue;
            }
            let (shown, width) = match escaped {
                Some(next) => (next, 1 + next.len_utf8()),
                None => (c, c.len_utf8()),
            };
            text.push(shown);
            places.resize(text.len(), at);
            at += width;
        }
        places.push(markdown.len());
        Self { text, places }
    }

    /// Where a span of the text stands in the Markdown.
    pub fn place(&self, span: Range<usize>) -> Range<usize> {
        self.places[span.start]..self.places[span.end]
    }
}

/// How many bytes of emphasis stand here between two letters: `An**na**`, `An<b>na</b>`.
fn emphasis(before: &str, rest: &str) -> usize {
    if !before
        .chars()
        .next_back()
        .is_some_and(char::is_alphanumeric)
    {
        return 0;
    }
    let width = if rest.starts_with(['*', '~']) {
        rest.len() - rest.trim_start_matches(['*', '~']).len()
    } else {
        ["b", "i", "s", "u"]
            .iter()
            .flat_map(|tag| [format!("<{tag}>"), format!("</{tag}>")])
            .find(|tag| rest.starts_with(tag.as_str()))
            .map_or(0, |tag| tag.len())
    };
    let goes_on = rest[width..]
        .chars()
        .next()
        .is_some_and(char::is_alphanumeric);
    if goes_on { width } else { 0 }
}
