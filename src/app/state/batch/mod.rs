//! Many images by the same methods and measures: what was given, what is wanted, what is known.

mod earlier;
mod estimate;
mod files;
mod plan;
mod running;

use std::collections::BTreeMap;

pub use earlier::MADE_BY;
pub use estimate::BatchCost;
pub use files::{BatchFile, BatchImage};
pub use plan::{BatchPlan, BatchRow, RowBasis};

use super::{Command, Shared, State, WorkerKind};
use crate::protocol::{JobId, Progress};
use files::{images_of, pair};

/// What can happen to the batch.
#[derive(Clone, Debug, PartialEq)]
pub enum BatchAction {
    /// A folder of images was given, in place of an earlier one.
    Images(Vec<BatchFile>),
    /// A folder of masks was given, in place of an earlier one.
    Masks(Vec<BatchFile>),
    /// No images any more.
    Clear,
    /// Take a method, or no longer.
    ToggleMethod(String),
    /// Take a measure, or no longer.
    ToggleMeasure(String),
    /// Methods and measures of the comparison.
    AsCompared,
    /// Explain the class that is chosen now in every image, not each one's likeliest.
    ChosenClass(bool),
    /// Compute what is missing.
    Start,
    /// Stop; what is there stays.
    Stop,
    /// Try again what failed.
    Retry,
}

/// Whether the batch computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchPhase {
    /// Not started, stopped or done.
    #[default]
    Idle,
    /// Computing, or waiting for what the person does beside it.
    Running,
    /// Told to stop; its last answer is awaited.
    Stopping,
}

/// The image under way.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchRun {
    /// Who was asked.
    pub(super) worker: WorkerKind,
    /// Its job.
    pub(super) job: JobId,
    /// Its place among the images.
    pub image: usize,
    /// Labels of the methods that were asked for.
    pub methods: Vec<String>,
    /// How many of them are there.
    pub done: usize,
    /// How far the stage under way has come.
    pub progress: Option<Progress>,
}

/// Rows by the image's name.
pub type BatchRows = BTreeMap<String, Vec<Shared<BatchRow>>>;

/// What is known of the batch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The images by name, each with its mask.
    pub images: Shared<Vec<BatchImage>>,
    masks: Shared<Vec<BatchFile>>,
    /// Names of the files that are no images.
    pub others: Shared<Vec<String>>,
    /// Ids of the methods; those of the comparison where the person chose none.
    methods: Option<Vec<String>>,
    /// Ids of the measures; those of the comparison where the person chose none.
    measures: Option<Vec<String>>,
    /// The class chosen now is explained in every image.
    pub chosen_class: bool,
    /// What was started last: what the tables show.
    pub plan: Option<Shared<BatchPlan>>,
    /// Whether it computes.
    pub phase: BatchPhase,
    /// The image under way.
    pub run: Option<BatchRun>,
    /// Everything that was measured, by this plan and by others.
    pub rows: Shared<BatchRows>,
    /// Images that could not be used, with the reason.
    pub failures: Shared<BTreeMap<String, String>>,
    /// Milliseconds the finished images took, and how many they are.
    spent: (f64, usize),
}

impl State {
    /// Takes in what the person did with the batch.
    pub(super) fn batch_acted(&mut self, action: BatchAction, out: &mut Vec<Command>) {
        match action {
            BatchAction::Images(files) => self.batch_images(files, out),
            BatchAction::Masks(files) => self.batch_masks(files, out),
            BatchAction::Clear => {
                self.stop_batch(out);
                let batch = &mut self.batch;
                (batch.images, batch.masks, batch.others) = Default::default();
                (batch.failures, batch.plan) = Default::default();
            }
            BatchAction::ToggleMethod(id) => {
                let mut chosen = self.batch_methods();
                toggle(&mut chosen, id);
                // In the order they are offered, whatever the order of the clicks.
                let offered = self.methods.iter().map(|method| method.id.clone());
                self.batch.methods = Some(offered.filter(|id| chosen.contains(id)).collect());
            }
            BatchAction::ToggleMeasure(id) => {
                let mut chosen = self.batch_measures();
                toggle(&mut chosen, id);
                let offered = self.measures.iter();
                let offered = offered.map(|offer| offer.description.id.clone());
                self.batch.measures = Some(offered.filter(|id| chosen.contains(id)).collect());
            }
            BatchAction::AsCompared => (self.batch.methods, self.batch.measures) = (None, None),
            BatchAction::ChosenClass(chosen) => self.batch.chosen_class = chosen,
            BatchAction::Start => self.start_batch(),
            BatchAction::Stop => self.stop_batch(out),
            BatchAction::Retry => self.retry_batch(),
        }
    }

    /// Ids of the methods the next start takes.
    pub fn batch_methods(&self) -> Vec<String> {
        match &self.batch.methods {
            Some(chosen) => chosen.clone(),
            None if self.comparison.methods.is_empty() => vec![self.method.clone()],
            None => self.comparison.methods.clone(),
        }
    }

    /// Ids of the measures the next start takes.
    pub fn batch_measures(&self) -> Vec<String> {
        if let Some(chosen) = &self.batch.measures {
            return chosen.clone();
        }
        let compared = &self.comparison.measures;
        let offered = self.measures.iter().map(|offer| &offer.description.id);
        offered
            .filter(|id| *id == "rcap" || compared.contains(id))
            .cloned()
            .collect()
    }

    /// Methods and measures are those of the comparison.
    pub fn batch_follows_comparison(&self) -> bool {
        self.batch.methods.is_none() && self.batch.measures.is_none()
    }

    fn batch_images(&mut self, files: Vec<BatchFile>, out: &mut Vec<Command>) {
        self.stop_batch(out);
        let (images, masks, others) = images_of(files);
        let batch = &mut self.batch;
        if images.is_empty() && !masks.is_empty() {
            // A folder of masks alone belongs to the images that are there.
            batch.masks = Shared::new(masks);
            let images = batch.images.iter().map(|image| image.file.clone());
            batch.images = Shared::new(pair(images.collect(), &batch.masks));
            return;
        }
        batch.others = Shared::new(others);
        if !masks.is_empty() {
            batch.masks = Shared::new(masks);
        }
        batch.images = Shared::new(pair(images, &batch.masks));
        batch.failures = Shared::default();
        batch.spent = (0.0, 0);
    }

    fn batch_masks(&mut self, files: Vec<BatchFile>, out: &mut Vec<Command>) {
        self.stop_batch(out);
        let (images, masks, _) = images_of(files);
        let batch = &mut self.batch;
        batch.masks = Shared::new(images.into_iter().chain(masks).collect());
        let images = batch.images.iter().map(|image| image.file.clone());
        batch.images = Shared::new(pair(images.collect(), &batch.masks));
    }
}

fn toggle(chosen: &mut Vec<String>, id: String) {
    if chosen.contains(&id) {
        chosen.retain(|known| *known != id);
    } else {
        chosen.push(id);
    }
}
