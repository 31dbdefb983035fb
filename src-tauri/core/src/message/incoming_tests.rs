use super::*;

/// A message of these lines, as it travels.
fn lines(text: &str) -> Vec<u8> {
    text.trim_start().replace('\n', "\r\n").into_bytes()
}

fn incoming(text: &str) -> Incoming {
    read_incoming(&lines(text)).unwrap().expect("worth noting")
}

const REPLY: &str = "
From: =?utf-8?q?Zo=C3=AB_Wei=C3=9F?= <zoe@example.org>
To: ada@example.com
Subject: Re: Offer
Message-ID: <r1@example.org>
In-Reply-To: <CAF-1@mail.gmail.com>
References: <first@example.com> <CAF-1@mail.gmail.com>
Date: Thu, 9 Oct 2025 10:00:00 +0200
Content-Type: text/plain; charset=utf-8

Yes, gladly!
Tuesday suits me.

On Thu, 9 Oct 2025 at 09:00, Ada Lovelace
<ada@example.com> wrote:

> Would you like
> to meet?
";

#[test]
fn a_reply_says_whom_it_is_from_and_what_it_answers() {
    let reply = incoming(REPLY);
    assert_eq!(reply.kind, IncomingKind::Reply);
    let from = reply.from.clone().unwrap();
    assert_eq!(from.name.as_deref(), Some("Zoë Weiß"));
    assert_eq!(from.address, "zoe@example.org");
    assert_eq!(reply.subject, "Re: Offer");
    assert_eq!(reply.answers, ["CAF-1@mail.gmail.com", "first@example.com"]);
    assert_eq!(reply.message_id, "r1@example.org");
    assert_eq!(
        reply.references,
        ["first@example.com", "CAF-1@mail.gmail.com"]
    );
    assert_eq!(reply.recipients[0].address, "ada@example.com");
    assert_eq!(reply.written_at, Some(UnixMillis(1_759_996_800_000)));
    assert_eq!(reply.snippet(160), "Yes, gladly! Tuesday suits me.");
    assert_eq!(reply.snippet(4), "Yes,");
    assert!(reply.text.contains("> to meet?"), "{}", reply.text);
}

#[test]
fn a_snippet_is_what_was_written_not_what_is_quoted() {
    let check = |text: &str, expect: &str| {
        let body = REPLY.split_once("\n\n").unwrap().0;
        let reply = incoming(&format!("{body}\n\n{text}"));
        assert_eq!(reply.snippet(160), expect, "{text}");
    };
    check("> one\n\nBelow.\n", "Below.");
    check(
        "Am Montag schrieb Ada:\n> eins\n\nJa.\n\n> zwei\n\nNein.\n",
        "Ja. Nein.",
    );
    check("My list:\nfirst\n", "My list: first");
    check("See here:\n\n> all of it\n", "See here: > all of it");
    check("No quotation", "No quotation");
    check("", "");
}

#[test]
fn html_alone_is_read_as_text_and_nothing_of_it_is_kept() {
    let reply = incoming(
        "
From: zoe@example.org
Subject: Re: Offer
Content-Type: text/html; charset=utf-8

<div dir=ltr>Yes &amp; <b>gladly</b><script>alert(1)</script><img src=\"https://x.example/p.gif\"></div>
<div class=gmail_quote><div>On Monday Ada wrote:<br></div><blockquote>Would you?</blockquote></div>
",
    );
    assert_eq!(reply.snippet(160), "Yes & gladly");
    assert!(!reply.text.contains("alert"), "{}", reply.text);
    assert!(!reply.text.contains("x.example"), "{}", reply.text);
}

#[test]
fn programs_that_answer_are_told_apart_by_what_they_say_of_themselves() {
    let check = |header: &str, kind: IncomingKind| {
        let mail =
            format!("From: zoe@example.org\nSubject: Out of office\n{header}\n\nI am away.\n");
        assert_eq!(incoming(&mail).kind, kind, "{header}");
    };
    check("Auto-Submitted: auto-replied", IncomingKind::Automatic);
    check(
        "Auto-Submitted: auto-generated (rejected)",
        IncomingKind::Automatic,
    );
    check("Auto-Submitted: No", IncomingKind::Reply);
    check("Precedence: auto_reply", IncomingKind::Automatic);
    check("X-Autoreply: yes", IncomingKind::Automatic);
    // A person on a mailing list, or with an odd subject.
    check("Precedence: list", IncomingKind::Reply);
    check(
        "X-Mailer: Auto-Submitted: auto-replied",
        IncomingKind::Reply,
    );
}

const RECEIPT: &str = "
From: Zoe <zoe@example.org>
To: ada@example.com
Subject: Read: Offer
Message-ID: <mdn@example.org>
Content-Type: multipart/report; report-type=disposition-notification; boundary=b

--b
Content-Type: text/plain

Your message was displayed.
--b
Content-Type: message/disposition-notification

Reporting-UA: Mail
Final-Recipient: rfc822; zoe@example.org
Original-Message-ID:
 <CAF-1@mail.gmail.com>
Disposition: manual-action/MDN-sent-manually; DISPOSITION

--b--
";

#[test]
fn a_read_receipt_names_the_mail_that_was_opened() {
    let receipt = incoming(&RECEIPT.replace("DISPOSITION", "displayed"));
    assert_eq!(receipt.kind, IncomingKind::Receipt);
    assert_eq!(receipt.answers, ["CAF-1@mail.gmail.com"]);
    let unread = lines(&RECEIPT.replace("DISPOSITION", "deleted/error"));
    assert_eq!(read_incoming(&unread).unwrap(), None, "not opened");
}

const BOUNCE: &str = "
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: ada@example.com
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
X-Failed-Recipients: nobody@example.org
Content-Type: multipart/report; boundary=\"b\"; report-type=delivery-status

--b
Content-Type: text/plain; charset=utf-8

Address not found
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com

Final-Recipient: rfc822; nobody@example.org
Action: ACTION
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <CAF-1@mail.gmail.com>
Subject: Offer

Hello
--b--
";

#[test]
fn a_bounce_names_the_mail_and_whom_it_did_not_reach() {
    let bounce = incoming(&BOUNCE.replace("ACTION", "failed"));
    assert_eq!(bounce.kind, IncomingKind::Bounce);
    assert_eq!(bounce.answers, ["CAF-1@mail.gmail.com"]);
    assert_eq!(bounce.failed, ["nobody@example.org"]);
    assert_eq!(bounce.snippet(160), "Address not found");
    for other in ["delayed", "delivered", "relayed"] {
        let report = lines(&BOUNCE.replace("ACTION", other));
        assert_eq!(
            read_incoming(&report).unwrap(),
            None,
            "{other} is no failure"
        );
    }
    let headers_only = BOUNCE
        .replace("ACTION", "failed")
        .replace("message/rfc822", "text/rfc822-headers");
    assert_eq!(incoming(&headers_only).answers, ["CAF-1@mail.gmail.com"]);
}

#[test]
fn anything_can_be_read_without_harm() {
    for bytes in [
        &b""[..],
        b"\r\n\r\n",
        b"From: x",
        b"\0\xff\xfe",
        b"Content-Type: multipart/report",
    ] {
        let _ = read_incoming(bytes);
    }
    let many = format!(
        "From: a@b.c\r\n{}",
        "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n".repeat(10_000)
    );
    assert!(read_incoming(many.as_bytes()).is_err());
    let ids = format!(
        "From: a@b.c\nReferences: {}\n\nx",
        "<1@b.c> <2@b.c>".repeat(5000)
    );
    assert!(incoming(&ids).answers.len() <= MAX_IDS);
}
