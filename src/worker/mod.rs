//! The engine's host in a web worker.
