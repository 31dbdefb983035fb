//! Wording of elaborate mails: what they say at greater length than formal ones.

use super::{
    super::phrase::{Rule, say},
    TURNED,
};

/// What somebody is happy to do, not what made them happy: "happy to hear".
const OFFERED: &[&str] = &[
    "help", "assist", "discuss", "answer", "talk", "explain", "send", "provide", "share", "chat",
];

/// Before these "if" asks: "I wonder if you have questions", "even if you need more".
const ASKS_IF: &[&str] = &[
    "wonder",
    "ask",
    "asked",
    "asking",
    "wondering",
    "see",
    "check",
    "as",
    "even",
    "only",
    "what",
    "tell",
    "sure",
    "and",
    "or",
    "whether",
    "unclear",
    "depends",
];

/// What may follow "I think" for it to be an opinion: not "of", "about" or "hard".
const BELIEVED: &[&str] = &[
    "the", "that's", "we", "we're", "we'll", "you", "you're", "they", "they're", "he", "she",
    "he's", "she's", "it's", "this", "there", "there's", "i", "i'm", "i'll", "our", "my", "your",
    "so",
];

/// Elaborate only.
pub(in crate::polish::offline) const ELABORATE: &[Rule] = &[
    say("but", "however,")
        .start()
        .inside()
        .not_before(&["for", "not", "also", "if", "then", "rather"]),
    say("also", "in addition,").start().inside(),
    say("plus", "in addition,")
        .start()
        .inside()
        .before(&["i", "we", "they", "you"]),
    say("because of", "on account of").before(&["the", "this", "that", "our", "my", "a"]),
    say("i think", "I believe")
        .not_after(TURNED)
        .before(BELIEVED),
    say("i don't think", "I do not believe")
        .not_after(TURNED)
        .before(BELIEVED),
    say("i think that", "I believe that")
        .not_after(TURNED)
        .before(BELIEVED),
    say("we think that", "we believe that")
        .not_after(TURNED)
        .before(BELIEVED),
    say("we think", "we believe")
        .not_after(TURNED)
        .before(BELIEVED),
    say("if you can", "if you are able to")
        .inside()
        .not_before(&[
            "not", "never", "please", "and", "or", "but", "i", "we", "then", "so", "only", "just",
        ]),
    say("i hope you're well", "I hope this message finds you well").ends(),
    say("i hope you are well", "I hope this message finds you well").ends(),
    say(
        "i hope you are doing well",
        "I hope this message finds you well",
    )
    .ends(),
    say(
        "i hope you're doing well",
        "I hope this message finds you well",
    )
    .ends(),
    say("hope you're well", "I hope this message finds you well")
        .start()
        .ends(),
    say("hope you are well", "I hope this message finds you well")
        .start()
        .ends(),
    say(
        "hope you're doing well",
        "I hope this message finds you well",
    )
    .start()
    .ends(),
    say(
        "hope you are doing well",
        "I hope this message finds you well",
    )
    .start()
    .ends(),
    say("hope all is well", "I hope that all is well with you")
        .start()
        .ends(),
    say(
        "i look forward to hearing from you",
        "I very much look forward to hearing from you",
    ),
    say(
        "looking forward to hearing from you",
        "I very much look forward to hearing from you",
    )
    .start(),
    say("looking forward to", "I very much look forward to").start(),
    say("thank you", "thank you very much").whole(),
    say("thanks", "thank you very much").whole(),
    say("thanks for", "thank you very much for")
        .not_before(&["nothing"])
        .clause(),
    say("thank you for", "thank you very much for").not_before(&["nothing"]),
    say(
        "it would be great if you",
        "I would be very grateful if you",
    ),
    say("that would be great", "that would be greatly appreciated").ends(),
    say("happy to", "I would be happy to")
        .start()
        .before(OFFERED),
    say("glad to", "I would be glad to").start().before(OFFERED),
    say("if you have any questions", "should you have any questions").not_after(ASKS_IF),
    say("if you have questions", "should you have questions").not_after(ASKS_IF),
    say("if you need anything", "should you need anything").not_after(ASKS_IF),
    say("if you need any", "should you need any").not_after(ASKS_IF),
    say("if you need more", "should you need more").not_after(ASKS_IF),
    say("if you need further", "should you need further").not_after(ASKS_IF),
    say("if anything is", "should anything be").not_after(ASKS_IF),
    say("at the moment", "at the present time").ends(),
    say("because of the fact that", "due to the fact that"),
];
