//! Normalisations by a mean and a variance of the input's own: `LayerNormalization`
//! (<https://onnx.ai/onnx/operators/onnx__LayerNormalization.html>), `InstanceNormalization`,
//! `GroupNormalization` (<https://onnx.ai/onnx/operators/onnx__GroupNormalization.html>),
//! `RMSNormalization`, `MeanVarianceNormalization`, and a `BatchNormalization` in training mode.

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use super::{
    arguments::axis_of,
    axes::{Axes, Gathered, elements, host_inferred, host_value, inferred_shape, reshape, work},
    host_normalization,
    outputs::only_first,
};
use crate::{
    network::{
        kernels::{AxisView, Kernels},
        operator::{Backward, BuildContext, Forward, Operator, device_input},
        value::{HostTensor, Inferred, Value, upload_initializer},
    },
    onnx::{Initializer, Node},
};

/// Which values are normalised together.
enum Rows {
    /// Everything from this axis on.
    From(i64),
    /// Every channel of an image.
    Channels,
    /// As many groups of channels of an image.
    Groups(usize),
    /// These axes.
    Axes(Axes),
    /// Every channel of all images together.
    Batch,
}

/// What the normalised values are multiplied by and what is added.
enum Over {
    /// One pair for each place in a row.
    Row,
    /// One pair for each channel.
    Channel,
    /// One pair for each group of channels.
    Group(usize),
}

struct Factors<B: Kernels> {
    over: Over,
    scale: FloatTensor<B>,
    shift: Option<FloatTensor<B>>,
    /// The same as the graph holds them, for weights that are normalised on the host.
    stored: [Option<Initializer>; 2],
}

struct Normalization<B: Kernels> {
    rows: Rows,
    epsilon: f32,
    centred: bool,
    factors: Option<Factors<B>>,
}

/// # Errors
/// Factors that are not constant, or attributes of the wrong kind.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    only_first(node, context.graph)?;
    let factors = |over: Over| read_factors(node, context, over).map(Some);
    let epsilon = || node.attributes.float("epsilon", 1e-5);
    let built = match node.op.as_str() {
        "LayerNormalization" | "RMSNormalization" => Normalization {
            rows: Rows::From(node.attributes.int("axis", -1)?),
            epsilon: epsilon()?,
            centred: node.op == "LayerNormalization",
            factors: factors(Over::Row)?,
        },
        "InstanceNormalization" => Normalization {
            rows: Rows::Channels,
            epsilon: epsilon()?,
            centred: true,
            factors: factors(Over::Channel)?,
        },
        "GroupNormalization" => {
            let groups = node.attributes.int("num_groups", 0)?;
            let groups = usize::try_from(groups)
                .ok()
                .filter(|&groups| groups > 0)
                .ok_or_else(|| format!("num_groups is {groups}"))?;
            Normalization {
                rows: Rows::Groups(groups),
                epsilon: epsilon()?,
                centred: true,
                // Since operator set 21 there is one factor for each channel.
                factors: factors(if context.graph.opset < 21 {
                    Over::Group(groups)
                } else {
                    Over::Channel
                })?,
            }
        }
        "MeanVarianceNormalization" => {
            let axes = match node.attributes.ints("axes")? {
                Some(axes) => axes.to_vec(),
                None => vec![0, 2, 3],
            };
            Normalization {
                rows: Rows::Axes(Axes::Listed(axes)),
                // It adds 1e-9 to the deviation; this adds its square to the variance.
                epsilon: 1e-18,
                centred: true,
                factors: None,
            }
        }
        other => return Err(format!("{other} is not a normalisation")),
    };
    Ok(Box::new(built))
}

/// A `BatchNormalization` in training mode: by the statistics of the batch that it is given.
///
/// # Errors
/// Factors that are not constant, or attributes of the wrong kind.
pub fn of_batch<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    Ok(Box::new(Normalization {
        rows: Rows::Batch,
        epsilon: node.attributes.float("epsilon", 1e-5)?,
        centred: true,
        factors: Some(read_factors(node, context, Over::Channel)?),
    }))
}

fn read_factors<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
    over: Over,
) -> Result<Factors<B>, String> {
    let stored = |index: usize| match node.input(index) {
        None => Ok(None),
        Some(name) => match context.graph.constant(Some(name)) {
            Some(tensor) => Ok(Some(tensor.clone())),
            None => Err(format!("its input {index} is computed at run time")),
        },
    };
    let stored = [stored(1)?, stored(2)?];
    let [scale, shift] = [0, 1].map(|index: usize| {
        let tensor = stored[index].as_ref()?;
        Some(upload_initializer::<B>(tensor, context.device))
    });
    Ok(Factors {
        over,
        scale: scale.ok_or("its scale is missing")?,
        shift,
        stored,
    })
}

/// All axes but that of the channels.
fn but_channels(rank: usize) -> Vec<usize> {
    (0..rank).filter(|&axis| axis != 1).collect()
}

impl<B: Kernels> Normalization<B> {
    fn layout(&self, shape: &[usize]) -> Result<Gathered, String> {
        let groups = |groups: usize| match shape {
            [images, channels, rest @ ..]
                if groups > 0 && groups <= *channels && channels % groups == 0 =>
            {
                let length = (channels / groups).saturating_mul(elements(rest));
                let view = AxisView::rows(images.saturating_mul(groups), length);
                Ok(Gathered::neighbours(shape, view))
            }
            _ => Err(format!(
                "an input of shape {shape:?} has no channels that make {groups} groups"
            )),
        };
        match &self.rows {
            Rows::From(axis) => {
                let axis = axis_of(*axis, shape.len())?;
                let rows = elements(&shape[..axis]);
                let view = AxisView::rows(rows, elements(&shape[axis..]));
                Ok(Gathered::neighbours(shape, view))
            }
            Rows::Channels => groups(shape.get(1).copied().unwrap_or(0)),
            Rows::Groups(count) => groups(*count),
            Rows::Axes(axes) => {
                let axes = axes.resolve(shape.len(), |_| None)?;
                Ok(Gathered::rows(shape, &axes))
            }
            Rows::Batch if shape.len() > 1 => Ok(Gathered::rows(shape, &but_channels(shape.len()))),
            Rows::Batch => Err(format!(
                "the input has shape {shape:?}, but channels are needed"
            )),
        }
    }

    /// Axes of an input of `rank` along which values are normalised together.
    fn joined(&self, rank: usize) -> Vec<usize> {
        match &self.rows {
            Rows::From(axis) => {
                axis_of(*axis, rank).map_or(Vec::new(), |axis| (axis..rank).collect())
            }
            Rows::Channels | Rows::Groups(_) => (1..rank).collect(),
            Rows::Axes(axes) => axes.resolve(rank, |_| None).unwrap_or_default(),
            Rows::Batch => but_channels(rank),
        }
    }

    /// How factors lie over an input of `shape`, and the shape they should have themselves.
    fn factor_layout(
        &self,
        over: &Over,
        shape: &[usize],
    ) -> Result<(AxisView, Vec<usize>), String> {
        let images = shape.first().copied().unwrap_or(1);
        let channels = shape.get(1).copied().unwrap_or(1);
        let behind = elements(shape.get(2..).unwrap_or_default());
        let by = |length: usize| {
            let view = AxisView {
                outer: images,
                length,
                inner: (channels / length.max(1)).saturating_mul(behind),
            };
            (view, vec![length])
        };
        Ok(match (over, &self.rows) {
            (Over::Row, Rows::From(axis)) => {
                let axis = axis_of(*axis, shape.len())?;
                let row = shape[axis..].to_vec();
                let rows = elements(&shape[..axis]);
                (AxisView::rows(rows, elements(&row)), row)
            }
            (Over::Group(groups), _) => by(*groups),
            // Where several images are taken together, the channels were brought to the front.
            (_, Rows::Batch) => {
                let inner = images.saturating_mul(behind);
                let view = AxisView {
                    outer: 1,
                    length: channels,
                    inner,
                };
                (view, vec![channels])
            }
            _ => by(channels),
        })
    }
}

/// Checks that factors of shape `own` broadcast to `wanted`.
fn check_factors(own: &[usize], wanted: &[usize]) -> Result<(), String> {
    let broadcasts = || {
        let missing = wanted.len().checked_sub(own.len());
        missing.is_some_and(|missing| {
            own.iter()
                .zip(&wanted[missing..])
                .all(|(&own, &wanted)| own == wanted || own == 1)
        })
    };
    if elements(own) == elements(wanted) || broadcasts() {
        return Ok(());
    }
    Err(format!(
        "its factors have shape {own:?}, but {wanted:?} is needed"
    ))
}

/// Factors as a list of as many values as `shape` has, broadcast where they are fewer.
fn spread<B: Kernels>(factors: FloatTensor<B>, shape: &[usize]) -> Result<FloatTensor<B>, String> {
    let own = factors.shape().to_vec();
    check_factors(&own, shape)?;
    let length = elements(shape);
    if elements(&own) == length {
        return Ok(reshape::<B>(factors, &[length]));
    }
    let padded = [vec![1; shape.len() - own.len()], own].concat();
    let factors = reshape::<B>(factors, &padded);
    let factors = B::float_expand(factors, Shape::from(shape.to_vec()));
    Ok(reshape::<B>(factors, &[length]))
}

impl<B: Kernels> Normalization<B> {
    /// The same on the host, for weights, where the values of a row are neighbours.
    fn on_host(&self, x: &HostTensor) -> Result<HostTensor, String> {
        let layout = self.layout(&x.shape)?;
        let length = layout.view.length;
        if !layout.is_in_order() || layout.view.inner != 1 || length == 0 {
            return Err(format!(
                "weights of shape {:?} cannot be normalised before the network runs",
                x.shape
            ));
        }
        let mut output = x.clone();
        let epsilon = f64::from(self.epsilon);
        host_normalization::normalise_rows(&mut output.values, length, epsilon, self.centred);
        if let Some(factors) = &self.factors {
            let (view, wanted) = self.factor_layout(&factors.over, &x.shape)?;
            let mut lists = [None, None];
            for (list, stored) in lists.iter_mut().zip(&factors.stored) {
                if let Some(stored) = stored {
                    check_factors(&stored.shape, &wanted)?;
                    *list = Some(host_normalization::spread(stored, &wanted)?);
                }
            }
            host_normalization::scale_shift(&mut output.values, lists, view);
        }
        Ok(output)
    }
}

impl<B: Kernels> Operator<B> for Normalization<B> {
    fn reads(&self, index: usize) -> bool {
        index == 0
    }

    fn joined_axes(&self, inputs: &[Option<Inferred>]) -> Vec<usize> {
        inferred_shape(inputs, 0).map_or(Vec::new(), |shape| self.joined(shape.len()))
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        if let Some(x) = host_value(inputs, 0) {
            return Ok(Forward {
                output: Value::Host(self.on_host(x)?),
                backward: None,
            });
        }
        let x = device_input(inputs, 0)?;
        let shape = x.shape().to_vec();
        let layout = self.layout(&shape)?;
        let (length, centred) = (layout.view.length, self.centred);
        let x = layout.enter::<B>(x);
        let (normalised, deviations) = B::normalise_rows(x, length, self.epsilon, centred);
        let factors = match &self.factors {
            Some(factors) => {
                let (view, wanted) = self.factor_layout(&factors.over, &shape)?;
                let scale = spread::<B>(factors.scale.clone(), &wanted)?;
                let shift = match &factors.shift {
                    Some(shift) => Some(spread::<B>(shift.clone(), &wanted)?),
                    None => None,
                };
                Some((scale, shift, view))
            }
            None => None,
        };
        let output = match &factors {
            Some((scale, shift, view)) => {
                B::scale_shift(normalised.clone(), scale.clone(), shift.clone(), *view)
            }
            None => normalised.clone(),
        };
        let output = layout.leave::<B>(output);
        let backward = track.then(|| {
            let factors = factors.map(|(scale, _, view)| (scale, view));
            let back: Backward<B> = Box::new(move |grad, _| {
                let mut grad = layout.enter::<B>(grad);
                if let Some((scale, view)) = factors {
                    grad = B::scale_shift(grad, scale, None, view);
                }
                let grad =
                    B::normalise_rows_gradient(grad, normalised, deviations, length, centred);
                vec![Some(layout.leave::<B>(grad))]
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        if let Some(x) = host_inferred(inputs, 0) {
            return self.on_host(x).map(Inferred::Host);
        }
        let shape = inferred_shape(inputs, 0)?;
        self.layout(shape)?;
        if let Some(factors) = &self.factors {
            let (_, wanted) = self.factor_layout(&factors.over, shape)?;
            for tensor in [Some(&factors.scale), factors.shift.as_ref()]
                .into_iter()
                .flatten()
            {
                check_factors(&tensor.shape().to_vec(), &wanted)?;
            }
        }
        Ok(Inferred::Device(shape.to_vec()))
    }

    fn multiply_adds(&self, _inputs: &[Option<Inferred>], output: &Inferred) -> u64 {
        // A mean, a variance and a factor.
        work(output.shape(), 3)
    }
}
