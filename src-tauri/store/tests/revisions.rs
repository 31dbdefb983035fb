//! Two windows write one draft in any order: no text that was acknowledged is ever lost.

mod support;

use draftwell_core::{
    Code,
    attachment::Attachment,
    draft::{MAX_RECIPIENTS, SaveCause, SaveDraft},
    id::DraftId,
    patch::Patch,
};
use draftwell_store::Store;
use proptest::prelude::*;
use support::{House, at, body, draft_id, mailbox, typed, version_id, versions_of};

/// What one of two windows does.
#[derive(Debug, Clone)]
enum Step {
    /// Types on and saves.
    Save {
        window: usize,
        cause: SaveCause,
        seconds: i64,
    },
    /// Selects all, deletes, and saves.
    Empty { window: usize },
    /// Looks at what is stored, as after being told of a change.
    Follow { window: usize },
    /// Puts the oldest version back.
    Restore { window: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let cause = prop_oneof![
        5 => Just(SaveCause::Typing),
        1 => Just(SaveCause::Blur),
        1 => Just(SaveCause::Polish),
    ];
    prop_oneof![
        8 => (0..2usize, cause, 0..90i64)
            .prop_map(|(window, cause, seconds)| Step::Save { window, cause, seconds }),
        1 => (0..2usize).prop_map(|window| Step::Empty { window }),
        3 => (0..2usize).prop_map(|window| Step::Follow { window }),
        1 => (0..2usize).prop_map(|window| Step::Restore { window }),
    ]
}

/// A window: what it shows, and the revision it was told.
#[derive(Debug, Clone, Default)]
struct Window {
    revision: u32,
    text: String,
}

/// A text that was acknowledged as this revision.
#[derive(Debug)]
struct Acknowledged {
    revision: u32,
    text: String,
    /// Whoever replaced it had seen it.
    was_seen: bool,
}

struct Run {
    id: DraftId,
    windows: [Window; 2],
    acknowledged: Vec<Acknowledged>,
    clock: i64,
    typed: u32,
}

impl Run {
    async fn take(&mut self, store: &Store, step: &Step) {
        match *step {
            Step::Save {
                window,
                cause,
                seconds,
            } => {
                self.clock += seconds;
                self.typed += 1;
                let typed = format!(" w{window}t{}", self.typed);
                self.windows[window].text.push_str(&typed);
                self.save(store, window, cause).await;
            }
            Step::Empty { window } => {
                self.windows[window].text.clear();
                self.save(store, window, SaveCause::Typing).await;
            }
            Step::Follow { window } => {
                if let Ok(draft) = store.get_draft(self.id).await {
                    let text = plain(&draft.body);
                    self.windows[window] = Window {
                        revision: draft.revision,
                        text,
                    };
                }
            }
            Step::Restore { window } => {
                let Ok(draft) = store.get_draft(self.id).await else {
                    return;
                };
                let former = draft.revision;
                let Some(oldest) = versions_of(store, self.id).await.pop() else {
                    return;
                };
                let draft = store
                    .restore_version(oldest.id, version_id(), at(self.clock))
                    .await
                    .unwrap();
                let text = plain(&draft.body);
                assert_eq!(text, oldest.text);
                // It is kept whoever saw it.
                assert!(draft.revision == former || draft.revision == former + 1);
                self.windows[window] = Window {
                    revision: draft.revision,
                    text,
                };
            }
        }
    }

    async fn save(&mut self, store: &Store, window: usize, cause: SaveCause) {
        let Window {
            revision: base,
            text,
        } = self.windows[window].clone();
        let edit = SaveDraft {
            id: Some(self.id),
            base_revision: Some(base),
            body: Some(body(&text)),
            cause: Some(cause),
            ..SaveDraft::default()
        };
        let saved = store
            .save_draft(edit, draft_id(), version_id(), at(self.clock))
            .await;
        let revision = match saved {
            Ok(saved) => saved.revision,
            Err(error) => {
                assert_eq!(error.code, Code::Conflict);
                error.conflict.expect("it says where the loser is").revision
            }
        };
        self.windows[window].revision = revision;
        if let Some(seen) = self
            .acknowledged
            .iter_mut()
            .find(|one| one.revision == base)
        {
            // Deleting everything may be a slip, also of who sees it.
            seen.was_seen |= !text.is_empty();
        }
        self.acknowledged.push(Acknowledged {
            revision,
            text,
            was_seen: false,
        });
    }
}

fn plain(body: &draftwell_core::document::DocumentJson) -> String {
    draftwell_core::document::Document::parse(body)
        .unwrap()
        .plain_text()
}

async fn nothing_is_lost(steps: Vec<Step>) {
    let house = House::new();
    let store = &house.store;
    let mut run = Run {
        id: draft_id(),
        windows: Default::default(),
        acknowledged: Vec::new(),
        clock: 0,
        typed: 0,
    };
    for step in &steps {
        run.take(store, step).await;
    }
    let Ok(draft) = store.get_draft(run.id).await else {
        assert!(run.acknowledged.is_empty());
        return;
    };
    let mut kept: Vec<String> = versions_of(store, run.id)
        .await
        .into_iter()
        .map(|version| plain(&version.body))
        .collect();
    kept.push(plain(&draft.body));
    for text in &run.acknowledged {
        let is_there = text.text.trim().is_empty() || kept.contains(&text.text);
        assert!(
            is_there || text.was_seen,
            "{text:?} was replaced by somebody who hadn't seen it, and is gone"
        );
    }
    let revisions: Vec<_> = run.acknowledged.iter().map(|one| one.revision).collect();
    assert!(revisions.is_sorted(), "revisions count up: {revisions:?}");
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn no_acknowledged_text_is_lost(steps in prop::collection::vec(step(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(nothing_is_lost(steps));
    }
}

#[tokio::test]
async fn what_is_refused_of_a_save_keeps_the_rest_from_nobody() {
    let mut house = House::new();
    let id = draft_id();
    let nobody = |number: usize| mailbox("", &format!("{number} (not an address"));
    let edit = |base: u32, text: &str| SaveDraft {
        to: Some((0..=MAX_RECIPIENTS).map(nobody).collect()),
        ..typed(id, base, text)
    };
    let save = async |store: &Store, edit: SaveDraft, seconds| {
        store
            .save_draft(edit, draft_id(), version_id(), at(seconds))
            .await
            .unwrap_err()
    };
    let error = save(&house.store, edit(0, "one"), 1).await;
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::ValidationError, Some("to"))
    );
    let saved = error.saved.expect("the text was stored");
    assert_eq!((saved.id, saved.revision, saved.saved_at), (id, 1, at(1)));
    house.reopen();
    let draft = house.store.get_draft(id).await.unwrap();
    assert_eq!(draft.body, body("one"));
    assert_eq!(
        draft.to,
        (0..MAX_RECIPIENTS).map(nobody).collect::<Vec<_>>(),
        "what was typed, be it no address"
    );

    // The next save is based on the answer; one that isn't is a conflict in part.
    let error = save(&house.store, edit(1, "one two"), 2).await;
    assert_eq!((error.saved.unwrap().revision, error.conflict), (2, None));
    let error = save(&house.store, edit(1, "three"), 3).await;
    assert_eq!(error.field.as_deref(), Some("to"));
    assert_eq!(error.saved.unwrap().revision, 3);
    let kept = error.conflict.expect("somebody else's text was replaced");
    let kept = house.store.get_version(kept.version_id).await.unwrap();
    assert_eq!(kept.text, "one two");

    // A choice that doesn't exist, and a file that isn't kept.
    let lost = Attachment {
        hash: "0".repeat(64),
        name: "a.pdf".to_owned(),
        mime: "application/pdf".to_owned(),
        size: 1,
    };
    let unknown = SaveDraft {
        to: Some(vec![]),
        from_address: Patch::Set("boss@example.org".to_owned()),
        attachments: Some(vec![lost]),
        ..typed(id, 3, "four")
    };
    let error = save(&house.store, unknown, 4).await;
    assert_eq!(error.field.as_deref(), Some("fromAddress"));
    let draft = house.store.get_draft(id).await.unwrap();
    assert_eq!((draft.body, draft.revision), (body("four"), 4));
    assert_eq!((draft.from_address, draft.attachments.len()), (None, 0));
}
