//! One noise pass for the whole family: moments are kept, so that no gradient is computed twice.

use std::{cell::RefCell, rc::Rc};

use super::{AttributionError, Context, Moments, NoiseSource, noise::noise_std};
use crate::classifier::{BackwardRule, Objective};

/// Passes kept; at 224 x 224 each takes about 7 MB.
const KEPT: usize = 4;

/// What a noise pass depends on besides the model, of which a cache serves one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoiseKey {
    image: u64,
    noise: u64,
    spread: u64,
    objective: Objective,
}

/// Moments of the latest noise passes through one model.
#[derive(Debug, Default)]
pub struct NoiseCache {
    passes: RefCell<Vec<(NoiseKey, Rc<Moments>)>>,
}

impl NoiseCache {
    /// Forgets everything; call it when the model changes.
    pub fn clear(&self) {
        self.passes.borrow_mut().clear();
    }

    /// Moments of `samples` gradients with noise of `spread`, from the cache where they are there.
    ///
    /// A shorter pass with the same noise is continued: its samples are the first of the longer.
    pub(super) async fn moments(
        &self,
        cx: &Context<'_>,
        spread: f64,
        samples: usize,
    ) -> Result<Rc<Moments>, AttributionError> {
        let objective = cx.objective();
        let key = NoiseKey {
            image: fingerprint(&cx.image.values, cx.image.size.width as u64),
            noise: match cx.noise {
                NoiseSource::Seeded(seed) => *seed,
                NoiseSource::Stored {
                    unit_normal,
                    samples,
                } => fingerprint(unit_normal, *samples as u64),
            },
            spread: spread.to_bits(),
            objective,
        };
        let start = self.longest(&key, samples);
        if let Some(moments) = start.as_ref().filter(|m| m.count() == samples) {
            return Ok(moments.clone());
        }
        let start = start.map_or_else(|| Moments::new(cx.image.size), |found| (*found).clone());
        let moments = Rc::new(extend(cx, objective, spread, samples, start).await?);
        self.keep(key, moments.clone());
        Ok(moments)
    }

    fn longest(&self, key: &NoiseKey, samples: usize) -> Option<Rc<Moments>> {
        self.passes
            .borrow()
            .iter()
            .filter(|(other, moments)| other == key && moments.count() <= samples)
            .max_by_key(|(_, moments)| moments.count())
            .map(|(_, moments)| moments.clone())
    }

    fn keep(&self, key: NoiseKey, moments: Rc<Moments>) {
        let mut passes = self.passes.borrow_mut();
        if passes.len() >= KEPT {
            passes.remove(0);
        }
        passes.push((key, moments));
    }
}

/// Adds noisy gradients to `moments` until it holds `samples`.
async fn extend(
    cx: &Context<'_>,
    objective: Objective,
    spread: f64,
    samples: usize,
    moments: Moments,
) -> Result<Moments, AttributionError> {
    cx.noise.check(cx.image.size, samples)?;
    let std = noise_std(cx.image, spread);
    let first = moments.count();
    let moments = RefCell::new(moments);
    cx.gradients
        .with(objective, BackwardRule::Standard)
        .stream_from(
            first,
            samples,
            |k, out| cx.noise.copy(cx.image, std, k, out),
            |_, gradient, _| moments.borrow_mut().add(gradient),
            |done| (cx.on_partial)(&moments.borrow(), done, samples),
        )
        .await?;
    Ok(moments.into_inner())
}

/// A 64-bit hash of the bits of `values` (FNV-1a over words, with a final mix).
fn fingerprint(values: &[f32], salt: u64) -> u64 {
    let hash = values.iter().fold(0xcbf2_9ce4_8422_2325 ^ salt, |h, v| {
        (h ^ u64::from(v.to_bits())).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let hash = (hash ^ (hash >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_tell_values_order_and_salt_apart() {
        let base = fingerprint(&[1.0, 2.0], 0);
        assert_eq!(base, fingerprint(&[1.0, 2.0], 0));
        assert_ne!(base, fingerprint(&[2.0, 1.0], 0));
        assert_ne!(base, fingerprint(&[1.0, 2.0], 1));
        assert_ne!(base, fingerprint(&[1.0, 2.0, 0.0], 0));
    }
}
