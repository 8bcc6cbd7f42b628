//! `gradlens study`: methods and measures over a folder of images, row by row into a table.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::ArgMatches;

use super::{
    host::{TerminalHost, block_on},
    lists::{self, ListedMeasure, ListedMethod},
    opening::{file_name, open_engine, path, read, sentence},
    table::Table,
};
use crate::{
    attribution::{Preset, Process},
    engine::Engine,
    metric::{measure_descriptions, randomisation_description},
    protocol::{MaskSettings, StudyItem, StudyMask, StudyRequest, StudyRow},
    study::{ENDINGS, header, is_image, row_fields},
};

/// Runs the study.
///
/// # Errors
/// One sentence on what happened, why, and what to do. An image that cannot be used is named on
/// standard error and left out.
pub fn run(matches: &ArgMatches) -> Result<(), String> {
    let plan = Plan::new(matches)?;
    let host = TerminalHost::new();
    let out = path(matches, "out").unwrap_or(Path::new(""));
    let mut table = Table::open(out, &plan.header())?;
    let (mut engine, _) = open_engine(matches, &host)?;
    let began = Instant::now();
    let mut computed = 0;
    for (index, image) in plan.images.iter().enumerate() {
        let name = file_name(image);
        if plan.methods.iter().all(|m| table.holds(&name, &m.label)) {
            continue;
        }
        let outcome = plan.image(&mut engine, &host, &mut table, image);
        host.end_line();
        computed += 1;
        let left = plan.images.len() - index - 1;
        let seconds = began.elapsed().as_secs_f64();
        match outcome? {
            Some(reason) => eprintln!("gradlens: {name} is left out: {reason}"),
            None => eprintln!(
                "{} of {}: {name}, about {:.0} min left",
                index + 1,
                plan.images.len(),
                seconds / f64::from(computed) * left as f64 / 60.0
            ),
        }
    }
    Ok(())
}

/// What is to be done, whatever has been done already.
struct Plan<'a> {
    images: Vec<PathBuf>,
    masks: Option<&'a Path>,
    /// Classes by file name.
    labels: Option<HashMap<String, Vec<usize>>>,
    methods: Vec<ListedMethod>,
    measures: Vec<ListedMeasure>,
}

impl<'a> Plan<'a> {
    fn new(matches: &'a ArgMatches) -> Result<Self, String> {
        let text = |name: &str| matches.get_one::<String>(name).map(String::as_str);
        let all = Engine::methods()
            .iter()
            .map(|method| method.id.clone())
            .collect::<Vec<_>>()
            .join(",");
        let mut methods = lists::methods(text("methods").unwrap_or(&all))?;
        if let Some(preset) = text("preset").and_then(Preset::from_name) {
            for method in &mut methods {
                let mut settings =
                    preset.settings(&method.id, Process::from_settings(&method.settings));
                settings.0.extend(std::mem::take(&mut method.settings).0);
                method.settings = settings;
            }
        }
        let masks = path(matches, "masks");
        let check = randomisation_description().id;
        let usual = measure_descriptions()
            .iter()
            .filter(|m| m.id != check && (masks.is_some() || !m.needs_mask))
            .map(|m| m.id.clone())
            .collect::<Vec<_>>()
            .join(",");
        let folder = path(matches, "images").unwrap_or(Path::new(""));
        let (part, parts) = shard(text("shard").unwrap_or("1/1"))?;
        let labels = path(matches, "accept").map(labels).transpose()?;
        let labelled = |image: &PathBuf| {
            let name = file_name(image);
            let known = labels.as_ref().is_none_or(|l| l.contains_key(&name));
            if !known {
                eprintln!("gradlens: {name} is left out: it has no label.");
            }
            known
        };
        Ok(Self {
            images: images(folder)?
                .into_iter()
                .filter(labelled)
                .enumerate()
                .filter(|(index, _)| index % parts == part - 1)
                .map(|(_, image)| image)
                .collect(),
            masks,
            labels,
            methods,
            measures: lists::measures(text("measures").unwrap_or(&usual))?,
        })
    }

    fn header(&self) -> Vec<String> {
        let known = measure_descriptions();
        let wanted = self.measures.iter();
        header(wanted.filter_map(|wanted| known.iter().find(|known| known.id == wanted.id)))
    }

    /// What is wanted of one image: every method that has no row yet.
    fn request(&self, table: &Table, name: &str) -> StudyRequest {
        let methods = self
            .methods
            .iter()
            .filter(|method| !table.holds(name, &method.label))
            .map(|method| StudyItem {
                label: method.label.clone(),
                id: method.id.clone(),
                settings: method.settings.clone(),
            });
        let measures = self.measures.iter().map(|measure| StudyItem {
            label: measure.id.clone(),
            id: measure.id.clone(),
            settings: measure.settings.clone(),
        });
        let labels = self.labels.as_ref();
        StudyRequest {
            name: name.to_owned(),
            target: None,
            accept: labels.and_then(|labels| labels.get(name)).cloned(),
            methods: methods.collect(),
            measures: measures.collect(),
            mask: None,
        }
    }

    /// Explains and measures one image with every method that has no row yet; the reason where
    /// the image is left out.
    fn image(
        &self,
        engine: &mut Engine,
        host: &TerminalHost,
        table: &mut Table,
        image: &Path,
    ) -> Result<Option<String>, String> {
        let name = file_name(image);
        let mut request = self.request(table, &name);
        let mask = match self.masks.map(|folder| mask_of(folder, image)) {
            Some(None) => return Ok(Some("it has no mask.".to_owned())),
            mask => mask.flatten(),
        };
        request.mask = mask.as_ref().map(|mask| StudyMask {
            name: file_name(mask),
            settings: MaskSettings::default(),
        });
        let bytes = read(image).and_then(|image| {
            let mask = mask.as_ref().map_or(Ok(Vec::new()), |mask| read(mask))?;
            Ok((image, mask))
        });
        let (image, mask) = match bytes {
            Ok(bytes) => bytes,
            Err(reason) => return Ok(Some(reason)),
        };
        let columns = self.header();
        let mut written = Ok(());
        let mut on_row = |row: StudyRow| match &row.failure {
            Some(failure) => eprintln!("gradlens: {name}, {}: {failure}", row.method),
            None if written.is_ok() => written = table.add(&row_fields(&row, &columns)),
            None => {}
        };
        let files = (image.as_slice(), mask.as_slice());
        let done = block_on(engine.study_image(host, 3, &request, files, &mut on_row));
        written?;
        Ok(done.err().map(sentence))
    }
}

/// Which part, from 1, of how many.
fn shard(text: &str) -> Result<(usize, usize), String> {
    let parsed = text
        .split_once('/')
        .and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
    match parsed {
        Some((part, parts)) if (1..=parts).contains(&part) => Ok((part, parts)),
        _ => Err(format!(
            "--shard is {text}, but it must be i/n with i from 1 to n, such as 2/4."
        )),
    }
}

/// Image files of a folder by name.
fn images(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let fail = |error: std::io::Error| format!("{} cannot be read: {error}.", folder.display());
    let mut images = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        if is_image(&file_name(&path)) {
            images.push(path);
        }
    }
    if images.is_empty() {
        return Err(format!("{} holds no image.", folder.display()));
    }
    images.sort();
    Ok(images)
}

/// The mask with the image's name, whatever its ending.
fn mask_of(folder: &Path, image: &Path) -> Option<PathBuf> {
    let stem = image.file_stem()?.to_string_lossy().into_owned();
    ENDINGS
        .iter()
        .map(|ending| folder.join(format!("{stem}.{ending}")))
        .find(|path| path.exists())
}

/// Classes that count as right, by file name.
fn labels(path: &Path) -> Result<HashMap<String, Vec<usize>>, String> {
    let bytes = read(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut labels = HashMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let classes = line.rsplit_once(',').and_then(|(name, classes)| {
            let classes: Result<Vec<usize>, _> =
                classes.split_whitespace().map(str::parse).collect();
            Some((name.to_owned(), classes.ok()?))
        });
        match classes {
            Some((name, classes)) => {
                labels.insert(name, classes);
            }
            // A first line that names the columns is none of the images.
            None if number == 0 => {}
            None => {
                return Err(format!(
                    "{}, line {}: {line} is not `image,class class ...`.",
                    path.display(),
                    number + 1
                ));
            }
        }
    }
    Ok(labels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!(shard("2/4"), Ok((2, 4)));
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0"] {
            assert!(shard(wrong).unwrap_err().contains("2/4"), "{wrong}");
        }
    }
}
