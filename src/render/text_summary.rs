//! What a map shows, in words, for people who do not see them.

use super::pixel_share;
use crate::protocol::MapReport;

/// A ninth of the image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Region {
    /// First row, first column.
    TopLeft,
    /// First row, middle column.
    TopCentre,
    /// First row, last column.
    TopRight,
    /// Middle row, first column.
    CentreLeft,
    /// The middle.
    Centre,
    /// Middle row, last column.
    CentreRight,
    /// Last row, first column.
    BottomLeft,
    /// Last row, middle column.
    BottomCentre,
    /// Last row, last column.
    BottomRight,
}

impl Region {
    /// Row by row, from the top left.
    pub const ALL: [Self; 9] = [
        Self::TopLeft,
        Self::TopCentre,
        Self::TopRight,
        Self::CentreLeft,
        Self::Centre,
        Self::CentreRight,
        Self::BottomLeft,
        Self::BottomCentre,
        Self::BottomRight,
    ];

    /// Where it is, to follow "lies".
    pub fn place(self) -> &'static str {
        match self {
            Self::TopLeft => "top left",
            Self::TopCentre => "top centre",
            Self::TopRight => "top right",
            Self::CentreLeft => "centre left",
            Self::Centre => "in the centre",
            Self::CentreRight => "centre right",
            Self::BottomLeft => "bottom left",
            Self::BottomCentre => "bottom centre",
            Self::BottomRight => "bottom right",
        }
    }
}

/// The share (0 to 1) of the map's mass in each region, in the order of [`Region::ALL`]; all 0
/// where the map has no mass.
pub fn region_shares(map: &MapReport) -> [f64; 9] {
    let mut shares = [0.0; 9];
    for (index, &value) in map.values.iter().enumerate() {
        // Also skips what is no number. Width and height are not 0 here.
        if value > 0.0 && index < map.width * map.height {
            let (x, y) = (index % map.width, index / map.width);
            shares[3 * (3 * y / map.height) + 3 * x / map.width] += f64::from(value);
        }
    }
    let total: f64 = shares.iter().sum();
    if total > 0.0 {
        shares.map(|share| share / total)
    } else {
        shares
    }
}

/// Where a map's mass lies, such as "38 % of the mass lies centre left, 21 % in the centre and
/// 12 % top left; half of it lies in 7 % of the pixels."
pub fn summarise_map(map: &MapReport) -> String {
    if map.constant {
        return "The map has the same value everywhere, so it points nowhere.".to_owned();
    }
    let shares = region_shares(map);
    let Some(half) = pixel_share(&map.values, 0.5) else {
        return "The map is 0 everywhere, so it points nowhere.".to_owned();
    };
    let half = format!("half of it lies in {} of the pixels", percent(half));

    let mut ranked: Vec<(Region, f64)> = Region::ALL.into_iter().zip(shares).collect();
    // Stable, so that equal shares keep the reading order.
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    // An even map has 11 % in every ninth.
    let (top, highest) = ranked[0];
    if highest < 0.15 {
        return format!(
            "The mass is spread over the whole image, with at most {} in any ninth of it; {half}.",
            percent(highest)
        );
    }
    let others: Vec<String> = ranked[1..3]
        .iter()
        .filter(|(_, share)| *share >= 0.1)
        .map(|(region, share)| format!("{} {}", percent(*share), region.place()))
        .collect();
    let others = match others.as_slice() {
        [] => String::new(),
        [second] => format!(" and {second}"),
        others => format!(", {}", others.join(" and ")),
    };
    format!(
        "{} of the mass lies {}{others}; {half}.",
        percent(highest),
        top.place()
    )
}

/// A share from 0 to 1 in percent, with a decimal only where it would otherwise read 0 or 100.
fn percent(share: f64) -> String {
    let percent = 100.0 * share;
    if percent > 0.0 && percent < 0.1 {
        "less than 0.1 %".to_owned()
    } else if percent > 99.9 && percent < 100.0 {
        "more than 99.9 %".to_owned()
    } else if (percent > 0.0 && percent < 1.0) || (percent > 99.0 && percent < 100.0) {
        format!("{percent:.1} %")
    } else {
        format!("{percent:.0} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(width: usize, height: usize, values: Vec<f32>) -> MapReport {
        MapReport::finished("gradient", 0, [height, width], values)
    }

    #[test]
    fn every_region_is_where_its_name_says() {
        // 7 x 5 pixels: no side is a multiple of three.
        for (x, y, region) in [
            (0, 0, Region::TopLeft),
            (3, 0, Region::TopCentre),
            (6, 1, Region::TopRight),
            (2, 2, Region::CentreLeft),
            (3, 2, Region::Centre),
            (5, 3, Region::CentreRight),
            (0, 4, Region::BottomLeft),
            (4, 4, Region::BottomCentre),
            (6, 4, Region::BottomRight),
        ] {
            let mut values = vec![0.0; 35];
            values[y * 7 + x] = 0.5;
            let map = map(7, 5, values);
            let shares = region_shares(&map);
            let index = Region::ALL.iter().position(|&r| r == region).unwrap();
            assert_eq!(shares[index], 1.0, "{region:?}");
            assert_eq!(
                summarise_map(&map),
                format!(
                    "100 % of the mass lies {}; half of it lies in 3 % of the pixels.",
                    region.place()
                )
            );
        }
    }

    #[test]
    fn the_three_heaviest_regions_are_told() {
        let values = vec![0.12, 0.05, 0.05, 0.38, 0.2, 0.05, 0.05, 0.05, 0.05];
        assert_eq!(
            summarise_map(&map(3, 3, values)),
            "38 % of the mass lies centre left, 20 % in the centre and 12 % top left; \
             half of it lies in 22 % of the pixels."
        );
        let values = vec![0.0, 0.0, 0.75, 0.0, 0.0, 0.0, 0.0, 0.0, 0.25];
        assert_eq!(
            summarise_map(&map(3, 3, values)),
            "75 % of the mass lies top right and 25 % bottom right; \
             half of it lies in 11 % of the pixels."
        );
    }

    #[test]
    fn maps_that_point_nowhere_say_so() {
        let mut same = map(3, 3, vec![1.0; 9]);
        assert!(summarise_map(&same).starts_with("The mass is spread over the whole image"));
        same.constant = true;
        assert!(summarise_map(&same).contains("same value everywhere"));
        let zero = map(3, 3, vec![0.0; 9]);
        assert_eq!(region_shares(&zero), [0.0; 9]);
        assert!(summarise_map(&zero).contains("0 everywhere"));
        assert!(summarise_map(&map(0, 0, Vec::new())).contains("0 everywhere"));
    }

    #[test]
    fn percents_never_round_to_none_or_all() {
        for (share, expected) in [
            (0.0, "0 %"),
            (0.0004, "less than 0.1 %"),
            (0.004, "0.4 %"),
            (0.38, "38 %"),
            (0.997, "99.7 %"),
            (0.9999, "more than 99.9 %"),
            (1.0, "100 %"),
        ] {
            assert_eq!(percent(share), expected);
        }
    }
}
