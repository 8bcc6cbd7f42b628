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

/// Images computed at once at most, on a GPU and in software: enough to fill the device, few enough for a quick cancel.
const BATCH: usize = 16;
const SOFTWARE_BATCH: usize = 4;

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
        let batch = match report.kind {
            DeviceKind::SoftwareGpu => SOFTWARE_BATCH,
            DeviceKind::HardwareGpu | DeviceKind::Cpu => BATCH,
        };
        Some(Ok(Device {
            report,
            network: Box::new(move |graph| {
                let device = gpu.device.clone();
                // WebGPU does not tell how much memory there is; how much it lets one tensor have goes with it.
                let network = Network::<CubeBackend>::new(graph, device, batch)?
                    .within(gpu.limits.tensor_bytes);
                let gpu = gpu.clone();
                Ok(Box::new(Guarded {
                    inner: Box::new(network),
                    first_error: move || gpu.take_error(),
                }) as Box<dyn Classifier>)
            }),
        }))
    })
}
