//! From a chosen input and output to a network: its size, its way to a row of scores, its probabilities.

use super::{
    Stopped, cost,
    guess::{Guess, guess},
    size::fit_size,
};
use crate::{
    classifier::{Classifier, ClassifierError, Cost},
    engine::{device::Device, failure::of_classifier},
    onnx::{
        Adapted, Graph, OnnxError, Selection, adapt, add_negative, add_rest, gives_probabilities,
        simplify, take_channels_first,
    },
    protocol::{
        FinalActivation, Layout, ModelCard, ModelOptions, OutputRegion, Preprocessing,
        Probabilities, Stage,
    },
};

/// The outputs are taken as they are.
const GIVEN: &str = "The model puts out values between 0 and 1 only, and no last layer that makes them of scores could be \
                     left out. They are taken as probabilities as they are, and gradients are those of the \
                     probability, which fade where it is close to 0 or 1.";
/// Nothing says what a single number is.
const ONE_NUMBER: &str = "The model gives one number an image and does not say what it means. It is taken as the score \
                          of one of two classes; if it is a measurement, look at its gradient and not at \
                          probabilities.";
/// Whose score a single one is.
const ONE_SCORE: &str = "The model gives one score for two classes: class 0 is what the score speaks for, class 1 its \
                         opposite, with the negative score. Their probabilities are p and 1 - p. Keras numbers them \
                         the other way round: there the score speaks for the second name.";
/// The same of a probability.
const ONE_PROBABILITY: &str = "The model gives one probability for two classes: class 0 is what it speaks for, class 1 \
                               its opposite. Their probabilities are p and 1 - p. Keras numbers them the other way \
                               round: there it speaks for the second name.";

/// A network, and what was found on the way to it.
pub struct Built {
    /// The network.
    pub classifier: Box<dyn Classifier>,
    /// Its graph before it was simplified.
    pub source: Graph,
    /// The graph as it is run.
    pub cut: Graph,
    /// What an image costs as it is fed at first, or why it does not fit.
    pub costed: Result<Option<Cost>, ClassifierError>,
    /// The model's own preprocessing, as far as it could be found.
    pub own: Guess,
    /// What the person should know, in sentences.
    pub warnings: Vec<String>,
    /// Why scores become probabilities as they do, as half a sentence.
    pub probabilities_source: String,
    /// The part of the output that counts, where it is a map.
    pub region: Option<OutputRegion>,
    /// Whether the second of two classes was made of the one score there is.
    pub one_score: bool,
    /// What was made of the map.
    pub adapted: Option<Adapted>,
}

/// Why there is no network.
#[derive(Debug)]
pub enum NotBuilt {
    /// The file is to blame, or a choice about it.
    Onnx(OnnxError),
    /// It cannot be run.
    Classifier(ClassifierError),
}

impl From<OnnxError> for NotBuilt {
    fn from(error: OnnxError) -> Self {
        Self::Onnx(error)
    }
}

impl From<NotBuilt> for Stopped {
    fn from(error: NotBuilt) -> Self {
        match error {
            NotBuilt::Onnx(error) => error.into(),
            NotBuilt::Classifier(error) => of_classifier(Stage::Model, &error).into(),
        }
    }
}

/// Puts `graph`, of which `selection` was chosen, on `device`. A network whose output turns out to be a map of
/// scores, or one score for two classes, is built once more with what makes a row of it.
///
/// # Errors
/// Nodes that are not supported, or a choice that does not fit the output.
pub fn build(
    device: &Device,
    mut graph: Graph,
    selection: &Selection,
    card: &ModelCard,
    given: Option<&Preprocessing>,
    options: &ModelOptions,
    name: &str,
) -> Result<Built, NotBuilt> {
    let mut warnings = Vec::new();
    let mut region = None;
    let mut one_score = false;
    let mut map = None;
    let (kind, mut probabilities_source) = kind_of(&graph, card.activation, options);
    graph.probabilities = kind;
    if kind == Probabilities::Given && options.probabilities.is_none() {
        warnings.push(GIVEN.to_owned());
    }
    let mut own: Option<Guess> = None;
    loop {
        let mut cut = graph.clone();
        simplify(&mut cut);
        let mut found = match own.take() {
            Some(own) => own,
            None => guess(&cut, selection, options, name),
        };
        if selection.layout == Layout::Nhwc {
            take_channels_first(&mut cut);
        }
        let classifier = device.network(&cut)?;
        let costed = if found.free_size && given.is_none() {
            found.free_size = false;
            fit_size(classifier.as_ref(), selection, &mut found.preprocessing)
        } else {
            cost(classifier.as_ref(), given.unwrap_or(&found.preprocessing))
        };
        let fed = given.unwrap_or(&found.preprocessing);
        let image_px = [fed.height_px, fed.width_px];
        let again = match &costed {
            Err(ClassifierError::Output { shape }) if region.is_none() => {
                let wanted = options.region.unwrap_or_default();
                let adapted = adapt(&mut graph, shape, image_px, selection.layout, wanted)?;
                if let Some(adapted) = adapted {
                    region = Some(wanted);
                    map = Some(adapted);
                    warnings.push(map_note(shape, adapted.grid, wanted));
                }
                adapted.is_some()
            }
            Ok(Some(cost)) if cost.classes == 1 && !one_score => {
                one_score = of_one_score(
                    &mut graph,
                    card.activation,
                    options,
                    &mut probabilities_source,
                    &mut warnings,
                )?;
                one_score
            }
            // Of several scores with their opposites, each class has a probability of its own.
            Ok(Some(cost)) if graph.probabilities == Probabilities::Binary && cost.classes != 2 => {
                refuse_binary(options, cost.classes)?;
                graph.probabilities = Probabilities::Sigmoid;
                true
            }
            Ok(Some(cost)) if graph.probabilities != Probabilities::Binary => {
                refuse_binary(options, cost.classes)?;
                false
            }
            _ => false,
        };
        if !again {
            return Ok(Built {
                classifier,
                source: graph,
                cut,
                costed,
                own: found,
                warnings,
                probabilities_source,
                region,
                one_score,
                adapted: map,
            });
        }
        own = Some(found);
    }
}

/// Two classes are made of one score, or of one that is put out with its opposite.
fn refuse_binary(options: &ModelOptions, classes: usize) -> Result<(), OnnxError> {
    if options.probabilities != Some(Probabilities::Binary) {
        return Ok(());
    }
    Err(OnnxError::Probabilities {
        kind: Probabilities::Binary.to_string(),
        reason: format!(
            "the model gives {classes} scores, and two classes are made of one score only"
        ),
    })
}

/// How scores become probabilities, as far as the last layer and the person tell, and why.
fn kind_of(
    graph: &Graph,
    activation: Option<FinalActivation>,
    options: &ModelOptions,
) -> (Probabilities, String) {
    let complement = activation == Some(FinalActivation::Complement);
    match (options.probabilities, activation) {
        // Made of one score later, when it is known that there is one.
        (Some(Probabilities::Binary), _) if !complement => {
            (Probabilities::Softmax, "chosen".to_owned())
        }
        (Some(kind), _) => (kind, "chosen".to_owned()),
        (None, Some(FinalActivation::Sigmoid)) => (
            Probabilities::Sigmoid,
            "the model ends in a Sigmoid".to_owned(),
        ),
        (None, Some(activation)) => {
            let kind = if complement {
                Probabilities::Binary
            } else {
                Probabilities::Softmax
            };
            (kind, format!("the model ends in a {activation}"))
        }
        (None, None) if gives_probabilities(graph) => (
            Probabilities::Given,
            "the model puts out values between 0 and 1 only".to_owned(),
        ),
        (None, None) => (
            Probabilities::Softmax,
            "assumed, because the model puts out its scores as they are".to_owned(),
        ),
    }
}

/// What becomes of a single score; whether the network is built anew.
fn of_one_score(
    graph: &mut Graph,
    activation: Option<FinalActivation>,
    options: &ModelOptions,
    source: &mut String,
    warnings: &mut Vec<String>,
) -> Result<bool, OnnxError> {
    match options.probabilities {
        Some(Probabilities::Softmax) => {
            return Err(OnnxError::Probabilities {
                kind: Probabilities::Softmax.to_string(),
                reason: "the model gives one score, whose share of itself is always 1; choose binary or \
                         sigmoid"
                    .to_owned(),
            });
        }
        Some(Probabilities::Sigmoid) => return Ok(false),
        Some(Probabilities::Binary | Probabilities::Given) => {}
        None if graph.probabilities == Probabilities::Given => {}
        None => {
            *source = match activation {
                Some(FinalActivation::Sigmoid) => "the model ends in a Sigmoid of one score",
                _ => "assumed, because the model gives one score",
            }
            .to_owned();
            if activation != Some(FinalActivation::Sigmoid) {
                warnings.push(ONE_NUMBER.to_owned());
            }
        }
    }
    if graph.probabilities == Probabilities::Given {
        warnings.push(ONE_PROBABILITY.to_owned());
        add_rest(graph)?;
    } else {
        warnings.push(ONE_SCORE.to_owned());
        add_negative(graph)?;
        graph.probabilities = Probabilities::Binary;
    }
    Ok(true)
}

/// What is explained of a map of scores.
fn map_note(shape: &[usize], [rows, columns]: [usize; 2], region: OutputRegion) -> String {
    let part = match region {
        OutputRegion::Mean => "their mean over all places".to_owned(),
        OutputRegion::Centre => "those of the place in the middle".to_owned(),
        OutputRegion::Part([top, left, bottom, right]) => format!(
            "their mean over the rows from {top} to {bottom} and the columns from {left} to {right} of the \
             whole"
        ),
    };
    format!(
        "The output has shape {shape:?}: scores for {rows} x {columns} places, as of a segmentation. What is \
         explained is {part}; probabilities are made of that."
    )
}
