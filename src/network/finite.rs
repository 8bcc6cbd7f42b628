//! Where values stop to be finite, for a sentence about an output that is not.

use burn_backend::{TensorMetadata, tensor::FloatTensor};

use super::{
    Network,
    kernels::{AxisView, Kernels, UnaryFunction},
    ops,
    run::read,
    value::Value,
};
use crate::classifier::{ClassifierError, NotFinite, Size};

impl<B: Kernels> Network<B> {
    /// See [`crate::classifier::Classifier::first_not_finite`].
    pub(super) async fn find_not_finite(
        &self,
        image: Vec<f32>,
        size: Size,
    ) -> Result<Option<NotFinite>, ClassifierError> {
        self.check_size(size)?;
        let (images, _) = self.upload_images(image, size);
        let (mut seen, mut counts) = (Vec::new(), Vec::new());
        self.forward(images, false, &mut |step, value| {
            if let Value::Device(tensor) = value
                && tensor.shape().num_elements() > 0
            {
                seen.push(step);
                counts.push(count::<B>(tensor));
            }
        })?;
        if counts.is_empty() {
            return Ok(None);
        }
        let counts = read::<B>(B::float_cat(counts, 0)).await?;
        let (pairs, _) = counts.as_chunks::<2>();
        // A mask of minus infinity is the usual way to leave positions out, and does no harm by itself.
        let first = |which: usize| pairs.iter().position(|pair| pair[which] > 0.0);
        let found = first(0).or_else(|| first(1));
        Ok(found
            .and_then(|at| seen.get(at))
            .and_then(|&step| self.steps.get(step))
            .map(|step| NotFinite {
                node: step.name.clone(),
                op: step.op.clone(),
            }))
    }
}

/// How many values are no numbers or infinite, and how many of those are minus infinity alone: `[2]`.
fn count<B: Kernels>(tensor: &FloatTensor<B>) -> FloatTensor<B> {
    let length = tensor.shape().num_elements();
    let of = |function: UnaryFunction| {
        let flags = <B as Kernels>::unary(tensor.clone(), function);
        let sum = <B as Kernels>::reduce_sum(flags, AxisView::rows(1, length));
        ops::reshape::<B>(sum, &[1])
    };
    let infinite = |positive: bool| {
        of(UnaryFunction::IsInfinite {
            positive,
            negative: !positive,
        })
    };
    let broken = B::float_add(of(UnaryFunction::IsNan), infinite(true));
    B::float_cat(vec![broken, infinite(false)], 0)
}
