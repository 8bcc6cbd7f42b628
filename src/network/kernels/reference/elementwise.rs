//! Functions of one and two numbers over arrays.

use super::Array;
use crate::network::kernels::{BinaryFunction, Broadcast, UnaryFunction};

/// See [`crate::network::kernels::Kernels::unary`].
pub fn unary(x: &Array, function: UnaryFunction) -> Array {
    let value = |&v: &f32| function.value(f64::from(v)) as f32;
    Array {
        shape: x.shape.clone(),
        values: x.values.iter().map(value).collect(),
    }
}

/// See [`crate::network::kernels::Kernels::unary_gradient`]. The slope is a central difference, so it
/// is exact only away from kinks.
pub fn unary_gradient(grad: &Array, x: &Array, function: UnaryFunction) -> Array {
    let step = 1e-5;
    let pairs = grad.values.iter().zip(&x.values);
    let values = pairs
        .map(|(&g, &x)| {
            let x = f64::from(x);
            let difference = function.value(x + step) - function.value(x - step);
            let slope = function.stand_in_slope(x);
            (f64::from(g) * slope.unwrap_or(difference / (2.0 * step))) as f32
        })
        .collect();
    Array {
        shape: grad.shape.clone(),
        values,
    }
}

/// See [`crate::network::kernels::Kernels::binary`].
pub fn binary(
    left: &Array,
    right: &Array,
    broadcast: &Broadcast,
    function: BinaryFunction,
) -> Array {
    let shape = &broadcast.shape;
    let mut out = Array::zeros(shape);
    for flat in 0..out.values.len() {
        let mut index = vec![0; shape.len()];
        let mut rest = flat;
        for axis in (0..shape.len()).rev() {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        let [a, b] = [left, right].map(|array| f64::from(array.values[position(array, &index)]));
        out.values[flat] = function.value(a, b) as f32;
    }
    out
}

/// Where broadcasting finds the value for `index` of the output.
fn position(array: &Array, index: &[usize]) -> usize {
    let own = &index[index.len() - array.shape.len()..];
    let mut at = 0;
    for (&length, &i) in array.shape.iter().zip(own) {
        at = at * length + if length == 1 { 0 } else { i };
    }
    at
}
