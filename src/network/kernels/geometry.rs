//! Where the windows of convolutions and pools lie.

/// Strides, dilations, padding and groups of a convolution; index 0 is vertical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvGeometry {
    /// Kernel height and width.
    pub kernel: [usize; 2],
    /// Step between windows.
    pub stride: [usize; 2],
    /// Step between taps of a window.
    pub dilation: [usize; 2],
    /// Zeros added before the first row and column.
    pub pad_begin: [usize; 2],
    /// Zeros added after the last row and column.
    pub pad_end: [usize; 2],
    /// Channel groups.
    pub groups: usize,
}

impl ConvGeometry {
    /// Output height and width for an input's, or `None` where the window does not fit.
    pub fn output_hw(&self, input_hw: [usize; 2]) -> Option<[usize; 2]> {
        let along = |d: usize| {
            let extent = self.dilation[d] * (self.kernel[d] - 1) + 1;
            let padded = input_hw[d] + self.pad_begin[d] + self.pad_end[d];
            Some(padded.checked_sub(extent)? / self.stride[d] + 1)
        };
        Some([along(0)?, along(1)?])
    }
}

/// Windows of a pool; index 0 is vertical.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolGeometry {
    /// Window height and width.
    pub kernel: [usize; 2],
    /// Step between windows.
    pub stride: [usize; 2],
    /// Step between taps of a window.
    pub dilation: [usize; 2],
    /// Padding before the first row and column.
    pub pad_begin: [usize; 2],
    /// Padding after the last row and column.
    pub pad_end: [usize; 2],
    /// Round the number of windows up: a last window may stick out beyond the padding, but must
    /// start inside the input or its leading padding.
    pub ceil_mode: bool,
    /// An average divides by the taps inside input and padding, instead of inside the input only.
    /// Taps that stick out beyond the padding never count.
    pub count_include_pad: bool,
}

impl PoolGeometry {
    /// Output height and width for an input's, or `None` where the window does not fit.
    pub fn output_hw(&self, input_hw: [usize; 2]) -> Option<[usize; 2]> {
        let along = |d: usize| {
            let extent = self.dilation[d] * (self.kernel[d] - 1) + 1;
            let padded = input_hw[d] + self.pad_begin[d] + self.pad_end[d];
            let room = padded.checked_sub(extent)?;
            if !self.ceil_mode {
                return Some(room / self.stride[d] + 1);
            }
            let mut windows = room.div_ceil(self.stride[d]) + 1;
            if (windows - 1) * self.stride[d] >= input_hw[d] + self.pad_begin[d] {
                windows -= 1;
            }
            Some(windows)
        };
        Some([along(0)?, along(1)?])
    }
}
