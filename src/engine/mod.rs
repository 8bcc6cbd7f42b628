//! The whole product without a browser: requests in, events out.

mod cascade;
mod check_material;
mod clock;
mod constant_map;
mod crew;
pub mod device;
mod explain;
mod failure;
mod files;
mod gradient;
mod host;
mod lesson;
mod measure;
mod memory;
mod model;
mod pace;
mod photo;
mod prepared;
mod processes;
mod randomisation;
mod study;

pub use cascade::{ModelCascade, randomised_graph, weight_layers};
pub use crew::{Colleague, Part, PartWork, SharedClassifier};
pub use explain::Explanation;
pub use host::Host;
pub use memory::{Memory, check_file};
pub use model::OpenModel;
pub use photo::OpenPhoto;
pub use processes::ProcessExplanations;

use crate::{
    attribution::{NoiseCache, NoiseSource, methods},
    onnx::{FileHandle, OnnxError, unpacked},
    protocol::{
        DeviceChoice, DeviceKind, DeviceReport, Event, Failure, FailureKind, JobId, MaskReport,
        MethodDescription, ModelOptions, Preprocessing, Request, RequestBody, Stage, StageTime,
    },
};
use clock::Clock;
use device::{Device, OpenDevice};
use files::file_with;

/// Holds the device, the model and the image, and answers requests about them one after another.
pub struct Engine {
    kinds: &'static [OpenDevice],
    choice: DeviceChoice,
    device: Option<Device>,
    model: Option<OpenModel>,
    photo: Option<OpenPhoto>,
    mask: Option<MaskReport>,
    noise: Option<NoiseSource>,
    uniform: Option<Vec<f32>>,
    cache: NoiseCache,
}

impl Engine {
    /// An engine that will open the first of `kinds` that `choice` allows when it is first needed.
    pub fn new(kinds: &'static [OpenDevice], choice: DeviceChoice) -> Self {
        Self {
            kinds,
            choice,
            device: None,
            model: None,
            photo: None,
            mask: None,
            noise: None,
            uniform: None,
            cache: NoiseCache::default(),
        }
    }

    /// The methods it offers.
    pub fn methods() -> Vec<MethodDescription> {
        methods()
            .iter()
            .map(|method| method.description())
            .collect()
    }

    /// The open model.
    pub fn model(&self) -> Option<&OpenModel> {
        self.model.as_ref()
    }

    /// The device in use, once one is open.
    pub fn device(&self) -> Option<&DeviceReport> {
        self.device.as_ref().map(Device::report)
    }

    /// The open image.
    pub fn photo(&self) -> Option<&OpenPhoto> {
        self.photo.as_ref()
    }

    /// Uses this noise instead of drawing it from the seed in a method's settings.
    pub fn use_noise(&mut self, noise: NoiseSource) {
        self.noise = Some(noise);
    }

    /// Uses these unit-uniform numbers, `[trials, 3, height, width]`, for random baselines.
    pub fn use_uniform(&mut self, uniform: Vec<f32>) {
        self.uniform = Some(uniform);
    }

    /// Answers a request; `attachment` is the model or image it is about. Every request ends with
    /// exactly one `Finished`, `Cancelled` or `Failed`.
    pub async fn handle(
        &mut self,
        host: &dyn Host,
        request: Request,
        attachment: Option<FileHandle>,
    ) {
        let job = request.job;
        let file = attachment.unwrap_or_else(|| Vec::new().into());
        let outcome = match request.body {
            RequestBody::OpenModel {
                name,
                preprocessing,
                options,
                beside,
                ..
            } => match file_with(file, &beside) {
                Ok(file) => {
                    self.open_model(host, job, &name, file, preprocessing, &options)
                        .await
                }
                Err(reason) => Err(OnnxError::Unreadable(reason).into()),
            },
            RequestBody::SetPreprocessing(preprocessing) => {
                self.set_preprocessing(host, job, preprocessing).await
            }
            RequestBody::OpenImage { name } => match file.read_whole() {
                Ok(bytes) => self.open_image(host, job, &name, &bytes).await,
                Err(reason) => Err(failure::unreadable_image(&name, &reason).into()),
            },
            RequestBody::Explain(request) => {
                self.tell_threads(host, job);
                self.explain(host, job, &request).await.map(|done| Done {
                    times: done.times,
                    gradients: done.gradients,
                })
            }
            RequestBody::Measure(request) => {
                // The map came with the message, so there is nothing to read that could fail.
                let bytes = file.read_whole().unwrap_or_default();
                self.measure_map(host, job, &request, &bytes)
                    .await
                    .map(|(_, done)| done)
            }
            RequestBody::Randomise(request) => {
                let bytes = file.read_whole().unwrap_or_default();
                self.randomise(host, job, &request, &bytes).await
            }
            RequestBody::Lesson(request) => self.lesson(host, job, &request).await.map(|found| {
                host.emit(job, Event::Lesson(Box::new(found.0)));
                found.1
            }),
            RequestBody::CheckMaterial(target) => self.check_material(target).await.map(|found| {
                host.emit(job, Event::CheckMaterial(Box::new(found)));
                Done {
                    gradients: 1,
                    ..Done::default()
                }
            }),
            RequestBody::OpenMask { name, settings } => match file.read_whole() {
                Ok(bytes) => self.open_mask(host, job, &name, &bytes, settings),
                Err(reason) => Err(failure::unreadable_image(&name, &reason).into()),
            },
            RequestBody::StudyImage { study, image_bytes } => match file.read_whole() {
                Ok(bytes) => {
                    let split = usize::try_from(image_bytes).unwrap_or(usize::MAX);
                    let files = bytes.split_at_checked(split).unwrap_or((&bytes, &[]));
                    let mut on_row = |row| host.emit(job, Event::StudyRow(Box::new(row)));
                    self.study_image(host, job, &study, files, &mut on_row)
                        .await
                }
                Err(reason) => Err(failure::unreadable_image(&study.name, &reason).into()),
            },
            // Cancels are seen by the host, at the next pause of whatever is running.
            RequestBody::Cancel => return,
        };
        if let Some(peak_bytes) = host.memory().used_bytes {
            host.emit(job, Event::Memory { peak_bytes });
        }
        host.emit(
            job,
            match outcome {
                Ok(done) => Event::Finished {
                    times: done.times,
                    gradients: done.gradients,
                },
                Err(Stopped::Cancelled) => Event::Cancelled,
                Err(Stopped::Failed(failure)) => Event::Failed(failure),
            },
        );
    }

    /// Opens the model in `file`, and shows the open image, if any, to it.
    ///
    /// # Errors
    /// The file is not a model that can be explained, or cannot fit, or no device passes its trial.
    pub async fn open_model(
        &mut self,
        host: &dyn Host,
        job: JobId,
        name: &str,
        file: FileHandle,
        preprocessing: Option<Preprocessing>,
        options: &ModelOptions,
    ) -> Result<Done, Stopped> {
        check_file(name, file.size(), host.memory())?;
        let available = host.memory().available_bytes;
        let (file, name) = unpacked(&file, name, available)?;
        let name = name.as_str();
        let mut clock = Clock::new(host);
        if self.device.is_none() {
            self.device = Some(Device::open(self.kinds, self.choice, host, job).await?);
            clock.lap(Stage::Device);
        }
        let Some(device) = &self.device else {
            return Err(Stopped::Failed(failure::no_device()));
        };
        let mut model = OpenModel::open(device, host, job, name, &file, preprocessing, options)?;
        // A GPU has its own ways of sharing work out.
        if device.report().kind == DeviceKind::Cpu {
            model = model.shared_with(host.colleagues());
        }
        self.cache.clear();
        host.emit(job, Event::ModelReady(Box::new(model.card.clone())));
        clock.lap(Stage::Model);
        self.model = Some(model);
        self.show_again(host, job, &mut clock).await?;
        Ok(clock.done(0))
    }

    /// Feeds the open model by another preprocessing, or by its own again, and shows the open image,
    /// if any, to it.
    ///
    /// # Errors
    /// No model is open, or it cannot take images of that size.
    pub async fn set_preprocessing(
        &mut self,
        host: &dyn Host,
        job: JobId,
        preprocessing: Option<Preprocessing>,
    ) -> Result<Done, Stopped> {
        let mut clock = Clock::new(host);
        let model = self.model.as_mut().ok_or_else(failure::no_model)?;
        model.set_preprocessing(preprocessing, host.memory())?;
        host.emit(job, Event::ModelReady(Box::new(model.card.clone())));
        self.cache.clear();
        clock.lap(Stage::Model);
        self.show_again(host, job, &mut clock).await?;
        Ok(clock.done(0))
    }

    /// Shows the open image, if any, to the open model.
    async fn show_again(
        &mut self,
        host: &dyn Host,
        job: JobId,
        clock: &mut Clock<'_>,
    ) -> Result<(), Stopped> {
        let preprocessing = self.preprocessing()?;
        match self.photo.clone() {
            Some(photo) => {
                let photo = photo.prepared_again(&preprocessing)?;
                self.show(host, job, photo, clock).await
            }
            None => Ok(()),
        }
    }

    /// Opens the image in `bytes` and classifies it.
    ///
    /// # Errors
    /// The bytes are no usable image, no model is open, or the model fails.
    pub async fn open_image(
        &mut self,
        host: &dyn Host,
        job: JobId,
        name: &str,
        bytes: &[u8],
    ) -> Result<Done, Stopped> {
        let mut clock = Clock::new(host);
        let preprocessing = self.preprocessing()?;
        let photo = OpenPhoto::decode(name, bytes, &preprocessing)?;
        self.show(host, job, photo, &mut clock).await?;
        Ok(clock.done(0))
    }

    /// Takes an image that is already in the model's normalised space, and classifies it.
    ///
    /// # Errors
    /// No model is open, or the model fails.
    pub async fn open_normalised(
        &mut self,
        host: &dyn Host,
        job: JobId,
        name: &str,
        image: crate::classifier::NormImage,
    ) -> Result<Done, Stopped> {
        let mut clock = Clock::new(host);
        let preprocessing = self.preprocessing()?;
        let photo = OpenPhoto::normalised(name, image, &preprocessing);
        self.show(host, job, photo, &mut clock).await?;
        Ok(clock.done(0))
    }

    fn preprocessing(&self) -> Result<Preprocessing, Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        Ok(model.card.preprocessing.clone())
    }

    /// Emits an image and its classes, and keeps it if both went well.
    async fn show(
        &mut self,
        host: &dyn Host,
        job: JobId,
        mut photo: OpenPhoto,
        clock: &mut Clock<'_>,
    ) -> Result<(), Stopped> {
        clock.lap(Stage::Image);
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        host.emit(job, Event::ImageReady(Box::new(photo.card.clone())));
        host.yield_now().await;
        if host.is_cancelled(job) {
            return Err(Stopped::Cancelled);
        }
        let classification = model.classify(&photo.norm).await?;
        host.emit(job, Event::Classified(classification.clone()));
        clock.lap(Stage::Classify);
        photo.classification = classification;
        self.photo = Some(photo);
        // It marked something in another picture, or in another part of this one.
        self.mask = None;
        Ok(())
    }
}

/// What a finished request reports.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Done {
    /// Wall time of each stage.
    pub times: Vec<StageTime>,
    /// Input gradients computed.
    pub gradients: usize,
}

/// Why a request ended early.
#[derive(Clone, Debug, PartialEq)]
pub enum Stopped {
    /// The person asked for it.
    Cancelled,
    /// It could not be done.
    Failed(Failure),
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A setting nobody can act on here: the seed is a whole number by description.
fn internal(stage: Stage, message: &str) -> Failure {
    Failure {
        stage,
        kind: FailureKind::Internal,
        message: message.to_owned(),
        hint: "Reload the page; if it happens again, please report it.".to_owned(),
    }
}
