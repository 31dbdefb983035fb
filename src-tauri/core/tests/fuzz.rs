//! The rules that libFuzzer looks for exceptions to (`make fuzz`, tests/fuzz), on what it begins
//! with, and on that cut off and changed here and there: a short look at each build.

#[path = "../../../tests/fuzz/src/addresses.rs"]
mod addresses;
#[path = "../../../tests/fuzz/src/headers.rs"]
mod headers;
#[path = "../../../tests/fuzz/src/reading.rs"]
mod reading;
#[path = "../../../tests/fuzz/src/seeds.rs"]
mod seeds;
#[path = "../../../tests/fuzz/src/texts.rs"]
mod texts;

#[test]
fn what_fuzzing_begins_with_keeps_the_rules() {
    for (target, seed) in seeds::all() {
        let check = match target {
            "addresses" => addresses::check,
            "headers" => headers::check,
            "reading" => reading::check,
            _ => panic!("{target} is no target"),
        };
        check(&seed);
        for part in 1..4 {
            let at = seed.len() * part / 4;
            check(&seed[..at]);
            check(&seed[at..]);
            let mut changed = seed.clone();
            changed.splice(at..at, *b"\r\nBcc: e@x.y\r\n\r\n\xff\0\xe2\x80\xae");
            check(&changed);
        }
    }
}
