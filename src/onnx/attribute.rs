//! Attributes of a node, with typed access that names what is wrong and remembers what was asked for.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use super::{Initializer, Subgraph};

/// The value of one attribute (<https://onnx.ai/onnx/repo-docs/IR.html#attributes>).
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// One real number.
    Float(f32),
    /// One whole number.
    Int(i64),
    /// Text.
    Text(String),
    /// Real numbers.
    Floats(Vec<f32>),
    /// Whole numbers.
    Ints(Vec<i64>),
    /// Several texts.
    Texts(Vec<String>),
    /// A tensor.
    Tensor(Box<Initializer>),
    /// A graph inside the node.
    Graph(Box<Subgraph>),
    /// A kind that no supported operator uses, by name.
    Other(&'static str),
}

/// Attributes by name. Whoever reads a node can find out afterwards which of them nobody has asked for, and so
/// were not taken into account.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    values: BTreeMap<String, Attribute>,
    asked: RefCell<BTreeSet<String>>,
}

impl PartialEq for Attributes {
    fn eq(&self, other: &Self) -> bool {
        self.values == other.values
    }
}

impl From<BTreeMap<String, Attribute>> for Attributes {
    fn from(values: BTreeMap<String, Attribute>) -> Self {
        Self {
            values,
            asked: RefCell::default(),
        }
    }
}

impl FromIterator<(String, Attribute)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (String, Attribute)>>(attributes: I) -> Self {
        Self::from(attributes.into_iter().collect::<BTreeMap<_, _>>())
    }
}

impl Attributes {
    /// The attribute called `name`, which counts as asked for from now on.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        let mut asked = self.asked.borrow_mut();
        if !asked.contains(name) {
            asked.insert(name.to_owned());
        }
        self.values.get(name)
    }

    /// Gives an attribute a value.
    pub fn insert(&mut self, name: &str, value: Attribute) {
        self.values.insert(name.to_owned(), value);
    }

    /// All attributes in the order of their names, without asking for them.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Attribute)> {
        self.values
            .iter()
            .map(|(name, value)| (name.as_str(), value))
    }

    /// Forgets what was asked for so far.
    pub fn forget_asked(&self) {
        self.asked.borrow_mut().clear();
    }

    /// Whether somebody has asked for `name`, be it there or not.
    pub fn was_asked(&self, name: &str) -> bool {
        self.asked.borrow().contains(name)
    }

    /// The attributes there are that nobody has asked for.
    pub fn unasked(&self) -> Vec<&str> {
        let asked = self.asked.borrow();
        let names = self.values.keys().map(String::as_str);
        names.filter(|name| !asked.contains(*name)).collect()
    }

    /// A whole number, or `default` where absent.
    ///
    /// # Errors
    /// The attribute is of another kind.
    pub fn int(&self, name: &str, default: i64) -> Result<i64, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Attribute::Int(value)) => Ok(*value),
            Some(_) => Err(format!("attribute {name} is not a whole number")),
        }
    }

    /// A real number, or `default` where absent.
    ///
    /// # Errors
    /// The attribute is of another kind.
    pub fn float(&self, name: &str, default: f32) -> Result<f32, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Attribute::Float(value)) => Ok(*value),
            Some(_) => Err(format!("attribute {name} is not a number")),
        }
    }

    /// A number that is whole in some operator sets and real in others, or `default` where absent.
    ///
    /// # Errors
    /// The attribute is of another kind.
    pub fn number(&self, name: &str, default: f32) -> Result<f32, String> {
        match self.get(name) {
            Some(Attribute::Int(value)) => Ok(*value as f32),
            _ => self.float(name, default),
        }
    }

    /// Whole numbers; `None` where absent.
    ///
    /// # Errors
    /// The attribute is of another kind.
    pub fn ints(&self, name: &str) -> Result<Option<&[i64]>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Attribute::Ints(values)) => Ok(Some(values)),
            Some(_) => Err(format!("attribute {name} is not a list of whole numbers")),
        }
    }

    /// Text, or `default` where absent.
    ///
    /// # Errors
    /// The attribute is of another kind.
    pub fn text<'a>(&'a self, name: &str, default: &'a str) -> Result<&'a str, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Attribute::Text(value)) => Ok(value),
            Some(_) => Err(format!("attribute {name} is not text")),
        }
    }

    /// Real numbers; `None` where absent.
    ///
    /// # Errors
    /// The attribute is of another kind.
    pub fn floats(&self, name: &str) -> Result<Option<&[f32]>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Attribute::Floats(values)) => Ok(Some(values)),
            Some(_) => Err(format!("attribute {name} is not a list of numbers")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asked_for_is_known() {
        let attributes: Attributes = [("axis", 1), ("keepdims", 0)]
            .map(|(name, value)| (name.to_owned(), Attribute::Int(value)))
            .into_iter()
            .collect();
        assert_eq!(attributes.unasked(), ["axis", "keepdims"]);
        assert_eq!(attributes.int("keepdims", 1), Ok(0));
        assert_eq!(attributes.ints("axes"), Ok(None));
        assert_eq!(attributes.unasked(), ["axis"]);
        assert!(attributes.was_asked("axes") && !attributes.was_asked("axis"));
        attributes.forget_asked();
        assert_eq!(attributes.unasked(), ["axis", "keepdims"]);
    }
}
