//! Tables in plain text: in columns where they fit into the width of a mail, else row by row, each
//! cell behind the header of its column.

use unicode_width::UnicodeWidthStr;

use super::{Table, TableCell, table::Placed, text};

/// The most characters of a line in columns: RFC 5322 and RFC 3676 (4.2) advise 78, and an answer
/// puts `> ` before it.
const MAX_WIDTH: usize = 76;
/// Between two columns.
const GAP: usize = 2;

/// The lines of a table.
pub(super) fn lines(table: &Table) -> Vec<String> {
    let cells: Vec<(Placed<'_>, Vec<String>)> = table
        .placed()
        .into_iter()
        .map(|placed| (placed, cell_lines(placed.cell)))
        .collect();
    let widths = widths(&cells, table.columns());
    let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
    if total <= MAX_WIDTH {
        in_columns(table, &cells, &widths)
    } else {
        by_rows(table, &cells)
    }
}

fn cell_lines(cell: &TableCell) -> Vec<String> {
    let mut lines = text::lines(&cell.blocks);
    for line in &mut lines {
        // A tab would move what stands behind it.
        *line = line.replace('\t', " ").trim_end().to_owned();
    }
    // Blank lines would pull rows apart.
    lines.retain(|line| !line.is_empty());
    lines
}

/// How wide each column is.
fn widths(cells: &[(Placed<'_>, Vec<String>)], columns: usize) -> Vec<usize> {
    let mut widths = vec![0; columns];
    let widest = |lines: &[String]| lines.iter().map(|line| line.width()).max().unwrap_or(0);
    for (placed, lines) in cells.iter().filter(|(placed, _)| placed.cell.colspan == 1) {
        widths[placed.column] = widths[placed.column].max(widest(lines));
    }
    // What reaches over several columns makes its last one wider, if they aren't wide enough.
    for (placed, lines) in cells.iter().filter(|(placed, _)| placed.cell.colspan > 1) {
        let last = placed.column + placed.cell.colspan as usize - 1;
        let room: usize = widths[placed.column..=last].iter().sum();
        let room = room + GAP * (last - placed.column);
        widths[last] += widest(lines).saturating_sub(room);
    }
    widths
}

fn in_columns(table: &Table, cells: &[(Placed<'_>, Vec<String>)], widths: &[usize]) -> Vec<String> {
    let mut starts = vec![0; widths.len()];
    for column in 1..widths.len() {
        starts[column] = starts[column - 1] + widths[column - 1] + GAP;
    }
    let mut out = Vec::new();
    for here in cells.chunk_by(|(a, _), (b, _)| a.row == b.row) {
        let height = here.iter().map(|(_, lines)| lines.len()).max();
        for number in 0..height.unwrap_or(0).max(1) {
            let mut line = String::new();
            for (placed, lines) in here {
                let Some(piece) = lines.get(number).filter(|piece| !piece.is_empty()) else {
                    continue;
                };
                let missing = starts[placed.column].saturating_sub(line.width());
                line.extend(std::iter::repeat_n(' ', missing));
                line.push_str(piece);
            }
            out.push(line);
        }
        if here[0].0.row == 0 && table.has_header_row() {
            let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
            out.push(rules.join(&" ".repeat(GAP)).trim_end().to_owned());
        }
    }
    out
}

/// Each cell on lines of its own, rows apart from each other.
fn by_rows(table: &Table, cells: &[(Placed<'_>, Vec<String>)]) -> Vec<String> {
    let has_header = table.has_header_row() && table.rows.len() > 1;
    let mut headers = vec![String::new(); table.columns()];
    let mut out: Vec<String> = Vec::new();
    let mut row = None;
    for (placed, lines) in cells {
        if has_header && placed.row == 0 {
            headers[placed.column] = lines.join(" ");
            continue;
        }
        if lines.iter().all(String::is_empty) {
            continue;
        }
        if row
            .replace(placed.row)
            .is_some_and(|last| last != placed.row)
        {
            out.push(String::new());
        }
        match (headers[placed.column].as_str(), lines.as_slice()) {
            ("", lines) => out.extend_from_slice(lines),
            (header, [line]) => out.push(format!("{header}: {line}")),
            (header, lines) => {
                out.push(format!("{header}:"));
                out.extend(
                    lines
                        .iter()
                        .map(|line| format!("  {line}").trim_end().to_owned()),
                );
            }
        }
    }
    out
}
