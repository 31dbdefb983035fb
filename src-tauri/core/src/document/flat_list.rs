//! Lists that are written as paragraphs. Word and Outlook put `mso-list:l0 level2 lfo1` into a
//! paragraph's style and the bullet or number in front of its text, marked `mso-list:Ignore`.

use super::build::Builder;

/// The list being read.
#[derive(Default)]
pub(super) struct FlatList {
    /// The levels that are open, outermost first, and the number that would come next if it is
    /// numbered.
    open: Vec<(u32, Option<u32>)>,
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
        let numbers = numbers(&marker);
        while let Some((open, _)) = self.open.last()
            && *open > level
        {
            self.close_level(builder);
        }
        let goes_on = match self.open.last() {
            Some((open, None)) => *open == level && numbers.is_empty(),
            Some((open, Some(next))) => *open == level && numbers.contains(next),
            None => false,
        };
        if goes_on {
            builder.close();
            if let Some((_, Some(next))) = self.open.last_mut() {
                *next = next.saturating_add(1);
            }
        } else {
            // Another kind of list, or one that counts from elsewhere.
            if self.open.last().is_some_and(|(open, _)| *open == level) {
                self.close_level(builder);
            }
            let start = numbers.first().copied();
            builder.open_list(start);
            let next = start.map(|start| start.saturating_add(1));
            self.open.push((level, next));
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

/// What a marker counts, likeliest first: `3.` and `(c)` are numbers, `·` and `o` are bullets. Our
/// lists count in digits only; what was counted by letters or in Roman numbers keeps its value.
fn numbers(marker: &str) -> Vec<u32> {
    let marker = marker.trim().trim_start_matches('(');
    let Some(counted) = marker.strip_suffix(['.', ')']) else {
        return Vec::new();
    };
    let last = counted.rsplit('.').next().unwrap_or(counted);
    if let Ok(number) = last.parse() {
        return vec![number];
    }
    let (letter, roman) = (by_letters(last), roman(last));
    // A list rarely begins at its ninth letter, nor at its hundredth item.
    let mut found: Vec<u32> = match last {
        "c" | "C" | "d" | "D" | "l" | "L" | "m" | "M" => [letter, roman],
        _ => [roman, letter],
    }
    .into_iter()
    .flatten()
    .collect();
    found.dedup();
    found
}

/// a, b, …, z, then aa, bb, … as word processors count.
fn by_letters(word: &str) -> Option<u32> {
    let first = *word.as_bytes().first()?;
    let same = word.bytes().all(|byte| byte == first) && first.is_ascii_alphabetic();
    let rounds = u32::try_from(word.len())
        .ok()
        .filter(|length| *length <= 5)?;
    same.then(|| u32::from(first.to_ascii_lowercase() - b'a') + 1 + 26 * (rounds - 1))
}

/// A Roman number as it is usually written, up to 3999; nothing if it would be written otherwise.
fn roman(word: &str) -> Option<u32> {
    const STEPS: [(u32, &str); 13] = [
        (1000, "m"),
        (900, "cm"),
        (500, "d"),
        (400, "cd"),
        (100, "c"),
        (90, "xc"),
        (50, "l"),
        (40, "xl"),
        (10, "x"),
        (9, "ix"),
        (5, "v"),
        (4, "iv"),
        (1, "i"),
    ];
    let lower = word.to_ascii_lowercase();
    let mut rest = lower.as_str();
    let mut value = 0;
    for (step, letters) in STEPS {
        let mut times = 0;
        while let Some(after) = rest.strip_prefix(letters) {
            (rest, value, times) = (after, value + step, times + 1);
        }
        if times > 3 || (times > 1 && letters.len() > 1) {
            return None;
        }
    }
    (rest.is_empty() && value > 0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn markers_keep_the_value_they_count() {
        for (marker, expect) in [
            ("7.", &[7][..]),
            (" 3)\u{a0}", &[3]),
            ("(b)", &[2]),
            ("2.4.", &[4]),
            ("a.", &[1]),
            ("C)", &[3, 100]),
            ("i.", &[1, 9]),
            ("iv.", &[4]),
            ("XII.", &[12]),
            ("aa.", &[27]),
            ("ii.", &[2, 35]),
            ("iiii.", &[87]),
            ("·", &[]),
            ("o", &[]),
            ("§", &[]),
            ("hello.", &[]),
            (".", &[]),
            ("", &[]),
        ] {
            assert_eq!(numbers(marker), expect, "{marker:?}");
        }
    }
}
