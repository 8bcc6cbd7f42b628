//! Measuring a map that comes with the request, and the mask that some measures need.

use super::{Clock, Done, Engine, Host, Stopped, failure, pace::JobPace};
use crate::{
    attribution::{Preset, Process, methods},
    image::{MaskFrame, decode, mask, recovered_pixels},
    metric::{Baseline, MAX_GROUPS, Subject, find_measure, measure, measure_descriptions},
    protocol::{
        AlteredImages, Event, Failure, FailureKind, JobId, MaskReport, MaskSettings, MeasureOffer,
        MeasureReport, MeasureRequest, PresetDescription, Settings, Stage,
    },
};

/// The measure that recovers an image in the order of a map, which a constant map does not have.
const RCAP: &str = "rcap";

impl Engine {
    /// The measures it offers, with what each costs by default.
    pub fn measures() -> Vec<MeasureOffer> {
        measure_descriptions()
            .into_iter()
            .filter_map(|description| {
                let settings = description.complete(&Settings::default()).ok()?;
                let found = find_measure(&description.id);
                Some(MeasureOffer {
                    forward_passes: found.map_or(0, |found| found.forward_passes(&settings)),
                    // Only the randomisation check is no measure of a single map.
                    maps: if found.is_none() { MAX_GROUPS } else { 0 },
                    description,
                })
            })
            .collect()
    }

    /// The sets of settings of the paper's case studies.
    pub fn presets() -> Vec<PresetDescription> {
        let named = Preset::NAMES.into_iter().zip(Preset::LABELS);
        named
            .filter_map(|(id, label)| {
                let preset = Preset::from_name(id)?;
                let settings = methods()
                    .iter()
                    .map(|method| {
                        let id = method.description().id;
                        let settings = preset.settings(&id, Process::Plain);
                        (id, settings)
                    })
                    .filter(|(_, settings)| !settings.0.is_empty())
                    .collect();
                Some(PresetDescription {
                    id: id.to_owned(),
                    label: label.to_owned(),
                    settings,
                })
            })
            .collect()
    }

    /// Measures a map of the open image, `height * width` values, with the measure and settings wanted.
    ///
    /// # Errors
    /// Cancelled, nothing is open, the map does not fit the image, the measure does not exist or needs
    /// a mask that is not there, a setting is out of range, or the model fails.
    pub async fn measure(
        &self,
        host: &dyn Host,
        job: JobId,
        map: &[f32],
        target: usize,
        (id, settings): (&str, &Settings),
    ) -> Result<MeasureReport, Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let wanted = find_measure(id).ok_or_else(|| unknown(id))?;
        if id == RCAP && map.iter().all(|value| Some(value) == map.first()) {
            return Err(failure::constant_map().into());
        }
        let inside: Option<Vec<bool>> = self
            .mask
            .as_ref()
            .map(|mask| mask.inside.iter().map(|&inside| inside != 0).collect());
        let pace = JobPace::new(host, job, Stage::Measure);
        let black_norm = model.card.preprocessing.black_norm();
        let subject = Subject {
            classifier: model.classifier.as_ref(),
            pace: &pace,
            image: &photo.norm,
            black_norm: &black_norm,
            target,
            map,
            mask: inside.as_deref(),
        };
        Ok(measure(wanted, &subject, settings).await?)
    }

    /// Measures the map in `bytes`: `height * width` little-endian 32-bit floats.
    ///
    /// # Errors
    /// Cancelled, nothing is open, the map does not fit the image, a setting is out of range, a mask
    /// is needed and missing, or the model fails.
    pub async fn measure_map(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &MeasureRequest,
        bytes: &[u8],
    ) -> Result<(MeasureReport, Done), Stopped> {
        let mut clock = Clock::new(host);
        let map = floats(bytes);
        let wanted = (request.measure.as_str(), &request.settings);
        let report = self
            .measure(host, job, &map, request.target, wanted)
            .await?;
        if let Some(images) = self.altered_images(&report, &map)? {
            host.emit(job, Event::Altered(Box::new(images)));
        }
        host.emit(job, Event::Measured(Box::new(report.clone())));
        clock.lap(Stage::Measure);
        Ok((report, clock.done(0)))
    }

    /// What the model was shown for `report`, where its measure deletes and inserts pixels.
    fn altered_images(
        &self,
        report: &MeasureReport,
        map: &[f32],
    ) -> Result<Option<AlteredImages>, Stopped> {
        let (Some(model), Some(photo)) = (&self.model, &self.photo) else {
            return Ok(None);
        };
        let plan = find_measure(&report.measure)
            .and_then(|found| found.alterations(map, &report.settings).transpose());
        let Some(plan) = plan.transpose()? else {
            return Ok(None);
        };
        let preprocessing = &model.card.preprocessing;
        let black = preprocessing.black_norm();
        let shown = |baseline: Baseline| {
            recovered_pixels(&baseline.image(&photo.norm, &black), preprocessing)
        };
        let order = plan.schedule.salient_from.iter();
        Ok(Some(AlteredImages {
            measure: report.measure.clone(),
            points: plan.schedule.points,
            deleted: shown(plan.deletion),
            beneath: shown(plan.insertion),
            salient_from: order
                .map(|&from| u16::try_from(from).unwrap_or(u16::MAX))
                .collect(),
        }))
    }

    /// As [`Engine::open_mask`], without telling the host.
    ///
    /// # Errors
    /// As [`Engine::open_mask`].
    pub fn use_mask(
        &mut self,
        name: &str,
        bytes: &[u8],
        settings: MaskSettings,
    ) -> Result<MaskReport, Stopped> {
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let (card, size) = (&photo.card, photo.norm.size);
        let frame = MaskFrame {
            source_width_px: card.source_width_px,
            source_height_px: card.source_height_px,
            crop_px: card.crop_px,
            width: size.width,
            height: size.height,
        };
        let (inside, channel) = if bytes.is_empty() {
            let own = photo
                .decoded()
                .filter(|decoded| decoded.alpha.is_some())
                .ok_or_else(|| opaque(&card.name))?;
            mask(own, settings, &frame)
        } else {
            mask(&decode(bytes)?, settings, &frame)
        };
        let marked = inside.iter().filter(|&&inside| inside).count();
        let report = MaskReport {
            name: name.to_owned(),
            settings: MaskSettings {
                channel,
                ..settings
            },
            height: size.height,
            width: size.width,
            share: marked as f64 / inside.len().max(1) as f64,
            inside: inside.into_iter().map(u8::from).collect(),
        };
        self.mask = Some(report.clone());
        Ok(report)
    }

    /// Makes the picture in `bytes` the mask of the open image; without bytes, the image's own
    /// transparency.
    ///
    /// # Errors
    /// No image is open, the bytes are no picture, or the image has no transparent parts.
    pub fn open_mask(
        &mut self,
        host: &dyn Host,
        job: JobId,
        name: &str,
        bytes: &[u8],
        settings: MaskSettings,
    ) -> Result<Done, Stopped> {
        let clock = Clock::new(host);
        let report = self.use_mask(name, bytes, settings)?;
        host.emit(job, Event::MaskReady(Box::new(report)));
        Ok(clock.done(0))
    }
}

/// The values of a map that came with a message.
pub(super) fn floats(bytes: &[u8]) -> Vec<f32> {
    let values = bytes.as_chunks::<4>().0.iter();
    values.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

fn unknown(id: &str) -> Failure {
    Failure {
        stage: Stage::Measure,
        kind: FailureKind::Settings,
        message: format!("There is no measure called {id}."),
        hint: "Choose one of the measures on offer.".to_owned(),
    }
}

fn opaque(name: &str) -> Failure {
    Failure {
        stage: Stage::Image,
        kind: FailureKind::Image,
        message: format!("{name} has no transparent parts, so it cannot be its own mask."),
        hint: "Choose a picture that is bright where the object is.".to_owned(),
    }
}
