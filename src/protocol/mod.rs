//! Plain data that crosses the boundary between the page and the engine: no tensors, no DOM.

mod altered;
mod answer;
mod catalogue;
mod channels;
mod check;
pub mod citation;
mod class;
mod device;
mod event;
mod failure;
mod labels;
mod lesson;
mod map;
mod mask;
mod measure;
mod measure_description;
mod method;
mod model;
mod model_options;
mod pixels;
mod preprocessing;
mod preset;
mod probabilities;
mod randomisation;
mod request;
mod settings;
mod study;

pub use altered::AlteredImages;
pub use answer::{Answer, StateAnswer, StateEvent};
pub use catalogue::{MeasureOffer, PresetDescription};
pub use channels::{ChannelOrder, FurtherChannels};
pub use check::{
    CheckInput, CheckMaterial, CheckOrder, CheckOutcome, CheckOutput, CheckReport, DirectionCheck,
    GradientCheck, HeldInput, LeftOut, ScoreCheck, ScoreMap, SlopeCheck, Verdict,
};
pub use citation::{Citation, Paper};
pub use class::{ClassScore, Classification};
pub use device::{DeviceChoice, DeviceKind, DeviceReport};
pub use event::{Event, Progress, Stage, StageTime};
pub use failure::{Failure, FailureKind};
pub use labels::{LabelSet, LabelsError, label_mismatch, parse_labels};
pub use lesson::{BrokenMap, LessonCopy, LessonReport};
pub use map::{CompletenessReport, MapReport};
pub use mask::{MaskChannel, MaskReport, MaskSettings};
pub use measure::{RcapReport, RcapSettings, RcapStep};
pub use measure_description::{
    Curve, Direction, MeasureDescription, MeasureReport, Score, ScoreDescription,
};
pub use method::{
    MethodDescription, ParameterDescription, ParameterKind, SettingsError, default_settings,
};
pub use model::{
    FinalActivation, Layout, ModelCard, ModelCost, ModelPorts, ModelSource, PortCard, Rectifiers,
    UnsupportedNode,
};
pub use model_options::{InputValue, ModelOptions, OutputRegion};
pub use pixels::{ImageCard, Pixels};
pub use preprocessing::{Preprocessing, ResizeRule};
pub use preset::PreprocessingPreset;
pub use probabilities::Probabilities;
pub use randomisation::{
    INSENSITIVE_RHO, RANDOMISATION, RANDOMISATION_CURVE, RandomiseRequest, RandomisedMap,
};
pub use request::{ExplainRequest, FileBeside, JobId, MeasureRequest, Request, RequestBody};
pub use settings::{Setting, Settings};
pub use study::{StudyItem, StudyMask, StudyRequest, StudyRow};
