//! A graph made runnable, forwards and backwards, on a device.

pub mod kernels;
