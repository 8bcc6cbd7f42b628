//! One list of cases that every device's kernels are held to, in native tests and in browsers.

use burn_backend::{TensorData, TensorMetadata, tensor::FloatTensor};

use super::{ConvGeometry, Kernels, PoolGeometry, Range, reference, reference::Array};
use crate::classifier::GuidedSign;

/// How one kernel did on one case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// Kernel and case.
    pub name: String,
    /// Largest distance from the reference, as a fraction of the reference's largest value.
    pub deviation: f64,
    /// Largest deviation allowed: 0 where kernels only choose or copy values.
    pub tolerance: f64,
    /// What went wrong, such as a wrong shape or an unreadable tensor.
    pub error: Option<String>,
}

impl CaseResult {
    /// Whether the kernel agrees with the reference.
    pub fn passed(&self) -> bool {
        self.error.is_none() && self.deviation <= self.tolerance
    }
}

/// Sums of `f32` in any order stay within this of exact ones, for as many terms as the cases have.
const SUM_TOLERANCE: f64 = 2e-6;

/// Runs every case on `device`.
pub async fn run<B: Kernels>(device: &B::Device) -> Vec<CaseResult> {
    let mut results = Vec::new();
    for case in conv_cases() {
        case.run::<B>(device, &mut results).await;
    }
    for case in pool_cases() {
        case.run::<B>(device, &mut results).await;
    }
    clamps::<B>(device, &mut results).await;
    matmuls::<B>(device, &mut results).await;
    results
}

/// Values in -1..1 that look random and are the same everywhere.
pub fn values(seed: u32, shape: &[usize]) -> Array {
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    let mut array = Array::zeros(shape);
    for value in &mut array.values {
        // xorshift32
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        *value = (state >> 8) as f32 / (1 << 23) as f32 - 1.0;
    }
    array
}

/// Few different values, so that maxima are often tied.
fn tied_values(seed: u32, shape: &[usize]) -> Array {
    let mut array = values(seed, shape);
    for value in &mut array.values {
        *value = (*value * 3.0).round();
    }
    array
}

fn upload<B: Kernels>(array: &Array, device: &B::Device) -> FloatTensor<B> {
    B::float_from_data(
        TensorData::new(array.values.clone(), array.shape.clone()),
        device,
    )
}

/// Reads a tensor back and compares it.
async fn compare<B: Kernels>(
    name: String,
    tensor: FloatTensor<B>,
    expected: &Array,
    tolerance: f64,
) -> CaseResult {
    let shape = tensor.shape();
    let mut result = CaseResult {
        name,
        deviation: f64::INFINITY,
        tolerance,
        error: None,
    };
    let data = match B::float_into_data(tensor).await {
        Ok(data) => data
            .try_into_vec::<f32>()
            .map_err(|error| format!("{error:?}")),
        Err(error) => Err(format!("{error:?}")),
    };
    match data {
        Err(error) => result.error = Some(error),
        Ok(_) if shape.to_vec() != expected.shape => {
            result.error = Some(format!("shape {shape:?} instead of {:?}", expected.shape));
        }
        Ok(data) => result.deviation = deviation(&data, &expected.values),
    }
    result
}

/// Largest distance as a fraction of the largest expected value; infinite where anything is not a
/// number.
fn deviation(actual: &[f32], expected: &[f32]) -> f64 {
    let scale = expected
        .iter()
        .fold(0.0f64, |m, &v| m.max(f64::from(v).abs()));
    let distance = actual
        .iter()
        .zip(expected)
        .map(|(&a, &e)| (f64::from(a) - f64::from(e)).abs())
        .fold(0.0, |m: f64, d| {
            if d.is_finite() {
                m.max(d)
            } else {
                f64::INFINITY
            }
        });
    if actual.len() != expected.len() {
        f64::INFINITY
    } else if scale == 0.0 {
        distance
    } else {
        distance / scale
    }
}

/// One convolution, forwards and backwards.
struct ConvCase {
    name: &'static str,
    /// `[n, c, h, w]`.
    input: [usize; 4],
    channels_out: usize,
    geometry: ConvGeometry,
    bias: bool,
    range: Range,
}

impl ConvCase {
    async fn run<B: Kernels>(&self, device: &B::Device, results: &mut Vec<CaseResult>) {
        let [_, channels, height, width] = self.input;
        let geometry = &self.geometry;
        let x = values(1, &self.input);
        let [kh, kw] = geometry.kernel;
        let weight = values(2, &[self.channels_out, channels / geometry.groups, kh, kw]);
        let bias = self.bias.then(|| values(3, &[self.channels_out]));

        let expected = reference::conv2d(
            &x,
            &weight,
            bias.as_ref().map(|bias| bias.values.as_slice()),
            geometry,
            self.range,
        );
        let actual = <B as Kernels>::conv2d(
            upload::<B>(&x, device),
            upload::<B>(&weight, device),
            bias.as_ref().map(|bias| upload::<B>(bias, device)),
            geometry,
            self.range,
        );
        let name = format!("convolution, {}", self.name);
        results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);

        let grad = values(4, &expected.shape);
        let input_hw = [height, width];
        let expected = reference::conv2d_input_gradient(&grad, &weight, input_hw, geometry);
        let actual = <B as Kernels>::conv2d_input_gradient(
            upload::<B>(&grad, device),
            upload::<B>(&weight, device),
            input_hw,
            geometry,
        );
        let name = format!("convolution gradient, {}", self.name);
        results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
    }
}

/// A convolution of undilated windows with equal padding all around, no bias and no clamp.
fn conv(
    name: &'static str,
    input: [usize; 4],
    channels_out: usize,
    kernel: usize,
    stride: usize,
    pad: usize,
) -> ConvCase {
    ConvCase {
        name,
        input,
        channels_out,
        geometry: ConvGeometry {
            kernel: [kernel; 2],
            stride: [stride; 2],
            dilation: [1; 2],
            pad_begin: [pad; 2],
            pad_end: [pad; 2],
            groups: 1,
        },
        bias: false,
        range: Range::ALL,
    }
}

impl ConvCase {
    fn pads(mut self, begin: [usize; 2], end: [usize; 2]) -> Self {
        self.geometry.pad_begin = begin;
        self.geometry.pad_end = end;
        self
    }

    fn groups(mut self, groups: usize) -> Self {
        self.geometry.groups = groups;
        self
    }

    fn windows(mut self, kernel: [usize; 2], stride: [usize; 2], dilation: [usize; 2]) -> Self {
        self.geometry.kernel = kernel;
        self.geometry.stride = stride;
        self.geometry.dilation = dilation;
        self
    }

    fn bias(mut self) -> Self {
        self.bias = true;
        self
    }

    fn range(mut self, low: f32, high: f32) -> Self {
        self.range = Range { low, high };
        self
    }
}

fn conv_cases() -> Vec<ConvCase> {
    let infinity = f32::INFINITY;
    vec![
        conv("1 x 1", [2, 8, 5, 7], 12, 1, 1, 0).bias(),
        conv("1 x 1, Relu", [1, 16, 6, 6], 24, 1, 1, 0)
            .bias()
            .range(0.0, infinity),
        conv(
            "1 x 1 over several tiles each way",
            [1, 70, 9, 11],
            130,
            1,
            1,
            0,
        )
        .bias(),
        conv("1 x 1, batch of 3", [3, 20, 7, 7], 40, 1, 1, 0).range(0.0, 1.5),
        conv("1 x 1, step 2", [1, 12, 8, 9], 10, 1, 2, 0),
        conv("1 x 1, one pixel", [2, 33, 1, 1], 17, 1, 1, 0).bias(),
        conv("3 x 3", [1, 6, 9, 8], 16, 3, 1, 1)
            .bias()
            .range(0.0, 6.0),
        conv("3 x 3, few channels out", [1, 6, 9, 8], 3, 3, 1, 1)
            .bias()
            .range(-1.0, 1.0),
        conv("3 x 3, step 2, pads after", [2, 3, 10, 12], 32, 3, 2, 0)
            .pads([0, 0], [1, 1])
            .bias()
            .range(0.0, 0.5),
        conv("3 x 3, upper bound only", [1, 4, 5, 5], 8, 3, 1, 1).range(-infinity, 0.25),
        conv("5 x 5, step 2, uneven pads", [1, 4, 11, 9], 9, 5, 2, 0)
            .pads([1, 1], [2, 2])
            .bias(),
        conv("7 x 7, step 2, three channels", [1, 3, 23, 20], 64, 7, 2, 3).range(0.0, infinity),
        conv("4 x 4 patches", [2, 3, 12, 16], 48, 4, 4, 0).bias(),
        conv("unequal windows, dilated", [2, 5, 13, 11], 10, 3, 1, 1)
            .windows([3, 2], [2, 1], [2, 3])
            .pads([2, 0], [1, 3]),
        conv("two groups of many channels", [2, 32, 6, 5], 40, 3, 1, 1)
            .groups(2)
            .bias(),
        conv("four groups of few channels", [1, 12, 7, 6], 16, 3, 2, 1)
            .groups(4)
            .bias()
            .range(0.0, infinity),
        conv("many groups, many channels out", [1, 4, 6, 6], 40, 3, 1, 1).groups(4),
        conv("depthwise 3 x 3", [2, 10, 8, 7], 10, 3, 1, 1)
            .groups(10)
            .bias()
            .range(0.0, 6.0),
        conv(
            "depthwise 3 x 3, step 2, pads after",
            [1, 9, 12, 10],
            9,
            3,
            2,
            0,
        )
        .groups(9)
        .pads([0, 0], [1, 1])
        .bias(),
        conv("depthwise 5 x 5", [3, 6, 9, 9], 6, 5, 1, 2)
            .groups(6)
            .bias()
            .range(0.0, infinity),
        conv(
            "depthwise 5 x 5, step 2, uneven pads",
            [1, 7, 14, 11],
            7,
            5,
            2,
            0,
        )
        .groups(7)
        .pads([1, 1], [2, 2]),
        conv("depthwise 3 x 3, dilated", [1, 5, 11, 12], 5, 3, 1, 2)
            .groups(5)
            .windows([3, 3], [1, 1], [2, 2]),
        conv(
            "depthwise, two channels out each",
            [1, 6, 7, 7],
            12,
            3,
            1,
            1,
        )
        .groups(6)
        .bias(),
    ]
}

/// One pool, as maximum and as average, forwards and backwards.
struct PoolCase {
    name: &'static str,
    /// `[n, c, h, w]`.
    input: [usize; 4],
    geometry: PoolGeometry,
}

impl PoolCase {
    async fn run<B: Kernels>(&self, device: &B::Device, results: &mut Vec<CaseResult>) {
        let [_, _, height, width] = self.input;
        let input_hw = [height, width];
        let geometry = &self.geometry;
        let named = |kernel: &str| format!("{kernel}, {}", self.name);

        let tied = tied_values(5, &self.input);
        let (expected, expected_argmax) = reference::max_pool2d(&tied, geometry);
        let (actual, argmax) = <B as Kernels>::max_pool2d(upload::<B>(&tied, device), geometry);
        results.push(compare::<B>(named("max pool"), actual, &expected, 0.0).await);
        let grad = values(6, &expected.shape);
        let back = <B as Kernels>::max_pool2d_gradient(
            upload::<B>(&grad, device),
            argmax.clone(),
            input_hw,
            geometry,
        );
        results.push(compare::<B>(named("max pool position"), argmax, &expected_argmax, 0.0).await);
        let expected = reference::max_pool2d_gradient(&grad, &expected_argmax, input_hw);
        results
            .push(compare::<B>(named("max pool gradient"), back, &expected, SUM_TOLERANCE).await);

        for (counts, count_include_pad) in [("input", false), ("input and padding", true)] {
            let geometry = &PoolGeometry {
                count_include_pad,
                ..*geometry
            };
            let x = values(7, &self.input);
            let expected = reference::average_pool2d(&x, geometry);
            let actual = <B as Kernels>::average_pool2d(upload::<B>(&x, device), geometry);
            let name = format!("{} by {counts}", named("average pool"));
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
            let expected = reference::average_pool2d_gradient(&grad, input_hw, geometry);
            let actual = <B as Kernels>::average_pool2d_gradient(
                upload::<B>(&grad, device),
                input_hw,
                geometry,
            );
            let name = format!("{} by {counts}", named("average pool gradient"));
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
        }
    }
}

fn pool_cases() -> Vec<PoolCase> {
    let square = |kernel, stride, pad| PoolGeometry {
        kernel: [kernel; 2],
        stride: [stride; 2],
        dilation: [1; 2],
        pad_begin: [pad; 2],
        pad_end: [pad; 2],
        ceil_mode: false,
        count_include_pad: false,
    };
    let ceil = |geometry| PoolGeometry {
        ceil_mode: true,
        ..geometry
    };
    vec![
        PoolCase {
            name: "2 x 2",
            input: [2, 3, 6, 8],
            geometry: square(2, 2, 0),
        },
        PoolCase {
            name: "3 x 3, step 2, padded",
            input: [1, 4, 11, 10],
            geometry: square(3, 2, 1),
        },
        PoolCase {
            name: "3 x 3, step 1, padded, batch of 3",
            input: [3, 2, 5, 6],
            geometry: square(3, 1, 1),
        },
        PoolCase {
            name: "3 x 3, step 2, rounded up",
            input: [1, 3, 8, 10],
            geometry: ceil(square(3, 2, 0)),
        },
        PoolCase {
            name: "2 x 2, step 2, rounded up over padding",
            input: [1, 2, 5, 6],
            geometry: ceil(square(2, 2, 1)),
        },
        PoolCase {
            name: "3 x 2, uneven steps and pads, dilated",
            input: [2, 2, 13, 9],
            geometry: PoolGeometry {
                kernel: [3, 2],
                stride: [2, 1],
                dilation: [2, 3],
                pad_begin: [2, 0],
                pad_end: [1, 2],
                ceil_mode: true,
                count_include_pad: false,
            },
        },
        PoolCase {
            name: "whole plane",
            input: [2, 5, 7, 7],
            geometry: square(7, 1, 0),
        },
    ]
}

async fn clamps<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    let infinity = f32::INFINITY;
    // More values than a workgroup has threads, and not a multiple of them.
    let shape = [3, 5, 7, 11];
    let x = values(8, &shape);
    let grad = values(9, &shape);
    for (name, low, high) in [
        ("all", -infinity, infinity),
        ("from 0", 0.0, infinity),
        ("to 0.5", -infinity, 0.5),
        ("0 to 0.5", 0.0, 0.5),
        ("-0.25 to 0.25", -0.25, 0.25),
    ] {
        let range = Range { low, high };
        let clamped = reference::clamp(&x, range);
        let actual = <B as Kernels>::clamp(upload::<B>(&x, device), range);
        results.push(compare::<B>(format!("clamp, {name}"), actual, &clamped, 0.0).await);
        for sign in [
            GuidedSign::Both,
            GuidedSign::Positive,
            GuidedSign::Negative,
            GuidedSign::Absolute,
        ] {
            let expected = reference::clamp_gradient(&grad, &clamped, range, sign);
            let actual = <B as Kernels>::clamp_gradient(
                upload::<B>(&grad, device),
                upload::<B>(&clamped, device),
                range,
                sign,
            );
            let name = format!("clamp gradient, {name}, {sign:?}");
            results.push(compare::<B>(name, actual, &expected, 0.0).await);
        }
    }
}

async fn matmuls<B: Kernels>(device: &B::Device, results: &mut Vec<CaseResult>) {
    for [m, k, n] in [
        [1, 37, 10],
        [2, 5, 3],
        [20, 16, 40],
        [70, 50, 90],
        [3, 130, 300],
    ] {
        for transposed in [false, true] {
            let a = values(10, &[m, k]);
            let b = values(11, &if transposed { [n, k] } else { [k, n] });
            let expected = reference::matmul(&a, &b, transposed);
            let actual = <B as Kernels>::matmul(
                upload::<B>(&a, device),
                upload::<B>(&b, device),
                transposed,
            );
            let stored = if transposed { "transposed" } else { "plain" };
            let name = format!("matrix product {m} x {k} x {n}, {stored}");
            results.push(compare::<B>(name, actual, &expected, SUM_TOLERANCE).await);
        }
    }
}
