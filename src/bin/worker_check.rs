//! tract in a web worker, which checks the engine: fetched when a person asks for it, and ended when it has answered.

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasm_bindgen::JsValue> {
    gradlens::worker::run_check()
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
