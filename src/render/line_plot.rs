//! Geometry of several lines over one axis: what a canvas needs to stroke them, without a canvas.

use super::{
    AxisTick, Frame,
    ticks::{labels, nice_ticks},
};

/// Room for labels around the plot, in CSS pixels: left, top, right, bottom.
const MARGINS_PX: [f64; 4] = [44.0, 10.0, 12.0, 40.0];

/// Space one label needs along its axis.
const LABEL_SPACE_PX: [f64; 2] = [52.0, 26.0];

/// Values over places, both of one length.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlotLine<'a> {
    /// Ascending.
    pub x: &'a [f64],
    /// One value for each of `x`.
    pub y: &'a [f64],
}

/// Lines laid out on a canvas.
#[derive(Clone, Debug, PartialEq)]
pub struct LinePlot {
    /// Where they are drawn.
    pub frame: Frame,
    /// Ticks from left to right.
    pub x_ticks: Vec<AxisTick>,
    /// Ticks from below.
    pub y_ticks: Vec<AxisTick>,
    /// The points of each line, in pixels of the canvas.
    pub lines_px: Vec<Vec<[f64; 2]>>,
}

impl LinePlot {
    /// Lays lines out on a canvas of this size in CSS pixels. The vertical axis begins at 0 unless a
    /// value is negative, and ends at 1 unless one is larger.
    pub fn new(lines: &[PlotLine<'_>], width_px: f64, height_px: f64) -> Self {
        let [left, top, right, bottom] = MARGINS_PX;
        let frame = Frame {
            left_px: left,
            top_px: top,
            right_px: (width_px - right).max(left),
            bottom_px: (height_px - bottom).max(top),
        };
        let finite = |values: fn(&PlotLine<'_>) -> Vec<f64>| -> Vec<f64> {
            let all = lines.iter().flat_map(values);
            all.filter(|value| value.is_finite()).collect()
        };
        let (xs, ys) = (
            finite(|line| line.x.to_vec()),
            finite(|line| line.y.to_vec()),
        );
        let low = |values: &[f64], start: f64| values.iter().copied().fold(start, f64::min);
        let high = |values: &[f64], start: f64| values.iter().copied().fold(start, f64::max);
        let (y_low, y_high) = (low(&ys, 0.0), high(&ys, 1.0));
        let (mut x_low, mut x_high) = (low(&xs, f64::INFINITY), high(&xs, f64::NEG_INFINITY));
        if x_high <= x_low {
            let middle = if x_low.is_finite() { x_low } else { 0.5 };
            (x_low, x_high) = (middle - 0.5, middle + 0.5);
        }
        let across = frame.right_px - frame.left_px;
        let up = frame.bottom_px - frame.top_px;
        let x = |value: f64| frame.left_px + across * (value - x_low) / (x_high - x_low);
        let y = |value: f64| frame.bottom_px - up * (value - y_low) / (y_high - y_low);
        let lines_px = lines
            .iter()
            .map(|line| {
                let points = line.x.iter().zip(line.y);
                points
                    .filter(|(x, y)| x.is_finite() && y.is_finite())
                    .map(|(&at, &value)| [x(at), y(value)])
                    .collect()
            })
            .collect();
        Self {
            frame,
            x_ticks: axis(x_low, x_high, across / LABEL_SPACE_PX[0], x),
            y_ticks: axis(y_low, y_high, up / LABEL_SPACE_PX[1], y),
            lines_px,
        }
    }

    /// The line and its point nearest to a pointer at `x_px`, `y_px`, within 40 pixels.
    pub fn nearest(&self, x_px: f64, y_px: f64) -> Option<(usize, usize)> {
        const REACH_PX: f64 = 40.0;
        let points = self.lines_px.iter().enumerate().flat_map(|(line, points)| {
            let numbered = points.iter().enumerate();
            numbered.map(move |(point, [x, y])| (line, point, (x - x_px).hypot(y - y_px)))
        });
        points
            .filter(|(.., distance)| *distance <= REACH_PX)
            .min_by(|(.., a), (.., b)| a.total_cmp(b))
            .map(|(line, point, _)| (line, point))
    }
}

fn axis(low: f64, high: f64, at_most: f64, place: impl Fn(f64) -> f64) -> Vec<AxisTick> {
    // A cast of a negative number is 0.
    let ticks = nice_ticks(low, high, at_most as usize);
    let labels = labels(&ticks);
    ticks
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

    #[test]
    fn lines_share_their_axes() {
        let (x, low, high) = ([0.0, 0.5, 1.0], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]);
        let plot = LinePlot::new(
            &[PlotLine { x: &x, y: &low }, PlotLine { x: &x, y: &high }],
            400.0,
            200.0,
        );
        let ends = |line: usize| (plot.lines_px[line][0], plot.lines_px[line][2]);
        assert_eq!(
            ends(0),
            (
                [plot.frame.left_px, plot.frame.bottom_px],
                [plot.frame.right_px, plot.frame.bottom_px]
            )
        );
        assert_eq!(ends(1).0, [plot.frame.left_px, plot.frame.top_px]);
        assert_eq!(plot.nearest(44.0, 12.0), Some((1, 0)));
        assert_eq!(plot.nearest(222.0, 158.0), Some((0, 1)));
        assert_eq!(plot.nearest(1000.0, 1000.0), None);
        assert_eq!(plot.x_ticks.first().unwrap().label, "0.0");
    }

    #[test]
    fn values_beyond_0_to_1_widen_the_axis_and_odd_ones_are_left_out() {
        let (x, y) = ([1.0, 2.0, 3.0], [-2.0, f64::NAN, 4.0]);
        let plot = LinePlot::new(&[PlotLine { x: &x, y: &y }], 400.0, 200.0);
        assert_eq!(plot.lines_px[0].len(), 2);
        assert_eq!(plot.lines_px[0][0][1], plot.frame.bottom_px);
        assert_eq!(plot.lines_px[0][1][1], plot.frame.top_px);
        let empty = LinePlot::new(&[], 10.0, 10.0);
        assert!(empty.lines_px.is_empty());
    }
}
