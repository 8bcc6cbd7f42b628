//! An engine with a small network and an open photo.

use std::fs;

use gradlens::{
    engine::{Engine, Host, device},
    onnx::FileHandle,
    protocol::{DeviceChoice, ModelOptions},
};

use crate::support::{block_on, golden, root};

/// An engine on the CPU with a network of the golden data, and the photo of a cat.
pub fn small_engine(host: &dyn Host, network: &str) -> Engine {
    let mut engine = Engine::new(&[device::cpu], DeviceChoice::Cpu);
    let file = FileHandle::open(&golden(network)).unwrap();
    let options = ModelOptions::default();
    block_on(engine.open_model(host, 1, "tiny", file, None, &options)).unwrap();
    let photo = fs::read(root().join("static/samples/chelsea.jpg")).unwrap();
    block_on(engine.open_image(host, 2, "chelsea", &photo)).unwrap();
    engine
}
