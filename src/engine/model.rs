//! The open model: its card, and its network on the device.

mod card;
mod guess;

use self::{
    card::describe,
    guess::{Guess, chosen, guess, sized},
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
    onnx::{
        FileHandle, Graph, OnnxError, cut_activation, expand, is_quantised, parse_file, select,
        simplify, take_channels_first,
    },
    protocol::{
        Classification, Event, JobId, Layout, ModelCard, ModelOptions, Preprocessing, Stage,
    },
};

/// Sides tried where a file leaves the size open and the usual one does not fit: what networks in
/// wide use were trained at, the most common first.
const USUAL_SIDES_PX: [usize; 16] = [
    299, 256, 240, 260, 300, 380, 384, 320, 192, 160, 128, 96, 64, 32, 28, 448,
];

/// What a person should know of gradients that pass roundings.
const STRAIGHT_THROUGH: &str = "The model computes with rounded numbers (it is quantised). Its scores are those of the \
                                rounded arithmetic; its gradients pass each rounding as if nothing was rounded \
                                (straight-through), and none where it saturates.";

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
        card::of_file(&mut card, name, file.size());
        let mut graph = parse_file(file)?;
        check_weights(name, &graph, host.memory())?;
        describe(&mut card, &graph);
        expand(&mut graph);
        let selection = match select(&mut graph, options) {
            Ok(selection) => selection,
            Err(error) => {
                let ports = Box::new(std::mem::take(&mut card.ports));
                host.emit(job, Event::ModelPorts(ports));
                return Err(error.into());
            }
        };
        card.activation = cut_activation(&mut graph);
        let source = graph.clone();
        card.weight_layers = weight_layers(&source).len();
        simplify(&mut graph);
        let mut own = guess(&graph, &selection, name);
        if selection.layout == Layout::Nhwc {
            take_channels_first(&mut graph);
        }
        let network = device.network(&graph);
        card::hashed(&mut card, file)?;
        if let Some(reason) = file.failure() {
            return Err(OnnxError::Unreadable(reason.to_owned()).into());
        }
        let classifier = network.inspect_err(|error| {
            if let OnnxError::Unsupported(nodes) = error {
                host.emit(job, Event::UnsupportedNodes(nodes.clone()));
            }
        })?;
        card::selected(&mut card, &graph, selection);
        card.rectifiers = classifier.rectifiers().unwrap_or_default();
        if is_quantised(&graph) {
            card.warnings.push(STRAIGHT_THROUGH.to_owned());
        }
        card.warnings.append(&mut own.warnings);
        if own.free_size && preprocessing.is_none() {
            fit_size(classifier.as_ref(), &mut own.preprocessing);
        }
        let mut model = Self {
            card,
            classifier,
            own,
            source,
        };
        model.set_preprocessing(preprocessing, host.memory())?;
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
        let (preprocessing, source) = match given {
            Some(given) => {
                let source = chosen(&given);
                (given, source)
            }
            None => (self.own.preprocessing.clone(), self.own.source.clone()),
        };
        crate::image::check_preprocessing(&preprocessing)?;
        let cost = cost(self.classifier.as_ref(), &preprocessing)
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
        Ok(Classification::from_logits(logits))
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
    })
}

/// Another usual size, where the one assumed does not fit the network and that one does.
fn fit_size(classifier: &dyn Classifier, preprocessing: &mut Preprocessing) {
    if cost(classifier, preprocessing).is_ok() {
        return;
    }
    let fitting = USUAL_SIDES_PX
        .into_iter()
        .map(|side| sized(preprocessing, side, side))
        .find(|sized| cost(classifier, sized).is_ok());
    if let Some(fitting) = fitting {
        *preprocessing = fitting;
    }
}

#[cfg(test)]
mod tests;
