//! Reading window attributes shared by `Conv`, `MaxPool` and `AveragePool`.

use crate::onnx::Attributes;

/// Strides, dilations and padding as a node declares them.
pub struct Window {
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

impl Window {
    /// # Errors
    /// Names the attribute that is not two-dimensional, negative, zero where it must not be, or
    /// unknown.
    pub fn read(attributes: &Attributes) -> Result<Self, String> {
        let pair = |name: &str| -> Result<[usize; 2], String> {
            match attributes.ints(name)? {
                None => Ok([1, 1]),
                Some(&[vertical, horizontal]) if vertical > 0 && horizontal > 0 => {
                    Ok([vertical as usize, horizontal as usize])
                }
                Some(other) => Err(format!(
                    "{name} is {other:?}, but two numbers above 0 are needed"
                )),
            }
        };
        let padding = match attributes.text("auto_pad", "NOTSET")? {
            "NOTSET" | "" => explicit(attributes)?,
            "VALID" => Padding::Explicit([0, 0], [0, 0]),
            "SAME_UPPER" => Padding::Same { upper: true },
            "SAME_LOWER" => Padding::Same { upper: false },
            other => return Err(format!("auto_pad is {other}, which is unknown")),
        };
        Ok(Self {
            stride: pair("strides")?,
            dilation: pair("dilations")?,
            padding,
        })
    }

    /// Padding before and after for an input of this size.
    pub fn pads(&self, kernel: [usize; 2], input_hw: [usize; 2]) -> ([usize; 2], [usize; 2]) {
        match self.padding {
            Padding::Explicit(begin, end) => (begin, end),
            Padding::Same { upper } => {
                let total: [usize; 2] = std::array::from_fn(|axis| {
                    let outputs = input_hw[axis].div_ceil(self.stride[axis]);
                    let extent = self.dilation[axis] * (kernel[axis] - 1) + 1;
                    (outputs.saturating_sub(1) * self.stride[axis] + extent)
                        .saturating_sub(input_hw[axis])
                });
                let less = total.map(|t| t / 2);
                let more: [usize; 2] = std::array::from_fn(|axis| total[axis] - less[axis]);
                if upper { (less, more) } else { (more, less) }
            }
        }
    }
}

fn explicit(attributes: &Attributes) -> Result<Padding, String> {
    match attributes.ints("pads")? {
        None => Ok(Padding::Explicit([0, 0], [0, 0])),
        Some(&[top, left, bottom, right]) if [top, left, bottom, right].iter().all(|&p| p >= 0) => {
            Ok(Padding::Explicit(
                [top as usize, left as usize],
                [bottom as usize, right as usize],
            ))
        }
        Some(other) => Err(format!(
            "pads is {other:?}, but four numbers from 0 are needed"
        )),
    }
}

/// Height and width of a `[n, c, h, w]` shape.
///
/// # Errors
/// The shape has another rank.
pub fn plane(shape: &[usize]) -> Result<[usize; 2], String> {
    match shape {
        [_, _, height, width] => Ok([*height, *width]),
        other => Err(format!(
            "the input has shape {other:?}, but [n, c, h, w] is needed"
        )),
    }
}
