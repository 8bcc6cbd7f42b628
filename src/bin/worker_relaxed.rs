//! The engine in a web worker, on the CPU, in a browser that knows relaxed SIMD.

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasm_bindgen::JsValue> {
    gradlens::worker::run_on_cpu()
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
