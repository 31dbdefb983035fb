//! The mails of the corpus, and why each is in it.

use draftwell_core::{
    UnixMillis,
    address::Mailbox,
    message::{Answered, AttachedPart, Composition, InlinePart, message_id},
};

/// What everybody has in common with a mail nobody minds.
pub fn plain() -> Composition {
    let from = mailbox("Ada Lovelace", "ada@example.com");
    let date = UnixMillis(1_795_000_000_000);
    Composition {
        message_id: message_id([9; 16], date, &from).unwrap(),
        from,
        to: vec![mailbox("Bob", "bob@example.org")],
        cc: vec![],
        bcc: vec![],
        subject: "Hello".into(),
        text: "Hi Bob,\n\nhow are you?\n\nAda\n".into(),
        html: "<p>Hi Bob,</p><p>how are you?</p><p>Ada</p>".into(),
        inline: vec![],
        attached: vec![],
        date,
        answers: None,
    }
}

pub fn mailbox(name: &str, address: &str) -> Mailbox {
    Mailbox {
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
        address: address.to_owned(),
    }
}

pub fn file(name: &str, mime: &str, bytes: &[u8]) -> AttachedPart {
    AttachedPart {
        file_name: name.into(),
        mime: mime.into(),
        bytes: bytes.to_vec(),
    }
}

pub fn image(cid: &str, bytes: &[u8]) -> InlinePart {
    InlinePart {
        cid: cid.into(),
        mime: "image/png".into(),
        file_name: format!("{cid}.png"),
        bytes: bytes.to_vec(),
    }
}

/// All of them, each with a name.
pub fn all() -> Vec<(String, Composition)> {
    let mut mails = Vec::new();
    let mut add = |name: &str, change: &dyn Fn(&mut Composition)| {
        let mut mail = plain();
        change(&mut mail);
        mails.push((name.to_owned(), mail));
    };
    add("ordinary", &|_| {});
    for (script, sample) in SCRIPTS {
        add(&format!("script-{script}"), &|mail| {
            mail.subject = (*sample).to_owned();
            mail.from.name = Some((*sample).to_owned());
            mail.to[0].name = Some((*sample).to_owned());
            mail.text = format!("{sample}\n{sample}\n");
            mail.html = format!("<p>{sample}</p><p>{sample}</p>");
            mail.attached = vec![file(
                &format!("{sample}.pdf"),
                "application/pdf",
                b"%PDF-1.7",
            )];
        });
    }
    for length in [1, 75, 76, 77, 997, 998, 999, 1000, 100_000] {
        add(&format!("line-of-{length}"), &|mail| {
            mail.text = format!("{}\n", "x".repeat(length));
            mail.html = format!("<p>{}</p>", "y".repeat(length));
        });
    }
    for (name, text) in BODIES {
        add(&format!("body-{name}"), &|mail| {
            mail.text = (*text).to_owned();
            mail.html = format!("<pre>{text}</pre>");
        });
    }
    add("body-of-2000-lines", &|mail| {
        mail.text = (0..2000).map(|n| format!("line {n} äöü\n")).collect();
    });
    add("text-only", &|mail| mail.html.clear());
    add("nothing-but-a-recipient", &|mail| {
        mail.subject.clear();
        mail.text.clear();
        mail.html.clear();
    });
    add("html-near-gmails-limit", &|mail| {
        mail.html = "<ul><li>one &amp; two</li></ul>".repeat(3_200);
    });
    for (name, subject) in SUBJECTS {
        add(&format!("subject-{name}"), &|mail| {
            mail.subject = (*subject).to_owned()
        });
    }
    add("subject-of-5000-letters", &|mail| {
        mail.subject = "W".repeat(5000)
    });
    add("subject-of-800-words", &|mail| {
        mail.subject = "word ".repeat(800)
    });
    people(&mut add);
    files(&mut add);
    threads(&mut add);
    mails
}

type Add<'a> = dyn FnMut(&str, &dyn Fn(&mut Composition)) + 'a;

fn people(add: &mut Add<'_>) {
    for (name, person) in NAMES {
        add(&format!("name-{name}"), &|mail| {
            mail.to = vec![mailbox(person, "bob@example.org")];
            mail.cc = vec![mailbox(person, "carol@example.net")];
            mail.bcc = vec![mailbox(person, "dave@example.net")];
            mail.from.name = Some((*person).to_owned());
        });
    }
    add("a-hundred-recipients", &|mail| {
        mail.to = (0..100)
            .map(|n| mailbox(&format!("Person, {n}"), &format!("person{n}@example.com")))
            .collect();
    });
    add("blind-copies-only", &|mail| {
        mail.to.clear();
        mail.bcc = vec![
            mailbox("", "dave@example.net"),
            mailbox("Eve", "eve@example.net"),
        ];
    });
    add("domains-of-other-scripts", &|mail| {
        mail.to = ["post@bücher.example", "info@例え.jp", "x@пример.рф"]
            .map(|address| mailbox("", address))
            .into();
    });
    add("odd-but-proper-addresses", &|mail| {
        mail.to = [
            "o'brien@example.ie",
            "a+b=c@example.com",
            "#!$%&*/?^_`{|}~@example.com",
        ]
        .map(|address| mailbox("", address))
        .into();
    });
}

fn files(add: &mut Add<'_>) {
    let every_byte: Vec<u8> = (0..=255).collect();
    for (name, file_name) in FILE_NAMES {
        add(&format!("file-{name}"), &|mail| {
            mail.attached = vec![file(file_name, "application/pdf", b"%PDF-1.7\r\n\0\xff")];
        });
    }
    add("file-of-every-byte", &|mail| {
        mail.attached = vec![file("all.zip", "application/zip", &every_byte.repeat(50))];
    });
    add("file-of-no-byte", &|mail| {
        mail.attached = vec![file("empty.txt", "text/plain", b"")];
    });
    add("files-of-text", &|mail| {
        mail.attached = vec![
            file("a.csv", "text/csv", "ä;b\r\n1;2\r\n".as_bytes()),
            file("latin1.txt", "text/plain", b"caf\xe9\n"),
            file(
                "meeting.ics",
                "text/calendar",
                b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
            ),
        ];
    });
    add("twenty-files", &|mail| {
        mail.attached = (0..20)
            .map(|n| file(&format!("part {n}.png"), "image/png", &every_byte))
            .collect();
    });
    add("one-image", &|mail| {
        mail.html = "<p><img src=\"cid:one@example.com\"></p>".into();
        mail.inline = vec![image("one@example.com", &every_byte)];
    });
    add("images-and-files", &|mail| {
        mail.html = "<p><img src=\"cid:a@example.com\"><img src=\"cid:b@example.com\"></p>".into();
        mail.inline = vec![
            image("a@example.com", b"--=_\r\n.\r\n"),
            image("b@example.com", &every_byte),
        ];
        mail.attached = vec![file("x.pdf", "application/pdf", b"%PDF")];
    });
    add("a-file-with-text-only", &|mail| {
        mail.html.clear();
        mail.attached = vec![file("x.pdf", "application/pdf", b"%PDF")];
    });
}

fn threads(add: &mut Add<'_>) {
    for length in [1, 40] {
        add(&format!("answer-in-a-thread-of-{length}"), &|mail| {
            let references: Vec<String> = (0..length)
                .map(|n| format!("<message-number-{n}@mail.example.com>"))
                .collect();
            mail.answers = Some(Answered {
                message_id: references[length - 1].clone(),
                references,
            });
        });
    }
}

const SCRIPTS: &[(&str, &str)] = &[
    ("german", "Grüße aus Köln: 1.250 €"),
    ("french", "Où est l’œuvre ? « Ici »"),
    ("polish", "Zażółć gęślą jaźń"),
    ("turkish", "İstanbul’dan ığdır"),
    ("vietnamese", "Thư mời họp ngày mười"),
    ("greek", "Πρόσκληση σε σύσκεψη"),
    ("russian", "Приглашение на встречу"),
    ("armenian", "Հրավեր հանդիպման"),
    ("georgian", "მოწვევა შეხვედრაზე"),
    ("hebrew", "הזמנה לפגישה"),
    ("arabic", "دعوة إلى اجتماع"),
    ("persian", "دعوت به جلسه‌ای"),
    ("hindi", "बैठक का निमंत्रण"),
    ("bengali", "সভার আমন্ত্রণ"),
    ("tamil", "கூட்ட அழைப்பு"),
    ("thai", "คำเชิญประชุม"),
    ("amharic", "የስብሰባ ግብዣ"),
    ("chinese", "會議邀請與報價單"),
    ("japanese", "会議のお知らせ：三月十日"),
    ("korean", "회의 초대장"),
    ("emoji", "Family 👨‍👩‍👧‍👦 flags 🇺🇦🇩🇪 skin 👍🏽"),
    ("letters-for-mathematics", "𝕳𝖊𝖑𝖑𝖔 𝓦𝓸𝓻𝓵𝓭"),
    ("marks-on-marks", "h̷̢̛e̶l̵l̴o̸"),
];

const BODIES: &[(&str, &str)] = &[
    ("dots", ".\n..\n.hidden\n...\n"),
    ("from-lines", "From me to you\nFrom: nobody\n>From quoted\n"),
    ("blanks-at-line-ends", "one  \ntwo\t\n   \nthree\n"),
    ("equals", "a=b\n=3D\n=\n=20\nx==\n"),
    ("boundaries", "--=_\n--=_0123456789abcdef\n----\n--\n"),
    ("mixed-line-ends", "a\r\nb\rc\nd\r\r\n\n"),
    ("markup", "<b>&amp; &lt;script&gt; \"quoted\" 'too'</b>\n"),
    ("one-letter", "x"),
    ("letters-of-two-bytes-only", "äöüÄÖÜßäöüÄÖÜßäöüÄÖÜß\n"),
    ("signature", "Text\n\n-- \nAda\n"),
];

const SUBJECTS: &[(&str, &str)] = &[
    ("with-a-header", "x\r\nBcc: eve@example.org"),
    ("with-a-body", "x\r\n\r\nNot the body"),
    ("with-a-null", "a\0b"),
    ("with-line-separators", "a\u{2028}b\u{2029}c\u{85}d"),
    ("that-turns-around", "a\u{202e}gnp.exe"),
    (
        "that-looks-encoded",
        "=?utf-8?b?aGVsbG8=?= and =?utf-8?q?x?=",
    ),
    ("of-blanks", "   \t  "),
    ("with-many-blanks", "a    b\t\tc"),
];

const NAMES: &[(&str, &str)] = &[
    ("with-a-comma", "Lovelace, Ada"),
    ("with-quotes", "Ada \"the first\" Lovelace"),
    ("with-a-backslash", "Ada \\ Lovelace \\\""),
    ("with-brackets", "Ada <eve@example.org>"),
    ("with-a-comment", "Ada (London)"),
    ("that-is-a-list", "a@example.org, b@example.org; c:"),
    ("with-a-header", "Ada\r\nBcc: eve@example.org"),
    ("with-a-null", "Ada\0Lovelace"),
    ("that-looks-encoded", "=?utf-8?q?Eve?="),
    (
        "of-many-letters",
        "Ådå Løvelåce von und zu Überlingen-Schwäbisch-Gmünd, Königin der Zahlen",
    ),
    ("of-dots", "Dr. A. B. C. Lovelace jr."),
    ("that-turns-around", "Ada\u{202e}moc.elpmaxe@eve"),
];

const FILE_NAMES: &[(&str, &str)] = &[
    ("plain", "report.pdf"),
    ("with-blanks", "annual report 2026.pdf"),
    ("with-quotes", "a \"quoted\" name; with=signs.pdf"),
    ("with-a-path", "../../etc/passwd.pdf"),
    ("with-a-header", "x.pdf\r\nBcc: eve@example.org\r\n.pdf"),
    ("with-per-cent", "100%25 sure*.pdf"),
    (
        "of-many-letters",
        "Łódź-Überprüfung-Größenmaßstäbe-Äußerungen-Überdrüssigkeiten-Fußgängerübergänge.pdf",
    ),
    (
        "long",
        "very long name that goes on and on and on and on and on and on and on and on and on.pdf",
    ),
    ("without-ending", "README"),
    ("that-looks-encoded", "=?utf-8?q?x?=.pdf"),
];
