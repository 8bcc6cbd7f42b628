//! The open model: its card, and its network on the device.

use super::{Stopped, device::Device, failure::of_classifier};
use crate::{
    classifier::{Classifier, ClassifierError, NormImage},
    onnx::{Dimension, Graph, parse, simplify},
    protocol::{Classification, ModelCard, ModelOptions, Preprocessing, Stage},
};

/// Key of the file's metadata that holds a [`Preprocessing`] as JSON.
const PREPROCESSING_KEY: &str = "gradlens.preprocessing";
/// Key of the file's metadata that names the label set.
const LABELS_KEY: &str = "gradlens.labels";
/// Key of the file's metadata that holds a title.
const TITLE_KEY: &str = "gradlens.title";

/// A model on a device.
pub struct OpenModel {
    /// What is known about it.
    pub card: ModelCard,
    pub(super) classifier: Box<dyn Classifier>,
    guess: (Preprocessing, String),
}

impl OpenModel {
    /// Reads a file and puts it on `device`. `preprocessing` overrides the file's own description.
    ///
    /// # Errors
    /// The file is not a model that can be explained.
    pub(super) fn open(
        device: &Device,
        name: &str,
        bytes: Vec<u8>,
        preprocessing: Option<Preprocessing>,
        _options: &ModelOptions,
    ) -> Result<Self, Stopped> {
        let size_bytes = bytes.len() as u64;
        let mut graph = parse(bytes.into())?;
        let card = card(&graph, name, size_bytes, preprocessing);
        simplify(&mut graph);
        let classifier = device.network(&graph)?;
        let guess = (
            card.preprocessing.clone(),
            card.preprocessing_source.clone(),
        );
        Ok(Self {
            card,
            classifier,
            guess,
        })
    }

    /// Takes another preprocessing, or the model's own again.
    ///
    /// # Errors
    /// The model cannot take images of that size.
    pub(super) fn set_preprocessing(
        &mut self,
        given: Option<Preprocessing>,
    ) -> Result<(), Stopped> {
        (self.card.preprocessing, self.card.preprocessing_source) = match given {
            Some(given) => (given, "chosen by you".to_owned()),
            None => self.guess.clone(),
        };
        Ok(())
    }

    /// Logits and probabilities of one image.
    ///
    /// # Errors
    /// The model cannot take the image, or its output is not finite.
    pub(super) async fn classify(&self, image: &NormImage) -> Result<Classification, Stopped> {
        let fail = |error: ClassifierError| Stopped::Failed(of_classifier(Stage::Classify, &error));
        let logits = self
            .classifier
            .logits(image.values.clone(), image.size)
            .await
            .map_err(fail)?;
        if let Some(class) = logits.iter().position(|logit| !logit.is_finite()) {
            return Err(fail(ClassifierError::Device(format!(
                "the model's output for class {class} is not finite"
            ))));
        }
        Ok(Classification::from_logits(logits))
    }
}

fn card(graph: &Graph, name: &str, size_bytes: u64, given: Option<Preprocessing>) -> ModelCard {
    let input = graph.inputs.first();
    let described = graph
        .metadata
        .get(PREPROCESSING_KEY)
        .and_then(|json| serde_json::from_str(json).ok());
    let (preprocessing, source) = match (given, described) {
        (Some(given), _) => (given, "chosen by you"),
        (None, Some(described)) => (described, "the file's own description"),
        (None, None) => (
            sized(graph, Preprocessing::imagenet()),
            "assumed: the file says nothing about it",
        ),
    };
    let classes = match graph.outputs.first().and_then(|output| output.shape.get(1)) {
        Some(Dimension::Fixed(classes)) => *classes,
        _ => 0,
    };
    let metadata = |key: &str| graph.metadata.get(key).cloned().unwrap_or_default();
    let title = metadata(TITLE_KEY);
    ModelCard {
        name: if title.is_empty() {
            name.to_owned()
        } else {
            title
        },
        producer: graph.producer.clone(),
        opset: graph.opset,
        input_name: input.map(|input| input.name.clone()).unwrap_or_default(),
        input_shape: input
            .map(|input| input.shape.iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
        classes,
        parameters: graph.parameters(),
        size_bytes,
        operators: graph.operators(),
        preprocessing,
        preprocessing_source: source.to_owned(),
        labels: metadata(LABELS_KEY),
        ..ModelCard::default()
    }
}

/// A preset at the size the model is fixed to, where it is; the margin around the crop in proportion.
fn sized(graph: &Graph, mut preset: Preprocessing) -> Preprocessing {
    let shape = graph.inputs.first().map(|input| input.shape.as_slice());
    if let Some([_, _, Dimension::Fixed(height), Dimension::Fixed(width)]) = shape {
        preset.height_px = *height;
        preset.width_px = *width;
        let shorter_side_px = (*height.max(width) as f64 / 0.875).round() as usize;
        preset.resize = crate::protocol::ResizeRule::ShorterSideThenCrop { shorter_side_px };
    }
    preset
}
