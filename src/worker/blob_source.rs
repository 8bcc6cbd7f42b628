//! A file in the browser's keeping, read by slices: its bytes enter the worker's memory once, where
//! they are used.

use std::{cell::Cell, rc::Rc};

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;
use web_sys::{Blob, FileReaderSync};

use super::{
    WorkerHost,
    attachment::{PROGRESS_EVERY_MS, reason},
};
use crate::{
    engine::Host,
    onnx::ByteSource,
    protocol::{Event, JobId, Progress, Stage},
};

/// The browser copies a slice before it gives it: large reads are done in pieces.
const PIECE_BYTES: usize = 4 << 20;

/// A `Blob` or `File`.
pub struct BlobSource {
    blob: Blob,
    reader: FileReaderSync,
    progress: Option<ReadProgress>,
}

/// Tells how much has been read.
struct ReadProgress {
    host: Rc<WorkerHost>,
    job: JobId,
    began_ms: f64,
    told_ms: Cell<f64>,
    done: Cell<u64>,
}

impl BlobSource {
    /// Reads from `blob`.
    ///
    /// # Errors
    /// The browser cannot read files in a worker.
    pub fn new(blob: Blob) -> Result<Self, JsValue> {
        Ok(Self {
            blob,
            reader: FileReaderSync::new()?,
            progress: None,
        })
    }

    /// Tells `job` how far reading has come.
    pub fn with_progress(mut self, host: &Rc<WorkerHost>, job: JobId) -> Self {
        let now = host.now_ms();
        self.progress = Some(ReadProgress {
            host: Rc::clone(host),
            job,
            began_ms: now,
            told_ms: Cell::new(now),
            done: Cell::new(0),
        });
        self
    }

    fn read_piece(&self, offset: f64, into: &mut [u8]) -> Result<(), JsValue> {
        let end = offset + into.len() as f64;
        let slice = self.blob.slice_with_f64_and_f64(offset, end)?;
        let bytes = Uint8Array::new(&self.reader.read_as_array_buffer(&slice)?.into());
        if bytes.length() as usize != into.len() {
            return Err(JsValue::from_str("it is shorter than it was"));
        }
        bytes.copy_to(into);
        Ok(())
    }
}

impl ByteSource for BlobSource {
    fn size(&self) -> u64 {
        self.blob.size() as u64
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> Result<(), String> {
        let mut at = offset as f64;
        for piece in into.chunks_mut(PIECE_BYTES) {
            self.read_piece(at, piece).map_err(|error| reason(&error))?;
            at += piece.len() as f64;
            if let Some(progress) = &self.progress {
                progress.add(piece.len() as u64, self.size());
            }
        }
        Ok(())
    }
}

impl ReadProgress {
    fn add(&self, bytes: u64, size: u64) {
        let done = self.done.get() + bytes;
        self.done.set(done);
        let now = self.host.now_ms();
        if now - self.told_ms.get() < PROGRESS_EVERY_MS {
            return;
        }
        self.told_ms.set(now);
        self.host.emit(
            self.job,
            Event::Progress(Progress {
                stage: Stage::Model,
                // What is looked at twice does not count twice in the end.
                done: done.min(size),
                total: size,
                elapsed_ms: now - self.began_ms,
            }),
        );
    }
}
