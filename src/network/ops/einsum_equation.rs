//! The equation of an `Einsum`: labels of axes, read from text and bound to shapes.

use std::collections::BTreeMap;

/// Name of an axis: a letter, or a place of the ellipsis counted from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Label {
    /// A letter.
    Letter(char),
    /// Behind so many axes of the ellipsis, from its end.
    Ellipsis(usize),
}

/// Labels around an ellipsis, where there is one.
#[derive(Clone, Debug, PartialEq)]
struct Term {
    before: Vec<char>,
    /// Letters behind the ellipsis; `None` where there is none.
    behind: Option<Vec<char>>,
}

/// An equation.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    inputs: Vec<Term>,
    output: Term,
}

/// An equation with the sizes of its axes.
#[derive(Clone, Debug, PartialEq)]
pub struct Bound {
    /// The labels of each operand's axes.
    pub operands: Vec<Vec<Label>>,
    /// The labels of the output's axes.
    pub output: Vec<Label>,
    sizes: BTreeMap<Label, usize>,
}

impl Bound {
    /// Length of an axis.
    pub fn size(&self, label: Label) -> usize {
        self.sizes.get(&label).copied().unwrap_or(1)
    }

    /// Shape of the output.
    pub fn output_shape(&self) -> Vec<usize> {
        self.output.iter().map(|&label| self.size(label)).collect()
    }

    /// Number of products that are summed.
    pub fn products(&self) -> u64 {
        self.sizes
            .values()
            .fold(1, |product: u64, &size| product.saturating_mul(size as u64))
    }
}

impl Term {
    fn parse(text: &str) -> Result<Self, String> {
        let letters = |text: &str| -> Result<Vec<char>, String> {
            let letters: Vec<char> = text.chars().collect();
            match letters.iter().find(|letter| !letter.is_ascii_alphabetic()) {
                Some(other) => Err(format!("its equation holds {other:?}, which is no label")),
                None => Ok(letters),
            }
        };
        let term = match text.split_once("...") {
            Some((before, behind)) => Self {
                before: letters(before)?,
                behind: Some(letters(behind)?),
            },
            None => Self {
                before: letters(text)?,
                behind: None,
            },
        };
        let all: Vec<char> = term.letters().collect();
        match (1..all.len()).find(|&i| all[..i].contains(&all[i])) {
            Some(i) => Err(format!(
                "the label {} comes twice in {text:?}, and diagonals are not supported",
                all[i]
            )),
            None => Ok(term),
        }
    }

    fn letters(&self) -> impl Iterator<Item = char> {
        let behind = self.behind.iter().flatten();
        self.before.iter().chain(behind).copied()
    }

    /// Labels of a tensor whose ellipsis stands for this many axes.
    fn labels(&self, ellipsis: usize) -> Vec<Label> {
        let letters = |letters: &[char]| -> Vec<Label> {
            letters.iter().copied().map(Label::Letter).collect()
        };
        let mut labels = letters(&self.before);
        if let Some(behind) = &self.behind {
            labels.extend((0..ellipsis).rev().map(Label::Ellipsis));
            labels.extend(letters(behind));
        }
        labels
    }
}

impl Equation {
    /// # Errors
    /// One sentence on what cannot be read or is not supported.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (inputs, output) = match text.split_once("->") {
            Some((inputs, output)) => (inputs, Some(output)),
            None => (text.as_str(), None),
        };
        let inputs = inputs
            .split(',')
            .map(Term::parse)
            .collect::<Result<Vec<Term>, String>>()?;
        if inputs.len() > 2 {
            return Err(format!(
                "its equation has {} operands, but at most two are supported",
                inputs.len()
            ));
        }
        let output = match output {
            Some(output) => Term::parse(output)?,
            None => implicit_output(&inputs),
        };
        let known: Vec<char> = inputs.iter().flat_map(Term::letters).collect();
        if let Some(unknown) = output.letters().find(|letter| !known.contains(letter)) {
            return Err(format!(
                "the label {unknown} of its output is in no operand"
            ));
        }
        Ok(Self { inputs, output })
    }

    /// Number of operands.
    pub fn operands(&self) -> usize {
        self.inputs.len()
    }

    /// # Errors
    /// Shapes that do not fit the equation or each other.
    pub fn bind(&self, shapes: &[Vec<usize>]) -> Result<Bound, String> {
        let misfit =
            |shape: &[usize]| format!("an operand of shape {shape:?} does not fit its equation");
        let mut sizes: BTreeMap<Label, usize> = BTreeMap::new();
        let mut operands = Vec::new();
        let mut longest = 0;
        for (term, shape) in self.inputs.iter().zip(shapes) {
            let letters = term.letters().count();
            let ellipsis = shape
                .len()
                .checked_sub(letters)
                .ok_or_else(|| misfit(shape))?;
            if term.behind.is_none() && ellipsis != 0 {
                return Err(misfit(shape));
            }
            longest = longest.max(ellipsis);
            let labels = term.labels(ellipsis);
            for (&label, &size) in labels.iter().zip(shape) {
                let known = sizes.entry(label).or_insert(size);
                if *known == 1 {
                    *known = size;
                } else if size != *known && size != 1 {
                    return Err(misfit(shape));
                }
            }
            operands.push(labels);
        }
        if operands.len() != self.inputs.len() {
            return Err(format!("{} operands are needed", self.inputs.len()));
        }
        Ok(Bound {
            operands,
            output: self.output.labels(longest),
            sizes,
        })
    }
}

/// Without an arrow: the ellipsis, then every letter that comes once, in alphabetical order.
fn implicit_output(inputs: &[Term]) -> Term {
    let all: Vec<char> = inputs.iter().flat_map(Term::letters).collect();
    let mut once: Vec<char> = all
        .iter()
        .copied()
        .filter(|letter| all.iter().filter(|other| *other == letter).count() == 1)
        .collect();
    once.sort_unstable();
    let ellipsis = inputs.iter().any(|term| term.behind.is_some());
    if ellipsis {
        Term {
            before: Vec::new(),
            behind: Some(once),
        }
    } else {
        Term {
            before: once,
            behind: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, shapes: &[&[usize]]) -> Result<Vec<usize>, String> {
        let shapes: Vec<Vec<usize>> = shapes.iter().map(|shape| shape.to_vec()).collect();
        Ok(Equation::parse(text)?.bind(&shapes)?.output_shape())
    }

    #[test]
    fn shapes_of_common_forms() {
        assert_eq!(
            shape("bhnd,bhmd->bhnm", &[&[2, 3, 4, 5], &[2, 3, 6, 5]]),
            Ok(vec![2, 3, 4, 6])
        );
        assert_eq!(shape("ij -> ji", &[&[2, 3]]), Ok(vec![3, 2]));
        assert_eq!(shape("ij,jk", &[&[2, 3], &[3, 4]]), Ok(vec![2, 4]));
        assert_eq!(
            shape("...ij,...jk->...ik", &[&[5, 2, 3], &[3, 4]]),
            Ok(vec![5, 2, 4])
        );
        assert_eq!(shape("...i->...", &[&[5, 2, 3]]), Ok(vec![5, 2]));
        assert_eq!(shape("...,...", &[&[4, 1], &[3]]), Ok(vec![4, 3]));
        assert_eq!(shape("i->", &[&[4]]), Ok(vec![]));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(shape("ii->i", &[&[2, 2]]).is_err());
        assert!(shape("i,j,k->ijk", &[&[2], &[2], &[2]]).is_err());
        assert!(shape("ij->ik", &[&[2, 2]]).is_err());
        assert!(shape("ij,jk->ik", &[&[2, 3], &[4, 5]]).is_err());
        assert!(shape("ij->ij", &[&[2]]).is_err());
        assert!(shape("i1->i", &[&[2, 2]]).is_err());
    }
}
