//! What the engine tells the page while it works.

use serde::{Deserialize, Serialize};

use super::{
    AlteredImages, CheckMaterial, CheckOutcome, Classification, DeviceReport, Failure, ImageCard,
    LessonReport, MapReport, MaskReport, MeasureOffer, MeasureReport, MethodDescription, ModelCard,
    ModelPorts, Pixels, PresetDescription, RandomisedMap, RcapReport, StudyRow, UnsupportedNode,
    map::{bytes_taken, float_bytes, floats},
};

/// A step of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Choosing and trying a device.
    Device,
    /// Fetching and reading the model.
    Model,
    /// Decoding and preprocessing the image.
    Image,
    /// One forward pass.
    Classify,
    /// Gradients and the map.
    Explain,
    /// RCAP.
    Measure,
}

/// How far a stage has come.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Units done: gradients, images or bytes.
    pub done: u64,
    /// Units in all; 0 where it is not known.
    pub total: u64,
    /// Since the stage began.
    pub elapsed_ms: f64,
}

/// How long a stage took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageTime {
    /// The stage.
    pub stage: Stage,
    /// Wall time.
    pub elapsed_ms: f64,
}

/// One message from the engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The measures there are, sent before the methods.
    Measures(Vec<MeasureOffer>),
    /// The sets of settings there are, sent before the methods.
    Presets(Vec<PresetDescription>),
    /// The methods there are, sent once when the worker is ready for requests.
    Methods(Vec<MethodDescription>),
    /// A device passed its trial and is in use, or was turned down.
    Device(DeviceReport),
    /// Something is under way.
    Progress(Progress),
    /// The model cannot be opened before an input or output is chosen; its `Failed` follows.
    ModelPorts(Box<ModelPorts>),
    /// Files that hold the model's weights and did not come with it, by their places beside it; a `Failed`
    /// follows.
    ModelFilesMissing(Vec<String>),
    /// Every node that keeps a model from being explained; its `Failed` follows.
    UnsupportedNodes(Vec<UnsupportedNode>),
    /// A model is open.
    ModelReady(Box<ModelCard>),
    /// An image is open.
    ImageReady(Box<ImageCard>),
    /// The open image was classified.
    Classified(Classification),
    /// A map, partial until its samples are all in.
    Map(MapReport),
    /// The measure of the finished map.
    Rcap(Box<RcapReport>),
    /// What the job needed, told before its end.
    Memory {
        /// The most memory the engine has held since it was started.
        peak_bytes: u64,
    },
    /// The images of a measure that deletes and inserts pixels; its `Measured` follows.
    Altered(Box<AlteredImages>),
    /// A measure of a map that was sent along.
    Measured(Box<MeasureReport>),
    /// One more group of layers has lost its weights, and the map was made again.
    Randomised(Box<RandomisedMap>),
    /// The steps between the open image and its map.
    Lesson(Box<LessonReport>),
    /// What another program is compared with.
    CheckMaterial(Box<CheckMaterial>),
    /// The worker that checks takes an order.
    ReadyToCheck,
    /// What came of a check.
    Checked(Box<CheckOutcome>),
    /// One method on one image of many, measured.
    StudyRow(Box<StudyRow>),
    /// A mask is open.
    MaskReady(Box<MaskReport>),
    /// The job is done.
    Finished {
        /// Time per stage.
        times: Vec<StageTime>,
        /// Input gradients computed for this job; 0 where earlier ones were reused.
        gradients: usize,
    },
    /// The job was stopped by the person.
    Cancelled,
    /// The job could not be done.
    Failed(Failure),
    /// The engine itself is lost and must be started anew.
    Crashed {
        /// What it said last.
        message: String,
    },
}

impl Event {
    /// Takes the pixel and map data out, so that they can travel as transferred buffers beside
    /// the serialised event. Put them back with [`Event::attach`].
    pub fn detach(&mut self) -> Vec<Vec<u8>> {
        match self {
            Event::ImageReady(card) => vec![
                std::mem::take(&mut card.model_view.rgba),
                std::mem::take(&mut card.overview.rgba),
            ],
            Event::Map(map) => vec![bytes_taken(map)],
            Event::Randomised(step) => vec![bytes_taken(&mut step.map)],
            Event::Lesson(report) => report.detach(),
            Event::CheckMaterial(material) => material
                .detach()
                .iter()
                .map(|values| float_bytes(values))
                .collect(),
            Event::Altered(images) => {
                let order = std::mem::take(&mut images.salient_from);
                vec![
                    std::mem::take(&mut images.deleted.rgba),
                    std::mem::take(&mut images.beneath.rgba),
                    order.iter().flat_map(|from| from.to_le_bytes()).collect(),
                ]
            }
            Event::MaskReady(mask) => vec![std::mem::take(&mut mask.inside)],
            Event::Rcap(report) => report
                .recovered
                .iter_mut()
                .map(|pixels: &mut Pixels| std::mem::take(&mut pixels.rgba))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Puts back what [`Event::detach`] took out, in the same order.
    pub fn attach(&mut self, buffers: Vec<Vec<u8>>) {
        let mut buffers = buffers.into_iter();
        let mut next = move || buffers.next().unwrap_or_default();
        match self {
            Event::ImageReady(card) => {
                card.model_view.rgba = next();
                card.overview.rgba = next();
            }
            Event::Map(map) => map.set_bytes(&next()),
            Event::Randomised(step) => step.map.set_bytes(&next()),
            Event::Lesson(report) => report.attach(next),
            Event::CheckMaterial(material) => {
                material.attach([next(), next(), next()].map(|bytes| floats(&bytes)));
            }
            Event::Altered(images) => {
                images.deleted.rgba = next();
                images.beneath.rgba = next();
                let order = next();
                let order = order.as_chunks::<2>().0.iter();
                images.salient_from = order.map(|bytes| u16::from_le_bytes(*bytes)).collect();
            }
            Event::MaskReady(mask) => mask.inside = next(),
            Event::Rcap(report) => {
                for pixels in &mut report.recovered {
                    pixels.rgba = next();
                }
            }
            _ => {}
        }
    }
}
