//! Localisation: how well a map agrees with a mask of where the object is.

use super::{
    Findings, Measure, MetricError, Subject, lower_quantile,
    measure::{UNIT_RANGE, score},
    sorted,
};
use crate::{
    classifier::{LocalFuture, Size},
    protocol::{Direction, MeasureDescription, ScoreDescription, Settings, citation},
};

/// Agreement of a map with a mask, counted as 1 inside and 0 outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Mean absolute difference, 0 to 1.
    pub mae: f64,
    /// Root of the mean squared difference, 0 to 1. The authors print it as "MSE".
    pub rmse: f64,
    /// Root of the mean absolute difference, 0 to 1. The authors print it as "MAE".
    pub root_mae: f64,
    /// `ln cosh (1 - D)` of the soft Dice coefficient D, smoothed by 1; 0 to 0.434.
    pub log_cosh_dice: f64,
    /// Whether the largest value lies inside; where several pixels share it, their share inside.
    pub pointing_game: f64,
    /// Whether the centroid of the top 30 % lies inside, 0 or 1. The authors' pointing game.
    pub centroid_hit: f64,
    /// Share of the map's mass inside, 0 to 1; 0 for a map of zeros.
    pub mass_inside: f64,
    /// Largest intersection over union of the mask with the pixels at or above a threshold.
    pub best_iou: f64,
    /// The threshold that gives it, 0 to 1; the highest where several do.
    pub best_threshold: f32,
}

impl Agreement {
    /// Compares `map`, in 0 to 1, with `mask`; both `[height, width]`.
    ///
    /// # Errors
    /// The mask marks no pixel.
    pub fn of(map: &[f32], mask: &[bool], size: Size) -> Result<Self, MetricError> {
        let pixels = map.len() as f64;
        let inside_pixels = mask.iter().filter(|&&inside| inside).count() as f64;
        if inside_pixels == 0.0 {
            return Err(MetricError::EmptyMask);
        }
        let (mut absolute, mut squared, mut mass, mut mass_inside) = (0.0, 0.0, 0.0, 0.0);
        for (&value, &inside) in map.iter().zip(mask) {
            let value = f64::from(value);
            let difference = value - f64::from(u8::from(inside));
            absolute += difference.abs();
            squared += difference * difference;
            mass += value;
            mass_inside += if inside { value } else { 0.0 };
        }
        let mae = absolute / pixels;
        let dice = (2.0 * mass_inside + 1.0) / (mass + inside_pixels + 1.0);
        let (best_iou, best_threshold) = best_iou(map, mask);
        Ok(Self {
            mae,
            rmse: (squared / pixels).sqrt(),
            root_mae: mae.sqrt(),
            log_cosh_dice: (1.0 - dice).cosh().ln(),
            pointing_game: pointing_game(map, mask),
            centroid_hit: centroid_hit(map, mask, size),
            mass_inside: if mass > 0.0 { mass_inside / mass } else { 0.0 },
            best_iou,
            best_threshold,
        })
    }
}

fn pointing_game(map: &[f32], mask: &[bool]) -> f64 {
    let largest = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let (mut hits, mut at_largest) = (0, 0);
    for (_, &inside) in map.iter().zip(mask).filter(|&(&v, _)| v == largest) {
        at_largest += 1;
        hits += usize::from(inside);
    }
    hits as f64 / f64::from(at_largest.max(1))
}

/// Row and column of the centre of the pixels at or above the map's 0.7 quantile, each rounded
/// down.
pub fn top_centroid(map: &[f32], size: Size) -> (usize, usize) {
    let threshold = lower_quantile(&sorted(map), 0.7);
    let (mut rows, mut columns, mut count) = (0, 0, 0);
    for (i, _) in map.iter().enumerate().filter(|&(_, &v)| v >= threshold) {
        rows += i / size.width.max(1);
        columns += i % size.width.max(1);
        count += 1;
    }
    (rows / count.max(1), columns / count.max(1))
}

fn centroid_hit(map: &[f32], mask: &[bool], size: Size) -> f64 {
    let (row, column) = top_centroid(map, size);
    let inside = mask.get(row * size.width + column) == Some(&true);
    f64::from(u8::from(inside))
}

// Pixels by falling value; a threshold can only fall between two different values.
fn best_iou(map: &[f32], mask: &[bool]) -> (f64, f32) {
    let mut pixels: Vec<(f32, bool)> = map.iter().copied().zip(mask.iter().copied()).collect();
    pixels.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let positives = mask.iter().filter(|&&inside| inside).count();
    let mut best = (0.0, 1.0);
    let mut hits = 0;
    for (i, &(value, inside)) in pixels.iter().enumerate() {
        hits += usize::from(inside);
        if pixels.get(i + 1).is_some_and(|next| next.0 == value) {
            continue;
        }
        let union = i + 1 + positives - hits;
        let iou = hits as f64 / union as f64;
        if iou > best.0 {
            best = (iou, value);
        }
    }
    best
}

/// Every way of comparing a map with a mask.
pub struct Localisation;

fn scores() -> Vec<ScoreDescription> {
    use Direction::{HigherIsBetter, LowerIsBetter};
    vec![
        score(
            "mae",
            "MAE",
            "Mean absolute difference between map and mask.",
            LowerIsBetter,
            UNIT_RANGE,
        ),
        score(
            "rmse",
            "RMSE",
            "Root of the mean squared difference (the authors print it as \"MSE\").",
            LowerIsBetter,
            UNIT_RANGE,
        ),
        score(
            "authors-mae",
            "Root of MAE (authors' \"MAE\")",
            "Root of the mean absolute difference, which the paper's tables call MAE.",
            LowerIsBetter,
            UNIT_RANGE,
        ),
        score(
            "log-cosh-dice",
            "Log-cosh Dice",
            "Logarithm of the hyperbolic cosine of one minus the soft Dice coefficient.",
            LowerIsBetter,
            (Some(0.0), Some(1_f64.cosh().ln())),
        ),
        score(
            "pointing-game",
            "Pointing game",
            &format!(
                "Whether the largest value lies in the mask ({}).",
                citation::POINTING_GAME.credit_and_year()
            ),
            HigherIsBetter,
            UNIT_RANGE,
        ),
        score(
            "centroid-hit",
            "Centroid hit (authors' pointing game)",
            "Whether the centroid of the top 30 % of pixels lies in the mask.",
            HigherIsBetter,
            UNIT_RANGE,
        ),
        score(
            "mass-inside",
            "Mass inside",
            "Share of the map's mass that lies in the mask.",
            HigherIsBetter,
            UNIT_RANGE,
        ),
        score(
            "best-iou",
            "Best IoU",
            "Intersection over union of map and mask at the threshold where it is largest.",
            HigherIsBetter,
            UNIT_RANGE,
        ),
        score(
            "best-iou-threshold",
            "Threshold of best IoU",
            "Map value at which the intersection over union is largest.",
            Direction::Descriptive,
            UNIT_RANGE,
        ),
    ]
}

impl Measure for Localisation {
    fn description(&self) -> MeasureDescription {
        MeasureDescription {
            id: "localisation".to_owned(),
            label: "Localisation".to_owned(),
            summary: "How well the map agrees with a mask of where the object is.".to_owned(),
            citations: vec![
                citation::GUIDED_ABSOLUTE_GRAD.cite(),
                citation::POINTING_GAME.cite_for("Pointing game"),
                citation::LOG_COSH_DICE.cite_for("Log-cosh Dice"),
            ],
            cost: "no forward pass; needs a mask".to_owned(),
            needs_mask: true,
            parameters: Vec::new(),
            scores: scores(),
        }
    }

    fn forward_passes(&self, _settings: &Settings) -> usize {
        0
    }

    fn evaluate<'a>(
        &'a self,
        subject: &'a Subject<'a>,
        _settings: &'a Settings,
    ) -> LocalFuture<'a, Result<Findings, MetricError>> {
        Box::pin(async move {
            let mask = subject.mask.ok_or(MetricError::NoMask)?;
            let agreement = Agreement::of(subject.map, mask, subject.image.size)?;
            Ok(Findings {
                scores: vec![
                    agreement.mae,
                    agreement.rmse,
                    agreement.root_mae,
                    agreement.log_cosh_dice,
                    agreement.pointing_game,
                    agreement.centroid_hit,
                    agreement.mass_inside,
                    agreement.best_iou,
                    f64::from(agreement.best_threshold),
                ],
                curves: Vec::new(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size::colour(4, 5);

    fn square() -> Vec<bool> {
        (0..20)
            .map(|i| (1..3).contains(&(i / 5)) && (1..4).contains(&(i % 5)))
            .collect()
    }

    #[test]
    fn a_perfect_map_scores_perfectly() {
        let mask = square();
        let map: Vec<f32> = mask.iter().map(|&m| f32::from(u8::from(m))).collect();
        let agreement = Agreement::of(&map, &mask, SIZE).unwrap();
        let perfect = Agreement {
            mae: 0.0,
            rmse: 0.0,
            root_mae: 0.0,
            log_cosh_dice: 0.0,
            pointing_game: 1.0,
            centroid_hit: 1.0,
            mass_inside: 1.0,
            best_iou: 1.0,
            best_threshold: 1.0,
        };
        assert_eq!(agreement, perfect);
    }

    #[test]
    fn a_map_of_everything_else_scores_worst() {
        let mask = square();
        let map: Vec<f32> = mask.iter().map(|&m| f32::from(u8::from(!m))).collect();
        let agreement = Agreement::of(&map, &mask, SIZE).unwrap();
        assert_eq!((agreement.mae, agreement.rmse), (1.0, 1.0));
        assert_eq!(agreement.pointing_game, 0.0);
        assert_eq!(agreement.mass_inside, 0.0);
        // Nothing but the whole image overlaps.
        assert_eq!(agreement.best_iou, 6.0 / 20.0);
        assert_eq!(agreement.best_threshold, 0.0);
    }

    #[test]
    fn known_values_of_a_graded_map() {
        let size = Size::colour(1, 4);
        let mask = [true, true, false, false];
        let map = [0.5, 1.0, 0.75, 0.0];
        let agreement = Agreement::of(&map, &mask, size).unwrap();
        assert_eq!(agreement.mae, 1.25 / 4.0);
        assert_eq!(agreement.rmse, ((0.25 + 0.5625) / 4.0_f64).sqrt());
        assert_eq!(agreement.mass_inside, 1.5 / 2.25);
        let dice: f64 = 4.0 / 5.25;
        let x = 1.0 - dice;
        let expected = ((x.exp() + (-x).exp()) / 2.0).ln();
        assert!((agreement.log_cosh_dice - expected).abs() < 1e-15);
        assert_eq!(agreement.best_iou, 2.0 / 3.0);
        assert_eq!(agreement.best_threshold, 0.5);
    }

    #[test]
    fn shared_maxima_count_by_their_share_inside() {
        let mask = square();
        assert_eq!(pointing_game(&[1.0; 20], &mask), 6.0 / 20.0);
        assert_eq!(pointing_game(&[0.0; 20], &mask), 6.0 / 20.0);
    }

    #[test]
    fn an_empty_mask_is_refused() {
        let result = Agreement::of(&[0.5; 20], &[false; 20], SIZE);
        assert_eq!(result, Err(MetricError::EmptyMask));
    }
}
