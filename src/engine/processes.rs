//! Several gradient processes of one method at once, from the same gradients.

use super::{Engine, Host, Stopped, failure, internal, pace::JobPace};
use crate::{
    attribution::{
        AttributionError, Context, GradientSource, NoiseSource, Process, SaliencyMap, find,
    },
    classifier::{BackwardRule, Objective},
    protocol::{ExplainRequest, JobId, Stage},
};

/// Maps of several processes, and what they cost together.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessExplanations {
    /// The class explained.
    pub target: usize,
    /// One for each process, in order; a sentence where there is none.
    pub maps: Vec<Result<SaliencyMap, String>>,
    /// Input gradients computed for all of them.
    pub gradients: usize,
}

impl Engine {
    /// Explains a class of the open image with each of `processes`, whatever process the request
    /// names. The request's measure is left out.
    ///
    /// # Errors
    /// Cancelled, nothing is open, a setting is out of range, or the model fails.
    pub async fn explain_processes(
        &self,
        host: &dyn Host,
        job: JobId,
        request: &ExplainRequest,
        processes: &[Process],
    ) -> Result<ProcessExplanations, Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let method = find(&request.method)
            .ok_or_else(|| AttributionError::UnknownMethod(request.method.clone()))?;
        let settings = method
            .description()
            .complete(&request.settings)
            .map_err(AttributionError::from)?;
        let target = request
            .target
            .or_else(|| photo.classification.top(1).first().map(|best| best.class))
            .ok_or_else(|| internal(Stage::Explain, "The image was not classified."))?;
        let seeded = NoiseSource::Seeded(settings.integer("seed").unwrap_or(0));
        let pace = JobPace::new(host, job, Stage::Explain);
        let source = GradientSource::new(
            model.classifier.as_ref(),
            &pace,
            photo.norm.size,
            Objective::Logit(target),
            BackwardRule::Standard,
        );
        let context = Context {
            gradients: &source,
            image: &photo.norm,
            target,
            settings: &settings,
            noise: self.noise.as_ref().unwrap_or(&seeded),
            uniform: self.uniform.as_deref(),
            preprocessing: Some(&model.card.preprocessing),
            cache: &self.cache,
            on_partial: &|_, _, _| {},
        };
        let maps = method.explain_processes(&context, processes).await?;
        let maps = maps
            .into_iter()
            .map(|map| {
                map.map(|map| map.normalise())
                    .map_err(|error| error.to_string())
            })
            .collect();
        Ok(ProcessExplanations {
            target,
            maps,
            gradients: source.computed(),
        })
    }
}
