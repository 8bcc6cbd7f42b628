//! Between which bounds the numbers of an output lie, as far as the nodes at the end of the graph tell: scores that
//! cannot leave 0 to 1 are probabilities already, though no last layer can be left out.

use std::collections::HashMap;

use super::{
    ElementType, Graph, Initializer, Node, cast_target, reach::makers, simplify::clip_bounds,
};

/// Nodes looked at; nothing that is made of probabilities takes more.
const MOST_NODES: usize = 200;
/// By how much bounds may be missed: sums of shares round.
const DUST: f64 = 1e-5;

/// Whether the output of `graph` lies between 0 and 1 whatever the image is.
pub(crate) fn gives_probabilities(graph: &Graph) -> bool {
    let mut search = Search {
        graph,
        makers: makers(graph),
        known: HashMap::new(),
    };
    let range = graph
        .outputs
        .first()
        .and_then(|port| search.range(&port.name));
    range.is_some_and(|[low, high]| low >= -DUST && high <= 1.0 + DUST)
}

/// Smallest and largest value.
type Range = [f64; 2];

struct Search<'a> {
    graph: &'a Graph,
    makers: HashMap<&'a str, usize>,
    known: HashMap<&'a str, Option<Range>>,
}

impl<'a> Search<'a> {
    fn range(&mut self, name: &str) -> Option<Range> {
        if let Some(constant) = self.graph.constant(Some(name)) {
            return of_constant(constant);
        }
        let (&name, &index) = self.makers.get_key_value(name)?;
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        if self.known.len() >= MOST_NODES {
            return None;
        }
        // Nodes do not read themselves, so this only counts.
        self.known.insert(name, None);
        let node = self.graph.nodes.get(index)?;
        let range = self
            .of_node(node)
            .filter(|range| range.iter().all(|bound| !bound.is_nan()));
        self.known.insert(name, range);
        range
    }

    fn of_input(&mut self, node: &Node, index: usize) -> Option<Range> {
        self.range(node.input(index)?)
    }

    /// Bounds that hold for every one of some inputs.
    fn of_all(&mut self, node: &Node, from: usize) -> Option<Range> {
        let mut all: Option<Range> = None;
        for index in from..node.inputs.len() {
            let [low, high] = self.of_input(node, index)?;
            all = Some(all.map_or([low, high], |[l, h]| [l.min(low), h.max(high)]));
        }
        all
    }

    fn of_node(&mut self, node: &Node) -> Option<Range> {
        match node.op.as_str() {
            "Softmax" | "Sigmoid" | "HardSigmoid" => Some([0.0, 1.0]),
            "Tanh" | "Softsign" | "Sin" | "Cos" | "Erf" => Some([-1.0, 1.0]),
            "Identity" | "Dropout" | "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze"
            | "Transpose" | "Slice" | "Gather" | "GatherElements" | "GatherND" | "Split"
            | "Expand" | "Tile" | "CastLike" | "MaxPool" | "AveragePool" | "GlobalAveragePool"
            | "GlobalMaxPool" | "ReduceMean" | "ReduceMax" | "ReduceMin" => self.of_input(node, 0),
            "Cast" if cast_target(node).is_ok_and(ElementType::is_float) => self.of_input(node, 0),
            "Concat" | "Mean" => self.of_all(node, 0),
            "Where" => self.of_all(node, 1),
            "Add" | "Sum" => {
                let mut sum = [0.0, 0.0];
                for index in 0..node.inputs.len() {
                    let [low, high] = self.of_input(node, index)?;
                    sum = [sum[0] + low, sum[1] + high];
                }
                Some(sum)
            }
            "Sub" => {
                let ([a, b], [c, d]) = (self.of_input(node, 0)?, self.of_input(node, 1)?);
                Some([a - d, b - c])
            }
            "Neg" => self.of_input(node, 0).map(|[low, high]| [-high, -low]),
            "Mul" => {
                let ([a, b], [c, d]) = (self.of_input(node, 0)?, self.of_input(node, 1)?);
                hull(&[a * c, a * d, b * c, b * d])
            }
            "Div" => self.quotient(node),
            "ReduceSum" if self.is_of_shares(node.input(0)?) => Some([0.0, 1.0]),
            // Means by shares.
            "MatMul" if self.is_of_shares(node.input(0)?) => self.of_input(node, 1),
            "Pow" => {
                let ([low, high], [power, _]) = (self.of_input(node, 0)?, self.of_input(node, 1)?);
                (low >= 0.0 && high <= 1.0 && power >= 0.0).then_some([0.0, 1.0])
            }
            "Max" | "Min" => self.extreme(node),
            "Relu" => {
                let [low, high] = self.of_input(node, 0)?;
                Some([low.max(0.0), high.max(0.0)])
            }
            "Clip" => {
                let [low, high] = clip_bounds(self.graph, node)?.map(f64::from);
                Some([low, high])
            }
            "Sqrt" => {
                let [low, high] = self.of_input(node, 0)?;
                (low >= 0.0).then(|| [low.sqrt(), high.sqrt()])
            }
            _ => None,
        }
    }

    /// Whether a value is the shares that a softmax gives, or some of them.
    fn is_of_shares(&self, name: &str) -> bool {
        let (graph, makers) = (self.graph, &self.makers);
        let maker = |name: &str| -> Option<&'a Node> { graph.nodes.get(*makers.get(name)?) };
        let mut node = maker(name);
        for _ in 0..MOST_NODES {
            match node {
                Some(node) if node.op == "Softmax" => return true,
                Some(part) if matches!(part.op.as_str(), "Identity" | "Slice" | "Split") => {
                    node = part.input(0).and_then(maker);
                }
                _ => return false,
            }
        }
        false
    }

    /// A quotient by a constant, or of what is not negative by its own sum.
    fn quotient(&mut self, node: &Node) -> Option<Range> {
        let (share, whole) = (node.input(0)?, node.input(1)?);
        if let Some([c, d]) = self.graph.constant(Some(whole)).and_then(of_constant) {
            let [a, b] = self.range(share)?;
            return (c > 0.0).then(|| hull(&[a / c, a / d, b / c, b / d]))?;
        }
        let maker = |name: &str| self.makers.get(name).map(|&index| &self.graph.nodes[index]);
        let mut sum = maker(whole)?;
        // Something small may be added to the sum, against a division by zero.
        if matches!(sum.op.as_str(), "Add" | "Max" | "Clip") {
            let first = sum.input(0)?;
            let bound = sum
                .input(1)
                .and_then(|name| self.graph.constant(Some(name)));
            let positive = sum.op == "Clip"
                || bound
                    .and_then(of_constant)
                    .is_some_and(|[low, _]| low >= 0.0);
            sum = positive.then(|| maker(first))??;
        }
        let is_sum = matches!(sum.op.as_str(), "ReduceSum" | "ReduceL1");
        if !is_sum || sum.input(0) != Some(share) {
            return None;
        }
        let made = maker(share)?.op.clone();
        let never_negative = matches!(made.as_str(), "Exp" | "Abs" | "Softplus")
            || self.range(share).is_some_and(|[low, _]| low >= 0.0);
        never_negative.then_some([0.0, 1.0])
    }

    /// One known bound is enough on its own side.
    fn extreme(&mut self, node: &Node) -> Option<Range> {
        let mut bounds: Vec<Range> = Vec::new();
        for index in 0..node.inputs.len() {
            let unknown = [f64::NEG_INFINITY, f64::INFINITY];
            bounds.push(self.of_input(node, index).unwrap_or(unknown));
        }
        let is_max = node.op == "Max";
        bounds.into_iter().reduce(|[a, b], [c, d]| {
            if is_max {
                [a.max(c), b.max(d)]
            } else {
                [a.min(c), b.min(d)]
            }
        })
    }
}

fn hull(values: &[f64]) -> Option<Range> {
    let low = values.iter().copied().reduce(f64::min)?;
    let high = values.iter().copied().reduce(f64::max)?;
    Some([low, high])
}

/// Constants behind probabilities are few; weights are not read for this.
fn of_constant(constant: &Initializer) -> Option<Range> {
    if constant.elements() > 4096 || !constant.element_type.is_float() {
        return None;
    }
    hull(&constant.doubles())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::sample::Sample;

    fn probable(sample: Sample) -> bool {
        gives_probabilities(&sample.output("y", "n 5").graph().unwrap())
    }

    #[test]
    fn what_is_made_of_probabilities_stays_between_their_bounds() {
        let two = || {
            Sample::classifier()
                .node("Softmax", &["logits"], "probs")
                .node("Sigmoid", &["logits"], "others")
        };
        let half = || two().weights("half", &[1], &[0.5]);
        assert!(probable(two().node("Mean", &["probs", "others"], "y")));
        assert!(probable(two().node("Mul", &["probs", "others"], "y")));
        assert!(probable(
            half()
                .node("Add", &["probs", "others"], "sum")
                .node("Mul", &["sum", "half"], "y")
        ));
        assert!(probable(
            two()
                .weights("two", &[], &[2.0])
                .node("Sum", &["probs", "others"], "sum")
                .node("Div", &["sum", "two"], "y")
        ));
        let shares = half()
            .node("Mul", &["probs", "others"], "m")
            .node("ReduceSum", &["m"], "s");
        assert!(probable(shares.node("Div", &["m", "s"], "y")));
        let few = two()
            .integers("ends", &[3])
            .integers("starts", &[1])
            .integers("axes", &[1]);
        let few = few.node("Slice", &["probs", "starts", "ends", "axes"], "few");
        assert!(probable(few.node("ReduceSum", &["few"], "y")));
        let groups = two().weights(
            "groups",
            &[5, 2],
            &[1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0],
        );
        assert!(probable(groups.node("MatMul", &["probs", "groups"], "y")));
        let tanh = half()
            .node("Tanh", &["logits"], "t")
            .node("Mul", &["t", "half"], "h");
        assert!(probable(tanh.node("Add", &["h", "half"], "y")));
    }

    #[test]
    fn scores_are_not_bound() {
        let logits = Sample::classifier;
        assert!(!probable(logits().node("Identity", &["logits"], "y")));
        assert!(!probable(logits().node("Tanh", &["logits"], "y")));
        assert!(!probable(logits().node("Relu", &["logits"], "y")));
        let gated = logits().node("Sigmoid", &["logits"], "g");
        assert!(!probable(gated.node("Mul", &["g", "logits"], "y")));
        let sum = logits().node("Sigmoid", &["logits"], "g");
        assert!(!probable(sum.node("Add", &["g", "g"], "y")));
    }
}
