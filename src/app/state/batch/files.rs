//! What a folder holds: images, their masks, and files that are neither.

use std::collections::HashMap;

use super::super::FileTicket;
use crate::study::{is_image, stem};

/// A file of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchFile {
    /// Finds it again; its name is its path within the folder.
    pub ticket: FileTicket,
    /// Its length.
    pub bytes: u64,
}

/// An image with its mask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchImage {
    /// The image.
    pub file: BatchFile,
    /// Its mask, where one of its name was given.
    pub mask: Option<BatchFile>,
}

impl BatchFile {
    /// Its path within the folder.
    pub fn name(&self) -> &str {
        &self.ticket.name
    }
}

/// Images, masks and names of the other files, each by name. Masks are images in a folder of that
/// name.
pub(super) fn images_of(files: Vec<BatchFile>) -> (Vec<BatchFile>, Vec<BatchFile>, Vec<String>) {
    let (mut images, mut masks, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        if !is_image(file.name()) {
            others.push(file.ticket.name);
        } else if folders(file.name()).any(is_mask_folder) {
            masks.push(file);
        } else {
            images.push(file);
        }
    }
    images.sort_by(|a, b| a.name().cmp(b.name()));
    masks.sort_by(|a, b| a.name().cmp(b.name()));
    others.sort();
    (images, masks, others)
}

/// Gives each image the mask of its name, whatever the ending: of its name and folder, save for
/// folders called after what they hold, or else of its name alone where that is told apart by it.
pub(super) fn pair(images: Vec<BatchFile>, masks: &[BatchFile]) -> Vec<BatchImage> {
    let mut by_place: HashMap<String, &BatchFile> = HashMap::new();
    let mut by_name: HashMap<&str, Vec<&BatchFile>> = HashMap::new();
    for mask in masks {
        by_place.entry(place(mask.name())).or_insert(mask);
        by_name.entry(last(mask.name())).or_default().push(mask);
    }
    let mut named: HashMap<String, usize> = HashMap::new();
    for image in &images {
        *named.entry(last(image.name()).to_owned()).or_default() += 1;
    }
    let of = |image: &BatchFile| {
        let same_place = by_place.get(&place(image.name())).copied();
        same_place.or_else(|| {
            let name = last(image.name());
            match (by_name.get(name)?.as_slice(), named.get(name)) {
                ([only], Some(1)) => Some(*only),
                _ => None,
            }
        })
    };
    images
        .into_iter()
        .map(|file| BatchImage {
            mask: of(&file).cloned(),
            file,
        })
        .collect()
}

fn folders(path: &str) -> impl Iterator<Item = &str> {
    let above = path.rsplit_once('/').map_or("", |(above, _)| above);
    above.split('/').filter(|folder| !folder.is_empty())
}

fn is_mask_folder(folder: &str) -> bool {
    let folder = folder.to_lowercase();
    folder == "mask" || folder == "masks"
}

fn last(path: &str) -> &str {
    stem(path.rsplit('/').next().unwrap_or(path))
}

/// A path without its ending and without folders called after what they hold.
fn place(path: &str) -> String {
    let told = folders(path).filter(|folder| {
        !is_mask_folder(folder) && !["image", "images"].contains(&folder.to_lowercase().as_str())
    });
    let mut place: Vec<&str> = told.collect();
    place.push(last(path));
    place.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> Vec<BatchFile> {
        let file = |(id, name): (usize, &&str)| BatchFile {
            ticket: FileTicket {
                id: id as u64,
                bytes: 10,
                name: (*name).to_owned(),
            },
            bytes: 1,
        };
        names.iter().enumerate().map(file).collect()
    }

    fn paired(images: &[&str], masks: &[&str]) -> Vec<Option<String>> {
        pair(files(images), &files(masks))
            .into_iter()
            .map(|image| image.mask.map(|mask| mask.ticket.name))
            .collect()
    }

    #[test]
    fn a_folder_is_told_apart() {
        let (images, masks, others) = images_of(files(&[
            "b.jpg",
            "masks/b.png",
            "notes.txt",
            "a.PNG",
            ".DS_Store",
        ]));
        let names = |files: &[BatchFile]| -> Vec<String> {
            files.iter().map(|file| file.name().to_owned()).collect()
        };
        assert_eq!(names(&images), ["a.PNG", "b.jpg"]);
        assert_eq!(names(&masks), ["masks/b.png"]);
        assert_eq!(others, [".DS_Store", "notes.txt"]);
    }

    #[test]
    fn masks_go_by_name_and_folder() {
        let some = |name: &str| Some(name.to_owned());
        assert_eq!(
            paired(&["a.jpg", "b.jpg"], &["b.png"]),
            [None, some("b.png")]
        );
        assert_eq!(
            paired(
                &["images/x/a.jpg", "images/y/a.jpg"],
                &["masks/x/a.png", "masks/y/a.png"]
            ),
            [some("masks/x/a.png"), some("masks/y/a.png")]
        );
        // Another folder, but no other mask and no other image of that name.
        assert_eq!(paired(&["photos/a.jpg"], &["a.png"]), [some("a.png")]);
        assert_eq!(paired(&["photos/a.jpg"], &["x/a.png", "y/a.png"]), [None]);
        assert_eq!(
            paired(&["a.jpg", "more/a.jpg"], &["masks/more/a.png"]),
            [None, some("masks/more/a.png")]
        );
    }
}
