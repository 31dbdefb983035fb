//! Writing ProseMirror's JSON: the document as the editor and the database have it.
//!
//! Members are in the order of their names, whatever else the program is built with: the same
//! document always has the same text, which is how versions know that nothing changed.

use serde::{Serialize, Serializer};

use super::{Block, Document, DocumentJson, Href, Image, Inline, Marks, TableCell};
use crate::id::SignatureId;

/// A node. Its members are written in this order.
#[derive(Serialize)]
struct Node<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    attrs: Option<Attrs<'a>>,
    // ProseMirror leaves an empty list out.
    #[serde(skip_serializing_if = "Content::is_empty")]
    content: Content<'a>,
    #[serde(skip_serializing_if = "SetMarks::is_empty")]
    marks: SetMarks<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    r#type: &'static str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Attrs<'a> {
    Heading {
        level: u8,
    },
    OrderedList {
        start: u32,
    },
    CodeBlock {
        language: Option<&'a str>,
    },
    Cell {
        colspan: u32,
        colwidth: Option<&'a [u32]>,
        rowspan: u32,
    },
    Signature {
        id: SignatureId,
    },
    Image {
        alt: &'a str,
        height: Option<u32>,
        src: String,
        title: Option<&'a str>,
        width: Option<u32>,
    },
}

/// What is in a node.
#[derive(Clone, Copy)]
enum Content<'a> {
    Nothing,
    Blocks(&'a [Block]),
    Items(&'a [Vec<Block>]),
    Rows(&'a [Vec<TableCell>]),
    Cells(&'a [TableCell]),
    Line(&'a [Inline]),
    Code(&'a str),
}

impl Content<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::Blocks(blocks) => blocks.is_empty(),
            Self::Items(items) => items.is_empty(),
            Self::Rows(rows) => rows.is_empty(),
            Self::Cells(cells) => cells.is_empty(),
            Self::Line(line) => line.is_empty(),
            Self::Code(text) => text.is_empty(),
        }
    }
}

impl Serialize for Content<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Nothing => out.collect_seq::<[Node<'_>; 0]>([]),
            Self::Blocks(blocks) => out.collect_seq(blocks.iter().map(Node::of_block)),
            Self::Items(items) => out.collect_seq(
                items
                    .iter()
                    .map(|item| Node::of("listItem", Content::Blocks(item))),
            ),
            Self::Rows(rows) => out.collect_seq(
                rows.iter()
                    .map(|row| Node::of("tableRow", Content::Cells(row))),
            ),
            Self::Cells(cells) => out.collect_seq(cells.iter().map(Node::of_cell)),
            Self::Line(line) => out.collect_seq(line.iter().map(Node::of_inline)),
            Self::Code(text) => out.collect_seq([Node {
                text: Some(text),
                ..Node::of("text", Content::Nothing)
            }]),
        }
    }
}

impl<'a> Node<'a> {
    fn of(r#type: &'static str, content: Content<'a>) -> Self {
        Self {
            attrs: None,
            content,
            marks: SetMarks::default(),
            text: None,
            r#type,
        }
    }

    fn with(r#type: &'static str, attrs: Attrs<'a>, content: Content<'a>) -> Self {
        Self {
            attrs: Some(attrs),
            ..Self::of(r#type, content)
        }
    }

    fn of_block(block: &'a Block) -> Self {
        match block {
            Block::Paragraph(line) => Self::of("paragraph", Content::Line(line)),
            Block::Heading { level, content } => {
                let attrs = Attrs::Heading { level: *level };
                Self::with("heading", attrs, Content::Line(content))
            }
            Block::BulletList(items) => Self::of("bulletList", Content::Items(items)),
            Block::OrderedList { start, items } => {
                let attrs = Attrs::OrderedList { start: *start };
                Self::with("orderedList", attrs, Content::Items(items))
            }
            Block::Blockquote(blocks) => Self::of("blockquote", Content::Blocks(blocks)),
            Block::CodeBlock { language, text } => {
                let language = language.as_deref();
                Self::with(
                    "codeBlock",
                    Attrs::CodeBlock { language },
                    Content::Code(text),
                )
            }
            Block::Table(table) => Self::of("table", Content::Rows(&table.rows)),
            Block::HorizontalRule => Self::of("horizontalRule", Content::Nothing),
            Block::Signature(id) => {
                Self::with("signature", Attrs::Signature { id: *id }, Content::Nothing)
            }
        }
    }

    fn of_cell(cell: &'a TableCell) -> Self {
        let name = if cell.header {
            "tableHeader"
        } else {
            "tableCell"
        };
        let attrs = Attrs::Cell {
            colspan: cell.colspan,
            colwidth: (!cell.widths.is_empty()).then_some(&*cell.widths),
            rowspan: cell.rowspan,
        };
        Self::with(name, attrs, Content::Blocks(&cell.blocks))
    }

    fn of_inline(inline: &'a Inline) -> Self {
        match inline {
            Inline::Text { text, marks } => Self {
                marks: SetMarks::of(marks),
                text: Some(text),
                ..Self::of("text", Content::Nothing)
            },
            Inline::HardBreak => Self::of("hardBreak", Content::Nothing),
            Inline::Image { image, link } => Self {
                marks: SetMarks {
                    link: link.as_ref(),
                    ..SetMarks::default()
                },
                ..Self::with("image", Attrs::of_image(image), Content::Nothing)
            },
        }
    }
}

impl<'a> Attrs<'a> {
    fn of_image(image: &'a Image) -> Self {
        Self::Image {
            alt: &image.alt,
            height: image.height,
            src: image.hash.to_src(),
            title: image.title.as_deref(),
            width: image.width,
        }
    }
}

/// The marks that are set, outermost first.
#[derive(Default)]
struct SetMarks<'a> {
    link: Option<&'a Href>,
    names: [Option<&'static str>; 5],
}

impl<'a> SetMarks<'a> {
    fn of(marks: &'a Marks) -> Self {
        let Marks {
            bold,
            italic,
            underline,
            strike,
            code,
            link,
        } = marks;
        Self {
            link: link.as_ref(),
            names: [
                bold.then_some("bold"),
                italic.then_some("italic"),
                underline.then_some("underline"),
                strike.then_some("strike"),
                code.then_some("code"),
            ],
        }
    }

    fn is_empty(&self) -> bool {
        self.link.is_none() && self.names.iter().all(Option::is_none)
    }
}

#[derive(Serialize)]
struct Mark<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    attrs: Option<LinkAttrs<'a>>,
    r#type: &'static str,
}

#[derive(Serialize)]
struct LinkAttrs<'a> {
    href: &'a str,
}

impl Serialize for SetMarks<'_> {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let link = self.link.map(|link| Mark {
            attrs: Some(LinkAttrs {
                href: link.as_str(),
            }),
            r#type: "link",
        });
        let names = self.names.iter().flatten().map(|name| Mark {
            attrs: None,
            r#type: name,
        });
        out.collect_seq(link.into_iter().chain(names))
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Node::of("doc", Content::Blocks(&self.blocks)).serialize(out)
    }
}

impl Document {
    /// The document as a value. Its text, as it is stored, is that of [`Serialize`].
    pub fn to_json(&self) -> DocumentJson {
        // Nothing in it can fail: all keys are names.
        DocumentJson(serde_json::to_value(self).unwrap_or_default())
    }
}

impl From<&Document> for DocumentJson {
    fn from(document: &Document) -> Self {
        document.to_json()
    }
}
