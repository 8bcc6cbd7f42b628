//! `Einsum` (<https://onnx.ai/onnx/operators/onnx__Einsum.html>) of one or two operands, without
//! diagonals: sums, transposes and contractions.

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use super::{
    axes::{Gathered, inferred_shape, reshape},
    einsum_equation::{Equation, Label},
};
use crate::{
    network::{
        kernels::{Kernels, Transposed},
        operator::{Backward, BuildContext, Forward, Operator},
        value::{Inferred, Value},
    },
    onnx::Node,
};

struct Einsum<B: Kernels> {
    device: B::Device,
    equation: Equation,
    constant: Vec<bool>,
}

/// # Errors
/// An equation that cannot be read, repeats a label in an operand, or has more than two operands.
pub fn build<B: Kernels>(
    node: &Node,
    context: &BuildContext<'_, B>,
) -> Result<Box<dyn Operator<B>>, String> {
    let equation = Equation::parse(node.attributes.text("equation", "")?)?;
    if equation.operands() != node.inputs.len() {
        return Err(format!(
            "its equation has {} operands, but there are {} inputs",
            equation.operands(),
            node.inputs.len()
        ));
    }
    Ok(Box::new(Einsum::<B> {
        device: context.device.clone(),
        equation,
        constant: (0..node.inputs.len())
            .map(|index| context.graph.constant(node.input(index)).is_some())
            .collect(),
    }))
}

/// A tensor whose axes have names.
struct Labelled<B: Kernels> {
    tensor: FloatTensor<B>,
    labels: Vec<Label>,
}

impl<B: Kernels> Clone for Labelled<B> {
    fn clone(&self) -> Self {
        Self {
            tensor: self.tensor.clone(),
            labels: self.labels.clone(),
        }
    }
}

impl<B: Kernels> Labelled<B> {
    fn sizes(&self) -> Vec<usize> {
        self.tensor.shape().to_vec()
    }

    fn size_of(&self, label: Label) -> usize {
        let at = self.labels.iter().position(|&own| own == label);
        at.and_then(|axis| self.sizes().get(axis).copied())
            .unwrap_or(1)
    }

    /// Without the axes whose label is not among `kept`, summed over them.
    fn summed(self, kept: &dyn Fn(Label) -> bool) -> Self {
        let axes: Vec<usize> = (0..self.labels.len())
            .filter(|&axis| !kept(self.labels[axis]))
            .collect();
        if axes.is_empty() {
            return self;
        }
        let shape = self.sizes();
        let stays = |axis: &usize| !axes.contains(axis);
        let left: Vec<usize> = (0..shape.len()).filter(stays).collect();
        let gathered = Gathered::along(&shape, &axes);
        let sums = B::reduce_sum(gathered.enter::<B>(self.tensor), gathered.view);
        let sizes: Vec<usize> = left.iter().map(|&axis| shape[axis]).collect();
        Self {
            tensor: reshape::<B>(sums, &sizes),
            labels: left.iter().map(|&axis| self.labels[axis]).collect(),
        }
    }

    /// With its axes in the order of `labels`, which are the same.
    fn ordered(self, labels: &[Label]) -> Self {
        if self.labels == labels {
            return self;
        }
        let order: Vec<usize> = labels
            .iter()
            .filter_map(|label| self.labels.iter().position(|own| own == label))
            .collect();
        Self {
            tensor: B::float_permute(self.tensor, &order),
            labels: labels.to_vec(),
        }
    }

    /// Repeated along the axes it lacks, in the order of `labels`.
    fn repeated(self, labels: &[Label], sizes: &[usize]) -> FloatTensor<B> {
        let own: Vec<Label> = labels
            .iter()
            .copied()
            .filter(|label| self.labels.contains(label))
            .collect();
        let ordered = self.ordered(&own);
        let padded: Vec<usize> = labels.iter().map(|&label| ordered.size_of(label)).collect();
        if padded == sizes {
            return reshape::<B>(ordered.tensor, sizes);
        }
        let tensor = reshape::<B>(ordered.tensor, &padded);
        B::float_expand(tensor, Shape::from(sizes.to_vec()))
    }
}

/// The sum over all labels that are not in `output` of the products of two tensors. Every label of
/// the output belongs to one of them.
fn contract<B: Kernels>(left: Labelled<B>, right: Labelled<B>, output: &[Label]) -> Labelled<B> {
    // What only one of them has and nobody asks for is summed beforehand.
    let (left_labels, right_labels) = (left.labels.clone(), right.labels.clone());
    let left = left.summed(&|label| output.contains(&label) || right_labels.contains(&label));
    let right = right.summed(&|label| output.contains(&label) || left_labels.contains(&label));
    let in_right = |label: &Label| right.labels.contains(label);
    let in_output = |label: &Label| output.contains(label);
    let labels = |from: &[Label], wanted: &dyn Fn(&Label) -> bool| -> Vec<Label> {
        from.iter().copied().filter(|label| wanted(label)).collect()
    };
    let batch = labels(&left.labels, &|l| in_right(l) && in_output(l));
    let shared = labels(&left.labels, &|l| in_right(l) && !in_output(l));
    let rows = labels(&left.labels, &|l| !in_right(l));
    let columns = labels(&right.labels, &|l| !left.labels.contains(l));
    let count = |labels: &[Label], of: &Labelled<B>| -> usize {
        labels.iter().map(|&label| of.size_of(label)).product()
    };
    let [b, m, k] = [&batch, &rows, &shared].map(|labels| count(labels, &left));
    let n = count(&columns, &right);
    let mut order = Vec::new();
    let mut sizes = Vec::new();
    for (labels, of) in [(&batch, &left), (&rows, &left), (&columns, &right)] {
        order.extend(labels);
        sizes.extend(labels.iter().map(|&label| of.size_of(label)));
    }
    let left = left.ordered(&[batch.as_slice(), &rows, &shared].concat());
    let right = right.ordered(&[batch.as_slice(), &shared, &columns].concat());
    let product = B::batched_matmul(
        reshape::<B>(left.tensor, &[b, m, k]),
        reshape::<B>(right.tensor, &[b, k, n]),
        Transposed::default(),
    );
    let product = Labelled {
        tensor: reshape::<B>(product, &sizes),
        labels: order,
    };
    product.ordered(output)
}

/// An operand whose axes of length 1 that broadcast are taken out.
fn squeezed<B: Kernels>(
    tensor: FloatTensor<B>,
    labels: &[Label],
    sizes: &dyn Fn(Label) -> usize,
) -> Labelled<B> {
    let own = tensor.shape().to_vec();
    let kept: Vec<usize> = (0..own.len())
        .filter(|&axis| own[axis] == sizes(labels[axis]))
        .collect();
    let shape: Vec<usize> = kept.iter().map(|&axis| own[axis]).collect();
    Labelled {
        tensor: reshape::<B>(tensor, &shape),
        labels: kept.iter().map(|&axis| labels[axis]).collect(),
    }
}

impl<B: Kernels> Operator<B> for Einsum<B> {
    fn joined_axes(&self, inputs: &[Option<Inferred>]) -> Vec<usize> {
        let shapes: Result<Vec<Vec<usize>>, String> = (0..self.equation.operands())
            .map(|index| inferred_shape(inputs, index).map(<[usize]>::to_vec))
            .collect();
        let Ok(bound) = shapes.and_then(|shapes| self.equation.bind(&shapes)) else {
            return Vec::new();
        };
        let labels = bound.operands.first().into_iter().flatten().enumerate();
        let summed = labels.filter(|(_, label)| !bound.output.contains(label));
        summed.map(|(axis, _)| axis).collect()
    }

    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String> {
        let values: Vec<&Value<B>> = inputs.iter().flatten().collect();
        let shapes: Vec<Vec<usize>> = values.iter().map(|value| value.shape()).collect();
        let bound = self.equation.bind(&shapes)?;
        let output_shape = bound.output_shape();
        let mut operands = Vec::new();
        for (value, labels) in values.iter().zip(&bound.operands) {
            let tensor = value.to_device(&self.device);
            operands.push(squeezed::<B>(tensor, labels, &|label| bound.size(label)));
        }
        let output_labels = bound.output.clone();
        let Some(first) = operands.first().cloned() else {
            return Err("an operand is needed".to_owned());
        };
        let output = match operands.get(1).cloned() {
            Some(second) => contract(first, second, &output_labels),
            None => first
                .summed(&|label| output_labels.contains(&label))
                .ordered(&output_labels),
        };
        let output = reshape::<B>(output.tensor, &output_shape);
        let backward = track.then(|| {
            let constant = self.constant.clone();
            let back: Backward<B> = Box::new(move |grad, _| {
                let grad = Labelled::<B> {
                    tensor: grad,
                    labels: output_labels,
                };
                (0..operands.len())
                    .map(|index| {
                        if constant.get(index).copied().unwrap_or(false) {
                            return None;
                        }
                        let own = &operands[index];
                        let other = (operands.len() == 2).then(|| operands[1 - index].clone());
                        // Labels that were summed on their own are repeated, not contracted.
                        let reached: Vec<Label> = own
                            .labels
                            .iter()
                            .copied()
                            .filter(|label| {
                                grad.labels.contains(label)
                                    || other.as_ref().is_some_and(|o| o.labels.contains(label))
                            })
                            .collect();
                        let by = match other {
                            Some(other) => contract(grad.clone(), other, &reached),
                            None => grad.clone().ordered(&reached),
                        };
                        let by = by.repeated(&own.labels, &own.sizes());
                        Some(reshape::<B>(by, &shapes[index]))
                    })
                    .collect()
            });
            back
        });
        Ok(Forward {
            output: Value::Device(output),
            backward,
        })
    }

    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String> {
        let shapes = (0..self.equation.operands())
            .map(|index| inferred_shape(inputs, index).map(<[usize]>::to_vec))
            .collect::<Result<Vec<_>, String>>()?;
        Ok(Inferred::Device(
            self.equation.bind(&shapes)?.output_shape(),
        ))
    }

    fn multiply_adds(&self, inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        let shapes: Result<Vec<Vec<usize>>, String> = (0..self.equation.operands())
            .map(|index| inferred_shape(inputs, index).map(<[usize]>::to_vec))
            .collect();
        shapes
            .and_then(|shapes| self.equation.bind(&shapes))
            .map_or(0, |bound| bound.products())
    }
}
