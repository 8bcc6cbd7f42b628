//! Measuring a map that was just made, and the mask that some measures need.

use super::{Engine, Host, Stopped, failure, pace::JobPace};
use crate::{
    attribution::SaliencyMap,
    image::{MaskFrame, decode, mask},
    metric::{Subject, find_measure, measure},
    protocol::{
        Failure, FailureKind, JobId, MaskReport, MaskSettings, MeasureReport, Settings, Stage,
    },
};

impl Engine {
    /// Makes the picture in `bytes` the mask of the open image.
    ///
    /// # Errors
    /// No image is open, or the bytes are no picture.
    pub fn use_mask(
        &mut self,
        name: &str,
        bytes: &[u8],
        settings: MaskSettings,
    ) -> Result<(), Stopped> {
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let (card, size) = (&photo.card, photo.norm.size);
        let frame = MaskFrame {
            source_width_px: card.source_width_px,
            source_height_px: card.source_height_px,
            crop_px: card.crop_px,
            width: size.width,
            height: size.height,
        };
        let (inside, channel) = mask(&decode(bytes)?, settings, &frame);
        let marked = inside.iter().filter(|&&inside| inside).count();
        self.mask = Some(MaskReport {
            name: name.to_owned(),
            settings: MaskSettings {
                channel,
                ..settings
            },
            height: size.height,
            width: size.width,
            share: marked as f64 / inside.len().max(1) as f64,
            inside: inside.into_iter().map(u8::from).collect(),
        });
        Ok(())
    }

    /// Measures a map of the open image with a measure of single maps.
    ///
    /// # Errors
    /// Cancelled, nothing is open, the measure does not exist or needs a mask that is not there, a
    /// setting is out of range, or the model fails.
    pub async fn measure(
        &self,
        host: &dyn Host,
        job: JobId,
        map: &SaliencyMap,
        target: usize,
        (id, settings): (&str, &Settings),
    ) -> Result<MeasureReport, Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let wanted = find_measure(id).ok_or_else(|| Failure {
            stage: Stage::Measure,
            kind: FailureKind::Settings,
            message: format!("There is no measure called {id}."),
            hint: "Choose one of the measures on offer.".to_owned(),
        })?;
        let pace = JobPace::new(host, job, Stage::Measure);
        let inside: Option<Vec<bool>> = self
            .mask
            .as_ref()
            .map(|mask| mask.inside.iter().map(|&inside| inside != 0).collect());
        let subject = Subject {
            classifier: model.classifier.as_ref(),
            pace: &pace,
            image: &photo.norm,
            black_norm: model.card.preprocessing.black_norm(),
            target,
            map: &map.values,
            mask: inside.as_deref(),
        };
        Ok(measure(wanted, &subject, settings).await?)
    }
}
