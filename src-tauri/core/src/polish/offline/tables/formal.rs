//! Wording of formal mails, on which elaborate ones build.

use super::{
    super::phrase::{Rule, cut, say},
    ASKING, TURNED, VERB_FOLLOWS,
};

/// What somebody or something can be "kind of"; "it was kind of Bob to come" means something else.
const KIND_OF: &[&str] = &[
    "urgent",
    "late",
    "important",
    "busy",
    "hard",
    "difficult",
    "tired",
    "sad",
    "strange",
    "weird",
    "odd",
    "slow",
    "expensive",
    "big",
    "small",
    "short",
    "long",
    "annoying",
    "annoyed",
    "confusing",
    "confused",
    "worried",
    "disappointed",
    "unclear",
    "stuck",
    "tight",
    "complicated",
    "nervous",
    "surprised",
    "interested",
    "lost",
    "bad",
    "boring",
    "sick",
    "ill",
];

/// "It is kind of late".
const IS: &[&str] = &[
    "is", "are", "was", "were", "i'm", "it's", "that's", "am", "we're", "feel",
];

/// Formal wording; elaborate uses it too.
pub(in crate::polish::offline) const FORMAL: &[Rule] = &[
    say("a bit", "slightly").before(&[
        "late",
        "later",
        "longer",
        "more",
        "less",
        "early",
        "earlier",
        "unclear",
        "confusing",
        "difficult",
        "delayed",
        "concerned",
        "worried",
        "confused",
        "tight",
        "behind",
        "different",
    ]),
    say("awesome", "excellent"),
    say("give me a call", "call me"),
    say("give you a call", "call you"),
    say("get in touch with", "contact"),
    say("got your", "received your")
        .after(&["i", "we", "i've", "we've", "just"])
        .before(&[
            "message", "email", "e-mail", "mail", "letter", "invoice", "parcel", "package", "order",
        ]),
    say("hope everything is fine", "I hope that everything is fine").start(),
    say("hope this helps", "I hope this helps").start(),
    say("hope you", "I hope you").start(),
    say("hope you're", "I hope you are").start(),
    say("hope you've", "I hope you have").start(),
    say("hope all", "I hope all").start(),
    say("hope to", "I hope to").start(),
    say("hope that", "I hope that").start(),
    say("hope it", "I hope it").start(),
    say("i guess", "I suppose"),
    say("i just wanted to", "I would like to")
        .start()
        .before(ASKING)
        .without_but(),
    say("i just want to", "I would like to")
        .start()
        .before(ASKING),
    say("i want to", "I would like to").not_after(TURNED),
    say("i want", "I would like")
        .not_after(TURNED)
        .before(&["the", "a", "an", "my", "you", "some"]),
    say("i wanted to", "I would like to")
        .start()
        .before(ASKING)
        .without_but(),
    say("just wanted to", "I would like to")
        .start()
        .before(ASKING)
        .without_but(),
    say("wanted to", "I would like to")
        .start()
        .before(ASKING)
        .without_but(),
    say("just checking", "I am checking").start(),
    say("just a quick", "this is a brief")
        .start()
        .before(&["note", "reminder", "update", "message", "question"]),
    say("just a reminder", "this is a reminder").start(),
    say("quick reminder", "this is a brief reminder").start(),
    cut("just").before(&["checking", "following", "wondering", "writing"]),
    say("let you guys know", "let you know"),
    say("looking forward to", "I look forward to").start(),
    say("lots of", "a great deal of").before(&[
        "work",
        "time",
        "information",
        "interest",
        "effort",
        "money",
    ]),
    say("maybe", "perhaps").not_after(&["a", "the"]),
    cut("oh")
        .start()
        .before(&["and", "i", "we", "by", "i'm", "we're", "it"]),
    say("pretty", "quite").before(&[
        "good",
        "bad",
        "sure",
        "late",
        "big",
        "small",
        "busy",
        "tight",
        "urgent",
        "important",
        "soon",
        "simple",
        "easy",
        "clear",
    ]),
    say("really sorry", "very sorry"),
    // "Sorry" is said of what somebody did, and of what befell the other: only "I am sorry" is both.
    say("sorry about", "I am sorry about").start(),
    say("sorry for", "I am sorry for").start(),
    say("sorry i", "I am sorry that I").start(),
    say("sorry i'm", "I am sorry that I am").start(),
    say("sorry but", "I am sorry, but").start(),
    say("sorry that", "I am sorry that").start(),
    say("sorry to hear", "I am sorry to hear").start(),
    say("so sorry for", "I am very sorry for").start(),
    say("so sorry about", "I am very sorry about").start(),
    say("so sorry to hear", "I am very sorry to hear").start(),
    say("i'm so sorry", "I am very sorry").before(&["for", "about", "that", "to"]),
    say("sorry for the late", "I apologize for the late")
        .start()
        .before(&["reply", "answer", "response", "notice"]),
    say("sorry for the delay", "I apologize for the delay").start(),
    say(
        "sorry for the delayed reply",
        "I apologize for the delayed reply",
    )
    .start(),
    say("sorry for the slow reply", "I apologize for the slow reply").start(),
    say("sorry for my", "I apologize for my")
        .start()
        .before(&["late", "delayed", "slow", "mistake", "error"]),
    say("super", "very").before(&[
        "happy",
        "excited",
        "busy",
        "important",
        "urgent",
        "helpful",
        "useful",
        "late",
        "easy",
        "interesting",
        "nice",
        "quick",
        "good",
    ]),
    say("so much", "very much")
        .after(&["you"])
        .not_before(&["as", "that", "for", "more", "better"]),
    say("talk about", "discuss").after(VERB_FOLLOWS).before(&[
        "the", "this", "that", "it", "our", "your", "my", "how", "what", "a", "some", "next",
        "these", "those",
    ]),
    say("talk through", "discuss").after(VERB_FOLLOWS).before(&[
        "the", "this", "that", "it", "our", "your", "my", "how", "what",
    ]),
    say("thank you so much", "thank you very much"),
    say("thanks", "thank you").whole(),
    say("thanks a bunch", "thank you very much").clause(),
    say("thanks a lot", "thank you very much").clause(),
    say("thanks a million", "thank you very much").clause(),
    say("thanks again", "thank you again").clause(),
    say("thanks for", "thank you for").clause(),
    say("thanks in advance", "thank you in advance").clause(),
    say("thanks so much", "thank you very much").clause(),
    say("thanks very much", "thank you very much").clause(),
    say("great thanks", "thank you very much").whole(),
    say("touch base with you", "contact you"),
    say("touch base with", "contact"),
    say("touch base", "be in touch").after(&[
        "to", "will", "let's", "can", "could", "should", "us", "we'll", "i'll", "would",
    ]),
    say("we want to", "we would like to").not_after(TURNED),
    say("we'd love to", "we would very much like to"),
    say("i'd love to", "I would very much like to"),
    say("would love to", "would very much like to"),
    say("haha", ""),
    say("lol", ""),
    say("kind of", "somewhat").after(IS).before(KIND_OF),
    say("sort of", "somewhat").after(IS).before(KIND_OF),
    say("due to the fact that", "because"),
    say("give me a shout", "let me know"),
    say("a quick reminder that", "this is a brief reminder that").start(),
    say("quick", "brief").before(&[
        "summary", "question", "note", "update", "call", "reminder", "overview", "chat", "meeting",
    ]),
    say("keep you posted", "keep you informed"),
    say("keep me posted", "keep me informed"),
    say("sounds good", "that sounds good")
        .start()
        .not_before(&["are", "come", "is"]),
    say("sounds great", "that sounds good").start(),
    say("works for me", "suits me").after(&[
        "that",
        "this",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "tomorrow",
        "today",
        "time",
        "date",
        "pm",
        "am",
    ]),
    say("see you then", "I look forward to seeing you then").whole(),
    say("thanks and", "thank you and").start(),
    say("a ton of", "a great deal of").before(&[
        "work",
        "time",
        "information",
        "interest",
        "effort",
        "money",
    ]),
    say("no idea", "I have no idea").start().before(&[
        "why", "how", "what", "where", "when", "who", "if", "whether", "which",
    ]),
    say("tons of", "a great deal of").before(&[
        "work",
        "time",
        "information",
        "interest",
        "effort",
        "money",
    ]),
    say("ok sounds good", "that sounds good").start().capitals(),
    say("by the way", "incidentally,")
        .start()
        .comma()
        .no_comma(),
    say("i actually just wanted to", "I would like to")
        .start()
        .before(ASKING)
        .without_but(),
    say("i actually wanted to", "I would like to")
        .start()
        .before(ASKING)
        .without_but(),
    say("thanks", "thank you")
        .start()
        .not_before(&["to", "goes", "go", "are", "is", "must", "should"]),
];
