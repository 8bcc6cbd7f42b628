//! `ConvTranspose` (<https://onnx.ai/onnx/operators/onnx__ConvTranspose.html>) whose weights are computed while the
//! network runs, from the image itself or from constants that were too many to compute beforehand: a product of
//! matrices for each group, and windows summed up where they overlap. The gradient goes to the input and to the weights.

use std::{cell::RefCell, rc::Rc};

use super::{
    axes::{elements, inferred_shape, reshape, work},
    computed_convolution::{Plan, Unfolding, depends_on_input},
    conv_transpose::Spread,
    convolution::kernel_size_of,
    gradient_sum::reduce_to,
};
use crate::{
    network::{
        kernels::{Kernels, Transposed},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{Inferred, Value},
    },
    onnx::{Node, limits},
};

struct ComputedConvTranspose<B: Kernels> {
    /// For the number of spatial axes that its attributes speak of.
    spread: Spread,
    kernel_shape: Option<Vec<i64>>,
    /// Whether the input, the weights and the bias depend on the image: the others need no gradient.
    varies: [bool; 3],
    device: B::Device,
    /// The layout of the last call, which is that of the next one unless shapes change.
    ready: RefCell<Option<Rc<Unfolding<B>>>>,
}

/// # Errors
/// Attributes of the wrong kind or for more than two axes.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let attributes = &node.attributes;
    let kernel_shape = attributes.ints("kernel_shape")?.map(<[i64]>::to_vec);
    let lists = [
        kernel_shape.as_ref().map(Vec::len),
        attributes.ints("strides")?.map(<[i64]>::len),
        attributes.ints("dilations")?.map(<[i64]>::len),
        attributes.ints("output_padding")?.map(<[i64]>::len),
        attributes.ints("pads")?.map(|pads| pads.len() / 2),
    ];
    let rank = lists.into_iter().flatten().next().unwrap_or(2);
    Ok(Box::new(ComputedConvTranspose::<B> {
        spread: Spread::read(node, rank)?,
        kernel_shape,
        varies: [0, 1, 2].map(|index| {
            node.input(index)
                .is_some_and(|name| depends_on_input(context.graph, name))
        }),
        device: context.device.clone(),
        ready: RefCell::new(None),
    }))
}

impl<B: Kernels> ComputedConvTranspose<B> {
    /// That of the convolution from output to input.
    fn plan(
        &self,
        shape: &[usize],
        weights: &[usize],
        bias: Option<&[usize]>,
    ) -> Result<Plan, String> {
        let [in_channels, group_channels, kernel @ ..] = weights else {
            return Err(format!(
                "its weights have shape {weights:?}, but [in, out, height, width] is needed"
            ));
        };
        let rank = self.spread.window.rank;
        if kernel.len() != rank {
            return Err(format!(
                "its weights have shape {weights:?}, but its attributes are for windows of {rank} axes"
            ));
        }
        let [kh, kw] = kernel_size_of(self.kernel_shape.as_deref(), kernel)?;
        let weights = [*in_channels, *group_channels, kh, kw];
        let out_channels = self.spread.out_channels(weights)?;
        if let Some(bias) = bias
            && bias != [out_channels]
        {
            return Err(format!(
                "its bias has shape {bias:?}, but [{out_channels}] is needed"
            ));
        }
        let (image, out, geometry) = self.spread.plan(shape, weights)?;
        let groups = self.spread.groups;
        let taps = elements(&weights[1..]);
        let [height, width] = image.hw;
        limits::elements(&[image.images, groups, taps, height, width])?;
        Ok(Plan {
            image: out,
            sizes: [in_channels / groups, taps, elements(&[height, width])],
            out: image,
            geometry,
        })
    }

    fn unfolding(&self, plan: Plan) -> Result<Rc<Unfolding<B>>, String> {
        if let Some(ready) = &*self.ready.borrow()
            && ready.plan == plan
        {
            return Ok(Rc::clone(ready));
        }
        let ready = Rc::new(Unfolding::new(plan, &self.device)?);
        *self.ready.borrow_mut() = Some(Rc::clone(&ready));
        Ok(ready)
    }
}

impl<B: Kernels> Operator<B> for ComputedConvTranspose<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let (Some(Some(x)), Some(Some(weights))) = (inputs.first(), inputs.get(1)) else {
            return Err("an input and weights are needed".to_owned());
        };
        let bias = inputs.get(2).cloned().flatten();
        let bias_shape = bias.as_ref().map(Value::shape);
        let weight_shape = weights.shape();
        let plan = self.plan(&x.shape(), &weight_shape, bias_shape.as_deref())?;
        let unfolding = self.unfolding(plan)?;
        let Plan {
            image: out,
            out: image,
            sizes: [rows, taps, pixels],
            ..
        } = unfolding.plan.clone();
        let groups = self.spread.groups;
        let stacks = image.images * groups;
        let x = image.enter::<B>(x.to_device(&self.device));
        let x = reshape::<B>(x, &[stacks, rows, pixels]);
        let matrices = unfolding.weights(weights.to_device(&self.device));
        let stored = Transposed {
            left: true,
            right: false,
        };
        let columns = B::batched_matmul(matrices.clone(), x.clone(), stored);
        let mut output = unfolding.fold(columns);
        if let Some(bias) = &bias {
            let bias = reshape::<B>(bias.to_device(&self.device), &[1, out.channels, 1, 1]);
            output = B::float_add(output, bias);
        }
        let backward = track.then(|| {
            let [by_x, by_weights, by_bias] = self.varies;
            let x = by_weights.then_some(x);
            let matrices = by_x.then_some(matrices);
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = out.enter::<B>(grad);
                let bias = bias_shape.filter(|_| by_bias).map(|shape| {
                    let sums = reduce_to::<B>(grad.clone(), &[1, out.channels, 1, 1]);
                    reshape::<B>(sums, &shape)
                });
                let columns = unfolding.unfold(grad);
                let weights = x.map(|x| {
                    let stored = Transposed {
                        left: false,
                        right: true,
                    };
                    let by = B::batched_matmul(x, columns.clone(), stored);
                    let by = reshape::<B>(by, &[image.images, groups, rows, taps]);
                    let by = reduce_to::<B>(by, &[1, groups, rows, taps]);
                    reshape::<B>(by, &weight_shape)
                });
                let x = matrices.map(|matrices| {
                    let by = B::batched_matmul(matrices, columns, Transposed::default());
                    let [height, width] = image.hw;
                    let by = reshape::<B>(by, &[image.images, image.channels, height, width]);
                    image.leave::<B>(by)
                });
                vec![x, weights, bias]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(out.leave::<B>(output)),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let bias = inputs.get(2).and_then(Option::as_ref).map(Inferred::shape);
        let plan = self.plan(inferred_shape(inputs, 0)?, inferred_shape(inputs, 1)?, bias)?;
        Ok(Inferred::Device(plan.image.shape()))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        let each = inferred_shape(inputs, 1)
            .map_or(0, |weights| elements(weights.get(1..).unwrap_or_default()));
        inferred_shape(inputs, 0).map_or(0, |shape| work(shape, each))
    }
}
