//! A hundred thousand drafts, the same ones for the same seed: mails in nine languages with words
//! as frequent as words are (Zipf), to a few thousand people, some of them twice as long ago
//! changed, some in the bin, and each two hundredth a text of 100 KB.
//!
//! They are made through the store's own methods. The fast way is the one the page's journal goes
//! after a crash: many texts in one transaction.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use draftwell_core::{
    UnixMillis,
    draft::{ListDrafts, RawJournalEntry},
    id::{DraftId, VersionId},
};
use draftwell_store::{FILE_NAME, JournalIds, Store};
use serde_json::{Value, json};
use uuid::Uuid;

/// How many drafts there are, unless `DRAFTWELL_BENCH_DRAFTS` says something else.
pub const DRAFTS: usize = 100_000;
/// One of so many has [`LONG_BYTES`], all others [`BYTES`].
const LONG_EVERY: usize = 200;
const LONG_BYTES: usize = 100 * 1024;
const BYTES: usize = 2 * 1024;
/// One of so many was saved twice, and so has a version.
const CHANGED_EVERY: usize = 10;
/// One of so many is in the bin.
const BINNED_EVERY: usize = 100;
const AT_A_TIME: usize = 200;
/// To be raised when what is made changes: kept files of former ones are made anew.
const EDITION: u32 = 3;
/// 2025-11-26T00:00:00Z: the first draft. The last one is a year younger.
pub const BEGIN: UnixMillis = UnixMillis(1_764_115_200_000);
const YEAR: i64 = 365 * 24 * 60 * 60;

/// A small generator of numbers that look random (xorshift64*, Vigna 2016).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let roll = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(roll).unwrap_or(0) % bound.max(1)
    }

    /// One of so many, the first ones more often: the n-th about 1/n as often as the first.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    fn zipf(&mut self, many: usize) -> usize {
        let share = self.below(1 << 24) as f64 / f64::from(1 << 24);
        ((many as f64).powf(share) as usize - 1).min(many - 1)
    }
}

/// A language: its frequent words, and syllables its rare ones are made of.
struct Language {
    common: &'static str,
    syllables: &'static str,
    /// Rare words, the more frequent ones first.
    rare: Vec<String>,
    joined: bool,
}

const LANGUAGES: [(&str, &str, bool); 9] = [
    (
        "the to and of a in is for we you that on with it this be are have as at by our your will from please would not can if they meeting invoice report thanks regards tomorrow monday friday figures budget contract draft proposal customer delivery team project deadline question answer attached update schedule office week month quarter review price order support travel hotel flight",
        "con ter pro mar lin ver sta tion ing ment per sub com pre dis tor ble ant ive ual gre fol stan den ric hal wor",
        false,
    ),
    (
        "die der und in zu den das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei wir bitte danke grüße rechnung angebot termin besprechung montag freitag lieferung vertrag kunde bericht zahlen frage antwort anhang entwurf woche monat büro straße größe änderung übersicht können müssen möchten",
        "ver ge be auf ung keit schaft heit lich stel lung gen trag füh rung über prü fen mög bau zeit werk land ab ein aus",
        false,
    ),
    (
        "de la le et les des en un une du que est pour dans nous vous pas sur avec ce il au par plus sont merci bonjour cordialement réunion facture contrat livraison projet équipe semaine demain lundi vendredi question réponse dossier proposition délai été déjà après être très numéro",
        "con tion ment pré ré sé mé ance eur age ier ette par com dé for mer lé ville tra ver",
        false,
    ),
    (
        "de la que el en y a los se del las un por con no una su para es al lo como más gracias saludos reunión factura contrato entrega proyecto equipo semana mañana lunes viernes pregunta respuesta informe propuesta año también está así información señor número",
        "ción ment tra ver con per des ado ando ría eza cia ble tor mar ñor lez pre sub",
        false,
    ),
    (
        "i w na z się że do nie to jest o jak po co za od przez dla już czy tylko dziękuję pozdrawiam spotkanie faktura umowa dostawa projekt zespół tydzień jutro poniedziałek piątek pytanie odpowiedź załącznik oferta łódź źródło żółty święto",
        "prze roz nie owa cza sta wie dzi kow ski łów ność ani rze pod wy szcz ków",
        false,
    ),
    (
        "и в не на что с по как это мы вы для от за но у из к бы же спасибо встреча договор счёт доставка проект команда неделя завтра понедельник пятница вопрос ответ отчёт предложение ещё",
        "про пре ста ние ка ро ва ли то ми на вер ско го дел пис раз под тель ность",
        false,
    ),
    (
        "και το να του η της με που την από για είναι στο δεν θα τα ευχαριστώ συνάντηση τιμολόγιο σύμβαση παράδοση έργο ομάδα εβδομάδα αύριο δευτέρα ερώτηση απάντηση",
        "κα τα πρό στα μέ νος λό γος τη ρι δια συν απο φέ ρω",
        false,
    ),
    (
        "من في على أن إلى هذا التي عن مع كان شكرا اجتماع فاتورة عقد مشروع فريق أسبوع غدا سؤال جواب تقرير عرض موعد",
        "مت با لو سي را نا كم تو لي ها ون ات",
        false,
    ),
    (
        "的 是 在 了 我们 您 会议 合同 发票 项目 明天 星期一 问题 回答 报告 谢谢 请 客户 交货 时间 上海 北京 价格 计划 附件 预算",
        "进 出 开 关 大 小 新 高 公 司 部 门 市 场 工 作",
        true,
    ),
];
/// How many rare words a language has.
const RARE: usize = 6_000;

const NAMES: &str = "Ada Zoë Jürgen Łukasz Ayşe Chloé José Marta Ingrid Søren Björk Priya Chen Yuki Omar Fatima Nikos Eleni Иван Ольга François Núria Ana Paul Emma Noah Mia Leon Sofia Luca Elif Jan Kasia Tomasz Hannah Peter Lena Max Nora Otto";
const FAMILIES: &str = "Lovelace Müller Nowak García Dubois Rossi Jensen Novák Yılmaz Papadopoulos Иванов Schmidt O'Brien Kowalski Fernández Björnsdóttir Großmann Šimek Weiß Nguyễn Costa Horváth Andersson Öztürk Zhang Tanaka Silva Martin Bernard Petit Leroy Fischer Weber Wagner Becker Hoffmann Schäfer Koch Bauer Richter";
const PLACES: &str = "example.com example.org example.net mail.example.com firma.example büro.example studio.example";
/// How many people there are to write to.
const PEOPLE: usize = 4_000;

/// All that texts are made of.
pub struct Words {
    languages: Vec<Language>,
    people: Vec<Value>,
}

impl Words {
    pub fn new() -> Self {
        let mut dice = Dice::new(7);
        let languages = LANGUAGES
            .iter()
            .map(|(common, syllables, joined)| {
                let parts: Vec<&str> = syllables.split(' ').collect();
                let rare = (0..RARE)
                    .map(|_| {
                        let length = 2 + dice.below(3);
                        (0..length)
                            .map(|_| parts[dice.below(parts.len())])
                            .collect()
                    })
                    .collect();
                Language {
                    common,
                    syllables,
                    rare,
                    joined: *joined,
                }
            })
            .collect();
        let pick = |list: &'static str, dice: &mut Dice| {
            let all: Vec<&str> = list.split(' ').collect();
            all[dice.below(all.len())]
        };
        let people = (0..PEOPLE)
            .map(|number| {
                let (name, family) = (pick(NAMES, &mut dice), pick(FAMILIES, &mut dice));
                let place = pick(PLACES, &mut dice).replace('ü', "ue");
                let first = char::from(b'a' + u8::try_from(dice.below(26)).unwrap_or(0));
                json!({ "name": format!("{name} {family}"),
                        "address": format!("{first}.person{number}@{place}") })
            })
            .collect();
        Self { languages, people }
    }

    /// A word of a language: every second one is a frequent one.
    fn word<'a>(&'a self, language: &'a Language, dice: &mut Dice) -> &'a str {
        if dice.below(2) == 0 {
            let all = language.common.split(' ');
            let many = all.clone().count();
            let place = dice.zipf(many);
            return language.common.split(' ').nth(place).unwrap_or_default();
        }
        if language.syllables.is_empty() {
            return "";
        }
        &language.rare[dice.zipf(RARE)]
    }

    fn line(&self, language: &Language, bytes: usize, dice: &mut Dice) -> String {
        let mut line = String::with_capacity(bytes + 16);
        while line.len() < bytes {
            if !line.is_empty() && !language.joined {
                line.push(' ');
            }
            // Now and then a number: dates, prices, rooms.
            if dice.below(25) == 0 {
                line.push_str(&dice.below(10_000).to_string());
            } else {
                line.push_str(self.word(language, dice));
            }
        }
        line.push(if language.joined { '。' } else { '.' });
        line
    }

    /// A document of about so many bytes of text.
    pub fn body(&self, language: usize, bytes: usize, dice: &mut Dice) -> Value {
        let language = &self.languages[language % self.languages.len()];
        let mut left = bytes;
        let mut paragraphs = Vec::new();
        while left > 0 {
            let length = (120 + dice.below(400)).min(left);
            left -= length;
            let text = self.line(language, length, dice);
            paragraphs.push(json!({ "type": "paragraph",
                                    "content": [{ "type": "text", "text": text }] }));
        }
        json!({ "type": "doc", "content": paragraphs })
    }

    /// What somebody would type to find something: the beginning of a word, of so many letters.
    pub fn beginning(&self, letters: usize, dice: &mut Dice) -> String {
        loop {
            let language = &self.languages[dice.below(self.languages.len())];
            let word = if dice.below(4) == 0 {
                self.people[dice.below(PEOPLE)]["name"]
                    .as_str()
                    .unwrap_or_default()
            } else {
                self.word(language, dice)
            };
            // A Chinese character is a word.
            let letters = if language.joined { 1 } else { letters };
            if word.chars().count() >= letters {
                return word.chars().take(letters).collect();
            }
        }
    }
}

fn edit(words: &Words, number: usize, dice: &mut Dice) -> Value {
    // Most people write most mails in one language; here every second one is English or German.
    let language = match dice.below(4) {
        0 => 0,
        1 => 1,
        _ => dice.below(LANGUAGES.len()),
    };
    let bytes = if number % LONG_EVERY == LONG_EVERY / 2 {
        LONG_BYTES
    } else {
        BYTES
    };
    let to: Vec<&Value> = (0..1 + dice.below(8) / 6)
        .map(|_| &words.people[dice.zipf(PEOPLE)])
        .collect();
    let subject = words.line(&words.languages[language], 12 + dice.below(40), dice);
    json!({ "to": to, "subject": subject.trim_end_matches(['.', '。']),
            "body": words.body(language, bytes, dice) })
}

/// The id of the draft of this number.
pub fn draft_id(number: usize) -> DraftId {
    DraftId(Uuid::from_u128(0xD0_0000_0000 + number as u128))
}

fn version_id(number: usize, turn: usize) -> VersionId {
    VersionId(Uuid::from_u128(((turn as u128) << 64) + number as u128))
}

/// How many drafts are wanted.
pub fn wanted() -> usize {
    let said = std::env::var("DRAFTWELL_BENCH_DRAFTS").ok();
    said.and_then(|number| number.parse().ok())
        .unwrap_or(DRAFTS)
}

/// The data folder with all of them, closed and indexed. It is made once and kept below `target`;
/// to be copied by whoever writes into it.
pub fn folder(target: &Path) -> PathBuf {
    let many = wanted();
    let folder = target.join(format!("bench-drafts/{many}-{EDITION}"));
    let done = folder.join("done");
    if done.exists() {
        return folder;
    }
    let _ = fs::remove_dir_all(target.join("bench-drafts"));
    fs::create_dir_all(&folder).expect("a folder below target");
    eprintln!("making {many} drafts, once");
    make(&folder, many);
    fs::write(done, "").expect("a mark");
    folder
}

fn make(folder: &Path, many: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    let store = Store::open(folder).expect("a new database");
    let words = Words::new();
    let mut dice = Dice::new(1);
    let step = YEAR / i64::try_from(many).expect("not that many").max(1);
    for turn in 0..2 {
        let numbers: Vec<usize> = (0..many)
            .filter(|number| turn == 0 || number % CHANGED_EVERY == 0)
            .collect();
        for some in numbers.chunks(AT_A_TIME) {
            let entries = some
                .iter()
                .map(|number| {
                    let now = moment(*number, turn, step);
                    let value = json!({ "draftId": draft_id(*number), "baseRevision": turn,
                                        "at": now.0, "edit": edit(&words, *number, &mut dice) });
                    RawJournalEntry {
                        key: number.to_string(),
                        value: value.to_string(),
                    }
                })
                .collect();
            let ids = some
                .iter()
                .map(|number| JournalIds {
                    version: version_id(*number, turn + 1),
                    draft: draft_id(*number),
                    whole: version_id(*number, turn + 2),
                })
                .collect();
            let now = moment(some[0], turn, step);
            let made = runtime
                .block_on(store.reconcile_journal(entries, ids, now))
                .expect("drafts");
            assert!(
                made.iter().all(|made| made.draft_id.is_some()),
                "each is a draft"
            );
        }
    }
    for number in (0..many).step_by(BINNED_EVERY) {
        let id = draft_id(number);
        let now = moment(many, 1, step);
        runtime
            .block_on(store.delete_draft(id, now))
            .expect("one more in the bin");
    }
    runtime.block_on(async {
        loop {
            let page = ListDrafts {
                search: Some("something".to_owned()),
                limit: Some(1),
                ..ListDrafts::default()
            };
            let left = store.list_drafts(page).await.expect("a page").unsearched;
            if left == 0 {
                break;
            }
            eprint!("\r{left} to be indexed ");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        eprintln!();
    });
    store.close();
}

fn moment(number: usize, turn: usize, step: i64) -> UnixMillis {
    let seconds = i64::try_from(number).unwrap_or(0) * step;
    BEGIN.plus_seconds(seconds + i64::try_from(turn).unwrap_or(0) * 60)
}

/// Copies the database into another data folder.
pub fn copy_to(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a data folder");
    fs::copy(from.join(FILE_NAME), to.join(FILE_NAME)).expect("a copy");
}
