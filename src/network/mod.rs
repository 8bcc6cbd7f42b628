//! A graph made runnable, forwards and backwards, on a device.

pub mod kernels;

mod build;
mod evaluate;
mod finite;
mod fold;
mod infer;
mod layers;
mod objective;
pub(crate) mod operator;
mod ops;
mod rectifiers;
mod run;
#[cfg(feature = "suite")]
pub mod suite;
mod unhandled;
mod unsupported;
mod value;

pub use build::{Network, check};
pub use evaluate::{Evaluated, evaluate};
pub use operator::{Backward, BuildContext, Forward, Operator};
pub use ops::names as operator_names;
pub use value::{HostKind, HostTensor, Inferred, Value};
