//! Pools: `MaxPool` (<https://onnx.ai/onnx/operators/onnx__MaxPool.html>), `AveragePool`
//! (<https://onnx.ai/onnx/operators/onnx__AveragePool.html>), `GlobalAveragePool`, and `ReduceMean`
//! over the image plane, which is the same.

use burn_backend::{Shape, TensorMetadata};

use super::window::{Window, plane};
use crate::{
    network::{
        kernels::{Kernels, PoolGeometry},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::Value,
    },
    onnx::Node,
};

struct Pool {
    window: Window,
    kernel: [usize; 2],
    ceil_mode: bool,
    count_include_pad: bool,
    maximum: bool,
}

/// # Errors
/// Attributes that are missing or not two-dimensional.
pub fn build_max<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.attributes.int("storage_order", 0)? != 0 || node.outputs.len() > 1 {
        return Err("the positions of its maxima are not supported as an output".to_owned());
    }
    Ok(Box::new(Pool::read(node, true)?))
}

/// # Errors
/// Attributes that are missing or not two-dimensional.
pub fn build_average<B: Kernels>(
    node: &Node,
    _context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Pool::read(node, false)?))
}

impl Pool {
    fn read(node: &Node, maximum: bool) -> Result<Self, String> {
        let kernel = match node.attributes.ints("kernel_shape")? {
            Some(&[kh, kw]) if kh > 0 && kw > 0 => [kh as usize, kw as usize],
            other => {
                return Err(format!(
                    "kernel_shape is {other:?}, but two numbers above 0 are needed"
                ));
            }
        };
        Ok(Self {
            window: Window::read(&node.attributes)?,
            kernel,
            ceil_mode: node.attributes.int("ceil_mode", 0)? != 0,
            count_include_pad: node.attributes.int("count_include_pad", 0)? != 0,
            maximum,
        })
    }
}

impl<B: Kernels> Operator<B> for Pool {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let input_hw = plane(&x.shape().to_vec())?;
        let (pad_begin, pad_end) = self.window.pads(self.kernel, input_hw);
        let geometry = PoolGeometry {
            kernel: self.kernel,
            stride: self.window.stride,
            dilation: self.window.dilation,
            pad_begin,
            pad_end,
            ceil_mode: self.ceil_mode,
            count_include_pad: self.count_include_pad,
        };
        if geometry.output_hw(input_hw).is_none() {
            return Err(format!(
                "a {:?} window does not fit an input of {input_hw:?}",
                self.kernel
            ));
        }
        if !self.maximum {
            return Ok(average(x, input_hw, geometry, track));
        }
        let (output, argmax) = <B as Kernels>::max_pool2d(x, &geometry);
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                vec![Some(B::max_pool2d_gradient(
                    grad, argmax, input_hw, &geometry,
                ))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }
}

fn average<B: Kernels>(
    x: burn_backend::tensor::FloatTensor<B>,
    input_hw: [usize; 2],
    geometry: PoolGeometry,
    track: bool,
) -> Forward<B> {
    let output = B::average_pool2d(x, &geometry);
    let backward = track.then(|| {
        let back: Backward<B> = Box::new(move |grad, _| {
            vec![Some(B::average_pool2d_gradient(grad, input_hw, &geometry))]
        });
        back
    });
    Forward {
        output: Value::Device(output),
        backward,
    }
}

struct GlobalAverage {
    keep_axes: bool,
}

/// # Errors
/// A `ReduceMean` over other axes than height and width.
pub fn build_global_average<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    if node.op == "GlobalAveragePool" {
        return Ok(Box::new(GlobalAverage { keep_axes: true }));
    }
    // Axes are an input since opset 18 and an attribute before.
    let axes = match node.input(1) {
        Some(name) => Some(
            context
                .graph
                .constant(Some(name))
                .ok_or("its axes are computed at run time")?
                .integers(),
        ),
        None => node.attributes.ints("axes")?.map(<[i64]>::to_vec),
    };
    let mut spatial: Vec<i64> = axes
        .unwrap_or_default()
        .iter()
        .map(|&axis| if axis < 0 { axis + 4 } else { axis })
        .collect();
    spatial.sort_unstable();
    if spatial != [2, 3] {
        return Err(format!(
            "it averages over axes {spatial:?}, but only height and width are supported"
        ));
    }
    Ok(Box::new(GlobalAverage {
        keep_axes: node.attributes.int("keepdims", 1)? != 0,
    }))
}

impl<B: Kernels> Operator<B> for GlobalAverage {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let input_hw = plane(&shape)?;
        let geometry = PoolGeometry {
            kernel: input_hw,
            stride: [1, 1],
            dilation: [1, 1],
            pad_begin: [0, 0],
            pad_end: [0, 0],
            ceil_mode: false,
            count_include_pad: false,
        };
        let pooled = average::<B>(x, input_hw, geometry, track);
        if self.keep_axes {
            return Ok(pooled);
        }
        let (images, channels) = (shape[0], shape[1]);
        let Value::Device(output) = pooled.output else {
            return Err("its mean is not on the device".to_owned());
        };
        Ok(Forward {
            output: Value::Device(B::float_reshape(
                output,
                Shape::from(vec![images, channels]),
            )),
            backward: pooled.backward.map(|inner| {
                let back: Backward<B> = Box::new(move |grad, rule| {
                    let shape = Shape::from(vec![images, channels, 1, 1]);
                    inner(B::float_reshape(grad, shape), rule)
                });
                back
            }),
        })
    }
}
