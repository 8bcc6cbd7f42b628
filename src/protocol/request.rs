//! What the page asks of the engine.

use serde::{Deserialize, Serialize};

use super::{
    MaskSettings, ModelOptions, ModelSource, Preprocessing, RandomiseRequest, RcapSettings,
    Settings, StudyRequest,
};

/// Numbers a request; every event names the request it answers, and stale ones are dropped.
pub type JobId = u64;

/// A numbered request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Its number.
    pub job: JobId,
    /// What is asked.
    pub body: RequestBody,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestBody {
    /// Load a model; answered by `ModelReady`. The image, if any, is kept and classified anew. Where
    /// the file leaves open what to use, `ModelPorts` comes before the `Failed`.
    OpenModel {
        /// Shown to the person.
        name: String,
        /// Where its bytes are.
        source: ModelSource,
        /// Used instead of the model's own description.
        preprocessing: Option<Preprocessing>,
        /// What the person chose where the file leaves it open.
        #[serde(default)]
        options: ModelOptions,
        /// Files that hold its weights and lie behind it in what came with the message.
        #[serde(default)]
        beside: Vec<FileBeside>,
    },
    /// Feed the open model by another preprocessing, or by its own again where none is given;
    /// answered by `ModelReady`. The image, if any, is kept and classified anew.
    SetPreprocessing(Option<Preprocessing>),
    /// Decode an image whose bytes or file handle came with the message; answered by `ImageReady`
    /// and `Classified`.
    OpenImage {
        /// Shown to the person.
        name: String,
    },
    /// Explain a class of the open image; answered by `Map` events and a `Finished`.
    Explain(ExplainRequest),
    /// Measure a map of the open image, whose values came with the message as little-endian 32-bit
    /// floats, row by row; answered by `Measured`.
    Measure(MeasureRequest),
    /// Explain once more for each group of layers that loses its weights, and compare with a map whose
    /// values came with the message as for a measure; answered by `Randomised` events, a `Measured` and
    /// a `Finished`.
    Randomise(RandomiseRequest),
    /// Show the steps by which Guided AbsoluteGrad explains a class of the open image; answered by a
    /// `Lesson`. What was computed before is kept, and used.
    Lesson(ExplainRequest),
    /// Compute the gradient of a class of the open image, or else of the most probable one, for another program to be
    /// compared with; answered by a `CheckMaterial`.
    CheckMaterial(Option<usize>),
    /// Mark where the object is in the open image by a picture whose bytes or file handle came with
    /// the message; answered by `MaskReady`.
    OpenMask {
        /// Shown to the person.
        name: String,
        /// How the picture becomes a mask.
        settings: MaskSettings,
    },
    /// Explain and measure one image of many, whose bytes or file handle came with the message, its
    /// mask's behind them; answered by a `StudyRow` for each method. What is open stays open.
    StudyImage {
        /// What is wanted.
        study: Box<StudyRequest>,
        /// How many of the bytes are the image's.
        image_bytes: u64,
    },
    /// Stop the running job; answered by its `Cancelled`.
    Cancel,
}

/// A file that came with another, behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileBeside {
    /// Its name, without folders.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// Which explanation is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainRequest {
    /// The class to explain; the most probable one where none is given.
    pub target: Option<usize>,
    /// Id of the method.
    pub method: String,
    /// Its parameters; missing ones take their defaults.
    pub settings: Settings,
    /// Measure the finished map with RCAP.
    pub rcap: Option<RcapSettings>,
}

/// Which measure of a map is wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasureRequest {
    /// Id of the measure.
    pub measure: String,
    /// Its parameters; missing ones take their defaults.
    pub settings: Settings,
    /// The class the map explains.
    pub target: usize,
}
