//! The engine in a web worker, on the CPU, in a browser that knows relaxed SIMD.

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasm_bindgen::JsValue> {
    use gradlens::{
        engine::{Engine, device},
        protocol::DeviceChoice,
        worker,
    };
    worker::run(Engine::new(&[device::cpu], DeviceChoice::Cpu))
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
