//! The page.

#[cfg(target_family = "wasm")]
fn main() {
    yew::Renderer::<gradlens::app::Page>::new().render();
}

#[cfg(not(target_family = "wasm"))]
fn main() {
    eprintln!("The page runs in a browser: build it with trunk.");
}
