//! The CPU device in a browser: its kernels, and the whole engine on the default model.

use burn_flex::{Flex, FlexDevice};
use gradlens::{
    attribution::NoiseSource,
    classifier::{NormImage, Size},
    engine::{Engine, device},
    network::{kernels::suite, suite as operators},
    protocol::{DeviceChoice, DeviceKind, Event, ExplainRequest, RcapSettings, Setting, Settings},
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::{
    assert_operators_passed, assert_passed,
    golden_checks::Difference,
    host::Recorder,
    stored::{DEFAULT_MODEL, array, index},
};

#[wasm_bindgen_test]
async fn kernels_agree_with_the_reference() {
    assert_passed(&suite::run::<Flex>(&FlexDevice).await);
}

#[wasm_bindgen_test]
async fn operators_agree_with_their_references() {
    assert_operators_passed(&operators::run::<Flex>(&FlexDevice, 0..4).await);
}

const SIDE: usize = 96;

#[wasm_bindgen_test]
async fn the_default_model_gives_the_stored_answers() {
    let host = Recorder::default();
    let mut engine = Engine::new(&[device::cpu], DeviceChoice::Auto);
    engine
        .open_model(
            &host,
            1,
            "model",
            bytes::Bytes::from_static(DEFAULT_MODEL).into(),
            None,
            &Default::default(),
        )
        .await
        .unwrap();
    let used = engine.device().unwrap();
    assert_eq!((used.kind, &used.rejected), (DeviceKind::Cpu, &None));

    let image = array("p1_chelsea_96/input.npy");
    let size = Size::colour(SIDE, SIDE);
    let norm = NormImage {
        size,
        values: image.values,
    };
    engine
        .open_normalised(&host, 2, "image", norm)
        .await
        .unwrap();
    let logits = &engine.photo().unwrap().classification.logits;
    let stored = array("p1_chelsea_96/logits.npy").values;
    for (found, stored) in logits.iter().zip(&stored) {
        assert!((found - stored).abs() < 1e-3);
    }

    let noise = array("banks/z_96x96.npy");
    engine.use_noise(NoiseSource::Stored {
        samples: noise.shape[0],
        unit_normal: noise.values,
    });
    let index = index("p1_chelsea_96/index.json");
    let maps = array("p1_chelsea_96/maps_c285.npy").values;
    let entries = index["classes"][0]["maps"].as_array().unwrap();
    let guided = entries
        .iter()
        .find(|map| {
            map["fn"] == "gag"
                && map["args"]["num_samples"] == 10
                && map["args"]["th"] == 0.85
                && map["args"].get("ifsquare").is_none()
        })
        .unwrap();
    let mut settings = Settings::default();
    settings.set("samples", Setting::Integer(10));
    settings.set("percentile", Setting::Real(85.0));
    let request = ExplainRequest {
        target: Some(285),
        method: "guided-absolute-grad".to_owned(),
        settings,
        rcap: Some(RcapSettings::default()),
    };
    let explanation = engine.explain(&host, 3, &request).await.unwrap();
    assert_eq!(explanation.gradients, 10);
    let at = guided["index"].as_u64().unwrap() as usize * SIDE * SIDE;
    let stored = &maps[at..at + SIDE * SIDE];
    let found = Difference::new(&explanation.map.values, stored, &guided["tol"]);
    assert!(found.is_within(&guided["tol"]), "{found:?}");
    let (rcap, _) = explanation.rcap.unwrap();
    assert_eq!(rcap.steps.len(), 5);
    assert_eq!(rcap.recovered[0].rgba.len(), 4 * SIDE * SIDE);

    // Another percentile is free, and partial maps came while the first was computed.
    let mut again = request.clone();
    again.settings.set("percentile", Setting::Real(50.0));
    assert_eq!(engine.explain(&host, 4, &again).await.unwrap().gradients, 0);
    let events = host.events.borrow();
    let partial = events
        .iter()
        .filter(|event| matches!(event, Event::Map(map) if !map.is_final()))
        .count();
    assert!(partial >= 2, "{partial} partial maps");
}
