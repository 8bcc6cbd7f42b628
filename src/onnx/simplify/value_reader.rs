//! Who makes and who reads each value of a graph, and what arithmetic makes of it.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::expression::Expression;
use crate::onnx::{Graph, Node};

/// Nodes followed from a value back to what it is made of, each as often as it is met.
const MOST_STEPS: usize = 48;

/// A graph's values by name.
pub struct ValueReader<'a> {
    /// The graph.
    pub graph: &'a Graph,
    made_by: HashMap<&'a str, usize>,
    read_by: HashMap<&'a str, Vec<usize>>,
    put_out: HashSet<&'a str>,
}

/// The two values that others are told in.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// `x`.
    pub value: &'a str,
    /// The gate, where there is one.
    pub gate: Option<&'a str>,
}

impl<'a> ValueReader<'a> {
    /// Of a graph as it is now.
    pub fn new(graph: &'a Graph) -> Self {
        let mut made_by = HashMap::new();
        let mut read_by: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, node) in graph.nodes.iter().enumerate() {
            for output in &node.outputs {
                made_by.insert(output.as_str(), index);
            }
            for input in &node.inputs {
                read_by.entry(input).or_default().push(index);
            }
        }
        Self {
            graph,
            made_by,
            read_by,
            put_out: graph
                .outputs
                .iter()
                .map(|port| port.name.as_str())
                .collect(),
        }
    }

    /// The node that makes a value, with its place.
    pub fn maker(&self, name: &str) -> Option<(usize, &'a Node)> {
        let index = *self.made_by.get(name)?;
        Some((index, &self.graph.nodes[index]))
    }

    /// The node that alone reads a value, and reads it once.
    pub fn sole_reader(&self, name: &str) -> Option<(usize, &'a Node)> {
        match self.read_by.get(name)?.as_slice() {
            &[index] if !self.put_out.contains(name) => Some((index, &self.graph.nodes[index])),
            _ => None,
        }
    }

    /// Whether all values of the nodes `inner` are read by these nodes and by node `last` only.
    pub fn is_closed(&self, inner: &BTreeSet<usize>, last: usize) -> bool {
        let names = inner
            .iter()
            .flat_map(|&index| &self.graph.nodes[index].outputs);
        names.filter(|name| !name.is_empty()).all(|name| {
            let mut readers = self.read_by.get(name.as_str()).into_iter().flatten();
            !self.put_out.contains(name.as_str())
                && readers.all(|reader| *reader == last || inner.contains(reader))
        })
    }

    /// A constant of one real number, which gives what it is combined with no other shape.
    pub fn number(&self, name: &str) -> Option<f64> {
        let tensor = self.graph.constant(Some(name))?;
        if !tensor.element_type.is_float() || tensor.shape.len() > 1 || tensor.elements() != 1 {
            return None;
        }
        tensor.doubles().first().copied()
    }

    /// A value in `terms`, by the arithmetic that makes it; `None` where other things come in. The nodes
    /// that compute more than a constant on the way are added to `inner`.
    pub fn expression(
        &self,
        name: &str,
        terms: Terms<'_>,
        inner: &mut BTreeSet<usize>,
    ) -> Option<Expression> {
        self.follow(name, terms, inner, &mut { MOST_STEPS })
    }

    fn follow(
        &self,
        name: &str,
        terms: Terms<'_>,
        inner: &mut BTreeSet<usize>,
        steps: &mut usize,
    ) -> Option<Expression> {
        if name == terms.value {
            return Some(Expression::VALUE);
        }
        if Some(name) == terms.gate {
            return Some(Expression::GATE);
        }
        if let Some(number) = self.number(name) {
            return Some(Expression::constant(number));
        }
        *steps = steps.checked_sub(1)?;
        let (index, node) = self.maker(name)?;
        let mut operand = |index| self.follow(node.input(index)?, terms, inner, steps);
        let found = match (node.op.as_str(), node.inputs.len()) {
            ("Add" | "Sum", 2) => operand(0)?.plus(operand(1)?),
            ("Sub", 2) => operand(0)?.plus(operand(1)?.scaled(-1.0)),
            ("Mul", 2) => operand(0)?.times(operand(1)?)?,
            ("Div", 2) => operand(0)?.scaled(1.0 / operand(1)?.as_constant()?),
            ("Pow", 2) => operand(0)?.power(operand(1)?.as_constant()?)?,
            ("Neg", 1) => operand(0)?.scaled(-1.0),
            // Some exporters leave it to the reader to find out `sqrt(2 / pi)`.
            ("Sqrt", 1) => Expression::constant(operand(0)?.as_constant()?.sqrt()),
            ("CastLike", 2) => Expression::constant(operand(0)?.as_constant()?),
            _ => return None,
        };
        if found.as_constant().is_none() {
            inner.insert(index);
        }
        Some(found)
    }
}
