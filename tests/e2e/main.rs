//! The real binary from end to end, against sites and servers on this machine.

mod demo;
mod doctor;
mod errors;
mod extract;
mod kill;
mod line;
mod place;
mod readme;
mod service;
mod smtp;
mod sources;
mod torture;

#[path = "../mail/sink.rs"]
#[allow(dead_code)]
mod sink;
