//! Gradients of operands that were broadcast: sums over what each value was repeated along.

use burn_backend::{Shape, TensorMetadata, tensor::FloatTensor};

use crate::network::kernels::{AxisView, Kernels};

/// Sums `tensor` over the axes along which `shape` was broadcast to its own.
pub fn reduce_to<B: Kernels>(mut tensor: FloatTensor<B>, shape: &[usize]) -> FloatTensor<B> {
    let mut full = tensor.shape().to_vec();
    if full == shape {
        return tensor;
    }
    let missing = full.len().saturating_sub(shape.len());
    let repeated = |axis: usize, length: usize| match axis.checked_sub(missing) {
        Some(axis) => shape.get(axis) != Some(&length),
        None => length != 1,
    };
    let mut axis = full.len();
    while axis > 0 {
        // Neighbouring axes are summed over at once.
        let end = axis;
        while axis > 0 && repeated(axis - 1, full[axis - 1]) {
            axis -= 1;
        }
        if axis == end {
            axis -= 1;
            continue;
        }
        let [outer, length, inner] = [&full[..axis], &full[axis..end], &full[end..]]
            .map(|axes| axes.iter().product::<usize>());
        let view = AxisView {
            outer,
            length,
            inner,
        };
        tensor = <B as Kernels>::reduce_sum(tensor, view);
        full[axis..end].fill(1);
    }
    B::float_reshape(tensor, Shape::from(shape.to_vec()))
}

#[cfg(test)]
mod tests {
    use burn_flex::{Flex, FlexDevice};

    use super::*;
    use crate::network::value::upload;

    #[test]
    fn gradients_are_summed_over_broadcast_axes() {
        let values: Vec<f32> = (0..24).map(|v| v as f32).collect();
        let sum = |shape: &[usize]| {
            let tensor = upload::<Flex>(values.clone(), &[2, 3, 4], &FlexDevice);
            let reduced = reduce_to::<Flex>(tensor, shape);
            assert_eq!(reduced.shape().to_vec(), shape);
            reduced.into_data().as_slice::<f32>().unwrap().to_vec()
        };
        assert_eq!(sum(&[3, 1]), [60.0, 92.0, 124.0]);
        assert_eq!(sum(&[4]), [60.0, 66.0, 72.0, 78.0]);
        assert_eq!(
            sum(&[2, 1, 4]),
            [12.0, 15.0, 18.0, 21.0, 48.0, 51.0, 54.0, 57.0]
        );
        assert_eq!(sum(&[1, 3, 4])[..2], [12.0, 14.0]);
        assert_eq!(sum(&[2, 1, 1]), [66.0, 210.0]);
        assert_eq!(sum(&[]), [276.0]);
        assert_eq!(sum(&[2, 3, 4]), values);
    }
}
