//! Reading ProseMirror's JSON.
//!
//! Strict about what there is, tolerant where nothing is lost: unknown attributes are dropped,
//! unknown nodes and marks are refused, because dropping them would lose somebody's text.

use serde_json::Value;

use super::{
    Block, Document, DocumentJson, Href, Image, ImageHash, Inline, MAX_DEPTH, MAX_NODES,
    MAX_TABLE_CELLS, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS, MAX_TEXT_BYTES, Marks, Table, TableCell,
};
use crate::{Error, Result};

impl Document {
    /// Judges a document. `null` is the empty one.
    ///
    /// A link whose address is not one of [`Href`]'s schemes becomes plain text.
    ///
    /// # Errors
    /// `VALIDATION_ERROR` about `body`: not a document of our schema, an image that is not of our
    /// store, deeper than [`MAX_DEPTH`], more than [`MAX_NODES`] nodes or [`MAX_TEXT_BYTES`] of
    /// text.
    pub fn parse(json: &DocumentJson) -> Result<Self> {
        if json.0.is_null() {
            return Ok(Self::empty());
        }
        let mut reader = Reader { nodes: 0, bytes: 0 };
        if kind(&json.0)? != "doc" {
            return Err(malformed());
        }
        Ok(Self::new(reader.blocks(&json.0, 0)?))
    }
}

fn malformed() -> Error {
    Error::invalid(
        "body",
        "This text is damaged: it isn't built the way Draftwell builds texts. Undo the last change or paste it as plain text.",
    )
}

fn unknown(what: &str) -> Error {
    // The name comes from the text itself, so it is kept short and harmless.
    let name: String = what
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-')
        .take(40)
        .collect();
    Error::invalid(
        "body",
        format!(
            "This text has something in it that Draftwell can't keep (\"{name}\"). Remove it or paste it as plain text."
        ),
    )
}

struct Reader {
    nodes: usize,
    bytes: usize,
}

fn kind(node: &Value) -> Result<&str> {
    node.get("type")
        .and_then(Value::as_str)
        .ok_or_else(malformed)
}

fn children(node: &Value) -> Result<&[Value]> {
    match node.get("content") {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(content)) => Ok(content),
        Some(_) => Err(malformed()),
    }
}

fn attribute<'a>(node: &'a Value, name: &str) -> Option<&'a Value> {
    node.get("attrs")?.get(name)
}

fn text_attribute<'a>(node: &'a Value, name: &str) -> Option<&'a str> {
    attribute(node, name)?.as_str()
}

/// A whole number, also where it was written as text or with a fraction.
fn number_attribute(node: &Value, name: &str) -> Option<u32> {
    let number = match attribute(node, name)? {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().trim_end_matches("px").parse().ok()?,
        _ => return None,
    };
    // The cast saturates; the ranges are judged by the normal form.
    (number.is_finite() && number >= 0.0).then_some(number.round() as u32)
}

impl Reader {
    fn count(&mut self, bytes: usize) -> Result<()> {
        self.nodes += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        if self.nodes > MAX_NODES || self.bytes > MAX_TEXT_BYTES {
            return Err(Error::invalid(
                "body",
                "This text is too long for one mail. Shorten it, or attach it as a file.",
            ));
        }
        Ok(())
    }

    fn blocks(&mut self, parent: &Value, depth: usize) -> Result<Vec<Block>> {
        if depth > MAX_DEPTH {
            return Err(Error::invalid(
                "body",
                "Lists, quotations or tables in this text are nested too deeply. Move them further out.",
            ));
        }
        let mut out = Vec::new();
        // Text that stands directly among blocks gets the paragraph it lacks.
        let mut loose = Vec::new();
        for node in children(parent)? {
            if matches!(kind(node)?, "text" | "hardBreak" | "image") {
                loose.extend(self.inline(node)?);
                continue;
            }
            if !loose.is_empty() {
                out.push(Block::Paragraph(std::mem::take(&mut loose)));
            }
            out.extend(self.block(node, depth)?);
        }
        if !loose.is_empty() {
            out.push(Block::Paragraph(loose));
        }
        Ok(out)
    }

    fn block(&mut self, node: &Value, depth: usize) -> Result<Option<Block>> {
        self.count(0)?;
        Ok(Some(match kind(node)? {
            "paragraph" => Block::Paragraph(self.line(node)?),
            "heading" => Block::Heading {
                level: number_attribute(node, "level").map_or(1, |level| level.clamp(1, 3) as u8),
                content: self.line(node)?,
            },
            "bulletList" => Block::BulletList(self.items(node, depth)?),
            "orderedList" => Block::OrderedList {
                start: number_attribute(node, "start").unwrap_or(1),
                items: self.items(node, depth)?,
            },
            "blockquote" => Block::Blockquote(self.blocks(node, depth + 1)?),
            "codeBlock" => Block::CodeBlock {
                language: text_attribute(node, "language").map(str::to_owned),
                text: self.code(node)?,
            },
            "table" => Block::Table(self.table(node, depth)?),
            "horizontalRule" => Block::HorizontalRule,
            "signature" => match attribute(node, "id") {
                None | Some(Value::Null) => return Ok(None),
                Some(id) => Block::Signature(
                    id.as_str()
                        .and_then(|id| id.parse().ok())
                        .ok_or_else(malformed)?,
                ),
            },
            "doc" | "listItem" | "tableRow" | "tableCell" | "tableHeader" => {
                return Err(malformed());
            }
            other => return Err(unknown(other)),
        }))
    }

    fn items(&mut self, list: &Value, depth: usize) -> Result<Vec<Vec<Block>>> {
        children(list)?
            .iter()
            .map(|item| {
                self.count(0)?;
                match kind(item)? {
                    "listItem" => self.blocks(item, depth + 2),
                    "taskItem" => Err(unknown("taskItem")),
                    _ => Err(malformed()),
                }
            })
            .collect()
    }

    fn table(&mut self, node: &Value, depth: usize) -> Result<Table> {
        let mut table = Table::default();
        for row in children(node)? {
            self.count(0)?;
            if kind(row)? != "tableRow" {
                return Err(malformed());
            }
            let cells = children(row)?.iter();
            table.rows.push(
                cells
                    .map(|cell| self.cell(cell, depth))
                    .collect::<Result<_>>()?,
            );
        }
        if table.is_too_large() {
            return Err(Error::invalid(
                "body",
                format!(
                    "A table can have {MAX_TABLE_ROWS} rows, {MAX_TABLE_COLUMNS} columns and {MAX_TABLE_CELLS} cells; one in this text has more. Split it, or attach it as a file."
                ),
            ));
        }
        Ok(table)
    }

    fn cell(&mut self, node: &Value, depth: usize) -> Result<TableCell> {
        self.count(0)?;
        let header = match kind(node)? {
            "tableHeader" => true,
            "tableCell" => false,
            _ => return Err(malformed()),
        };
        let number = |width: &Value| width.as_f64().unwrap_or(0.0).round() as u32;
        Ok(TableCell {
            header,
            colspan: number_attribute(node, "colspan").unwrap_or(1),
            rowspan: number_attribute(node, "rowspan").unwrap_or(1),
            widths: attribute(node, "colwidth")
                .and_then(Value::as_array)
                .map(|widths| {
                    let widths = widths.iter().take(MAX_TABLE_COLUMNS);
                    widths.map(number).collect()
                })
                .unwrap_or_default(),
            blocks: self.blocks(node, depth + 3)?,
        })
    }

    fn line(&mut self, parent: &Value) -> Result<Vec<Inline>> {
        let mut out = Vec::new();
        for node in children(parent)? {
            out.extend(self.inline(node)?);
        }
        Ok(out)
    }

    fn code(&mut self, parent: &Value) -> Result<String> {
        let mut out = String::new();
        for inline in self.line(parent)? {
            match inline {
                Inline::Text { text, .. } => out.push_str(&text),
                Inline::HardBreak => out.push('\n'),
                Inline::Image { .. } => return Err(malformed()),
            }
        }
        Ok(out)
    }

    fn inline(&mut self, node: &Value) -> Result<Option<Inline>> {
        Ok(Some(match kind(node)? {
            "text" => {
                let text = node
                    .get("text")
                    .and_then(Value::as_str)
                    .ok_or_else(malformed)?;
                self.count(text.len())?;
                if text.is_empty() {
                    return Ok(None);
                }
                Inline::Text {
                    text: text.to_owned(),
                    marks: self.marks(node)?,
                }
            }
            "hardBreak" => {
                self.count(0)?;
                Inline::HardBreak
            }
            "image" => {
                let hash = text_attribute(node, "src")
                    .and_then(ImageHash::from_src)
                    .ok_or_else(|| {
                        Error::invalid(
                            "body",
                            "This text has an image in it that isn't kept with it. Remove the image and insert it from a file.",
                        )
                    })?;
                let alt = text_attribute(node, "alt").unwrap_or_default();
                let title = text_attribute(node, "title");
                self.count(alt.len() + title.map_or(0, str::len))?;
                Inline::Image {
                    image: Image {
                        hash,
                        alt: alt.to_owned(),
                        title: title.map(str::to_owned),
                        width: number_attribute(node, "width"),
                        height: number_attribute(node, "height"),
                    },
                    link: self.marks(node)?.link,
                }
            }
            "paragraph" | "heading" | "bulletList" | "orderedList" | "listItem" | "blockquote"
            | "codeBlock" | "table" | "tableRow" | "tableCell" | "tableHeader"
            | "horizontalRule" | "signature" | "doc" => return Err(malformed()),
            other => return Err(unknown(other)),
        }))
    }

    fn marks(&mut self, node: &Value) -> Result<Marks> {
        let mut marks = Marks::default();
        let list = match node.get("marks") {
            None | Some(Value::Null) => return Ok(marks),
            Some(Value::Array(list)) => list,
            Some(_) => return Err(malformed()),
        };
        for mark in list {
            match kind(mark)? {
                "bold" => marks.bold = true,
                "italic" => marks.italic = true,
                "underline" => marks.underline = true,
                "strike" => marks.strike = true,
                "code" => marks.code = true,
                "link" => {
                    let href = text_attribute(mark, "href").unwrap_or_default();
                    self.count(href.len())?;
                    marks.link = Href::parse(href);
                }
                other => return Err(unknown(other)),
            }
        }
        Ok(marks)
    }
}
