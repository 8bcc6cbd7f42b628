//! What an explanation needs before its first gradient: the method with its settings, the class, noise.

use super::{Engine, OpenModel, OpenPhoto, Stopped, failure};
use crate::{
    attribution::{
        AttributionError, Context, GradientSource, Method, Moments, NoiseSource, Pace, find,
    },
    classifier::{BackwardRule, Objective},
    protocol::{ExplainRequest, Settings},
};

/// A request held against what is open.
pub(super) struct Prepared<'a> {
    pub engine: &'a Engine,
    pub model: &'a OpenModel,
    pub photo: &'a OpenPhoto,
    pub method: &'static dyn Method,
    /// Complete, defaults filled in.
    pub settings: Settings,
    pub target: usize,
    /// Drawn from the seed, for where no noise was given.
    seeded: NoiseSource,
}

impl Engine {
    /// Holds a request against what is open.
    ///
    /// # Errors
    /// Nothing is open, there is no such method, or a setting is out of range.
    pub(super) fn prepare(&self, request: &ExplainRequest) -> Result<Prepared<'_>, Stopped> {
        let model = self.model.as_ref().ok_or_else(failure::no_model)?;
        let photo = self.photo.as_ref().ok_or_else(failure::no_photo)?;
        let method = find(&request.method)
            .ok_or_else(|| AttributionError::UnknownMethod(request.method.clone()))?;
        let settings = method
            .description()
            .complete(&request.settings)
            .map_err(AttributionError::from)?;
        Ok(Prepared {
            engine: self,
            model,
            photo,
            method,
            target: photo.target(request.target)?,
            seeded: NoiseSource::Seeded(settings.integer("seed").unwrap_or(0)),
            settings,
        })
    }
}

impl Prepared<'_> {
    /// Where its gradients come from.
    pub fn source<'a>(&'a self, pace: &'a dyn Pace) -> GradientSource<'a> {
        GradientSource::new(
            self.model.classifier.as_ref(),
            pace,
            self.photo.norm.size,
            Objective::Logit(self.target),
            BackwardRule::Standard,
        )
    }

    /// What the method gets.
    pub fn context<'a>(
        &'a self,
        source: &'a GradientSource<'a>,
        on_partial: &'a dyn Fn(&Moments, usize, usize),
    ) -> Context<'a> {
        Context {
            gradients: source,
            image: &self.photo.norm,
            target: self.target,
            settings: &self.settings,
            noise: self.engine.noise.as_ref().unwrap_or(&self.seeded),
            uniform: self.engine.uniform.as_deref(),
            preprocessing: Some(&self.model.card.preprocessing),
            cache: &self.engine.cache,
            on_partial,
        }
    }
}
