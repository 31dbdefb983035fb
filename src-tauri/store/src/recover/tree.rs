//! The rows in the pages of a damaged file.
//!
//! A table is a tree of pages. It is walked from its root, past what can't be read; what a damaged
//! page cut off is then looked for among the pages no walk came by. Every row is taken for itself:
//! a page of which a half was overwritten still gives the other half. Source: SQLite
//! documentation, "Database File Format", 1.6 trees and cells, 2.1 records.

use std::collections::HashSet;

use rusqlite::types::Value;

use super::pages::{Pages, number, short};

const INTERIOR_INDEX: u8 = 2;
const INTERIOR_TABLE: u8 = 5;
const LEAF_INDEX: u8 = 10;
const LEAF_TABLE: u8 = 13;

/// One row as it lay there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    /// Its number; none in a table without one.
    pub rowid: Option<i64>,
    /// Its columns in their stored order. The last may be cut short.
    pub values: Vec<Value>,
}

/// A table or an index, as the schema names it.
pub(super) struct Named {
    pub is_table: bool,
    pub name: String,
    pub root: u32,
}

/// Walks a file's trees, and remembers where it was.
pub(super) struct Trees {
    pages: Pages,
    seen: HashSet<u32>,
    /// Pages that should have held rows and could not be read, wholly or in part.
    damaged: HashSet<u32>,
}

impl Trees {
    pub fn of(pages: Pages) -> Self {
        Self {
            pages,
            seen: HashSet::new(),
            damaged: HashSet::new(),
        }
    }

    /// `PRAGMA user_version`, if the first page can be read.
    pub fn version(&self) -> Option<u32> {
        self.pages.version()
    }

    /// How many pages could not be read.
    pub fn damaged(&self) -> usize {
        self.damaged.len()
    }

    /// What the schema names; nothing where it can't be read.
    pub fn schema(&mut self) -> Vec<Named> {
        self.rows(1)
            .into_iter()
            .filter_map(|row| match row.values.as_slice() {
                [
                    Value::Text(kind),
                    Value::Text(name),
                    _,
                    Value::Integer(root),
                    ..,
                ] => Some(Named {
                    is_table: kind == "table",
                    name: name.clone(),
                    root: u32::try_from(*root).ok()?,
                }),
                _ => None,
            })
            .filter(|named| named.root > 1)
            .collect()
    }

    /// The rows of a tree, as far as they can be reached from its root.
    pub fn rows(&mut self, root: u32) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut to_do = vec![root];
        while let Some(page) = to_do.pop() {
            // A damaged page may point anywhere, also back.
            if !self.seen.insert(page) {
                continue;
            }
            let below = self.page(page, &mut rows);
            to_do.extend(below.into_iter().rev());
        }
        rows
    }

    /// The rows of pages no walk came by, of tables with numbered rows and of those without.
    pub fn strays(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        for page in 1..=self.pages.count() {
            if self.seen.contains(&page) || self.pages.is_free(page) {
                continue;
            }
            let kind = self.pages.get(page).map_or(0, |bytes| bytes[start(page)]);
            if matches!(kind, LEAF_TABLE | LEAF_INDEX | INTERIOR_INDEX) {
                self.seen.insert(page);
                // What can't be read of it was never said to be there.
                let damaged = self.damaged.clone();
                self.page(page, &mut rows);
                self.damaged = damaged;
            }
        }
        rows
    }

    /// Takes the rows of one page; answers the pages below it.
    fn page(&mut self, page: u32, rows: &mut Vec<Row>) -> Vec<u32> {
        let Some(bytes) = self.pages.get(page) else {
            self.damaged.insert(page);
            return Vec::new();
        };
        let head = start(page);
        let kind = bytes[head];
        let is_interior = matches!(kind, INTERIOR_INDEX | INTERIOR_TABLE);
        if !is_interior && !matches!(kind, LEAF_INDEX | LEAF_TABLE) {
            self.damaged.insert(page);
            return Vec::new();
        }
        let first = head + if is_interior { 12 } else { 8 };
        let cells = short(&bytes, head + 3);
        let mut below = Vec::new();
        for cell in 0..cells {
            let at = short(&bytes, first + 2 * cell);
            let is_inside = at >= first + 2 * cells && at < self.pages.usable();
            let Some(bytes) = is_inside.then(|| &bytes[at..self.pages.usable()]) else {
                self.damaged.insert(page);
                continue;
            };
            if is_interior {
                below.push(number(bytes, 0));
            }
            let row = match kind {
                INTERIOR_TABLE => continue,
                INTERIOR_INDEX => self.row(bytes.get(4..).unwrap_or_default(), false),
                _ => self.row(bytes, kind == LEAF_TABLE),
            };
            match row {
                Some(row) => rows.push(row),
                None => {
                    self.damaged.insert(page);
                }
            }
        }
        if is_interior {
            below.push(number(&bytes, head + 8));
        }
        below
    }

    /// One cell's row.
    fn row(&mut self, cell: &[u8], is_table: bool) -> Option<Row> {
        let (length, mut at) = varint(cell)?;
        let length = usize::try_from(length).ok()?;
        let mut rowid = None;
        if is_table {
            let (id, width) = varint(&cell[at..])?;
            rowid = Some(id);
            at += width;
        }
        let payload = self.payload(&cell[at..], length, is_table)?;
        let values = record(&payload, length)?;
        Some(Row { rowid, values })
    }

    /// A row's bytes: those on its page, and those on the pages it flows over to as far as they
    /// can be followed.
    fn payload(&mut self, bytes: &[u8], length: usize, is_table: bool) -> Option<Vec<u8>> {
        let usable = self.pages.usable();
        let most = if is_table {
            usable - 35
        } else {
            (usable - 12) * 64 / 255 - 23
        };
        if length <= most {
            return bytes.get(..length).map(<[u8]>::to_vec);
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let here = match least + (length - least) % (usable - 4) {
            here if here <= most => here,
            _ => least,
        };
        let mut payload = bytes.get(..here)?.to_vec();
        let mut next = number(bytes, here);
        while payload.len() < length {
            if !self.seen.insert(next) {
                break;
            }
            let Some(page) = self.pages.get(next) else {
                self.damaged.insert(next);
                break;
            };
            let part = (usable - 4).min(length - payload.len());
            payload.extend_from_slice(&page[4..4 + part]);
            next = number(&page, 0);
        }
        Some(payload)
    }
}

/// The first page has the file's header before its own.
fn start(page: u32) -> usize {
    if page == 1 { 100 } else { 0 }
}

/// A number of one to nine bytes, and how many it took.
fn varint(bytes: &[u8]) -> Option<(i64, usize)> {
    let mut value: u64 = 0;
    for (place, byte) in bytes.iter().take(9).enumerate() {
        if place == 8 {
            return Some((((value << 8) | u64::from(*byte)).cast_signed(), 9));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value.cast_signed(), place + 1));
        }
    }
    None
}

/// The columns of a record that should have `length` bytes. One of which only the beginning is
/// there gives the columns up to that place, the last text as far as it goes.
fn record(bytes: &[u8], length: usize) -> Option<Vec<Value>> {
    let (header, mut at) = varint(bytes)?;
    let header = usize::try_from(header).ok()?;
    let mut kinds = Vec::new();
    while at < header {
        let (kind, width) = varint(bytes.get(at..header)?)?;
        kinds.push(kind);
        at += width;
    }
    let total = kinds
        .iter()
        .try_fold(header, |sum, kind| sum.checked_add(width(*kind)?))?;
    // Bytes that happen to look like a record seldom add up.
    if kinds.is_empty() || total != length {
        return None;
    }
    let mut values = Vec::with_capacity(kinds.len());
    for kind in kinds {
        let end = at + width(kind)?;
        let part = bytes.get(at.min(bytes.len())..end.min(bytes.len()))?;
        let is_text = kind >= 12;
        if part.len() < end - at && (!is_text || part.is_empty()) {
            break;
        }
        values.push(value(kind, part));
        at = end;
    }
    Some(values)
}

/// Bytes of a value of this kind.
fn width(kind: i64) -> Option<usize> {
    match kind {
        0 | 8 | 9 => Some(0),
        1..=4 => usize::try_from(kind).ok(),
        5 => Some(6),
        6 | 7 => Some(8),
        12.. => usize::try_from((kind - 12) / 2).ok(),
        _ => None,
    }
}

fn value(kind: i64, bytes: &[u8]) -> Value {
    match kind {
        0 => Value::Null,
        7 => Value::Real(f64::from_bits(integer(bytes).cast_unsigned())),
        8 | 9 => Value::Integer(kind - 8),
        1..=6 => Value::Integer(integer(bytes)),
        _ if kind % 2 == 0 => Value::Blob(bytes.to_vec()),
        _ => Value::Text(String::from_utf8_lossy(bytes).into_owned()),
    }
}

/// A whole number of one to eight bytes with its sign.
fn integer(bytes: &[u8]) -> i64 {
    let sign = bytes.first().map_or(0, |byte| byte.cast_signed() >> 7);
    bytes.iter().fold(i64::from(sign), |value, byte| {
        (value << 8) | i64::from(*byte)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_sqlite_writes_them() {
        assert_eq!(varint(&[0x7f]), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0x00]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((-1, 9)));
        assert_eq!(varint(&[0x81]), None, "cut short");
        assert_eq!(integer(&[0xff]), -1);
        assert_eq!(integer(&[0x01, 0x00]), 256);
        assert_eq!(integer(&[0x80, 0, 0, 0, 0, 0, 0, 0]), i64::MIN);
    }

    #[test]
    fn a_record_is_taken_as_far_as_it_goes() {
        // NULL, 5, "héllo", a blob of two.
        let mut whole = vec![5, 0, 1, 25, 16, 5];
        whole.extend("héllo".as_bytes());
        whole.extend([1, 2]);
        let length = whole.len();
        assert_eq!(
            record(&whole, length).unwrap(),
            [
                Value::Null,
                Value::Integer(5),
                Value::Text("héllo".into()),
                Value::Blob(vec![1, 2])
            ]
        );
        let cut = record(&whole[..length - 4], length).unwrap();
        assert_eq!(
            cut,
            [Value::Null, Value::Integer(5), Value::Text("hél".into())]
        );
        assert_eq!(record(&whole, length + 1), None, "it must add up");
        assert_eq!(record(&[], 0), None);
    }
}
