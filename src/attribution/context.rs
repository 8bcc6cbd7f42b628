//! Everything a method may see while it explains one class of one image.

use std::rc::Rc;

use super::{AttributionError, GradientSource, Moments, NoiseCache, NoiseSource};
use crate::{
    classifier::{NormImage, Objective},
    protocol::{Preprocessing, Settings},
};

/// One explanation under way.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// Where gradients come from.
    pub gradients: &'a GradientSource<'a>,
    /// The image.
    pub image: &'a NormImage,
    /// The class to explain.
    pub target: usize,
    /// The method's settings, completed against its description.
    pub settings: &'a Settings,
    /// Noise for the methods that add some.
    pub noise: &'a NoiseSource,
    /// Unit-uniform numbers for random baselines, `[trials, 3, height, width]`; drawn from the seed
    /// where none are given.
    pub uniform: Option<&'a [f32]>,
    /// How pixels become the model's numbers, for baselines given as a colour.
    pub preprocessing: Option<&'a Preprocessing>,
    /// Moments of earlier noise passes with the same model.
    pub cache: &'a NoiseCache,
    /// Called with the moments so far, the samples done and the samples in all after each batch
    /// of a noise pass.
    pub on_partial: &'a dyn Fn(&Moments, usize, usize),
}

impl Context<'_> {
    /// The quantity to differentiate: the setting `objective`, else the logit.
    pub fn objective(&self) -> Objective {
        match self.settings.choice("objective") {
            Some("loss") => Objective::NegativeLogLikelihood(self.target),
            Some("probability") => Objective::Probability(self.target),
            _ => Objective::Logit(self.target),
        }
    }

    /// A setting that is a whole number.
    ///
    /// # Errors
    /// The settings were not completed against the method's description.
    pub fn integer(&self, name: &'static str) -> Result<usize, AttributionError> {
        self.settings
            .integer(name)
            .and_then(|value| usize::try_from(value).ok())
            .ok_or(AttributionError::MissingSetting(name))
    }

    /// A setting that is a real number.
    ///
    /// # Errors
    /// As [`Context::integer`].
    pub fn real(&self, name: &'static str) -> Result<f64, AttributionError> {
        self.settings
            .real(name)
            .ok_or(AttributionError::MissingSetting(name))
    }

    /// A setting that is a name; `None` where it is left empty.
    pub fn name(&self, name: &str) -> Option<&str> {
        self.settings
            .choice(name)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    /// Moments of the gradients at noisy copies of the image, from the settings `samples` and
    /// `spread`; computed at most once for all methods.
    ///
    /// # Errors
    /// As [`GradientSource::stream`], and stored noise that does not fit.
    pub async fn noise_moments(&self) -> Result<Rc<Moments>, AttributionError> {
        let samples = self.integer("samples")?;
        let spread = self.real("spread")?;
        self.cache.moments(self, spread, samples).await
    }
}
