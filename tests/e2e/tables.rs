//! Tables: inserted and filled by the keyboard, there after a kill, pasted from a spreadsheet, and
//! in the mail as a table.

use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{App, Desk, counterparts::Google, wait::until};

/// What a spreadsheet puts on the clipboard, `columns` wide.
fn spreadsheet(columns: usize) -> String {
    let row = |name: &str, cell: &dyn Fn(usize) -> String| {
        let cells: String = (1..columns)
            .map(|column| format!("<td class=xl65 align=right width=80>{}</td>", cell(column)))
            .collect();
        format!("<tr height=20><td height=20 width=80>{name}</td>{cells}</tr>")
    };
    format!(
        "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><head>\
         <meta name=Generator content=\"Microsoft Excel 15\"><style><!--.xl65 {{mso-number-format:Standard;}}--></style></head>\
         <body><table border=0 cellpadding=0 cellspacing=0 width=160 style='border-collapse:collapse'>\
         <!--StartFragment--><col width=80 span={columns} style='width:60pt'>{}{}<!--EndFragment--></table></body></html>",
        row("Month", &|column| format!("Q{column}")),
        row("Profit", &|column| format!("{column}.500 €")),
    )
}

async fn paste(app: &App, html: &str) {
    app.run(
        "const clipboardData = new DataTransfer();
         clipboardData.setData('text/html', arguments[0]);
         clipboardData.setData('text/plain', 'as plain text');
         document.querySelector('[aria-label=Message]').dispatchEvent(
           new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));",
        vec![json!(html)],
    )
    .await;
}

async fn type_here(app: &App, text: &str) {
    for letter in text.chars() {
        app.press(&[], letter).await;
    }
}

async fn fill(app: &App, cells: &[&str]) {
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            app.press(&[], char::from(Key::Tab)).await;
        }
        type_here(app, cell).await;
    }
}

/// The tables of the text as it is shown: rows of cells, headers in brackets.
async fn shown(app: &App) -> Value {
    app.run(
        "return [...document.querySelectorAll('[aria-label=Message] table')].map((table) =>
           [...table.rows].map((row) => [...row.cells].map((cell) =>
             cell.tagName === 'TH' ? `[${cell.innerText.trim()}]` : cell.innerText.trim())));",
        vec![],
    )
    .await
}

async fn until_shown(app: &App, expected: &Value) {
    until(&format!("the tables {expected}"), async || {
        (shown(app).await == *expected).then_some(())
    })
    .await;
}

/// The text of each cell of the first table as it is in the database.
async fn until_stored(app: &App, expected: &Value) {
    fn text(node: &Value) -> String {
        let inner = node["content"].as_array().into_iter().flatten();
        let own = node["text"].as_str().unwrap_or_default();
        own.to_owned() + &inner.map(text).collect::<String>()
    }
    until(&format!("the stored table {expected}"), async || {
        let drafts = app.call("list_drafts", json!(null)).await.ok()?;
        let id = &drafts["items"][0]["id"];
        let draft = app.call("get_draft", json!({ "id": id })).await.ok()?;
        let blocks = draft["body"]["content"].as_array()?;
        let table = blocks.iter().find(|block| block["type"] == "table")?;
        let rows = table["content"].as_array()?.iter().map(|row| {
            let cells = row["content"].as_array().into_iter().flatten();
            json!(cells.map(text).collect::<Vec<_>>())
        });
        (Value::from(rows.collect::<Vec<_>>()) == *expected).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_table_is_written_survives_a_kill_and_is_sent() {
    let mut desk = Desk::new("a_table_is_written_survives_a_kill_and_is_sent");
    let google = Google::start(&mut desk);
    let mut app = desk.start().await;
    app.write("To", "zoe@example.org,").await;
    app.write("Subject", "Prices").await;
    app.write("Message", "Our prices:").await;

    // By its key, filled with Tab, which adds a row after the last cell.
    app.press(&[Key::Control, Key::Shift], 't').await;
    fill(
        &app,
        &[
            "Item", "Price", "Note", "Pears", "3", "", "Figs", "12", "", "Plums", "4", "ripe",
        ],
    )
    .await;
    let stored = json!([
        ["Item", "Price", "Note"],
        ["Pears", "3", ""],
        ["Figs", "12", ""],
        ["Plums", "4", "ripe"],
    ]);
    until_stored(&app, &stored).await;
    app.until_saved().await;
    app.picture("written");

    app.kill().await;
    app = desk.start().await;
    app.click("button", "zoe@example.org*").await;
    let head = json!(["[Item]", "[Price]", "[Note]"]);
    let first = json!([
        head,
        ["Pears", "3", ""],
        ["Figs", "12", ""],
        ["Plums", "4", "ripe"]
    ]);
    until_shown(&app, &json!([first])).await;

    // The menu, by keys alone: a row is deleted, and Ctrl+Z brings it back.
    app.run(
        "const cell = document.querySelectorAll('[aria-label=Message] td')[4];
         document.querySelector('[aria-label=Message]').focus();
         getSelection().collapse(cell.firstElementChild, 0);",
        vec![],
    )
    .await;
    app.get("button", "Table").await;
    app.press(&[Key::Control, Key::Shift], 't').await;
    app.get("menuitem", "Insert row above").await;
    app.picture("menu");
    type_here(&app, "d").await;
    app.press(&[], char::from(Key::Enter)).await;
    let shorter = json!([[head, ["Pears", "3", ""], ["Plums", "4", "ripe"]]]);
    until_shown(&app, &shorter).await;
    app.press(&[Key::Control], 'z').await;
    until_shown(&app, &json!([first])).await;

    // Below it, one from a spreadsheet.
    app.run(
        "const below = document.querySelector('[aria-label=Message]').lastElementChild;
         getSelection().collapse(below, 0);",
        vec![],
    )
    .await;
    app.until_gone("button", "Table").await;
    paste(&app, &spreadsheet(2)).await;
    let second = json!([["Month", "Q1"], ["Profit", "1.500 €"]]);
    until_shown(&app, &json!([first, second])).await;
    type_here(&app, "Regards").await;
    until_shown(&app, &json!([first, second])).await;
    app.until_saved().await;
    app.picture("pasted");

    app.click("button", "Connect Gmail").await;
    until("the account", async || {
        let accounts = app.call("list_accounts", json!(null)).await.ok()?;
        (accounts[0]["email"] == "ada@example.com").then_some(())
    })
    .await;
    app.call("update_settings", json!({ "undoSeconds": 1 }))
        .await
        .unwrap();
    app.leave_dialog().await;
    app.click("button", "Send").await;
    let mail = until("the mail in Sent", async || {
        google.mailbox(&desk)["sent"].get(0).cloned()
    })
    .await;
    assert_eq!(mail["defects"], json!([]), "Python finds nothing wrong");
    let html = mail["html"].as_str().unwrap();
    assert_eq!(html.matches("<table ").count(), 2, "both tables: {html}");
    assert!(html.contains("border:1px solid"), "lines inline: {html}");
    assert!(html.contains(">ripe</td>"), "{html}");
    let plain = mail["plain"].as_str().unwrap().replace("\r\n", "\n");
    assert!(
        plain.contains(
            "Our prices:\n\nItem   Price  Note\n-----  -----  ----\nPears  3\nFigs   12\nPlums  4      ripe\n"
        ),
        "columns in the plain part: {plain}"
    );
    assert!(plain.contains("Month   Q1\nProfit  1.500 €\n"), "{plain}");
}

#[tokio::test]
async fn a_wide_table_scrolls_within_itself() {
    let desk = Desk::new("a_wide_table_scrolls_within_itself");
    let app = desk.start().await;
    app.write("Message", "Wide:").await;
    app.press(&[], char::from(Key::Enter)).await;
    paste(&app, &spreadsheet(24)).await;
    until("the wide table", async || {
        (shown(&app).await[0][1][23] == "23.500 €").then_some(())
    })
    .await;
    for (name, width, height, theme) in [
        ("large light", 1280, 800, "light"),
        ("large dark", 1280, 800, "dark"),
        ("small light", 480, 640, "light"),
        ("small dark", 480, 640, "dark"),
    ] {
        app.call("update_settings", json!({ "theme": theme }))
            .await
            .unwrap();
        app.client().set_window_size(width, height).await.unwrap();
        app.until_page(
            "the window in its size and colours",
            &format!(
                "return innerWidth <= {width} && document.documentElement.dataset.theme === '{theme}'"
            ),
        )
        .await;
        app.run(
            "const cell = document.querySelectorAll('[aria-label=Message] td')[2];
             document.querySelector('[aria-label=Message]').focus();
             getSelection().collapse(cell.firstElementChild, 0);",
            vec![],
        )
        .await;
        app.get("button", "Table").await;
        let measured = app
            .run(
                "const text = document.querySelector('[aria-label=Message]');
                 const box = text.querySelector('.tableWrapper');
                 const pane = text.closest('.scroll');
                 return [box.scrollWidth > box.clientWidth, pane.scrollWidth <= pane.clientWidth,
                         document.documentElement.scrollWidth <= innerWidth];",
                vec![],
            )
            .await;
        assert_eq!(
            measured,
            json!([true, true, true]),
            "{name}: the table scrolls, the pane and the window don't"
        );
        app.picture(name);
    }
}
