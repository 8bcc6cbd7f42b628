//! The contract of an operator: forwards, and the gradient by its inputs on the way back.

use burn_backend::tensor::FloatTensor;

use super::{
    kernels::Kernels,
    value::{Inferred, Value},
};
use crate::{
    classifier::BackwardRule,
    onnx::{Graph, Initializer, Node},
};

/// Turns the gradient of an operator's output into gradients of its inputs, in their order; `None`
/// for inputs that are constant or not differentiable. It holds whatever forward results it needs.
pub type Backward<B> = Box<dyn FnOnce(FloatTensor<B>, BackwardRule) -> Vec<Option<FloatTensor<B>>>>;

/// What an operator computed.
pub struct Forward<B: Kernels> {
    /// The output.
    pub output: Value<B>,
    /// The way back; `None` where it was not asked for or there is none.
    pub backward: Option<Backward<B>>,
}

/// One operation of a network, with its constants on the device.
pub trait Operator<B: Kernels> {
    /// Whether input `index` is read at run time; constants taken in while building are not.
    fn reads(&self, _index: usize) -> bool {
        true
    }

    /// The input that decides whether anything is computed at all, and the truth value it must have; `None` where
    /// that is always so.
    fn gate(&self) -> Option<(usize, bool)> {
        None
    }

    /// Whether it can do without input `index`, where that was not computed.
    fn can_miss(&self, _index: usize) -> bool {
        false
    }

    /// Whether what it computes of one image depends on the others of its batch.
    fn mixes_images(&self) -> bool {
        false
    }

    /// Computes the output of `inputs`; an input left out is `None`. `track` asks for the way back.
    ///
    /// # Errors
    /// One sentence on what does not fit, with shapes.
    fn forward(&self, inputs: &[Option<Value<B>>], track: bool) -> Result<Forward<B>, String>;

    /// The shape rule: what [`Operator::forward`] would put out, without computing anything on the
    /// device. Values on the host are computed in full, as shapes depend on them.
    ///
    /// # Errors
    /// One sentence on what does not fit, with shapes.
    fn infer(&self, inputs: &[Option<Inferred>]) -> Result<Inferred, String>;

    /// Axes of input 0 along which one output depends on several inputs. Where images of a batch lie on one of
    /// them, they cannot be computed together.
    fn joined_axes(&self, _inputs: &[Option<Inferred>]) -> Vec<usize> {
        Vec::new()
    }

    /// Most bytes that passes add to the constants, once.
    fn layout_bytes(&self) -> u64 {
        0
    }

    /// Multiply-adds of one forward pass, for estimates of time.
    fn multiply_adds(&self, _inputs: &[Option<Inferred>], _output: &Inferred) -> u64 {
        0
    }
}

/// What an operator may look at while it is built.
pub struct BuildContext<'a, B: Kernels> {
    /// The simplified graph, for constants.
    pub graph: &'a Graph,
    /// Where constants go.
    pub device: &'a B::Device,
}

/// Networks with more weights in their convolutions have them in one layout only, so that they need no more memory than that.
const ROOMY_WEIGHTS: usize = 1 << 25;

impl<B: Kernels> BuildContext<'_, B> {
    /// Whether there is room for the weights of convolutions in more than one layout.
    pub fn roomy(&self) -> bool {
        let kernels = self.graph.initializers.values();
        // What has windows has more than two axes.
        let kernels = kernels.filter(|tensor| tensor.shape.len() > 2);
        kernels.map(Initializer::elements).sum::<usize>() <= ROOMY_WEIGHTS
    }
}

/// Builds an operator from its node, or says in one sentence why it cannot.
pub type Build<B> = fn(&Node, &BuildContext<'_, B>) -> Result<Box<dyn Operator<B>>, String>;

/// The tensor at `index`, which must be on the device.
///
/// # Errors
/// It is missing or lives on the host.
pub fn device_input<B: Kernels>(
    inputs: &[Option<Value<B>>],
    index: usize,
) -> Result<FloatTensor<B>, String> {
    match inputs.get(index) {
        Some(Some(Value::Device(tensor))) => Ok(tensor.clone()),
        Some(Some(Value::Host(_))) => Err(format!("input {index} is a constant, not an image")),
        _ => Err(format!("input {index} is missing")),
    }
}
