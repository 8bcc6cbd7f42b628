//! `GridSample` (<https://onnx.ai/onnx/operators/onnx__GridSample.html>), images sampled at places that may themselves
//! depend on the image, and the places that `AffineGrid` starts from.

use burn_backend::TensorMetadata;

use super::axes::{elements, inferred_shape, work};
use crate::{
    network::{
        kernels::{GridGeometry, Kernels, Sampling, Surroundings},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostKind, HostTensor, Inferred, Value},
    },
    onnx::{Node, limits::host_elements},
};

struct GridSample<B: Kernels> {
    geometry: GridGeometry,
    device: B::Device,
}

/// # Errors
/// A mode that is not known, or a device that cannot do it.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if !B::SAMPLES_GRIDS {
        return Err(
            "this device cannot sample images at computed places; choose the CPU".to_owned(),
        );
    }
    let attributes = &node.attributes;
    let sampling = match attributes.text("mode", "linear")? {
        "bilinear" | "linear" => Sampling::Linear,
        "nearest" => Sampling::Nearest,
        "bicubic" | "cubic" => Sampling::Cubic,
        mode => return Err(format!("its mode {mode} is not known")),
    };
    let surroundings = match attributes.text("padding_mode", "zeros")? {
        "zeros" => Surroundings::Zeros,
        "border" => Surroundings::Border,
        "reflection" => Surroundings::Reflection,
        mode => return Err(format!("its padding_mode {mode} is not known")),
    };
    Ok(Box::new(GridSample::<B> {
        geometry: GridGeometry {
            sampling,
            surroundings,
            align_corners: attributes.int("align_corners", 0)? != 0,
        },
        device: context.device.clone(),
    }))
}

/// The shape of the output.
fn sampled(image: &[usize], grid: &[usize]) -> Result<Vec<usize>, String> {
    match (image, grid) {
        (&[n, c, h, w], &[images, height, width, 2]) if n == images && h > 0 && w > 0 => {
            Ok(vec![n, c, height, width])
        }
        ([_, _, _, _, _], _) => Err(format!(
            "it samples a volume of shape {image:?}, and only images of four axes are sampled here; choose a value \
             in front of it as the output, or a model of images"
        )),
        _ => Err(format!(
            "an input of shape {image:?} cannot be sampled at a grid of shape {grid:?}: \
             [n, c, h, w] and [n, height, width, 2] are needed"
        )),
    }
}

impl<B: Kernels> Operator<B> for GridSample<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(x), Some(grid)] = inputs else {
            return Err("two inputs are needed".to_owned());
        };
        let (x, grid) = (x.to_device(&self.device), grid.to_device(&self.device));
        sampled(&x.shape().to_vec(), &grid.shape().to_vec())?;
        let geometry = self.geometry;
        let output = B::grid_sample(x.clone(), grid.clone(), &geometry)
            .ok_or("this device cannot sample images at computed places; choose the CPU")?;
        let backward = track.then(|| {
            let back: Backward<B> =
                Box::new(
                    move |grad, _| match B::grid_sample_gradient(grad, x, grid, &geometry) {
                        Some([by_image, by_grid]) => vec![Some(by_image), Some(by_grid)],
                        None => Vec::new(),
                    },
                );
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shape = sampled(inferred_shape(inputs, 0)?, inferred_shape(inputs, 1)?)?;
        Ok(Inferred::Device(shape))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        let taps = match self.geometry.sampling {
            Sampling::Nearest => 1,
            Sampling::Linear => 4,
            Sampling::Cubic => 16,
        };
        work(output.shape(), taps)
    }
}

/// The places of an output's pixels from its shape, `[pixels, 3]`: horizontal, vertical, and 1.
struct Places {
    align_corners: bool,
}

/// # Errors
/// An attribute of the wrong kind.
pub fn build_places<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Places {
        align_corners: node.attributes.int("align_corners", 0)? != 0,
    }))
}

impl Places {
    fn of(&self, size: &HostTensor) -> Result<HostTensor, String> {
        let &[_, _, height, width] = size.values.as_slice() else {
            return Err(format!(
                "its size is {:?}, but four numbers are needed: volumes are not supported",
                size.values
            ));
        };
        let shape = [height as usize, width as usize, 3];
        host_elements(&shape)?;
        let along = |index: usize, length: usize| {
            let (index, length) = (index as f64, length as f64);
            if !self.align_corners {
                (2.0 * index + 1.0) / length - 1.0
            } else if length > 1.0 {
                2.0 * index / (length - 1.0) - 1.0
            } else {
                0.0
            }
        };
        let mut values = Vec::with_capacity(elements(&shape));
        for row in 0..shape[0] {
            for column in 0..shape[1] {
                values.extend([along(column, shape[1]), along(row, shape[0]), 1.0]);
            }
        }
        Ok(HostTensor {
            kind: HostKind::Float,
            shape: vec![shape[0] * shape[1], 3],
            values,
        })
    }
}

impl<B: Kernels> Operator<B> for Places {
    fn forward(&self, inputs: &[Option<Value<B>>], _track: bool) -> Result<Forward<B>, String> {
        match inputs.first() {
            Some(Some(Value::Host(size))) => Ok(Forward {
                output: Value::Host(self.of(size)?),
                backward: None,
            }),
            _ => Err("its size is computed from the image".to_owned()),
        }
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        match inputs.first() {
            Some(Some(Inferred::Host(size))) => self.of(size).map(Inferred::Host),
            _ => Err("its size is computed from the image".to_owned()),
        }
    }
}
