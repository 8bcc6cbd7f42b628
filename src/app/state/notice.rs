//! What the page tells the person in words.

use crate::protocol::Failure;

/// How urgent it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Good to know.
    Information,
    /// Something did not work.
    Problem,
}

/// A message that stays until it is dismissed or overtaken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How urgent it is.
    pub kind: NoticeKind,
    /// What happened and why.
    pub message: String,
    /// What to do; empty where there is nothing to add.
    pub hint: String,
}

impl Notice {
    /// Something that did not work, and what to do about it.
    pub fn problem(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Problem,
            message: message.into(),
            hint: hint.into(),
        }
    }

    /// Something good to know.
    pub fn information(message: impl Into<String>) -> Self {
        Self {
            kind: NoticeKind::Information,
            message: message.into(),
            hint: String::new(),
        }
    }
}

impl From<Failure> for Notice {
    fn from(failure: Failure) -> Self {
        Self::problem(failure.message, failure.hint)
    }
}
