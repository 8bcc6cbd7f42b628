//! Writes the small graph that takes the place of one node.

use crate::onnx::{Attribute, ElementType, Graph, Initializer, Node};

/// Attribute with the reason why a node could not be written out in others. No exporter writes it.
pub const REFUSED: &str = "gradlens.refused";

/// An attribute with its name.
pub type Given<'a> = (&'a str, Attribute);

/// Collects the nodes and constants that stand for one node.
pub struct Writer<'a> {
    graph: &'a Graph,
    /// The first output of the node, which makes names unique.
    prefix: String,
    node: String,
    made: usize,
    pub nodes: Vec<Node>,
    pub constants: Vec<Initializer>,
}

impl<'a> Writer<'a> {
    /// For `node` of `graph`.
    pub fn new(graph: &'a Graph, node: &Node) -> Self {
        let named = node.outputs.iter().find(|output| !output.is_empty());
        Self {
            graph,
            prefix: named.unwrap_or(&node.name).clone(),
            node: node.name.clone(),
            made: 0,
            nodes: Vec::new(),
            constants: Vec::new(),
        }
    }

    /// Version of ONNX's own operator set.
    pub fn opset(&self) -> i64 {
        self.graph.opset
    }

    /// The graph that the node is part of.
    pub fn graph(&self) -> &'a Graph {
        self.graph
    }

    fn fresh(&mut self) -> String {
        self.made += 1;
        format!("{}.{}", self.prefix, self.made)
    }

    /// Adds a node and gives the name of its output; inputs with empty names are left out.
    pub fn op<'b>(
        &mut self,
        op: &str,
        inputs: &[&str],
        attributes: impl IntoIterator<Item = Given<'b>>,
    ) -> String {
        let output = self.fresh();
        let name = format!("{}.{}", self.node, self.made);
        self.push(name, op, inputs, attributes, vec![output.clone()]);
        output
    }

    /// Adds the node that puts out what the replaced one did.
    pub fn put<'b>(
        &mut self,
        output: &str,
        op: &str,
        inputs: &[&str],
        attributes: impl IntoIterator<Item = Given<'b>>,
    ) {
        let outputs = vec![output.to_owned()];
        self.push(self.node.clone(), op, inputs, attributes, outputs);
    }

    /// Adds a node with several outputs, whose names it gives.
    pub fn parts<'b>(
        &mut self,
        op: &str,
        inputs: &[&str],
        attributes: impl IntoIterator<Item = Given<'b>>,
        count: usize,
    ) -> Vec<String> {
        let outputs: Vec<String> = (0..count).map(|_| self.fresh()).collect();
        let name = format!("{}.{}", self.node, self.made);
        self.push(name, op, inputs, attributes, outputs.clone());
        outputs
    }

    fn push<'b>(
        &mut self,
        name: String,
        op: &str,
        inputs: &[&str],
        attributes: impl IntoIterator<Item = Given<'b>>,
        outputs: Vec<String>,
    ) {
        let attributes = attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        self.nodes.push(Node {
            name,
            op: op.to_owned(),
            inputs: inputs.iter().map(|&input| input.to_owned()).collect(),
            outputs,
            attributes: attributes.collect(),
        });
    }

    /// A constant of real numbers.
    pub fn floats(&mut self, shape: &[usize], values: &[f32]) -> String {
        let name = self.fresh();
        let tensor = Initializer::from_floats(&name, shape.to_vec(), values);
        self.constants.push(tensor);
        name
    }

    /// One real number, without axes.
    pub fn number(&mut self, value: f32) -> String {
        self.floats(&[], &[value])
    }

    /// A list of whole numbers.
    pub fn integers(&mut self, values: &[i64]) -> String {
        self.whole(vec![values.len()], values)
    }

    /// One whole number, without axes.
    pub fn integer(&mut self, value: i64) -> String {
        self.whole(vec![], &[value])
    }

    fn whole(&mut self, shape: Vec<usize>, values: &[i64]) -> String {
        let name = self.fresh();
        self.constants.push(Initializer {
            name: name.clone(),
            shape,
            element_type: ElementType::I64,
            bytes: values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        });
        name
    }

    /// The constant called `name`, of the graph or made here.
    pub fn constant(&self, name: Option<&str>) -> Option<&Initializer> {
        let name = name?;
        let made = self.constants.iter().find(|tensor| tensor.name == name);
        made.or_else(|| self.graph.initializers.get(name))
    }

    /// `left + right`, or `left` where there is nothing to add.
    pub fn plus(&mut self, left: String, right: Option<&str>) -> String {
        match right {
            Some(right) => self.op("Add", &[&left, right], []),
            None => left,
        }
    }

    /// `value` times one number.
    pub fn scaled(&mut self, value: &str, factor: f32) -> String {
        let factor = self.number(factor);
        self.op("Mul", &[value, &factor], [])
    }

    /// Some of the lengths of a value's axes, as a list.
    pub fn lengths(&mut self, value: &str, axes: &[i64]) -> String {
        let shape = self.op("Shape", &[value], []);
        let axes = self.integers(axes);
        self.op("Gather", &[&shape, &axes], [("axis", Attribute::Int(0))])
    }

    /// `value` in the shape that the lists `parts` make together.
    pub fn reshape(&mut self, value: &str, parts: &[&str]) -> String {
        let target = match parts {
            [whole] => (*whole).to_owned(),
            _ => self.op("Concat", parts, [("axis", Attribute::Int(0))]),
        };
        self.op("Reshape", &[value, &target], [])
    }

    /// `value` in a shape written as in ONNX: 0 keeps a length, -1 takes what is left.
    pub fn reshape_to(&mut self, value: &str, shape: &[i64]) -> String {
        let target = self.integers(shape);
        self.op("Reshape", &[value, &target], [])
    }

    /// `value` with its axes in another order.
    pub fn transpose(&mut self, value: &str, order: &[i64]) -> String {
        let order = Attribute::Ints(order.to_vec());
        self.op("Transpose", &[value], [("perm", order)])
    }

    /// `value` with an axis of length 1 put in.
    pub fn unsqueeze(&mut self, value: &str, axis: i64) -> String {
        if self.opset() < 13 {
            let axes = Attribute::Ints(vec![axis]);
            return self.op("Unsqueeze", &[value], [("axes", axes)]);
        }
        let axes = self.integers(&[axis]);
        self.op("Unsqueeze", &[value, &axes], [])
    }

    /// The part of one axis from `start` to before `end`.
    pub fn slice(&mut self, value: &str, axis: i64, [start, end]: [i64; 2]) -> String {
        if self.opset() < 10 {
            let list = |value: i64| Attribute::Ints(vec![value]);
            let bounds = [
                ("starts", list(start)),
                ("ends", list(end)),
                ("axes", list(axis)),
            ];
            return self.op("Slice", &[value], bounds);
        }
        let [start, end, axis] = [start, end, axis].map(|value| self.integers(&[value]));
        self.op("Slice", &[value, &start, &end, &axis], [])
    }

    /// `value`, which must turn out to have `rank` axes; `what` names it to people.
    pub fn of_rank(&mut self, value: &str, rank: i64, what: &str) -> String {
        let attributes = [
            ("rank", Attribute::Int(rank)),
            ("what", Attribute::Text(what.to_owned())),
        ];
        self.op(OF_RANK, &[value], attributes)
    }
}

/// Operator that passes a value on and refuses one of another number of axes. No exporter writes it.
pub const OF_RANK: &str = "gradlens.OfRank";

/// Input `index` of a node.
///
/// # Errors
/// It is left out.
pub fn needed(node: &Node, index: usize) -> Result<&str, String> {
    node.input(index)
        .ok_or_else(|| format!("its input {index} is missing"))
}

/// The one output of a node that is read.
///
/// # Errors
/// More than the first is read.
pub fn sole_output(node: &Node) -> Result<&str, String> {
    match node.outputs.as_slice() {
        [output, rest @ ..] if rest.iter().all(String::is_empty) => Ok(output),
        _ => Err(format!(
            "its further outputs {:?} are read, but only the first is supported",
            node.outputs.get(1..).unwrap_or_default()
        )),
    }
}

/// Checks that a node has no attributes beside these.
///
/// # Errors
/// Names the first that is not among them.
pub fn only_attributes(node: &Node, known: &[&str]) -> Result<(), String> {
    let mut names = node.attributes.iter().map(|(name, _)| name);
    let unknown = names.find(|name| !known.contains(name) && !name.starts_with("gradlens."));
    match unknown {
        None => Ok(()),
        Some(name) => Err(format!("its attribute {name} is not supported")),
    }
}

/// Checks that inputs from index `first` on are left out.
///
/// # Errors
/// Names the first that is given, by `names` in the order of the inputs from `first` on.
pub fn none_of(node: &Node, first: usize, names: &[&str]) -> Result<(), String> {
    let given = (first..node.inputs.len()).find(|&index| node.input(index).is_some());
    match given {
        None => Ok(()),
        Some(index) => Err(format!(
            "its input {} is not supported",
            names
                .get(index - first)
                .copied()
                .unwrap_or("beyond those known")
        )),
    }
}
