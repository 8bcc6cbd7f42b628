//! Pools over windows: `MaxPool` (<https://onnx.ai/onnx/operators/onnx__MaxPool.html>), `AveragePool`
//! (<https://onnx.ai/onnx/operators/onnx__AveragePool.html>) and `LpPool`
//! (<https://onnx.ai/onnx/operators/onnx__LpPool.html>).

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{inferred_shape, work},
    outputs::only_first,
    reduction::at_least,
    window::{Image, Window, pair},
};
use crate::{
    network::{
        kernels::{Kernels, PoolGeometry},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{Inferred, Value},
    },
    onnx::Node,
};

/// What becomes of the values under a window.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Max,
    Average,
    /// The root of the sum of this power of their magnitudes.
    Norm(f32),
}

/// Norms below this are treated as this, so that the gradient at zero is zero.
const SMALLEST_NORM: f32 = 1e-12;

struct Pool {
    kind: Kind,
    window: Window,
    kernel: [usize; 2],
    ceil_mode: bool,
    count_include_pad: bool,
}

/// # Errors
/// Attributes that are missing or of too many axes, or positions of maxima that are read.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    only_first(node, context.graph)?;
    let kind = match node.op.as_str() {
        "MaxPool" => Kind::Max,
        "AveragePool" => Kind::Average,
        "LpPool" => match node.attributes.number("p", 2.0)? {
            p if p > 0.0 => Kind::Norm(p),
            p => return Err(format!("p is {p}, but a number above 0 is needed")),
        },
        other => return Err(format!("{other} is not a pool")),
    };
    let kernel = node
        .attributes
        .ints("kernel_shape")?
        .ok_or("kernel_shape is missing")?;
    let window = Window::read(&node.attributes, kernel.len())?;
    Ok(Box::new(Pool {
        kind,
        kernel: pair("kernel_shape", kernel, kernel.len(), 1, 1)?,
        window,
        ceil_mode: node.attributes.int("ceil_mode", 0)? != 0,
        count_include_pad: node.attributes.int("count_include_pad", 0)? != 0,
    }))
}

impl Pool {
    /// The input and output as images, and where the windows lie.
    fn plan(&self, shape: &[usize]) -> Result<(Image, Image, PoolGeometry), String> {
        let image = self.window.image(shape)?;
        let (pad_begin, pad_end) = self.window.pads(self.kernel, image.hw);
        let geometry = PoolGeometry {
            kernel: self.kernel,
            stride: self.window.stride,
            dilation: self.window.dilation,
            pad_begin,
            pad_end,
            ceil_mode: self.ceil_mode,
            count_include_pad: self.count_include_pad,
        };
        let Some(hw) = geometry.output_hw(image.hw) else {
            return Err(format!(
                "a {:?} window does not fit an input of {:?}",
                self.kernel, image.hw
            ));
        };
        Ok((image, image.with(image.channels, hw), geometry))
    }

    /// Windows whose average always divides by all their taps.
    fn full_windows(&self, image: &Image, out: &Image, geometry: &PoolGeometry) -> PoolGeometry {
        let extent = self.window.extent(self.kernel);
        let pad_end = std::array::from_fn(|axis| {
            let end = out.hw[axis].saturating_sub(1) * geometry.stride[axis] + extent[axis];
            let missing = end.saturating_sub(image.hw[axis] + geometry.pad_begin[axis]);
            missing.max(geometry.pad_end[axis])
        });
        PoolGeometry {
            pad_end,
            ceil_mode: false,
            count_include_pad: true,
            ..*geometry
        }
    }
}

/// A way back between images.
type Inner<B> = Box<dyn FnOnce(FloatTensor<B>) -> FloatTensor<B>>;

/// `(taps x mean(|x|^p))^(1/p)`, with its way back.
fn norm<B: Kernels>(
    x: FloatTensor<B>,
    p: f32,
    input_hw: [usize; 2],
    windows: PoolGeometry,
) -> (FloatTensor<B>, Inner<B>) {
    let taps = (windows.kernel[0] * windows.kernel[1]) as f32;
    let powers = B::float_powf_scalar(B::float_abs(x.clone()), p.into());
    let sums = B::float_mul_scalar(B::average_pool2d(powers, &windows), taps.into());
    let norm = B::float_powf_scalar(sums, (1.0 / p).into());
    let safe = at_least::<B>(norm.clone(), SMALLEST_NORM);
    let back: Inner<B> = Box::new(move |grad| {
        // sign(x) |x|^(p - 1) times the gradients over it, each times norm^(1 - p).
        let weights = B::float_powf_scalar(safe, (1.0 - p).into());
        let shares = B::float_mul_scalar(B::float_mul(grad, weights), taps.into());
        let reached = B::average_pool2d_gradient(shares, input_hw, &windows);
        let slope = B::float_powf_scalar(B::float_abs(x.clone()), (p - 1.0).into());
        B::float_mul(B::float_mul(slope, B::float_sign(x)), reached)
    });
    (norm, back)
}

impl<B: Kernels> Operator<B> for Pool {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let (image, out, geometry) = self.plan(&x.shape().to_vec())?;
        let x = image.enter::<B>(x);
        let (output, inner): (FloatTensor<B>, Inner<B>) = match self.kind {
            Kind::Max => {
                let (output, argmax) = <B as Kernels>::max_pool2d(x, &geometry);
                let back: Inner<B> =
                    Box::new(move |grad| B::max_pool2d_gradient(grad, argmax, image.hw, &geometry));
                (output, back)
            }
            Kind::Average => {
                let output = B::average_pool2d(x, &geometry);
                let back: Inner<B> =
                    Box::new(move |grad| B::average_pool2d_gradient(grad, image.hw, &geometry));
                (output, back)
            }
            Kind::Norm(p) => {
                let windows = self.full_windows(&image, &out, &geometry);
                norm::<B>(x, p, image.hw, windows)
            }
        };
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = inner(out.enter::<B>(grad));
                vec![Some(image.leave::<B>(grad))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(out.leave::<B>(output)),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let (_, out, _) = self.plan(inferred_shape(inputs, 0)?)?;
        Ok(Inferred::Device(out.shape()))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        work(output.shape(), self.kernel[0] * self.kernel[1])
    }
}
