//! Preprocessing guessed from a file: what it says of itself, what its graph does to its input, and
//! what models of its kind most often take. The reason is told with the guess.

use super::size::fixed_size;
use crate::{
    onnx::{ElementType, Graph, Selection, head},
    protocol::{
        ChannelOrder, FurtherChannels, Layout, ModelOptions, Preprocessing, PreprocessingPreset,
        ResizeRule,
    },
};

/// Key of the file's metadata that holds a [`Preprocessing`] as JSON.
const PREPROCESSING_KEY: &str = "gradlens.preprocessing";
/// Models up to this size are shown whole pictures: a margin would be a few pixels.
const LARGEST_WITHOUT_MARGIN_PX: usize = 96;
/// Share of the shorter side that is kept by the usual crop, 224 of 256.
const CROP_SHARE: f64 = 0.875;

/// A preprocessing, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// How pixels become the model's input.
    pub preprocessing: Preprocessing,
    /// Where that is known from, as half a sentence.
    pub source: String,
    /// What the person should check, in sentences.
    pub warnings: Vec<String>,
    /// Height and width can be chosen freely, as far as the file says.
    pub free_size: bool,
}

/// Guesses the preprocessing of a simplified graph in a file called `name`.
pub fn guess(graph: &Graph, selection: &Selection, options: &ModelOptions, name: &str) -> Guess {
    let asked = options.size.map(|[height, width]| (height, width));
    let size = asked.or_else(|| fixed_size(selection));
    let mut warnings = Vec::new();
    if let Some(json) = graph.metadata.get(PREPROCESSING_KEY) {
        match serde_json::from_str::<Preprocessing>(json) {
            Ok(preprocessing) => {
                return Guess {
                    preprocessing: match asked {
                        Some((height, width)) => sized(&preprocessing, height, width),
                        None => preprocessing,
                    },
                    source: "the file's own description".to_owned(),
                    warnings,
                    free_size: false,
                };
            }
            Err(error) => warnings.push(format!(
                "The file's own description of its preprocessing cannot be read ({error})."
            )),
        }
    }
    let (preset, source) = convention(graph, selection, name);
    if source.starts_with("assumed") {
        warnings.push(
            "Nothing in the file says how pixels are to be normalised. Check the preprocessing: a \
             wrong one makes predictions and maps wrong without any error."
                .to_owned(),
        );
    }
    let (channels, channel_note) = channels(selection.channels);
    warnings.extend(channel_note);
    let preset = PreprocessingPreset::find(preset);
    let base = preset.map_or_else(|| channels.clone(), |preset| preset.applied_to(&channels));
    Guess {
        preprocessing: match size {
            Some((height, width)) => sized(&base, height, width),
            None => base,
        },
        source,
        warnings,
        free_size: size.is_none(),
    }
}

/// How a photo becomes so many channels, and what the person should know of it.
fn channels(count: usize) -> (Preprocessing, Option<String>) {
    let (channels, further) = match count {
        1 | 2 => (ChannelOrder::Grey601, FurtherChannels::default()),
        3 | 4 => (ChannelOrder::Rgb, FurtherChannels::default()),
        _ => (ChannelOrder::Rgb, FurtherChannels::Copy),
    };
    let preprocessing = Preprocessing {
        mean_px: vec![0.0; count],
        std_px: vec![1.0; count],
        channels,
        further,
        ..Preprocessing::default()
    };
    let gets = preprocessing.channels_text();
    let note = match count {
        3 => None,
        1 => Some(format!(
            "The model takes {count} channel; of a photo it gets {gets}. Choose otherwise if it was trained \
             otherwise."
        )),
        _ => Some(format!(
            "The model takes {count} channels; of a photo it gets {gets}. Choose otherwise if it was trained \
             otherwise."
        )),
    };
    (preprocessing, note)
}

/// `preprocessing` at another size, with the usual margin around the crop.
pub fn sized(preprocessing: &Preprocessing, height: usize, width: usize) -> Preprocessing {
    let longer = height.max(width);
    let shorter_side_px = if longer <= LARGEST_WITHOUT_MARGIN_PX {
        longer
    } else {
        (longer as f64 / CROP_SHARE).round() as usize
    };
    Preprocessing {
        height_px: height,
        width_px: width,
        resize: ResizeRule::ShorterSideThenCrop { shorter_side_px },
        ..preprocessing.clone()
    }
}

/// Name of a preset, and the reason for it.
fn convention(graph: &Graph, selection: &Selection, name: &str) -> (&'static str, String) {
    let metadata = |key: &str| graph.metadata.get(key).map_or("", String::as_str);
    if selection.input.element_type == Some(ElementType::U8) {
        return ("raw", "the input takes 8-bit pixels".to_owned());
    }
    if let Some(head) = head(graph, selection.layout) {
        let nodes = head.nodes.join(", ");
        if head.white() == Some(255.0) {
            return (
                "raw",
                format!("the graph normalises pixels of 0 to 255 itself, at its head: {nodes}"),
            );
        }
        if head.white() == Some(1.0) {
            return (
                "unit",
                format!("the graph normalises values of 0 to 1 itself, at its head: {nodes}"),
            );
        }
    }
    let speaks_of = |words: &[&str]| {
        let title = graph.metadata.values().map(String::as_str).chain([name]);
        title
            .map(|text| text.to_lowercase().replace(['_', ' '], "-"))
            .any(|text| words.iter().any(|word| text.contains(word)))
    };
    if speaks_of(&["efficientnet-lite", "efficientnetlite"]) {
        return (
            "efficientnet-lite",
            "the file calls itself an EfficientNet-Lite".to_owned(),
        );
    }
    if metadata("author") == "Ultralytics" && metadata("task") == "classify" {
        return (
            "unit",
            "the file says that it is Ultralytics' classifier, which takes 0 to 1".to_owned(),
        );
    }
    if selection.channels != 3 {
        return (
            "unit",
            "assumed: the file says nothing about it, and models of other than three channels most often \
             take 0 to 1"
                .to_owned(),
        );
    }
    let producer = graph.producer.to_lowercase();
    let from_keras = ["tf2onnx", "keras", "tensorflow"]
        .iter()
        .any(|program| producer.contains(program));
    if from_keras || selection.layout == Layout::Nhwc {
        return (
            "tf",
            "assumed: the file says nothing about it, and models from Keras that do not normalise \
             inside most often take -1 to 1"
                .to_owned(),
        );
    }
    (
        "imagenet",
        "assumed: the file says nothing about it, and this is what torchvision's models take"
            .to_owned(),
    )
}

/// The words for a preprocessing that a person chose.
pub fn chosen(preprocessing: &Preprocessing) -> String {
    match PreprocessingPreset::all()
        .iter()
        .find(|preset| preset.describes(preprocessing))
    {
        Some(preset) => format!("chosen by you: {}", preset.label),
        None => "chosen by you".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::{
        sample::{FLOAT, Sample, UINT8},
        select, simplify,
    };

    fn guessed(sample: &Sample) -> Guess {
        let mut graph = sample.graph().unwrap();
        let selection = select(&mut graph, &ModelOptions::default()).unwrap();
        simplify(&mut graph);
        guess(&graph, &selection, &ModelOptions::default(), "m.onnx")
    }

    fn preset(sample: &Sample) -> &'static str {
        guessed(sample).preprocessing.preset_in_use().unwrap().name
    }

    fn plain(shape: &str) -> Sample {
        Sample::new()
            .input("x", FLOAT, shape)
            .node("Relu", &["x"], "y")
            .output("y", "n 5")
    }

    #[test]
    fn nothing_known_is_said_to_be_assumed() {
        let guess = guessed(&plain("n 3 h w"));
        assert!(guess.source.starts_with("assumed"));
        assert_eq!(guess.warnings.len(), 1);
        assert!(guess.free_size);
        assert_eq!(preset(&plain("n 3 h w")), "imagenet");
        assert_eq!(preset(&plain("n h w 3")), "tf");
        assert_eq!(preset(&plain("n 3 h w").producer("tf2onnx")), "tf");
    }

    #[test]
    fn fixed_sizes_are_taken_with_the_usual_margin() {
        let of = |shape: &str| {
            let guess = guessed(&plain(shape));
            assert!(!guess.free_size);
            let ResizeRule::ShorterSideThenCrop { shorter_side_px } = guess.preprocessing.resize
            else {
                return (0, 0, 0);
            };
            (
                guess.preprocessing.height_px,
                guess.preprocessing.width_px,
                shorter_side_px,
            )
        };
        assert_eq!(of("n 3 224 224"), (224, 224, 256));
        assert_eq!(of("n 299 299 3"), (299, 299, 342));
        assert_eq!(of("n 3 32 32"), (32, 32, 32));
        assert_eq!(of("n 3 128 160"), (128, 160, 183));
    }

    #[test]
    fn a_graph_that_normalises_itself_says_so() {
        let raw = Sample::new()
            .input("x", FLOAT, "n h w 3")
            .weight("k", &[], 255.0)
            .node("Div", &["x", "k"], "d")
            .node("Relu", &["d"], "y")
            .output("y", "n 5");
        let guess = guessed(&raw);
        assert_eq!(guess.preprocessing.value_range(), [0.0, 255.0]);
        assert!(guess.source.contains("Div (d)"), "{}", guess.source);
        assert!(guess.warnings.is_empty());
        let bytes = Sample::new()
            .input("x", UINT8, "n h w 3")
            .node("Cast", &["x"], "c")
            .int("to", 1)
            .node("Relu", &["c"], "y")
            .output("y", "n 5");
        assert_eq!(preset(&bytes), "raw");
    }

    #[test]
    fn the_file_may_say_what_it_is() {
        let lite = plain("n 3 h w").metadata("title", "EfficientNet Lite0");
        assert_eq!(preset(&lite), "efficientnet-lite");
        let yolo = plain("n 3 h w")
            .metadata("author", "Ultralytics")
            .metadata("task", "classify");
        assert_eq!(preset(&yolo), "unit");
    }

    #[test]
    fn the_description_in_the_documentation_is_read() {
        let text = include_str!("../../../docs/models.md");
        let (_, rest) = text.split_once("```json\n").unwrap();
        let (json, _) = rest.split_once("```").unwrap();
        let read: Preprocessing = serde_json::from_str(json).unwrap();
        assert_eq!(read, Preprocessing::imagenet());
    }

    #[test]
    fn the_files_own_description_comes_first() {
        let own = Preprocessing::preset("caffe").unwrap();
        let json = serde_json::to_string(&own).unwrap();
        let guess = guessed(&plain("n 3 h w").metadata("gradlens.preprocessing", &json));
        assert_eq!(guess.preprocessing, own);
        assert_eq!(guess.source, "the file's own description");
        let broken = guessed(&plain("n 3 h w").metadata("gradlens.preprocessing", "{}"));
        assert_eq!(broken.warnings.len(), 2);
    }
}
