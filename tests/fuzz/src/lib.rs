//! What must hold whatever is typed, pasted or received: the fuzz targets of Draftwell.
//!
//! Each module has a function that takes any bytes and panics where a rule is broken. libFuzzer
//! looks for such bytes (`make fuzz`), led by which branches of the program they reach; the test
//! `src-tauri/core/tests/fuzz.rs` gives the same functions what libFuzzer begins with.

pub mod addresses;
pub mod headers;
pub mod reading;
pub mod seeds;
mod texts;

use std::{env, fs, path::PathBuf};

/// Writes what a target begins with into the folder named by `FUZZ_SEEDS`.
///
/// # Panics
/// Where it can't.
pub fn sow(target: &str) {
    let Some(folder) = env::var_os("FUZZ_SEEDS").map(PathBuf::from) else {
        return;
    };
    fs::create_dir_all(&folder).expect("a folder for the seeds");
    let seeds = seeds::all().into_iter().filter(|(of, _)| *of == target);
    for (number, (_, bytes)) in seeds.enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), bytes).expect("a seed");
    }
}
