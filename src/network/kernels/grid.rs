//! Where a grid of places takes its values from: taps along one axis of an image, with their weights and the slopes of
//! these (<https://onnx.ai/onnx/operators/onnx__GridSample.html>).

/// How a place between pixels gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sampling {
    /// That of the nearest pixel, halves to the even one.
    Nearest,
    /// Blended of two pixels along each axis.
    Linear,
    /// Blended of four.
    Cubic,
}

/// What lies around the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surroundings {
    /// Zeros.
    Zeros,
    /// The pixel at the edge, over and over.
    Border,
    /// The image, mirrored.
    Reflection,
}

/// How an image is sampled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridGeometry {
    /// How a place between pixels gets its value.
    pub sampling: Sampling,
    /// What lies around the image.
    pub surroundings: Surroundings,
    /// -1 and 1 are the centres of the outermost pixels, not their edges.
    pub align_corners: bool,
}

/// The free coefficient of the cubic spline.
const CUBIC: f64 = -0.75;

/// Pixels along an axis that a place is blended of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Taps {
    /// The pixels; `None` for zeros around the image.
    pub at: [Option<usize>; 4],
    /// Their weights.
    pub weight: [f64; 4],
    /// How the weights change with the place in the grid, from -1 to 1.
    pub slope: [f64; 4],
    /// Number of them.
    pub count: usize,
}

impl GridGeometry {
    /// First and last place that belong to the image, in pixels.
    fn bounds(&self, length: usize) -> [f64; 2] {
        let length = length as f64;
        if self.align_corners {
            [0.0, length - 1.0]
        } else {
            [-0.5, length - 0.5]
        }
    }

    /// What a place from -1 to 1 is made of, along an axis of this length.
    pub fn taps(&self, place: f32, length: usize) -> Taps {
        let (place, size) = (f64::from(place), length as f64);
        let (mut x, mut change) = if self.align_corners {
            ((place + 1.0) / 2.0 * (size - 1.0), (size - 1.0) / 2.0)
        } else {
            (((place + 1.0) * size - 1.0) / 2.0, size / 2.0)
        };
        if self.sampling == Sampling::Nearest {
            x = x.round_ties_even();
        }
        let [first, last] = self.bounds(length);
        if x < first || x > last {
            match self.surroundings {
                Surroundings::Zeros => {}
                // A spline is laid through the pixels of the border, not through the place at it.
                Surroundings::Border if self.sampling == Sampling::Cubic => {}
                Surroundings::Border => {
                    x = x.clamp(0.0, size - 1.0);
                    change = 0.0;
                }
                Surroundings::Reflection => {
                    let (mirrored, direction) = reflected(x, first, last);
                    x = mirrored;
                    change *= direction;
                }
            }
        }
        let mut taps = Taps {
            at: [None; 4],
            weight: [0.0; 4],
            slope: [0.0; 4],
            count: 0,
        };
        let floor = x.floor();
        let fraction = x - floor;
        let mut add = |pixel: f64, weight: f64, slope: f64| {
            taps.at[taps.count] = self.pixel(pixel, length);
            taps.weight[taps.count] = weight;
            taps.slope[taps.count] = slope * change;
            taps.count += 1;
        };
        match self.sampling {
            // Cut, not rounded: a place that was mirrored may lie between pixels.
            Sampling::Nearest => add(x.trunc(), 1.0, 0.0),
            Sampling::Linear => {
                add(floor, 1.0 - fraction, -1.0);
                add(floor + 1.0, fraction, 1.0);
            }
            Sampling::Cubic => {
                for tap in 0..4 {
                    let distance = f64::from(tap) - 1.0 - fraction;
                    let (weight, slope) = spline(distance);
                    add(floor - 1.0 + f64::from(tap), weight, slope);
                }
            }
        }
        taps
    }

    /// The pixel at a whole place, which may lie outside.
    fn pixel(&self, at: f64, length: usize) -> Option<usize> {
        let inside = |at: f64| at >= 0.0 && at < length as f64;
        let at = match self.surroundings {
            _ if inside(at) => at,
            Surroundings::Border => at.clamp(0.0, length as f64 - 1.0),
            Surroundings::Reflection => {
                let [first, last] = self.bounds(length);
                reflected(at, first, last).0.trunc()
            }
            Surroundings::Zeros => return None,
        };
        inside(at).then_some(at as usize)
    }
}

/// A place mirrored at both ends until it lies between them, and its direction then.
fn reflected(x: f64, first: f64, last: f64) -> (f64, f64) {
    let width = last - first;
    let beyond = if x < first {
        first - x
    } else if x > last {
        x - last
    } else {
        return (x, 1.0);
    };
    if width <= 0.0 || !beyond.is_finite() {
        return (first, 0.0);
    }
    let turns = (beyond / width).trunc();
    let rest = beyond - turns * width;
    let even = turns % 2.0 == 0.0;
    // Every turn at an end turns the direction around.
    if even == (x < first) {
        (first + rest, if x < first { -1.0 } else { 1.0 })
    } else {
        (last - rest, if x < first { 1.0 } else { -1.0 })
    }
}

/// Weight of a pixel at this distance behind a place, and how it changes as the place moves on.
fn spline(distance: f64) -> (f64, f64) {
    let (d, a) = (distance.abs(), CUBIC);
    let (weight, by_distance) = if d <= 1.0 {
        (
            ((a + 2.0) * d - (a + 3.0)) * d * d + 1.0,
            (3.0 * (a + 2.0) * d - 2.0 * (a + 3.0)) * d,
        )
    } else if d < 2.0 {
        (
            ((a * d - 5.0 * a) * d + 8.0 * a) * d - 4.0 * a,
            (3.0 * a * d - 10.0 * a) * d + 8.0 * a,
        )
    } else {
        (0.0, 0.0)
    };
    (weight, -by_distance * distance.signum())
}
