use super::*;

fn changes(original: &str, version: &str) -> Vec<(char, FactKind, String)> {
    compare(original, version, &Known::default())
        .into_iter()
        .map(|change| match change {
            Change::Lost { original } => ('-', original.kind, original.text),
            Change::Invented { now } => ('+', now.kind, now.text),
            Change::Changed { original, now } => (
                '~',
                original.kind,
                format!("{} > {}", original.text, now.text),
            ),
        })
        .collect()
}

#[track_caller]
fn same(original: &str, version: &str) {
    assert_eq!(changes(original, version), [], "\n{original}\n{version}");
    assert_eq!(changes(version, original), [], "\n{version}\n{original}");
}

#[track_caller]
fn differs(original: &str, version: &str) {
    assert_ne!(changes(original, version), [], "\n{original}\n{version}");
}

#[test]
fn spelling_makes_no_difference() {
    for (a, b) in [
        ("see you at 3 pm then", "see you at 15:00 then"),
        (
            "see you at 3 pm then",
            "see you at 3 o'clock in the afternoon then",
        ),
        ("we need 1,000 chairs", "we need one thousand chairs"),
        ("we need 1,000 chairs", "we need 1000 chairs"),
        ("we need 1.5k chairs", "we need 1,500 chairs"),
        ("it is on 10 March", "it is on March 10th"),
        ("it costs €20 in all", "it costs 20 euros in all"),
        ("it costs €20 in all", "it costs EUR 20 in all"),
        ("we save 20% a year", "we save 20 per cent a year"),
        ("lunch at noon", "lunch at 12:00"),
        ("at half past three", "at 3:30"),
        ("in 2-3 weeks", "in two to three weeks"),
        ("I don't want it", "I do not want it"),
        ("I can't come", "I am unable to come"),
        ("I can't come", "I cannot come"),
        ("that is not possible", "that is impossible"),
        ("the room is not available", "the room is unavailable"),
        (
            "results for Q3 are in",
            "results for the third quarter are in",
        ),
        ("it takes half an hour", "it takes 30 minutes"),
        ("in two weeks", "in 14 days"),
        ("ask Dr Weber about it", "ask Dr. Weber about it"),
        ("it is 10\u{2009}000 euros", "it is €10,000"),
        (
            "see https://example.com/plan for it",
            "see example.com/plan for it",
        ),
        ("call +49 30 1234567 please", "call 030 1234567 please"),
    ] {
        same(a, b);
    }
}

#[test]
fn what_differs_is_seen() {
    for (a, b) in [
        ("I can't come on Friday", "I can come on Friday"),
        ("see you at 3 pm then", "see you at 4 pm then"),
        ("it costs €20 in all", "it costs $20 in all"),
        ("it is on 10 March", "it is on 11 March"),
        ("see you tomorrow", "see you on Friday"),
        ("in 2 weeks", "in 2 days"),
        ("ask Anna about it", "ask Ben about it"),
        ("see example.com/a", "see examp1e.com/a"),
        ("see apple.com/a", "see \u{430}pple.com/a"),
        ("the room is available", "the room is unavailable"),
    ] {
        differs(a, b);
    }
}
