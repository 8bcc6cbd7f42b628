//! The randomisation check of a method on the open model: does its map depend on the weights?

use std::cell::Cell;

use super::{
    Clock, Done, Engine, Host, Stopped, cascade::ModelCascade, failure, internal, measure::floats,
    prepared::Prepared,
};
use crate::{
    attribution::{
        AttributionError, Cancelled, Context, GradientSource, Method, NoiseCache, NoiseSource, Pace,
    },
    classifier::{BackwardRule, Classifier, LocalFuture, NormImage, Objective, Size},
    metric::{
        Explainer, MetricError, RandomisationOutcome, RandomisationStep, randomisation_check,
        randomisation_description,
    },
    protocol::{
        Event, ExplainRequest, JobId, MapReport, Preprocessing, Progress, RandomiseRequest,
        RandomisedMap, Setting, Settings, Stage,
    },
};

impl Engine {
    /// Explains `target` again and again while the model's layers lose their weights from the
    /// output down, and compares with `original`, the map that `request` gave, `height * width`
    /// values. `given` are settings of the check, missing ones at their defaults. Each map is told
    /// to the host. Also gives the number of gradients computed.
    ///
    /// # Errors
    /// Cancelled, nothing is open, a setting is out of range, or the method fails.
    pub async fn randomisation(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &ExplainRequest,
        original: &[f32],
        target: usize,
        given: &Settings,
    ) -> Result<(RandomisationOutcome, usize), Stopped> {
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
        let groups = usize::try_from(number("groups")?).unwrap_or(usize::MAX);
        let layout = model.card.layout;
        let seed = number("seed")?;
        let cascade = ModelCascade::new(device, &model.source, layout, groups, seed);
        let pace = CascadePace {
            host,
            job,
            began_ms: host.now_ms(),
            step: Cell::new(0),
            steps: Cell::new(0),
        };
        let under_test = UnderTest {
            method,
            settings,
            image: &photo.norm,
            target,
            noise: self.noise.as_ref(),
            uniform: self.uniform.as_deref(),
            preprocessing: &model.card.preprocessing,
            fresh: options.choice("noise") == Some("fresh"),
            pace: WithinMap(&pace),
            gradients: Cell::new(0),
        };
        let size = photo.norm.size;
        let on_step = |step: &RandomisationStep, steps: usize| {
            let map = map_report(step, size, &request.method, target);
            host.emit(
                job,
                Event::Randomised(Box::new(RandomisedMap {
                    step: pace.step.get() + 1,
                    steps,
                    layers: step.layers.clone(),
                    spearman: step.spearman,
                    similarity: step.similarity,
                    map,
                })),
            );
        };
        let check = randomisation_check(original, size, &cascade, &under_test, &pace, &on_step);
        Ok((check.await?, under_test.gradients.get()))
    }

    /// Checks the map in `bytes`: `height * width` little-endian 32-bit floats, made by the
    /// explanation that comes with the request.
    ///
    /// # Errors
    /// As [`Engine::randomisation`], and where the map does not fit the image.
    pub async fn randomise(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &RandomiseRequest,
        bytes: &[u8],
    ) -> Result<Done, Stopped> {
        let mut clock = Clock::new(host);
        let RandomiseRequest { explain, settings } = request;
        let target = self.prepare(explain)?.target;
        let map = floats(bytes);
        let (outcome, gradients) = self
            .randomisation(host, job, explain, &map, target, settings)
            .await?;
        let complete = randomisation_description()
            .complete(settings)
            .map_err(MetricError::Settings)?;
        let report = outcome.report(target, complete);
        host.emit(job, Event::Measured(Box::new(report)));
        clock.lap(Stage::Measure);
        Ok(clock.done(gradients))
    }
}

fn map_report(step: &RandomisationStep, size: Size, method: &str, target: usize) -> MapReport {
    let size = [size.height, size.width];
    MapReport {
        constant: step.map.iter().all(|value| Some(value) == step.map.first()),
        ..MapReport::finished(method, target, size, step.map.clone())
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
    pace: WithinMap<'a>,
    /// Computed so far.
    gradients: Cell<usize>,
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
            let map = self.method.explain(&context).await?;
            self.gradients.set(self.gradients.get() + source.computed());
            Ok(map.normalise().values)
        })
    }
}

/// Counts the networks, lets others run between them and sees a cancel.
struct CascadePace<'a> {
    host: &'a dyn Host,
    job: JobId,
    began_ms: f64,
    /// Networks that are done.
    step: Cell<usize>,
    steps: Cell<usize>,
}

impl CascadePace<'_> {
    async fn rest(&self) -> Result<(), Cancelled> {
        self.host.yield_now().await;
        if self.host.is_cancelled(self.job) {
            return Err(Cancelled);
        }
        Ok(())
    }
}

impl Pace for CascadePace<'_> {
    fn pause<'a>(&'a self, done: usize, total: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        self.step.set(done);
        self.steps.set(total);
        Box::pin(self.rest())
    }
}

/// The same within one map: tells how far the whole cascade has come, in units of one map's.
struct WithinMap<'a>(&'a CascadePace<'a>);

impl Pace for WithinMap<'_> {
    fn pause<'a>(&'a self, done: usize, total: usize) -> LocalFuture<'a, Result<(), Cancelled>> {
        let pace = self.0;
        pace.host.emit(
            pace.job,
            Event::Progress(Progress {
                stage: Stage::Measure,
                done: (pace.step.get() * total + done) as u64,
                total: (pace.steps.get() * total) as u64,
                elapsed_ms: pace.host.now_ms() - pace.began_ms,
            }),
        );
        Box::pin(pace.rest())
    }
}
