//! Chooses the picture for a view of the map.

use super::state::{MapView, View, Zoom};
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
            },
        ),
        MapView::Map => map_alone(map, view.colormap),
        MapView::Masked => masked(map, photo),
        MapView::Photo => Ok(photo.clone()),
    }
}

/// The shown part of a picture, enlarged to the picture's own size. Pixels stay pixels: none is mixed
/// with its neighbours, so that what is seen are values of the map.
pub fn zoomed(picture: Pixels, zoom: Zoom) -> Pixels {
    if zoom.is_whole() {
        return picture;
    }
    let [left, top, side] = zoom.shown_unit();
    let source = |index: usize, start: f64, length: usize| {
        let length_px = length as f64;
        let at_px = start * length_px + (index as f64 + 0.5) * side;
        (at_px as usize).min(length.saturating_sub(1))
    };
    let columns: Vec<usize> = (0..picture.width)
        .map(|x| source(x, left, picture.width))
        .collect();
    let pixels = picture.rgba.as_chunks::<4>().0;
    let rgba = (0..picture.height)
        .flat_map(|y| {
            let row = source(y, top, picture.height) * picture.width;
            columns.iter().filter_map(move |x| pixels.get(row + x))
        })
        .flatten()
        .copied()
        .collect();
    Pixels { rgba, ..picture }
}

/// The map with its values on another scale of raw values, clipped to it: 0 at `low`, 1 at `high`. A
/// scale without extent leaves it as it is.
pub fn rescaled(map: &MapReport, (low, high): (f32, f32)) -> MapReport {
    let range = high - low;
    if range <= 0.0 {
        return map.clone();
    }
    let own = map.raw_max - map.raw_min;
    let values = map.values.iter().map(|value| {
        let raw = map.raw_min + value * own;
        ((raw - low) / range).clamp(0.0, 1.0)
    });
    MapReport {
        values: values.collect(),
        raw_min: low,
        raw_max: high,
        ..map.clone()
    }
}

/// Two pictures of one size against each other: left of the line at `share` of the width the one,
/// right of it the other, with the line between them.
pub fn split(left: &Pixels, right: &Pixels, share: f32) -> Pixels {
    const LINE: [u8; 4] = [255; 4];
    let width = left.width.max(1);
    let line = ((share.clamp(0.0, 1.0) * width as f32).round() as usize).min(width - 1);
    let pixels = left.rgba.as_chunks::<4>().0.iter();
    let both = pixels.zip(right.rgba.as_chunks::<4>().0).enumerate();
    Pixels {
        width: left.width,
        height: left.height,
        rgba: both
            .flat_map(|(index, (left, right))| match (index % width).cmp(&line) {
                std::cmp::Ordering::Less => *left,
                std::cmp::Ordering::Equal => LINE,
                std::cmp::Ordering::Greater => *right,
            })
            .collect(),
    }
}

/// The photo, dark where a mask (one byte a pixel) is 0.
pub fn outside_darkened(photo: &Pixels, inside: &[u8]) -> Pixels {
    let pixels = photo.rgba.as_chunks::<4>().0.iter().zip(inside);
    Pixels {
        width: photo.width,
        height: photo.height,
        rgba: pixels
            .flat_map(|(&[r, g, b, a], &inside)| {
                if inside != 0 {
                    [r, g, b, a]
                } else {
                    [r / 5, g / 5, b / 5, a]
                }
            })
            .collect(),
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
    use crate::app::state::ZoomStep;

    fn map() -> MapReport {
        MapReport::finished("gradient", 0, [1, 2], vec![0.0, 1.0])
    }

    fn grey(width: usize, greys: &[u8]) -> Pixels {
        Pixels {
            width,
            height: greys.len() / width,
            rgba: greys.iter().flat_map(|&g| [g, g, g, 255]).collect(),
        }
    }

    #[test]
    fn each_view_shows_its_own_picture() {
        let photo = grey(2, &[90, 90]);
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
    fn zooming_enlarges_pixels_and_keeps_the_size() {
        #[rustfmt::skip]
        let picture = grey(4, &[
             0,  1,  2,  3,
            10, 11, 12, 13,
            20, 21, 22, 23,
            30, 31, 32, 33,
        ]);
        let whole = Zoom::default();
        assert_eq!(zoomed(picture.clone(), whole), picture);
        let corner = whole.after(ZoomStep::By {
            times: 2.0,
            at_unit: [1.0, 0.0],
        });
        #[rustfmt::skip]
        let shown = grey(4, &[
             2,  2,  3,  3,
             2,  2,  3,  3,
            12, 12, 13, 13,
            12, 12, 13, 13,
        ]);
        assert_eq!(zoomed(picture, corner), shown);
    }

    #[test]
    fn one_scale_makes_raw_values_comparable() {
        let wider = rescaled(&map(), (0.0, 2.0));
        assert_eq!(wider.values, [0.0, 0.5]);
        assert_eq!(rescaled(&map(), (0.5, 0.75)).values, [0.0, 1.0]);
    }

    #[test]
    fn a_line_parts_two_pictures() {
        let parted = split(&grey(3, &[10; 3]), &grey(3, &[20; 3]), 0.34);
        let greys: Vec<u8> = parted.rgba.iter().step_by(4).copied().collect();
        assert_eq!(greys, [10, 255, 20]);
    }

    #[test]
    fn sizes_must_agree() {
        let photo = grey(1, &[90]);
        assert!(picture(&photo, Some(&map()), View::default()).is_err());
    }
}
