//! Chooses the picture for a view of the map.

use super::state::{Colormap, MapView, View};
use crate::protocol::{MapReport, Pixels};

/// The large picture for a photo, its map and a view.
pub fn picture(photo: &Pixels, map: Option<&MapReport>, view: View) -> Pixels {
    let Some(map) = map.filter(|map| {
        view.mode != MapView::Photo && (map.width, map.height) == (photo.width, photo.height)
    }) else {
        return photo.clone();
    };
    let mut picture = photo.clone();
    for (pixel, value) in picture.rgba.chunks_exact_mut(4).zip(&map.values) {
        let colour = colour(view.colormap, *value);
        for channel in 0..3 {
            let own = f32::from(pixel[channel]);
            let mixed = match view.mode {
                MapView::Overlay => own + (f32::from(colour[channel]) - own) * view.opacity,
                MapView::Masked => own * value,
                _ => f32::from(colour[channel]),
            };
            pixel[channel] = mixed as u8;
        }
    }
    picture
}

/// The colour scale, one pixel high.
pub fn colour_bar(colormap: Colormap) -> Pixels {
    Pixels {
        width: 256,
        height: 1,
        rgba: (0..256)
            .flat_map(|x| {
                let [r, g, b] = colour(colormap, x as f32 / 255.0);
                [r, g, b, 255]
            })
            .collect(),
    }
}

/// Where the map's mass lies, in words.
pub fn summary(_map: &MapReport) -> String {
    String::new()
}

fn colour(colormap: Colormap, value: f32) -> [u8; 3] {
    let anchors: [[f32; 3]; 5] = match colormap {
        Colormap::Viridis => [[68., 1., 84.], [59., 82., 139.], [33., 145., 140.], [94., 201., 98.], [253., 231., 37.]],
        Colormap::Cividis => [[0., 32., 81.], [60., 77., 110.], [127., 124., 117.], [187., 172., 101.], [253., 231., 55.]],
        Colormap::Magma => [[0., 0., 4.], [81., 18., 124.], [183., 55., 121.], [252., 137., 97.], [252., 253., 191.]],
        Colormap::Grey => [[0.; 3], [64.; 3], [128.; 3], [191.; 3], [255.; 3]],
    };
    let at = value.clamp(0.0, 1.0) * 4.0;
    let low = (at as usize).min(3);
    let part = at - low as f32;
    std::array::from_fn(|c| (anchors[low][c] + (anchors[low + 1][c] - anchors[low][c]) * part) as u8)
}
