//! The adaptive path of Guided Integrated Gradients (arXiv 2106.09788, algorithm 1).

use super::{AttributionError, Context, quantile::quantile_lower};

/// A walk from zero, in normalised space, to the image. Each step has one gradient and moves the
/// values with the smallest gradients, as many as it takes to stay level with the straight path.
pub(crate) struct GuidedPath {
    image: Vec<f64>,
    state: Vec<f64>,
    length: f64,
    steps: usize,
    fraction: f64,
    max_distance: f64,
}

impl GuidedPath {
    /// From the settings `steps`, `fraction` and `max-dist`.
    pub(crate) fn new(cx: &Context<'_>) -> Result<Self, AttributionError> {
        let image: Vec<f64> = cx.image.values.iter().map(|&v| f64::from(v)).collect();
        Ok(Self {
            state: vec![0.0; image.len()],
            length: image.iter().map(|x| x.abs()).sum(),
            image,
            steps: cx.integer("steps")?,
            fraction: cx.real("fraction")?,
            max_distance: cx.real("max-dist")?,
        })
    }

    /// Steps in all.
    pub(crate) fn steps(&self) -> usize {
        self.steps
    }

    /// Where the path is, for the model.
    pub(crate) fn point(&self) -> Vec<f32> {
        self.state.iter().map(|&v| v as f32).collect()
    }

    /// Walks step number `step` with the gradient at [`GuidedPath::point`]; `moved` sees how far
    /// every value went in each of the step's moves.
    pub(crate) fn advance(&mut self, step: usize, gradient: &[f32], mut moved: impl FnMut(&[f64])) {
        let alpha = (step + 1) as f64 / self.steps as f64;
        let nearest = (alpha - self.max_distance).max(0.0);
        let farthest = (alpha + self.max_distance).min(1.0);
        let wanted = self.length * (1.0 - alpha);
        // Values that have gone as far as they may this step become infinite.
        let mut size: Vec<f64> = gradient.iter().map(|&g| f64::from(g).abs()).collect();
        loop {
            let before = self.state.clone();
            self.catch_up(nearest);
            let left: f64 = self.remaining();
            if is_close(wanted, left) {
                moved(&self.since(&before));
                return;
            }
            for ((size, state), x) in size.iter_mut().zip(&self.state).zip(&self.image) {
                if *state == farthest * x {
                    *size = f64::INFINITY;
                }
            }
            let threshold = quantile_lower(&size, self.fraction);
            let chosen = |size: f64| size <= threshold && size != f64::INFINITY;
            let reach: f64 = size
                .iter()
                .zip(&self.state)
                .zip(&self.image)
                .filter(|((size, _), _)| chosen(**size))
                .map(|((_, state), x)| (state - farthest * x).abs())
                .sum();
            if reach <= 0.0 {
                return;
            }
            let share = (left - wanted) / reach;
            // Catching up alone went too far already: nothing is left to move in this step.
            if share <= 0.0 {
                moved(&self.since(&before));
                return;
            }
            for ((&size, state), x) in size.iter().zip(&mut self.state).zip(&self.image) {
                if chosen(size) {
                    let end = farthest * x;
                    *state = if share > 1.0 {
                        end
                    } else {
                        *state + share * (end - *state)
                    };
                }
            }
            moved(&self.since(&before));
            if share <= 1.0 {
                return;
            }
        }
    }

    /// Moves the values that have fallen behind the straight path by more than is allowed.
    fn catch_up(&mut self, nearest: f64) {
        for (state, &x) in self.state.iter_mut().zip(&self.image) {
            if x != 0.0 && *state / x < nearest {
                *state = nearest * x;
            }
        }
    }

    fn remaining(&self) -> f64 {
        self.state
            .iter()
            .zip(&self.image)
            .map(|(state, x)| (state - x).abs())
            .sum()
    }

    fn since(&self, before: &[f64]) -> Vec<f64> {
        self.state
            .iter()
            .zip(before)
            .map(|(state, before)| state - before)
            .collect()
    }
}

/// Within 1e-9, absolute or relative.
fn is_close(a: f64, b: f64) -> bool {
    (a - b).abs() <= (1e-9 * a.abs().max(b.abs())).max(1e-9)
}
