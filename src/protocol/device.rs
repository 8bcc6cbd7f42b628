//! Which device may compute, and which one did.

use serde::{Deserialize, Serialize};

/// What the person asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceChoice {
    /// A hardware GPU where one passes its trial, else the CPU.
    #[default]
    Auto,
    /// The CPU, always.
    Cpu,
    /// WebGPU, also on a software adapter.
    WebGpu,
}

/// What a device is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// The processor.
    Cpu,
    /// A graphics card through WebGPU.
    HardwareGpu,
    /// WebGPU emulated on the processor: correct and slow.
    SoftwareGpu,
}

/// The device in use, or one that was turned down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// What it is made of.
    pub kind: DeviceKind,
    /// Its name as the system gives it, such as an adapter name or "CPU (SIMD, 1 thread)".
    pub name: String,
    /// Why it is not used; `None` for the device in use.
    pub rejected: Option<String>,
}
