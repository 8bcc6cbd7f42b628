//! The bytes a request is about: read from a file handle, or fetched with progress.

use js_sys::{ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, ReadableStreamDefaultReader, Response};

use super::WorkerHost;
use crate::{
    engine::Host,
    protocol::{
        Event, Failure, FailureKind, JobId, ModelSource, Progress, Request, RequestBody, Stage,
    },
};

/// Progress is told at most so often: every message costs the page a redraw.
const PROGRESS_EVERY_MS: f64 = 100.0;

/// Why there are no bytes.
pub enum Missing {
    /// The person stopped it.
    Cancelled,
    /// It could not be read.
    Failed(Failure),
}

/// The bytes of `request`'s file; `None` where it has none.
///
/// # Errors
/// The file cannot be read or fetched, or the person stopped it.
pub async fn fetch(
    host: &WorkerHost,
    request: &Request,
    file: Option<Blob>,
) -> Result<Option<Vec<u8>>, Missing> {
    let (stage, kind, name) = match &request.body {
        RequestBody::OpenModel {
            source: ModelSource::Url(address),
            name,
            ..
        } => {
            return download(host, request.job, address, name).await.map(Some);
        }
        RequestBody::OpenModel { name, .. } => (Stage::Model, FailureKind::Model, name),
        RequestBody::OpenImage { name } | RequestBody::OpenMask { name, .. } => {
            (Stage::Image, FailureKind::Image, name)
        }
        RequestBody::Measure(request) => (Stage::Measure, FailureKind::Internal, &request.measure),
        RequestBody::SetPreprocessing(_) | RequestBody::Explain(_) | RequestBody::Cancel => {
            return Ok(None);
        }
    };
    let Some(file) = file else {
        return Ok(None);
    };
    let bytes = JsFuture::from(file.array_buffer())
        .await
        .and_then(|buffer| {
            let buffer: ArrayBuffer = buffer.dyn_into()?;
            Ok(Uint8Array::new(&buffer).to_vec())
        });
    bytes.map(Some).map_err(|error| {
        Missing::Failed(Failure {
            stage,
            kind,
            message: format!("{name} could not be read: {}.", reason(&error)),
            hint: "The file may have been moved or changed since it was chosen. Choose it again."
                .to_owned(),
        })
    })
}

async fn download(
    host: &WorkerHost,
    job: JobId,
    address: &str,
    name: &str,
) -> Result<Vec<u8>, Missing> {
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
    let mut bytes = Vec::with_capacity(usize::try_from(total).unwrap_or(0));
    loop {
        let part = JsFuture::from(reader.read())
            .await
            .map_err(|error| failed(reason(&error)))?;
        if host.is_cancelled(job) {
            // The download ends with its reader; there is nothing to wait for.
            let _ = reader.cancel();
            return Err(Missing::Cancelled);
        }
        let field = |name: &str| Reflect::get(&part, &name.into()).unwrap_or(JsValue::UNDEFINED);
        if field("done").is_truthy() {
            break;
        }
        bytes.extend_from_slice(&Uint8Array::new(&field("value")).to_vec());
        let now = host.now_ms();
        if now - told >= PROGRESS_EVERY_MS {
            told = now;
            host.emit(
                job,
                Event::Progress(Progress {
                    stage: Stage::Model,
                    done: bytes.len() as u64,
                    total,
                    elapsed_ms: now - started,
                }),
            );
        }
    }
    if total > 0 && bytes.len() as u64 != total {
        return Err(failed(format!(
            "only {} of {total} bytes arrived",
            bytes.len()
        )));
    }
    Ok(bytes)
}

fn reason(error: &JsValue) -> String {
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .unwrap_or_else(|| format!("{error:?}"))
}
