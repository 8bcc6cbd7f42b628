//! A Python script that computes the map on show again with PyTorch, its settings filled in.

use std::fmt::Write;

use serde::Serialize;

use super::{export, state::State};
use crate::protocol::{Layout, Preprocessing, Probabilities, ResizeRule};

/// The methods the script knows: one gradient, or moments of gradients at noisy copies.
const METHODS: [&str; 7] = [
    "gradient",
    "gradient-x-input",
    "smoothgrad",
    "smoothgrad-squared",
    "vargrad",
    "absolutegrad",
    "guided-absolute-grad",
];

/// What the script does with its settings; the same for every map.
const STEPS: &str = include_str!("recompute.py");

/// There is a script for a method.
pub fn is_recomputed(method: &str) -> bool {
    METHODS.contains(&method)
}

/// The script for the map on show; `None` where there is no map, or one of a method it does not know.
pub fn script(state: &State) -> Option<String> {
    let (map, model) = (state.map.as_ref()?, state.model.as_ref()?);
    // What is put behind the model's own output, the script knows nothing of.
    let changed = model.region.is_some() || model.probabilities != Probabilities::Softmax;
    if !is_recomputed(&map.method) || changed {
        return None;
    }
    let feeding = &model.preprocessing;
    let shorter_side_px = match feeding.resize {
        ResizeRule::ShorterSideThenCrop { shorter_side_px } => shorter_side_px,
        ResizeRule::Squash => 0,
    };
    let truth = |holds: bool| if holds { "True" } else { "False" }.to_owned();
    let size_px = [feeding.height_px, feeding.width_px];
    let values = [
        ("IMAGE", literal(state.image_file()?)),
        ("MODEL", literal(state.model_file())),
        ("MODEL_SHA256", literal(&model.sha256)),
        ("TARGET", literal(&map.target)),
        ("TARGET_NAME", literal(&state.class_name(map.target))),
        ("METHOD", literal(&map.method)),
        ("SETTINGS", literal(&state.settings_of(&map.method))),
        ("SIZE", literal(&size_px)),
        ("SHORTER_SIDE", literal(&shorter_side_px)),
        ("MEAN", literal(&feeding.mean_px)),
        ("STD", literal(&feeding.std_px)),
        ("CHANNELS", literal(&channels(feeding))),
        ("CHANNELS_LAST", truth(model.layout == Layout::Nhwc)),
        ("SAVED", literal(&export::file_name(state, "npy"))),
    ];
    let mut script = format!(
        "\"\"\"Computes a map of gradlens {} again: pip install torch numpy pillow onnx2torch, put the photo and the\n\
         model beside this file, run it. A map saved as NPY beside it is compared with the result.\"\"\"\n\n",
        env!("CARGO_PKG_VERSION"),
    );
    if let Some(activation) = model.activation {
        let _ = writeln!(
            script,
            "# The model's file ends in a {activation}, which was left out: load_model must give a module without it."
        );
    }
    for (name, value) in values {
        // Writing to a text does not fail.
        let _ = writeln!(script, "{name} = {value}");
    }
    script.push('\n');
    script.push_str(STEPS);
    Some(script)
}

/// How much of red, green and blue each channel takes, and what it holds besides.
fn channels(feeding: &Preprocessing) -> Vec<[f32; 4]> {
    (0..feeding.channel_count())
        .map(|channel| {
            let constant = feeding.pixel(channel, [0.0; 3]);
            let of = |rgb| feeding.pixel(channel, rgb) - constant;
            [
                of([1.0, 0.0, 0.0]),
                of([0.0, 1.0, 0.0]),
                of([0.0, 0.0, 1.0]),
                constant,
            ]
        })
        .collect()
}

/// A value as Python writes it: texts, lists, numbers and names of JSON are the same there.
fn literal(value: &(impl Serialize + ?Sized)) -> String {
    // Plain values always have a JSON form.
    serde_json::to_string(value).unwrap_or_default()
}
