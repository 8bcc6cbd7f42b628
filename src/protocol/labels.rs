//! Class names: the label sets that come with the page, and lists a person brings.

mod parse;

pub use parse::{LabelsError, parse_labels};

/// A list of class names to pick from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelSet {
    /// Name, as in a model's own description and in the address `labels/<file>.json`.
    pub name: &'static str,
    /// Shown to a person.
    pub label: &'static str,
    /// Number of classes it names.
    pub classes: usize,
    /// File below `labels/`, without its ending; `None` for plain numbers.
    pub file: Option<&'static str>,
    /// A class that comes before those in the file.
    pub before: Option<&'static str>,
}

/// A model with seven classes may be anything; one with this many and a list to match hardly is.
const TELLING_CLASSES: usize = 100;

const SETS: [LabelSet; 6] = [
    LabelSet {
        name: "imagenet-1k",
        label: "ImageNet-1k",
        classes: 1000,
        file: Some("imagenet-1k"),
        before: None,
    },
    LabelSet {
        name: "imagenet-1001",
        label: "ImageNet-1k after a background class",
        classes: 1001,
        file: Some("imagenet-1k"),
        before: Some("background"),
    },
    LabelSet {
        name: "places365",
        label: "Places365",
        classes: 365,
        file: Some("places365"),
        before: None,
    },
    LabelSet {
        name: "isic-2018",
        label: "ISIC 2018, in the challenge's order",
        classes: 7,
        file: Some("isic-2018"),
        before: None,
    },
    LabelSet {
        name: "isic-2019",
        label: "ISIC 2019, in the challenge's order",
        classes: 8,
        file: Some("isic-2019"),
        before: None,
    },
    LabelSet {
        name: "indices",
        label: "Plain numbers",
        classes: 0,
        file: None,
        before: None,
    },
];

impl LabelSet {
    /// All there are; plain numbers come last.
    pub fn all() -> &'static [Self] {
        &SETS
    }

    /// The set of this name.
    pub fn find(name: &str) -> Option<&'static Self> {
        SETS.iter().find(|set| set.name == name)
    }

    /// The set that names just as many classes: a guess, and only made where the number is telling.
    pub fn guess(classes: usize) -> Option<&'static Self> {
        SETS.iter()
            .find(|set| set.classes == classes && classes >= TELLING_CLASSES)
    }

    /// The names, from the text of the set's file.
    ///
    /// # Errors
    /// The text is no list of names.
    pub fn names(&self, text: &str) -> Result<Vec<String>, LabelsError> {
        let mut names: Vec<String> = self.before.iter().map(|&name| name.to_owned()).collect();
        names.extend(parse_labels(text)?);
        Ok(names)
    }
}

/// What to say where a list has another number of names than the model has classes; `None` where
/// they agree or the number of classes is not known yet (0).
pub fn label_mismatch(names: usize, classes: usize) -> Option<String> {
    if classes == 0 || names == 0 || names == classes {
        return None;
    }
    let consequence = if names < classes {
        "the classes without a name are shown by number"
    } else {
        "the names left over are not used"
    };
    Some(format!(
        "The list names {names} classes, but the model has {classes}: {consequence}, and the others \
         may be wrong."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_guessed_from_the_number_of_classes() {
        assert_eq!(
            LabelSet::guess(1000).map(|set| set.name),
            Some("imagenet-1k")
        );
        assert_eq!(
            LabelSet::guess(1001).map(|set| set.name),
            Some("imagenet-1001")
        );
        assert_eq!(LabelSet::guess(0), None);
        assert_eq!(LabelSet::guess(7), None);
    }

    #[test]
    fn a_background_class_moves_the_names() {
        let set = LabelSet::find("imagenet-1001").unwrap();
        assert_eq!(
            set.names("tench\ngoldfish").unwrap(),
            ["background", "tench", "goldfish"]
        );
    }

    #[test]
    fn another_number_of_names_is_said() {
        assert_eq!(label_mismatch(10, 10), None);
        assert_eq!(label_mismatch(10, 0), None);
        assert!(label_mismatch(9, 10).unwrap().contains("by number"));
        assert!(label_mismatch(11, 10).unwrap().contains("left over"));
    }
}
