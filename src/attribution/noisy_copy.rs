//! Single noisy copies of an image with the gradients at them: what a noise pass adds up, one by one.

use super::{AttributionError, Context, noise::noise_std};
use crate::classifier::BackwardRule;

/// A noisy copy of an image.
#[derive(Clone, Debug, PartialEq)]
pub struct NoisyCopy {
    /// The copy, `[3, height, width]` in normalised space.
    pub image: Vec<f32>,
    /// The gradient at it, `[3, height, width]`.
    pub gradient: Vec<f32>,
}

impl Context<'_> {
    /// The first `count` copies of the noise pass, or all where it has fewer, with the gradient at
    /// each. They are the copies of [`Context::noise_moments`], computed anew: moments hold no single
    /// gradient. What the cache keeps is left alone.
    ///
    /// # Errors
    /// As [`Context::noise_moments`].
    pub async fn noisy_copies(&self, count: usize) -> Result<Vec<NoisyCopy>, AttributionError> {
        let count = count.min(self.integer("samples")?);
        self.noise.check(self.image.size, count)?;
        let std = noise_std(self.image, self.real("spread")?);
        let mut copies = Vec::with_capacity(count);
        self.gradients
            .with(self.objective(), BackwardRule::Standard)
            .stream(
                count,
                |k, out| self.noise.copy(self.image, std, k, out),
                |k, gradient, _| {
                    let mut image = vec![0.0; gradient.len()];
                    self.noise.copy(self.image, std, k, &mut image);
                    copies.push(NoisyCopy {
                        image,
                        gradient: gradient.to_vec(),
                    });
                },
                |_| {},
            )
            .await?;
        Ok(copies)
    }
}
