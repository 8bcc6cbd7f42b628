//! `gradlens explain`: files in, files out.

use std::path::Path;

use clap::ArgMatches;

use super::{
    all,
    controls::Controls,
    host::{TerminalHost, block_on},
    lists::{self, ListedMeasure},
    opening::{
        file_name, open_engine, open_source, path, read, read_array, read_noise, sentence, write,
    },
    result::{Measured, to_json},
    settings::settings,
};
use crate::{
    array_file::Array,
    attribution::NoiseSource,
    engine::{Engine, Explanation},
    image::encode_png,
    metric::randomisation_description,
    protocol::{
        ExplainRequest, MaskSettings, MeasureReport, MethodDescription, RcapSettings, Setting,
        Settings, StageTime, label_mismatch, parse_labels,
    },
    render::{OverlayStyle, overlay},
};

/// Explains one image.
///
/// # Errors
/// One sentence on what happened, why, and what to do.
pub fn run(matches: &ArgMatches) -> Result<(), String> {
    let method = method(matches)?;
    let folder = path(matches, "all");
    // With every method at once, no flag is out of place.
    let mut settings = if folder.is_some() {
        Settings::default()
    } else {
        settings(matches, &method)?
    };
    let number = |name: &str| matches.get_one::<f64>(name).copied();
    let defaults = RcapSettings::default();
    let rcap = RcapSettings {
        lower_bound: number("rcap-lower-bound").unwrap_or(defaults.lower_bound),
        interval: number("rcap-interval").unwrap_or(defaults.interval),
    };
    let measures = match matches.get_one::<String>("measures") {
        Some(list) => lists::measures(list)?,
        None => Vec::new(),
    };

    let host = TerminalHost::new();
    let (mut engine, mut times) = open_engine(matches, &host)?;
    let names = names(&engine, path(matches, "labels"))?;
    times.extend(open_source(
        &mut engine,
        &host,
        path(matches, "image"),
        path(matches, "input"),
    )?);
    if let Some(path) = path(matches, "mask") {
        engine
            .use_mask(&file_name(path), &read(path)?, MaskSettings::default())
            .map_err(sentence)?;
    }
    let mut stored = None;
    if let Some(path) = path(matches, "noise") {
        let noise = read_noise(path)?;
        if let NoiseSource::Stored { samples, .. } = &noise {
            stored = Some(*samples as u64);
        }
        engine.use_noise(noise);
    }
    if let Some(path) = path(matches, "uniform") {
        engine.use_uniform(read_array(path)?.values);
    }
    let target = matches.get_one::<usize>("target").copied();
    if let Some(folder) = folder {
        return all::run(matches, &engine, &host, folder, target, stored);
    }
    limit_samples(&mut settings, &method, stored);
    let request = ExplainRequest {
        target,
        method: method.id.clone(),
        settings,
        rcap: Some(rcap),
    };
    let explanation = block_on(engine.explain(&host, 3, &request)).map_err(sentence)?;
    times.extend(explanation.times.clone());
    let target_name = names.get(explanation.target).map(String::as_str);
    let reports = measured(&engine, &host, &request, &explanation, &measures)?;
    let controls = if matches.get_flag("controls") {
        Controls::measure(&mut engine, &host, explanation.target, &measures)?
    } else {
        Controls::default()
    };
    let measured = Measured { reports, controls };
    host.end_line();
    write_results(
        matches,
        &engine,
        &method.id,
        &explanation,
        target_name,
        &measured,
        &times,
    )?;
    print_summary(
        &engine,
        &method,
        &explanation,
        target_name,
        &measured,
        &times,
    );
    Ok(())
}

/// Runs the measures that were asked for; the randomisation check makes maps of its own.
fn measured(
    engine: &Engine,
    host: &TerminalHost,
    request: &ExplainRequest,
    explanation: &Explanation,
    measures: &[ListedMeasure],
) -> Result<Vec<MeasureReport>, String> {
    let (map, target) = (&explanation.map.values, explanation.target);
    let check = randomisation_description();
    let mut reports = Vec::with_capacity(measures.len());
    for wanted in measures {
        if wanted.id == check.id {
            let given = &wanted.settings;
            let (outcome, _) = block_on(engine.randomisation(host, 4, request, map, target, given))
                .map_err(sentence)?;
            let complete = check.complete(given).map_err(|error| format!("{error}."))?;
            reports.push(outcome.report(target, complete));
        } else {
            let wanted = (wanted.id.as_str(), &wanted.settings);
            let found = block_on(engine.measure(host, 4, map, target, wanted));
            reports.push(found.map_err(sentence)?);
        }
    }
    Ok(reports)
}

fn method(matches: &ArgMatches) -> Result<MethodDescription, String> {
    let id = matches
        .get_one::<String>("method")
        .map_or("", String::as_str);
    Engine::methods()
        .into_iter()
        .find(|method| method.id == id)
        .ok_or_else(|| format!("There is no method called {id}."))
}

/// Names of the classes: from a file, else the model's own.
fn names(engine: &Engine, path: Option<&Path>) -> Result<Vec<String>, String> {
    let Some(card) = engine.model().map(|model| &model.card) else {
        return Ok(Vec::new());
    };
    let Some(path) = path else {
        return Ok(card.class_names.clone());
    };
    let text = String::from_utf8(read(path)?)
        .map_err(|_| format!("{} is no text, so it holds no names.", path.display()))?;
    let names = parse_labels(&text).map_err(|error| format!("{}: {error}.", path.display()))?;
    if let Some(warning) = label_mismatch(names.len(), card.classes) {
        eprintln!("gradlens: {warning}");
    }
    Ok(names)
}

/// Where no number of samples was given, no more are taken than the noise file holds.
pub fn limit_samples(settings: &mut Settings, method: &MethodDescription, stored: Option<u64>) {
    let Some(stored) = stored else {
        return;
    };
    let wanted = crate::protocol::default_settings(method).integer("samples");
    if settings.integer("samples").is_none()
        && let Some(wanted) = wanted
    {
        settings.set("samples", Setting::Integer(wanted.min(stored)));
    }
}

fn write_results(
    matches: &ArgMatches,
    engine: &Engine,
    method: &str,
    explanation: &Explanation,
    target_name: Option<&str>,
    measured: &Measured,
    times: &[StageTime],
) -> Result<(), String> {
    let path = |name: &str| path(matches, name);
    let (Some(model), Some(photo), Some(device)) =
        (engine.model(), engine.photo(), engine.device())
    else {
        return Ok(());
    };
    let map = &explanation.map;
    if let Some(path) = path("out") {
        let array = Array {
            shape: vec![map.size.height, map.size.width],
            values: map.values.clone(),
        };
        write(path, &array.write())?;
    }
    if let Some(path) = path("png") {
        let map = explanation.map_report(method);
        let drawn = overlay(&map, &photo.card.model_view, OverlayStyle::default())
            .map_err(|error| format!("{error}."))?;
        let bytes = encode_png(&drawn).map_err(|error| format!("{error}."))?;
        write(path, &bytes)?;
    }
    if let Some(path) = path("json") {
        let mut value = to_json(method, explanation, measured, model, photo, device, times);
        value["target_name"] = target_name.into();
        let text = serde_json::to_string_pretty(&value).map_err(|error| error.to_string())?;
        write(path, text.as_bytes())?;
    }
    Ok(())
}

fn print_summary(
    engine: &Engine,
    method: &MethodDescription,
    explanation: &Explanation,
    target_name: Option<&str>,
    measured: &Measured,
    times: &[StageTime],
) {
    if let Some(photo) = engine.photo() {
        let score = photo.classification.score(explanation.target);
        let name = target_name.map_or_else(String::new, |name| format!(" ({name})"));
        println!(
            "{}: class {}{name} with probability {:.4}",
            photo.card.name, score.class, score.probability
        );
    }
    println!("{}: {} gradients", method.label, explanation.gradients);
    if let Some(note) = &explanation.note {
        println!("{note}");
    }
    if let Some(complete) = explanation.completeness {
        println!(
            "Completeness gap: {:.6} (attributed {:.6}, to be explained {:.6})",
            complete.gap(),
            complete.attributed,
            complete.explained
        );
    }
    if let Some((report, _)) = &explanation.rcap {
        println!("RCAP: {:.6}", report.score);
    }
    for score in measured.reports.iter().flat_map(|report| &report.scores) {
        let by = measured.controls.beating(&score.id, score.value);
        let mark = match by.as_slice() {
            [] => String::new(),
            names => format!(", beaten by {}", names.join(", ")),
        };
        println!("{}: {:.6}{mark}", score.id, score.value);
    }
    let device = engine.device().map_or("", |device| &device.name);
    let total_ms: f64 = times.iter().map(|time| time.elapsed_ms).sum();
    println!("Computed on {device} in {:.2} s", total_ms / 1e3);
}
