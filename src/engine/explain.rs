//! Explaining a class of the open image: the map, refined as batches arrive, and its measure.

use super::{Clock, Engine, Host, Stopped, failure, pace::JobPace};
use crate::{
    attribution::SaliencyMap,
    image::recovered_pixels,
    metric::{RcapOutcome, RcapVariants, rcap},
    protocol::{
        CompletenessReport, Event, ExplainRequest, JobId, MapReport, RcapReport, RcapSettings,
        Settings, Stage, StageTime,
    },
};

/// A finished explanation.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The class explained.
    pub target: usize,
    /// The method's settings, defaults filled in.
    pub settings: Settings,
    /// The map.
    pub map: SaliencyMap,
    /// How complete the attribution is, for path methods in their plain form.
    pub completeness: Option<CompletenessReport>,
    /// What a person must know to read it.
    pub note: Option<String>,
    /// Its measure, where asked for, with the unpublished variants.
    pub rcap: Option<(RcapReport, RcapVariants)>,
    /// Wall time of each stage.
    pub times: Vec<StageTime>,
    /// Input gradients computed.
    pub gradients: usize,
}

impl Explanation {
    /// The finished map as the page gets it, made by the method with this id.
    pub fn map_report(&self, method: &str) -> MapReport {
        MapReport {
            completeness: self.completeness,
            note: self.note.clone(),
            ..map_report(&self.map, method, self.target, [1, 1])
        }
    }
}

/// A map as the page gets it.
pub(super) fn map_report(
    map: &SaliencyMap,
    method: &str,
    target: usize,
    [samples_done, samples_total]: [usize; 2],
) -> MapReport {
    MapReport {
        method: method.to_owned(),
        target,
        height: map.size.height,
        width: map.size.width,
        values: map.values.clone(),
        raw_min: map.raw_min as f32,
        raw_max: map.raw_max as f32,
        constant: map.constant,
        samples_done,
        samples_total,
        completeness: None,
        note: None,
    }
}

impl Engine {
    /// Explains a class of the open image and measures the map.
    ///
    /// # Errors
    /// Cancelled, nothing is open, a setting is out of range, or the model fails.
    pub async fn explain(
        &mut self,
        host: &dyn Host,
        job: JobId,
        request: &ExplainRequest,
    ) -> Result<Explanation, Stopped> {
        let mut clock = Clock::new(host);
        let prepared = self.prepare(request)?;
        let (target, settings) = (prepared.target, prepared.settings.clone());
        let pace = JobPace::new(host, job, Stage::Explain);
        let source = prepared.source(&pace);
        let on_partial = |moments: &crate::attribution::Moments, done: usize, total: usize| {
            if done < total
                && let Some(raw) = prepared.method.from_moments(moments, &prepared.settings)
            {
                let map = map_report(&raw.normalise(), &request.method, target, [done, total]);
                host.emit(job, Event::Map(map));
            }
        };
        let context = prepared.context(&source, &on_partial);
        let mut raw = prepared.method.explain(&context).await?;
        let map = raw.normalise();
        if map.constant {
            let why = prepared.why_constant().await?.sentence();
            raw.note = Some(match raw.note {
                Some(note) => format!("{note} {why}"),
                None => why.to_owned(),
            });
        }
        let completeness = raw.completeness.map(|sums| CompletenessReport {
            attributed: sums.attributed,
            explained: sums.explained,
        });
        host.emit(
            job,
            Event::Map(MapReport {
                completeness,
                note: raw.note.clone(),
                ..map_report(&map, &request.method, target, [1, 1])
            }),
        );
        let gradients = source.computed();
        clock.lap(Stage::Explain);

        // A constant map puts no pixel before another, so that there is nothing to recover first.
        let rcap = match request.rcap.filter(|_| !map.constant) {
            Some(settings) => {
                let measured = self.measure_rcap(host, job, &map, target, settings).await?;
                clock.lap(Stage::Measure);
                Some(measured)
            }
            None => None,
        };
        Ok(Explanation {
            target,
            settings,
            map,
            completeness,
            note: raw.note,
            rcap,
            times: clock.times,
            gradients,
        })
    }

    async fn measure_rcap(
        &self,
        host: &dyn Host,
        job: JobId,
        map: &SaliencyMap,
        target: usize,
        settings: RcapSettings,
    ) -> Result<(RcapReport, RcapVariants), Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let preprocessing = &model.card.preprocessing;
        let black = preprocessing.black_norm();
        let outcome = self.rcap_of(host, job, map, target, settings).await?;
        let mut report = outcome.report;
        report.recovered = (0..report.steps.len())
            .map(|step| {
                let image = outcome.plan.recovered(&photo.norm, &black, step);
                recovered_pixels(&image, preprocessing)
            })
            .collect();
        host.emit(job, Event::Rcap(Box::new(report.clone())));
        Ok((report, outcome.variants))
    }

    /// RCAP of a map of the open image, without telling the host.
    ///
    /// # Errors
    /// Cancelled, nothing is open, a setting is out of range, or the model fails.
    pub(super) async fn rcap_of(
        &self,
        host: &dyn Host,
        job: JobId,
        map: &SaliencyMap,
        target: usize,
        settings: RcapSettings,
    ) -> Result<RcapOutcome, Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let pace = JobPace::new(host, job, Stage::Measure);
        let black_norm = model.card.preprocessing.black_norm();
        let outcome = rcap(
            model.classifier.as_ref(),
            &pace,
            &photo.norm,
            &black_norm,
            &map.values,
            target,
            settings,
        );
        Ok(outcome.await?)
    }
}
