//! What was put in must come out of a parser that is not ours, and the bytes must keep the
//! rules that no parser checks.

use mail_parser::{Address, MessageParser, MimeHeaders, PartType};
use proptest::prelude::*;

use super::*;

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        address: address.to_owned(),
    }
}

fn composition() -> Composition {
    let from = mailbox("Ada Lovelace", "ada@example.com");
    Composition {
        message_id: message_id([7; 16], UnixMillis(1_760_000_000_000), &from).unwrap(),
        from,
        to: vec![mailbox("Bob", "bob@example.org")],
        cc: vec![],
        bcc: vec![],
        subject: "Hello".into(),
        text: "Hi Bob\n\nGreetings, Ada".into(),
        html: "<p>Hi Bob</p><p>Greetings, Ada</p>".into(),
        inline: vec![],
        attached: vec![],
        date: UnixMillis(1_760_000_000_000),
        answers: None,
    }
}

/// The rules that hold for every byte we send.
fn assert_wire_safe(bytes: &[u8]) {
    assert!(bytes.is_ascii(), "everything is encoded to ASCII");
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\r\n"), "the last line is ended");
    assert!(
        !text.replace("\r\n", "").contains(['\r', '\n', '\0']),
        "no bare CR, LF or NUL"
    );
    for line in text.split("\r\n") {
        assert!(line.len() <= 998, "a line of {} octets", line.len());
    }
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    let mut names = Vec::new();
    for line in head.split("\r\n") {
        assert!(!line.trim().is_empty(), "no header line of blanks only");
        if !line.starts_with(' ') {
            names.push(line.split(':').next().unwrap().to_ascii_lowercase());
        }
    }
    let allowed = [
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
    ];
    for name in &names {
        assert!(allowed.contains(&name.as_str()), "unexpected header {name}");
        assert_eq!(
            names.iter().filter(|n| n == &name).count(),
            1,
            "{name} comes once"
        );
    }
    for required in [
        "from",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "content-type",
    ] {
        assert!(names.iter().any(|n| n == required), "{required} is there");
    }
}

fn people(address: Option<&Address<'_>>) -> Vec<(String, String)> {
    address
        .map(|list| {
            list.iter()
                .map(|one| {
                    (
                        one.name().unwrap_or_default().to_owned(),
                        one.address().unwrap_or_default().to_owned(),
                    )
                })
                .collect()
        })
        .unwrap_or_default()
}

fn wire(list: &[Mailbox]) -> Vec<(String, String)> {
    list.iter()
        .map(|one| {
            (
                clean_header(one.name.as_deref().unwrap_or_default()),
                wire_address(&one.address).unwrap(),
            )
        })
        .collect()
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn assert_round_trip(composition: &Composition) {
    let bytes = freeze(composition).unwrap();
    assert_wire_safe(&bytes);
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(
        people(parsed.from()),
        wire(std::slice::from_ref(&composition.from))
    );
    assert_eq!(people(parsed.to()), wire(&composition.to));
    assert_eq!(people(parsed.cc()), wire(&composition.cc));
    assert_eq!(people(parsed.bcc()), wire(&composition.bcc));
    assert_eq!(
        parsed.subject().unwrap_or_default(),
        clean_header(&composition.subject)
    );
    let id = composition.message_id.trim_matches(['<', '>']);
    assert_eq!(parsed.message_id(), Some(id));
    let text = parsed.body_text(0).unwrap_or_default();
    let single = composition.html.is_empty();
    let expected = normal_lines(&composition.text);
    if single {
        // Whether a message's last line is ended depends on its encoding; nobody sees it.
        assert_eq!(
            lines(&text).trim_end_matches('\n'),
            expected.trim_end_matches('\n')
        );
    } else {
        assert_eq!(lines(&text), expected);
        assert_eq!(
            lines(&parsed.body_html(0).unwrap_or_default()),
            normal_lines(&composition.html)
        );
    }
    assert_eq!(freeze(composition).unwrap(), bytes, "the same again");
}

#[test]
fn an_ordinary_mail() {
    let mut mail = composition();
    mail.cc = vec![mailbox("", "carol@example.net")];
    mail.bcc = vec![mailbox("Dave", "dave@example.net")];
    assert_round_trip(&mail);
    let text = String::from_utf8(freeze(&mail).unwrap()).unwrap();
    assert!(
        text.contains("\r\nBcc: Dave <dave@example.net>\r\n"),
        "{text}"
    );
    assert!(
        text.starts_with("Date: Thu, 09 Oct 2025 08:53:20 +0000\r\n"),
        "{text}"
    );
    assert!(text.contains("\r\nMIME-Version: 1.0\r\n"), "{text}");
    assert!(
        text.contains("\r\nContent-Type: multipart/alternative;\r\n boundary=\"=_"),
        "{text}"
    );
    assert!(
        !text.contains("related") && !text.contains("mixed"),
        "no empty level"
    );
}

#[test]
fn every_script() {
    for sample in [
        "Grüße aus Köln: Angebot über 1.250 €",
        "Приглашение на встречу",
        "会議のお知らせ：三月十日",
        "مرحبا بك في العرض",
        "שלום עולם",
        "Family 👨‍👩‍👧‍👦 and flags 🇺🇦🇩🇪 and skin 👍🏽",
        "नमस्ते दुनिया",
        "Zalgo h̷̢̛e̶l̵l̴o̸",
        "=?utf-8?b?aGVsbG8=?= typed by hand",
        "\"quoted\" \\ back, (comment) <angle>; semi: colon@",
    ] {
        let mut mail = composition();
        mail.subject = sample.repeat(4);
        mail.to[0].name = Some(sample.to_owned());
        mail.from.name = Some(sample.to_owned());
        mail.text = format!("{sample}\n").repeat(300);
        mail.html = format!("<p>{sample}</p>").repeat(300);
        assert_round_trip(&mail);
    }
}

#[test]
fn plain_text_only_has_no_multipart() {
    let mut mail = composition();
    mail.html = String::new();
    assert_round_trip(&mail);
    assert!(
        !String::from_utf8(freeze(&mail).unwrap())
            .unwrap()
            .contains("multipart")
    );
}

#[test]
fn images_sit_in_related_beside_the_alternative() {
    let mut mail = composition();
    mail.html = "<p><img src=\"cid:one@draftwell\"></p>".into();
    mail.inline = vec![
        InlinePart {
            cid: "one@draftwell".into(),
            mime: "image/png".into(),
            file_name: "Bild \"1\"/ü\r\n.png".into(),
            bytes: (0..=255).cycle().take(5000).collect(),
        },
        InlinePart {
            cid: "two@draftwell".into(),
            mime: "image/jpeg".into(),
            file_name: String::new(),
            bytes: b"\r\n.\r\n--=_".to_vec(),
        },
    ];
    assert_round_trip(&mail);
    let bytes = freeze(&mail).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    let root = parsed.root_part();
    assert!(root.is_content_type("multipart", "related"));
    assert_eq!(
        root.content_type().unwrap().attribute("type"),
        Some("multipart/alternative")
    );
    let PartType::Multipart(children) = &root.body else {
        panic!("the root has parts");
    };
    let children: Vec<_> = children
        .iter()
        .map(|id| parsed.part(*id).unwrap())
        .collect();
    assert_eq!(children.len(), 3);
    assert!(children[0].is_content_type("multipart", "alternative"));
    assert_eq!(children[1].content_id(), Some("one@draftwell"));
    assert!(children[1].content_disposition().unwrap().is_inline());
    assert_eq!(children[1].attachment_name(), Some("Bild 1ü .png"));
    assert_eq!(children[1].contents(), mail.inline[0].bytes);
    assert_eq!(children[2].contents(), mail.inline[1].bytes);
}

#[test]
fn an_image_that_could_break_a_header_is_refused() {
    for (cid, mime) in [
        ("a>\r\nX: y", "image/png"),
        ("", "image/png"),
        ("a", "text/html"),
        ("a", "image/png\r\nX: y"),
        ("a", "image/"),
    ] {
        let mut mail = composition();
        mail.inline = vec![InlinePart {
            cid: cid.into(),
            mime: mime.into(),
            file_name: "x.png".into(),
            bytes: vec![1],
        }];
        assert_eq!(
            freeze(&mail).unwrap_err().code,
            Code::InternalError,
            "{cid} {mime}"
        );
    }
}

#[test]
fn nothing_typed_can_add_a_header() {
    let evil = "x\r\nBcc: eve@example.org\r\n\r\nbody\0\u{202E}gnp.exe\u{2028}X: y";
    let mut mail = composition();
    mail.subject = evil.into();
    mail.to[0].name = Some(evil.into());
    mail.from.name = Some(evil.into());
    assert_round_trip(&mail);
    let bytes = freeze(&mail).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert!(parsed.bcc().is_none());
    assert!(!parsed.subject().unwrap().contains('\u{202E}'));
}

#[test]
fn a_bad_address_names_its_field() {
    for field in ["to", "cc", "bcc"] {
        let mut mail = composition();
        let list = match field {
            "to" => &mut mail.to,
            "cc" => &mut mail.cc,
            _ => &mut mail.bcc,
        };
        list.push(mailbox("", "bob@example.com>\r\nX-Evil: 1"));
        let error = freeze(&mail).unwrap_err();
        assert_eq!(error.code, Code::ValidationError);
        assert_eq!(error.field.as_deref(), Some(field));
        assert!(!error.message.contains(['\r', '\n']));
    }
}

#[test]
fn nobody_to_send_to() {
    let mut mail = composition();
    mail.to.clear();
    let error = freeze(&mail).unwrap_err();
    assert_eq!(
        (error.code, error.field.as_deref()),
        (Code::ValidationError, Some("to"))
    );
    mail.bcc = vec![mailbox("", "bob@example.org")];
    assert_round_trip(&mail);
}

#[test]
fn an_answer_names_its_thread() {
    let mut mail = composition();
    let thread: Vec<String> = (0..40)
        .map(|n| format!("<message-number-{n}@mail.example.com>"))
        .collect();
    mail.answers = Some(Answered {
        message_id: thread[39].clone(),
        references: thread.clone(),
    });
    assert_round_trip(&mail);
    let bytes = freeze(&mail).unwrap();
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    let references: Vec<String> = parsed
        .references()
        .as_text_list()
        .unwrap()
        .iter()
        .map(|id| format!("<{id}>"))
        .collect();
    assert_eq!(references, thread);
    assert_eq!(
        parsed.in_reply_to().as_text(),
        Some("message-number-39@mail.example.com")
    );
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.split("\r\n").all(|line| line.len() <= 100),
        "the thread is folded"
    );
}

#[test]
fn international_domains_leave_as_a_labels() {
    let mut mail = composition();
    mail.to = vec![mailbox("Jürgen", "juergen@bücher.example")];
    assert_round_trip(&mail);
    assert!(
        String::from_utf8(freeze(&mail).unwrap())
            .unwrap()
            .contains("<juergen@xn--bcher-kva.example>")
    );
}

#[test]
fn a_hundred_recipients_and_a_very_long_word() {
    let mut mail = composition();
    mail.to = (0..100)
        .map(|n| {
            mailbox(
                &format!("Person, Number {n}"),
                &format!("person{n}@example.com"),
            )
        })
        .collect();
    mail.subject = "W".repeat(5000);
    mail.text = "x".repeat(20_000);
    mail.html = "y".repeat(20_000);
    mail.to[0].name = Some("N".repeat(200));
    assert_round_trip(&mail);
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,60}",
        "\\PC{0,40}",
        "[\\r\\n\\t\\x00a-z:,;<>@\"=?_ äöü日🙂]{0,40}",
    ]
}

fn recipient() -> impl Strategy<Value = Mailbox> {
    (
        name(),
        "[a-z0-9]{1,20}([.+_-][a-z0-9]{1,10})?",
        "[a-zäöü]{1,12}\\.(com|de|org)",
    )
        .prop_map(|(name, local, domain)| mailbox(&name, &format!("{local}@{domain}")))
}

fn body_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,300}",
        "([ -~äöü€日本🙂]{0,90}(\\n|\\r\\n|\\r)){0,30}",
        "[=. \\t\\n\\r\\x00\\x01-]{0,120}",
        "(From |--=_|\\.\\n){0,20}[a-z]{0,1500}",
    ]
}

#[test]
fn files_go_around_the_text_without_empty_levels() {
    let file = |name: &str, mime: &str, bytes: &[u8]| AttachedPart {
        file_name: name.into(),
        mime: mime.into(),
        bytes: bytes.to_vec(),
    };
    let names = [
        "report.pdf",
        "Angebot für Łódź.pdf",
        "東京の見積もり🎉.pdf",
        "a \"quoted\" name; with=signs.pdf",
        "very long name that goes on and on and on and on and on and on and on and on and on.pdf",
    ];
    let mut mail = composition();
    mail.attached = names
        .iter()
        .map(|name| file(name, "application/pdf", b"%PDF-1.7\n\0\xff"))
        .collect();
    mail.attached
        .push(file("a.csv", "text/csv", "ä;b\r\n".as_bytes()));
    let bytes = freeze(&mail).unwrap();
    assert_wire_safe(&bytes);
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.attachment_count(), 6);
    for (part, sent) in parsed.attachments().zip(&mail.attached) {
        assert_eq!(part.contents(), sent.bytes, "{}", sent.file_name);
        let name = mail_parser::MimeHeaders::attachment_name(part).unwrap();
        assert_eq!(name, crate::attachment::clean_name(&sent.file_name));
    }
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.contains("multipart/mixed") && text.contains("multipart/alternative"));
    assert!(
        !text.contains("multipart/related"),
        "no level for one child"
    );

    mail.html.clear();
    let text = String::from_utf8(freeze(&mail).unwrap()).unwrap();
    assert!(text.contains("multipart/mixed"));
    assert!(
        !text.contains("multipart/alternative"),
        "no level for one child"
    );

    mail.attached[0].mime = "application/pdf\r\nX: y".into();
    assert_eq!(freeze(&mail).unwrap_err().code, Code::InternalError);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_typed_comes_out_again(
        from in name(),
        to in prop::collection::vec(recipient(), 1..5),
        cc in prop::collection::vec(recipient(), 0..3),
        bcc in prop::collection::vec(recipient(), 0..3),
        subject in name(),
        text in body_text(),
        html in body_text(),
        random: [u8; 16],
        date in 0_i64..4_000_000_000_000,
    ) {
        let mut mail = composition();
        mail.from.name = Some(from);
        mail.date = UnixMillis(date);
        mail.message_id = message_id(random, mail.date, &mail.from).unwrap();
        (mail.to, mail.cc, mail.bcc) = (to, cc, bcc);
        (mail.subject, mail.text, mail.html) = (subject, text, html);
        assert_round_trip(&mail);
    }

    #[test]
    fn any_address_is_sent_to_exactly_or_refused(address in "\\PC{0,40}|[ -~]{1,20}@[ -~]{1,20}|[a-z\\r\\n<>,;@. ]{0,30}") {
        let mut mail = composition();
        mail.to = vec![mailbox("", &address)];
        match freeze(&mail) {
            Ok(bytes) => {
                assert_wire_safe(&bytes);
                let parsed = MessageParser::default().parse(&bytes).unwrap();
                prop_assert_eq!(people(parsed.to()), wire(&mail.to));
            }
            Err(error) => prop_assert_eq!(error.field.as_deref(), Some("to")),
        }
    }
}

/// Any characters at all, those that break headers more often than chance would have them.
fn junk() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "\r\n",
        "\n",
        "\r",
        "\0",
        ": ",
        "Bcc: e@x.y",
        "=?utf-8?q?",
        "?=",
        "\"",
        "\\",
        "<",
        ">",
        ",",
        ";",
        "(",
        ")",
        "@",
        "\u{202e}",
        "\u{2028}",
        "\u{85}",
        "\r\n\r\n",
        "\r\n.\r\n",
        "--=_",
        "\t",
        " ",
    ]);
    let piece = prop_oneof![hostile.prop_map(str::to_owned), any::<String>()];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    // A fuzz target: `PROPTEST_CASES=1000000 cargo test -p draftwell-core --lib fuzz` goes on.
    #[test]
    fn fuzz_no_field_gets_out_of_its_header(
        names in prop::collection::vec(junk(), 4),
        subject in junk(),
        file_name in junk(),
        text in junk(),
    ) {
        let mut mail = composition();
        let [from, to, cc, bcc] = [0, 1, 2, 3].map(|n| names[n].clone());
        mail.from.name = Some(from);
        mail.to = vec![mailbox(&to, "bob@example.org")];
        mail.cc = vec![mailbox(&cc, "carol@example.org")];
        mail.bcc = vec![mailbox(&bcc, "dave@example.org")];
        (mail.subject, mail.text) = (subject, text.clone());
        mail.html = format!("<p>{}</p>", text.replace(['<', '&'], ""));
        mail.attached = vec![AttachedPart {
            file_name,
            mime: "application/pdf".into(),
            bytes: text.into_bytes(),
        }];
        let bytes = freeze(&mail).unwrap();
        assert_wire_safe(&bytes);
        let shown = without_bcc(&bytes);
        assert_wire_safe(&shown);
        for (bytes, blind) in [(bytes, true), (shown, false)] {
            let parsed = MessageParser::default().parse(&bytes).unwrap();
            let address = |list: Option<&Address<'_>>| -> Vec<String> {
                people(list).into_iter().map(|(_, address)| address).collect()
            };
            prop_assert_eq!(address(parsed.to()), ["bob@example.org"]);
            prop_assert_eq!(address(parsed.cc()), ["carol@example.org"]);
            let dave: &[&str] = if blind { &["dave@example.org"] } else { &[] };
            prop_assert_eq!(address(parsed.bcc()), dave);
            prop_assert_eq!(parsed.attachment_count(), 1);
        }
    }
}
