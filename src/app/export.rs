//! Results as files: the map for NumPy, everything else as JSON.

use serde_json::json;

use super::state::State;
use crate::protocol::MapReport;

/// The map's values as a NumPy file: float32, shape (height, width), values in 0 to 1.
pub fn npy(map: &MapReport) -> Vec<u8> {
    let mut header = format!(
        "{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}",
        map.height, map.width
    );
    // The format wants the data to begin at a multiple of 64, after a newline.
    let unpadded = 10 + header.len() + 1;
    header.push_str(&" ".repeat(unpadded.next_multiple_of(64) - unpadded));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend_from_slice(&(header.len() as u16).to_le_bytes());
    bytes.extend_from_slice(header.as_bytes());
    bytes.extend(map.values.iter().flat_map(|value| value.to_le_bytes()));
    bytes
}

/// Settings, scores, device and timings of what is on the screen.
pub fn json(state: &State) -> String {
    let classification = state.classification.as_deref();
    let value = json!({
        "program": concat!("gradlens ", env!("CARGO_PKG_VERSION")),
        "image": state.image.as_ref().map(|image| json!({
            "name": image.name,
            "source_size_px": [image.source_width_px, image.source_height_px],
            "crop_px": image.crop_px,
        })),
        "model": state.model.as_deref(),
        "target": state.map.as_ref().map(|map| map.target),
        "target_name": state.map.as_ref().map(|map| state.class_name(map.target)),
        "method": state.map.as_ref().map(|map| &map.method),
        "settings": state.settings(),
        "map": state.map.as_ref().map(|map| json!({
            "height": map.height,
            "width": map.width,
            "raw_min": map.raw_min,
            "raw_max": map.raw_max,
            "constant": map.constant,
            "samples": map.samples_done,
        })),
        "logits": classification.map(|answer| &answer.logits),
        "probabilities": classification.map(|answer| &answer.probabilities),
        "rcap": state.rcap.as_ref().filter(|_| state.rcap_current).map(|report| json!({
            "score": report.score,
            "settings": report.settings,
            "original_probability": report.original_probability,
            "original_logit": report.original_logit,
            "steps": report.steps,
        })),
        "device": state.workers.device(),
        "times": state.times,
        "gradients": state.gradients,
    });
    // A value built from strings and numbers always has a JSON form.
    serde_json::to_string_pretty(&value).unwrap_or_default()
}

/// A file name made of the image, the class and the method.
pub fn file_name(state: &State, extension: &str) -> String {
    let image = state.image.as_ref().map_or("image", |image| image.name.as_str());
    let stem = image.rsplit_once('.').map_or(image, |(stem, _)| stem);
    let class = state.map.as_ref().map(|map| state.class_name(map.target)).unwrap_or_default();
    let plain: String = format!("{stem} {class} {}", state.method)
        .chars()
        .map(|letter| if letter.is_alphanumeric() { letter } else { '-' })
        .collect();
    let plain: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    format!("{}.{extension}", plain.join("-").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_a_numpy_header_that_ends_on_64() {
        let map = MapReport {
            method: "gradient".to_owned(),
            target: 0,
            height: 1,
            width: 2,
            values: vec![0.5, 1.0],
            raw_min: 0.0,
            raw_max: 1.0,
            constant: false,
            samples_done: 1,
            samples_total: 1,
        };
        let bytes = npy(&map);
        assert_eq!(&bytes[..8], b"\x93NUMPY\x01\x00");
        let length = u16::from_le_bytes([bytes[8], bytes[9]]) as usize;
        assert_eq!((10 + length) % 64, 0);
        assert_eq!(bytes[10 + length - 1], b'\n');
        assert_eq!(&bytes[10 + length..], [0, 0, 0, 0x3f, 0, 0, 0x80, 0x3f]);
    }

    #[test]
    fn names_files_plainly() {
        assert_eq!(file_name(&State::default(), "png"), "image-guided-absolute-grad.png");
    }
}
