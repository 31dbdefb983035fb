//! A corpus of mails, each read back by parsers that share no code with ours or with one another:
//! the crate mail-parser, Python's `email`, and GMime. What they find must be what was composed,
//! and the bytes must keep the rules that no parser minds.
//!
//! Some are composed as they are in the corpus; others are made of documents, and what readers get
//! of those is written down by hand.
//!
//! Each mail is judged three times: as it goes to Gmail's API, as it goes out by SMTP, and as it
//! goes to Microsoft Graph where it is large: without its files, which take another way.

mod documents;
mod judges;
mod mails;

use std::fs;

use draftwell_core::{
    address::Mailbox,
    attachment::clean_name,
    message::{
        Addressed, Composition, addressed_to, clean_header, freeze, own_message_id, taken_apart,
        wire_address, without_bcc,
    },
};
use judges::{ask, check_bytes, wanted};
use mail_parser::{MessageParser, MimeHeaders, PartType};
use serde_json::{Value, json};

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

/// Judges mails; each with what its judges are told besides what [`wanted`] says.
fn judge(folder: &str, mails: Vec<(String, Composition, Value)>) {
    let folder = std::env::temp_dir().join(format!("draftwell-{folder}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let mut problems = String::new();
    for (name, mail, besides) in &mails {
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
            for (what, value) in besides.as_object().into_iter().flatten() {
                wanted[what] = value.clone();
            }
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

#[test]
fn what_was_composed_is_what_every_parser_finds() {
    let mails = mails::all();
    assert!(mails.len() >= 60, "{} mails are too few", mails.len());
    let mails = mails.into_iter();
    judge(
        "corpus",
        mails
            .map(|(name, mail)| (name, mail, Value::Null))
            .collect(),
    );
}

#[test]
fn what_was_written_is_what_a_reader_gets() {
    let documents = documents::all().into_iter().map(|made| {
        let besides = json!({ "text/plain": made.text, "outline": made.outline });
        (made.name.to_owned(), made.mail, besides)
    });
    judge("documents", documents.collect());
}
