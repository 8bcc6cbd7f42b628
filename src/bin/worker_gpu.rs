//! The engine in a web worker, on the GPU, with the CPU behind it.

#[cfg(target_family = "wasm")]
fn main() -> Result<(), wasm_bindgen::JsValue> {
    use gradlens::{
        engine::{Engine, device},
        network::kernels::gpu::run_static_constructors_once,
        protocol::DeviceChoice,
        worker,
    };
    run_static_constructors_once();
    // The page starts this worker only where a hardware adapter was found or the person asked for
    // WebGPU, so that an adapter is taken as it comes.
    worker::run(Engine::new(
        &[device::gpu, device::cpu],
        DeviceChoice::WebGpu,
    ))
}

#[cfg(not(target_family = "wasm"))]
fn main() {}
