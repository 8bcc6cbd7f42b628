//! Rewrites that leave the function a graph computes unchanged and its gradients too: constants
//! gathered, no-ops and what nobody reads removed, parts of a split taken apart, BatchNorm and clamps
//! fused behind convolutions, activations written out in arithmetic made one operator.

mod activations;
mod constants;
mod dequantise;
mod expression;
mod fusion;
mod parts;
mod quantise;
mod softplus;
mod training;
mod unused;
mod value_reader;

pub(super) use constants::gather as gather_constants;
pub(crate) use fusion::clip_bounds;
pub use fusion::{FUSED_RANGE, SCALE_INPUT, SHIFT_INPUT};
pub use parts::{SPLIT_PART, SPLIT_PARTS};

use super::{Graph, expand::expand};

/// Turns `Constant` nodes into initialisers and lets readers of values that are only passed on read the originals.
pub(super) fn read_originals(graph: &mut Graph) {
    constants::gather(graph);
    constants::remove_no_ops(graph);
}

/// Computes what is quantised or dequantised of constants.
pub(super) fn fold_stored(graph: &mut Graph) {
    quantise::fold(graph);
    dequantise::fold(graph);
}

/// Simplifies in place. Doing it twice changes nothing more.
pub fn simplify(graph: &mut Graph) {
    expand(graph);
    training::mark(graph);
    constants::gather(graph);
    parts::take_apart(graph);
    unused::drop_unread(graph);
    constants::remove_no_ops(graph);
    fusion::attach_batch_norm(graph);
    fusion::fuse_clamps(graph);
    softplus::fuse(graph);
    activations::fuse(graph);
}

#[cfg(test)]
mod tests;
