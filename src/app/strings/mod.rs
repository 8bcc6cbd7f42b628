//! Every sentence and label of the page, in tables that hold each language beside the others.
//!
//! Words in braces are filled in where the text is used. An entry without one of the languages does
//! not compile.

mod batch;
mod check;
mod compare;
mod descriptions;
mod failures;
mod lesson;
mod model;
mod notes;
mod notices;
mod page;
mod sanity;

use std::sync::atomic::{AtomicU8, Ordering};

pub use batch::batch;
pub use check::check;
pub use compare::compare;
pub use descriptions::{is_translated, say_measures, say_methods};
pub use failures::{german, say_failure, say_note};
pub use lesson::lesson;
pub use model::model_text;
pub use notes::{german_note, say_open_note};
pub use notices::notices;
pub use page::text;
pub use sanity::sanity;

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// All of them, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// Its tag, as in a document's `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language a tag such as `de-AT` asks for, if the page speaks it.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default().to_lowercase();
        Self::ALL
            .into_iter()
            .find(|language| language.tag() == primary)
    }
}

// One page, one language; it is chosen before the page is drawn anew.
static CHOSEN: AtomicU8 = AtomicU8::new(0);

/// The language in use.
pub fn language() -> Language {
    match CHOSEN.load(Ordering::Relaxed) {
        1 => Language::German,
        _ => Language::English,
    }
}

/// Speaks `language` from now on.
pub fn choose_language(language: Language) {
    CHOSEN.store(language as u8, Ordering::Relaxed);
}

/// Declares a table: the function that gives it, and entries of `name: English / German`.
macro_rules! table {
    ($access:ident: $($name:ident: $english:literal / $german:literal,)*) => {
        /// The words of one language.
        pub struct Text {
            $(#[doc = $english] pub $name: &'static str,)*
        }

        const ENGLISH: Text = Text { $($name: $english,)* };
        const GERMAN: Text = Text { $($name: $german,)* };

        /// The words of the language in use.
        pub fn $access() -> &'static Text {
            match super::language() {
                super::Language::English => &ENGLISH,
                super::Language::German => &GERMAN,
            }
        }

        /// Both languages' words by entry, to be checked against each other.
        #[cfg(test)]
        pub(super) fn entries() -> Vec<(&'static str, &'static str, &'static str)> {
            vec![$((stringify!($name), $english, $german),)*]
        }
    };
}
use table;

/// Declares sentences that come from elsewhere in English, with their German.
macro_rules! translations {
    ($($english:literal => $german:literal,)*) => {
        const GERMAN: &[(&str, &str)] = &[$(($english, $german),)*];
    };
}
use translations;

/// `template` with each `{name}` replaced by its value.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    values
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
}

/// A probability or share as a whole percentage, with one digit below ten.
pub fn percent(share: f64) -> String {
    // Without the dust of binary fractions, 1 - 0.9 is 10 %.
    let value = (share * 1e8).round() / 1e6;
    if value > 0.0 && value < 0.1 {
        "< 0.1 %".to_owned()
    } else if value < 9.95 && value.fract() != 0.0 {
        format!("{value:.1} %")
    } else {
        format!("{value:.0} %")
    }
}

/// A raw value with three significant digits.
pub fn significant(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        "0".to_owned()
    } else if (0.001..10_000.0).contains(&size) {
        let digits = (2 - size.log10().floor() as i32).max(0) as usize;
        format!("{value:.digits$}")
    } else {
        format!("{value:.2e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_fill_in_the_same_words() {
        let words = |text: &str| -> Vec<String> {
            let mut words: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}').map(|(word, _)| word.to_owned()))
                .collect();
            words.sort();
            words
        };
        let tables = [
            page::entries(),
            notices::entries(),
            model::entries(),
            compare::entries(),
            sanity::entries(),
            batch::entries(),
            check::entries(),
            lesson::entries(),
        ];
        for (name, english, german) in tables.concat() {
            assert!(!german.trim().is_empty(), "{name}");
            assert_eq!(words(english), words(german), "{name}");
        }
    }

    #[test]
    fn languages_are_found_by_their_tags() {
        assert_eq!(Language::from_tag("de-AT"), Some(Language::German));
        assert_eq!(Language::from_tag("EN"), Some(Language::English));
        assert_eq!(Language::from_tag("fr"), None);
    }

    #[test]
    fn fills_in_words() {
        assert_eq!(fill("{a} of {b}", &[("a", "2"), ("b", "5")]), "2 of 5");
    }

    #[test]
    fn writes_percentages() {
        assert_eq!(percent(0.384), "38 %");
        assert_eq!(percent(0.0214), "2.1 %");
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.0004), "< 0.1 %");
    }

    #[test]
    fn keeps_three_digits() {
        assert_eq!(significant(12.3456), "12.3");
        assert_eq!(significant(0.0123456), "0.0123");
        assert_eq!(significant(123456.0), "1.23e5");
        assert_eq!(significant(0.0), "0");
    }
}
