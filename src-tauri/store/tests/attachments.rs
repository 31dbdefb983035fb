//! Files that go with a draft, on a real disk: copied whole or not at all, part of every state of
//! the draft, and removed only when nothing can need them any more.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use draftwell_core::{
    Code, Error, UnixMillis,
    attachment::Attachment,
    draft::{ListDrafts, ListVersions, RawJournalEntry, SaveCause, SaveDraft},
    id::DraftId,
};
use draftwell_store::{Incoming, JournalIds, Store};
use support::{House, at, body, draft_id, version_id};

const PDF: &[u8] = b"%PDF-1.7\nsome pages";

fn file(house: &House, name: &str, bytes: &[u8]) -> PathBuf {
    let path = house.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn incoming(path: &Path) -> Incoming {
    Incoming {
        path: path.to_owned(),
        name: String::new(),
        progress: Box::new(|_, _| {}),
        cancelled: Arc::default(),
    }
}

async fn add(store: &Store, path: &Path) -> Result<Attachment, Error> {
    store.add_file(incoming(path), at(1)).await
}

async fn save(store: &Store, id: Option<DraftId>, edit: SaveDraft) -> DraftId {
    let edit = SaveDraft { id, ..edit };
    store
        .save_draft(edit, draft_id(), version_id(), at(10))
        .await
        .unwrap()
        .id
}

fn with_files(text: &str, files: &[Attachment]) -> SaveDraft {
    SaveDraft {
        body: Some(body(text)),
        attachments: Some(files.to_vec()),
        cause: Some(SaveCause::Blur),
        ..SaveDraft::default()
    }
}

/// Everything in the folder of blobs, also what is unfinished.
fn files_kept(house: &House) -> Vec<String> {
    let mut names = Vec::new();
    let Ok(entries) = fs::read_dir(house.path().join("blobs")) else {
        return names;
    };
    for entry in entries.map(Result::unwrap) {
        if entry.path().is_dir() {
            let inner = fs::read_dir(entry.path()).unwrap();
            names.extend(inner.map(|file| file.unwrap().file_name().into_string().unwrap()));
        } else {
            names.push(entry.file_name().into_string().unwrap());
        }
    }
    names
}

#[tokio::test]
async fn a_file_is_copied_once_under_its_hash() {
    let house = House::new();
    let first = add(&house.store, &file(&house, "Angebot März 📄.pdf", PDF))
        .await
        .unwrap();
    assert_eq!(first.name, "Angebot März 📄.pdf");
    assert_eq!((first.mime.as_str(), first.size), ("application/pdf", 19));
    let again = add(&house.store, &file(&house, "other.pdf", PDF))
        .await
        .unwrap();
    assert_eq!(again.hash, first.hash);
    assert_eq!(files_kept(&house), std::slice::from_ref(&first.hash));
    let blob = house.store.read_blob(first.hash).await.unwrap();
    assert_eq!(blob.bytes, PDF);
}

#[tokio::test]
async fn progress_is_told_to_the_end() {
    let house = House::new();
    let mut bytes = PDF.to_vec();
    bytes.resize(1_000_000, b'x');
    let path = file(&house, "large.pdf", &bytes);
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let heard = Arc::clone(&seen);
    let incoming = Incoming {
        progress: Box::new(move |done, total| heard.lock().unwrap().push((done, total))),
        ..incoming(&path)
    };
    house.store.add_file(incoming, at(1)).await.unwrap();
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 2, "in pieces: {seen:?}");
    assert!(seen.is_sorted(), "forward: {seen:?}");
    assert_eq!(seen.last(), Some(&(1_000_000, 1_000_000)));
}

#[tokio::test]
async fn a_copy_that_is_cancelled_leaves_nothing() {
    let house = House::new();
    let mut bytes = PDF.to_vec();
    bytes.resize(2_000_000, b'x');
    let path = file(&house, "large.pdf", &bytes);
    let cancelled = Arc::new(AtomicBool::new(false));
    let stop = Arc::clone(&cancelled);
    let incoming = Incoming {
        // After the first piece.
        progress: Box::new(move |_, _| stop.store(true, Ordering::Relaxed)),
        cancelled,
        ..incoming(&path)
    };
    let error = house.store.add_file(incoming, at(1)).await.unwrap_err();
    assert_eq!(error.code, Code::Forbidden);
    assert!(files_kept(&house).is_empty(), "{:?}", files_kept(&house));
}

#[tokio::test]
async fn what_can_t_be_attached_is_said_by_name_and_leaves_nothing() {
    let house = House::new();
    let dir = house.path().join("folder.pdf");
    fs::create_dir(&dir).unwrap();
    let large = house.path().join("large.pdf");
    fs::File::create(&large)
        .unwrap()
        .set_len(25 * 1024 * 1024 + 1)
        .unwrap();
    for (path, code) in [
        (file(&house, "run.exe", b"MZ\x90\0"), Code::InvalidFileType),
        (file(&house, "fake.pdf", b"MZ\x90\0"), Code::InvalidFileType),
        (file(&house, "fake.png", PDF), Code::InvalidFileType),
        (file(&house, "empty.pdf", b""), Code::InvalidFileType),
        (dir, Code::InvalidFileType),
        (large, Code::FileTooLarge),
        (house.path().join("gone.pdf"), Code::NotFound),
        (PathBuf::from("/dev/zero"), Code::InvalidFileType),
    ] {
        let error = add(&house.store, &path).await.unwrap_err();
        assert_eq!(error.code, code, "{}: {error}", path.display());
        assert!(error.message.starts_with('“'), "names the file: {error}");
    }
    assert!(files_kept(&house).is_empty(), "{:?}", files_kept(&house));
}

#[tokio::test]
async fn a_pipe_doesn_t_keep_the_program_waiting() {
    let house = House::new();
    let pipe = house.path().join("pipe.txt");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let error = add(&house.store, &pipe).await.unwrap_err();
    assert_eq!(error.code, Code::InvalidFileType);
}

#[tokio::test]
async fn a_draft_keeps_its_files_through_saves_and_restarts() {
    let mut house = House::new();
    let pdf = add(&house.store, &file(&house, "a.pdf", PDF))
        .await
        .unwrap();
    let txt = add(&house.store, &file(&house, "b.txt", b"text"))
        .await
        .unwrap();
    let files = [pdf.clone(), txt.clone()];
    let id = save(&house.store, None, with_files("see a", &files)).await;
    let typed = SaveDraft {
        body: Some(body("see a and b")),
        ..SaveDraft::default()
    };
    save(&house.store, Some(id), typed).await;
    house.reopen();
    let draft = house.store.get_draft(id).await.unwrap();
    assert_eq!(draft.attachments, files, "a save of the text leaves them");
    let page = house
        .store
        .list_drafts(ListDrafts::default())
        .await
        .unwrap();
    assert_eq!(page.items[0].attachment_count, 2);
    save(&house.store, Some(id), with_files("see a", &[txt])).await;
    let page = house
        .store
        .list_drafts(ListDrafts::default())
        .await
        .unwrap();
    assert_eq!(page.items[0].attachment_count, 1);
}

#[tokio::test]
async fn only_kept_files_can_be_named_and_nobody_lies_about_them() {
    let house = House::new();
    let mut pdf = add(&house.store, &file(&house, "a.pdf", PDF))
        .await
        .unwrap();
    pdf.mime = "text/html".into();
    pdf.size = 1;
    pdf.name = "../../x\r\ny.pdf".into();
    let id = save(
        &house.store,
        None,
        with_files("x", std::slice::from_ref(&pdf)),
    )
    .await;
    let kept = &house.store.get_draft(id).await.unwrap().attachments[0];
    assert_eq!((kept.mime.as_str(), kept.size), ("application/pdf", 19));
    assert_eq!(kept.name, "x y.pdf");
    let foreign = Attachment {
        hash: "0".repeat(64),
        ..pdf
    };
    let error = house
        .store
        .save_draft(
            with_files("x", &[foreign]),
            draft_id(),
            version_id(),
            at(11),
        )
        .await
        .unwrap_err();
    assert_eq!(error.field.as_deref(), Some("attachments"));
}

#[tokio::test]
async fn a_version_brings_its_files_back() {
    let house = House::new();
    let pdf = add(&house.store, &file(&house, "a.pdf", PDF))
        .await
        .unwrap();
    let id = save(
        &house.store,
        None,
        with_files("with", std::slice::from_ref(&pdf)),
    )
    .await;
    save(&house.store, Some(id), with_files("without", &[])).await;
    let wanted = ListVersions {
        id,
        cursor: None,
        limit: None,
    };
    let versions = house.store.list_versions(wanted).await.unwrap();
    let version = versions.items.last().unwrap().id;
    let whole = house.store.get_version(version).await.unwrap();
    assert_eq!(whole.attachments, std::slice::from_ref(&pdf));
    let draft = house
        .store
        .restore_version(version, version_id(), at(20))
        .await
        .unwrap();
    assert_eq!(draft.attachments, [pdf]);
}

#[tokio::test]
async fn a_journal_brings_its_files_back_and_lost_ones_don_t_keep_its_text() {
    let house = House::new();
    let pdf = add(&house.store, &file(&house, "a.pdf", PDF))
        .await
        .unwrap();
    let lost = Attachment {
        hash: "0".repeat(64),
        ..pdf.clone()
    };
    let id = draft_id();
    let entry = serde_json::json!({
        "draftId": id, "baseRevision": 0, "at": at(5),
        "edit": { "body": body("text"), "attachments": [pdf, lost] },
    });
    let raw = RawJournalEntry {
        key: "k".into(),
        value: entry.to_string(),
    };
    let ids = JournalIds {
        version: version_id(),
        draft: draft_id(),
        whole: version_id(),
    };
    (house.store.reconcile_journal(vec![raw], vec![ids], at(30)))
        .await
        .unwrap();
    let draft = house.store.get_draft(id).await.unwrap();
    assert_eq!(draft.attachments, [pdf]);
}

/// One run of the collector, in a run of the program that began at `started`.
async fn collect(store: &Store, started: i64, now: i64) -> usize {
    store.collect_blobs(at(started), at(now)).await.unwrap()
}

#[tokio::test]
async fn what_nothing_needs_goes_after_the_next_start() {
    let mut house = House::new();
    let pdf = add(&house.store, &file(&house, "a.pdf", PDF))
        .await
        .unwrap();
    assert_eq!(collect(&house.store, 0, 100).await, 0, "only marked");
    assert_eq!(
        collect(&house.store, 0, 200).await,
        0,
        "an undo may need it in this run"
    );
    house.reopen();
    assert_eq!(collect(&house.store, 300, 400).await, 1);
    assert!(files_kept(&house).is_empty());
    let again = add(&house.store, &file(&house, "a.pdf", PDF))
        .await
        .unwrap();
    assert_eq!(again.hash, pdf.hash);
    assert!(house.store.read_blob(again.hash).await.is_ok());
}

#[tokio::test]
async fn what_a_draft_ever_needed_stays_as_long_as_the_draft() {
    let house = House::new();
    let store = &house.store;
    let pdf = add(store, &file(&house, "a.pdf", PDF)).await.unwrap();
    let id = save(store, None, with_files("with", std::slice::from_ref(&pdf))).await;
    save(store, Some(id), with_files("without", &[])).await;
    store.delete_draft(id, at(50)).await.unwrap();
    for now in [100, 200, 300] {
        assert_eq!(collect(store, now - 1, now).await, 0, "a version needs it");
    }
    store.purge_draft(id).await.unwrap();
    assert_eq!(collect(store, 400, 401).await, 0, "only marked");
    assert_eq!(collect(store, 500, 501).await, 1);
    assert!(files_kept(&house).is_empty());
}

#[tokio::test]
async fn a_file_that_is_needed_again_is_not_removed() {
    let house = House::new();
    let store = &house.store;
    let pdf = add(store, &file(&house, "a.pdf", PDF)).await.unwrap();
    collect(store, 0, 100).await;
    // The undo of a removal, after the mark.
    save(store, None, with_files("with", std::slice::from_ref(&pdf))).await;
    assert_eq!(collect(store, 200, 201).await, 0);
    assert!(store.read_blob(pdf.hash).await.is_ok());
}

#[tokio::test]
async fn images_of_texts_and_signatures_stay() {
    let house = House::new();
    let store = &house.store;
    let png = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x02\0\0\0\x02\x08\x02".as_slice(),
        &[0; 32],
    ]
    .concat();
    let image = store.put_image("a.png".into(), png, at(1)).await.unwrap();
    let with_image: draftwell_core::document::DocumentJson = serde_json::from_value(
        serde_json::json!({"type": "doc", "content": [{"type": "paragraph", "content": [
            {"type": "image", "attrs": {"src": format!("draftwell-image://localhost/{}", image.hash)}}
        ]}]}),
    )
    .unwrap();
    let signature = draftwell_core::signature::CreateSignature {
        name: "Mine".into(),
        body: with_image,
        ..Default::default()
    };
    store
        .create_signature(
            signature,
            draftwell_core::id::SignatureId(support::fresh()),
            at(2),
        )
        .await
        .unwrap();
    for now in [100, 200, 300] {
        assert_eq!(
            collect(store, now - 1, now).await,
            0,
            "the signature needs it"
        );
    }
    assert!(store.read_blob(image.hash).await.is_ok());
}

#[tokio::test]
async fn leftovers_of_a_killed_copy_go_with_the_next_run() {
    let house = House::new();
    let blobs = house.path().join("blobs");
    fs::create_dir_all(blobs.join("ab")).unwrap();
    fs::write(blobs.join("incoming.7.unfinished"), b"half").unwrap();
    fs::write(blobs.join("ab").join("ab.1.unfinished"), b"half").unwrap();
    fs::write(blobs.join("ab").join("ab".repeat(32)), b"no row").unwrap();
    let long_ago = UnixMillis(0);
    house.store.collect_blobs(long_ago, at(1)).await.unwrap();
    assert_eq!(files_kept(&house).len(), 3, "this run may still write them");
    let far_ahead = UnixMillis(9_999_999_999_999);
    house
        .store
        .collect_blobs(far_ahead, far_ahead)
        .await
        .unwrap();
    assert!(files_kept(&house).is_empty(), "{:?}", files_kept(&house));
}
