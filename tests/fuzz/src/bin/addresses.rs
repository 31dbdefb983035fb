#![no_main]

libfuzzer_sys::fuzz_target!(
    init: draftwell_fuzz::sow("addresses"),
    |bytes: &[u8]| draftwell_fuzz::addresses::check(bytes)
);
