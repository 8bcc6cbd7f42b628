//! A model of a hundred megabytes is opened and explained in less than twice its size, and its weights
//! are read once. Alone in its program, whose memory it measures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "it/onnx_writer.rs"]
mod onnx_writer;
#[path = "it/recorder.rs"]
mod recorder;
#[path = "it/support/mod.rs"]
mod support;

use std::{cell::Cell, path::Path, rc::Rc};

use gradlens::{
    classifier::{NormImage, Size},
    engine::{Engine, device},
    onnx::{ByteSource, FileHandle},
    protocol::{DeviceChoice, ExplainRequest, Setting, Settings},
};
use onnx_writer::{GraphWriter, floats, int, ints, port};
use recorder::Recorder;
use support::block_on;

const SIDE: usize = 64;

/// Weights that keep the size of what passes them.
fn weights(count: usize, inputs: usize, seed: u32) -> Vec<f32> {
    let bound = (6.0 / inputs as f32).sqrt();
    let mut state = seed;
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state as f32 / 2.0_f32.powi(31) - 1.0) * bound
        })
        .collect()
}

/// Convolutions and, as in VGG, one large matrix.
fn large_model() -> Vec<u8> {
    let mut graph = GraphWriter {
        inputs: vec![port("x", &[0, 3, SIDE as i64, SIDE as i64])],
        outputs: vec![port("y", &[0, 10])],
        ..GraphWriter::default()
    };
    let (mut value, mut channels) = ("x".to_owned(), 3_i64);
    for (index, outputs) in [256, 512, 512, 512, 512].into_iter().enumerate() {
        let stride = if index < 3 { 2 } else { 1 };
        let [conv, relu, weight] = ["c", "r", "w"].map(|name| format!("{name}{index}"));
        let window = [ints("strides", &[stride; 2]), ints("pads", &[1; 4])];
        let inputs = channels as usize * 9;
        let numbers = weights(outputs as usize * inputs, inputs, index as u32);
        graph = graph
            .node("Conv", &[&value, &weight], &[&conv], &window)
            .node("Relu", &[&conv], &[&relu], &[])
            .tensor(floats(&weight, &[outputs, channels, 3, 3], &numbers));
        (value, channels) = (relu, outputs);
    }
    let flat = channels as usize * 64;
    graph
        .node("Flatten", &[&value], &["f"], &[])
        .node("Gemm", &["f", "m"], &["h"], &[int("transB", 1)])
        .node("Relu", &["h"], &["r"], &[])
        .node("Gemm", &["r", "k"], &["y"], &[])
        .tensor(floats(
            "m",
            &[512, flat as i64],
            &weights(512 * flat, flat, 7),
        ))
        .tensor(floats("k", &[512, 10], &weights(5120, 512, 8)))
        .file()
}

/// A file that counts what is read of it.
struct Counted {
    file: FileHandle,
    read: Rc<Cell<u64>>,
}

impl ByteSource for Counted {
    fn size(&self) -> u64 {
        self.file.size()
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        self.read.set(self.read.get() + into.len() as u64);
        self.file.read(offset, into)
    }
}

/// A line of this program's status, in bytes, where the system tells in Linux's way.
fn status(line: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|known| known.starts_with(line))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[test]
fn a_large_model_takes_less_than_twice_its_size() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let path = folder.join("large.onnx");
    let bytes = large_model();
    let size = bytes.len() as u64;
    std::fs::write(&path, bytes).unwrap();
    assert!(size > 95_000_000, "{size} bytes");

    let host = Recorder::new();
    let mut engine = Engine::new(&[device::cpu], DeviceChoice::Cpu);
    let read = Rc::new(Cell::new(0));
    let file = FileHandle::new(Counted {
        file: FileHandle::open(&path).unwrap(),
        read: Rc::clone(&read),
    });
    // What was held while the file was made is given back, and the peak forgotten.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    let before = status("VmRSS:");
    let options = Default::default();
    block_on(engine.open_model(&host, 1, "large.onnx", file, None, &options)).unwrap();
    let opened = status("VmHWM:");

    let size_px = Size::colour(SIDE, SIDE);
    let image = NormImage {
        size: size_px,
        values: vec![0.5; size_px.values()],
    };
    block_on(engine.open_normalised(&host, 2, "grey", image)).unwrap();
    let mut settings = Settings::default();
    settings.set("samples", Setting::Integer(4));
    let request = ExplainRequest {
        target: Some(0),
        method: "guided-absolute-grad".to_owned(),
        settings,
        rcap: None,
    };
    let explanation = block_on(engine.explain(&host, 3, &request)).unwrap();
    assert!(explanation.map.values.iter().all(|value| value.is_finite()));
    let explained = status("VmHWM:");
    std::fs::remove_file(&path).unwrap();

    // Once for the hash, once for the weights, and the structure in windows.
    let twice = 2 * size + 2_000_000;
    assert!(read.get() <= twice, "{} bytes were read", read.get());
    let (Some(before), Some(opened), Some(explained)) = (before, opened, explained) else {
        println!("memory is not told here");
        return;
    };
    let share = |peak: u64| peak.saturating_sub(before) as f64 / size as f64;
    println!(
        "a model of {:.1} MB: {:.2} times its size when opened, {:.2} when explained",
        size as f64 / 1e6,
        share(opened),
        share(explained)
    );
    assert!(share(opened) < 1.4, "opened: {}", share(opened));
    assert!(share(explained) < 2.0, "explained: {}", share(explained));
}
