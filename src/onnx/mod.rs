//! ONNX bytes to a graph: parsed, checked, reduced to what is explained, and simplified.

mod attribute;
mod error;
mod graph;
mod head;
mod initializer;
mod layout;
mod output_activation;
mod parse;
mod reach;
mod select;
mod simplify;
mod zeros;

pub use attribute::{Attribute, Attributes};
pub use error::OnnxError;
pub use graph::{Dimension, Graph, Node, Port};
pub use head::{Head, head};
pub use initializer::{ElementType, Initializer};
pub use layout::take_channels_first;
pub use output_activation::cut_activation;
pub use parse::parse;
#[cfg(test)]
pub(crate) use parse::sample;
pub(crate) use reach::works_on_integers;
pub use select::{Selection, ports, select, type_name};
pub(crate) use simplify::clip_bounds;
pub use simplify::{FUSED_RANGE, SCALE_INPUT, SHIFT_INPUT, simplify};
