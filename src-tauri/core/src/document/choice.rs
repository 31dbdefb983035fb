//! Lists to choose from (`select`): what can be seen of them on a page.

use html5ever::tokenizer::Tag;

use super::import::attribute;

/// A list to choose from, while its options are read.
#[derive(Default)]
pub(super) struct Choice {
    /// Several lines of it are seen at once.
    is_open: bool,
    lines: Vec<Line>,
}

struct Line {
    text: String,
    /// Its text is given by an attribute.
    labelled: bool,
    selected: bool,
    /// It can be chosen: it is no heading, and not disabled.
    enabled: bool,
}

impl Choice {
    /// The list that a tag `select` begins.
    pub fn of(tag: &Tag) -> Self {
        let size = attribute(tag, "size").and_then(|size| size.trim().parse::<u32>().ok());
        let several = attribute(tag, "multiple").is_some();
        Self {
            is_open: size.map_or(several, |size| size > 1 || (size == 0 && several)),
            lines: Vec::new(),
        }
    }

    /// A tag `option` or `optgroup` in it.
    pub fn entry(&mut self, tag: &Tag) {
        let label = attribute(tag, "label").unwrap_or_default().trim();
        let is_option = &*tag.name == "option";
        self.lines.push(Line {
            text: label.to_owned(),
            labelled: !label.is_empty() || !is_option,
            selected: is_option && attribute(tag, "selected").is_some(),
            enabled: is_option && attribute(tag, "disabled").is_none(),
        });
    }

    /// Text in it.
    pub fn text(&mut self, text: &str) {
        if let Some(line) = self.lines.last_mut()
            && !line.labelled
        {
            line.text.push_str(text);
        }
    }

    /// The lines somebody sees: all of an open list; of one that opens with a click what is
    /// selected, which is its first option where it names none (HTML, 4.10.7, "selectedness
    /// setting algorithm").
    pub fn seen(self) -> Vec<String> {
        let Self { is_open, lines } = self;
        let chosen = lines
            .iter()
            .rposition(|line| line.selected)
            .or_else(|| lines.iter().position(|line| line.enabled));
        lines
            .into_iter()
            .enumerate()
            .filter(|(at, _)| is_open || Some(*at) == chosen)
            .map(|(_, line)| line.text.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|text| !text.is_empty())
            .collect()
    }
}
