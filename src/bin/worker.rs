//! The engine in a web worker, on the CPU.

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasm_bindgen::JsValue> {
    gradlens::worker::run_on_cpu()
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
