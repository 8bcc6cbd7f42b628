//! Maps to pixels and curves to strokes; pure, so that it is tested without a browser.
//!
//! The page only copies these pixels and strokes these lines, and the command line writes the same
//! pixels to a file.

mod colormap;
mod curve;
mod error;
mod line_plot;
mod mass;
mod overlay;
mod text_summary;
mod ticks;

pub use colormap::Colormap;
pub use curve::{AxisTick, Curve, Frame, Hover, Series, SeriesKind};
pub use error::RenderError;
pub use line_plot::{LinePlot, PlotLine};
pub use mass::pixel_share;
pub use overlay::{OverlayStyle, map_alone, masked, overlay};
pub use text_summary::{Region, region_shares, summarise_map};
