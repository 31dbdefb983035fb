//! What of a draft is polished: the text above the signature, or a part of it, without the mail of
//! others it quotes and without its tables: their figures have no style, and no version may lose
//! one. What is left out stays where it is.

use crate::{
    Code, Error, Result,
    document::{Block, Document, DocumentJson, Inline},
    draft::Draft,
    polish::{facts::Known, offline, request::check_length},
};

/// The longest instruction, in Unicode scalar values.
pub const MAX_INSTRUCTION: usize = 300;

/// The text that is polished, with what its versions are compared by.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Original {
    /// What lies before the signature, or was selected, quoted mail included.
    pub(super) whole: Document,
    /// Whether more of the mail stands around it.
    pub(super) is_part: bool,
    /// Which of its blocks stay as they are: those with tables, quoted mail and the lines that introduce it.
    pub(super) pinned: Vec<usize>,
    /// People whose names are known.
    pub(super) known: Known,
    /// What the user asked for.
    pub(super) instruction: Option<String>,
    /// Whether it is in a language whose denials the fact lock doesn't read.
    pub(super) denials_unread: bool,
}

impl Original {
    /// The text of a draft. `selection` is the part of it that was selected, if one was;
    /// `quoted` tells whether quoted mail is polished, too.
    ///
    /// # Errors
    /// [`Code::DraftTooShort`] or [`Code::DraftTooLong`] with what to do about it;
    /// [`Code::ValidationError`] for a selection that is no document, or an instruction of more
    /// than [`MAX_INSTRUCTION`] characters.
    pub fn of(
        draft: &Document,
        selection: Option<&DocumentJson>,
        quoted: bool,
        instruction: Option<&str>,
        known: Known,
    ) -> Result<Self> {
        let selected = selection.map(Document::parse).transpose()?;
        let is_selected = selected.is_some();
        let above = above_signature(draft);
        let everything = without(&above, &left_alone(&above, quoted)).to_text();
        let whole = selected.map_or(above, |selected| selected.without_signature());
        let pinned = left_alone(&whole, quoted);
        // Everything can be selected, too, with or without the mail that is answered below it.
        let is_part = is_selected && without(&whole, &pinned).to_text().trim() != everything.trim();
        let mut original = Self {
            whole,
            is_part,
            pinned,
            known,
            instruction: instruction.map(judge_instruction).transpose()?.flatten(),
            denials_unread: false,
        };
        original.check(is_selected)?;
        original.denials_unread = offline::is_in_another_language(&original.text().plain_text());
        Ok(original)
    }

    /// The text that is polished.
    pub fn text(&self) -> Document {
        without(&self.whole, &self.pinned)
    }

    /// Whether more of the mail stands around the text that is polished.
    pub fn is_part(&self) -> bool {
        self.is_part
    }

    /// Whether it is in a language whose denials nobody compares.
    pub fn denials_unread(&self) -> bool {
        self.denials_unread
    }

    /// What the user asked for.
    pub fn instruction(&self) -> Option<&str> {
        self.instruction.as_deref()
    }

    /// Whether mail of others is left out.
    pub fn leaves_quotation_out(&self) -> bool {
        let blocks = self.whole.blocks();
        let mut pinned = self.pinned.iter().filter_map(|place| blocks.get(*place));
        pinned.any(|block| matches!(block, Block::Blockquote(_)))
    }

    fn check(&self, is_selected: bool) -> Result<()> {
        let text = self.text();
        if is_selected && text.is_blank() && self.pinned.is_empty() {
            return Err(Error::new(
                Code::DraftTooShort,
                "Nothing to polish is selected. Select at least 10 characters, or polish the whole text.",
            ));
        }
        if text.is_blank() && !self.pinned.is_empty() && !self.leaves_quotation_out() {
            return Err(Error::new(
                Code::DraftTooShort,
                "There is only a table here, and tables are left alone. Write some text around it \
                 first.",
            ));
        }
        if text.is_blank() && !self.pinned.is_empty() {
            return Err(Error::new(
                Code::DraftTooShort,
                "There is only quoted mail here, which is left alone. Write your answer first, or \
                 switch on “Include quoted mail”.",
            ));
        }
        check_length(&text.to_text())
    }
}

/// The names of those a draft is for: what the fact lock knows without a hint.
pub fn recipients(draft: &Draft) -> Known {
    let everybody = draft.to.iter().chain(&draft.cc).chain(&draft.bcc);
    Known {
        people: everybody
            .filter_map(|mailbox| mailbox.name.clone())
            .filter(|name| !name.trim().is_empty())
            .collect(),
    }
}

fn judge_instruction(instruction: &str) -> Result<Option<String>> {
    let instruction: String = instruction
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let instruction = instruction.trim();
    let length = instruction.chars().count();
    if length > MAX_INSTRUCTION {
        return Err(Error::invalid(
            "instruction",
            format!(
                "An instruction can have {MAX_INSTRUCTION} characters; this one has {} too many.",
                length - MAX_INSTRUCTION
            ),
        ));
    }
    Ok((!instruction.is_empty()).then(|| instruction.to_owned()))
}

/// What lies above the signature.
pub(super) fn above_signature(draft: &Document) -> Document {
    let above: Vec<Block> = draft
        .blocks()
        .iter()
        .take_while(|block| !matches!(block, Block::Signature(_)))
        .cloned()
        .collect();
    Document::new(above)
}

/// A document without some of its blocks.
fn without(document: &Document, left_out: &[usize]) -> Document {
    let blocks = document.blocks().iter().enumerate();
    Document::new(
        blocks
            .filter(|(place, _)| !left_out.contains(place))
            .map(|(_, block)| block.clone())
            .collect(),
    )
}

/// The top-level blocks that have tables in them or, unless it is polished too, are quoted mail.
fn left_alone(document: &Document, quoted: bool) -> Vec<usize> {
    let blocks = document.blocks();
    let mut found = Vec::new();
    for (place, block) in blocks.iter().enumerate() {
        match block {
            Block::Blockquote(_) if !quoted => {
                if let Some(before) = place.checked_sub(1)
                    && introduces(&blocks[before])
                {
                    found.push(before);
                }
                found.push(place);
            }
            _ if has_table(block) => found.push(place),
            _ => {}
        }
    }
    found
}

fn has_table(block: &Block) -> bool {
    match block {
        Block::Table(_) => true,
        Block::BulletList(items) | Block::OrderedList { items, .. } => {
            items.iter().flatten().any(has_table)
        }
        Block::Blockquote(inner) => inner.iter().any(has_table),
        _ => false,
    }
}

/// Whether a paragraph says whose mail follows.
fn introduces(block: &Block) -> bool {
    let Block::Paragraph(content) = block else {
        return false;
    };
    let text: String = content
        .iter()
        .map(|inline| match inline {
            Inline::Text { text, .. } => text.as_str(),
            _ => " ",
        })
        .collect();
    introduces_quotation(&text)
}

/// Whether a line says whose mail follows: "On 10 March, Ada <ada@example.org> wrote:".
pub(super) fn introduces_quotation(text: &str) -> bool {
    const VERBS: &[&str] = &[
        "wrote",
        "writes",
        "schrieb",
        "escribió",
        "a écrit",
        "ha scritto",
        "escreveu",
        "schreef",
        "skrev",
        "napisał",
    ];
    let text = text.trim().to_lowercase();
    text.ends_with(':')
        && text.chars().count() <= 250
        && (text.contains('@') || text.chars().any(|c| c.is_ascii_digit()))
        && VERBS.iter().any(|verb| text.contains(verb))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::SignatureId;

    fn original(markdown: &str) -> Result<Original> {
        Original::of(
            &Document::from_markdown(markdown),
            None,
            false,
            None,
            Known::default(),
        )
    }

    #[test]
    fn the_signature_and_what_stands_below_it_are_not_polished() {
        let mut blocks = Document::from_text("Hello, this is mine.")
            .blocks()
            .to_vec();
        blocks.push(Block::Signature(SignatureId(Uuid::from_u128(1))));
        blocks.extend(Document::from_text("P.S. not this").blocks().to_vec());
        let found = Original::of(&Document::new(blocks), None, false, None, Known::default());
        assert_eq!(found.unwrap().text().to_text(), "Hello, this is mine.");
    }

    #[test]
    fn quoted_mail_is_left_out_unless_it_is_asked_for() {
        let mail = "Thank you, Friday is fine.\n\nOn 10 March 2026, Ada <ada@example.org> wrote:\n\n> Friday?\n\nAnd one more thing.";
        let found = original(mail).unwrap();
        assert!(found.leaves_quotation_out());
        assert_eq!(
            found.text().to_text(),
            "Thank you, Friday is fine.\n\nAnd one more thing."
        );
        let all = Original::of(
            &Document::from_markdown(mail),
            None,
            true,
            None,
            Known::default(),
        )
        .unwrap();
        assert!(all.text().to_text().contains("> Friday?"));
        assert!(!all.leaves_quotation_out());
        let plain = original("As she wrote, in 2025:\n\n- one thing\n- another").unwrap();
        assert!(!plain.leaves_quotation_out(), "no quotation follows");
    }

    #[test]
    fn tables_are_left_alone() {
        let mail = "These are our prices:\n\n| Item | Price |\n|---|---|\n| Pear | 3 € |\n\n> Prices?\n\nThey hold until Friday.";
        for quoted in [false, true] {
            let draft = Document::from_markdown(mail);
            let found = Original::of(&draft, None, quoted, None, Known::default()).unwrap();
            assert!(!found.text().to_text().contains("Pear"), "{found:?}");
            assert_eq!(found.leaves_quotation_out(), !quoted);
            assert_eq!(found.whole, draft);
        }
        let in_list =
            original("Two things:\n\n- one\n\n  | a |\n  |---|\n  | 7 |\n\nThat is all.").unwrap();
        assert_eq!(in_list.text().to_text(), "Two things:\n\nThat is all.");
        let only_table = original("| a long enough head |\n|---|\n| 2 |").unwrap_err();
        assert!(only_table.message.contains("table"), "{only_table}");
        let both = original("| a |\n|---|\n| 2 |\n\nAn answer to this.").unwrap();
        assert!(!both.leaves_quotation_out(), "only a table is left out");
    }

    #[test]
    fn the_edges_say_what_to_do() {
        let only_quote = original("> What do you think of Friday?").unwrap_err();
        assert_eq!(only_quote.code, Code::DraftTooShort);
        assert!(
            only_quote.message.contains("only quoted mail"),
            "{only_quote}"
        );

        let empty = Document::empty().to_json();
        let draft = Document::from_text("A text that is long enough.");
        let nothing = Original::of(&draft, Some(&empty), false, None, Known::default());
        let nothing = nothing.unwrap_err();
        assert_eq!(nothing.code, Code::DraftTooShort);
        assert!(nothing.message.contains("selected"), "{nothing}");

        let long = original(&"abcd ".repeat(1_001)).unwrap_err();
        assert_eq!(long.code, Code::DraftTooLong);
        assert!(long.message.contains("4 too many"), "{long}");
    }

    #[test]
    fn a_selection_is_all_that_is_polished() {
        let draft = Document::from_text("The first paragraph.\n\nThe second one.");
        let selection = Document::from_text("The second one.").to_json();
        let found = Original::of(&draft, Some(&selection), false, None, Known::default()).unwrap();
        assert_eq!(found.text().to_text(), "The second one.");
        assert!(found.is_part());

        let all = Some(draft.to_json());
        let all = Original::of(&draft, all.as_ref(), false, None, Known::default()).unwrap();
        assert!(!all.is_part(), "everything is selected");

        let mut answer = draft.blocks().to_vec();
        answer.push(Block::Blockquote(
            Document::from_text("What was written before.")
                .blocks()
                .to_vec(),
        ));
        let typed = Some(draft.to_json());
        let answer = Document::new(answer);
        let all = Original::of(&answer, typed.as_ref(), false, None, Known::default()).unwrap();
        assert!(!all.is_part(), "everything but the quotation is selected");
    }

    #[test]
    fn an_instruction_is_one_line_of_300_characters() {
        let draft = Document::from_text("A text that is long enough.");
        let with = |instruction: &str| {
            Original::of(&draft, None, false, Some(instruction), Known::default())
        };
        assert_eq!(
            with(" say I'm away\non Friday ").unwrap().instruction(),
            Some("say I'm away on Friday")
        );
        assert_eq!(with(" \n ").unwrap().instruction(), None);
        let error = with(&"ä".repeat(302)).unwrap_err();
        assert_eq!(error.code, Code::ValidationError);
        assert!(error.message.contains("2 too many"), "{error}");
        assert!(with(&"ä".repeat(300)).is_ok());
    }
}
