//! Saves and journal entries against what is stored, case by case.

use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Content, CutField, DraftStatus, JournalVerdict, Keep, MAX_RECIPIENTS, MAX_SUBJECT_CHARS,
    SaveCause, SaveDraft, SaveVerdict, Stored, VersionCause, judge, reconcile,
};
use crate::{
    Code, UnixMillis,
    address::Mailbox,
    attachment::{Attachment, MAX_ATTACHMENTS},
    document::{Block, Document, Image, ImageHash, Inline},
    id::SignatureId,
    patch::Patch,
};

const NOW: UnixMillis = UnixMillis(1_000_000);

fn document(text: &str) -> Document {
    match text {
        "" => Document::empty(),
        text => Document::new(vec![Block::Paragraph(vec![Inline::plain(text)])]),
    }
}

fn content(text: &str) -> Content {
    Content {
        body: document(text),
        ..Content::default()
    }
}

/// Revision 5, saved ten seconds ago.
fn stored(text: &str) -> Stored {
    Stored {
        content: content(text),
        revision: 5,
        status: DraftStatus::Draft,
        in_bin: false,
        updated_at: NOW.plus_seconds(-10),
        made_by: SaveCause::Typing,
    }
}

fn based_on(revision: u32) -> SaveDraft {
    SaveDraft {
        base_revision: Some(revision),
        ..SaveDraft::default()
    }
}

const TYPED: Option<Keep> = Some(Keep::TYPED);

fn for_good(cause: VersionCause) -> Option<Keep> {
    Some(Keep::for_good(cause))
}

fn save(keep_former: Option<Keep>, conflict: bool) -> SaveVerdict {
    SaveVerdict::Save {
        keep_former,
        conflict,
    }
}

#[test]
fn a_save_on_top_of_what_is_stored_just_becomes_the_next_revision() {
    let verdict = judge(&stored("Dear"), &content("Dear Ada"), &based_on(5));
    assert_eq!(verdict, save(TYPED, false));
    let verdict = judge(&stored("Dear"), &content("Dear Ada"), &SaveDraft::default());
    assert_eq!(verdict, save(TYPED, false), "without a base it is on top");
}

#[test]
fn a_save_on_top_of_anything_else_is_a_conflict() {
    for base in [0, 4, 6, u32::MAX] {
        let verdict = judge(&stored("Dear"), &content("Hello"), &based_on(base));
        assert_eq!(
            verdict,
            save(for_good(VersionCause::Typing), true),
            "base {base}"
        );
        let verdict = judge(&stored("Dear"), &content("Dear"), &based_on(base));
        assert_eq!(verdict, SaveVerdict::Unchanged, "base {base}");
    }
}

#[test]
fn every_state_is_kept_that_has_something_to_read() {
    let verdict = judge(&stored("D"), &content("De"), &based_on(5));
    assert_eq!(verdict, save(TYPED, false));
    let verdict = judge(&stored(""), &content("Dear"), &based_on(5));
    assert_eq!(verdict, save(None, false), "nothing is not worth keeping");
    let verdict = judge(&stored(""), &content("Dear"), &based_on(4));
    assert_eq!(
        verdict,
        save(for_good(VersionCause::Typing), true),
        "whoever is told of a conflict is shown what the other one had"
    );
}

#[test]
fn a_text_that_loses_most_of_itself_is_kept_for_good() {
    let long = "word ".repeat(40);
    let check = |after: &str, is_for_good: bool| {
        let verdict = judge(&stored(&long), &content(after), &based_on(5));
        let keep = Keep {
            for_good: is_for_good,
            ..Keep::TYPED
        };
        assert_eq!(verdict, save(Some(keep), false), "{after:?}");
    };
    check("", true);
    check(" ", true);
    check("H", true);
    check(&"word ".repeat(15), true);
    check(&"word ".repeat(30), false);
    let verdict = judge(&stored("Hi"), &content("H"), &based_on(5));
    assert_eq!(
        verdict,
        save(TYPED, false),
        "a short text is quickly typed again"
    );
}

#[test]
fn before_and_after_polish_are_kept_for_good() {
    let polish = SaveDraft {
        cause: Some(SaveCause::Polish),
        ..based_on(5)
    };
    let verdict = judge(&stored("rough"), &content("fine"), &polish);
    assert_eq!(verdict, save(for_good(VersionCause::Polish), false));
    let polished = Stored {
        made_by: SaveCause::Polish,
        ..stored("fine")
    };
    let verdict = judge(&polished, &content("fine, mostly"), &based_on(5));
    assert_eq!(verdict, save(for_good(VersionCause::Polish), false));
}

#[test]
fn what_a_restore_replaces_is_kept_for_good() {
    let restore = SaveDraft {
        cause: Some(SaveCause::Restore),
        ..based_on(5)
    };
    let verdict = judge(&stored("new"), &content("old"), &restore);
    assert_eq!(verdict, save(for_good(VersionCause::Restore), false));
}

#[test]
fn a_restored_text_is_kept_for_good_when_it_is_typed_over() {
    let restored = Stored {
        made_by: SaveCause::Restore,
        ..stored("as it was in March")
    };
    let verdict = judge(&restored, &content("as it was in May"), &based_on(5));
    assert_eq!(
        verdict,
        save(for_good(VersionCause::Typing), false),
        "somebody chose just this state"
    );
}

#[test]
fn what_can_not_be_changed_refuses_and_keeps_what_is_new() {
    let queued = Stored {
        status: DraftStatus::Queued,
        ..stored("text")
    };
    let sent = Stored {
        status: DraftStatus::Sent,
        ..stored("text")
    };
    let in_bin = Stored {
        in_bin: true,
        ..stored("text")
    };
    for stored in [queued, sent, in_bin] {
        for (text, keeps) in [("text", false), ("", false), ("new", true)] {
            match judge(&stored, &content(text), &based_on(5)) {
                SaveVerdict::Refuse { keep_edited, error } => {
                    assert_eq!(error.code, Code::Forbidden);
                    assert_eq!(keep_edited, keeps, "{text:?}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let failed = Stored {
        status: DraftStatus::Failed,
        ..stored("text")
    };
    let verdict = judge(&failed, &content("better"), &based_on(5));
    assert_eq!(verdict, save(TYPED, false), "what failed can be mended");
}

#[test]
fn an_edit_changes_what_it_names() {
    let before = Content {
        subject: "Hello".to_owned(),
        ..content("text")
    };
    let same = before.edited(&SaveDraft::default()).unwrap();
    assert_eq!(same, before);
    let edit = SaveDraft {
        subject: Some("a\nb\0c".to_owned()),
        ..SaveDraft::default()
    };
    let after = before.edited(&edit).unwrap();
    assert_eq!(after.subject, "a b c");
    assert_eq!(after.body, before.body);
}

#[test]
fn a_signature_chosen_by_a_save_is_chosen_by_hand() {
    let id = SignatureId(Uuid::from_u128(7));
    let choose = SaveDraft {
        signature_id: Patch::Set(id),
        ..SaveDraft::default()
    };
    let signed = content("text").edited(&choose).unwrap();
    assert_eq!(signed.body.signature_id(), Some(id));
    assert!(signed.signature_chosen);
    let by_style = SaveDraft {
        signature_chosen: Some(false),
        ..choose
    };
    assert!(!content("text").edited(&by_style).unwrap().signature_chosen);
    let clear = SaveDraft {
        signature_id: Patch::Clear,
        ..SaveDraft::default()
    };
    let cleared = signed.edited(&clear).unwrap();
    assert_eq!(cleared.body, document("text"));
    assert!(cleared.signature_chosen);
}

#[test]
fn too_much_is_refused() {
    let check = |edit: SaveDraft, field: &str| {
        let error = Content::default().edited(&edit).unwrap_err();
        assert_eq!(error.code, Code::ValidationError);
        assert_eq!(error.field.as_deref(), Some(field));
    };
    let subject = SaveDraft {
        subject: Some("x".repeat(MAX_SUBJECT_CHARS + 1)),
        ..SaveDraft::default()
    };
    check(subject, "subject");
    let somebody = Mailbox {
        name: None,
        address: "a@example.org".to_owned(),
    };
    let everybody = SaveDraft {
        bcc: Some(vec![somebody; MAX_RECIPIENTS + 1]),
        ..SaveDraft::default()
    };
    check(everybody, "to");
    let files = |count: usize| SaveDraft {
        attachments: Some((0..count).map(|number| file(&number.to_string())).collect()),
        ..SaveDraft::default()
    };
    assert!(Content::default().edited(&files(100)).is_ok());
    let error = Content::default().edited(&files(101)).unwrap_err();
    assert_eq!(error.code, Code::LimitReached);
}

fn file(name: &str) -> Attachment {
    Attachment {
        hash: "ab".repeat(32),
        name: name.to_owned(),
        mime: "text/plain".to_owned(),
        size: 3,
    }
}

#[test]
fn the_same_file_goes_with_a_draft_once() {
    let edit = SaveDraft {
        attachments: Some(vec![file("a.txt"), file("b.txt"), file("a.txt")]),
        ..SaveDraft::default()
    };
    let edited = Content::default().edited(&edit).unwrap();
    assert_eq!(
        edited.attachments,
        [file("a.txt"), file("b.txt")],
        "under two names it is two files to whoever gets them"
    );
}

#[test]
fn what_is_too_much_leaves_the_rest_as_it_is() {
    let somebody = |number: usize| Mailbox {
        name: None,
        address: format!("{number}@example.org"),
    };
    let whole = Content {
        to: vec![somebody(0)],
        bcc: (1..=MAX_RECIPIENTS).map(somebody).collect(),
        subject: "ü".repeat(MAX_SUBJECT_CHARS + 1),
        attachments: vec![file("a.txt"); MAX_ATTACHMENTS + 1],
        ..content("text")
    };
    let (kept, cut) = whole.clone().within_limits();
    assert_eq!(
        cut,
        [
            CutField::Subject,
            CutField::Recipients,
            CutField::Attachments
        ]
    );
    assert_eq!((&kept.body, &kept.to), (&whole.body, &whole.to));
    assert_eq!(kept.bcc, whole.bcc[..MAX_RECIPIENTS - 1]);
    assert_eq!(kept.subject, "ü".repeat(MAX_SUBJECT_CHARS));
    assert_eq!(kept.attachments.len(), MAX_ATTACHMENTS);
    assert_eq!(kept.clone().within_limits(), (kept, vec![]));
}

/// What becomes of a journal that is older than what is stored.
fn older(journal: Content, stands: Content) -> JournalVerdict {
    let stored = Stored {
        content: stands,
        ..stored("")
    };
    reconcile(Some(&stored), journal, 4, stored.updated_at)
}

#[test]
fn only_a_state_on_the_way_is_dropped() {
    let check = |journal: &str, stands: &str, is_on_the_way: bool| {
        let verdict = older(content(journal), content(stands));
        let expected = match is_on_the_way {
            true => JournalVerdict::Nothing,
            false => JournalVerdict::KeepAsVersion,
        };
        assert_eq!(verdict, expected, "{journal:?} before {stands:?}");
    };
    check("Dear Ada, hel", "Dear Ada, hello", true);
    check("Dear Ada", "Dear Ms Ada", true);
    check("no", "Dear Anna, we should go now or later", false);
    check("a tan", "at any rate, an answer", false);
    check("Dear Ada", "Dear Bob", false);
    check("Dear Ada and Bob", "Dear Ada", false);
}

#[test]
fn a_state_with_files_or_formatting_of_its_own_is_kept() {
    let before = content("Dear Ada");
    let after = content("Dear Ada, hello");
    let with_file = Content {
        attachments: vec![file("a.txt")],
        ..before.clone()
    };
    assert_eq!(
        older(with_file.clone(), after.clone()),
        JournalVerdict::KeepAsVersion
    );
    let both_have_it = Content {
        attachments: vec![file("a.txt")],
        ..after.clone()
    };
    assert_eq!(older(with_file, both_have_it), JournalVerdict::Nothing);
    let bold = Document::from_markdown("Dear **Ada**");
    let with_bold = Content {
        body: bold,
        ..before
    };
    assert_eq!(
        older(with_bold, after.clone()),
        JournalVerdict::KeepAsVersion
    );
    let image = Inline::Image {
        image: Image {
            hash: ImageHash([7; 32]),
            alt: String::new(),
            title: None,
            width: None,
            height: None,
        },
        link: None,
    };
    let with_image = Content {
        body: Document::new(vec![Block::Paragraph(vec![image])]),
        ..Content::default()
    };
    assert_eq!(older(with_image, after), JournalVerdict::KeepAsVersion);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-c ]{1,4}"]
}

fn any_stored() -> impl Strategy<Value = Stored> {
    let status = prop_oneof![
        Just(DraftStatus::Draft),
        Just(DraftStatus::Queued),
        Just(DraftStatus::Sent),
        Just(DraftStatus::Failed),
    ];
    (text(), text(), 1..6u32, status, any::<bool>(), -20..20i64).prop_map(
        |(subject, body, revision, status, in_bin, seconds)| Stored {
            content: Content {
                subject,
                ..content(&body)
            },
            revision,
            status,
            in_bin,
            updated_at: NOW.plus_seconds(seconds),
            made_by: SaveCause::Typing,
        },
    )
}

proptest! {
    /// Whatever the journal says: each of the two texts is the draft's afterwards, a version of
    /// it, or empty; and nothing empty stands where something was.
    #[test]
    fn reconciling_loses_no_text(
        stored in prop::option::of(any_stored()),
        subject in text(),
        body in text(),
        base in 0..7u32,
    ) {
        let journal = Content { subject, ..content(&body) };
        let verdict = reconcile(stored.as_ref(), journal.clone(), base, NOW);
        let before = stored.as_ref().map(|stored| stored.content.clone());
        let is_nothing = verdict == JournalVerdict::Nothing;
        let (after, versions) = match verdict {
            JournalVerdict::Nothing => (before.clone(), vec![]),
            JournalVerdict::Create(content) | JournalVerdict::MakeAnew(content) => {
                (Some(content), vec![])
            }
            JournalVerdict::Replace(content) => (Some(content), before.iter().cloned().collect()),
            JournalVerdict::KeepAsVersion | JournalVerdict::KeepInBin => {
                (before.clone(), vec![journal.clone()])
            }
        };
        let everything: Vec<_> = after.iter().chain(&versions).collect();
        if let (true, false, Some(stored)) = (is_nothing, journal.body.is_blank(), &before) {
            // Not a letter of it is missing, be it that more came in between.
            let mut rest = stored.body.plain_text().chars().collect::<Vec<_>>().into_iter();
            prop_assert!(journal.body.plain_text().chars().all(|l| rest.any(|o| o == l)));
        }
        for content in before.iter().chain((!is_nothing).then_some(&journal)) {
            prop_assert!(
                content.body.is_blank() || everything.iter().any(|one| one.body == content.body)
            );
            prop_assert!(
                content.is_blank()
                    || content.subject.trim().is_empty()
                    || everything.iter().any(|one| one.subject == content.subject)
            );
        }
        if let (Some(before), Some(after)) = (&before, &after) {
            prop_assert!(before.body.is_blank() || !after.body.is_blank());
        }
        if let Some(stored) = &stored
            && (stored.in_bin || matches!(stored.status, DraftStatus::Sent | DraftStatus::Queued))
        {
            prop_assert_eq!(after.as_ref(), Some(&stored.content), "it can't be changed");
        }
    }

    /// Reconciling what was just reconciled finds nothing to do.
    #[test]
    fn reconciling_twice_is_reconciling_once(
        stored in any_stored(),
        body in text(),
        base in 0..7u32,
    ) {
        let journal = content(&body);
        if let JournalVerdict::Replace(merged) = reconcile(Some(&stored), journal.clone(), base, NOW) {
            let saved = Stored {
                content: merged,
                revision: stored.revision + 1,
                updated_at: NOW,
                ..stored
            };
            let again = reconcile(Some(&saved), journal, base, NOW);
            prop_assert_eq!(again, JournalVerdict::Nothing);
        }
    }
}
