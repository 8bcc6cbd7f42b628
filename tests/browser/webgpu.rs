//! The WebGPU device in a browser. These need WebGPU, a software adapter at least, and fail without.

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    classifier::{BackwardRule, Classifier as _, Objective, Size},
    network::{
        Network,
        kernels::{
            gpu::{CubeBackend, open_adapter},
            suite,
        },
        suite as operators,
    },
    protocol::DeviceKind,
};
use wasm_bindgen_test::{console_log, wasm_bindgen_test};

use super::{
    assert_operators_passed, assert_passed,
    golden::graph,
    golden_checks::{check_agreement, check_tiny},
    relative_difference,
    stored::{array, bytes},
};

/// One test for all, because a worker opens its adapter once.
#[wasm_bindgen_test]
async fn webgpu_agrees_with_the_reference_and_the_cpu() {
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
    let report = operators::run::<CubeBackend>(&gpu.device, 0..2).await;
    assert_eq!(gpu.take_error(), None);
    assert_operators_passed(&report);

    let image = array("tiny/input.npy");
    let stored = array("tiny/grad.npy").values;
    let stored_loss = array("tiny/grad_loss.npy").values;
    let size = Size::colour(image.shape[2], image.shape[3]);
    for model in [bytes("tiny/tiny.onnx"), bytes("tiny/tiny_bn.onnx")] {
        let graph = graph(model);
        let on_gpu = Network::<CubeBackend>::new(&graph, gpu.device.clone(), 4).unwrap();
        let on_cpu = Network::<Flex>::new(&graph, FlexDevice, 2).unwrap();
        for (objective, stored) in [
            (Objective::Logit(0), &stored),
            (Objective::NegativeLogLikelihood(0), &stored_loss),
        ] {
            let rule = BackwardRule::Standard;
            let images = image.values.clone();
            let a = on_gpu
                .input_gradients(images.clone(), size, objective, rule)
                .await
                .unwrap();
            let b = on_cpu
                .input_gradients(images, size, objective, rule)
                .await
                .unwrap();
            assert_eq!(gpu.take_error(), None);
            assert!(relative_difference(&a.values, stored) < 1e-5);
            assert!(relative_difference(&a.values, &b.values) < 1e-5);
            assert!(relative_difference(&a.logits, &b.logits) < 1e-5);
        }
        check_tiny(&on_gpu).await;
        check_agreement(&on_gpu, &on_cpu).await;
        assert_eq!(gpu.take_error(), None);
    }
    assert!(open_adapter().await.is_err(), "an adapter was opened twice");
}
