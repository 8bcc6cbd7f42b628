//! Attributes of a node, with typed access that names what is wrong.

use std::collections::BTreeMap;

use super::Initializer;

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
    /// A kind that no supported operator uses, by name.
    Other(&'static str),
}

/// Attributes by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes(pub BTreeMap<String, Attribute>);

impl Attributes {
    /// The attribute called `name`.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.get(name)
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
}
