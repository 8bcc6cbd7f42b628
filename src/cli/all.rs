//! `gradlens explain --all`: a map for every method and process, from shared passes.

use std::{fs, path::Path};

use clap::ArgMatches;
use serde_json::{Value, json};

use super::{
    explain::limit_samples,
    host::{TerminalHost, block_on},
    opening::{sentence, write},
    settings::settings_for,
};
use crate::{
    array_file::Array,
    attribution::{Process, SaliencyMap},
    engine::Engine,
    protocol::{ExplainRequest, MethodDescription, ParameterKind, Setting, Settings},
};

/// Parameters that are a method's processes under another name.
const BY_ANOTHER_NAME: [(&str, &str); 2] = [("guided-backprop", "rule"), ("idgi", "path")];

/// Writes `<method>.npy`, or `<method>.<process>.npy` where a method has several, and an
/// `index.json` with what each cost. A map that cannot be had is named on standard error.
///
/// # Errors
/// A setting is out of range, or a file cannot be written.
pub fn run(
    matches: &ArgMatches,
    engine: &Engine,
    host: &TerminalHost,
    folder: &Path,
    target: Option<usize>,
    stored: Option<u64>,
) -> Result<(), String> {
    fs::create_dir_all(folder)
        .map_err(|error| format!("{} cannot be made: {error}.", folder.display()))?;
    let mut index = Index {
        folder,
        entries: Vec::new(),
        gradients: 0,
    };
    for method in Engine::methods() {
        let explain = |settings: Settings, processes: &[Process]| {
            let mut settings = settings;
            limit_samples(&mut settings, &method, stored);
            let request = ExplainRequest {
                target,
                method: method.id.clone(),
                settings: settings.clone(),
                rcap: None,
            };
            let found = block_on(engine.explain_processes(host, 3, &request, processes));
            host.end_line();
            (settings, found.map_err(sentence))
        };
        for (names, processes, settings) in groups(matches, &method)? {
            let (settings, found) = explain(settings, &processes);
            let (gradients, maps) = match found {
                Ok(found) => (found.gradients, found.maps),
                Err(reason) => (0, names.iter().map(|_| Err(reason.clone())).collect()),
            };
            index.gradients += gradients;
            // What a pass cost stands beside its first map.
            for (k, (name, map)) in names.iter().zip(maps).enumerate() {
                let gradients = if k == 0 { gradients } else { 0 };
                index.add(&method.id, name.as_deref(), &settings, gradients, map)?;
            }
        }
    }
    let maps = index.entries.len();
    let gradients = index.gradients;
    let text = json!({ "gradients": gradients, "maps": index.entries });
    let text = serde_json::to_string_pretty(&text).map_err(|error| error.to_string())?;
    write(&folder.join("index.json"), text.as_bytes())?;
    println!(
        "{maps} maps from {gradients} gradients in {}",
        folder.display()
    );
    Ok(())
}

/// What has been written.
struct Index<'a> {
    folder: &'a Path,
    entries: Vec<Value>,
    gradients: usize,
}

impl Index<'_> {
    fn add(
        &mut self,
        method: &str,
        process: Option<&str>,
        settings: &Settings,
        gradients: usize,
        map: Result<SaliencyMap, String>,
    ) -> Result<(), String> {
        let file = match process {
            Some(process) => format!("{method}.{process}.npy"),
            None => format!("{method}.npy"),
        };
        let map = match map {
            Ok(found) => found,
            Err(reason) => {
                eprintln!("gradlens: {file} is left out: {reason}");
                return Ok(());
            }
        };
        let array = Array {
            shape: vec![map.size.height, map.size.width],
            values: map.values,
        };
        write(&self.folder.join(&file), &array.write())?;
        self.entries.push(json!({
            "file": file,
            "method": method,
            "process": process,
            "settings": settings,
            "gradients": gradients,
            "constant": map.constant,
        }));
        Ok(())
    }
}

/// Names of files, the processes behind them, and settings: each group is one pass.
type Groups = Vec<(Vec<Option<String>>, Vec<Process>, Settings)>;

fn groups(matches: &ArgMatches, method: &MethodDescription) -> Result<Groups, String> {
    let options = |name: &str| {
        method
            .parameters
            .iter()
            .find(|parameter| parameter.name == name)
            .and_then(|parameter| match &parameter.kind {
                ParameterKind::Choice { options } => Some(options.clone()),
                _ => None,
            })
    };
    let other = BY_ANOTHER_NAME
        .iter()
        .find(|(id, _)| *id == method.id)
        .and_then(|(_, name)| Some((*name, options(name)?)));
    if let Some((name, options)) = other {
        let (given, _) = settings_for(matches, method, Process::Plain)?;
        return Ok(options
            .into_iter()
            .map(|option| {
                let mut settings = given.clone();
                settings.set(name, Setting::Choice(option.clone()));
                (vec![Some(option)], vec![Process::Plain], settings)
            })
            .collect());
    }
    let Some(names) = options("process") else {
        let (settings, _) = settings_for(matches, method, Process::Plain)?;
        return Ok(vec![(vec![None], vec![Process::Plain], settings)]);
    };
    let mut groups: Groups = Vec::new();
    for process in names.iter().filter_map(|name| Process::from_name(name)) {
        let (settings, _) = settings_for(matches, method, process)?;
        let pass = without_guide(&settings);
        let known = groups
            .iter_mut()
            .find(|(_, _, other)| without_guide(other) == pass);
        let name = Some(process.name().to_owned());
        match known {
            Some((names, processes, shared)) => {
                names.push(name);
                processes.push(process);
                // Only the guided ones look at the percentile.
                if process.is_guided() {
                    *shared = settings;
                }
            }
            None => groups.push((vec![name], vec![process], settings)),
        }
    }
    Ok(groups)
}

/// The settings that gradients depend on.
fn without_guide(settings: &Settings) -> Settings {
    let mut settings = settings.clone();
    settings.0.remove("percentile");
    settings.0.remove("process");
    settings
}
