//! The processor, through burn's flex device.

use burn_flex::{Flex, FlexDevice};

use super::Device;
use crate::{
    classifier::{Classifier, LocalFuture},
    network::Network,
    protocol::{DeviceChoice, DeviceKind, DeviceReport},
};

/// Opens the CPU, which no choice rules out: it is what is left when all else fails.
pub fn cpu(_choice: DeviceChoice) -> LocalFuture<'static, Option<Result<Device, DeviceReport>>> {
    let threads = threads();
    let device = Device {
        report: DeviceReport {
            kind: DeviceKind::Cpu,
            name: name(threads),
            rejected: None,
        },
        network: Box::new(move |graph| {
            // One image a thread, and at least two so that weights are fetched for both.
            let batch = threads.clamp(2, 8);
            let network = Network::<Flex>::new(graph, FlexDevice, batch)?;
            Ok(Box::new(network) as Box<dyn Classifier>)
        }),
    };
    Box::pin(std::future::ready(Some(Ok(device))))
}

/// What it is called when so many threads compute.
pub(super) fn name(threads: usize) -> String {
    let plural = if threads == 1 { "" } else { "s" };
    format!("CPU ({threads} thread{plural})")
}

/// Threads the kernels use.
#[cfg(not(target_family = "wasm"))]
fn threads() -> usize {
    rayon::current_num_threads()
}

/// Threads the kernels use.
#[cfg(target_family = "wasm")]
fn threads() -> usize {
    1
}
