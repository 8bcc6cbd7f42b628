//! The engine's parts in a browser's worker: the devices against the reference.

#![cfg(target_family = "wasm")]

use gradlens::network::kernels::suite::CaseResult;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// Fails with every case that is wrong, or if there are suspiciously few.
fn assert_passed(results: &[CaseResult]) {
    let failed: Vec<_> = results.iter().filter(|case| !case.passed()).collect();
    assert!(
        failed.is_empty(),
        "{} of {}: {failed:#?}",
        failed.len(),
        results.len()
    );
    assert!(results.len() > 100, "only {} cases ran", results.len());
}

mod cpu {
    use burn_flex::{Flex, FlexDevice};
    use gradlens::network::kernels::suite;

    use super::{assert_passed, wasm_bindgen_test};

    #[wasm_bindgen_test]
    async fn kernels_agree_with_the_reference() {
        assert_passed(&suite::run::<Flex>(&FlexDevice::default()).await);
    }
}

/// These need WebGPU, a software adapter at least, and fail without.
#[cfg(feature = "webgpu")]
mod webgpu {
    use gradlens::{
        network::kernels::{
            gpu::{CubeBackend, open_adapter},
            suite,
        },
        protocol::DeviceKind,
    };
    use wasm_bindgen_test::console_log;

    use super::{assert_passed, wasm_bindgen_test};

    /// One test for all, because a worker opens its adapter once.
    #[wasm_bindgen_test]
    async fn kernels_agree_with_the_reference() {
        let gpu = open_adapter().await.unwrap();
        console_log!("testing on {:?}, {:?}", gpu.report, gpu.limits);
        assert_ne!(gpu.report.kind, DeviceKind::Cpu);
        assert!(!gpu.report.name.is_empty());
        // Twice: what is compiled and cached at first is reused the second time.
        for _ in 0..2 {
            let results = suite::run::<CubeBackend>(&gpu.device).await;
            assert_eq!(gpu.take_error(), None);
            assert_passed(&results);
        }
        assert!(open_adapter().await.is_err(), "an adapter was opened twice");
    }
}
