//! The worker that checks: one order in, progress and an answer out. It may fail over a model as it likes, and is ended
//! after its answer.

use std::rc::Rc;

use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DedicatedWorkerGlobalScope, MessageEvent};

use super::{
    WorkerHost,
    attachment::{Missing, PROGRESS_EVERY_MS, download, reason},
    blob_source::BlobSource,
    field::field,
};
use crate::{
    check::{CheckError, ModelFile, PROGRAM, Tract, compare},
    engine::Host,
    onnx::FileHandle,
    protocol::{CheckOrder, CheckOutcome, CheckReport, Event, ModelSource, Progress, Stage},
};

/// Answers the orders of a page.
///
/// # Errors
/// This is not a dedicated worker, or it cannot listen.
pub fn run_check() -> Result<(), JsValue> {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().dyn_into()?;
    let host = Rc::new(WorkerHost::new(scope.clone()));
    let on_message = {
        let host = Rc::clone(&host);
        Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let host = Rc::clone(&host);
            spawn_local(async move { answer(&host, &event.data()).await });
        })
    };
    scope.add_event_listener_with_callback("message", on_message.as_ref().unchecked_ref())?;
    on_message.forget();
    // An order sent before this would have had no listener.
    host.emit(0, Event::ReadyToCheck);
    Ok(())
}

async fn answer(host: &Rc<WorkerHost>, data: &JsValue) {
    let json = field(data, "json").as_string().unwrap_or_default();
    let (job, compared) = match serde_json::from_str::<CheckOrder>(&json) {
        Ok(order) => (order.job, carried_out(host, &order, data).await),
        Err(error) => (0, Err(CheckError::Unreadable(error.to_string()))),
    };
    let outcome = match compared {
        Ok(report) => CheckOutcome::Compared(Box::new(report)),
        Err(error) => CheckOutcome::NotRun {
            program: PROGRAM.to_owned(),
            reason: error.to_string(),
        },
    };
    host.emit(job, Event::Checked(Box::new(outcome)));
}

async fn carried_out(
    host: &Rc<WorkerHost>,
    order: &CheckOrder,
    data: &JsValue,
) -> Result<CheckReport, CheckError> {
    let unreadable = |error: JsValue| CheckError::Unreadable(reason(&error));
    let all: Blob = field(data, "file").dyn_into().map_err(unreadable)?;
    let part = |from: f64, to: f64| {
        all.slice_with_f64_and_f64(from, to)
            .and_then(BlobSource::new)
            .map(FileHandle::new)
            .map_err(unreadable)
    };
    let values_end = order.value_bytes() as f64;
    let values = part(0.0, values_end)?.read_whole();
    let material = order.material(&values.map_err(CheckError::Unreadable)?);
    let file = match &order.source {
        ModelSource::Url(address) => {
            let blob = download(host, order.job, address, &material.model).await;
            let blob = blob.map_err(|missing| CheckError::Unreadable(said(missing)))?;
            FileHandle::new(BlobSource::new(blob).map_err(unreadable)?)
        }
        ModelSource::Attached => {
            let others: Vec<(String, u64)> = order
                .beside
                .iter()
                .map(|other| (other.name.clone(), other.bytes))
                .collect();
            let files = part(values_end, all.size())?;
            files.parted(&others).map_err(CheckError::Unreadable)?
        }
    };
    let model = ModelFile::read(&file, &material.model)?;
    let mut program = Tract::open(model, &material)?;
    let began_ms = host.now_ms();
    let mut told_ms = began_ms;
    let mut progress = |done: usize, total: usize| {
        let now_ms = host.now_ms();
        if now_ms - told_ms >= PROGRESS_EVERY_MS {
            told_ms = now_ms;
            let progress = Progress {
                stage: Stage::Measure,
                done: done as u64,
                total: total as u64,
                elapsed_ms: now_ms - began_ms,
            };
            host.emit(order.job, Event::Progress(progress));
        }
    };
    let reports = compare(PROGRAM, &[material], &mut program, &mut progress)?;
    let report = reports.into_iter().next();
    report.ok_or_else(|| CheckError::NotRun("nothing was compared".to_owned()))
}

fn said(missing: Missing) -> String {
    match missing {
        Missing::Cancelled => "it was stopped".to_owned(),
        Missing::Failed(failure) => failure.message,
    }
}
