//! What the state wants done in the world.

use super::{FileTicket, Shared, Timer, WorkerKind};
use crate::protocol::{
    CheckOrder, DeviceChoice, MapReport, ModelOptions, ModelSource, Preprocessing, Request,
};

/// Where the model that comes with the page lies, relative to the page.
pub const DEFAULT_MODEL_URL: &str = "models/efficientnet-lite0.onnx";

/// What travels with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Attachment {
    /// A file of the person's.
    File(FileTicket),
    /// A photo that comes with the page, by its address.
    Sample(String),
    /// Two files of the person's, the bytes of the second behind those of the first.
    Pair(Box<[FileTicket; 2]>),
    /// Several files of the person's, one behind the other.
    Files(Vec<FileTicket>),
    /// The values of a map.
    Map(Shared<MapReport>),
    /// Values, and the files of a model behind them.
    Check {
        /// The values.
        values: Vec<f32>,
        /// The files, none where the model comes with the page.
        files: Vec<FileTicket>,
    },
}

/// An image and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageSource {
    /// Shown to the person.
    pub name: String,
    /// Where its bytes are.
    pub attachment: Attachment,
}

impl ImageSource {
    /// Name of its file.
    pub fn file_name(&self) -> &str {
        match &self.attachment {
            Attachment::Sample(address) => file_of(address),
            _ => &self.name,
        }
    }
}

/// The last part of an address.
fn file_of(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or(address)
}

impl From<FileTicket> for ImageSource {
    fn from(file: FileTicket) -> Self {
        Self {
            name: file.name.clone(),
            attachment: Attachment::File(file),
        }
    }
}

/// A model and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelChoice {
    /// Shown to the person.
    pub name: String,
    /// Where its bytes are.
    pub source: ModelSource,
    /// The file, where it is one.
    pub file: Option<FileTicket>,
    /// Files that may hold its weights.
    pub beside: Vec<FileTicket>,
    /// Used instead of its own preprocessing.
    pub preprocessing: Option<Preprocessing>,
    /// Choices among inputs, outputs and axes.
    pub options: ModelOptions,
}

impl Default for ModelChoice {
    fn default() -> Self {
        Self {
            name: "EfficientNet-Lite0".to_owned(),
            source: ModelSource::Url(DEFAULT_MODEL_URL.to_owned()),
            file: None,
            beside: Vec::new(),
            preprocessing: None,
            options: ModelOptions::default(),
        }
    }
}

impl ModelChoice {
    /// Name of its file.
    pub fn file_name(&self) -> &str {
        match &self.source {
            ModelSource::Url(address) => file_of(address),
            ModelSource::Attached => &self.name,
        }
    }
}

/// Something to do.
#[derive(Clone, Debug, PartialEq)]
#[allow(
    clippy::large_enum_variant,
    reason = "commands are few, and carried out as soon as they are made"
)]
pub enum Command {
    /// Start a worker, or start it anew.
    StartWorker {
        /// Which.
        worker: WorkerKind,
        /// What its engine may compute on.
        choice: DeviceChoice,
    },
    /// End a worker at once.
    StopWorker(WorkerKind),
    /// Send a request to a worker.
    Post {
        /// Which.
        worker: WorkerKind,
        /// The request.
        request: Request,
        /// What travels with it.
        attachment: Option<Attachment>,
    },
    /// Start the worker that checks, or start it anew.
    StartChecker,
    /// End it at once.
    StopChecker,
    /// Send it an order.
    PostCheck {
        /// The order.
        order: Box<CheckOrder>,
        /// What travels with it.
        attachment: Attachment,
    },
    /// Come back with [`super::Action::Elapsed`].
    Wait {
        /// What is waited for.
        timer: Timer,
        /// How long.
        delay_ms: u32,
    },
    /// Fetch the names of a label set.
    FetchLabels(String),
    /// Read the text of a file, for [`super::Action::TextRead`].
    ReadText(FileTicket),
    /// Keep this text until the next visit, for [`super::Action::Remember`].
    Remember(String),
}
