//! Reductions along axes, `ReduceSum` (<https://onnx.ai/onnx/operators/onnx__ReduceSum.html>) and its
//! kin, and global pools, which reduce all axes behind the channels
//! (<https://onnx.ai/onnx/operators/onnx__GlobalAveragePool.html>).

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::axes::{
    Axes, Gathered, elements, host_inferred, host_value, inferred_shape, reshape, without, work,
};
use crate::{
    network::{
        kernels::{Kernels, Range},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::Node,
};

/// What becomes of the values that are reduced to one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reduce {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// Their product; of whole numbers on the host only.
    Product,
    /// The sum of their magnitudes.
    L1,
    /// The root of the sum of their squares.
    L2,
    /// The p-th root of the sum of the p-th powers of their magnitudes.
    Lp(f32),
    /// The sum of their squares.
    SumSquare,
    /// The logarithm of their sum.
    LogSum,
    /// The logarithm of the sum of their exponentials.
    LogSumExp,
}

/// A way back inside the gathered layout.
type Inner<B> = Box<dyn FnOnce(FloatTensor<B>) -> FloatTensor<B>>;

/// Norms below this are treated as this, so that the gradient at zero is zero.
const SMALLEST_NORM: f32 = 1e-12;

/// Outputs that a reduction of nothing may have.
const MOST_EMPTY: usize = 1 << 16;

struct Reduction {
    reduce: Reduce,
    axes: Axes,
    keep: bool,
    /// Whether no axes mean none instead of all.
    none_if_unnamed: bool,
}

/// # Errors
/// Attributes of the wrong kind, or an operator that is none of these.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let reduce = match node.op.as_str() {
        "ReduceSum" => Reduce::Sum,
        "ReduceMean" | "GlobalAveragePool" => Reduce::Mean,
        "ReduceMax" | "GlobalMaxPool" => Reduce::Max,
        "ReduceMin" => Reduce::Min,
        "ReduceProd" => Reduce::Product,
        "ReduceL1" => Reduce::L1,
        "ReduceL2" => Reduce::L2,
        "ReduceSumSquare" => Reduce::SumSquare,
        "ReduceLogSum" => Reduce::LogSum,
        "ReduceLogSumExp" => Reduce::LogSumExp,
        "GlobalLpPool" => match node.attributes.number("p", 2.0)? {
            1.0 => Reduce::L1,
            2.0 => Reduce::L2,
            p if p > 0.0 => Reduce::Lp(p),
            p => return Err(format!("p is {p}, but a number above 0 is needed")),
        },
        other => return Err(format!("{other} is not a reduction")),
    };
    if node.op.starts_with("Global") {
        return Ok(Box::new(Reduction {
            reduce,
            axes: Axes::From(2),
            keep: true,
            none_if_unnamed: true,
        }));
    }
    Ok(Box::new(Reduction {
        reduce,
        axes: Axes::read(node, context, 1)?,
        keep: node.attributes.int("keepdims", 1)? != 0,
        none_if_unnamed: node.attributes.int("noop_with_empty_axes", 0)? != 0,
    }))
}

impl Reduction {
    fn axes<'a>(
        &self,
        rank: usize,
        host: impl FnOnce(usize) -> Option<&'a HostTensor>,
    ) -> Result<Vec<usize>, String> {
        let axes = self.axes.resolve(rank, host)?;
        if axes.is_empty() && !self.none_if_unnamed {
            return Ok((0..rank).collect());
        }
        Ok(axes)
    }

    fn on_host(&self, x: &HostTensor, axes: &[usize]) -> Result<HostTensor, String> {
        let shape = without(&x.shape, axes, true);
        let count = elements(&shape);
        // Without values there may still be places for them.
        if count > x.values.len().max(MOST_EMPTY) {
            return Err(format!("a tensor of shape {:?} is too large", x.shape));
        }
        let mut groups: Vec<Vec<f64>> = vec![Vec::new(); count];
        for (index, &value) in x.values.iter().enumerate() {
            let (mut rest, mut output, mut step) = (index, 0, 1);
            for axis in (0..x.shape.len()).rev() {
                let length = x.shape[axis].max(1);
                output += rest % length % shape[axis].max(1) * step;
                step *= shape[axis];
                rest /= length;
            }
            if let Some(group) = groups.get_mut(output) {
                group.push(value);
            }
        }
        let values = groups.iter().map(|group| self.reduce.of(group));
        let values = match x.kind {
            HostKind::Float => values.collect(),
            // Only a mean can leave the whole numbers, which divide towards zero.
            HostKind::Integer | HostKind::Bool => values.map(f64::trunc).collect(),
        };
        Ok(HostTensor {
            kind: x.kind,
            shape: without(&x.shape, axes, self.keep),
            values,
        })
    }
}

impl Reduce {
    fn of(self, values: &[f64]) -> f64 {
        let sum = |f: &dyn Fn(f64) -> f64| values.iter().map(|&v| f(v)).sum::<f64>();
        match self {
            Self::Sum => sum(&|v| v),
            Self::Mean => sum(&|v| v) / values.len() as f64,
            Self::Max => values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Min => values.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Product => values.iter().product(),
            Self::L1 => sum(&f64::abs),
            Self::L2 => sum(&|v| v * v).sqrt(),
            Self::Lp(p) => sum(&|v| v.abs().powf(p.into())).powf(1.0 / f64::from(p)),
            Self::SumSquare => sum(&|v| v * v),
            Self::LogSum => sum(&|v| v).ln(),
            Self::LogSumExp => sum(&f64::exp).ln(),
        }
    }

    /// One value for each place of the outer and inner axes, and the way back to all of them.
    fn on_device<B: Kernels>(
        self,
        x: FloatTensor<B>,
        g: &Gathered,
    ) -> Result<(FloatTensor<B>, Inner<B>), String> {
        let (view, layout) = (g.view, g.clone());
        let sum = |x: FloatTensor<B>| B::reduce_sum(x, view);
        Ok(match self {
            Self::Sum => (
                sum(x),
                Box::new(move |grad| layout.repeated::<B>(grad)) as Inner<B>,
            ),
            Self::Mean => {
                let share = 1.0 / view.length.max(1) as f32;
                let mean = B::float_mul_scalar(sum(x), share.into());
                let back: Inner<B> = Box::new(move |grad| {
                    layout.repeated::<B>(B::float_mul_scalar(grad, share.into()))
                });
                (mean, back)
            }
            Self::Max => {
                let (largest, argmax) = B::reduce_max(x, view);
                let back: Inner<B> =
                    Box::new(move |grad| B::reduce_max_gradient(grad, argmax, view));
                (largest, back)
            }
            Self::Min => {
                let (largest, argmax) = B::reduce_max(B::float_neg(x), view);
                let back: Inner<B> =
                    Box::new(move |grad| B::reduce_max_gradient(grad, argmax, view));
                (B::float_neg(largest), back)
            }
            Self::Product => {
                return Err("products are supported of constants and shapes only".to_owned());
            }
            Self::L1 => {
                let back: Inner<B> = {
                    let x = x.clone();
                    Box::new(move |grad| {
                        B::float_mul(B::float_sign(x), layout.broadcastable::<B>(grad))
                    })
                };
                (sum(B::float_abs(x)), back)
            }
            Self::L2 => {
                let norm = B::float_sqrt(sum(B::float_mul(x.clone(), x.clone())));
                let safe = at_least::<B>(norm.clone(), SMALLEST_NORM);
                let back: Inner<B> = Box::new(move |grad| {
                    let grad = layout.broadcastable::<B>(B::float_div(grad, safe));
                    B::float_mul(x, grad)
                });
                (norm, back)
            }
            Self::Lp(p) => {
                let powers = B::float_powf_scalar(B::float_abs(x.clone()), p.into());
                let norm = B::float_powf_scalar(sum(powers), (1.0 / p).into());
                let safe = at_least::<B>(norm.clone(), SMALLEST_NORM);
                let back: Inner<B> = Box::new(move |grad| {
                    // sign(x) (|x| / norm)^(p - 1)
                    let ratio =
                        B::float_div(B::float_abs(x.clone()), layout.broadcastable::<B>(safe));
                    let slope = B::float_powf_scalar(ratio, (p - 1.0).into());
                    let slope = B::float_mul(slope, B::float_sign(x));
                    B::float_mul(slope, layout.broadcastable::<B>(grad))
                });
                (norm, back)
            }
            Self::SumSquare => {
                let back: Inner<B> = {
                    let x = x.clone();
                    Box::new(move |grad| {
                        let grad = B::float_mul_scalar(grad, 2f32.into());
                        B::float_mul(x, layout.broadcastable::<B>(grad))
                    })
                };
                (sum(B::float_mul(x.clone(), x)), back)
            }
            Self::LogSum => {
                let total = sum(x);
                let output = B::float_log(total.clone());
                let back: Inner<B> =
                    Box::new(move |grad| layout.repeated::<B>(B::float_div(grad, total)));
                (output, back)
            }
            Self::LogSumExp => {
                let (largest, _) = B::reduce_max(x.clone(), view);
                let shifted = B::float_sub(x, g.broadcastable::<B>(largest.clone()));
                let powers = B::float_exp(shifted);
                let total = sum(powers.clone());
                let output = B::float_add(B::float_log(total.clone()), largest);
                let back: Inner<B> = Box::new(move |grad| {
                    let grad = layout.broadcastable::<B>(B::float_div(grad, total));
                    B::float_mul(powers, grad)
                });
                (output, back)
            }
        })
    }
}

/// `x`, but no value below `least`.
pub fn at_least<B: Kernels>(x: FloatTensor<B>, least: f32) -> FloatTensor<B> {
    let range = Range {
        low: least,
        high: f32::INFINITY,
    };
    <B as Kernels>::clamp(x, range)
}

impl<B: Kernels> Operator<B> for Reduction {
    fn reads(&self, index: usize) -> bool {
        index == 0 || self.axes.reads(index)
    }

    fn joined_axes(&self, inputs: &[Option<Inferred>]) -> Vec<usize> {
        let rank = inferred_shape(inputs, 0).map_or(0, <[usize]>::len);
        self.axes(rank, |index| host_inferred(inputs, index))
            .unwrap_or_default()
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let host = |index| host_value(inputs, index);
        if let Some(x) = host_value(inputs, 0) {
            let axes = self.axes(x.shape.len(), host)?;
            return Ok(Forward {
                output: Value::Host(self.on_host(x, &axes)?),
                backward: None,
            });
        }
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let axes = self.axes(shape.len(), host)?;
        let gathered = Gathered::along(&shape, &axes);
        let (output, inner) = self
            .reduce
            .on_device::<B>(gathered.enter::<B>(x), &gathered)?;
        // Axes that stay keep their order, also where others were moved.
        let output = reshape::<B>(output, &without(&shape, &axes, self.keep));
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let view = gathered.view;
                let grad = inner(reshape::<B>(grad, &[view.outer, view.inner]));
                vec![Some(gathered.leave::<B>(grad))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shape = inferred_shape(inputs, 0)?;
        let axes = self.axes(shape.len(), |index| host_inferred(inputs, index))?;
        if let Some(x) = host_inferred(inputs, 0) {
            return Ok(Inferred::Host(self.on_host(x, &axes)?));
        }
        if self.reduce == Reduce::Product {
            return Err("products are supported of constants and shapes only".to_owned());
        }
        Ok(Inferred::Device(without(shape, &axes, self.keep)))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        inferred_shape(inputs, 0).map_or(0, |shape| work(shape, 1))
    }
}
