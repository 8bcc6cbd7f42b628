//! What can happen to the page.

use super::{Notice, Sample, View, WorkerKind};
use crate::protocol::{Answer, DeviceChoice, JobId, RcapSettings, Setting};

/// Stands for a file the browser holds; the state never sees its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTicket {
    /// Finds the file again.
    pub id: u64,
    /// The file's name.
    pub name: String,
}

/// What `navigator.gpu` offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// Not asked yet.
    Unknown,
    /// The browser has no WebGPU, or this build of the page has no GPU worker.
    None,
    /// WebGPU emulated on the processor.
    Software,
    /// A graphics card.
    Hardware,
}

/// Something that was to happen later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// Settings have been left alone for a moment; holds the count of changes it was set at.
    Settled(u64),
    /// A cancelled job should have answered by now.
    CancelOverdue(JobId),
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The page opened.
    Start,
    /// The browser said what it can compute on.
    Adapter(Adapter),
    /// The person chose a device.
    ChooseDevice(DeviceChoice),
    /// The list of sample photos arrived.
    Samples(Vec<Sample>),
    /// A label set arrived: its name and its class names.
    Labels(String, Vec<String>),
    /// A photo or a model was dropped, pasted or picked.
    OpenFile(FileTicket),
    /// A sample photo was picked.
    OpenSample(usize),
    /// Back to the model that comes with the page.
    OpenDefaultModel,
    /// Explain this class.
    ChooseTarget(usize),
    /// Explain with this method.
    ChooseMethod(String),
    /// A parameter was changed.
    Set(String, Setting),
    /// The measure's settings were changed.
    SetRcap(RcapSettings),
    /// All settings back to the paper's.
    ResetSettings,
    /// Explain with the settings as they are, after a stop or a failure.
    Explain,
    /// Stop.
    Cancel,
    /// Show the map in another way.
    View(View),
    /// The page itself has something to say.
    Tell(Notice),
    /// The message was read.
    Dismiss,
    /// A timer ran out.
    Elapsed(Timer),
    /// A file or sample could not be handed to the worker.
    AttachmentLost {
        /// The request it belonged to.
        job: JobId,
        /// Its name.
        name: String,
    },
    /// A worker answered.
    Answered {
        /// Which.
        worker: WorkerKind,
        /// What it said.
        answer: Box<Answer>,
    },
    /// A worker died or could not be understood.
    WorkerLost {
        /// Which.
        worker: WorkerKind,
        /// What is known of it.
        message: String,
    },
}
