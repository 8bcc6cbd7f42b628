//! Which state each part of the page is drawn with.
//!
//! What a person does shows everywhere at once. What happens by itself, as the engine's answers do,
//! shows one part a frame, so that no frame takes long and the page keeps up with hand and eye.

use crate::app::state::Shared;

/// A part of the page that is drawn by itself, in the order in which they are.
#[derive(Clone, Copy)]
pub enum Part {
    /// All that is seen without scrolling.
    FirstScreen,
    /// Methods side by side.
    Comparison,
    /// The randomisation check.
    Sanity,
    /// Many images.
    Batch,
}

const PARTS: usize = Part::Batch as usize + 1;

/// The state each part was drawn with last; at first there is the first screen alone.
pub struct Parts<T> {
    drawn: [Option<Shared<T>>; PARTS],
    next: usize,
}

impl<T> Parts<T> {
    /// The first screen with the state before anything has happened.
    pub fn new(state: &Shared<T>) -> Self {
        let mut drawn = [const { None }; PARTS];
        drawn[Part::FirstScreen as usize] = Some(state.clone());
        Self {
            drawn,
            next: Part::FirstScreen as usize,
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
        let all = [
            Part::FirstScreen,
            Part::Comparison,
            Part::Sanity,
            Part::Batch,
        ];
        all.map(|part| parts.state_of(part).map(|state| **state))
    }

    #[test]
    fn parts_follow_one_by_one() {
        let mut newest = Shared::new(0);
        let mut parts = Parts::new(&newest);
        assert_eq!(shown(&parts), [Some(0), None, None, None]);
        *newest.change() = 1;
        parts.step(&newest);
        parts.step(&newest);
        assert_eq!(shown(&parts), [Some(1), Some(1), None, None]);
        assert!(parts.is_behind(&newest));
        // Another change meanwhile: the parts that have not had their turn come first.
        *newest.change() = 2;
        parts.step(&newest);
        parts.step(&newest);
        assert_eq!(shown(&parts), [Some(1), Some(1), Some(2), Some(2)]);
        parts.step(&newest);
        assert!(parts.is_behind(&newest));
        parts.step(&newest);
        assert_eq!(shown(&parts), [Some(2); PARTS]);
        assert!(!parts.is_behind(&newest));
        parts.step(&newest);
        assert_eq!(shown(&parts), [Some(2); PARTS]);
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
