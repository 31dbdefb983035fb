//! Values for the slots, and the ways people spell them.

const FIRST: &[&str] = &[
    "Anna",
    "Bob",
    "Marisol",
    "Keiko",
    "Tomasz",
    "Oluwaseun",
    "Ingrid",
    "Rohan",
    "Zainab",
    "Lotte",
    "Dimitri",
    "Aoife",
    "Clara",
    "Hiroshi",
    "Yusuf",
    "Freya",
    "Giulia",
    "Sven",
    "Priya",
    "Lukas",
    "Nadia",
    "Oscar",
    "Xiaoming",
    "Ruth",
];
/// For the held-out part: names no list of the program was made with.
const FIRST_HELD_OUT: &[&str] = &[
    "Emma", "Perpetua", "Blaz", "Ottilie", "Sarah", "Kwesi", "Merel", "Jurgis", "Teodora", "Tom",
    "Anselm", "Blessing", "Ximena", "Rhys", "Dagny", "Paul", "Gülay", "Maria", "Torunn", "Vidya",
    "James", "Leocadia", "Hedvig", "Julia",
];
const LAST_HELD_OUT: &[&str] = &[
    "Ashworth",
    "Pokorny",
    "Baker",
    "Iyer",
    "Thornton",
    "Beaumont",
    "Szabo",
    "Holt",
    "Grünwald",
    "Mbeki",
    "Green",
    "Vandenberg",
    "Osei",
    "Winter",
    "Castro",
    "Lund",
];
const COMPANIES_HELD_OUT: &[&str] = &[
    "Lumen & Sons",
    "Tellmann KG",
    "Oakfield Ltd",
    "Pinnacle Dairy",
    "Vireo",
    "Solstice Inc",
    "Bergblick GmbH",
    "Marlowe",
    "Philips",
    "Nimbus Freight",
];
const TOWNS_HELD_OUT: &[&str] = &[
    "York",
    "Bilbao",
    "Osijek",
    "Bruges",
    "Bremen",
    "Greenville",
    "Tartu",
    "Nagoya",
    "Denver",
    "Linz",
];
const LAST: &[&str] = &[
    "Weber",
    "Okafor",
    "Lindqvist",
    "Sharma",
    "O'Neill",
    "Fischer",
    "Nakamura",
    "Dubois",
    "Kowalski",
    "Petrov",
    "Hartmann",
    "Nguyen",
    "Castellano",
    "Brandt",
    "MacLeod",
    "Yilmaz",
];
const COMPANIES: &[&str] = &[
    "Brightline",
    "Nordwind GmbH",
    "Acme Ltd",
    "Halden Foods",
    "Kestrel",
    "Vantage Inc",
    "Morgenrot AG",
    "Quillpad",
    "Siemens",
    "Zephyr Logistics",
];
const TOWNS: &[&str] = &[
    "Leeds",
    "Porto",
    "Zagreb",
    "Ghent",
    "Munich",
    "Springfield",
    "Tallinn",
    "Kyoto",
    "Boston",
    "Graz",
];
const BRANDS: &[&str] = &["Bosch", "Miele", "Samsung", "Gorenje", "Electrolux"];
const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const MONATE: &[&str] = &[
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const DAYS: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const TAGE: &[&str] = &[
    "Montag",
    "Dienstag",
    "Mittwoch",
    "Donnerstag",
    "Freitag",
    "Samstag",
    "Sonntag",
];
const FILES: &[&str] = &[
    "contract_v3.pdf",
    "Offer-2026.docx",
    "plan.xlsx",
    "photo1.jpg",
    "report-final.pdf",
    "form.pdf",
    "notes.txt",
    "cv_2026.pdf",
];
const ZONES: &[(&str, &str)] = &[
    ("CET", "Central European Time"),
    ("UTC", "GMT"),
    ("PST", "Pacific Time"),
    ("EST", "Eastern Time"),
];
const HOSTS: &[&str] = &[
    "example.com",
    "brightline.io",
    "nordwind.de",
    "shop.kestrel.co.uk",
    "halden-foods.org",
];
const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const KLEIN: &[&str] = &[
    "null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn",
    "elf", "zwölf",
];

/// The values of one filled draft.
pub struct Values {
    seed: u64,
    german: bool,
    held_out: bool,
}

impl Values {
    pub fn new(title: &str, round: u32, german: bool, held_out: bool) -> Self {
        // FNV-1a, so that every draft has its own values and always the same.
        let seed = title
            .bytes()
            .chain(round.to_le_bytes())
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
        Self {
            seed,
            german,
            held_out,
        }
    }

    /// A number below `most`, different for slots of the same letter.
    fn pick(&self, letter: char, number: u8, most: usize) -> usize {
        let mut x = self.seed ^ (u64::from(u32::from(letter)) << 32);
        x = x.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x ^= x >> 29;
        x = x.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x ^= x >> 32;
        let start = usize::try_from(x % 1_000_003).unwrap();
        // A step that meets every entry before it comes back.
        let step = if most.is_multiple_of(7) { 5 } else { 7 };
        (start + usize::from(number) * step) % most
    }

    /// As it is usually written.
    pub fn plain(&self, letter: char, number: u8) -> String {
        self.spelt(letter, number, 0, false)
    }

    /// In one of its spellings.
    pub fn spelt(&self, letter: char, number: u8, spelling: u32, rough: bool) -> String {
        self.spell(
            letter,
            self.pick(letter, number, sizes(letter)),
            number,
            spelling,
            rough,
        )
    }

    /// Another value of the same kind, which no slot of the draft has.
    pub fn other(&self, letter: char, number: u8, spelling: u32) -> String {
        let size = sizes(letter);
        let used: Vec<usize> = (0..=4).map(|n| self.pick(letter, n, size)).collect();
        let own = self.pick(letter, number, size);
        let other = (1..size)
            .map(|step| (own + step) % size)
            .find(|value| !used.contains(value))
            .unwrap_or((own + 1) % size);
        self.spell(letter, other, number, spelling, false)
    }

    fn list(
        &self,
        own: &'static [&'static str],
        held_out: &'static [&'static str],
    ) -> &'static [&'static str] {
        if self.held_out { held_out } else { own }
    }

    fn spell(&self, letter: char, value: usize, number: u8, spelling: u32, rough: bool) -> String {
        let way = usize::try_from(spelling).unwrap() * 3 + usize::from(number);
        let choose = |ways: &[String]| ways[way % ways.len()].clone();
        let german = self.german;
        let large = |text: &str| {
            if rough && way % 2 == 0 {
                text.to_lowercase()
            } else {
                text.to_owned()
            }
        };
        match letter {
            'p' => {
                if number == 1 {
                    large(self.list(FIRST, FIRST_HELD_OUT)[value])
                } else {
                    self.list(FIRST, FIRST_HELD_OUT)[value].to_owned()
                }
            }
            's' => self.list(LAST, LAST_HELD_OUT)[value].to_owned(),
            'c' => self.list(COMPANIES, COMPANIES_HELD_OUT)[value].to_owned(),
            'l' => self.list(TOWNS, TOWNS_HELD_OUT)[value].to_owned(),
            'b' => BRANDS[value].to_owned(),
            'f' => FILES[value].to_owned(),
            'o' => {
                if german {
                    MONATE[value].to_owned()
                } else {
                    MONTHS[value].to_owned()
                }
            }
            'w' => {
                if german {
                    TAGE[value].to_owned()
                } else {
                    large(DAYS[value])
                }
            }
            'Y' => (1950 + value).to_string(),
            'n' => {
                let number = value + 2;
                let words = if german {
                    KLEIN.get(number)
                } else {
                    SMALL.get(number)
                };
                match words {
                    Some(word) => choose(&[number.to_string(), (*word).to_owned()]),
                    None => number.to_string(),
                }
            }
            'N' => {
                let number = (value + 12) * 100;
                let (front, back) = (number / 1000, number % 1000);
                if german {
                    choose(&[format!("{front}.{back:03}"), number.to_string()])
                } else {
                    choose(&[
                        format!("{front},{back:03}"),
                        number.to_string(),
                        format!("{front}\u{2009}{back:03}"),
                        format!("{front}.{}k", back / 100),
                    ])
                }
            }
            'd' | 'y' => {
                let (day, month) = (value % 28 + 1, value % 12);
                let year = 2020 + value % 9;
                let with_year = letter == 'y';
                let th = match day {
                    1 | 21 => "st",
                    2 | 22 => "nd",
                    3 | 23 => "rd",
                    _ => "th",
                };
                let name = if german { MONATE[month] } else { MONTHS[month] };
                match (german, with_year) {
                    (true, false) => format!("{day}. {name}"),
                    (true, true) => choose(&[
                        format!("{day}. {name} {year}"),
                        format!("{day:02}.{:02}.{year}", month + 1),
                    ]),
                    (false, false) => choose(&[
                        format!("{day} {name}"),
                        format!("{name} {day}"),
                        format!("{name} {day}{th}"),
                        format!("{day}{th} {name}"),
                        format!("the {day}{th} of {name}"),
                        format!("{day} {}", &name[..3]),
                    ]),
                    (false, true) => choose(&[
                        format!("{day} {name} {year}"),
                        format!("{name} {day}, {year}"),
                        format!("{year}-{:02}-{day:02}", month + 1),
                        format!("{day}{th} of {name} {year}"),
                    ]),
                }
            }
            't' => {
                let (hour, minute) = (8 + value / 4, value % 4 * 15);
                let twelve = if hour > 12 { hour - 12 } else { hour };
                let half = if hour >= 12 { "pm" } else { "am" };
                let dotted = if hour >= 12 { "p.m." } else { "a.m." };
                let full = format!("{hour}:{minute:02}");
                match (german, minute) {
                    (true, 0) => choose(&[format!("{hour} Uhr"), format!("{full} Uhr"), full]),
                    (true, _) => choose(&[
                        format!("{full} Uhr"),
                        format!("{hour}.{minute:02} Uhr"),
                        full,
                    ]),
                    (false, 0) => choose(&[
                        format!("{twelve} {half}"),
                        format!("{twelve}{half}"),
                        full,
                        format!("{twelve}:00 {dotted}"),
                        format!("{twelve} {dotted}"),
                    ]),
                    (false, 30) => choose(&[
                        format!("{twelve}:30 {half}"),
                        full,
                        format!("half past {}", SMALL[twelve]),
                        format!("{twelve}.30{half}"),
                    ]),
                    (false, _) => choose(&[
                        format!("{twelve}:{minute} {half}"),
                        full,
                        format!("{twelve}:{minute}{half}"),
                    ]),
                }
            }
            'z' => {
                let (short, long) = ZONES[value];
                choose(&[short.to_owned(), long.to_owned()])
            }
            'm' => {
                let amount = [
                    15, 20, 45, 80, 120, 250, 399, 600, 850, 1_200, 1_500, 2_400, 3_750, 6_000,
                    8_900, 12_500,
                ][value];
                let grouped = |mark: char| {
                    if amount >= 1_000 {
                        format!("{}{mark}{:03}", amount / 1000, amount % 1000)
                    } else {
                        amount.to_string()
                    }
                };
                let pound = (self.seed >> 5) % 3;
                match (german, pound) {
                    (true, _) => choose(&[
                        format!("{} €", grouped('.')),
                        format!("{amount} Euro"),
                        format!("{},00 €", grouped('.')),
                        format!("EUR {amount}"),
                    ]),
                    (false, 0) => choose(&[
                        format!("£{}", grouped(',')),
                        format!("{} pounds", grouped(',')),
                        format!("GBP {amount}"),
                    ]),
                    (false, 1) => choose(&[
                        format!("${}", grouped(',')),
                        format!("{amount} dollars"),
                        format!("USD {}", grouped(',')),
                        format!("${}.00", grouped(',')),
                    ]),
                    (false, _) => choose(&[
                        format!("€{}", grouped(',')),
                        format!("{} euros", grouped(',')),
                        format!("EUR {amount}"),
                        format!("{amount} €"),
                    ]),
                }
            }
            'q' => {
                let share = 5 + value;
                if german {
                    choose(&[
                        format!("{share} %"),
                        format!("{share}%"),
                        format!("{share} Prozent"),
                    ])
                } else {
                    choose(&[
                        format!("{share}%"),
                        format!("{share} per cent"),
                        format!("{share} percent"),
                        format!("{share} %"),
                    ])
                }
            }
            'e' => {
                let host = HOSTS[value % HOSTS.len()];
                format!(
                    "{}.{}@{host}",
                    ["info", "office", "support", "hello"][value % 4],
                    value
                )
            }
            'u' => {
                let host = HOSTS[value % HOSTS.len()];
                choose(&[
                    format!("https://{host}/p/{value}"),
                    format!("https://www.{host}/p/{value}/"),
                    format!("{host}/p/{value}"),
                ])
            }
            'h' => {
                let tail = 4_410_000 + value * 137;
                choose(&[
                    format!("+44 20 {tail}"),
                    format!("+4420{tail}"),
                    format!("020 {tail}"),
                    format!("+44 (0)20 {tail}"),
                ])
            }
            'k' => format!(
                "{}-{}",
                ["RX", "INV", "ORD", "KD"][value % 4],
                20_417 + value * 31
            ),
            'v' => format!("{}.{}.{}", 2 + value / 4, value % 4, value),
            _ => panic!("no such slot: {letter}"),
        }
    }
}

/// How many values a slot can have.
fn sizes(letter: char) -> usize {
    match letter {
        'p' => FIRST.len(),
        's' => LAST.len(),
        'c' => COMPANIES.len(),
        'l' => TOWNS.len(),
        'b' => BRANDS.len(),
        'f' => FILES.len(),
        'o' => 12,
        'w' => 7,
        'z' => ZONES.len(),
        'm' => 16,
        'n' => 44,
        't' => 40,
        'v' => 12,
        'Y' => 60,
        _ => 60,
    }
}
