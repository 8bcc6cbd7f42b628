//! The page.

#[cfg(target_family = "wasm")]
fn main() {
    gradlens::app::run();
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("The page runs in a browser: build it with trunk.");
}
