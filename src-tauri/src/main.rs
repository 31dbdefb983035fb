fn main() {
    draftwell::run();
}
