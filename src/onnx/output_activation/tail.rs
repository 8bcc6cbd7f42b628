//! The end of a graph, looked at from its output upwards.

use std::collections::HashMap;

use crate::onnx::{Graph, Node, reach::makers};

/// A graph with the maker of each value.
pub struct Tail<'a> {
    /// The graph.
    pub graph: &'a Graph,
    makers: HashMap<&'a str, usize>,
}

impl<'a> Tail<'a> {
    /// Of a graph.
    pub fn of(graph: &'a Graph) -> Self {
        Self {
            graph,
            makers: makers(graph),
        }
    }

    /// The node that makes a value.
    pub fn maker(&self, name: &str) -> Option<&'a Node> {
        let index = *self.makers.get(name)?;
        self.graph.nodes.get(index)
    }

    /// The node that makes a value, where it is of this operator.
    pub fn made_by(&self, name: &str, op: &str) -> Option<&'a Node> {
        self.maker(name).filter(|node| node.op == op)
    }

    /// The number that a constant is everywhere.
    pub fn number(&self, name: Option<&str>) -> Option<f64> {
        let constant = self.graph.constant(name)?;
        if !constant.element_type.is_float() {
            return None;
        }
        let values = constant.doubles();
        let (&first, rest) = values.split_first()?;
        rest.iter().all(|&other| other == first).then_some(first)
    }

    /// A node's constant number and its other input, in whichever order they are.
    pub fn number_and_other(&self, node: &'a Node) -> Option<(f64, &'a str)> {
        let (left, right) = (node.input(0)?, node.input(1)?);
        match (self.number(Some(left)), self.number(Some(right))) {
            (Some(number), None) => Some((number, right)),
            (None, Some(number)) => Some((number, left)),
            _ => None,
        }
    }

    /// The axes that a reduction takes together: `Some(None)` for all of them, `None` where it is not known.
    pub fn reduced_axes(&self, node: &Node) -> Option<Option<Vec<i64>>> {
        let axes = match (node.attributes.ints("axes").ok()?, node.input(1)) {
            (Some(axes), _) => axes.to_vec(),
            (None, Some(name)) => self.graph.constant(Some(name))?.integers(),
            (None, None) => Vec::new(),
        };
        if axes.is_empty() {
            let keeps = node.attributes.int("noop_with_empty_axes", 0).ok()? != 0;
            return (!keeps).then_some(None);
        }
        Some(Some(axes))
    }
}
