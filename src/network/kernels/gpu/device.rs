//! Opening a WebGPU adapter, and hearing of its errors.

use std::sync::{Arc, Mutex, PoisonError};

use burn_cubecl::CubeDevice;
use burn_wgpu::{
    MemoryConfiguration, RuntimeOptions, WgpuDevice, WgpuInitError,
    graphics::AutoGraphicsApi,
    try_init_setup_async,
    wgpu::{DeviceType, Limits},
};

use crate::protocol::{DeviceKind, DeviceReport};

/// Why there is no GPU to compute on.
#[derive(Debug, thiserror::Error)]
pub enum GpuError {
    /// No adapter, or the adapter gave no device.
    #[error("no WebGPU device could be opened, so the CPU has to do: {0}")]
    Unavailable(#[from] WgpuInitError),
    /// The adapter lacks what the kernels need.
    #[error(
        "the WebGPU adapter {adapter} allows {limit} of {actual}, but {needed} is needed, so the CPU has to do"
    )]
    TooSmall {
        /// Name of the adapter.
        adapter: String,
        /// Which limit, in WebGPU's words.
        limit: &'static str,
        /// What the adapter has.
        actual: u64,
        /// What the kernels need.
        needed: u64,
    },
}

/// What bounds the size of tensors and of batches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GpuLimits {
    /// Bytes of one tensor.
    pub tensor_bytes: u64,
    /// Bytes of memory that the threads of a workgroup share.
    pub workgroup_bytes: u32,
    /// Threads of a workgroup.
    pub workgroup_threads: u32,
}

/// An open WebGPU device.
#[derive(Clone, Debug)]
pub struct GpuDevice {
    /// For burn's tensors.
    pub device: CubeDevice,
    /// What it is.
    pub report: DeviceReport,
    /// How large tensors may be.
    pub limits: GpuLimits,
    error: Arc<Mutex<Option<String>>>,
}

impl GpuDevice {
    /// The first error since this was last asked, such as a refused shader, a lack of memory or the
    /// loss of the device. On the web nothing else tells of them: values read back are then
    /// meaningless, so ask after every read.
    pub fn take_error(&self) -> Option<String> {
        locked(&self.error).take()
    }
}

/// A lock's content, also after a panic elsewhere: a message is whole or absent.
fn locked(error: &Mutex<Option<String>>) -> std::sync::MutexGuard<'_, Option<String>> {
    error.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Keeps the first message.
fn note(error: &Mutex<Option<String>>, message: String) {
    locked(error).get_or_insert(message);
}

/// Opens the system's fastest adapter: in a browser its WebGPU, natively Vulkan, Metal or
/// Direct3D. A process opens it once.
///
/// # Errors
/// Where there is none, where it was opened before, or where it is too small.
pub async fn open_adapter() -> Result<GpuDevice, GpuError> {
    // Registrations that the device depends on.
    #[cfg(target_family = "wasm")]
    super::run_static_constructors_once();

    let selector = WgpuDevice::default();
    let options = RuntimeOptions {
        // One tensor a buffer, as always on the web: shaders bind their inputs as read-only, which
        // a buffer that also holds their output cannot be.
        memory_config: MemoryConfiguration::ExclusivePages,
        ..RuntimeOptions::try_default()?
    };
    let setup = try_init_setup_async::<AutoGraphicsApi>(&selector, options).await?;

    let info = setup.adapter.get_info();
    #[cfg(target_family = "wasm")]
    let known_name = super::adapter_name::adapter_name().await;
    #[cfg(not(target_family = "wasm"))]
    let known_name = Some(info.name).filter(|name| !name.is_empty());
    let name = known_name.unwrap_or_else(|| "an unnamed adapter".to_owned());
    let limits = checked_limits(&name, &setup.device.limits())?;

    // These replace handlers that panic, which a worker would not survive.
    let error = Arc::new(Mutex::new(None));
    let uncaptured = Arc::clone(&error);
    setup.device.on_uncaptured_error(Arc::new(move |reported| {
        note(&uncaptured, reported.to_string());
    }));
    let lost = Arc::clone(&error);
    setup
        .device
        .set_device_lost_callback(move |reason, message| {
            note(
                &lost,
                format!("the device was lost ({reason:?}): {message}"),
            );
        });

    Ok(GpuDevice {
        device: CubeDevice::Wgpu(selector),
        report: DeviceReport {
            kind: if info.device_type == DeviceType::Cpu {
                DeviceKind::SoftwareGpu
            } else {
                DeviceKind::HardwareGpu
            },
            name,
            rejected: None,
        },
        limits,
        error,
    })
}

/// What the kernels rely on; WebGPU promises it, other systems might not.
fn checked_limits(adapter: &str, limits: &Limits) -> Result<GpuLimits, GpuError> {
    let at_least = |limit, actual: u32, needed: u32| {
        if actual >= needed {
            return Ok(());
        }
        Err(GpuError::TooSmall {
            adapter: adapter.to_owned(),
            limit,
            actual: actual.into(),
            needed: needed.into(),
        })
    };
    let threads = limits
        .max_compute_invocations_per_workgroup
        .min(limits.max_compute_workgroup_size_x);
    at_least("maxComputeInvocationsPerWorkgroup", threads, 256)?;
    at_least(
        "maxComputeWorkgroupStorageSize",
        limits.max_compute_workgroup_storage_size,
        16 * 1024,
    )?;
    at_least(
        "maxStorageBuffersPerShaderStage",
        limits.max_storage_buffers_per_shader_stage,
        5,
    )?;
    at_least(
        "maxComputeWorkgroupsPerDimension",
        limits.max_compute_workgroups_per_dimension,
        65535,
    )?;
    Ok(GpuLimits {
        tensor_bytes: limits
            .max_storage_buffer_binding_size
            .min(limits.max_buffer_size),
        workgroup_bytes: limits.max_compute_workgroup_storage_size,
        workgroup_threads: threads,
    })
}
