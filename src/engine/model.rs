//! The open model: its card, and its network on the device.

mod build;
mod card;
mod guess;
mod size;

use self::{
    build::{Built, build},
    card::describe,
    guess::{Guess, chosen},
};
use super::{
    Colleague, Host, Memory, SharedClassifier, Stopped,
    cascade::weight_layers,
    device::Device,
    failure::of_classifier,
    memory::{check_gradient, check_weights},
};
use crate::{
    classifier::{Classifier, ClassifierError, Cost, NormImage, NotFinite, Size},
    image::ImageError,
    onnx::{
        Adapted, FileHandle, Graph, OnnxError, cut_behind_scores, expand, is_quantised,
        parse_named, select,
    },
    protocol::{Classification, Event, JobId, ModelCard, ModelOptions, Preprocessing, Stage},
};

/// What a person should know of gradients that pass roundings.
const STRAIGHT_THROUGH: &str = "The model computes with rounded numbers (it is quantised). Its scores are those of the \
                                rounded arithmetic; its gradients pass each rounding as if nothing was rounded \
                                (straight-through; Bengio, Léonard, Courville 2013, arXiv 1308.3432), and none where it \
                                saturates.";

/// A model on a device.
pub struct OpenModel {
    /// What is known about it.
    pub card: ModelCard,
    pub(super) classifier: Box<dyn Classifier>,
    /// The model's own preprocessing, as far as it could be found.
    own: Guess,
    /// The file's graph before simplification, from which randomised copies are made. Its weights
    /// share the file's bytes.
    pub(super) source: Graph,
    /// The value in the file that holds the scores, before what is put behind it here.
    pub(super) scores: String,
    /// What was put behind it, where it is a map.
    pub(super) adapted: Option<Adapted>,
    /// It computes with rounded numbers.
    pub(super) quantised: bool,
}

impl OpenModel {
    /// Reads a file and puts it on `device`. `preprocessing` overrides the file's own description,
    /// `options` choose where the file leaves open what to use. Before a failure, `host` is told the
    /// inputs and outputs to choose from, or every node that is not supported.
    ///
    /// # Errors
    /// The file is not a model that can be explained, or its weights do not fit.
    pub(super) fn open(
        device: &Device,
        host: &dyn Host,
        job: JobId,
        name: &str,
        file: &FileHandle,
        preprocessing: Option<Preprocessing>,
        options: &ModelOptions,
    ) -> Result<Self, Stopped> {
        let mut card = ModelCard::default();
        let mut graph = match parse_named(file, name) {
            Err(OnnxError::MissingFiles { files }) => {
                host.emit(job, Event::ModelFilesMissing(files.clone()));
                return Err(OnnxError::MissingFiles { files }.into());
            }
            parsed => parsed?,
        };
        card::of_file(&mut card, name, file);
        check_weights(name, &graph, host.memory())?;
        describe(&mut card, &graph);
        expand(&mut graph);
        let selection = match select(&mut graph, options) {
            Ok(selection) => selection,
            Err(error) => {
                if let OnnxError::Unsupported(nodes) = &error {
                    host.emit(job, Event::UnsupportedNodes(nodes.clone()));
                } else {
                    let ports = Box::new(std::mem::take(&mut card.ports));
                    host.emit(job, Event::ModelPorts(ports));
                }
                return Err(error.into());
            }
        };
        let behind = cut_behind_scores(&mut graph);
        card.activation = behind.as_ref().map(|(activation, _)| *activation);
        let scores = match behind {
            Some((_, scores)) => Some(scores),
            None => graph.outputs.first().map(|port| port.name.clone()),
        };
        let given = preprocessing.as_ref();
        let built = build(device, graph, &selection, &card, given, options, name);
        if let Some(reason) = file.failure() {
            return Err(OnnxError::Unreadable(reason).into());
        }
        let Built {
            classifier,
            source,
            own,
            cut,
            costed,
            warnings,
            probabilities_source,
            region,
            one_score,
            adapted,
        } = built.inspect_err(|stopped| {
            if let build::NotBuilt::Onnx(OnnxError::Unsupported(nodes)) = stopped {
                host.emit(job, Event::UnsupportedNodes(nodes.clone()));
            }
        })?;
        card::hashed(&mut card, file)?;
        if let Some(reason) = file.failure() {
            return Err(OnnxError::Unreadable(reason).into());
        }
        card.weight_layers = weight_layers(&source).len();
        card.probabilities = classifier.probabilities();
        card.probabilities_source = probabilities_source;
        card.region = region;
        card.one_score = one_score;
        let tables = card::selected(&mut card, &cut, selection);
        card.rectifiers = classifier.rectifiers().unwrap_or_default();
        let quantised = is_quantised(&cut);
        if quantised {
            card.warnings.push(STRAIGHT_THROUGH.to_owned());
        }
        card.warnings.extend(warnings);
        card.warnings.extend(own.warnings.iter().cloned());
        let mut model = Self {
            card,
            classifier,
            own,
            source,
            scores: scores.unwrap_or_default(),
            adapted,
            quantised,
        };
        model.feed(preprocessing, Some(costed), host.memory())?;
        card::name_by_table(&mut model.card, &tables);
        Ok(model)
    }

    /// Gives `colleagues`, who open the same file, parts of every batch from now on.
    pub(super) fn shared_with(self, colleagues: Vec<Box<dyn Colleague>>) -> Self {
        if colleagues.is_empty() {
            return self;
        }
        Self {
            classifier: Box::new(SharedClassifier::new(self.classifier, colleagues)),
            ..self
        }
    }

    /// Takes another preprocessing, or the model's own again.
    ///
    /// # Errors
    /// The model cannot take images of that size, or has no room for them; it keeps what it had.
    pub(super) fn set_preprocessing(
        &mut self,
        given: Option<Preprocessing>,
        memory: Memory,
    ) -> Result<(), Stopped> {
        self.feed(given, None, memory)
    }

    /// As [`OpenModel::set_preprocessing`], where it may be known already what an image costs then.
    fn feed(
        &mut self,
        given: Option<Preprocessing>,
        known: Option<Result<Option<Cost>, ClassifierError>>,
        memory: Memory,
    ) -> Result<(), Stopped> {
        let (preprocessing, source) = match given {
            Some(given) => {
                let source = chosen(&given);
                (given, source)
            }
            None => (self.own.preprocessing.clone(), self.own.source.clone()),
        };
        crate::image::check_preprocessing(&preprocessing)?;
        let (fed, taken) = (preprocessing.channel_count(), self.card.channels);
        if fed != taken {
            let reason = format!("it makes {fed} channels of a photo, but the model takes {taken}");
            return Err(ImageError::Preprocessing(reason).into());
        }
        let cost = known
            .unwrap_or_else(|| cost(self.classifier.as_ref(), &preprocessing))
            .map_err(|error| of_classifier(Stage::Model, &error))?;
        if let Some(cost) = &cost {
            check_gradient(&self.card.name, cost.gradient_bytes, memory)?;
        }
        self.card.preprocessing = preprocessing;
        self.card.preprocessing_source = source;
        card::costed(&mut self.card, cost);
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
            return Err(fail(self.not_finite(class, image).await));
        }
        Ok(Classification::new(logits, self.classifier.probabilities()))
    }
}

impl OpenModel {
    /// Why the score of `class` is not finite: weights that are not, or else the first node.
    async fn not_finite(&self, class: usize, image: &NormImage) -> ClassifierError {
        let weights = weights_not_finite(&self.source);
        if !weights.is_empty() {
            return ClassifierError::WeightsNotFinite { class, weights };
        }
        let found = self
            .classifier
            .first_not_finite(image.values.clone(), image.size);
        match found.await {
            Ok(Some(NotFinite { node, op })) => ClassifierError::NodeNotFinite { class, node, op },
            _ => ClassifierError::OutputNotFinite { class },
        }
    }
}

/// Names of the weights that hold numbers which are not finite, in the order in which nodes read them. Minus
/// infinity alone is the usual way to leave positions out, and counts only beside others.
fn weights_not_finite(graph: &Graph) -> Vec<String> {
    let mut names = Vec::new();
    let mut broken = false;
    for name in graph.nodes.iter().flat_map(|node| &node.inputs) {
        let Some(weight) = graph.initializers.get(name) else {
            continue;
        };
        if !weight.element_type.is_float() || names.contains(name) {
            continue;
        }
        let values = weight.floats();
        broken |= values
            .iter()
            .any(|value| value.is_nan() || *value == f32::INFINITY);
        if values.iter().any(|value| !value.is_finite()) {
            names.push(name.clone());
        }
    }
    if broken { names } else { Vec::new() }
}

fn cost(
    classifier: &dyn Classifier,
    preprocessing: &Preprocessing,
) -> Result<Option<Cost>, ClassifierError> {
    classifier.cost(Size {
        height: preprocessing.height_px,
        width: preprocessing.width_px,
        channels: preprocessing.channel_count(),
    })
}

#[cfg(test)]
mod tests;
