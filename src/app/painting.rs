//! Chooses the picture for a view of the map.

use super::state::{MapView, View};
use crate::{
    protocol::{MapReport, Pixels},
    render::{Colormap, OverlayStyle, RenderError, map_alone, masked, overlay},
};

/// The large picture for a photo, its map and a view; the photo where there is no map yet.
///
/// # Errors
/// The map and the photo differ in size.
pub fn picture(photo: &Pixels, map: Option<&MapReport>, view: View) -> Result<Pixels, RenderError> {
    let Some(map) = map else {
        return Ok(photo.clone());
    };
    match view.mode {
        MapView::Overlay => overlay(
            map,
            photo,
            OverlayStyle {
                colormap: view.colormap,
                opacity_unit: view.opacity,
                contour_mass_unit: None,
            },
        ),
        MapView::Map => map_alone(map, view.colormap),
        MapView::Masked => masked(map, photo),
        MapView::Photo => Ok(photo.clone()),
    }
}

/// The colour scale from low to high, one pixel high.
pub fn colour_bar(colormap: Colormap) -> Pixels {
    Pixels {
        width: 256,
        height: 1,
        rgba: (0..=255_u8)
            .flat_map(|step| {
                let [r, g, b] = colormap.colour(f32::from(step) / 255.0);
                [r, g, b, 255]
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> MapReport {
        MapReport {
            method: "gradient".to_owned(),
            target: 0,
            height: 1,
            width: 2,
            values: vec![0.0, 1.0],
            raw_min: 0.0,
            raw_max: 1.0,
            constant: false,
            samples_done: 1,
            samples_total: 1,
        }
    }

    #[test]
    fn each_view_shows_its_own_picture() {
        let photo = Pixels {
            width: 2,
            height: 1,
            rgba: vec![90, 90, 90, 255, 90, 90, 90, 255],
        };
        let shown = |mode| {
            let view = View {
                mode,
                ..View::default()
            };
            picture(&photo, Some(&map()), view).unwrap().rgba
        };
        assert_eq!(shown(MapView::Photo), photo.rgba);
        assert_eq!(shown(MapView::Masked), [0, 0, 0, 255, 90, 90, 90, 255]);
        assert_eq!(shown(MapView::Map), [68, 1, 84, 255, 253, 231, 37, 255]);
        assert!(shown(MapView::Overlay) != shown(MapView::Map));
        let view = View::default();
        assert_eq!(picture(&photo, None, view).unwrap(), photo);
    }

    #[test]
    fn sizes_must_agree() {
        let photo = Pixels {
            width: 1,
            height: 1,
            rgba: vec![90, 90, 90, 255],
        };
        assert!(picture(&photo, Some(&map()), View::default()).is_err());
    }
}
