//! Plain text becomes a document: paragraphs at blank lines, hard breaks at the others.

use super::{Block, Document, Inline};

impl Document {
    /// A document that reads as this text does. Control characters other than tabs are left out.
    pub fn from_text(text: &str) -> Self {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut paragraphs = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for line in text.split('\n').chain([""]) {
            let line: String = line
                .chars()
                .filter(|c| *c == '\t' || !c.is_control())
                .collect();
            if line.trim().is_empty() {
                if !lines.is_empty() {
                    paragraphs.push(paragraph(std::mem::take(&mut lines)));
                }
            } else {
                lines.push(line);
            }
        }
        Self::new(paragraphs)
    }
}

fn paragraph(lines: Vec<String>) -> Block {
    let mut inline = Vec::new();
    for (number, line) in lines.into_iter().enumerate() {
        if number > 0 {
            inline.push(Inline::HardBreak);
        }
        inline.push(Inline::plain(line));
    }
    Block::Paragraph(inline)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_end_at_blank_lines_and_lines_stay_lines() {
        let document = Document::from_text("Dear Ada,\r\n\r\none\ntwo\n\n\n\u{7}three");
        assert_eq!(document.to_text(), "Dear Ada,\n\none\ntwo\n\nthree");
    }

    #[test]
    fn no_text_is_the_empty_document() {
        assert_eq!(Document::from_text(" \n\n"), Document::empty());
    }
}
