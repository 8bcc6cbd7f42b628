//! A saliency map over the photo it explains, alone, or as the light the photo is seen in.

use super::{Colormap, RenderError};
use crate::protocol::{MapReport, Pixels};

/// How a map is laid over a photo.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OverlayStyle {
    /// Colours of the map.
    pub colormap: Colormap,
    /// 0 shows the photo alone, 1 the map alone.
    pub opacity_unit: f32,
}

impl Default for OverlayStyle {
    fn default() -> Self {
        Self {
            colormap: Colormap::default(),
            opacity_unit: 0.6,
        }
    }
}

/// The map in colours over the photo, which is as large as the map.
///
/// # Errors
/// Where sizes do not agree.
pub fn overlay(
    map: &MapReport,
    photo: &Pixels,
    style: OverlayStyle,
) -> Result<Pixels, RenderError> {
    let opacity = style.opacity_unit.clamp(0.0, 1.0);
    over(map, photo, |value, [r, g, b]| {
        let colour = style.colormap.colour(value);
        let mix = |under: u8, over: u8| {
            let (under, over) = (f32::from(under), f32::from(over));
            (under + opacity * (over - under)).round() as u8
        };
        [mix(r, colour[0]), mix(g, colour[1]), mix(b, colour[2])]
    })
}

/// The map in colours.
///
/// # Errors
/// Where the values do not fill the map.
pub fn map_alone(map: &MapReport, colormap: Colormap) -> Result<Pixels, RenderError> {
    check_values(map)?;
    Ok(Pixels {
        width: map.width,
        height: map.height,
        rgba: map
            .values
            .iter()
            .flat_map(|&value| opaque(colormap.colour(value)))
            .collect(),
    })
}

/// The photo with its brightness multiplied by the map: black where the map is 0.
///
/// # Errors
/// Where sizes do not agree.
pub fn masked(map: &MapReport, photo: &Pixels) -> Result<Pixels, RenderError> {
    over(map, photo, |value, colour| {
        let light = value.clamp(0.0, 1.0);
        colour.map(|c| (f32::from(c) * light).round() as u8)
    })
}

/// A picture of which every pixel is made of a value and the photo's pixel.
fn over(
    map: &MapReport,
    photo: &Pixels,
    paint: impl Fn(f32, [u8; 3]) -> [u8; 3],
) -> Result<Pixels, RenderError> {
    check_values(map)?;
    if (map.height, map.width, 4 * map.values.len())
        != (photo.height, photo.width, photo.rgba.len())
    {
        return Err(RenderError::Size {
            map: format!("{} x {}", map.height, map.width),
            photo: format!("{} x {}", photo.height, photo.width),
        });
    }
    let pixels = photo.rgba.as_chunks::<4>().0.iter().zip(&map.values);
    Ok(Pixels {
        width: map.width,
        height: map.height,
        rgba: pixels
            .flat_map(|(&[r, g, b, _], &value)| opaque(paint(value, [r, g, b])))
            .collect(),
    })
}

fn opaque([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

fn check_values(map: &MapReport) -> Result<(), RenderError> {
    if Some(map.values.len()) == map.height.checked_mul(map.width) {
        return Ok(());
    }
    Err(RenderError::Values {
        height: map.height,
        width: map.width,
        actual: map.values.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(width: usize, values: &[f32]) -> MapReport {
        let size = [values.len() / width, width];
        MapReport::finished("gradient", 0, size, values.to_vec())
    }

    fn photo(width: usize, height: usize) -> Pixels {
        let pixels = width * height;
        Pixels {
            width,
            height,
            rgba: [100, 150, 200, 255].repeat(pixels),
        }
    }

    fn style(opacity_unit: f32) -> OverlayStyle {
        OverlayStyle {
            colormap: Colormap::Grey,
            opacity_unit,
        }
    }

    #[test]
    fn opacity_goes_from_photo_to_map() {
        let (map, photo) = (map(2, &[0.0, 1.0]), photo(2, 1));
        let none = overlay(&map, &photo, style(0.0)).unwrap();
        assert_eq!(none, photo);
        let full = overlay(&map, &photo, style(1.0)).unwrap();
        assert_eq!(full, map_alone(&map, Colormap::Grey).unwrap());
        let half = overlay(&map, &photo, style(0.5)).unwrap();
        assert_eq!(half.rgba, [50, 75, 100, 255, 178, 203, 228, 255]);
    }

    #[test]
    fn the_mask_is_light() {
        let lit = masked(&map(3, &[0.0, 0.5, 1.0]), &photo(3, 1)).unwrap();
        assert_eq!(
            lit.rgba,
            [0, 0, 0, 255, 50, 75, 100, 255, 100, 150, 200, 255]
        );
    }

    #[test]
    fn sizes_must_agree() {
        let error = masked(&map(2, &[0.0; 4]), &photo(3, 1)).unwrap_err();
        assert!(error.to_string().contains("2 x 2"), "{error}");
        let mut short = map(2, &[0.0; 4]);
        short.values.pop();
        let error = map_alone(&short, Colormap::Grey).unwrap_err();
        assert!(error.to_string().contains("needs 4 values, but has 3"));
    }
}
