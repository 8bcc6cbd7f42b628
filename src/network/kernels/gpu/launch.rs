//! Putting one shader with its buffers and numbers on the device's queue.

use burn_backend::{DType, TensorMetadata};
use burn_cubecl::{
    kernel::into_contiguous,
    template::{KernelSource, SourceKernel, SourceTemplate},
    tensor::CubeTensor,
};
use cubecl::{
    CubeCount, CubeDim,
    ir::attributes::BufferIOAttr,
    prelude::KernelId,
    server::{KernelArguments, MetadataBindingInfo},
};

/// Threads of a workgroup, as many as each WebGPU device can do.
pub const THREADS: u32 = 256;

/// Where one thread has much to do: as many as any device runs together, so that small grids are shared out evenly.
pub const FEW_THREADS: u32 = 64;

/// Functions for shaders of which a thread computes four values.
pub const FOUR: &str = include_str!("four.wgsl");

/// Workgroups along one dimension of a grid; what each WebGPU device can do.
const WORKGROUPS_ALONG: u64 = 65535;

/// A shader: files that are compiled as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Shader {
    /// Its name, which no other shader has: compiled pipelines are found by it.
    pub name: &'static str,
    /// The text of its files.
    pub files: &'static [&'static str],
    /// Threads of a workgroup.
    pub threads: u32,
    /// Which function of several it computes; each is compiled by itself, so that no thread looks for its own. 0 where
    /// there is one.
    pub variant: u32,
}

impl Shader {
    /// Workgroups for so many threads.
    pub fn workgroups(self, threads: usize) -> u64 {
        (threads as u64).div_ceil(u64::from(self.threads))
    }
}

impl KernelSource for Shader {
    fn source(&self) -> SourceTemplate {
        // Its name first: tools that watch the GPU tell shaders apart by it.
        SourceTemplate::new(format!("// {}\n{}", self.name, self.files.concat()))
            .register("threads", self.threads.to_string())
            .register("variant", self.variant.to_string())
    }

    fn id(&self) -> KernelId {
        KernelId::new::<Self>()
            .info((self.name, self.variant))
            .cube_dim(CubeDim::new_1d(self.threads).0)
    }

    fn lang(&self) -> &'static str {
        "wgsl"
    }
}

/// Buffers and numbers of one launch.
///
/// The shader sees `inputs` as bindings 0, 1, .. in their order, then `outputs`, then `numbers` as
/// an array of `u32`, and must use every one of them.
pub struct Launch<'a> {
    /// What runs.
    pub shader: Shader,
    /// Read, never written.
    pub inputs: &'a [&'a CubeTensor],
    /// Written, never read.
    pub outputs: &'a [&'a CubeTensor],
    /// Geometry. Kept out of the shader's text, so that few shaders are compiled; the device keeps
    /// buffers of recurring numbers.
    pub numbers: Vec<u32>,
    /// Workgroups in all. The grid may be a little larger.
    pub workgroups: u64,
}

impl Launch<'_> {
    /// Puts it on the queue. Failures appear when something is read back.
    pub fn enqueue(self) {
        let Some(client) = self.outputs.first().map(|output| &output.client) else {
            return;
        };
        let mut arguments = KernelArguments::new();
        for input in self.inputs {
            arguments =
                arguments.with_buffer_io(input.handle.clone().binding(), BufferIOAttr::ReadOnly);
        }
        for output in self.outputs {
            arguments =
                arguments.with_buffer_io(output.handle.clone().binding(), BufferIOAttr::WriteOnly);
        }
        let numbers = self
            .numbers
            .chunks(2)
            .map(|pair| {
                let [low, high] = [pair.first(), pair.get(1)]
                    .map(|number| u64::from(number.copied().unwrap_or(0)));
                low | (high << 32)
            })
            .collect();
        let kernel = SourceKernel::new(self.shader, CubeDim::new_1d(self.shader.threads));
        client.launch(
            Box::new(kernel),
            grid(self.workgroups),
            arguments.with_info(MetadataBindingInfo::custom(numbers)),
        );
    }
}

/// A grid of at least this many workgroups, folded into two dimensions.
fn grid(workgroups: u64) -> CubeCount {
    let rows = workgroups.div_ceil(WORKGROUPS_ALONG).max(1);
    let columns = workgroups.div_ceil(rows);
    CubeCount::Static(narrow(columns), narrow(rows), 1)
}

/// Workgroups for one thread a value.
pub fn one_thread_a_value(tensor: &CubeTensor) -> u64 {
    (elements(tensor) as u64).div_ceil(u64::from(THREADS))
}

/// Number of values of a tensor.
pub fn elements(tensor: &CubeTensor) -> usize {
    tensor.shape().num_elements()
}

/// Sizes of a tensor's axes; missing ones are 1.
pub fn sizes<const N: usize>(tensor: &CubeTensor) -> [usize; N] {
    let shape = tensor.shape();
    std::array::from_fn(|axis| {
        if axis < shape.num_dims() {
            shape[axis]
        } else {
            1
        }
    })
}

/// A number for a shader. Buffers are far smaller than what this would cut off.
pub fn narrow(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

/// A tensor whose values lie row-major, as shaders read them.
pub fn contiguous(tensor: CubeTensor) -> CubeTensor {
    if tensor.is_contiguous() {
        tensor
    } else {
        into_contiguous(tensor)
    }
}

/// A new tensor beside `like`, with values yet to be written.
pub fn uninitialised(like: &CubeTensor, shape: &[usize]) -> CubeTensor {
    let bytes = shape.iter().product::<usize>() * size_of::<f32>();
    let handle = like.client.empty(bytes);
    CubeTensor::new_contiguous(
        like.client.clone(),
        like.device.clone(),
        shape.to_vec().into(),
        handle,
        DType::F32,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grids_hold_every_workgroup() {
        for workgroups in [0, 1, 65535, 65536, 200_000, 65535 * 65535] {
            let CubeCount::Static(columns, rows, 1) = grid(workgroups) else {
                panic!("not a flat grid");
            };
            assert!(columns <= 65535 && rows <= 65535);
            let held = u64::from(columns) * u64::from(rows);
            assert!(held >= workgroups && held < workgroups + u64::from(rows));
        }
    }
}
