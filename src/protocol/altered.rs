//! The images of a deletion and insertion measure on their way to the page: two pictures and an order,
//! from which every image of the curves can be put together.

use serde::{Deserialize, Serialize};

use super::Pixels;

/// What became of which pixel when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlteredImages {
    /// Id of the measure.
    pub measure: String,
    /// Points of each curve.
    pub points: usize,
    /// What deleted pixels become.
    pub deleted: Pixels,
    /// What inserted pixels appear on.
    pub beneath: Pixels,
    /// By pixel, row by row: the first point at which it counts as salient; `points` or more for
    /// never. Travels beside the message.
    #[serde(skip)]
    pub salient_from: Vec<u16>,
}

impl AlteredImages {
    /// Share of pixels that are salient at a point, 0 to 1.
    pub fn share(&self, point: usize) -> f64 {
        let salient = self.salient_from.iter();
        let salient = salient.filter(|from| usize::from(**from) <= point).count();
        salient as f64 / self.salient_from.len().max(1) as f64
    }

    /// The photo at a point, with its salient pixels deleted.
    pub fn deletion(&self, photo: &Pixels, point: usize) -> Pixels {
        self.mixed(&self.deleted, photo, point)
    }

    /// The salient pixels of the photo at a point, on what they appear on.
    pub fn insertion(&self, photo: &Pixels, point: usize) -> Pixels {
        self.mixed(photo, &self.beneath, point)
    }

    fn mixed(&self, salient: &Pixels, rest: &Pixels, point: usize) -> Pixels {
        let pixels = salient.rgba.as_chunks::<4>().0.iter();
        let pixels = pixels.zip(rest.rgba.as_chunks::<4>().0);
        Pixels {
            width: rest.width,
            height: rest.height,
            rgba: pixels
                .zip(&self.salient_from)
                .flat_map(|((salient, rest), from)| {
                    if usize::from(*from) <= point {
                        *salient
                    } else {
                        *rest
                    }
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grey(values: [u8; 3]) -> Pixels {
        Pixels {
            width: 3,
            height: 1,
            rgba: values.iter().flat_map(|&v| [v, v, v, 255]).collect(),
        }
    }

    #[test]
    fn pixels_go_and_come_in_their_order() {
        let images = AlteredImages {
            measure: "rise-curves".to_owned(),
            points: 2,
            deleted: grey([0; 3]),
            beneath: grey([9; 3]),
            salient_from: vec![2, 0, 1],
        };
        let photo = grey([1, 2, 3]);
        let greys = |pixels: Pixels| -> Vec<u8> { pixels.rgba.into_iter().step_by(4).collect() };
        assert_eq!(greys(images.deletion(&photo, 0)), [1, 0, 3]);
        assert_eq!(greys(images.deletion(&photo, 1)), [1, 0, 0]);
        assert_eq!(greys(images.insertion(&photo, 0)), [9, 2, 9]);
        assert_eq!(greys(images.insertion(&photo, 1)), [9, 2, 3]);
        assert!((images.share(1) - 2.0 / 3.0).abs() < 1e-12);
    }
}
