//! The finished example that is shown while the engine loads.

use serde::{Deserialize, Serialize};

use super::{Attachment, Command, ImageSource, MapResult, Shared, State};
use crate::protocol::{
    Classification, ImageCard, MapReport, Pixels, RcapReport, Settings, StageTime,
};

/// The session of a result that no engine of this visit computed.
pub(super) const PREPARED: u64 = u64::MAX;

/// An explanation computed beforehand, without its pixels until they are put in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// File of the sample below `samples/`.
    pub sample: String,
    /// SHA-256 of the model that made it.
    pub model_sha256: String,
    /// Label set of that model.
    pub labels: String,
    /// The photo.
    pub image: ImageCard,
    /// What the model said.
    pub classification: Classification,
    /// The method's settings.
    pub settings: Settings,
    /// The map.
    pub map: MapReport,
    /// Its measure.
    pub rcap: RcapReport,
    /// What it was computed on.
    pub device: String,
    /// Gradients it took.
    pub gradients: usize,
    /// How long its stages took.
    pub times: Vec<StageTime>,
}

impl Example {
    /// Paints the recovered images: the photo where the map lies above each step's threshold.
    pub fn recover(&mut self) {
        let view = &self.image.model_view;
        let values = &self.map.values;
        self.rcap.recovered = self
            .rcap
            .steps
            .iter()
            .map(|step| Pixels {
                width: view.width,
                height: view.height,
                rgba: view
                    .rgba
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .zip(values)
                    .flat_map(|(&pixel, &value)| {
                        if value > step.threshold {
                            pixel
                        } else {
                            [0, 0, 0, 255]
                        }
                    })
                    .collect(),
            })
            .collect();
    }
}

impl State {
    /// Shows the example, if nothing else is there yet.
    pub(super) fn show_example(&mut self, example: Example, out: &mut Vec<Command>) {
        if self.image.is_some() || self.image_generation > 0 {
            return;
        }
        self.image_source = Some(ImageSource {
            name: example.image.name.clone(),
            attachment: Attachment::Sample(format!("samples/{}", example.sample)),
        });
        self.image_generation = 1;
        self.image = Some(Shared::new(example.image.clone()));
        self.target = Some(example.map.target);
        self.classification = Some(Shared::new(example.classification.clone()));
        self.map = Some(Shared::new(example.map.clone()));
        self.rcap = Some(Shared::new(example.rcap.clone()));
        self.rcap_current = true;
        self.times.clone_from(&example.times);
        self.gradients = Some(example.gradients);
        self.prepared = Some(example.device.clone());
        self.method.clone_from(&example.map.method);
        if self.label_set.is_empty() {
            self.label_set.clone_from(&example.labels);
            if !self.labels.has(&example.labels) {
                out.push(Command::FetchLabels(example.labels.clone()));
            }
        }
        self.example = Some(Shared::new(example));
    }

    /// Takes the example for a result of the open model where it is one, so that it is not computed
    /// again.
    pub(super) fn keep_example(&mut self) {
        let Some(example) = self.example.take() else {
            return;
        };
        let same_model = self.model.as_ref().is_some_and(|model| {
            model.sha256 == example.model_sha256 && self.model_generation == 0
        });
        let same_image = self.image_generation == 1 && self.feeding.is_none();
        let method = &example.map.method;
        let (Some(mut key), Some(run_key)) = (self.result_key(method), self.key_of(method)) else {
            return;
        };
        key.target = example.map.target;
        if same_model && same_image && key.settings == example.settings {
            self.results.keep(MapResult {
                key,
                map: Shared::new(example.map.clone()),
                rcap: Shared::new(example.rcap.clone()),
                measures: Vec::new(),
                altered: Vec::new(),
                times: example.times.clone(),
                gradients: example.gradients,
                device: example.device.clone(),
                run_key,
                session: PREPARED,
            });
        }
    }
}
