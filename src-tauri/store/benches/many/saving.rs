//! Saves: beside searches, and of a long text beside a bare commit.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use draftwell_core::{
    UnixMillis,
    document::DocumentJson,
    draft::{ListDrafts, SaveDraft},
    id::{DraftId, VersionId},
};
use rusqlite::{Connection, types::Value};
use uuid::Uuid;

use crate::{
    Bench,
    crowd::{BEGIN, Dice, Words},
    percentile, row, timed,
};

const SAVES: usize = 300;
/// The first ones fill caches; they don't count.
const WARM: usize = 20;
const BYTES: usize = 50 * 1024;
/// Two years after the first draft: later than all of them.
const NOW: UnixMillis = UnixMillis(BEGIN.0 + 2 * 365 * 86_400_000);

/// A draft that is typed into.
struct Typist {
    id: DraftId,
    words: Words,
    dice: Dice,
    body: serde_json::Value,
    revision: u32,
    saves: u64,
}

impl Typist {
    fn new(number: u128, bytes: usize) -> Self {
        let words = Words::new();
        let mut dice = Dice::new(11);
        let body = words.body(1, bytes, &mut dice);
        Self {
            id: DraftId(Uuid::from_u128((0xA0 << 64) + number)),
            words,
            dice,
            body,
            revision: 0,
            saves: 0,
        }
    }

    /// The next state: some words more in one of the paragraphs.
    fn type_some(&mut self) -> SaveDraft {
        let place = self
            .dice
            .below(self.body["content"].as_array().map_or(1, Vec::len));
        let text = &mut self.body["content"][place]["content"][0]["text"];
        let more = self.words.beginning(5, &mut self.dice);
        *text = format!("{} {more}", text.as_str().unwrap_or_default()).into();
        self.saves += 1;
        SaveDraft {
            id: Some(self.id),
            base_revision: Some(self.revision),
            body: Some(DocumentJson(self.body.clone())),
            ..SaveDraft::default()
        }
    }

    fn now(&self) -> UnixMillis {
        NOW.plus_seconds(i64::try_from(self.saves).unwrap_or(0))
    }

    fn save(&mut self, bench: &Bench) -> f64 {
        let edit = self.type_some();
        let (_, number) = self.id.0.as_u64_pair();
        let version = VersionId(Uuid::from_u64_pair(0xB000 + number, self.saves));
        let now = self.now();
        let saving = bench.store.save_draft(edit, self.id, version, now);
        let (time, saved) = timed(|| bench.runtime.block_on(saving));
        self.revision = saved.expect("a saved draft").revision;
        time
    }
}

/// Saves of a draft of 2 KB while somebody searches without a pause, and without.
pub fn beside_searches(bench: &Bench) {
    let mut typist = Typist::new(1, 2 * 1024);
    let (mut alone, mut beside) = (Vec::new(), Vec::new());
    let goes_on = Arc::new(AtomicBool::new(false));
    let ends = Arc::new(AtomicBool::new(false));
    let asked = Arc::new(AtomicUsize::new(0));
    let searcher = {
        let (store, goes_on, ends, asked) = (
            bench.store.clone(),
            Arc::clone(&goes_on),
            Arc::clone(&ends),
            Arc::clone(&asked),
        );
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .build()
                .expect("a runtime");
            let words = Words::new();
            let mut dice = Dice::new(5);
            while !ends.load(Ordering::Relaxed) {
                if !goes_on.load(Ordering::Relaxed) {
                    std::thread::sleep(Duration::from_millis(1));
                    continue;
                }
                let wanted = ListDrafts {
                    search: Some(words.beginning(3, &mut dice)),
                    ..ListDrafts::default()
                };
                runtime.block_on(store.list_drafts(wanted)).expect("a page");
                asked.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    // Turn and turn about, so that what else the machine does falls on both.
    for turn in 0..SAVES / 10 {
        for (times, with_searches) in [(&mut alone, false), (&mut beside, true)] {
            goes_on.store(with_searches, Ordering::Relaxed);
            for _ in 0..10 {
                let time = typist.save(bench);
                if turn > 0 {
                    times.push(time);
                }
            }
        }
    }
    ends.store(true, Ordering::Relaxed);
    searcher.join().expect("the one who searches");
    for (name, share) in [("p50", 0.5), ("p95", 0.95), ("p99", 0.99)] {
        let [alone, beside] = [&alone, &beside].map(|times| percentile(times, share));
        row(
            &format!("save beside searches, {name} (without: {alone:.1} ms)"),
            &format!("{beside:.1} ms"),
            Some(beside / alone),
            "",
        );
    }
    row(
        "... searches meanwhile",
        &asked.load(Ordering::Relaxed).to_string(),
        None,
        "",
    );
}

/// Saves of a text of 50 KB, each beside a bare commit that writes the same rows into a database
/// just as large: the draft, its version, and what the search has to know.
pub fn long_text(bench: &Bench) {
    let mut typist = Typist::new(2, BYTES);
    let look = Connection::open(bench.folder().join(draftwell_store::FILE_NAME)).expect("a look");
    let twin = typist.id.to_string();
    // The draft in the copy, as it is first saved.
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for turn in 0..SAVES + WARM {
        let time = typist.save(bench);
        let rows = Rows::of(&look, &twin);
        let other = bare_commit(&bench.bare, &rows);
        if turn >= WARM {
            ours.push(time);
            bare.push(other);
        }
    }
    let ratios: Vec<f64> = ours
        .iter()
        .zip(&bare)
        .map(|(ours, bare)| ours / bare)
        .collect();
    for (name, share) in [("p50", 0.5), ("p99", 0.99)] {
        let [ours, bare] = [&ours, &bare].map(|times| percentile(times, share));
        row(
            &format!("durable save of 50 KB, {name} (bare commit: {bare:.1} ms)"),
            &format!("{ours:.1} ms"),
            None,
            "",
        );
    }
    row(
        "durable save of 50 KB, median of paired ratios",
        "",
        Some(percentile(&ratios, 0.5)),
        "<= 2",
    );
}

/// What a save has written.
struct Rows {
    draft: Vec<Value>,
    keyframe: Option<Vec<Value>>,
    version: Option<Vec<Value>>,
    to_thin: Option<Vec<Value>>,
}

impl Rows {
    fn of(connection: &Connection, id: &str) -> Self {
        let row = |sql: &str| -> Option<Vec<Value>> {
            let mut statement = connection.prepare_cached(sql).expect("a sound statement");
            let columns = statement.column_count();
            statement
                .query_row([id], |row| {
                    (0..columns).map(|column| row.get(column)).collect()
                })
                .ok()
        };
        Self {
            draft: row(
                "SELECT seq, id, to_list, cc_list, bcc_list, subject, snippet, recipient_key,
                        revision, made_by, created_at, updated_at, body
                 FROM drafts WHERE id = ?1",
            )
            .expect("the draft"),
            version: row(
                "SELECT v.seq, v.id, v.draft, v.revision, v.cause, v.for_good, v.created_at,
                        v.keyframe, v.delta
                 FROM draft_versions v JOIN drafts d ON d.seq = v.draft WHERE d.id = ?1
                 ORDER BY v.seq DESC LIMIT 1",
            ),
            keyframe: row("SELECT k.seq, k.draft, k.text FROM version_keyframes k
                 JOIN drafts d ON d.seq = k.draft WHERE d.id = ?1 ORDER BY k.seq DESC LIMIT 1"),
            to_thin: row(
                "SELECT draft, due_at FROM versions_to_thin t JOIN drafts d ON d.seq = t.draft
                 WHERE d.id = ?1",
            ),
        }
    }
}

/// Writes the same rows in one durable transaction; answers the milliseconds it took.
fn bare_commit(connection: &Connection, rows: &Rows) -> f64 {
    let run = |sql: &str, values: &[Value]| {
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(rusqlite::params_from_iter(values)))
            .expect("a written row");
    };
    let (time, ()) = timed(|| {
        run("BEGIN IMMEDIATE", &[]);
        run(
            "INSERT INTO drafts (seq, id, to_list, cc_list, bcc_list, subject, snippet,
                                 recipient_key, revision, made_by, created_at, updated_at, body)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
             ON CONFLICT (seq) DO UPDATE SET to_list = excluded.to_list,
               cc_list = excluded.cc_list, bcc_list = excluded.bcc_list,
               subject = excluded.subject, snippet = excluded.snippet,
               recipient_key = excluded.recipient_key, revision = excluded.revision,
               made_by = excluded.made_by, updated_at = excluded.updated_at, body = excluded.body",
            &rows.draft,
        );
        if let Some(keyframe) = &rows.keyframe {
            run(
                "INSERT INTO version_keyframes (seq, draft, text) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO NOTHING",
                keyframe,
            );
        }
        if let Some(version) = &rows.version {
            run(
                "INSERT INTO draft_versions
                   (seq, id, draft, revision, cause, for_good, created_at, keyframe, delta)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (seq) DO NOTHING",
                version,
            );
        }
        if let Some(to_thin) = &rows.to_thin {
            run(
                "INSERT INTO versions_to_thin (draft, due_at) VALUES (?1, ?2)
                 ON CONFLICT DO UPDATE SET due_at = excluded.due_at
                 WHERE excluded.due_at < due_at",
                to_thin,
            );
        }
        run(
            "INSERT INTO drafts_to_index (seq) VALUES (?1) ON CONFLICT DO NOTHING",
            &rows.draft[..1],
        );
        run("COMMIT", &[]);
    });
    time
}
