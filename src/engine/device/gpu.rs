//! A GPU, through burn's WebGPU device.

use super::{Device, guarded::Guarded};
use crate::{
    classifier::{Classifier, LocalFuture},
    network::{
        Network,
        kernels::gpu::{CubeBackend, open_adapter},
    },
    protocol::{DeviceChoice, DeviceKind, DeviceReport},
};

/// Images computed at once: enough to fill a GPU, few enough for a quick cancel.
const BATCH: usize = 4;

/// Opens the system's fastest adapter; one that is emulated in software only where a GPU was asked
/// for by name, because the CPU device is faster.
pub fn gpu(choice: DeviceChoice) -> LocalFuture<'static, Option<Result<Device, DeviceReport>>> {
    Box::pin(async move {
        if choice == DeviceChoice::Cpu {
            return None;
        }
        let gpu = match open_adapter().await {
            Ok(gpu) => gpu,
            Err(error) => {
                return Some(Err(DeviceReport {
                    kind: DeviceKind::HardwareGpu,
                    name: "WebGPU".to_owned(),
                    rejected: Some(error.to_string()),
                }));
            }
        };
        let report = gpu.report.clone();
        if choice == DeviceChoice::Auto && report.kind == DeviceKind::SoftwareGpu {
            return Some(Err(DeviceReport {
                rejected: Some(
                    "it is emulated in software, which is slower than the CPU".to_owned(),
                ),
                ..report
            }));
        }
        Some(Ok(Device {
            report,
            network: Box::new(move |graph| {
                let network = Network::<CubeBackend>::new(graph, gpu.device.clone(), BATCH)?;
                let gpu = gpu.clone();
                Ok(Box::new(Guarded {
                    inner: Box::new(network),
                    first_error: move || gpu.take_error(),
                }) as Box<dyn Classifier>)
            }),
        }))
    })
}
