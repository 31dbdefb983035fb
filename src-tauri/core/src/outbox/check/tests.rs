//! Tests of the questions before sending.

use serde_json::{Value, json};

use super::*;
use crate::{
    UnixMillis,
    address::Mailbox,
    document::{Document, DocumentJson},
    draft::DraftStatus,
    id::DraftId,
    polish::facts::{Known, compare},
};

fn draft(subject: &str, body: Value) -> Draft {
    Draft {
        attachments: vec![],
        id: DraftId(uuid::Uuid::nil()),
        contact_id: None,
        account_id: None,
        from_address: None,
        to: vec![mailbox("bob@example.com")],
        cc: vec![],
        bcc: vec![],
        subject: subject.into(),
        body: DocumentJson(body),
        signature_id: None,
        signature_chosen: false,
        purpose: None,
        tone: None,
        context: String::new(),
        style_score: None,
        revision: 1,
        status: DraftStatus::Draft,
        error_code: None,
        error_message: None,
        created_at: UnixMillis(0),
        updated_at: UnixMillis(0),
        deleted_at: None,
    }
}

/// `Ada <ada@example.org>`, or only the address.
fn mailbox(text: &str) -> Mailbox {
    Mailbox::parse_list(text).remove(0)
}

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
}

fn document(nodes: &[Value]) -> Value {
    json!({"type": "doc", "content": nodes})
}

fn check(draft: &Draft) -> Vec<SendQuestion> {
    check_send(ToSend {
        draft,
        encoded_bytes: 1000,
        html_bytes: 500,
        unconfirmed: Unconfirmed::NONE,
    })
}

fn kinds(draft: &Draft) -> Vec<(SendCheck, bool)> {
    check(draft)
        .iter()
        .map(|question| (question.kind, question.blocking))
        .collect()
}

fn asked(text: &str) -> Vec<SendQuestion> {
    let lines: Vec<_> = text.split('\n').map(paragraph).collect();
    check(&draft("Hello", document(&lines)))
}

/// What is asked about a text, and the words it is about.
fn asked_about(text: &str) -> Vec<SendCheck> {
    asked(text)
        .into_iter()
        .map(|question| {
            let place = question.place.text.unwrap_or_default();
            assert!(
                text.contains(&place),
                "{place:?} can't be found in {text:?}"
            );
            question.kind
        })
        .collect()
}

/// Every text is asked about, and about nothing else.
fn finds(kind: SendCheck, texts: &[&str]) {
    for text in texts {
        assert_eq!(asked_about(text), [kind], "{text}");
    }
}

/// None of these is a reason to ask anything.
fn leaves_alone(texts: &[&str]) {
    for text in texts {
        assert_eq!(asked_about(text), [], "{text}");
    }
}

#[test]
fn a_complete_mail_is_not_questioned() {
    leaves_alone(&["Dear Bob, the meeting is at [1] 10."]);
}

#[test]
fn recipients() {
    let mut mail = draft("Hello", document(&[paragraph("Hi")]));
    mail.to.clear();
    assert_eq!(kinds(&mail), [(SendCheck::NoRecipient, true)]);
    mail.bcc = vec![mailbox("x")];
    assert_eq!(kinds(&mail), [(SendCheck::InvalidRecipient, true)]);
    assert_eq!(check(&mail)[0].place.field, Field::Bcc, "where it stands");
    assert!(check(&mail)[0].message.contains("can't be an e-mail"));
    mail.bcc[0].address = "müller@example.com".into();
    assert_eq!(kinds(&mail), [(SendCheck::InvalidRecipient, true)]);
    assert!(check(&mail)[0].message.contains("ask for another one"));
    mail.bcc[0].address = "x@example.com".into();
    assert_eq!(kinds(&mail), []);
}

#[test]
fn somebody_who_is_there_twice() {
    let mut mail = draft("Hello", document(&[paragraph("Hi")]));
    mail.cc = vec![mailbox("Robert <BOB@Example.com>")];
    let question = &check(&mail)[0];
    assert_eq!(question.kind, SendCheck::DuplicateRecipient);
    assert_eq!(
        (question.blocking, question.place.field),
        (false, Field::Cc)
    );
    for other in [
        "bob@example.org",
        "bob+offers@example.com",
        "rob@example.com",
    ] {
        mail.cc = vec![mailbox(other)];
        assert_eq!(kinds(&mail), [], "{other} is somebody else");
    }
}

#[test]
fn many_who_would_see_each_other() {
    let people = |count, houses: usize| -> Vec<Mailbox> {
        (0..count)
            .map(|n| mailbox(&format!("p{n}@house{}.example", n % houses)))
            .collect()
    };
    let mut mail = draft("Hello", document(&[paragraph("Hi")]));
    mail.to = people(10, 4);
    assert_eq!(kinds(&mail), [(SendCheck::ManyRecipients, false)]);
    mail.to = people(9, 4);
    assert_eq!(kinds(&mail), [], "a round of people who know each other");
    mail.cc = vec![mailbox("tenth@elsewhere.example")];
    assert_eq!(kinds(&mail), [(SendCheck::ManyRecipients, false)]);
    mail.cc.clear();
    mail.to = people(60, 1);
    assert_eq!(kinds(&mail), [], "colleagues of one house");
    mail.bcc = std::mem::take(&mut mail.to);
    mail.bcc.extend(people(60, 7).split_off(59));
    assert_eq!(kinds(&mail), [], "in Bcc nobody sees anybody");
}

#[test]
fn an_empty_mail() {
    let empty = document(&[json!({"type": "paragraph"})]);
    let mut mail = draft(" ", empty);
    let expected = [(SendCheck::NoSubject, false), (SendCheck::NoBody, false)];
    assert_eq!(kinds(&mail), expected);
    mail.body = DocumentJson(document(&[
        json!({"type": "signature", "attrs": {"id": "x"}}),
    ]));
    assert_eq!(kinds(&mail), expected, "a signature alone is no text");
    mail.body = DocumentJson(Value::Null);
    assert_eq!(kinds(&mail), expected);
    let picture = json!({"type": "paragraph", "content": [{"type": "image"}]});
    assert_eq!(kinds(&draft("Picture", document(&[picture]))), []);
}

#[test]
fn placeholders_are_walls() {
    finds(
        SendCheck::UnfilledPlaceholder,
        &[
            "Dear {{firstName}},",
            "Dear {{ first name }},",
            "Dear {{firstName|friend}},",
            "Regards, [Your Name]",
            "Dear [Name],",
            "Dear [NAME],",
            "Dear [FIRST_NAME],",
            "Sehr geehrte [Ihr Name]",
            "Sehr geehrte Frau [Nachname],",
            "am [Datum einfügen] um zehn",
            "bei der [Firmenname] in Köln",
            "at [insert date here]",
            "see [above [company name]]",
            "Dear <Name>,",
            "Hallo <Vorname>,",
            "Hello ${name},",
            "Hello *|FNAME|*,",
            "Hello %FIRST_NAME%,",
            "Sehr geehrter Herr «Nachname»,",
            "[Recipient's name]",
            "[Platzhalter]",
        ],
    );
    let mail = draft("Offer for {{company}}", document(&[paragraph("Hi")]));
    assert_eq!(kinds(&mail), [(SendCheck::UnfilledPlaceholder, true)]);
    let place = check(&mail).remove(0).place;
    assert_eq!(place.field, Field::Subject, "where it stands");
    assert_eq!(place.text.as_deref(), Some("{{company}}"));
    leaves_alone(&[
        "The array [1] and [sic] and [EXT]",
        "{{}} {{",
        "}} {{ open\nclose }}",
        "} { [ ]",
        "日本[",
        "Er sagte „[…] genau so“ [Hervorhebung von mir]",
        "growth of 20 % to 30 % a year, 100%ig",
        "if a < b and b > c then it holds",
        "Write to <bob@example.com> or <https://example.com/name>",
        "costs $5 {net} or $7",
        "Le mot « bonjour » et «merci»",
        "[x] done, [ ] open, [Update] [intern] [Folie 3]",
        "50% OFF and 20% MORE",
        "«Meine Damen und Herren», so begann er",
        "it was not meant so [my emphasis]",
        "Re: [Ihre Anfrage #4711] and [Your order 12]",
        "Look into %APPDATA% and %TEMP%",
    ]);
    let mail = draft("Re: [Ihre Anfrage #4711]", document(&[paragraph("Hi")]));
    assert_eq!(kinds(&mail), [], "a ticket's mark must stay");
    let code = json!({"type": "codeBlock", "content": [{"type": "text", "text": "{{x}} TODO:"}]});
    let inline = json!({"type": "paragraph", "content": [
        {"type": "text", "text": "{{y}}", "marks": [{"type": "code"}]}]});
    let mail = draft(
        "Templates",
        document(&[paragraph("Like this"), code, inline]),
    );
    assert_eq!(kinds(&mail), []);
}

#[test]
fn the_message_names_each_placeholder_once() {
    let mail = draft("{{a}}", document(&[paragraph("{{a}} {{b}} {{b}}")]));
    let message = &check(&mail)[0].message;
    assert!(
        message.starts_with("{{a}}, {{b}} are not filled in"),
        "{message}"
    );
}

#[test]
fn marks_for_what_is_still_to_be_written() {
    finds(
        SendCheck::LeftoverMark,
        &[
            "TODO: ask Ada for the figures",
            "The price is (TODO) per piece.",
            "We start on [TODO].",
            "TODO",
            "FIXME: this paragraph",
            "It costs XXX and arrives on Monday.",
            "Das kostet XX Euro.",
            "wir treffen uns um XX Uhr",
            "growth of XX %",
            "am XX.XX.2026 in Köln",
            "at XX:XX in the lobby",
            "Please pay ??? euros by Friday",
        ],
    );
    leaves_alone(&[
        "It is on my TODO list.",
        "Die TODO-Liste ist lang.",
        "I have a few TODOs left",
        "The TODO app is out",
        "a todo: nothing",
        "Love, XXX",
        "See you soon XXX Anna",
        "size XXL or XS",
        "im XX. Jahrhundert",
        "What??? Really???",
        "xxx",
        "Super! XX",
        "Malcolm X went home, MAX is here",
    ]);
    let mail = draft("Offer XX.XX.", document(&[paragraph("Hi")]));
    assert_eq!(kinds(&mail), [(SendCheck::LeftoverMark, false)]);
    assert_eq!(check(&mail)[0].place.field, Field::Subject);
}

#[test]
fn a_promise_that_is_kept_is_no_question() {
    let mut mail = draft("Report", document(&[paragraph("I attached the report.")]));
    assert_eq!(kinds(&mail), [(SendCheck::MissingAttachment, false)]);
    mail.attachments.push(crate::attachment::Attachment {
        hash: String::new(),
        name: "report.pdf".into(),
        mime: "application/pdf".into(),
        size: 1,
    });
    assert_eq!(kinds(&mail), []);
}

#[test]
fn promised_attachments() {
    finds(
        SendCheck::MissingAttachment,
        &[
            "I have attached the contract.",
            "I've attached our offer for you",
            "Please find the offer attached",
            "Please find attached my CV.",
            "See the attachment!",
            "See attached.",
            "Attached you will find our offer",
            "Attached to this email is the offer",
            "The enclosed offer is binding.",
            "The attached screenshot",
            "In reply to your mail I have attached the contract.",
            "Thanks for your attachment, mine is attached.",
            "Thanks for the attachment. I attach my own figures.",
            "I am attaching the slides you asked for",
            "Anbei unser Angebot.",
            "anbei wie besprochen die Zahlen",
            "Im Anhang finden Sie den Vertrag",
            "Das Angebot habe ich angehängt.",
            "die beigefügten Unterlagen",
            "Den Vertrag sende ich als Anlage",
            "In der Anlage finden Sie die Rechnung.",
            "Beiliegend erhalten Sie den Entwurf.",
            "Ich hänge den Lebenslauf an.",
            "Ich füge ein Foto bei.",
            "Den Anhang lesen Sie bitte bis Montag.",
            "Den Lebenslauf hänge ich dir an diese Mail",
            "Vielen Dank für Ihren Anhang, unser Entwurf ist beigefügt",
            "PFA the report.",
            "See attachment.",
            "Siehe Anhang.",
            "Die Zahlen: s. Anlage",
            "Anhang: Rechnung.pdf",
            "Anlagen: Lebenslauf, Zeugnisse",
            "Encl. my CV",
            "In der Anlage die Rechnung.",
            "In der Anlage wie besprochen das Protokoll",
            "Als Anlage unsere Preisliste.",
            "Die Rechnung habe ich beigelegt.",
            "Das Protokoll habe ich angehangen",
            "Die Fotos habe ich mitgeschickt.",
            "Die Rechnung liegt bei.",
            "Dem Brief liegen zwei Kopien bei",
            "Ich schicke Ihnen die Unterlagen mit.",
            "I attached the file to this email",
            "Ich habe das Protokoll angehängt und es steht im Kalender",
            "I attached the agenda and look forward to the meeting.",
            "I attached it and look forward to the meeting",
            "I attached the agenda prior to the meeting",
            "The slides are attached, please bring them along to the meeting",
            "To the meeting I come with the slides that are attached",
            "According to your ticket I have attached the log.",
            "Zum Termin habe ich die Agenda angehängt.",
            "Im Termin besprechen wir, was ich angehängt habe",
        ],
    );
    leaves_alone(&[
        "I am deeply attached to my old car.",
        "I got very attached to the place",
        "No strings attached.",
        "The file you attached can't be opened",
        "Your attachment was empty",
        "Your last attachment was empty",
        "Thank you for the attachment.",
        "As attached to my last mail, the price is fixed.",
        "The offer attached to my mail of Monday still stands.",
        "The numbers are in the attachment in my last mail",
        "as in the attachment you sent",
        "the attachment from yesterday",
        "I attach great importance to quality.",
        "We attach particular value? We attach much hope to it.",
        "I forgot the attachment in my last mail, sorry.",
        "Should I attach the invoice?",
        "Shall we attach the contract?",
        "Ich füge Anna hinzu.",
        "Ich füge dich in CC ein.",
        "Den Anhang konnte ich leider nicht öffnen.",
        "Der Anhang ließ sich nicht öffnen.",
        "It is not attached yet",
        "The plan works without an attachment",
        "Attachment theory is a field of psychology",
        "She has an anxious attachment style",
        "It is an enclosed garden",
        "An unattached person",
        "Please attach the file next time",
        "Ihr Anhang war leer",
        "Ohne Anhang",
        "Der Abhang ist steil",
        "wie im Anhang Ihrer letzten Mail beschrieben",
        "im Anhang deiner Mail stand etwas anderes",
        "Wie im Anhang meiner letzten Mail steht, gilt das Angebot.",
        "Danke für den Anhang!",
        "Ich konnte den Anhang nicht öffnen.",
        "Der Anhang fehlte leider.",
        "Der Anhang vom Montag ist veraltet.",
        "Die von Ihnen beigefügten Unterlagen sind vollständig.",
        "Ich hänge sehr an diesem Haus.",
        "Ich hänge gerade im Zug fest.",
        "Dem füge ich hinzu, dass wir uns freuen.",
        "In der Anlage in Köln steht die neue Maschine.",
        "Gold ist als Anlage beliebt.",
        "Haben Sie angehängt, was ich wollte?",
        "Er ist Anhänger des Vereins.",
        "I attached the file to the ticket.",
        "We have attached the screenshots to your bug report",
        "Should I have attached it to the invitation",
        "I attached my two screenshots to the pull request",
        "Das Protokoll habe ich dem Ticket angehängt.",
        "Ich habe es an das Ticket angehangen",
        "Die Datei, die Sie mitgeschickt haben, ist leer.",
        "Hast du mitgeschickt, was fehlte",
        "Die Fotos sind noch nicht beigelegt.",
        "Der Streit ist beigelegt.",
        "Der Preis liegt bei 300 Euro.",
        "Die Entscheidung liegt bei dir",
        "Ich komme gern mit.",
        "Die Anlage läuft wieder.",
        "In der Anlage der Firma gilt Helmpflicht",
        "Als Anlage ist Gold beliebt.",
        "Wo liegt das Problem",
    ]);
}

#[test]
fn signatures_and_quotations_promise_nothing() {
    let quotation = json!({"type": "blockquote", "content": [
        paragraph("Dear Anna, I have attached the contract, {{firstName}} TODO: XX Euro")]});
    let signature = json!({"type": "signature", "content": [paragraph("anbei [Name]")]});
    let mail = draft("Re", document(&[paragraph("Thanks"), quotation, signature]));
    assert_eq!(kinds(&mail), []);
    leaves_alone(&[
        "Thanks!\n> I have attached the contract.\n> Dear [Name],",
        "Thanks!\nOn 3 May 2026 at 10:12, Ada Lovelace wrote:\nI attached it. {{name}}",
        "Danke!\nAm 3. Mai 2026 um 10:12 schrieb Ada Lovelace <ada@example.org>:\nanbei die Zahlen",
        "Thanks!\n-----Original Message-----\nPlease find attached TODO: that",
        "Danke!\n----- Ursprüngliche Nachricht -----\nIm Anhang die Zahlen",
        "Bye\n-- \nSent with all that is attached [Name]",
    ]);
    finds(
        SendCheck::MissingAttachment,
        &[
            "On Monday Ada wrote: it is good. I attached the rest.",
            "Am Montag schrieb ich Ihnen: die Zahlen sind angehängt",
        ],
    );
}

#[test]
fn a_picture_in_the_text_is_the_attached_picture() {
    let body = document(&[
        paragraph("The attached screenshot shows it"),
        json!({"type": "paragraph", "content": [{"type": "image"}]}),
    ]);
    assert_eq!(kinds(&draft("Hello", body)), []);
}

/// What is asked about a greeting when the mail goes to these.
fn greeted(to: &[&str], text: &str) -> Vec<String> {
    let lines: Vec<_> = text.split('\n').map(paragraph).collect();
    let mut mail = draft("Hello", document(&lines));
    mail.to = to.iter().map(|one| mailbox(one)).collect();
    check(&mail)
        .into_iter()
        .filter(|question| question.kind == SendCheck::WrongGreeting)
        .map(|question| {
            let text = question.place.text.unwrap_or_default();
            assert!(question.message.contains(&text), "{}", question.message);
            assert!(lines.iter().any(|line| line.to_string().contains(&text)));
            text
        })
        .collect()
}

#[test]
fn a_greeting_for_somebody_else() {
    for (to, text, named) in [
        ("Bob Miller <bob@example.com>", "Dear Anna,", "Anna"),
        ("bob@example.com", "Hi Anna,\nhow are you?", "Anna"),
        ("Bob Miller <x9@example.com>", "hi anna", "anna"),
        (
            "Bob Miller <bob@example.com>",
            "Hello Anna thanks for the call",
            "Anna",
        ),
        (
            "Bob Miller <bob@example.com>",
            "Good morning Dr. Weber,",
            "Weber",
        ),
        (
            "Bob Miller <bob@example.com>",
            "Dear Ms Thandeka,",
            "Thandeka",
        ),
        (
            "Bob Miller <bob@example.com>",
            "Dear Anna Weber,",
            "Anna Weber",
        ),
        ("Anna Weber <anna@example.com>", "Dear Anne,", "Anne"),
        (
            "Bob Miller <bob@example.com>",
            "Dear Anna and team,",
            "Anna",
        ),
        ("Max Braun <max@example.de>", "Liebe Anna,", "Anna"),
        (
            "Max Braun <max@example.de>",
            "Sehr geehrte Frau Dr. Weber,",
            "Weber",
        ),
        (
            "Max Braun <max@example.de>",
            "Sehr geehrter Herr von Hohenstein,",
            "Hohenstein",
        ),
        (
            "Max Braun <max@example.de>",
            "Hallo Frau Weber-Schmidt!",
            "Weber-Schmidt",
        ),
        (
            "Max Braun <max@example.de>",
            "Guten Tag Herr Öztürk,",
            "Öztürk",
        ),
        ("Max Braun <max@example.de>", "Moin Jörg,", "Jörg"),
        ("max.braun@example.de", "Liebe Frau Weber", "Weber"),
    ] {
        assert_eq!(greeted(&[to], text), [named], "{to}: {text}");
    }
    let both = [
        "Bob Miller <bob@example.com>",
        "Carla Jones <carla@example.com>",
    ];
    assert_eq!(greeted(&both, "Dear Anna,"), ["Anna"]);
    assert_eq!(
        greeted(&["Max Braun <max@example.de>"], "Liebe Anna, lieber Ben,"),
        ["Anna"],
        "both are named, the first is shown"
    );
}

#[test]
fn greetings_that_fit() {
    for (to, text) in [
        ("Bob Miller <bob@example.com>", "Dear Bob,"),
        ("Bob Miller <bob@example.com>", "Dear Mr Miller,"),
        ("Miller, Bob <x@example.com>", "Dear Bob,"),
        ("bob@example.com", "Hi Bob!"),
        ("bmiller@example.com", "Dear Ms Miller,"),
        ("Robert Miller <rm@example.com>", "Hi Bob,"),
        ("Alexandra Koch <ak@example.com>", "Hi Alex,"),
        ("Stefanie Koch <sk@example.com>", "Liebe Steffi,"),
        ("Jörg Müller <info@example.de>", "Lieber Joerg,"),
        (
            "Joerg Mueller <info@example.de>",
            "Sehr geehrter Herr Müller,",
        ),
        ("Zoë Weiß <zoe@example.org>", "Liebe Zoe,"),
        (
            "Anna Weber-Schmidt <aw@example.de>",
            "Sehr geehrte Frau Schmidt,",
        ),
        (
            "Anna Weber <aw@example.de>",
            "Sehr geehrte Frau Dr. Anna Weber,",
        ),
        // Nobody in particular.
        ("Bob Miller <bob@example.com>", "Hi there,"),
        ("Bob Miller <bob@example.com>", "Hi all,"),
        ("Bob Miller <bob@example.com>", "Hello everyone,"),
        ("Bob Miller <bob@example.com>", "Dear Sir or Madam,"),
        ("Bob Miller <bob@example.com>", "Dear Hiring Manager,"),
        ("Bob Miller <bob@example.com>", "Dear Berlin team,"),
        ("Bob Miller <bob@example.com>", "Dear Customer,"),
        ("Bob Miller <bob@example.com>", "Hi again,"),
        ("Bob Miller <bob@example.com>", "Good morning,"),
        ("Bob Miller <bob@example.com>", "Hello World"),
        ("Bob Miller <bob@example.com>", "Dear Professor,"),
        ("Bob Miller <bob@example.com>", "Dear J.,"),
        (
            "Max Braun <max@example.de>",
            "Sehr geehrte Damen und Herren,",
        ),
        (
            "Max Braun <max@example.de>",
            "Liebe Kolleginnen und Kollegen,",
        ),
        ("Max Braun <max@example.de>", "Liebes Team,"),
        ("Max Braun <max@example.de>", "Liebes Team Berlin,"),
        ("Max Braun <max@example.de>", "Hallo zusammen,"),
        ("Max Braun <max@example.de>", "Hallo Zusammen,"),
        ("Max Braun <max@example.de>", "Guten Tag,"),
        ("Max Braun <max@example.de>", "Liebe Grüße aus Rom"),
        ("Max Braun <max@example.de>", "Liebe Sportfreunde,"),
        ("Max Braun <max@example.de>", "Lieber Vorstand,"),
        ("Max Braun <max@example.de>", "Liebe Gäste, liebe Freunde,"),
        // It can't be told whose address it is.
        ("info@example.com", "Dear Anna,"),
        (
            "Nordlicht GmbH <info@example.de>",
            "Sehr geehrte Frau Weber,",
        ),
        ("Support Team <help@example.com>", "Hi Anna,"),
        ("Blue Ocean <hello@example.com>", "Hi Anna,"),
        ("xk47@example.com", "Dear Anna,"),
        ("sunshine@example.com", "Dear Anna,"),
        // No greeting.
        ("Bob Miller <bob@example.com>", "Anna will call you."),
        ("Bob Miller <bob@example.com>", "Dearest of all is Anna"),
        (
            "Bob Miller <bob@example.com>",
            "The offer for Anna is ready.\nDear Anna,",
        ),
        ("Bob Miller <bob@example.com>", "Highly esteemed Anna"),
        ("Bob Miller <bob@example.com>", ""),
        ("Bob Miller <bob@example.com>", "Hi"),
        ("Bob Miller <bob@example.com>", "こんにちは、アンナさん"),
    ] {
        assert_eq!(greeted(&[to], text), Vec::<String>::new(), "{to}: {text}");
    }
}

#[test]
fn a_greeting_is_for_anybody_the_mail_goes_to() {
    let both = [
        "Bob Miller <bob@example.com>",
        "Carla Jones <carla@example.com>",
    ];
    for text in [
        "Dear Carla,",
        "Hi Bob and Carla,",
        "Dear Bob, dear Carla,",
        "Hi Carla & Anna,",
    ] {
        assert!(greeted(&both, text).is_empty(), "{text}");
    }
    let mut mail = draft("Hello", document(&[paragraph("Dear Anna,")]));
    mail.to = vec![mailbox("Bob Miller <bob@example.com>")];
    mail.cc = vec![mailbox("Anna Weber <anna@example.com>")];
    assert_eq!(kinds(&mail), [], "Anna gets it, too");
    mail.to.push(mailbox("info@example.com"));
    mail.cc.clear();
    assert_eq!(kinds(&mail), [], "that one may be Anna");
}

#[test]
fn size() {
    let mail = draft("Hello", document(&[paragraph("Hi")]));
    let asked = |encoded_bytes, html_bytes| -> Vec<(SendCheck, bool)> {
        let to_send = ToSend {
            draft: &mail,
            encoded_bytes,
            html_bytes,
            unconfirmed: Unconfirmed::NONE,
        };
        check_send(to_send)
            .iter()
            .map(|question| (question.kind, question.blocking))
            .collect()
    };
    assert_eq!(asked(MAX_MESSAGE_BYTES, 102 * 1024), []);
    assert_eq!(
        asked(MAX_MESSAGE_BYTES + 1, 0),
        [(SendCheck::TooLarge, false)]
    );
    assert_eq!(
        asked(0, 102 * 1024 + 1),
        [(SendCheck::ClippedByGmail, false)]
    );
}

#[test]
fn a_hostile_document_is_survived() {
    let mut node = paragraph("deep");
    for _ in 0..300 {
        node = json!({"type": "listItem", "content": [node]});
    }
    assert_eq!(kinds(&draft("Hello", node)), [(SendCheck::NoBody, false)]);
    for text in [
        "{{".repeat(5000),
        "[".repeat(5000),
        "%".repeat(5000),
        "dear ".repeat(5000),
    ] {
        let _ = asked(&text);
    }
}

fn after_polish(before: &str, after: &str, confirmed: bool, now: &str) -> Vec<SendQuestion> {
    let with = |text: &str| draft("Hello", document(&[paragraph(text)]));
    let mut unconfirmed = Unconfirmed::default();
    let changes = compare(before, after, &Known::default());
    unconfirmed.note(&Document::from_text(before), &changes, confirmed);
    check_send(ToSend {
        draft: &with(now),
        encoded_bytes: 0,
        html_bytes: 0,
        unconfirmed: &unconfirmed,
    })
}

#[test]
fn facts_that_a_polish_changed_are_asked_about_until_they_are_right() {
    let before = "Shall we meet on 10 March at 14:00 for 200 euros?";
    let after = "We could meet on 10 March at 16:00.";
    let asked = after_polish(before, after, false, after);
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert_eq!(asked[0].kind, SendCheck::UnconfirmedFacts);
    assert!(!asked[0].blocking, "a question, not a wall");
    assert_eq!(asked[0].place.text.as_deref(), Some("16:00"));
    for part in ["“14:00” became “16:00”", "“200 euros” was left out"] {
        assert!(asked[0].message.contains(part), "{}", asked[0].message);
    }
    let half = "We could meet on 10 March at 2 pm.";
    let asked = after_polish(before, after, false, half);
    assert_eq!(asked.len(), 1, "the amount is still missing: {asked:?}");
    assert!(!asked[0].message.contains("16:00"), "{asked:?}");
    assert_eq!(asked[0].place.text, None, "it stands nowhere");
    let right = "We could meet on 10 March at 2 pm, for €200.";
    assert_eq!(after_polish(before, after, false, right), []);
    assert_eq!(after_polish(before, after, true, after), [], "confirmed");
    assert_eq!(after_polish(before, after, false, before), [], "undone");
}

#[test]
fn many_changed_facts_are_counted() {
    let before = "Call 1001, 1002, 1003, 1004 and 1005 on Monday.";
    let asked = after_polish(before, "Call on Monday.", false, "Call on Monday.");
    assert!(asked[0].message.contains("and 2 more"), "{asked:?}");
}
