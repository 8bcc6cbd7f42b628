//! Whether a score means anything: a map that knows nothing of the model must not have a better one.

use crate::protocol::Direction;

/// Those of `controls`, each a name and its value of the same score, that are better than `value`.
/// None where the score does not rank maps.
pub fn beaten_by(direction: Direction, value: f64, controls: &[(String, f64)]) -> Vec<&str> {
    controls
        .iter()
        .filter(|(_, control)| direction.prefers(*control, value))
        .map(|(name, _)| name.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn better_is_what_the_direction_says() {
        let controls = [("edges".to_owned(), 0.3), ("blob".to_owned(), 0.1)];
        let by = |direction| beaten_by(direction, 0.2, &controls);
        assert_eq!(by(Direction::HigherIsBetter), ["edges"]);
        assert_eq!(by(Direction::LowerIsBetter), ["blob"]);
        assert!(by(Direction::Descriptive).is_empty());
        assert!(beaten_by(Direction::HigherIsBetter, 0.3, &controls).is_empty());
    }
}
