//! What lies between the open image and its Guided AbsoluteGrad map, step by step: pictures for a lesson.

use super::{
    Clock, Done, Engine, Host, Stopped, explain::map_report, internal, pace::JobPace,
    prepared::Prepared,
};
use crate::{
    attribution::{Guide, Moments, NoisyCopy, RawMap, SaliencyMap, controls},
    classifier::{NormImage, Size},
    image::recovered_pixels,
    protocol::{
        BrokenMap, ExplainRequest, Failure, FailureKind, JobId, LessonCopy, LessonReport,
        MapReport, Stage,
    },
};

/// The method that is taught.
const TAUGHT: &str = "guided-absolute-grad";
/// Noisy copies that are shown; each takes one gradient.
const COPIES: usize = 3;

impl Engine {
    /// Shows how Guided AbsoluteGrad explains a class of the open image. Moments of the noise pass are
    /// those of an earlier explanation where they are kept; only the copies on show are differentiated
    /// again. Broken maps are measured with the request's RCAP settings, or with the paper's.
    ///
    /// # Errors
    /// Cancelled, nothing is open, another method is asked for, a setting is out of range, or the
    /// model fails.
    pub async fn lesson(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &ExplainRequest,
    ) -> Result<(LessonReport, Done), Stopped> {
        let mut clock = Clock::new(host);
        if request.method != TAUGHT {
            return Err(other_method(&request.method).into());
        }
        let prepared = self.prepare(request)?;
        let pace = JobPace::new(host, job, Stage::Explain);
        let source = prepared.source(&pace);
        let context = prepared.context(&source, &|_, _, _| {});
        let moments = context.noise_moments().await?;
        let copies = context.noisy_copies(COPIES).await?;
        let steps = Steps::new(&prepared, &moments)?;
        clock.lap(Stage::Explain);

        let seed = prepared.settings.integer("seed").unwrap_or(0);
        let mut broken = Vec::new();
        for values in [
            controls::inverted(&steps.raw.values),
            controls::random_map(steps.size, seed),
        ] {
            let map = RawMap::from_values(steps.size, values).normalise();
            let settings = request.rcap.unwrap_or_default();
            let measured = self
                .rcap_of(host, job, &map, prepared.target, settings)
                .await?;
            broken.push(BrokenMap {
                map: map_report(&map, TAUGHT, prepared.target, [1, 1]),
                rcap: measured.report.score,
            });
        }
        let [reversed, random] = <[BrokenMap; 2]>::try_from(broken)
            .map_err(|_| internal(Stage::Measure, "A broken map is missing."))?;
        clock.lap(Stage::Measure);
        let report = steps.report(copies, reversed, random);
        Ok((report, clock.done(source.computed())))
    }
}

fn other_method(id: &str) -> Failure {
    Failure {
        stage: Stage::Explain,
        kind: FailureKind::Settings,
        message: format!("The lesson is about {TAUGHT}, not about {id}."),
        hint: "Choose that method.".to_owned(),
    }
}

/// Everything the moments tell.
struct Steps<'a> {
    prepared: &'a Prepared<'a>,
    size: Size,
    mean: Vec<f64>,
    variance: Vec<f64>,
    guide: Guide,
    raw: RawMap,
}

impl<'a> Steps<'a> {
    fn new(prepared: &'a Prepared<'a>, moments: &Moments) -> Result<Self, Stopped> {
        let settings = &prepared.settings;
        let known = (
            moments.variance(),
            Guide::from_settings(settings),
            prepared.method.from_moments(moments, settings),
        );
        let (Some(variance), Some(guide), Some(raw)) = known else {
            return Err(internal(Stage::Explain, "The map has no variance or no guide.").into());
        };
        Ok(Self {
            prepared,
            size: moments.size(),
            mean: moments.mean_magnitude(),
            variance,
            guide,
            raw,
        })
    }

    fn report(
        &self,
        copies: Vec<NoisyCopy>,
        reversed: BrokenMap,
        random: BrokenMap,
    ) -> LessonReport {
        let thresholds = self.guide.thresholds(self.size, &self.variance);
        let above = match &thresholds {
            None => vec![3.0; self.size.pixels()],
            Some(thresholds) => self.above(thresholds),
        };
        let mean = self.summed(&self.mean);
        let weight = self.raw.values.iter().zip(&mean);
        let weight: Vec<f64> = weight
            .map(|(raw, mean)| if *mean > 0.0 { raw / mean } else { 0.0 })
            .collect();
        LessonReport {
            copies: self.copies(copies),
            variance: self.scaled(&self.summed(&self.variance), None),
            thresholds: thresholds.unwrap_or_default(),
            above: self.scaled(&above, Some([0.0, 3.0])),
            // On a scale of its own where a large variance weighs more than 1.
            weight: self.scaled(&weight, Some([0.0, largest(&weight).max(1.0)])),
            mean_magnitude: self.scaled(&mean, None),
            reversed,
            random,
        }
    }

    fn copies(&self, copies: Vec<NoisyCopy>) -> Vec<LessonCopy> {
        let preprocessing = &self.prepared.model.card.preprocessing;
        let sums: Vec<[Vec<f64>; 2]> = copies
            .iter()
            .map(|copy| {
                let gradient: Vec<f64> = copy.gradient.iter().map(|&g| f64::from(g)).collect();
                let magnitude: Vec<f64> = gradient.iter().map(|g| g.abs()).collect();
                [self.summed(&gradient), self.summed(&magnitude)]
            })
            .collect();
        // One scale for all of them, so that they can be compared by eye.
        let of_all = |which: usize| {
            let each = sums.iter().map(|sums| largest(&sums[which]));
            each.fold(0.0, f64::max)
        };
        let (steepest, strongest) = (of_all(0), of_all(1));
        let pictures = copies.into_iter().map(|copy| NormImage {
            size: self.size,
            values: copy.image,
        });
        pictures
            .zip(&sums)
            .map(|(picture, [gradient, magnitude])| LessonCopy {
                picture: recovered_pixels(&picture, preprocessing),
                gradient: self.scaled(gradient, Some([-steepest, steepest])),
                magnitude: self.scaled(magnitude, Some([0.0, strongest])),
            })
            .collect()
    }

    /// How many channels of each pixel vary above their threshold.
    fn above(&self, thresholds: &[f64]) -> Vec<f64> {
        let mut above = vec![0.0; self.size.pixels()];
        let channels = self.variance.chunks_exact(self.size.pixels().max(1));
        for (channel, threshold) in channels.zip(thresholds) {
            for (above, variance) in above.iter_mut().zip(channel) {
                if variance > threshold {
                    *above += 1.0;
                }
            }
        }
        above
    }

    /// `[3, height, width]` summed over the channels.
    fn summed(&self, values: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.size.pixels()];
        for channel in values.chunks_exact(self.size.pixels().max(1)) {
            for (sum, value) in sums.iter_mut().zip(channel) {
                *sum += value;
            }
        }
        sums
    }

    /// Values, `height * width`, as a map whose 0 and 1 stand for the ends given, or for 0 and the
    /// largest value.
    fn scaled(&self, values: &[f64], ends: Option<[f64; 2]>) -> MapReport {
        let [low, high] = ends.unwrap_or_else(|| [0.0, largest(values)]);
        let constant = high <= low;
        let unit = |value: &f64| {
            if constant {
                1.0
            } else {
                ((value - low) / (high - low)) as f32
            }
        };
        let map = SaliencyMap {
            size: self.size,
            values: values.iter().map(unit).collect(),
            raw_min: low,
            raw_max: high,
            constant,
        };
        map_report(&map, TAUGHT, self.prepared.target, [1, 1])
    }
}

/// The largest size among values; 0 for none.
fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}
