//! The table of a study over many images, for the page and for the command line: its columns, its
//! rows as CSV, and means with their spread.

mod columns;
mod csv;
mod interval;
mod random;

pub use columns::{COLUMNS, ENDINGS, header, is_image, row_fields, stem};
pub use csv::{fields, line, records};
pub use interval::{Mean, mean};
pub use random::next_random;
