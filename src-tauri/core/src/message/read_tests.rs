//! Mail files of all kinds: our own, other programs', and those made to break something.

use std::collections::HashMap;

use proptest::prelude::*;

use super::{read::MAX_PARTS, *};
use crate::{
    document::{Document, ImageHash, KeptImage, MailParts, arbitrary::document},
    id::SignatureId,
};

struct Parts;

impl MailParts for Parts {
    fn signature(&self, _: SignatureId) -> Option<Document> {
        None
    }

    fn content_id(&self, image: ImageHash) -> Option<String> {
        Some(format!("{}@example.com", &image.to_string()[..32]))
    }
}

fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        address: address.to_owned(),
    }
}

fn draft(document: &Document) -> Composition {
    Composition {
        from: mailbox("", ""),
        to: vec![],
        cc: vec![],
        bcc: vec![],
        subject: String::new(),
        text: document.to_mail_text(&Parts).unwrap(),
        html: document.to_draft_html(&Parts).unwrap(),
        inline: (document.image_hashes().into_iter())
            .map(|hash| InlinePart {
                cid: Parts.content_id(hash).unwrap(),
                mime: "image/png".into(),
                file_name: "image1.png".into(),
                bytes: hash.0.to_vec(),
            })
            .collect(),
        attached: vec![],
        date: UnixMillis(1_760_000_000_000),
        message_id: "<1@draft.invalid>".into(),
        answers: None,
    }
}

/// The text of a mail whose pictures are kept under the bytes that were put in.
fn document_of(mail: &ReadMail) -> Document {
    let mut images = HashMap::new();
    for image in &mail.images {
        let kept = KeptImage {
            hash: ImageHash(image.bytes.as_slice().try_into().unwrap()),
            width: None,
            height: None,
        };
        for address in &image.addresses {
            images.insert(address.clone(), kept);
        }
    }
    mail.document(&images).unwrap()
}

fn check(file: &str, text: &str) -> ReadMail {
    let mail = read(file.replace('\n', "\r\n").as_bytes()).unwrap();
    let document = mail.document(&HashMap::new()).unwrap();
    assert_eq!(document.to_text(), text, "{file}");
    mail
}

proptest! {
    #[test]
    fn a_draft_that_was_exported_is_read_as_it_was(document in document()) {
        let document = document.without_signature();
        let file = unsent(&draft(&document)).unwrap();
        let mail = read(&file).unwrap();
        prop_assert_eq!(&mail.notes, &Vec::<String>::new());
        prop_assert_eq!(document_of(&mail), document);
    }

    #[test]
    fn recipients_subject_and_files_come_back(
        names in proptest::collection::vec("\\PC{0,24}", 3),
        subject in "\\PC{0,120}",
        file_name in "\\PC{0,40}",
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let list = |name: &String| vec![mailbox(name, "bob+x@example.org").cleaned()];
        let mut mail = draft(&Document::from_text("Hi"));
        (mail.to, mail.cc, mail.bcc) = (list(&names[0]), list(&names[1]), list(&names[2]));
        mail.subject.clone_from(&subject);
        for (name, mime) in [(format!("{file_name}.pdf"), "application/pdf"), ("ü.csv".into(), "text/csv")] {
            mail.attached.push(AttachedPart { file_name: name, mime: mime.into(), bytes: bytes.clone() });
        }
        let read = read(&unsent(&mail).unwrap()).unwrap();
        prop_assert_eq!(read.to, mail.to);
        prop_assert_eq!(read.cc, mail.cc);
        prop_assert_eq!(read.bcc, mail.bcc);
        prop_assert_eq!(read.subject, clean_header(&subject));
        prop_assert_eq!(read.files.len(), 2);
        for (found, put) in read.files.iter().zip(&mail.attached) {
            prop_assert_eq!(&found.file_name, &crate::attachment::clean_name(&put.file_name));
            prop_assert_eq!(&found.mime, &put.mime);
            prop_assert_eq!(&found.bytes, &put.bytes);
        }
    }

    #[test]
    fn anything_is_judged_and_goes_out_again_unharmed(
        start in "(To|Subject|From|MIME-Version|Content-Type|X-Unsent): ?",
        pieces in proptest::collection::vec(prop_oneof![
            "\\PC{0,12}",
            Just("\r\n".to_owned()), Just("\n".to_owned()), Just("\r".to_owned()), Just("\0".to_owned()),
            Just("Bcc: eve@x.org".to_owned()), Just("Content-Type: ".to_owned()),
            Just("multipart/mixed; boundary=\"b\"".to_owned()), Just("message/rfc822".to_owned()),
            Just("text/html; charset=utf-7".to_owned()), Just("--b".to_owned()), Just("--b--".to_owned()),
            Just("Content-Transfer-Encoding: base64\r\n\r\n".to_owned()),
            Just("=?utf-8?q?=0D=0ABcc:_e@x.org?=".to_owned()), Just("<p>x".to_owned()),
        ], 0..40),
    ) {
        let file = start + &pieces.concat();
        if let Ok(mail) = read(file.as_bytes()) {
            let document = mail.document(&HashMap::new()).unwrap();
            let mut again = draft(&document);
            again.subject = mail.subject;
            let bytes = unsent(&again).unwrap();
            let head = String::from_utf8(bytes).unwrap();
            let head = head.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
            prop_assert!(!head.contains("\r\nbcc:"), "{}", head);
        }
    }
}

#[test]
fn an_unsent_file_is_a_draft_to_others() {
    let mut mail = draft(&Document::from_text("Hello"));
    mail.bcc = vec![mailbox("Eve", "eve@example.org")];
    let file = String::from_utf8(unsent(&mail).unwrap()).unwrap();
    let head = file.split("\r\n\r\n").next().unwrap();
    assert!(head.starts_with("X-Unsent: 1\r\n"), "{head}");
    assert!(head.contains("\r\nBcc: Eve <eve@example.org>"), "{head}");
    for absent in ["From:", "Message-ID:", "nobody", "localhost"] {
        assert!(!head.contains(absent), "{absent}: {head}");
    }
    mail.from = mailbox("Ada", "ada@example.com");
    mail.to = vec![mailbox("", "not an address")];
    assert_eq!(unsent(&mail).unwrap_err().field.as_deref(), Some("to"));
    mail.to.clear();
    let read = read(&unsent(&mail).unwrap()).unwrap();
    assert_eq!(read.from, Some(mail.from));
}

#[test]
fn texts_come_in_whatever_charset() {
    for (charset, encoded, text) in [
        ("utf-8", &b"Gr\xc3\xbc\xc3\x9fe"[..], "Grüße"),
        ("iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ("windows-1252", b"\x93Gr\xfc\xdfe\x94 \x80", "“Grüße” €"),
        ("iso-8859-15", b"\xa4", "€"),
        ("koi8-r", b"\xf0\xd2\xc9\xd7\xc5\xd4", "Привет"),
        ("windows-1251", b"\xcf\xf0\xe8\xe2\xe5\xf2", "Привет"),
        ("iso-2022-jp", b"\x1b$B$3$s$K$A$O\x1b(B", "こんにちは"),
        ("shift_jis", b"\x82\xb1\x82\xf1", "こん"),
        ("euc-jp", b"\xa4\xb3\xa4\xf3", "こん"),
        ("gb2312", b"\xc4\xe3\xba\xc3", "你好"),
        ("gb18030", b"\xc4\xe3\xba\xc3", "你好"),
        ("big5", b"\xa7A\xa6n", "你好"),
        ("euc-kr", b"\xbe\xc8\xb3\xe7", "안녕"),
        ("windows-1255", b"\xf9\xec\xe5\xed", "שלום"),
        ("windows-1256", b"\xe3\xd1\xcd\xc8\xc7", "مرحبا"),
        ("tis-620", b"\xca\xc7\xd1\xca\xb4\xd5", "สวัสดี"),
        ("us-ascii", b"plain", "plain"),
    ] {
        let head = format!("Subject: x\r\nContent-Type: text/plain; charset={charset}\r\n\r\n");
        let file = [head.as_bytes(), encoded, b"\r\n"].concat();
        let document = read(&file).unwrap().document(&HashMap::new()).unwrap();
        assert_eq!(document.to_text(), text, "{charset}");
    }
}

#[test]
fn headers_of_all_kinds_are_read() {
    let mail = check(
        "From mbox Thu Nov 26 12:00:00 2026\nFrom: =?iso-8859-1?q?J=FCrgen?= <j@x.org>\n\
         To: \"Lovelace, Ada\" <ada@example.com>, bob@x.org (Bob)\nTo: third@x.org\n\
         Cc: team: a@x.org, B <b@x.org>;\nBcc: undisclosed-recipients:;\n\
         Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n =?utf-8?q?_two?=\n\nHi",
        "Hi",
    );
    assert_eq!(mail.from, Some(mailbox("Jürgen", "j@x.org")));
    assert_eq!(
        mail.to,
        [
            mailbox("Lovelace, Ada", "ada@example.com"),
            mailbox("Bob", "bob@x.org"),
            mailbox("", "third@x.org")
        ]
    );
    assert_eq!(mail.cc, [mailbox("", "a@x.org"), mailbox("B", "b@x.org")]);
    assert_eq!(mail.bcc, []);
    assert_eq!(mail.subject, "Grüße two");
}

#[test]
fn no_header_can_be_smuggled_in() {
    let mail = check(
        "To: =?utf-8?q?Bob=0D=0ABcc:_eve@x.org?= <bob@x.org>\n\
         Subject: =?utf-8?q?Hi=0D=0ABcc:_eve@x.org=0D=0A=0D=0Abody?=\n\nHi",
        "Hi",
    );
    assert_eq!(mail.subject, "Hi Bcc: eve@x.org body");
    assert_eq!(mail.bcc, []);
    let mut again = draft(&Document::empty());
    (again.to, again.subject) = (mail.to, mail.subject);
    let read = read(&unsent(&again).unwrap()).unwrap();
    assert_eq!((read.to.len(), read.bcc.len()), (1, 0));
}

#[test]
fn text_that_flows_is_joined() {
    check(
        "Subject: x\nContent-Type: text/plain; format=flowed\n\none \ntwo\n> quoted\n from\n\n-- \nAda",
        "one two\n> quoted\nfrom\n\n--\nAda",
    );
    check(
        "Subject: x\nContent-Type: text/plain; format=flowed; delsp=yes\n\n日本 \n語",
        "日本語",
    );
}

#[test]
fn parts_go_where_they_belong() {
    let mail = check(
        "Subject: x\nContent-Type: multipart/mixed; boundary=m\n\n\
         --m\nContent-Type: multipart/related; boundary=r\n\n\
         --r\nContent-Type: multipart/alternative; boundary=a\n\n\
         --a\nContent-Type: text/plain\n\nplain\n\
         --a\nContent-Type: text/html\n\n<p onclick=trip()>seen <img src=\"cid:p%40x\" alt=pic><img src='https://t.example/1.gif' alt=remote></p><script>trip()</script>\n\
         --a--\n\
         --r\nContent-Type: image/png; name=p.png\nContent-ID: <p@x>\nContent-Transfer-Encoding: base64\n\niVBO\n\
         --r--\n\
         --m\nContent-Type: text/csv; charset=iso-8859-1; name=a.csv\nContent-Disposition: attachment\nContent-Transfer-Encoding: quoted-printable\n\n=E4;1\n\
         --m\nContent-Type: message/rfc822\n\nSubject: inner\n\ninner text\n\
         --m\nContent-Type: application/octet-stream; name=\"../../evil\\\\x.exe\"\nContent-Transfer-Encoding: base64\n\nTVqQ\n\
         --m--\n",
        "seen picremote",
    );
    assert_eq!(mail.images.len(), 1);
    assert_eq!(mail.images[0].addresses, ["cid:p%40x"]);
    assert_eq!(mail.images[0].bytes, b"\x89PN".to_vec()[..].to_vec());
    let files: Vec<_> = (mail.files.iter())
        .map(|file| {
            (
                file.file_name.as_str(),
                file.mime.as_str(),
                file.bytes.len(),
            )
        })
        .collect();
    assert_eq!(
        files,
        [
            ("a.csv", "text/csv", 3),
            ("file.eml", "message/rfc822", 28),
            ("x.exe", "application/octet-stream", 3)
        ]
    );
    assert_eq!(mail.files[0].bytes, b"\xe4;1", "bytes, not letters");
}

#[test]
fn what_is_cut_off_is_read_as_far_as_it_goes() {
    let mut mail = draft(&Document::from_text("The text of it."));
    mail.attached.push(AttachedPart {
        file_name: "a.pdf".into(),
        mime: "application/pdf".into(),
        bytes: vec![7; 3000],
    });
    let whole = unsent(&mail).unwrap();
    let mut with_note = 0;
    for end in (0..whole.len()).step_by(13) {
        let Ok(mail) = read(&whole[..end]) else {
            continue;
        };
        mail.document(&HashMap::new()).unwrap();
        with_note += mail.notes.len();
        assert!(mail.files.iter().all(|file| file.bytes.len() <= 3000));
    }
    assert!(with_note > 50, "told: {with_note}");
    let cut = read(&whole[..whole.len() - 500]).unwrap();
    assert_eq!(
        cut.document(&HashMap::new()).unwrap().to_text(),
        "The text of it."
    );
    assert!(cut.files[0].bytes.len() > 2000 && cut.files[0].bytes.iter().all(|b| *b == 7));
    assert_eq!(cut.notes.len(), 1, "{:?}", cut.notes);
}

#[test]
fn what_is_no_mail_is_refused() {
    for file in [
        &b""[..],
        b"\r\n\r\n",
        b"Hello there",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR: x",
        b"PK\x03\x04: no mail\r\n",
        b"<html>a: b</html>",
    ] {
        let error = read(file).unwrap_err();
        assert_eq!(error.code, Code::InvalidFileType, "{file:?}");
    }
    let error = read(&vec![b'x'; MAX_MAIL_FILE_BYTES + 1]).unwrap_err();
    assert_eq!(error.code, Code::FileTooLarge);
}

#[test]
fn mails_in_mails_in_mails_are_no_danger() {
    // As many as are let in are taken down again on a thread's ordinary stack; more are refused.
    let nested = |kind: &str, levels: usize| {
        format!(
            "Subject: x\r\n{}",
            format!("Content-Type: {kind}\r\n\r\n").repeat(levels)
        )
    };
    for kind in [
        "message/rfc822",
        "multipart/mixed; boundary=b\r\n\r\n--b",
        "multipart/digest; boundary=b\r\n\r\n--b",
    ] {
        read(nested(kind, MAX_PARTS).as_bytes()).unwrap();
        let error = read(nested(kind, 100_000).as_bytes()).unwrap_err();
        assert_eq!(error.code, Code::ValidationError, "{kind}");
    }
    let boundaries: String = (0..400)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    let file = format!("Subject: x\r\n{boundaries}\r\ndeep down");
    read(file.as_bytes())
        .unwrap()
        .document(&HashMap::new())
        .unwrap();
}

#[test]
fn html_that_is_too_deep_leaves_its_plain_text() {
    let deep = "<div><b>".repeat(20_000);
    let file = format!(
        "Subject: x\nContent-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nplain\n--a\nContent-Type: text/html\n\n{deep}x\n--a--\n"
    );
    check(&file, "plain");
    let alone = format!("Subject: x\r\nContent-Type: text/html\r\n\r\n{deep}x");
    let error = read(alone.as_bytes())
        .unwrap()
        .document(&HashMap::new())
        .unwrap_err();
    assert_eq!(error.field.as_deref(), Some("body"));
}
