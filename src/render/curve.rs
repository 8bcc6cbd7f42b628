//! Geometry of the RCAP curve: everything a canvas needs to stroke it, in pixels, without a canvas.

use super::ticks::{labels, nice_ticks};
use crate::protocol::{RcapReport, RcapStep};

/// Room for labels around the plot, in CSS pixels: left, top, right, bottom.
const MARGINS_PX: [f64; 4] = [44.0, 10.0, 12.0, 40.0];

/// Space one label needs along its axis.
const LABEL_SPACE_PX: [f64; 2] = [52.0, 26.0];

/// The rectangle curves are drawn in; y grows downwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// Left end of the horizontal axis.
    pub left_px: f64,
    /// Where the vertical axis ends, at 1.
    pub top_px: f64,
    /// Right end of the horizontal axis.
    pub right_px: f64,
    /// Where the horizontal axis lies, at 0.
    pub bottom_px: f64,
}

/// A labelled place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct AxisTick {
    /// Along the axis, in pixels of the canvas.
    pub position_px: f64,
    /// What stands there.
    pub label: String,
}

/// Which quantity a line shows; all lie within 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeriesKind {
    /// Probability of the target for the recovered image.
    Probability,
    /// Share of the map's mass in the recovered pixels.
    MassShare,
    /// Their product, of which RCAP is the mean.
    Product,
}

impl SeriesKind {
    /// All of them, in drawing order.
    pub const ALL: [Self; 3] = [Self::Probability, Self::MassShare, Self::Product];

    /// Name for the legend.
    pub fn label(self) -> &'static str {
        match self {
            Self::Probability => "class probability",
            Self::MassShare => "share of saliency mass",
            Self::Product => "product",
        }
    }

    /// Its value at a step; 0 for what is no number.
    pub fn value(self, step: &RcapStep) -> f64 {
        let value = match self {
            Self::Probability => step.probability,
            Self::MassShare => step.mass_share,
            Self::Product => step.probability * step.mass_share,
        };
        if value.is_finite() { value } else { 0.0 }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// What it shows.
    pub kind: SeriesKind,
    /// x and y of each step, in pixels of the canvas, from the sparsest recovery to the fullest.
    pub points_px: Vec<[f64; 2]>,
}

/// The step under the pointer.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// Index of the step, and of its recovered image.
    pub step: usize,
    /// Where the step lies, in pixels of the canvas.
    pub x_px: f64,
    /// Percent of pixels the step asks for: `100 * (1 - rate)`.
    pub percent: f64,
    /// Pixels it recovered, which ties make more or fewer.
    pub recovered_pixels: usize,
    /// Values in the order of [`SeriesKind::ALL`].
    pub values: [f64; 3],
}

/// The whole plot.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Where it is drawn.
    pub frame: Frame,
    /// What the horizontal axis means.
    pub x_title: &'static str,
    /// Ticks from left to right.
    pub x_ticks: Vec<AxisTick>,
    /// Ticks from 0 to 1.
    pub y_ticks: Vec<AxisTick>,
    /// The lines, in drawing order.
    pub series: Vec<Series>,
    /// Height of the line at the score, in pixels of the canvas.
    pub score_px: f64,
    /// The steps, as the pointer finds them.
    steps: Vec<Hover>,
}

impl Curve {
    /// Lays a report out on a canvas of this size in CSS pixels. A canvas smaller than its labels
    /// gives a plot of no area, never a negative one.
    pub fn new(report: &RcapReport, width_px: f64, height_px: f64) -> Self {
        let [left, top, right, bottom] = MARGINS_PX;
        let frame = Frame {
            left_px: left,
            top_px: top,
            right_px: (width_px - right).max(left),
            bottom_px: (height_px - bottom).max(top),
        };
        let percents: Vec<f64> = report.steps.iter().map(percent).collect();
        let (low, high) = x_range(&percents);
        let x = |percent: f64| {
            frame.left_px + (frame.right_px - frame.left_px) * (percent - low) / (high - low)
        };
        let y =
            |value: f64| frame.bottom_px - (frame.bottom_px - frame.top_px) * value.clamp(0.0, 1.0);

        let series = SeriesKind::ALL
            .into_iter()
            .map(|kind| Series {
                kind,
                points_px: report
                    .steps
                    .iter()
                    .zip(&percents)
                    .map(|(step, &percent)| [x(percent), y(kind.value(step))])
                    .collect(),
            })
            .collect();
        let steps = report.steps.iter().zip(&percents).enumerate();
        Self {
            frame,
            x_title: "brightest pixels of the map shown (%)",
            x_ticks: axis(
                low,
                high,
                frame.right_px - frame.left_px,
                LABEL_SPACE_PX[0],
                x,
            ),
            y_ticks: axis(
                0.0,
                1.0,
                frame.bottom_px - frame.top_px,
                LABEL_SPACE_PX[1],
                y,
            ),
            series,
            score_px: y(report.score),
            steps: steps
                .map(|(index, (step, &percent))| Hover {
                    step: index,
                    x_px: x(percent),
                    percent,
                    recovered_pixels: step.recovered_pixels,
                    values: SeriesKind::ALL.map(|kind| kind.value(step)),
                })
                .collect(),
        }
    }

    /// The step nearest to a pointer at `x_px`, `y_px` on the canvas; `None` outside the frame
    /// (with a few pixels' grace) or without steps.
    pub fn nearest(&self, x_px: f64, y_px: f64) -> Option<&Hover> {
        const GRACE_PX: f64 = 8.0;
        let Frame {
            left_px,
            top_px,
            right_px,
            bottom_px,
        } = self.frame;
        let within = (left_px - GRACE_PX..=right_px + GRACE_PX).contains(&x_px)
            && (top_px - GRACE_PX..=bottom_px + GRACE_PX).contains(&y_px);
        let distance = |step: &&Hover| (step.x_px - x_px).abs();
        self.steps
            .iter()
            .filter(|_| within)
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

/// Percent of pixels a step asks for, without the dust of binary fractions.
fn percent(step: &RcapStep) -> f64 {
    ((1.0 - step.rate) * 1e8).round() / 1e6
}

/// Ends of the horizontal axis: the steps', or five percent around a single one.
fn x_range(percents: &[f64]) -> (f64, f64) {
    let low = percents.iter().copied().fold(f64::INFINITY, f64::min);
    let high = percents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !(low.is_finite() && high.is_finite()) {
        (0.0, 100.0)
    } else if high > low {
        (low, high)
    } else {
        (low - 5.0, high + 5.0)
    }
}

/// Ticks as dense as their labels allow.
fn axis(
    low: f64,
    high: f64,
    length_px: f64,
    label_px: f64,
    place: impl Fn(f64) -> f64,
) -> Vec<AxisTick> {
    let at_most = ((length_px / label_px) as usize + 1).clamp(2, 11);
    let values = nice_ticks(low, high, at_most);
    let labels = labels(&values);
    values
        .into_iter()
        .zip(labels)
        .map(|(value, label)| AxisTick {
            position_px: place(value),
            label,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::RcapSettings;

    fn report(values: &[(f64, f64, f64)]) -> RcapReport {
        RcapReport {
            target: 3,
            settings: RcapSettings::default(),
            score: 0.25,
            original_probability: 0.9,
            original_logit: 5.0,
            steps: values
                .iter()
                .map(|&(rate, probability, mass_share)| RcapStep {
                    rate,
                    quantile: 0.5,
                    threshold: 0.5,
                    ring_pixels: 10,
                    recovered_pixels: (1000.0 * (1.0 - rate)) as usize,
                    mean_saliency: 0.7,
                    mass_share,
                    probability,
                    logit: 1.0,
                })
                .collect(),
            recovered: Vec::new(),
        }
    }

    fn paper() -> RcapReport {
        report(&[
            (0.9, 0.0, 0.4),
            (0.8, 0.2, 0.6),
            (0.7, 0.5, 0.7),
            (0.6, 0.8, 0.9),
            (0.5, 1.0, 1.0),
        ])
    }

    #[test]
    fn steps_run_from_left_to_right_over_round_percents() {
        // 400 - 44 - 12 = 344 wide, 250 - 10 - 40 = 200 high.
        let curve = Curve::new(&paper(), 400.0, 250.0);
        let ticks: Vec<_> = curve
            .x_ticks
            .iter()
            .map(|t| (t.position_px, t.label.as_str()))
            .collect();
        assert_eq!(
            ticks,
            [
                (44.0, "10"),
                (130.0, "20"),
                (216.0, "30"),
                (302.0, "40"),
                (388.0, "50")
            ]
        );
        let y: Vec<_> = curve.y_ticks.iter().map(|t| t.label.as_str()).collect();
        assert_eq!(y, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(curve.y_ticks[0].position_px, 210.0);
        assert_eq!(curve.score_px, 160.0);
    }

    #[test]
    fn lines_have_the_values_of_the_report() {
        let curve = Curve::new(&paper(), 400.0, 250.0);
        let [probability, mass, product] = curve.series.as_slice() else {
            panic!("three lines");
        };
        assert_eq!(probability.points_px[0], [44.0, 210.0]);
        assert_eq!(probability.points_px[4], [388.0, 10.0]);
        assert_eq!(mass.points_px[0], [44.0, 130.0]);
        let [x, y] = product.points_px[3];
        assert_eq!(x, 302.0);
        assert!((y - (210.0 - 200.0 * 0.72)).abs() < 1e-9);
    }

    #[test]
    fn the_pointer_finds_the_nearest_step() {
        let curve = Curve::new(&paper(), 400.0, 250.0);
        let hover = curve.nearest(220.0, 100.0).unwrap();
        assert_eq!((hover.step, hover.x_px, hover.percent), (2, 216.0, 30.0));
        assert_eq!(hover.values, [0.5, 0.7, 0.35]);
        assert_eq!(curve.nearest(40.0, 100.0).unwrap().step, 0);
        assert_eq!(curve.nearest(10.0, 100.0), None);
        assert_eq!(curve.nearest(220.0, 240.0), None);
        assert_eq!(curve.nearest(f64::NAN, 100.0), None);
    }

    #[test]
    fn odd_reports_still_have_a_plot() {
        let one = Curve::new(&report(&[(0.5, 0.3, 0.4)]), 400.0, 250.0);
        assert_eq!(one.series[0].points_px, [[216.0, 150.0]]);
        let none = Curve::new(&report(&[]), 400.0, 250.0);
        assert_eq!(none.nearest(200.0, 100.0), None);
        let nan = Curve::new(&report(&[(0.5, f64::NAN, 0.4)]), 400.0, 250.0);
        assert_eq!(nan.series[0].points_px[0][1], 210.0);
        let tiny = Curve::new(&paper(), 10.0, 10.0);
        for series in &tiny.series {
            assert!(series.points_px.iter().flatten().all(|v| v.is_finite()));
        }
    }
}
