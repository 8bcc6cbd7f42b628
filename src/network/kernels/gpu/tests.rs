//! The GPU's kernels on a native adapter. These tests fail where there is none: a software one, such
//! as Mesa's lavapipe, is enough.

use std::sync::OnceLock;

use burn_backend::{TensorData, ops::FloatTensorOps};
use cubecl::future::block_on;

use super::{CubeBackend, GpuDevice, open_adapter};
use crate::network::{
    kernels::{Kernels, Range, suite},
    suite as operators,
};

fn gpu() -> &'static GpuDevice {
    static GPU: OnceLock<GpuDevice> = OnceLock::new();
    GPU.get_or_init(|| {
        let gpu = block_on(open_adapter()).expect(
            "these tests need a GPU, or Mesa's software Vulkan (Debian: mesa-vulkan-drivers)",
        );
        eprintln!("testing on {:?}, {:?}", gpu.report, gpu.limits);
        gpu
    })
}

#[test]
fn kernels_agree_with_the_reference() {
    let gpu = gpu();
    let results = block_on(suite::run::<CubeBackend>(&gpu.device));
    assert_eq!(gpu.take_error(), None);
    let failed: Vec<_> = results.iter().filter(|case| !case.passed()).collect();
    assert!(
        failed.is_empty(),
        "{} of {}: {failed:#?}",
        failed.len(),
        results.len()
    );
    assert!(results.len() > 100, "only {} cases ran", results.len());
}

#[test]
fn operators_agree_with_their_references() {
    let gpu = gpu();
    let report = block_on(operators::run::<CubeBackend>(&gpu.device, 0..8));
    assert_eq!(gpu.take_error(), None);
    let failures = &report.failures;
    assert!(
        failures.is_empty(),
        "{} of {}:\n{}",
        failures.len(),
        report.cases,
        failures.join("\n")
    );
}

/// One dimension of a grid holds 65535 workgroups of 256 threads.
#[test]
fn a_tensor_larger_than_one_dimension_of_a_grid() {
    let gpu = gpu();
    let count = 65535 * 256 + 1000;
    let values: Vec<f32> = (0..count).map(|i| (i % 7) as f32).collect();
    let x = CubeBackend::float_from_data(TensorData::new(values, [count]), &gpu.device);
    let range = Range {
        low: 2.0,
        high: 4.0,
    };
    let clamped = <CubeBackend as Kernels>::clamp(x, range);
    let clamped = block_on(CubeBackend::float_into_data(clamped)).unwrap();
    assert_eq!(gpu.take_error(), None);
    let clamped = clamped.as_slice::<f32>().unwrap();
    let wrong = (0..count).find(|&i| clamped[i] != ((i % 7) as f32).clamp(2.0, 4.0));
    assert_eq!(wrong, None);
}
