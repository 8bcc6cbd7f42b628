//! ONNX bytes to a graph: parsed, checked and simplified.

mod attribute;
mod error;
mod graph;
mod initializer;
mod parse;
mod simplify;

pub use attribute::{Attribute, Attributes};
pub use error::{OnnxError, Unsupported};
pub use graph::{Dimension, Graph, Node, Port};
pub use initializer::{ElementType, Initializer};
pub use parse::parse;
pub(crate) use simplify::clip_bounds;
pub use simplify::{FUSED_RANGE, SCALE_INPUT, SHIFT_INPUT, SPLIT_PART, SPLIT_PARTS, simplify};
