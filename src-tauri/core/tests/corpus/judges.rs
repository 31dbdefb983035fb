//! What was composed, told to the judges, and the rules that none of them minds. Also used by the
//! tests that send the corpus.

use std::{path::Path, process::Command};

use draftwell_core::{
    address::Mailbox,
    attachment::clean_name,
    message::{Composition, clean_header, wire_address},
};
use serde_json::{Value, json};

/// What the judges are told was composed.
pub fn wanted(mail: &Composition, with_bcc: bool) -> Value {
    let people = |list: &[Mailbox]| -> Vec<[String; 2]> {
        list.iter()
            .map(|one| {
                let name = clean_header(one.name.as_deref().unwrap_or_default());
                [name, wire_address(&one.address).unwrap()]
            })
            .collect()
    };
    let hex = |bytes: &[u8]| -> String { bytes.iter().map(|b| format!("{b:02x}")).collect() };
    let inline = mail.inline.iter();
    let attached = mail.attached.iter();
    let files: Vec<_> = inline
        .map(|part| (part.cid.clone(), &part.mime, hex(&part.bytes)))
        .chain(attached.map(|part| (clean_name(&part.file_name), &part.mime, hex(&part.bytes))))
        .collect();
    let answers = mail.answers.as_ref();
    json!({
        "from": people(std::slice::from_ref(&mail.from)),
        "to": people(&mail.to),
        "cc": people(&mail.cc),
        "bcc": if with_bcc { people(&mail.bcc) } else { Vec::new() },
        "subject": clean_header(&mail.subject),
        "messageId": mail.message_id,
        "references": answers.map(|a| a.references.clone()).unwrap_or_default(),
        "shape": shape(mail),
        "text/plain": lines(&mail.text),
        "text/html": lines(&mail.html),
        "files": files,
    })
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "")
}

/// `mixed(related(alternative(text, html), images), files)` without a level for one child.
fn shape(mail: &Composition) -> Vec<String> {
    let mut shape = Vec::new();
    let levels = [
        ("multipart/mixed", !mail.attached.is_empty()),
        ("multipart/related", !mail.inline.is_empty()),
        ("multipart/alternative", !mail.html.is_empty()),
        ("text/plain", true),
        ("text/html", !mail.html.is_empty()),
    ];
    shape.extend(
        levels
            .iter()
            .filter(|(_, is_there)| *is_there)
            .map(|(kind, _)| (*kind).to_owned()),
    );
    shape.extend(mail.inline.iter().map(|part| part.mime.clone()));
    shape.extend(mail.attached.iter().map(|part| part.mime.clone()));
    shape
}

/// RFC 5322, 2.1.1 and 2.3, and that nothing names this machine or program.
pub fn check_bytes(name: &str, bytes: &[u8]) {
    assert!(
        bytes.is_ascii() && !bytes.contains(&0),
        "{name}: ASCII without NUL"
    );
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(
        !text.replace("\r\n", "").contains(['\r', '\n']),
        "{name}: a bare line end"
    );
    let longest = text.split("\r\n").map(str::len).max().unwrap_or(0);
    assert!(longest <= 998, "{name}: a line of {longest} octets");
    let head = text.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
    for private in ["x-mailer", "user-agent", "received", "localhost"] {
        assert!(!head.contains(private), "{name}: {private} in the header");
    }
}

/// What a judge complains about in the mails of a folder, `NAME.eml` and beside it `NAME.json`, what
/// was [`wanted`].
pub fn ask(judge: &str, folder: &Path) -> String {
    let here = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/tests/corpus");
    let script = Path::new(here).join(judge);
    let answer = Command::new(&script).arg(folder).output();
    let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    assert!(
        answer.status.success(),
        "{judge} needs what `.ci/packages test` installs: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    String::from_utf8_lossy(&answer.stdout).into_owned()
}
