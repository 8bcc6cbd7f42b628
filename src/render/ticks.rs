//! Round numbers on an axis, and how to write them.

/// Round values from `low` to `high`, evenly spaced by 1, 2 or 5 times a power of ten, at most
/// `at_most` of them; empty where there is no range.
pub(super) fn nice_ticks(low: f64, high: f64, at_most: usize) -> Vec<f64> {
    let Some(step) = nice_step(low, high, at_most) else {
        return Vec::new();
    };
    // Rounding must not lose a tick that lies exactly on an end.
    let slack = 1e-9;
    let (first, last) = (
        (low / step - slack).ceil() as i64,
        (high / step + slack).floor() as i64,
    );
    (first..=last).map(|i| i as f64 * step).collect()
}

fn nice_step(low: f64, high: f64, at_most: usize) -> Option<f64> {
    let range = high - low;
    // Ends so close together that rounding eats the difference have no round numbers between.
    let magnitude = low.abs().max(high.abs());
    if !(range.is_finite() && range > 1e-9 * magnitude) || at_most < 2 {
        return None;
    }
    let power = 10_f64.powf((range / at_most as f64).log10().floor());
    [1.0, 2.0, 5.0, 10.0, 20.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|step| {
            let count = (high / step + 1e-9).floor() - (low / step - 1e-9).ceil() + 1.0;
            count <= at_most as f64
        })
}

/// One label a value, all with the same number of decimals, or all in scientific notation where
/// the values are very large or very small. A single value gets three significant digits.
pub(super) fn labels(values: &[f64]) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    let smallest_step = values
        .windows(2)
        .map(|w| (w[1] - w[0]).abs())
        .filter(|&step| step > 0.0)
        .fold(f64::INFINITY, f64::min);
    let step = if smallest_step.is_finite() {
        smallest_step
    } else {
        largest / 100.0
    };
    // Digits after the point that tell neighbours apart, in units of `unit`.
    let decimals = |unit: f64| {
        let digits = -(step / unit).log10();
        if digits.is_finite() {
            (digits - 1e-9).ceil().clamp(0.0, 12.0) as usize
        } else {
            0
        }
    };
    let scientific = largest != 0.0 && !(1e-3..1e6).contains(&largest);
    values
        .iter()
        .map(|&value| {
            // Minus zero is zero.
            let value = value + 0.0;
            if !scientific {
                format!("{value:.*}", decimals(1.0))
            } else if value == 0.0 {
                "0".to_owned()
            } else {
                let unit = 10_f64.powf(value.abs().log10().floor());
                format!("{value:.*e}", decimals(unit))
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(low: f64, high: f64, at_most: usize) -> String {
        labels(&nice_ticks(low, high, at_most)).join(" ")
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(written(0.0, 1.0, 6), "0.0 0.2 0.4 0.6 0.8 1.0");
        assert_eq!(written(0.0, 1.0, 5), "0.0 0.5 1.0");
        assert_eq!(written(10.0, 50.0, 6), "10 20 30 40 50");
        assert_eq!(written(-0.13, 0.27, 6), "-0.1 0.0 0.1 0.2");
        assert_eq!(written(0.0, 37_000_000.0, 5), "0 1e7 2e7 3e7");
        assert_eq!(written(0.0, 3.4e-5, 5), "0 1e-5 2e-5 3e-5");
        assert_eq!(
            written(1e-5, 1.4e-5, 5),
            "1.0e-5 1.1e-5 1.2e-5 1.3e-5 1.4e-5"
        );
    }

    #[test]
    fn no_range_has_no_ticks() {
        for (low, high) in [
            (1.0, 1.0),
            (2.0, 1.0),
            (f64::NAN, 1.0),
            (0.0, f64::INFINITY),
            (1.0, 1.0 + 1e-15),
        ] {
            assert_eq!(nice_ticks(low, high, 5), Vec::<f64>::new());
        }
    }

    #[test]
    fn never_more_than_asked_for() {
        for at_most in 2..12 {
            for high in [0.3, 1.0, 7.7, 99.0, 1234.5] {
                for low in [-80.0, -0.01, 0.0, 0.1] {
                    let ticks = nice_ticks(low, high, at_most);
                    assert!(
                        (1..=at_most).contains(&ticks.len()),
                        "{low} {high} {at_most}"
                    );
                    assert!(ticks.iter().all(|&t| t >= low - 1e-6 && t <= high + 1e-6));
                }
            }
        }
    }

    #[test]
    fn one_value_is_written_with_three_digits() {
        assert_eq!(labels(&[0.5]), ["0.500"]);
        assert_eq!(labels(&[0.0]), ["0"]);
        assert_eq!(labels(&[4.2e-7]), ["4.20e-7"]);
    }
}
