//! Tables: their grid, and what becomes of one that can't stay a table.
//!
//! A table is kept as ProseMirror's table nodes have it: rows of cells, each with the columns and
//! rows it spans. In normal form it is a full rectangle, so that the editor finds nothing to mend:
//! no cell reaches over another one or below the last row, every row has a cell of its own, and
//! what was missing is an empty cell.

use std::collections::BTreeSet;

use super::{Block, Inline, Marks, normal::push_text};

/// The most rows of a table.
pub const MAX_TABLE_ROWS: usize = 1_000;
/// The most columns of a table.
pub const MAX_TABLE_COLUMNS: usize = 100;
/// The most places (rows times columns) of a table.
pub const MAX_TABLE_CELLS: usize = 10_000;

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Its rows, from the top; in each the cells that begin there, in reading order.
    pub rows: Vec<Vec<TableCell>>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableCell {
    /// Whether it says what stands in its row or column.
    pub header: bool,
    /// The columns it spans, at least 1.
    pub colspan: u32,
    /// The rows it spans, at least 1.
    pub rowspan: u32,
    /// The width of each spanned column in CSS pixels, 1 to 10,000; 0 for one that is left to the
    /// program that shows it. Empty if all are.
    pub widths: Vec<u32>,
    /// What stands in it, at least one block; no tables.
    pub blocks: Vec<Block>,
}

impl TableCell {
    /// A cell that spans nothing.
    pub fn new(header: bool, blocks: Vec<Block>) -> Self {
        Self {
            header,
            colspan: 1,
            rowspan: 1,
            widths: Vec::new(),
            blocks,
        }
    }

    fn empty(header: bool) -> Self {
        Self::new(header, vec![Block::Paragraph(Vec::new())])
    }
}

/// A cell and where its upper left corner is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed<'a> {
    pub row: usize,
    pub column: usize,
    pub cell: &'a TableCell,
}

impl Table {
    /// The cells with their places, for a table in normal form.
    pub(super) fn placed(&self) -> Vec<Placed<'_>> {
        let mut out = Vec::new();
        // For each column, down to which row it is taken by a cell from above.
        let mut taken: Vec<usize> = Vec::new();
        for (row, cells) in self.rows.iter().enumerate() {
            let mut column = 0;
            for cell in cells {
                while taken.get(column).is_some_and(|until| *until > row) {
                    column += 1;
                }
                let end = column + cell.colspan as usize;
                if taken.len() < end {
                    taken.resize(end, 0);
                }
                taken[column..end].fill(row + cell.rowspan as usize);
                out.push(Placed { row, column, cell });
                column = end;
            }
        }
        out
    }

    /// How many columns a table in normal form has.
    pub fn columns(&self) -> usize {
        let width = |cell: &TableCell| cell.colspan as usize;
        self.rows
            .first()
            .map_or(0, |row| row.iter().map(width).sum())
    }

    /// The blocks of all cells, in reading order.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.rows.iter().flatten().flat_map(|cell| &cell.blocks)
    }

    /// The same, to be changed.
    pub(crate) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Vec<Block>> {
        self.rows.iter_mut().flatten().map(|cell| &mut cell.blocks)
    }

    /// Whether the first row only has headers.
    pub(super) fn has_header_row(&self) -> bool {
        self.rows
            .first()
            .is_some_and(|row| row.iter().all(|cell| cell.header))
    }

    /// Whether this has more rows, columns or cells than a table may have.
    pub(super) fn is_too_large(&self) -> bool {
        let widest = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        self.rows.len() > MAX_TABLE_ROWS
            || widest > MAX_TABLE_COLUMNS
            || widest * self.rows.len() > MAX_TABLE_CELLS
    }

    /// The table in normal form, see the module: one block, or none if it has no cell. One that
    /// is too large is flattened. The cells' own blocks are left as they are.
    pub(super) fn settled(mut self) -> Vec<Block> {
        if self.is_too_large() {
            return self.flattened();
        }
        self.drop_rows_without_cells();
        if !self.end_overlaps() {
            return self.flattened();
        }
        let width = self.drop_columns_without_cells();
        let places = width * self.rows.len();
        let cells: usize = self.rows.iter().map(Vec::len).sum();
        // Of one with hardly a cell in it, memory would only be filled with empty ones.
        let spanned = self.rows.iter().flatten();
        let spanned: usize = spanned
            .map(|cell| cell.colspan as usize * cell.rowspan as usize)
            .sum();
        let is_sparse = places - spanned > 4 * cells + 100;
        if width > MAX_TABLE_COLUMNS || places > MAX_TABLE_CELLS || is_sparse {
            return self.flattened();
        }
        if width == 0 {
            return Vec::new();
        }
        self.fill(width);
        self.rows
            .iter_mut()
            .flatten()
            .for_each(TableCell::settle_widths);
        vec![Block::Table(self)]
    }

    /// Rows in which no cell begins show nothing: the cells that reach over them get shorter.
    fn drop_rows_without_cells(&mut self) {
        let mut row = 0;
        while row < self.rows.len() {
            if !self.rows[row].is_empty() {
                row += 1;
                continue;
            }
            self.rows.remove(row);
            for (above, cells) in self.rows[..row].iter_mut().enumerate() {
                for cell in cells {
                    if above.saturating_add(cell.rowspan as usize) > row {
                        cell.rowspan -= 1;
                    }
                }
            }
        }
    }

    /// Shortens what reaches below the last row or over another cell. False if the columns get
    /// out of hand.
    fn end_overlaps(&mut self) -> bool {
        let height = self.rows.len();
        let mut taken: Vec<usize> = Vec::new();
        for (row, cells) in self.rows.iter_mut().enumerate() {
            let mut column = 0;
            for cell in cells {
                let is_taken = |at: usize| taken.get(at).is_some_and(|until| *until > row);
                while is_taken(column) {
                    column += 1;
                }
                let wanted = cell.colspan.clamp(1, MAX_TABLE_COLUMNS as u32);
                let free = (0..wanted)
                    .take_while(|step| !is_taken(column + *step as usize))
                    .count();
                let deep = (cell.rowspan.max(1) as usize).min(height - row);
                cell.colspan = free as u32;
                cell.rowspan = deep as u32;
                let end = column + free;
                if end > 10 * MAX_TABLE_COLUMNS {
                    return false;
                }
                if taken.len() < end {
                    taken.resize(end, 0);
                }
                taken[column..end].fill(row + deep);
                column = end;
            }
        }
        true
    }

    /// Columns in which no cell begins show nothing either. Answers how many are left.
    fn drop_columns_without_cells(&mut self) -> usize {
        let places: Vec<usize> = self.placed().iter().map(|placed| placed.column).collect();
        let begun: BTreeSet<usize> = places.iter().copied().collect();
        for (cell, column) in self.rows.iter_mut().flatten().zip(places) {
            let spanned = column..column + cell.colspan as usize;
            let kept: Vec<usize> = begun.range(spanned).copied().collect();
            if !cell.widths.is_empty() {
                let width = |at: &usize| cell.widths.get(at - column).copied().unwrap_or(0);
                cell.widths = kept.iter().map(width).collect();
            }
            cell.colspan = kept.len() as u32;
        }
        begun.len()
    }

    /// Puts empty cells where none is. A row keeps the kind its cells have.
    fn fill(&mut self, width: usize) {
        let mut taken = vec![vec![false; width]; self.rows.len()];
        let mut starts = vec![Vec::new(); self.rows.len()];
        for Placed { row, column, cell } in self.placed() {
            starts[row].push(column);
            for places in &mut taken[row..row + cell.rowspan as usize] {
                places[column..column + cell.colspan as usize].fill(true);
            }
        }
        for ((cells, taken), starts) in self.rows.iter_mut().zip(taken).zip(starts) {
            let header = cells.iter().all(|cell| cell.header);
            for gap in (0..width).rev().filter(|column| !taken[*column]) {
                let at = starts.iter().filter(|start| **start < gap).count();
                cells.insert(at, TableCell::empty(header));
            }
        }
    }

    /// What stands in the table as blocks below each other, for where a table can't be: rows
    /// whose cells are lines become lines with tabs between the cells.
    pub(super) fn flattened(self) -> Vec<Block> {
        self.rows.into_iter().flat_map(flattened_row).collect()
    }
}

impl TableCell {
    /// As many widths as columns, in their range; none if none is known.
    fn settle_widths(&mut self) {
        let columns = self.colspan as usize;
        self.widths.resize(columns, 0);
        for width in &mut self.widths {
            *width = (*width).min(10_000);
        }
        if self.widths.iter().all(|width| *width == 0) {
            self.widths.clear();
        }
    }

    /// Its line, if it is nothing but one.
    fn line(&self) -> Option<&[Inline]> {
        match self.blocks.as_slice() {
            [Block::Paragraph(content)]
                if content
                    .iter()
                    .all(|inline| matches!(inline, Inline::Text { .. })) =>
            {
                Some(content)
            }
            _ => None,
        }
    }

    /// Whether nothing stands in it.
    pub(super) fn is_empty(&self) -> bool {
        self.line().is_some_and(<[Inline]>::is_empty)
    }
}

fn flattened_row(cells: Vec<TableCell>) -> Vec<Block> {
    let filled: Vec<TableCell> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
    if !filled.iter().all(|cell| cell.line().is_some()) {
        return filled
            .into_iter()
            .flat_map(|cell| cell.blocks)
            .filter(|block| !matches!(block, Block::Paragraph(content) if content.is_empty()))
            .collect();
    }
    let mut line = Vec::new();
    for cell in &filled {
        if !line.is_empty() {
            push_text(&mut line, "\t", &Marks::default());
        }
        for inline in cell.line().unwrap_or_default() {
            if let Inline::Text { text, marks } = inline {
                push_text(&mut line, text, marks);
            }
        }
    }
    if line.is_empty() {
        Vec::new()
    } else {
        vec![Block::Paragraph(line)]
    }
}
