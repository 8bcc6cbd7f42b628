//! What the page knows and how it changes: a reducer without a browser, fed by the person and by
//! the engine, answering with commands to carry out.

mod action;
mod batch;
mod checking;
mod command;
mod comparing;
mod engine_events;
mod example;
mod explaining;
mod history;
mod initial;
mod label_choice;
mod labels;
mod lesson;
mod masking;
mod measure_settings;
mod memory;
mod models;
mod notice;
mod opening;
mod randomising;
mod remaining;
mod restoring;
mod results;
mod shared;
mod sharing;
mod strip;
mod view;
mod weight_files;
mod workers;
mod zoom;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use action::{Action, Adapter, FileTicket, Timer};
pub use batch::{
    Batch, BatchAction, BatchCost, BatchFile, BatchImage, BatchPhase, BatchPlan, BatchRow,
    BatchRows, MADE_BY,
};
pub use checking::{CheckAction, CheckAnswer, Checking};
pub use command::{Attachment, Command, ImageSource, ModelChoice};
pub use comparing::{CONTROLS, Comparison, Setback, Side, Split, Tile, is_control};
pub use example::Example;
pub use explaining::{Run, RunKind};
pub use label_choice::OWN_LABELS;
pub use labels::{Labels, Sample};
pub use lesson::{
    Candidate, CandidateMap, Lesson, LessonAction, LessonMaterial, LessonStep, TAUGHT,
};
pub use masking::MaskSource;
pub use memory::{Memory, ModelMemory};
pub use models::RefusedModel;
pub use notice::{Notice, NoticeKind};
pub use randomising::{Cascade, CascadeCost, CascadeStep};
pub use remaining::Remaining;
pub use results::{MapResult, ResultKey, Results};
pub use shared::Shared;
pub use strip::{Strip, StripImage};
pub use view::{COLORMAPS, MapView, View};
pub use workers::{WorkerKind, WorkerPhase, Workers};
pub use zoom::{Zoom, ZoomStep};

use super::strings::{say_measures, say_methods};
use crate::protocol::{
    Classification, DeviceChoice, DeviceReport, ImageCard, JobId, MapReport, MaskReport,
    MaskSettings, MeasureOffer, MethodDescription, ModelCard, ModelPorts, Preprocessing,
    PresetDescription, Progress, RcapReport, RcapSettings, Setting, Settings, StageTime,
    UnsupportedNode,
};
use explaining::RunKey;

/// The method explained with when the page opens.
pub const DEFAULT_METHOD: &str = "guided-absolute-grad";

/// Everything the page knows.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The workers and which of them answers.
    pub workers: Workers,
    /// What the person wants to compute on.
    pub device_choice: DeviceChoice,
    /// What the browser offers.
    pub adapter: Adapter,
    /// Devices that were turned down, with the reason.
    pub rejected_devices: Vec<DeviceReport>,
    /// What the engine can do.
    pub methods: Vec<MethodDescription>,
    /// What a map can be measured by besides RCAP.
    pub measures: Vec<MeasureOffer>,
    /// Both as the engine described them.
    offered: (Vec<MethodDescription>, Vec<MeasureOffer>),
    /// The paper's sets of settings.
    pub presets: Vec<PresetDescription>,
    /// Id of the method in use.
    pub method: String,
    /// Parameter values by name, shared by the methods that have a parameter of that name.
    pub values: BTreeMap<String, Setting>,
    /// Id of the set of settings that values come from where none were set; empty for defaults.
    pub preset: String,
    /// How the map is measured.
    pub rcap_settings: RcapSettings,
    /// The model in use and where it comes from.
    pub model: Option<Shared<ModelCard>>,
    model_choice: ModelChoice,
    pending_model: Option<(JobId, ModelChoice)>,
    /// The job that feeds the model by another preprocessing.
    feeding: Option<JobId>,
    /// A job on trial, and what the model was fed before it.
    fed_before: Option<(JobId, Option<Preprocessing>)>,
    ports: Option<Shared<ModelPorts>>,
    unsupported: Vec<UnsupportedNode>,
    weight_files: weight_files::WeightFiles,
    /// The newest model that could not be opened.
    pub refused_model: Option<RefusedModel>,
    /// What is known about the model is on show.
    pub model_panel: bool,
    /// Counts the models and the ways they were fed.
    pub model_generation: u64,
    /// What was chosen for models, kept between visits.
    pub memory: Memory,
    /// Name of the label set in use.
    pub label_set: String,
    /// The open image.
    pub image: Option<Shared<ImageCard>>,
    image_source: Option<ImageSource>,
    pending_image: Option<(JobId, ImageSource)>,
    /// The job whose classification is awaited or shown.
    classify_job: JobId,
    /// Counts the images that were opened, so that results of an earlier one are known as such.
    pub image_generation: u64,
    /// The images opened so far.
    pub strip: Strip,
    /// What the model said about the open image.
    pub classification: Option<Shared<Classification>>,
    /// The class being explained.
    pub target: Option<usize>,
    /// The newest map, perhaps partial, perhaps of earlier settings.
    pub map: Option<Shared<MapReport>>,
    /// The newest measure, perhaps of an earlier map.
    pub rcap: Option<Shared<RcapReport>>,
    /// The measure shown belongs to the map shown.
    pub rcap_current: bool,
    /// Times of the stages of the newest finished runs.
    pub times: Vec<StageTime>,
    /// Gradients the newest finished run computed; 0 where earlier ones were reused.
    pub gradients: Option<usize>,
    /// The explanation under way.
    pub run: Option<Run>,
    wanted: Option<RunKind>,
    /// Settings of the newest run whose gradients are all in.
    finished_key: Option<RunKey>,
    /// The person stopped the newest run, or it failed; nothing starts by itself until they act.
    pub halted: bool,
    changes: u64,
    measure_changes: u64,
    settling: bool,
    /// The example on show, until the engine has seen its photo.
    pub example: Option<Shared<Example>>,
    /// What the map on show was computed on, where that was before this visit.
    pub prepared: Option<String>,
    /// Finished maps.
    pub results: Results,
    /// Values of the measures' parameters by measure, where they were set.
    pub measure_values: BTreeMap<String, Settings>,
    /// The newest randomisation check of a large map.
    pub cascade: Option<Cascade>,
    /// The second opinion on the model.
    check: Checking,
    /// Methods side by side.
    pub comparison: Comparison,
    /// The method, step by step.
    pub lesson: Lesson,
    /// Many images by the same methods and measures.
    pub batch: Batch,
    /// Counts the engines asked one after another: what one has in memory another does not.
    session: u64,
    /// Where the object is.
    pub mask: Option<Shared<MaskReport>>,
    mask_source: Option<MaskSource>,
    /// How a picture becomes a mask.
    pub mask_settings: MaskSettings,
    mask_job: Option<JobId>,
    /// How far the stage under way has come.
    pub progress: Option<Progress>,
    /// What to tell the person.
    pub notice: Option<Notice>,
    /// Photos that come with the page.
    pub samples: Vec<Sample>,
    /// Class names by label set.
    pub labels: Labels,
    /// How the map is shown.
    pub view: View,
    history: history::History,
    next_job: JobId,
}

impl State {
    /// Takes an action in and returns what has to be done about it, in order.
    pub fn update(&mut self, action: Action) -> Vec<Command> {
        let mut commands = Vec::new();
        let out = &mut commands;
        let before = self.choices_before(&action);
        match action {
            Action::Start => self.start(out),
            Action::Adapter(adapter) => self.set_adapter(adapter, out),
            Action::ChooseDevice(choice) => self.choose_device(choice, out),
            Action::Samples(samples) => self.set_samples(samples, out),
            Action::ShowExample(example) => self.show_example(*example, out),
            Action::Labels(name, labels) => self.labels.insert(name, labels),
            Action::OpenFiles(files) => self.open_files(files, out),
            Action::ShowImage(generation) => self.show_image(generation, out),
            Action::RemoveImage(generation) => self.remove_image(generation, out),
            Action::OpenSample(index) => self.open_sample(index, out),
            Action::OpenDefaultModel => self.open_model(ModelChoice::default(), out),
            Action::Remember(memory) => self.memory = memory,
            Action::SetPreprocessing(preprocessing) => self.set_preprocessing(preprocessing, out),
            Action::SetModelOptions(options) => self.set_model_options(options, out),
            Action::ChooseLabels(set) => self.choose_labels(set, out),
            Action::TextRead(file, text) => self.text_read(&file, &text, out),
            Action::ShowModel(shown) => self.model_panel = shown,
            Action::ChooseTarget(class) => self.choose_target(class, out),
            Action::ChooseMethod(id) => self.choose_method(id, out),
            Action::Set(name, value) => self.set_parameter(name, value, out),
            Action::SetRcap(settings) => self.set_rcap(settings, out),
            Action::ChoosePreset(id) => self.choose_preset(id, out),
            Action::OpenLink(link) => self.open_link(&link, out),
            Action::AddMethods(ids) => self.add_methods(ids, out),
            Action::RemoveMethod(id) => self.remove_method(&id, out),
            Action::MoveMethod(id, place) => self.move_method(&id, place),
            Action::ToggleMeasure(id) => self.toggle_measure(&id, out),
            Action::SetMeasure {
                measure,
                name,
                value,
            } => {
                self.set_measure(&measure, &name, value, out);
            }
            Action::Randomise => self.randomise(out),
            Action::Compare => self.go_on_comparing(out),
            Action::PauseComparing => self.pause_comparing(out),
            Action::RetryComparing => self.retry_comparing(out),
            Action::LockScale(locked) => self.comparison.scale_locked = locked,
            Action::SplitView(split) => self.comparison.split = split,
            Action::OpenMask(source) => self.open_mask(source, out),
            Action::SetMask(settings) => self.set_mask_settings(settings, out),
            Action::RemoveMask => self.remove_mask(),
            Action::LanguageChanged => {
                self.methods = say_methods(&self.offered.0);
                self.measures = say_measures(&self.offered.1);
                self.say_batch_anew();
            }
            Action::Batch(action) => self.batch_acted(action, out),
            Action::Check(action) => self.check_acted(action, out),
            Action::Lesson(action) => self.lesson_acted(action, out),
            Action::ResetSettings => self.reset_settings(out),
            Action::Undo => self.travel(true, out),
            Action::Redo => self.travel(false, out),
            Action::Explain => self.explain_again(out),
            Action::Cancel => self.cancel(out),
            Action::View(view) => self.view = view,
            Action::Zoom(step) => self.view.zoom = self.view.zoom.after(step),
            Action::Tell(notice) => self.notice = Some(notice),
            Action::Dismiss => self.notice = None,
            Action::Elapsed(timer) => self.elapsed(timer, out),
            Action::AttachmentLost { job, name } => self.attachment_lost(job, &name, out),
            Action::Answered { worker, answer } => self.answered(worker, *answer, out),
            Action::WorkerLost { worker, message } => self.worker_lost(worker, &message, out),
        }
        self.note_choices(before);
        self.mind_lesson(out);
        self.mind_batch(out);
        self.mind_check(out);
        commands
    }

    /// Something the person waits for is under way.
    pub fn is_busy(&self) -> bool {
        self.run.is_some()
            || self.pending_image.is_some()
            || self.pending_model.is_some()
            || self.feeding.is_some()
    }

    /// The description of the method in use.
    pub fn method_description(&self) -> Option<&MethodDescription> {
        self.methods.iter().find(|method| method.id == self.method)
    }

    /// The map shown was made for the class, method and image chosen now.
    pub fn map_is_current(&self) -> bool {
        self.map
            .as_ref()
            .is_some_and(|map| Some(map.target) == self.target && map.method == self.method)
    }

    /// How many classes the model tells apart: as many as it answered with, or declares.
    pub fn classes(&self) -> usize {
        let declared = self.model.as_ref().map_or(0, |model| model.classes);
        self.classification
            .as_ref()
            .map_or(declared, |answer| answer.logits.len())
    }

    /// Name of a class in the model's label set, or its number.
    pub fn class_name(&self, class: usize) -> String {
        self.labels.name(&self.label_set, class)
    }

    /// Name of the image that is being opened, if one is.
    pub fn opening_image(&self) -> Option<&str> {
        self.pending_image
            .as_ref()
            .map(|(_, source)| source.name.as_str())
    }

    /// Name of the model that is being opened, if one is.
    pub fn opening_model(&self) -> Option<&str> {
        self.pending_model
            .as_ref()
            .map(|(_, choice)| choice.name.as_str())
    }

    fn take_job(&mut self) -> JobId {
        let job = self.next_job;
        self.next_job += 1;
        job
    }
}
