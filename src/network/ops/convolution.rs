//! `Conv` (<https://onnx.ai/onnx/operators/onnx__Conv.html>), with the clamp fused behind it.

use std::rc::Rc;

use burn_backend::TensorMetadata;

use super::{
    activation::Rectifier,
    axes::{elements, inferred_shape, work},
    computed_convolution,
    window::{Image, Window, pair},
};
use crate::{
    network::{
        kernels::{ConvGeometry, Filter, Finish, Kernels, Normalisation},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
    },
    onnx::{Attribute, FUSED_RANGE, Node, SCALE_INPUT, SHIFT_INPUT},
};

struct Conv<B: Kernels> {
    /// Shared with the ways back that are still to be gone.
    filter: Rc<B::Filter>,
    window: Window,
    kernel: [usize; 2],
    groups: usize,
    in_channels: usize,
    out_channels: usize,
    rectifier: Option<Rectifier>,
}

/// # Errors
/// Weights of too many axes, or attributes that do not fit them.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let (graph, bias) = (context.graph, node.input(2));
    let known = |name: &str| graph.constant(Some(name)).is_some();
    let weight = match graph.constant(node.input(1)) {
        Some(weight) if bias.is_none_or(known) => weight,
        _ => return computed_convolution::build(node, context),
    };
    let [out_channels, group_channels, kernel @ ..] = weight.shape.as_slice() else {
        return Err(format!(
            "its weights have shape {:?}, but [out, in, height, width] is needed",
            weight.shape
        ));
    };
    let (out_channels, group_channels) = (*out_channels, *group_channels);
    let window = Window::read(&node.attributes, kernel.len())?;
    let [kh, kw] = kernel_size(node, kernel)?;
    let groups = usize::try_from(node.attributes.int("group", 1)?).unwrap_or(0);
    if groups == 0 || out_channels == 0 || out_channels % groups != 0 {
        return Err(format!(
            "{out_channels} output channels with a {kh} x {kw} kernel cannot be split into {groups} groups"
        ));
    }
    let bias = match node.input(2) {
        None => None,
        Some(name) => {
            let bias = context
                .graph
                .constant(Some(name))
                .ok_or("its bias is computed at run time")?;
            if bias.shape != [out_channels] {
                return Err(format!(
                    "its bias has shape {:?}, but [{out_channels}] is needed",
                    bias.shape
                ));
            }
            Some(bias.floats())
        }
    };
    let filter = Filter {
        shape: [out_channels, group_channels, kh, kw],
        weight: weight.floats(),
        groups,
        stride: window.stride,
        dilation: window.dilation,
        finish: match normalisation(node, context, out_channels)? {
            Some(factors) => Finish::Normalise(factors),
            None => Finish::Bias(bias),
        },
        roomy: context.roomy(),
    };
    Ok(Box::new(Conv::<B> {
        filter: Rc::new(B::filter(filter, context.device)),
        window,
        kernel: [kh, kw],
        groups,
        in_channels: group_channels * groups,
        out_channels,
        rectifier: match node.attributes.get(FUSED_RANGE) {
            Some(Attribute::Floats(range)) => Rectifier::from_fused(range),
            _ => None,
        },
    }))
}

/// Height and width of a kernel, from the weights' spatial axes.
///
/// # Errors
/// The attribute says something else.
pub fn kernel_size(node: &Node, kernel: &[usize]) -> Result<[usize; 2], String> {
    kernel_size_of(node.attributes.ints("kernel_shape")?, kernel)
}

/// The same, where the attribute was read before.
///
/// # Errors
/// The attribute says something else.
pub fn kernel_size_of(declared: Option<&[i64]>, kernel: &[usize]) -> Result<[usize; 2], String> {
    let axes: Vec<i64> = kernel.iter().map(|&length| length as i64).collect();
    match declared {
        Some(declared) if declared != axes => Err(format!(
            "kernel_shape is {declared:?}, but the weights are for {axes:?}"
        )),
        _ => pair("kernel_shape", &axes, kernel.len(), 1, 1),
    }
}

fn normalisation<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
    channels: usize,
) -> Result<Option<Normalisation>, String> {
    let factors = |index| context.graph.constant(node.input(index));
    let (Some(scale), Some(shift)) = (factors(SCALE_INPUT), factors(SHIFT_INPUT)) else {
        return Ok(None);
    };
    let (scale, shift) = (scale.doubles(), shift.doubles());
    if scale.len() != channels || shift.len() != channels {
        return Err(format!(
            "{} factors for {channels} output channels",
            scale.len()
        ));
    }
    Ok(Some(Normalisation { scale, shift }))
}

impl<B: Kernels> Conv<B> {
    /// The input and output as images, and where the windows lie.
    fn plan(&self, shape: &[usize]) -> Result<(Image, Image, ConvGeometry), String> {
        let image = self.window.image(shape)?;
        if image.channels != self.in_channels {
            return Err(format!(
                "the input has {} channels, but the weights are for {}",
                image.channels, self.in_channels
            ));
        }
        let (pad_begin, pad_end) = self.window.pads(self.kernel, image.hw);
        let geometry = ConvGeometry {
            kernel: self.kernel,
            stride: self.window.stride,
            dilation: self.window.dilation,
            pad_begin,
            pad_end,
            groups: self.groups,
        };
        let Some(hw) = geometry.output_hw(image.hw) else {
            return Err(format!(
                "a {:?} kernel does not fit an input of {:?}",
                self.kernel, image.hw
            ));
        };
        Ok((image, image.with(self.out_channels, hw), geometry))
    }
}

impl<B: Kernels> Operator<B> for Conv<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let (image, out, geometry) = self.plan(&x.shape().to_vec())?;
        let x = image.enter::<B>(x);
        let range = Rectifier::range_of(self.rectifier);
        let output = <B as Kernels>::conv2d(x, &self.filter, &geometry, range);
        let backward = track.then(|| {
            let (filter, rectifier) = (Rc::clone(&self.filter), self.rectifier);
            // Only a clamp needs the output again; holding it otherwise would double the memory.
            let clamped = rectifier.map(|_| output.clone());
            let back: Backward<B> = Box::new(move |grad, rule| {
                let grad = out.enter::<B>(grad);
                let grad = match (rectifier, clamped) {
                    (Some(rectifier), Some(output)) => rectifier.gradient::<B>(grad, output, rule),
                    _ => grad,
                };
                let grad = B::conv2d_input_gradient(grad, &filter, image.hw, &geometry);
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

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        let inputs = self.in_channels / self.groups;
        work(
            output.shape(),
            elements(&[self.kernel[0], self.kernel[1], inputs]),
        )
    }
}
