//! The program's entry: everything is in the library, where tests can reach it.

fn main() -> std::process::ExitCode {
    draftwell::run()
}
