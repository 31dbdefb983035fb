//! A corpus of mails, each read back by parsers that share no code with ours or with one another:
//! the crate mail-parser, Python's `email`, and GMime. What they find must be what was composed,
//! and the bytes must keep the rules that no parser minds.
//!
//! Each mail is judged three times: as it goes to Gmail's API, as it goes out by SMTP, and as it
//! goes to Microsoft Graph where it is large: without its files, which take another way.

mod mails;

use std::{fs, path::Path, process::Command};

use draftwell_core::{
    address::Mailbox,
    attachment::clean_name,
    message::{
        Addressed, Composition, addressed_to, clean_header, freeze, own_message_id, taken_apart,
        wire_address, without_bcc,
    },
};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use serde_json::{Value, json};

/// What the judges are told was composed.
fn wanted(mail: &Composition, with_bcc: bool) -> Value {
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

/// What goes to Graph beside the message, judged here: its recipients, its id, and its files.
fn judge_apart(frozen: &[u8], mail: &Composition) -> (Vec<u8>, Vec<String>) {
    let mut problems = Vec::new();
    let people = |list: &[Mailbox]| -> Vec<Mailbox> {
        let one = |one: &Mailbox| Mailbox {
            name: one
                .name
                .as_deref()
                .map(clean_header)
                .filter(|name| !name.is_empty()),
            address: wire_address(&one.address).unwrap(),
        };
        list.iter().map(one).collect()
    };
    let wanted = Addressed {
        to: people(&mail.to),
        cc: people(&mail.cc),
        bcc: people(&mail.bcc),
    };
    let found = addressed_to(frozen).unwrap();
    if found != wanted {
        problems.push(format!("{found:?} instead of {wanted:?}"));
    }
    if own_message_id(frozen).as_deref() != Some(&mail.message_id) {
        problems.push("another Message-ID".into());
    }
    // Without files there is nothing to be taken out.
    let most = frozen.len() - usize::from(!mail.attached.is_empty());
    let apart = taken_apart(frozen, most).unwrap();
    let found: Vec<_> = (apart.files.iter())
        .map(|file| {
            (
                file.file_name.clone(),
                file.mime.clone(),
                file.bytes().unwrap(),
            )
        })
        .collect();
    let wanted: Vec<_> = (mail.attached.iter())
        .map(|file| {
            (
                clean_name(&file.file_name),
                file.mime.clone(),
                file.bytes.clone(),
            )
        })
        .collect();
    if found != wanted {
        problems.push("other files".into());
    }
    (apart.bytes, problems)
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
fn check_bytes(name: &str, bytes: &[u8]) {
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

/// What the crate mail-parser finds that is not as composed.
fn judge_here(bytes: &[u8], wanted: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let Some(parsed) = MessageParser::default().parse(bytes) else {
        return vec!["it can't be parsed".into()];
    };
    let people = |list: Option<&mail_parser::Address<'_>>| -> Value {
        let all = list.into_iter().flat_map(mail_parser::Address::iter);
        all.map(|one| {
            json!([
                one.name().unwrap_or_default(),
                one.address().unwrap_or_default()
            ])
        })
        .collect()
    };
    let mut compare = |what: &str, found: Value| {
        if found != wanted[what] {
            problems.push(format!("{what}: {found} instead of {}", wanted[what]));
        }
    };
    compare("from", people(parsed.from()));
    compare("to", people(parsed.to()));
    compare("cc", people(parsed.cc()));
    compare("bcc", people(parsed.bcc()));
    compare("subject", json!(parsed.subject().unwrap_or_default()));
    compare(
        "messageId",
        json!(format!("<{}>", parsed.message_id().unwrap_or_default())),
    );
    let mut files = Vec::new();
    for part in &parsed.parts {
        if matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        let is_file = part
            .content_disposition()
            .is_some_and(|d| d.is_attachment());
        if is_file || part.content_id().is_some() {
            let name = if is_file {
                part.attachment_name()
            } else {
                part.content_id()
            };
            let kind = part.content_type().unwrap();
            let kind = format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default());
            let hex: String = part.contents().iter().map(|b| format!("{b:02x}")).collect();
            files.push(json!([name.unwrap_or_default(), kind, hex]));
        }
    }
    // It hands out texts in UTF-8 whatever they were; their bytes are the other judges' matter.
    let is_latin1 = wanted["files"].to_string().contains("latin1.txt");
    if !is_latin1 {
        compare("files", Value::Array(files));
    }
    problems
}

fn ask(judge: &str, folder: &Path) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/corpus")
        .join(judge);
    let answer = Command::new(&script).arg(folder).output();
    let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", script.display()));
    assert!(
        answer.status.success(),
        "{judge} needs what `.ci/packages test` installs: {}",
        String::from_utf8_lossy(&answer.stderr)
    );
    String::from_utf8_lossy(&answer.stdout).into_owned()
}

#[test]
fn what_was_composed_is_what_every_parser_finds() {
    let folder = std::env::temp_dir().join(format!("draftwell-corpus-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mails = mails::all();
    assert!(mails.len() >= 60, "{} mails are too few", mails.len());
    let mut problems = String::new();
    for (name, mail) in &mails {
        let gmail = freeze(mail).unwrap_or_else(|error| panic!("{name}: {error}"));
        let smtp = without_bcc(&gmail);
        let (graph, apart) = judge_apart(&gmail, mail);
        for problem in apart {
            problems.push_str(&format!("taken apart: {name}: {problem:.400}\n"));
        }
        for (way, bytes) in [("gmail", gmail), ("smtp", smtp), ("graph", graph)] {
            let name = format!("{name}.{way}");
            check_bytes(&name, &bytes);
            let mut wanted = wanted(mail, way != "smtp");
            if way == "graph" {
                // The files are gone, the level that held them is not.
                for list in ["files", "shape"] {
                    let list = wanted[list].as_array_mut().unwrap();
                    list.truncate(list.len() - mail.attached.len());
                }
            }
            for problem in judge_here(&bytes, &wanted) {
                problems.push_str(&format!("mail-parser: {name}: {problem:.400}\n"));
            }
            fs::write(folder.join(format!("{name}.eml")), &bytes).unwrap();
            fs::write(folder.join(format!("{name}.json")), wanted.to_string()).unwrap();
        }
    }
    for judge in ["judge_python.py", "judge_gmime.py"] {
        for line in ask(judge, &folder).lines() {
            problems.push_str(&format!("{judge}: {line}\n"));
        }
    }
    fs::remove_dir_all(&folder).unwrap();
    assert!(problems.is_empty(), "{} mails:\n{problems}", mails.len());
}
