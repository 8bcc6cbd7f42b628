//! Images sampled at the places of a grid, and the gradients by both.

use super::super::{GridGeometry, grid::Taps};
use super::parallel::for_each_chunk;

/// Sizes of an image and of the grid that samples it.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub channels: usize,
    pub image: [usize; 2],
    /// Places of the grid.
    pub places: usize,
}

impl Sizes {
    fn pixels(&self) -> usize {
        self.image[0] * self.image[1]
    }

    /// Taps along the rows and along the columns for each place of one image's grid.
    fn taps(&self, grid: &[f32], image: usize, geometry: &GridGeometry) -> Vec<[Taps; 2]> {
        let own = grid.iter().skip(image * self.places * 2).copied();
        let own: Vec<f32> = own.take(self.places * 2).collect();
        own.chunks_exact(2)
            .map(|place| {
                [
                    geometry.taps(place[1], self.image[0]),
                    geometry.taps(place[0], self.image[1]),
                ]
            })
            .collect()
    }

    /// Calls `visit(pixel, vertical tap, horizontal tap)` for every pixel inside the image.
    fn visit(
        [rows, columns]: &[Taps; 2],
        width: usize,
        mut visit: impl FnMut(usize, usize, usize),
    ) {
        for v in 0..rows.count {
            let Some(row) = rows.at[v] else { continue };
            for h in 0..columns.count {
                if let Some(column) = columns.at[h] {
                    visit(row * width + column, v, h);
                }
            }
        }
    }
}

/// `[n, c, places]`.
pub fn forward(
    x: &[f32],
    grid: &[f32],
    images: usize,
    sizes: Sizes,
    geometry: &GridGeometry,
) -> Vec<f32> {
    let (pixels, width) = (sizes.pixels(), sizes.image[1]);
    let mut out = vec![0.0; images * sizes.channels * sizes.places];
    for_each_chunk(&mut out, sizes.channels * sizes.places, |image, out| {
        let taps = sizes.taps(grid, image, geometry);
        for (channel, out) in out.chunks_mut(sizes.places).enumerate() {
            let first = (image * sizes.channels + channel) * pixels;
            let plane = x.get(first..first + pixels).unwrap_or_default();
            for (out, taps) in out.iter_mut().zip(&taps) {
                let mut sum = 0.0;
                Sizes::visit(taps, width, |pixel, v, h| {
                    let weight = taps[0].weight[v] * taps[1].weight[h];
                    sum += weight * f64::from(plane.get(pixel).copied().unwrap_or(0.0));
                });
                *out = sum as f32;
            }
        }
    });
    out
}

/// The gradient by the image, `[n, c, h, w]`.
pub fn image_gradient(
    grad: &[f32],
    grid: &[f32],
    images: usize,
    sizes: Sizes,
    geometry: &GridGeometry,
) -> Vec<f32> {
    let (pixels, width) = (sizes.pixels(), sizes.image[1]);
    let mut out = vec![0.0; images * sizes.channels * pixels];
    for_each_chunk(&mut out, sizes.channels * pixels, |image, out| {
        let taps = sizes.taps(grid, image, geometry);
        for (channel, plane) in out.chunks_mut(pixels).enumerate() {
            let first = (image * sizes.channels + channel) * sizes.places;
            let grad = grad.iter().skip(first);
            for (&grad, taps) in grad.zip(&taps) {
                Sizes::visit(taps, width, |pixel, v, h| {
                    let weight = taps[0].weight[v] * taps[1].weight[h];
                    if let Some(sum) = plane.get_mut(pixel) {
                        *sum += (f64::from(grad) * weight) as f32;
                    }
                });
            }
        }
    });
    out
}

/// The gradient by the grid, `[n, places, 2]`, horizontal first.
pub fn grid_gradient(
    grad: &[f32],
    x: &[f32],
    grid: &[f32],
    images: usize,
    sizes: Sizes,
    geometry: &GridGeometry,
) -> Vec<f32> {
    let (pixels, width) = (sizes.pixels(), sizes.image[1]);
    let mut out = vec![0.0; images * sizes.places * 2];
    for_each_chunk(&mut out, sizes.places * 2, |image, out| {
        let taps = sizes.taps(grid, image, geometry);
        for (place, (out, taps)) in out.chunks_mut(2).zip(&taps).enumerate() {
            let mut sums = [0.0_f64; 2];
            for channel in 0..sizes.channels {
                let plane = (image * sizes.channels + channel) * pixels;
                let at = (image * sizes.channels + channel) * sizes.places + place;
                let grad = f64::from(grad.get(at).copied().unwrap_or(0.0));
                Sizes::visit(taps, width, |pixel, v, h| {
                    let value = f64::from(x.get(plane + pixel).copied().unwrap_or(0.0));
                    sums[0] += grad * value * taps[0].weight[v] * taps[1].slope[h];
                    sums[1] += grad * value * taps[0].slope[v] * taps[1].weight[h];
                });
            }
            for (out, sum) in out.iter_mut().zip(sums) {
                *out = sum as f32;
            }
        }
    });
    out
}
