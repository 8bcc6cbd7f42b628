//! The JSON that holds everything about one explanation.

use serde_json::{Value, json};

use super::controls::Controls;
use crate::{
    engine::{Explanation, OpenModel, OpenPhoto},
    protocol::{DeviceReport, MeasureReport, StageTime},
};

/// What was measured beside RCAP.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Of the map.
    pub reports: Vec<MeasureReport>,
    /// Of maps that know nothing of the model; empty where not asked for.
    pub controls: Controls,
}

/// What went into an explanation and what came out, but for the map itself.
pub fn to_json(
    method: &str,
    explanation: &Explanation,
    measured: &Measured,
    model: &OpenModel,
    photo: &OpenPhoto,
    device: &DeviceReport,
    times: &[StageTime],
) -> Value {
    json!({
        "gradlens": env!("CARGO_PKG_VERSION"),
        "model": {
            "name": model.card.name,
            "producer": model.card.producer,
            "opset": model.card.opset,
            "parameters": model.card.parameters,
            "size_bytes": model.card.size_bytes,
            "sha256": model.card.sha256,
            "input": model.card.input_name,
            "output": model.card.output_name,
            "layout": model.card.layout,
            "output_region": model.card.region,
            "activation_left_out": model.card.activation,
            "probabilities": model.card.probabilities,
            "probabilities_source": model.card.probabilities_source,
            "preprocessing": model.card.preprocessing,
            "preprocessing_source": model.card.preprocessing_source,
            "notes": model.card.warnings,
        },
        "image": {
            "name": photo.card.name,
            "source_px": [photo.card.source_width_px, photo.card.source_height_px],
            "crop_px": photo.card.crop_px,
            "model_px": [photo.norm.size.width, photo.norm.size.height],
            "notes": photo.card.notes,
        },
        "logits": photo.classification.logits,
        "probabilities": photo.classification.probabilities,
        "probabilities_kind": photo.classification.kind,
        "target": explanation.target,
        "method": method,
        "parameters": explanation.settings,
        "seed": explanation.settings.integer("seed"),
        "map": {
            "height": explanation.map.size.height,
            "width": explanation.map.size.width,
            "raw_min": explanation.map.raw_min,
            "raw_max": explanation.map.raw_max,
            "constant": explanation.map.constant,
        },
        "completeness": completeness(explanation),
        "note": explanation.note,
        "gradients": explanation.gradients,
        "rcap": rcap(explanation),
        "measures": measured.reports,
        "controls": measured.controls.to_json(&measured.reports),
        "device": device,
        "timings_ms": times
            .iter()
            .map(|time| json!({ "stage": time.stage, "elapsed_ms": time.elapsed_ms }))
            .collect::<Vec<_>>(),
    })
}

fn completeness(explanation: &Explanation) -> Value {
    match explanation.completeness {
        None => Value::Null,
        Some(found) => json!({
            "attributed": found.attributed,
            "explained": found.explained,
            "gap": found.gap(),
        }),
    }
}

fn rcap(explanation: &Explanation) -> Value {
    let Some((report, variants)) = &explanation.rcap else {
        return Value::Null;
    };
    json!({
        "score": report.score,
        "lower_bound": report.settings.lower_bound,
        "interval": report.settings.interval,
        "original_probability": report.original_probability,
        "original_logit": report.original_logit,
        "steps": report.steps,
        "variants": {
            "saliency_mass_logit": variants.saliency_mass_logit,
            "saliency_logit": variants.saliency_logit,
            "saliency_mass_probability": variants.saliency_mass_probability,
            "mass_plus_probability": variants.mass_plus_probability,
        },
    })
}
