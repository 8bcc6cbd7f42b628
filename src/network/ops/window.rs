//! Windows over images: their attributes, shared by convolutions and pools, and inputs of one spatial
//! axis, which are images of height 1.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::axes::reshape;
use crate::{network::kernels::Kernels, onnx::Attributes};

/// Strides, dilations and padding as a node declares them.
pub struct Window {
    /// Number of spatial axes, 1 or 2; one alone is horizontal.
    pub rank: usize,
    /// Vertical and horizontal step.
    pub stride: [usize; 2],
    /// Step between taps.
    pub dilation: [usize; 2],
    /// Padding.
    pub padding: Padding,
}

/// Padding, explicit or to be worked out from the input's size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Before and after, vertical then horizontal.
    Explicit([usize; 2], [usize; 2]),
    /// `ceil(input / stride)` outputs; an odd pixel goes to the end where true, else to the start.
    Same {
        /// `SAME_UPPER`.
        upper: bool,
    },
}

/// No window, step or padding is larger, so that their products can be counted.
pub const LARGEST_WINDOW: usize = 32767;

/// Two numbers from a list with one for each of `rank` spatial axes.
///
/// # Errors
/// The list has another length, or a number is below `least` or above [`LARGEST_WINDOW`].
pub fn pair(
    name: &str,
    list: &[i64],
    rank: usize,
    least: i64,
    missing: usize,
) -> Result<[usize; 2], String> {
    let fits = |&number: &i64| number >= least && number <= LARGEST_WINDOW as i64;
    if list.len() == rank && list.iter().all(fits) {
        match *list {
            [horizontal] => return Ok([missing, horizontal as usize]),
            [vertical, horizontal] => return Ok([vertical as usize, horizontal as usize]),
            _ => {}
        }
    }
    Err(format!(
        "{name} is {list:?}, but {rank} numbers from {least} to {LARGEST_WINDOW} are needed"
    ))
}

impl Window {
    /// For windows of `rank` spatial axes.
    ///
    /// # Errors
    /// Names the attribute that has another number of axes, is negative, zero where it must not be,
    /// or unknown; or says that there are too many axes.
    pub fn read(attributes: &Attributes, rank: usize) -> Result<Self, String> {
        if rank != 1 && rank != 2 {
            return Err(format!(
                "its windows have {rank} axes, but only one- and two-dimensional ones are supported (no videos and volumes)"
            ));
        }
        let steps = |name: &str| match attributes.ints(name)? {
            None => Ok([1, 1]),
            Some(list) => pair(name, list, rank, 1, 1),
        };
        // Where the padding is worked out, some exporters write what comes of it as well.
        let given = explicit(attributes, rank)?;
        let padding = match attributes.text("auto_pad", "NOTSET")? {
            "NOTSET" | "" => given,
            "VALID" if given != Padding::Explicit([0, 0], [0, 0]) => {
                return Err(
                    "auto_pad is VALID, which means no padding, but pads asks for some".to_owned(),
                );
            }
            "VALID" => Padding::Explicit([0, 0], [0, 0]),
            "SAME_UPPER" => Padding::Same { upper: true },
            "SAME_LOWER" => Padding::Same { upper: false },
            other => return Err(format!("auto_pad is {other}, which is unknown")),
        };
        Ok(Self {
            rank,
            stride: steps("strides")?,
            dilation: steps("dilations")?,
            padding,
        })
    }

    /// Pixels from the first tap to the last, both included.
    pub fn extent(&self, kernel: [usize; 2]) -> [usize; 2] {
        std::array::from_fn(|axis| self.dilation[axis] * (kernel[axis] - 1) + 1)
    }

    /// Padding before and after for an input of this size.
    pub fn pads(&self, kernel: [usize; 2], input_hw: [usize; 2]) -> ([usize; 2], [usize; 2]) {
        match self.padding {
            Padding::Explicit(begin, end) => (begin, end),
            Padding::Same { upper } => {
                let extent = self.extent(kernel);
                let total: [usize; 2] = std::array::from_fn(|axis| {
                    let outputs = input_hw[axis].div_ceil(self.stride[axis]);
                    (outputs.saturating_sub(1) * self.stride[axis] + extent[axis])
                        .saturating_sub(input_hw[axis])
                });
                halves(total, upper)
            }
        }
    }

    /// An input of shape `[n, c, h, w]`, or `[n, c, w]` where windows have one axis.
    ///
    /// # Errors
    /// The shape has another rank.
    pub fn image(&self, shape: &[usize]) -> Result<Image, String> {
        match *shape {
            [images, channels, width] if self.rank == 1 => Ok(Image {
                images,
                channels,
                hw: [1, width],
                rank: 1,
            }),
            [images, channels, height, width] if self.rank == 2 => Ok(Image {
                images,
                channels,
                hw: [height, width],
                rank: 2,
            }),
            _ => {
                let axes = if self.rank == 1 {
                    "[n, c, w]"
                } else {
                    "[n, c, h, w]"
                };
                Err(format!(
                    "the input has shape {shape:?}, but {axes} is needed"
                ))
            }
        }
    }
}

/// Padding in all, shared out to both ends; an odd pixel goes behind where `upper`.
pub fn halves(total: [usize; 2], upper: bool) -> ([usize; 2], [usize; 2]) {
    let less = total.map(|t| t / 2);
    let more = std::array::from_fn(|axis| total[axis] - less[axis]);
    if upper { (less, more) } else { (more, less) }
}

fn explicit(attributes: &Attributes, rank: usize) -> Result<Padding, String> {
    let Some(pads) = attributes.ints("pads")? else {
        return Ok(Padding::Explicit([0, 0], [0, 0]));
    };
    let (begin, end) = pads.split_at_checked(rank).unwrap_or((pads, &[]));
    let both = pair("pads", begin, rank, 0, 0).and_then(|begin| {
        let end = pair("pads", end, rank, 0, 0)?;
        Ok(Padding::Explicit(begin, end))
    });
    both.map_err(|_| {
        format!(
            "pads is {pads:?}, but {} numbers from 0 to {LARGEST_WINDOW} are needed",
            2 * rank
        )
    })
}

/// Images, possibly of one spatial axis only, as kernels see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    /// Batch.
    pub images: usize,
    /// Channels.
    pub channels: usize,
    /// Height and width.
    pub hw: [usize; 2],
    rank: usize,
}

impl Image {
    /// The same batch with other channels and another size.
    pub fn with(&self, channels: usize, hw: [usize; 2]) -> Self {
        Self {
            channels,
            hw,
            ..*self
        }
    }

    /// The shape ONNX sees.
    pub fn shape(&self) -> Vec<usize> {
        let mut shape = vec![self.images, self.channels];
        shape.extend(&self.hw[2 - self.rank..]);
        shape
    }

    /// A tensor of this shape as `[n, c, h, w]`.
    pub fn enter<B: Kernels>(&self, tensor: FloatTensor<B>) -> FloatTensor<B> {
        let [height, width] = self.hw;
        if tensor.shape().num_dims() == 4 {
            return tensor;
        }
        reshape::<B>(tensor, &[self.images, self.channels, height, width])
    }

    /// The way back from `[n, c, h, w]`.
    pub fn leave<B: Kernels>(&self, tensor: FloatTensor<B>) -> FloatTensor<B> {
        reshape::<B>(tensor, &self.shape())
    }
}
