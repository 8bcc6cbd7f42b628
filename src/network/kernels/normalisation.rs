//! The factor and offset that a BatchNorm gives each channel.

/// One factor and one offset for each output channel of a convolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Factors.
    pub scale: Vec<f64>,
    /// Offsets, as many.
    pub shift: Vec<f64>,
}
