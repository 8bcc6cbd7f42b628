//! Functions of any number of tensors with broadcasting: `Sum`
//! (<https://onnx.ai/onnx/operators/onnx__Sum.html>), `Mean`, `Min` and `Max`.

use burn_backend::tensor::FloatTensor;

use super::{
    alignment::{NUMPY_SINCE_FOR_MANY, SameShapes},
    arithmetic::{broadcast, combine},
    gradient_sum::reduce_to,
    host,
};
use crate::{
    classifier::GuidedSign,
    network::{
        kernels::{BinaryFunction, Kernels, Range, UnaryFunction},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::Node,
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Sum,
    Mean,
    Minimum,
    Maximum,
}

struct Variadic<B: Kernels> {
    kind: Kind,
    device: B::Device,
}

/// # Errors
/// None; the signature is that of every operator.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let inner = Box::new(Variadic::<B> {
        kind: match node.op.as_str() {
            "Sum" => Kind::Sum,
            "Mean" => Kind::Mean,
            "Min" => Kind::Minimum,
            _ => Kind::Maximum,
        },
        device: context.device.clone(),
    });
    if context.graph.opset < NUMPY_SINCE_FOR_MANY {
        return Ok(Box::new(SameShapes(inner)));
    }
    Ok(inner)
}

/// Inputs in order.
///
/// # Errors
/// There are none, or one is left out.
fn all<T>(inputs: &[Option<T>]) -> Result<Vec<&T>, String> {
    let there: Vec<&T> = inputs.iter().flatten().collect();
    if there.is_empty() || there.len() < inputs.len() {
        return Err("it needs at least one input, and none left out".to_owned());
    }
    Ok(there)
}

impl Kind {
    /// What two inputs become.
    fn function(self) -> BinaryFunction {
        match self {
            Self::Sum | Self::Mean => BinaryFunction::Add,
            Self::Minimum => BinaryFunction::Minimum,
            Self::Maximum => BinaryFunction::Maximum,
        }
    }

    fn on_host(self, inputs: &[&HostTensor]) -> Result<HostTensor, String> {
        let (first, rest) = inputs.split_first().ok_or("it has no inputs")?;
        let mut output = (*first).clone();
        for input in rest {
            output = host::binary(&output, input, self.function())?;
        }
        if self == Self::Mean {
            let count = inputs.len() as f64;
            output = host::map(&output, HostKind::Float, |v| v / count);
        }
        Ok(output)
    }

    /// A maximum or minimum with one number is a clamp.
    fn range(self, number: f32) -> Option<Range> {
        let Range { low, high } = Range::ALL;
        match self {
            Self::Minimum => Some(Range { low, high: number }),
            Self::Maximum => Some(Range { low: number, high }),
            _ => None,
        }
    }
}

impl<B: Kernels> Variadic<B> {
    /// The clamp of a tensor on the device by a number on the host, on whichever side it stands.
    fn as_clamp(&self, inputs: &[&Value<B>], track: bool) -> Option<Forward<B>> {
        let (number, x, side) = match *inputs {
            [Value::Device(x), Value::Host(number)] => (number, x, 0),
            [Value::Host(number), Value::Device(x)] => (number, x, 1),
            _ => return None,
        };
        let shape = Value::<B>::Device(x.clone()).shape();
        let &[bound] = number.values.as_slice() else {
            return None;
        };
        if number.shape.len() > shape.len() {
            return None;
        }
        let range = self.kind.range(bound as f32)?;
        let output = <B as Kernels>::clamp(x.clone(), range);
        let kept = track.then(|| output.clone());
        let backward = kept.map(|output| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let by = <B as Kernels>::clamp_gradient(grad, output, range, GuidedSign::Both);
                let mut gradients = vec![None, None];
                gradients[side] = Some(by);
                gradients
            });
            back
        });
        Some(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    /// Sums and means pass the same gradient to everyone.
    fn sum_backward(&self, inputs: &[&Value<B>]) -> Backward<B> {
        let shapes: Vec<Option<Vec<usize>>> = inputs
            .iter()
            .map(|input| matches!(input, Value::Device(_)).then(|| input.shape()))
            .collect();
        let share = UnaryFunction::Divide {
            divisor: inputs.len() as f32,
        };
        let mean = self.kind == Kind::Mean;
        Box::new(move |grad, _| {
            let grad = if mean {
                <B as Kernels>::unary(grad, share)
            } else {
                grad
            };
            let shapes = shapes.iter();
            shapes
                .map(|shape| Some(reduce_to::<B>(grad.clone(), shape.as_ref()?)))
                .collect()
        })
    }
}

/// The way back of a minimum or maximum: whoever holds it gets the gradient, the first one on ties.
///
/// `so_far[i]` is what the inputs up to `i` came to.
fn choice_backward<B: Kernels>(
    kind: Kind,
    tensors: Vec<FloatTensor<B>>,
    so_far: Vec<FloatTensor<B>>,
    shapes: Vec<Vec<usize>>,
) -> Backward<B> {
    let wins = match kind {
        Kind::Minimum => BinaryFunction::Less,
        _ => BinaryFunction::Greater,
    };
    Box::new(move |mut grad, _| {
        let mut gradients = vec![None; tensors.len()];
        for index in (1..tensors.len()).rev() {
            let (x, before) = (tensors[index].clone(), so_far[index - 1].clone());
            // Shapes went together on the way there.
            let Ok(won) = combine::<B>(x, before, wins) else {
                return gradients;
            };
            let kept = combine::<B>(grad.clone(), won.clone(), BinaryFunction::Keep);
            let passed = combine::<B>(grad, won, BinaryFunction::Drop);
            let (Ok(kept), Ok(passed)) = (kept, passed) else {
                return gradients;
            };
            gradients[index] = Some(reduce_to::<B>(kept, &shapes[index]));
            let earlier = Value::<B>::Device(so_far[index - 1].clone()).shape();
            grad = reduce_to::<B>(passed, &earlier);
        }
        gradients[0] = Some(grad);
        gradients
    })
}

impl<B: Kernels> Operator<B> for Variadic<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let inputs = all(inputs)?;
        let host: Vec<&HostTensor> = inputs
            .iter()
            .filter_map(|input| match input {
                Value::Host(tensor) => Some(tensor),
                Value::Device(_) => None,
            })
            .collect();
        if host.len() == inputs.len() {
            return Ok(Forward {
                output: Value::Host(self.kind.on_host(&host)?),
                backward: None,
            });
        }
        if let Some(forward) = self.as_clamp(&inputs, track) {
            return Ok(forward);
        }
        let mut tensors = inputs.iter().map(|input| input.to_device(&self.device));
        let mut output = tensors.next().ok_or("it has no inputs")?;
        let keeps = track && matches!(self.kind, Kind::Minimum | Kind::Maximum);
        let (mut kept, mut so_far) = (Vec::new(), Vec::new());
        if keeps {
            kept.push(output.clone());
        }
        for tensor in tensors {
            if keeps {
                so_far.push(output.clone());
                kept.push(tensor.clone());
            }
            output = combine::<B>(output, tensor, self.kind.function())?;
        }
        if self.kind == Kind::Mean {
            let share = UnaryFunction::Divide {
                divisor: inputs.len() as f32,
            };
            output = <B as Kernels>::unary(output, share);
        }
        let backward = if keeps {
            let shapes = inputs.iter().map(|input| input.shape()).collect();
            Some(choice_backward::<B>(self.kind, kept, so_far, shapes))
        } else {
            track.then(|| self.sum_backward(&inputs))
        };
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let inputs = all(inputs)?;
        let host: Vec<&HostTensor> = inputs
            .iter()
            .filter_map(|input| match input {
                Inferred::Host(tensor) => Some(tensor),
                Inferred::Device(_) => None,
            })
            .collect();
        if host.len() == inputs.len() {
            return self.kind.on_host(&host).map(Inferred::Host);
        }
        let mut shape = Vec::new();
        for input in inputs {
            shape = broadcast(&shape, input.shape())?;
        }
        Ok(Inferred::Device(shape))
    }
}
