//! `Conv` (<https://onnx.ai/onnx/operators/onnx__Conv.html>) whose weights are computed while the network runs, from the
//! image itself or from constants that were too many to compute beforehand: windows laid out as columns, and a
//! product of matrices for each group. The gradient goes both ways, to the input and to the weights.

use std::{cell::RefCell, rc::Rc};

use burn_backend::tensor::FloatTensor;

use super::{
    activation::Rectifier,
    axes::{elements, inferred_shape, reshape, work},
    convolution::kernel_size_of,
    gradient_sum::reduce_to,
    window::{Image, Window},
};
use crate::{
    network::{
        kernels::{ConvGeometry, DeviceRows, Kernels, SparseRows, Transposed},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{Inferred, Value},
    },
    onnx::{Attribute, FUSED_RANGE, Graph, Node, limits},
};

struct ComputedConv<B: Kernels> {
    /// For the number of spatial axes that its attributes speak of.
    window: Window,
    kernel_shape: Option<Vec<i64>>,
    groups: usize,
    rectifier: Option<Rectifier>,
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
        attributes.ints("pads")?.map(|pads| pads.len() / 2),
    ];
    let rank = lists.into_iter().flatten().next().unwrap_or(2);
    let groups = attributes.int("group", 1)?;
    Ok(Box::new(ComputedConv::<B> {
        window: Window::read(attributes, rank)?,
        kernel_shape,
        groups: usize::try_from(groups)
            .ok()
            .filter(|&groups| groups > 0)
            .ok_or_else(|| format!("group is {groups}"))?,
        rectifier: match attributes.get(FUSED_RANGE) {
            Some(Attribute::Floats(range)) => Rectifier::from_fused(range),
            _ => None,
        },
        varies: [0, 1, 2].map(|index| {
            node.input(index)
                .is_some_and(|name| depends_on_input(context.graph, name))
        }),
        device: context.device.clone(),
        ready: RefCell::new(None),
    }))
}

/// Whether a value is computed from an input of the graph.
pub(super) fn depends_on_input(graph: &Graph, name: &str) -> bool {
    let mut wanted = std::collections::HashSet::from([name]);
    // Nodes are in order, so whoever reads a value comes after its maker.
    for node in graph.nodes.iter().rev() {
        if node
            .outputs
            .iter()
            .any(|name| wanted.contains(name.as_str()))
        {
            let read = node.inputs.iter().map(String::as_str);
            wanted.extend(read.filter(|name| !name.is_empty()));
        }
    }
    graph
        .inputs
        .iter()
        .any(|port| wanted.contains(port.name.as_str()))
}

/// Sizes of one call.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    pub image: Image,
    pub out: Image,
    pub geometry: ConvGeometry,
    /// Rows of a group's weights, their length, and pixels of the output.
    pub sizes: [usize; 3],
}

impl<B: Kernels> ComputedConv<B> {
    fn plan(
        &self,
        shape: &[usize],
        weights: &[usize],
        bias: Option<&[usize]>,
    ) -> Result<Plan, String> {
        let [out_channels, group_channels, kernel @ ..] = weights else {
            return Err(format!(
                "its weights have shape {weights:?}, but [out, in, height, width] is needed"
            ));
        };
        if kernel.len() != self.window.rank {
            return Err(format!(
                "its weights have shape {weights:?}, but its attributes are for windows of {} axes",
                self.window.rank
            ));
        }
        let kernel = kernel_size_of(self.kernel_shape.as_deref(), kernel)?;
        let image = self.window.image(shape)?;
        let fits = *group_channels > 0
            && image.channels == group_channels * self.groups
            && *out_channels > 0
            && out_channels % self.groups == 0;
        if !fits {
            return Err(format!(
                "weights of shape {weights:?} in {} groups do not fit an input of shape {shape:?}",
                self.groups
            ));
        }
        if let Some(bias) = bias
            && bias != [*out_channels]
        {
            return Err(format!(
                "its bias has shape {bias:?}, but [{out_channels}] is needed"
            ));
        }
        let (pad_begin, pad_end) = self.window.pads(kernel, image.hw);
        let geometry = ConvGeometry {
            kernel,
            stride: self.window.stride,
            dilation: self.window.dilation,
            pad_begin,
            pad_end,
            groups: self.groups,
        };
        let Some(hw) = geometry.output_hw(image.hw) else {
            return Err(format!(
                "a {kernel:?} kernel does not fit an input of {:?}",
                image.hw
            ));
        };
        let taps = elements(&[*group_channels, kernel[0], kernel[1]]);
        limits::elements(&[image.images, self.groups, taps, hw[0], hw[1]])?;
        Ok(Plan {
            image,
            out: image.with(*out_channels, hw),
            geometry,
            sizes: [out_channels / self.groups, taps, elements(&hw)],
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

/// How windows become columns and back.
pub(super) struct Unfolding<B: Kernels> {
    pub plan: Plan,
    rows: DeviceRows<B>,
    columns: DeviceRows<B>,
}

/// Axes of `[images, groups, channels, kernel, height, kernel, width]` in the order that makes columns.
const TO_COLUMNS: [usize; 7] = [0, 1, 2, 3, 5, 4, 6];

impl<B: Kernels> Unfolding<B> {
    /// # Errors
    /// A window outside the image.
    pub fn new(plan: Plan, device: &B::Device) -> Result<Self, String> {
        let picks = |axis: usize| {
            let geometry = &plan.geometry;
            let (length, outputs) = (plan.image.hw[axis], plan.out.hw[axis]);
            let sources = (0..geometry.kernel[axis]).flat_map(|tap| {
                (0..outputs).map(move |at| {
                    let place = at * geometry.stride[axis] + tap * geometry.dilation[axis];
                    let place = place.checked_sub(geometry.pad_begin[axis])?;
                    (place < length).then_some(place)
                })
            });
            let rows = SparseRows::selecting(sources.collect::<Vec<_>>(), length)?;
            Ok::<_, String>(DeviceRows::new(rows, device))
        };
        Ok(Self {
            rows: picks(0)?,
            columns: picks(1)?,
            plan,
        })
    }

    /// Sizes of the unfolded axes.
    fn spread(&self) -> [usize; 7] {
        let Plan {
            image,
            out,
            geometry,
            ..
        } = &self.plan;
        let [kh, kw] = geometry.kernel;
        let channels = image.channels / geometry.groups;
        [
            image.images,
            geometry.groups,
            channels,
            kh,
            out.hw[0],
            kw,
            out.hw[1],
        ]
    }

    /// `[images x groups, taps, pixels]` of images.
    pub fn unfold(&self, x: FloatTensor<B>) -> FloatTensor<B> {
        let x = <B as Kernels>::combine_rows(x, self.rows.forward(), 2, 0.0);
        let x = <B as Kernels>::combine_rows(x, self.columns.forward(), 3, 0.0);
        let x = B::float_permute(reshape::<B>(x, &self.spread()), &TO_COLUMNS);
        let [_, taps, pixels] = self.plan.sizes;
        let stacks = self.plan.image.images * self.plan.geometry.groups;
        reshape::<B>(x, &[stacks, taps, pixels])
    }

    /// The gradient by images, of one by columns.
    pub fn fold(&self, grad: FloatTensor<B>) -> FloatTensor<B> {
        let spread = self.spread();
        let permuted = TO_COLUMNS.map(|axis| spread[axis]);
        // The order swaps two axes, so that it undoes itself.
        let grad = B::float_permute(reshape::<B>(grad, &permuted), &TO_COLUMNS);
        let [images, groups, channels, kh, height, kw, width] = spread;
        let grad = reshape::<B>(grad, &[images, groups * channels, kh * height, kw * width]);
        let grad = <B as Kernels>::combine_rows(grad, self.columns.backward(), 3, 0.0);
        <B as Kernels>::combine_rows(grad, self.rows.backward(), 2, 0.0)
    }

    /// Weights as a matrix for each image and group.
    pub fn weights(&self, weights: FloatTensor<B>) -> FloatTensor<B> {
        let [rows, taps, _] = self.plan.sizes;
        let (images, groups) = (self.plan.image.images, self.plan.geometry.groups);
        let weights = reshape::<B>(weights, &[1, groups, rows, taps]);
        let weights = if images > 1 && groups > 1 {
            B::float_expand(weights, vec![images, groups, rows, taps].into())
        } else {
            weights
        };
        let stacks = if groups > 1 { images * groups } else { 1 };
        reshape::<B>(weights, &[stacks, rows, taps])
    }
}

impl<B: Kernels> Operator<B> for ComputedConv<B> {
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
            image,
            out,
            sizes: [rows, taps, pixels],
            ..
        } = unfolding.plan.clone();
        let groups = self.groups;
        let columns = unfolding.unfold(image.enter::<B>(x.to_device(&self.device)));
        let matrices = unfolding.weights(weights.to_device(&self.device));
        let output = B::batched_matmul(matrices.clone(), columns.clone(), Transposed::default());
        let channels = rows * groups;
        let mut output = reshape::<B>(output, &[image.images, channels, pixels]);
        if let Some(bias) = &bias {
            let bias = reshape::<B>(bias.to_device(&self.device), &[1, channels, 1]);
            output = B::float_add(output, bias);
        }
        let mut output = reshape::<B>(output, &[image.images, channels, out.hw[0], out.hw[1]]);
        if self.rectifier.is_some() {
            output = <B as Kernels>::clamp(output, Rectifier::range_of(self.rectifier));
        }
        let backward = track.then(|| {
            let [by_x, by_weights, by_bias] = self.varies;
            let columns = by_weights.then_some(columns);
            let matrices = by_x.then_some(matrices);
            let rectifier = self.rectifier;
            let clamped = rectifier.map(|_| output.clone());
            let back: Backward<B> = Box::new(move |grad, rule| {
                let grad = out.enter::<B>(grad);
                let grad = match (rectifier, clamped) {
                    (Some(rectifier), Some(output)) => rectifier.gradient::<B>(grad, output, rule),
                    _ => grad,
                };
                let stacks = image.images * groups;
                let bias = bias_shape.filter(|_| by_bias).map(|shape| {
                    let grad = reshape::<B>(grad.clone(), &[image.images, channels, pixels]);
                    reshape::<B>(reduce_to::<B>(grad, &[1, channels, 1]), &shape)
                });
                let grad = reshape::<B>(grad, &[stacks, rows, pixels]);
                let x = matrices.map(|matrices| {
                    let stored = Transposed {
                        left: true,
                        right: false,
                    };
                    let columns = B::batched_matmul(matrices, grad.clone(), stored);
                    image.leave::<B>(unfolding.fold(columns))
                });
                let weights = columns.map(|columns| {
                    let stored = Transposed {
                        left: false,
                        right: true,
                    };
                    let by = B::batched_matmul(grad, columns, stored);
                    let by = reshape::<B>(by, &[image.images, groups, rows, taps]);
                    let by = reduce_to::<B>(by, &[1, groups, rows, taps]);
                    reshape::<B>(by, &weight_shape)
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
        Ok(Inferred::Device(plan.out.shape()))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        let each = inferred_shape(inputs, 1)
            .map_or(0, |weights| elements(weights.get(1..).unwrap_or_default()));
        work(output.shape(), each)
    }
}
