//! The reference against published examples and by hand.

use super::*;

fn array(shape: &[usize], values: &[f32]) -> Array {
    Array {
        shape: shape.to_vec(),
        values: values.to_vec(),
    }
}

/// ONNX `Conv`, "conv_with_asymmetric_padding" of the operator's published examples.
#[test]
fn convolution_of_the_onnx_examples() {
    let x = array(&[1, 1, 7, 5], &(0..35u8).map(f32::from).collect::<Vec<_>>());
    let weight = array(&[1, 1, 3, 3], &[1.0; 9]);
    let geometry = ConvGeometry {
        kernel: [3, 3],
        stride: [2, 2],
        dilation: [1, 1],
        pad_begin: [1, 0],
        pad_end: [1, 0],
        groups: 1,
    };
    let y = conv2d(&x, &weight, None, &geometry, Range::ALL);
    assert_eq!(y.shape, [1, 1, 4, 2]);
    assert_eq!(
        y.values,
        [21.0, 33.0, 99.0, 117.0, 189.0, 207.0, 171.0, 183.0]
    );
}

/// The gradient is the transpose of the convolution: `<conv(x), g> = <x, gradient(g)>`.
#[test]
fn input_gradient_is_the_adjoint() {
    let geometry = ConvGeometry {
        kernel: [3, 2],
        stride: [2, 1],
        dilation: [1, 2],
        pad_begin: [0, 1],
        pad_end: [1, 2],
        groups: 2,
    };
    let some = |count: usize, step: f32| -> Vec<f32> {
        (0..count).map(|i| (i as f32 * step).sin()).collect()
    };
    let x = array(&[2, 4, 6, 5], &some(240, 1.3));
    let weight = array(&[6, 2, 3, 2], &some(72, 0.7));
    let y = conv2d(&x, &weight, None, &geometry, Range::ALL);
    let grad = array(&y.shape, &some(y.values.len(), 2.1));
    let back = conv2d_input_gradient(&grad, &weight, [6, 5], &geometry);
    let dot = |a: &[f32], b: &[f32]| -> f64 {
        a.iter()
            .zip(b)
            .map(|(a, b)| f64::from(*a) * f64::from(*b))
            .sum()
    };
    assert_eq!(back.shape, x.shape);
    let (one, other) = (dot(&y.values, &grad.values), dot(&x.values, &back.values));
    assert!((one - other).abs() < 1e-5, "{one} {other}");
}

/// ONNX `MaxPool` and `AveragePool`, the "ceil" examples: a 4 x 4 plane, 3 x 3 windows in steps
/// of 2.
#[test]
fn pools_of_the_onnx_examples() {
    let x = array(&[1, 1, 4, 4], &(1..17u8).map(f32::from).collect::<Vec<_>>());
    let geometry = PoolGeometry {
        kernel: [3, 3],
        stride: [2, 2],
        dilation: [1, 1],
        pad_begin: [0, 0],
        pad_end: [0, 0],
        ceil_mode: true,
        count_include_pad: false,
    };
    let (max, argmax) = max_pool2d(&x, &geometry);
    assert_eq!(max.values, [11.0, 12.0, 15.0, 16.0]);
    assert_eq!(argmax.values, [10.0, 11.0, 14.0, 15.0]);
    assert_eq!(average_pool2d(&x, &geometry).values, [6.0, 7.5, 12.0, 13.5]);
}

/// The first of equal values wins, and padding divides only where it counts.
#[test]
fn ties_and_padding() {
    let x = array(&[1, 1, 2, 2], &[3.0, 3.0, 3.0, 3.0]);
    let mut geometry = PoolGeometry {
        kernel: [3, 3],
        stride: [3, 3],
        dilation: [1, 1],
        pad_begin: [1, 1],
        pad_end: [0, 0],
        ceil_mode: false,
        count_include_pad: true,
    };
    let (max, argmax) = max_pool2d(&x, &geometry);
    assert_eq!((max.values, argmax.values), (vec![3.0], vec![0.0]));
    assert_eq!(average_pool2d(&x, &geometry).values, [12.0 / 9.0]);
    geometry.count_include_pad = false;
    assert_eq!(average_pool2d(&x, &geometry).values, [3.0]);
}

/// A clamp's border passes nothing, as an unbounded side passes everything.
#[test]
fn clamp_gradient_at_its_borders() {
    let output = array(&[4], &[0.0, 0.5, 6.0, 3.0]);
    let grad = array(&[4], &[1.0, -2.0, 3.0, 4.0]);
    let six = Range {
        low: 0.0,
        high: 6.0,
    };
    let cut = |range, sign| clamp_gradient(&grad, &output, range, sign).values;
    assert_eq!(cut(six, GuidedSign::Both), [0.0, -2.0, 0.0, 4.0]);
    assert_eq!(cut(six, GuidedSign::Positive), [0.0, 0.0, 0.0, 4.0]);
    assert_eq!(cut(six, GuidedSign::Negative), [0.0, -2.0, 0.0, 0.0]);
    assert_eq!(cut(six, GuidedSign::Absolute), [0.0, 2.0, 0.0, 4.0]);
    assert_eq!(
        cut(Range::POSITIVE, GuidedSign::Both),
        [0.0, -2.0, 3.0, 4.0]
    );
}

#[test]
fn matrix_products() {
    let a = array(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let b = array(&[3, 2], &[1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    let b_stored_transposed = array(&[2, 3], &[1.0, 0.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(matmul(&a, &b, false).values, [4.0, 5.0, 10.0, 11.0]);
    assert_eq!(
        matmul(&a, &b_stored_transposed, true).values,
        [4.0, 5.0, 10.0, 11.0]
    );
}
