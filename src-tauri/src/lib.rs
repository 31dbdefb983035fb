//! shell
pub mod bindings;
pub mod commands;
pub fn run() {
    let b = bindings::builder();
    b.export(
        specta_typescript::Typescript::default(),
        "ui/src/ipc/bindings.ts",
    )
    .unwrap();
}
