//! ONNX bytes to a graph: parsed, checked, reduced to what is explained, and simplified.

mod adapt;
mod attribute;
mod batch;
mod contents;
mod error;
mod file_handle;
mod foreign;
mod graph;
mod head;
mod held;
mod initializer;
mod layout;
pub mod limits;
mod output_activation;
mod packed;
mod parse;
mod reach;
mod select;
mod simplify;

pub use adapt::{Adapted, adapt, make_binary};
pub use attribute::{Attribute, Attributes};
pub use contents::Contents;
pub use error::OnnxError;
pub use file_handle::{ByteSource, FileHandle, FindBeside, StoredRange};
pub use foreign::parse_named;
pub use graph::{Dimension, Graph, Node, Port};
pub use head::{Head, head};
pub use initializer::{ElementType, Initializer};
pub use layout::take_channels_first;
pub use output_activation::cut_activation;
pub use packed::unpacked;
#[cfg(test)]
pub(crate) use parse::sample;
pub use parse::{parse, parse_file, parse_tensor};
pub(crate) use reach::works_on_integers;
pub use select::{Selection, ports, select, type_name};
pub(crate) use simplify::clip_bounds;
pub use simplify::{FUSED_RANGE, SCALE_INPUT, SHIFT_INPUT, SPLIT_PART, SPLIT_PARTS, simplify};
