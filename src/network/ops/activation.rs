//! Rectifiers: `Relu` (<https://onnx.ai/onnx/operators/onnx__Relu.html>) and `Clip`
//! (<https://onnx.ai/onnx/operators/onnx__Clip.html>), alone or fused behind a convolution.

use burn_backend::tensor::FloatTensor;

use crate::{
    classifier::{BackwardRule, GuidedSign},
    network::{
        kernels::{Kernels, Range},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
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

    /// The range of an optional rectifier.
    pub fn range_of(rectifier: Option<Self>) -> Range {
        rectifier.map_or(Range::ALL, |rectifier| rectifier.range)
    }

    fn sign(self, rule: BackwardRule) -> GuidedSign {
        let is_relu6 = self.range.low == 0.0 && self.range.high == 6.0;
        match rule {
            BackwardRule::Guided { sign, relu6 } if self.is_relu || (relu6 && is_relu6) => sign,
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
        B::clamp_gradient(grad, output, self.range, self.sign(rule))
    }
}

/// # Errors
/// A `Clip` whose bounds are computed at run time.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let rectifier = if node.op == "Relu" {
        Rectifier {
            range: Range::POSITIVE,
            is_relu: true,
        }
    } else {
        let [low, high] =
            clip_bounds(context.graph, node).ok_or("its bounds are computed at run time")?;
        Rectifier {
            range: Range { low, high },
            is_relu: false,
        }
    };
    Ok(Box::new(rectifier))
}

impl<B: Kernels> Operator<B> for Rectifier {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let output = B::clamp(device_input(inputs, 0)?, self.range);
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
            Some(Some(input)) => Ok(Inferred::Device(input.shape().to_vec())),
            _ => Err("input 0 is missing".to_owned()),
        }
    }
}
