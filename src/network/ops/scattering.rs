//! Operators that put values at positions: `ScatterND`
//! (<https://onnx.ai/onnx/operators/onnx__ScatterND.html>), `ScatterElements`
//! (<https://onnx.ai/onnx/operators/onnx__ScatterElements.html>) and its older name `Scatter`.

use std::{cell::RefCell, rc::Rc};

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use super::{
    arguments::axis_of,
    gathering::{block_positions, element_positions},
};
use crate::{
    network::{
        kernels::{DeviceRows, Kernels, SparseRows},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{HostTensor, Inferred, Value},
    },
    onnx::{Node, limits::elements},
};

enum Addressing {
    /// The last axis of the positions holds coordinates.
    Tuples,
    /// Positions along one axis.
    Along { axis: i64 },
}

struct Scatter<B: Kernels> {
    addressing: Addressing,
    /// Updates are added to what is there instead of replacing it.
    adds: bool,
    device: B::Device,
    ready: RefCell<Option<Ready<B>>>,
}

/// The matrices of the last call.
struct Ready<B: Kernels> {
    shapes: [Vec<usize>; 2],
    positions: HostTensor,
    kept: Rc<DeviceRows<B>>,
    put: Rc<DeviceRows<B>>,
}

/// # Errors
/// A reduction other than adding.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let adds = match node.attributes.text("reduction", "none")? {
        "none" => false,
        "add" => true,
        other => return Err(format!("its reduction {other} is not supported")),
    };
    let addressing = match node.op.as_str() {
        "ScatterND" => Addressing::Tuples,
        _ => Addressing::Along {
            axis: node.attributes.int("axis", 0)?,
        },
    };
    Ok(Box::new(Scatter::<B> {
        addressing,
        adds,
        device: context.device.clone(),
        ready: RefCell::new(None),
    }))
}

impl<B: Kernels> Scatter<B> {
    /// What is kept of the data, and what is put there of the updates, both as flat lists.
    fn matrices(
        &self,
        shape: &[usize],
        updates_shape: &[usize],
        positions: &HostTensor,
    ) -> Result<[SparseRows; 2], String> {
        let at: Vec<i64> = positions.values.iter().map(|&value| value as i64).collect();
        let mut expected = positions.shape.clone();
        let targets: Vec<usize> = match self.addressing {
            Addressing::Tuples => {
                let blocks = block_positions(shape, &at, &positions.shape, 0)?;
                expected.pop();
                expected.extend(&shape[blocks.axes..]);
                let size = blocks.size;
                let starts = blocks.starts.into_iter();
                starts.flat_map(|start| start..start + size).collect()
            }
            Addressing::Along { axis } => {
                let axis = axis_of(axis, shape.len())?;
                element_positions(shape, &at, &positions.shape, axis)?
            }
        };
        if updates_shape != expected {
            return Err(format!(
                "its updates have shape {updates_shape:?}, but {expected:?} is needed"
            ));
        }
        let total = elements(shape)?;
        if self.adds {
            let kept = SparseRows::selecting((0..total).map(Some), total)?;
            let put = SparseRows::selecting(targets.iter().copied().map(Some), total)?;
            return Ok([kept, put.transposed()]);
        }
        // The last one written stays.
        let mut written = vec![None; total];
        for (update, &target) in targets.iter().enumerate() {
            written[target] = Some(update);
        }
        let kept = (0..total).map(|index| written[index].is_none().then_some(index));
        Ok([
            SparseRows::selecting(kept, total)?,
            SparseRows::selecting(written.iter().copied(), targets.len())?,
        ])
    }

    fn on_device(
        &self,
        shapes: [Vec<usize>; 2],
        positions: &HostTensor,
    ) -> Result<[Rc<DeviceRows<B>>; 2], String> {
        if let Some(ready) = &*self.ready.borrow()
            && ready.shapes == shapes
            && ready.positions == *positions
        {
            return Ok([ready.kept.clone(), ready.put.clone()]);
        }
        let [data, updates] = &shapes;
        let [kept, put] = self
            .matrices(data, updates, positions)?
            .map(|rows| Rc::new(DeviceRows::new(rows, &self.device)));
        *self.ready.borrow_mut() = Some(Ready {
            shapes,
            positions: positions.clone(),
            kept: kept.clone(),
            put: put.clone(),
        });
        Ok([kept, put])
    }
}

const POSITIONS_UNKNOWN: &str = "its positions depend on the image, but must be known beforehand";

fn flat<B: Kernels>(tensor: FloatTensor<B>) -> FloatTensor<B> {
    let total = tensor.shape().num_elements();
    B::float_reshape(tensor, Shape::from(vec![total]))
}

impl<B: Kernels> Operator<B> for Scatter<B> {
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let [Some(data), Some(positions), Some(updates), ..] = inputs else {
            return Err("three inputs are needed".to_owned());
        };
        let Value::Host(positions) = positions else {
            return Err(POSITIONS_UNKNOWN.to_owned());
        };
        if let (Value::Host(data), Value::Host(updates)) = (data, updates) {
            return Ok(Forward {
                output: Value::Host(self.on_host(data, positions, updates)?),
                backward: None,
            });
        }
        let shapes = [data.shape(), updates.shape()];
        let [kept, put] = self.on_device(shapes.clone(), positions)?;
        let [data, updates] = [data, updates].map(|value| flat::<B>(value.to_device(&self.device)));
        let output = B::float_add(
            <B as Kernels>::combine_rows(data, kept.forward(), 0, 0.0),
            <B as Kernels>::combine_rows(updates, put.forward(), 0, 0.0),
        );
        let output = B::float_reshape(output, Shape::from(shapes[0].clone()));
        let backward = track.then(|| {
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = flat::<B>(grad);
                let by = |rows: &DeviceRows<B>, shape: &[usize]| {
                    let back = <B as Kernels>::combine_rows(grad.clone(), rows.backward(), 0, 0.0);
                    Some(B::float_reshape(back, Shape::from(shape.to_vec())))
                };
                vec![by(&kept, &shapes[0]), None, by(&put, &shapes[1])]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let [Some(data), Some(positions), Some(updates), ..] = inputs else {
            return Err("three inputs are needed".to_owned());
        };
        let Inferred::Host(positions) = positions else {
            return Err(POSITIONS_UNKNOWN.to_owned());
        };
        if let (Inferred::Host(data), Inferred::Host(updates)) = (data, updates) {
            return Ok(Inferred::Host(self.on_host(data, positions, updates)?));
        }
        self.matrices(data.shape(), updates.shape(), positions)?;
        Ok(Inferred::Device(data.shape().to_vec()))
    }
}

impl<B: Kernels> Scatter<B> {
    fn on_host(
        &self,
        data: &HostTensor,
        positions: &HostTensor,
        updates: &HostTensor,
    ) -> Result<HostTensor, String> {
        let [kept, put] = self.matrices(&data.shape, &updates.shape, positions)?;
        let kept = kept.apply(&data.values, 1, 0.0);
        let put = put.apply(&updates.values, 1, 0.0);
        Ok(HostTensor {
            kind: data.kind,
            shape: data.shape.clone(),
            values: kept
                .iter()
                .zip(&put)
                .map(|(kept, put)| kept + put)
                .collect(),
        })
    }
}
