//! The engine in a web worker, on the GPU.

fn main() {}
