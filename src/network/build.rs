//! From a graph to a network: every node gets its operator, every value its slot, or all that is
//! unsupported is named at once.

use std::{cell::RefCell, collections::HashMap};

use super::{
    fold::fold,
    kernels::Kernels,
    operator::{BuildContext, Operator},
    ops, rectifiers,
    unhandled::build_in_full,
    unsupported::{refusal, unsupported_reason},
    value::{HostTensor, Value, upload_initializer},
};
use crate::{
    classifier::{Rectifiers, Size},
    onnx::{Dimension, Graph, Initializer, OnnxError},
    protocol::{Probabilities, UnsupportedNode},
};

/// One operation with the slots it reads and writes.
pub(super) struct Step<B: Kernels> {
    pub name: String,
    pub op: String,
    /// Name of the value it puts out.
    pub value: String,
    pub operator: Box<dyn Operator<B>>,
    pub inputs: Vec<Option<usize>>,
    pub output: usize,
    /// Slots nobody reads after this step.
    pub finished: Vec<usize>,
}

impl<B: Kernels> Step<B> {
    /// Whether it computes anything: all it reads is there, and its gate is open. `given` tells which slots hold a
    /// value, `host` gives inputs that are on the host.
    pub fn runs<'a>(
        &self,
        given: impl Fn(usize) -> bool,
        host: impl FnOnce(usize) -> Option<&'a HostTensor>,
    ) -> Result<bool, String> {
        let there = |index: usize, slot: Option<usize>| {
            slot.is_none_or(&given) || self.operator.can_miss(index)
        };
        let mut slots = self.inputs.iter().copied().enumerate();
        if !slots.all(|(index, slot)| there(index, slot)) {
            return Ok(false);
        }
        match self.operator.gate() {
            Some((index, when)) => Ok(ops::passing::decision(host(index))? == when),
            None => Ok(true),
        }
    }
}

/// A classifier on a device.
pub struct Network<B: Kernels> {
    pub(super) device: B::Device,
    pub(super) steps: Vec<Step<B>>,
    pub(super) constants: Vec<(usize, Value<B>)>,
    pub(super) slots: usize,
    pub(super) input: usize,
    pub(super) output: usize,
    pub(super) input_shape: Vec<Dimension>,
    pub(super) batch: usize,
    /// Memory for the values of a batch, where it is known.
    pub(super) memory_bytes: Option<u64>,
    pub(super) opset: i64,
    pub(super) weight_bytes: u64,
    /// Whether several images can be computed at once, for the sizes asked for so far.
    pub(super) batches: RefCell<HashMap<Size, bool>>,
    pub(super) rectifiers: Rectifiers,
    /// How the scores become probabilities.
    pub(super) probabilities: Probabilities,
}

/// Checks that a graph takes one image and gives one output.
///
/// # Errors
/// Names the inputs or outputs there are.
pub fn check(graph: &Graph) -> Result<(), OnnxError> {
    let names = |ports: &[crate::onnx::Port]| ports.iter().map(|p| p.name.clone()).collect();
    if graph.inputs.len() != 1 {
        return Err(OnnxError::Inputs {
            names: names(&graph.inputs),
        });
    }
    if graph.outputs.len() != 1 {
        return Err(OnnxError::Outputs {
            names: names(&graph.outputs),
        });
    }
    let shape = &graph.inputs[0].shape;
    if !shape.is_empty() && shape.len() != 4 {
        return Err(OnnxError::Graph(format!(
            "its input {} has shape {}, but [batch, channels, height, width] is needed",
            graph.inputs[0].name,
            Dimension::describe(shape)
        )));
    }
    Ok(())
}

impl<B: Kernels> Network<B> {
    /// Puts a simplified graph on `device`. `batch` images are computed at once.
    ///
    /// # Errors
    /// Every node that is not supported, or a graph without exactly one image input and one output.
    pub fn new(graph: &Graph, device: B::Device, batch: usize) -> Result<Self, OnnxError> {
        check(graph)?;
        let folded = fold::<B>(graph, &device);
        let graph = folded.as_ref().unwrap_or(graph);
        let context = BuildContext {
            graph,
            device: &device,
        };
        let mut operators = Vec::with_capacity(graph.nodes.len());
        let mut unsupported = Vec::new();
        for node in &graph.nodes {
            let built = match ops::find::<B>(&node.op) {
                _ if refusal(node).is_some() => Err(unsupported_reason(node)),
                Some(_) if node.outputs.len() > 1 => Err(format!(
                    "its further outputs {:?} are read, but only the first is computed",
                    &node.outputs[1..]
                )),
                Some(build) => build_in_full(build, node, &context),
                None => Err(unsupported_reason(node)),
            };
            match built {
                Ok(operator) => operators.push(operator),
                Err(reason) => unsupported.push(UnsupportedNode {
                    node: node.name.clone(),
                    op: node.op.clone(),
                    opset: graph.opset,
                    reason,
                }),
            }
        }
        if !unsupported.is_empty() {
            return Err(OnnxError::Unsupported(unsupported));
        }

        let mut slots = Slots::default();
        let input = slots.of(&graph.inputs[0].name);
        let mut steps = Vec::with_capacity(operators.len());
        for (node, operator) in graph.nodes.iter().zip(operators) {
            let inputs = (0..node.inputs.len())
                .map(|index| {
                    let name = node.input(index).filter(|_| operator.reads(index))?;
                    Some(slots.of(name))
                })
                .collect();
            let output = node.outputs.first().map_or("", String::as_str);
            steps.push(Step {
                name: node.name.clone(),
                op: node.op.clone(),
                value: output.to_owned(),
                operator,
                inputs,
                output: slots.of(output),
                finished: Vec::new(),
            });
        }
        let output = slots.of(&graph.outputs[0].name);
        let constants: Vec<(usize, Value<B>)> = slots
            .by_name
            .iter()
            .filter_map(|(name, &slot)| {
                let tensor = graph.initializers.get(name)?;
                Some((slot, constant(tensor, &device)))
            })
            .collect();
        mark_finished(&mut steps, &constants, output);
        Ok(Self {
            slots: slots.by_name.len(),
            device,
            steps,
            constants,
            input,
            output,
            input_shape: graph.inputs[0].shape.clone(),
            batch: batch.max(1),
            memory_bytes: None,
            opset: graph.opset,
            weight_bytes: 4 * graph.parameters() as u64,
            batches: RefCell::default(),
            rectifiers: rectifiers::count(graph),
            probabilities: graph.probabilities,
        })
    }

    /// Computes at once only as many images as have their values in `bytes`, one at least.
    pub fn within(mut self, bytes: u64) -> Self {
        self.memory_bytes = Some(bytes);
        self
    }
}

/// Floats up to this many, in one axis at most, are factors and arguments rather than weights.
const ARGUMENT_ELEMENTS: usize = 8;

/// Weights go to the device; whole numbers and small factors, which are arguments, stay on the host.
pub(super) fn constant<B: Kernels>(tensor: &Initializer, device: &B::Device) -> Value<B> {
    let is_float = tensor.element_type.is_float();
    let is_argument = tensor.shape.len() <= 1 && tensor.elements() <= ARGUMENT_ELEMENTS;
    if is_float && !is_argument {
        return Value::Device(upload_initializer::<B>(tensor, device));
    }
    Value::Host(HostTensor::from_initializer(tensor))
}

#[derive(Default)]
struct Slots {
    by_name: HashMap<String, usize>,
}

impl Slots {
    fn of(&mut self, name: &str) -> usize {
        let next = self.by_name.len();
        *self.by_name.entry(name.to_owned()).or_insert(next)
    }
}

/// Notes after which step each slot can be dropped; constants and the output are kept.
fn mark_finished<B: Kernels>(
    steps: &mut [Step<B>],
    constants: &[(usize, Value<B>)],
    output: usize,
) {
    let mut last: HashMap<usize, usize> = HashMap::new();
    for (index, step) in steps.iter().enumerate() {
        for slot in step.inputs.iter().flatten() {
            last.insert(*slot, index);
        }
    }
    for (slot, _) in constants {
        last.remove(slot);
    }
    last.remove(&output);
    for (slot, index) in last {
        steps[index].finished.push(slot);
    }
}
