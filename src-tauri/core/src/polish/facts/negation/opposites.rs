//! What a text may say instead of a negation: "not open" is "closed", "nicht da" is "weg".

use super::super::words;

/// What is denied, and words that say the same without a denial: "not open" is "closed".
const OPPOSITES: &[(&str, &str)] = &[
    (
        "open opened opening available",
        "closed shut close closes break holiday",
    ),
    ("close closed shut", "open opens"),
    (
        "work working works function functioning run running go going respond",
        "broken down dead faulty defective fault crashed stopped jammed died offline",
    ),
    (
        "affect affected touch touched hurt damage damaged harm harmed injure",
        "fine safe spared unharmed intact undamaged unhurt unaffected untouched unscathed",
    ),
    (
        "include included contain part cover covered inclusive",
        "missing extra separate separately additional additionally omitted excluded omits lacks absent",
    ),
    (
        "pay paid settle settled",
        "unpaid outstanding overdue owed owe owes due unsettled",
    ),
    (
        "arrive arrived receive received turn turned reach reached get got hear heard see seen show shown come deliver delivered reply replied answer answered respond responded send sent return returned",
        "missing outstanding awaiting await waiting lost pending absent silence silent ignored ignores unanswered overdue undelivered",
    ),
    (
        "attend come coming make join joining play playing there available able participate run running",
        "absent out away unavailable off skip sitting missing miss busy no-go impossible injured drop",
    ),
    (
        "allow allowed permit permitted let enter use share bring",
        "forbidden prohibited banned ban limits forbid bar barred keep prevent stop avoid refuse refused leave",
    ),
    (
        "accept accepted agree agreed want like support approve",
        "reject rejects rejected refuse refuses decline declines declined object objects dispute disputes oppose opposes turn",
    ),
    ("pass passed", "fail failed fails"),
    (
        "finish finished complete completed done ready fill filled sign signed decide decided confirm confirmed process processed start started",
        "incomplete pending progress outstanding open vacant tbc blank unconfirmed undecided unsigned unfinished undone",
    ),
    ("valid apply good", "expired lapsed void ended over invalid"),
    (
        "left stock have remain remaining got",
        "exhausted out gone sold empty depleted last",
    ),
    (
        "know known sure certain clear",
        "unclear unsure unknown uncertain wonder wondering",
    ),
    ("remember", "forget forgot forgotten"),
    (
        "happen happening ahead going go",
        "off cancelled canceled scrapped shelved dropped called",
    ),
    (
        "unpack unpacked open opened",
        "packed packaging sealed boxed wrapped",
    ),
    (
        "teach teaching work working train training available",
        "break off away holiday leave pause",
    ),
    (
        "longer anymore",
        "left leaving moved former ex stopped quit gave ended lapsed expired ceased finished over changed retired gone",
    ),
    (
        "charge charged cost costs fee",
        "free complimentary waive waived",
    ),
    (
        "need needed necessary required have must",
        "optional unnecessary voluntary skip needless",
    ),
    ("meat fish", "vegetarian vegetarians vegan vegans veggie"),
    (
        "fit fits suit match right correct",
        "wrong small big tight large mismatch differs incorrect",
    ),
    ("frozen cold", "thawed warm melted defrosted"),
    ("lid label labels labelled", "unlabelled bare"),
    ("lock locked", "unlocked open"),
    ("safe", "unsafe dangerous"),
    ("easy", "hard difficult tricky"),
    (
        "find found locate",
        "missing lost disappeared vanished mislaid",
    ),
    ("bring wear", "leave home"),
    ("eat food breakfast", "fast fasting empty"),
    ("miss late forget", "remember punctual"),
    (
        "able get possible",
        "impossible inaccessible struggle struggling fail failed low",
    ),
    (
        "happy pleased satisfied good",
        "unhappy disappointed annoyed dissatisfied unacceptable upset",
    ),
    (
        "offen geöffnet auf öffnet öffnen",
        "geschlossen zu schließen schließt dicht schließung ruhetag pause",
    ),
    (
        "funktioniert geht läuft tut druckt anspringt heizt lädt",
        "kaputt defekt tot ausgefallen streikt down hängt spinnt ausfall gestört störung offline",
    ),
    (
        "fleisch fisch",
        "vegetarisch vegetarier vegetarierin vegetarierinnen fleischlos vegan veganer",
    ),
    (
        "kommt kommen komme dabei da erscheint teilnehmen mitmachen mit mitkommen kann können schaffe schafft",
        "fehlt fehlen fehle zuhause zu daheim abwesend fern verhindert raus aus entschuldigt",
    ),
    (
        "enthalten dabei inklusive inbegriffen drin beigelegt bei lag liegt",
        "extra zusätzlich separat zuzüglich zzgl fehlt fehlte exklusive gesondert obendrauf",
    ),
    (
        "gilt gültig gelten verlängern",
        "erlischt ungültig abgelaufen verliert endet verfallen ausgelaufen vorbei",
    ),
    (
        "mehr haben hab gibt gibts habe da vorrätig lager",
        "aufgebraucht leer aus ausverkauft alle ausgegangen vergriffen weg fehlt fehlen",
    ),
    (
        "gelungen geklappt funktioniert gelingt konnte könnten erreicht gebracht bringt geholfen hilft",
        "misslungen missglückt gescheitert erfolglos vergeblich umsonst schief außerstande unmöglich wirkungslos",
    ),
    (
        "verträgt vertragen essen darf",
        "unverträglich allergisch allergie unverträglichkeit tabu",
    ),
    (
        "geben verwenden brauchen nutzen geeignet taugt",
        "ungeeignet unbrauchbar ungenießbar untauglich",
    ),
    (
        "brauchen brauche nötig notwendig erforderlich muss müssen musst müsst",
        "entbehrlich überflüssig unnötig erübrigt freiwillig reicht genügt entfällt",
    ),
    (
        "bestätigt bearbeitet ausgewertet unterschrieben entschieden geklärt beantwortet erledigt fertig gebucht bezahlt überwiesen eingegangen erhalten bekommen angekommen geliefert gekommen da",
        "unbestätigt unbearbeitet offen aussteht aus ausstehend unklar warten warte fehlt fehlen unbezahlt überfällig unbeantwortet unvollständig",
    ),
    (
        "abnehmen abmachen entfernen ausziehen wegnehmen löschen ändern wechseln",
        "dran behalten drauf unverändert",
    ),
    (
        "erlaubt gestattet dürfen darf zulässig möglich",
        "verboten untersagt tabu unzulässig verbot unmöglich unterlassen verzichten",
    ),
    (
        "statt stattfinden findet",
        "ausfallen entfällt abgesagt entfallen aus gestrichen ausfall",
    ),
    (
        "passt passen sitzt stimmt richtig korrekt",
        "falsch unpassend fehlerhaft eng groß klein abweichend schwierig problematisch schlecht drückt unrichtig",
    ),
    ("schlimm wild tragisch", "okay verschmerzbar"),
    (
        "gut zufrieden glücklich schön",
        "schlecht unzufrieden schwierig schade enttäuscht ungünstig",
    ),
    (
        "zugänglich erreichbar befahrbar nutzbar benutzbar verfügbar",
        "gesperrt unzugänglich unerreichbar versperrt blockiert vergriffen belegt verliehen",
    ),
    (
        "weiß wissen sicher klar",
        "unklar unsicher ungewiss unbekannt fraglich",
    ),
    (
        "gefunden finden finde",
        "verschwunden vermisst verloren verschollen fehlt",
    ),
    ("teuer", "günstig billig"),
    (
        "juckreiz schmerzen beschwerden fieber",
        "juckt schmerzfrei beschwerdefrei fieberfrei",
    ),
    ("geändert verändert ändert", "unverändert"),
    (
        "excluding exclude excludes excluded exclusive excl",
        "plus extra net before without ex added",
    ),
    (
        "refuse refuses refused reject rejects rejected decline declines declined",
        "turn turns turned turning no against pass",
    ),
    (
        "fail fails failed failing",
        "missing outstanding unsuccessful pending wrong broken",
    ),
    (
        "hardly rarely seldom barely scarcely",
        "few little almost short",
    ),
];

/// Words that say without a denial what a negation says of one of these stems.
pub(in crate::polish::facts) fn opposites(scope: &[String]) -> Vec<&'static str> {
    OPPOSITES
        .iter()
        .filter(|(denied, _)| {
            denied
                .split(' ')
                .any(|word| scope.contains(&words::stem(word)))
        })
        .flat_map(|(_, opposites)| opposites.split(' '))
        .collect()
}
