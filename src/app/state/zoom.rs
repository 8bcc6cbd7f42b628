//! Which part of the photo the pictures show: one zoom for all of them.

/// Largest factor: of a model's view of 224 pixels, 14 are then left across.
const MOST: f64 = 16.0;

/// The part of every picture that is shown; it has the picture's own proportions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zoom {
    /// So many times larger than the whole, 1 to [`MOST`].
    factor: f64,
    /// Its middle, from the left and from the top, in shares of the picture.
    centre_unit: [f64; 2],
}

/// One change of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ZoomStep {
    /// Larger, or below 1 smaller, about a point of what is shown that stays where it is.
    By {
        /// The factor.
        times: f64,
        /// The point, from the left and from the top, in shares of what is shown.
        at_unit: [f64; 2],
    },
    /// To the right and down, in shares of what is shown.
    Move([f64; 2]),
    /// The whole picture again.
    Whole,
}

impl ZoomStep {
    /// So many times larger, about the middle.
    pub fn larger(times: f64) -> Self {
        Self::By {
            times,
            at_unit: [0.5; 2],
        }
    }
}

impl Default for Zoom {
    fn default() -> Self {
        Self {
            factor: 1.0,
            centre_unit: [0.5; 2],
        }
    }
}

impl Zoom {
    /// How many times larger than the whole picture.
    pub fn factor(self) -> f64 {
        self.factor
    }

    /// Everything is shown.
    pub fn is_whole(self) -> bool {
        self.factor <= 1.0
    }

    /// The shown part: left, top and side, in shares of the picture's width and height.
    pub fn shown_unit(self) -> [f64; 3] {
        let side = 1.0 / self.factor;
        let [x, y] = self.centre_unit;
        [x - side / 2.0, y - side / 2.0, side]
    }

    /// What is shown after a step; never anything beside the picture.
    pub fn after(self, step: ZoomStep) -> Self {
        match step {
            ZoomStep::Whole => Self::default(),
            ZoomStep::Move(by) => self.about(self.factor, |at, axis| at + by[axis] / self.factor),
            ZoomStep::By { times, at_unit } => {
                let wanted = (self.factor * times).clamp(1.0, MOST);
                // Steps in and out again end where they began, save for rounding.
                let factor = if wanted < 1.01 { 1.0 } else { wanted };
                let gained = 1.0 / self.factor - 1.0 / factor;
                self.about(factor, |at, axis| at + (at_unit[axis] - 0.5) * gained)
            }
        }
    }

    fn about(self, factor: f64, place: impl Fn(f64, usize) -> f64) -> Self {
        let half = 0.5 / factor;
        let [x, y] = self.centre_unit;
        Self {
            factor,
            centre_unit: [place(x, 0), place(y, 1)].map(|at| at.clamp(half, 1.0 - half)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closer(times: f64, at_unit: [f64; 2]) -> ZoomStep {
        ZoomStep::By { times, at_unit }
    }

    #[test]
    fn the_point_under_the_pointer_stays() {
        let at = [0.25, 0.75];
        let zoom = Zoom::default().after(closer(2.0, at));
        assert_eq!(zoom.shown_unit(), [0.125, 0.375, 0.5]);
        let further = zoom.after(closer(4.0, at));
        for (axis, at_unit) in at.into_iter().enumerate() {
            let place = |zoom: Zoom| zoom.shown_unit()[axis] + at_unit * zoom.shown_unit()[2];
            assert!((place(further) - at_unit).abs() < 1e-12);
        }
    }

    #[test]
    fn nothing_beside_the_picture_is_shown() {
        let corner = Zoom::default().after(closer(4.0, [0.0, 0.0]));
        assert_eq!(corner.shown_unit(), [0.0, 0.0, 0.25]);
        assert_eq!(corner.after(ZoomStep::Move([-1.0, -0.5])), corner);
        let moved = corner.after(ZoomStep::Move([0.5, 9.0]));
        assert_eq!(moved.shown_unit(), [0.125, 0.75, 0.25]);
        assert_eq!(
            Zoom::default().after(ZoomStep::Move([0.3, 0.3])),
            Zoom::default()
        );
    }

    #[test]
    fn out_and_in_has_ends() {
        let zoom = Zoom::default().after(closer(1e9, [0.5, 0.5]));
        assert_eq!(zoom.factor(), MOST);
        let back = zoom.after(closer(1.0 / 16.0, [0.1, 0.9]));
        assert!(back.is_whole());
        assert_eq!(back, Zoom::default());
        assert_eq!(zoom.after(ZoomStep::Whole), Zoom::default());
    }
}
