//! Functions of two numbers with broadcasting: arithmetic such as `Add`
//! (<https://onnx.ai/onnx/operators/onnx__Add.html>), comparisons and logic such as `Less`, and `PRelu`
//! (<https://onnx.ai/onnx/operators/onnx__PRelu.html>).

use burn_backend::tensor::FloatTensor;

use super::{
    alignment::{Aligned, Alignment},
    gradient_sum::reduce_to,
    host, pointwise,
};
use crate::{
    network::{
        kernels::{BinaryFunction, Broadcast, Kernels, Range, UnaryFunction},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostTensor, Inferred, Value},
    },
    onnx::Node,
};

/// One function of two numbers.
struct Binary<B: Kernels> {
    function: BinaryFunction,
    /// Operands that are constants of the graph: nobody asks for their gradients.
    constant: [bool; 2],
    device: B::Device,
}

/// # Errors
/// An attribute of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    use BinaryFunction as F;
    let function = match node.op.as_str() {
        "Add" => F::Add,
        "Sub" => F::Subtract,
        "Mul" => F::Multiply,
        "Div" => F::Divide,
        "Pow" => F::Power,
        "Mod" if node.attributes.int("fmod", 0)? != 0 => F::TruncateRemainder,
        "Mod" => F::FloorRemainder,
        "Equal" => F::Equal,
        "Less" => F::Less,
        "LessOrEqual" => F::LessOrEqual,
        "Greater" => F::Greater,
        "GreaterOrEqual" => F::GreaterOrEqual,
        "And" => F::And,
        "Or" => F::Or,
        "Xor" => F::Xor,
        "PRelu" => F::ParametricRelu,
        other => return Err(format!("{other} is not a function of two numbers")),
    };
    let inner = Box::new(Binary::<B> {
        function,
        constant: [0, 1].map(|index| context.graph.constant(node.input(index)).is_some()),
        device: context.device.clone(),
    });
    Ok(match Alignment::read(node, context.graph.opset)? {
        None => inner,
        Some(alignment) => Box::new(Aligned { inner, alignment }),
    })
}

/// Shape two operands broadcast to.
///
/// # Errors
/// Names the shapes that do not go together.
pub fn broadcast(left: &[usize], right: &[usize]) -> Result<Vec<usize>, String> {
    Broadcast::new(left, right).map(|broadcast| broadcast.shape)
}

/// `function` of two tensors on the device.
///
/// # Errors
/// Shapes that do not go together.
pub fn combine<B: Kernels>(
    left: FloatTensor<B>,
    right: FloatTensor<B>,
    function: BinaryFunction,
) -> Result<FloatTensor<B>, String> {
    use burn_backend::TensorMetadata;
    let broadcast = Broadcast::new(&left.shape(), &right.shape())?;
    Ok(<B as Kernels>::binary(left, right, &broadcast, function))
}

/// One number as an operand of a tensor on the device is a function of one number, where there is one.
///
/// `is_left` says on which side the number stands.
fn with_number(function: BinaryFunction, number: f64, is_left: bool) -> Option<UnaryFunction> {
    use BinaryFunction as F;
    let number = number as f32;
    let affine = |factor, offset| Some(UnaryFunction::Affine { factor, offset });
    match (function, is_left) {
        (F::Add, _) => affine(1.0, number),
        (F::Subtract, false) => affine(1.0, -number),
        (F::Subtract, true) => affine(-1.0, number),
        (F::Multiply, _) => affine(number, 0.0),
        (F::Divide, false) => Some(UnaryFunction::Divide { divisor: number }),
        (F::Divide, true) => Some(UnaryFunction::Inverse { numerator: number }),
        (F::Power, false) => Some(UnaryFunction::Power { exponent: number }),
        (F::ParametricRelu, false) => Some(UnaryFunction::LeakyRelu { alpha: number }),
        _ => None,
    }
}

/// The only number of `tensor`, where that is all it holds and it leaves the other operand's shape alone.
fn only_number(tensor: &HostTensor, other: &[usize]) -> Option<f64> {
    match tensor.values.as_slice() {
        &[number] if tensor.shape.len() <= other.len() => Some(number),
        _ => None,
    }
}

impl<B: Kernels> Binary<B> {
    /// Functions of one number, for an operand on the host that is one.
    fn as_unary(&self, left: &Value<B>, right: &Value<B>) -> Option<(usize, UnaryFunction)> {
        match (left, right) {
            (Value::Host(number), Value::Device(_)) => {
                let number = only_number(number, &right.shape())?;
                Some((1, with_number(self.function, number, true)?))
            }
            (Value::Device(_), Value::Host(number)) => {
                let number = only_number(number, &left.shape())?;
                Some((0, with_number(self.function, number, false)?))
            }
            _ => None,
        }
    }

    /// The way back. It keeps an operand only where the other's gradient is asked for and needs it.
    fn backward(
        &self,
        left: FloatTensor<B>,
        right: FloatTensor<B>,
        shapes: [Vec<usize>; 2],
        constant: [bool; 2],
    ) -> Option<Backward<B>> {
        use BinaryFunction as F;
        let function = self.function;
        let has_slope = matches!(
            function,
            F::Add
                | F::Subtract
                | F::Multiply
                | F::Divide
                | F::Power
                | F::FloorRemainder
                | F::TruncateRemainder
                | F::ParametricRelu
        );
        if !has_slope || constant == [true, true] {
            return None;
        }
        // What each side's gradient is made of, when it is asked for.
        let slopes = [0, 1].map(|side| (!constant[side]).then(|| Slope::of(function, side)));
        let needs = |operand: fn(&Slope) -> bool| slopes.iter().flatten().any(operand);
        let left = needs(Slope::needs_left).then_some(left);
        let right = needs(Slope::needs_right).then_some(right);
        Some(Box::new(move |grad, _| {
            let [l, r] = slopes.map(|slope| slope.map(|slope| (slope, grad.clone())));
            drop(grad);
            let by = |part: Option<(Slope, FloatTensor<B>)>, shape: &[usize]| {
                let (slope, grad) = part?;
                let full = slope.times::<B>(grad, left.as_ref(), right.as_ref())?;
                Some(reduce_to::<B>(full, shape))
            };
            vec![by(l, &shapes[0]), by(r, &shapes[1])]
        }))
    }
}

/// What the gradient of an operand is multiplied by.
#[derive(Clone, Copy)]
enum Slope {
    One,
    MinusOne,
    /// The left operand.
    Left,
    /// The right operand.
    Right,
    /// Divided by the right operand.
    OverRight,
    /// The left operand where it is negative.
    NegativeLeft,
    /// A function of both.
    Both(BinaryFunction),
}

impl Slope {
    fn of(function: BinaryFunction, side: usize) -> Self {
        use BinaryFunction as F;
        match (function, side) {
            (F::Multiply, 0) => Self::Right,
            (F::Multiply, _) => Self::Left,
            (F::Divide, 0) => Self::OverRight,
            (F::Divide, _) => Self::Both(F::DivideSlope),
            (F::Power, 0) => Self::Both(F::PowerSlope),
            (F::Power, _) => Self::Both(F::ExponentSlope),
            (F::ParametricRelu, 0) => Self::Both(F::ParametricReluSlope),
            (F::ParametricRelu, _) => Self::NegativeLeft,
            (F::FloorRemainder, 1) => Self::Both(F::FloorRemainderSlope),
            (F::TruncateRemainder, 1) => Self::Both(F::TruncateRemainderSlope),
            (F::Subtract, 1) => Self::MinusOne,
            _ => Self::One,
        }
    }

    fn needs_left(&self) -> bool {
        matches!(self, Self::Left | Self::NegativeLeft | Self::Both(_))
    }

    fn needs_right(&self) -> bool {
        matches!(self, Self::Right | Self::OverRight | Self::Both(_))
    }

    /// `grad` times this; `None` only where an operand that it needs was not kept.
    fn times<B: Kernels>(
        self,
        grad: FloatTensor<B>,
        left: Option<&FloatTensor<B>>,
        right: Option<&FloatTensor<B>>,
    ) -> Option<FloatTensor<B>> {
        use BinaryFunction as F;
        let multiplied = |grad, slope| combine::<B>(grad, slope, F::Multiply).ok();
        match self {
            Self::One => Some(grad),
            Self::MinusOne => {
                let minus = UnaryFunction::Affine {
                    factor: -1.0,
                    offset: 0.0,
                };
                Some(<B as Kernels>::unary(grad, minus))
            }
            Self::Left => multiplied(grad, left?.clone()),
            Self::Right => multiplied(grad, right?.clone()),
            Self::OverRight => combine::<B>(grad, right?.clone(), F::Divide).ok(),
            Self::NegativeLeft => {
                let negative = Range {
                    low: f32::NEG_INFINITY,
                    high: 0.0,
                };
                multiplied(grad, <B as Kernels>::clamp(left?.clone(), negative))
            }
            Self::Both(slope) => {
                let slope = combine::<B>(left?.clone(), right?.clone(), slope).ok()?;
                multiplied(grad, slope)
            }
        }
    }
}

impl<B: Kernels> Operator<B> for Binary<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(left), Some(right)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        if let (Value::Host(left), Value::Host(right)) = (left, right) {
            return Ok(Forward {
                output: Value::Host(host::binary(left, right, self.function)?),
                backward: None,
            });
        }
        if let Some((side, function)) = self.as_unary(left, right) {
            let operand = if side == 0 { left } else { right };
            let mut forward = pointwise::apply(operand, function, track);
            if side == 1 {
                forward.backward = forward.backward.map(|backward| {
                    let shifted: Backward<B> = Box::new(move |grad, rule| {
                        let mut gradients = backward(grad, rule);
                        gradients.insert(0, None);
                        gradients
                    });
                    shifted
                });
            }
            return Ok(forward);
        }
        let shapes = [left.shape(), right.shape()];
        let broadcast = Broadcast::new(&shapes[0], &shapes[1])?;
        let host = [left, right].map(|value| matches!(value, Value::Host(_)));
        let constant = [0, 1].map(|side| self.constant[side] || host[side]);
        let [left, right] = [left, right].map(|value| value.to_device(&self.device));
        let backward = track
            .then(|| self.backward(left.clone(), right.clone(), shapes, constant))
            .flatten();
        let output = <B as Kernels>::binary(left, right, &broadcast, self.function);
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        match inputs {
            [Some(Inferred::Host(left)), Some(Inferred::Host(right))] => {
                host::binary(left, right, self.function).map(Inferred::Host)
            }
            [Some(left), Some(right)] => {
                broadcast(left.shape(), right.shape()).map(Inferred::Device)
            }
            _ => Err("two inputs are needed".to_owned()),
        }
    }
}
