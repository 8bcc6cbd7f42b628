//! A model whose trained weights are drawn anew, group by group from the output down.

use super::device::Device;
use crate::{
    attribution::random::{self, Purpose},
    classifier::{Classifier, ClassifierError, LocalFuture},
    metric::{Cascade, layer_groups},
    onnx::{Graph, Initializer, Node, simplify, take_channels_first},
    protocol::Layout,
};

/// Nodes of `graph` that have weights, by their place in it: the order they run in.
///
/// A BatchNorm is a layer of its own, as in the code of arXiv 2404.15564. A bias that is added by
/// a node of its own stays as it was trained.
pub fn weight_layers(graph: &Graph) -> Vec<usize> {
    (0..graph.nodes.len())
        .filter(|&index| {
            let node = &graph.nodes[index];
            draws(graph, node).is_some() || resets(graph, node)
        })
        .collect()
}

/// `graph` with the weights of the nodes at `layers` as they are before training: convolutions and
/// products uniform within one over the root of their fan-in (PyTorch's own initialisation),
/// normalisations at scale 1, shift 0, mean 0 and variance 1. The same seed gives the same weights.
pub fn randomised_graph(graph: &Graph, layers: &[usize], seed: u64) -> Graph {
    let mut random = graph.clone();
    for &index in layers {
        let Some(node) = graph.nodes.get(index) else {
            continue;
        };
        let mut put = |input: usize, values: &dyn Fn(&mut [f32])| {
            let Some(trained) = graph.constant(node.input(input)) else {
                return;
            };
            let mut numbers = vec![0.0; trained.elements()];
            values(&mut numbers);
            let drawn = Initializer::from_floats(&trained.name, trained.shape.clone(), &numbers);
            if let Some(name) = node.input(input) {
                random.initializers.insert(name.to_owned(), drawn);
            }
        };
        if let Some((weight, fan_in)) = draws(graph, node) {
            let bound = 1.0 / (fan_in.max(1) as f32).sqrt();
            for input in [weight, 2] {
                let stream = (index * 4 + input) as u64;
                put(input, &|out| {
                    random::fill_uniform(seed, Purpose::Weights, stream, out);
                    for value in out {
                        *value = (2.0 * *value - 1.0) * bound;
                    }
                });
            }
        } else {
            for (input, value) in [(1, 1.0), (2, 0.0), (3, 0.0), (4, 1.0)] {
                put(input, &|out| out.fill(value));
            }
        }
    }
    random
}

/// The input that holds weights to be drawn, and how many values each output sums.
fn draws(graph: &Graph, node: &Node) -> Option<(usize, usize)> {
    let shape = |input: usize| Some(graph.constant(node.input(input))?.shape.as_slice());
    match (node.op.as_str(), shape(1)) {
        ("Conv", Some([_, rest @ ..])) => Some((1, rest.iter().product())),
        ("ConvTranspose", Some([inputs, _, kernel @ ..])) => {
            Some((1, inputs * kernel.iter().product::<usize>()))
        }
        ("Gemm", Some([rows, columns])) => {
            let transposed = node.attributes.int("transB", 0).unwrap_or(0) != 0;
            Some((1, if transposed { *columns } else { *rows }))
        }
        ("MatMul", Some([.., inputs, _])) => Some((1, *inputs)),
        _ => None,
    }
}

/// Whether it is a normalisation with trained scale and shift.
fn resets(graph: &Graph, node: &Node) -> bool {
    const NORMALISATIONS: [&str; 4] = [
        "BatchNormalization",
        "InstanceNormalization",
        "LayerNormalization",
        "GroupNormalization",
    ];
    NORMALISATIONS.contains(&node.op.as_str()) && graph.constant(node.input(1)).is_some()
}

/// The cascade of one model on one device.
pub struct ModelCascade<'a> {
    device: &'a Device,
    graph: &'a Graph,
    /// From the output down.
    layers: Vec<usize>,
    groups: Vec<std::ops::Range<usize>>,
    layout: Layout,
    seed: u64,
}

impl<'a> ModelCascade<'a> {
    /// `graph` before it was simplified, with images laid out as `layout` says, in at most `groups`
    /// groups.
    pub fn new(
        device: &'a Device,
        graph: &'a Graph,
        layout: Layout,
        groups: usize,
        seed: u64,
    ) -> Self {
        let mut layers = weight_layers(graph);
        layers.reverse();
        Self {
            groups: layer_groups(layers.len(), groups),
            device,
            graph,
            layers,
            layout,
            seed,
        }
    }
}

impl Cascade for ModelCascade<'_> {
    fn groups(&self) -> Vec<Vec<String>> {
        self.groups
            .iter()
            .map(|group| {
                self.layers[group.clone()]
                    .iter()
                    .map(|&index| self.graph.nodes[index].name.clone())
                    .collect()
            })
            .collect()
    }

    fn randomised<'a>(
        &'a self,
        group: usize,
    ) -> LocalFuture<'a, Result<Box<dyn Classifier + 'a>, ClassifierError>> {
        let end = self.groups.get(group).map_or(0, |group| group.end);
        let mut graph = randomised_graph(self.graph, &self.layers[..end], self.seed);
        simplify(&mut graph);
        if self.layout == Layout::Nhwc {
            take_channels_first(&mut graph);
        }
        let network = self
            .device
            .network(&graph)
            .map(|network| network as Box<dyn Classifier + 'a>)
            .map_err(|error| ClassifierError::Device(error.to_string()));
        Box::pin(std::future::ready(network))
    }
}
