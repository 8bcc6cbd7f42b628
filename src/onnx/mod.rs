//! ONNX bytes to a graph: parsed, checked and simplified.
