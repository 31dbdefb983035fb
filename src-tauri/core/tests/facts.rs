//! Measures the fact lock on a corpus: `make facts`. With `FACTS_SHOW=1` it prints what was missed
//! and what was marked in vain; `FACTS_FOLDER=folder` measures another corpus of the same form.
//!
//! `tests/facts/*.txt` hold drafts of many kinds, each with four rewrites a careful editor would
//! make. Facts stand in them as slots (`{m1}` is an amount, `{1:can't|can}` a negation and what the
//! text says without it). Each draft is filled in three times with other values, and each text
//! spells them its own way. A faithful rewrite must raise no alarm; one in which a single fact was
//! changed, dropped, added or a negation turned must be marked at that place. `facts/heldout/` was
//! written after the rules and is not used to make them better; its figures stand apart.
//!
//! In `facts/worded/` every fact is written out (`{t1=half past three|half past four}`: the fact, and
//! what a changed one says), so that each text spells it in its own words and not in those of a
//! list. Texts that no rule had seen gave 0.947 and 0.56 false alarms per faithful rewrite at first.
//! `facts/worded/heldout/` tunes nothing; of its files `mailbox.txt` was written last.

mod facts_corpus;

use std::collections::BTreeMap;

use draftwell_core::{
    document::Document,
    polish::{
        facts::{Change, FactKind, Known, Mark, compare},
        offline,
    },
};
use facts_corpus::{Filled, Mutation, Rewrite, Skeleton, mutations, read};

/// What was reached on `facts/worded`, a little below for the share of mutations `make test` takes.
const WORDED_RECALL: f64 = 0.96;
const WORDED_ALARMS: f64 = 0.08;

/// What was counted for one kind of fact.
#[derive(Default, Clone, Copy)]
struct Count {
    made: u32,
    caught: u32,
    false_alarms: u32,
}

#[derive(Default)]
struct Figures {
    drafts: u32,
    faithful: u32,
    alarmed: u32,
    alarms: u32,
    by_kind: BTreeMap<FactKind, Count>,
    /// Recall over what was changed or lost, and over what was invented.
    changed_or_lost: Count,
    invented: Count,
    /// What went wrong, for whoever works on the rules.
    misses: Vec<String>,
}

impl Figures {
    fn recall(count: Count) -> f64 {
        f64::from(count.caught) / f64::from(count.made.max(1))
    }

    fn false_alarms(&self) -> f64 {
        f64::from(self.alarms) / f64::from(self.faithful.max(1))
    }

    fn print(&self, name: &str) {
        println!(
            "\n{name}: {} drafts, {} faithful rewrites",
            self.drafts, self.faithful
        );
        println!(
            "  recall, changed or lost {:.4} ({} of {})   invented {:.4} ({} of {})",
            Self::recall(self.changed_or_lost),
            self.changed_or_lost.caught,
            self.changed_or_lost.made,
            Self::recall(self.invented),
            self.invented.caught,
            self.invented.made,
        );
        println!(
            "  false alarms per faithful rewrite {:.4} ({} in {} rewrites)",
            self.false_alarms(),
            self.alarms,
            self.alarmed
        );
        println!(
            "  {:<10} {:>7} {:>7} {:>8} {:>13}",
            "kind", "made", "caught", "recall", "false alarms"
        );
        for (kind, count) in &self.by_kind {
            println!(
                "  {:<10} {:>7} {:>7} {:>8.4} {:>13}",
                format!("{kind:?}"),
                count.made,
                count.caught,
                Self::recall(*count),
                count.false_alarms
            );
        }
    }
}

fn overlaps(mark: &Mark, spans: &[(u32, u32)]) -> bool {
    spans
        .iter()
        .any(|&(from, to)| mark.start < to && from < mark.end)
}

/// Whether a change marks the place of a mutation.
fn marks(change: &Change, mutation: &Mutation) -> bool {
    let original = |mark: &Mark| overlaps(mark, &mutation.in_draft);
    let now = |mark: &Mark| overlaps(mark, &mutation.in_version);
    match change {
        Change::Lost { original: mark } => original(mark),
        Change::Changed {
            original: old,
            now: new,
        } => original(old) || now(new),
        Change::Invented { now: mark } => now(mark),
    }
}

fn measure(skeletons: &[Skeleton]) -> Figures {
    let mut figures = Figures::default();
    for skeleton in skeletons {
        let rounds = if skeleton.is_worded() { 1 } else { 3 };
        for round in 0..rounds {
            let Filled {
                draft,
                rewrites,
                known,
            } = skeleton.fill(round);
            figures.drafts += 1;
            for rewrite in &rewrites {
                figures.faithful += 1;
                let changes = compare(&draft.text, &rewrite.text, &known);
                figures.alarms += u32::try_from(changes.len()).unwrap();
                figures.alarmed += u32::from(!changes.is_empty());
                for change in &changes {
                    figures
                        .by_kind
                        .entry(change.kind())
                        .or_default()
                        .false_alarms += 1;
                    figures.misses.push(format!(
                        "FALSE {} / {}: {}\n    {}\n    {}",
                        skeleton.title,
                        rewrite.style,
                        show(change),
                        one_line(&draft.text),
                        one_line(&rewrite.text)
                    ));
                }
                judge_mutations(skeleton, round, &draft, rewrite, &known, &mut figures);
            }
        }
    }
    figures
}

fn judge_mutations(
    skeleton: &Skeleton,
    round: u32,
    draft: &Rewrite,
    rewrite: &Rewrite,
    known: &draftwell_core::polish::facts::Known,
    figures: &mut Figures,
) {
    // All of them take a minute without optimisation; in `make test` every fourth stands for all.
    let all = std::env::var_os("FACTS_ALL").is_some();
    let mutations = mutations(skeleton, round, draft, rewrite);
    let first = usize::try_from(round).unwrap_or(0) + skeleton.title.len();
    for (_, mutation) in mutations
        .into_iter()
        .enumerate()
        .filter(|(n, _)| all || (n + first).is_multiple_of(4))
    {
        let changes = compare(&draft.text, &mutation.text, known);
        let caught = changes.iter().any(|change| marks(change, &mutation));
        let total = if mutation.invented {
            &mut figures.invented
        } else {
            &mut figures.changed_or_lost
        };
        total.made += 1;
        total.caught += u32::from(caught);
        let count = figures.by_kind.entry(mutation.kind).or_default();
        count.made += 1;
        count.caught += u32::from(caught);
        if !caught {
            figures.misses.push(format!(
                "MISSED {} / {}: {}\n    {}\n    {}",
                skeleton.title,
                rewrite.style,
                mutation.what,
                one_line(&draft.text),
                one_line(&mutation.text)
            ));
        }
    }
}

fn show(change: &Change) -> String {
    match change {
        Change::Lost { original } => format!("-{:?} {}", original.kind, original.text),
        Change::Invented { now } => format!("+{:?} {}", now.kind, now.text),
        Change::Changed { original, now } => {
            format!("~{:?} {} > {}", original.kind, original.text, now.text)
        }
    }
}

fn one_line(text: &str) -> String {
    text.replace('\n', "⏎")
}

#[test]
fn facts_are_kept_an_eye_on_without_crying_wolf() {
    // A corpus of one's own, in the same form.
    if let Some(folder) = std::env::var_os("FACTS_FOLDER") {
        let figures = measure(&read(&folder.to_string_lossy()));
        figures.print(&folder.to_string_lossy());
        for miss in &figures.misses {
            println!("{miss}");
        }
        return;
    }
    let own = measure(&read("facts"));
    let held_out = measure(&read("facts/heldout"));
    own.print("corpus");
    held_out.print("held out");
    let worded = measure(&read("facts/worded"));
    worded.print("in their own words");
    measure(&read("facts/worded/heldout")).print("in their own words, held out");
    if std::env::var_os("FACTS_SHOW").is_some() {
        for miss in own.misses.iter().chain(&worded.misses) {
            println!("{miss}");
        }
    }
    if std::env::var_os("FACTS_SHOW_HELDOUT").is_some() {
        for miss in &held_out.misses {
            println!("{miss}");
        }
    }
    let drafts = own.drafts + held_out.drafts;
    assert!(drafts >= 300, "the corpus has only {drafts} drafts");
    for (name, figures) in [("corpus", &own), ("held-out corpus", &held_out)] {
        let recall = Figures::recall(figures.changed_or_lost);
        let alarms = figures.false_alarms();
        assert!(
            recall >= 0.98,
            "{name}: recall over changed or lost facts is {recall:.4}, below 0.98"
        );
        assert!(
            alarms <= 0.03,
            "{name}: {alarms:.4} false alarms per faithful rewrite, more than 0.03"
        );
    }
    // These are short of the aim; they may only get better.
    let recall = Figures::recall(worded.changed_or_lost);
    let alarms = worded.false_alarms();
    assert!(recall >= WORDED_RECALL, "in their own words: {recall:.4}");
    assert!(alarms <= WORDED_ALARMS, "in their own words: {alarms:.4}");
}

/// What the fact lock marks in the offline polisher's versions of a draft.
fn marked_offline(title: &str, text: &str, known: &Known) -> Vec<String> {
    let original = Document::from_markdown(text);
    let before = original.plain_text();
    let judge = |version: offline::Version| {
        let after = version.document.plain_text();
        let mut changes = compare(&before, &after, known);
        // Shorthand with a digit in it, which the lock takes for a number.
        changes.retain(|change| {
            !matches!(
                show(change).as_str(),
                "-Number b4" | "~Number 2moro > tomorrow"
            )
        });
        (!changes.is_empty()).then(|| {
            let changes: Vec<String> = changes.iter().map(show).collect();
            let style = version.style;
            format!("{title}, {style:?}: {changes:?}\n{before}\n->\n{after}")
        })
    };
    offline::polish(&original)
        .into_iter()
        .filter_map(judge)
        .collect()
}

/// The lock was written for models and knows nothing of the polisher's tables: a judge of its own.
#[test]
fn the_offline_polisher_changes_no_fact() {
    let judged = include_str!("../src/polish/offline/drafts.txt")
        .split("====\n")
        .filter_map(|draft| draft.split_once("\n-- Formal"))
        .flat_map(|(text, _)| marked_offline("drafts.txt", text, &Known::default()));
    let corpus = ["facts", "facts/heldout"]
        .into_iter()
        .flat_map(read)
        .flat_map(|skeleton| {
            let filled = skeleton.fill(0);
            marked_offline(&skeleton.title, &filled.draft.text, &filled.known)
        });
    let marks: Vec<String> = judged.chain(corpus).collect();
    let shown = marks.join("\n\n");
    assert!(marks.is_empty(), "{} versions:\n{shown}", marks.len());
}
