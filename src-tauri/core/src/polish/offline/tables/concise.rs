//! What concise mails leave out or say in fewer words.

use super::{
    super::phrase::{Rule, cut, say},
    ASKING,
};

/// Verbs that show that the "that" before them stands for a thing: "I think that is right".
const THAT_DOES: &[&str] = &[
    "is", "was", "will", "would", "has", "had", "can", "could", "should", "may", "might", "must",
    "does", "did", "works", "sounds", "looks", "seems", "depends", "isn't", "wasn't", "won't",
    "wouldn't", "doesn't", "didn't", "can't", "one", "way", "thing", "over", "through", "too",
    "also", "really", "actually", "just", "still", "now", "cannot", "makes", "fits", "means",
    "helps",
];

/// Whom a sentence is about, when it begins here.
const SUBJECTS: &[&str] = &[
    "i", "we", "i'm", "i'll", "i've", "i'd", "we're", "we'll", "we've", "it's", "there's", "they",
    "he", "she", "you", "it", "there",
];

/// Fillers and wordy phrases that concise cuts or shortens.
pub(in crate::polish::offline) const CONCISE: &[Rule] = &[
    cut("actually").not_before(&["not"]),
    cut("anyway").start().comma(),
    cut("as a matter of fact"),
    cut("honestly").start().comma(),
    cut("literally").start().comma(),
    cut("obviously").start().comma(),
    say("as of now", "now"),
    say("as soon as possible", "ASAP"),
    say("asap", "ASAP"),
    say("at all times", "always"),
    say("at the present time", "now"),
    say("at this moment in time", "now"),
    say("at this point in time", "currently"),
    say("because of the fact that", "because"),
    cut("btw").start().capitals(),
    cut("by the way").start().comma(),
    say("came to the conclusion that", "concluded that"),
    say("close proximity", "proximity"),
    say("come to an agreement", "agree"),
    say("completely eliminate", "eliminate"),
    say("conduct an analysis of", "analyze"),
    say("despite the fact that", "although"),
    say("due to the fact that", "because"),
    say("during the course of", "during"),
    say("each and every", "every"),
    say("end result", "result"),
    say("final outcome", "outcome"),
    say("first of all", "first"),
    say("for the purpose of", "for"),
    say("for the reason that", "because"),
    say("free of charge", "free"),
    say("get in touch with", "contact"),
    say("give me a call", "call me"),
    say("have a discussion about", "discuss"),
    say("have a look at", "look at"),
    say("take a look at", "look at"),
    say("has the ability to", "can"),
    say("have the ability to", "can"),
    cut("hope all is well").whole(),
    cut("hope all is well with you").whole(),
    cut("hope this email finds you well").whole(),
    cut("hope you're doing well").whole(),
    cut("hope you are doing well").whole(),
    cut("hope you're well").whole(),
    cut("hope you are well").whole(),
    cut("i hope all is well").whole(),
    cut("i hope all is well with you").whole(),
    cut("i hope this email finds you well").whole(),
    cut("i hope this message finds you well").whole(),
    cut("i hope you're doing well").whole(),
    cut("i hope you are doing well").whole(),
    cut("i hope you're well").whole(),
    cut("i hope you are well").whole(),
    cut("i am writing to inform you that")
        .clause()
        .not_before(THAT_DOES),
    cut("i am writing to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("i'm writing to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("i'm writing to inform you that")
        .clause()
        .not_before(THAT_DOES),
    cut("i just wanted to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("i just wanted to let you know")
        .clause()
        .before(SUBJECTS),
    cut("i wanted to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("i wanted to let you know").clause().before(SUBJECTS),
    cut("i would like to inform you that")
        .clause()
        .not_before(THAT_DOES),
    cut("i would like to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("i'd like to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("just wanted to let you know that")
        .clause()
        .not_before(THAT_DOES),
    cut("just wanted to let you know").clause().before(SUBJECTS),
    cut("just to let you know").clause().before(SUBJECTS),
    cut("this is to inform you that")
        .clause()
        .not_before(THAT_DOES),
    cut("just").start().before(&["let", "send", "give", "tell"]),
    say("i just wanted to ask", "I wanted to ask"),
    say("i just wanted to", "I wanted to"),
    say("i just want to", "I want to").before(ASKING),
    say("i just think", "I think"),
    say("i personally think", "I think"),
    say("i think that", "I think").not_before(THAT_DOES),
    say("i believe that", "I believe").not_before(THAT_DOES),
    say("i would like to", "I want to").before(&[
        "schedule", "discuss", "book", "order", "know", "see", "propose", "suggest", "talk",
        "arrange",
    ]),
    say("i'd like to", "I want to").before(&[
        "schedule", "discuss", "book", "order", "know", "see", "propose", "suggest", "talk",
        "arrange",
    ]),
    say("in addition", "also").start().not_before(&["to"]),
    say("in addition to that", "also").start().comma(),
    say("on top of that", "also").start().comma(),
    say("in a timely manner", "promptly"),
    say("in close proximity to", "near"),
    say("in light of the fact that", "because"),
    say("in order to", "to"),
    say("in spite of the fact that", "although"),
    say("in the event that", "if"),
    say("in the near future", "soon"),
    cut("in the process of")
        .after(&["are", "is", "am", "we're", "i'm", "they're"])
        .not_before(&[
            "the", "a", "an", "our", "my", "this", "your", "their", "his", "her", "its",
        ]),
    say("is able to", "can")
        .not_denied()
        .without_but()
        .not_before(&["not"]),
    say("are able to", "can")
        .not_denied()
        .without_but()
        .not_before(&["not"]),
    say("am able to", "can")
        .not_denied()
        .without_but()
        .not_before(&["not"]),
    say("i'm able to", "I can"),
    say("we're able to", "we can"),
    cut("it should be noted that")
        .clause()
        .not_before(THAT_DOES),
    cut("it is important to note that")
        .clause()
        .not_before(THAT_DOES),
    cut("just").before(&["checking", "following", "wondering", "writing"]),
    say("made a decision to", "decided to"),
    say("make a decision", "decide"),
    say("make a decision on", "decide on"),
    say("make sure that", "ensure").not_before(THAT_DOES),
    say("make sure", "ensure").before(&[
        "the",
        "we",
        "they",
        "it",
        "everything",
        "everyone",
        "everybody",
        "all",
        "our",
        "my",
        "your",
        "i",
        "he",
        "she",
        "this",
        "nobody",
        "no",
        "there",
    ]),
    cut("needless to say").start().comma(),
    cut("oh")
        .start()
        .before(&["and", "i", "we", "by", "i'm", "we're", "it"]),
    say("on a daily basis", "daily"),
    say("on a weekly basis", "weekly"),
    say("on a monthly basis", "monthly"),
    say("on a regular basis", "regularly"),
    say("on the other hand", "however").start().comma(),
    say("past history", "history"),
    cut("please be advised that").clause().not_before(THAT_DOES),
    cut("please note that").clause().not_before(THAT_DOES),
    say("prior to", "before"),
    say("provide me with", "give me"),
    cut("really")
        .inside()
        .not_before(&[
            "is", "are", "was", "were", "do", "does", "did", "have", "has", "not",
        ])
        .after(&[
            "i", "we", "is", "are", "am", "was", "were", "a", "it's", "i'm", "we're", "that's",
            "would", "they",
        ]),
    say("regardless of the fact that", "although"),
    say("so that we can", "so we can"),
    say("so that i can", "so I can"),
    say("subsequent to", "after"),
    say("take into consideration", "consider"),
    say("thank you so much for", "thank you for"),
    say("thank you very much for", "thank you for"),
    say("thank you so much", "thank you"),
    say("thank you very much", "thank you"),
    say("thanks a lot for", "thanks for"),
    say("thanks so much for", "thanks for"),
    say("thanks so much", "thanks"),
    say("thanks a lot", "thanks"),
    cut("tbh").start(),
    say("the reason why is that", "the reason is that"),
    cut("to be honest").start().comma(),
    cut("to tell you the truth").start().comma(),
    say("until such time as", "until"),
    say("utilise", "use"),
    say("utilize", "use"),
    cut("very")
        .inside()
        .not_before(&[
            "much", "well", "first", "last", "same", "few", "little", "next", "best",
        ])
        .not_after(&["the", "this", "that", "my", "your", "our", "how"]),
    say("we just wanted to", "we wanted to"),
    say("with reference to", "about"),
    say("with regard to", "about"),
    say("with regards to", "about"),
    say("with respect to", "about"),
    say("in regard to", "about"),
    say("in regards to", "about"),
    say("with the exception of", "except"),
    cut("you know").start().comma(),
    say("would be able to", "could")
        .not_denied()
        .not_before(&["not"]),
    say("will be able to", "can")
        .not_denied()
        .not_before(&["not"]),
    say("it would be great if you could", "please").start(),
    say("it would be really great if you could", "please").start(),
    say("haha", ""),
    say("lol", ""),
    cut("basically").start(),
    cut("essentially").start(),
    say("also please", "please also").start(),
    say(
        "contact me if you have any questions",
        "contact me with any questions",
    ),
    say(
        "contact us if you have any questions",
        "contact us with any questions",
    ),
    say("please do let me know", "please let me know"),
    say("further information", "more information"),
    say("the reason for this is that", "this is because").start(),
    say(
        "we look forward to hearing from you",
        "we look forward to your reply",
    )
    .start(),
    say(
        "i look forward to hearing from you",
        "I look forward to your reply",
    )
    .start(),
    say(
        "looking forward to hearing from you",
        "looking forward to your reply",
    )
    .start(),
    say("on account of the fact that", "because"),
    say("would be very happy to", "would gladly"),
    say("would be happy to", "would gladly"),
    say("i am writing to inquire about", "I am inquiring about").start(),
    say("i am writing to ask about", "I am asking about").start(),
    say("i am writing to ask", "I would like to ask").start(),
    say("would love to", "would like to"),
];
