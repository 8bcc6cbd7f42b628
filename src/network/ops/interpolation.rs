//! Where a resized axis takes its values from, and how much of each neighbour
//! (<https://onnx.ai/onnx/operators/onnx__Resize.html>).

/// An axis before and after.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Length before.
    pub before: usize,
    /// Length afterwards.
    pub after: usize,
    /// Scale asked for; `before * scale` need not be whole.
    pub scale: f64,
    /// Start and end of the region of interest, as fractions of the axis.
    pub region: [f64; 2],
}

impl Span {
    /// The whole axis.
    pub fn new(before: usize, after: usize, scale: f64) -> Self {
        Self {
            before,
            after,
            scale,
            region: [0.0, 1.0],
        }
    }
}

/// How positions afterwards map to positions before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Coordinates {
    /// Centres of pixels on centres.
    HalfPixel,
    /// The same, the image kept in the middle where its new length was rounded.
    HalfPixelSymmetric,
    /// [`Coordinates::HalfPixel`], but 0 where one pixel is left.
    PytorchHalfPixel,
    /// Corners on corners.
    AlignCorners,
    /// Left edges on left edges.
    Asymmetric,
    /// Left edges of the one on centres of the other.
    HalfPixelForNearest,
    /// Corners of a region on corners.
    CropAndResize,
}

impl Coordinates {
    /// By the attribute's text.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "half_pixel" => Self::HalfPixel,
            "half_pixel_symmetric" => Self::HalfPixelSymmetric,
            "pytorch_half_pixel" => Self::PytorchHalfPixel,
            "align_corners" => Self::AlignCorners,
            "asymmetric" => Self::Asymmetric,
            "tf_half_pixel_for_nn" => Self::HalfPixelForNearest,
            "tf_crop_and_resize" => Self::CropAndResize,
            _ => return None,
        })
    }

    /// Position before of output `at`; `None` outside a cropped image.
    pub fn source(self, at: usize, span: &Span) -> Option<f64> {
        self.position_in_double(at, span)
    }

    /// The same for a filter of one neighbour, in single precision, as scales are given and as other programs do it:
    /// 11 / 1.1 is a little less than 10 in double precision, which is another neighbour.
    pub fn nearest_source(self, at: usize, span: &Span) -> Option<f64> {
        self.position_in_single(at, span).map(f64::from)
    }
}

/// Positions in one precision.
macro_rules! positions {
    ($name:ident, $number:ty) => {
        impl Coordinates {
            fn $name(self, at: usize, span: &Span) -> Option<$number> {
                let (x, before) = (at as $number, span.before as $number);
                let scale = span.scale as $number;
                let exact = before * scale;
                Some(match self {
                    Self::HalfPixel => (x + 0.5) / scale - 0.5,
                    Self::HalfPixelSymmetric => {
                        let offset = before / 2.0 * (1.0 - span.after as $number / exact);
                        offset + (x + 0.5) / scale - 0.5
                    }
                    Self::PytorchHalfPixel if span.after == 1 => -0.5,
                    Self::PytorchHalfPixel => (x + 0.5) / scale - 0.5,
                    Self::AlignCorners if exact == 1.0 => 0.0,
                    Self::AlignCorners => x * (before - 1.0) / (exact - 1.0),
                    Self::Asymmetric => x / scale,
                    Self::HalfPixelForNearest => (x + 0.5) / scale,
                    Self::CropAndResize => {
                        let [start, end] = span.region.map(|bound| bound as $number);
                        let within = if exact == 1.0 {
                            (end - start) * (before - 1.0) / 2.0
                        } else {
                            x * (end - start) * (before - 1.0) / (exact - 1.0)
                        };
                        let source = start * (before - 1.0) + within;
                        return (0.0..=before - 1.0).contains(&source).then_some(source);
                    }
                })
            }
        }
    };
}

positions!(position_in_double, f64);
positions!(position_in_single, f32);

/// How much nearer one of two neighbours may be when both still count as equally near: scales such as 0.6 are a little
/// off as single-precision numbers, and so are positions that would be halves.
const TIE: f64 = 1e-5;

/// Which of two neighbours is the nearest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Nearest {
    /// The one before.
    Floor,
    /// The one behind.
    Ceil,
    /// The nearer one, the one before when they are as near.
    PreferFloor,
    /// The nearer one, the one behind when they are as near.
    PreferCeil,
    /// The one before when growing, the one behind when shrinking.
    Simple,
}

/// The shape of a filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// One neighbour.
    Nearest(Nearest),
    /// Two neighbours.
    Linear,
    /// Four neighbours.
    Cubic {
        /// The spline's free coefficient.
        coefficient: f64,
    },
}

/// How neighbours are blended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filter {
    /// Its shape.
    pub kind: Kind,
    /// Widened when shrinking, so that every pixel counts.
    pub antialias: bool,
    /// Neighbours outside the image get no weight, instead of the value at the edge.
    pub exclude_outside: bool,
}

impl Filter {
    /// Pixels and their weights around position `source`.
    pub fn weights(&self, source: f64, span: &Span) -> Vec<(usize, f64)> {
        let last = span.before.saturating_sub(1);
        let (half, stretch) = match self.kind {
            Kind::Nearest(nearest) => {
                let at = match nearest {
                    Nearest::Floor => source.floor(),
                    Nearest::Ceil => source.ceil(),
                    Nearest::PreferFloor => (source - 0.5 - TIE).ceil(),
                    Nearest::PreferCeil => (source + 0.5 + TIE).floor(),
                    Nearest::Simple if span.scale < 1.0 => source.ceil(),
                    Nearest::Simple => source.floor(),
                };
                return vec![((at.max(0.0) as usize).min(last), 1.0)];
            }
            Kind::Linear => self.reach(1.0, span),
            Kind::Cubic { .. } => self.reach(2.0, span),
        };
        // Two neighbours on a pixel are that pixel and the one before it, which gets no weight.
        let first = source.ceil() - half;
        let mut taps = Vec::new();
        let mut sum = 0.0;
        for tap in 0..2 * half as usize {
            let at = first + tap as f64;
            let outside = at < 0.0 || at > last as f64;
            let weight = self.at((at - source) * stretch);
            if weight == 0.0 || (outside && self.exclude_outside) {
                continue;
            }
            sum += weight;
            taps.push(((at.max(0.0) as usize).min(last), weight));
        }
        let normalised = self.exclude_outside || stretch < 1.0;
        let scale = if normalised && sum != 0.0 {
            1.0 / sum
        } else {
            1.0
        };
        merged(taps, scale)
    }

    /// Neighbours on each side, and how much distances shrink.
    fn reach(&self, radius: f64, span: &Span) -> (f64, f64) {
        if self.antialias && span.scale < 1.0 {
            ((radius / span.scale).ceil(), span.scale)
        } else {
            (radius, 1.0)
        }
    }

    fn at(&self, distance: f64) -> f64 {
        let d = distance.abs();
        match self.kind {
            Kind::Cubic { coefficient: a } if d <= 1.0 => ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
            Kind::Cubic { coefficient: a } if d < 2.0 => {
                ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a
            }
            Kind::Cubic { .. } => 0.0,
            _ => (1.0 - d).max(0.0),
        }
    }
}

/// Weights of the same pixel, which are neighbours in the list, as one.
fn merged(taps: Vec<(usize, f64)>, scale: f64) -> Vec<(usize, f64)> {
    let mut merged: Vec<(usize, f64)> = Vec::with_capacity(taps.len());
    for (pixel, weight) in taps {
        match merged.last_mut() {
            Some((last, sum)) if *last == pixel => *sum += weight * scale,
            _ => merged.push((pixel, weight * scale)),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn linear(antialias: bool) -> Filter {
        Filter {
            kind: Kind::Linear,
            antialias,
            exclude_outside: false,
        }
    }

    #[test]
    fn weights_sum_to_one() {
        let span = Span::new(7, 3, 3.0 / 7.0);
        let cubic = Filter {
            kind: Kind::Cubic { coefficient: -0.75 },
            ..linear(false)
        };
        for antialias in [false, true] {
            for filter in [linear(antialias), Filter { antialias, ..cubic }] {
                for source in [-0.4, 0.0, 0.3, 2.0, 3.5, 6.2] {
                    let weights = filter.weights(source, &span);
                    let sum: f64 = weights.iter().map(|(_, weight)| weight).sum();
                    assert!((sum - 1.0).abs() < 1e-12, "{filter:?} at {source}: {sum}");
                }
            }
        }
    }

    #[test]
    fn pixels_on_pixels_are_copied() {
        let span = Span::new(5, 10, 2.0);
        for source in [0.0, 2.0, 4.0] {
            assert_eq!(
                linear(false).weights(source, &span),
                [(source as usize, 1.0)]
            );
        }
        assert_eq!(linear(false).weights(1.25, &span), [(1, 0.75), (2, 0.25)]);
        assert_eq!(linear(false).weights(-0.25, &span), [(0, 1.0)]);
    }

    #[test]
    fn ties_go_where_the_mode_says() {
        let span = Span::new(5, 10, 2.0);
        let nearest = |mode, source| {
            let kind = Kind::Nearest(mode);
            Filter {
                kind,
                ..linear(false)
            }
            .weights(source, &span)[0]
                .0
        };
        assert_eq!(nearest(Nearest::PreferFloor, 1.5), 1);
        assert_eq!(nearest(Nearest::PreferCeil, 1.5), 2);
        assert_eq!(nearest(Nearest::PreferFloor, 1.500_000_5), 1);
        assert_eq!(nearest(Nearest::PreferCeil, 1.499_999_5), 2);
        assert_eq!(nearest(Nearest::Floor, 1.9), 1);
        assert_eq!(nearest(Nearest::Ceil, 1.1), 2);
        assert_eq!(nearest(Nearest::PreferFloor, -0.5), 0);
        assert_eq!(nearest(Nearest::Ceil, 4.5), 4);
    }
}
