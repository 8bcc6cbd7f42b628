//! Axes that an operator works along: reading them, and laying tensors out so that kernels see them
//! as one.

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use super::arguments::axes_of;
use crate::{
    network::{
        kernels::{AxisView, Kernels},
        operator::BuildContext,
        value::{HostTensor, Inferred, Value},
    },
    onnx::Node,
};

/// Which axes a node names.
#[derive(Clone, Debug, PartialEq)]
pub enum Axes {
    /// These, negative ones counted from the end.
    Listed(Vec<i64>),
    /// None were named, which mostly means all.
    Unnamed,
    /// All but the first so many.
    From(usize),
    /// They are an input, known when the network runs.
    Input(usize),
}

impl Axes {
    /// From the attribute `axes`, or from input `index`, where newer operator sets have it.
    ///
    /// # Errors
    /// The attribute is not a list.
    pub fn read<B: Kernels>(
        node: &Node,
        context: &BuildContext<'_, B>,
        index: usize,
    ) -> Result<Self, String> {
        Ok(match node.input(index) {
            Some(name) => match context.graph.constant(Some(name)) {
                Some(constant) => Self::Listed(constant.integers()),
                None => Self::Input(index),
            },
            None => node
                .attributes
                .ints("axes")?
                .map_or(Self::Unnamed, |axes| Self::Listed(axes.to_vec())),
        })
    }

    /// Whether the run-time input `index` is needed.
    pub fn reads(&self, index: usize) -> bool {
        matches!(self, Self::Input(input) if *input == index)
    }

    /// The axes of a tensor of this rank, ascending; empty where none were named. `host` gives the
    /// values of an input.
    ///
    /// # Errors
    /// An axis lies outside the rank or comes twice, or an input is not known on the host.
    pub fn resolve<'a>(
        &self,
        rank: usize,
        host: impl FnOnce(usize) -> Option<&'a HostTensor>,
    ) -> Result<Vec<usize>, String> {
        let listed = match self {
            Self::Unnamed => return Ok(Vec::new()),
            Self::From(first) => return Ok((*first..rank).collect()),
            Self::Listed(axes) => axes.clone(),
            Self::Input(index) => host(*index)
                .ok_or("its axes are computed on the device")?
                .values
                .iter()
                .map(|&axis| axis as i64)
                .collect(),
        };
        let mut axes = axes_of(&listed, rank)?;
        axes.sort_unstable();
        Ok(axes)
    }
}

/// The host tensor at `index`, where it is one.
pub fn host_value<B: Kernels>(inputs: &[Option<Value<B>>], index: usize) -> Option<&HostTensor> {
    match inputs.get(index) {
        Some(Some(Value::Host(tensor))) => Some(tensor),
        _ => None,
    }
}

/// The same in a shape rule.
pub fn host_inferred(inputs: &[Option<Inferred>], index: usize) -> Option<&HostTensor> {
    match inputs.get(index) {
        Some(Some(Inferred::Host(tensor))) => Some(tensor),
        _ => None,
    }
}

/// Shape of the input at `index` in a shape rule.
///
/// # Errors
/// It is missing.
pub fn inferred_shape(inputs: &[Option<Inferred>], index: usize) -> Result<&[usize], String> {
    match inputs.get(index) {
        Some(Some(inferred)) => Ok(inferred.shape()),
        _ => Err(format!("input {index} is missing")),
    }
}

/// Number of values of a shape; the largest number there is where they are more.
pub fn elements(shape: &[usize]) -> usize {
    shape
        .iter()
        .fold(1, |product: usize, &length| product.saturating_mul(length))
}

/// Multiply-adds of an operator that spends so many on each value of a shape.
pub fn work(shape: &[usize], each: usize) -> u64 {
    (elements(shape) as u64).saturating_mul(each as u64)
}

/// `shape` without some axes, or with length 1 in their place.
pub fn without(shape: &[usize], axes: &[usize], keep: bool) -> Vec<usize> {
    (0..shape.len())
        .filter(|axis| keep || !axes.contains(axis))
        .map(|axis| if axes.contains(&axis) { 1 } else { shape[axis] })
        .collect()
}

/// A tensor whose chosen axes lie together.
#[derive(Clone, Debug, PartialEq)]
pub struct Gathered {
    /// The chosen axes are the middle one.
    pub view: AxisView,
    /// Order of axes that brings them together; `None` where they are already.
    order: Option<Vec<usize>>,
    /// Shape of the tensor as it was.
    shape: Vec<usize>,
}

impl Gathered {
    /// For kernels that work along a middle axis; `axes` ascend.
    pub fn along(shape: &[usize], axes: &[usize]) -> Self {
        // Axes of length 1 do not separate others.
        let long: Vec<usize> = axes.iter().copied().filter(|&a| shape[a] != 1).collect();
        let (first, last) = match (long.first(), long.last()) {
            (Some(&first), Some(&last)) => (first, last + 1),
            _ => (shape.len(), shape.len()),
        };
        let between = (first..last).all(|axis| axes.contains(&axis) || shape[axis] == 1);
        if between {
            return Self {
                view: AxisView {
                    outer: elements(&shape[..first]),
                    length: elements(&shape[first..last]),
                    inner: elements(&shape[last..]),
                },
                order: None,
                shape: shape.to_vec(),
            };
        }
        Self::at_the_end(shape, axes)
    }

    /// For kernels that work on rows: the chosen axes come last.
    pub fn rows(shape: &[usize], axes: &[usize]) -> Self {
        let along = Self::along(shape, axes);
        if along.view.inner == 1 {
            along
        } else {
            Self::at_the_end(shape, axes)
        }
    }

    /// Rows that lie together anyway.
    pub fn neighbours(shape: &[usize], view: AxisView) -> Self {
        Self {
            view,
            order: None,
            shape: shape.to_vec(),
        }
    }

    /// Whether the chosen axes lie together without any being moved.
    pub fn is_in_order(&self) -> bool {
        self.order.is_none()
    }

    fn at_the_end(shape: &[usize], axes: &[usize]) -> Self {
        let (chosen, mut order): (Vec<usize>, Vec<usize>) =
            (0..shape.len()).partition(|axis| axes.contains(axis));
        let product = |axes: &[usize]| {
            let lengths: Vec<usize> = axes.iter().map(|&axis| shape[axis]).collect();
            elements(&lengths)
        };
        let view = AxisView::rows(product(&order), product(&chosen));
        order.extend(chosen);
        Self {
            view,
            order: Some(order),
            shape: shape.to_vec(),
        }
    }

    /// Brings a tensor of the original shape into `[outer, length, inner]`.
    pub fn enter<B: Kernels>(&self, tensor: FloatTensor<B>) -> FloatTensor<B> {
        let tensor = match &self.order {
            Some(order) => B::float_permute(tensor, order),
            None => tensor,
        };
        let AxisView {
            outer,
            length,
            inner,
        } = self.view;
        reshape::<B>(tensor, &[outer, length, inner])
    }

    /// The way back from `[outer, length, inner]`.
    pub fn leave<B: Kernels>(&self, tensor: FloatTensor<B>) -> FloatTensor<B> {
        let Some(order) = &self.order else {
            return reshape::<B>(tensor, &self.shape);
        };
        let permuted: Vec<usize> = order.iter().map(|&axis| self.shape[axis]).collect();
        B::float_permute(reshape::<B>(tensor, &permuted), &inverse(order))
    }

    /// One value for each place of the outer and inner axes, so that it broadcasts along the middle.
    pub fn broadcastable<B: Kernels>(&self, reduced: FloatTensor<B>) -> FloatTensor<B> {
        reshape::<B>(reduced, &[self.view.outer, 1, self.view.inner])
    }

    /// One value for each place of the outer and inner axes, repeated along the middle one.
    pub fn repeated<B: Kernels>(&self, reduced: FloatTensor<B>) -> FloatTensor<B> {
        let AxisView {
            outer,
            length,
            inner,
        } = self.view;
        let shape = Shape::from(vec![outer, length, inner]);
        B::float_expand(self.broadcastable::<B>(reduced), shape)
    }
}

/// The order of axes that undoes `order`.
pub fn inverse(order: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; order.len()];
    for (to, &from) in order.iter().enumerate() {
        inverse[from] = to;
    }
    inverse
}

/// `tensor` in another shape of as many values.
pub fn reshape<B: Kernels>(tensor: FloatTensor<B>, shape: &[usize]) -> FloatTensor<B> {
    if tensor.shape().as_slice() == shape {
        return tensor;
    }
    B::float_reshape(tensor, Shape::from(shape.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(outer: usize, length: usize, inner: usize) -> AxisView {
        AxisView {
            outer,
            length,
            inner,
        }
    }

    #[test]
    fn neighbouring_axes_stay_where_they_are() {
        let shape = [2, 3, 4, 5];
        for (axes, expected, moved) in [
            (vec![1], view(2, 3, 20), false),
            (vec![2, 3], view(6, 20, 1), false),
            (vec![0, 1, 2, 3], view(1, 120, 1), false),
            (vec![], view(120, 1, 1), false),
            (vec![0, 2], view(15, 8, 1), true),
        ] {
            let gathered = Gathered::along(&shape, &axes);
            assert_eq!(gathered.view, expected, "{axes:?}");
            assert_eq!(gathered.order.is_some(), moved, "{axes:?}");
        }
        assert_eq!(Gathered::along(&[2, 1, 4], &[0, 2]).view, view(1, 8, 1));
        assert_eq!(Gathered::rows(&shape, &[1]).view, view(40, 3, 1));
        assert_eq!(Gathered::rows(&[7, 3, 1, 1], &[1]).order, None);
    }

    #[test]
    fn axes_are_checked() {
        let resolve = |axes: &[i64]| Axes::Listed(axes.to_vec()).resolve(4, |_| None);
        assert_eq!(resolve(&[-1, 1]), Ok(vec![1, 3]));
        assert!(resolve(&[4]).is_err());
        assert!(resolve(&[1, -3]).is_err());
        assert_eq!(without(&[2, 3, 4], &[1], true), [2, 1, 4]);
        assert_eq!(without(&[2, 3, 4], &[0, 2], false), [3]);
    }
}
