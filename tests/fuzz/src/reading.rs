//! Reading mail files and mails that come back: anybody may have written them.

use std::collections::HashMap;

use draftwell_core::message::{
    Mark, addressed_to, own_message_id, read, read_incoming, redate, taken_apart, without_bcc,
    written_at,
};

/// Any bytes as a mail.
pub fn check(bytes: &[u8]) {
    if let Ok(mail) = read(bytes) {
        assert!(!mail.subject.contains(char::is_control));
        for one in mail.to.iter().chain(&mail.cc).chain(&mail.bcc) {
            assert!(!one.display().contains(char::is_control));
        }
        for file in &mail.files {
            assert!(!file.file_name.contains(['/', '\\', '\r', '\n', '\0']));
        }
        if let Ok(document) = mail.document(&HashMap::new()) {
            _ = document.to_json();
        }
    }
    if let Ok(Some(mail)) = read_incoming(bytes) {
        _ = mail.snippet(100);
    }
    // These are only given mails of our own, but from a disk that may have damaged them.
    _ = (
        Mark::of_bytes(bytes),
        written_at(bytes),
        own_message_id(bytes),
    );
    _ = (addressed_to(bytes), without_bcc(bytes));
    if let Ok(apart) = taken_apart(bytes, bytes.len() / 2) {
        for file in &apart.files {
            _ = file.bytes();
        }
    }
    _ = redate(&mut bytes.to_vec(), draftwell_core::UnixMillis(0));
}
