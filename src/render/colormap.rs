//! Colours for values: perceptually uniform and safe for colour-blind eyes, never a rainbow.

mod tables;

/// A way to turn values from 0 to 1 into colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Colormap {
    /// Dark violet over green to yellow.
    #[default]
    Viridis,
    /// Dark blue over grey to yellow; looks the same to nearly every eye.
    Cividis,
    /// Black over purple to cream.
    Magma,
    /// Black to white.
    Grey,
    /// Blue below one half, near white at it, orange above: for signed values.
    BlueOrange,
}

impl Colormap {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 5] = [
        Self::Viridis,
        Self::Cividis,
        Self::Magma,
        Self::Grey,
        Self::BlueOrange,
    ];

    /// Name in settings and on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::Viridis => "viridis",
            Self::Cividis => "cividis",
            Self::Magma => "magma",
            Self::Grey => "grey",
            Self::BlueOrange => "blue-orange",
        }
    }

    /// The colormap called `id`.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|map| map.id() == id)
    }

    /// Red, green and blue for a value; values outside 0 to 1 are clamped, and one that is no
    /// number counts as 0.
    pub fn colour(self, value_unit: f32) -> [u8; 3] {
        // A cast from f32 clamps by itself, and makes 0 of what is no number.
        let index = (value_unit * 255.0).round() as u8;
        let entry = usize::from(index);
        match self {
            Self::Viridis => tables::VIRIDIS[entry],
            Self::Cividis => tables::CIVIDIS[entry],
            Self::Magma => tables::MAGMA[entry],
            Self::Grey => [index; 3],
            Self::BlueOrange => diverging(f32::from(index) / 255.0),
        }
    }
}

/// Control points from the outside to the middle. Blue and orange of a pair are equally light.
const BLUES: [[f32; 3]; 4] = [
    [13.0, 60.0, 120.0],
    [54.0, 116.0, 181.0],
    [146.0, 190.0, 225.0],
    [247.0, 247.0, 247.0],
];
const ORANGES: [[f32; 3]; 4] = [
    [110.0, 48.0, 0.0],
    [190.0, 95.0, 10.0],
    [242.0, 176.0, 110.0],
    [247.0, 247.0, 247.0],
];

fn diverging(value_unit: f32) -> [u8; 3] {
    let signed = 2.0 * value_unit - 1.0;
    let points = if signed < 0.0 { &BLUES } else { &ORANGES };
    let place = (1.0 - signed.abs()) * 3.0;
    let step = (place as usize).min(2);
    let part = place - step as f32;
    std::array::from_fn(|c| {
        let (from, to) = (points[step][c], points[step + 1][c]);
        (from + part * (to - from)).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CIE lightness, 0 to 100.
    fn lightness([r, g, b]: [u8; 3]) -> f64 {
        let linear = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        let y = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
        if y > 0.008_856 {
            116.0 * y.cbrt() - 16.0
        } else {
            903.3 * y
        }
    }

    fn all(map: Colormap) -> Vec<f64> {
        (0..256)
            .map(|i| lightness(map.colour(i as f32 / 255.0)))
            .collect()
    }

    #[test]
    fn ends_and_middles_are_the_published_ones() {
        for (map, low, middle, high) in [
            (
                Colormap::Viridis,
                [68, 1, 84],
                [33, 145, 140],
                [253, 231, 37],
            ),
            (
                Colormap::Cividis,
                [0, 34, 78],
                [125, 124, 120],
                [254, 232, 56],
            ),
            (Colormap::Magma, [0, 0, 4], [183, 55, 121], [252, 253, 191]),
            (Colormap::Grey, [0; 3], [128; 3], [255; 3]),
        ] {
            assert_eq!(map.colour(0.0), low, "{map:?}");
            assert_eq!(map.colour(128.0 / 255.0), middle, "{map:?}");
            assert_eq!(map.colour(1.0), high, "{map:?}");
        }
    }

    #[test]
    fn more_is_lighter() {
        for map in [
            Colormap::Viridis,
            Colormap::Cividis,
            Colormap::Magma,
            Colormap::Grey,
        ] {
            let all = all(map);
            // Rounding to 8 bits may take back a little.
            assert!(all.windows(2).all(|w| w[1] > w[0] - 0.3), "{map:?}");
            assert!(all[255] - all[0] > 70.0, "{map:?}");
        }
    }

    #[test]
    fn the_signed_map_treats_both_sides_alike() {
        let all = all(Colormap::BlueOrange);
        assert!(all[..128].windows(2).all(|w| w[1] >= w[0]));
        assert!(all[128..].windows(2).all(|w| w[1] <= w[0]));
        for i in 0..128 {
            assert!((all[i] - all[255 - i]).abs() < 4.0, "{i}");
        }
        let ([_, _, blue], [red, _, _]) = (
            Colormap::BlueOrange.colour(0.1),
            Colormap::BlueOrange.colour(0.9),
        );
        assert!(blue > 120 && red > 120);
    }

    #[test]
    fn values_out_of_range_are_clamped() {
        for map in Colormap::ALL {
            assert_eq!(map.colour(-3.0), map.colour(0.0));
            assert_eq!(map.colour(7.0), map.colour(1.0));
            assert_eq!(map.colour(f32::NAN), map.colour(0.0));
            assert_eq!(Colormap::by_id(map.id()), Some(map));
        }
        assert_eq!(Colormap::by_id("jet"), None);
    }
}
