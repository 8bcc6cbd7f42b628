//! ONNX bytes to a graph: parsed, checked, reduced to what is explained, and simplified.

mod adapt;
mod attribute;
mod batch;
mod cast_target;
mod contents;
mod error;
mod expand;
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
mod range_of_outputs;
mod reach;
mod select;
mod simplify;

pub use adapt::{Adapted, adapt, add_negative, add_rest};
pub use attribute::{Attribute, Attributes};
pub use cast_target::cast_target;
pub use contents::Contents;
pub use error::OnnxError;
pub(crate) use expand::{CHOOSE, FLATTENS, OPEN_WHEN, REFUSED, ROUND, TRACE, WHOLE};
pub use expand::{expand, is_quantised, is_written_out};
pub use file_handle::{ByteSource, FileHandle, FindBeside, StoredRange};
pub use foreign::parse_named;
pub use graph::{Dimension, Graph, KNOWN_OPSETS, Node, Port, Subgraph};
pub use head::{Head, head};
pub use initializer::{ElementType, Initializer};
pub use layout::take_channels_first;
pub use output_activation::{OF_CLASSES, cut_activation, cut_behind_scores};
pub use packed::unpacked;
#[cfg(test)]
pub(crate) use parse::sample;
pub use parse::{parse, parse_file, parse_tensor};
pub(crate) use range_of_outputs::gives_probabilities;
pub(crate) use reach::works_on_integers;
pub use select::{Selection, ports, select, type_name};
pub(crate) use simplify::clip_bounds;
pub use simplify::{FUSED_RANGE, SCALE_INPUT, SHIFT_INPUT, SPLIT_PART, SPLIT_PARTS, simplify};
