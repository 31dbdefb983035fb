#![no_main]

libfuzzer_sys::fuzz_target!(
    init: {
        draftwell_fuzz::sow("reading");
        // A panic that the program catches, as of the parser, is none; only one that comes out of
        // `check` is.
        drop(std::panic::take_hook());
    },
    |bytes: &[u8]| draftwell_fuzz::reading::check(bytes)
);
