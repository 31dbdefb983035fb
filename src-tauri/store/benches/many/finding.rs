//! Pages of the list, and searches as they are typed.

use draftwell_core::{
    draft::{DraftPage, DraftSort, ListDrafts},
    search::Query,
};
use rusqlite::{Connection, types::Value};

use crate::{
    Bench,
    crowd::{Dice, Words},
    percentile, row, timed,
};

/// How often each question is asked.
const QUESTIONS: usize = 400;
/// Bare SQL goes through all drafts for each page by name.
const QUESTIONS_BY_NAME: usize = 40;
/// Rows of a page, and one more to know whether there are more.
const PAGE: u32 = 50;
const ROWS: u32 = PAGE + 1;
/// From so many letters on the texts are searched, too.
const LETTERS_FOR_TEXT: usize = 3;

/// What a row of the list shows.
const COLUMNS: &str = "d.id, d.contact_id, c.name, d.to_list, d.subject, d.snippet, d.status,
    d.revision, d.created_at, d.updated_at, d.seq,
    coalesce((SELECT count FROM draft_attachments WHERE draft = d.seq), 0)";
const CONDITION: &str = "d.deleted_at IS NULL AND d.status <> 'sent'";

/// Times of one question, in milliseconds, by who was asked.
#[derive(Default)]
struct Times {
    ours: Vec<f64>,
    bare: Vec<f64>,
}

impl Times {
    /// Asks both; who is first changes.
    fn add(
        &mut self,
        bench: &Bench,
        wanted: ListDrafts,
        sql: &str,
        value: Option<&str>,
    ) -> DraftPage {
        let first = self.ours.len().is_multiple_of(2);
        let mut rows = 0;
        let mut ask_bare = |times: &mut Self| {
            let (sql, value) = (sql.to_owned(), value.map(str::to_owned));
            let asking = bench
                .store
                .read(move |connection| Ok(read(connection, &sql, value.as_deref())));
            let (time, found) = timed(|| bench.runtime.block_on(asking));
            rows = found.expect("rows");
            times.bare.push(time);
        };
        if first {
            ask_bare(self);
        }
        let (time, page) = timed(|| bench.runtime.block_on(bench.store.list_drafts(wanted)));
        self.ours.push(time);
        if !first {
            ask_bare(self);
        }
        let page = page.expect("a page");
        let shown = page.items.len() + usize::from(page.next_cursor.is_some());
        assert_eq!(shown, rows, "both found the same");
        page
    }

    fn report(&self, what: &str) {
        for (name, share, aim) in [("p50", 0.5, ""), ("p95", 0.95, "<= 2")] {
            let [ours, bare] = [&self.ours, &self.bare].map(|times| percentile(times, share));
            row(
                &format!("{what}, {name} (bare SQL: {bare:.2} ms)"),
                &format!("{ours:.2} ms"),
                Some(ours / bare),
                aim,
            );
        }
    }
}

/// Fetches all that a statement finds, and answers how many rows that were.
fn read(connection: &Connection, sql: &str, value: Option<&str>) -> usize {
    let mut statement = connection.prepare_cached(sql).expect("a sound statement");
    let columns = statement.column_count();
    let mut rows = statement
        .query(rusqlite::params_from_iter(value))
        .expect("rows");
    let mut all = Vec::new();
    while let Some(row) = rows.next().expect("a row") {
        let values: Vec<Value> = (0..columns)
            .map(|column| row.get(column).expect("a value"))
            .collect();
        all.push(values);
    }
    std::hint::black_box(&all).len()
}

/// The first page of each order, and pages from anywhere in it.
pub fn pages(bench: &Bench) {
    let orders = [
        (DraftSort::Updated, "by change", "d.updated_at", "DESC"),
        (DraftSort::Created, "by age", "d.created_at", "DESC"),
        (
            DraftSort::ContactName,
            "by name",
            "coalesce(c.sort_key, nullif(d.recipient_key, ''), char(1114111))",
            "ASC",
        ),
    ];
    for (sort, name, key, direction) in orders {
        let select = |after: &str| {
            format!(
                "SELECT {COLUMNS}, {key} FROM drafts d LEFT JOIN contacts c ON c.id = d.contact_id
                 WHERE {CONDITION} {after} ORDER BY {key} {direction}, d.seq {direction}
                 LIMIT {ROWS}"
            )
        };
        let wanted = |cursor| ListDrafts {
            sort: Some(sort),
            limit: Some(PAGE),
            cursor,
            ..ListDrafts::default()
        };
        let questions = match sort {
            DraftSort::ContactName => QUESTIONS_BY_NAME,
            _ => QUESTIONS,
        };
        let first = select("");
        let mut times = Times::default();
        for _ in 0..questions {
            times.add(bench, wanted(None), &first, None);
        }
        times.report(&format!("first page {name}"));

        let cursors = all_cursors(bench, sort);
        let after = if direction == "DESC" { "<" } else { ">" };
        let next = select(&format!(
            "AND ({key}, d.seq) {after} (SELECT {key}, d.seq FROM drafts d
             LEFT JOIN contacts c ON c.id = d.contact_id WHERE d.id = ?1)"
        ));
        let mut times = Times::default();
        let mut dice = Dice::new(2);
        for _ in 0..questions {
            let (cursor, last) = &cursors[dice.below(cursors.len())];
            times.add(bench, wanted(Some(cursor.clone())), &next, Some(last));
        }
        times.report(&format!("next page {name}, anywhere in the list"));
    }
}

/// Where every tenth page of the list ends: the cursor, and the id of the last draft.
fn all_cursors(bench: &Bench, sort: DraftSort) -> Vec<(String, String)> {
    let mut cursors = Vec::new();
    let mut cursor = None;
    loop {
        let wanted = ListDrafts {
            sort: Some(sort),
            limit: Some(100),
            cursor,
            ..ListDrafts::default()
        };
        let page = bench
            .runtime
            .block_on(bench.store.list_drafts(wanted))
            .expect("a page");
        let Some(next) = page.next_cursor else {
            return cursors;
        };
        let last = page.items.last().expect("a full page").id;
        cursors.push((next.clone(), last.to_string()));
        cursor = Some(next);
    }
}

/// Searches for what somebody types: each beginning of a word is a question of its own.
pub fn searches(bench: &Bench) {
    let words = Words::new();
    for (letters, what) in [
        (1..=2, "search of one or two letters"),
        (3..=3, "search of three letters"),
        (4..=9, "search of more letters"),
        (6..=6, "search of two words"),
    ] {
        let mut dice = Dice::new(3);
        let mut times = Times::default();
        for _ in 0..QUESTIONS {
            let many = letters.start() + dice.below(letters.end() - letters.start() + 1);
            let mut typed = words.beginning(many, &mut dice);
            if what.ends_with("words") {
                typed = format!("{} {}", words.beginning(4, &mut dice), typed);
            }
            let Some(query) = Query::read(&typed) else {
                continue;
            };
            let in_text = *letters.start() >= LETTERS_FOR_TEXT;
            if query.in_text() != in_text {
                continue;
            }
            let index = if in_text {
                "drafts_fts"
            } else {
                "draft_heads_fts"
            };
            // To show where it was found takes the texts.
            let sql = format!(
                "SELECT {COLUMNS}, d.cc_list, d.bcc_list, d.body
                 FROM {index} f CROSS JOIN draft_places p ON p.place = f.rowid
                 CROSS JOIN drafts d ON d.seq = p.draft
                 LEFT JOIN contacts c ON c.id = d.contact_id
                 WHERE f.{index} MATCH ?1 AND {CONDITION} ORDER BY f.rowid DESC LIMIT {ROWS}"
            );
            let wanted = ListDrafts {
                search: Some(typed),
                limit: Some(PAGE),
                ..ListDrafts::default()
            };
            let expression = query.expression();
            times.add(bench, wanted, &sql, Some(&expression));
        }
        times.report(what);
    }
}
