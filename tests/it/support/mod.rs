//! What several native tests share: the default model on the CPU, stored arrays, and a way to wait.

#![allow(dead_code, reason = "every test file uses its own part of this")]

use std::{
    fs,
    future::Future,
    path::{Path, PathBuf},
    pin::pin,
    task::{Context, Poll, Waker},
};

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    array_file::Array,
    network::Network,
    onnx::{Graph, parse, simplify},
};

/// Where the project lies.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file under `tests/golden`.
pub fn golden(path: &str) -> PathBuf {
    root().join("tests/golden").join(path)
}

/// A stored array.
pub fn array(path: &str) -> Array {
    let path = golden(path);
    let bytes = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Array::read(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A stored index.
pub fn index(path: &str) -> serde_json::Value {
    let path = golden(path);
    let text =
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The default model's file.
pub fn default_model() -> PathBuf {
    let path = root().join("static/models/efficientnet-lite0.onnx");
    assert!(
        path.exists(),
        "{} is missing; `make setup` fetches it",
        path.display()
    );
    path
}

/// A model file as a simplified graph.
pub fn graph(path: &Path) -> Graph {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut graph =
        parse(bytes.into()).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    simplify(&mut graph);
    graph
}

/// A model file on the CPU.
pub fn network(path: &Path) -> Network<Flex> {
    Network::new(&graph(path), FlexDevice, 2).unwrap_or_else(|error| panic!("{error}"))
}

/// Waits for a future that only ever waits for this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        std::thread::yield_now();
    }
}
