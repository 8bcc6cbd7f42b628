//! `gradlens explain`: files in, files out.

use std::{
    fs,
    path::{Path, PathBuf},
};

use clap::ArgMatches;

use super::{
    arguments::settings,
    host::{TerminalHost, block_on},
    model::options,
    result::to_json,
};
use crate::{
    array_file::Array,
    attribution::NoiseSource,
    classifier::{NormImage, Size},
    engine::{Engine, Explanation, Stopped, device},
    image::encode_png,
    onnx::FileHandle,
    protocol::{
        DeviceChoice, DeviceKind, ExplainRequest, MethodDescription, ModelOptions, Preprocessing,
        RcapSettings, Setting, Settings, StageTime, label_mismatch, parse_labels,
    },
    render::{OverlayStyle, overlay},
};

/// The kinds of device this program was built with, best first.
pub(super) const KINDS: &[device::OpenDevice] = &[
    #[cfg(feature = "webgpu")]
    device::gpu,
    device::cpu,
];

/// Explains one image.
///
/// # Errors
/// One sentence on what happened, why, and what to do.
pub fn run(matches: &ArgMatches) -> Result<(), String> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).map(PathBuf::as_path);
    let method = method(matches)?;
    let mut settings = settings(matches, &method)?;
    let choice = device_choice(matches);
    let preprocessing = preprocessing(matches);
    let number = |name: &str| matches.get_one::<f64>(name).copied();
    let defaults = RcapSettings::default();
    let rcap = RcapSettings {
        lower_bound: number("rcap-lower-bound").unwrap_or(defaults.lower_bound),
        interval: number("rcap-interval").unwrap_or(defaults.interval),
    };

    let host = TerminalHost::new();
    let mut engine = Engine::new(KINDS, choice);
    let mut times = open_model(
        &mut engine,
        &host,
        path("model"),
        preprocessing,
        &options(matches),
        choice,
    )?;
    let names = names(&engine, path("labels"))?;
    times.extend(open_source(
        &mut engine,
        &host,
        path("image"),
        path("input"),
    )?);
    if let Some(path) = path("noise") {
        let noise = read_noise(path)?;
        limit_samples(&mut settings, &method, &noise);
        engine.use_noise(noise);
    }
    if let Some(path) = path("uniform") {
        engine.use_uniform(read_array(path)?.values);
    }
    let request = ExplainRequest {
        target: matches.get_one::<usize>("target").copied(),
        method: method.id.clone(),
        settings,
        rcap: Some(rcap),
    };
    let explanation = block_on(engine.explain(&host, 3, &request)).map_err(sentence)?;
    host.end_line();
    times.extend(explanation.times.clone());
    let target_name = names.get(explanation.target).map(String::as_str);
    write_results(
        matches,
        &engine,
        &method.id,
        &explanation,
        target_name,
        &times,
    )?;
    print_summary(&engine, &method, &explanation, target_name, &times);
    Ok(())
}

/// The device asked for.
pub(super) fn device_choice(matches: &ArgMatches) -> DeviceChoice {
    match matches.get_one::<String>("device").map(String::as_str) {
        Some("cpu") => DeviceChoice::Cpu,
        Some("webgpu") => DeviceChoice::WebGpu,
        _ => DeviceChoice::Auto,
    }
}

/// The preprocessing asked for; `None` leaves it to the model.
pub(super) fn preprocessing(matches: &ArgMatches) -> Option<Preprocessing> {
    let preset = matches.get_one::<String>("preprocess")?;
    Preprocessing::preset(preset)
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

/// Opens the model, and names every device that was turned down on standard error.
pub(super) fn open_model(
    engine: &mut Engine,
    host: &TerminalHost,
    path: Option<&Path>,
    preprocessing: Option<Preprocessing>,
    options: &ModelOptions,
    choice: DeviceChoice,
) -> Result<Vec<StageTime>, String> {
    let path = path.unwrap_or(Path::new(""));
    let file = FileHandle::open(path)
        .map_err(|error| format!("{} cannot be read: {error}.", path.display()))?;
    let name = file_name(path);
    let done = block_on(engine.open_model(host, 1, &name, file, preprocessing, options));
    for device in host.devices() {
        if let Some(reason) = &device.rejected {
            eprintln!("gradlens: {} is not used: {reason}.", device.name);
        }
    }
    let done = done.map_err(sentence)?;
    // Asked for by name, a GPU that cannot be used is an error: timings would be taken for its own.
    let used = engine.device().map(|device| device.kind);
    if choice == DeviceChoice::WebGpu && used == Some(DeviceKind::Cpu) {
        let reasons: Vec<String> = host
            .devices()
            .into_iter()
            .filter_map(|d| d.rejected)
            .collect();
        let reason = match reasons.first() {
            Some(reason) => reason.as_str(),
            None => "this program was built without it; build it with `--features webgpu`",
        };
        return Err(format!(
            "WebGPU was asked for, but cannot be used: {reason}. Use --device auto or cpu."
        ));
    }
    Ok(done.times)
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

/// Opens the photo, or else the array.
pub(super) fn open_source(
    engine: &mut Engine,
    host: &TerminalHost,
    image: Option<&Path>,
    input: Option<&Path>,
) -> Result<Vec<StageTime>, String> {
    let done = if let Some(path) = image {
        let bytes = read(path)?;
        block_on(engine.open_image(host, 2, &file_name(path), &bytes))
    } else {
        let path = input.unwrap_or(Path::new(""));
        let array = read_array(path)?;
        let &[1, 3, height, width] = array.shape.as_slice() else {
            return Err(format!(
                "{} has shape {:?}, but one normalised image of shape (1, 3, H, W) is needed.",
                path.display(),
                array.shape
            ));
        };
        if let Some(value) = array.values.iter().find(|value| !value.is_finite()) {
            return Err(format!(
                "{} holds the value {value}, but every value of an image must be finite.",
                path.display()
            ));
        }
        let image = NormImage {
            size: Size { height, width },
            values: array.values,
        };
        block_on(engine.open_normalised(host, 2, &file_name(path), image))
    };
    Ok(done.map_err(sentence)?.times)
}

fn read_noise(path: &Path) -> Result<NoiseSource, String> {
    let array = read_array(path)?;
    let &[samples, 3, _, _] = array.shape.as_slice() else {
        return Err(format!(
            "{} has shape {:?}, but noise of shape (N, 3, H, W) is needed.",
            path.display(),
            array.shape
        ));
    };
    Ok(NoiseSource::Stored {
        unit_normal: array.values,
        samples,
    })
}

/// Where no number of samples was given, no more are taken than the noise file holds.
fn limit_samples(settings: &mut Settings, method: &MethodDescription, noise: &NoiseSource) {
    let NoiseSource::Stored { samples, .. } = noise else {
        return;
    };
    let wanted = crate::protocol::default_settings(method).integer("samples");
    if settings.integer("samples").is_none()
        && let Some(wanted) = wanted
    {
        settings.set("samples", Setting::Integer(wanted.min(*samples as u64)));
    }
}

fn write_results(
    matches: &ArgMatches,
    engine: &Engine,
    method: &str,
    explanation: &Explanation,
    target_name: Option<&str>,
    times: &[StageTime],
) -> Result<(), String> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).map(PathBuf::as_path);
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
        let mut value = to_json(method, explanation, model, photo, device, times);
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
    if let Some((report, _)) = &explanation.rcap {
        println!("RCAP: {:.6}", report.score);
    }
    let device = engine.device().map_or("", |device| &device.name);
    let total_ms: f64 = times.iter().map(|time| time.elapsed_ms).sum();
    println!("Computed on {device} in {:.2} s", total_ms / 1e3);
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{} cannot be read: {error}.", path.display()))
}

fn read_array(path: &Path) -> Result<Array, String> {
    Array::read(&read(path)?).map_err(|error| format!("{}: {error}.", path.display()))
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    fs::write(path, bytes)
        .map_err(|error| format!("{} cannot be written: {error}.", path.display()))
}

pub(super) fn sentence(stopped: Stopped) -> String {
    match stopped {
        Stopped::Cancelled => "Stopped.".to_owned(),
        Stopped::Failed(failure) => failure.to_string(),
    }
}
