//! Kept files: named by their content, judged by it, never half.

mod support;

use draftwell_core::{
    Code, UnixMillis,
    address::Mailbox,
    message::{AttachedPart, Composition, FilePlace, InlinePart, framed, freeze},
};
use support::{House, at};

/// A GIF of 3 by 2 pixels; only its header matters here.
const GIF: &[u8] = b"GIF89a\x03\x00\x02\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;";

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 6, 0, 0, 0]);
    bytes
}

#[tokio::test]
async fn an_image_is_kept_once_under_its_hash() {
    let mut house = House::new();
    let store = house.store.clone();
    let kept = store
        .put_image("a.gif".into(), GIF.to_vec(), at(0))
        .await
        .unwrap();
    assert_eq!(kept.mime, "image/gif");
    assert_eq!((kept.width, kept.height), (Some(3), Some(2)));
    assert_eq!(kept.hash, draftwell_core::fingerprint(GIF));
    let again = store
        .put_image("b.png".into(), GIF.to_vec(), at(1))
        .await
        .unwrap();
    assert_eq!(again, kept, "its content decides, not its name");
    let path = house.path().join("blobs").join(&kept.hash[..2]);
    let names: Vec<_> = std::fs::read_dir(path).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing unfinished is left");
    house.reopen();
    let blob = house.store.read_blob(kept.hash).await.unwrap();
    assert_eq!(
        (blob.mime.as_str(), blob.bytes.as_slice()),
        ("image/gif", GIF)
    );
}

#[tokio::test]
async fn sizes_in_pixels_are_read() {
    let house = House::new();
    let kept = house
        .store
        .put_image("x".into(), png(640, 480), at(0))
        .await
        .unwrap();
    assert_eq!((kept.width, kept.height), (Some(640), Some(480)));
}

#[tokio::test]
async fn what_is_no_image_is_refused() {
    let house = House::new();
    let files: [&[u8]; 5] = [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"MZ\x90\x00",
        b"BM\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
        b"#!/bin/sh\n",
    ];
    for bytes in files {
        let error = house
            .store
            .put_image("photo.png".into(), bytes.to_vec(), at(0))
            .await
            .unwrap_err();
        assert_eq!(error.code, Code::InvalidFileType);
        assert!(error.message.contains("photo.png"));
    }
    assert!(!house.path().join("blobs").exists());
}

#[tokio::test]
async fn too_large_a_file_is_refused() {
    let house = House::new();
    let mut bytes = png(1, 1);
    bytes.resize(25 * 1024 * 1024, 0);
    house
        .store
        .put_image("x".into(), bytes.clone(), at(0))
        .await
        .unwrap();
    bytes.push(0);
    let error = house
        .store
        .put_image("x".into(), bytes, at(0))
        .await
        .unwrap_err();
    assert_eq!(error.code, Code::FileTooLarge);
}

#[tokio::test]
async fn only_hashes_are_read_and_only_sound_files() {
    let house = House::new();
    let kept = house
        .store
        .put_image("x".into(), GIF.to_vec(), at(0))
        .await
        .unwrap();
    for name in [
        "",
        "../draftwell.db",
        "ab",
        &"0".repeat(64),
        &"../".repeat(22)[..64],
    ] {
        let error = house.store.read_blob(name.to_owned()).await.unwrap_err();
        assert_eq!(error.code, Code::NotFound, "{name:?}");
    }
    let path = house
        .path()
        .join("blobs")
        .join(&kept.hash[..2])
        .join(&kept.hash);
    std::fs::write(path, b"GIF89a").unwrap();
    let error = house.store.read_blob(kept.hash).await.unwrap_err();
    assert_eq!(error.code, Code::InternalError);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_may_read() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("new/data");
    let store = draftwell_store::Store::open(&folder).unwrap();
    let kept = store
        .put_image("x".into(), GIF.to_vec(), at(0))
        .await
        .unwrap();
    let check = |path: &std::path::Path, mode: u32| {
        let found = std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{}", path.display());
    };
    check(&folder, 0o700);
    for name in ["draftwell.db", "draftwell.db-wal", "draftwell.db-shm"] {
        check(&folder.join(name), 0o600);
    }
    let shelf = folder.join("blobs").join(&kept.hash[..2]);
    check(&folder.join("blobs"), 0o700);
    check(&shelf, 0o700);
    check(&shelf.join(&kept.hash), 0o600);
}

/// A mail with an image in its text and two files; the bytes of these only if it is to have them.
fn with_files(has_bytes: bool) -> Composition {
    let bytes = |bytes: Vec<u8>| if has_bytes { bytes } else { Vec::new() };
    let attached = |file_name: &str, mime: &str, content| AttachedPart {
        file_name: file_name.to_owned(),
        mime: mime.to_owned(),
        bytes: bytes(content),
    };
    let mailbox = |address: &str| Mailbox {
        name: None,
        address: address.to_owned(),
    };
    Composition {
        from: mailbox("ada@example.com"),
        to: vec![mailbox("bob@example.org")],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Files".to_owned(),
        text: "Here they are.".to_owned(),
        html: "<p>Here they are. <img src=\"cid:1\"></p>".to_owned(),
        inline: vec![InlinePart {
            cid: "1".to_owned(),
            mime: "image/gif".to_owned(),
            file_name: "image1.gif".to_owned(),
            bytes: bytes(GIF.to_vec()),
        }],
        attached: vec![
            attached("größe.txt", "text/plain", "Größe".as_bytes().to_vec()),
            attached("a.pdf", "application/pdf", large()),
        ],
        date: UnixMillis(1_767_268_800_000),
        message_id: "<1@example.com>".to_owned(),
        answers: None,
    }
}

/// More than is read at a time.
fn large() -> Vec<u8> {
    (0..700_001_u32).map(|n| (n % 251) as u8).collect()
}

#[tokio::test]
async fn a_message_is_written_out_around_its_files() {
    let house = House::new();
    let store = &house.store;
    let mut hashes = Vec::new();
    for (bytes, mime) in [
        (GIF.to_vec(), "image/gif"),
        ("Größe".as_bytes().to_vec(), "text/plain"),
        (large(), "application/pdf"),
    ] {
        let kept = store.put_blob(bytes, mime.to_owned(), None, None, at(0));
        hashes.push(kept.await.unwrap().hash);
    }
    let files = || store.message_files(hashes[..1].to_vec(), hashes[1..].to_vec());
    let message = || framed(&with_files(false), &files()).unwrap();
    let wanted = freeze(&with_files(true)).unwrap();
    let size = message().size(|place| files().size_of(place));
    assert_eq!(
        size,
        wanted.len() as u64,
        "it is known before it is written"
    );
    assert_eq!(files().size_of(FilePlace::Attached(9)), 0);
    let kept = store.keep_message(message(), files()).await.unwrap();
    assert_eq!(kept.hash, draftwell_core::fingerprint(&wanted));
    assert_eq!(kept.size, wanted.len() as u64);
    let blobs = house.path().join("blobs");
    let file = blobs.join(&kept.hash[..2]).join(&kept.hash);
    assert!(std::fs::read(&file).unwrap() == wanted, "byte for byte");

    // A file that isn't what it was is noticed, and nothing of the message stays.
    let damaged = blobs.join(&hashes[2][..2]).join(&hashes[2]);
    let mut bytes = large();
    bytes[650_000] ^= 1;
    std::fs::write(&damaged, bytes).unwrap();
    let error = store.keep_message(message(), files()).await.unwrap_err();
    assert_eq!(error.code, Code::InternalError);
    std::fs::remove_file(&damaged).unwrap();
    let error = store.keep_message(message(), files()).await.unwrap_err();
    assert_eq!(error.code, Code::NotFound);
    let left: Vec<_> = (std::fs::read_dir(&blobs).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .collect();
    assert_eq!(left, Vec::<std::path::PathBuf>::new(), "nothing unfinished");
}

#[tokio::test]
async fn a_message_no_server_takes_is_not_written() {
    let house = House::new();
    let store = &house.store;
    let huge = vec![0; 20 * 1024 * 1024];
    let kept = store.put_blob(huge, "application/pdf".to_owned(), None, None, at(0));
    let hash = kept.await.unwrap().hash;
    let files = || store.message_files(vec![], vec![hash.clone(); 2]);
    let mut mail = with_files(false);
    mail.inline.clear();
    let message = framed(&mail, &files()).unwrap();
    let error = store.keep_message(message, files()).await.unwrap_err();
    assert_eq!(error.code, Code::FileTooLarge);
}
