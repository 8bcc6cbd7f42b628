//! The steps of Guided AbsoluteGrad on one photo, as plain pictures and maps for a lesson about it.

use serde::{Deserialize, Serialize};

use super::{MapReport, Pixels, map::bytes_taken};

/// One noisy copy of the photo with the gradient at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LessonCopy {
    /// The copy, its values clipped to what a screen can show.
    pub picture: Pixels,
    /// The gradient, summed over the channels; signed, with 0 in the middle of its raw range, which
    /// is the same for all copies.
    pub gradient: MapReport,
    /// The gradient's magnitude, summed over the channels; from 0, one raw range for all copies.
    pub magnitude: MapReport,
}

/// A map that is broken on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BrokenMap {
    /// The map.
    pub map: MapReport,
    /// Its RCAP, 0 to 1.
    pub rcap: f64,
}

/// What lies between a photo and its Guided AbsoluteGrad map. Raw values are in units of the gradient,
/// or of its square.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LessonReport {
    /// The first few noisy copies.
    pub copies: Vec<LessonCopy>,
    /// Mean magnitude over all copies, summed over the channels: the AbsoluteGrad map. From 0.
    pub mean_magnitude: MapReport,
    /// Variance over all copies (divisor n - 1), summed over the channels. From 0.
    pub variance: MapReport,
    /// By channel, the variance at the guide's percentile; empty where the guide damps nothing.
    pub thresholds: Vec<f64>,
    /// How many of a pixel's channels vary above their threshold: raw values 0 to 3.
    pub above: MapReport,
    /// What the guide leaves of a pixel: times `mean_magnitude` it is the map before it is scaled.
    /// Raw values from 0, where nothing is damped 1.
    pub weight: MapReport,
    /// The map with high and low exchanged.
    pub reversed: BrokenMap,
    /// Uniform random numbers.
    pub random: BrokenMap,
}

impl LessonReport {
    fn maps(&mut self) -> Vec<&mut MapReport> {
        let copies = self.copies.iter_mut();
        let mut maps: Vec<_> = copies
            .flat_map(|copy| [&mut copy.gradient, &mut copy.magnitude])
            .collect();
        maps.extend([
            &mut self.mean_magnitude,
            &mut self.variance,
            &mut self.above,
            &mut self.weight,
            &mut self.reversed.map,
            &mut self.random.map,
        ]);
        maps
    }

    /// Takes pixels and values out, as [`super::Event::detach`] does.
    pub(super) fn detach(&mut self) -> Vec<Vec<u8>> {
        let copies = self.copies.iter_mut();
        let mut buffers: Vec<_> = copies
            .map(|copy| std::mem::take(&mut copy.picture.rgba))
            .collect();
        buffers.extend(self.maps().into_iter().map(bytes_taken));
        buffers
    }

    /// Puts back what [`LessonReport::detach`] took out; `next` gives it in the same order.
    pub(super) fn attach(&mut self, mut next: impl FnMut() -> Vec<u8>) {
        for copy in &mut self.copies {
            copy.picture.rgba = next();
        }
        for map in self.maps() {
            map.set_bytes(&next());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Event;

    /// A map of one pixel.
    fn map(value: f32) -> MapReport {
        MapReport::finished("", 0, [1, 1], vec![value])
    }

    #[test]
    fn everything_comes_back_where_it_was() {
        let copy = |value: u8| LessonCopy {
            picture: Pixels {
                width: 1,
                height: 1,
                rgba: vec![value; 4],
            },
            gradient: map(f32::from(value)),
            magnitude: map(f32::from(value) + 0.5),
        };
        let broken = |value| BrokenMap {
            map: map(value),
            rcap: 0.25,
        };
        let sent = Event::Lesson(Box::new(LessonReport {
            copies: vec![copy(1), copy(2)],
            mean_magnitude: map(10.0),
            variance: map(11.0),
            thresholds: vec![0.5; 3],
            above: map(12.0),
            weight: map(13.0),
            reversed: broken(14.0),
            random: broken(15.0),
        }));
        let mut event = sent.clone();
        let buffers = event.detach();
        assert_eq!(buffers.len(), 2 + 4 + 6);
        let json = serde_json::to_string(&event).unwrap();
        let mut received: Event = serde_json::from_str(&json).unwrap();
        assert_ne!(received, sent);
        received.attach(buffers);
        assert_eq!(received, sent);
    }
}
