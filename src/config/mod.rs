//! What people write for the program: `sources.toml` and `sportello.toml`, as typed values or as all their problems at once.
//!
//! Text goes in, values come out. Nothing here opens a file, looks at the clock or asks the environment: who calls passes those in.

mod places;
mod problem;
mod reader;
mod suggest;
mod text;
mod units;
mod words;

pub mod settings;
pub mod sources;

pub use problem::Problem;
pub use settings::Settings;
pub use sources::Sources;
pub use text::utf8;
pub use units::{format_duration, format_size};
pub use words::slugify;
