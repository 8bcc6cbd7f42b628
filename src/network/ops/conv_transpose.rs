//! `ConvTranspose` (<https://onnx.ai/onnx/operators/onnx__ConvTranspose.html>): what a convolution's
//! gradient computes, whose own gradient is the convolution.

use std::rc::Rc;

use burn_backend::{Slice, TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{elements, inferred_shape, reshape, work},
    computed_conv_transpose,
    convolution::kernel_size,
    window::{Image, Padding, Window, halves, pair},
};
use crate::{
    network::{
        kernels::{ConvGeometry, Filter, Finish, Kernels, Range},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value, upload_initializer},
    },
    onnx::Node,
};

struct ConvTranspose<B: Kernels> {
    /// Of the convolution from output to input: `[in, out / groups, kh, kw]`.
    filter: Rc<B::Filter>,
    /// `[1, out, 1, 1]`.
    bias: Option<FloatTensor<B>>,
    spread: Spread,
    weights: [usize; 4],
}

/// # Errors
/// Weights of too many axes, or attributes that do not fit them.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let graph = context.graph;
    let weight = node.input(1).ok_or("its weights are missing")?;
    let (Some(weight), true) = (
        graph.constant(Some(weight)),
        node.input(2)
            .is_none_or(|bias| graph.constant(Some(bias)).is_some()),
    ) else {
        return computed_conv_transpose::build(node, context);
    };
    let [in_channels, group_channels, kernel @ ..] = weight.shape.as_slice() else {
        return Err(format!(
            "its weights have shape {:?}, but [in, out, height, width] is needed",
            weight.shape
        ));
    };
    let [kh, kw] = kernel_size(node, kernel)?;
    let spread = Spread::read(node, kernel.len())?;
    let weights = [*in_channels, *group_channels, kh, kw];
    let out_channels = spread.out_channels(weights)?;
    let bias = match graph.constant(node.input(2)) {
        None => None,
        Some(bias) if bias.shape == [out_channels] => {
            let bias = upload_initializer::<B>(bias, context.device);
            Some(reshape::<B>(bias, &[1, out_channels, 1, 1]))
        }
        Some(bias) => {
            return Err(format!(
                "its bias has shape {:?}, but [{out_channels}] is needed",
                bias.shape
            ));
        }
    };
    let filter = Filter {
        shape: weights,
        weight: weight.floats(),
        groups: spread.groups,
        stride: spread.window.stride,
        dilation: spread.window.dilation,
        finish: Finish::Bias(None),
        roomy: context.roomy(),
    };
    Ok(Box::new(ConvTranspose::<B> {
        filter: Rc::new(B::filter(filter, context.device)),
        bias,
        spread,
        weights,
    }))
}

/// Where each pixel of the input is spread to, as attributes say.
pub(super) struct Spread {
    pub window: Window,
    pub groups: usize,
    output_padding: [usize; 2],
    output_hw: Option<[usize; 2]>,
}

impl Spread {
    /// For so many spatial axes.
    ///
    /// # Errors
    /// Attributes of the wrong kind or length.
    pub fn read(node: &Node, rank: usize) -> Result<Self, String> {
        let groups = node.attributes.int("group", 1)?;
        let output_hw = match node.attributes.ints("output_shape")? {
            // Some write the batch and the channels as well.
            Some([_, _, list @ ..]) if list.len() == rank => {
                Some(pair("output_shape", list, rank, 1, 1)?)
            }
            Some(list) => Some(pair("output_shape", list, rank, 1, 1)?),
            None => None,
        };
        Ok(Self {
            window: Window::read(&node.attributes, rank)?,
            groups: usize::try_from(groups)
                .ok()
                .filter(|&groups| groups > 0)
                .ok_or_else(|| format!("group is {groups}"))?,
            output_padding: match node.attributes.ints("output_padding")? {
                Some(list) => pair("output_padding", list, rank, 0, 0)?,
                None => [0, 0],
            },
            output_hw,
        })
    }

    /// Channels of the output by weights `[in, out / groups, kh, kw]`.
    ///
    /// # Errors
    /// The input's channels cannot be split into groups.
    pub fn out_channels(
        &self,
        [in_channels, group_channels, ..]: [usize; 4],
    ) -> Result<usize, String> {
        if in_channels == 0 || !in_channels.is_multiple_of(self.groups) {
            return Err(format!(
                "{in_channels} input channels cannot be split into {} groups",
                self.groups
            ));
        }
        Ok(group_channels * self.groups)
    }

    /// The input and output as images, and the windows of the convolution from output to input.
    ///
    /// # Errors
    /// An input that does not fit the weights, or padding that leaves nothing.
    pub fn plan(
        &self,
        shape: &[usize],
        weights: [usize; 4],
    ) -> Result<(Image, Image, ConvGeometry), String> {
        let [in_channels, _, kh, kw] = weights;
        let kernel = [kh, kw];
        let image = self.window.image(shape)?;
        if image.channels != in_channels {
            return Err(format!(
                "the input has {} channels, but the weights are for {in_channels}",
                image.channels
            ));
        }
        let extent = self.window.extent(kernel);
        let stride = self.window.stride;
        // What the windows cover without padding, which cuts it off.
        let full: [usize; 2] = std::array::from_fn(|axis| {
            image.hw[axis]
                .saturating_sub(1)
                .saturating_mul(stride[axis])
                .saturating_add(extent[axis] + self.output_padding[axis])
        });
        let wanted = match (self.output_hw, self.window.padding) {
            (Some(hw), _) => Some(hw),
            (None, Padding::Same { .. }) => Some(std::array::from_fn(|axis| {
                image.hw[axis].saturating_mul(stride[axis])
            })),
            (None, Padding::Explicit(..)) => None,
        };
        let (hw, pad_begin, pad_end) = match (wanted, self.window.padding) {
            (Some(hw), padding) => {
                let total = std::array::from_fn(|axis| full[axis].saturating_sub(hw[axis]));
                let upper = padding == (Padding::Same { upper: true });
                let (begin, end) = halves(total, upper);
                (hw, begin, end)
            }
            (None, Padding::Explicit(begin, end)) => {
                let cut = |axis: usize| full[axis].checked_sub(begin[axis] + end[axis]);
                match (cut(0), cut(1)) {
                    (Some(height), Some(width)) if height > 0 && width > 0 => {
                        ([height, width], begin, end)
                    }
                    _ => {
                        return Err(format!(
                            "padding of {begin:?} and {end:?} leaves nothing of an output of {full:?}"
                        ));
                    }
                }
            }
            (None, Padding::Same { .. }) => return Err("its output has no size".to_owned()),
        };
        let geometry = ConvGeometry {
            kernel,
            stride,
            dilation: self.window.dilation,
            pad_begin,
            pad_end,
            groups: self.groups,
        };
        Ok((image, image.with(self.out_channels(weights)?, hw), geometry))
    }
}

impl<B: Kernels> Operator<B> for ConvTranspose<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let (image, out, geometry) = self.spread.plan(&x.shape().to_vec(), self.weights)?;
        let x = image.enter::<B>(x);
        let mut output = B::conv2d_input_gradient(x, &self.filter, out.hw, &geometry);
        if let Some(bias) = &self.bias {
            output = B::float_add(output, bias.clone());
        }
        let backward = track.then(|| {
            let filter = Rc::clone(&self.filter);
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = out.enter::<B>(grad);
                let grad = <B as Kernels>::conv2d(grad, &filter, &geometry, Range::ALL);
                // Where more was added behind than a window's step, there is room for more windows.
                let all = grad.shape().to_vec();
                let wanted = [all[0], all[1], image.hw[0], image.hw[1]];
                let grad = if all == wanted {
                    grad
                } else {
                    let slices = wanted.map(|length| Slice::from(0..length));
                    B::float_slice(grad, &slices)
                };
                vec![Some(image.leave::<B>(grad))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(out.leave::<B>(output)),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let (_, out, _) = self.spread.plan(inferred_shape(inputs, 0)?, self.weights)?;
        Ok(Inferred::Device(out.shape()))
    }

    fn layout_bytes(&self) -> u64 {
        B::layout_bytes(&self.filter)
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        let each = elements(&self.weights[1..]);
        inferred_shape(inputs, 0).map_or(0, |shape| work(shape, each))
    }
}
