//! One image of a study, explained and measured beside the open one, which stays as it is.

use super::{Clock, Done, Engine, Host, Memory, Stopped, failure};
use crate::{
    classifier::{ClassifierError, LocalFuture},
    metric::randomisation_description,
    protocol::{
        ClassScore, Event, ExplainRequest, Failure, FailureKind, JobId, Score, Stage, StudyItem,
        StudyRequest, StudyRow,
    },
};

impl Engine {
    /// Explains `image` by every method wanted and measures the maps, with `mask`, the bytes of its
    /// mask. Each row is passed on as soon as it is known; a method that fails is a row without
    /// scores. What is open stays open, with all that was computed of it.
    ///
    /// # Errors
    /// Cancelled, no model is open, the bytes are no usable image or mask, or the image is taken for
    /// a class that is not accepted.
    pub async fn study_image(
        &mut self,
        host: &dyn Host,
        job: JobId,
        request: &StudyRequest,
        (image, mask): (&[u8], &[u8]),
        on_row: &mut dyn FnMut(StudyRow),
    ) -> Result<Done, Stopped> {
        let photo = self.photo.take();
        let mask_before = self.mask.take();
        let cache = std::mem::take(&mut self.cache);
        let host = ProgressOnly(host);
        let outcome = self
            .study_alone(&host, job, request, (image, mask), on_row)
            .await;
        self.photo = photo;
        self.mask = mask_before;
        self.cache = cache;
        outcome
    }

    async fn study_alone(
        &mut self,
        host: &dyn Host,
        job: JobId,
        request: &StudyRequest,
        (image, mask): (&[u8], &[u8]),
        on_row: &mut dyn FnMut(StudyRow),
    ) -> Result<Done, Stopped> {
        let opened = self.open_image(host, job, &request.name, image).await?;
        let mut clock = Clock::new(host);
        let target = self.study_target(request)?;
        if let Some(wanted) = &request.mask {
            self.use_mask(&wanted.name, mask, wanted.settings)?;
        }
        let mut gradients = 0;
        for method in &request.methods {
            let row = match self.study_row(host, job, request, method, &target).await {
                Err(Stopped::Failed(failure)) => StudyRow {
                    failure: Some(failure),
                    ..empty_row(request, method, &target)
                },
                row => row?,
            };
            gradients += row.gradients;
            on_row(row);
        }
        clock.lap(Stage::Explain);
        let mut done = clock.done(gradients);
        done.times.extend(opened.times);
        Ok(done)
    }

    /// The class to explain.
    fn study_target(&self, request: &StudyRequest) -> Result<ClassScore, Stopped> {
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let best = photo.target(None)?;
        if let Some(accepted) = &request.accept
            && !accepted.contains(&best)
        {
            return Err(wrong(best).into());
        }
        let target = request.target.unwrap_or(best);
        let classes = photo.classification.logits.len();
        if target >= classes {
            let error = ClassifierError::NoSuchClass {
                class: target,
                classes,
            };
            return Err(failure::of_classifier(Stage::Classify, &error).into());
        }
        Ok(photo.classification.score(target))
    }

    async fn study_row(
        &mut self,
        host: &dyn Host,
        job: JobId,
        request: &StudyRequest,
        method: &StudyItem,
        target: &ClassScore,
    ) -> Result<StudyRow, Stopped> {
        let began_ms = host.now_ms();
        let wanted = ExplainRequest {
            target: Some(target.class),
            method: method.id.clone(),
            settings: method.settings.clone(),
            rcap: None,
        };
        let found = self.explain(host, job, &wanted).await?;
        let mut row = StudyRow {
            gradients: found.gradients,
            seconds: (host.now_ms() - began_ms) / 1e3,
            note: found.note.clone(),
            ..empty_row(request, method, target)
        };
        let check = randomisation_description().id;
        for measure in &request.measures {
            let report = if measure.id == check {
                let given = &measure.settings;
                let map = &found.map.values;
                let outcome = self.randomisation(host, job, &wanted, map, target.class, given);
                let (outcome, _) = outcome.await?;
                outcome.report(target.class, given.clone())
            } else {
                let measure = (measure.id.as_str(), &measure.settings);
                self.measure(host, job, &found.map.values, target.class, measure)
                    .await?
            };
            row.scores
                .extend(report.scores.into_iter().map(|score| Score {
                    id: score.id,
                    value: score.value,
                }));
        }
        Ok(row)
    }
}

fn empty_row(request: &StudyRequest, method: &StudyItem, target: &ClassScore) -> StudyRow {
    StudyRow {
        image: request.name.clone(),
        method: method.label.clone(),
        target: target.class,
        probability: target.probability,
        gradients: 0,
        seconds: 0.0,
        note: None,
        scores: Vec::new(),
        failure: None,
    }
}

fn wrong(class: usize) -> Failure {
    Failure {
        stage: Stage::Classify,
        kind: FailureKind::Image,
        message: format!("The model says class {class}, which is wrong."),
        hint: String::new(),
    }
}

/// Passes on how far a job has come, and keeps pictures and maps to itself.
struct ProgressOnly<'a>(&'a dyn Host);

impl Host for ProgressOnly<'_> {
    fn now_ms(&self) -> f64 {
        self.0.now_ms()
    }

    fn emit(&self, job: JobId, event: Event) {
        if matches!(event, Event::Progress(_)) {
            self.0.emit(job, event);
        }
    }

    fn yield_now<'a>(&'a self) -> LocalFuture<'a, ()> {
        self.0.yield_now()
    }

    fn is_cancelled(&self, job: JobId) -> bool {
        self.0.is_cancelled(job)
    }

    fn memory(&self) -> Memory {
        self.0.memory()
    }
}
