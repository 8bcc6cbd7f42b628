//! Rectifiers: `Relu` (<https://onnx.ai/onnx/operators/onnx__Relu.html>) and `Clip`
//! (<https://onnx.ai/onnx/operators/onnx__Clip.html>), alone or fused behind a convolution.

use burn_backend::tensor::FloatTensor;

use super::host;
use crate::{
    classifier::{BackwardRule, GuidedSign},
    network::{
        kernels::{Kernels, Range},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{HostTensor, Inferred, Value},
    },
    onnx::{Node, clip_bounds},
};

/// A clamp that knows how guided backpropagation treats it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rectifier {
    range: Range,
    is_relu: bool,
}

impl Rectifier {
    /// From the three numbers of a fused range.
    pub fn from_fused(numbers: &[f32]) -> Option<Self> {
        let &[low, high, relu] = numbers else {
            return None;
        };
        Some(Self {
            range: Range { low, high },
            is_relu: relu == 1.0,
        })
    }

    /// A `Clip` between two bounds.
    fn clip(low: f32, high: f32) -> Self {
        Self {
            range: Range { low, high },
            is_relu: false,
        }
    }

    fn on_host(self, tensor: &HostTensor) -> HostTensor {
        let [low, high] = [self.range.low, self.range.high].map(f64::from);
        host::map(tensor, tensor.kind, |v| {
            let v = if v < low { low } else { v };
            if v > high { high } else { v }
        })
    }

    /// The range of an optional rectifier.
    pub fn range_of(rectifier: Option<Self>) -> Range {
        rectifier.map_or(Range::ALL, |rectifier| rectifier.range)
    }

    fn sign(self, rule: BackwardRule) -> GuidedSign {
        let is_relu6 = self.range.low == 0.0 && self.range.high == 6.0;
        match rule {
            BackwardRule::Guided { sign, relu6, .. } if self.is_relu || (relu6 && is_relu6) => sign,
            _ => GuidedSign::Both,
        }
    }

    /// Gradient by its input, from its output.
    pub fn gradient<B: Kernels>(
        self,
        grad: FloatTensor<B>,
        output: FloatTensor<B>,
        rule: BackwardRule,
    ) -> FloatTensor<B> {
        <B as Kernels>::clamp_gradient(grad, output, self.range, self.sign(rule))
    }
}

/// # Errors
/// None; the signature is that of every operator.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.op == "Relu" {
        return Ok(Box::new(Rectifier {
            range: Range::POSITIVE,
            is_relu: true,
        }));
    }
    Ok(match clip_bounds(context.graph, node) {
        Some([low, high]) => Box::new(Rectifier::clip(low, high)),
        None => Box::new(ComputedClip),
    })
}

impl<B: Kernels> Operator<B> for Rectifier {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = match inputs.first() {
            Some(Some(Value::Host(tensor))) => {
                return Ok(Forward {
                    output: Value::Host(self.on_host(tensor)),
                    backward: None,
                });
            }
            _ => device_input(inputs, 0)?,
        };
        let output = <B as Kernels>::clamp(x, self.range);
        let backward = track.then(|| {
            let (rectifier, output) = (*self, output.clone());
            let back: Backward<B> =
                Box::new(move |grad, rule| vec![Some(rectifier.gradient::<B>(grad, output, rule))]);
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        match inputs.first() {
            Some(Some(Inferred::Host(tensor))) => Ok(Inferred::Host(self.on_host(tensor))),
            Some(Some(Inferred::Device(shape))) => Ok(Inferred::Device(shape.clone())),
            _ => Err("input 0 is missing".to_owned()),
        }
    }
}

/// A `Clip` whose bounds are computed by other nodes, on the host.
struct ComputedClip;

impl ComputedClip {
    /// # Errors
    /// A bound is on the device.
    fn rectifier<T>(
        inputs: &[Option<T>],
        on_host: impl Fn(&T) -> Option<&HostTensor>,
    ) -> Result<Rectifier, String> {
        let bound = |index: usize, unbounded: f32| match inputs.get(index) {
            Some(Some(input)) => on_host(input)
                .and_then(|tensor| tensor.values.first())
                .map(|&bound| bound as f32)
                .ok_or("its bounds are not known on the host"),
            _ => Ok(unbounded),
        };
        let low = bound(1, f32::NEG_INFINITY)?;
        Ok(Rectifier::clip(low, bound(2, f32::INFINITY)?))
    }
}

impl<B: Kernels> Operator<B> for ComputedClip {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let rectifier = Self::rectifier(inputs, |input| match input {
            Value::Host(tensor) => Some(tensor),
            Value::Device(_) => None,
        })?;
        rectifier.forward(inputs, track)
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let rectifier = Self::rectifier(inputs, |input| match input {
            Inferred::Host(tensor) => Some(tensor),
            Inferred::Device(_) => None,
        })?;
        Operator::<B>::infer(&rectifier, inputs)
    }
}
