//! Functions of one number: activations such as `Sigmoid`
//! (<https://onnx.ai/onnx/operators/onnx__Sigmoid.html>), and mathematics and questions such as `Exp` and
//! `IsNaN`. `Relu` and `Clip`, which are known by their output, are in `activation.rs`.

use burn_backend::tensor::FloatTensor;

use crate::{
    classifier::{BackwardRule, GuidedSign},
    network::{
        kernels::{Kernels, Range, UnaryFunction},
        operator::{Backward, BuildContext, Forward, Operator},
        rectifiers,
        value::{Inferred, Value},
    },
    onnx::{Attributes, Node, ROUND},
};

use super::host;

/// One function, value by value.
struct Pointwise {
    function: UnaryFunction,
    /// Guided backpropagation may count it as a rectifier.
    is_smooth_rectifier: bool,
}

/// # Errors
/// An attribute of the wrong kind, or a formula that ONNX does not have.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let function = function(&node.op, &node.attributes, context.graph.opset)?;
    Ok(Box::new(Pointwise {
        function,
        is_smooth_rectifier: rectifiers::is_smooth(node),
    }))
}

/// The function of an operator, its attributes at the defaults of the operator's page.
fn function(op: &str, attributes: &Attributes, opset: i64) -> Result<UnaryFunction, String> {
    use UnaryFunction as F;
    let number = |name: &str, default: f32| attributes.float(name, default);
    Ok(match op {
        "Abs" => F::Absolute,
        "Ceil" => F::Ceil,
        "Celu" => F::Celu {
            alpha: number("alpha", 1.0)?,
        },
        "Cos" => F::Cosine,
        "Elu" => F::Elu {
            alpha: number("alpha", 1.0)?,
            scale: 1.0,
        },
        "Erf" => F::Erf,
        "Exp" => F::Exponential,
        "Floor" => F::Floor,
        "Gelu" => match attributes.text("approximate", "none")? {
            "none" => F::Gelu,
            "tanh" => F::GeluTanh,
            other => return Err(format!("its approximation {other} is not known")),
        },
        "HardSigmoid" => F::HardSigmoid {
            alpha: number("alpha", 0.2)?,
            beta: number("beta", 0.5)?,
        },
        "HardSwish" => F::HardSwish,
        "IsInf" => F::IsInfinite {
            positive: attributes.int("detect_positive", 1)? != 0,
            negative: attributes.int("detect_negative", 1)? != 0,
        },
        "IsNaN" => F::IsNan,
        "LeakyRelu" => F::LeakyRelu {
            alpha: number("alpha", 0.01)?,
        },
        "Log" => F::Logarithm,
        "Mish" => F::Mish,
        "Neg" => F::Affine {
            factor: -1.0,
            offset: 0.0,
        },
        "Not" => F::IsZero,
        "Reciprocal" => F::Inverse { numerator: 1.0 },
        "Round" => F::Round,
        "Selu" => F::Elu {
            // Rounded more in the first operator sets.
            alpha: number("alpha", if opset < 6 { 1.6732 } else { 1.673_263_2 })?,
            scale: number("gamma", if opset < 6 { 1.0507 } else { 1.050_701 })?,
        },
        "Sigmoid" => F::Sigmoid,
        "Sign" => F::Sign,
        "Sin" => F::Sine,
        "Softplus" => F::Softplus,
        "Softsign" => F::Softsign,
        "Sqrt" => F::SquareRoot,
        ROUND => F::RoundWithin {
            low: number("low", f32::MIN)?,
            high: number("high", f32::MAX)?,
        },
        "Swish" => F::Swish {
            alpha: number("alpha", 1.0)?,
        },
        "Tanh" => F::Tanh,
        "ThresholdedRelu" => F::ThresholdedRelu {
            alpha: number("alpha", 1.0)?,
        },
        other => return Err(format!("{other} is not a function of one number")),
    })
}

/// A function over a value, and the way back; on the host, without one.
pub fn apply<B: Kernels>(input: &Value<B>, function: UnaryFunction, track: bool) -> Forward<B> {
    let x = match input {
        Value::Host(tensor) => {
            return Forward {
                output: Value::Host(host::unary(tensor, function)),
                backward: None,
            };
        }
        Value::Device(x) => x.clone(),
    };
    let slope = function.constant_slope();
    let kept = (track && function.has_slope() && slope.is_none()).then(|| x.clone());
    let output = Value::Device(<B as Kernels>::unary(x, function));
    let backward: Option<Backward<B>> = match (track, slope, kept) {
        // A shift, which passes on what comes.
        (true, Some(1.0), _) => Some(Box::new(|grad, _| vec![Some(grad)])),
        (true, Some(factor), _) => Some(Box::new(move |grad, _| {
            let scaling = UnaryFunction::Affine {
                factor,
                offset: 0.0,
            };
            vec![Some(<B as Kernels>::unary(grad, scaling))]
        })),
        (_, _, Some(x)) => Some(Box::new(move |grad, _| {
            vec![Some(<B as Kernels>::unary_gradient(grad, x, function))]
        })),
        _ => None,
    };
    Forward { output, backward }
}

/// What guided backpropagation lets through of the gradient that came past a rectifier's own slope.
fn guided<B: Kernels>(grad: FloatTensor<B>, rule: BackwardRule) -> FloatTensor<B> {
    let negative = Range {
        low: f32::NEG_INFINITY,
        high: 0.0,
    };
    match rule {
        BackwardRule::Guided {
            sign, silu: true, ..
        } => match sign {
            GuidedSign::Both => grad,
            GuidedSign::Positive => <B as Kernels>::clamp(grad, Range::POSITIVE),
            GuidedSign::Negative => <B as Kernels>::clamp(grad, negative),
            GuidedSign::Absolute => <B as Kernels>::unary(grad, UnaryFunction::Absolute),
        },
        _ => grad,
    }
}

/// The shape rule of [`apply`].
pub fn infer(input: &Inferred, function: UnaryFunction) -> Inferred {
    match input {
        Inferred::Host(tensor) => Inferred::Host(host::unary(tensor, function)),
        Inferred::Device(shape) => Inferred::Device(shape.clone()),
    }
}

impl<B: Kernels> Operator<B> for Pointwise {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        match inputs.first() {
            Some(Some(input)) => {
                let mut forward = apply(input, self.function, track);
                if self.is_smooth_rectifier {
                    forward.backward = forward.backward.map(|backward| {
                        let back: Backward<B> = Box::new(move |grad, rule| {
                            let by_inputs = backward(grad, rule).into_iter();
                            let cut = |grad: Option<_>| grad.map(|grad| guided::<B>(grad, rule));
                            by_inputs.map(cut).collect()
                        });
                        back
                    });
                }
                Ok(forward)
            }
            _ => Err("input 0 is missing".to_owned()),
        }
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        match inputs.first() {
            Some(Some(input)) => Ok(infer(input, self.function)),
            _ => Err("input 0 is missing".to_owned()),
        }
    }
}
