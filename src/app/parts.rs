//! Which state each part of the page is drawn with.
//!
//! What a person does shows everywhere at once. What happens by itself, as the engine's answers do,
//! shows part by part over as many frames as that takes, so that no frame takes long and the page
//! keeps up with hand and eye.

use crate::app::state::Shared;

/// A part of the page that is drawn by itself, in the order in which they are.
#[derive(Clone, Copy)]
pub enum Part {
    /// Name, model, messages, and the lesson.
    Head,
    /// Photo, answer, and the images opened so far.
    Photo,
    /// The map.
    Map,
    /// Curve and method.
    Measure,
    /// Methods side by side.
    Comparison,
    /// The randomisation check.
    Sanity,
    /// Many images.
    Batch,
}

const PARTS: usize = Part::Batch as usize + 1;

/// The state each part was drawn with last; at first there is the head alone.
pub struct Parts<T> {
    drawn: [Option<Shared<T>>; PARTS],
    next: usize,
}

impl<T> Parts<T> {
    /// The head with the state before anything has happened.
    pub fn new(state: &Shared<T>) -> Self {
        let mut drawn = [const { None }; PARTS];
        drawn[Part::Head as usize] = Some(state.clone());
        Self {
            drawn,
            next: Part::Head as usize,
        }
    }

    /// What to draw a part with; `None` until it first has its turn.
    pub fn state_of(&self, part: Part) -> Option<&Shared<T>> {
        self.drawn[part as usize].as_ref()
    }

    /// Brings every part up to `newest`.
    pub fn catch_up(&mut self, newest: &Shared<T>) {
        self.drawn = [(); PARTS].map(|()| Some(newest.clone()));
    }

    /// Brings one more part up to `newest`: each in its turn, so that none waits for ever.
    pub fn step(&mut self, newest: &Shared<T>) {
        let mut in_turn = (0..PARTS).map(|ahead| (self.next + ahead) % PARTS);
        if let Some(part) = in_turn.find(|&part| self.is_late(part, newest)) {
            self.drawn[part] = Some(newest.clone());
            self.next = (part + 1) % PARTS;
        }
    }

    /// Whether any part shows something older than `newest`.
    pub fn is_behind(&self, newest: &Shared<T>) -> bool {
        (0..PARTS).any(|part| self.is_late(part, newest))
    }

    fn is_late(&self, part: usize, newest: &Shared<T>) -> bool {
        self.drawn[part].as_ref() != Some(newest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(parts: &Parts<u32>) -> [Option<u32>; PARTS] {
        parts
            .drawn
            .each_ref()
            .map(|state| state.as_deref().copied())
    }

    #[test]
    fn parts_follow_one_by_one() {
        let mut newest = Shared::new(0);
        let mut parts = Parts::new(&newest);
        let none = None;
        assert_eq!(shown(&parts), [Some(0), none, none, none, none, none, none]);
        *newest.change() = 1;
        let (first, second) = (Some(1), Some(2));
        for _ in 0..3 {
            parts.step(&newest);
        }
        assert_eq!(shown(&parts), [first, first, first, none, none, none, none]);
        assert!(parts.is_behind(&newest));
        // Another change meanwhile: the parts that have not had their turn come first.
        *newest.change() = 2;
        for _ in 0..4 {
            parts.step(&newest);
        }
        assert_eq!(
            shown(&parts),
            [first, first, first, second, second, second, second]
        );
        for _ in 0..3 {
            assert!(parts.is_behind(&newest));
            parts.step(&newest);
        }
        assert_eq!(shown(&parts), [second; PARTS]);
        assert!(!parts.is_behind(&newest));
        parts.step(&newest);
        assert_eq!(shown(&parts), [second; PARTS]);
    }

    #[test]
    fn all_catch_up_at_once() {
        let mut newest = Shared::new(0);
        let mut parts = Parts::new(&newest);
        *newest.change() = 1;
        parts.catch_up(&newest);
        assert_eq!(shown(&parts), [Some(1); PARTS]);
        assert!(!parts.is_behind(&newest));
    }
}
