//! The images opened so far, kept while the page is open, so that going back to one shows what was
//! computed for it.

use super::{Command, FileTicket, ImageSource, Notice, Shared, State, Zoom};
use crate::{
    app::strings::{fill, notices},
    protocol::ImageCard,
};

/// Most images that are kept; the oldest make room.
const MOST_IMAGES: usize = 12;

/// An image that was opened.
#[derive(Clone, Debug, PartialEq)]
pub struct StripImage {
    /// Tells it from the others; its results carry the same number.
    pub generation: u64,
    /// The image.
    pub card: Shared<ImageCard>,
    source: ImageSource,
    /// Its likeliest class.
    likeliest: Option<OfModel>,
    /// The class that was explained when another image was opened.
    target: Option<OfModel>,
}

/// A class, and which model, fed in which way, it is one of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct OfModel {
    class: usize,
    model_generation: u64,
}

/// The images opened so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Strip {
    /// The newest first.
    images: Vec<StripImage>,
    /// Images given together that are still to be opened, the next one last.
    waiting: Vec<ImageSource>,
    newest_generation: u64,
    /// Name of an image that a restored result was about, and the class it explained.
    awaited: Option<(String, usize)>,
}

impl Strip {
    /// The images, the newest first.
    pub fn images(&self) -> &[StripImage] {
        &self.images
    }

    /// What is still to be opened is not.
    pub(super) fn stop_waiting(&mut self) {
        self.waiting.clear();
    }

    /// Explain this class as soon as the image of this name is opened.
    pub(super) fn await_image(&mut self, name: String, class: usize) {
        self.awaited = Some((name, class));
    }

    fn find(&mut self, generation: u64) -> Option<&mut StripImage> {
        let mut images = self.images.iter_mut();
        images.find(|image| image.generation == generation)
    }
}

impl State {
    /// Name of the class the model takes a kept image for; nothing where another model was asked.
    pub fn likeliest_of(&self, image: &StripImage) -> Option<String> {
        let class = self.of_model(image.likeliest)?;
        Some(self.class_name(class))
    }

    fn of_model(&self, known: Option<OfModel>) -> Option<usize> {
        known
            .filter(|known| known.model_generation == self.model_generation)
            .map(|known| known.class)
    }

    fn as_of_model(&self, class: Option<usize>) -> Option<OfModel> {
        class.map(|class| OfModel {
            class,
            model_generation: self.model_generation,
        })
    }

    /// Opens several files: images one after another, the first of them last, so that it is on show in
    /// the end.
    pub(super) fn open_files(&mut self, mut files: Vec<FileTicket>, out: &mut Vec<Command>) {
        if self.take_weights(&mut files, out) {
            return;
        }
        let first = files.first().cloned();
        let single = files.len() == 1;
        let model = files.iter().find(|file| file.is_model()).cloned();
        files.retain(|file| !file.is_model() && !file.is_text());
        if single || files.is_empty() {
            if let Some(file) = model.or(first) {
                self.open_file(file, out);
            }
            return;
        }
        // The model first: what is opened after it is classified by it.
        if let Some(model) = model {
            self.open_file(model, out);
        }
        let given = files.len();
        files.truncate(MOST_IMAGES);
        self.strip.waiting = files.into_iter().map(ImageSource::from).collect();
        self.notice = None;
        if given > MOST_IMAGES {
            let said = fill(
                notices().too_many_images,
                &[
                    ("most", &MOST_IMAGES.to_string()),
                    ("given", &given.to_string()),
                ],
            );
            self.notice = Some(Notice::problem(said, notices().too_many_images_hint));
        }
        self.pending_image = None;
        self.open_waiting(out);
    }

    /// Opens the next of several images; `false` where none is left.
    pub(super) fn open_waiting(&mut self, out: &mut Vec<Command>) -> bool {
        if self.pending_image.is_some() {
            return false;
        }
        let Some(source) = self.strip.waiting.pop() else {
            return false;
        };
        // What was wrong with one of the others is still to be read.
        let notice = self.notice.take();
        self.open_image(source, out);
        self.notice = notice;
        true
    }

    /// The engine holds another image: its results are found again where it was open before.
    pub(super) fn go_to_image(&mut self, source: ImageSource) {
        let (left, target) = (self.image_generation, self.as_of_model(self.target));
        if let Some(left) = self.strip.find(left) {
            left.target = target;
        }
        let known = self.strip.images.iter().find(|kept| kept.source == source);
        let (generation, target) = match known {
            Some(known) => (known.generation, self.of_model(known.target)),
            None => (self.strip.newest_generation.max(left) + 1, None),
        };
        self.strip.newest_generation = self.strip.newest_generation.max(generation);
        let awaited = self.strip.awaited.take_if(|(name, _)| *name == source.name);
        self.image_source = Some(source);
        self.image_generation = generation;
        self.forget_answers();
        self.target = awaited.map(|(_, class)| class).or(target);
        // The engine has forgotten the gradients of this image, if it ever had them.
        self.finished_key = None;
        self.session += 1;
        self.remove_mask();
        self.view.zoom = Zoom::default();
    }

    /// Keeps the image on show in the strip; the oldest ones go where there are too many.
    pub(super) fn keep_in_strip(&mut self) {
        let (Some(card), Some(source)) = (self.image.clone(), self.image_source.clone()) else {
            return;
        };
        let generation = self.image_generation;
        if let Some(known) = self.strip.find(generation) {
            known.card = card;
            return;
        }
        let images = &mut self.strip.images;
        images.insert(
            0,
            StripImage {
                generation,
                card,
                source,
                likeliest: None,
                target: None,
            },
        );
        if images.len() > MOST_IMAGES
            && let Some(oldest) = images.pop()
        {
            self.results.forget_image(oldest.generation);
        }
    }

    /// Notes what the model takes the image on show for.
    pub(super) fn note_likeliest(&mut self) {
        let top = self.classification.as_ref().and_then(|a| a.top(1).pop());
        let likeliest = self.as_of_model(top.map(|score| score.class));
        if let Some(shown) = self.strip.find(self.image_generation) {
            shown.likeliest = likeliest;
        }
    }

    /// Goes back to an image of the strip.
    pub(super) fn show_image(&mut self, generation: u64, out: &mut Vec<Command>) {
        let on_show = generation == self.image_generation && self.pending_image.is_none();
        if on_show {
            return;
        }
        if let Some(source) = self.strip.find(generation).map(|kept| kept.source.clone()) {
            self.strip.stop_waiting();
            self.open_image(source, out);
        }
    }

    /// Forgets an image and its results; in place of the one on show its neighbour is opened.
    pub(super) fn remove_image(&mut self, generation: u64, out: &mut Vec<Command>) {
        let images = &mut self.strip.images;
        let place = images.iter().position(|kept| kept.generation == generation);
        let Some(place) = place.filter(|_| images.len() > 1) else {
            return;
        };
        images.remove(place);
        let neighbour = images.get(place).or(images.last());
        let neighbour = neighbour.map(|kept| kept.source.clone());
        self.results.forget_image(generation);
        if generation == self.image_generation
            && self.pending_image.is_none()
            && let Some(source) = neighbour
        {
            self.open_image(source, out);
        }
    }
}
