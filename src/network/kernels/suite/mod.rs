//! One list of cases that every device's kernels are held to, in native tests and in browsers.

mod axes;
mod convolutions;
mod elementwise;
mod pointwise;
mod pools;
mod products;
mod sparse_rows;

use burn_backend::{TensorData, TensorMetadata, tensor::FloatTensor};

use super::{Kernels, reference::Array};

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
    convolutions::run::<B>(device, &mut results).await;
    pools::run::<B>(device, &mut results).await;
    pointwise::clamps::<B>(device, &mut results).await;
    elementwise::unaries::<B>(device, &mut results).await;
    elementwise::binaries::<B>(device, &mut results).await;
    products::run::<B>(device, &mut results).await;
    axes::run::<B>(device, &mut results).await;
    sparse_rows::run::<B>(device, &mut results).await;
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

/// The result of a future on the CPU device, which never waits.
#[cfg(test)]
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    use std::{
        pin::pin,
        task::{Context, Poll, Waker},
    };
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the CPU device waited for something"),
    }
}

#[cfg(test)]
mod tests {
    use burn_flex::{Flex, FlexDevice};

    use super::*;

    #[test]
    fn cpu_kernels_agree_with_the_reference() {
        let results = ready(run::<Flex>(&FlexDevice));
        let failed: Vec<_> = results.iter().filter(|case| !case.passed()).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        assert!(results.len() > 100, "only {} cases ran", results.len());
    }

    #[test]
    fn deviations() {
        assert_eq!(deviation(&[1.0, 2.5], &[1.0, 2.0]), 0.25);
        assert_eq!(deviation(&[0.5], &[0.0]), 0.5);
        assert_eq!(deviation(&[f32::NAN, 2.0], &[1.0, 2.0]), f64::INFINITY);
        assert_eq!(deviation(&[1.0], &[1.0, 2.0]), f64::INFINITY);
    }
}
