//! What the offline polisher replaces, as data.
//!
//! Conditions for a rule: it changes no fact, adds and drops no negation, and is right wherever
//! it applies. A rule that needs to know what the sentence means has no place here. The tests
//! read these tables too.

use super::phrase::{Rule, cut, say};

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
/// States that "atm" and "rn" tell the time of; otherwise they are a machine and a nurse.
const STATES: &[&str] = &[
    "busy",
    "available",
    "free",
    "away",
    "sick",
    "ill",
    "home",
    "here",
    "abroad",
    "travelling",
    "traveling",
    "swamped",
    "offline",
    "online",
    "driving",
    "stuck",
    "tired",
];
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
/// Before these "I want" is turned round or belongs to something else: "do I want", "all I want".
const TURNED: &[&str] = &[
    "do",
    "does",
    "did",
    "would",
    "could",
    "should",
    "will",
    "might",
    "why",
    "if",
    "as",
    "what",
    "all",
    "whatever",
    "than",
    "wherever",
    "whenever",
    "everything",
    "anything",
    "nothing",
    "thing",
    "things",
    "one",
    "don't",
    "didn't",
    "when",
    "where",
    "who",
    "how",
    "that",
    "which",
    "because",
    "since",
    "until",
    "unless",
    "whether",
    "not",
    "never",
    "can",
    "may",
    "must",
];
/// After these a verb follows: "to talk about", but not "the talk about".
const VERB_FOLLOWS: &[&str] = &[
    "to", "can", "could", "should", "will", "would", "we", "i", "you", "they", "please", "let's",
    "us", "may", "might", "must", "also", "still", "we'll", "i'll", "and", "not", "didn't",
    "don't", "won't", "can't", "cannot",
];
/// "It is kind of late".
const IS: &[&str] = &[
    "is", "are", "was", "were", "i'm", "it's", "that's", "am", "we're", "feel",
];

/// What people "wanted to" do when they mean that they do it now.
const ASKING: &[&str] = &["ask", "let", "say", "thank", "inform"];

/// "It could of course", "he would of his own accord".
const NOT_HAVE: &[&str] = &[
    "course",
    "necessity",
    "his",
    "her",
    "their",
    "its",
    "my",
    "our",
    "your",
    "the",
    "a",
];

/// Misspellings that are no words, no names and can mean one thing only.
pub(super) const MISSPELT: &[Rule] = &[
    say("accomodate", "accommodate"),
    say("accomodation", "accommodation"),
    say("acheive", "achieve"),
    say("adress", "address"),
    say("adresses", "addresses"),
    say("agian", "again"),
    say("allready", "already"),
    say("alot", "a lot"),
    say("appologies", "apologies"),
    say("appologize", "apologize"),
    say("apparantly", "apparently"),
    say("appreciatte", "appreciate"),
    say("arguement", "argument"),
    say("atleast", "at least"),
    say("attachement", "attachment"),
    say("attatched", "attached"),
    say("attched", "attached"),
    say("availabe", "available"),
    say("availible", "available"),
    say("avaliable", "available"),
    say("becasue", "because"),
    say("becuase", "because"),
    say("begining", "beginning"),
    say("beleive", "believe"),
    say("buisness", "business"),
    say("bussiness", "business"),
    say("calender", "calendar"),
    say("collegue", "colleague"),
    say("collegues", "colleagues"),
    say("comming", "coming"),
    say("commited", "committed"),
    say("completly", "completely"),
    say("concious", "conscious"),
    say("definately", "definitely"),
    say("definatly", "definitely"),
    say("diffrent", "different"),
    say("dissapointed", "disappointed"),
    say("embarass", "embarrass"),
    say("enviroment", "environment"),
    say("existance", "existence"),
    say("experiance", "experience"),
    say("familar", "familiar"),
    say("finaly", "finally"),
    say("fowarded", "forwarded"),
    say("freind", "friend"),
    say("freinds", "friends"),
    say("goverment", "government"),
    say("gaurantee", "guarantee"),
    say("garantee", "guarantee"),
    say("happend", "happened"),
    say("immediatly", "immediately"),
    say("imediately", "immediately"),
    say("independant", "independent"),
    say("infomation", "information"),
    say("intrested", "interested"),
    say("knowlege", "knowledge"),
    say("liason", "liaison"),
    say("maintainance", "maintenance"),
    say("managment", "management"),
    say("meetting", "meeting"),
    say("mispelled", "misspelled"),
    say("neccessary", "necessary"),
    say("necesary", "necessary"),
    say("neccesary", "necessary"),
    say("noticable", "noticeable"),
    say("occassion", "occasion"),
    say("occured", "occurred"),
    say("occurence", "occurrence"),
    say("oppurtunity", "opportunity"),
    say("oportunity", "opportunity"),
    say("payed", "paid"),
    say("posible", "possible"),
    say("prefered", "preferred"),
    say("probaly", "probably"),
    say("proffesional", "professional"),
    say("publically", "publicly"),
    say("realy", "really"),
    say("reccomend", "recommend"),
    say("recomend", "recommend"),
    say("recieve", "receive"),
    say("recieved", "received"),
    say("recieving", "receiving"),
    say("reciept", "receipt"),
    say("refering", "referring"),
    say("responce", "response"),
    say("schedual", "schedule"),
    say("seperate", "separate"),
    say("seperately", "separately"),
    say("shedule", "schedule"),
    say("similiar", "similar"),
    say("sincerly", "sincerely"),
    say("succesful", "successful"),
    say("successfull", "successful"),
    say("succesfully", "successfully"),
    say("suprise", "surprise"),
    say("teh", "the").small(),
    say("thankyou", "thank you"),
    say("thier", "their"),
    say("tommorow", "tomorrow"),
    say("tommorrow", "tomorrow"),
    say("tomorow", "tomorrow"),
    say("truely", "truly"),
    say("unfortunatly", "unfortunately"),
    say("untill", "until"),
    say("usefull", "useful"),
    say("wether", "whether"),
    say("whereever", "wherever"),
    say("wich", "which"),
    say("wierd", "weird"),
    say("writting", "writing"),
    say("could of", "could have").not_before(NOT_HAVE),
    say("should of", "should have").not_before(NOT_HAVE),
    say("would of", "would have").not_before(NOT_HAVE),
    say("must of", "must have").not_before(NOT_HAVE),
];

/// Apostrophes left out.
pub(super) const APOSTROPHES: &[Rule] = &[
    say("arent", "aren't"),
    say("cant", "can't"),
    say("couldnt", "couldn't"),
    say("couldve", "could've"),
    say("didnt", "didn't"),
    say("doesnt", "doesn't"),
    say("dont", "don't"),
    say("hadnt", "hadn't"),
    say("hasnt", "hasn't"),
    say("havent", "haven't"),
    say("heres", "here's"),
    say("hes", "he's").small(),
    say("im", "I'm").not_after(&["an", "the", "by", "via", "any", "your", "my"]),
    say("isnt", "isn't"),
    say("itll", "it'll"),
    say("its been", "it's been"),
    say("its a", "it's a"),
    say("its an", "it's an"),
    say("its the", "it's the"),
    say("its gonna", "it's going to"),
    say("ive", "I've").small(),
    say("lets", "let's")
        .start()
        .not_before(&["me", "you", "us", "him", "her", "them", "it", "the"]),
    say("shouldnt", "shouldn't"),
    say("shouldve", "should've"),
    say("thats", "that's"),
    say("theres", "there's"),
    say("theyll", "they'll"),
    say("theyre", "they're"),
    say("theyve", "they've"),
    say("wasnt", "wasn't"),
    say("werent", "weren't"),
    say("weve", "we've"),
    say("whats", "what's"),
    say("wont", "won't").not_after(&[
        "his", "her", "my", "their", "our", "your", "its", "is", "as",
    ]),
    say("wouldnt", "wouldn't"),
    say("wouldve", "would've"),
    say("youll", "you'll"),
    say("youre", "you're"),
    say("youve", "you've"),
    say("ive been", "I've been"),
    say("ive got", "I've got"),
    say("ive sent", "I've sent"),
    say("ive had", "I've had"),
    say("ive seen", "I've seen"),
    say("ive attached", "I've attached"),
    say("ive just", "I've just"),
    say("ive already", "I've already"),
    say("ive done", "I've done"),
    say("ive made", "I've made"),
    say("ive never", "I've never"),
    say("ive heard", "I've heard"),
    say("ive tried", "I've tried"),
];

/// "My cuz" is a cousin.
const COUSIN: &[&str] = &[
    "my", "your", "his", "her", "our", "their", "a", "the", "hi", "hey",
];

/// Before these "ur" is "you're".
const UR_ARE: &[&str] = &[
    "not", "so", "going", "able", "sure", "there", "here", "done", "at", "on", "a", "an", "the",
];
/// Before these it isn't "your", or not surely: "ur late" and "ur late fee".
const UR_OTHERWISE: &[&str] = &[
    "not",
    "so",
    "going",
    "able",
    "sure",
    "there",
    "here",
    "done",
    "at",
    "on",
    "a",
    "an",
    "the",
    "right",
    "very",
    "correct",
    "free",
    "available",
    "ok",
    "okay",
    "busy",
    "late",
    "interested",
    "looking",
    "doing",
    "happy",
    "back",
    "ready",
    "in",
    "around",
    "coming",
    "welcome",
];

/// Words of text messages, written out in every style.
pub(super) const TEXTISMS: &[Rule] = &[
    say("2moro", "tomorrow"),
    say("2morrow", "tomorrow"),
    say("abt", "about").small(),
    say("appt", "appointment"),
    say("b4", "before")
        .not_after(&[
            "room",
            "gate",
            "vitamin",
            "cell",
            "flat",
            "row",
            "seat",
            "block",
            "platform",
            "unit",
            "building",
            "section",
            "figure",
            "table",
            "level",
            "floor",
            "bay",
            "zone",
            "paper",
            "size",
            "exit",
            "hall",
            "wing",
            "box",
            "grade",
            "apartment",
            "suite",
            "terminal",
            "dock",
            "locker",
            "square",
            "point",
            "item",
            "part",
            "class",
            "version",
            "route",
            "road",
            "bus",
            "line",
            "stop",
            "station",
            "pier",
            "lot",
            "appendix",
            "annex",
            "key",
            "column",
            "form",
            "plan",
            "option",
            "question",
            "page",
            "in",
            "at",
            "the",
            "and",
            "or",
            "of",
            "from",
            "stand",
            "booth",
            "door",
            "entrance",
            "office",
            "ward",
            "lab",
        ])
        .before(&[
            "the",
            "a",
            "i",
            "i'm",
            "we",
            "you",
            "u",
            "he",
            "she",
            "they",
            "it",
            "it's",
            "my",
            "your",
            "ur",
            "our",
            "his",
            "her",
            "their",
            "this",
            "that",
            "then",
            "noon",
            "lunch",
            "dinner",
            "breakfast",
            "midnight",
            "tomorrow",
            "2moro",
            "tmr",
            "tmrw",
            "today",
            "tonight",
            "next",
            "monday",
            "tuesday",
            "wednesday",
            "thursday",
            "friday",
            "saturday",
            "sunday",
            "christmas",
            "easter",
            "signing",
            "sending",
            "going",
            "leaving",
            "end",
        ]),
    say("def", "definitely")
        .uncounted()
        .before(&["be", "want", "need", "come", "will", "do", "go", "see"]),
    say("kinda", "kind of"),
    say("quick q", "quick question"),
    say("tho", "though"),
    say("bc", "because")
        .uncounted()
        .not_after(&["and", "or", "the", "in", "cc"])
        .before(&[
            "the", "a", "i", "i'm", "i've", "im", "we", "we're", "you", "u", "he", "she", "they",
            "it", "it's", "its", "my", "your", "ur", "our", "his", "her", "their", "this", "that",
            "there", "of", "no", "nobody", "all",
        ]),
    say("bday", "birthday"),
    say("coz", "because").not_after(COUSIN),
    say("cuz", "because").not_after(COUSIN),
    say("gonna", "going to"),
    say("wanna", "want to"),
    say("gotta", "have to").not_after(&[
        "i've", "we've", "you've", "they've", "he's", "she's", "it's", "who's", "that's", "has",
        "have", "had", "he", "she", "it",
    ]),
    say("i've gotta", "I have to"),
    say("we've gotta", "we have to"),
    say("lemme", "let me"),
    say("gimme", "give me"),
    say("msg", "message"),
    say("mtg", "meeting"),
    say("plz", "please"),
    say("pls", "please"),
    say("ppl", "people"),
    say("r u", "are you"),
    say("u r", "you are"),
    say("rly", "really"),
    say("sry", "sorry"),
    say("thnx", "thanks"),
    say("thx", "thanks"),
    say("tnx", "thanks"),
    say("tmr", "tomorrow"),
    say("tmrw", "tomorrow"),
    say("tmw", "tomorrow"),
    say("u", "you").not_after(&["letter", "the", "a"]),
    say("ur", "you're").before(UR_ARE),
    say("ur", "your").inside().small().not_before(UR_OTHERWISE),
    say("wknd", "weekend"),
    say("yr", "your")
        .uncounted()
        .not_after(&[
            "one", "a", "per", "this", "last", "next", "every", "each", "two", "three", "first",
            "second", "third", "final",
        ])
        .before(&[
            "email", "message", "help", "time", "reply", "feedback", "team",
        ]),
];

/// Names of days and months, languages and shortenings that are written large.
pub(super) const LARGE: &[Rule] = &[
    say("monday", "Monday"),
    say("tuesday", "Tuesday"),
    say("wednesday", "Wednesday"),
    say("thursday", "Thursday"),
    say("friday", "Friday"),
    say("saturday", "Saturday"),
    say("sunday", "Sunday"),
    say("mondays", "Mondays"),
    say("fridays", "Fridays"),
    say("january", "January"),
    say("february", "February"),
    say("april", "April"),
    say("june", "June"),
    say("july", "July"),
    say("september", "September"),
    say("october", "October"),
    say("november", "November"),
    say("december", "December"),
    say("english", "English"),
    say("german", "German"),
    say("french", "French"),
    say("christmas", "Christmas"),
    say("easter", "Easter"),
    say("pdf", "PDF"),
    say("i", "I").inside().not_after(&[
        "section",
        "part",
        "option",
        "type",
        "appendix",
        "figure",
        "chapter",
        "point",
        "item",
        "class",
        "variant",
        "paragraph",
        "case",
        "index",
        "variable",
        "annex",
    ]),
    say("i'm", "I'm"),
    say("i've", "I've"),
    say("i'll", "I'll"),
    say("i'd", "I'd"),
    say("fyi", "FYI"),
    say("ok", "OK"),
];

/// Shorthand that formal and elaborate mails write out.
pub(super) const SHORTHAND: &[Rule] = &[
    say("afaik", "as far as I know").capitals(),
    say("asap", "as soon as possible").capitals(),
    say("atm", "at the moment").after(STATES),
    say("btw", "by the way").capitals(),
    say("btw", "incidentally,").start().no_comma().capitals(),
    say("by eod", "by the end of the day").capitals(),
    say("by eow", "by the end of the week").capitals(),
    say("fyi", "for your information").capitals(),
    say("hr", "hour").after(&["1", "one"]),
    say("hrs", "hours").counted(),
    say("iirc", "if I remember correctly").capitals(),
    say("imho", "in my opinion").capitals(),
    say("imo", "in my opinion").not_after(&["the", "an", "at", "by"]),
    say("info", "information"),
    say("lmk", "let me know").capitals(),
    say("mins", "minutes").counted(),
    say("rn", "right now").after(STATES),
    say("tbh", "to be honest"),
    say("yeah", "yes"),
    say("yep", "yes"),
    say("yup", "yes"),
    say("anyways", "anyway"),
    say("eod", "end of day").capitals(),
];

/// Formal wording; elaborate uses it too.
pub(super) const FORMAL: &[Rule] = &[
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
pub(super) const ELABORATE: &[Rule] = &[
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

/// Casual wording.
pub(super) const CASUAL: &[Rule] = &[
    say("a large number of", "lots of").not_after(&["is", "was", "there's", "it's"]),
    say("additionally", "also").start(),
    say("furthermore", "also").start(),
    say("moreover", "also").start(),
    say("in addition", "also").start().not_before(&["to"]),
    say("apologies for", "sorry for").start(),
    say("approximately", "about"),
    say("as a result", "so").start().comma().no_comma(),
    say("assistance", "help")
        .after(&["your", "any", "for", "of", "need", "further", "more"])
        .before(&["with", "in", "from"]),
    say("at your convenience", "whenever it suits you"),
    say("at your earliest convenience", "as soon as it suits you"),
    say("commence", "start"),
    say("consequently", "so").start().no_comma(),
    say("due to the fact that", "because"),
    say("however", "but").start().comma().no_comma(),
    say("i apologize for", "sorry for").start(),
    say("i apologise for", "sorry for").start(),
    say("i am writing to", "I wanted to").before(ASKING),
    say("i look forward to", "looking forward to").start(),
    say("i wish to", "I'd like to").not_after(TURNED),
    say("in order to", "to"),
    say("in the event that", "if"),
    say("inform you", "let you know").before(&["that", "if", "when", "whether", "how", "by", "as"]),
    say("inquire", "ask").not_before(&["into", "within"]),
    say("enquire", "ask").not_before(&["into", "within"]),
    say("kindly", "please").start(),
    say("many thanks for", "thanks a lot for").clause(),
    say("nevertheless", "still").start(),
    say("obtain", "get"),
    say("perhaps", "maybe"),
    say("please be advised that", "just so you know,"),
    say("please do let me know", "let me know"),
    say("prior to", "before"),
    say("purchased", "bought"),
    say("regarding", "about"),
    say("with regard to", "about"),
    say("with respect to", "about"),
    say("in regard to", "about"),
    say("in relation to", "about"),
    say("require", "need").after(&["i", "we", "you", "they", "may", "will", "would", "might"]),
    say("requires", "needs"),
    say("sufficient", "enough").not_after(&[
        "a", "the", "any", "this", "that", "no", "your", "our", "one", "each", "self",
    ]),
    say("subsequent to", "after"),
    say("subsequently", "then"),
    say("thank you very much for", "thanks a lot for").clause(),
    say("thank you so much for", "thanks so much for").clause(),
    say("thank you for", "thanks for").clause(),
    say("thank you in advance", "thanks in advance").clause(),
    say("thank you very much", "thanks a lot").clause(),
    say("thank you", "thanks").whole(),
    say("therefore", "so").start().no_comma(),
    say("thus", "so").start().comma().no_comma(),
    say("until such time as", "until"),
    say("utilise", "use"),
    say("utilize", "use"),
    say("we look forward to", "looking forward to").start(),
    say("we regret to inform you that", "we're afraid").start(),
    say("i regret to inform you that", "I'm afraid"),
    say("would it be possible for you to", "could you"),
    say("would you be so kind as to", "could you"),
    say("discuss", "talk about")
        .not_after(&["the", "a"])
        .before(&[
            "the", "this", "that", "it", "our", "your", "my", "how", "what", "these", "next",
        ]),
    say("very much", "a lot").after(&["you"]).ends(),
    say("i would be grateful if you could", "could you"),
    say("receive", "get").after(&[
        "to", "you", "i", "we", "they", "not", "didn't", "will", "can",
    ]),
    say("contact me", "get in touch").ends(),
    say("assist you", "help you"),
    say("assist me", "help me"),
    say("assist us", "help us"),
    say("attempt to", "try to").after(VERB_FOLLOWS),
    say("please find attached", "attached you'll find")
        .start()
        .inside(),
    say("attached please find", "attached you'll find").inside(),
    say("please find enclosed", "enclosed you'll find")
        .start()
        .inside(),
    say("should you have any questions", "if you have any questions"),
    say("should you require any", "if you need any"),
    say("should you need any", "if you need any"),
    say("i am writing to inquire about", "I'm writing to ask about").start(),
    say("i am writing to enquire about", "I'm writing to ask about").start(),
    say(
        "i would like to inform you that",
        "I wanted to let you know that",
    ),
    say("further information", "more information"),
    say("additional information", "more information"),
    say("keep you informed", "keep you posted"),
    say("keep me informed", "keep me posted"),
    say("at the present time", "right now"),
    say("i would be grateful for", "I'd love").before(&["your", "any", "some", "a"]),
    say("also please", "please also").start(),
];

/// Fillers and wordy phrases that concise cuts or shortens.
pub(super) const CONCISE: &[Rule] = &[
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
