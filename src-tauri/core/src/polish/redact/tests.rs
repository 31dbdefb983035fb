use proptest::prelude::*;

use super::*;
use crate::polish::facts::accounts;

fn redactor() -> Redactor {
    Redactor::new(
        RedactionSettings::ALL,
        Known {
            people: vec!["Anna Weber".into()],
        },
    )
}

const LETTER: &str = "Hi Anna,\n\nplease call Bob Miller on +49 30 1234567 or write to \
bob.miller@example.org. Bob lives at 12 Baker Street, London NW1 6XE. The account is \
DE89 3704 0044 0532 0130 00, the card 4111 1111 1111 1111, the customer number 88001234567. \
See [the **plan**](https://example.com/plan?x=1) and anna weber's notes. Annas Idee, ANNA!\n\nTom";

#[test]
fn a_letter_goes_out_without_what_is_private() {
    let mut redactor = redactor();
    let out = redactor.redact(LETTER);
    let lower = out.to_lowercase();
    for private in [
        "anna",
        "weber",
        "bob",
        "miller",
        "1234567",
        "example.org",
        "baker",
        "nw1",
        "3704",
        "4111",
        "880012",
        "example.com",
    ] {
        assert!(!lower.contains(private), "{private} is still in: {out}");
    }
    assert!(
        out.contains("[the **plan**]([LINK_1])"),
        "the link is still one: {out}"
    );
    assert!(out.contains("the card [CARD_1]"), "{out}");
    assert!(out.contains("account is [ACCOUNT_1]"), "{out}");
    assert!(out.contains("lives at [ADDRESS_1]"), "{out}");
    assert_eq!(redactor.restore(&out), LETTER);
}

#[test]
fn a_full_name_is_one_placeholder_and_the_first_name_another() {
    let mut redactor = redactor();
    assert_eq!(
        redactor.redact("Anna Weber called. Tell Anna, and Anna Weber's boss."),
        "[NAME_1] called. Tell [NAME_2], and [NAME_1]'s boss."
    );
    assert_eq!(
        redactor.redact("mention anna"),
        "mention [NAME_3]",
        "another spelling must come back as it was written"
    );
}

#[test]
fn texts_of_one_request_share_their_placeholders() {
    let mut redactor = Redactor::new(RedactionSettings::ALL, Known::default());
    let (draft, note) = ("Hi Zorbina, can we meet?", "mention that zorbina is away");
    redactor.learn(draft);
    let note = redactor.redact(note);
    assert!(!note.contains("zorbina"), "{note}");
}

#[test]
fn what_looks_like_a_placeholder_is_replaced_itself() {
    for text in [
        "write [NAME_1] to Anna",
        "write \\[NAME\\_1\\] to Anna",
        "[name 1] and [Name_01], Anna",
        "\\Anna\\] [[Anna]] [NAME_Anna]",
    ] {
        let mut redactor = redactor();
        let out = redactor.redact(text);
        assert_eq!(redactor.restore(&out), text, "{out}");
        assert_eq!(
            redactor.put_back(&out, "", &out).as_deref(),
            Ok(text),
            "{out}"
        );
    }
}

#[test]
fn an_answer_must_have_every_placeholder_and_no_other() {
    let mut redactor = redactor();
    let out = redactor.redact("Anna and Bob Miller meet. Anna pays.");
    assert_eq!(out, "[NAME_1] and [NAME_2] meet. [NAME_1] pays.");
    let put_back = |version: &str| redactor.put_back(&out, "", version);
    assert_eq!(
        put_back("[NAME_2] meets [NAME_1].").as_deref(),
        Ok("Bob Miller meets Anna.")
    );
    assert_eq!(
        put_back("\\[NAME\\_2\\] meets [NAME\\_1].").as_deref(),
        Ok("Bob Miller meets Anna."),
        "a model may escape what Markdown could take for a mark"
    );
    let name = |placeholder: &str| placeholder.to_owned();
    assert_eq!(
        put_back("[NAME_1] meets."),
        Err(Refusal::Missing {
            placeholder: name("[NAME_2]")
        })
    );
    assert_eq!(
        put_back("[NAME_1], [NAME_2], [NAME_2]"),
        Err(Refusal::Doubled {
            placeholder: name("[NAME_2]")
        })
    );
    for altered in ["[NAME_3]", "[NAME_02]", "[name_2]", "[NAME 2]", "[EMAIL_1]"] {
        assert_eq!(
            put_back(&format!("[NAME_1], [NAME_2], {altered}")),
            Err(Refusal::Altered {
                placeholder: name(altered)
            })
        );
    }
    // Written like one, of a kind there is none of.
    for stranger in ["[KIND_1]", "\\[KIND\\_1\\]"] {
        assert!(
            matches!(
                put_back(&format!("[NAME_1], [NAME_2], {stranger}")),
                Err(Refusal::Altered { .. })
            ),
            "{stranger}"
        );
    }
    let mut own = super::Redactor::new(RedactionSettings::ALL, Known::default());
    let out = own.redact("Anna has [ITEM_1] and [see_1].");
    assert_eq!(
        own.put_back(&out, "", &out).as_deref(),
        Ok("Anna has [ITEM_1] and [see_1]."),
        "what the draft has, a version may have"
    );
    for (escaped, plain) in [("\\[ITEM\\_1\\]", "[ITEM_1]"), ("[ITEM_1]", "\\[ITEM\\_1]")] {
        let out = own.redact(&format!("Anna has {escaped}."));
        assert!(
            own.put_back(&out, "", &out.replace(escaped, plain)).is_ok(),
            "{escaped} is {plain}"
        );
    }
    let error = Error::from(put_back("nobody").unwrap_err());
    assert_eq!(error.code, Code::AiInvalidAnswer);
    assert!(!error.message.contains("Anna"), "{}", error.message);
}

#[test]
fn what_stands_in_the_instruction_may_be_taken_over_but_need_not() {
    let mut redactor = redactor();
    let draft = redactor.redact("Anna comes.");
    let beside = redactor.redact("say that Bob Miller comes, too");
    for version in ["[NAME_1] comes.", "[NAME_1] and [NAME_2] come."] {
        assert!(
            redactor.put_back(&draft, &beside, version).is_ok(),
            "{version}"
        );
    }
    assert!(
        redactor
            .put_back(&draft, &beside, "[NAME_2] comes.")
            .is_err(),
        "the draft's own placeholder is missing"
    );
}

#[test]
fn markdown_hides_nothing() {
    for text in [
        "write to bob\\@example\\.org today",
        "\\+49 30 1234567 is the number",
        "ask **Anna** Weber or An**na** or <u>An</u>na",
        "the way is https://example\\.org/a\\_b\\&c;",
        "see https://safe.example/x?who=%41nna",
    ] {
        let mut redactor = Redactor::new(
            RedactionSettings {
                links: text.contains("a\\_b"),
                ..RedactionSettings::ALL
            },
            Known {
                people: vec!["Anna Weber".into()],
            },
        );
        let out = redactor.redact(text);
        let seen = view::View::of(&out).text.to_lowercase();
        for private in ["anna", "weber", "bob", "example.org", "1234567", "41nna"] {
            assert!(
                !seen.contains(private),
                "{private} of {text:?} is in {out:?}"
            );
        }
        assert_eq!(redactor.restore(&out), text, "{out}");
        assert_eq!(
            redactor.put_back(&out, "", &out).as_deref(),
            Ok(text),
            "{out}"
        );
    }
}

#[test]
fn half_a_placeholder_is_never_shown() {
    let mut redactor = redactor();
    let out = redactor.redact("Hi Anna, [see] Bob Miller\\! The [name of it] is 3 \\[x\\].");
    let whole = redactor.restore(&out);
    let mut longest = 0;
    for end in (0..=out.len()).filter(|end| out.is_char_boundary(*end)) {
        let shown = redactor.restore_so_far(&out[..end]);
        assert!(
            whole.starts_with(&shown),
            "{shown:?} is no beginning of {whole:?}"
        );
        longest = longest.max(shown.len());
    }
    assert_eq!(longest, whole.len(), "in the end all of it is shown");
    assert_eq!(
        redactor.restore_so_far("Dear [NAME_1], [NAM"),
        "Dear Anna, "
    );
    assert_eq!(
        redactor.restore_so_far("one [NAMESAKE"),
        "one [NAMESAKE",
        "what can't become one is shown at once"
    );
}

#[test]
fn the_user_is_told_what_stands_for_what() {
    let mut redactor = redactor();
    let out = redactor.redact("Anna, anna@example.org, Anna");
    assert_eq!(
        redactor.replaced_in(&out),
        [
            Replaced {
                placeholder: "[NAME_1]".into(),
                kind: RedactionKind::Name,
                text: "Anna".into()
            },
            Replaced {
                placeholder: "[EMAIL_1]".into(),
                kind: RedactionKind::Email,
                text: "anna@example.org".into()
            },
        ]
    );
}

#[test]
fn only_what_is_chosen_is_replaced() {
    let settings = RedactionSettings {
        emails: true,
        ..RedactionSettings::NONE
    };
    let mut redactor = Redactor::new(settings, Known::default());
    assert_eq!(
        redactor.redact("Anna: anna@example.org, +49 30 1234567"),
        "Anna: [EMAIL_1], +49 30 1234567"
    );
    let mut none = Redactor::new(RedactionSettings::NONE, Known::default());
    assert_eq!(none.redact(LETTER), LETTER);
}

#[test]
fn check_digits_decide() {
    assert_eq!(accounts("IBAN: DE89370400440532013000.").len(), 1);
    assert_eq!(
        accounts("pay to gb82 west 1234 5698 7654 32 please").len(),
        1
    );
    assert_eq!(accounts("DE88 3704 0044 0532 0130 00").len(), 0);
    assert_eq!(
        find::cards("4111-1111-1111-1111 or 4111 1111 1111 1112").len(),
        1
    );
    assert_eq!(find::cards("378282246310005").len(), 1);
}

#[test]
fn street_addresses_are_found() {
    for (text, address) in [
        ("We moved to 12 Baker Street.", "12 Baker Street"),
        (
            "send it to 221b Old Mill Road, Oxford please",
            "221b Old Mill Road, Oxford",
        ),
        (
            "at 742 Evergreen Terrace, Springfield, OR 97475 since",
            "742 Evergreen Terrace, Springfield, OR 97475",
        ),
        (
            "bitte an Hauptstraße 5a, 10115 Berlin senden",
            "Hauptstraße 5a, 10115 Berlin",
        ),
        ("in der Bonner Straße 12 wohnen", "Bonner Straße 12"),
        (
            "Büro: Kurt-Schumacher-Str. 4, 60311 Frankfurt",
            "Kurt-Schumacher-Str. 4, 60311 Frankfurt",
        ),
        ("er wohnt Am Markt 3", "Am Markt 3"),
        ("chez 5 rue de la Paix", "5 rue de la Paix"),
        ("write to PO Box 123", "PO Box 123"),
    ] {
        let found: Vec<&str> = find::streets(text)
            .into_iter()
            .map(|at| &text[at])
            .collect();
        assert_eq!(found, [address], "{text}");
    }
    for text in [
        "we need 12 more days",
        "Am Montag 3 Leute",
        "the 3 Street Fighter games",
        "Am 3. März",
    ] {
        assert_eq!(find::streets(text), Vec::<Range<usize>>::new(), "{text}");
    }
}

#[test]
fn what_was_taken_out_is_not_shown() {
    let mut redactor = redactor();
    redactor.redact(LETTER);
    let shown = format!("{redactor:?}");
    assert!(
        !shown.contains("Anna") && !shown.contains("4111"),
        "{shown}"
    );
}

/// Pieces drafts are made of, private and not, and what could confuse.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => prop::sample::select(vec![
            "Anna", "Anna Weber", "anna's", "Annas", "ANNA", "Weber", "Bob", "bob@example.org", "Dr. Stone", "Acme GmbH",
            "+49 30 1234567", "(555) 123-4567", "https://example.com/a_b?c=d", "[x](https://example.com)", "<https://e.com>",
            "12 Baker Street", "Hauptstr. 5", "DE89 3704 0044 0532 0130 00", "4111 1111 1111 1111", "1234567890",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "[NAME_1]", "\\[NAME\\_1\\]", "[NAME_", "[LINK_2]", "[", "]", "\\", "[[", "[TEXT_1]", "[name_1]", "**", "_", "`", "(", ")",
            "\n", "\n\n", " ", "  ", ", ", ". ", "- ", "1. ", "{{firstName}}", "!", "<", ">", "|",
        ]).prop_map(str::to_owned),
        2 => prop::sample::select(vec![
            "hello", "we", "met", "yesterday", "market", "at", "3 pm", "and", "The", "Dear", "Hi", "für", "日本", "🙂", "é", "٣",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
}

fn text() -> impl Strategy<Value = String> {
    (
        prop::collection::vec(piece(), 0..25),
        prop::sample::select(vec!["", " "]),
    )
        .prop_map(|(pieces, joint)| pieces.join(joint))
}

fn settings() -> impl Strategy<Value = RedactionSettings> {
    any::<[bool; 8]>().prop_map(
        |[
            names,
            addresses,
            phones,
            emails,
            accounts,
            cards,
            numbers,
            links,
        ]| RedactionSettings {
            names,
            addresses,
            phones,
            emails,
            accounts,
            cards,
            numbers,
            links,
        },
    )
}

#[test]
fn what_emphasis_glues_something_to_is_taken_out_as_well() {
    for glued in ["Hauptstr. 5~¹", "Hauptstr. 5**b**"] {
        let mut redactor = redactor();
        let text = format!("{glued} or Hauptstr. 5, please");
        let out = redactor.redact(&text);
        assert!(!out.contains("Hauptstr. 5"), "{out}");
        assert_eq!(redactor.put_back(&out, "", &out), Ok(text));
    }
}

proptest! {
    #[test]
    fn restoring_gives_the_text_back(text in text(), more in text(), settings in settings()) {
        let mut redactor = Redactor::new(settings, Known { people: vec!["Anna Weber".into()] });
        let (a, b) = (redactor.redact(&text), redactor.redact(&more));
        prop_assert_eq!(redactor.restore(&a), text.as_str());
        prop_assert_eq!(redactor.restore(&b), more.as_str());
        if settings.any() {
            prop_assert_eq!(redactor.put_back(&a, "", &a), Ok(text));
        }
    }

    #[test]
    fn nothing_that_was_taken_out_is_left(text in text()) {
        let mut redactor = redactor();
        let out = redactor.redact(&text);
        let left: Vec<String> = find::words(&out).into_iter().map(|at| out[at].to_lowercase()).collect();
        for private in ["anna", "annas", "weber", "1234567890"] {
            prop_assert!(!left.iter().any(|word| word == private), "{} in {}", private, out);
        }
        for (_, value) in redactor.others.iter().filter(|(_, value)| value.len() > 3) {
            prop_assert!(find::occurrences(&out, value).is_empty(), "{} in {}", value, out);
        }
    }
}
