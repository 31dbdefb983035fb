#![no_main]

libfuzzer_sys::fuzz_target!(
    init: draftwell_fuzz::sow("headers"),
    |bytes: &[u8]| draftwell_fuzz::headers::check(bytes)
);
