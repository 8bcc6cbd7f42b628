//! The bar that says which colour is which raw value.

use super::{
    Colormap,
    ticks::{labels, nice_ticks},
};
use crate::protocol::MapReport;

/// A labelled place on the bar.
#[derive(Clone, Debug, PartialEq)]
pub struct ColorBarTick {
    /// 0 at the low end, 1 at the high end.
    pub position_unit: f64,
    /// The raw value there, before normalisation.
    pub raw: f64,
    /// The raw value in writing.
    pub label: String,
}

/// Colours and labels of a map's bar.
#[derive(Clone, Debug, PartialEq)]
pub struct ColorBar {
    /// From low to high, evenly spaced.
    pub colours: Vec<[u8; 3]>,
    /// From low to high.
    pub ticks: Vec<ColorBarTick>,
}

impl ColorBar {
    /// The bar of a map, with at most `at_most` (2 or more) ticks in the map's raw units. A
    /// constant map has one colour and one tick, at its one value.
    pub fn new(map: &MapReport, colormap: Colormap, at_most: usize) -> Self {
        let (low, high) = (f64::from(map.raw_min), f64::from(map.raw_max));
        if map.constant || high <= low {
            return Self {
                colours: vec![colormap.colour(map.values.first().copied().unwrap_or(1.0))],
                ticks: ticks(vec![high], |_| 0.5),
            };
        }
        let mut raw = nice_ticks(low, high, at_most);
        if raw.len() < 2 {
            raw = vec![low, high];
        }
        Self {
            colours: (0..=255_u8)
                .map(|i| colormap.colour(f32::from(i) / 255.0))
                .collect(),
            ticks: ticks(raw, |value| ((value - low) / (high - low)).clamp(0.0, 1.0)),
        }
    }
}

fn ticks(raw: Vec<f64>, place: impl Fn(f64) -> f64) -> Vec<ColorBarTick> {
    let labels = labels(&raw);
    raw.into_iter()
        .zip(labels)
        .map(|(raw, label)| ColorBarTick {
            position_unit: place(raw),
            raw,
            label,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(raw_min: f32, raw_max: f32, constant: bool) -> MapReport {
        MapReport {
            raw_min,
            raw_max,
            constant,
            ..MapReport::finished("gradient", 0, [1, 1], vec![1.0])
        }
    }

    #[test]
    fn ticks_are_raw_values_at_their_place() {
        let bar = ColorBar::new(&map(1.0, 5.0, false), Colormap::Viridis, 5);
        let ticks: Vec<_> = bar
            .ticks
            .iter()
            .map(|t| (t.position_unit, t.label.as_str()))
            .collect();
        assert_eq!(
            ticks,
            [(0.0, "1"), (0.25, "2"), (0.5, "3"), (0.75, "4"), (1.0, "5")]
        );
        assert_eq!(bar.colours.len(), 256);
        assert_eq!(bar.colours[255], Colormap::Viridis.colour(1.0));
    }

    #[test]
    fn the_ends_are_labelled_where_nothing_round_lies_between() {
        let bar = ColorBar::new(&map(0.31, 0.34, false), Colormap::Grey, 2);
        assert_eq!(bar.ticks.len(), 2);
        assert!(
            bar.ticks
                .iter()
                .all(|t| (0.0..=1.0).contains(&t.position_unit))
        );
    }

    #[test]
    fn a_constant_map_has_one_value() {
        let bar = ColorBar::new(&map(0.25, 0.25, true), Colormap::Viridis, 5);
        assert_eq!(bar.colours, [Colormap::Viridis.colour(1.0)]);
        assert_eq!(bar.ticks.len(), 1);
        assert_eq!(bar.ticks[0].label, "0.250");
    }
}
