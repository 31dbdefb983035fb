//! Lists that are written as paragraphs. Word and Outlook put `mso-list:l0 level2 lfo1` into a
//! paragraph's style and the bullet or number in front of its text, marked `mso-list:Ignore`.

use super::build::Builder;

/// The list being read.
#[derive(Default)]
pub(super) struct FlatList {
    /// The levels that are open, outermost first, and whether each is numbered.
    open: Vec<(u32, bool)>,
    /// The item that begins with the next text: its level, and its marker so far.
    next: Option<(u32, String)>,
}

/// The level (1 for the outermost) in the style of a paragraph that is an item.
pub(super) fn level(style: &str) -> Option<u32> {
    style
        .split(';')
        .filter_map(|one| one.split_once(':'))
        .find(|(property, _)| property.trim().eq_ignore_ascii_case("mso-list"))?
        .1
        .split_ascii_whitespace()
        .find_map(|word| {
            word.to_ascii_lowercase()
                .strip_prefix("level")?
                .parse()
                .ok()
        })
}

impl FlatList {
    /// A paragraph begins that is an item.
    pub fn item(&mut self, level: u32) {
        self.next = Some((level, String::new()));
    }

    /// Whether an item has begun and nothing but its marker was read.
    pub fn waits(&self) -> bool {
        self.next.is_some()
    }

    /// Reads a piece of the marker.
    pub fn marker(&mut self, text: &str) {
        if let Some((_, marker)) = &mut self.next {
            marker.push_str(text);
        }
    }

    /// A paragraph has ended; an item without text is none.
    pub fn forget(&mut self) {
        self.next = None;
    }

    /// Before the first text of a line: puts the item it belongs to around it, or ends the list.
    pub fn begin_line(&mut self, builder: &mut Builder) {
        let Some((level, marker)) = self.next.take() else {
            return self.end(builder);
        };
        let start = first_number(&marker);
        while let Some((open, _)) = self.open.last()
            && *open > level
        {
            self.close_level(builder);
        }
        if self.open.last() == Some(&(level, start.is_some())) {
            builder.close();
        } else {
            if self.open.last().is_some_and(|(open, _)| *open == level) {
                self.close_level(builder);
            }
            builder.open_list(start);
            self.open.push((level, start.is_some()));
        }
        builder.open_item();
    }

    /// Ends the list, if one is open.
    pub fn end(&mut self, builder: &mut Builder) {
        while !self.open.is_empty() {
            self.close_level(builder);
        }
    }

    fn close_level(&mut self, builder: &mut Builder) {
        if self.open.pop().is_some() {
            // The item, and the list.
            builder.close();
            builder.close();
        }
    }
}

/// What a marker counts: `3.` and `(c)` are numbers, `·` and `o` are bullets.
fn first_number(marker: &str) -> Option<u32> {
    let marker = marker.trim().trim_start_matches('(');
    let counted = marker.strip_suffix(['.', ')'])?;
    let last = counted.rsplit('.').next().unwrap_or(counted);
    if let Ok(number) = last.parse() {
        return Some(number);
    }
    // Letters and Roman numbers: which of the two can't be told from one item, so only the first
    // ones count on.
    let is_word = (1..=5).contains(&last.len()) && last.bytes().all(|b| b.is_ascii_alphabetic());
    is_word.then_some(1)
}
