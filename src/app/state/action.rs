//! What can happen to the page.

use super::{
    BatchAction, CheckAction, Example, LessonAction, MaskSource, Memory, Notice, Sample, Split,
    View, WorkerKind, ZoomStep,
};
use crate::protocol::{
    Answer, DeviceChoice, JobId, MaskSettings, ModelOptions, Preprocessing, RcapSettings, Setting,
};

/// Stands for a file the browser holds; the state never sees its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileTicket {
    /// Finds the file again.
    pub id: u64,
    /// The file's name.
    pub name: String,
    /// Its length.
    pub bytes: u64,
}

/// Files that are opened as models: ONNX's own, archives, and those of other programs, which are refused by name.
const MODELS: [&str; 24] = [
    ".onnx",
    ".zip",
    ".gz",
    ".pt",
    ".pth",
    ".pkl",
    ".ckpt",
    ".h5",
    ".hdf5",
    ".keras",
    ".tflite",
    ".mlmodel",
    ".mlpackage",
    ".pb",
    ".safetensors",
    ".engine",
    ".trt",
    ".plan",
    ".ort",
    ".gguf",
    ".caffemodel",
    ".pdmodel",
    ".pte",
    ".rknn",
];
/// Files that hold the weights of an ONNX model beside it.
const WEIGHTS: [&str; 5] = [".data", "_data", ".bin", ".weight", ".weights"];
const IMAGES: [&str; 12] = [
    ".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".avif", ".heic", ".tif", ".tiff",
    ".svg",
];

impl FileTicket {
    /// It is called like a model.
    pub fn is_model(&self) -> bool {
        self.ends(&MODELS)
    }

    /// It is called like a file that holds a model's weights.
    pub fn is_weights(&self) -> bool {
        let name = self.name.to_lowercase();
        !self.is_model() && (self.ends(&WEIGHTS) || name.contains(".onnx"))
    }

    /// It is called like an image.
    pub fn is_image(&self) -> bool {
        self.ends(&IMAGES)
    }

    /// It is called like a text: class names, a result, a table.
    pub fn is_text(&self) -> bool {
        self.ends(&[".txt", ".json", ".csv"])
    }

    fn ends(&self, endings: &[&str]) -> bool {
        let name = self.name.to_lowercase();
        endings.iter().any(|ending| name.ends_with(ending))
    }
}

/// What `navigator.gpu` offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adapter {
    /// Not asked yet.
    Unknown,
    /// The browser has no WebGPU.
    None,
    /// This build of the page has no program for the GPU, or not yet.
    NotBuilt,
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
    /// The measures' parameters have been left alone; holds the count of changes it was set at.
    MeasuresSettled(u64),
    /// A step of the lesson has been on show for long enough; holds the count of waits it was set at.
    LessonStep(u64),
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
    /// The finished example arrived.
    ShowExample(Box<Example>),
    /// A label set arrived: its name and its class names.
    Labels(String, Vec<String>),
    /// A file or several, of photos or models, were dropped, pasted or picked.
    OpenFiles(Vec<FileTicket>),
    /// Back to an image that was open before, by its generation.
    ShowImage(u64),
    /// Forget an image that was open before.
    RemoveImage(u64),
    /// A sample photo was picked.
    OpenSample(usize),
    /// Back to the model that comes with the page.
    OpenDefaultModel,
    /// What was chosen for models on earlier visits.
    Remember(Memory),
    /// Feed the model by this preprocessing, or by its own again.
    SetPreprocessing(Option<Preprocessing>),
    /// Open the model once more with these choices.
    SetModelOptions(ModelOptions),
    /// Name the classes by this set, or with an empty name by the model's own.
    ChooseLabels(String),
    /// The text of a file was read.
    TextRead(FileTicket, String),
    /// Show or hide what is known about the model.
    ShowModel(bool),
    /// Explain this class.
    ChooseTarget(usize),
    /// Explain with this method.
    ChooseMethod(String),
    /// A parameter was changed.
    Set(String, Setting),
    /// The measure's settings were changed.
    SetRcap(RcapSettings),
    /// All settings as in a study of the paper, or at their defaults.
    ChoosePreset(String),
    /// All settings back to the paper's.
    ResetSettings,
    /// Back to the settings before the newest change.
    Undo,
    /// Forth again.
    Redo,
    /// The page speaks another language.
    LanguageChanged,
    /// Settings from a link.
    OpenLink(String),
    /// Compare these methods too.
    AddMethods(Vec<String>),
    /// No longer compare this method.
    RemoveMethod(String),
    /// Show a method of the comparison at another place.
    MoveMethod(String, usize),
    /// Take a measure of all compared maps, or no longer.
    ToggleMeasure(String),
    /// A parameter of a measure was changed.
    SetMeasure {
        /// Id of the measure.
        measure: String,
        /// The parameter.
        name: String,
        /// Its value.
        value: Setting,
    },
    /// Check whether the large map depends on the network's weights.
    Randomise,
    /// Compute what the comparison still lacks.
    Compare,
    /// Stop computing the comparison.
    PauseComparing,
    /// Try again what could not be computed.
    RetryComparing,
    /// Colour all compared maps by one scale.
    LockScale(bool),
    /// Two pictures against each other.
    SplitView(Split),
    /// Mark the object by a picture.
    OpenMask(MaskSource),
    /// How a picture becomes a mask.
    SetMask(MaskSettings),
    /// No mask any more.
    RemoveMask,
    /// Something about the lesson.
    Lesson(LessonAction),
    /// Something about many images.
    Batch(BatchAction),
    /// Something about the second opinion.
    Check(CheckAction),
    /// Explain with the settings as they are, after a stop or a failure.
    Explain,
    /// Stop.
    Cancel,
    /// Show the map in another way.
    View(View),
    /// Show another part of all pictures of the photo.
    Zoom(ZoomStep),
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
