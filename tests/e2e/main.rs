//! The real binary from end to end, against sites and servers on this machine.

mod demo;
mod errors;
mod line;
mod place;
mod service;
mod sources;
