//! Why a map cannot be drawn.

/// Sizes that should agree do not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The map does not lie on the photo.
    #[error("the map is {map} (height x width), but the picture under it is {photo}")]
    Size {
        /// Height x width of the map.
        map: String,
        /// Height x width of the photo.
        photo: String,
    },
    /// The values do not fill the map.
    #[error("a map of {height} x {width} needs {} values, but has {actual}", height.saturating_mul(*width))]
    Values {
        /// Rows.
        height: usize,
        /// Columns.
        width: usize,
        /// Values there are.
        actual: usize,
    },
}
