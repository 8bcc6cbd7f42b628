//! The file a request is about: the one that came with it, or one fetched with progress.

use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader, Response};

use super::{WorkerHost, blob_source::BlobSource, field::field};
use crate::{
    engine::{Host, check_file},
    onnx::FileHandle,
    protocol::{
        Event, Failure, FailureKind, JobId, ModelSource, Progress, Request, RequestBody, Stage,
    },
};

/// Progress is told at most so often: every message costs the page a redraw.
pub const PROGRESS_EVERY_MS: f64 = 100.0;
/// Of a download, so much waits in this worker before it is handed over to the browser.
const HAND_OVER_BYTES: u64 = 4 << 20;

/// Why there are no bytes.
pub enum Missing {
    /// The person stopped it.
    Cancelled,
    /// It could not be read.
    Failed(Failure),
}

/// The file `request` is about; `None` where it is about none.
///
/// # Errors
/// The file cannot be read or fetched, or the person stopped it.
pub async fn fetch(
    host: &Rc<WorkerHost>,
    request: &Request,
    file: Option<Blob>,
) -> Result<Option<FileHandle>, Missing> {
    let job = request.job;
    let (stage, kind, name) = match &request.body {
        RequestBody::OpenModel {
            source: ModelSource::Url(address),
            name,
            ..
        } => {
            let blob = download(host, job, address, name).await?;
            host.keep_model(request, &blob);
            let source = BlobSource::new(blob)
                .map_err(|error| unreadable(Stage::Model, FailureKind::Model, name, &error))?;
            return Ok(Some(FileHandle::new(source)));
        }
        RequestBody::OpenModel { name, .. } => (Stage::Model, FailureKind::Model, name),
        RequestBody::OpenImage { name } | RequestBody::OpenMask { name, .. } => {
            (Stage::Image, FailureKind::Image, name)
        }
        RequestBody::StudyImage { study, .. } => (Stage::Image, FailureKind::Image, &study.name),
        RequestBody::Measure(request) => (Stage::Measure, FailureKind::Internal, &request.measure),
        RequestBody::Randomise(request) => (
            Stage::Measure,
            FailureKind::Internal,
            &request.explain.method,
        ),
        RequestBody::SetPreprocessing(_)
        | RequestBody::Explain(_)
        | RequestBody::Lesson(_)
        | RequestBody::CheckMaterial(_)
        | RequestBody::Cancel => return Ok(None),
    };
    let Some(file) = file else {
        return Ok(None);
    };
    if stage == Stage::Model {
        host.keep_model(request, &file);
    }
    let source = BlobSource::new(file).map_err(|error| unreadable(stage, kind, name, &error))?;
    Ok(Some(FileHandle::new(match stage {
        Stage::Model => source.with_progress(host, job),
        _ => source,
    })))
}

fn unreadable(stage: Stage, kind: FailureKind, name: &str, error: &JsValue) -> Missing {
    Missing::Failed(Failure {
        stage,
        kind,
        message: format!("{name} could not be read: {}.", reason(error)),
        hint: "The file may have been moved or changed since it was chosen. Choose it again."
            .to_owned(),
    })
}

/// Fetches a file into the browser's keeping, outside this worker's memory.
pub(super) async fn download(
    host: &WorkerHost,
    job: JobId,
    address: &str,
    name: &str,
) -> Result<Blob, Missing> {
    let failed = |why: String| {
        Missing::Failed(Failure {
            stage: Stage::Model,
            kind: FailureKind::Model,
            message: format!("The model {name} could not be fetched: {why}."),
            hint: "Check the connection and reload the page, or open a model of your own."
                .to_owned(),
        })
    };
    let response = JsFuture::from(host.scope().fetch_with_str(address))
        .await
        .and_then(JsCast::dyn_into::<Response>)
        .map_err(|error| failed(reason(&error)))?;
    if !response.ok() {
        return Err(failed(format!("the server answered {}", response.status())));
    }
    let header = |name: &str| response.headers().get(name).ok().flatten();
    // Some servers answer a missing file with a page.
    if header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        return Err(failed("the server has no such file".to_owned()));
    }
    let total = match header("content-encoding") {
        // The length is that of the compressed file then.
        Some(_) => 0,
        None => header("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0),
    };
    let stream = response
        .body()
        .ok_or_else(|| failed("the answer is empty".to_owned()))?;
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let started = host.now_ms();
    let mut told = started;
    check_file(name, total, host.memory()).map_err(Missing::Failed)?;
    let mut parts = Parts::default();
    loop {
        let part = JsFuture::from(reader.read())
            .await
            .map_err(|error| failed(reason(&error)))?;
        if host.is_cancelled(job) {
            // The download ends with its reader; there is nothing to wait for.
            let _ = reader.cancel();
            return Err(Missing::Cancelled);
        }
        if field(&part, "done").is_truthy() {
            break;
        }
        parts
            .add(&field(&part, "value"))
            .map_err(|error| failed(reason(&error)))?;
        let now = host.now_ms();
        if now - told >= PROGRESS_EVERY_MS {
            told = now;
            host.emit(
                job,
                Event::Progress(Progress {
                    stage: Stage::Model,
                    done: parts.length,
                    total,
                    elapsed_ms: now - started,
                }),
            );
        }
    }
    if total > 0 && parts.length != total {
        return Err(failed(format!(
            "only {} of {total} bytes arrived",
            parts.length
        )));
    }
    parts.blob().map_err(|error| failed(reason(&error)))
}

/// What has arrived of a download: a few pieces in JavaScript's memory, the others handed over to
/// the browser, which keeps a blob where there is room for it.
#[derive(Default)]
struct Parts {
    length: u64,
    waiting: Array,
    waiting_bytes: u64,
    handed_over: Array,
}

impl Parts {
    fn add(&mut self, piece: &JsValue) -> Result<(), JsValue> {
        let length = u64::from(Uint8Array::new(piece).length());
        self.length += length;
        self.waiting_bytes += length;
        self.waiting.push(piece);
        if self.waiting_bytes >= HAND_OVER_BYTES {
            self.hand_over()?;
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), JsValue> {
        let waiting = std::mem::take(&mut self.waiting);
        self.handed_over
            .push(&Blob::new_with_u8_array_sequence(&waiting)?.into());
        self.waiting_bytes = 0;
        Ok(())
    }

    fn blob(mut self) -> Result<Blob, JsValue> {
        self.hand_over()?;
        Blob::new_with_blob_sequence(&self.handed_over)
    }
}

/// What a caught script error says.
pub fn reason(error: &JsValue) -> String {
    field(error, "message")
        .as_string()
        .unwrap_or_else(|| format!("{error:?}"))
}
