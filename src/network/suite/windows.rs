//! Random windows over one or two spatial axes, for cases of convolutions and pools.

use super::{Random, unravel};
use crate::onnx::Attribute;

/// Windows and the input they lie over; one entry a spatial axis.
#[derive(Clone, Debug)]
pub struct Windows {
    /// Input lengths.
    pub input: Vec<usize>,
    /// Output lengths.
    pub output: Vec<usize>,
    /// Taps.
    pub kernel: Vec<usize>,
    /// Steps between windows.
    pub stride: Vec<usize>,
    /// Steps between taps.
    pub dilation: Vec<usize>,
    /// Padding in front.
    pub begin: Vec<usize>,
    /// Padding behind.
    pub end: Vec<usize>,
    /// `auto_pad`, where it is not explicit.
    pub auto_pad: Option<&'static str>,
}

impl Windows {
    /// Windows of which each holds a part of the input.
    pub fn random(random: &mut Random, rank: usize) -> Self {
        let mut list = |low: usize, high: usize| -> Vec<usize> {
            (0..rank).map(|_| random.whole(low, high)).collect()
        };
        let (kernel, dilation) = (list(1, 3), list(1, 2));
        let (input, stride) = (list(5, if rank == 1 { 9 } else { 6 }), list(1, 3));
        let auto_pad = *random.choose(&[
            None,
            None,
            Some("SAME_UPPER"),
            Some("SAME_LOWER"),
            Some("VALID"),
        ]);
        let extent = |axis: usize| dilation[axis] * (kernel[axis] - 1) + 1;
        let (mut begin, mut end) = (vec![0; rank], vec![0; rank]);
        for axis in 0..rank {
            match auto_pad {
                None => {
                    begin[axis] = random.whole(0, kernel[axis] - 1);
                    end[axis] = random.whole(0, kernel[axis] - 1);
                }
                Some("VALID") => {}
                Some(which) => {
                    let outputs = input[axis].div_ceil(stride[axis]);
                    let covered = (outputs - 1) * stride[axis] + extent(axis);
                    let total = covered.saturating_sub(input[axis]);
                    let (less, more) = (total / 2, total - total / 2);
                    (begin[axis], end[axis]) = if which == "SAME_UPPER" {
                        (less, more)
                    } else {
                        (more, less)
                    };
                }
            }
        }
        let output = (0..rank)
            .map(|axis| (input[axis] + begin[axis] + end[axis] - extent(axis)) / stride[axis] + 1)
            .collect();
        Self {
            input,
            output,
            kernel,
            stride,
            dilation,
            begin,
            end,
            auto_pad,
        }
    }

    /// Which values belong together: row-major places of a window, of a tap and of the input value
    /// under it, for all taps that do not lie in the padding.
    pub fn links(&self) -> Vec<[usize; 3]> {
        let mut links = Vec::new();
        self.for_each_tap(|window, tap, at| {
            let inside = at.iter().zip(&self.begin).zip(&self.input);
            let position: Option<Vec<usize>> = inside
                .map(|((at, begin), length)| at.checked_sub(*begin).filter(|p| p < length))
                .collect();
            if let Some(position) = position {
                links.push([window, tap, ravel(&position, &self.input)]);
            }
        });
        links
    }

    /// Numbers of windows, of input values in a plane and of taps.
    pub fn counts_of_each(&self) -> [usize; 3] {
        [&self.output, &self.input, &self.kernel].map(|lengths| lengths.iter().product())
    }

    /// How many taps of each window lie in the input or its padding, but not beyond.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.output.iter().product()];
        self.for_each_tap(|window, _, at| {
            let fits =
                |axis: usize| at[axis] < self.begin[axis] + self.input[axis] + self.end[axis];
            counts[window] += usize::from((0..at.len()).all(fits));
        });
        counts
    }

    /// Calls `visit` with the places of a window and a tap and the position in the padded input.
    fn for_each_tap(&self, mut visit: impl FnMut(usize, usize, &[usize])) {
        for window in 0..self.output.iter().product() {
            let corner = unravel(window, &self.output);
            for tap in 0..self.kernel.iter().product() {
                let offset = unravel(tap, &self.kernel);
                let along = |axis: usize| {
                    corner[axis] * self.stride[axis] + offset[axis] * self.dilation[axis]
                };
                let at: Vec<usize> = (0..corner.len()).map(along).collect();
                visit(window, tap, &at);
            }
        }
    }

    /// The attributes of a node with these windows.
    pub fn attributes(&self) -> Vec<(&'static str, Attribute)> {
        let list = |values: &[usize]| Attribute::Ints(values.iter().map(|&v| v as i64).collect());
        let mut attributes = vec![
            ("kernel_shape", list(&self.kernel)),
            ("strides", list(&self.stride)),
            ("dilations", list(&self.dilation)),
        ];
        attributes.push(match self.auto_pad {
            Some(which) => ("auto_pad", Attribute::Text(which.to_owned())),
            None => ("pads", list(&[self.begin.as_slice(), &self.end].concat())),
        });
        attributes
    }
}

/// Row-major place of an index.
fn ravel(index: &[usize], shape: &[usize]) -> usize {
    let places = index.iter().zip(shape);
    places.fold(0, |at, (i, length)| at * length + i)
}
