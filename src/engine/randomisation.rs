//! The randomisation check of a method on the open model: does its map depend on the weights?

use super::{
    Engine, Host, Stopped, cascade::ModelCascade, failure, internal, pace::JobPace,
    prepared::Prepared,
};
use crate::{
    attribution::{
        AttributionError, Cancelled, Context, GradientSource, Method, NoiseCache, NoiseSource,
        Pace, SaliencyMap,
    },
    classifier::{BackwardRule, Classifier, LocalFuture, NormImage, Objective},
    metric::{
        Explainer, MetricError, RandomisationOutcome, randomisation_check,
        randomisation_description,
    },
    protocol::{ExplainRequest, JobId, Preprocessing, Setting, Settings, Stage},
};

impl Engine {
    /// Explains `target` again and again while the model's layers lose their weights from the
    /// output down, and compares with `original`, the map that `request` gave. `given` are
    /// settings of the check, missing ones at their defaults.
    ///
    /// # Errors
    /// Cancelled, nothing is open, a setting is out of range, or the method fails.
    pub async fn randomisation(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &ExplainRequest,
        original: &SaliencyMap,
        target: usize,
        given: &Settings,
    ) -> Result<RandomisationOutcome, Stopped> {
        let device = self.device.as_ref().ok_or_else(failure::no_device)?;
        let options = randomisation_description()
            .complete(given)
            .map_err(MetricError::Settings)?;
        let number = |name: &str| {
            let missing = || internal(Stage::Measure, "The check's settings are incomplete.");
            options.integer(name).ok_or_else(missing)
        };
        let Prepared {
            model,
            photo,
            method,
            settings,
            ..
        } = self.prepare(request)?;
        let pace = JobPace::new(host, job, Stage::Measure);
        let under_test = UnderTest {
            method,
            settings,
            image: &photo.norm,
            target,
            noise: self.noise.as_ref(),
            uniform: self.uniform.as_deref(),
            preprocessing: &model.card.preprocessing,
            fresh: options.choice("noise") == Some("fresh"),
            pace: Quiet { host, job },
        };
        let groups = usize::try_from(number("groups")?).unwrap_or(usize::MAX);
        let layout = model.card.layout;
        let seed = number("seed")?;
        let cascade = ModelCascade::new(device, &model.source, layout, groups, seed);
        let size = photo.norm.size;
        let check = randomisation_check(&original.values, size, &cascade, &under_test, &pace);
        Ok(check.await?)
    }
}

/// A method with everything but the model.
struct UnderTest<'a> {
    method: &'static dyn Method,
    settings: Settings,
    image: &'a NormImage,
    target: usize,
    noise: Option<&'a NoiseSource>,
    uniform: Option<&'a [f32]>,
    preprocessing: &'a Preprocessing,
    /// Noise is drawn anew for every model.
    fresh: bool,
    pace: Quiet<'a>,
}

impl Explainer for UnderTest<'_> {
    fn explain<'a>(
        &'a self,
        classifier: &'a dyn Classifier,
        step: usize,
    ) -> LocalFuture<'a, Result<Vec<f32>, AttributionError>> {
        Box::pin(async move {
            let mut settings = self.settings.clone();
            let mut seed = settings.integer("seed").unwrap_or(0);
            if self.fresh && settings.integer("seed").is_some() {
                // The intact model had the seed itself.
                seed = seed.wrapping_add(1 + step as u64);
                settings.set("seed", Setting::Integer(seed));
            }
            let seeded = NoiseSource::Seeded(seed);
            let source = GradientSource::new(
                classifier,
                &self.pace,
                self.image.size,
                Objective::Logit(self.target),
                BackwardRule::Standard,
            );
            let cache = NoiseCache::default();
            let context = Context {
                gradients: &source,
                image: self.image,
                target: self.target,
                settings: &settings,
                noise: self.noise.filter(|_| !self.fresh).unwrap_or(&seeded),
                uniform: self.uniform.filter(|_| !self.fresh),
                preprocessing: Some(self.preprocessing),
                cache: &cache,
                on_partial: &|_, _, _| {},
            };
            Ok(self.method.explain(&context).await?.normalise().values)
        })
    }
}

/// Lets others run and sees a cancel, without a progress of its own.
struct Quiet<'a> {
    host: &'a dyn Host,
    job: JobId,
}

impl Pace for Quiet<'_> {
    fn pause<'a>(&'a self, _done: usize, _total: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        Box::pin(async move {
            self.host.yield_now().await;
            if self.host.is_cancelled(self.job) {
                return Err(Cancelled);
            }
            Ok(())
        })
    }
}
