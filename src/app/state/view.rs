//! How the map is shown; changing it computes nothing.

use super::Zoom;
use crate::render::Colormap;

/// The colour scales offered for maps without sign.
pub const COLORMAPS: [Colormap; 4] = [
    Colormap::Viridis,
    Colormap::Cividis,
    Colormap::Magma,
    Colormap::Grey,
];

/// What the large picture shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MapView {
    /// The map laid over the photo.
    #[default]
    Overlay,
    /// The map alone.
    Map,
    /// The photo, dark where the map is low.
    Masked,
    /// The photo as the model sees it.
    Photo,
}

impl MapView {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 4] = [Self::Overlay, Self::Map, Self::Masked, Self::Photo];

    /// Name used in the page's markup.
    pub fn id(self) -> &'static str {
        match self {
            Self::Overlay => "overlay",
            Self::Map => "map",
            Self::Masked => "masked",
            Self::Photo => "photo",
        }
    }
}

/// How the map is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// What is shown.
    pub mode: MapView,
    /// How much the map covers the photo, 0 to 1.
    pub opacity: f32,
    /// The colour scale.
    pub colormap: Colormap,
    /// Which part is shown.
    pub zoom: Zoom,
}

impl Default for View {
    fn default() -> Self {
        Self {
            mode: MapView::default(),
            opacity: 0.6,
            colormap: Colormap::default(),
            zoom: Zoom::default(),
        }
    }
}
