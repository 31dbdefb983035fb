//! Tests of the questions before sending.

use serde_json::json;

use super::*;
use crate::{UnixMillis, document::DocumentJson, draft::DraftStatus, id::DraftId};

fn draft(subject: &str, body: Value) -> Draft {
    Draft {
        attachments: vec![],
        id: DraftId(uuid::Uuid::nil()),
        contact_id: None,
        account_id: None,
        to: vec![Mailbox {
            name: None,
            address: "bob@example.com".into(),
        }],
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

fn paragraph(text: &str) -> Value {
    json!({"type": "paragraph", "content": [{"type": "text", "text": text}]})
}

fn document(nodes: &[Value]) -> Value {
    json!({"type": "doc", "content": nodes})
}

fn kinds(draft: &Draft) -> Vec<(SendCheck, bool)> {
    check_send(draft, 1000)
        .iter()
        .map(|question| (question.kind, question.blocking))
        .collect()
}

fn asked_about(text: &str) -> Vec<SendCheck> {
    let draft = draft("Hello", document(&[paragraph(text)]));
    kinds(&draft).into_iter().map(|(kind, _)| kind).collect()
}

#[test]
fn a_complete_mail_is_not_questioned() {
    assert_eq!(asked_about("Dear Bob, the meeting is at [1] 10."), []);
}

#[test]
fn recipients() {
    let mut mail = draft("Hello", document(&[paragraph("Hi")]));
    mail.to.clear();
    assert_eq!(kinds(&mail), [(SendCheck::NoRecipient, true)]);
    mail.bcc = vec![Mailbox {
        name: None,
        address: "x".into(),
    }];
    assert_eq!(kinds(&mail), [(SendCheck::InvalidRecipient, true)]);
    mail.bcc[0].address = "x@example.com".into();
    assert_eq!(kinds(&mail), []);
}

#[test]
fn an_empty_mail() {
    let empty = document(&[json!({"type": "paragraph"})]);
    let mut mail = draft(" ", empty.clone());
    let expected = [(SendCheck::NoSubject, false), (SendCheck::NoBody, false)];
    assert_eq!(kinds(&mail), expected);
    mail.body = DocumentJson(document(&[
        json!({"type": "signature", "attrs": {"id": "x"}}),
    ]));
    assert_eq!(kinds(&mail), expected, "a signature alone is no text");
    mail.body = DocumentJson(Value::Null);
    assert_eq!(kinds(&mail), expected);
    let picture = json!({"type": "paragraph", "content": [{"type": "image"}]});
    let mail = draft("Picture", document(&[picture]));
    assert_eq!(kinds(&mail), []);
}

#[test]
fn placeholders_are_walls() {
    for text in [
        "Dear {{firstName}},",
        "Dear {{ first name }},",
        "Dear {{firstName|friend}},",
        "Regards, [Your Name]",
        "Dear [Name],",
        "Sehr geehrte [Ihr Name]",
        "at [insert date here]",
        "see [above [company name]]",
    ] {
        assert_eq!(
            asked_about(text),
            [SendCheck::UnfilledPlaceholder],
            "{text}"
        );
    }
    let mail = draft("Offer for {{company}}", document(&[paragraph("Hi")]));
    assert_eq!(kinds(&mail), [(SendCheck::UnfilledPlaceholder, true)]);
    for text in [
        "The array [1] and [sic] and [EXT]",
        "{{}} {{",
        "}} {{ open\nclose }}",
        "} { [ ]",
        "日本[",
    ] {
        assert_eq!(asked_about(text), [], "{text}");
    }
    let code = json!({"type": "codeBlock", "content": [{"type": "text", "text": "{{x}}"}]});
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
    let message = &check_send(&mail, 0)[0].message;
    assert!(
        message.starts_with("{{a}}, {{b}} are not filled in"),
        "{message}"
    );
}

#[test]
fn a_promise_that_is_kept_is_no_question() {
    let text = document(&[paragraph("I attached the report.")]);
    let mut draft = draft("Report", text);
    assert!(
        check_send(&draft, 0)
            .iter()
            .any(|q| q.kind == SendCheck::MissingAttachment)
    );
    draft.attachments.push(crate::attachment::Attachment {
        hash: String::new(),
        name: "report.pdf".into(),
        mime: "application/pdf".into(),
        size: 1,
    });
    assert!(check_send(&draft, 0).is_empty());
}

#[test]
fn promised_attachments() {
    for text in [
        "I have attached the contract.",
        "Please find the offer attached",
        "See the attachment!",
        "Attached you will find our offer",
        "Attached to this email is the offer",
        "The enclosed offer is binding.",
        "Anbei unser Angebot.",
        "Im Anhang finden Sie den Vertrag",
        "Das Angebot habe ich angehängt.",
        "die beigefügten Unterlagen",
        "Den Vertrag sende ich als Anlage",
        "Thanks for your attachment. Mine is attached.",
        "The attached screenshot",
    ] {
        assert_eq!(asked_about(text), [SendCheck::MissingAttachment], "{text}");
    }
    for text in [
        "I am deeply attached to my old car.",
        "No strings attached.",
        "The file you attached can't be opened",
        "Your attachment was empty",
        "Ihr Anhang war leer",
        "Ohne Anhang",
        "An unattached person",
        "Der Abhang ist steil",
        "Please attach the file next time",
    ] {
        assert_eq!(asked_about(text), [], "{text}");
    }
}

#[test]
fn signatures_and_quotations_promise_nothing() {
    let quotation = json!({"type": "blockquote", "content": [
        paragraph("I have attached the contract, {{firstName}}")]});
    let signature = json!({"type": "signature", "content": [paragraph("anbei")]});
    let mail = draft("Re", document(&[paragraph("Thanks"), quotation, signature]));
    assert_eq!(kinds(&mail), []);
}

#[test]
fn a_picture_in_the_text_is_the_attached_picture() {
    let body = document(&[
        paragraph("The attached screenshot shows it"),
        json!({"type": "paragraph", "content": [{"type": "image"}]}),
    ]);
    assert_eq!(kinds(&draft("Hello", body)), []);
}

#[test]
fn size() {
    let mail = draft("Hello", document(&[paragraph("Hi")]));
    assert_eq!(check_send(&mail, MAX_MESSAGE_BYTES), []);
    let asked = check_send(&mail, MAX_MESSAGE_BYTES + 1);
    assert_eq!(
        (asked[0].kind, asked[0].blocking),
        (SendCheck::TooLarge, false)
    );
}

#[test]
fn a_hostile_document_is_survived() {
    let mut node = paragraph("deep");
    for _ in 0..300 {
        node = json!({"type": "listItem", "content": [node]});
    }
    let mail = draft("Hello", node);
    assert_eq!(kinds(&mail), [(SendCheck::NoBody, false)]);
}
