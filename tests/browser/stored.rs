//! The stored files that the browser's tests read, and the models, in the program: a browser's worker
//! has no folder to read from.

use gradlens::array_file::Array;

/// The default model's file.
pub static DEFAULT_MODEL: &[u8] = include_bytes!("../../static/models/efficientnet-lite0.onnx");

/// Makes [`bytes`] of one list.
macro_rules! embed {
    ($($path:literal)*) => {
        /// A file under `tests/golden`.
        pub fn bytes(path: &str) -> &'static [u8] {
            match path {
                $($path => include_bytes!(concat!("../golden/", $path)),)*
                _ => panic!("{path} is not in the list of stored files"),
            }
        }
    };
}

embed! {
    "agg/cams.npy" "agg/index.json" "agg/maps.npy"
    "banks/u_128x128.npy" "banks/u_96x128.npy" "banks/u_96x96.npy"
    "banks/z_128x128.npy" "banks/z_96x128.npy" "banks/z_96x96.npy"
    "blur/index.json" "blur/input.npy" "blur/output.npy"
    "gradcheck/index.json"
    "gradcheck/chelsea_96x96_grad.npy" "gradcheck/chelsea_96x96_grad_c2.npy"
    "gradcheck/chelsea_96x96_gradloss_c2.npy" "gradcheck/chelsea_96x96_input.npy"
    "gradcheck/chelsea_96x96_logits.npy"
    "gradcheck/coffee_96x96_grad.npy" "gradcheck/coffee_96x96_grad_c2.npy"
    "gradcheck/coffee_96x96_gradloss_c2.npy" "gradcheck/coffee_96x96_input.npy"
    "gradcheck/coffee_96x96_logits.npy"
    "gradcheck/motorcycle_left_64x96_grad.npy" "gradcheck/motorcycle_left_64x96_grad_c2.npy"
    "gradcheck/motorcycle_left_64x96_gradloss_c2.npy" "gradcheck/motorcycle_left_64x96_input.npy"
    "gradcheck/motorcycle_left_64x96_logits.npy"
    "p1_chelsea_96/index.json" "p1_chelsea_96/input.npy" "p1_chelsea_96/logits.npy"
    "p1_chelsea_96/maps_c282.npy" "p1_chelsea_96/maps_c285.npy"
    "p2_moped_96x128/index.json" "p2_moped_96x128/input.npy" "p2_moped_96x128/logits.npy"
    "p2_moped_96x128/maps_c665.npy" "p2_moped_96x128/maps_c670.npy"
    "p3_camera_96/index.json" "p3_camera_96/input.npy" "p3_camera_96/logits.npy"
    "p3_camera_96/maps_c759.npy" "p3_camera_96/maps_c872.npy"
    "p4_coffee_128/index.json" "p4_coffee_128/input.npy" "p4_coffee_128/logits.npy"
    "p4_coffee_128/maps_c504.npy" "p4_coffee_128/maps_c967.npy"
    "tiny/grad.npy" "tiny/grad_loss.npy" "tiny/index.json" "tiny/input.npy" "tiny/maps.npy"
    "tiny/tiny.onnx" "tiny/tiny_bn.onnx" "tiny/u.npy" "tiny/z.npy"
}

/// A stored array.
pub fn array(path: &str) -> Array {
    Array::read(bytes(path)).unwrap()
}

/// A stored index.
pub fn index(path: &str) -> serde_json::Value {
    serde_json::from_slice(bytes(path)).unwrap()
}
