//! Every sentence and label of the page, in one table per language.
//!
//! Words in braces are filled in where the text is used. A language is a table of its own; the
//! compiler sees to it that none misses an entry.

/// Declares the table and its English entries.
macro_rules! table {
    ($($name:ident: $english:literal,)*) => {
        /// The words of one language.
        pub struct Text {
            $(#[doc = $english] pub $name: &'static str,)*
        }

        /// English.
        pub const ENGLISH: Text = Text { $($name: $english,)* };
    };
}

table! {
    brand: "Gradlens",
    tagline: "See which pixels an image classifier decided on",
    skip: "Skip to the map",

    model: "Model",
    model_line: "{name}, {classes} classes",
    model_loading: "loading {name}",
    model_own: "Use your own model",
    model_own_hint: "An image classifier saved as an .onnx file. It stays on your machine.",
    model_default: "Back to EfficientNet-Lite0",
    device_choice: "Compute on",
    device_auto: "Automatic",
    device_cpu: "Processor (CPU)",
    device_webgpu: "WebGPU",

    photo: "The photo",
    photo_choose: "Choose a photo",
    photo_drop: "or drop or paste",
    photo_drop_now: "Drop it to see what the model looks at",
    photo_seen: "The model sees the framed part, at {width} × {height} pixels.",
    photo_size: "{name}, {width} × {height} pixels, {format}",
    photo_overview: "The whole photo, with the part the model sees framed",
    photo_waiting: "Opening {name}",
    photo_none: "No photo is open yet.",
    samples: "Or try one of these",
    sample_licence: "{title}. {licence}, {source}",

    answer: "The model's answer",
    answer_hint: "Choose a class to see what speaks for it.",
    answer_waiting: "The model has not seen a photo yet.",
    answer_row: "{name}, {percent}. Explain this class.",
    search: "Find another class",
    search_placeholder: "Name or number",
    search_none: "No class is called that.",
    search_count: "{count} classes found",

    map: "The map",
    map_says: "{name}, {percent}. Bright pixels carry that score.",
    map_waiting: "Here you will see which pixels the answer rests on.",
    map_constant: "Every pixel counts the same here: this map carries no information.",
    map_alt: "Saliency map for {name} on the photo {photo}.",
    map_view: "Show",
    view_overlay: "Overlay",
    view_map: "Map",
    view_masked: "Masked",
    view_photo: "Photo",
    opacity: "Opacity",
    colormap: "Colours",
    colormap_viridis: "Viridis",
    colormap_cividis: "Cividis",
    colormap_magma: "Magma",
    colormap_grey: "Grey",
    colormap_blue_orange: "Blue to orange",
    colour_bar: "Raw attribution, {low} (dark) to {high} (bright)",
    colour_bar_unit: "raw attribution, summed over colours",
    save: "Save",
    save_png: "PNG",
    save_npy: "NPY",
    save_json: "JSON",
    save_png_hint: "The picture as shown",
    save_npy_hint: "The map's values for NumPy",
    save_json_hint: "Settings, scores and timings",

    stage_device: "Trying out the device",
    stage_model: "Loading the model",
    stage_image: "Opening the photo",
    stage_classify: "Asking the model",
    stage_explain: "Computing gradients",
    stage_measure: "Testing the map",
    starting: "Starting the engine",
    starting_gpu: "Trying out the graphics device",
    progress_count: "{stage}: {done} of {total}",
    progress_bytes: "{stage}: {done} of {total} MB",
    progress_left: "about {seconds} s left",
    progress_done: "Done",
    cancel: "Stop",
    stopping: "Stopping",
    stopped: "Stopped after {done} of {total} samples.",
    resume: "Start again",
    computed_on: "Computed on {device}",
    time_gradients: "{count} gradients in {seconds} s",
    time_reused: "redrawn without new gradients",
    time_rcap: "test in {seconds} s",
    device_rejected: "{device} is not used: {reason}",
    device_software: "{device} (software, slow)",

    method: "Method",
    method_picker: "Method",
    settings_reset: "Reset",
    settings_reset_hint: "All settings back to those of the paper",
    setting_free: "redraws at once",
    settings_about: "About this method",

    measure: "Does the map hold up?",
    measure_hint: "Only the brightest pixels are given back to the model, then more. A good map wins the class back early.",
    score: "RCAP",
    score_hint: "0 to 1, higher is better. It compares maps of the same image and model.",
    score_updating: "being measured",
    rcap_settings: "How it is tested",
    lower_bound: "Fullest step leaves out",
    interval: "Step",
    percent_sign: "%",
    curve_x: "Brightest pixels given back, %",
    curve_probability: "Class probability",
    curve_share: "Share of the map",
    curve_product: "Product",
    curve_whole: "whole photo",
    curve_alt: "Recovery curve, step {step} of {steps}",
    curve_read: "{pixels} given back: probability {probability}, mass {share}, product {product}",
    curve_hint: "Point at the curve, or use the arrow keys, to read values.",
    curve_waiting: "The curve appears when the map is finished.",
    recovered: "What the model was shown",
    recovered_alt: "Photo with the brightest {pixels} of the pixels given back, the rest black",
    table: "The curve as a table",
    table_rate: "Quantile",
    table_threshold: "Threshold",
    table_pixels: "Pixels",
    table_share: "Mass",
    table_probability: "Probability",
    table_product: "Product",

    honesty: "Not a medical device. A map is evidence about the model, not about what is in the photo.",
    privacy: "Your photo never leaves this machine.",
    privacy_verify: "How to check",
    privacy_how: "Open your browser's developer tools, choose Network, and drop a photo: nothing is sent. Or load the page, switch the network off, and carry on.",

    page_gone: "The page stopped working. Reload it to go on; please report what you did last.",
    dismiss: "Close this message",
    working: "Working",
    no_webgpu: "This browser offers no WebGPU, so the processor is used.",
    no_webgpu_hint: "A recent Chrome, Edge or Safari with a graphics card has it.",
    gpu_lost: "The graphics device failed ({reason}), so the processor carries on.",
    gpu_lost_hint: "Choose WebGPU again to give it another try.",
    engine_lost: "The engine stopped unexpectedly ({reason}) and was started again.",
    engine_lost_hint: "Your model and photo are kept. Press Start again to repeat the last step.",
    engine_gone: "The engine keeps stopping ({reason}).",
    engine_gone_hint: "Reload the page. If that does not help, try another model or browser.",
    stopped_hard: "Stopped. The engine did not answer in time, so it was started again; your model and photo are kept.",
    file_gone: "{name} could not be read.",
    file_gone_hint: "The file may have been moved or changed. Choose it again.",
    not_a_file: "What was dropped or pasted is not a file.",
    not_a_file_hint: "Drop a photo or an .onnx model from a folder, or copy the picture itself rather than its address.",
    unreadable_list: "{what} could not be loaded.",
    unreadable_list_hint: "The page works without it. Reload to try again.",
    sample_list: "The list of sample photos",
    label_list: "The class names",
    save_failed: "The file could not be saved: {reason}.",
    save_failed_hint: "Your browser may be blocking downloads from this page.",
    worker_missing: "its program could not be loaded",
    worker_garbled: "it sent a message that could not be read",
}

/// The table in use.
pub fn text() -> &'static Text {
    &ENGLISH
}

/// `template` with each `{name}` replaced by its value.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
}

/// A probability or share as a whole percentage, with one digit below ten.
pub fn percent(share: f64) -> String {
    // Without the dust of binary fractions, 1 - 0.9 is 10 %.
    let value = (share * 1e8).round() / 1e6;
    if value > 0.0 && value < 0.1 {
        "< 0.1 %".to_owned()
    } else if value < 9.95 && value.fract() != 0.0 {
        format!("{value:.1} %")
    } else {
        format!("{value:.0} %")
    }
}

/// A raw value with three significant digits.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (0.001..10_000.0).contains(&size) {
        let digits = (2 - size.log10().floor() as i32).max(0) as usize;
        format!("{value:.digits$}")
    } else {
        format!("{value:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fills_in_words() {
        assert_eq!(fill("{a} of {b}", &[("a", "2"), ("b", "5")]), "2 of 5");
    }

    #[test]
    fn writes_percentages() {
        assert_eq!(percent(0.384), "38 %");
        assert_eq!(percent(0.0214), "2.1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.0004), "< 0.1 %");
    }

    #[test]
    fn keeps_three_digits() {
        assert_eq!(significant(12.3456), "12.3");
        assert_eq!(significant(0.0123456), "0.0123");
        assert_eq!(significant(123456.0), "1.23e5");
        assert_eq!(significant(0.0), "0");
    }
}
