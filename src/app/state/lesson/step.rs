//! The steps of the lesson in their order.

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LessonStep {
    /// The photo as the model sees it.
    Photo,
    /// Noisy copies of it.
    Copies,
    /// Their gradients.
    Gradients,
    /// The magnitudes of those, and their mean.
    Magnitudes,
    /// Their variance.
    Variance,
    /// What varies above the percentile.
    Guide,
    /// The map.
    Map,
    /// The recovered images.
    Recovered,
    /// The curve of RCAP.
    Curve,
    /// A real map among broken ones.
    Exercise,
}

impl LessonStep {
    /// All of them, in order.
    pub const ALL: [Self; 10] = [
        Self::Photo,
        Self::Copies,
        Self::Gradients,
        Self::Magnitudes,
        Self::Variance,
        Self::Guide,
        Self::Map,
        Self::Recovered,
        Self::Curve,
        Self::Exercise,
    ];

    /// Its place, from 1, as it stands in links.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// The step at a place, from 1.
    pub fn numbered(number: usize) -> Option<Self> {
        Self::ALL.get(number.checked_sub(1)?).copied()
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::numbered(self.number() + 1)
    }

    /// The one before it.
    pub fn before(self) -> Option<Self> {
        Self::numbered(self.number() - 1)
    }

    /// It shows what only the engine knows; the others show what the page has.
    pub(super) fn needs_material(self) -> bool {
        !matches!(
            self,
            Self::Photo | Self::Map | Self::Recovered | Self::Curve
        )
    }
}
