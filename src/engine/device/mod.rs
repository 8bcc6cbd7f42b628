//! Choosing a device: none is trusted before it has computed a known gradient.

mod cpu;
#[cfg(feature = "webgpu")]
mod gpu;
#[cfg(feature = "webgpu")]
mod guarded;
mod known_answer;

pub use cpu::cpu;
#[cfg(feature = "webgpu")]
pub use gpu::gpu;

use super::{Host, Stopped, failure};
use crate::{
    classifier::{Classifier, LocalFuture},
    onnx::{Graph, OnnxError, parse, simplify},
    protocol::{DeviceChoice, DeviceKind, DeviceReport, Event, JobId},
};

/// Puts a simplified graph on a device.
type BuildNetwork = Box<dyn Fn(&Graph) -> Result<Box<dyn Classifier>, OnnxError>>;

/// A device.
pub struct Device {
    report: DeviceReport,
    network: BuildNetwork,
}

/// Opens a kind of device for a person's choice: `None` where the choice rules it out.
///
/// A program names the kinds it was built with, and only those are linked into it.
pub type OpenDevice =
    fn(DeviceChoice) -> LocalFuture<'static, Option<Result<Device, DeviceReport>>>;

impl Device {
    /// Opens the first of `kinds` that is wanted and passes its trial. The device in use is
    /// reported to `host`, and before it each that was turned down.
    ///
    /// # Errors
    /// None passes.
    pub async fn open(
        kinds: &[OpenDevice],
        choice: DeviceChoice,
        host: &dyn Host,
        job: JobId,
    ) -> Result<Self, Stopped> {
        for open in kinds {
            let tried = match open(choice).await {
                None => continue,
                Some(Ok(device)) => device.tried().await,
                Some(Err(report)) => Err(report),
            };
            match tried {
                Ok(device) => {
                    host.emit(job, Event::Device(device.report.clone()));
                    return Ok(device);
                }
                Err(report) => host.emit(job, Event::Device(report)),
            }
        }
        Err(failure::no_device().into())
    }

    /// What it is.
    pub fn report(&self) -> &DeviceReport {
        &self.report
    }

    /// Takes note of how many threads of the processor compute; whether that is news.
    pub(super) fn set_threads(&mut self, threads: usize) -> bool {
        let name = cpu::name(threads);
        let news = self.report.kind == DeviceKind::Cpu && self.report.name != name;
        if news {
            self.report.name = name;
        }
        news
    }

    /// Puts a simplified graph on the device.
    ///
    /// # Errors
    /// Every node that is not supported.
    pub fn network(&self, graph: &Graph) -> Result<Box<dyn Classifier>, OnnxError> {
        (self.network)(graph)
    }

    /// Itself if it passes the trial, else the report of why not.
    async fn tried(self) -> Result<Self, DeviceReport> {
        match self.try_out().await {
            Ok(()) => Ok(self),
            Err(reason) => Err(DeviceReport {
                rejected: Some(reason),
                ..self.report
            }),
        }
    }

    async fn try_out(&self) -> Result<(), String> {
        let network = trial_graph()
            .and_then(|graph| self.network(&graph))
            .map_err(|error| error.to_string())?;
        known_answer::try_out(network.as_ref()).await
    }
}

fn trial_graph() -> Result<Graph, OnnxError> {
    let mut graph = parse(bytes::Bytes::from_static(known_answer::NETWORK))?;
    simplify(&mut graph);
    Ok(graph)
}
