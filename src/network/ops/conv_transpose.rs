//! `ConvTranspose` (<https://onnx.ai/onnx/operators/onnx__ConvTranspose.html>): what a convolution's
//! gradient computes, whose own gradient is the convolution.

use std::rc::Rc;

use burn_backend::{Slice, TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{elements, inferred_shape, reshape, work},
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
    window: Window,
    kernel: [usize; 2],
    groups: usize,
    in_channels: usize,
    out_channels: usize,
    output_padding: [usize; 2],
    output_hw: Option<[usize; 2]>,
}

/// # Errors
/// Weights that are not constant or of too many axes, or attributes that do not fit them.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let constant = |index: usize, what: &str| match node.input(index) {
        None => Ok(None),
        Some(name) => match context.graph.constant(Some(name)) {
            Some(tensor) => Ok(Some(tensor)),
            None => Err(format!("its {what} computed at run time")),
        },
    };
    let weight = constant(1, "weights are")?.ok_or("its weights are missing")?;
    let [in_channels, group_channels, kernel @ ..] = weight.shape.as_slice() else {
        return Err(format!(
            "its weights have shape {:?}, but [in, out, height, width] is needed",
            weight.shape
        ));
    };
    let (in_channels, group_channels) = (*in_channels, *group_channels);
    let rank = kernel.len();
    let window = Window::read(&node.attributes, rank)?;
    let [kh, kw] = kernel_size(node, kernel)?;
    let groups = usize::try_from(node.attributes.int("group", 1)?).unwrap_or(0);
    if groups == 0 || in_channels == 0 || in_channels % groups != 0 {
        return Err(format!(
            "{in_channels} input channels cannot be split into {groups} groups"
        ));
    }
    let out_channels = group_channels * groups;
    let bias = match constant(2, "bias is")? {
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
        shape: [in_channels, group_channels, kh, kw],
        weight: weight.floats(),
        groups,
        stride: window.stride,
        dilation: window.dilation,
        finish: Finish::Bias(None),
        roomy: context.roomy(),
    };
    let output_hw = match node.attributes.ints("output_shape")? {
        // Some write the batch and the channels as well.
        Some([_, _, list @ ..]) if list.len() == rank => {
            Some(pair("output_shape", list, rank, 1, 1)?)
        }
        Some(list) => Some(pair("output_shape", list, rank, 1, 1)?),
        None => None,
    };
    Ok(Box::new(ConvTranspose::<B> {
        filter: Rc::new(B::filter(filter, context.device)),
        bias,
        window,
        kernel: [kh, kw],
        groups,
        in_channels,
        out_channels,
        output_padding: match node.attributes.ints("output_padding")? {
            Some(list) => pair("output_padding", list, rank, 0, 0)?,
            None => [0, 0],
        },
        output_hw,
    }))
}

impl<B: Kernels> ConvTranspose<B> {
    /// The input and output as images, and the windows of the convolution from output to input.
    fn plan(&self, shape: &[usize]) -> Result<(Image, Image, ConvGeometry), String> {
        let image = self.window.image(shape)?;
        if image.channels != self.in_channels {
            return Err(format!(
                "the input has {} channels, but the weights are for {}",
                image.channels, self.in_channels
            ));
        }
        let extent = self.window.extent(self.kernel);
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
            kernel: self.kernel,
            stride,
            dilation: self.window.dilation,
            pad_begin,
            pad_end,
            groups: self.groups,
        };
        Ok((image, image.with(self.out_channels, hw), geometry))
    }
}

impl<B: Kernels> Operator<B> for ConvTranspose<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let (image, out, geometry) = self.plan(&x.shape().to_vec())?;
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
        let (_, out, _) = self.plan(inferred_shape(inputs, 0)?)?;
        Ok(Inferred::Device(out.shape()))
    }

    fn layout_bytes(&self) -> u64 {
        B::layout_bytes(&self.filter)
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        let outputs = self.out_channels / self.groups;
        let each = elements(&[self.kernel[0], self.kernel[1], outputs]);
        inferred_shape(inputs, 0).map_or(0, |shape| work(shape, each))
    }
}
