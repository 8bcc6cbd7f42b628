//! The whole product without a browser: requests in, events out.

mod host;

pub use host::Host;
