//! Tables: their normal form, and how they are written.

use serde_json::{Value, json};

use super::{
    Block, Document, DocumentJson, ImageHash, MAX_TABLE_ROWS, MailParts,
    tests::{doc, paragraph},
};
use crate::id::SignatureId;

fn cell(kind: &str, spans: (u32, u32), content: Vec<Value>) -> Value {
    json!({"type": kind, "attrs": {"colspan": spans.0, "rowspan": spans.1, "colwidth": null}, "content": content})
}

fn td(text: &str) -> Value {
    cell("tableCell", (1, 1), vec![paragraph(text)])
}

fn th(text: &str) -> Value {
    cell("tableHeader", (1, 1), vec![paragraph(text)])
}

fn table(rows: Vec<Vec<Value>>) -> Value {
    let row = |cells: Vec<Value>| json!({"type": "tableRow", "content": cells});
    json!({"type": "table", "content": rows.into_iter().map(row).collect::<Vec<_>>()})
}

fn prices() -> Document {
    doc(json!([table(vec![
        vec![th("Item"), th("Price")],
        vec![td("Pears"), td("3.00 €")],
        vec![td("梨"), td("12.50 €")],
    ])]))
}

struct NoParts;

impl MailParts for NoParts {
    fn signature(&self, _: SignatureId) -> Option<Document> {
        None
    }

    fn content_id(&self, _: ImageHash) -> Option<String> {
        None
    }
}

#[test]
fn a_table_is_kept_as_the_editor_writes_it() {
    let json = json!({"type": "doc", "content": [{"type": "table", "content": [
        {"type": "tableRow", "content": [
            {"type": "tableHeader", "attrs": {"colspan": 2, "rowspan": 1, "colwidth": [120, 0]}, "content": [{"type": "paragraph"}]},
        ]},
        {"type": "tableRow", "content": [
            {"type": "tableCell", "attrs": {"colspan": 1, "rowspan": 1, "colwidth": [120]}, "content": [paragraph("a")]},
            {"type": "tableCell", "attrs": {"colspan": 1, "rowspan": 1, "colwidth": null}, "content": [paragraph("b")]},
        ]},
    ]}]});
    let document = Document::parse(&DocumentJson(json.clone())).unwrap();
    assert_eq!(document.to_json().0, json);
    let html = document.to_html();
    assert_eq!(
        html,
        "<table><tbody><tr><th colspan=\"2\" data-colwidth=\"120,0\"><p><br></p></th></tr>\
         <tr><td data-colwidth=\"120\"><p>a</p></td><td><p>b</p></td></tr></tbody></table>"
    );
    assert_eq!(Document::from_html(&html), document);
}

#[test]
fn every_table_is_a_rectangle() {
    let shape = |rows: Vec<Vec<Value>>| document_shape(&doc(json!([table(rows)])));
    assert_eq!(
        shape(vec![vec![td("a")], vec![td("b"), td("c")]]),
        "a,-/b,c",
        "short rows are filled"
    );
    let tall = |text| cell("tableCell", (1, 9), vec![paragraph(text)]);
    assert_eq!(
        shape(vec![vec![tall("a"), td("b")], vec![td("c")]]),
        "a:1x2,b/c",
        "no cell reaches below the last row"
    );
    let wide = |text| cell("tableCell", (4_000_000, 1), vec![paragraph(text)]);
    assert_eq!(
        shape(vec![vec![wide("a")], vec![td("b"), td("c")]]),
        "a:2x1,-/b,c/".trim_end_matches('/').replace(",-", ""),
        "no cell is wider than the columns that are there"
    );
    assert_eq!(
        shape(vec![vec![td("a"), tall("b")], vec![wide("c")]]),
        "a,b:1x2/c",
        "no cell reaches over another one"
    );
    assert_eq!(
        shape(vec![vec![td("a")], vec![], vec![td("b")]]),
        "a/b",
        "rows without cells are gone"
    );
    for nothing in [vec![], vec![vec![], vec![]]] {
        assert_eq!(doc(json!([table(nothing)])), Document::empty());
    }
    let bare = json!({"type": "table", "content": [{"type": "tableRow", "content": [{"type": "tableCell"}]}]});
    assert_eq!(document_shape(&doc(json!([bare]))), "-");
}

/// Each cell's text, or `-`, and its columns x rows where it spans.
fn document_shape(document: &Document) -> String {
    let [Block::Table(table)] = document.blocks() else {
        panic!("one table: {document:?}");
    };
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().map(|cell| {
            let text = Document::new(cell.blocks.clone()).plain_text();
            let mut out = if text.is_empty() {
                "-".to_owned()
            } else {
                text
            };
            if (cell.colspan, cell.rowspan) != (1, 1) {
                out.push_str(&format!(":{}x{}", cell.colspan, cell.rowspan));
            }
            out
        });
        cells.collect::<Vec<_>>().join(",")
    });
    rows.collect::<Vec<_>>().join("/")
}

#[test]
fn a_table_in_a_cell_becomes_its_lines() {
    let inner = table(vec![vec![td("x"), td("y")], vec![td("z"), td("")]]);
    let quoted = json!({"type": "blockquote", "content": [inner.clone()]});
    for inside in [inner, quoted] {
        let outer = cell("tableCell", (1, 1), vec![paragraph("a"), inside]);
        let document = doc(json!([table(vec![vec![outer, td("b")]])]));
        let text = document.plain_text();
        assert_eq!(text, "a\nx\ty\nz\nb", "{document:?}");
        assert_eq!(document.to_html().matches("<table>").count(), 1);
    }
}

#[test]
fn the_size_of_tables_has_limits() {
    let rows = |count: usize| vec![vec![td("a")]; count];
    let json = |rows| DocumentJson(json!({"type": "doc", "content": [table(rows)]}));
    assert!(Document::parse(&json(rows(MAX_TABLE_ROWS))).is_ok());
    let error = Document::parse(&json(rows(MAX_TABLE_ROWS + 1))).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("body"));
    assert!(error.message.contains("1000 rows"), "{error}");
    let error = Document::parse(&json(vec![vec![td("a"); 101]])).unwrap_err();
    assert!(error.message.contains("100 columns"), "{error}");
    // Read from HTML, nothing of it is lost and nothing is refused.
    let html = format!(
        "<table>{}</table>",
        "<tr><td>a<td>b".repeat(MAX_TABLE_ROWS + 1)
    );
    let document = Document::from_html(&html);
    assert_eq!(document.word_count() as usize, 2 * (MAX_TABLE_ROWS + 1));
    assert_eq!(document.blocks().len(), MAX_TABLE_ROWS + 1);
    // Hardly any cells in a large rectangle: memory isn't filled with empty ones.
    let sparse = format!(
        "<table><tr>{}{}</table>",
        "<td>a".repeat(100),
        "<tr><td>b".repeat(99)
    );
    let document = Document::from_html(&sparse.repeat(20));
    assert_eq!(document.word_count(), 20 * 199);
    assert!(document.to_html().len() < 200_000, "it is not blown up");
    // Cells that reach down push those of later rows to the side, row after row.
    let stairs = "<tr><td rowspan=1000 colspan=50>a".repeat(1_000);
    let document = Document::from_html(&format!("<table>{stairs}</table>"));
    assert_eq!(document.word_count(), 1_000);
}

#[test]
fn narrow_tables_have_columns_in_plain_text() {
    assert_eq!(
        prices().to_text(),
        "Item   Price\n-----  -------\nPears  3.00 €\n梨     12.50 €"
    );
    let document = doc(json!([
        paragraph("before"),
        table(vec![
            vec![
                cell("tableCell", (2, 1), vec![paragraph("over two columns")]),
                td("x")
            ],
            vec![
                cell("tableCell", (1, 2), vec![paragraph("a"), paragraph("b")]),
                td("c"),
                td(""),
            ],
            vec![td("d"), td("y")],
        ]),
        paragraph("after"),
    ]));
    assert_eq!(
        document.to_text(),
        "before\n\nover two columns  x\na  c\nb\n   d              y\n\nafter"
    );
    assert_eq!(
        document.plain_text(),
        "before\nover two columns\nx\na\nb\nc\n\nd\ny\nafter"
    );
    assert_eq!(document.word_count(), 11);
}

#[test]
fn wide_tables_are_read_row_by_row_in_plain_text() {
    let long = "a sentence that is much too long for one column of a table in a mail";
    let with_headers = doc(json!([table(vec![
        vec![th("What"), th("Why"), th("")],
        vec![td("this"), td(long), td("and more")],
        vec![
            td(""),
            cell("tableCell", (1, 1), vec![paragraph(long), paragraph("b")]),
            td("")
        ],
    ])]));
    assert_eq!(
        with_headers.to_text(),
        format!("What: this\nWhy: {long}\nand more\n\nWhy:\n  {long}\n  b")
    );
    let without = doc(json!([table(vec![
        vec![td(long), td(long)],
        vec![td("c"), td("d")],
    ])]));
    assert_eq!(without.to_text(), format!("{long}\n{long}\n\nc\nd"));
}

#[test]
fn a_mail_has_its_tables_lines_in_it() {
    let html = prices().to_mail_html(&NoParts).unwrap();
    let th = "<th dir=\"auto\" style=\"border:1px solid #999999;padding:4px 8px;vertical-align:top;text-align:left;text-align:start\">";
    let td =
        "<td dir=\"auto\" style=\"border:1px solid #999999;padding:4px 8px;vertical-align:top\">";
    assert!(
        html.contains(&format!(
            "<table dir=\"auto\" cellpadding=\"0\" cellspacing=\"0\" style=\"border-collapse:collapse;margin:0 0 1em\">\
             <tbody><tr>{th}Item</th>{th}Price</th></tr><tr>{td}Pears</td>{td}3.00 €</td></tr>"
        )),
        "{html}"
    );
    let text = prices().to_mail_text(&NoParts).unwrap();
    assert!(text.starts_with("Item   Price\n-----  -------\n"), "{text}");
    // What was mailed can be read again.
    assert_eq!(Document::from_html(&html), prices());
}

#[test]
fn tables_are_gfm_tables_in_markdown() {
    let markdown = "| Item | Price |\n| --- | --- |\n| Pears | 3.00 € |\n| 梨 | 12.50 € |\n";
    assert_eq!(prices().to_markdown(), markdown);
    assert_eq!(Document::from_markdown(markdown), prices());
    // As models write them.
    let sloppy = "Item|Price\n:--|--:\nPears|3.00 €\n梨|12.50 €|surplus";
    assert_eq!(Document::from_markdown(sloppy), prices());
    let document = doc(json!([table(vec![
        vec![
            cell("tableCell", (2, 1), vec![paragraph("a|b"), paragraph("c")]),
            td("")
        ],
        vec![td(""), th("d"), td("|")],
    ])]));
    assert_eq!(
        document.to_markdown(),
        "|  |  |  |\n| --- | --- | --- |\n| a\\|b<br>c |  |  |\n|  | d | \\| |\n"
    );
    let back = Document::from_markdown(&document.to_markdown());
    assert_eq!(document_shape(&back), "a|b\nc,-,-/-,d,|");
}

#[test]
fn an_empty_table_is_nothing_to_read() {
    let empty = doc(json!([table(vec![vec![td(" "), td("")]])]));
    assert!(empty.is_blank());
    assert!(!prices().is_blank());
    assert_eq!(prices().snippet(9), "Item Pric");
}
