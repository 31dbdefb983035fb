//! Building a message: nothing typed gets out of its place, and what was composed is read again.

use draftwell_core::{
    Code, UnixMillis,
    address::Mailbox,
    attachment::clean_name,
    message::{
        Answered, AttachedPart, Composition, InlinePart, Mark, addressed_to, clean_header, freeze,
        message_id, own_message_id, read, redate, taken_apart, unsent, wire_address, without_bcc,
    },
};
use mail_parser::{Address, Message, MessageParser};

use crate::texts::{END, INNER, texts};

const DATE: UnixMillis = UnixMillis(1_795_000_000_000);
const LATER: UnixMillis = UnixMillis(1_795_000_600_000);
/// The names of people are cut there.
const NAME_CHARS: usize = 200;
const SENDER: &str = "ada@example.com";

/// The headers a mail of ours may have, each once.
const HEADERS: &[&str] = &[
    "from",
    "to",
    "cc",
    "bcc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "x-unsent",
];

/// The bytes from which [`composition`] makes this composition again.
pub fn input(mail: &Composition) -> Vec<u8> {
    let people = |list: &[Mailbox]| {
        let one = |one: &Mailbox| {
            [
                one.name.clone().unwrap_or_default().into_bytes(),
                one.address.clone().into_bytes(),
            ]
        };
        list.iter()
            .flat_map(one)
            .collect::<Vec<_>>()
            .join(&[INNER][..])
    };
    let file = mail.attached.first();
    let image = mail.inline.first();
    let ids = mail.answers.as_ref().map(|answers| &answers.references[..]);
    [
        people(std::slice::from_ref(&mail.from)),
        people(&mail.to),
        people(&mail.cc),
        people(&mail.bcc),
        mail.subject.clone().into_bytes(),
        mail.text.clone().into_bytes(),
        mail.html.clone().into_bytes(),
        file.map(|file| file.file_name.clone().into_bytes())
            .unwrap_or_default(),
        file.map(|file| file.mime.clone().into_bytes())
            .unwrap_or_default(),
        image
            .map(|image| image.file_name.clone().into_bytes())
            .unwrap_or_default(),
        ids.unwrap_or_default().join(" ").into_bytes(),
        // Last, as it may hold any byte.
        file.map(|file| file.bytes.clone()).unwrap_or_default(),
    ]
    .join(&[END][..])
}

/// A composition of any bytes.
fn composition(bytes: &[u8]) -> Composition {
    let mut parts = bytes.splitn(12, |byte| *byte == END);
    let mut next = || parts.next().unwrap_or_default();
    let people = |bytes: &[u8]| {
        let texts: Vec<String> = texts(bytes, INNER).collect();
        let pair = |pair: &[String]| Mailbox {
            name: Some(pair[0].clone()).filter(|name| !name.is_empty()),
            address: pair.get(1).cloned().unwrap_or_default(),
        };
        match texts.as_slice() {
            [nothing] if nothing.is_empty() => Vec::new(),
            _ => texts.chunks(2).map(pair).collect::<Vec<_>>(),
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut from = people(next()).into_iter().next().unwrap_or_default();
    if message_id([7; 16], DATE, &from).is_err() {
        from.address = SENDER.into();
    }
    let (to, cc, bcc) = (people(next()), people(next()), people(next()));
    let (subject, body, html) = (text(next()), text(next()), text(next()));
    let (file_name, mime, image_name) = (text(next()), text(next()), text(next()));
    let references: Vec<String> = text(next()).split(' ').map(str::to_owned).collect();
    let bytes = next().to_vec();
    Composition {
        message_id: message_id([7; 16], DATE, &from).unwrap(),
        from,
        to,
        cc,
        bcc,
        subject,
        text: body,
        inline: match html.is_empty() || image_name.is_empty() {
            true => vec![],
            false => vec![InlinePart {
                cid: "1@draftwell".into(),
                mime: "image/png".into(),
                file_name: image_name,
                bytes: bytes.clone(),
            }],
        },
        html,
        attached: match file_name.is_empty() && mime.is_empty() {
            true => vec![],
            false => vec![AttachedPart {
                file_name,
                mime,
                bytes,
            }],
        },
        date: DATE,
        answers: references
            .last()
            .filter(|id| !id.is_empty())
            .cloned()
            .map(|message_id| Answered {
                message_id,
                references: references.clone(),
            }),
    }
}

/// Any bytes as a composition: it is refused for a reason, or leaves as it was composed.
pub fn check(bytes: &[u8]) {
    let mail = composition(bytes);
    let frozen = match freeze(&mail) {
        Ok(frozen) => frozen,
        Err(error) => {
            let message = &error.message;
            assert!(!message.contains(['\r', '\n', '\0']), "{message:?}");
            match error.code {
                Code::ValidationError => check_refused(&mail, error.field.as_deref()),
                // What no caller of ours makes: a type or an id that isn't one.
                Code::InternalError => assert!(!mail.attached.is_empty() || mail.answers.is_some()),
                code => panic!("{code:?}"),
            }
            return;
        }
    };
    check_wire(&frozen);
    assert_eq!(freeze(&mail).unwrap(), frozen, "the same again");
    check_read(&frozen, &mail, true);

    let shown = without_bcc(&frozen);
    check_wire(&shown);
    check_read(&shown, &mail, false);

    let mut later = frozen.clone();
    redate(&mut later, LATER).unwrap();
    check_wire(&later);
    redate(&mut later, DATE).unwrap();
    assert_eq!(later, frozen, "only the date was changed");

    check_apart(&frozen, &mail);
    check_unsent(&mail);
}

/// A refused composition has something to be refused for.
fn check_refused(mail: &Composition, field: Option<&str>) {
    let list = match field {
        Some("to") => &mail.to,
        Some("cc") => &mail.cc,
        Some("bcc") => &mail.bcc,
        field => panic!("{field:?} was refused"),
    };
    let nobody = mail.to.is_empty() && mail.cc.is_empty() && mail.bcc.is_empty();
    let is_bad = |one: &Mailbox| wire_address(&one.address).is_none();
    assert!(nobody || list.iter().any(is_bad), "{field:?}: {list:?}");
}

/// The rules for every byte that leaves (RFC 5322, 2.1.1, 2.3 and 3.6).
fn check_wire(bytes: &[u8]) {
    assert!(bytes.is_ascii(), "everything is encoded to ASCII");
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\r\n"), "the last line is ended");
    let bare = text.replace("\r\n", "");
    assert!(!bare.contains(['\r', '\n', '\0']), "a bare CR, LF or NUL");
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "a line of {} octets", line.len());
    }
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let mut names = Vec::new();
    for line in head.split("\r\n") {
        assert!(!line.trim().is_empty(), "a header line of blanks only");
        if !line.starts_with(' ') {
            let name = line.split_once(": ").map(|(name, _)| name);
            names.push(name.unwrap_or_else(|| panic!("{line:?}")).to_lowercase());
        }
    }
    for name in &names {
        assert!(HEADERS.contains(&name.as_str()), "unexpected header {name}");
        let times = names.iter().filter(|other| *other == name).count();
        assert_eq!(times, 1, "{name}");
    }
}

/// What a parser that is not ours finds is what was composed.
fn check_read(bytes: &[u8], mail: &Composition, with_bcc: bool) {
    let parsed = MessageParser::default().parse(bytes).unwrap();
    assert_eq!(
        people(parsed.from()),
        wire(std::slice::from_ref(&mail.from))
    );
    assert_eq!(people(parsed.to()), wire(&mail.to));
    assert_eq!(people(parsed.cc()), wire(&mail.cc));
    let bcc = if with_bcc { wire(&mail.bcc) } else { vec![] };
    assert_eq!(people(parsed.bcc()), bcc);
    let subject = parsed.subject().unwrap_or_default();
    assert_eq!(subject, clean_header(&mail.subject));
    let id = mail.message_id.trim_matches(['<', '>']);
    assert_eq!(parsed.message_id(), Some(id));
    assert_eq!(
        parsed.attachment_count(),
        mail.attached.len() + mail.inline.len()
    );
    check_texts(&parsed, mail);
    let mark = Mark::of(&mail.message_id);
    assert_eq!(Mark::of_bytes(bytes), Some(mark));
}

fn check_texts(parsed: &Message<'_>, mail: &Composition) {
    let lines = |text: &str| {
        text.replace("\r\n", "\n")
            .replace('\r', "\n")
            .replace('\0', "")
    };
    let text = lines(&parsed.body_text(0).unwrap_or_default());
    if mail.html.is_empty() {
        // Whether the last line is ended depends on the encoding; nobody sees it.
        let [found, wanted] = [text, lines(&mail.text)].map(|text| text.trim_end().to_owned());
        assert_eq!(found, wanted);
    } else {
        assert_eq!(text, lines(&mail.text));
        let html = parsed.body_html(0).unwrap_or_default();
        assert_eq!(lines(&html), lines(&mail.html));
    }
}

/// What the transports take out of the bytes.
fn check_apart(frozen: &[u8], mail: &Composition) {
    let addressed = addressed_to(frozen).unwrap();
    let pairs = |list: &[Mailbox]| -> Vec<(String, String)> {
        let pair = |one: &Mailbox| (one.name.clone().unwrap_or_default(), one.address.clone());
        list.iter().map(pair).collect()
    };
    assert_eq!(pairs(&addressed.to), wire(&mail.to));
    assert_eq!(pairs(&addressed.cc), wire(&mail.cc));
    assert_eq!(pairs(&addressed.bcc), wire(&mail.bcc));
    assert_eq!(
        own_message_id(frozen).as_deref(),
        Some(&mail.message_id[..])
    );
    if mail.attached.is_empty() {
        return;
    }
    let apart = taken_apart(frozen, frozen.len() - 1).unwrap();
    check_wire(&apart.bytes);
    for (found, file) in apart.files.iter().zip(&mail.attached) {
        assert_eq!(found.file_name, clean_name(&file.file_name));
        assert!(
            found.mime.eq_ignore_ascii_case(&file.mime),
            "{}",
            found.mime
        );
        assert_eq!(found.bytes().unwrap(), file.bytes);
    }
}

/// Saved as a mail file it is read again.
fn check_unsent(mail: &Composition) {
    let file = unsent(mail).unwrap();
    check_wire(&file);
    let found = read(&file).unwrap();
    let pairs = |list: &[Mailbox]| -> Vec<(String, String)> {
        let pair = |one: &Mailbox| (one.name.clone().unwrap_or_default(), one.address.clone());
        list.iter().map(pair).collect()
    };
    assert_eq!(pairs(&found.to), wire(&mail.to));
    assert_eq!(pairs(&found.cc), wire(&mail.cc));
    assert_eq!(pairs(&found.bcc), wire(&mail.bcc));
    assert_eq!(
        found.files.len() + found.images.len(),
        mail.attached.len() + mail.inline.len()
    );
}

fn people(address: Option<&Address<'_>>) -> Vec<(String, String)> {
    let all = address.into_iter().flat_map(Address::iter);
    all.map(|one| {
        let [name, address] = [one.name(), one.address()].map(Option::unwrap_or_default);
        (name.to_owned(), address.to_owned())
    })
    .collect()
}

/// People as they stand in the mail.
fn wire(list: &[Mailbox]) -> Vec<(String, String)> {
    let one = |one: &Mailbox| {
        let name = clean_header(one.name.as_deref().unwrap_or_default());
        let cut: String = name.chars().take(NAME_CHARS).collect();
        (cut.trim().to_owned(), wire_address(&one.address).unwrap())
    };
    list.iter().map(one).collect()
}
